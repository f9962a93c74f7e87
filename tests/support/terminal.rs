//! The program on a real terminal, driven by the expect command, as users do.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

use super::Scratch;

/// Runs an expect script on a terminal of this name with this command line, and returns what it prints.
pub fn run_expect(scratch: &Scratch, terminal: &str, command: &str, script: &str) -> String {
    run_expect_with(scratch, &[("TERM", terminal), ("NO_COLOR", "1")], command, script)
}

/// The same in this environment.
pub fn run_expect_with(
    scratch: &Scratch,
    environment: &[(&str, &str)],
    command: &str,
    script: &str,
) -> String {
    let script = format!(
        "set timeout 20\nproc fail {{text}} {{ puts stderr \"FAILED: $text\"; exit 1 }}\n\
         proc expect_end {{}} {{ expect_before; expect {{\n timeout {{ fail timeout }}\n eof\n }} }}\n\
         spawn {command}\n\
         expect_before {{\n timeout {{ fail timeout }}\n eof {{ fail eof }}\n}}\n{script}\n"
    );
    let file = scratch.write("script.exp", script);
    let output = Command::new("expect")
        .arg("-f")
        .arg(file)
        .current_dir(scratch.path(""))
        .env_clear()
        .env("HOME", scratch.path(""))
        .env("PATH", "/usr/bin:/bin")
        .envs(environment.iter().copied())
        .output()
        .expect("the tests need the expect command");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("panicked"), "{text}");
    text
}
