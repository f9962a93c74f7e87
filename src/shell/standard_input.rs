//! Standard input as the shell reads it: what has been read is wiped from the
//! buffer, for a line may hold a password, and the buffer outlives it.

use std::io::{self, BufRead, Read};

use zeroize::{Zeroize, Zeroizing};

/// Bytes that are read at once.
const BUFFER_LENGTH: usize = 64 * 1024;

/// Standard input without the buffer of the standard library, where there is a way around it.
#[must_use]
pub fn open() -> Box<dyn Read> {
    match unbuffered() {
        Ok(file) => Box::new(file),
        Err(_) => Box::new(io::stdin()),
    }
}

#[cfg(unix)]
fn unbuffered() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from)
}

#[cfg(not(unix))]
fn unbuffered() -> io::Result<std::fs::File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A reader with a buffer in which nothing stays that has been read.
pub struct Wiping<R> {
    source: R,
    buffer: Zeroizing<Vec<u8>>,
    /// What has been read from the source and not been taken yet.
    start: usize,
    end: usize,
}

impl<R: Read> Wiping<R> {
    /// A reader of this source.
    pub fn new(source: R) -> Self {
        Self { source, buffer: Zeroizing::new(vec![0; BUFFER_LENGTH]), start: 0, end: 0 }
    }

    /// The next line without its end, if all of it has been read already.
    pub fn waiting_line(&self) -> Option<&[u8]> {
        let waiting = &self.buffer[self.start..self.end];
        waiting.iter().position(|byte| *byte == b'\n').map(|length| &waiting[..length])
    }
}

impl<R: Read> BufRead for Wiping<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            self.end = self.source.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, length: usize) {
        let taken = (self.start + length).min(self.end);
        self.buffer[self.start..taken].zeroize();
        self.start = taken;
    }
}

impl<R: Read> Read for Wiping<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(target.len());
        target[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_has_been_read_is_gone() {
        let mut reader = Wiping::new(&b"first line\nsecond line\n"[..]);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "first line\n");
        assert_eq!(reader.buffer[..11], [0; 11]);
        assert_eq!(reader.buffer[11..23], *b"second line\n");
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "second line\n");
        assert!(reader.buffer.iter().all(|byte| *byte == 0));
    }

    proptest! {
        #[test]
        fn every_byte_comes_once(
            bytes in proptest::collection::vec(any::<u8>(), 0..3 * BUFFER_LENGTH),
            step in 1..BUFFER_LENGTH * 2,
        ) {
            let mut reader = Wiping::new(bytes.as_slice());
            let mut read = Vec::new();
            let mut part = vec![0; step];
            loop {
                match reader.read(&mut part).unwrap() {
                    0 => break,
                    length => read.extend_from_slice(&part[..length]),
                }
            }
            prop_assert_eq!(read, bytes);
        }
    }
}
