//! What the parameters of the mechanisms allow, and what they bind a blob to.

use super::test_support::{
    SECRET, large_pair, parameters, simple_unwrap, simple_wrap, unwrapping_key, wrapping_key,
};
use super::*;
use crate::crypto::random;

#[test]
fn vectors_of_another_length_are_refused() {
    let bytes = [0u8; 300];
    for (mechanism, allowed) in [
        (Mechanism::AesKeyWrapPadPkcs5, &[8][..]),
        (Mechanism::NistAesWrapNoPad, &[8]),
        (Mechanism::AesGcm, &[12, 16]),
    ] {
        for length in (0..40).chain([300]).filter(|length| !allowed.contains(length)) {
            let parameters = Parameters {
                initialization_vector: Some(&bytes[..length]),
                ..Parameters::default()
            };
            let mut random = random::from_seed(14, 0);
            let key = wrapping_key(mechanism);
            let wrapped = wrap(mechanism, &parameters, key, SECRET, &mut random);
            assert_eq!(wrapped, Err(Error::WrapParameters), "{mechanism:?} {length}");
            let opened = unwrap(mechanism, &parameters, key, &[1; 48], &mut random);
            assert_eq!(opened, Err(Error::WrapParameters), "{mechanism:?} {length}");
        }
    }
    let none = Parameters::default();
    let key = wrapping_key(Mechanism::AesGcm);
    let mut random = random::from_seed(14, 0);
    let wrapped = wrap(Mechanism::AesGcm, &none, key, SECRET, &mut random);
    assert_eq!(wrapped, Err(Error::WrapParameters));
    let opened = unwrap(Mechanism::AesGcm, &none, key, &[1; 48], &mut random);
    assert_eq!(opened, Err(Error::WrapParameters));
}

#[test]
fn another_vector_does_not_open_a_blob() {
    for (mechanism, vector) in [
        (Mechanism::AesKeyWrapPadPkcs5, &[0; 8][..]),
        (Mechanism::NistAesWrapNoPad, &[0; 8]),
        (Mechanism::AesGcm, &[0; 12]),
        (Mechanism::AesGcm, &[0; 16]),
    ] {
        let key = wrapping_key(mechanism);
        let zeros = Parameters { initialization_vector: Some(vector), ..Parameters::default() };
        let mut random = random::from_seed(15, 0);
        let blob = wrap(mechanism, &zeros, key, SECRET, &mut random).unwrap();
        let opened = unwrap(mechanism, &zeros, key, &blob, &mut random).unwrap();
        assert_eq!(opened.as_slice(), SECRET);
        assert_eq!(simple_unwrap(mechanism, &blob), Err(Error::Unwrap), "{mechanism:?}");
    }
}

#[test]
fn tag_lengths_are_those_of_sp_800_38d() {
    for mechanism in [Mechanism::AesGcm, Mechanism::CloudHsmAesGcm] {
        let key = wrapping_key(mechanism);
        for tag_length in 0..=40 {
            let parameters = Parameters { tag_length, ..parameters(mechanism) };
            let mut random = random::from_seed(16, 0);
            let wrapped = wrap(mechanism, &parameters, key, SECRET, &mut random);
            if matches!(tag_length, 4 | 8 | 12..=16) {
                let mut blob = wrapped.unwrap();
                let opened = unwrap(mechanism, &parameters, key, &blob, &mut random).unwrap();
                assert_eq!(opened.as_slice(), SECRET);
                *blob.last_mut().unwrap() ^= 1;
                let opened = unwrap(mechanism, &parameters, key, &blob, &mut random);
                assert_eq!(opened, Err(Error::Unwrap), "{tag_length}");
            } else {
                assert_eq!(wrapped, Err(Error::WrapParameters), "{tag_length}");
                let opened = unwrap(mechanism, &parameters, key, &[1; 90], &mut random);
                assert_eq!(opened, Err(Error::WrapParameters), "{tag_length}");
            }
        }
    }
}

#[test]
fn additional_data_is_bound_to_the_blob() {
    for mechanism in [Mechanism::AesGcm, Mechanism::CloudHsmAesGcm] {
        let key = wrapping_key(mechanism);
        let with = |additional_data| Parameters { additional_data, ..parameters(mechanism) };
        let mut random = random::from_seed(17, 0);
        let blob = wrap(mechanism, &with(b"label"), key, SECRET, &mut random).unwrap();
        assert!(unwrap(mechanism, &with(b"label"), key, &blob, &mut random).is_ok());
        for other in [&b""[..], b"labe", b"label ", b"Label"] {
            let opened = unwrap(mechanism, &with(other), key, &blob, &mut random);
            assert_eq!(opened, Err(Error::Unwrap), "{mechanism:?}");
        }
    }
}

#[test]
fn a_drawn_vector_is_never_the_same() {
    let mut random = random::from_seed(18, 0);
    let mechanism = Mechanism::CloudHsmAesGcm;
    let mut draw = || {
        let key = wrapping_key(mechanism);
        wrap(mechanism, &Parameters::default(), key, SECRET, &mut random).unwrap()
    };
    let (first, second) = (draw(), draw());
    assert_ne!(first[..12], second[..12]);
    assert_ne!(first[12..], second[12..]);
}

#[test]
fn another_hash_does_not_open_a_blob() {
    let pair = large_pair();
    for mechanism in [Mechanism::RsaAes, Mechanism::RsaOaep] {
        for from in Hash::all() {
            let with = |hash| Parameters { hash, ..Parameters::default() };
            let mut random = random::from_seed(19, 0);
            let key = WrappingKey::RsaPublic(&pair.public);
            let blob = wrap(mechanism, &with(from), key, SECRET, &mut random).unwrap();
            for to in Hash::all() {
                let key = WrappingKey::RsaPrivate(&pair.private);
                let opened = unwrap(mechanism, &with(to), key, &blob, &mut random);
                if from == to {
                    assert_eq!(opened.unwrap().as_slice(), SECRET);
                } else {
                    assert_eq!(opened, Err(Error::Unwrap), "{mechanism:?} {from:?} {to:?}");
                }
            }
        }
    }
}

/// OAEP with SHA-512 needs 130 bytes for itself, two more than a modulus of 1024 bits.
#[test]
fn a_modulus_too_short_for_the_hash_is_refused() {
    let parameters = Parameters { hash: Hash::Sha512, ..Parameters::default() };
    for (mechanism, error) in
        [(Mechanism::RsaAes, Error::WrappingKey), (Mechanism::RsaOaep, Error::PlaintextLength)]
    {
        let mut random = random::from_seed(20, 0);
        let key = wrapping_key(mechanism);
        assert_eq!(wrap(mechanism, &parameters, key, &[1], &mut random), Err(error));
        let blob = simple_wrap(mechanism, SECRET).unwrap();
        let key = unwrapping_key(mechanism);
        let opened = unwrap(mechanism, &parameters, key, &blob, &mut random);
        assert_eq!(opened, Err(Error::Unwrap));
    }
}
