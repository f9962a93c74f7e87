//! The cluster: nodes, users, login, keys, attributes, policy, return codes.
//! It takes typed requests and gives typed answers, and knows nothing of
//! flags, text or files.

mod ahead;
pub mod answer;
mod attendant;
pub mod attestation;
pub mod attribute;
pub mod clock;
mod cluster;
mod create;
mod delete_key;
pub mod fault;
mod find_key;
mod generate_dsa_key_pair;
mod generate_ecc_key_pair;
mod generate_password_based_key;
mod generate_rsa_key_pair;
mod generate_symmetric_key;
mod get_attribute;
mod get_key_info;
mod handle_plan;
mod host_wrap;
mod identity;
mod import;
pub mod information;
pub mod key;
mod key_record;
mod known;
pub mod login;
mod masked_object;
pub mod names;
mod new_key;
mod permit;
mod proof;
mod quorum;
pub mod quorum_key;
mod request;
pub mod return_code;
mod set_attribute;
pub mod settings;
mod sign;
mod strength;
mod timeline;
pub mod token;
mod unwrap_with_size;
mod use_key;
pub mod user;
mod vault;
mod wrap_header;
mod wrap_key;

use std::cell::RefCell;

use crate::crypto::random::{self, Random};
use crate::store::{self, Store};

pub use answer::{Answer, NodeStatus, Status};
pub use attendant::Attendant;
pub use create::{KeyOptions, KeyPair};
pub use find_key::FindKey;
pub use generate_dsa_key_pair::{GenerateDsaKeyPair, dsa_modulus_allowed};
pub use generate_ecc_key_pair::GenerateEccKeyPair;
pub use generate_password_based_key::GeneratePasswordBasedKey;
pub use generate_rsa_key_pair::{GenerateRsaKeyPair, rsa_modulus_allowed};
pub use generate_symmetric_key::GenerateSymmetricKey;
pub use get_attribute::AttributeDump;
pub use get_key_info::KeyInfo;
pub use host_wrap::HostWrap;
pub use import::{ExportStep, ImportKey, ImportStep, Incoming};
pub use known::Known;
pub use quorum::{Approval, DeleteTokens, GetToken, IssuedToken, TokenInfo};

pub use request::Watch;
pub use unwrap_with_size::UnwrapWithSize;
pub use wrap_key::{Described, UnwrapKey, WrapKey, WrapMechanism, WrappedKey};

use ahead::Ahead;
use clock::Clock;
use login::Login;
use names::NodeId;
use request::Requests;
use settings::Settings;
use timeline::Timeline;

/// Why a cluster does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No node is up: the client finds nobody to talk to.
    #[error("no node of the cluster is up")]
    Unreachable,
    /// The state cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The operating system gives no randomness.
    #[error("the system gives no random bytes: {0}")]
    Randomness(#[from] getrandom::Error),
    /// The cluster file names a user whom the existing state does not have.
    #[error(
        "the state was set up without user {0}: users are created with the state, so start with another one (--state)"
    )]
    UnknownUser(String),
    /// A seed is given for a state that holds keys which did not come from one.
    #[error(
        "the state was set up without --seed, and a seed would endanger its keys: use another one (--state or --ephemeral)"
    )]
    NotSeeded,
    /// A password cannot be hashed, for example because memory is short.
    #[error("a password cannot be hashed: {0}")]
    Hashing(String),
    /// A record of the state is not what a kmu wrote.
    #[error("the cluster state is damaged: {0}")]
    Damaged(&'static str),
}

/// Sets a cluster up if its state is new. Returns the generator that the
/// process goes on with, and whether it was this process that set the cluster up.
///
/// # Errors
/// When the state cannot be written, or there is no randomness.
pub fn set_up(
    settings: &Settings,
    state: &mut Store,
    seed: Option<u64>,
    cost: crate::crypto::password::Cost,
) -> Result<(Random, bool), StartError> {
    if !state.is_new() {
        let random = seed.map_or_else(from_system, |seed| vault::next_run(state, seed))?;
        return Ok((random, false));
    }
    let mut random = seed.map_or_else(from_system, |seed| Ok(random::from_seed(seed, 0)))?;
    let first = vault::set_up(state, settings, cost, seed.is_some(), &mut random)?;
    if let Some(seed) = seed
        && !first
    {
        // Another process set the state up from the same random bytes.
        random = vault::next_run(state, seed)?;
    }
    Ok((random, first))
}

fn from_system() -> Result<Random, StartError> {
    Ok(random::from_system()?)
}

/// A session with the cluster: what one process of the client holds.
pub struct Hsm {
    settings: Settings,
    token_keys: Store,
    session_keys: Store,
    clock: Clock,
    random: Random,
    login: Option<Login>,
    /// The node that the session talks to, as long as it answers.
    session_node: NodeId,
    /// The history of each node, in the order of the settings.
    timelines: Vec<Timeline>,
    requests: RefCell<Requests>,
    watch: Option<Watch>,
    /// Who is told what takes long, and can give it up.
    attendant: Option<Attendant>,
    /// Whether everything random must follow from a seed.
    seeded: bool,
    /// While a group runs without a seed, key pairs that are made ahead of it.
    ahead: Option<Ahead>,
}

impl Hsm {
    /// Starts a session: sets the cluster up if its state is new.
    ///
    /// With a `seed`, everything random follows from it and from how many runs
    /// the state has seen, so that no two runs on one state have the same keys.
    ///
    /// # Errors
    /// Any [`StartError`]; an existing state is not changed.
    pub fn start(
        mut settings: Settings,
        mut state: Store,
        clock: Clock,
        seed: Option<u64>,
        cost: crate::crypto::password::Cost,
    ) -> Result<Self, StartError> {
        let now = clock.now();
        let timeline = |node| {
            let mut timeline = Timeline::default();
            timeline.follow(node, now);
            timeline
        };
        let timelines: Vec<_> = settings.nodes.iter().map(timeline).collect();
        if settings.unreachable || !timelines.iter().any(|timeline| timeline.is_up(now)) {
            return Err(StartError::Unreachable);
        }
        let (random, _) = set_up(&settings, &mut state, seed, cost)?;
        let users = state.read().users()?;
        if let Some(missing) =
            settings.users.iter().find(|user| users.iter().all(|row| row.name != user.name))
        {
            return Err(StartError::UnknownUser(missing.name.clone()));
        }
        // From here on the state knows the users; their passwords are not needed again.
        settings.users.clear();
        let session_keys = Store::in_memory()?;
        let requests = RefCell::new(Requests::new(std::mem::take(&mut settings.faults)));
        Ok(Self {
            session_node: settings.session_node,
            settings,
            token_keys: state,
            session_keys,
            clock,
            random,
            login: None,
            timelines,
            requests,
            watch: None,
            attendant: None,
            seeded: seed.is_some(),
            ahead: None,
        })
    }

    /// The cluster's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether FIPS mode is on.
    #[must_use]
    pub fn fips_mode(&self) -> bool {
        self.settings.fips_mode
    }
}

impl Drop for Hsm {
    /// The session ends with the process, and its tokens with it.
    fn drop(&mut self) {
        self.token_keys.abandon_group();
        self.end_session_tokens();
    }
}
