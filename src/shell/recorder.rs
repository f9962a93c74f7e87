//! Writing down a session while it runs: what was typed after prompts and
//! questions, and what was printed, in the form that `kmu replay` reads.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::history::{self, Kind};
use super::words;
use crate::output::Output;

/// What stands in a recording instead of a password.
pub const MASK: &str = "********";

/// A recording that grows with its session.
pub struct Recorder {
    file: File,
    /// What has been printed since the last prompt.
    shown: Zeroizing<String>,
    /// Whether what is printed belongs to a line that the recording does not have.
    muted: bool,
}

impl Recorder {
    /// Begins a recording, a file of its owner's only, with these lines at the top.
    ///
    /// # Errors
    /// What the system says; and when the file is there and holds something, without `force`.
    pub fn create(path: &Path, force: bool, header: &str) -> io::Result<Self> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        let length = file.metadata()?.len();
        if length > 0 && !force {
            let reason = "it is there already and not empty (--force replaces it)";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, reason));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if file.metadata()?.is_file() {
                file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            }
        }
        if length > 0 {
            file.set_len(0)?;
        }
        file.write_all(header.as_bytes())?;
        Ok(Self { file, shown: Zeroizing::default(), muted: false })
    }

    /// Notes what was printed.
    pub fn print(&mut self, text: &str) {
        if !self.muted {
            self.shown.push_str(text);
        }
    }

    /// Notes what was typed as the answer to a question for a number. Anything else
    /// may be a line that was meant as another, with a password, and so may a long
    /// number: all but 0 have the same effect.
    pub fn answer(&mut self, text: &str) {
        let kept = match text.trim().parse::<i64>() {
            Ok(0) => "0",
            Ok(_) => "1",
            Err(_) if text.trim().is_empty() => "",
            Err(_) => MASK,
        };
        self.print(&format!("{kept}\n"));
    }

    /// Begins a command. One that may have a password where none belongs is left out.
    ///
    /// # Errors
    /// What the system says.
    pub fn command(&mut self, line: &str) -> io::Result<()> {
        if line.contains(|character: char| character.is_control() && character != '\t') {
            return self.leave_out("it has control characters");
        }
        let Some(masked) = masked(line) else {
            return self.leave_out("it is no command, or may have a password in a wrong place");
        };
        self.write_shown()?;
        self.muted = false;
        let prompt = Zeroizing::new(format!("{}{}\n", Output::PROMPT, masked.as_str()));
        self.file.write_all(prompt.as_bytes())
    }

    /// Begins a line that cannot be played again; nothing of what it prints is kept.
    ///
    /// # Errors
    /// What the system says.
    pub fn leave_out(&mut self, reason: &str) -> io::Result<()> {
        self.write_shown()?;
        self.muted = true;
        self.file.write_all(format!("# A line is left out here: {reason}\n").as_bytes())
    }

    /// Ends a command: what it printed is in the file.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_shown(&mut self) -> io::Result<()> {
        let shown = std::mem::take(&mut self.shown);
        let mut written = Zeroizing::new(String::with_capacity(shown.len() + 64));
        for line in shown.split_inclusive('\n') {
            if needs_escape(line.trim_end_matches(['\r', '\n'])) {
                written.push('\\');
            }
            written.push_str(line);
        }
        // A question that got no answer has no end of its line.
        if !written.is_empty() && !written.ends_with('\n') {
            written.push('\n');
        }
        self.file.write_all(written.as_bytes())
    }
}

/// Whether a line of output would be read as something else without a `\` before it.
#[must_use]
pub fn needs_escape(line: &str) -> bool {
    line.starts_with(['\\', '#']) || line.starts_with("$ ") || after_prompt(line).is_some()
}

/// What is typed on a line that begins with the prompt, as the client prints
/// it or as the guide does, indented or with one blank after it.
#[must_use]
pub fn after_prompt(line: &str) -> Option<&str> {
    let typed = line.trim_start_matches([' ', '\t']).strip_prefix("Command:")?;
    let blank = |text: &&str| text.is_empty() || text.starts_with([' ', '\t']);
    Some(typed).filter(blank).map(|typed| typed.trim_matches([' ', '\t']))
}

/// A line with its password masked; nothing where it cannot be told what may be one.
#[must_use]
pub fn masked(line: &str) -> Option<Zeroizing<String>> {
    let words = words::split(line).ok()?;
    // No word of a line has a line end; one of the process's arguments may.
    if line.contains(['\n', '\r']) {
        return None;
    }
    let kinds = if words.is_empty() { Vec::new() } else { history::kinds(&words)? };
    if kinds.contains(&Kind::Doubtful) {
        return None;
    }
    let mut masked = Zeroizing::new(String::with_capacity(2 * line.len() + MASK.len()));
    if !kinds.contains(&Kind::Password) {
        masked.push_str(line);
        return Some(masked);
    }
    for (word, kind) in words.iter().zip(kinds) {
        if !masked.is_empty() {
            masked.push(' ');
        }
        match kind {
            Kind::Password => masked.push_str(MASK),
            _ => masked.push_str(&Zeroizing::new(words::quoted(word))),
        }
    }
    Some(masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_and_the_rest_of_the_line_stays() {
        for (line, expected) in [
            ("loginHSM -u CU -p secret -s 'a b'", "loginHSM -u CU -p ******** -s 'a b'"),
            ("loginHSM -p 'two words' -s x", "loginHSM -p ******** -s x"),
            ("genPBEKey -l x -p secret", "genPBEKey -l x -p ********"),
            ("loginHSM -p", "loginHSM -p"),
            ("loginHSM -h", "loginHSM -h"),
            ("findKey  -l x", "findKey  -l x"),
            ("genSymKey -t 31 -q x", "genSymKey -t 31 -q x"),
            ("help genSymKey", "help genSymKey"),
            ("", ""),
        ] {
            assert_eq!(masked(line).unwrap().as_str(), expected, "{line}");
        }
        for line in [
            "loginHSM -psecret -s x",
            "loginHSM -u CU -s x -P secret",
            "loginHSM -u CU -s x --p secret",
            "loginHSM -p -p secret",
            "loginHSM -p 'secret",
            "LoginHSM -u CU -s x p secret",
            "help secret",
            "logoutHSM secret",
            "listAttributes secret",
            "secret",
            "findKey -l a\nsecret",
        ] {
            assert!(masked(line).is_none(), "{line}");
        }
    }

    #[test]
    fn only_a_prompt_is_one() {
        assert_eq!(after_prompt("Command:  findKey"), Some("findKey"));
        assert_eq!(after_prompt("\t Command: findKey -l x "), Some("findKey -l x"));
        assert_eq!(after_prompt("Command:"), Some(""));
        assert_eq!(after_prompt("Command:findKey"), None);
        assert_eq!(after_prompt("Command String: findKey"), None);
    }

    #[test]
    fn a_recording_that_holds_something_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s.txt");
        drop(Recorder::create(&path, false, "# top\n").unwrap());
        assert!(Recorder::create(&path, false, "").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"# top\n");
        let mut recorder = Recorder::create(&path, true, "").unwrap();
        recorder.command("loginHSM -p secret").unwrap();
        recorder.print("# no comment\nplain\n");
        recorder.leave_out("why").unwrap();
        recorder.print("not kept\n");
        recorder.write_shown().unwrap();
        let expected = "\nCommand:  loginHSM -p ********\n\\# no comment\nplain\n\
                        # A line is left out here: why\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    }
}
