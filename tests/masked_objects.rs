//! Masked objects: a key with everything that belongs to it goes out and comes
//! back on its own cluster, and nowhere else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch};

fn run(scratch: &Scratch, state: &str, lines: &str) -> String {
    let finished = scratch.run(&["--state", state], format!("{LOGIN}\n{lines}\n"));
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

#[test]
fn a_key_comes_back_with_all_that_belongs_to_it() {
    let scratch = Scratch::new();
    let output = run(
        &scratch,
        "one",
        "genECCKeyPair -i 12 -l masked -nex -u 4,5 -m_value 1 -id m1\n\
         getAttribute -o 7 -a 512 -out before\n\
         extractMaskedObject -o 7 -out object\n\
         deleteKey -k 6\n\
         deleteKey -k 7\n\
         insertMaskedObject -f object\n\
         getAttribute -o 8 -a 512 -out after\n\
         getKeyInfo -k 8\n\
         insertMaskedObject -f object",
    );
    assert!(
        output.contains("\n        Object was masked and written to file \"object\" \n"),
        "{output}"
    );
    assert!(output.contains("Cfm3InsertMaskedObject returned: 0x00 : HSM Return: SUCCESS\n        New Key Handle: 8 \n\n        Cluster"), "{output}");
    assert!(output.contains("also, shared to following 2 user(s)"), "{output}");
    assert!(output.contains("Cfm3InsertMaskedObject returned: 0xb4"), "the id is taken: {output}");
    assert_eq!(scratch.read("before"), scratch.read("after"));
}

#[test]
fn another_cluster_and_a_changed_byte_are_refused() {
    let scratch = Scratch::new();
    run(&scratch, "one", "genSymKey -t 31 -s 16 -l x\nextractMaskedObject -o 6 -out object");
    let refused = "Cfm3InsertMaskedObject returned: 0xbe";
    assert!(run(&scratch, "two", "insertMaskedObject -f object").contains(refused));
    let object = std::fs::read(scratch.path("object")).unwrap();
    for at in [0, 10, 30, 60, object.len() - 1] {
        let mut changed = object.clone();
        changed[at] ^= 1;
        scratch.write("changed", changed);
        assert!(run(&scratch, "one", "insertMaskedObject -f changed").contains(refused), "{at}");
    }
    scratch.write("cut", &object[..object.len() / 2]);
    assert!(run(&scratch, "one", "insertMaskedObject -f cut").contains(refused));
    assert!(run(&scratch, "one", "findKey").contains("Total number of keys present 1\n"));
}

#[test]
fn only_the_owner_masks_and_inserts() {
    let scratch = Scratch::new();
    run(&scratch, "one", "genSymKey -t 31 -s 16 -l x -u 4\nextractMaskedObject -o 6 -out object");
    let alice = "loginHSM -u CU -s alice -p example_pwd\nextractMaskedObject -o 6 -out never\n\
                 insertMaskedObject -f object\n";
    let output = scratch.run(&["--state", "one"], alice).stdout();
    assert!(output.contains("Cfm3ExtractMaskedObject returned: 0xc6"), "{output}");
    assert!(output.contains("Cfm3InsertMaskedObject returned: 0xc6"), "{output}");
    assert!(!scratch.path("never").exists());
}
