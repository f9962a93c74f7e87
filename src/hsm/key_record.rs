//! Keys as rows of the state: sealing, loading, finding by handle.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Outcome, Refusal};
use super::attribute::Booleans;
use super::key::{Class, Key, KeyType};
use super::names::{Handle, KeyId, Label, UserId};
use super::return_code::ReturnCode;
use crate::crypto::random::Random;
use crate::crypto::seal::{self, SealingKey};
use crate::store::{KeyFilter, KeyRow, View};

/// The row of a key, its material sealed under the cluster key.
pub fn to_row(
    key: &Key,
    material: &[u8],
    cluster_key: &SealingKey,
    random: &mut Random,
) -> Outcome<KeyRow> {
    Ok(KeyRow {
        handle: key.handle.0,
        serial: key.handle.serial(),
        class: key.class.number(),
        key_type: key.key_type.number(),
        label: key.label.as_str().to_owned(),
        id: key.id.as_str().to_owned(),
        owner: key.owner,
        shared_with: key.shared_with.clone(),
        m_value: key.m_value,
        booleans: key.booleans.to_bits(),
        value_length: key.value_length,
        check_value: key.check_value,
        modulus: key.modulus.clone(),
        modulus_bits: key.modulus_bits,
        public_exponent: key.public_exponent.clone(),
        created: key.created,
        sealed: seal::seal(cluster_key, material, &key.seal_context(), random)?,
    })
}

/// The key that a row says, or nothing if no kmu wrote it. Session keys and
/// token keys live in different stores, so the row does not say which it is.
fn from_row(row: &KeyRow, token: bool) -> Option<Key> {
    let handle = Handle(row.handle);
    if row.serial != handle.serial() {
        return None;
    }
    Some(Key {
        handle,
        class: Class::from_number(row.class)?,
        key_type: KeyType::from_number(row.key_type)?,
        label: Label::new(&row.label).ok()?,
        id: KeyId::new(&row.id).ok()?,
        owner: row.owner,
        shared_with: row.shared_with.clone(),
        m_value: row.m_value,
        token,
        booleans: Booleans::from_bits(row.booleans),
        value_length: row.value_length,
        check_value: row.check_value,
        modulus: row.modulus.clone(),
        modulus_bits: row.modulus_bits,
        public_exponent: row.public_exponent.clone(),
        created: row.created,
    })
}

/// Whether another key has this key's id already. The other half of the same
/// pair may have it; no id at all is never taken.
pub fn id_is_taken(view: &View<'_>, key: &Key) -> Outcome<bool> {
    if key.id == KeyId::default() {
        return Ok(false);
    }
    let id = Some(key.id.as_str().as_bytes().to_vec());
    for handle in view.find_keys(&KeyFilter { id, ..KeyFilter::default() })? {
        let other_half = view.key(handle)?.is_none_or(|row| {
            !row.modulus.is_empty() && row.modulus == key.modulus && row.class != key.class.number()
        });
        if handle != key.handle.0 && !other_half {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A key with its material, which has been checked against everything else in the row.
pub struct OpenKey {
    /// The key.
    pub key: Key,
    /// Its material, as [`super::key::NewKey`] describes it.
    pub material: Zeroizing<Vec<u8>>,
}

impl Hsm {
    /// The key with this handle, opened.
    ///
    /// # Errors
    /// 0xa8 when there is none that this user may see on a node that is up;
    /// kmu's integrity code when the record was changed behind the HSM's back.
    pub(super) fn open_key(
        &self,
        handle: Handle,
        user: UserId,
        cluster_key: &SealingKey,
    ) -> Outcome<OpenKey> {
        let session = self.session_keys.read().key(handle.0)?;
        let (row, token) = match session {
            Some(row) => (row, false),
            None => {
                let row = self.token_keys.read().key(handle.0)?;
                (row.ok_or(ReturnCode::INVALID_HANDLE)?, true)
            }
        };
        let damaged = || Refusal::from(ReturnCode::RECORD_DAMAGED);
        let key = from_row(&row, token).ok_or_else(damaged)?;
        if !key.visible_to(user) || !self.is_reachable(&key) {
            return Err(ReturnCode::INVALID_HANDLE.into());
        }
        let material = seal::unseal(cluster_key, &row.sealed, &key.seal_context())?;
        Ok(OpenKey { key, material })
    }

    /// Whether a token key's record says that this user owns it, however damaged it is.
    pub(super) fn is_owner_on_record(&self, handle: Handle, user: UserId) -> Outcome<bool> {
        Ok(self.token_keys.read().key_owner(handle.0)? == Some(i64::from(user)))
    }

    /// The key with this handle, opened, if this user owns it.
    ///
    /// # Errors
    /// As [`Hsm::open_key`], and 0xc6 when the key belongs to somebody else.
    pub(super) fn open_own_key(
        &self,
        handle: Handle,
        user: UserId,
        cluster_key: &SealingKey,
    ) -> Outcome<OpenKey> {
        let open = self.open_key(handle, user, cluster_key)?;
        if open.key.owner != user {
            return Err(ReturnCode::ACCESS_DENIED.into());
        }
        Ok(open)
    }
}
