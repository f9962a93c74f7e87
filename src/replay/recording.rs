//! A recording as text: its lines, and what each of them is.

use std::path::Path;

use super::Fault;
use crate::read_whole::read_whole;
use crate::shell::recorder::after_prompt;

/// The longest recording, in bytes.
pub const MAX_LENGTH: usize = 16 * 1024 * 1024;

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `# NAME: VALUE`, or another comment, whose name is empty.
    Comment(String, String),
    /// A prompt, with what was typed after it.
    Prompt(String),
    /// `$ WORDS`, which looks at what the session left.
    Look(String),
    /// Output, without the `\` that kept it from being read as something else.
    Output(String),
}

/// A recording: every line as it stands in the file, without its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    lines: Vec<String>,
    /// Whether the last line has an end.
    ended: bool,
}

impl Recording {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let unreadable =
            |error: std::io::Error| Fault::whole(format!("it cannot be read: {error}"));
        let file = std::fs::File::open(path).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(Fault::whole("it is not a file"));
        }
        Self::parse(&read_whole(file, MAX_LENGTH as u64).map_err(unreadable)?)
    }

    /// Reads a text. Line ends may be of both kinds, also mixed.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_LENGTH {
            let line = bytes[..MAX_LENGTH].iter().filter(|byte| **byte == b'\n').count() + 1;
            return Err(Fault::at(
                line,
                format!("the recording goes on beyond {MAX_LENGTH} bytes"),
            ));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let ended = bytes.is_empty() || bytes.ends_with(b"\n");
        let lines: Result<Vec<_>, Fault> = bytes
            .strip_suffix(b"\n")
            .unwrap_or(bytes)
            .split(|byte| *byte == b'\n')
            .zip(1..)
            .filter(|_| !bytes.is_empty())
            .map(|(line, number)| text_of(line).map_err(|reason| Fault::at(number, reason)))
            .collect();
        Ok(Self { lines: lines?, ended })
    }

    /// What the lines are, in their order.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        self.lines.iter().map(|line| kind_of(line))
    }

    /// The lines as they stand in the file.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Whether the last line was cut off, or only left without an end.
    #[must_use]
    pub fn lacks_end(&self) -> bool {
        !self.ended
    }
}

/// A line without its carriage return.
fn text_of(line: &[u8]) -> Result<String, String> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| String::from("the line is not UTF-8 text"))?;
    match text.chars().find(|character| character.is_control() && *character != '\t') {
        Some(control) => Err(format!(
            "the line holds the control character 0x{:02x}: a recording is plain text, as kmu record writes it",
            u32::from(control)
        )),
        None => Ok(text.to_owned()),
    }
}

fn kind_of(line: &str) -> Kind {
    if let Some(output) = line.strip_prefix('\\') {
        return Kind::Output(output.to_owned());
    }
    if let Some(comment) = line.strip_prefix('#') {
        let setting = comment.strip_prefix(' ').and_then(|comment| comment.split_once(':'));
        let name =
            |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
        return match setting.filter(|(word, _)| name(word)) {
            Some((word, value)) => {
                Kind::Comment(word.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned())
            }
            None => Kind::Comment(String::new(), comment.to_owned()),
        };
    }
    if let Some(look) = line.strip_prefix("$ ") {
        return Kind::Look(look.trim_matches(' ').to_owned());
    }
    after_prompt(line)
        .map_or_else(|| Kind::Output(line.to_owned()), |typed| Kind::Prompt(typed.to_owned()))
}

/// A line of output as it stands in a recording.
#[must_use]
pub fn escaped(line: &str) -> String {
    let escape = if crate::shell::recorder::needs_escape(line) { "\\" } else { "" };
    format!("{escape}{line}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_what_they_begin_with() {
        let kinds =
            |text: &str| Recording::parse(text.as_bytes()).unwrap().kinds().collect::<Vec<_>>();
        let text = "# kmu: --seed 1\r\n# A note: x\n\nCommand: findKey\n$  cat f\n\\# x\n";
        let expected = [
            Kind::Comment("kmu".into(), "--seed 1".into()),
            Kind::Comment(String::new(), " A note: x".into()),
            Kind::Output(String::new()),
            Kind::Prompt("findKey".into()),
            Kind::Look("cat f".into()),
            Kind::Output("# x".into()),
        ];
        assert_eq!(kinds(text), expected);
        assert_eq!(kinds(""), []);
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        let reason = |bytes: &[u8]| Recording::parse(bytes).unwrap_err().to_string();
        assert_eq!(reason(b"a\n\xff\n"), "line 2: the line is not UTF-8 text");
        assert!(reason(b"a\nb\n\x1b[0m\n").starts_with("line 3: the line holds the control"));
        let long = [vec![b'\n'; 5], vec![b'x'; MAX_LENGTH]].concat();
        assert!(reason(&long).starts_with("line 6: the recording goes on beyond"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = Recording::parse(&bytes).map(|recording| recording.kinds().count());
        }

        #[test]
        fn lines_are_what_they_were_whatever_ends_them(
            lines in proptest::collection::vec("[^\\p{C}]*", 1..9)
        ) {
            let text = lines.join("\n") + "\n";
            let recording = Recording::parse(text.as_bytes()).unwrap();
            prop_assert_eq!(recording.lines(), lines);
            let other = Recording::parse(text.replace('\n', "\r\n").as_bytes()).unwrap();
            prop_assert_eq!(other, recording);
        }

        #[test]
        fn an_escaped_line_is_output(line in "[\\\\#$ ]{0,3}(Command: )?[^\\p{C}]*") {
            prop_assert_eq!(kind_of(&escaped(&line)), Kind::Output(line));
        }
    }
}
