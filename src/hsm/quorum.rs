//! `getToken`, `approveToken`, `delToken`, `listTokens`: how m of the n users
//! of a key approve its use.

use rand_core::Rng;

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome, Refusal};
use super::clock::Milliseconds;
use super::key::Key;
use super::names::{Handle, UserId};
use super::quorum_key::QuorumKey;
use super::return_code::ReturnCode;
use super::token::{Service, TOKEN_LENGTH, Token};
use super::user::UserType;
use super::vault;
use crate::crypto::random::Random;
use crate::crypto::seal::{self, SealingKey};
use crate::store::{Change, TokenRow, UserRow, View};

/// What `getToken` asks for.
#[derive(Clone, Debug)]
pub struct GetToken {
    /// What the token is to approve.
    pub service: Service,
    /// On which key.
    pub key: Handle,
    /// The name of the user who asks, and who must be the one logged in.
    pub user_name: String,
    /// Whether a token of the session for the same that has timed out is replaced.
    pub recreate: bool,
}

/// A token as `getToken` and `listTokens` show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// The token.
    pub token: Token,
    /// The name of the user who asked for it.
    pub requester: String,
    /// How many users have approved it.
    pub approvals: usize,
    /// How many must.
    pub m_value: u8,
    /// For how long it can still be used.
    pub time_left: Milliseconds,
}

/// A new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedToken {
    /// What it is.
    pub info: TokenInfo,
    /// What its file holds and the users sign.
    pub record: Vec<u8>,
}

/// A user's approval, as it comes from outside.
#[derive(Clone, Debug)]
pub struct Approval {
    /// The type that the user is said to have.
    pub user_type: UserType,
    /// His name.
    pub name: String,
    /// His signature of the tokens: PKCS#1 v1.5 with SHA-256.
    pub signature: Vec<u8>,
}

/// Which tokens `delToken` deletes.
#[derive(Clone, Copy, Debug)]
pub enum DeleteTokens<'a> {
    /// Those of these records, one after the other.
    These(&'a [u8]),
    /// All that the user has asked for, in every session.
    AllOfUser,
}

/// A token of the state.
pub(super) struct Kept {
    /// Its row.
    pub row: i64,
    /// The token.
    pub token: Token,
    /// Who has approved it, each once.
    pub approvers: Vec<UserId>,
    record: Vec<u8>,
}

/// Who can approve the use of a key: its owner and those it is shared with.
pub(super) fn users_of(key: &Key) -> Vec<UserId> {
    std::iter::once(key.owner).chain(key.shared_with.iter().copied()).collect()
}

/// The tokens of the state.
///
/// # Errors
/// kmu's integrity code when one was changed behind the HSM's back.
pub(super) fn load(view: &View<'_>, cluster_key: &SealingKey) -> Outcome<Vec<Kept>> {
    let kept = |row: TokenRow| {
        let token = Token::decode(&row.record, cluster_key).ok_or(ReturnCode::RECORD_DAMAGED)?;
        let approvals = seal::unseal(cluster_key, &row.approvals, &approvals_context(&row.record))?;
        let approvers = approvals.chunks_exact(2).map(|id| UserId::from_be_bytes([id[0], id[1]]));
        Ok(Kept { row: row.id, token, approvers: approvers.collect(), record: row.record })
    };
    view.tokens()?.into_iter().map(kept).collect()
}

/// Whether somebody has a token for a key.
///
/// # Errors
/// When the state cannot be read.
pub(super) fn has_token(view: &View<'_>, cluster_key: &SealingKey, key: Handle) -> Outcome<bool> {
    Ok(view.tokens()?.iter().any(|row| is_for(row, cluster_key, key)))
}

fn is_for(row: &TokenRow, cluster_key: &SealingKey, key: Handle) -> bool {
    Token::decode(&row.record, cluster_key).is_some_and(|token| token.key == key)
}

