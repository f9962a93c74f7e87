//! Keys that come in and go out through files, and signatures, in the shell's
//! own commands. That their bytes are right is the business of `interop`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Scratch, openssl};

/// A cluster without FIPS mode, so that every curve works.
fn run(scratch: &Scratch, lines: &str) -> String {
    scratch.write("cluster.toml", "fips_mode = false\n");
    let input = format!("{}\ngenSymKey -t 31 -s 32 -l wrapping\n{lines}\nexit\n", support::LOGIN);
    let finished = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], input);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

#[test]
fn the_check_value_is_what_openssl_encrypts() {
    let scratch = Scratch::new();
    scratch.write("zeros", [0; 16]);
    scratch.write("in.key", [0x42; 32]);
    run(
        &scratch,
        "imSymKey -f in.key -t 31 -l x -w 6\ngetAttribute -o 7 -a 371 -out kcv\ngetAttribute -o 7 -a 355 -out local",
    );
    let key = "42".repeat(32);
    let encrypt = ["enc", "-aes-256-ecb", "-nopad", "-K", &key, "-in", "zeros", "-out", "block"];
    openssl(&scratch.path(""), &encrypt);
    let block = std::fs::read(scratch.path("block")).unwrap();
    let expected = format!("OBJ_ATTR_KCV\n0x{:02x}{:02x}{:02x}\n", block[0], block[1], block[2]);
    assert_eq!(scratch.read("kcv"), expected);
    assert_eq!(scratch.read("local"), "OBJ_ATTR_LOCAL\n0x00000000\n");
}

#[test]
fn a_wrapping_key_file_must_be_the_wrapping_key() {
    let scratch = Scratch::new();
    scratch.write("w.key", [7; 32]);
    scratch.write("other.key", [8; 32]);
    scratch.write("short.key", [8; 15]);
    let output = run(
        &scratch,
        "imSymKey -f w.key -t 31 -l w -w 6\n\
         imSymKey -f other.key -t 31 -l a -w 7 -wk w.key\n\
         imSymKey -f other.key -t 31 -l b -w 7 -wk other.key\n\
         imSymKey -f other.key -t 31 -l b -w 7 -wk short.key\n\
         exSymKey -k 8 -w 7 -out a.out -wk w.key\n\
         exSymKey -k 8 -w 7 -out b.out -wk other.key\n\
         findKey -c 4",
    );
    assert!(output.contains("\n6, 7, 8\n"), "{output}");
    assert!(output.contains("Cfm3UnWrapKey returned: 0xbe"), "{output}");
    assert!(output.contains("\nInvalid file. Should be an AES key\n"), "{output}");
    assert!(output.contains("AES_unwrap_key failed\n"), "{output}");
    assert_eq!(std::fs::read(scratch.path("a.out")).unwrap(), [8; 32]);
    assert!(!scratch.path("b.out").exists());
}

#[test]
fn keys_are_used_for_what_they_allow_only() {
    let scratch = Scratch::new();
    scratch.write("x", "message");
    let output = run(
        &scratch,
        "genSymKey -t 21 -s 24 -l des\n\
         genECCKeyPair -i 2 -l fixed -nex\n\
         genECCKeyPair -i 2 -l quorum -u 4 -m_value 2\n\
         exSymKey -k 6 -w 7 -out never\n\
         exportPrivateKey -k 9 -w 6 -out never\n\
         exportPrivateKey -k 11 -w 6 -out never\n\
         sign -f x -k 11 -m 17 -out never\n\
         sign -f x -k 8 -m 17 -out never\n\
         verify -f x -s x -k 9 -m 17\n\
         exportPubKey -k 9 -out never\n\
         exportPubKey -k 99 -out never\n\
         logoutHSM\n\
         loginHSM -u CU -s alice -p example_pwd\n\
         exSymKey -k 6 -w 4 -out never\n\
         exportPrivateKey -k 11 -w 4 -out never",
    );
    for expected in [
        "Cfm3WrapKey returned: 0xb8",
        "Cfm3WrapKey returned: 0xba",
        "Cfm3WrapKey returned: 0xb9",
        "Cfm3Sign returned: 0xb9",
        "Cfm3Sign returned: 0x32",
        "Cfm3Verify returned: 0x32",
        "Cfm3ExportPubKey returned: 0x33",
        "Cfm3ExportPubKey returned: 0xa8",
        "Cfm3WrapKey returned: 0xa8",
        "Cfm3WrapKey returned: 0xc6",
    ] {
        assert!(output.contains(expected), "{expected} in {output}");
    }
    assert!(!scratch.path("never").exists());
}

