//! Using a key: only for what its attributes allow, and only with the
//! approvals that it asks for.

use super::Hsm;
use super::answer::{Outcome, Refusal};
use super::attribute::Attribute;
use super::key::{Key, KeyType};
use super::key_record::OpenKey;
use super::names::Handle;
use super::permit::Permit;
use super::return_code::ReturnCode;
use super::strength;
use super::token::Service;
use crate::crypto::seal;

/// What sets the key encryption key apart from the cluster key that it follows from.
const KEY_ENCRYPTION_KEY_CONTEXT: &[u8] = b"kmu key encryption key 1";

impl Hsm {
    /// Checks that FIPS mode, if it is on, lets a key protect anything new.
    ///
    /// # Errors
    /// 0xb3 when it does not.
    pub(super) fn check_strength(&self, key: &Key, material: &[u8]) -> Outcome<()> {
        if self.fips_mode() && !strength::key_is_strong(key, material) {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        Ok(())
    }

    /// A key of the user's or shared with him, for a use that it allows. The
    /// permit notes who else must approve, and must be redeemed before the use.
    ///
    /// # Errors
    /// As [`Hsm::open_key`], kmu's code for a use that the key does not allow,
    /// and 0xb3 for one that FIPS mode forbids.
    pub(super) fn key_for(
        &self,
        handle: Handle,
        attribute: Attribute,
        permit: &mut Permit,
    ) -> Outcome<OpenKey> {
        let user = self.crypto_user()?;
        let open = self.open_key(handle, user.id, user.cluster_key)?;
        if !open.key.booleans.has(attribute) {
            return Err(ReturnCode::USE_NOT_PERMITTED.into());
        }
        if strength::protects(attribute) {
            self.check_strength(&open.key, &open.material)?;
        }
        permit.ask(&open.key, Service::UseKey);
        Ok(open)
    }

    /// A key to leave the HSM: its owner's, extractable, of the wanted kind.
    /// The permit notes who else must approve.
    ///
    /// # Errors
    /// As [`Hsm::open_own_key`], and kmu's code for a key that does not leave the HSM.
    pub(super) fn key_to_export(&self, handle: Handle, permit: &mut Permit) -> Outcome<OpenKey> {
        let user = self.crypto_user()?;
        let open = self.open_own_key(handle, user.id, user.cluster_key)?;
        if !open.key.booleans.has(Attribute::Extractable) {
            return Err(ReturnCode::NOT_EXTRACTABLE.into());
        }
        permit.ask(&open.key, Service::UseKey);
        Ok(open)
    }

    /// Checks that a key can wrap what leaves the HSM, or unwrap what comes in.
    /// The key encryption key (handle 4) is the HSM's own and does both.
    ///
    /// # Errors
    /// As [`Hsm::key_for`], and 0x33 for a key that is no AES key.
    pub(super) fn transport_key(
        &self,
        handle: Handle,
        attribute: Attribute,
        permit: &mut Permit,
    ) -> Outcome<zeroize::Zeroizing<Vec<u8>>> {
        if handle == super::names::KEY_ENCRYPTION_KEY {
            let user = self.crypto_user()?;
            // It never leaves the HSM, so it need not be stored: it follows from the cluster key.
            let key = seal::derived_key(KEY_ENCRYPTION_KEY_CONTEXT, user.cluster_key);
            return Ok(zeroize::Zeroizing::new(key.to_vec()));
        }
        let open = self.key_for(handle, attribute, permit)?;
        if open.key.key_type != KeyType::Aes {
            return Err(Refusal::arguments(format!("{handle} is not an AES key")));
        }
        Ok(open.material)
    }
}