/// Deletes the tokens for a key, as a part of the change that deletes the key.
pub(super) fn forget_key(
    change: &Change<'_>,
    cluster_key: &SealingKey,
    key: Handle,
) -> Outcome<()> {
    for row in change.read().tokens()? {
        if is_for(&row, cluster_key, key) {
            change.delete_token(row.id)?;
        }
    }
    Ok(())
}

fn seal_approvers(
    approvers: &[UserId],
    record: &[u8],
    cluster_key: &SealingKey,
    random: &mut Random,
) -> Outcome<Vec<u8>> {
    let ids: Vec<u8> = approvers.iter().flat_map(|user| user.to_be_bytes()).collect();
    Ok(seal::seal(cluster_key, &ids, &approvals_context(record), random)?)
}

fn approvals_context(record: &[u8]) -> Vec<u8> {
    [b"kmu token approvals 1", record].concat()
}

/// The tokens of a file.
///
/// # Errors
/// kmu's code for anything but tokens of this cluster.
fn tokens_of(records: &[u8], cluster_key: &SealingKey) -> Outcome<Vec<Token>> {
    let tokens: Option<Vec<_>> =
        records.chunks(TOKEN_LENGTH).map(|record| Token::decode(record, cluster_key)).collect();
    tokens.filter(|tokens| !tokens.is_empty()).ok_or_else(|| ReturnCode::TOKEN_INVALID.into())
}

impl Hsm {
    /// Makes a token for a use of a key of the user's or shared with him. A
    /// session has one token per key and service at a time.
    ///
    /// 0x9d and 0xc6 when another user is named, 0xa8 when the user may not
    /// see such a key, kmu's codes for a key that needs no approvals or more
    /// than its users can give, and for an earlier token that has timed out;
    /// 0xbb when there is one that has not.
    pub fn get_token(&mut self, request: &GetToken) -> Answer<IssuedToken> {
        let outcome = self.try_get_token(request);
        self.answer_tokens(outcome)
    }

    /// Adds approvals to tokens: all of them to each, or none. Each is the
    /// user's signature of `records`, as they are.
    ///
    /// 0x1b for a signature that is not the user's, 0x9d for one who does not
    /// exist, 0xc6 for one who may not use the key, 0xdb for one who is no
    /// crypto user; kmu's codes for what is no token, for a token that has
    /// ended, for a user who has approved before or has no public key.
    pub fn approve_tokens(&mut self, records: &[u8], approvals: &[Approval]) -> Answer<()> {
        let outcome = self.try_approve(records, approvals);
        self.answer_tokens(outcome)
    }

    /// Deletes tokens that the user has asked for, all that are named or none.
    ///
    /// 0xc6 for somebody else's; kmu's codes for what is no token, and for one
    /// that is not there any more.
    pub fn delete_tokens(&mut self, which: DeleteTokens<'_>) -> Answer<()> {
        let outcome = self.try_delete_tokens(which);
        self.answer_tokens(outcome)
    }

    /// The tokens for keys that the user may see, in the order in which they
    /// were made. Those of other sessions are gone once they have timed out.
    pub fn list_tokens(&mut self) -> Answer<Vec<TokenInfo>> {
        let outcome = self.try_list_tokens();
        self.answer_tokens(outcome)
    }

    /// Deletes the session's tokens. Should that fail, they are of no use to
    /// anybody: the session's number is never drawn again.
    pub(super) fn end_session_tokens(&mut self) {
        let Self { login, token_keys, .. } = self;
        let Some(login) = login else { return };
        let Some(session) = login.session() else { return };
        let mut delete = || -> Outcome<()> {
            let change = token_keys.change()?;
            for kept in load(&change.read(), &login.cluster_key)? {
                if kept.token.session == session {
                    change.delete_token(kept.row)?;
                }
            }
            Ok(change.commit()?)
        };
        let _ = delete();
    }

    fn answer_tokens<T>(&self, outcome: Outcome<T>) -> Answer<T> {
        let nodes: Vec<NodeStatus> = self.everywhere(ReturnCode::SUCCESS);
        self.answer(outcome.map(|value| (value, nodes)))
    }

