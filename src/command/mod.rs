//! The language: one file per command. A command declares its flags once; from
//! that declaration come parsing, `-h`, completion and the typed request.

pub(crate) mod approval_template;
pub(crate) mod approve_token;
mod arguments;
mod console;
mod create_public_key;
mod creation;
mod delete_key;
mod error2string;
pub mod example;
mod export_private_key;
mod export_public_key;
mod export_symmetric_key;
mod fake_pem;
mod find_key;
mod find_single_key;
pub mod flag;
mod generate_dsa_key_pair;
mod generate_ecc_key_pair;
mod generate_password_based_key;
mod generate_rsa_key_pair;
mod generate_symmetric_key;
mod get_attribute;
mod get_cert;
mod get_hsm_information;
mod get_key_info;
mod host_wrap;
mod import_export;
mod import_private_key;
mod import_public_key;
mod import_symmetric_key;
mod list_attributes;
mod list_ecc_curve_ids;
mod list_users;
pub mod login_hsm;
mod login_status;
mod logout_hsm;
mod masked_object;
pub mod offer;
mod operation;
pub(crate) mod read;
pub mod reply;
pub mod set_attribute;
mod sign;
mod stream;
mod suggest;
mod synchronize;
mod tokens;
mod unwrap_key_with_size;
pub mod values;
mod wrap_key;
pub(crate) mod write_file;

pub use arguments::{Arguments, Usage, parse};
pub use console::{Client, Console, NoAnswer};
pub use example::Example;
pub use flag::Word;
pub use reply::Reply;

use crate::hsm::return_code::ReturnCode;
use flag::AnyFlag;

/// A group of the help table, in the table's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Information and login.
    Administration,
    /// Approvals of m of the n users of a key.
    Quorum,
    /// Key pairs.
    AsymmetricGeneration,
    /// Symmetric keys.
    SymmetricGeneration,
    /// Keys that come in or go out.
    Transfer,
    /// Everything that is done to existing keys.
    KeyManagement,
    /// Certificates.
    Certificates,
    /// Keys that travel masked.
    Masked,
    /// What uses keys.
    Crypto,
    /// What needs no key.
    Helper,
}

/// What a command takes after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The flags that it declares.
    Flags,
    /// The flags that it declares; nothing after `-h` is looked at.
    FlagsUntilHelp,
    /// Nothing: any word shows its help.
    None,
    /// Anything, without looking at it.
    Ignored,
}

/// The frame of a command's help.
#[derive(Debug)]
pub enum Frame {
    /// Description, syntax and flags.
    Full(Layout),
    /// That the command takes no words, and what it does.
    Short {
        /// What else is said about when the command runs.
        condition: &'static str,
    },
}

/// Where things stand in a full help.
#[derive(Debug)]
pub struct Layout {
    /// The column at which explanations start, from 0.
    pub column: usize,
    /// What continuation lines of the syntax start with.
    pub continuation: &'static str,
    /// Lines of the syntax, from 0, that end in a blank.
    pub blank_after: &'static [usize],
    /// Empty lines before `Syntax:`.
    pub before_syntax: usize,
    /// Empty lines between the syntax and `Where:`.
    pub before_where: usize,
    /// What comes after the last flag, the end of its line included.
    pub end: Ending,
    /// Whether `Syntax:` is followed by two blanks.
    pub wide_label: bool,
    /// Whether the syntax shows `-h`.
    pub shows_help: bool,
    /// The explanation of `-h`.
    pub help_flag: &'static str,
    /// The lines of the syntax where they do not follow from the flags; TABs are indents.
    pub written_syntax: &'static [&'static str],
}

impl Layout {
    /// The layout of most commands, with explanations at this column and this ending.
    const fn new(column: usize, end: Ending) -> Self {
        let (continuation, blank_after) = ("", &[]);
        let (before_syntax, before_where) = (1, 2);
        Self {
            column,
            continuation,
            blank_after,
            before_syntax,
            before_where,
            end,
            wide_label: false,
            shows_help: true,
            help_flag: "Shows this text",
            written_syntax: &[],
        }
    }

    const fn continuation(self, continuation: &'static str) -> Self {
        Self { continuation, ..self }
    }

    const fn blank_after(self, blank_after: &'static [usize]) -> Self {
        Self { blank_after, ..self }
    }

