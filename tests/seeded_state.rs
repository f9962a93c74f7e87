//! --seed on a state that is kept: never the same random bytes twice, and
//! never a key in danger that did not come from the seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch};

fn run(scratch: &Scratch, state: &str, seed: &str, lines: &str) -> String {
    let input = format!("{LOGIN}\n{lines}\nexit\n");
    let finished = scratch.run(&["--state", state, "--seed", seed], input);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

#[test]
fn a_seed_is_refused_for_keys_that_did_not_come_from_one() {
    let scratch = Scratch::new();
    let keep = format!("{LOGIN}\ngenECCKeyPair -i 2 -l real\n");
    assert_eq!(scratch.run(&["--state", "state"], &keep).status(), 0);
    let refused = scratch.run(&["--state", "state", "--seed", "7"], LOGIN);
    assert_eq!(refused.status(), 255);
    assert!(refused.stderr().contains("set up without --seed"), "{}", refused.stderr());
    assert_eq!(refused.stdout(), "");
    // Nothing was changed: the state still opens, with its key.
    let found = scratch.run(&["--state", "state"], format!("{LOGIN}\nfindKey -l real\n"));
    assert!(found.stdout().contains("keys present 2\n"), "{}", found.stdout());
}

/// Two signatures of one key with the same nonce give the key away: their first
/// numbers, which follow from the nonce, are the same.
#[test]
fn no_two_runs_draw_the_same_nonce_though_a_fresh_state_repeats_them_all() {
    let r_of =
        |scratch: &Scratch, file: &str| std::fs::read(scratch.path(file)).unwrap()[4..36].to_vec();
    let runs = |scratch: &Scratch, state: &str| {
        scratch.write("message", "message");
        let mut signatures = Vec::new();
        run(scratch, state, "7", "genECCKeyPair -i 2 -l seeded");
        for (name, sign) in [("one", "7"), ("two", "7"), ("three", "8")] {
            run(scratch, state, sign, &format!("sign -f message -k 7 -m 17 -out {name}"));
            signatures.push(r_of(scratch, name));
        }
        signatures
    };
    let (scratch, other) = (Scratch::new(), Scratch::new());
    let first = runs(&scratch, "state");
    assert!(first[0] != first[1] && first[1] != first[2] && first[0] != first[2]);
    assert_eq!(first, runs(&other, "elsewhere"));
}

#[test]
fn masked_objects_of_two_runs_share_no_key_stream() {
    let scratch = Scratch::new();
    run(&scratch, "state", "7", "genSymKey -t 31 -s 32 -l one\ngenSymKey -t 31 -s 32 -l two");
    for (key, name) in [(6, "one"), (7, "two")] {
        run(&scratch, "state", "7", &format!("extractMaskedObject -o {key} -out {name}"));
    }
    let read = |name| std::fs::read(scratch.path(name)).unwrap();
    let (one, two) = (read("one"), read("two"));
    let same = one.iter().zip(&two).take_while(|(a, b)| a == b).count();
    // Only the name of the format is the same; then comes the nonce.
    assert_eq!(same, b"kmu masked object 1\n".len());
}
