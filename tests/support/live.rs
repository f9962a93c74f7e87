//! A process that runs while the test talks to it, line by line.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Scratch;

/// What the program prints when it waits for a line.
const PROMPT: &str = "\nCommand:  ";

/// The longest that a test waits for a reply: many times what any command takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running process.
pub struct Live {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Live {
    /// Starts the program; it waits for its first line. Its standard error is kept to the end.
    pub fn start(scratch: &Scratch, arguments: &[&str]) -> Self {
        let mut child = scratch.spawn(arguments, Stdio::piped());
        let input = child.stdin.take();
        let output = child.stdout.take().unwrap();
        let mut live = Self { child, input, output };
        live.reply();
        live
    }

    /// Starts the program and logs a crypto user of the default cluster in.
    pub fn logged_in(scratch: &Scratch, arguments: &[&str], user: &str) -> Self {
        let mut live = Self::start(scratch, arguments);
        let reply = live.say(&format!("loginHSM -u CU -s {user} -p example_pwd"));
        assert_eq!(code(&reply), 0, "{reply}");
        live
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a line, or several that are one command, and returns what is printed up to the next prompt.
    pub fn say(&mut self, line: &str) -> String {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
        input.flush().unwrap();
        self.reply()
    }

    /// Ends the input and returns what the process had to say on standard error.
    pub fn finish(mut self) -> String {
        drop(self.input.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{rest}{errors}");
        errors
    }

    fn reply(&mut self) -> String {
        let mut text = Vec::new();
        let mut part = [0; 64 * 1024];
        while !text.ends_with(PROMPT.as_bytes()) {
            self.wait_for_output(&text);
            let length = self.output.read(&mut part).unwrap();
            assert_ne!(length, 0, "the process ended: {}", String::from_utf8_lossy(&text));
            text.extend_from_slice(&part[..length]);
        }
        text.truncate(text.len() - PROMPT.len());
        String::from_utf8(text).unwrap()
    }

    fn wait_for_output(&self, text: &[u8]) {
        let patience = Timespec::try_from(PATIENCE).unwrap();
        let ready = poll(&mut [PollFd::new(&self.output, PollFlags::IN)], Some(&patience)).unwrap();
        assert_ne!(ready, 0, "no reply after {:?}", String::from_utf8_lossy(text));
    }
}

impl Drop for Live {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The code after the last `returned: ` of a reply.
pub fn code(reply: &str) -> u32 {
    let start = reply.rfind("returned: 0x").unwrap_or_else(|| panic!("no code in {reply:?}"));
    let digits = reply[start + "returned: 0x".len()..].split(' ').next().unwrap();
    u32::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("no code in {reply:?}"))
}

/// The handles of a findKey.
pub fn found(reply: &str) -> Vec<u64> {
    let line = reply.lines().skip_while(|line| !line.contains("matched from start index")).nth(1);
    let numbers = line.unwrap_or_default().split(", ").filter(|number| !number.is_empty());
    numbers.map(|number| number.trim().parse().unwrap()).collect()
}
