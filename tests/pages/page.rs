//! The page of a command.

use kmu::command::flag::AnyFlag;
use kmu::command::values::values;
use kmu::command::{Command, Reply, Usage};
use kmu::output::Output;

use crate::support::Scratch;

pub const NOTICE: &str = "<!-- Written by `UPDATE_DOCS=1 cargo test --test pages` from src/command; \
                          changes here are lost. -->\n";

pub fn file_name(command: &Command) -> String {
    format!("{}.md", command.name())
}

pub fn render(command: &'static Command) -> String {
    [heading(command), syntax(command), flags(command), example(command), more(command)].concat()
}

fn heading(command: &Command) -> String {
    let name = command.name();
    let others = match &command.names[1..] {
        [] => String::new(),
        others => format!("\nIt can also be typed as {}.\n", others.join(", ")),
    };
    format!("{NOTICE}# {name}\n\n{}\n{others}", command.purpose.join(" ").replace("  ", " "))
}

/// The syntax as the help shows it.
fn syntax(command: &'static Command) -> String {
    let help = help(command);
    let shown = match help.split_once("Syntax:") {
        Some((_, rest)) => rest.split("Where:").next().unwrap(),
        None => return String::from("\nIt takes no words.\n"),
    };
    let lines: String = shown.trim().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("\n## Syntax\n\n```text\n{lines}```\n")
}

fn flags(command: &'static Command) -> String {
    if command.flags.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## Flags\n\n| flag | | meaning | takes | default |\n|---|---|---|---|---|\n",
    );
    for flag in command.flags {
        text += &row(*flag);
    }
    text + "\n`-h` shows the help. Flags stand in any order.\n" + &after_flags(command)
}

/// What the help says after its last flag, such as the list of curves.
fn after_flags(command: &'static Command) -> String {
    let help = help(command);
    let explained =
        command.flags.iter().rev().find_map(|flag| flag.declaration().explanation.last());
    let explained = explained.map(|line| line.trim());
    let (_, rest) = help.rsplit_once(explained.unwrap()).unwrap();
    match rest.trim_end().trim_start_matches('\n') {
        "" => String::new(),
        rest => format!("\n```text\n{rest}\n```\n"),
    }
}

fn help(command: &'static Command) -> String {
    let asked = Usage { help_asked: true, ..Usage::default() };
    Output::default().render(&Reply::Usage(command, asked))
}

fn row(flag: &dyn AnyFlag) -> String {
    let declaration = flag.declaration();
    let meaning: Vec<_> =
        declaration.explanation.iter().map(|line| line.trim().to_owned()).collect();
    // What ends so is the heading of a list.
    let heading = meaning.iter().position(|line| line.ends_with(':') || line.ends_with("default"));
    let meaning = match heading {
        // The client takes it and does not explain it.
        None if meaning.is_empty() => {
            String::from("as elsewhere: how many users must approve each use of the key")
        }
        None => meaning.join(" "),
        Some(at) => {
            let (heading, list) = meaning.split_at(at + 1);
            [&[heading.join(" ")], list].concat().join("<br>")
        }
    };
    let needed = match declaration.unless {
        _ if declaration.optional => String::from("optional"),
        "" => String::from("required"),
        case => format!("required, but {case}"),
    };
    let cells = [values(flag), declaration.default].map(|cell| cell.replace('|', "\\|"));
    format!(
        "| `{}` | {needed} | {} | {} | {} |\n",
        declaration.name,
        meaning.replace('|', "\\|"),
        cells[0],
        cells[1]
    )
}

/// The example with what it prints, or its lines alone if it needs files from outside.
fn example(command: &Command) -> String {
    let example = &command.example;
    let on = if example.cluster.is_empty() {
        String::from("On a new cluster")
    } else {
        format!(
            "On a new cluster with `{}` in its [cluster file](../cluster-file.md)",
            example.cluster
        )
    };
    if !example.needs.is_empty() {
        let lines: String =
            example.lines.iter().map(|line| format!("Command:  {line}\n")).collect();
        return format!(
            "\n## Example\n\n{on}; it needs {}:\n\n```text\n{lines}```\n",
            example.needs
        );
    }
    let scratch = Scratch::new();
    let mut arguments = vec!["--ephemeral", "--strict", "--echo", "--seed", "1"];
    if !example.cluster.is_empty() {
        scratch.write("cluster.toml", example.cluster);
        arguments.extend(["--cluster", "cluster.toml"]);
    }
    let finished = scratch.run(&arguments, example.lines.join("\n") + "\nexit\n");
    assert_eq!(finished.status(), 0, "{}: {}", command.name(), finished.stderr());
    let session = finished.stdout();
    let session = session.trim().trim_end_matches("Command:  exit").trim_end();
    format!("\n## Example\n\n{on}:\n\n```text\n{session}\n```\n")
}

fn more(command: &Command) -> String {
    let name = command.name();
    format!(
        "\n## More\n\n[Who may run it](../access.md), \
         [how it differs from the real program](../../README.md#commands), `help {name}`.\n"
    )
}
