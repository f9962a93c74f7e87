//! Every key, wrapped key and signature that kmu's commands write, read by the
//! openssl command, and every one that the openssl command makes, read by kmu's
//! commands: all formats, curves, mechanisms, hashes and sizes.
//!
//! Where openssl has no command for a format, it is put together in
//! `tools.rs` from those that it has; what is ours there is said there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ghash;
mod keys;
mod signatures;
#[path = "../support/mod.rs"]
mod support;
mod tools;
mod wrapping;

use support::Scratch;

/// A part of the test: its name, what runs it and counts, how many combinations it has.
type Part = (&'static str, fn() -> usize, usize);

const PARTS: [Part; 6] = [
    ("keys of openssl, through import and export", keys::imported, 208),
    ("keys of kmu", keys::generated, 46),
    ("secret keys as raw bytes", keys::secret, 16),
    ("wrapped keys", wrapping::both_ways, 736),
    ("ECDSA signatures", signatures::ecdsa, 160),
    ("RSA signatures", signatures::rsa, 78),
];

#[test]
fn every_combination_with_openssl() {
    let counts = std::thread::scope(|scope| {
        let parts = PARTS.map(|(_, part, _)| scope.spawn(part));
        parts.map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    for ((name, ..), count) in PARTS.iter().zip(counts) {
        println!("{count:5} {name}");
    }
    println!("{:5} combinations in all", counts.iter().sum::<usize>());
    assert_eq!(counts, PARTS.map(|(.., expected)| expected));
}

/// Runs lines on a cluster without FIPS mode, where everything works. Key
/// handles count from 6.
fn session(scratch: &Scratch, lines: &str) -> String {
    scratch.write("cluster.toml", "fips_mode = false\n");
    let input = format!("{}\n{lines}\nexit\n", support::LOGIN);
    let finished = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], input);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

fn bytes(scratch: &Scratch, name: &str) -> Vec<u8> {
    std::fs::read(scratch.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
