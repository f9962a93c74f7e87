//! Mechanisms 7, 8 and 12: keys under an RSA key (RFC 8017, section 7), directly
//! or by way of an AES key.

use super::{Hash, aes_key_wrap};
use crate::crypto::Error;
use pkcs8::DecodePrivateKey;
use rand_core::CryptoRng;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, PrivateKey, PublicKey};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::DecodePublicKey;
use zeroize::Zeroizing;

/// Bytes of the AES key that mechanism 7 draws.
const TRANSPORT_KEY_LENGTH: usize = 32;

/// Bytes of PKCS#1 v1.5 padding in front of the separator: 0, 2 and at least
/// eight that are not zero (RFC 8017, section 7.2.1).
const SHORTEST_PADDING: usize = 10;

/// Mechanism 7 (PKCS#11, `CKM_RSA_AES_KEY_WRAP`): an AES key under OAEP, as
/// long as the modulus, then the key under the AES key by RFC 5649.
pub(super) fn wrap_rsa_aes(
    key: &[u8],
    hash: Hash,
    plaintext: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    let mut transport_key = Zeroizing::new([0u8; TRANSPORT_KEY_LENGTH]);
    random.fill_bytes(transport_key.as_mut());
    let first = match wrap_oaep(key, hash, transport_key.as_slice(), random) {
        // The modulus is too short for the hash, which no other plaintext cures.
        Err(Error::PlaintextLength) => Err(Error::WrappingKey),
        other => other,
    }?;
    let second = aes_key_wrap::wrap_with_length(transport_key.as_slice(), plaintext)?;
    Ok([first, second].concat())
}

/// Opens a blob of [`wrap_rsa_aes`]; the AES key in it may also have 16 or 24 bytes.
pub(super) fn unwrap_rsa_aes(
    key: &[u8],
    hash: Hash,
    blob: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let key = private_key(key)?;
    let (first, second) = blob.split_at_checked(key.size()).ok_or(Error::Unwrap)?;
    let transport_key = decrypt_oaep(&key, hash, first, random)?;
    aes_key_wrap::unwrap_with_length(&transport_key, second).map_err(|_| Error::Unwrap)
}

/// Mechanism 8: RSA-OAEP with an empty label.
pub(super) fn wrap_oaep(
    key: &[u8],
    hash: Hash,
    plaintext: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    let key = public_key(key)?;
    match hash {
        Hash::Sha1 => key.oaep_encrypt_with_rng::<Sha1, _>(random, plaintext),
        Hash::Sha224 => key.oaep_encrypt_with_rng::<Sha224, _>(random, plaintext),
        Hash::Sha256 => key.oaep_encrypt_with_rng::<Sha256, _>(random, plaintext),
        Hash::Sha384 => key.oaep_encrypt_with_rng::<Sha384, _>(random, plaintext),
        Hash::Sha512 => key.oaep_encrypt_with_rng::<Sha512, _>(random, plaintext),
    }
    .map_err(|_| Error::PlaintextLength)
}

/// Opens a blob of [`wrap_oaep`].
pub(super) fn unwrap_oaep(
    key: &[u8],
    hash: Hash,
    blob: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    decrypt_oaep(&private_key(key)?, hash, blob, random)
}

/// Mechanism 12: RSA with PKCS#1 v1.5 padding.
pub(super) fn wrap_pkcs1(
    key: &[u8],
    plaintext: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    public_key(key)?
        .pkcs1v15_encrypt_with_rng(random, plaintext)
        .map_err(|_| Error::PlaintextLength)
}

/// Opens a blob of [`wrap_pkcs1`]. The rsa crate's own decryption answers a bad
/// blob with invented bytes (implicit rejection), which would become a key in
/// the HSM; here the padding decides (RFC 8017, section 7.2.2, step 3).
pub(super) fn unwrap_pkcs1(
    key: &[u8],
    blob: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    match &decrypt(&private_key(key)?, blob, random)?[..] {
        [0, 2, padded @ ..] => {
            let separator = padded.iter().position(|&byte| byte == 0).ok_or(Error::Unwrap)?;
            if separator + 2 < SHORTEST_PADDING {
                return Err(Error::Unwrap);
            }
            Ok(Zeroizing::new(padded[separator + 1..].to_vec()))
        }
        _ => Err(Error::Unwrap),
    }
}

/// The encoded message of a blob: as many bytes as the modulus, padding included.
fn decrypt(
    key: &PrivateKey,
    blob: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if blob.len() != key.size() {
        return Err(Error::Unwrap);
    }
    let ciphertext =
        BoxedUint::from_be_slice(blob, key.n_bits_precision()).map_err(|_| Error::Unwrap)?;
    let message = rsa::hazmat::rsa_decrypt_and_check(key, Some(random), &ciphertext)
        .map(|message| Zeroizing::new(message.to_be_bytes()))
        .map_err(|_| Error::Unwrap)?;
    // The number is written in whole words; its padding starts at the modulus.
    let start = message.len().checked_sub(key.size()).ok_or(Error::Unwrap)?;
    Ok(Zeroizing::new(message[start..].to_vec()))
}

fn decrypt_oaep(
    key: &PrivateKey,
    hash: Hash,
    blob: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    // The rsa crate does not look at the first octet, which must be zero (RFC
    // 8017, section 7.1.2, step 3.g).
    if decrypt(key, blob, random)?.first() != Some(&0) {
        return Err(Error::Unwrap);
    }
    match hash {
        Hash::Sha1 => key.oaep_decrypt_with_rng::<Sha1, _>(random, blob),
        Hash::Sha224 => key.oaep_decrypt_with_rng::<Sha224, _>(random, blob),
        Hash::Sha256 => key.oaep_decrypt_with_rng::<Sha256, _>(random, blob),
        Hash::Sha384 => key.oaep_decrypt_with_rng::<Sha384, _>(random, blob),
        Hash::Sha512 => key.oaep_decrypt_with_rng::<Sha512, _>(random, blob),
    }
    .map(Zeroizing::new)
    .map_err(|_| Error::Unwrap)
}

fn public_key(der: &[u8]) -> Result<PublicKey, Error> {
    PublicKey::from_public_key_der(der).map_err(|_| Error::WrappingKey)
}

fn private_key(der: &[u8]) -> Result<PrivateKey, Error> {
    let key = PrivateKey::from_pkcs8_der(der).map_err(|_| Error::WrappingKey)?;
    // The crate bounds the modulus, 1024 to 8192 bits, in public keys only.
    PublicKey::new(key.n().as_ref().clone(), key.e().clone()).map_err(|_| Error::WrappingKey)?;
    Ok(key)
}
