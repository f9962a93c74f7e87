//! From the words after a command to its arguments, by the client's rules:
//! whole-token match, `-h` swallows the next word, an unknown word shows the
//! help, only the first missing flag is reported.

use std::path::PathBuf;

use super::flag::{AnyFlag, Flag, Message, Rejection, Word};
use super::{Command, Complaint, Words};

/// The arguments of a command, each already accepted by its flag's reader.
#[derive(Default)]
pub struct Arguments {
    values: Vec<(&'static str, Word)>,
}

/// Why a command does not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Files that could not be read, which is said first.
    pub unreadable_files: Vec<PathBuf>,
    /// What is said, in order.
    pub messages: Vec<Message>,
    /// What is said after the messages, without `Error: ` and at the margin.
    pub remark: &'static str,
    /// Whether the message about an unknown curve ends it all.
    pub unknown_curve: bool,
    /// Whether the user asked for the help and made no mistake.
    pub help_asked: bool,
}

impl Usage {
    /// A refusal with one message, after `Error: `.
    #[must_use]
    pub fn say(message: impl Into<String>) -> Self {
        Self::tell(Message::Error(message.into()))
    }

    /// A refusal with one message.
    #[must_use]
    pub fn tell(message: Message) -> Self {
        Self { messages: vec![message], ..Self::default() }
    }
}

impl Usage {
    /// The refusal of a modulus length.
    #[must_use]
    pub fn incorrect_modulus(fips_mode: bool) -> Self {
        let remark = if fips_mode {
            "Incorrect Modulus Length for FIPS mode"
        } else {
            "Incorrect Modulus Length for NON-FIPS mode"
        };
        Self { remark, ..Self::default() }
    }
}

impl Arguments {
    /// The value of a flag, if it was given.
    #[must_use]
    pub fn get<T>(&self, flag: &Flag<T>) -> Option<T> {
        let value = self.value(flag.declaration.name)?;
        (flag.read)(value).ok()
    }

    /// The value of a flag that the command cannot do without.
    ///
    /// # Errors
    /// The flag's message when it was not given.
    pub fn required<T>(&self, flag: &Flag<T>) -> Result<T, Usage> {
        self.get(flag).ok_or_else(|| Usage::say(flag.declaration.missing))
    }

    /// Whether a flag was given.
    #[must_use]
    pub fn has<T>(&self, flag: &Flag<T>) -> bool {
        self.value(flag.declaration.name).is_some()
    }

    fn value(&self, name: &str) -> Option<&Word> {
        self.values.iter().find(|(given, _)| *given == name).map(|(_, value)| value)
    }

    fn set(&mut self, name: &'static str, value: Word) {
        self.values.retain(|(given, _)| *given != name);
        self.values.push((name, value));
    }
}

/// Reads the words after a command.
///
/// # Errors
/// A [`Usage`] that says what to print instead of running the command.
pub fn parse(command: &'static Command, words: &[Word]) -> Result<Arguments, Usage> {
    match command.words {
        Words::Ignored => return Ok(Arguments::default()),
        Words::None if words.is_empty() => return Ok(Arguments::default()),
        Words::None => {
            let help_asked = words.len() == 1 && words[0].as_str() == "-h";
            return Err(Usage { help_asked, ..Usage::default() });
        }
        Words::Flags => {}
    }
    let mut arguments = Arguments::default();
    let mut usage = Usage::default();
    let mut asked = false;
    let mut mistaken = false;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word.as_str() == "-h" {
            asked = true;
            rest.next();
            continue;
        }
        let flag = command.flags.iter().find(|flag| flag.declaration().name == word.as_str());
        let again = |flag: &dyn AnyFlag| {
            !flag.declaration().repeats && arguments.value(flag.declaration().name).is_some()
        };
        let Some(flag) = flag.filter(|flag| !again(**flag)) else {
            mistaken = true;
            rest.next();
            continue;
        };
        let value = if flag.declaration().placeholder.is_empty() {
            Word::default()
        } else {
            match rest.next() {
                Some(value) => value.clone(),
                None => {
                    mistaken = true;
                    continue;
                }
            }
        };
        match flag.check(&value) {
            Ok(()) => arguments.set(flag.declaration().name, value),
            Err(Rejection::CountsAsMissing) => {}
            Err(Rejection::SayAndCountAsMissing(message)) => {
                usage.messages.push(Message::Error(message));
            }
            Err(Rejection::UnreadableFile(file)) => usage.unreadable_files.push(file),
            Err(Rejection::UnreadableFileShowHelp(file)) => {
                usage.unreadable_files.push(file);
                mistaken = true;
            }
            Err(Rejection::ShowHelp) => mistaken = true,
            Err(Rejection::Say(message)) => {
                usage.messages.push(message);
                mistaken = true;
            }
            Err(Rejection::UnknownCurve) => {
                usage.unknown_curve = true;
                return Err(usage);
            }
        }
    }
    if !asked && !mistaken {
        let missing = |flag: &&&dyn AnyFlag| arguments.value(flag.declaration().name).is_none();
        if let Some(flag) = command.required.iter().find(missing) {
            if !flag.declaration().missing.is_empty() {
                let text = flag.declaration().missing.to_owned();
                let plainly = flag.declaration().missing_plainly;
                usage.messages.push(if plainly {
                    Message::Plain(text)
                } else {
                    Message::Error(text)
                });
            }
            mistaken = true;
        }
    }
    for check in command.checks {
        match check(&arguments) {
            Some(Complaint::Error(message)) => {
                usage.messages.push(Message::Error(message.to_owned()));
            }
            Some(Complaint::Remark(remark)) => usage.remark = remark,
            None => {}
        }
    }
    if asked || mistaken || !usage.messages.is_empty() || !usage.remark.is_empty() {
        usage.help_asked = asked && !mistaken && usage.messages.is_empty();
        return Err(usage);
    }
    Ok(arguments)
}
