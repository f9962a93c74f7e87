//! The help of a command, from its declaration.

use super::lists;
use crate::command::flag::AnyFlag;
use crate::command::{Command, Ending, Frame, Layout};

/// The whole help; TABs of the frame become `i`.
pub fn render(i: &str, command: &Command) -> String {
    match &command.frame {
        Frame::Short { condition } => {
            let purpose = command.purpose.join(" ");
            format!(
                "\n{i}This command doesn't expect any arguments{condition}\n\
                 \nDescription:\n{i}{purpose}\n"
            )
        }
        Frame::Full(layout) => full(i, command, layout),
    }
}

fn full(i: &str, command: &Command, layout: &Layout) -> String {
    let purpose = command.purpose.join("\n");
    let mut text = format!("\n\nDescription\n===========\n{purpose}\n");
    text += &"\n".repeat(layout.before_syntax);
    let label = if layout.wide_label { "Syntax: " } else { "Syntax:" };
    text += &format!("{label} {}{}", command.name(), if layout.shows_help { " -h" } else { "" });
    for (index, line) in command.syntax.iter().enumerate() {
        if index > 0 {
            text += &layout.continuation.replace('\t', i);
        }
        let words: Vec<_> = line.iter().map(|flag| in_syntax(*flag)).collect();
        if index == 0 && !words.is_empty() {
            text += " ";
        }
        text += &words.join(" ");
        text += if layout.blank_after.contains(&index) { " \n" } else { "\n" };
    }
    for (index, line) in layout.written_syntax.iter().enumerate() {
        text += if index == 0 { " " } else { "" };
        text += &line.replace('\t', i);
        text += "\n";
    }
    text += &"\n".repeat(layout.before_where);
    text += &explained(i, "Where: -h", &[layout.help_flag], layout.column);
    let declarations = command.flags.iter().map(|flag| flag.declaration());
    let mut ends_line = false;
    for declaration in declarations.filter(|declaration| !declaration.explanation.is_empty()) {
        // The explanation of -timeout ends its own line, which the end of a help takes into account.
        text += if ends_line { "\n" } else { "" };
        ends_line = declaration.name == "-timeout";
        let name = format!("\n       {}", declaration.name);
        text += &explained(i, &name, declaration.explanation, layout.column);
    }
    text + &ending(layout.end)
}

/// A flag as the syntax shows it, in brackets if it may be left out.
fn in_syntax(flag: &dyn AnyFlag) -> String {
    let declaration = flag.declaration();
    let name = declaration.name;
    let shown = match declaration.placeholder {
        "" => name.to_owned(),
        placeholder => format!("{name} {placeholder}"),
    };
    if declaration.optional { format!("[{shown}]") } else { shown }
}

/// A flag with its explanation, every line of which starts at `column`, unless
/// it brings TABs of its own, which become `i`. A first line that begins with a
/// TAB follows its flag after two blanks.
fn explained(i: &str, flag: &str, explanation: &[&str], column: usize) -> String {
    let line = |line: &&str| match line.strip_prefix('\t') {
        Some(_) => line.replace('\t', i),
        None => " ".repeat(column) + line,
    };
    let (first, others) = explanation.split_first().unwrap_or((&"", &[]));
    let text = others.iter().fold((*first).to_owned(), |text, other| text + "\n" + &line(other));
    // A flag that reaches the column keeps a blank before its explanation.
    let length = flag.trim_start_matches('\n').len();
    let blanks = " ".repeat(column.saturating_sub(length).max(1));
    match text.strip_prefix('\t') {
        Some(text) => format!("{flag}  {text}"),
        None => format!("{flag}{blanks}{text}"),
    }
}

fn ending(end: Ending) -> String {
    match end {
        Ending::Line => String::from("\n"),
        Ending::EmptyLine => String::from("\n\n"),
        Ending::TokenFlags => String::from(
            "\n       4 - replaces your token for the same use,\
             \n           if it was not used within ten minutes\n\n",
        ),
        Ending::Curves => format!("\n\n\n\n{}\n", lists::curves()),
        Ending::SettableAttributes => {
            let rows: String = crate::command::set_attribute::SETTABLE
                .iter()
                .map(|attribute| {
                    format!("\n           {:<32}= {}", attribute.name(), attribute.number())
                })
                .collect();
            format!("\n           [the attributes that can be set]{rows}\n\n")
        }
        Ending::AttributesNote => {
            String::from("\n\n       [listAttributes shows the numbers of the attributes]\n\n")
        }
    }
}
