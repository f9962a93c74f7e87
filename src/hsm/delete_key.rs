//! `deleteKey`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::names::Handle;
use super::return_code::ReturnCode;

impl Hsm {
    /// Deletes a key from every node. Its handle is not given again.
    ///
    /// 0xa8 when the user may not see such a key, 0xc6 when it is not his.
    pub fn delete_key(&mut self, handle: Handle) -> Answer<()> {
        let outcome = self.try_delete_key(handle);
        self.answer(outcome)
    }

    fn try_delete_key(&mut self, handle: Handle) -> Outcome<((), Vec<NodeStatus>)> {
        let user = self.crypto_user()?;
        let key = self.open_own_key(handle, user.id, user.cluster_key)?.key;
        let mut nodes = self.everywhere(ReturnCode::SUCCESS);
        let store = if key.token {
            &mut self.token_keys
        } else {
            let home = self.home(handle);
            nodes.retain(|status| status.node == home);
            &mut self.session_keys
        };
        let change = store.change()?;
        // Another process may have been faster.
        if !change.delete_key(handle.0)? {
            return Err(ReturnCode::INVALID_HANDLE.into());
        }
        change.commit()?;
        Ok(((), nodes))
    }
}
