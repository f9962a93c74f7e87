//! The manual page and the completions of system shells, from the declaration
//! of the command line and of the commands.

use std::collections::VecDeque;
use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::Cli;
use crate::command::COMMANDS;

/// Writes the manual page kmu(1) in roff, for `man`.
///
/// # Errors
/// What the system says about `sink`.
pub fn page(sink: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    let mut command = Cli::command();
    command.build();
    let man = Man::new(Cli::command()).section("1");
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    subcommands(&command).to_writer(&mut text)?;
    commands().to_writer(&mut text)?;
    status().to_writer(&mut text)?;
    man.render_version_section(&mut text)?;
    sink.write_all(&text)
}

/// What kmu does beside running a shell, down to its own subcommands.
fn subcommands(command: &clap::Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SUBCOMMANDS"]);
    let mut rest: VecDeque<_> = command.get_subcommands().cloned().collect();
    while let Some(mut subcommand) = rest.pop_front() {
        let nested: Vec<_> = subcommand.get_subcommands().cloned().collect();
        if nested.is_empty() {
            let usage = subcommand.render_usage().to_string();
            let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
            roff.control("TP", []);
            roff.text([bold(usage.trim_start_matches("Usage: "))]);
            roff.text([roman(about)]);
            for argument in subcommand.get_arguments().filter(|it| !it.is_global_set()) {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                if let Some(name) = argument.get_long().filter(|name| *name != "help") {
                    roff.control("br", []);
                    roff.text([bold(format!("--{name}")), roman(format!(": {help}"))]);
                }
            }
        }
        for subcommand in nested.into_iter().rev() {
            rest.push_front(subcommand);
        }
    }
    roff
}

/// The shell's own commands.
fn commands() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS OF THE SHELL"]);
    roff.text([roman("The shell explains them with "), bold("help COMMAND"), roman(".")]);
    for command in COMMANDS {
        roff.control("TP", []);
        roff.text([bold(command.names.join(", "))]);
        roff.text([roman(command.purpose.join(" "))]);
    }
    roff
}

fn status() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in [
        ("0", "Whatever a command returned, as in the real program."),
        (
            "1",
            "With --strict, a command failed; input or output broke; kmu cluster did not do what it \
             was asked; a replay differs.",
        ),
        ("2", "An option or its value is none, or a recording cannot be replayed."),
        ("255", "The start, or the login of singlecmd, failed."),
    ] {
        roff.control("TP", []);
        roff.text([bold(status)]);
        roff.text([roman(meaning)]);
    }
    roff
}

/// Writes the script with which a system shell completes kmu's command line.
///
/// # Errors
/// What the system says about `sink`.
pub fn completions(shell: Shell, sink: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kmu", &mut text);
    sink.write_all(&text)
}
