//! `kmu replay` and `kmu record`: the sessions that the guide documents,
//! recordings of random sessions, and recordings that are none.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use support::{LOGIN, Scratch};

/// Sessions of the guide that do not replay: their page, what they show, and why not. Every
/// other session is a recording in tests/replay, named after its page.
const NOT_REPLAYED: [(&str, &str, &str); 25] = [
    ("deleteKey", "-k 262152", "its cluster block has no heading; other pages show one"),
    ("Error2String", "-r 0xa8", "the answer is about another code, c6"),
    ("findKey", "-t 31 -sess 0 -u 3", "its output is not shown"),
    ("findKey", "-c 2 -l 2018-sept", "its output is not shown"),
    ("findKey", "-t 0 -m m4.txt", "its output is not shown"),
    ("genRSAKeyPair", "attributes", "`file` stands after the name, which other pages leave out"),
    ("genSymKey", "-id wrap01", "its output is not shown"),
    ("genSymKey", "-s 512, a loop of the system's shell", "its output is not shown"),
    ("genSymKey", "getKeyInfo -k 7", "users stand on one line; other pages give each its own"),
    ("genSymKey", "-attr_7", "there is no such flag, and -out is missing"),
    ("getAttribute", "-a 256", "its result line is not shown"),
    ("getAttribute", "-a 512", "the file that it names is not the one that was asked for"),
    ("imSymKey", "-a 355", "three names are given to one file"),
    ("imSymKey", "-a 371", "its result line is not shown"),
    ("getting-started", "<user type>", "it is a syntax, not a session"),
    (
        "listAttributes",
        "listAttributes",
        "the heading and the list contradict the page getAttribute",
    ),
    ("listUsers", "listUsers", "it counts 4 users and lists 5"),
    ("reference", "help, -h, exit", "their output is not shown"),
    ("wrapKey", "-k 7 -w 14", "no wrapping of a Triple DES key has 307 bytes"),
    ("wrapKey, later", "-m 4", "no wrapping of a Triple DES key has 307 bytes"),
    ("help, later", "help", "it lacks two commands that the client has"),
    (
        "loginHSM, later",
        "-p aws",
        "`Cluster Status` is the heading of no dialect, and the password is too short",
    ),
    ("loginHSM, later", "-hpswd", "`Cluster Status` is the heading of no dialect"),
    ("loginHSM, later", "logoutHSM", "`Cluster Status` is the heading of no dialect"),
    ("genSymKey, later", "a loop of the system's shell", "its output is not shown"),
];

/// The pages of the guide that show sessions.
const PAGES: [&str; 33] = [
    "aesWrapUnwrap",
    "deleteKey",
    "Error2String",
    "exSymKey",
    "findKey",
    "findSingleKey",
    "genDSAKeyPair",
    "genECCKeyPair",
    "genRSAKeyPair",
    "genSymKey",
    "getAttribute",
    "getKeyInfo",
    "getting-started",
    "imSymKey",
    "listAttributes",
    "listUsers",
    "reference",
    "setAttribute",
    "unwrapKey",
    "wrapKey",
    "exportPrivateKey",
    "exportPubKey",
    "extractMaskedObject",
    "getCaviumPrivKey",
    "getCert",
    "help",
    "importPrivateKey",
    "importPubKey",
    "insertMaskedObject",
    "IsValidKeyHandlefile",
    "loginHSM",
    "sign",
    "verify",
];

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay")
}

#[test]
fn every_complete_session_of_the_guide_replays() {
    let scratch = Scratch::new();
    let files = std::fs::read_dir(recordings()).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<_> =
        files.filter(|path| path.extension().is_some_and(|it| it == "txt")).collect();
    assert!(files.len() >= 45, "only {} recordings were found", files.len());
    let arguments: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let finished = scratch.run(&[&["replay"][..], &arguments].concat(), "");
    assert_eq!(finished.status(), 0, "{}{}", finished.stdout(), finished.stderr());
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().count(), 0);
    let name = |file: &PathBuf| file.file_stem().unwrap().to_string_lossy().into_owned();
    let names: Vec<_> = files.iter().map(name).collect();
    for page in PAGES {
        let replays = names.iter().any(|name| name.split('-').next() == Some(page));
        let excused =
            NOT_REPLAYED.iter().any(|(excused, ..)| excused.split(',').next() == Some(page));
        assert!(replays || excused || names.contains(&page.to_owned()), "{page}");
    }
}

