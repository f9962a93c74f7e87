//! `setAttribute`: makes a session key persistent.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::create::check_room;
use super::key_record;
use super::login::cluster_key;
use super::names::Handle;
use super::permit::Permit;
use super::return_code::ReturnCode;
use super::token::Service;

impl Hsm {
    /// Sets TOKEN: a session key becomes a token key, keeps its handle and
    /// spreads to the other nodes. A token key cannot become a session key again.
    ///
    /// 0xa8 when the user may not see such a key, 0xc6 when it is not his.
    pub fn set_token(&mut self, handle: Handle, token: bool) -> Answer<()> {
        let outcome = self.try_set_token(handle, token);
        self.answer(outcome)
    }

    fn try_set_token(&mut self, handle: Handle, token: bool) -> Outcome<((), Vec<NodeStatus>)> {
        let user = self.crypto_user()?;
        let open = self.open_own_key(handle, user.id, user.cluster_key)?;
        let mut key = open.key;
        if key.token && !token {
            return Err(ReturnCode::ATTRIBUTE_READ_ONLY.into());
        }
        self.check_writable()?;
        if key.token != token {
            let mut permit = Permit::default();
            permit.ask(&key, Service::ManageKey);
            key.token = token;
            key.created = self.clock.now();
            let now = key.created;
            let Self { login, token_keys, session_keys, random, settings, .. } = self;
            let cluster_key = cluster_key(login)?;
            let row = key_record::to_row(&key, &open.material, cluster_key, random)?;
            // Kept first, forgotten then: whatever happens between, the key is not lost.
            let change = token_keys.change()?;
            check_room(&change.read(), 1, settings.max_keys)?;
            // Another process may have taken the id meanwhile.
            if key_record::id_is_taken(&change.read(), &key)? {
                return Err(ReturnCode::DUPLICATE_KEY_ID.into());
            }
            permit.redeem(&change, login.as_ref().ok_or(ReturnCode::NOT_LOGGED_IN)?, now)?;
            change.insert_key(&row)?;
            change.commit()?;
            let change = session_keys.change()?;
            change.delete_key(handle.0)?;
            change.commit()?;
        }
        Ok(((), self.stored_on(&key)))
    }
}
