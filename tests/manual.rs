//! `kmu --help`, `kmu --version`, `kmu man` and `kmu completions`: one source,
//! and what reads them is content.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;

use clap::CommandFactory;
use kmu::cli::Cli;
use kmu::command::COMMANDS;
use support::Scratch;

fn printed(arguments: &[&str]) -> String {
    let finished = Scratch::new().run(arguments, "");
    assert_eq!((finished.status(), finished.stderr()), (0, String::new()), "{arguments:?}");
    finished.stdout()
}

/// The long options of the program and of what it does beside running a shell.
fn options() -> Vec<String> {
    let mut commands = vec![Cli::command()];
    let mut names = Vec::new();
    while let Some(command) = commands.pop() {
        names.extend(command.get_arguments().filter_map(|it| it.get_long()).map(str::to_owned));
        commands.extend(command.get_subcommands().cloned());
    }
    names.sort();
    names.dedup();
    names
}

#[test]
fn the_manual_page_has_every_option_and_every_command() {
    let page = printed(&["man"]);
    let plain = page.replace('\\', "");
    for option in options() {
        assert!(plain.contains(&format!("--{option}")), "{option}");
    }
    for command in COMMANDS {
        assert!(plain.contains(command.name()), "{}", command.name());
    }
    for words in ["cluster init", "cluster register-key", "replay", "record", "completions"] {
        assert!(plain.contains(&format!("kmu {words}")), "{words}");
    }
    for status in ["255", "KMU_STATE", "KMU_CLUSTER", "KMU_FAULTS", "KMU_LOCK_TIMEOUT"] {
        assert!(plain.contains(status), "{status}");
    }
}

/// Runs a program that may not be there, and says whether it was content.
fn content(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let told = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&told).into_owned()))
}

#[test]
fn groff_reads_the_manual_page() {
    let scratch = Scratch::new();
    let page = scratch.write("kmu.1", printed(&["man"]));
    let arguments = ["-man", "-ww", "-z", "-Tutf8", page.to_str().unwrap()];
    // Where there is no groff, the test before this one is all that is looked at.
    if let Some((content, told)) = content("groff", &arguments) {
        assert!(content && told.is_empty(), "{told}");
    }
}

#[test]
fn shells_read_their_completions() {
    let scratch = Scratch::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&["completions", shell]);
        for words in ["--ephemeral", "--lock-timeout", "register-key", "replay", "--bless"] {
            let bare = if shell == "fish" { words.trim_start_matches('-') } else { words };
            assert!(script.contains(bare), "{shell} {words}");
        }
        let file = scratch.write(shell, script);
        if let Some((content, told)) = content(shell, &["-n", file.to_str().unwrap()]) {
            assert!(content && told.is_empty(), "{shell}: {told}");
        }
    }
    assert_eq!(Scratch::new().run(&["completions", "cmd.exe"], "").status(), 2);
}

#[test]
fn bash_completes_options_and_subcommands() {
    let scratch = Scratch::new();
    scratch.write("kmu.bash", printed(&["completions", "bash"]));
    let completed = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        let script = format!(
            ". ./kmu.bash; COMP_WORDS=({line}); COMP_CWORD={}; _kmu kmu '{}' '{}'; echo ${{COMPREPLY[@]}}",
            words.len() - 1,
            words.last().unwrap(),
            words[words.len() - 2],
        );
        let output =
            Command::new("bash").args(["-c", &script]).current_dir(scratch.path("")).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    };
    assert_eq!(completed("kmu --ephem"), "--ephemeral");
    assert_eq!(completed("kmu clu"), "cluster");
    assert_eq!(completed("kmu cluster reg"), "register-key");
    assert_eq!(completed("kmu --clock v"), "virtual");
}

#[test]
fn the_version_is_the_package_and_perhaps_its_commit() {
    let version = printed(&["--version"]);
    let rest = version.strip_prefix(concat!("kmu ", env!("CARGO_PKG_VERSION"))).unwrap();
    let commit = rest.trim().trim_start_matches('(').trim_end_matches(')');
    assert!(matches!(commit.len(), 0 | 12), "{version}");
    assert!(commit.chars().all(|digit| digit.is_ascii_hexdigit()), "{version}");
}

#[test]
fn the_help_fits_and_tells_of_every_option() {
    let help = printed(&["--help"]);
    for option in Cli::command().get_arguments().filter_map(|it| it.get_long()) {
        assert!(help.contains(&format!("--{option}")), "{option}");
    }
    for command in Cli::command().get_subcommands() {
        let about = command.get_about().unwrap().to_string();
        assert!(help.contains(&about), "{about}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
}