    fn try_get_token(&mut self, request: &GetToken) -> Outcome<IssuedToken> {
        let user = self.crypto_user()?;
        let rows = self.token_keys.read().users()?;
        let named = rows.iter().find(|row| row.name == request.user_name);
        if named.ok_or(ReturnCode::UNKNOWN_USER_NAME)?.id != user.id {
            return Err(ReturnCode::ACCESS_DENIED.into());
        }
        let key = self.open_key(request.key, user.id, user.cluster_key)?.key;
        if key.m_value < 2 {
            return Err(ReturnCode::QUORUM_NOT_ASKED.into());
        }
        if usize::from(key.m_value) > users_of(&key).len() {
            return Err(ReturnCode::M_VALUE_TOO_LARGE.into());
        }
        let requester = user.id;
        let now = self.clock.now();
        let Self { login, token_keys, random, .. } = self;
        let login = login.as_mut().ok_or(ReturnCode::NOT_LOGGED_IN)?;
        let mut token = Token {
            service: request.service,
            key: request.key,
            requester,
            session: login.draw_session(random),
            nonce: [0; 16],
            created: now,
        };
        random.fill_bytes(&mut token.nonce);
        let record = token.encode(&login.cluster_key);
        let change = token_keys.change()?;
        for kept in load(&change.read(), &login.cluster_key)? {
            let timed_out = kept.token.time_left(now) == 0;
            let own = kept.token.session == token.session;
            let same = own && (kept.token.service, kept.token.key) == (token.service, token.key);
            if same && !timed_out {
                return Err(ReturnCode::IN_PROGRESS.into());
            }
            if same && !request.recreate {
                return Err(ReturnCode::TOKEN_TIMED_OUT.into());
            }
            // What other sessions left behind, perhaps because they were killed, goes too.
            if same || timed_out && !own {
                change.delete_token(kept.row)?;
            }
        }
        let approvals = seal_approvers(&[], &record, &login.cluster_key, random)?;
        change.insert_token(&record, &approvals)?;
        change.commit()?;
        let info = TokenInfo {
            time_left: token.time_left(now),
            token,
            requester: request.user_name.clone(),
            approvals: 0,
            m_value: key.m_value,
        };
        Ok(IssuedToken { info, record })
    }

    fn try_approve(&mut self, records: &[u8], approvals: &[Approval]) -> Outcome<()> {
        let user = self.crypto_user()?;
        let tokens = tokens_of(records, user.cluster_key)?;
        let mut keys = Vec::new();
        for token in &tokens {
            keys.push(self.open_key(token.key, user.id, user.cluster_key)?.key);
        }
        let rows = self.token_keys.read().users()?;
        let mut approvers = Vec::new();
        for approval in approvals {
            let approver = approver_of(approval, records, &rows, &keys, user.cluster_key)?;
            if approvers.contains(&approver) {
                return Err(ReturnCode::ALREADY_APPROVED.into());
            }
            approvers.push(approver);
        }
        if approvers.is_empty() {
            return Err(Refusal::arguments("there is no approval"));
        }
        let now = self.clock.now();
        let Self { login, token_keys, random, .. } = self;
        let cluster_key = super::login::cluster_key(login)?;
        let change = token_keys.change()?;
        for record in records.chunks(TOKEN_LENGTH) {
            // Read again for each: a file may name a token twice.
            let mut kept = find(load(&change.read(), cluster_key)?, record)?;
            if kept.token.time_left(now) == 0 {
                return Err(ReturnCode::TOKEN_TIMED_OUT.into());
            }
            if approvers.iter().any(|approver| kept.approvers.contains(approver)) {
                return Err(ReturnCode::ALREADY_APPROVED.into());
            }
            kept.approvers.extend(&approvers);
            let sealed = seal_approvers(&kept.approvers, record, cluster_key, random)?;
            change.set_approvals(kept.row, &sealed)?;
        }
        Ok(change.commit()?)
    }

