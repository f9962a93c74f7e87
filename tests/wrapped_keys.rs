//! wrapKey and unWrapKey: every mechanism with and without header. The bare
//! blobs are held against the openssl command in `interop`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch};

/// The wrapping keys' handles: AES, DES3, RSA public, RSA private.
const AES: u64 = 6;
const DES3: u64 = 7;
const RSA_PUBLIC: u64 = 8;
const RSA_PRIVATE: u64 = 9;

/// The keys that wrap and unwrap with each mechanism, and what it needs without a header.
const MECHANISMS: [(u32, u64, u64, &str); 9] = [
    (4, AES, AES, ""),
    (5, AES, AES, ""),
    (6, AES, AES, ""),
    (7, RSA_PUBLIC, RSA_PRIVATE, "-t 3"),
    (8, RSA_PUBLIC, RSA_PRIVATE, "-t 3"),
    (9, DES3, DES3, ""),
    (10, AES, AES, "-iv_file vector -aad aad"),
    (11, AES, AES, "-aad aad"),
    (12, RSA_PUBLIC, RSA_PRIVATE, ""),
];

/// A session in which the wrapping keys exist and the AES key's bytes are known.
fn run(scratch: &Scratch, lines: &str) -> String {
    scratch.write("aes.key", [0x5a; 32]);
    scratch.write("aad", "additional data");
    let make = "imSymKey -f aes.key -t 31 -l aes -w 4\n\
                genSymKey -t 21 -s 24 -l des\n\
                genRSAKeyPair -m 2048 -e 65537 -l rsa";
    let output = scratch.session(&format!("{make}\n{lines}"));
    assert!(output.contains("public key handle: 8    private key handle: 9"), "{output}");
    output
}

#[test]
fn every_mechanism_returns_the_key_with_a_header() {
    let scratch = Scratch::new();
    let mut lines =
        String::from("genSymKey -t 31 -s 32 -l original\ngetAttribute -o 10 -a 371 -out kcv\n");
    for (index, (mechanism, wrapping, unwrapping, _)) in MECHANISMS.iter().enumerate() {
        let handle = 11 + index;
        lines += &format!(
            "wrapKey -k 10 -w {wrapping} -out w{mechanism} -m {mechanism}\n\
             unWrapKey -f w{mechanism} -w {unwrapping}\n\
             getAttribute -o {handle} -a 371 -out kcv{mechanism}\n\
             getAttribute -o {handle} -a 3 -out label{mechanism}\n\
             getAttribute -o {handle} -a 355 -out local{mechanism}\n"
        );
    }
    let output = run(&scratch, &lines);
    assert_eq!(output.matches("Cfm2WrapKey returned: 0x00").count(), 9, "{output}");
    assert_eq!(output.matches("Cfm3UnWrapKey returned: 0x00").count(), 10, "{output}");
    assert!(
        output.contains(
            "\n        Key Wrapped.\n\n        Wrapped Key written to file \"w4 length 80\n"
        ),
        "{output}"
    );
    for (mechanism, ..) in MECHANISMS {
        assert_eq!(scratch.read(&format!("kcv{mechanism}")), scratch.read("kcv"), "{mechanism}");
        assert_eq!(scratch.read(&format!("label{mechanism}")), "OBJ_ATTR_LABEL\noriginal\n");
        assert_eq!(scratch.read(&format!("local{mechanism}")), "OBJ_ATTR_LOCAL\n0x00000000\n");
    }
}

#[test]
fn every_mechanism_returns_the_key_without_a_header() {
    let scratch = Scratch::new();
    let mut lines =
        String::from("genSymKey -t 31 -s 32 -l original\ngetAttribute -o 10 -a 371 -out kcv\n");
    for (index, (mechanism, wrapping, unwrapping, more)) in MECHANISMS.iter().enumerate() {
        let handle = 11 + index;
        lines += &format!(
            "wrapKey -k 10 -w {wrapping} -out w{mechanism} -m {mechanism} -noheader {more}\n\
             unWrapKey -f w{mechanism} -w {unwrapping} -m {mechanism} -noheader -l new -kc 4 -kt 31 {more}\n\
             getAttribute -o {handle} -a 371 -out kcv{mechanism}\n"
        );
    }
    let output = run(&scratch, &lines);
    assert_eq!(output.matches("        Key Unwrapped.  Key Handle: ").count(), 9, "{output}");
    for (mechanism, ..) in MECHANISMS {
        assert_eq!(scratch.read(&format!("kcv{mechanism}")), scratch.read("kcv"), "{mechanism}");
    }
}

