//! The entry points of the fuzz targets with mutated seeds: the same inputs on
//! every run. `KMU_FUZZ_SEED` and `KMU_FUZZ_FACTOR` run others and more;
//! `KMU_WRITE_CORPUS` writes the seeds to fuzz/corpus for cargo-fuzz.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../fuzz/src/lib.rs"]
mod entry_points;
mod support;

use std::path::Path;

use support::dice::{Dice, number_from_environment};

/// A target: its name, its entry point, its seeds, and how many inputs it gets.
type Target = (&'static str, fn(&[u8]), fn() -> Vec<Vec<u8>>, u64);

const TARGETS: [Target; 9] = [
    ("line", entry_points::line, || files("line"), 40_000),
    ("pem", entry_points::pem, || files("pem"), 24_000),
    ("wrapped_key", entry_points::wrapped_key, entry_points::wrapped_key_seeds, 12_000),
    ("masked_object", entry_points::masked_object, entry_points::masked_object_seeds, 12_000),
    ("token_file", entry_points::token_file, entry_points::token_file_seeds, 6_000),
    ("approval_template", entry_points::approval_template, || files("approval_template"), 6_000),
    ("fault", entry_points::fault, || files("fault"), 16_000),
    ("cluster_file", entry_points::cluster_file, || files("cluster_file"), 16_000),
    ("state_file", entry_points::state_file, entry_points::state_file_seeds, 1_000),
];

/// The seeds of a target that are kept as files.
fn files(target: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut paths: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    // The order of a directory is not the same everywhere.
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Numbers and texts that readers trip over.
const TOKENS: [&[u8]; 16] = [
    b"\0",
    b"\xff",
    b"\x80",
    b"\xff\xff\xff\xff",
    b"\x30\x82\xff\xff",
    b"\x30\x80",
    b"\x02\x01\x00",
    b"-1",
    b"99999999999999999999",
    b"'",
    b"\"",
    b" -h ",
    b"\n",
    b"-----BEGIN ",
    b"=",
    b"[[",
];

/// The seed with a few places changed, or parts of two seeds.
fn mutate(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = dice.pick(seeds).clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(input.len() as u64 + 1) as usize;
        let length = (dice.below(32) as usize).min(input.len() - at);
        match dice.below(8) {
            0..3 if at < input.len() => input[at] ^= 1 << dice.below(8),
            3 if at < input.len() => input[at] = dice.next() as u8,
            4 => drop(input.drain(at..at + length)),
            5 => {
                let part = input[at..at + length].to_vec();
                let to = dice.below(input.len() as u64 + 1) as usize;
                input.splice(to..to, part);
            }
            6 if dice.one_in(2) => input.truncate(at),
            6 => {
                let other = dice.pick(seeds);
                let from = dice.below(other.len() as u64 + 1) as usize;
                input.splice(at.., other[from..].iter().copied());
            }
            _ => drop(input.splice(at..at, dice.pick(&TOKENS).iter().copied())),
        }
    }
    input
}

/// Says which input it was when an entry point panics.
struct Reporter<'a> {
    target: &'a str,
    input: &'a [u8],
}

impl Drop for Reporter<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: {}", self.target, self.input.escape_ascii());
        }
    }
}

fn run(target: &Target, seed: u64, factor: u64) -> u64 {
    let (name, entry_point, seeds, count) = target;
    let seeds = seeds();
    assert!(!seeds.is_empty(), "{name}");
    let mut dice = Dice::new(seed);
    let check = |input: &[u8]| {
        let _reporter = Reporter { target: name, input };
        entry_point(input);
    };
    check(&[]);
    seeds.iter().for_each(|seed| check(seed));
    for _ in 0..count * factor {
        check(&mutate(&seeds, &mut dice));
    }
    1 + seeds.len() as u64 + count * factor
}

fn write_corpus() {
    for (name, _, seeds, _) in &TARGETS {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
        std::fs::create_dir_all(&directory).unwrap();
        for (number, seed) in seeds().iter().enumerate() {
            std::fs::write(directory.join(format!("seed-{number}")), seed).unwrap();
        }
    }
}

#[test]
fn no_input_makes_an_entry_point_panic() {
    if std::env::var_os("KMU_WRITE_CORPUS").is_some() {
        write_corpus();
    }
    let seed = number_from_environment("KMU_FUZZ_SEED", 1);
    let factor = number_from_environment("KMU_FUZZ_FACTOR", 1);
    let counts: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = TARGETS
            .iter()
            .map(|target| {
                scope.spawn(move || {
                    let start = std::time::Instant::now();
                    let count = run(target, seed, factor);
                    println!(
                        "{}: {count} inputs in {:.1} s",
                        target.0,
                        start.elapsed().as_secs_f32()
                    );
                    count
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let total: u64 = counts.iter().sum();
    println!("{total} inputs, seed {seed}: 0 panics");
    assert!(total >= 100_000);
}
