//! Replays every recording in tests/transcripts, to the byte. docs/replay.md
//! describes the format; `copy` takes files of tests/keys.
//!
//! The recordings of the folder itself are the list of scenarios. Each has its
//! counterpart in v3/, which types the same and shows what that dialect prints.
//! profiles/ has what only other profiles have.
//!
//! With UPDATE_TRANSCRIPTS=1 a recording that differs is rewritten instead, and
//! a counterpart that is missing or types something else is made anew.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use clap::Parser;
use kmu::cli::Cli;
use kmu::replay::{Options, Verdict, replay};

/// What a recording in v3/ has before the lines of its counterpart.
const V3: &str = "# kmu: --dialect v3\n";

#[test]
fn every_transcript_is_reproduced() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let bless = std::env::var_os("UPDATE_TRANSCRIPTS").is_some();
    let scenarios = recordings(&tests.join("transcripts"));
    assert!(scenarios.len() >= 70, "only {} transcripts were found", scenarios.len());
    let profiles = recordings(&tests.join("transcripts/profiles"));
    let v3 = recordings(&tests.join("transcripts/v3"));
    if bless {
        scenarios.iter().for_each(|scenario| make_counterpart(scenario));
    }
    let counterparts: Vec<_> = scenarios.iter().map(|scenario| counterpart(scenario)).collect();
    assert!(v3.iter().all(|file| counterparts.contains(file)), "v3 has a scenario of its own");
    for (scenario, counterpart) in scenarios.iter().zip(&counterparts) {
        let [expected, typed] = [scenario, counterpart].map(|file| typed(&read(file)));
        assert_eq!(V3.to_owned() + &expected, typed, "{}", counterpart.display());
    }
    let options = Options { bless, files: Some(tests.join("keys")) };
    let cli = Cli::parse_from(["kmu", "--allow-shell"]);
    let scratch = tempfile::tempdir().unwrap();
    std::env::set_current_dir(scratch.path()).unwrap();
    let mut report = Vec::new();
    let all = [scenarios, counterparts, profiles].concat();
    let verdict = replay(&all, &options, &cli, &mut report).unwrap();
    assert_eq!(verdict, Verdict::Same, "{}", String::from_utf8_lossy(&report));
}

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

fn counterpart(scenario: &Path) -> PathBuf {
    scenario.with_file_name("v3").join(scenario.file_name().unwrap())
}

/// The lines of a recording that say what is done: comments, what is typed, looks at files.
fn typed(recording: &str) -> String {
    let typed = |line: &&str| ["# ", "Command:", "$ "].iter().any(|begin| line.starts_with(begin));
    recording.lines().filter(typed).map(|line| line.to_owned() + "\n").collect()
}

fn make_counterpart(scenario: &Path) {
    let (file, text) = (counterpart(scenario), read(scenario));
    if V3.to_owned() + &typed(&text) != typed(&read(&file)) {
        std::fs::write(file, V3.to_owned() + &text).unwrap();
    }
}
