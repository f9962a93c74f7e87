//! getCert: real X.509 certificates, which the openssl command verifies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;

use support::{LOGIN, Scratch, openssl};

/// Writes every certificate, each to a file of its number.
const ALL: &str = "getCert -f 1 -s 1\ngetCert -f 2 -s 2\ngetCert -f 4 -s 4\n\
                   getCert -f 8 -s 8\ngetCert -f 16 -s 16";

/// Whether openssl finds its way from a trusted root to a certificate.
fn verifies(scratch: &Scratch, root: &str, between: Option<&str>, certificate: &str) -> bool {
    let mut command = Command::new("openssl");
    command.current_dir(scratch.path("")).args(["verify", "-x509_strict", "-CAfile", root]);
    if let Some(between) = between {
        command.args(["-untrusted", between]);
    }
    command.arg(certificate).output().unwrap().status.success()
}

#[test]
fn both_chains_verify_and_no_other_does() {
    let scratch = Scratch::new();
    let output = scratch.session(ALL);
    assert_eq!(output.matches("Cfm3GetCert() returned 0 :HSM Return: SUCCESS").count(), 5);
    assert!(verifies(&scratch, "1", None, "1"));
    assert!(verifies(&scratch, "1", None, "2"));
    assert!(verifies(&scratch, "1", Some("2"), "16"));
    assert!(verifies(&scratch, "4", None, "4"));
    assert!(verifies(&scratch, "4", None, "8"));
    for (root, certificate) in [("4", "2"), ("4", "16"), ("1", "8"), ("1", "16")] {
        assert!(!verifies(&scratch, root, None, certificate), "{root} {certificate}");
    }
    let key = |file: &str| openssl(&scratch.path(""), &["x509", "-in", file, "-noout", "-pubkey"]);
    assert_eq!(key("8"), key("16"), "the cluster has one key under both roots");
    assert_ne!(key("2"), key("16"));
}

#[test]
fn certificates_stay_the_same_in_the_next_process_and_nodes_have_their_own() {
    let scratch = Scratch::new();
    let run = |node: u8, copy: &str| {
        scratch.write("cluster.toml", format!("session_node = {node}\n"));
        let input = format!("{LOGIN}\n{ALL}\nexit\n");
        let options = ["--state", "state", "--cluster", "cluster.toml"];
        assert_eq!(scratch.run(&options, input).status(), 0);
        for number in ["1", "2", "4", "8", "16"] {
            let name = format!("{copy}{number}");
            std::fs::rename(scratch.path(number), scratch.path(&name)).unwrap();
        }
    };
    run(0, "first");
    run(0, "second");
    run(2, "third");
    for number in ["1", "2", "4", "8", "16"] {
        assert_eq!(
            scratch.read(&format!("first{number}")),
            scratch.read(&format!("second{number}"))
        );
    }
    for number in ["1", "4", "8"] {
        assert_eq!(
            scratch.read(&format!("first{number}")),
            scratch.read(&format!("third{number}"))
        );
    }
    assert!(verifies(&scratch, "first1", None, "third2"));
    assert!(verifies(&scratch, "first1", Some("third2"), "third16"));
    assert!(!verifies(&scratch, "first1", Some("first2"), "third16"));
}

#[test]
fn a_failure_leaves_an_existing_file_alone() {
    let scratch = Scratch::new();
    scratch.write("kept", "content");
    let output = scratch.session("getCert -f kept -s 32\nlogoutHSM\ngetCert -f kept -s 1");
    assert!(output.contains("Cfm3GetCert() failed with erro code 51 :"), "{output}");
    assert!(output.contains("Cfm3GetCert() failed with erro code 160 :HSM Error: No user"));
    assert_eq!(scratch.read("kept"), "content");
    let output = scratch.session("getCert -f no/such/directory -s 1");
    assert!(output.contains("Error: Empty file: no/such/directory"), "{output}");
}
