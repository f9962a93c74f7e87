//! The index of the pages, in the groups of the help table.

use kmu::command::{self, Reply};
use kmu::output::Output;

use crate::page::{NOTICE, file_name};

/// Where the table's names begin, and its continuation lines.
const NAME: &str = "   ";
const CONTINUATION: &str = "                          ";

pub fn render() -> String {
    let table = Output::default().render(&Reply::HelpTable);
    let (_, rows) = table.split_once("===========\n").unwrap();
    let mut text = format!(
        "{NOTICE}# Commands\n\n`help` lists them, `help COMMAND` explains one as its page here does, and \
         `COMMAND -h` shows its help as\nthe real program lays it out. `exit` (or `quit`) ends the session.\n"
    );
    for row in rows.lines().filter(|row| !row.is_empty() && !row.starts_with(CONTINUATION)) {
        if row.starts_with("        ") {
            text += &heading(row.trim());
            continue;
        }
        let name = row.strip_prefix(NAME).and_then(|row| row.split(' ').next()).unwrap();
        if let Some(command) = command::find(name) {
            let purpose = command.purpose.join(" ").replace("  ", " ");
            text += &format!("| [{name}]({}) | {purpose} |\n", file_name(command));
        }
    }
    text
}

/// A heading of the help table; one that stands over other headings has no table of its own.
fn heading(words: &str) -> String {
    if words == "Key Generation Commands" {
        return String::new();
    }
    let words = match words.strip_suffix(':') {
        Some(kind) => format!("Key Generation: {kind}"),
        None => words.to_owned(),
    };
    format!("\n## {words}\n\n| command | what it does |\n|---|---|\n")
}
