//! What `help COMMAND` prints: the command's own help, and after it what the
//! frame of the client's helps has no room for.

use super::help;
use crate::command::values::values;
use crate::command::{Command, Example};

/// What stands before a flag, as in the helps, and before a line to type.
const MARGIN: &str = "       ";

/// The column at which the values of a flag are described, from 0.
const COLUMN: usize = 18;

/// The whole text; TABs of the frame become `i`.
pub fn render(i: &str, command: &Command) -> String {
    let help = help::render(i, command);
    format!(
        "{}\n{}{}{}\n",
        help.trim_end_matches('\n'),
        other_names(command),
        flags(command),
        example(command)
    )
}

fn other_names(command: &Command) -> String {
    match command.names {
        [_, others @ ..] if !others.is_empty() => format!("\nAlso: {}\n", others.join(", ")),
        _ => String::new(),
    }
}

/// What each flag takes that has a value, and its default.
fn flags(command: &Command) -> String {
    let rows: String = command
        .flags
        .iter()
        .filter(|flag| !flag.declaration().placeholder.is_empty())
        .map(|flag| {
            let declaration = flag.declaration();
            let name = format!("{MARGIN}{}", declaration.name);
            let default = match declaration.default {
                "" => String::new(),
                default => format!(" [default: {default}]"),
            };
            format!("{name:<COLUMN$}{}{default}\n", values(*flag))
        })
        .collect();
    if rows.is_empty() { rows } else { format!("\nValues:\n{rows}") }
}

fn example(command: &Command) -> String {
    let Example { cluster, needs, lines } = &command.example;
    let on = if cluster.is_empty() {
        String::from("on a new cluster")
    } else {
        format!("on a new cluster with `{cluster}` in its cluster file")
    };
    let needs = if needs.is_empty() { String::new() } else { format!("; it needs {needs}") };
    let lines: String = lines.iter().map(|line| format!("{MARGIN}{line}\n")).collect();
    format!("\nExample, {on}{needs}:\n{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::COMMANDS;

    #[test]
    fn what_is_added_fits_a_terminal() {
        for command in COMMANDS {
            let text = render("        ", command);
            let (_, added) = text.split_at(help::render("        ", command).trim_end().len());
            // The modulus of a key is as long as it is.
            for line in added.lines().filter(|line| !line.contains("createPublicKey")) {
                assert!(line.chars().count() <= 100, "{line}");
            }
        }
    }

    #[test]
    fn every_flag_with_a_value_is_there_once() {
        let command = crate::command::find("genECCKeyPair").unwrap();
        let rows = flags(command);
        for flag in command.flags {
            let declaration = flag.declaration();
            let expected = usize::from(!declaration.placeholder.is_empty());
            let named = format!("{MARGIN}{} ", declaration.name);
            assert_eq!(rows.matches(&named).count(), expected, "{rows}");
        }
    }
}
