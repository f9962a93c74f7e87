//! DSA.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd, RandomBits, Resize};
use kmu::crypto::asymmetric::{PrivateKey, PublicKey};
use kmu::crypto::pem::{read_private_key, write};
use kmu::crypto::{Error, numbers, random};

use crate::support::forged::{DSA, inner, inner_public, integer, pkcs8, sequence, spki};
use crate::support::{Scratch, openssl};
use crate::{Numbers, bytes, large, plus, read};

/// Domain parameters of 1024 and 224 bits, DER.
pub fn parameters() -> Vec<u8> {
    let scratch = Scratch::new();
    let make = ["dsaparam", "-outform", "DER", "-out", "parameters.der", "1024"];
    openssl(&scratch.path(""), &make);
    std::fs::read(scratch.path("parameters.der")).unwrap()
}

/// Refused as parameters to generate with, and in keys of both classes.
fn refuse_domain(domain: &Numbers<3>, x: &[u8], y: &[u8], what: &str) {
    let mut random = random::from_seed(45, 0);
    let parameters = sequence(domain);
    let generated = PrivateKey::generate_dsa(&parameters, &mut random).err();
    assert_eq!(generated, Some(Error::InvalidParameters), "{what}");
    let private = pkcs8(DSA, Some(&parameters), &integer(x), None);
    assert_eq!(PrivateKey::from_der(&private).err(), Some(Error::InvalidKey), "{what}");
    let public = spki(DSA, Some(&parameters), &integer(y));
    assert_eq!(PublicKey::from_der(&public).err(), Some(Error::InvalidKey), "{what}");
}

#[test]
fn dsa_domain_parameters_that_are_none() {
    let mut random = random::from_seed(46, 0);
    let parameters = parameters();
    let key = PrivateKey::generate_dsa(&parameters, &mut random).unwrap();
    let x = numbers::read_one(&inner(&key.der)).unwrap();
    let y = numbers::read_one(&inner_public(&key.public.der)).unwrap();
    let [p, q, g]: Numbers<3> = read(&parameters);
    for (p, q, g, what) in [
        (p.clone(), q.clone(), vec![], "g = 0"),
        (p.clone(), q.clone(), vec![1], "g = 1"),
        (p.clone(), q.clone(), vec![2], "g = 2"),
        (p.clone(), q.clone(), plus(&p, -1), "g = p - 1"),
        (p.clone(), q.clone(), p.clone(), "g = p"),
        (p.clone(), q.clone(), plus(&p, 1), "g = p + 1"),
        (p.clone(), q.clone(), plus(&g, 1), "g of another order"),
        (p.clone(), q.clone(), vec![0xff; 1000], "a long g"),
        (p.clone(), plus(&q, 1), g.clone(), "an even q"),
        (p.clone(), plus(&q, 2), g.clone(), "q does not divide p - 1"),
        (p.clone(), vec![2], g.clone(), "q = 2"),
        (p.clone(), vec![], g.clone(), "q = 0"),
        (p.clone(), p.clone(), g.clone(), "q = p"),
        (plus(&p, 1), q.clone(), g.clone(), "an even p"),
        (plus(&p, 2), q.clone(), g.clone(), "another p"),
        (vec![], q.clone(), g.clone(), "p = 0"),
        (vec![0xff; 128], q.clone(), g.clone(), "p = 2^1024 - 1"),
        (vec![0xff; 1000], q.clone(), g.clone(), "a long p"),
        (q.clone(), p.clone(), g.clone(), "p and q exchanged"),
    ] {
        refuse_domain(&[p, q, g], &x, &y, what);
    }
}

/// A random prime of so many bits that is 1 modulo `divisor`.
fn prime_above(divisor: &BoxedUint, bits: u32, random: &mut random::Random) -> BoxedUint {
    let divisor = divisor.resize(bits);
    loop {
        let candidate = BoxedUint::random_bits(random, bits);
        let remainder = &candidate % &NonZero::new(divisor.clone()).unwrap();
        let candidate = &candidate.wrapping_sub(&remainder) + &BoxedUint::one();
        if numbers::bits(&bytes(&candidate)) == bits
            && crypto_primes::is_prime(crypto_primes::Flavor::Any, &candidate)
        {
            return candidate;
        }
    }
}

/// An element of the order `q`, where `group` is the order of the group modulo `modulus`.
fn of_order(q: &BoxedUint, group: &BoxedUint, modulus: &BoxedUint) -> BoxedUint {
    let bits = modulus.bits_precision();
    let q = NonZero::new(q.resize(bits)).unwrap();
    let cofactor = &group.resize(bits) / &q;
    let parameters = BoxedMontyParams::new_vartime(Odd::new(modulus.clone()).unwrap());
    let base = BoxedUint::from(3u64).resize(bits);
    BoxedMontyForm::new(base, &parameters).pow(&cofactor).retrieve()
}

