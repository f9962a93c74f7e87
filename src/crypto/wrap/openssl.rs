//! Blobs that cross over to the `openssl` command and back. Its `enc` does not
//! do GCM, and nothing in it does TKW as a whole.

use super::test_support::{large_pair, parameters};
use super::*;
use crate::crypto::openssl_oracle::{digits, openssl};
use crate::crypto::random;
use std::io::Write;
use tempfile::NamedTempFile;

const KEY: &[u8; 32] = b"a wrapping key known to openssl!";

/// Wraps with `key` in this crate.
fn ours(
    mechanism: Mechanism,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    plaintext: &[u8],
) -> Vec<u8> {
    wrap(mechanism, parameters, key, plaintext, &mut random::from_seed(30, 0)).unwrap()
}

/// Unwraps with `key` in this crate.
fn opened(
    mechanism: Mechanism,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    unwrap(mechanism, parameters, key, blob, &mut random::from_seed(31, 0))
}

/// `openssl enc` with a key wrap cipher: `direction` is `-e` or `-d`, `suffix`
/// is `wrap` or `wrap-pad`. It wants the vector spelt out: 8 bytes for RFC 3394,
/// the 4 of the constant for RFC 5649.
fn enc(direction: &str, suffix: &str, key: &[u8], vector: &[u8], input: &[u8]) -> Option<Vec<u8>> {
    let cipher = format!("-id-aes{}-{suffix}", key.len() * 8);
    let arguments = ["enc", direction, &cipher, "-K", &digits(key), "-iv", &digits(vector)];
    openssl(&arguments, input)
}

#[test]
fn rfc_3394_crosses_over() {
    for key in [&KEY[..16], &KEY[..24], &KEY[..]] {
        for vector in [[0xa6; 8], [0; 8], *b"a vector"] {
            for length in [16, 24, 32, 64, 3584] {
                let plaintext: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
                let with =
                    Parameters { initialization_vector: Some(&vector), ..Parameters::default() };
                let mechanism = Mechanism::NistAesWrapNoPad;
                let blob = ours(mechanism, &with, WrappingKey::Aes(key), &plaintext);
                assert_eq!(enc("-e", "wrap", key, &vector, &plaintext), Some(blob.clone()));
                assert_eq!(enc("-d", "wrap", key, &vector, &blob), Some(plaintext));
            }
        }
    }
}

/// Padded by hand here, since `openssl` has RFC 3394 without PKCS#5 only.
#[test]
fn pkcs5_padded_blobs_cross_over() {
    let vector = [0xa6; 8];
    let defaults = Parameters::default();
    let (mechanism, key) = (Mechanism::AesKeyWrapPadPkcs5, WrappingKey::Aes(KEY));
    for length in 8..=33 {
        let plaintext = vec![0x55; length];
        let count = 8 - length % 8;
        let padded = [plaintext.clone(), vec![count as u8; count]].concat();
        let theirs = enc("-e", "wrap", KEY, &vector, &padded).unwrap();
        assert_eq!(ours(mechanism, &defaults, key, &plaintext), theirs);
        assert_eq!(*opened(mechanism, &defaults, key, &theirs).unwrap(), plaintext);
        assert_eq!(enc("-d", "wrap", KEY, &vector, &theirs), Some(padded));
    }
}

#[test]
fn rfc_5649_crosses_over() {
    let vector = [0xa6, 0x59, 0x59, 0xa6];
    let defaults = Parameters::default();
    let mechanism = Mechanism::NistAesWrapPad;
    for key in [&KEY[..16], &KEY[..24], &KEY[..]] {
        for length in (1..=33).chain([1218, 3584]) {
            let plaintext = vec![0xaa; length];
            let blob = ours(mechanism, &defaults, WrappingKey::Aes(key), &plaintext);
            assert_eq!(enc("-e", "wrap-pad", key, &vector, &plaintext), Some(blob.clone()));
            let back = opened(mechanism, &defaults, WrappingKey::Aes(key), &blob).unwrap();
            assert_eq!(*back, plaintext);
            assert_eq!(enc("-d", "wrap-pad", key, &vector, &blob), Some(plaintext));
        }
    }
}

