//! How kmu grows with the number of keys in its state: `cargo bench --bench scale`.
//!
//! It fills states with 10^3 to 10^6 keys and prints medians of whole processes,
//! from which the login alone can be subtracted, and their largest memory.
//! `KMU_SCALE_KEYS` sets the largest number of keys.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const KMU: &str = env!("CARGO_BIN_EXE_kmu");
const LOGIN: &str = "loginHSM -u CU -s example_user -p example_pwd";
const RUNS: usize = 9;

fn main() {
    let largest = std::env::var("KMU_SCALE_KEYS").map_or(1_000_000, |keys| keys.parse().unwrap());
    let columns = ["keys", "filling, s", "start, ms", "login", "by label", "by id", "attribute"];
    columns.iter().for_each(|column| print!("{column:>12}"));
    println!("{:>12}{:>14}", "all", "memory, MiB");
    let mut keys = 1000;
    while keys <= largest {
        measure(keys);
        keys *= 10;
    }
}

fn measure(keys: usize) {
    let scratch = tempfile::tempdir().unwrap();
    std::fs::write(scratch.path().join("cluster.toml"), "max_keys = 100000000\n").unwrap();
    let mut script = format!("{LOGIN}\n");
    for number in 0..keys {
        writeln!(script, "genSymKey -t 31 -s 32 -l label{number} -id id{number}").unwrap();
    }
    let script_path = scratch.path().join("script");
    std::fs::write(&script_path, script).unwrap();
    let start = Instant::now();
    let mut filling = kmu(scratch.path(), "");
    filling.stdin(std::fs::File::open(script_path).unwrap());
    assert!(filling.status().unwrap().success());
    print!("{keys:>12}{:>12.1}", start.elapsed().as_secs_f64());
    let middle = keys / 2;
    for command in [
        "singlecmd loginStatus".to_owned(),
        format!("singlecmd {LOGIN}"),
        format!("singlecmd {LOGIN} findKey -l label{middle}"),
        format!("singlecmd {LOGIN} findKey -id id{middle}"),
        format!("singlecmd {LOGIN} getAttribute -o {middle} -a 512 -out attribute"),
        format!("singlecmd {LOGIN} findKey"),
    ] {
        let mut times: Vec<f64> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                assert!(kmu(scratch.path(), &command).status().unwrap().success());
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        print!("{:>12.1}", times[RUNS / 2]);
    }
    println!("{:>14}", memory(scratch.path()));
}

/// The largest memory of a process that lists all keys, if GNU time is there to say it.
fn memory(directory: &Path) -> String {
    let command = format!("{KMU} --state state --cluster cluster.toml singlecmd {LOGIN} findKey");
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M"])
        .args(command.split(' '))
        .current_dir(directory)
        .stdout(Stdio::null())
        .output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned());
    let kibibytes = text.ok().and_then(|text| text.trim().parse::<f64>().ok());
    kibibytes.map_or_else(|| "no time(1)".to_owned(), |size| format!("{:.0}", size / 1024.0))
}

fn kmu(directory: &Path, words: &str) -> Command {
    let mut command = Command::new(KMU);
    command.args(["--state", "state", "--cluster", "cluster.toml"]);
    command.args(words.split(' ').filter(|word| !word.is_empty()));
    command.current_dir(directory).stdin(Stdio::null()).stdout(Stdio::null());
    command
}
