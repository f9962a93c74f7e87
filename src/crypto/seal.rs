//! Authenticated encryption of stored records: XChaCha20-Poly1305
//! (draft-irtf-cfrg-xchacha), whose 192-bit nonces may be drawn at random.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Bytes of a sealing key.
pub const KEY_LENGTH: usize = 32;

const NONCE_LENGTH: usize = 24;

/// A sealing key, wiped when dropped.
pub type SealingKey = Zeroizing<[u8; KEY_LENGTH]>;

/// A sealed record that does not open: changed, moved, or sealed under another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record does not open with this key")]
pub struct Unsealable;

/// Encrypts `secret` and binds it to `context`: nonce, then ciphertext and tag.
///
/// # Errors
/// Only when `secret` is longer than the cipher's 256 GiB.
pub fn seal(
    key: &SealingKey,
    secret: &[u8],
    context: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Unsealable> {
    let mut nonce = [0u8; NONCE_LENGTH];
    random.fill_bytes(&mut nonce);
    let payload = Payload { msg: secret, aad: context };
    let ciphertext = XChaCha20Poly1305::new((&**key).into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| Unsealable)?;
    Ok([&nonce[..], &ciphertext].concat())
}

/// Opens what [`seal`] made with the same key and context.
///
/// # Errors
/// [`Unsealable`] when key, context or a single bit differs.
pub fn unseal(
    key: &SealingKey,
    sealed: &[u8],
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(Unsealable)?;
    XChaCha20Poly1305::new((&**key).into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: context })
        .map(Zeroizing::new)
        .map_err(|_| Unsealable)
}

/// A key for another purpose that follows from a sealing key. `context` sets
/// the purposes apart; whoever has the derived key learns nothing of the other.
#[must_use]
pub fn derived_key(context: &[u8], key: &SealingKey) -> SealingKey {
    let mut derived: SealingKey = Zeroizing::new([0; KEY_LENGTH]);
    let hash = Sha256::new().chain_update(context).chain_update(key.as_ref());
    hash.finalize_into((&mut *derived).into());
    derived
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random;

    #[test]
    fn what_is_sealed_opens_and_what_is_changed_does_not() {
        let key = Zeroizing::new([7; KEY_LENGTH]);
        let sealed = seal(&key, b"secret", b"row 1", &mut random::from_seed(1, 0)).unwrap();
        assert_eq!(unseal(&key, &sealed, b"row 1").unwrap().as_slice(), b"secret");
        assert_eq!(unseal(&key, &sealed, b"row 2"), Err(Unsealable));
        assert_eq!(unseal(&Zeroizing::new([8; KEY_LENGTH]), &sealed, b"row 1"), Err(Unsealable));
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(unseal(&key, &changed, b"row 1"), Err(Unsealable));
            assert_eq!(unseal(&key, &sealed[..index], b"row 1"), Err(Unsealable));
        }
    }
}
