//! Keys of several commands become durable together while more lines are
//! waiting. Nobody must be able to tell, but by the time that it takes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use support::live::{Live, code, found};
use support::{LOGIN, Scratch};

/// Commands that can be grouped, with some among them that fail or cannot.
const LINES: &str = "genSymKey -t 31 -s 32 -l a\ngenECCKeyPair -i 2 -l b -id one\n\
     genECCKeyPair -i 2 -l c -id one\ngenSymKey -t 31 -s 33 -l d\ngenSymKey -t 31\n\
     genSymKey -t 31 -s 16 -l e -sess\ngenSymKey -t 31 -s 16 -l f\ngenSymKey -t 31 -s 16 -l g\n\
     deleteKey -k 6\ngenECCKeyPair -i 1 -l h\ngenSymKey -t 16 -s 8 -l i\nfindKey\n";

#[test]
fn what_is_printed_does_not_depend_on_when_lines_come() {
    for options in [&["--seed", "7"][..], &["--seed", "7", "--echo"]] {
        let scratch = Scratch::new();
        let arguments = [options, &["--state", "at-once"]].concat();
        let at_once = scratch.run(&arguments, format!("{LOGIN}\n{LINES}")).stdout();
        let arguments = [options, &["--state", "one-by-one"]].concat();
        let mut child = scratch.spawn(&arguments, Stdio::null());
        let mut input = child.stdin.take().unwrap();
        for line in format!("{LOGIN}\n{LINES}").lines() {
            // Each line is read before the next one is there.
            input.write_all(format!("{line}\n").as_bytes()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(60));
        }
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(at_once, String::from_utf8(output.stdout).unwrap());
        assert!(at_once.contains("Total number of keys present 6\n"), "{at_once}");
    }
}

#[test]
fn a_group_that_cannot_be_stored_is_run_again_line_by_line() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run(&["--state", "s"], LOGIN).status(), 0);
    let lines = "genSymKey -t 31 -s 32 -l x\\n".repeat(3000);
    // The limit is a full disk for the log of the database, after some keys.
    let script = format!(
        "trap '' XFSZ; ulimit -f 200; printf '{LOGIN}\\n{lines}findKey\\n' \
         | {} --state s 2> errors",
        env!("CARGO_BIN_EXE_kmu")
    );
    let output = scratch.shell(&script);
    let text = String::from_utf8(output.stdout).unwrap();
    let reported = text.matches("Symmetric Key Created.").count();
    let refused = text.matches("Cfm3GenerateSymmetricKey returned: 0xbc").count();
    assert!(reported > 0 && refused > 0, "{reported} reported, {refused} refused");
    assert_eq!(reported + refused, 3000);
    assert!(text.contains(&format!("Total number of keys present {reported}\n")), "{text}");
    let after = scratch.run(&["--state", "s"], format!("{LOGIN}\nfindKey\n")).stdout();
    assert_eq!(found(&after).len(), reported);
}

#[test]
fn a_line_that_no_group_takes_ends_the_group_before_it() {
    for line in [
        &b"genSymKey -t 31 -s 32 -l cl\xe9"[..],
        b"genSymKey -t 31 -s 32 -l \0",
        b"genSymKey -t 31 -s 32 -l 'open",
        b"genECCKeyPair -i 2 -l x -sess\r",
        b"genECCKeyPair -i 2 -l x '-sess'",
        b"genECCKeyPair -i 2 -l x '-min_srv' 3",
        b"genECCKeyPair -i 2 -l x '-attest'",
    ] {
        for options in [&["--strict"][..], &[]] {
            let scratch = Scratch::new();
            let first = "genSymKey -t 31 -s 32 -l first\n".repeat(3);
            let lines = [format!("{LOGIN}\n{first}").as_bytes(), line, b"\nexit\n"].concat();
            let finished = scratch.run(options, lines);
            let line = String::from_utf8_lossy(line);
            assert_eq!(finished.stdout().matches("Symmetric Key Created").count(), 3, "{line}");
            let after = scratch.run(&[], format!("{LOGIN}\nfindKey -l first\n")).stdout();
            assert_eq!(found(&after).len(), 3, "{line}: {after}");
        }
    }
}

#[test]
fn who_writes_much_leaves_turns_to_others() {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "max_keys = 1000000\n");
    let arguments = ["--cluster", "cluster.toml"];
    let mut other = Live::logged_in(&scratch, &arguments, "alice");
    let lines = format!("{LOGIN}\n{}", "genSymKey -t 31 -s 32 -l x\n".repeat(8000));
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let finished = scratch.run(&arguments, lines);
            ended.store(true, Ordering::Relaxed);
            assert_eq!(finished.stdout().matches("Symmetric Key Created.").count(), 8000);
        });
        let mut turns = 0;
        while !ended.load(Ordering::Relaxed) {
            assert_eq!(code(&other.say("genSymKey -t 31 -s 32 -l y")), 0);
            turns += 1;
        }
        println!("{turns} turns beside 8000 keys");
        assert!(turns > 2, "{turns}");
    });
}
