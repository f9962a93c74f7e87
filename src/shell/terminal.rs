//! The prompt on a terminal: line editing, completion, and a history that
//! keeps no password.

use std::io;
use std::path::{Path, PathBuf};

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{Config, Context, Editor, Helper, Highlighter, Hinter, Validator};
use zeroize::Zeroizing;

use super::line::{self, Line};
use crate::command::login_hsm::PASSWORD;
use crate::command::{self, COMMANDS};

/// Lines that the history keeps.
const HISTORY_SIZE: usize = 1000;

/// A terminal with its line editor.
pub struct Terminal {
    editor: Editor<Completion, DefaultHistory>,
    history: Option<PathBuf>,
}

impl Terminal {
    /// Takes the terminal; `history` is where lines are kept between sessions.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn new(history: Option<&Path>) -> io::Result<Self> {
        let config = Config::builder()
            .max_history_size(HISTORY_SIZE)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(io::Error::other)?
            .completion_type(rustyline::CompletionType::List)
            .build();
        let mut editor = Editor::with_config(config).map_err(io::Error::other)?;
        editor.set_helper(Some(Completion));
        let history = history.map(Path::to_owned);
        if let Some(file) = &history {
            // There is none before the first session ends.
            let _ = editor.load_history(file);
        }
        Ok(Self { editor, history })
    }

    /// Prompts and reads a line. Ctrl-C drops the line, Ctrl-D ends the input.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn read_line(&mut self, prompt: &str) -> io::Result<Line> {
        match self.editor.readline(prompt) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                self.remember(&text);
                Ok(line::from_bytes(text.as_bytes().to_vec()))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Text(Zeroizing::default())),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(io::Error::other(error)),
        }
    }

    fn remember(&mut self, line: &str) {
        let _ = self.editor.add_history_entry(without_password(line));
        if let Some(file) = &self.history {
            // A history that cannot be kept is no reason to stop working.
            let _ = self.editor.append_history(file);
        }
    }
}

/// The line without the word after `-p`: what the history may keep. A word
/// that only begins so may be a password that lost its blank, or a mistyped
/// flag with the password after it, so both are left out; and a line that
/// does not split into words is kept out altogether if it might hold one.
fn without_password(line: &str) -> String {
    let flag = PASSWORD.declaration.name;
    if !line.contains(flag) {
        return line.to_owned();
    }
    let Ok(words) = super::words::split(line) else { return String::new() };
    let mut kept: Vec<String> = Vec::new();
    let (mut after_flag, mut after_mistyped) = (false, false);
    for word in &words {
        let exact = word.as_str() == flag;
        let begins = word.starts_with(flag);
        let value = after_flag || after_mistyped && !word.starts_with('-');
        (after_flag, after_mistyped) = (exact, begins && !exact);
        if value || begins && !exact {
            continue;
        }
        kept.push(if word.contains(' ') {
            format!("'{}'", word.as_str())
        } else {
            word.to_string()
        });
    }
    kept.join(" ")
}

/// Completes command names and the flags of a command.
#[derive(Helper, Highlighter, Hinter, Validator)]
struct Completion;

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        Ok(candidates(line.get(..position).unwrap_or(line)))
    }
}

/// Where the word before the cursor begins, and what it can become.
fn candidates(line: &str) -> (usize, Vec<Pair>) {
    let start = line.rfind(' ').map_or(0, |blank| blank + 1);
    let word = &line[start..];
    let mut earlier = line[..start].split_ascii_whitespace();
    let pair = |name: &str, shown: String| Pair { replacement: format!("{name} "), display: shown };
    let found = match earlier.next() {
        None => COMMANDS
            .iter()
            .flat_map(|command| command.names)
            .chain(&["exit", "help", "quit"])
            .filter(|name| name.starts_with(word))
            .map(|name| pair(name, (*name).to_owned()))
            .collect(),
        Some(name) => {
            let given: Vec<_> = earlier.collect();
            let flags = command::find(name).map_or(&[][..], |command| command.flags);
            flags
                .iter()
                .map(|flag| flag.declaration())
                .filter(|flag| flag.name.starts_with(word) && !given.contains(&flag.name))
                .map(|flag| pair(flag.name, format!("{} {}", flag.name, flag.placeholder)))
                .collect()
        }
    };
    (start, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_keeps_no_password() {
        let kept = without_password("loginHSM -u CU -p secret -s 'a b'");
        assert_eq!(kept, "loginHSM -u CU -p -s 'a b'");
        assert_eq!(without_password("loginHSM -p 'two words' -s x"), "loginHSM -p -s x");
        assert_eq!(without_password("loginHSM -p 'unclosed secret"), "");
        assert_eq!(without_password("loginHSM -psecret -s x"), "loginHSM -s x");
        assert_eq!(without_password("loginHSM -pw secret -s x"), "loginHSM -s x");
        assert_eq!(without_password("loginHSM -p -p secret -s x"), "loginHSM -p -s x");
        assert_eq!(without_password("findKey -l  x"), "findKey -l  x");
        assert_eq!(without_password("loginHSM -p"), "loginHSM -p");
    }

    #[test]
    fn commands_and_missing_flags_are_completed() {
        let names = |line| -> Vec<String> {
            candidates(line).1.into_iter().map(|pair| pair.replacement).collect()
        };
        assert_eq!(names("genE"), ["genECCKeyPair "]);
        assert_eq!(names("genECCKeyPair -i 2 -m"), ["-m_value ", "-min_srv "]);
        assert!(!names("genECCKeyPair -i 2 -").contains(&String::from("-i ")));
        assert!(names("noSuchCommand -").is_empty());
    }
}
