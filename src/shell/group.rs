//! Groups: while more lines are waiting, the keys of several commands become
//! durable together, and what the commands print is held back until they are.
//! Nothing else of a run changes by it.

use std::io;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::Shell;
use super::line::{self, Line};
use super::words;
use crate::command::Outcome;

/// How long others wait for a group at most, but for the time of its last command.
const LONGEST_TIME: Duration = Duration::from_millis(50);

/// Commands that only make keys, and fast.
const COMMANDS: [&str; 2] = ["genECCKeyPair", "genSymKey"];

/// Flags of theirs that wait, or make something beside keys of the state.
const EXCLUDED_FLAGS: [&str; 4] = ["-min_srv", "-timeout", "-sess", "-attest"];

/// Lines that have run, and whose output is held back.
pub struct Group {
    lines: Vec<Zeroizing<String>>,
    begin: Instant,
}

/// Whether a line can be part of a group.
fn admits(line: &str) -> bool {
    let Ok(words) = words::split(line) else { return false };
    let among = |names: &[&str], word: &str| names.contains(&word);
    words.split_first().is_some_and(|(command, rest)| {
        among(&COMMANDS, command) && !rest.iter().any(|word| among(&EXCLUDED_FLAGS, word))
    })
}

/// Whether these bytes will be read as a line that can be part of a group.
fn admits_bytes(bytes: &[u8]) -> bool {
    // Most other lines are told by their beginning.
    COMMANDS.iter().any(|name| bytes.trim_ascii_start().starts_with(name.as_bytes()))
        && matches!(line::read(&mut &bytes[..]), Ok(Line::Text(text)) if admits(&text))
}

impl Shell {
    /// Runs a line as a part of a group where that is possible.
    ///
    /// # Errors
    /// As [`Shell::run_lines`]; of a group that has not ended, nothing is printed or stored.
    pub(super) fn run_in_group(&mut self, line: Line) -> io::Result<Option<Outcome>> {
        let text = match &line {
            Line::Text(text) if admits(text) => text.clone(),
            _ => {
                // A group goes on only to a line that it admits. One that stayed open
                // would take what it made with it.
                self.end_group()?;
                return self.run_line(line);
            }
        };
        if self.group.is_none() {
            if !self.goes_on() || !self.hsm.begin_group() {
                return self.run_line(line);
            }
            self.group = Some(Group { lines: Vec::new(), begin: Instant::now() });
            self.front.hold();
        }
        let outcome = self.run_line(line)?;
        let failed = outcome.is_none_or(|outcome| !outcome.is_success());
        if let Some(group) = &mut self.group {
            group.lines.push(text);
        }
        // A failure may have undone the whole group, so nothing more is added to it.
        if !failed && self.goes_on() {
            return Ok(outcome);
        }
        Ok(self.end_group()?.or(outcome))
    }

    /// Whether the next line is there, and can be a part of the same group.
    fn goes_on(&self) -> bool {
        let in_time = self.group.as_ref().is_none_or(|group| group.begin.elapsed() < LONGEST_TIME);
        in_time
            && !self.front.is_recording()
            && self.hsm.may_group()
            && self.front.waiting_line().is_some_and(admits_bytes)
    }

    /// Stores what the group made and prints what it printed. If it cannot be
    /// stored, nothing of the group has happened, and its lines run again, each by
    /// itself. Returns how they ended then: the last one, or the first that failed.
    fn end_group(&mut self) -> io::Result<Option<Outcome>> {
        let Some(group) = self.group.take() else { return Ok(None) };
        let stored = self.hsm.end_group().is_ok();
        self.front.release(stored);
        if stored {
            return self.front.check().map(|()| None);
        }
        let mut ended: Option<Outcome> = None;
        for (number, line) in group.lines.into_iter().enumerate() {
            // The first one's prompt was printed before the group began.
            if number > 0 {
                self.front.repeat_prompt(&line);
            }
            let outcome = self.run_line(Line::Text(line))?;
            if ended.is_none_or(Outcome::is_success) {
                ended = outcome;
            }
            if self.strict && ended.is_some_and(|ended| !ended.is_success()) {
                break;
            }
        }
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_that_wait_or_do_more_are_not_grouped() {
        assert!(admits("genSymKey -t 31 -s 32 -l x"));
        assert!(admits("  genECCKeyPair -i 2 -l x -nex"));
        assert!(admits_bytes(b" genSymKey -t 31 -s 32 -l 'two words'\r"));
        for line in [
            "",
            "genRSAKeyPair -m 4096 -e 65537 -l x",
            "genSymKey -t 31 -s 32 -l x -min_srv 3",
            "genECCKeyPair -i 2 -l x -sess",
            "genECCKeyPair -i 2 -l x '-sess'",
            "genECCKeyPair -i 2 -l x '-min'_srv 3",
            "genSymKey -t 31 -s 32 -l 'x",
            "deleteKey -k 6",
            "genSymKeys",
        ] {
            assert!(!admits(line), "{line}");
        }
        assert!(!admits_bytes(b"genECCKeyPair -i 2 -l x -sess\r"));
        assert!(!admits_bytes(b"genECCKeyPair -i 2 -l \xe9"));
        assert!(!admits_bytes(b"genECCKeyPair -i 2 -l \0"));
    }

    proptest! {
        #[test]
        fn what_a_group_goes_on_to_is_what_it_admits(
            bytes in "(genSymKey|genECCKeyPair) ([a\"'\r\\x00é -]|-sess){0,12}",
            cut in 0..4_usize,
        ) {
            // Cut inside of a character, it is no text.
            let bytes = &bytes.as_bytes()[..bytes.len() - cut];
            let read = line::read(&mut &bytes[..]).unwrap();
            let admitted = matches!(read, Line::Text(text) if admits(&text));
            prop_assert_eq!(admits_bytes(bytes), admitted);
        }
    }
}
