//! What kmu costs before it does anything: `cargo bench --bench footprint`.
//!
//! It prints how long the program takes to its first prompt, its memory while
//! it waits there, and the size of its file; `KMU_PROGRAM` names another build
//! of it, such as a static one.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const RUNS: usize = 51;

fn main() {
    let program = std::env::var("KMU_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_kmu").into());
    let scratch = tempfile::tempdir().unwrap();
    let state = scratch.path().join("state");
    let state = state.to_str().unwrap();
    for (name, arguments) in [
        ("in memory", &["--ephemeral"][..]),
        ("a new state", &["--state", state]),
        ("a state that is there", &["--state", state]),
    ] {
        let runs = if name == "a new state" { 1 } else { RUNS };
        let mut figures: Vec<_> = (0..runs).map(|_| measure(&program, arguments)).collect();
        figures.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (time, memory) = figures[runs / 2];
        println!("{name:<24}{time:>8.1} ms to the prompt, {memory:>6.1} MiB there");
    }
    let size = std::fs::metadata(&program).unwrap().len() as f64 / (1024.0 * 1024.0);
    println!("{:<24}{size:>8.1} MiB", "the program's file");
}

/// Milliseconds to the first prompt, and the MiB that are resident there.
fn measure(program: &str, arguments: &[&str]) -> (f64, f64) {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut prompt = [0; "\nCommand:  ".len()];
    child.stdout.as_mut().unwrap().read_exact(&mut prompt).unwrap();
    let time = start.elapsed().as_secs_f64() * 1000.0;
    let memory = resident(&child);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    (time, memory)
}

fn resident(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes / 1024.0
}
