//! A flag, declared once: its name, its value, its explanation, and what the
//! client says when it is missing.

use std::any::{Any, TypeId};
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::offer::Offers;

/// A word of a command line; it may be a password, so it is wiped when dropped.
pub type Word = Zeroizing<String>;

/// What is said about a line that is not run, and how it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Indented, after `Error: `.
    Error(String),
    /// Indented, as it is.
    Plain(String),
    /// At the margin, after `Error: `.
    AtMargin(String),
    /// As [`Message::Error`], but its line does not end.
    Open(String),
    /// At the margin, as it is, without an empty line before it.
    Remark(String),
}

/// A file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableFile {
    /// Its name.
    pub path: PathBuf,
    /// Whether it can be read, but holds nothing.
    pub empty: bool,
    /// Why, for the person at the terminal: the client does not say it.
    pub reason: String,
}

impl UnreadableFile {
    /// The file and why it cannot be read, for the person at the terminal.
    #[must_use]
    pub fn detail(&self) -> String {
        format!("{}: {}", self.path.display(), self.reason)
    }
}

/// Why a reader refuses a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The flag counts as missing. Nothing is said about the value where the
    /// command cannot do without the flag, as its absence is told then; the
    /// value of a flag that may be left out is called invalid.
    CountsAsMissing,
    /// This message is shown (after `Error: `), and the flag counts as missing.
    SayAndCountAsMissing(String),
    /// A file cannot be read, which is said. The flag counts as missing where
    /// the command cannot do without it; otherwise the help is shown.
    UnreadableFile(UnreadableFile),
    /// A file cannot be read; the help is shown without another message.
    UnreadableFileShowHelp(UnreadableFile),
    /// A file cannot be read, which is said; the command itself refuses what
    /// it is asked then ([`super::Arguments::is_unreadable`]).
    UnreadableFileGoOn(UnreadableFile),
    /// The command's help is shown without a message.
    ShowHelp,
    /// This message is shown, then the command's help.
    Say(Message),
    /// The message about an unknown curve and the list of curves are shown,
    /// and nothing after the flag is looked at.
    UnknownCurve,
}

impl Rejection {
    /// The rejection that says this, after `Error: `, and shows the help.
    pub fn say(text: impl Into<String>) -> Self {
        Self::Say(Message::Error(text.into()))
    }
}

/// A flag whose value becomes a `T`. A flag without a value has `T = ()`.
pub struct Flag<T: 'static> {
    /// What is common to flags of every type.
    pub declaration: Declaration,
    /// Makes the value, once for each time that the flag is given.
    pub read: fn(&str) -> Result<T, Rejection>,
}

/// What is common to flags of every type.
#[derive(Debug)]
pub struct Declaration {
    /// The flag, with its dash.
    pub name: &'static str,
    /// What the syntax shows for the value, angle brackets and blanks as they
    /// are; empty for a flag that takes none.
    pub placeholder: &'static str,
    /// Whether the command may do without it.
    pub optional: bool,
    /// What is said when the flag is required and missing; empty to show the
    /// help without a message.
    pub missing: &'static str,
    /// Whether that is said without `Error: ` in front.
    pub missing_plainly: bool,
    /// When a required flag is not needed after all, which its command knows.
    pub unless: &'static str,
    /// The lines of the explanation in the help, which leaves a flag out that has none.
    pub explanation: &'static [&'static str],
    /// Which values it takes, where that does not follow from their type; `A to B` comes first.
    pub takes: &'static str,
    /// What counts when the flag is left out; empty for one that is required or takes no value.
    pub default: &'static str,
    /// Whether the flag may be given again: the last one counts.
    pub repeats: bool,
    /// What can be offered to a person who types the value.
    pub offers: Offers,
    /// How to come by a value, which is told a person who left the flag out; or nothing.
    pub advice: &'static str,
}

/// A flag of any type, as tables hold it.
pub trait AnyFlag: Sync {
    /// What is common to flags of every type.
    fn declaration(&self) -> &Declaration;

    /// Makes the value of a word.
    ///
    /// # Errors
    /// The reader's own.
    fn read(&self, word: &str) -> Result<Box<dyn Any>, Rejection>;

    /// The type of the value, which tells a handle or a file from a number or a text.
    fn value_type(&self) -> TypeId;
}

impl<T> AnyFlag for Flag<T> {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn read(&self, word: &str) -> Result<Box<dyn Any>, Rejection> {
        let value = (self.read)(word)?;
        Ok(Box::new(value))
    }

    fn value_type(&self) -> TypeId {
        TypeId::of::<T>()
    }
}

impl<T> Flag<T> {
    /// A flag that may be left out.
    pub const fn optional(
        name: &'static str,
        placeholder: &'static str,
        explanation: &'static [&'static str],
        read: fn(&str) -> Result<T, Rejection>,
    ) -> Self {
        let mut flag = Self::required(name, placeholder, "", explanation, read);
        flag.declaration.optional = true;
        flag
    }

    /// A flag with the message for when it is missing.
    pub const fn required(
        name: &'static str,
        placeholder: &'static str,
        missing: &'static str,
        explanation: &'static [&'static str],
        read: fn(&str) -> Result<T, Rejection>,
    ) -> Self {
        let declaration = Declaration {
            name,
            placeholder,
            optional: false,
            missing,
            missing_plainly: false,
            unless: "",
            explanation,
            takes: "",
            default: "",
            repeats: false,
            offers: Offers::AsExplained,
            advice: "",
        };
        Self { declaration, read }
    }
}

impl<T> Flag<T> {
    /// The same flag, which takes these values.
    pub const fn takes(mut self, values: &'static str) -> Self {
        self.declaration.takes = values;
        self
    }

    /// The same flag, of which this counts when it is left out.
    pub const fn default(mut self, value: &'static str) -> Self {
        self.declaration.default = value;
        self
    }

    /// The same flag, whose absence is told without `Error: `.
    pub const fn missed_plainly(mut self) -> Self {
        self.declaration.missing_plainly = true;
        self
    }

    /// The same flag, which is not needed then.
    pub const fn unless(mut self, case: &'static str) -> Self {
        self.declaration.unless = case;
        self
    }

    /// The same flag, with advice how to come by a value.
    pub const fn advised(mut self, advice: &'static str) -> Self {
        self.declaration.advice = advice;
        self
    }

    /// The same flag, with what can be offered for it where neither its type nor its explanation says it.
    pub const fn offering(mut self, offers: Offers) -> Self {
        self.declaration.offers = offers;
        self
    }

    /// The same flag, which may be given again: the last one counts.
    pub const fn last_counts(mut self) -> Self {
        self.declaration.repeats = true;
        self
    }
}

impl Flag<()> {
    /// The same flag, which may be given once only.
    pub const fn once(mut self) -> Self {
        self.declaration.repeats = false;
        self
    }

    /// A flag without a value; it may be repeated.
    pub const fn switch(name: &'static str, explanation: &'static [&'static str]) -> Self {
        let declaration = Declaration {
            name,
            placeholder: "",
            optional: true,
            missing: "",
            missing_plainly: false,
            unless: "",
            explanation,
            takes: "",
            default: "",
            repeats: true,
            offers: Offers::AsExplained,
            advice: "",
        };
        Self { declaration, read: |_| Ok(()) }
    }
}