#[test]
fn files_that_are_no_keys_are_refused_and_nothing_is_made() {
    let scratch = Scratch::new();
    scratch.write("text", "not a key");
    scratch.write("empty", "");
    scratch.write("17.key", [1; 17]);
    let output = run(
        &scratch,
        "importPubKey -f text -l x\n\
         importPubKey -f none -l x\n\
         importPrivateKey -f text -l x -w 6\n\
         importPrivateKey -f empty -l x -w 6\n\
         imSymKey -f 17.key -t 31 -l x -w 6\n\
         imSymKey -f 17.key -t 99 -l x -w 6\n\
         imSymKey -f 17.key -t 16 -l x -w 99\n\
         imSymKey -f 17.key -t 16 -l x -w 6 -u 3\n\
         findKey",
    );
    for expected in [
        " Failed to read Public Key from file text\n",
        "WARNING: Failed to read from the file \"none\".",
        "failed to read private key from file\n\n",
        "Error: File name (-f) is missing.",
        "Cfm3UnWrapKey returned: 0x33",
        "Cfm3WrapHostKey returned: 0xa8",
        "Cfm3CreateUnwrapTemplate returned: 0xb6",
        "Total number of keys present 1\n",
    ] {
        assert!(output.contains(expected), "{expected} in {output}");
    }
}

#[test]
fn fake_pem_files_hold_a_handle_and_are_recognised() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["genrsa", "-out", "real.pem", "2048"]);
    let output = run(
        &scratch,
        "genRSAKeyPair -m 2048 -e 65537 -l rsa\n\
         genECCKeyPair -i 2 -l p256\n\
         genECCKeyPair -i 12 -l binary\n\
         getCaviumPrivKey -k 8 -out rsa.pem\n\
         getCaviumPrivKey -k 0xa -out ec.pem\n\
         getCaviumPrivKey -k 12 -out never\n\
         getCaviumPrivKey -k 7 -out never\n\
         getCaviumPrivKey -k 6 -out never\n\
         getCaviumPrivKey -k 99 -out never\n\
         IsValidKeyHandlefile -f rsa.pem\n\
         IsValidKeyHandlefile -f real.pem\n\
         IsValidKeyHandlefile -f ec.pem\n\
         IsValidKeyHandlefile -f none\n\
         exportPubKey -k 7 -out rsa.pub\n\
         exportPubKey -k 9 -out ec.pub\n\
         deleteKey -k 8\n\
         IsValidKeyHandlefile -f rsa.pem",
    );
    for expected in [
        "\n\nPrivate Key Handle is written to rsa.pem in fake PEM format\n\n        \
         getCaviumPrivKey returned: 0x00 : HSM Return: SUCCESS\n",
        "\n        EC_GROUP_get_curve_GFp failed\n",
        "\n        Input key handle should be RSA/ECDSA private key handle\n",
        "\n        Failed to get key attribute\n",
        "\n\n         Input file has key handle: 8 \n\n",
        "\n\n         Input key file has real private key \n\n",
        "\n\n:         error in Reading private key file ec.pem \n\n",
        "\n\n          error in opening file none \n\n",
        "\n\n         Input file has invalid key handle: 8 \n",
    ] {
        assert!(output.contains(expected), "{expected:?} in {output}");
    }
    assert!(!scratch.path("never").exists());
    // OpenSSL reads the fakes, and finds the real public halves in them.
    let text = openssl(&directory, &["rsa", "-in", "rsa.pem", "-noout", "-modulus"]);
    let public = ["rsa", "-pubin", "-in", "rsa.pub", "-noout", "-modulus"];
    assert_eq!(text.lines().next(), openssl(&directory, &public).lines().next());
    openssl(&directory, &["asn1parse", "-in", "ec.pem"]);
    openssl(&directory, &["ec", "-in", "ec.pem", "-pubout", "-out", "ec.fakepub"]);
    assert_eq!(scratch.read("ec.fakepub"), scratch.read("ec.pub"));
}
