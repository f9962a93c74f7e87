//! RSA.

use crypto_bigint::{BoxedUint, ConcatenatingMul};
use kmu::crypto::asymmetric::{PrivateKey, PublicKey};
use kmu::crypto::pem::{read_private_key, read_public_key, write};
use kmu::crypto::{Error, numbers, random};
use rsa::pkcs1::EncodeRsaPrivateKey;

use crate::support::forged::{NULL, RSA, inner, pkcs8, sequence, spki};
use crate::support::{Scratch, openssl};
use crate::{Numbers, bytes, large, plus, read};

/// Refused as PKCS#8 and in its own block.
fn refuse_rsa(numbers: &Numbers<9>, what: &str) {
    let key = sequence(numbers);
    let whole = pkcs8(RSA, Some(NULL), &key, None);
    assert_eq!(PrivateKey::from_der(&whole).err(), Some(Error::InvalidKey), "{what}");
    let text = write("RSA PRIVATE KEY", &key).unwrap();
    assert_eq!(read_private_key(text.as_bytes()).err(), Some(Error::InvalidKey), "{what}");
}

#[test]
fn rsa_private_keys_whose_numbers_disagree() {
    let mut random = random::from_seed(40, 0);
    let key = PrivateKey::generate_rsa(1024, 65_537, &mut random).unwrap();
    let good: Numbers<9> = read(&inner(&key.der));
    let again = PrivateKey::from_pkcs1(&sequence(&good)).unwrap();
    assert_eq!(again.der, key.der);

    let names = ["version", "n", "e", "d", "p", "q", "dP", "dQ", "qInv"];
    for (at, name) in names.iter().enumerate() {
        for addend in [1, 2, 65_536] {
            let mut changed = good.clone();
            changed[at] = plus(&good[at], addend);
            // A version of 1 without more primes is another complaint.
            if at > 0 || addend > 1 {
                refuse_rsa(&changed, &format!("{name} + {addend}"));
            }
        }
        for value in [vec![], vec![1], vec![2], vec![0xff; 128], vec![0xff; 4000]] {
            if value != good[at] && (at > 0 || value != [1]) && (at > 0 || !value.is_empty()) {
                let mut changed = good.clone();
                changed[at] = value;
                refuse_rsa(&changed, name);
            }
        }
    }
    let [version, n, e, d, p, q, dp, dq, inverse] = good.clone();
    let swapped = [&version, &n, &e, &d, &q, &p, &dp, &dq, &inverse].map(Clone::clone);
    refuse_rsa(&swapped, "the primes in another order than the rest");
    let square = bytes(&large(&p).concatenating_mul(&large(&p)));
    let one = vec![1];
    let squared = [&version, &square, &e, &d, &p, &p, &dp, &dp, &one].map(Clone::clone);
    refuse_rsa(&squared, "n = p * p");
    let trivial = [&version, &n, &one, &one, &p, &q, &one, &one, &inverse].map(Clone::clone);
    refuse_rsa(&trivial, "e = d = 1");
    let unfactored = [&version, &n, &e, &d, &n, &one, &dp, &dq, &inverse].map(Clone::clone);
    refuse_rsa(&unfactored, "p = n, q = 1");
}

/// The rsa crate takes any factors for primes; every other relation holds here.
#[test]
fn rsa_private_keys_with_a_factor_that_is_not_prime() {
    let mut random = random::from_seed(41, 0);
    let mut prime = |bits| -> BoxedUint {
        let flavor = crypto_primes::Flavor::Any;
        let mut random = &mut random;
        crypto_primes::random_prime(&mut random, flavor, bits)
    };
    let key = loop {
        let composite = prime(256).concatenating_mul(&prime(256));
        let made = rsa::PrivateKey::from_p_q(composite, prime(512), 65_537u64.into());
        // Some products are too short, some exponents have no inverse.
        if let Ok(key) = made
            && key.validate().is_ok()
            && numbers::bits(&bytes(rsa::traits::PublicKeyParts::n(&key))) == 1024
        {
            break key;
        }
    };
    refuse_rsa(&read(key.to_pkcs1_der().unwrap().as_bytes()), "a composite factor");
}

#[test]
fn rsa_keys_of_openssl_that_are_too_short_or_too_long_or_have_three_primes() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    for (arguments, expected) in [
        (&["512"][..], Error::InvalidKey),
        (&["1022"], Error::InvalidKey),
        (&["4098"], Error::InvalidKey),
        (&["-primes", "3", "2048"], Error::SeveralPrimes),
    ] {
        openssl(&directory, &[&["genrsa", "-out", "key.pem"], arguments].concat());
        openssl(&directory, &["rsa", "-in", "key.pem", "-traditional", "-out", "old.pem"]);
        for file in ["key.pem", "old.pem"] {
            let refused = read_private_key(scratch.read(file).as_bytes()).err();
            assert_eq!(refused, Some(expected), "{arguments:?} {file}");
        }
        if expected == Error::InvalidKey {
            for form in ["-pubout", "-RSAPublicKey_out"] {
                openssl(&directory, &["rsa", "-in", "key.pem", form, "-out", "public.pem"]);
                let refused = read_public_key(scratch.read("public.pem").as_bytes()).err();
                assert_eq!(refused, Some(expected), "{arguments:?} {form}");
            }
        }
    }
}

#[test]
fn rsa_public_keys_that_cannot_be() {
    let mut random = random::from_seed(42, 0);
    let key = PrivateKey::generate_rsa(1024, 65_537, &mut random).unwrap().public;
    let (n, e) = (key.modulus.clone(), key.public_exponent.clone());
    let long_exponent = vec![0xff; 100];
    let power = [vec![1], vec![0; 512]].concat();
    let huge = vec![0xff; 40_000];
    for (modulus, exponent) in [
        (&plus(&n, 1), &e),
        (&n, &vec![1]),
        (&n, &vec![2]),
        (&n, &vec![]),
        (&n, &plus(&e, 1)),
        (&n, &long_exponent),
        (&n, &n),
        (&vec![], &e),
        (&vec![3], &e),
        (&n[1..].to_vec(), &e),
        (&plus(&power, 1), &e),
        (&huge, &e),
        (&n, &huge),
    ] {
        let inner = sequence(&[modulus, exponent]);
        let whole = spki(RSA, Some(NULL), &inner);
        assert_eq!(PublicKey::from_der(&whole).err(), Some(Error::InvalidKey));
        assert_eq!(PublicKey::from_pkcs1(&inner).err(), Some(Error::InvalidKey));
        assert_eq!(PublicKey::from_rsa(modulus, exponent).err(), Some(Error::InvalidKey));
    }
    // Leading zeros are no part of a number.
    let padded = PublicKey::from_rsa(&[&[0; 9], &n[..]].concat(), &[&[0; 9], &e[..]].concat());
    assert_eq!(padded, Ok(key));
}
