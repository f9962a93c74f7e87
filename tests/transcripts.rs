//! Replays every recording in tests/transcripts, to the byte. docs/replay.md
//! describes the format; `copy` takes files of tests/keys.
//! With UPDATE_TRANSCRIPTS=1 a recording that differs is rewritten instead.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use clap::Parser;
use kmu::cli::Cli;
use kmu::replay::{Options, Verdict, replay};

#[test]
fn every_transcript_is_reproduced() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folder = std::fs::read_dir(tests.join("transcripts")).unwrap();
    let mut recordings: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    recordings.sort();
    assert!(recordings.len() >= 15, "only {} transcripts were found", recordings.len());
    let bless = std::env::var_os("UPDATE_TRANSCRIPTS").is_some();
    let options = Options { bless, files: Some(tests.join("keys")) };
    let cli = Cli::parse_from(["kmu", "--allow-shell"]);
    let scratch = tempfile::tempdir().unwrap();
    std::env::set_current_dir(scratch.path()).unwrap();
    let mut report = Vec::new();
    let verdict = replay(&recordings, &options, &cli, &mut report).unwrap();
    assert_eq!(verdict, Verdict::Same, "{}", String::from_utf8_lossy(&report));
}
