//! Files that commands read and write: nothing is dropped, lost or opened to others on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch};

/// An AES key 6 that wraps, and an AES key 7 that is wrapped.
const KEYS: &str = "genSymKey -t 31 -s 32 -l wrapping\ngenSymKey -t 31 -s 16 -l wrapped\n";

#[test]
fn an_optional_file_that_cannot_be_read_stops_the_command() {
    let scratch = Scratch::new();
    let output = scratch.session(&format!("{KEYS}wrapKey -w 6 -k 7 -m 10 -out w -aad none"));
    assert!(output.contains("WARNING: Failed to read from the file \"none\"."), "{output}");
    assert!(!scratch.path("w").exists());
    scratch.write("key.bin", [7; 16]);
    for command in
        ["exSymKey -k 7 -w 4 -out x -wk none", "imSymKey -f key.bin -t 31 -l x -w 4 -wk none"]
    {
        let output = scratch.session(&format!("{KEYS}{command}\nfindKey"));
        assert!(output.contains("\nInvalid file. Should be an AES key\n"), "{output}");
        assert!(output.contains("Total number of keys present 2"), "{output}");
    }
    assert!(!scratch.path("x").exists());
}

#[test]
fn a_file_is_read_once_so_that_it_can_be_a_pipe() {
    let scratch = Scratch::new();
    let state = |words: &str, input: &str| {
        let words = format!("--state state singlecmd {LOGIN} {words}");
        scratch.run(&words.split(' ').collect::<Vec<_>>(), input).stdout()
    };
    state("genSymKey -t 31 -s 32 -l wrapping", "");
    state("genSymKey -t 31 -s 16 -l wrapped", "");
    let wrap = "wrapKey -w 6 -k 7 -m 10 -out w -aad /dev/stdin";
    assert!(state(wrap, "context").contains("Key Wrapped."));
    assert!(
        !state("unWrapKey -w 6 -f w -m 10", "")
            .contains("returned: 0x00 : HSM Return: SUCCESS\n\n        Key")
    );
    let unwrap = "unWrapKey -w 6 -f w -m 10 -aad /dev/stdin";
    assert!(state(unwrap, "context").contains("Key Unwrapped."));
    assert!(!state(unwrap, "another").contains("Key Unwrapped."));
}

#[test]
fn the_vector_and_the_key_are_written_together_or_not_at_all() {
    let scratch = Scratch::new();
    let wrap = "wrapKey -w 6 -k 7 -m 10 -noheader";
    for same in ["-out both -iv_file both", "-out both -iv_file ./both"] {
        let output = scratch.session(&format!("{KEYS}{wrap} {same}"));
        assert!(
            output.contains("Error: IV file (-iv_file) and wrapped key file (-out) are the same."),
            "{output}"
        );
        assert!(!scratch.path("both").exists());
    }
    scratch.write("vector", "old");
    for failing in ["none/key", "/dev/full"] {
        let finished = scratch.run(
            &["--ephemeral", "--strict"],
            format!("{LOGIN}\n{KEYS}{wrap} -out {failing} -iv_file vector\n"),
        );
        assert_eq!(finished.status(), 1);
        assert_eq!(scratch.read("vector"), "old");
        assert!(
            finished.stderr().starts_with(&format!("kmu: {failing}: No ")),
            "{}",
            finished.stderr()
        );
        assert!(!finished.stderr().contains(".kmu-"));
    }
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_secret_that_replaces_a_file_is_its_owners_only() {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let path = scratch.write("key", "old");
    std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    scratch.session(&format!("{KEYS}exSymKey -k 7 -w 4 -out key"));
    let metadata = path.metadata().unwrap();
    assert_eq!((metadata.len(), metadata.permissions().mode() & 0o7777), (16, 0o600));
}

#[test]
fn why_a_file_is_no_key_is_said_on_standard_error_only() {
    let scratch = Scratch::new();
    let keys = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
    for name in ["encrypted.pem", "ed25519.pem", "ed25519.pub"] {
        std::fs::copy(keys.join(name), scratch.path(name)).unwrap();
    }
    scratch.write("text", "no key");
    for (command, said, reason) in [
        (
            "importPrivateKey -w 4 -f encrypted.pem",
            "failed to read private key from file\n\n",
            "encrypted",
        ),
        ("importPrivateKey -w 4 -f ed25519.pem", "Error: Invalid Key Type -1\n", "neither an RSA"),
        ("importPubKey -f ed25519.pub", "Error: Invalid Key Type -1\n", "neither an RSA"),
        (
            "importPubKey -f text",
            "\n         Failed to read Public Key from file text\n",
            "there is no PEM key of the kind",
        ),
    ] {
        let input = format!("{LOGIN}\n{command} -l x\nexit\n");
        let finished = scratch.run(&["--ephemeral"], input);
        assert!(finished.stdout().contains(said), "{command}: {}", finished.stdout());
        assert!(!finished.stdout().contains(reason), "{command}: {}", finished.stdout());
        assert!(finished.stderr().contains(reason), "{command}: {}", finished.stderr());
    }
}

#[test]
fn a_wrapped_key_stays_when_the_vector_of_the_next_one_cannot_be_written() {
    let scratch = Scratch::new();
    let wrap = |vector: &str| {
        format!("wrapKey -k 7 -w 6 -m 10 -noheader -out wrapped -iv_file {vector}\n")
    };
    scratch.session(&format!("{KEYS}{}", wrap("vector")));
    let before = std::fs::read(scratch.path("wrapped")).unwrap();
    for vector in ["/dev/full", "no/such/directory"] {
        let input = format!("{LOGIN}\n{KEYS}{}", wrap(vector));
        let finished = scratch.run(&["--ephemeral"], input);
        assert!(finished.stdout().contains("Failed to write"), "{}", finished.stdout());
        assert!(finished.stderr().contains(vector), "{}", finished.stderr());
        assert_eq!(std::fs::read(scratch.path("wrapped")).unwrap(), before);
    }
}

#[test]
fn a_file_written_to_standard_output_stands_among_what_is_printed() {
    let scratch = Scratch::new();
    let line = format!(
        "printf '{LOGIN}\\ngenECCKeyPair -i 2 -l x\\nexportPubKey -k 6 -out /dev/stdout\\nlistUsers\\n' \
         | {} --ephemeral",
        env!("CARGO_BIN_EXE_kmu")
    );
    for line in [format!("{line} > log"), format!("{line} | cat > log")] {
        assert!(scratch.shell(&line).status.success());
        let log = scratch.read("log");
        let at = |text: &str| log.find(text).unwrap_or_else(|| panic!("{text}: {log}"));
        assert!(at("public key handle: 6") < at("-----END PUBLIC KEY-----"), "{log}");
        assert!(at("-----END PUBLIC KEY-----") < at("Number Of Users found 6"), "{log}");
    }
}

#[test]
fn files_without_an_end_are_not_read_to_it() {
    let scratch = Scratch::new();
    for option in ["--faults", "--cluster"] {
        let finished = scratch.run(&["--ephemeral", option, "/dev/zero"], "exit\n");
        assert_eq!(finished.status(), 255);
        assert!(finished.stderr().contains("it is longer than"), "{}", finished.stderr());
    }
}