/// Parameters in which every relation holds but that one number is no prime.
#[test]
fn dsa_domain_parameters_of_composite_numbers() {
    let mut random = random::from_seed(47, 0);
    let one = BoxedUint::one();
    let prime = |bits: u32, random: &mut random::Random| -> BoxedUint {
        let mut random = random;
        crypto_primes::random_prime(&mut random, crypto_primes::Flavor::Any, bits)
    };
    let q = loop {
        let q = prime(80, &mut random).concatenating_mul(&prime(80, &mut random));
        if numbers::bits(&bytes(&q)) == 160 {
            break q;
        }
    };
    let p = prime_above(&q, 1024, &mut random);
    let g = of_order(&q, &(&p - &one), &p);
    refuse_domain(&[bytes(&p), bytes(&q), bytes(&g)], &[5], &bytes(&g), "a composite q");

    let q = prime(160, &mut random);
    let (p, group) = loop {
        let first = prime_above(&q, 512, &mut random);
        let second = prime_above(&q, 512, &mut random);
        let p = first.concatenating_mul(&second);
        if numbers::bits(&bytes(&p)) == 1024 {
            break (p, (&first - &one).concatenating_mul(&(&second - &one)));
        }
    };
    let g = of_order(&q, &group, &p);
    refuse_domain(&[bytes(&p), bytes(&q), bytes(&g)], &[5], &bytes(&g), "a composite p");

    // The same construction with primes makes good parameters.
    let p = prime_above(&q, 1024, &mut random);
    let g = of_order(&q, &(&p - &one), &p);
    let parameters = sequence(&[bytes(&p), bytes(&q), bytes(&g)]);
    assert!(PrivateKey::generate_dsa(&parameters, &mut random).is_ok());
}

#[test]
fn dsa_sizes_that_do_not_belong_together() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let mut random = random::from_seed(48, 0);
    for (bits, order, expected) in [
        ("512", "160", false),
        ("1024", "160", true),
        ("1024", "224", true),
        ("2048", "160", false),
        ("2048", "224", true),
        ("2048", "256", true),
    ] {
        let bits = format!("dsa_paramgen_bits:{bits}");
        let order = format!("dsa_paramgen_q_bits:{order}");
        let make = ["genpkey", "-genparam", "-algorithm", "DSA", "-out", "parameters.pem"];
        openssl(&directory, &[&make[..], &["-pkeyopt", &bits, "-pkeyopt", &order]].concat());
        let convert = ["dsaparam", "-in", "parameters.pem", "-outform", "DER", "-out", "p"];
        openssl(&directory, &convert);
        let parameters = std::fs::read(scratch.path("p")).unwrap();
        let made = PrivateKey::generate_dsa(&parameters, &mut random);
        assert_eq!(made.is_ok(), expected, "{bits} {order}");
    }
}

#[test]
fn dsa_numbers_out_of_range() {
    let mut random = random::from_seed(49, 0);
    let parameters = parameters();
    let key = PrivateKey::generate_dsa(&parameters, &mut random).unwrap();
    let [p, q, _]: Numbers<3> = read(&parameters);
    let y = numbers::read_one(&inner_public(&key.public.der)).unwrap();
    for x in [vec![], q.clone(), plus(&q, 1), p.clone(), vec![0xff; 128], vec![0xff; 500]] {
        let private = pkcs8(DSA, Some(&parameters), &integer(&x), None);
        assert_eq!(PrivateKey::from_der(&private).err(), Some(Error::InvalidSecret), "{x:02x?}");
    }
    for x in [vec![1], plus(&q, -1)] {
        let private = pkcs8(DSA, Some(&parameters), &integer(&x), None);
        assert!(PrivateKey::from_der(&private).is_ok(), "{x:02x?}");
    }
    let outside = [vec![], vec![1], vec![2], plus(&p, -1), p.clone(), plus(&p, 1), plus(&y, 1)];
    for y in
        [&outside[..], &[bytes(&large(&y).concatenating_add(large(&p))), vec![0xff; 500]]].concat()
    {
        let public = spki(DSA, Some(&parameters), &integer(&y));
        assert_eq!(PublicKey::from_der(&public).err(), Some(Error::InvalidKey), "{y:02x?}");
    }
    // A traditional key whose y is another's.
    let [p, q, g]: Numbers<3> = read(&parameters);
    let x = numbers::read_one(&inner(&key.der)).unwrap().to_vec();
    let whole = |y: &[u8]| {
        let key = sequence(&[&[][..], &p, &q, &g, y, &x]);
        read_private_key(write("DSA PRIVATE KEY", &key).unwrap().as_bytes()).map(|key| key.der)
    };
    assert_eq!(whole(&y).unwrap(), key.der);
    assert_eq!(whole(&plus(&y, 1)).err(), Some(Error::Mismatch));
    assert_eq!(whole(&g).err(), Some(Error::Mismatch));
}
