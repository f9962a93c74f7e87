//! The `openssl` command, which tests hold our results against.

use std::io::Write;
use std::process::{Command, Stdio};

/// What `openssl` with `arguments` makes of `input`, or nothing when it fails.
pub fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("these tests need the openssl command");
    // A command that fails early does not read; its status tells.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    output.status.success().then_some(output.stdout)
}

/// The hexadecimal digits of `bytes`, as `-K` and `-iv` take them.
pub fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