/// What one side refuses, the other does too.
#[test]
fn both_refuse_the_same() {
    let vector = [0xa6; 8];
    let defaults = Parameters::default();
    let (mechanism, key) = (Mechanism::NistAesWrapNoPad, WrappingKey::Aes(KEY));
    for length in [1, 7, 8, 9, 15, 17, 31] {
        let plaintext = vec![1; length];
        let refused = wrap(mechanism, &defaults, key, &plaintext, &mut random::from_seed(1, 0));
        assert_eq!(refused, Err(Error::PlaintextLength), "{length}");
        assert_eq!(enc("-e", "wrap", KEY, &vector, &plaintext), None, "{length}");
    }
    let blob = ours(mechanism, &defaults, key, &[1; 32]);
    for index in 0..blob.len() {
        let mut changed = blob.clone();
        changed[index] ^= 4;
        assert_eq!(opened(mechanism, &defaults, key, &changed), Err(Error::Unwrap));
        assert_eq!(enc("-d", "wrap", KEY, &vector, &changed), None);
    }
}

/// A key in a file, for `-inkey`.
fn key_file(der: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(der).unwrap();
    file
}

/// `openssl pkeyutl` with the large pair and these `-pkeyopt` options.
fn pkeyutl(direction: &str, options: &[String], input: &[u8]) -> Option<Vec<u8>> {
    let pair = large_pair();
    let encrypt = direction == "-encrypt";
    let file = key_file(if encrypt { &pair.public } else { &pair.private });
    let path = file.path().to_str().unwrap();
    let mut arguments = vec!["pkeyutl", direction, "-keyform", "DER", "-inkey", path];
    if encrypt {
        arguments.push("-pubin");
    }
    for option in options {
        arguments.extend(["-pkeyopt", option]);
    }
    openssl(&arguments, input)
}

/// The options of OAEP with one hash for the label and the mask.
fn oaep(hash: Hash) -> [String; 3] {
    [
        "rsa_padding_mode:oaep".to_owned(),
        format!("rsa_oaep_md:{}", hash.name()),
        format!("rsa_mgf1_md:{}", hash.name()),
    ]
}

#[test]
fn oaep_crosses_over_with_every_hash() {
    let (public, private) = rsa_keys();
    for (hash, longest) in Hash::all().zip([214, 190, 158, 126, 198]) {
        let with = Parameters { hash, ..Parameters::default() };
        for length in [1, 32, longest] {
            let plaintext = vec![0x77; length];
            let blob = ours(Mechanism::RsaOaep, &with, public, &plaintext);
            assert_eq!(pkeyutl("-decrypt", &oaep(hash), &blob).unwrap(), plaintext);
            let theirs = pkeyutl("-encrypt", &oaep(hash), &plaintext).unwrap();
            let back = opened(Mechanism::RsaOaep, &with, private, &theirs).unwrap();
            assert_eq!(*back, plaintext);
        }
        let long = vec![0x77; longest + 1];
        let refused = wrap(Mechanism::RsaOaep, &with, public, &long, &mut random::from_seed(1, 0));
        assert_eq!(refused, Err(Error::PlaintextLength));
        assert_eq!(pkeyutl("-encrypt", &oaep(hash), &long), None);
    }
}

/// The hash of the mask must follow: OpenSSL's blobs with another one do not open.
#[test]
fn oaep_with_two_hashes_is_refused() {
    let (_, private) = rsa_keys();
    let [mode, hash, _] = oaep(Hash::Sha256);
    let theirs = pkeyutl("-encrypt", &[mode, hash, "rsa_mgf1_md:SHA1".into()], b"key").unwrap();
    for hash in Hash::all() {
        let with = Parameters { hash, ..Parameters::default() };
        assert_eq!(opened(Mechanism::RsaOaep, &with, private, &theirs), Err(Error::Unwrap));
    }
}

