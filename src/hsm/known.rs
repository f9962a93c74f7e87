//! What a person may be shown of the cluster while typing. No request is made
//! for it, and no fault meets it.

use super::Hsm;
use super::answer::Outcome;
use super::key::Class;
use super::names::{Handle, UserId};
use crate::store::KeyFilter;

/// The most keys that are of use to somebody who chooses one.
const MOST_KEYS: usize = 200;

/// Keys and users by number and name.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The newest keys that the user may see, with their labels, ascending.
    pub keys: Vec<(Handle, String)>,
    /// The users.
    pub users: Vec<(UserId, String)>,
}

impl Hsm {
    /// What the user who is logged in may be shown; of keys, nothing before a
    /// login, and nothing of what cannot be read.
    #[must_use]
    pub fn known(&self) -> Known {
        let keys = self.newest_keys().unwrap_or_default();
        let users = self.token_keys.read().users().unwrap_or_default();
        Known { keys, users: users.into_iter().map(|user| (user.id, user.name)).collect() }
    }

    fn newest_keys(&self) -> Outcome<Vec<(Handle, String)>> {
        let user = self.crypto_user()?.id;
        let filter =
            KeyFilter { visible_to: Some((user, Class::Public.number())), ..KeyFilter::default() };
        let mut keys = self.token_keys.read().newest_keys(&filter, MOST_KEYS)?;
        keys.extend(self.session_keys.read().newest_keys(&filter, MOST_KEYS)?);
        let mut keys: Vec<_> =
            keys.into_iter().map(|(handle, label)| (Handle(handle), label)).collect();
        keys.sort_by_key(|(handle, _)| handle.serial());
        keys.drain(..keys.len().saturating_sub(MOST_KEYS));
        Ok(keys)
    }
}
