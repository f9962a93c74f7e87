//! What counts as a wrong password, and that five are all that anybody gets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::{Command, Stdio};

use support::{LOGIN, Scratch};

/// Logs in under a limit of memory, in KiB.
fn limited(scratch: &Scratch, memory: u32) -> String {
    let program = env!("CARGO_BIN_EXE_kmu");
    let line = format!(
        "ulimit -v {memory}; printf '{LOGIN}\\nlistUsers\\n' | {program} --state state; exit 0"
    );
    let output = Command::new("sh")
        .args(["-c", &line])
        .current_dir(scratch.path(""))
        .env("HOME", scratch.path(""))
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn short_memory_is_no_wrong_password() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run(&["--state", "state"], LOGIN).status(), 0);
    let mut refused = 0;
    // From far too little to nearly enough; where the program itself cannot start, nothing is said.
    for memory in (12_000..100_000).step_by(2_000) {
        let output = limited(&scratch, memory);
        assert!(!output.contains("Cfm3LoginHSM returned: 0xa3"), "{memory}: {output}");
        refused += usize::from(output.contains("Cfm3LoginHSM returned: 0xbc"));
    }
    println!("logins without memory to hash: {refused}");
    let output = scratch.run(&["--state", "state"], format!("{LOGIN}\nlistUsers\n")).stdout();
    assert!(output.contains("Cfm3LoginHSM returned: 0x00"), "{output}");
}

#[test]
fn a_locked_account_is_not_opened_by_a_password_that_was_being_checked() {
    let scratch = Scratch::new();
    for round in 0..4 {
        let state = format!("state{round}");
        assert_eq!(scratch.run(&["--state", &state], LOGIN).status(), 0);
        let start = |password: &str| {
            let line = format!("loginHSM -u CU -s example_user -p {password}");
            let mut words = vec!["--state", state.as_str(), "singlecmd"];
            words.extend(line.split(' '));
            scratch.command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
        };
        let children: Vec<_> = (0..12)
            .map(|index| start(if index == 11 { "example_pwd" } else { "wrong_password" }))
            .collect();
        let outputs: Vec<String> = children
            .into_iter()
            .map(|child| String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
            .collect();
        let count = |code: &str| {
            let line = format!("Cfm3LoginHSM returned: {code} ");
            outputs.iter().filter(|output| output.contains(&line)).count()
        };
        let (wrong, locked, right) = (count("0xa3"), count("0xa5"), count("0x00"));
        assert_eq!(wrong + locked + right, 12, "{outputs:?}");
        // A right password in between begins the count anew; without one, five is all.
        assert!(wrong <= if right == 1 { 9 } else { 5 }, "{wrong} wrong, {right} right");
        assert!(right <= 1);
    }
}
