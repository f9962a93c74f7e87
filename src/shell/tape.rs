//! A shell without a terminal or a pipe: it is given its lines one at a time,
//! and what it prints is taken from it.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::rc::Rc;

use zeroize::Zeroizing;

use super::interrupt::Interrupts;
use crate::command::Word;

/// What one command may print, in bytes: far more than any does that ends.
pub const MAX_OUTPUT_LENGTH: usize = 16 * 1024 * 1024;

/// Both ends of a shell: its input, its output, and the passwords that it would ask for at a terminal.
#[derive(Clone)]
pub struct Tape {
    ends: Rc<RefCell<Ends>>,
    interrupts: Interrupts,
}

#[derive(Default)]
struct Ends {
    input: Zeroizing<Vec<u8>>,
    output: Zeroizing<Vec<u8>>,
    password: Option<Word>,
    overflowed: bool,
}

impl Tape {
    /// A tape of a run that Ctrl-C interrupts: what waits is told, and [`Tape::interrupted`].
    ///
    /// # Errors
    /// When the system refuses a handler for Ctrl-C.
    pub fn new() -> io::Result<Self> {
        Ok(Self { ends: Rc::default(), interrupts: Interrupts::noted()? })
    }

    /// Gives the shell these lines to read, instead of any that it has not read,
    /// and the password that it may ask for.
    pub fn feed(&self, lines: &str, password: Option<Word>) {
        let mut ends = self.ends.borrow_mut();
        ends.input = Zeroizing::new(lines.as_bytes().to_vec());
        ends.password = password;
    }

    /// Takes what the shell has printed.
    #[must_use]
    pub fn take_output(&self) -> Zeroizing<Vec<u8>> {
        std::mem::take(&mut self.ends.borrow_mut().output)
    }

    /// Whether a command printed more than [`MAX_OUTPUT_LENGTH`].
    #[must_use]
    pub fn overflowed(&self) -> bool {
        self.ends.borrow().overflowed
    }

    /// Whether Ctrl-C was pressed.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupts.pressed()
    }

    /// What Ctrl-C does here.
    pub(super) fn interrupts(&self) -> Interrupts {
        self.interrupts.clone()
    }

    /// The password that the shell would ask for; there is one for one question.
    pub(super) fn take_password(&self) -> Option<Word> {
        self.ends.borrow_mut().password.take()
    }
}

impl Read for Tape {
    /// One line at most, so that nobody has read ahead when the rest is replaced.
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let mut ends = self.ends.borrow_mut();
        let newline = ends.input.iter().position(|byte| *byte == b'\n');
        let line = newline.map_or(ends.input.len(), |at| at + 1);
        let length = line.min(target.len());
        target[..length].copy_from_slice(&ends.input[..length]);
        ends.input.drain(..length);
        Ok(length)
    }
}

impl Write for Tape {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut ends = self.ends.borrow_mut();
        if ends.output.len() + text.len() > MAX_OUTPUT_LENGTH {
            ends.overflowed = true;
            // Whatever waits and prints goes on for ever otherwise.
            self.interrupts.press();
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        ends.output.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_gives_one_line_and_new_lines_replace_the_rest() {
        let mut tape = Tape::new().unwrap();
        tape.feed("one\ntwo\n", None);
        let mut target = [0; 16];
        let length = tape.read(&mut target).unwrap();
        assert_eq!(&target[..length], b"one\n");
        tape.feed("three\n", None);
        let length = tape.read(&mut target).unwrap();
        assert_eq!(&target[..length], b"three\n");
        assert_eq!(tape.read(&mut target).unwrap(), 0);
    }

    #[test]
    fn output_without_end_interrupts_whoever_prints_it() {
        let mut tape = Tape::new().unwrap();
        tape.write_all(&vec![b'x'; MAX_OUTPUT_LENGTH]).unwrap();
        assert!(!tape.overflowed() && !tape.interrupted());
        assert!(tape.write_all(b"x").is_err());
        assert!(tape.overflowed() && tape.interrupted());
    }
}
