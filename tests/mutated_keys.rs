//! Valid key files, cut at every length and changed at every byte, through
//! every reader: nothing panics, and whatever is still accepted is a whole key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::crypto::asymmetric::{Algorithm, PrivateKey, PublicKey};
use kmu::crypto::curve::CURVES;
use kmu::crypto::signature::{MECHANISMS, Verdict, sign, verify};
use kmu::crypto::{fake_pem, pem, random};
use support::forged::{inner, inner_public, sequence};
use support::{Scratch, openssl};

/// Every cut of a file, and every byte of it changed in several ways; only in
/// one way where each reading takes a multiple of a point.
fn mutations(file: &[u8], thorough: bool) -> impl Iterator<Item = Vec<u8>> {
    let cuts = (0..file.len()).map(|length| file[..length].to_vec());
    let changes = (0..file.len()).flat_map(move |at| {
        let changes = if thorough { vec![0x01, 0x10, 0x80, 0xff] } else { vec![0x80 >> (at % 8)] };
        changes.into_iter().map(move |change| {
            let mut changed = file.to_vec();
            changed[at] ^= change;
            changed
        })
    });
    let longer = [0, 1, 0x30].map(|byte| [file, &[byte]].concat());
    cuts.chain(changes).chain(longer)
}

/// How many mutations there were, and how many were accepted.
struct Tally {
    thorough: bool,
    tried: usize,
    accepted: usize,
}

impl Tally {
    fn new(thorough: bool) -> Self {
        Self { thorough, tried: 0, accepted: 0 }
    }
}

/// A public key that was accepted reads back the same from what is kept of it.
fn check_public(key: &PublicKey) {
    assert_eq!(PublicKey::from_der(&key.der).as_ref(), Ok(key));
}

/// A private key that was accepted reads back the same, and signs for its public half.
fn check_private(key: &PrivateKey) {
    check_public(&key.public);
    let again = PrivateKey::from_der(&key.der).unwrap();
    assert_eq!(again.der, key.der);
    assert_eq!(again.public, key.public);
    let mechanism = MECHANISMS.iter().find(|row| row.fits(key.public.algorithm));
    if let Some(mechanism) = mechanism {
        let signature = sign(&key.der, mechanism, b"x", &mut random::from_seed(60, 0)).unwrap();
        assert_eq!(verify(&key.public.der, mechanism, b"x", &signature), Ok(Verdict::Valid));
    }
}

fn run_private(file: &[u8], tally: &mut Tally, read: impl Fn(&[u8]) -> Option<PrivateKey>) {
    check_private(&read(file).unwrap());
    for mutation in mutations(file, tally.thorough) {
        tally.tried += 1;
        if let Some(key) = read(&mutation) {
            tally.accepted += 1;
            check_private(&key);
        }
    }
}

fn run_public(file: &[u8], tally: &mut Tally, read: impl Fn(&[u8]) -> Option<PublicKey>) {
    check_public(&read(file).unwrap());
    for mutation in mutations(file, tally.thorough) {
        tally.tried += 1;
        if let Some(key) = read(&mutation) {
            tally.accepted += 1;
            check_public(&key);
        }
    }
}

/// Both halves as DER in every form, and as PEM.
fn run(key: &PrivateKey) -> Tally {
    let mut tally = Tally::new(key.public.algorithm != Algorithm::Ec);
    run_private(&key.der, &mut tally, |der| PrivateKey::from_der(der).ok());
    run_public(&key.public.der, &mut tally, |der| PublicKey::from_der(der).ok());
    match key.public.algorithm {
        Algorithm::Rsa => {
            let read = |der: &[u8]| PrivateKey::from_pkcs1(der).ok();
            run_private(&inner(&key.der), &mut tally, read);
            let read = |der: &[u8]| PublicKey::from_pkcs1(der).ok();
            run_public(&inner_public(&key.public.der), &mut tally, read);
        }
        Algorithm::Ec => {
            let curve = key.public.curve().unwrap();
            let read = |der: &[u8]| PrivateKey::from_sec1(der, Some(curve)).ok();
            run_private(&inner(&key.der), &mut tally, read);
        }
        Algorithm::Dsa => {}
    }
    tally
}

#[test]
fn rsa_keys() {
    let key = PrivateKey::generate_rsa(1024, 65_537, &mut random::from_seed(61, 0)).unwrap();
    let tally = run(&key);
    println!("RSA: {} mutations, {} accepted", tally.tried, tally.accepted);
    assert!(tally.tried > 7_000, "{}", tally.tried);
    // Bits of the modulus and of the exponent of public keys are anyone's choice.
    assert!((1..1_500).contains(&tally.accepted), "{}", tally.accepted);
}

