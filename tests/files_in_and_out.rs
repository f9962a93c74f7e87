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
    let script = format!(
        "ulimit -v 2000000; echo 'IsValidKeyHandlefile -f /dev/zero' | {} --ephemeral",
        env!("CARGO_BIN_EXE_kmu")
    );
    let printed = String::from_utf8(scratch.shell(&script).stdout).unwrap();
    assert!(printed.contains("error in Reading private key file /dev/zero"), "{printed}");
}

#[test]
fn what_wrap_key_has_no_use_for_is_told() {
    let scratch = Scratch::new();
    scratch.write("context", "context");
    for (words, told) in [
        ("-m 4 -aad context", "-aad has no effect with this mechanism"),
        (
            "-m 4 -aad context -iv_file vector",
            "-aad has no effect with this mechanism; -iv_file has no effect with this mechanism",
        ),
        ("-m 11 -noheader -iv_file vector", "-iv_file has no effect with this mechanism"),
        ("-m 11 -aad context", ""),
        ("-m 10 -aad context -iv_file vector", ""),
    ] {
        assert!(!scratch.path("vector").exists());
        let input = format!("{LOGIN}\n{KEYS}wrapKey -w 6 -k 7 -out wrapped {words}\n");
        let finished = scratch.run(&["--ephemeral"], input);
        assert!(finished.stdout().contains("Key Wrapped."), "{}", finished.stdout());
        assert!(finished.stderr().contains(told), "{}", finished.stderr());
        assert_eq!(finished.stderr().is_empty(), told.is_empty(), "{}", finished.stderr());
    }
}

/// Commands that bring a known key to the handle 6 and write it to `out`.
fn export_a_known_key(scratch: &Scratch, out: &str) -> String {
    scratch.write("key.bin", KNOWN_KEY);
    format!("{LOGIN}\\nimSymKey -f key.bin -t 31 -l x -w 4\\nexSymKey -k 6 -w 4 -out {out}\\n")
}

const KNOWN_KEY: &[u8; 16] = b"a key of 16 byte";

fn has_known_key(bytes: &[u8]) -> bool {
    bytes.windows(KNOWN_KEY.len()).any(|window| window == KNOWN_KEY)
}

#[test]
fn streams_that_were_opened_for_kmu_are_written_to() {
    let scratch = Scratch::new();
    let kmu = env!("CARGO_BIN_EXE_kmu");
    for (out, stream) in [("/dev/fd/3", "3"), ("/proc/self/fd/9", "9")] {
        let lines = export_a_known_key(&scratch, out);
        let script =
            format!("printf before > log; printf '{lines}' | {kmu} --ephemeral {stream}>> log");
        let finished = scratch.shell(&script);
        let printed = String::from_utf8(finished.stdout).unwrap();
        assert!(printed.contains("written to file"), "{printed}");
        let log = std::fs::read(scratch.path("log")).unwrap();
        assert_eq!(log, [b"before", &KNOWN_KEY[..]].concat());
    }
    let lines = export_a_known_key(&scratch, "/dev/fd/3");
    let script = format!("printf '{lines}' | {kmu} --ephemeral 3>&1 > printed | cat > piped");
    assert!(scratch.shell(&script).status.success());
    assert_eq!(std::fs::read(scratch.path("piped")).unwrap(), KNOWN_KEY);
}

#[test]
fn what_kmu_has_open_for_itself_is_not_written_to() {
    let scratch = Scratch::new();
    let kmu = env!("CARGO_BIN_EXE_kmu");
    // What the test's own parents have left open is none of kmu's.
    let closed: String = (3..10).map(|stream| format!(" {stream}>&-")).collect();
    for stream in [0, 3, 4, 5, 6, 7, 8, 9] {
        let lines = export_a_known_key(&scratch, &format!("/dev/fd/{stream}"));
        let script = format!("rm -rf s; printf '{lines}findKey\\n' | {kmu} --state s{closed}");
        let finished = scratch.shell(&script);
        let printed = String::from_utf8(finished.stdout.clone()).unwrap();
        assert!(!printed.contains("written to file"), "{stream}: {printed}");
        // The next line is read as it was typed.
        assert!(printed.contains("Total number of keys present 1"), "{stream}: {printed}");
        assert!(!has_known_key(&finished.stdout), "{stream}");
        for file in std::fs::read_dir(scratch.path("s")).unwrap() {
            let file = file.unwrap().path();
            assert!(!has_known_key(&std::fs::read(&file).unwrap()), "{stream}: {}", file.display());
        }
    }
}

#[test]
fn the_stream_of_another_process_is_not_kmus_own() {
    let scratch = Scratch::new();
    let kmu = env!("CARGO_BIN_EXE_kmu");
    let lines = export_a_known_key(&scratch, "/proc/OTHER/fd/1");
    let script = format!(
        "sleep 60 > other & other=$!; printf '{lines}' | sed \"s/OTHER/$other/\" | {kmu} --ephemeral; \
         kill $other"
    );
    let finished = scratch.shell(&script);
    assert!(!has_known_key(&finished.stdout));
    assert_eq!(std::fs::read(scratch.path("other")).unwrap(), KNOWN_KEY);
}

