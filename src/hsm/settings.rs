//! What a cluster is made of: nodes, policy, users, first handles.

use zeroize::Zeroizing;

use super::clock::Milliseconds;
use super::fault::Fault;
use super::information::{FipsState, MAX_KEYS};
use super::names::{Handle, NodeId};
use super::quorum_key::QuorumKey;
use super::user::UserType;

/// The longest time that a description can name: a year.
const LONGEST_TIME: Milliseconds = 365 * 24 * 60 * 60 * 1000;

/// One node of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The node's number.
    pub id: NodeId,
    /// Whether the node answers.
    pub up: bool,
    /// How long from now until the node goes down by itself.
    pub down_after: Option<Milliseconds>,
    /// How long from now until the node is up again by itself. Until then it
    /// is down, if it does not go down later.
    pub up_after: Option<Milliseconds>,
    /// Whether the node answers but refuses to make, change and delete keys.
    pub read_only: bool,
    /// How long a key made elsewhere takes to arrive here.
    pub synchronization_delay: Milliseconds,
    /// Whether its firmware was tampered with: its attestations fail.
    pub tampered: bool,
}

impl Node {
    /// A node without anything special.
    #[must_use]
    pub fn new(id: NodeId) -> Self {
        Self {
            id,
            up: true,
            down_after: None,
            up_after: None,
            read_only: false,
            synchronization_delay: 0,
            tampered: false,
        }
    }

    /// What is wrong with the node's description, if anything.
    ///
    /// # Errors
    /// The reason, for people.
    pub fn check(&self) -> Result<(), &'static str> {
        let times = [self.down_after, self.up_after, Some(self.synchronization_delay)];
        if times.into_iter().flatten().any(|time| time > LONGEST_TIME) {
            return Err("a time is longer than a year");
        }
        match (self.up, self.down_after, self.up_after) {
            (false, Some(_), _) => Err("down_after makes no sense on a node that is down"),
            (_, Some(down), Some(up)) if up <= down => {
                Err("up_after must be later than down_after")
            }
            _ => Ok(()),
        }
    }
}

/// A user that a fresh cluster starts with. Ids count from 1 in list order.
#[derive(Clone)]
pub struct InitialUser {
    /// The name to log in with.
    pub name: String,
    /// What the user may do.
    pub user_type: UserType,
    /// The password to log in with.
    pub password: Zeroizing<String>,
    /// The public key to approve tokens with, if the user has one.
    pub quorum_key: Option<QuorumKey>,
}

/// A generation of the HSM's firmware, by what it gives a new RSA public key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Firmware {
    /// PRIVATE and WRAP are 0.
    #[default]
    First,
    /// PRIVATE and WRAP are 1.
    Later,
}

/// A whole cluster.
#[derive(Clone)]
pub struct Settings {
    /// The nodes, ascending by id.
    pub nodes: Vec<Node>,
    /// The node that sessions talk to, and that makes their keys, while it is up.
    pub session_node: NodeId,
    /// Whether SP 800-131A is enforced.
    pub fips_mode: bool,
    /// The generation of the firmware.
    pub firmware: Firmware,
    /// The users of a cluster that starts fresh; later users live in its state.
    pub users: Vec<InitialUser>,
    /// The handles that a cluster that starts fresh gives first, in this order.
    pub first_handles: Vec<Handle>,
    /// The most token keys that the cluster stores, and the most session keys of a session.
    pub max_keys: u64,
    /// Whether nobody answers at all, whatever the nodes do.
    pub unreachable: bool,
    /// What goes wrong on purpose, in this order.
    pub faults: Vec<Fault>,
}

impl Settings {
    /// The FIPS state that follows from the policy.
    #[must_use]
    pub fn fips_state(&self) -> FipsState {
        if self.fips_mode { FipsState::SingleFactor } else { FipsState::Off }
    }
}

impl Default for Settings {
    /// Three nodes in FIPS mode, and users enough for every page of the guide.
    fn default() -> Self {
        let user = |name: &str, user_type, password: &str| InitialUser {
            name: name.to_owned(),
            user_type,
            password: Zeroizing::new(password.to_owned()),
            quorum_key: None,
        };
        Self {
            nodes: (0..3).map(Node::new).collect(),
            session_node: 0,
            fips_mode: true,
            firmware: Firmware::First,
            users: vec![
                user("admin", UserType::PrimaryCryptoOfficer, "admin_pwd"),
                user("app_user", UserType::ApplianceUser, "app_user_pwd"),
                user("example_user", UserType::CryptoUser, "example_pwd"),
                user("alice", UserType::CryptoUser, "example_pwd"),
                user("bob", UserType::CryptoUser, "example_pwd"),
                user("trent", UserType::CryptoUser, "example_pwd"),
            ],
            first_handles: Vec::new(),
            max_keys: MAX_KEYS,
            unreachable: false,
            faults: Vec::new(),
        }
    }
}
