//! The README is true: its command lines are run, what they print is what it
//! shows, and its table has every command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::{Command, Stdio};

use kmu::command::COMMANDS;
use support::Scratch;

/// The documents whose blocks are run, each in a directory of its own.
const DOCUMENTS: [(&str, &str); 2] = [
    ("README.md", include_str!("../README.md")),
    ("CONTRIBUTING.md", include_str!("../CONTRIBUTING.md")),
];

/// The blocks that are not run: how they begin, and why. In their documents they are marked `not-run`.
const NOT_RUN: [(&str, &str); 4] = [
    ("cargo install --locked --path .", "it compiles all of kmu and installs it"),
    (
        "RUSTFLAGS='-C target-feature=+crt-static' cargo build --release --locked --target x86_64-unknown-linux-gnu",
        "it compiles all of kmu",
    ),
    ("docker build --tag kmu .", "it needs docker, and the network"),
    ("cargo test", "these are the tests"),
];

/// A block of a document.
struct Block {
    /// What stands after the opening fence.
    kind: &'static str,
    /// The number of its first line in the document, from 1.
    line: usize,
    text: String,
}

fn blocks(document: &'static str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in (1..).zip(document.lines()) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => {
                open = Some(Block { kind, line: number + 1, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block has no end");
    blocks
}

/// A place in which a document's blocks run one after the other, with kmu in its path.
struct Place {
    scratch: Scratch,
}

impl Place {
    /// Runs a script, which must succeed, and returns what it prints.
    fn run(&self, script: &str, at: &str) -> String {
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_kmu")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .args(["-e", "-c", script])
            .current_dir(self.scratch.path(""))
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.scratch.path("home"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{at}: {script}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a console: `$` lines, each with what it prints. A line that starts
    /// the shell has the session's own lines in what follows.
    fn run_console(&self, text: &str, at: &str) {
        for part in text.split("$ ").skip(1) {
            let (line, shown) = part.split_once('\n').unwrap();
            let typed: Vec<_> =
                shown.lines().filter_map(|it| it.strip_prefix("Command:  ")).collect();
            let printed = if typed.is_empty() {
                self.run(line, at)
            } else {
                let shell = line.strip_prefix("kmu").unwrap();
                self.scratch.write("typed", typed.join("\n") + "\n");
                self.run(&format!("kmu --echo{shell} < typed"), at)
            };
            assert_eq!(printed.trim(), shown.trim(), "{at}: {line}");
        }
    }
}

#[test]
fn the_blocks_do_what_they_show() {
    let (mut run, mut marked) = (0, Vec::new());
    for (name, document) in DOCUMENTS {
        let place = Place { scratch: Scratch::new() };
        std::fs::create_dir(place.scratch.path("home")).unwrap();
        let mut printed: Option<String> = None;
        for block in blocks(document) {
            let at = format!("{name}, line {}", block.line);
            let before = printed.take();
            match block.kind {
                "sh" => printed = Some(place.run(&block.text, &at)),
                "console" => place.run_console(&block.text, &at),
                "text" => {
                    let printed = before.unwrap_or_else(|| panic!("{at}: nothing prints this"));
                    assert_eq!(printed.trim_end(), block.text.trim_end(), "{at}");
                }
                "toml" => {
                    place.scratch.write("cluster.toml", &block.text);
                    place.run("kmu --ephemeral --cluster cluster.toml < /dev/null", &at);
                }
                "sh not-run" => {
                    marked.push(block.text.lines().next().unwrap().to_owned());
                    continue;
                }
                kind => panic!("{at}: what is {kind}?"),
            }
            run += 1;
        }
    }
    assert!(run >= 14, "{run}");
    let expected: Vec<_> = NOT_RUN.iter().map(|row| row.0).collect();
    assert_eq!(marked, expected);
}

/// The cells of the table of commands.
fn rows() -> Vec<Vec<&'static str>> {
    let (_, rest) = DOCUMENTS[0].1.split_once("| command | same as the real program |").unwrap();
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn the_table_has_every_command_once() {
    let mut named: Vec<_> = rows().iter().flat_map(|row| row[0].split(", ")).collect();
    let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name()).collect();
    names.extend(["help", "exit"]);
    named.sort_unstable();
    names.sort_unstable();
    assert_eq!(named, names);
    for row in rows() {
        assert_eq!(row.len(), 4, "{row:?}");
        assert!(!row[1].is_empty(), "{row:?}: what is the same?");
    }
    let count = format!("All {} commands of the real program", COMMANDS.len());
    assert!(DOCUMENTS[0].1.contains(&count), "{count}");
}

#[test]
fn the_table_names_every_alias_and_no_flag_that_is_none() {
    for row in rows() {
        let commands: Vec<_> = row[0].split(", ").filter_map(kmu::command::find).collect();
        for alias in commands.iter().flat_map(|command| &command.names[1..]) {
            assert!(row[1].contains(alias), "{alias} is missing in {row:?}");
        }
        // Flags stand in backticks; what is missing is in the last cell.
        let words = row[1..3].iter().flat_map(|cell| cell.split('`').skip(1).step_by(2));
        for word in words.flat_map(|words| words.split(' ')).filter(|word| word.starts_with('-')) {
            let known = commands.iter().flat_map(|command| command.flags);
            let known = known.map(|flag| flag.declaration().name).any(|name| name == word);
            // An option of kmu itself.
            assert!(known || word.starts_with("--"), "{word} is no flag of {}", row[0]);
        }
        let missing = row[3].split('`').skip(1).step_by(2).filter(|word| word.starts_with('-'));
        for word in missing {
            let known = commands.iter().flat_map(|command| command.flags);
            assert!(!known.map(|flag| flag.declaration().name).any(|name| name == word), "{word}");
        }
    }
}

#[test]
fn the_tables_of_options_are_complete() {
    use clap::CommandFactory;
    let readme = DOCUMENTS[0].1;
    let command = kmu::cli::Cli::command();
    for option in command.get_arguments().filter_map(|it| it.get_long()) {
        assert!(readme.contains(&format!("| `--{option}")), "--{option}");
    }
    for subcommand in command.get_subcommands() {
        assert!(readme.contains(&format!("`kmu {}", subcommand.get_name())), "kmu {subcommand}");
    }
}
