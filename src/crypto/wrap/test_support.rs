//! RSA keys and short ways to wrap, for the tests of this folder.

use super::{Mechanism, Parameters, WrappingKey, unwrap, wrap};
use crate::crypto::{Error, random};
use rsa::PrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey};
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// A plaintext that every mechanism can wrap.
pub const SECRET: &[u8; 32] = b"thirty-two bytes of a secret key";

/// An RSA pair: DER of PKCS#8 and of SubjectPublicKeyInfo.
pub struct Pair {
    pub private: Vec<u8>,
    pub public: Vec<u8>,
}

fn pair(bits: usize, seed: u64) -> Pair {
    let key = PrivateKey::new(&mut random::from_seed(seed, 0), bits).unwrap();
    Pair {
        private: key.to_pkcs8_der().unwrap().as_bytes().to_vec(),
        public: key.to_public_key().to_public_key_der().unwrap().into_vec(),
    }
}

/// A pair of 1024 bits, made once.
pub fn small_pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| pair(1024, 1))
}

/// Another pair of 1024 bits.
pub fn other_pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| pair(1024, 2))
}

/// A pair of 2048 bits, enough for every hash.
pub fn large_pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| pair(2048, 3))
}

/// The key that wraps by this mechanism, of the length and pair given.
pub fn wrapping_key(mechanism: Mechanism) -> WrappingKey<'static> {
    match mechanism {
        Mechanism::RsaAes | Mechanism::RsaOaep | Mechanism::RsaPkcs => {
            WrappingKey::RsaPublic(&small_pair().public)
        }
        Mechanism::NistTdeaWrap => WrappingKey::Des3(b"first 8 second 8third 8."),
        _ => WrappingKey::Aes(b"0123456789abcdef0123456789ABCDEF"),
    }
}

/// The key that opens what [`wrapping_key`] wraps.
pub fn unwrapping_key(mechanism: Mechanism) -> WrappingKey<'static> {
    match wrapping_key(mechanism) {
        WrappingKey::RsaPublic(_) => WrappingKey::RsaPrivate(&small_pair().private),
        key => key,
    }
}

/// The defaults, and for AES_GCM an initialization vector.
pub fn parameters(mechanism: Mechanism) -> Parameters<'static> {
    let initialization_vector = (mechanism == Mechanism::AesGcm).then_some(&b"twelve bytes"[..]);
    Parameters { initialization_vector, ..Parameters::default() }
}

/// Wraps with the keys and parameters above.
pub fn simple_wrap(mechanism: Mechanism, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
    let mut random = random::from_seed(9, 0);
    wrap(mechanism, &parameters(mechanism), wrapping_key(mechanism), plaintext, &mut random)
}

/// Unwraps with the keys and parameters above.
pub fn simple_unwrap(mechanism: Mechanism, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut random = random::from_seed(10, 0);
    unwrap(mechanism, &parameters(mechanism), unwrapping_key(mechanism), blob, &mut random)
}

/// Bytes of a hexadecimal text, in which blanks do not count.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|character| !character.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}
