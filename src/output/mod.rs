//! Replies to text: the only room that knows how anything reads.
//!
//! A dialect is a table of templates (`classic`, `v3`); what the dialects share
//! stands beside them. `json` makes an object of a command instead.

mod attribute_file;
mod classic;
mod explained;
mod files;
mod found;
mod help;
mod information;
pub mod json;
mod keys;
mod lists;
mod replies;
mod templates;
mod tokens;
mod v3;

use std::path::Path;

use crate::command::{Reply, Word};
use crate::hsm::AttributeDump;
use crate::hsm::information::FipsState;
use templates::{Style, Templates};

/// A generation of the reference client, by how it prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// What the specification shows, and clients of 2018 print.
    #[default]
    Classic,
    /// What later clients print.
    V3,
}

impl Dialect {
    fn templates(self) -> &'static Templates {
        match self {
            Self::Classic => &classic::TEMPLATES,
            Self::V3 => &v3::TEMPLATES,
        }
    }

    /// What its indented lines start with.
    fn indent(self) -> Indent {
        match self {
            Self::Classic => Indent::Blanks,
            Self::V3 => Indent::Tab,
        }
    }
}

/// What an indented line starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Indent {
    /// Eight blanks, as the specification prints them.
    Blanks,
    /// A TAB byte, as captures of the real program have it.
    Tab,
}

impl Indent {
    fn text(self) -> &'static str {
        match self {
            Self::Blanks => "        ",
            Self::Tab => "\t",
        }
    }
}

/// What standard output gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// What the reference client prints.
    #[default]
    Text,
    /// One JSON object a command, each on a line of its own, and nothing else.
    Json,
}

/// Renders replies.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    dialect: Dialect,
    indent: Indent,
    format: Format,
}

impl Default for Output {
    fn default() -> Self {
        Self::new(Dialect::default(), None)
    }
}

impl Output {
    /// The prompt, which is the same everywhere.
    pub const PROMPT: &'static str = "\nCommand:  ";

    /// Renders in this dialect, with its own indent unless another is wanted.
    #[must_use]
    pub fn new(dialect: Dialect, indent: Option<Indent>) -> Self {
        Self { dialect, indent: indent.unwrap_or(dialect.indent()), format: Format::Text }
    }

    /// The same in another format.
    #[must_use]
    pub fn with_format(self, format: Format) -> Self {
        Self { format, ..self }
    }

    /// Whether a command's replies are collected into one object.
    #[must_use]
    pub fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Adds a reply to what its command has said so far.
    pub fn collect(self, record: &mut json::Record, reply: &Reply) {
        record.add(self.style(), reply);
    }

    fn style(self) -> Style {
        Style { indent: self.indent.text(), templates: self.dialect.templates() }
    }

    /// What the program prints when its cluster answers, before anything else.
    #[must_use]
    pub fn start(self, state: FipsState) -> String {
        if self.is_json() {
            return String::new();
        }
        (self.dialect.templates().start)(self.indent.text(), state)
    }

    /// What stands between the start and the first prompt.
    #[must_use]
    pub fn before_first_prompt(self) -> String {
        let help = self.dialect.templates().help_at_start;
        if help { self.render(&Reply::HelpTable) } else { String::new() }
    }

    /// The text of a reply.
    #[must_use]
    pub fn render(&self, reply: &Reply) -> String {
        replies::render(self.style(), reply)
    }

    /// The text of a reply in parts, the next of which need not be there before one is printed.
    pub fn parts<'r>(&self, reply: &'r Reply) -> Box<dyn Iterator<Item = String> + 'r> {
        match reply {
            Reply::KeysFound(answer) => Box::new(found::parts(self.style(), answer)),
            reply => Box::new(std::iter::once(self.render(reply))),
        }
    }

    /// The content of an attribute file.
    #[must_use]
    pub fn attribute_file(&self, dump: &AttributeDump) -> Vec<u8> {
        attribute_file::render(&self.dialect.templates().attribute_file, dump).into_bytes()
    }

    /// What stands before a hidden password.
    #[must_use]
    pub fn password_prompt(&self) -> String {
        format!("\n{}Enter password: ", self.indent.text())
    }

    /// What singlecmd prints before the command's own output.
    #[must_use]
    pub fn single_command(&self, words: &[Word]) -> String {
        let words: String = words.iter().map(|word| format!(" {} ", word.as_str())).collect();
        format!("Command:{words}\n")
    }

    /// What scriptfile prints before a line's own output.
    #[must_use]
    pub fn script_line(&self, line: &str) -> String {
        format!("Command String: {line} \n")
    }

    /// What scriptfile prints for a comment.
    #[must_use]
    pub fn script_comment(&self, line: &str) -> String {
        format!("Comment: {line} \n")
    }

    /// What scriptfile prints when it cannot open its file.
    #[must_use]
    pub fn script_missing(&self, file: &Path) -> String {
        let (i, file) = (self.indent.text(), file.display());
        format!("\n{i}Error: Failed to open script file {file}. \n")
    }

    /// What a script's `shell` line gets when running programs was not allowed.
    #[must_use]
    pub fn script_shell_refused(&self) -> String {
        format!("\n{}Error: shell lines are run with --allow-shell only.\n", self.indent.text())
    }

    /// Whether a printed line says that a file which the command reads cannot be read.
    #[must_use]
    pub fn names_unreadable_file(line: &str) -> bool {
        files::names_unreadable_file(line)
    }

    /// What is said about arguments that name no way to run.
    #[must_use]
    pub fn unknown_mode(&self) -> String {
        if self.is_json() {
            return json::failure(None, "Error: Unknown commandline arguments.");
        }
        let i = self.indent.text();
        format!(
            "\n{i}Error: Unknown commandline arguments. \n\
             {i}{i}To run one command and end, type: \n\
             {i}{i}{i}\"Cfm3Util singlecmd <command>\" \n\
             {i}{i}where <command> is a command of the shell with its flags, \n\
             {i}{i}as the shell's own help shows it.\n\n\
             {i}{i}A command that only a user may run needs a login before it,\n\
             {i}{i}on the same line: \n\
             {i}{i}{i}\"Cfm3Util singlecmd [loginHSM -u <CU> -s <username> -p <password>] <command>\" \n\n"
        )
    }

    /// What `-v` prints: the version of kmu stands for utility, interface and client alike.
    #[must_use]
    pub fn versions(major: u32, minor: u32) -> String {
        format!(
            "Util Version\t\t\t:\t{major}.{minor:02}\n\
             SDK API Version\t\t\t:\t{major}.{minor:02}\n\
             LiquidSec Client Version\t:\t{major}.{minor:02}\n"
        )
    }

    /// What is said when no node of the cluster answers at start.
    #[must_use]
    pub fn daemon_unreachable(&self) -> String {
        let i = self.indent.text();
        let code = crate::hsm::return_code::ReturnCode::DAEMON_UNREACHABLE;
        if self.is_json() {
            return json::failure(Some(code), "The cluster does not answer.");
        }
        (self.dialect.templates().start_unanswered)(i)
            + &format!(
                "\n{i}Cfm3GetPartitionInfo returned: 0x{:02x} \n\n{i}{}\n",
                code.0,
                code.text()
            )
    }
}
