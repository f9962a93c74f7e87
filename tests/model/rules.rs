//! The rules of the cluster as the documentation states them, on plain data:
//! no cryptography, no nodes, no storage.

use std::collections::BTreeMap;

use super::operation::{Filter, Operation, Options};

pub const SUCCESS: u32 = 0;
pub const ALREADY_LOGGED_IN: u32 = 0x9f;
pub const UNKNOWN_USER_NAME: u32 = 0x9d;
pub const NOT_LOGGED_IN: u32 = 0xa0;
pub const LOGIN_FAILURE: u32 = 0xa3;
pub const USER_LOCKED: u32 = 0xa5;
pub const INVALID_HANDLE: u32 = 0xa8;
pub const ATTRIBUTE_READ_ONLY: u32 = 0xaa;
pub const POLICY_VIOLATION: u32 = 0xb3;
pub const DUPLICATE_KEY_ID: u32 = 0xb4;
pub const M_VALUE_TOO_LARGE: u32 = 0xb5;
pub const SHARED_WITH_OWNER: u32 = 0xb6;
pub const QUORUM_NOT_MET: u32 = 0xb9;
pub const NOT_EXTRACTABLE: u32 = 0xba;
pub const ACCESS_DENIED: u32 = 0xc6;
pub const UNKNOWN_USER: u32 = 0xce;
pub const INVALID_USER_TYPE: u32 = 0xdb;
pub const INVALID_USER_INPUT: u32 = 0x32;
pub const ARGUMENTS_BAD: u32 = 0x33;

/// The users of the default cluster: name, type, password. Their numbers count from 1.
pub const USERS: [(&str, &str, &str); 6] = [
    ("admin", "CO", "admin_pwd"),
    ("app_user", "AU", "app_user_pwd"),
    ("example_user", "CU", "example_pwd"),
    ("alice", "CU", "example_pwd"),
    ("bob", "CU", "example_pwd"),
    ("trent", "CU", "example_pwd"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Public,
    Private,
    Secret,
}

#[derive(Clone, Debug)]
pub struct Key {
    pub class: Class,
    pub options: Options,
    pub owner: u16,
    /// The session that it lives in, unless it is a token key.
    pub session: Option<usize>,
    /// What the halves of a pair, and copies of them, have in common.
    pub pair: u64,
}

/// What an operation brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub code: u32,
    /// Handles that are made or found.
    pub handles: Vec<u64>,
    /// Numbers that are told: owner, users and m value of a key; failures of the users.
    pub numbers: Vec<u64>,
}

impl Expected {
    fn done(handles: Vec<u64>) -> Result<Self, u32> {
        Ok(Self { code: SUCCESS, handles, numbers: Vec::new() })
    }

    fn told(numbers: Vec<u64>) -> Result<Self, u32> {
        Ok(Self { code: SUCCESS, handles: Vec::new(), numbers })
    }
}

pub struct Model {
    fips_mode: bool,
    failures: [u64; 6],
    /// The number of the user who is logged in to each session.
    sessions: Vec<Option<u16>>,
    keys: BTreeMap<u64, Key>,
    next: u64,
    /// Keys that were masked.
    masked: Vec<Key>,
}

impl Model {
    pub fn new(fips_mode: bool, sessions: usize) -> Self {
        Self {
            fips_mode,
            failures: [0; 6],
            sessions: vec![None; sessions],
            keys: BTreeMap::new(),
            next: 6,
            masked: Vec::new(),
        }
    }

    /// The handle that an operation's number stands for: one that was given, or one that was not.
    pub fn handle(&self, number: u64) -> u64 {
        let given = self.next - 6;
        6 + number % (given + 2)
    }

    /// How many masked objects there are.
    pub fn masked(&self) -> usize {
        self.masked.len()
    }

    pub fn apply(&mut self, session: usize, operation: &Operation) -> Expected {
        let outcome = self.outcome(session, operation);
        let refused = |code| Expected { code, handles: Vec::new(), numbers: Vec::new() };
        outcome.unwrap_or_else(refused)
    }

