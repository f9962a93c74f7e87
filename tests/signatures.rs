//! Every signature mechanism, on every kind of key, against the openssl command
//! in both directions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::crypto::asymmetric::{Algorithm, PrivateKey, PublicKey};
use kmu::crypto::curve::CURVES;
use kmu::crypto::numbers;
use kmu::crypto::random;
use kmu::crypto::signature::Verdict::{Malformed, Mismatch, OtherDigest, Valid, WrongLength};
use kmu::crypto::signature::{Hash, MECHANISMS, Mechanism, Scheme, padded_length, sign, verify};
use support::{Scratch, openssl};

fn digest_option(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "-sha1",
        Hash::Sha224 => "-sha224",
        Hash::Sha256 => "-sha256",
        Hash::Sha384 => "-sha384",
        Hash::Sha512 => "-sha512",
    }
}

/// The options of `openssl dgst` for a mechanism.
fn options(mechanism: &Mechanism) -> Vec<&'static str> {
    let mut options = vec!["dgst", digest_option(mechanism.hash)];
    if mechanism.scheme == Scheme::Pss {
        options.extend(["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"]);
    }
    options
}

fn check(scratch: &Scratch, key: &PrivateKey, name: &str) {
    let directory = scratch.path("");
    let mut random = random::from_system().unwrap();
    let message = b"a message of some length";
    scratch.write("message", message);
    scratch.write("private.der", &key.der);
    scratch.write("public.der", &key.public.der);
    let mut used = 0;
    for mechanism in MECHANISMS.iter().filter(|row| row.fits(key.public.algorithm)) {
        used += 1;
        let ours = sign(&key.der, mechanism, message, &mut random).unwrap();
        assert_eq!(verify(&key.public.der, mechanism, message, &ours), Ok(Valid));
        let (another, first_altered, nothing) = match mechanism.scheme {
            Scheme::Pkcs1 => (OtherDigest, Mismatch, WrongLength),
            Scheme::Pss => (Mismatch, Mismatch, WrongLength),
            Scheme::Ecdsa => (Mismatch, Malformed, Malformed),
        };
        assert_eq!(verify(&key.public.der, mechanism, b"another", &ours), Ok(another));
        for (at, expected) in
            [(0, first_altered), (ours.len() / 3, Mismatch), (ours.len() / 2 - 2, Mismatch)]
        {
            let mut altered = ours.clone();
            altered[at] ^= 4;
            let verdict = verify(&key.public.der, mechanism, message, &altered);
            assert_eq!(verdict, Ok(expected), "{name} {at}");
        }
        assert_eq!(verify(&key.public.der, mechanism, message, &[]), Ok(nothing));

        // OpenSSL takes the file as it is: it needs no padding.
        if mechanism.scheme == Scheme::Ecdsa {
            let curve = key.public.curve().unwrap();
            assert_eq!(ours.len(), padded_length(curve), "{name}");
            let header =
                if ours[1] == 0x81 { 3 + usize::from(ours[2]) } else { 2 + usize::from(ours[1]) };
            assert_eq!(header, ours.len(), "{name} {}", mechanism.name);
        } else {
            assert_eq!(ours.len(), key.public.modulus.len());
        }
        scratch.write("ours", &ours);
        let options = options(mechanism);
        let theirs = ["-keyform", "DER", "-verify", "public.der", "-signature", "ours", "message"];
        let verdict = openssl(&directory, &[&options[..], &theirs].concat());
        assert!(verdict.contains("Verified OK"), "{name} {}", mechanism.name);

        let make = ["-keyform", "DER", "-sign", "private.der", "-out", "theirs", "message"];
        openssl(&directory, &[&options[..], &make].concat());
        let theirs = std::fs::read(scratch.path("theirs")).unwrap();
        let verdict = verify(&key.public.der, mechanism, message, &theirs);
        assert_eq!(verdict, Ok(Valid), "{name} {}", mechanism.name);
        if mechanism.scheme == Scheme::Ecdsa {
            check_padding(&key.public, mechanism, message, &theirs);
        }
    }
    let expected = if key.public.algorithm == Algorithm::Rsa { 10 } else { 5 };
    assert_eq!(used, expected);
}

/// Zero bytes up to the longest DER are padding, as the HSM's own signatures
/// have it; other bytes, or more, are not.
fn check_padding(key: &PublicKey, mechanism: &Mechanism, message: &[u8], signature: &[u8]) {
    let room = padded_length(key.curve().unwrap()) - signature.len();
    for (tail, expected) in [
        (vec![0; room], Valid),
        (vec![0; room / 2], Valid),
        (vec![0; room + 1], Malformed),
        (vec![0; 1000], Malformed),
        (vec![1], Malformed),
        (vec![0, 1], Malformed),
    ] {
        let padded = [signature, &tail].concat();
        assert_eq!(verify(&key.der, mechanism, message, &padded), Ok(expected), "{tail:?}");
    }
}