    const fn before_syntax(self, before_syntax: usize) -> Self {
        Self { before_syntax, ..self }
    }

    const fn wide_label(self) -> Self {
        Self { wide_label: true, ..self }
    }

    const fn without_help(self) -> Self {
        Self { shows_help: false, ..self }
    }

    const fn help_flag(self, help_flag: &'static str) -> Self {
        Self { help_flag, ..self }
    }

    const fn written_syntax(self, written_syntax: &'static [&'static str]) -> Self {
        Self { written_syntax, ..self }
    }

    const fn before_where(self, before_where: usize) -> Self {
        Self { before_where, ..self }
    }
}

/// What comes after the last flag of a help text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The end of its line.
    Line,
    /// The end of its line and an empty line.
    EmptyLine,
    /// The list of curves.
    Curves,
    /// What `-F` of getToken takes.
    TokenFlags,
    /// The attributes that can be set.
    SettableAttributes,
    /// Where to find the attributes that can be read.
    AttributesNote,
}

/// What is wrong with several arguments together, and how it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// Indented, after `Error: `.
    Error(&'static str),
    /// At the margin, as it is.
    Remark(&'static str),
}

/// A check of several arguments together: what is wrong, if anything.
pub type Check = fn(&Arguments) -> Option<Complaint>;

/// A command of the shell.
pub struct Command {
    /// Its name, and other spellings that run it.
    pub names: &'static [&'static str],
    /// Where the help table shows it.
    pub group: Group,
    /// What the help table says, a line each.
    pub summary: &'static [&'static str],
    /// What its own help says, a line each.
    pub purpose: &'static [&'static str],
    /// What it takes.
    pub words: Words,
    /// Its flags, in the order in which the help explains them.
    pub flags: &'static [&'static dyn AnyFlag],
    /// The flags it cannot do without, in the order in which they are missed.
    pub required: &'static [&'static dyn AnyFlag],
    /// The lines of the syntax.
    pub syntax: &'static [&'static [&'static dyn AnyFlag]],
    /// Checks of several arguments together.
    pub checks: &'static [Check],
    /// The layout of its help.
    pub frame: Frame,
    /// A session that shows it.
    pub example: Example,
    /// Does the work and returns the code that it ended with.
    pub run: fn(&mut Client<'_>, &Arguments) -> Result<ReturnCode, Usage>,
}

impl Command {
    /// The name that the help and every message use.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}

/// Every command, in the order of the help table.
pub static COMMANDS: &[&Command] = &[
    &get_hsm_information::HSM,
    &get_hsm_information::PARTITION,
    &list_users::COMMAND,
    &login_status::COMMAND,
    &login_hsm::COMMAND,
    &logout_hsm::COMMAND,
    &tokens::GET,
    &tokens::DELETE,
    &approve_token::COMMAND,
    &tokens::LIST,
    &generate_rsa_key_pair::COMMAND,
    &generate_dsa_key_pair::COMMAND,
    &generate_ecc_key_pair::COMMAND,
    &generate_password_based_key::COMMAND,
    &generate_symmetric_key::COMMAND,
    &create_public_key::COMMAND,
    &import_public_key::COMMAND,
    &export_public_key::COMMAND,
    &import_private_key::COMMAND,
    &export_private_key::COMMAND,
    &import_symmetric_key::COMMAND,
    &export_symmetric_key::COMMAND,
    &wrap_key::WRAP,
    &wrap_key::UNWRAP,
    &unwrap_key_with_size::COMMAND,
    &delete_key::COMMAND,
    &set_attribute::COMMAND,
    &get_key_info::COMMAND,
    &find_key::COMMAND,
    &find_single_key::COMMAND,
    &get_attribute::COMMAND,
    &get_cert::COMMAND,
    &masked_object::INSERT,
    &masked_object::EXTRACT,
    &sign::SIGN,
    &sign::VERIFY,
    &host_wrap::WRAP_UNWRAP,
    &host_wrap::UNWRAP_PKCS8,
    &error2string::COMMAND,
    &fake_pem::GET,
    &fake_pem::IS_VALID,
    &list_attributes::COMMAND,
    &list_ecc_curve_ids::COMMAND,
];

/// The command with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.names.contains(&name)).copied()
}

/// How a line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The command ran and ended with this code.
    Ran(ReturnCode),
    /// Help was shown because it was asked for.
    Helped,
    /// There is no such command, or its words are wrong.
    Refused,
    /// The session ends.
    Exit,
}

