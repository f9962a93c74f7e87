//! The public keys with which users approve tokens. Each is kept sealed under
//! the cluster key and bound to its user, so that a swapped or edited one is noticed.

use super::Hsm;
use super::answer::{Answer, Outcome, Refusal};
use super::names::UserId;
use super::return_code::ReturnCode;
use super::user::LoginType;
use super::vault;
use crate::crypto::asymmetric::{Algorithm, PublicKey};
use crate::crypto::random::Random;
use crate::crypto::rsa;
use crate::crypto::seal::{self, SealingKey, Unsealable};
use crate::store::UserRow;

/// Bits of the modulus; approvals are signatures of this length.
const MODULUS_BITS: u32 = 2048;

/// Bytes of an approval: an RSA signature as long as the modulus.
pub const APPROVAL_LENGTH: usize = MODULUS_BITS as usize / 8;

/// A public key that can approve tokens: RSA, 2048 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuorumKey(Vec<u8>);

/// A key that cannot approve tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not an RSA public key of {MODULUS_BITS} bits")]
pub struct Unsuitable;

impl QuorumKey {
    /// Takes a public key.
    ///
    /// # Errors
    /// [`Unsuitable`] unless it is an RSA key of 2048 bits.
    pub fn new(key: &PublicKey) -> Result<Self, Unsuitable> {
        let suits = key.algorithm == Algorithm::Rsa && key.modulus_bits == MODULUS_BITS;
        if suits { Ok(Self(key.der.clone())) } else { Err(Unsuitable) }
    }

    /// Whether a PKCS#1 v1.5 signature with SHA-256 is this key's signature of a message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        rsa::verify_sha256(&self.0, message, signature)
    }

    /// The key as a user's row keeps it.
    pub(super) fn seal(
        &self,
        user: UserId,
        name: &str,
        cluster_key: &SealingKey,
        random: &mut Random,
    ) -> Result<Vec<u8>, Unsealable> {
        seal::seal(cluster_key, &self.0, &context(user, name), random)
    }

    /// The key of a user's row.
    ///
    /// # Errors
    /// kmu's codes for a user who has none, and for one that was changed.
    pub(super) fn of(user: &UserRow, cluster_key: &SealingKey) -> Outcome<Self> {
        let sealed = user.quorum_key.as_ref().ok_or(ReturnCode::NO_QUORUM_KEY)?;
        let opened = seal::unseal(cluster_key, sealed, &context(user.id, &user.name))?;
        Ok(Self(opened.to_vec()))
    }
}

fn context(user: UserId, name: &str) -> Vec<u8> {
    [&b"kmu quorum key 1"[..], &user.to_be_bytes(), name.as_bytes()].concat()
}

impl Hsm {
    /// Registers a user's public key in place of an earlier one. The password
    /// is checked, and counted if it is wrong, as at a login.
    ///
    /// 0x9d when nobody has the name; otherwise as [`Hsm::log_in`].
    pub fn register_quorum_key(
        &mut self,
        name: &str,
        password: &str,
        key: &QuorumKey,
    ) -> Answer<()> {
        Answer::local(self.try_register(name, password, key))
    }

    fn try_register(&mut self, name: &str, password: &str, key: &QuorumKey) -> Outcome<()> {
        let users = self.token_keys.read().users()?;
        let user =
            users.iter().find(|user| user.name == name).ok_or(ReturnCode::UNKNOWN_USER_NAME)?;
        let user_type = vault::user_type(user).ok_or(ReturnCode::RECORD_DAMAGED)?;
        let cluster_key =
            self.check_password(LoginType::of(user_type), name, password)?.cluster_key;
        let sealed = key.seal(user.id, &user.name, &cluster_key, &mut self.random)?;
        let change = self.token_keys.change()?;
        // What is vouched for anew must have been right until now.
        vault::check_users(&change.read(), &cluster_key)?;
        change.set_quorum_key(user.id, &sealed)?;
        vault::vouch_for_users(&change, &cluster_key)?;
        change.commit().map_err(Refusal::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::asymmetric::PrivateKey;
    use crate::crypto::random;

    fn key_of(bits: usize) -> PublicKey {
        let private = rsa::generate(bits, 65_537, &mut random::from_seed(4, 0)).unwrap();
        PublicKey::from_der(&rsa::public_key_of(&private).unwrap()).unwrap()
    }

    #[test]
    fn only_rsa_keys_of_2048_bits_approve() {
        assert!(QuorumKey::new(&key_of(2048)).is_ok());
        assert_eq!(QuorumKey::new(&key_of(1024)), Err(Unsuitable));
        let curve = crate::crypto::curve::by_id(2).unwrap();
        let pair = PrivateKey::generate_ec(curve, &mut random::from_seed(4, 0)).unwrap();
        assert_eq!(QuorumKey::new(&pair.public), Err(Unsuitable));
    }
}
