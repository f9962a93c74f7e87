//! The examples that `help COMMAND` shows, typed as they stand, and the ranges
//! that it tells.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::command::{COMMANDS, Command};
use support::{LOGIN, Scratch, Session, openssl};

/// Whether a line runs a command.
fn runs(command: &Command, line: &str) -> bool {
    command.names.contains(&line.split(' ').next().unwrap_or_default())
}

#[test]
fn every_example_works_as_it_stands() {
    let mut prepared = Vec::new();
    for command in COMMANDS {
        let (name, example) = (command.name(), &command.example);
        // What comes after the command itself is an answer to its question.
        let from_end = example.lines.iter().rev().position(|line| runs(command, line));
        assert!(from_end.is_some_and(|answers| answers < 2), "{name} is not in its own example");
        if !example.needs.is_empty() {
            prepared.push(name);
            continue;
        }
        let scratch = Scratch::new();
        let mut arguments = vec!["--ephemeral", "--strict"];
        if !example.cluster.is_empty() {
            scratch.write("cluster.toml", example.cluster);
            arguments.extend(["--cluster", "cluster.toml"]);
        }
        let finished = scratch.run(&arguments, example.lines.join("\n"));
        let shown = finished.stdout() + &finished.stderr();
        assert_eq!(finished.status(), 0, "{name}: {shown}");
        assert!(!shown.contains("Syntax:"), "{name}: {shown}");
        // One prompt a line, and one more; an answer needs none.
        let prompts = example.lines.len() + 1 - from_end.unwrap_or_default();
        assert_eq!(shown.matches("\nCommand:  ").count(), prompts, "{name}: {shown}");
    }
    // The other tests prepare these.
    assert_eq!(prepared, ["approveToken"]);
}

#[test]
fn the_example_of_approve_token_works_with_the_files_of_its_documentation() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    assert_eq!(scratch.run(&["cluster", "init"], "").status(), 0);
    for user in ["alice", "bob"] {
        let (key, public) = (format!("{user}.key"), format!("{user}.pem"));
        openssl(&directory, &["genrsa", "-out", &key, "2048"]);
        openssl(&directory, &["rsa", "-in", &key, "-pubout", "-out", &public]);
        let registered = scratch.run(&["cluster", "register-key", user, &public], "example_pwd\n");
        assert_eq!(registered.status(), 0, "{}", registered.stderr());
    }
    let command = kmu::command::find("approveToken").unwrap();
    let (last, before) = command.example.lines.split_last().unwrap();
    let mut session = Session::start(&scratch, &[]);
    for line in before {
        let shown = session.run(line);
        assert!(shown.contains("returned: 0x00"), "{line}: {shown}");
    }
    for user in ["alice", "bob"] {
        let (key, signature) = (format!("{user}.key"), format!("{user}.sig"));
        openssl(&directory, &["dgst", "-sha256", "-sign", &key, "-out", &signature, "token"]);
    }
    // The template is the one that the documentation shows.
    let page = include_str!("../docs/tokens.md");
    let start = page.find("Token File Path").unwrap();
    let template = &page[start..start + page[start..].find("```").unwrap()];
    scratch.write("template", template);
    let shown = session.run(last);
    assert!(shown.contains("Cfm3ApproveToken returned: 0x00"), "{shown}");
}

/// Lines with a value left out, values that are in the range that the help
/// tells, and values just outside of it.
const RANGES: [(&str, &[&str], &[&str]); 6] = [
    ("genRSAKeyPair -m {} -e 65537 -l x", &["2048", "2304", "4096"], &["1792", "2049", "4352"]),
    ("genRSAKeyPair -m 2048 -e {} -l x", &["65537", "2147483647"], &["65535", "65538"]),
    ("genSymKey -l x -t 16 -s {}", &["1", "3584"], &["0", "3585"]),
    ("genDSAKeyPair -m {} -l x", &["2048"], &["1024", "4096"]),
    ("sign -f message -k 7 -m {} -out signature", &["15", "19"], &["14", "20"]),
    ("sign -f message -k 9 -m {} -out signature", &["0", "9"], &["10", "15"]),
];

#[test]
fn the_ranges_that_the_hsm_looks_at_hold() {
    let scratch = Scratch::new();
    scratch.write("message", "to be signed");
    let mut session = Session::start(&scratch, &["--ephemeral"]);
    for line in [LOGIN, "genECCKeyPair -i 2 -l x", "genRSAKeyPair -m 2048 -e 65537 -l x"] {
        session.run(line);
    }
    for (line, inside, outside) in RANGES {
        for value in inside.iter().chain(outside) {
            let shown = session.run(&line.replace("{}", value));
            let done = shown.contains("returned: 0x00");
            assert_eq!(done, inside.contains(value), "{line} with {value}: {shown}");
        }
    }
}

#[test]
fn the_iterations_of_a_password_based_key_are_1_to_10000() {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "fips_mode = false");
    let mut session = Session::start(&scratch, &["--ephemeral", "--cluster", "cluster.toml"]);
    session.run(LOGIN);
    for (iterations, allowed) in [("0", false), ("1", true), ("10000", true), ("10001", false)] {
        let shown = session.run(&format!("genPBEKey -l x -p x -s x -c {iterations}"));
        assert_eq!(shown.contains("returned: 0x00"), allowed, "{iterations}: {shown}");
    }
}
