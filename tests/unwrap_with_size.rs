//! unWrapKeyWithSize: what the openssl command wrapped comes in, told its size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Scratch, openssl};

/// The wrapping key, in hexadecimal as the openssl command takes it.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The bytes of a secret key of 20 bytes, which RFC 3394 alone cannot wrap.
const SECRET: &[u8] = b"a secret of 20 bytes";

/// The vector that RFC 3394 has by default, and another one.
const DEFAULT: &str = "A6A6A6A6A6A6A6A6";
const OTHER: &str = "0001020304050607";

fn wrap(scratch: &Scratch, cipher: &str, vector: &str, plaintext: &[u8], file: &str) {
    scratch.write("plaintext", plaintext);
    let (input, output) = (["-in", "plaintext"], ["-out", file]);
    let key = ["enc", cipher, "-e", "-K", KEY, "-iv", vector];
    openssl(&scratch.path(""), &[&key[..], &input, &output].concat());
}

fn prepared() -> Scratch {
    let scratch = Scratch::new();
    let bytes: Vec<u8> = (0..32).collect();
    scratch.write("kek", bytes);
    scratch
}

/// Runs lines after the wrapping key came in as key 6.
fn run(scratch: &Scratch, lines: &str) -> String {
    scratch.session(&format!("imSymKey -l kek -t 31 -f kek -w 4\n{lines}"))
}

#[test]
fn every_mechanism_opens_what_openssl_wrapped() {
    let scratch = prepared();
    let filled = [SECRET, &[0; 4]].concat();
    let padded = [SECRET, &[4; 4]].concat();
    wrap(&scratch, "-id-aes256-wrap", DEFAULT, &filled, "bare");
    wrap(&scratch, "-id-aes256-wrap", OTHER, &filled, "other");
    wrap(&scratch, "-id-aes256-wrap-pad", "A65959A6", SECRET, "with-length");
    wrap(&scratch, "-id-aes256-wrap", DEFAULT, &padded, "padded");
    for (vector, wrapped, name) in
        [([0; 8], "bare", "template"), ([0, 1, 2, 3, 4, 5, 6, 7], "other", "other-template")]
    {
        let wrapped = std::fs::read(scratch.path(wrapped)).unwrap();
        scratch.write(name, [&vector[..], &wrapped].concat());
    }
    let common = "-w 6 -l in -t 16 -extractable";
    let output = run(
        &scratch,
        &format!(
            "unWrapKeyWithSize {common} -f bare -s 20\n\
             unWrapKeyWithSize {common} -f bare -s 20 -mech 5 -i {DEFAULT}\n\
             unWrapKeyWithSize {common} -f other -s 20 -mech 5 -i {OTHER}\n\
             unWrapKeyWithSize {common} -f with-length -s 20 -mech 4\n\
             unWrapKeyWithSize {common} -f padded -mech 10\n\
             unWrapKeyWithSize {common} -f template -s 20 -template\n\
             unWrapKeyWithSize {common} -f other-template -s 20 -template\n\
             {}",
            (7..14)
                .map(|key| format!("exSymKey -k {key} -w 4 -out out{key}\n"))
                .collect::<String>()
        ),
    );
    let success = "Cfm3UnWrapKeyWithSize: 0x00 : HSM Return: SUCCESS";
    assert_eq!(output.matches(success).count(), 7, "{output}");
    for key in 7..14 {
        assert_eq!(std::fs::read(scratch.path(&format!("out{key}"))).unwrap(), SECRET, "{key}");
    }
}

#[test]
fn private_keys_come_in_and_stay_unless_they_are_made_extractable() {
    let scratch = prepared();
    let directory = scratch.path("");
    openssl(&directory, &["genrsa", "-out", "rsa.pem", "2048"]);
    openssl(
        &directory,
        &["pkcs8", "-topk8", "-nocrypt", "-in", "rsa.pem", "-outform", "DER", "-out", "rsa.der"],
    );
    let der = std::fs::read(scratch.path("rsa.der")).unwrap();
    wrap(&scratch, "-id-aes256-wrap-pad", "A65959A6", &der, "rsa");
    let common = format!("-f rsa -w 6 -l rsa -t 0 -s {} -mech 4", der.len());
    let output = run(
        &scratch,
        &format!(
            "unWrapKeyWithSize {common} -m 2048\n\
             unWrapKeyWithSize {common} -m 2048 -extractable -sess\n\
             unWrapKeyWithSize {common} -m 3072\n\
             unWrapKeyWithSize {common}\n\
             exportPrivateKey -k 7 -w 4 -out never\n\
             exportPrivateKey -k 8 -w 4 -out out.pem\n\
             findKey -sess 1"
        ),
    );
    assert_eq!(output.matches("  Key Unwrapped.").count(), 2, "{output}");
    assert!(output.contains("Cfm3UnWrapKeyWithSize: 0x33"), "{output}");
    assert!(output.contains(
        "Error: Modulus size in bits (-m) is missing for RSA key type in no template case\n"
    ));
    assert!(output.contains("Cfm3WrapKey returned: 0xba"), "{output}");
    assert!(output.contains("0::0\n8\n"), "{output}");
    assert!(!scratch.path("never").exists());
    let text = |file| openssl(&directory, &["pkey", "-in", file, "-text", "-noout"]);
    assert_eq!(text("rsa.pem"), text("out.pem"));
}

#[test]
fn what_does_not_fit_is_refused_and_makes_no_key() {
    let scratch = prepared();
    wrap(&scratch, "-id-aes256-wrap", DEFAULT, &[7; 32], "wrapped");
    scratch.write("short", "seven b");
    let common = "-w 6 -l in";
    let output = run(
        &scratch,
        &format!(
            "unWrapKeyWithSize {common} -f wrapped -t 31 -s 33\n\
             unWrapKeyWithSize {common} -f wrapped -t 31 -s 24\n\
             unWrapKeyWithSize {common} -f wrapped -t 31 -s 32 -i {OTHER}\n\
             unWrapKeyWithSize {common} -f wrapped -t 31 -s 32 -mech 4\n\
             unWrapKeyWithSize {common} -f wrapped -t 31 -mech 10\n\
             unWrapKeyWithSize {common} -f wrapped -t 21 -s 32\n\
             unWrapKeyWithSize {common} -f wrapped -t 19 -s 32\n\
             unWrapKeyWithSize {common} -f wrapped -t 3 -s 32\n\
             unWrapKeyWithSize {common} -f short -t 31 -s 32 -template\n\
             unWrapKeyWithSize {common} -f wrapped -t 31 -s 32 -mech 4 -i {OTHER}\n\
             unWrapKeyWithSize -w 99 -l in -f wrapped -t 31 -s 32\n\
             findKey -c 4"
        ),
    );
    assert_eq!(output.matches("Cfm3UnWrapKeyWithSize: 0x").count(), 11, "{output}");
    assert!(!output.contains("  Key Unwrapped."), "{output}");
    assert!(output.contains("Total number of keys present 1\n"), "{output}");
}