    fn outcome(&mut self, session: usize, operation: &Operation) -> Result<Expected, u32> {
        match operation {
            Operation::LogIn { user_type, name, password } => {
                self.log_in(session, user_type, name, password)
            }
            Operation::LogOut => {
                self.sessions[session].take().ok_or(NOT_LOGGED_IN)?;
                self.keys.retain(|_, key| key.session != Some(session));
                Expected::done(Vec::new())
            }
            Operation::ListUsers => Expected::told(self.failures.to_vec()),
            Operation::GeneratePair { weak, options } => {
                let owner = self.crypto_user(session)?;
                if *weak && self.fips_mode {
                    return Err(POLICY_VIOLATION);
                }
                self.check_options(owner, options)?;
                let pair = self.next;
                let key = |class| Key {
                    class,
                    options: options.of(class),
                    owner,
                    session: options.session.then_some(session),
                    pair,
                };
                self.create(session, vec![key(Class::Public), key(Class::Private)])
            }
            Operation::GenerateSecret { rc4, options } => {
                let owner = self.crypto_user(session)?;
                if *rc4 && self.fips_mode {
                    return Err(POLICY_VIOLATION);
                }
                self.check_options(owner, options)?;
                let (class, pair) = (Class::Secret, self.next);
                let home = options.session.then_some(session);
                let key = Key { class, options: options.clone(), owner, session: home, pair };
                self.create(session, vec![key])
            }
            Operation::Find(filter) => {
                let user = self.crypto_user(session)?;
                let seen = self
                    .keys
                    .iter()
                    .filter(|(_, key)| visible(key, user, session) && matches(key, filter));
                Expected::done(seen.map(|(handle, _)| *handle).collect())
            }
            Operation::FindSingle(handle) => {
                self.visible(session, *handle)?;
                Expected::done(Vec::new())
            }
            Operation::KeyInfo(handle) => {
                let key = self.visible(session, *handle)?;
                let shared = key.options.shared_with.iter().map(|user| u64::from(*user));
                let m_value = u64::from(key.options.m_value);
                Expected::told(
                    [u64::from(key.owner)].into_iter().chain(shared).chain([m_value]).collect(),
                )
            }
            Operation::Token(handle) => {
                let key = self.visible(session, *handle)?;
                Expected::told(vec![u64::from(key.session.is_none())])
            }
            Operation::Delete(handle) => {
                self.owned(session, *handle)?;
                self.keys.remove(&self.handle(*handle));
                Expected::done(Vec::new())
            }
            Operation::SetToken(handle, token) => self.set_token(session, *handle, *token),
            Operation::Sign(handle) => {
                let key = self.visible(session, *handle)?;
                if key.class != Class::Private {
                    return Err(INVALID_USER_INPUT);
                }
                if key.options.m_value > 1 {
                    return Err(QUORUM_NOT_MET);
                }
                Expected::done(Vec::new())
            }
            Operation::ExportPublic(handle) => {
                let key = self.visible(session, *handle)?;
                if key.class != Class::Public {
                    return Err(ARGUMENTS_BAD);
                }
                Expected::done(Vec::new())
            }
            Operation::Export(handle) => {
                let key = self.owned(session, *handle)?;
                if key.class != Class::Public && !key.options.extractable {
                    return Err(NOT_EXTRACTABLE);
                }
                if key.options.m_value > 1 {
                    return Err(QUORUM_NOT_MET);
                }
                Expected::done(Vec::new())
            }
            Operation::ExtractMasked(handle) => {
                let key = self.owned(session, *handle)?.clone();
                if key.options.m_value > 1 {
                    return Err(QUORUM_NOT_MET);
                }
                self.masked.push(key);
                Expected::done(Vec::new())
            }
            Operation::InsertMasked(number) => {
                let user = self.crypto_user(session)?;
                let key = self.masked[*number as usize % self.masked.len()].clone();
                if key.owner != user {
                    return Err(ACCESS_DENIED);
                }
                let home = key.session.map(|_| session);
                self.create(session, vec![Key { session: home, ..key }])
            }
        }
    }

