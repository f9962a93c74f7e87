//! Login, lockout, logout, and who may do what.

use rand_core::Rng;

use super::Hsm;
use super::answer::{Answer, Outcome};
use super::names::UserId;
use super::return_code::ReturnCode;
use super::token::SessionId;
use super::user::{LoginType, MAX_LOGIN_FAILURES, PASSWORD_LENGTH, User, UserType};
use super::vault;
use crate::crypto::random::Random;
use crate::crypto::seal::SealingKey;
use crate::store::{Store, UserRow};

/// The user of a session.
pub(super) struct Login {
    user: UserId,
    user_type: UserType,
    /// In a place of its own: what moves leaves copies on the stack.
    pub(super) cluster_key: Box<SealingKey>,
    /// What its tokens carry, once it has asked for one.
    session: Option<SessionId>,
}

impl Login {
    /// The user.
    pub(super) fn user(&self) -> UserId {
        self.user
    }

    /// The number that the session's tokens carry, if it has asked for one.
    pub(super) fn session(&self) -> Option<SessionId> {
        self.session
    }

    /// The number that the session's tokens carry, drawn when it is first needed.
    pub(super) fn draw_session(&mut self, random: &mut Random) -> SessionId {
        *self.session.get_or_insert_with(|| {
            let mut session = SessionId::default();
            random.fill_bytes(&mut session);
            session
        })
    }
}

/// The cluster key of a session, for when its other parts are borrowed too.
///
/// # Errors
/// 0xa0 when nobody is logged in.
pub(super) fn cluster_key(login: &Option<Login>) -> Outcome<&SealingKey> {
    Ok(&login.as_ref().ok_or(ReturnCode::NOT_LOGGED_IN)?.cluster_key)
}

/// A crypto user who is logged in, and the key that opens the cluster's records.
pub(super) struct CryptoUser<'a> {
    pub id: UserId,
    pub cluster_key: &'a SealingKey,
}

impl Hsm {
    /// Logs a user in.
    ///
    /// 0x9f when somebody is logged in, 0x9d when nobody of this type has the
    /// name, 0xa3 when the password is wrong; the fifth wrong password in a row
    /// locks the account, for good and across processes.
    pub fn log_in(&mut self, login_type: LoginType, name: &str, password: &str) -> Answer<()> {
        let outcome = self.reach(Some(name));
        let outcome = outcome.and_then(|()| self.try_log_in(login_type, name, password));
        self.answer_everywhere(outcome)
    }

    /// Logs the user out. His session keys and the session's tokens are gone.
    ///
    /// 0xa0 when nobody is logged in.
    pub fn log_out(&mut self) -> Answer<()> {
        let outcome = self.reach(None).and_then(|()| self.try_log_out());
        self.answer_everywhere(outcome)
    }

    fn try_log_out(&mut self) -> Outcome<()> {
        self.end_session_tokens();
        self.login.take().ok_or(ReturnCode::NOT_LOGGED_IN)?;
        self.session_keys = Store::in_memory()?;
        Ok(())
    }

    /// The name of the user who is logged in.
    pub(super) fn user_name(&self) -> Option<String> {
        let id = self.login.as_ref()?.user;
        let users = self.token_keys.read().users().ok()?;
        users.into_iter().find(|row| row.id == id).map(|row| row.name)
    }

    /// The type of the user who is logged in, if somebody is.
    #[must_use]
    pub fn login_status(&self) -> Answer<Option<UserType>> {
        let user_type = self.login.as_ref().map(|login| login.user_type);
        Answer::local(self.reach(None).map(|()| user_type))
    }

    /// Every user of the cluster, ascending by id. Nobody needs to be logged in.
    #[must_use]
    pub fn list_users(&self) -> Answer<Vec<User>> {
        let user = |row: UserRow| {
            Some(User {
                id: row.id,
                user_type: vault::user_type(&row)?,
                name: row.name,
                login_failures: row.login_failures,
                has_quorum_key: row.quorum_key.is_some(),
            })
        };
        let rows = || Ok(self.token_keys.read().users()?);
        Answer::local(self.reach(None).and_then(|()| rows()).and_then(|rows| {
            let users: Option<_> = rows.into_iter().map(user).collect();
            users.ok_or(ReturnCode::RECORD_DAMAGED.into())
        }))
    }

    /// The crypto user who is logged in.
    ///
    /// # Errors
    /// As [`Hsm::reach`]; 0xa0 when nobody is, 0xdb when somebody else is.
    pub(super) fn crypto_user(&self) -> Outcome<CryptoUser<'_>> {
        self.reach(None)?;
        let login = self.login.as_ref().ok_or(ReturnCode::NOT_LOGGED_IN)?;
        if login.user_type != UserType::CryptoUser {
            return Err(ReturnCode::INVALID_USER_TYPE.into());
        }
        Ok(CryptoUser { id: login.user, cluster_key: &login.cluster_key })
    }

    fn answer_everywhere(&self, outcome: Outcome<()>) -> Answer<()> {
        let nodes = self.everywhere(ReturnCode::SUCCESS);
        self.answer(outcome.map(|()| ((), nodes)))
    }

    fn try_log_in(&mut self, login_type: LoginType, name: &str, password: &str) -> Outcome<()> {
        if self.login.is_some() {
            return Err(ReturnCode::ALREADY_LOGGED_IN.into());
        }
        self.login = Some(self.check_password(login_type, name, password)?);
        Ok(())
    }

    /// What a login with this password brings; a wrong one is counted.
    ///
    /// # Errors
    /// As [`Hsm::log_in`] but for 0x9f.
    pub(super) fn check_password(
        &mut self,
        login_type: LoginType,
        name: &str,
        password: &str,
    ) -> Outcome<Login> {
        let named = |row: &UserRow| {
            row.name == name && vault::user_type(row).is_some_and(|kind| login_type.admits(kind))
        };
        let users = self.token_keys.at_one_moment(vault::undamaged_users)??;
        let user = users.into_iter().find(named).ok_or(ReturnCode::UNKNOWN_USER_NAME)?;
        let user_type = vault::user_type(&user).ok_or(ReturnCode::UNKNOWN_USER_NAME)?;
        if user.login_failures >= MAX_LOGIN_FAILURES {
            return Err(ReturnCode::USER_LOCKED.into());
        }
        // Nobody has a password of any other length, so there is nothing to hash.
        let possible = PASSWORD_LENGTH.contains(&password.len());
        let opened = if possible { vault::open_slot(&user, password)? } else { None };
        self.count_login(&user, opened.is_some())?;
        let cluster_key = opened.ok_or(ReturnCode::LOGIN_FAILURE)?;
        self.token_keys.at_one_moment(|view| vault::check_users(view, &cluster_key))??;
        Ok(Login { user: user.id, user_type, cluster_key, session: None })
    }

    /// Keeps the count of wrong passwords. It is read again under the lock, so
    /// that processes that guess side by side share one count.
    fn count_login(&mut self, user: &UserRow, success: bool) -> Outcome<()> {
        let failures = |rows: Vec<UserRow>| {
            rows.into_iter().find(|row| row.id == user.id).map_or(0, |row| row.login_failures)
        };
        // Nothing to write, unless others failed while this password was hashed.
        if success && failures(self.token_keys.read().users()?) == 0 {
            return Ok(());
        }
        let change = self.token_keys.change()?;
        let failures = failures(change.read().users()?);
        if failures >= MAX_LOGIN_FAILURES {
            return Err(ReturnCode::USER_LOCKED.into());
        }
        change.set_login_failures(user.id, if success { 0 } else { failures + 1 })?;
        change.commit()?;
        Ok(())
    }
}