/// Replays this text, and returns the exit status, what was printed, and what was told.
fn replayed(scratch: &Scratch, text: impl AsRef<[u8]>) -> (i32, String, String) {
    scratch.write("s.txt", text);
    let finished = scratch.run(&["replay", "s.txt"], "");
    (finished.status(), finished.stdout(), finished.stderr())
}

const SESSION: &str = "Command:  Error2String -r 0xb3\n\n        \
    Error Code b3 maps to HSM Error: This operation violates the current configured/FIPS policies\n\n\
    Command:  exit\n";

#[test]
fn a_difference_is_shown_with_its_lines_and_can_be_blessed() {
    let scratch = Scratch::new();
    assert_eq!(replayed(&scratch, SESSION).0, 0);
    let crlf = SESSION.replacen('\n', "\r\n", 3);
    assert_eq!(replayed(&scratch, crlf).0, 0);
    let wrong = SESSION.replace("violates", "breaks");
    let (status, printed, _) = replayed(&scratch, &wrong);
    assert_eq!(status, 1);
    let expected = "     3 -         Error Code b3 maps to HSM Error: This operation breaks";
    assert!(
        printed.starts_with("--- s.txt, line 1: Command:  Error2String -r 0xb3\n"),
        "{printed}"
    );
    assert!(printed.contains(expected), "{printed}");
    assert_eq!(scratch.run(&["replay", "--bless", "s.txt"], "").status(), 0);
    assert_eq!(scratch.read("s.txt"), SESSION);
}

#[test]
fn what_cannot_be_replayed_is_told_with_its_line() {
    let scratch = Scratch::new();
    scratch.write("kept", "kept");
    let cut = &SESSION[..SESSION.find("violates").unwrap()];
    for (text, reason) in [
        ("ls\ntotal 0\n", "s.txt, line 1: this is no recording"),
        ("", "s.txt, line 1: this is no recording"),
        (cut, "s.txt, line 3: the recording is cut off here"),
        ("Command:  listECCCur", "s.txt, line 1: the recording is cut off here"),
        ("Command: findKey\n\x1b[0m\n", "s.txt, line 2: the line holds the control character"),
        ("Command: exit\n$ rm -rf x\n", "s.txt, line 2: \"rm -rf x\" cannot be replayed"),
        (
            "Command: exit\n$ openssl version\n",
            "s.txt, line 2: programs are run with --allow-shell only",
        ),
        ("Command: exit\n$ cat ../kept\n", "s.txt, line 2: \"../kept\" is outside"),
        ("Command: exit\nCommand: findKey\n", "s.txt, line 2: the session has ended"),
        ("# file: ../kept x\nCommand: exit\n", "s.txt, line 1: \"../kept\" is outside"),
        ("# copy: /etc/passwd\nCommand: exit\n", "s.txt, line 1: \"/etc/passwd\" is outside"),
        ("# kmu: --state /tmp\nCommand: exit\n", "s.txt, line 1: a recording names no files"),
        (
            "# cluster: [[user]]\n# cluster: quorum_public_key = \"/etc/passwd\"\nCommand: exit\n",
            "s.txt, line 1: \"/etc/passwd\" is outside",
        ),
        (
            "# file: t Multi Token File Path = ../tokens;\nCommand: approveToken -af t\n",
            "s.txt, line 2: \"../tokens\" is outside",
        ),
        ("# kmu: --bogus\nCommand: exit\n", "s.txt, line 1: error: unexpected argument"),
        ("# kmu: --strict\nCommand: exit\n", "s.txt, line 1: --strict has no effect on a replay"),
        ("# kmu: --output=json\nCommand: exit\n", "s.txt, line 1: --output has no effect"),
        (
            "# before: findKey\nCommand: exit\n",
            "s.txt, line 1: the command before the session failed",
        ),
        ("\nCommand: getCert -s 4 -f ../kept\n", "s.txt, line 2: \"../kept\" is outside"),
        (
            "Command: getAttribute -o 6 -a 512 -out /tmp/kmu-x\n",
            "s.txt, line 1: \"/tmp/kmu-x\" is outside",
        ),
    ] {
        let (status, printed, told) = replayed(&scratch, text);
        assert_eq!(status, 2, "{text}: {printed}{told}");
        assert!(told.contains(reason), "{text}: {told}");
    }
    // A word with both kinds of quotes, on a line that must be written anew for its handle.
    let lines = "# before: loginHSM -u CU -s example_user -p example_pwd\n\
                 Command: genSymKey -t 31 -s 32 -l x -sess\n\n\
                 \tSymmetric Key Created.  Key Handle: 77\n\n\
                 Command: exSymKey -k 77 -w 77 -out 'x\" -out /tmp/kmu-x'y'\n";
    let (status, printed, _) = replayed(&scratch, lines);
    assert_eq!(status, 1);
    assert!(printed.contains("x\" -out /tmp/kmu-xy'"), "{printed}");
    assert!(!std::path::Path::new("/tmp/kmu-xy'\"").exists());
    // What a file says is no handle unless it is a number; a line may end early.
    let lines = "# file: f Key handle : 1' -out ../kept \"\n# role: sessions\n\
                 Command: Error2String -r 0\n\nsession_handle \n$ cat f\nKey handle : 7\n\
                 Command: getKeyInfo -k 7\nCommand: exit\n";
    assert_eq!(replayed(&scratch, lines).0, 1);
    assert_eq!(replayed(&scratch, b"Command: exit\n\xff\n").0, 2);
    assert_eq!(scratch.run(&["replay", "missing"], "").status(), 2);
    assert_eq!(scratch.read("kept"), "kept");
    let long = std::fs::File::create(scratch.path("s.txt")).unwrap();
    long.set_len(100_000_000).unwrap();
    let finished = scratch.run(&["replay", "s.txt"], "");
    assert_eq!(finished.status(), 2);
    assert!(finished.stderr().contains("goes on beyond 16777216 bytes"), "{}", finished.stderr());
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().count(), 2);
}

