//! Published vectors (tests/vectors/README.md) through the functions that the
//! commands use. Each test counts its cases, so that none can get lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::crypto::asymmetric::{PrivateKey, PublicKey};
use kmu::crypto::curve::{self, Curve};
use kmu::crypto::signature;
use kmu::crypto::wrap::{self, Hash, Mechanism, Parameters, WrappingKey};
use kmu::crypto::{Error, random};
use pkcs8::der::Encode;
use support::forged::{DSA, EC, NULL, RSA, integer, pkcs8, sequence, spki};

/// What a case must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Valid,
    Invalid,
    /// Either answer is right.
    Acceptable,
}

struct Case<'a> {
    group: Vec<&'a str>,
    name: &'a str,
    verdict: Verdict,
    fields: Vec<Vec<u8>>,
}

impl Case<'_> {
    fn number(&self, at: usize) -> u32 {
        self.group[at].parse().unwrap()
    }

    fn curve(&self) -> &'static Curve {
        curve::by_id(self.number(0)).unwrap()
    }

    fn check(&self, accepted: bool) {
        let right = match self.verdict {
            Verdict::Valid => accepted,
            Verdict::Invalid => !accepted,
            Verdict::Acceptable => true,
        };
        let group = &self.group[..self.group.len().min(2)];
        assert!(right, "{group:?} {} is {:?}, but not here", self.name, self.verdict);
    }
}

