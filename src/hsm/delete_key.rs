//! `deleteKey`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::login::cluster_key;
use super::names::Handle;
use super::quorum;
use super::return_code::ReturnCode;

impl Hsm {
    /// Deletes a key from every node, and the tokens for it. Its handle is not
    /// given again. No quorum is asked: what nobody can use any more, its owner
    /// must be able to delete.
    ///
    /// 0xa8 when the user may not see such a key, 0xc6 when it is not his.
    pub fn delete_key(&mut self, handle: Handle) -> Answer<()> {
        let outcome = self.try_delete_key(handle);
        self.answer(outcome)
    }

    fn try_delete_key(&mut self, handle: Handle) -> Outcome<((), Vec<NodeStatus>)> {
        let user = self.crypto_user()?;
        let token = match self.open_own_key(handle, user.id, user.cluster_key) {
            Ok(open) => open.key.token,
            // A record that no longer opens is of no use, but it is in the way.
            Err(refusal) if refusal.code() == ReturnCode::RECORD_DAMAGED => {
                if !self.is_owner_on_record(handle, user.id)? {
                    return Err(refusal);
                }
                true
            }
            Err(refusal) => return Err(refusal),
        };
        self.check_writable()?;
        let mut nodes = self.changed_on();
        if !token {
            let home = self.home(handle);
            nodes.retain(|status| status.node == home);
        }
        let Self { login, token_keys, session_keys, .. } = self;
        let cluster_key = cluster_key(login)?;
        // All tokens are with the token keys, those for a session key, too.
        if token || quorum::has_token(&token_keys.read(), cluster_key, handle)? {
            let change = token_keys.change()?;
            // Another process may have been faster.
            if token && !change.delete_key(handle.0)? {
                return Err(ReturnCode::INVALID_HANDLE.into());
            }
            quorum::forget_key(&change, cluster_key, handle)?;
            change.commit()?;
        }
        if !token {
            let change = session_keys.change()?;
            change.delete_key(handle.0)?;
            change.commit()?;
        }
        Ok(((), nodes))
    }
}