#[test]
fn private_keys_are_wrapped_too() {
    let scratch = Scratch::new();
    let output = run(
        &scratch,
        "genECCKeyPair -i 12 -l ec\n\
         wrapKey -k 11 -w 6 -out ec.wrapped\n\
         unWrapKey -f ec.wrapped -w 6 -l again\n\
         exportPrivateKey -k 11 -w 6 -out one.pem\n\
         exportPrivateKey -k 12 -w 6 -out two.pem\n\
         wrapKey -k 9 -w 6 -out rsa.wrapped -m 6 -noheader\n\
         unWrapKey -f rsa.wrapped -w 6 -m 6 -noheader -l rsa -kc 3 -kt 0\n\
         unWrapKey -f rsa.wrapped -w 6 -m 6 -noheader -l rsa -kc 3 -kt 3\n\
         unWrapKey -f rsa.wrapped -w 6 -m 6 -noheader -l rsa -kc 4 -kt 31",
    );
    assert_eq!(scratch.read("one.pem"), scratch.read("two.pem"), "{output}");
    assert!(output.contains("Key Unwrapped.  Key Handle: 13\n"), "{output}");
    assert_eq!(output.matches("Cfm2UnWrapWithTemplate3 returned: 0x33").count(), 2, "{output}");
}

#[test]
fn what_does_not_fit_or_was_changed_is_refused() {
    let scratch = Scratch::new();
    run(&scratch, "genSymKey -t 31 -s 16 -l x\nwrapKey -k 10 -w 6 -out w");
    let wrapped = std::fs::read(scratch.path("w")).unwrap();
    let mut lines = String::new();
    // The same AES key again, so everything but the changed byte fits.
    for at in 0..wrapped.len() {
        let mut changed = wrapped.clone();
        changed[at] ^= 1;
        scratch.write(&format!("c{at}"), changed);
        lines += &format!("unWrapKey -f c{at} -w 6\n");
    }
    scratch.write("cut", &wrapped[..wrapped.len() - 8]);
    let output = run(
        &scratch,
        &(lines
            + "unWrapKey -f cut -w 6\n\
               unWrapKey -f w -w 6 -m 6\n\
               unWrapKey -f aad -w 6\n\
               findKey -c 4\n\
               unWrapKey -f w -w 7\n\
               wrapKey -k 6 -w 99 -out never\n\
               wrapKey -k 99 -w 6 -out never\n\
               wrapKey -k 8 -w 6 -out never\n\
               wrapKey -k 6 -w 9 -out never -m 8\n\
               wrapKey -k 6 -w 7 -out never -m 6\n\
               wrapKey -k 6 -w 6 -out never -m 3\n\
               wrapKey -k 6 -w 6 -out never -m 10 -noheader\n\
               unWrapKey -f w -w 6 -noheader\n\
               genSymKey -t 31 -s 16 -l fixed -nex\n\
               wrapKey -k 10 -w 6 -out never"),
    );
    assert!(output.contains("\n6, 7\n"), "no changed blob became a key: {output}");
    assert!(!scratch.path("never").exists());
    assert!(output.contains("Cfm2WrapKey returned: 0xa8"), "{output}");
    assert!(output.contains("Cfm2WrapKey returned: 0xba"), "{output}");
    assert!(output.contains("Cfm2WrapKey returned: 0x33"), "{output}");
    assert!(output.contains("Error: IV file (-iv_file) is missing"), "{output}");
    assert!(output.contains("Error: Key label (-l) is missing."), "{output}");
}

