//! Signatures of every mechanism, made here and verified there, and the other
//! way round.

use kmu::crypto::curve::CURVES;
use kmu::crypto::numbers;
use kmu::crypto::signature::{Hash, MECHANISMS, Mechanism, Scheme};

use crate::support::{Scratch, openssl};
use crate::{bytes, session};

/// The command and options of openssl for a mechanism.
fn digest(mechanism: &Mechanism) -> Vec<&'static str> {
    let hash = match mechanism.hash {
        Hash::Sha1 => "-sha1",
        Hash::Sha224 => "-sha224",
        Hash::Sha256 => "-sha256",
        Hash::Sha384 => "-sha384",
        Hash::Sha512 => "-sha512",
    };
    let mut arguments = vec!["dgst", hash];
    if mechanism.scheme == Scheme::Pss {
        // -1 is the length of the hash.
        arguments.extend(["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"]);
    }
    arguments
}

/// ECDSA on all sixteen curves.
pub fn ecdsa() -> usize {
    let scratch = Scratch::new();
    let make = |name: &str, file: &str| {
        let arguments = ["ecparam", "-name", name, "-genkey", "-noout", "-out", file];
        openssl(&scratch.path(""), &arguments);
    };
    let names: Vec<_> = CURVES.iter().map(|curve| curve.openssl_name.to_owned()).collect();
    both_ways(&scratch, &names, make, |_, mechanism| mechanism.scheme == Scheme::Ecdsa)
}

/// Both paddings with moduli of four lengths.
pub fn rsa() -> usize {
    let scratch = Scratch::new();
    let make = |bits: &str, file: &str| {
        openssl(&scratch.path(""), &["genrsa", "-out", file, bits]);
    };
    let names = ["1024", "2048", "3072", "4096"].map(str::to_owned);
    both_ways(&scratch, &names, make, |bits, mechanism| {
        // SHA-512 with a salt as long does not fit in 1024 bits.
        let fits =
            bits != "1024" || (mechanism.scheme, mechanism.hash) != (Scheme::Pss, Hash::Sha512);
        mechanism.scheme != Scheme::Ecdsa && fits
    })
}

/// Each key with each of its mechanisms in both directions; how many those were.
fn both_ways(
    scratch: &Scratch,
    names: &[String],
    make: impl Fn(&str, &str),
    uses: impl Fn(&str, &Mechanism) -> bool,
) -> usize {
    let directory = scratch.path("");
    let message = scratch.write("message", "a message of some length");
    let message = message.to_str().unwrap();
    let mut lines = String::new();
    let mut signatures = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let (private_file, public_file) = (format!("{name}.pem"), format!("{name}.pub"));
        make(name, &private_file);
        openssl(&directory, &["pkey", "-in", &private_file, "-pubout", "-out", &public_file]);
        let (private, public) = (6 + 2 * index, 7 + 2 * index);
        lines += &format!(
            "importPrivateKey -f {private_file} -l x -w 4\nimportPubKey -f {public_file} -l x\n"
        );
        for mechanism in MECHANISMS.iter().filter(|mechanism| uses(name, mechanism)) {
            let number = mechanism.number;
            let (ours, theirs) =
                (format!("{name}-{number}.ours"), format!("{name}-{number}.theirs"));
            let sign = ["-sign", &private_file, "-out", &theirs, message];
            openssl(&directory, &[&digest(mechanism)[..], &sign].concat());
            lines += &format!(
                "sign -f message -k {private} -m {number} -out {ours}\n\
                 verify -f message -s {ours} -k {public} -m {number}\n\
                 verify -f message -s {theirs} -k {public} -m {number}\n"
            );
            signatures.push((mechanism, ours, public_file.clone()));
        }
    }
    let output = session(scratch, &lines);
    let verified = output.matches("Cfm3Verify returned: 0x00").count();
    assert_eq!(verified, 2 * signatures.len(), "{output}");
    for (mechanism, ours, public_file) in &signatures {
        if mechanism.scheme == Scheme::Ecdsa {
            // OpenSSL wants the DER without the zero bytes after it.
            let padded = bytes(scratch, ours);
            let (_, length) = numbers::read_prefix::<2>(&padded).unwrap();
            assert!(padded[length..].iter().all(|byte| *byte == 0), "{ours}");
            scratch.write(ours, &padded[..length]);
        }
        let verify = ["-verify", public_file, "-signature", ours, message];
        let verdict = openssl(&directory, &[&digest(mechanism)[..], &verify].concat());
        assert!(verdict.contains("Verified OK"), "{ours}: {verdict}");
    }
    2 * signatures.len()
}