    fn log_in(
        &mut self,
        session: usize,
        user_type: &str,
        name: &str,
        password: &str,
    ) -> Result<Expected, u32> {
        if self.sessions[session].is_some() {
            return Err(ALREADY_LOGGED_IN);
        }
        let named = |user: &(&str, &str, &str)| user.0 == name && user.1 == user_type;
        let index = USERS.iter().position(named).ok_or(UNKNOWN_USER_NAME)?;
        if self.failures[index] == 5 {
            return Err(USER_LOCKED);
        }
        if USERS[index].2 != password {
            self.failures[index] += 1;
            return Err(LOGIN_FAILURE);
        }
        self.failures[index] = 0;
        self.sessions[session] = Some(index as u16 + 1);
        Expected::done(Vec::new())
    }

    fn crypto_user(&self, session: usize) -> Result<u16, u32> {
        let user = self.sessions[session].ok_or(NOT_LOGGED_IN)?;
        if USERS[usize::from(user) - 1].1 == "CU" { Ok(user) } else { Err(INVALID_USER_TYPE) }
    }

    fn visible(&self, session: usize, number: u64) -> Result<&Key, u32> {
        let user = self.crypto_user(session)?;
        let key = self.keys.get(&self.handle(number)).ok_or(INVALID_HANDLE)?;
        if visible(key, user, session) { Ok(key) } else { Err(INVALID_HANDLE) }
    }

    fn owned(&self, session: usize, number: u64) -> Result<&Key, u32> {
        let key = self.visible(session, number)?;
        if Some(key.owner) == self.sessions[session] { Ok(key) } else { Err(ACCESS_DENIED) }
    }

    fn check_options(&self, owner: u16, options: &Options) -> Result<(), u32> {
        for user in &options.shared_with {
            let known = USERS.get(usize::from(*user).wrapping_sub(1)).ok_or(UNKNOWN_USER)?;
            if known.1 != "CU" {
                return Err(INVALID_USER_TYPE);
            }
            if *user == owner {
                return Err(SHARED_WITH_OWNER);
            }
        }
        if usize::from(options.m_value) > options.shared_with.len() + 1 {
            return Err(M_VALUE_TOO_LARGE);
        }
        Ok(())
    }

    /// Whether the id is another key's that is not the other half of the same pair, among the
    /// token keys and, where a key is made, those of its session.
    fn id_is_taken(&self, key: &Key, except: Option<u64>, session: Option<usize>) -> bool {
        let id = key.options.id;
        let others = self.keys.iter().filter(|(handle, _)| Some(**handle) != except);
        id != 0
            && others
                .filter(|(_, other)| other.session.is_none() || other.session == session)
                .filter(|(_, other)| other.options.id == id)
                .any(|(_, other)| other.pair != key.pair || other.class == key.class)
    }

    fn create(&mut self, session: usize, keys: Vec<Key>) -> Result<Expected, u32> {
        if keys.iter().any(|key| self.id_is_taken(key, None, Some(session))) {
            return Err(DUPLICATE_KEY_ID);
        }
        let handles: Vec<u64> = (self.next..).take(keys.len()).collect();
        self.next += keys.len() as u64;
        self.keys.extend(handles.iter().copied().zip(keys));
        Expected::done(handles)
    }

    fn set_token(&mut self, session: usize, number: u64, token: bool) -> Result<Expected, u32> {
        let key = self.owned(session, number)?.clone();
        let handle = self.handle(number);
        if key.session.is_none() && !token {
            return Err(ATTRIBUTE_READ_ONLY);
        }
        if key.session.is_some() && token {
            if self.id_is_taken(&key, Some(handle), None) {
                return Err(DUPLICATE_KEY_ID);
            }
            if key.options.m_value > 1 {
                return Err(QUORUM_NOT_MET);
            }
            self.keys.insert(handle, Key { session: None, ..key });
        }
        Expected::done(Vec::new())
    }
}

fn visible(key: &Key, user: u16, session: usize) -> bool {
    let here = key.session.is_none_or(|home| home == session);
    let may =
        key.class == Class::Public || key.owner == user || key.options.shared_with.contains(&user);
    here && may
}

fn matches(key: &Key, filter: &Filter) -> bool {
    filter.class.is_none_or(|class| class == key.class)
        && filter.session.is_none_or(|session| session == key.session.is_some())
        && filter.label.is_none_or(|label| label == key.options.label)
        && filter.id.is_none_or(|id| id == key.options.id)
        && filter.shared_with.is_none_or(|user| key.options.shared_with.contains(&user))
}
