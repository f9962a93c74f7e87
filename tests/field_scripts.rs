//! Scripts as users of the real clients have them, run unchanged: shell loops
//! around singlecmd, expect, pexpect, a driver of pseudo-terminals. They find
//! kmu in their PATH under the clients' names.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

use support::{Scratch, openssl};

const NAMES: [&str; 3] = ["kmu", "key_mgmt_util", "azcloudhsm_util"];

/// Runs a script of tests/field, which must succeed, and returns what it prints.
fn run(scratch: &Scratch, script: &str) -> String {
    let programs = scratch.path("bin");
    std::fs::create_dir(&programs).unwrap();
    for name in NAMES {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_kmu"), programs.join(name)).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(script);
    let interpreter = std::fs::read_to_string(&script).unwrap();
    let mut interpreter =
        interpreter.lines().next().unwrap().trim_start_matches("#!").split_whitespace();
    let output = Command::new(interpreter.next().unwrap())
        .args(interpreter)
        .arg(&script)
        .current_dir(scratch.path(""))
        .env_clear()
        .env("HOME", scratch.path(""))
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("TERM", "dumb")
        .env("HSM_USER", "example_user")
        .env("HSM_PASSWORD", "example_pwd")
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (printed, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}: {printed}{errors}", script.display());
    printed.lines().map(|line| line.trim().to_owned() + "\n").collect()
}

#[test]
fn a_shell_loop_cuts_handles_out_of_the_output() {
    assert_eq!(run(&Scratch::new(), "replace_keys.sh"), "17\n17\n17  HSM Return\n0\n");
}

#[test]
fn a_shell_loop_for_the_client_of_2018_does_too() {
    let expected = "6 7\n8 9\n10 11\n6 Cfm3DeleteKey returned: 0x00\n0\n";
    assert_eq!(run(&Scratch::new(), "replace_keys_classic.sh"), expected);
}

#[test]
fn an_expect_script_imports_a_key() {
    let scratch = Scratch::new();
    openssl(&scratch.path(""), &["genrsa", "-out", "server.pem", "2048"]);
    assert_eq!(run(&scratch, "import_key.exp"), "imported 7, exit status 0\n");
    assert!(scratch.read("fake.pem").starts_with("-----BEGIN RSA PRIVATE KEY-----"));
}

#[test]
fn a_pexpect_script_signs_a_file() {
    let scratch = Scratch::new();
    scratch.write("message", "what is signed");
    let expected = "mode 00000000\nnodes ['1', '2', '3']\nsigned True\nmissing 0xa8\nstatus 0\n";
    assert_eq!(run(&scratch, "sign_file.py"), expected);
    let verify = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message"];
    assert!(openssl(&scratch.path(""), &verify).contains("Verified OK"));
}

#[test]
fn a_driver_of_terminals_finds_its_keys() {
    let expected = "4\n7\n9\n['7,', '9']\n0\n";
    assert_eq!(run(&Scratch::new(), "drive_terminal.py"), expected);
}