/// Runs a line after a pair of keys, 6 and 7, and a secret key 8 were made, with a
/// limit of the system's shell. For root every directory takes files, so somebody else runs it.
fn run_as_nobody(scratch: &Scratch, limit: &str, line: &str) -> String {
    // Where nobody but root looks, nobody can run it.
    std::fs::copy(env!("CARGO_BIN_EXE_kmu"), scratch.path("kmu")).unwrap();
    let lines =
        format!("{LOGIN}\\ngenECCKeyPair -i 2 -l x\\ngenSymKey -t 31 -s 16 -l x\\n{line}\\n");
    let script = format!("{limit} printf '{lines}' | ./kmu --ephemeral 2>&1");
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let command = [if is_root(scratch) { &nobody[..] } else { &[] }, &["sh", "-c", &script]];
    let command = command.concat();
    let output = std::process::Command::new(command[0])
        .args(&command[1..])
        .current_dir(scratch.path(""))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn is_root(scratch: &Scratch) -> bool {
    scratch.shell("id -u").stdout == b"0\n"
}

/// Makes a directory and a file in it with these rights.
fn put(scratch: &Scratch, directory: &str, mode: u32, content: &str, file_mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let rights = |name: &str, mode| {
        std::fs::set_permissions(scratch.path(name), PermissionsExt::from_mode(mode)).unwrap();
    };
    let file = format!("{directory}/out");
    std::fs::create_dir_all(scratch.path(directory)).unwrap();
    rights("", 0o755);
    rights(directory, 0o755);
    scratch.write(&file, content);
    rights(&file, file_mode);
    rights(directory, mode);
}

const EXPORT: &str = "exportPubKey -k 6 -out closed/out";

#[test]
fn a_file_that_is_written_in_place_keeps_its_content_if_that_fails() {
    let scratch = Scratch::new();
    for old in ["old", &"a longer old content\n".repeat(100)] {
        put(&scratch, "closed", 0o555, old, 0o666);
        let printed = run_as_nobody(&scratch, "ulimit -f 0;", EXPORT);
        assert!(printed.contains("Cfm3ExportPubKey returned: 0x31"), "{printed}");
        assert!(printed.contains("closed/out: File too large"), "{printed}");
        assert_eq!(scratch.read("closed/out"), old);
        let printed = run_as_nobody(&scratch, "", EXPORT);
        assert!(printed.contains("Cfm3ExportPubKey returned: 0x00"), "{printed}");
        let new = scratch.read("closed/out");
        assert!(new.starts_with("-----BEGIN") && new.ends_with("KEY-----\n"), "{new}");
    }
}

#[test]
fn a_file_that_cannot_be_replaced_is_written_in_place() {
    let scratch = Scratch::new();
    // Somebody else's, in a directory such as /tmp.
    put(&scratch, "closed", 0o1777, "old", 0o666);
    let printed = run_as_nobody(&scratch, "", EXPORT);
    assert!(printed.contains("Cfm3ExportPubKey returned: 0x00"), "{printed}");
    assert!(scratch.read("closed/out").starts_with("-----BEGIN"));
    assert_eq!(std::fs::read_dir(scratch.path("closed")).unwrap().count(), 1);
}

#[test]
fn a_secret_is_written_in_place_where_nobody_else_reads_it() {
    let scratch = Scratch::new();
    for (mode, own, expected) in [(0o600, true, true), (0o644, true, false), (0o606, false, false)]
    {
        if !own && !is_root(&scratch) {
            continue;
        }
        put(&scratch, "closed", 0o555, "old", mode);
        if own && is_root(&scratch) {
            std::os::unix::fs::chown(scratch.path("closed/out"), Some(65534), None).unwrap();
        }
        let printed = run_as_nobody(&scratch, "", "exSymKey -k 8 -w 4 -out closed/out");
        assert_eq!(printed.contains("written to file"), expected, "{printed}");
        let content = std::fs::read(scratch.path("closed/out")).unwrap();
        assert_eq!(content.len(), if expected { 16 } else { 3 }, "{mode:o}");
        std::fs::remove_dir_all(scratch.path("closed")).unwrap();
    }
}

#[test]
fn files_are_looked_at_before_keys_where_the_client_does_so() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("directory")).unwrap();
    for (line, said) in [
        ("getToken -n 5 -k 99 -u example_user -f none/x", "failed to open the file none/x\n"),
        ("getToken -n 5 -k 99 -u example_user -f new", "Cfm3GetToken returned: 0xa8"),
        ("getCaviumPrivKey -k 99 -out directory", "Failed to open file for writing"),
        ("getCaviumPrivKey -k 99 -out new", "Failed to get key attribute"),
    ] {
        let finished = scratch.run(&["--ephemeral"], format!("{LOGIN}\n{line}\n"));
        assert!(finished.stdout().contains(said), "{}", finished.stdout());
        assert_eq!(finished.stderr().contains(" (os error"), !line.ends_with("new"));
    }
    assert!(!scratch.path("new").exists());
}
