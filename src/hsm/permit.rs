//! What a command needs of the users of guarded keys, and how it is paid for
//! with tokens: all that it needs in one change to the state, or nothing.

use super::Hsm;
use super::answer::Outcome;
use super::clock::Milliseconds;
use super::key::Key;
use super::login::Login;
use super::names::{Handle, UserId};
use super::quorum;
use super::return_code::ReturnCode;
use super::token::Service;
use crate::store::Change;

/// The approvals that one command needs. Whatever a command does with a key,
/// it is one use of it, so each key is asked for once per service.
#[derive(Default)]
pub(super) struct Permit {
    needed: Vec<Demand>,
    given: Vec<(Service, Handle)>,
}

/// The approvals that a service needs on a key.
struct Demand {
    service: Service,
    key: Handle,
    m_value: u8,
    users: Vec<UserId>,
}

impl Permit {
    /// Notes that the command needs this service. A key without a quorum needs nobody.
    pub(super) fn ask(&mut self, key: &Key, service: Service) {
        let wanted = (service, key.handle);
        let asked = self.needed.iter().any(|demand| (demand.service, demand.key) == wanted);
        if key.m_value > 1 && !asked && !self.given.contains(&wanted) {
            let users = quorum::users_of(key);
            self.needed.push(Demand { service, key: key.handle, m_value: key.m_value, users });
        }
    }

    /// Uses up the tokens for all that was asked for, as a part of a change.
    ///
    /// # Errors
    /// kmu's codes when a token has timed out, and when there is none with
    /// enough approvals; then the change must not be committed.
    pub(super) fn redeem(
        &mut self,
        change: &Change<'_>,
        login: &Login,
        now: Milliseconds,
    ) -> Outcome<()> {
        for demand in std::mem::take(&mut self.needed) {
            let tokens = quorum::load(&change.read(), &login.cluster_key)?;
            let mine = tokens.iter().find(|kept| {
                Some(kept.token.session) == login.session()
                    && kept.token.requester == login.user()
                    && (kept.token.service, kept.token.key) == (demand.service, demand.key)
            });
            let kept = mine.ok_or(ReturnCode::QUORUM_NOT_MET)?;
            if kept.token.time_left(now) == 0 {
                return Err(ReturnCode::TOKEN_TIMED_OUT.into());
            }
            let approvals = kept.approvers.iter().filter(|user| demand.users.contains(user));
            if approvals.count() < usize::from(demand.m_value) {
                return Err(ReturnCode::QUORUM_NOT_MET.into());
            }
            change.delete_token(kept.row)?;
            self.given.push((demand.service, demand.key));
        }
        Ok(())
    }
}

impl Hsm {
    /// Uses up the tokens for all that a permit was asked for.
    ///
    /// # Errors
    /// As [`Permit::redeem`]; then every token is still there.
    pub(super) fn redeem(&mut self, permit: &mut Permit) -> Outcome<()> {
        if permit.needed.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let login = self.login.as_ref().ok_or(ReturnCode::NOT_LOGGED_IN)?;
        let change = self.token_keys.change()?;
        permit.redeem(&change, login, now)?;
        Ok(change.commit()?)
    }
}