/// An encoded message whose first octet is not zero, though all the rest is
/// right (RFC 8017, section 7.1.2, step 3.g); `openssl` encrypts it as it is.
#[test]
fn oaep_with_a_first_octet_that_is_not_zero_is_refused() {
    let (public, private) = rsa_keys();
    let raw = ["rsa_padding_mode:none".to_owned()];
    let open = |mechanism: Mechanism, change: u8| {
        let defaults = Parameters::default();
        let blob = ours(mechanism, &defaults, public, KEY);
        let (first, rest) = blob.split_at(256);
        let mut message = pkeyutl("-decrypt", &raw, first).unwrap();
        message[0] ^= change;
        let first = pkeyutl("-encrypt", &raw, &message).unwrap();
        opened(mechanism, &defaults, private, &[&first[..], rest].concat())
    };
    for mechanism in [Mechanism::RsaOaep, Mechanism::RsaAes] {
        assert_eq!(open(mechanism, 0).unwrap().as_slice(), KEY);
        for change in [1, 2, 0x40] {
            assert_eq!(open(mechanism, change), Err(Error::Unwrap), "{mechanism:?} {change}");
        }
    }
}

#[test]
fn pkcs1_crosses_over() {
    let (public, private) = rsa_keys();
    let mode = ["rsa_padding_mode:pkcs1".to_owned()];
    let defaults = Parameters::default();
    for length in [1, 16, 245] {
        let plaintext = vec![0; length];
        let blob = ours(Mechanism::RsaPkcs, &defaults, public, &plaintext);
        assert_eq!(pkeyutl("-decrypt", &mode, &blob).unwrap(), plaintext);
        let theirs = pkeyutl("-encrypt", &mode, &plaintext).unwrap();
        let back = opened(Mechanism::RsaPkcs, &defaults, private, &theirs).unwrap();
        assert_eq!(*back, plaintext);
    }
}

/// Whole encoded messages, which `openssl` encrypts as they are.
#[test]
fn bad_pkcs1_padding_is_refused() {
    let (_, private) = rsa_keys();
    let open = |start: &[u8], separator: Option<usize>| {
        let mut message = vec![0x11; 256];
        message[..start.len()].copy_from_slice(start);
        if let Some(index) = separator {
            message[index] = 0;
        }
        let blob = pkeyutl("-encrypt", &["rsa_padding_mode:none".to_owned()], &message).unwrap();
        opened(Mechanism::RsaPkcs, &Parameters::default(), private, &blob)
    };
    assert_eq!(open(&[0, 2], Some(10)).unwrap().as_slice(), &[0x11; 245]);
    assert_eq!(open(&[0, 2], Some(254)).unwrap().as_slice(), &[0x11]);
    for (start, separator) in [
        (&[0, 1][..], Some(10)),
        (&[0, 0], Some(10)),
        (&[1, 2], Some(10)),
        (&[0, 2], None),
        (&[0, 2], Some(2)),
        (&[0, 2], Some(9)),
        (&[0, 2, 3, 0], Some(20)),
        // An empty key.
        (&[0, 2], Some(255)),
    ] {
        assert_eq!(open(start, separator), Err(Error::Unwrap), "{start:?} {separator:?}");
    }
}

/// PKCS#11's two parts, taken apart and put together by `openssl`.
#[test]
fn rsa_aes_crosses_over() {
    let (public, private) = rsa_keys();
    let vector = [0xa6, 0x59, 0x59, 0xa6];
    for hash in Hash::all() {
        let with = Parameters { hash, ..Parameters::default() };
        let plaintext = vec![0x42; 1218];
        let blob = ours(Mechanism::RsaAes, &with, public, &plaintext);
        let (first, second) = blob.split_at(256);
        let transport_key = pkeyutl("-decrypt", &oaep(hash), first).unwrap();
        assert_eq!(transport_key.len(), 32);
        assert_ne!(transport_key, [0; 32]);
        assert_eq!(enc("-d", "wrap-pad", &transport_key, &vector, second).unwrap(), plaintext);
        for transport_key in [&KEY[..16], &KEY[..24], &KEY[..]] {
            let first = pkeyutl("-encrypt", &oaep(hash), transport_key).unwrap();
            let second = enc("-e", "wrap-pad", transport_key, &vector, &plaintext).unwrap();
            let blob = [first, second].concat();
            let back = opened(Mechanism::RsaAes, &with, private, &blob).unwrap();
            assert_eq!(*back, plaintext);
        }
        // A first part that opens to something that is no AES key.
        let first = pkeyutl("-encrypt", &oaep(hash), &KEY[..31]).unwrap();
        let blob = [first, second.to_vec()].concat();
        assert_eq!(opened(Mechanism::RsaAes, &with, private, &blob), Err(Error::Unwrap));
    }
}

