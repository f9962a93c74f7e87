//! Lines of a terminal without line editing, and Ctrl-C while waiting for one.

use std::io::{self, BufReader};

use super::interrupt::Interrupts;
use super::line::{self, Line};

/// Reads lines as the system gives them.
pub struct PlainReader {
    input: BufReader<Input>,
}

#[cfg(unix)]
type Input = std::fs::File;
#[cfg(not(unix))]
type Input = io::Stdin;

impl PlainReader {
    /// Takes standard input.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> io::Result<Self> {
        // One byte at a time: whatever comes after a line stays where a password is read from.
        Ok(Self { input: BufReader::with_capacity(1, standard_input()?) })
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What the system says.
    pub fn read_line(&mut self, interrupts: &Interrupts) -> io::Result<Line> {
        if !wait_for_line(self.input.get_ref(), interrupts)? {
            return Ok(Line::Interrupted);
        }
        line::read(&mut self.input)
    }
}

#[cfg(unix)]
fn standard_input() -> io::Result<Input> {
    use std::os::fd::AsFd;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Waits until there is something to read. Returns whether there is: it is not
/// when Ctrl-C came first.
#[cfg(unix)]
fn wait_for_line(input: &Input, interrupts: &Interrupts) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    // A Ctrl-C that comes just before the wait begins is seen when its time is over.
    let time = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    while !interrupts.pressed() {
        match poll(&mut [PollFd::new(input, PollFlags::IN)], Some(&time)) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

#[cfg(not(unix))]
fn standard_input() -> io::Result<Input> {
    Ok(io::stdin())
}

/// Elsewhere nothing can be waited for: reading itself waits.
#[cfg(not(unix))]
fn wait_for_line(_input: &Input, _interrupts: &Interrupts) -> io::Result<bool> {
    Ok(true)
}