#[test]
fn ecdsa_agrees_with_openssl_on_every_curve() {
    let scratch = Scratch::new();
    let mut random = random::from_system().unwrap();
    for curve in &CURVES {
        let key = PrivateKey::generate_ec(curve, &mut random).unwrap();
        check(&scratch, &key, curve.name);
    }
}

/// Also moduli that do not fill their bytes, or begin one with a single bit, for
/// which the encoded message of PSS is a byte shorter than the modulus.
#[test]
fn rsa_agrees_with_openssl() {
    let scratch = Scratch::new();
    let mut random = random::from_system().unwrap();
    for bits in [1049, 1055, 1056, 2047, 2048, 2049, 2050] {
        let key = PrivateKey::generate_rsa(bits, 65_537, &mut random).unwrap();
        assert_eq!(u32::try_from(bits), Ok(key.public.modulus_bits));
        check(&scratch, &key, &format!("RSA {bits}"));
    }
    // SHA-512 with a salt as long does not fit in 1024 bits, just.
    let key = PrivateKey::generate_rsa(1024, 65_537, &mut random).unwrap();
    assert!(sign(&key.der, &MECHANISMS[8], b"x", &mut random).is_err());
}

/// What OpenSSL computes of blocks that are padded rightly or not.
#[test]
fn only_what_is_padded_as_a_signature_has_another_digest() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let mut random = random::from_seed(7, 0);
    for bits in [1024, 1049] {
        let key = PrivateKey::generate_rsa(bits, 65_537, &mut random).unwrap();
        scratch.write("private.der", &key.der);
        let length = key.public.modulus.len();
        let block = |start: &[u8], filler: usize, end: &[u8]| {
            let rest = length - start.len() - filler - end.len();
            [start, &vec![255; filler], end, &vec![7; rest]].concat()
        };
        let full = length - 3 - 5;
        for (block, expected) in [
            (block(&[0, 1], full, &[0, 1, 2, 3, 4, 5]), OtherDigest),
            (block(&[0, 1], length - 3, &[0]), OtherDigest),
            (block(&[0, 1], 8, &[0]), OtherDigest),
            (block(&[0, 1], 7, &[0]), Mismatch),
            (block(&[0, 1], 20, &[1]), Mismatch),
            (block(&[0, 1], length - 2, &[]), Mismatch),
            (block(&[0, 2], full, &[0, 1, 2, 3, 4, 5]), Mismatch),
            (block(&[0, 0], 30, &[0]), Mismatch),
        ] {
            scratch.write("block", &block);
            // The same computation as signing, which pkeyutl refuses for long input.
            let sign = ["-decrypt", "-keyform", "DER", "-inkey", "private.der", "-in", "block"];
            let raw = ["-out", "signature", "-pkeyopt", "rsa_padding_mode:none"];
            openssl(&directory, &[&["pkeyutl"], &sign[..], &raw].concat());
            let signature = std::fs::read(scratch.path("signature")).unwrap();
            let verdict = |mechanism| verify(&key.public.der, mechanism, b"x", &signature);
            assert_eq!(verdict(&MECHANISMS[1]), Ok(expected), "{block:?}");
            assert_eq!(verdict(&MECHANISMS[6]), Ok(Mismatch), "{block:?}");
        }
        for number in [key.public.modulus.clone(), vec![255; length]] {
            let verdict = verify(&key.public.der, &MECHANISMS[1], b"x", &number);
            assert_eq!(verdict, Ok(Mismatch));
        }
    }
}

#[test]
fn numbers_longer_than_the_order_are_no_signature() {
    let key = PrivateKey::generate_ec(&CURVES[1], &mut random::from_seed(8, 0)).unwrap();
    let length = usize::from(CURVES[1].key_bits).div_ceil(8);
    for (r, expected) in [(length, Mismatch), (length + 1, Malformed)] {
        let signature = numbers::write(&[&vec![1; r], &[1]]).unwrap();
        let verdict = verify(&key.public.der, &MECHANISMS[12], b"x", &signature);
        assert_eq!(verdict, Ok(expected), "{r}");
    }
}

#[test]
fn a_mechanism_of_another_algorithm_is_refused() {
    let mut random = random::from_seed(1, 0);
    let ec = PrivateKey::generate_ec(&CURVES[1], &mut random).unwrap();
    let rsa = PrivateKey::generate_rsa(1024, 65_537, &mut random).unwrap();
    for mechanism in &MECHANISMS {
        let (fitting, other) =
            if mechanism.scheme == Scheme::Ecdsa { (&ec, &rsa) } else { (&rsa, &ec) };
        assert!(mechanism.fits(fitting.public.algorithm));
        assert!(!mechanism.fits(other.public.algorithm));
        assert!(sign(&other.der, mechanism, b"x", &mut random).is_err());
        assert!(verify(&other.public.der, mechanism, b"x", b"x").is_err());
    }
}
