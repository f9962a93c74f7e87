//! Input that no command line should be: each gets a message, changes nothing,
//! and the shell goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch};

/// Feeds bytes after a login and checks that the shell still answers afterwards.
fn feed(bytes: &[u8]) -> String {
    let scratch = Scratch::new();
    let input = [LOGIN.as_bytes(), b"\n", bytes, b"\nfindKey\nloginStatus\nexit\n"].concat();
    let finished = scratch.run(&["--ephemeral"], input);
    assert_eq!(finished.status(), 0);
    let output = finished.stdout();
    assert!(output.contains("Total number of keys present 0\n"), "{output}");
    assert!(output.contains("CU has logged-in"), "{output}");
    output
}

#[test]
fn bytes_that_are_not_text() {
    assert!(
        feed(b"genECCKeyPair -i 2 -l \xff\xfe").contains("Error: the line is not valid UTF-8.")
    );
    assert!(feed(b"genECCKeyPair -i 2 -l a\0b").contains("Error: the line holds a NUL byte."));
}

#[test]
fn a_line_of_ten_megabytes() {
    let line = [b"genECCKeyPair -i 2 -l ".to_vec(), vec![b'x'; 10_000_000]].concat();
    assert!(feed(&line).contains("Error: the line is longer than 65536 bytes."));
}

#[test]
fn a_label_of_ten_thousand_bytes() {
    let line = format!("genECCKeyPair -i 2 -l {}", "x".repeat(10_000));
    assert!(feed(line.as_bytes()).contains("Error: Key label (-l) is longer than 127 bytes."));
    let line = format!("genECCKeyPair -i 2 -l x -id {}", "x".repeat(128));
    assert!(feed(line.as_bytes()).contains("Error: Key ID (-id) is longer than 127 bytes."));
}

#[test]
fn too_many_words() {
    let line = format!("genECCKeyPair -i 2 -l x {}", "-sess ".repeat(200));
    assert!(feed(line.as_bytes()).contains("Error: the line has more than 98 words."));
}

#[test]
fn numbers_out_of_range() {
    for line in [
        "genECCKeyPair -i 18446744073709551616 -l x",
        "genECCKeyPair -i -2 -l x",
        "genECCKeyPair -i 2 -l x -min_srv 18446744073709551616",
        "genECCKeyPair -i 2 -l x -min_srv 1 -timeout 4294967296",
        "genECCKeyPair -i 2 -l x -m_value 256",
        "genECCKeyPair -i 2 -l x -u 65539",
        "deleteKey -k 18446744073709551616",
        "getAttribute -o 6 -a 4294967808 -out x",
    ] {
        let output = feed(line.as_bytes());
        assert!(output.contains("Error: ") || output.contains("Description"), "{line}: {output}");
    }
    let output = feed(b"deleteKey -k 18446744073709551615");
    assert!(output.contains("Cfm3FindKey returned: 0xa8"), "{output}");
}

#[test]
fn a_file_that_cannot_be_written() {
    let scratch = Scratch::new();
    scratch.write("keep", "precious");
    std::fs::create_dir(scratch.path("folder")).unwrap();
    for file in ["no/such/folder", "folder", "/dev/full", "keep/below", ""] {
        let output = scratch.session(&format!(
            "genECCKeyPair -i 2 -l x\ngetAttribute -o 7 -a 512 -out '{file}'\nfindKey"
        ));
        assert!(
            output.contains("Failed to open file\n \n        Cfm3GetAttribute returned: 0x30"),
            "{file}: {output}"
        );
        assert!(output.contains("Total number of keys present 2\n"), "{file}: {output}");
    }
    assert_eq!(scratch.read("keep"), "precious");
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().count(), 2, "nothing was left behind");
}

#[test]
fn an_argument_that_is_not_text() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new();
    let mut command = scratch.command(&["--ephemeral", "singlecmd", "findKey", "-l"]);
    let output = command.arg(std::ffi::OsStr::from_bytes(b"\xff")).output().unwrap();
    assert_eq!(output.status.code(), Some(255));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not valid UTF-8"));
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    let scratch = Scratch::new();
    let script = format!("yes help | {} --ephemeral | head -n 3", env!("CARGO_BIN_EXE_kmu"));
    let output = scratch.shell(&script);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_strict_run_says_that_nobody_read_it_to_its_end() {
    let scratch = Scratch::new();
    let program = env!("CARGO_BIN_EXE_kmu");
    for (option, expected) in [("", "0\n"), ("--strict", "1\n")] {
        let script = format!(
            "{{ yes help | {program} --ephemeral {option}; echo $? > status; }} | head -n 3"
        );
        let shell = scratch.shell(&script);
        assert!(shell.status.success());
        assert_eq!(scratch.read("status"), expected);
    }
}

#[test]
fn a_cluster_file_that_is_wrong() {
    let scratch = Scratch::new();
    for (content, expected) in [
        ("fips = true", "line 1: "),
        ("[[node]]\nid = 'zero'", "line 2: "),
        ("[[user]]\nname = 'a'\ntype = 'CU'\npassword = 'short'", "7 to 32 bytes"),
        ("\u{0}", "line 1: "),
    ] {
        scratch.write("cluster.toml", content);
        let finished = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], "");
        assert_eq!(finished.status(), 255, "{content}");
        assert!(finished.stderr().contains(expected), "{content}: {}", finished.stderr());
        assert!(finished.stderr().starts_with("kmu: cluster file cluster.toml: "));
    }
    let finished = scratch.run(&["--ephemeral", "--cluster", "none"], "");
    assert_eq!(finished.status(), 255);
}