/// A key that `openssl` made, as DER of PKCS#8 and of SubjectPublicKeyInfo.
fn generated(options: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let key = openssl(&[&["genpkey"][..], options].concat(), &[]).unwrap();
    let private = ["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"];
    let public = ["pkey", "-pubout", "-outform", "DER"];
    (openssl(&private, &key).unwrap(), openssl(&public, &key).unwrap())
}

/// Moduli that do not fill their bytes, and the smallest exponent.
#[test]
fn keys_of_openssl_wrap_and_unwrap() {
    for (bits, exponent) in [("1024", "65537"), ("1031", "65537"), ("1100", "3")] {
        let bits = format!("rsa_keygen_bits:{bits}");
        let exponent = format!("rsa_keygen_pubexp:{exponent}");
        let options = ["-algorithm", "RSA", "-pkeyopt", &bits, "-pkeyopt", &exponent];
        let (private, public) = generated(&options);
        for mechanism in [Mechanism::RsaAes, Mechanism::RsaOaep, Mechanism::RsaPkcs] {
            let defaults = Parameters::default();
            let blob = ours(mechanism, &defaults, WrappingKey::RsaPublic(&public), KEY);
            let key = WrappingKey::RsaPrivate(&private);
            let back = opened(mechanism, &defaults, key, &blob).unwrap();
            assert_eq!(back.as_slice(), KEY, "{bits} {exponent} {mechanism:?}");
        }
    }
}

/// Well-formed DER of keys that are not RSA keys, or too short to be taken.
#[test]
fn other_keys_are_refused() {
    let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let short = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512"];
    for options in [curve, short] {
        let (private, public) = generated(&options);
        let mut random = random::from_seed(32, 0);
        for mechanism in [Mechanism::RsaAes, Mechanism::RsaOaep, Mechanism::RsaPkcs] {
            let defaults = Parameters::default();
            let key = WrappingKey::RsaPublic(&public);
            let wrapped = wrap(mechanism, &defaults, key, b"key", &mut random);
            assert_eq!(wrapped, Err(Error::WrappingKey));
            let key = WrappingKey::RsaPrivate(&private);
            assert_eq!(opened(mechanism, &defaults, key, &[1; 64]), Err(Error::WrappingKey));
        }
    }
}

/// TW of SP 800-38F (section 7, algorithm 5) in the shifting form of the
/// standard's text, one call of `openssl` per block.
#[test]
fn tkw_is_what_its_definition_computes_with_openssl() {
    let key = b"first 8 second 8third 8.";
    let plaintext = b"twelve bytes";
    let mut registers: Vec<Vec<u8>> =
        [&[0xa6; 4][..]].into_iter().chain(plaintext.chunks(4)).map(<[u8]>::to_vec).collect();
    let steps = 6 * (registers.len() - 1);
    for step in 1..=steps {
        let block = [&registers[0][..], &registers[1]].concat();
        let arguments = ["enc", "-des-ede3", "-nopad", "-K", &digits(key)];
        let encrypted = openssl(&arguments, &block).unwrap();
        let first = u32::from_be_bytes(encrypted[..4].try_into().unwrap()) ^ step as u32;
        registers.remove(0);
        registers[0] = first.to_be_bytes().to_vec();
        registers.push(encrypted[4..].to_vec());
    }
    let mechanism = Mechanism::NistTdeaWrap;
    let defaults = parameters(mechanism);
    let blob = ours(mechanism, &defaults, WrappingKey::Des3(key), plaintext);
    assert_eq!(blob, registers.concat());
    let back = opened(mechanism, &defaults, WrappingKey::Des3(key), &blob).unwrap();
    assert_eq!(back.as_slice(), plaintext);
}

fn rsa_keys() -> (WrappingKey<'static>, WrappingKey<'static>) {
    let pair = large_pair();
    (WrappingKey::RsaPublic(&pair.public), WrappingKey::RsaPrivate(&pair.private))
}
