//! Keys that are well-formed DER and yet no keys: their numbers contradict each
//! other, are out of range, or make no secure key. Each is refused, and none
//! makes the program panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod dsa;
mod ec;
mod rsa;
#[path = "../support/mod.rs"]
mod support;

use crypto_bigint::BoxedUint;
use kmu::crypto::asymmetric::{PrivateKey, PublicKey};
use kmu::crypto::curve::CURVES;
use kmu::crypto::pem::{read_private_key, read_public_key};
use kmu::crypto::{Error, numbers, random};
use support::forged::{DSA, EC, NULL, RSA, inner, inner_public, pkcs8, spki};
use support::{Scratch, openssl};

/// Numbers of a SEQUENCE, big endian.
pub type Numbers<const COUNT: usize> = [Vec<u8>; COUNT];

/// The numbers of a SEQUENCE.
pub fn read<const COUNT: usize>(der: &[u8]) -> Numbers<COUNT> {
    numbers::read(der).unwrap().map(|number| number.to_vec())
}

/// Bytes as a number to compute with.
pub fn large(number: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(number)
}

/// A number as bytes without leading zeros.
pub fn bytes(number: &BoxedUint) -> Vec<u8> {
    number.to_be_bytes_trimmed_vartime().to_vec()
}

/// A number plus a small one.
pub fn plus(number: &[u8], addend: i64) -> Vec<u8> {
    let number = large(&[&[0; 8], number].concat());
    let small = BoxedUint::from(addend.unsigned_abs());
    bytes(&if addend < 0 { &number - &small } else { &number + &small })
}

#[test]
fn parameters_of_another_algorithm() {
    let mut random = random::from_seed(43, 0);
    let key = PrivateKey::generate_rsa(1024, 65_537, &mut random).unwrap();
    let (private, public) = (inner(&key.der), inner_public(&key.public.der));
    // Some leave out the NULL, and OpenSSL reads them.
    for parameters in [None, Some(NULL)] {
        let read = PrivateKey::from_der(&pkcs8(RSA, parameters, &private, None)).unwrap();
        assert_eq!(read.der, key.der);
        let read = PublicKey::from_der(&spki(RSA, parameters, &public)).unwrap();
        assert_eq!(read, key.public);
    }
    let curve: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 0x22];
    for (algorithm, parameters, error) in [
        (RSA, Some(curve), Error::InvalidKey),
        (DSA, None, Error::InvalidKey),
        (DSA, Some(NULL), Error::InvalidKey),
        (DSA, Some(curve), Error::InvalidKey),
        (EC, None, Error::InvalidKey),
        (EC, Some(NULL), Error::InvalidKey),
    ] {
        let refused = PrivateKey::from_der(&pkcs8(algorithm, parameters, &private, None)).err();
        assert_eq!(refused, Some(error), "{algorithm} {parameters:?}");
        let refused = PublicKey::from_der(&spki(algorithm, parameters, &public)).err();
        assert_eq!(refused, Some(error), "{algorithm} {parameters:?}");
    }
}

#[test]
fn a_second_version_of_pkcs8_with_another_public_half() {
    let mut random = random::from_seed(44, 0);
    let parameters = dsa::parameters();
    let mut make = |kind: usize| match kind {
        0 => PrivateKey::generate_rsa(1024, 65_537, &mut random).unwrap(),
        1 => PrivateKey::generate_dsa(&parameters, &mut random).unwrap(),
        kind => PrivateKey::generate_ec(&CURVES[kind - 2], &mut random).unwrap(),
    };
    for kind in 0..18 {
        let (key, other) = (make(kind), make(kind));
        let info = pkcs8::PrivateKeyInfoRef::try_from(&key.der[..]).unwrap();
        let with = |public: &[u8]| {
            let mut info = info.clone();
            info.public_key = Some(pkcs8::der::asn1::BitStringRef::from_bytes(public).unwrap());
            PrivateKey::from_der(&pkcs8::der::Encode::to_der(&info).unwrap())
        };
        let own = inner_public(&key.public.der);
        assert_eq!(with(&own).unwrap().der, key.der, "{kind}");
        let refused = with(&inner_public(&other.public.der)).err();
        assert_eq!(refused, Some(Error::Mismatch), "{kind}");
        assert!(with(&own[..own.len() - 1]).is_err(), "{kind}");
        assert!(with(&[]).is_err(), "{kind}");
    }
}

#[test]
fn algorithms_that_are_none_of_ours() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    for algorithm in ["ED25519", "ED448", "X25519", "RSA-PSS"] {
        openssl(&directory, &["genpkey", "-algorithm", algorithm, "-out", "key.pem"]);
        openssl(&directory, &["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"]);
        let refused = read_private_key(scratch.read("key.pem").as_bytes()).err();
        assert_eq!(refused, Some(Error::UnknownAlgorithm), "{algorithm}");
        let refused = read_public_key(scratch.read("public.pem").as_bytes()).err();
        assert_eq!(refused, Some(Error::UnknownAlgorithm), "{algorithm}");
    }
}