#[test]
fn dsa_keys() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["dsaparam", "-outform", "DER", "-out", "parameters", "1024"]);
    let parameters = std::fs::read(scratch.path("parameters")).unwrap();
    let mut random = random::from_seed(62, 0);
    let key = PrivateKey::generate_dsa(&parameters, &mut random).unwrap();
    let mut tally = run(&key);

    scratch.write("key.pem", pem::write_private_key(&key.der).unwrap().as_bytes());
    let traditional = ["-traditional", "-outform", "DER", "-out", "key.der"];
    openssl(&directory, &[&["pkey", "-in", "key.pem"], &traditional[..]].concat());
    let file = std::fs::read(scratch.path("key.der")).unwrap();
    run_private(&file, &mut tally, |der| {
        pem::read_private_key(pem::write("DSA PRIVATE KEY", der).unwrap().as_bytes()).ok()
    });
    println!("DSA: {} mutations, {} accepted", tally.tried, tally.accepted);
    assert!(tally.tried > 5_000, "{}", tally.tried);
    // Only another x makes another whole key.
    assert!((1..150).contains(&tally.accepted), "{}", tally.accepted);
    run_parameters(&parameters);
}

/// Parameters that are accepted make whole keys.
fn run_parameters(parameters: &[u8]) {
    let mut random = random::from_seed(63, 0);
    for mutation in mutations(parameters, true) {
        if let Ok(key) = PrivateKey::generate_dsa(&mutation, &mut random) {
            check_private(&key);
        }
    }
}

#[test]
fn ec_keys_of_every_curve() {
    let mut random = random::from_seed(64, 0);
    for curve in &CURVES {
        let key = PrivateKey::generate_ec(curve, &mut random).unwrap();
        let tally = run(&key);
        println!("{}: {} mutations, {} accepted", curve.name, tally.tried, tally.accepted);
        assert!(tally.tried > 400, "{}", tally.tried);
        // The halves hold each other.
        assert!(tally.accepted < 40, "{} {}", curve.name, tally.accepted);
        let compressed = compressed(&key);
        let mut tally = Tally::new(false);
        run_public(&compressed, &mut tally, |der| PublicKey::from_der(der).ok());
    }
}

/// The public key with its point in compressed form, as OpenSSL writes it.
fn compressed(key: &PrivateKey) -> Vec<u8> {
    let scratch = Scratch::new();
    scratch.write("public", &key.public.der);
    let convert = ["ec", "-pubin", "-inform", "DER", "-in", "public", "-conv_form", "compressed"];
    let write = ["-outform", "DER", "-out", "compressed"];
    openssl(&scratch.path(""), &[&convert[..], &write].concat());
    std::fs::read(scratch.path("compressed")).unwrap()
}

#[test]
fn pem_files() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1.pem"]);
    openssl(&directory, &["pkey", "-in", "sec1.pem", "-pubout", "-out", "public.pem"]);
    let mut tally = Tally::new(true);
    let read = |text: &[u8]| pem::read_private_key(text).ok();
    run_private(scratch.read("sec1.pem").as_bytes(), &mut tally, read);
    let read = |text: &[u8]| pem::read_public_key(text).ok();
    run_public(scratch.read("public.pem").as_bytes(), &mut tally, read);
    println!("PEM: {} mutations, {} accepted", tally.tried, tally.accepted);
    assert!(tally.tried > 2_000, "{}", tally.tried);
    // A fake key is looked at by another reader.
    let fake = fake_pem::rsa(&[0xc5; 128], &[1, 0, 1], 77).unwrap();
    assert_eq!(fake_pem::examine(fake.as_bytes()), Ok(fake_pem::Examined::Handle(77)));
    for mutation in mutations(fake.as_bytes(), true) {
        let _ = fake_pem::examine(&mutation).is_ok();
    }
}

/// Lengths that promise gigabytes cost nothing.
#[test]
fn lengths_beyond_the_file() {
    for length in [&[0x84, 0x7f, 0xff, 0xff, 0xff][..], &[0x88, 0xff, 0xff, 0xff, 0xff], &[0x80]] {
        for tag in [0x30, 0x02, 0x03, 0x04, 0x06] {
            let bytes = [&[tag], length, &[0; 40]].concat();
            assert!(PrivateKey::from_der(&bytes).is_err());
            assert!(PrivateKey::from_pkcs1(&bytes).is_err());
            assert!(PrivateKey::from_sec1(&bytes, Some(&CURVES[1])).is_err());
            assert!(PublicKey::from_der(&bytes).is_err());
            assert!(PublicKey::from_pkcs1(&bytes).is_err());
        }
    }
    let long = vec![0xff; 48_000];
    assert!(PrivateKey::from_pkcs1(&sequence(&[&long[..]; 9])).is_err());
    assert!(PublicKey::from_pkcs1(&sequence(&[&long[..]; 2])).is_err());
}