#[test]
fn bytes_are_wrapped_and_unwrapped_on_the_client_side() {
    let scratch = Scratch::new();
    scratch.write("3DES.key", [0x11; 24]);
    scratch.write("long", vec![1; 4097]);
    let output = run(
        &scratch,
        "aesWrapUnwrap -f 3DES.key -w 6 -m 1 -out 3DES.key.wrapped\n\
         aesWrapUnwrap -m 0 -f 3DES.key.wrapped -w 6 -out 3DES.key.unwrapped\n\
         aesUnwrapPkcs8Buffer -f 3DES.key.wrapped -w 6\n\
         aesWrapUnwrap -f 3DES.key -w 6 -m 1 -i 0011223344556677\n\
         aesWrapUnwrap -f wrapped_key -w 6 -m 0 -out never\n\
         aesWrapUnwrap -f 3DES.key -w 4 -m 1 -out never\n\
         aesWrapUnwrap -f 3DES.key -w 7 -m 1 -out never\n\
         aesWrapUnwrap -f long -w 6 -m 1 -out never\n\
         aesWrapUnwrap -f 3DES.key -w 6 -m 2 -out never\n\
         aesWrapUnwrap -f 3DES.key -w 6 -m 1 -i 00 -out never\n\
         aesWrapUnwrap -f 3DES.key -w 6 -out never",
    );
    let warning = "\n        Warning: IV (-i) is missing.\n                 0xA6A6A6A6A6A6A6A6 is \
                   considered as default IV\nresult data:\n";
    assert!(output.contains(warning), "{output}");
    let unwrapped = "result data:\n11 11 11 11 11 11 11 11 \n11 11 11 11 11 11 11 11 \n\
                     11 11 11 11 11 11 11 11 \n\nresult written to file 3DES.key.unwrapped \n\n        \
                     Cfm3UnWrapHostKey returned: 0x00 : HSM Return: SUCCESS\n";
    assert!(output.contains(unwrapped), "{output}");
    assert!(output.contains("aesUnwrapPkcs8Buffer returned: 0x00"), "{output}");
    assert_eq!(std::fs::read(scratch.path("3DES.key.wrapped")).unwrap().len(), 40);
    assert_eq!(std::fs::read(scratch.path("3DES.key.unwrapped")).unwrap(), [0x11; 24]);
    assert_eq!(std::fs::read(scratch.path("unwrapped_key")).unwrap(), [0x11; 24]);
    for expected in [
        "Cfm3UnWrapHostKey returned: 0xbe",
        "Cfm3WrapHostKey returned: 0xb8",
        "Error: long is longer than 4096 bytes.",
        "Error: wrapping or unwrapping mode should be 0 or 1.",
        "Error: Invalid IV length 1",
        "Error: wrapping or unwrapping mode (-m) is missing.",
    ] {
        assert!(output.contains(expected), "{expected} in {output}");
    }
    assert!(!scratch.path("never").exists());
}

#[test]
fn why_arguments_do_not_fit_is_told() {
    let scratch = Scratch::new();
    let lines = format!(
        "{LOGIN}\ngenSymKey -t 31 -s 32 -l x\n\
         wrapKey -k 6 -w 6 -m 5 -noheader -out bare\n"
    );
    for (line, told) in [
        ("unWrapKeyWithSize -f bare -w 6 -l x -t 31 -s 24", "the key has another size"),
        ("unWrapKeyWithSize -f bare -w 6 -l x -t 77 -s 32", "77 is not the type of a key"),
        (
            "unWrapKeyWithSize -f bare -w 6 -l x -t 31 -s 32 -mech 4 -i A6A6A6A6A6A6A6A6",
            "this mechanism takes no initialization vector",
        ),
        ("unWrapKey -f bare -w 6 -m 5 -noheader -l x -kc 2 -kt 31", "only secret and private keys"),
        ("getCert -f x -s 3", "there is no certificate of the subject 3"),
    ] {
        let finished = scratch.run(&["--ephemeral"], format!("{lines}{line}\n"));
        let codes = [": 0x33 : CSP Error: ERR_ARGUMENTS_BAD", "51 :CSP Error: ERR_ARGUMENTS_BAD"];
        let printed = finished.stdout();
        assert!(codes.iter().any(|code| printed.contains(code)), "{line}: {printed}");
        assert!(finished.stderr().contains(told), "{line}: {}", finished.stderr());
    }
}
