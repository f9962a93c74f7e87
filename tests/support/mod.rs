//! What several test files need: the program, run in a directory of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod dice;
pub mod live;
pub mod opened;
pub mod terminal;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

pub mod forged;

/// A scratch directory in which the program runs with a clean environment.
pub struct Scratch {
    directory: TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, which finds its home and its state here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kmu"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("HOME", self.directory.path());
        command
    }

    /// The program, started, with its input and output in the test's hands.
    pub fn spawn(&self, arguments: &[&str], errors: Stdio) -> Child {
        self.command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap()
    }

    /// Runs a script of the system's shell here.
    pub fn shell(&self, script: &str) -> Output {
        Command::new("sh").args(["-c", script]).current_dir(self.path("")).output().unwrap()
    }

    /// Runs the program to its end with this input.
    pub fn run(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Finished {
        let mut child = self.spawn(arguments, Stdio::piped());
        let mut stdin = child.stdin.take().unwrap();
        let input = input.as_ref().to_vec();
        // A thread writes, so that a program that does not read to the end cannot block the test.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Finished(output)
    }

    /// Runs lines on the default cluster in memory, as example_user.
    pub fn session(&self, lines: &str) -> String {
        let input = format!("{LOGIN}\n{lines}\nexit\n");
        self.run(&["--ephemeral"], input).stdout()
    }
}

/// A session that goes on while the test does other things.
pub struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
}

impl Session {
    /// Starts the program and waits for its prompt.
    pub fn start(scratch: &Scratch, arguments: &[&str]) -> Self {
        let mut child = scratch.spawn(arguments, Stdio::inherit());
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().unwrap());
        let mut session = Self { child, stdin, stdout };
        session.read_to_prompt();
        session
    }

    /// Runs a line and returns what it prints.
    pub fn run(&mut self, line: &str) -> String {
        self.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
        self.read_to_prompt()
    }

    /// Kills the process, as SIGKILL does.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn read_to_prompt(&mut self) -> String {
        const PROMPT: &[u8] = b"\nCommand:  ";
        let mut text = Vec::new();
        let mut part = [0; 4096];
        while !text.ends_with(PROMPT) {
            let length = self.stdout.read(&mut part).unwrap();
            assert!(length > 0, "no prompt after {}", String::from_utf8_lossy(&text));
            text.extend_from_slice(&part[..length]);
        }
        String::from_utf8(text[..text.len() - PROMPT.len()].to_vec()).unwrap()
    }
}

impl Drop for Session {
    /// Ends the input, and with it the program.
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

/// The login of the default cluster's first crypto user.
pub const LOGIN: &str = "loginHSM -u CU -s example_user -p example_pwd";

/// How a run ended.
pub struct Finished(pub Output);

impl Finished {
    pub fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    /// The exit status; a panic (101) or a signal fails the test.
    pub fn status(&self) -> i32 {
        let status = self.0.status.code().unwrap_or_else(|| panic!("killed: {}", self.stderr()));
        assert_ne!(status, 101, "panicked: {}", self.stderr());
        status
    }
}

/// The handle after `name: ` in an output, such as `public key handle`.
pub fn handle(output: &str, name: &str) -> u64 {
    let start = output.find(&format!("{name}: ")).unwrap_or_else(|| panic!("{name} in {output}"));
    let digits = &output[start + name.len() + 2..];
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap()
}

/// Runs the openssl command and returns what it prints; it must succeed.
pub fn openssl(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(directory)
        .output()
        .expect("the tests need the openssl command");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout) + &text(&output.stderr)
}