impl Outcome {
    /// Whether a strict run goes on after it.
    #[must_use]
    pub fn is_success(self) -> bool {
        match self {
            Self::Ran(code) => code.is_success(),
            Self::Helped | Self::Exit => true,
            Self::Refused => false,
        }
    }
}

/// The words that run something without being commands.
pub const OTHER_NAMES: [&str; 3] = ["exit", "help", "quit"];

/// Whether a line that begins with this word runs something, though the word names no command.
#[must_use]
pub fn is_other_name(word: &str) -> bool {
    // The help has this name, too, which nobody needs to be offered.
    OTHER_NAMES.contains(&word) || word == "-h"
}

/// Runs a line that has been split into words. No word at all asks for help.
pub fn run(client: &mut Client<'_>, words: &[Word]) -> Outcome {
    let (name, words) =
        words.split_first().map_or(("help", words), |(name, rest)| (name.as_str(), rest));
    if matches!(name, "exit" | "quit") {
        return Outcome::Exit;
    }
    let Some(command) = find(name) else {
        if matches!(name, "help" | "-h") {
            client.show(&help_on(words.first().map(|word| word.as_str())));
            return Outcome::Helped;
        }
        client.show(&Reply::UnknownCommand(name.to_owned()));
        return Outcome::Refused;
    };
    let result = arguments::parse(command, words, client.hsm.fips_mode()).and_then(|arguments| {
        for file in arguments.unreadable_files() {
            client.show(&Reply::UnreadableFile(file.clone()));
        }
        client.hsm.begin(command.name(), operation::of(command));
        (command.run)(client, &arguments)
    });
    match result {
        Ok(code) => Outcome::Ran(code),
        Err(mut usage) => {
            if asks_partition(command) {
                client.hsm.begin(command.name(), operation::of(command));
                if let Some(status) = client.hsm.unreachable() {
                    let code = status.code;
                    if command.name() == "genDSAKeyPair" {
                        // It makes its checks after that only.
                        usage.messages.truncate(usage.unchecked);
                    }
                    client.show(&Reply::PartitionUnread(usage, status));
                    return Outcome::Ran(code);
                }
            }
            let outcome = if usage.help_asked { Outcome::Helped } else { Outcome::Refused };
            client.show(&Reply::Usage(command, usage));
            outcome
        }
    }
}

/// What `help` shows when this word follows it, or none. The real program
/// looks at no word after `help`.
fn help_on(word: Option<&str>) -> Reply {
    match word {
        None | Some("exit" | "help" | "quit") => Reply::HelpTable,
        Some(name) => {
            find(name).map_or_else(|| Reply::UnknownCommand(name.to_owned()), Reply::Explained)
        }
    }
}

/// Whether a command asks the partition for its FIPS state whatever its words
/// are, before it shows its help.
fn asks_partition(command: &Command) -> bool {
    matches!(command.name(), "genRSAKeyPair" | "genDSAKeyPair")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_flag_is_explained_and_every_used_flag_is_declared() {
        for command in COMMANDS {
            let name = |flag: &&dyn AnyFlag| flag.declaration().name;
            let flags: Vec<_> = command.flags.iter().map(name).collect();
            for used in command.required.iter().chain(command.syntax.iter().copied().flatten()) {
                assert!(flags.contains(&name(used)), "{} {}", command.name(), name(used));
            }
            for flag in command.flags {
                // The one flag that the client's help leaves out of some.
                let left_out =
                    ["genPBEKey", "imSymKey"].contains(&command.name()) && name(flag) == "-m_value";
                let explained = !flag.declaration().explanation.is_empty();
                assert_ne!(explained, left_out, "{} {}", command.name(), name(flag));
            }
            assert!(!command.purpose.is_empty() && !command.summary.is_empty());
        }
    }

    #[test]
    fn names_are_unique() {
        let names: Vec<_> = COMMANDS.iter().flat_map(|command| command.names).collect();
        for (index, name) in names.iter().enumerate() {
            assert!(!names[..index].contains(name), "{name}");
        }
    }
}
