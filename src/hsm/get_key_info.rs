//! `getKeyInfo`: who owns a key, who shares it, how many must approve.

use super::Hsm;
use super::answer::{Answer, Outcome};
use super::names::{Handle, UserId};

/// What `getKeyInfo` brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// The owner.
    pub owner: UserId,
    /// The users it is shared with, ascending.
    pub shared_with: Vec<UserId>,
    /// How many users must approve a use.
    pub m_value: u8,
}

impl Hsm {
    /// Says who may use a key. 0xa8 when the user may not see such a key.
    #[must_use]
    pub fn get_key_info(&self, handle: Handle) -> Answer<KeyInfo> {
        Answer::local(self.try_get_key_info(handle))
    }

    fn try_get_key_info(&self, handle: Handle) -> Outcome<KeyInfo> {
        let user = self.crypto_user()?;
        let key = self.open_key(handle, user.id, user.cluster_key)?.key;
        Ok(KeyInfo { owner: key.owner, shared_with: key.shared_with, m_value: key.m_value })
    }
}
