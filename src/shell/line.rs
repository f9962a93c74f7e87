//! Reading lines of bytes, of any length and content, without keeping more
//! than a command line can need.

use std::io::{self, BufRead};

use zeroize::{Zeroize, Zeroizing};

/// The longest line, in bytes. The client's own limit is 1400; long moduli and
/// file names need more.
pub const MAX_LINE_LENGTH: usize = 64 * 1024;

/// A line as it was read.
#[derive(Clone, PartialEq, Eq)]
pub enum Line {
    /// Text without its line end.
    Text(Zeroizing<String>),
    /// Something that is not text, and why.
    Unreadable(Unreadable),
    /// Ctrl-C was pressed instead of finishing it.
    Interrupted,
    /// There are no more lines.
    End,
}

/// Why a line is not text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is too long.
    #[error("the line is longer than {MAX_LINE_LENGTH} bytes.")]
    TooLong,
    /// It holds a NUL byte.
    #[error("the line holds a NUL byte.")]
    Nul,
    /// It is not UTF-8.
    #[error("the line is not valid UTF-8.")]
    NotUtf8,
}

/// Reads to the next newline or the end. Carriage returns are dropped wherever
/// they are; a last line needs no newline.
///
/// # Errors
/// What the system says.
pub fn read(input: &mut impl BufRead) -> io::Result<Line> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut too_long = false;
    let mut any = false;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            break;
        }
        let newline = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..newline.unwrap_or(available.len())];
        if !any {
            // Bytes that never move leave no copy of a password behind. A line that is
            // there as a whole takes no more room than it needs: all of it is wiped.
            let whole = newline.map_or(MAX_LINE_LENGTH, |length| length.min(MAX_LINE_LENGTH));
            bytes.reserve_exact(whole);
        }
        any = true;
        for byte in part.iter().filter(|byte| **byte != b'\r') {
            if bytes.len() < MAX_LINE_LENGTH {
                bytes.push(*byte);
            } else {
                too_long = true;
            }
        }
        let used = part.len() + usize::from(newline.is_some());
        input.consume(used);
        if newline.is_some() {
            break;
        }
    }
    if !any {
        return Ok(Line::End);
    }
    if too_long {
        return Ok(Line::Unreadable(Unreadable::TooLong));
    }
    Ok(from_bytes(std::mem::take(&mut *bytes)))
}

/// The line that these bytes are.
pub fn from_bytes(mut bytes: Vec<u8>) -> Line {
    if bytes.len() > MAX_LINE_LENGTH {
        bytes.zeroize();
        return Line::Unreadable(Unreadable::TooLong);
    }
    if bytes.contains(&0) {
        return Line::Unreadable(Unreadable::Nul);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Line::Text(Zeroizing::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            Line::Unreadable(Unreadable::NotUtf8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(line: Line) -> Result<String, Option<Unreadable>> {
        match line {
            Line::Text(text) => Ok(text.to_string()),
            Line::Unreadable(reason) => Err(Some(reason)),
            Line::End | Line::Interrupted => Err(None),
        }
    }

    #[test]
    fn lines_end_at_newlines_and_at_the_end() {
        let mut input: &[u8] = b"one\r\n\ntwo";
        assert_eq!(text(read(&mut input).unwrap()), Ok("one".into()));
        assert_eq!(text(read(&mut input).unwrap()), Ok(String::new()));
        assert_eq!(text(read(&mut input).unwrap()), Ok("two".into()));
        assert_eq!(text(read(&mut input).unwrap()), Err(None));
    }

    #[test]
    fn what_is_not_text_is_named_and_the_next_line_is_read() {
        let long = [vec![b'x'; MAX_LINE_LENGTH + 1], b"\nnext".to_vec()].concat();
        let cases: [(&[u8], Unreadable); 3] = [
            (b"a\0b\nnext", Unreadable::Nul),
            (b"\xff\nnext", Unreadable::NotUtf8),
            (&long, Unreadable::TooLong),
        ];
        for (mut input, reason) in cases {
            assert_eq!(text(read(&mut input).unwrap()), Err(Some(reason)));
            assert_eq!(text(read(&mut input).unwrap()), Ok("next".into()));
        }
    }

    #[test]
    fn the_longest_line_is_read() {
        let longest = "x".repeat(65_536);
        for line in [longest.clone(), longest.clone() + "\r\n"] {
            assert_eq!(text(read(&mut line.as_bytes()).unwrap()), Ok(longest.clone()));
        }
        assert_eq!(text(from_bytes(longest.clone().into_bytes())), Ok(longest.clone()));
        let longer = text(from_bytes((longest + "x").into_bytes()));
        assert_eq!(longer, Err(Some(Unreadable::TooLong)));
    }

    /// A reader that fails once.
    struct Failing(Option<io::ErrorKind>);

    impl io::Read for Failing {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.0.take().map_or_else(|| (&b"x\n"[..]).read(bytes), |kind| Err(kind.into()))
        }
    }

    #[test]
    fn reading_goes_on_after_a_signal_and_not_after_an_error() {
        let read = |kind| read(&mut io::BufReader::new(Failing(Some(kind))));
        assert_eq!(text(read(io::ErrorKind::Interrupted).unwrap()), Ok("x".into()));
        assert_eq!(
            read(io::ErrorKind::BrokenPipe).err().unwrap().kind(),
            io::ErrorKind::BrokenPipe
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes: Vec<u8>) {
            let mut input = bytes.as_slice();
            let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
            let mut lines = 0;
            while text(read(&mut input).unwrap()) != Err(None) {
                lines += 1;
            }
            let unfinished = usize::from(bytes.last().is_some_and(|last| *last != b'\n'));
            prop_assert_eq!(lines, newlines + unfinished);
        }
    }
}
