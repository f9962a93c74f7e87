//! How a key, or a pair, comes into the cluster: checked, given handles,
//! sealed, stored whole or not at all, and spread to the nodes.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::handle_plan::HandlePlan;
use super::key::{Class, Key, NewKey};
use super::key_record;
use super::login::cluster_key;
use super::names::{Handle, KeyId, Label, UserId};
use super::new_key::{self, Origin};
use super::return_code::ReturnCode;
use super::user::UserType;
use super::vault;
use crate::crypto::asymmetric::PrivateKey;
use crate::store::View;

/// What every command that makes a key can ask for.
#[derive(Clone, Debug)]
pub struct KeyOptions {
    /// The key's name; both halves of a pair get it.
    pub label: Label,
    /// The key's identifier, or an empty one; both halves of a pair get it.
    pub id: KeyId,
    /// Whether the key lives on the session's node only, and dies with the session.
    pub session: bool,
    /// Whether the private or secret key may leave the HSM.
    pub extractable: bool,
    /// Users who may use the private or secret key beside its owner: ascending, each once.
    pub shared_with: Vec<UserId>,
    /// How many users must approve a use of the private or secret key.
    pub m_value: u8,
    /// How many nodes must hold the key for the request to be complete.
    pub minimum_servers: u8,
}

/// The handles of a new pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPair {
    /// The public key's handle.
    pub public: Handle,
    /// The private key's handle.
    pub private: Handle,
}

/// Checks that a store has room for more keys.
///
/// # Errors
/// kmu's code for a partition that is full.
pub(super) fn check_room(stored: &View<'_>, more: usize, max_keys: u64) -> Outcome<()> {
    // No two keys have the same serial number, so there are no more keys than the highest
    // one, which is found without counting. As many keys as a request makes fit into any number.
    if stored.highest_serial()?.saturating_add(more as u64) <= max_keys {
        return Ok(());
    }
    if stored.count_keys()?.saturating_add(more as u64) > max_keys {
        return Err(ReturnCode::KEY_STORE_FULL.into());
    }
    Ok(())
}

impl Hsm {
    /// Checks what can be checked before a key is made.
    ///
    /// # Errors
    /// 0xce and 0xdb for users that do not exist or are not crypto users;
    /// kmu's codes for sharing with oneself and for an m value that the users
    /// of the key cannot reach.
    pub(super) fn check_options(&self, options: &KeyOptions, owner: UserId) -> Outcome<()> {
        let users = self.token_keys.read().users()?;
        for shared in &options.shared_with {
            let row = users.iter().find(|row| row.id == *shared).ok_or(ReturnCode::UNKNOWN_USER)?;
            if vault::user_type(row) != Some(UserType::CryptoUser) {
                return Err(ReturnCode::INVALID_USER_TYPE.into());
            }
            if *shared == owner {
                return Err(ReturnCode::SHARED_WITH_OWNER.into());
            }
        }
        if usize::from(options.m_value) > options.shared_with.len() + 1 {
            return Err(ReturnCode::M_VALUE_TOO_LARGE.into());
        }
        Ok(())
    }

    /// Stores a new pair, public key first: it gets the lower handle.
    pub(super) fn create_pair(
        &mut self,
        pair: PrivateKey,
        options: &KeyOptions,
        owner: UserId,
    ) -> Outcome<(KeyPair, Vec<NodeStatus>)> {
        let firmware = self.settings.firmware;
        let public = new_key::public(options, owner, Origin::Generated, &pair.public, firmware);
        let private = new_key::private(options, owner, Origin::Generated, pair);
        let created = self.create_keys(vec![public, private], options.session)?;
        let [public, private] = created.as_slice() else {
            return Err(ReturnCode::INVALID_STATE.into());
        };
        let nodes = self.stored_on(private);
        Ok((KeyPair { public: public.handle, private: private.handle }, nodes))
    }

    /// Stores one new key.
    pub(super) fn create_key(&mut self, new: NewKey) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let session = !new.key.token;
        let created = self.create_keys(vec![new], session)?;
        let key = created.first().ok_or(ReturnCode::INVALID_STATE)?;
        Ok((key.handle, self.stored_on(key)))
    }

    /// Stores new keys under one id, all or none, and returns them with their handles.
    pub(super) fn create_keys(&mut self, keys: Vec<NewKey>, session: bool) -> Outcome<Vec<Key>> {
        self.check_writable()?;
        // The fields are borrowed apart, so the login is looked up by hand here.
        let node = self.session_node();
        let now = self.clock.now();
        let Self { login, token_keys, session_keys, random, settings, .. } = self;
        let cluster_key = cluster_key(login)?;

        // The plan of handles is the cluster's, so even a session key locks its state for a moment.
        let change = token_keys.change()?;
        let filled = if session { session_keys.read() } else { change.read() };
        check_room(&filled, keys.len(), settings.max_keys)?;
        for NewKey { key, .. } in &keys {
            for view in [change.read(), session_keys.read()] {
                if key_record::id_is_taken(&view, key)? {
                    return Err(ReturnCode::DUPLICATE_KEY_ID.into());
                }
            }
        }
        let mut plan = HandlePlan::load_checked(&change.read(), cluster_key)?;
        let mut created = Vec::new();
        let mut rows = Vec::new();
        for NewKey { mut key, material } in keys {
            key.handle = plan.take(node);
            key.created = now;
            rows.push(key_record::to_row(&key, &material, cluster_key, random)?);
            created.push(key);
        }
        plan.save(&change, cluster_key)?;
        if session {
            change.commit()?;
            let change = session_keys.change()?;
            for row in &rows {
                change.insert_key(row)?;
            }
            change.commit()?;
        } else {
            for row in &rows {
                change.insert_key(row)?;
            }
            change.commit()?;
        }
        Ok(created)
    }

    /// The answer for new keys: each node's status, and RET_CLUSTER_OPERATION_INCOMPLETE
    /// when fewer nodes hold them than the request asks for, though the cluster has enough.
    pub(super) fn answer_created<T>(
        &self,
        outcome: Outcome<(T, Vec<NodeStatus>)>,
        minimum_servers: u8,
    ) -> Answer<T> {
        let mut answer = self.answer(outcome);
        let wanted = usize::from(minimum_servers);
        let possible = answer.status.nodes.as_ref().map_or(0, Vec::len);
        if answer.status.code.is_success()
            && (answer.status.successes() + 1..=possible).contains(&wanted)
        {
            answer.status.code = ReturnCode::INCOMPLETE;
        }
        answer
    }
}

impl KeyOptions {
    /// The users and the m value of a key of this class: public keys are
    /// everybody's, so they are neither shared nor guarded by a quorum.
    pub(super) fn sharing(&self, class: Class) -> (Vec<UserId>, u8) {
        if class == Class::Public {
            return (Vec::new(), 0);
        }
        (self.shared_with.clone(), self.m_value)
    }
}
