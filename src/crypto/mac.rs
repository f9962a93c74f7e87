//! Message authentication: HMAC-SHA-256 (RFC 2104).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of an authentication code.
pub const MAC_LENGTH: usize = 32;

/// The code of a message.
#[must_use]
pub fn authenticate(key: &[u8; 32], message: &[u8]) -> [u8; MAC_LENGTH] {
    started(key, message).finalize().into_bytes().into()
}

/// Whether a code is the message's, in a time that does not depend on how much of it is right.
#[must_use]
pub fn is_authentic(key: &[u8; 32], message: &[u8], code: &[u8]) -> bool {
    started(key, message).verify_slice(code).is_ok()
}

fn started(key: &[u8; 32], message: &[u8]) -> Hmac<Sha256> {
    // HMAC itself fills a short key with zeros to the hash's block.
    let mut block = Zeroizing::new([0u8; 64]);
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new((&*block).into()).chain_update(message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::openssl_oracle::{digits, openssl};

    #[test]
    fn openssl_computes_the_same_code() {
        let key = [0xab; 32];
        let option = format!("hexkey:{}", digits(&key));
        let arguments = ["dgst", "-sha256", "-binary", "-mac", "HMAC", "-macopt", option.as_str()];
        assert_eq!(openssl(&arguments, b"message").unwrap(), authenticate(&key, b"message"));
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed() {
        let key = [7; 32];
        let code = authenticate(&key, b"message");
        assert!(is_authentic(&key, b"message", &code));
        assert!(!is_authentic(&key, b"massage", &code));
        assert!(!is_authentic(&[8; 32], b"message", &code));
        assert!(!is_authentic(&key, b"message", &code[..31]));
        for at in 0..MAC_LENGTH {
            let mut changed = code;
            changed[at] ^= 1;
            assert!(!is_authentic(&key, b"message", &changed));
        }
    }
}