#[test]
fn the_environment_is_no_part_of_a_recording() {
    let scratch = Scratch::new();
    scratch.write("s.txt", format!("# kmu: --seed 1\n{SESSION}"));
    let program = env!("CARGO_BIN_EXE_kmu");
    let output = scratch.shell(&format!("KMU_DIALECT=v3 {program} --dialect classic replay s.txt"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_question_that_was_answered_on_a_later_line_is_answered_so() {
    let scratch = Scratch::new();
    let lines = format!("{LOGIN}\ngenSymKey -t 31 -s 32 -l x -sess\nsetAttribute -o 7 -a 1\n\n1\n");
    let finished = scratch.run(&["--ephemeral", "record", "s.txt"], &lines);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    let finished = scratch.run(&["replay", "s.txt"], "");
    assert_eq!(finished.status(), 0, "{}{}", finished.stdout(), finished.stderr());
}

#[test]
fn handles_of_v3_are_matched_by_role_and_lengths_of_keys_are_free() {
    let scratch = Scratch::new();
    let lines = format!(
        "{LOGIN}\ngenRSAKeyPair -m 2048 -e 65537 -l x\nexportPrivateKey -k 10 -w 4 -out key.pem\n\
         importPrivateKey -f key.pem -l y -w 4\nfindKey\ngetKeyInfo -k 11\nexit\n"
    );
    for dialect in ["classic", "v3"] {
        scratch.run(&["--state", dialect], format!("{LOGIN}\ngenSymKey -t 31 -s 16 -l x\n"));
        let taken = format!(
            "{LOGIN}\ngenECCKeyPair -i 2 -l x\ndeleteKey -k 6\ndeleteKey -k 7\ndeleteKey -k 8\n"
        );
        scratch.run(&["--state", dialect], taken);
        let options = ["--state", dialect, "--dialect", dialect, "record", "--force", "s.txt"];
        let finished = scratch.run(&options, &lines);
        assert_eq!(finished.status(), 0, "{}", finished.stderr());
        let recording = scratch.read("s.txt");
        assert!(recording.contains("9, 10, 11"), "{recording}");
        let (status, printed, _) = replayed(&scratch, recording);
        assert_eq!((status, &*printed), (0, "ok    s.txt\n"));
        std::fs::remove_file(scratch.path("key.pem")).unwrap();
    }
}

#[test]
fn a_key_that_a_changed_line_makes_takes_no_handle_of_the_recording() {
    let scratch = Scratch::new();
    let secret = |label: &str| format!("genSymKey -t 31 -s 32 -l {label}");
    let lines = format!(
        "{LOGIN}\n{}\n{}\n{}\ndeleteKey -k 7\nfindKey -l b\nexit\n",
        secret("a"),
        secret("b"),
        secret("c")
    );
    assert_eq!(scratch.run(&["--ephemeral", "record", "s.txt"], &lines).status(), 0);
    let recording = scratch.read("s.txt");
    for changed in [
        recording.replace(&secret("a"), "genECCKeyPair -i 2 -l a"),
        recording.replace(
            &format!("Command:  {}", secret("a")),
            &format!("Command:  {}\n\nCommand:  {}", secret("new"), secret("a")),
        ),
    ] {
        assert_ne!(changed, recording);
        let (status, printed, _) = replayed(&scratch, &changed);
        assert_eq!(status, 1);
        assert!(printed.contains("FAIL  s.txt: 1 command differs"), "{printed}");
        assert_eq!(scratch.run(&["replay", "--bless", "s.txt"], "").status(), 0);
        let blessed = scratch.read("s.txt");
        assert!(blessed.contains("Total number of keys present 0"), "{blessed}");
        assert_eq!(replayed(&scratch, &blessed).0, 0);
    }
}

#[test]
fn an_answer_that_is_no_number_is_not_recorded() {
    let scratch = Scratch::new();
    let lines = format!(
        "{LOGIN}\ngenECCKeyPair -i 2 -l x -sess\nsetAttribute -o 7 -a 1\n\
         loginHSM -u CU -s alice -p wr0ng_pwd\nsetAttribute -o 7 -a 1\n73577357\n\
         setAttribute -o 6 -a 1\n0\nfindKey -l a\u{7}b\nexit\n"
    );
    let finished = scratch.run(&["--ephemeral", "record", "s.txt"], &lines);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    let recording = scratch.read("s.txt");
    assert!(!recording.contains("wr0ng_pwd") && !recording.contains("73577357"), "{recording}");
    assert!(recording.contains("(0 or 1):********\n") && recording.contains("(0 or 1):0\n"));
    assert!(recording.contains("# A line is left out here: it has control characters\n"));
    let recording_of_default = recording.clone();
    assert_eq!(replayed(&scratch, recording).1, "ok    s.txt\n");
    // It is the same under another name and in another environment.
    scratch.write("s.txt", &recording_of_default);
    let mut elsewhere = scratch.command(&["replay", "s.txt"]);
    let finished = elsewhere.env("KMU_PROFILE", "azure").output().unwrap();
    assert!(finished.status.success());
    // The input may end where an answer should be.
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x -sess\nsetAttribute -o 7 -a 1\n");
    scratch.run(&["--ephemeral", "record", "--force", "s.txt"], &lines);
    let recording = scratch.read("s.txt");
    assert!(recording.contains("Error reading the user input value"), "{recording}");
    assert_eq!(replayed(&scratch, recording).1, "ok    s.txt\n");
}

#[test]
fn nothing_is_read_elsewhere() {
    let scratch = Scratch::new();
    scratch.write("outside", "not for the replay");
    std::fs::create_dir(scratch.path("inside")).unwrap();
    let inside = |text: String| {
        scratch.write("inside/s.txt", text);
        let finished = scratch.run(&["replay", "inside/s.txt"], "");
        (finished.status(), finished.stdout() + &finished.stderr())
    };
    std::os::unix::fs::symlink("../outside", scratch.path("inside/link")).unwrap();
    std::os::unix::fs::symlink("plain", scratch.path("inside/good")).unwrap();
    scratch.write("inside/plain", "plain\n");
    let (status, printed) = inside(format!("# copy: link\n\n{SESSION}$ cat link\n"));
    assert_eq!(status, 2);
    assert!(printed.contains("line 1: link: it is a link to a file elsewhere"), "{printed}");
    let (status, printed) = inside(format!("# copy: good\n\n$ cat good\nplain\n{SESSION}"));
    assert_eq!(status, 0, "{printed}");
    // Of a template, only what the command reads counts.
    let template = format!(
        "Token File Path = {};\n{}",
        scratch.path("outside").display(),
        "#".repeat(65 << 20)
    );
    scratch.write("inside/template", template);
    let session =
        format!("# copy: template\n\nCommand:  {LOGIN}\n\nCommand:  approveToken -af template\n");
    let (status, printed) = inside(session);
    assert_eq!(status, 2);
    assert!(printed.contains("outside of the replay's own directory"), "{printed}");
}

#[test]
fn files_that_a_session_reads_are_hinted_at() {
    let scratch = Scratch::new();
    scratch.write("message", "a message");
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/ec.pem");
    scratch.write("ec.pem", std::fs::read(key).unwrap());
    let session = |line: &str| {
        let lines = format!("{LOGIN}\n{line}\nexit\n");
        let options = ["--ephemeral", "record", "--force", "s.txt"];
        assert_eq!(scratch.run(&options, &lines).status(), 0);
        let recording = scratch.read("s.txt");
        let (status, printed, _) = replayed(&scratch, &recording);
        (recording, status, printed)
    };
    for line in ["sign -f message -k 7 -m 17 -out s", "importPrivateKey -f ec.pem -l x -w 4"] {
        let (recording, status, printed) = session(line);
        assert_eq!(status, 1, "{printed}");
        assert!(printed.contains("\nhint  a file that the session reads is missing"), "{printed}");
        let completed = format!("# copy: message ec.pem\n{recording}");
        let (status, printed, _) = replayed(&scratch, completed);
        assert_eq!((status, &*printed), (0, "ok    s.txt\n"));
    }
    let (_, printed, _) = replayed(&scratch, SESSION.replace("violates", "breaks"));
    assert!(!printed.contains("hint"), "{printed}");
}

#[test]
fn a_recording_has_no_password_and_replays() {
    let scratch = Scratch::new();
    let lines = format!(
        "{LOGIN}\ngenECCKeyPair -i 2 -l x -sess\nsetAttribute -o 7 -a 1\n1\n\
                         loginHSM -u CU -s alice -p wrong_pwd\nfindKey -l 'a b'\nexit\n"
    );
    let finished = scratch.run(&["--ephemeral", "record", "s.txt"], &lines);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    let recording = scratch.read("s.txt");
    assert!(!recording.contains("example_pwd") && !recording.contains("wrong_pwd"), "{recording}");
    let finished = scratch.run(&["replay", "s.txt"], "");
    assert_eq!(finished.status(), 0, "{}{}", finished.stdout(), finished.stderr());
    let again = scratch.run(&["--ephemeral", "record", "s.txt"], "exit\n");
    assert!(again.stderr().contains("--force replaces it"), "{}", again.stderr());
    assert_eq!(scratch.read("s.txt"), recording);
}

/// Lines of sessions; files stay where they are.
fn line() -> impl Strategy<Value = String> {
    let key = 4_u32..12;
    prop_oneof![
        "genECCKeyPair -i [1-9] -l [#$\\\\a-z]{1,4}( -sess| -nex|)",
        "genSymKey -t 31 -s (16|32|7) -l [a-z]{1,4}",
        "findKey( -l [a-z]| -sess [01]| -c 4|)",
        key.clone().prop_map(|key| format!("getKeyInfo -k {key}")),
        key.clone().prop_map(|key| format!("deleteKey -k {key}")),
        key.clone().prop_map(|key| format!("getAttribute -o {key} -a 512 -out attr_{key}")),
        key.prop_map(|key| format!("exSymKey -k {key} -w 6 -out key_{key}")),
        Just(LOGIN.to_owned()),
        "(logoutHSM|listUsers|loginStatus|getHSMInfo|help|bogus|listECCCurveIds|)",
        "[ !-~]{0,20}".prop_filter("a session goes on", |line| {
            !line.contains("exit") && !line.contains("quit") && !line.contains('/')
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_recording_of_a_random_session_replays(lines in proptest::collection::vec(line(), 0..12)) {
        let scratch = Scratch::new();
        let lines = format!("{LOGIN}\n{}\nexit\n", lines.join("\n"));
        prop_assert_eq!(scratch.run(&["--ephemeral", "record", "s.txt"], &lines).status(), 0);
        let finished = scratch.run(&["replay", "s.txt"], "");
        prop_assert_eq!(finished.status(), 0, "{}{}{}", lines, finished.stdout(), finished.stderr());
    }
}
