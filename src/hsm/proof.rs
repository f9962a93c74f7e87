//! Proofs for what anybody may read and nobody but kmu may change: codes
//! (HMAC-SHA-256) under a key that follows from the cluster key.

use super::answer::Outcome;
use super::return_code::ReturnCode;
use crate::crypto::mac::{self, MAC_LENGTH};
use crate::crypto::seal::{self, SealingKey};

/// What sets the proofs' key apart from the cluster key that it follows from.
const KEY_CONTEXT: &[u8] = b"kmu proof key 1";

/// The proof that a content was written by somebody with the cluster key.
pub fn of(content: &[u8], cluster_key: &SealingKey) -> [u8; MAC_LENGTH] {
    mac::authenticate(&seal::derived_key(KEY_CONTEXT, cluster_key), content)
}

/// Checks a proof.
///
/// # Errors
/// kmu's integrity code when it is not the content's, or there is none.
pub fn check(content: &[u8], proof: Option<&[u8]>, cluster_key: &SealingKey) -> Outcome<()> {
    let key = seal::derived_key(KEY_CONTEXT, cluster_key);
    let valid = proof.is_some_and(|proof| mac::is_authentic(&key, content, proof));
    if valid { Ok(()) } else { Err(ReturnCode::RECORD_DAMAGED.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    #[test]
    fn only_the_content_and_the_key_of_a_proof_pass() {
        let (key, other) = (Zeroizing::new([1; 32]), Zeroizing::new([2; 32]));
        let proof = of(b"content", &key);
        assert!(check(b"content", Some(&proof), &key).is_ok());
        assert!(check(b"Content", Some(&proof), &key).is_err());
        assert!(check(b"content", Some(&proof), &other).is_err());
        assert!(check(b"content", Some(&proof[..31]), &key).is_err());
        assert!(check(b"content", None, &key).is_err());
    }
}