fn hexadecimal(field: &str) -> Vec<u8> {
    let digits = if field == "." { "" } else { field };
    assert!(digits.len().is_multiple_of(2), "{field}");
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Runs every case of a file; `expected` is how many there are, and how many of them valid.
fn run(file: &str, name: &str, expected: (usize, usize), mut check: impl FnMut(&Case<'_>)) {
    let mut group = Vec::new();
    let (mut count, mut valid) = (0, 0);
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let first = words.next().unwrap();
        if first == "@" {
            group = words.collect();
            continue;
        }
        let verdict = match words.next().unwrap() {
            "+" => Verdict::Valid,
            "-" => Verdict::Invalid,
            "?" => Verdict::Acceptable,
            other => panic!("no verdict: {other}"),
        };
        let fields = words.map(hexadecimal).collect();
        check(&Case { group: group.clone(), name: first, verdict, fields });
        count += 1;
        valid += usize::from(verdict == Verdict::Valid);
    }
    println!("{name}: {count} cases, of which {valid} are valid");
    assert_eq!((count, valid), expected, "{name}");
}

fn ec_public_key(curve: &Curve, point: &[u8]) -> Vec<u8> {
    spki(EC, Some(&curve.object_identifier.to_der().unwrap()), point)
}

fn verify(key: &[u8], mechanism: u32, message: &[u8], signature: &[u8]) -> bool {
    let mechanism = signature::Mechanism::from_number(mechanism).unwrap();
    let verdict = signature::verify(key, mechanism, message, signature).unwrap();
    verdict == signature::Verdict::Valid
}

#[test]
fn ecdsa_of_wycheproof() {
    let file = include_str!("vectors/ecdsa-wycheproof.txt");
    run(file, "ECDSA, Wycheproof", (1240, 586), |case| {
        let [message, signature] = &case.fields[..] else { panic!("{}", case.name) };
        let key = ec_public_key(case.curve(), &hexadecimal(case.group[2]));
        case.check(verify(&key, case.number(1), message, signature));
    });
}

#[test]
fn ecdsa_of_cavp() {
    let file = include_str!("vectors/ecdsa-cavp.txt");
    run(file, "ECDSA, CAVP", (350, 125), |case| {
        let [message, x, y, r, s] = &case.fields[..] else { panic!("{}", case.name) };
        let key = ec_public_key(case.curve(), &[&[4], &x[..], y].concat());
        let accepted = PublicKey::from_der(&key).is_ok()
            && verify(&key, case.number(1), message, &sequence(&[r, s]));
        case.check(accepted);
    });
}

#[test]
fn ec_keys_of_cavp() {
    let file = include_str!("vectors/ec-keys-cavp.txt");
    run(file, "EC keys, CAVP", (330, 210), |case| {
        let [scalar, x, y] = &case.fields[..] else { panic!("{}", case.name) };
        let curve = case.curve();
        let point = [&[4], &x[..], y].concat();
        case.check(PublicKey::from_der(&ec_public_key(curve, &point)).is_ok());
        if !scalar.is_empty() {
            assert_eq!(curve.public_point(&curve.secret(scalar).unwrap()), Ok(point.clone()));
            // Compressed and back.
            let bit = if curve.is_binary() { None } else { Some(y[y.len() - 1] & 1) };
            let forms = bit.map_or(vec![2, 3], |bit| vec![2 + bit]);
            let found = forms.iter().any(|form| {
                curve.uncompressed(&[&[*form], &x[..]].concat()).as_ref() == Ok(&point)
            });
            assert!(found, "{}", case.name);
        }
    });
}

#[test]
fn dsa_keys_of_cavp() {
    let file = include_str!("vectors/dsa-keys-cavp.txt");
    let mut last = None;
    run(file, "DSA keys, CAVP", (20, 20), |case| {
        let [x, y] = &case.fields[..] else { panic!("{}", case.name) };
        let parameters: Vec<_> = case.group.iter().map(|number| hexadecimal(number)).collect();
        let parameters = sequence(&parameters);
        let y = integer(y);
        let private = |public: Option<&[u8]>| {
            PrivateKey::from_der(&pkcs8(DSA, Some(&parameters), &integer(x), public))
        };
        let public = PublicKey::from_der(&spki(DSA, Some(&parameters), &y));
        assert_eq!(private(None).unwrap().public, *public.as_ref().unwrap(), "{}", case.name);
        case.check(private(Some(&y)).is_ok());
        // The public half of the key before, on other parameters or the same.
        if let Some(other) = last.replace(y) {
            assert_eq!(private(Some(&other)).err(), Some(Error::Mismatch), "{}", case.name);
        }
    });
}

#[test]
fn rsa_signatures() {
    let file = include_str!("vectors/rsa-signatures.txt");
    let mut by_mechanism = [0; 10];
    run(file, "RSA signatures", (456, 95), |case| {
        let [message, signature] = &case.fields[..] else { panic!("{}", case.name) };
        let numbers = [1, 2].map(|at| hexadecimal(case.group[at]));
        let key = spki(RSA, Some(NULL), &sequence(&numbers));
        by_mechanism[case.number(0) as usize] += 1;
        case.check(verify(&key, case.number(0), message, signature));
    });
    println!("by mechanism: {by_mechanism:?}");
    assert!(by_mechanism.iter().all(|count| *count > 0), "{by_mechanism:?}");
}

/// Whether a blob opens to the plaintext. No key has no bytes, so an empty one
/// must not open. Anything else than the plaintext fails the test.
fn opens(
    mechanism: u32,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    blob: &[u8],
    plaintext: &[u8],
) -> bool {
    let mechanism = Mechanism::from_number(mechanism).unwrap();
    let mut random = random::from_seed(70, 0);
    match wrap::unwrap(mechanism, parameters, key, blob, &mut random) {
        Ok(opened) => {
            assert_eq!(*opened, plaintext);
            assert!(!opened.is_empty());
            true
        }
        Err(error) => {
            assert_eq!(error, Error::Unwrap);
            plaintext.is_empty()
        }
    }
}

/// The same for a case: an empty valid one is refused, which [`opens`] has checked.
fn check_opening(
    case: &Case<'_>,
    mechanism: u32,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    (blob, plaintext): (&[u8], &[u8]),
) {
    if case.verdict == Verdict::Invalid {
        let mechanism = Mechanism::from_number(mechanism).unwrap();
        let mut random = random::from_seed(71, 0);
        let opened = wrap::unwrap(mechanism, parameters, key, blob, &mut random);
        assert_eq!(opened, Err(Error::Unwrap), "{}", case.name);
    } else {
        case.check(opens(mechanism, parameters, key, blob, plaintext));
    }
}

#[test]
fn rsa_decryption() {
    let file = include_str!("vectors/rsa-decryption.txt");
    run(file, "RSA decryption", (355, 97), |case| {
        let [plaintext, blob] = &case.fields[..] else { panic!("{}", case.name) };
        let hash = Hash::from_number(case.number(1)).unwrap();
        let parameters = Parameters { hash, ..Parameters::default() };
        let key = hexadecimal(case.group[2]);
        let key = WrappingKey::RsaPrivate(&key);
        check_opening(case, case.number(0), &parameters, key, (blob, plaintext));
    });
}

#[test]
fn key_wrap() {
    let file = include_str!("vectors/key-wrap.txt");
    run(file, "key wrap", (519, 203), |case| {
        let [key, plaintext, blob] = &case.fields[..] else { panic!("{}", case.name) };
        let mechanism = case.number(0);
        let parameters = Parameters::default();
        let key = if mechanism == 9 { WrappingKey::Des3(key) } else { WrappingKey::Aes(key) };
        check_opening(case, mechanism, &parameters, key, (blob, plaintext));
        if case.verdict == Verdict::Valid {
            let mut random = random::from_seed(72, 0);
            let mechanism = Mechanism::from_number(mechanism).unwrap();
            let wrapped = wrap::wrap(mechanism, &parameters, key, plaintext, &mut random);
            assert_eq!(wrapped.as_ref(), Ok(blob), "{}", case.name);
        }
    });
}

#[test]
fn aes_gcm() {
    let file = include_str!("vectors/aes-gcm.txt");
    run(file, "AES-GCM", (255, 174), |case| {
        let [key, vector, additional_data, plaintext, blob] = &case.fields[..] else {
            panic!("{}", case.name)
        };
        let parameters = Parameters {
            initialization_vector: Some(vector),
            additional_data,
            ..Parameters::default()
        };
        let key = WrappingKey::Aes(key);
        check_opening(case, 10, &parameters, key, (blob, plaintext));
        // Mechanism 11 is the same with the vector in front.
        if vector.len() == 12 {
            let whole = [&vector[..], blob].concat();
            check_opening(case, 11, &parameters, key, (&whole, plaintext));
        }
        if case.verdict == Verdict::Valid && !plaintext.is_empty() {
            let mut random = random::from_seed(73, 0);
            let wrapped = wrap::wrap(Mechanism::AesGcm, &parameters, key, plaintext, &mut random);
            assert_eq!(wrapped.as_ref(), Ok(blob), "{}", case.name);
        }
    });
}