    fn try_delete_tokens(&mut self, which: DeleteTokens<'_>) -> Outcome<()> {
        let user = self.crypto_user()?.id;
        let Self { login, token_keys, .. } = self;
        let cluster_key = super::login::cluster_key(login)?;
        let change = token_keys.change()?;
        match which {
            DeleteTokens::These(records) => {
                let tokens = tokens_of(records, cluster_key)?;
                if tokens.iter().any(|token| token.requester != user) {
                    return Err(ReturnCode::ACCESS_DENIED.into());
                }
                for record in records.chunks(TOKEN_LENGTH) {
                    let kept = find(load(&change.read(), cluster_key)?, record)?;
                    change.delete_token(kept.row)?;
                }
            }
            DeleteTokens::AllOfUser => {
                // Damaged ones are nobody's and in everybody's way, so they go too.
                for row in change.read().tokens()? {
                    let whole = Token::decode(&row.record, cluster_key).filter(|_| {
                        let context = approvals_context(&row.record);
                        seal::unseal(cluster_key, &row.approvals, &context).is_ok()
                    });
                    if whole.is_none_or(|token| token.requester == user) {
                        change.delete_token(row.id)?;
                    }
                }
            }
        }
        Ok(change.commit()?)
    }

    fn try_list_tokens(&mut self) -> Outcome<Vec<TokenInfo>> {
        let user = self.crypto_user()?;
        let own = self.login.as_ref().and_then(super::login::Login::session);
        let now = self.clock.now();
        let view = self.token_keys.read();
        let users = view.users()?;
        let mut infos = Vec::new();
        for Kept { token, approvers, .. } in load(&view, user.cluster_key)? {
            let time_left = token.time_left(now);
            let key = match self.open_key(token.key, user.id, user.cluster_key) {
                Ok(open) => open.key,
                Err(refusal) if refusal.is(ReturnCode::INVALID_HANDLE) => continue,
                Err(refusal) => return Err(refusal),
            };
            if time_left == 0 && Some(token.session) != own {
                continue;
            }
            let requester = users.iter().find(|row| row.id == token.requester);
            infos.push(TokenInfo {
                requester: requester.map_or_else(String::new, |row| row.name.clone()),
                token,
                approvals: approvers.len(),
                m_value: key.m_value,
                time_left,
            });
        }
        Ok(infos)
    }
}

/// The token of a record among those of the state.
fn find(tokens: Vec<Kept>, record: &[u8]) -> Outcome<Kept> {
    let found = tokens.into_iter().find(|kept| kept.record == record);
    found.ok_or_else(|| ReturnCode::TOKEN_UNKNOWN.into())
}

/// The user who gave an approval, if he is one who can give it to each of these keys.
fn approver_of(
    approval: &Approval,
    records: &[u8],
    users: &[UserRow],
    keys: &[Key],
    cluster_key: &SealingKey,
) -> Result<UserId, Refusal> {
    let named = |row: &&UserRow| {
        row.name == approval.name && vault::user_type(row) == Some(approval.user_type)
    };
    let refuse = |code: ReturnCode, what: &str| {
        Err(Refusal::explained(code, format!("the approval of {}: {what}", approval.name)))
    };
    if approval.user_type != UserType::CryptoUser {
        return refuse(ReturnCode::INVALID_USER_TYPE, "only crypto users approve");
    }
    let Some(user) = users.iter().find(named) else {
        return refuse(ReturnCode::UNKNOWN_USER_NAME, "there is no such user of this type");
    };
    if !keys.iter().all(|key| users_of(key).contains(&user.id)) {
        return refuse(ReturnCode::ACCESS_DENIED, "he is no user of the key");
    }
    let key = match QuorumKey::of(user, cluster_key) {
        Err(refusal) if refusal.is(ReturnCode::NO_QUORUM_KEY) => {
            return refuse(ReturnCode::NO_QUORUM_KEY, "he has no registered public key");
        }
        key => key?,
    };
    if !key.verifies(records, &approval.signature) {
        return refuse(ReturnCode::BAD_PKCS_DATA, "the signature is not his, or not of this file");
    }
    Ok(user.id)
}
