//! `findKey` and `findSingleKey`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::key::Class;
use super::names::{Handle, UserId};
use super::return_code::ReturnCode;
use crate::store::KeyFilter;

/// What `findKey` asks for; an absent field matches every key.
#[derive(Clone, Debug, Default)]
pub struct FindKey {
    /// The class's number; one that no class has matches nothing.
    pub class: Option<u32>,
    /// The key type's number; one that no type has matches nothing.
    pub key_type: Option<u32>,
    /// Session keys only (true), token keys only (false).
    pub session: Option<bool>,
    /// The whole label.
    pub label: Option<String>,
    /// The whole id.
    pub id: Option<Vec<u8>>,
    /// Users who must all share the key.
    pub shared_with: Vec<UserId>,
    /// The modulus or point, big endian, without leading zero bytes.
    pub modulus: Option<Vec<u8>>,
    /// The key check value.
    pub check_value: Option<Vec<u8>>,
}

impl Hsm {
    /// The handles of the matching keys that the user may see and that a node
    /// which is up holds, ascending by serial number.
    #[must_use]
    pub fn find_key(&self, request: &FindKey) -> Answer<Vec<Handle>> {
        self.answer(self.try_find(request))
    }

    /// Looks for a key on every node: 0xa8 on those that do not hold it, and
    /// as a whole if none does.
    #[must_use]
    pub fn find_single_key(&self, handle: Handle) -> Answer<()> {
        self.answer(self.try_find_single(handle))
    }

    fn try_find(&self, request: &FindKey) -> Outcome<(Vec<Handle>, Vec<NodeStatus>)> {
        let user = self.crypto_user()?.id;
        let filter = KeyFilter {
            visible_to: Some((user, Class::Public.number())),
            class: request.class,
            key_type: request.key_type,
            label: request.label.clone(),
            id: request.id.clone(),
            shared_with: request.shared_with.clone(),
            modulus: request.modulus.clone(),
            check_value: request.check_value.clone(),
        };
        let mut handles = Vec::new();
        if request.session != Some(true) {
            handles.extend(self.token_keys.read().find_keys(&filter)?);
        }
        if request.session != Some(false) {
            handles.extend(self.session_keys.read().find_keys(&filter)?);
        }
        let mut handles: Vec<_> = self.reachable(handles)?.into_iter().map(Handle).collect();
        handles.sort_by_key(|handle| (handle.serial(), handle.0));
        Ok((handles, self.everywhere(ReturnCode::SUCCESS)))
    }

    fn try_find_single(&self, handle: Handle) -> Outcome<((), Vec<NodeStatus>)> {
        let user = self.crypto_user()?;
        let found = self.open_key(handle, user.id, user.cluster_key)?;
        Ok(((), self.held_on(&found.key, ReturnCode::INVALID_HANDLE)))
    }
}
