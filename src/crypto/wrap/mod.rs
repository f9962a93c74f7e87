//! Wrapping: a key encrypted under another key, in the formats that other
//! implementations read. One file per family of mechanisms; here are their
//! table and the one way in and the one way out.

mod aes_key_wrap;
mod gcm;
mod mechanism;
mod rsa_transport;
mod semiblock;
mod triple_des;

#[cfg(test)]
mod openssl;
#[cfg(test)]
mod parameter_tests;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use mechanism::{Hash, Mechanism};

use super::Error;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// The longest key that can be wrapped, in bytes. No key comes near this; it
/// keeps every mechanism far from the bounds of its counters.
pub const MAXIMUM_LENGTH: usize = 1 << 20;

/// The key that wraps or unwraps, in its canonical form.
#[derive(Clone, Copy)]
pub enum WrappingKey<'a> {
    /// An AES key of 16, 24 or 32 bytes.
    Aes(&'a [u8]),
    /// A triple DES key of 24 bytes; its parity does not matter.
    Des3(&'a [u8]),
    /// An RSA public key, which wraps: DER of SubjectPublicKeyInfo (RFC 5280).
    RsaPublic(&'a [u8]),
    /// An RSA private key, which unwraps: DER of PKCS#8 (RFC 5208).
    RsaPrivate(&'a [u8]),
}

/// What a mechanism takes besides the key. Each reads the fields it knows and
/// ignores the others.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'a> {
    /// Mechanisms 4 and 5: 8 bytes, by default eight times 0xA6 (RFC 3394,
    /// section 2.2.3.1). Mechanism 10: 12 or 16 bytes, without default, and
    /// never the same twice under one key.
    pub initialization_vector: Option<&'a [u8]>,
    /// Mechanisms 7 and 8: the hash of OAEP, and of its mask (MGF1) as well.
    pub hash: Hash,
    /// Mechanisms 10 and 11: data that is authenticated but not in the blob.
    pub additional_data: &'a [u8],
    /// Mechanisms 10 and 11: bytes of the tag: 4, 8 or 12 to 16 (SP 800-38D,
    /// section 5.2.1.2); 16 by default.
    pub tag_length: usize,
}

impl Default for Parameters<'_> {
    fn default() -> Self {
        Self {
            initialization_vector: None,
            hash: Hash::Sha1,
            additional_data: &[],
            tag_length: gcm::FULL_TAG_LENGTH,
        }
    }
}

/// Encrypts `plaintext`, a key in its canonical form, under `key`.
///
/// # Errors
/// - [`Error::WrappingKey`]: `key` is not what the mechanism needs;
/// - [`Error::WrapParameters`]: a parameter has a length the mechanism does not take;
/// - [`Error::PlaintextLength`]: the mechanism has no blob for this many bytes.
pub fn wrap(
    mechanism: Mechanism,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    plaintext: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    if plaintext.is_empty() || plaintext.len() > MAXIMUM_LENGTH {
        return Err(Error::PlaintextLength);
    }
    match (mechanism, key) {
        (Mechanism::AesKeyWrapPadPkcs5, WrappingKey::Aes(key)) => {
            aes_key_wrap::wrap_pkcs5(key, parameters.initialization_vector, plaintext)
        }
        (Mechanism::NistAesWrapNoPad, WrappingKey::Aes(key)) => {
            aes_key_wrap::wrap(key, parameters.initialization_vector, plaintext)
        }
        (Mechanism::NistAesWrapPad, WrappingKey::Aes(key)) => {
            aes_key_wrap::wrap_with_length(key, plaintext)
        }
        (Mechanism::RsaAes, WrappingKey::RsaPublic(key)) => {
            rsa_transport::wrap_rsa_aes(key, parameters.hash, plaintext, random)
        }
        (Mechanism::RsaOaep, WrappingKey::RsaPublic(key)) => {
            rsa_transport::wrap_oaep(key, parameters.hash, plaintext, random)
        }
        (Mechanism::NistTdeaWrap, WrappingKey::Des3(key)) => triple_des::wrap(key, plaintext),
        (Mechanism::AesGcm, WrappingKey::Aes(key)) => gcm::wrap(key, parameters, plaintext),
        (Mechanism::CloudHsmAesGcm, WrappingKey::Aes(key)) => {
            gcm::wrap_with_drawn_vector(key, parameters, plaintext, random)
        }
        (Mechanism::RsaPkcs, WrappingKey::RsaPublic(key)) => {
            rsa_transport::wrap_pkcs1(key, plaintext, random)
        }
        _ => Err(Error::WrappingKey),
    }
}

/// Decrypts what [`wrap`] made with the same mechanism, parameters and key (for
/// RSA: the private key of the pair). `random` only hides the timing of RSA.
///
/// With [`Mechanism::RsaPkcs`], which has no integrity check, a changed blob
/// opens to garbage in about one of 100 000 cases.
///
/// # Errors
/// - [`Error::WrappingKey`], [`Error::WrapParameters`]: as in [`wrap`];
/// - [`Error::Unwrap`]: anything that is wrong with the blob, its length included.
pub fn unwrap(
    mechanism: Mechanism,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    blob: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let plaintext = match (mechanism, key) {
        (Mechanism::AesKeyWrapPadPkcs5, WrappingKey::Aes(key)) => {
            aes_key_wrap::unwrap_pkcs5(key, parameters.initialization_vector, blob)
        }
        (Mechanism::NistAesWrapNoPad, WrappingKey::Aes(key)) => {
            aes_key_wrap::unwrap(key, parameters.initialization_vector, blob)
        }
        (Mechanism::NistAesWrapPad, WrappingKey::Aes(key)) => {
            aes_key_wrap::unwrap_with_length(key, blob)
        }
        (Mechanism::RsaAes, WrappingKey::RsaPrivate(key)) => {
            rsa_transport::unwrap_rsa_aes(key, parameters.hash, blob, random)
        }
        (Mechanism::RsaOaep, WrappingKey::RsaPrivate(key)) => {
            rsa_transport::unwrap_oaep(key, parameters.hash, blob, random)
        }
        (Mechanism::NistTdeaWrap, WrappingKey::Des3(key)) => triple_des::unwrap(key, blob),
        (Mechanism::AesGcm, WrappingKey::Aes(key)) => gcm::unwrap(key, parameters, blob),
        (Mechanism::CloudHsmAesGcm, WrappingKey::Aes(key)) => {
            gcm::unwrap_with_drawn_vector(key, parameters, blob)
        }
        (Mechanism::RsaPkcs, WrappingKey::RsaPrivate(key)) => {
            rsa_transport::unwrap_pkcs1(key, blob, random)
        }
        _ => Err(Error::WrappingKey),
    }?;
    // What `wrap` refuses to make is no wrapped key.
    if plaintext.is_empty() || plaintext.len() > MAXIMUM_LENGTH {
        return Err(Error::Unwrap);
    }
    Ok(plaintext)
}
