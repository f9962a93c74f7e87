//! `getHSMInfo` and `getPartitionInfo`: what the cluster says of itself.

use super::Hsm;
use super::answer::{Answer, Outcome};
use super::names::NodeId;

/// The most users of a partition, as the HSM has it.
pub const MAX_USERS: u32 = 1024;

/// The most keys of a partition if the cluster file says nothing else: what the
/// quotas of AWS CloudHSM document for a cluster of hsm1.medium.
pub const MAX_KEYS: u64 = 3300;

/// Memory that one object takes, in the unit of [`HsmInformation`].
const OBJECT_MEMORY: u64 = 160;

/// The services that a quorum of crypto officers can guard, in the HSM's order.
pub const OFFICER_SERVICES: [&str; 4] = ["BACKUP_BY_CO", "CLONING", "USER_MGMT", "MISC_CO"];

/// The modes of a partition, as their numbers say: -1 is a zeroized HSM's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FipsState {
    /// Everything is allowed.
    Off,
    /// SP 800-131A is enforced, and passwords log in.
    SingleFactor,
}

impl FipsState {
    /// The state's number.
    #[must_use]
    pub fn number(self) -> i8 {
        match self {
            Self::Off => 0,
            Self::SingleFactor => 2,
        }
    }
}

/// What `getHSMInfo` brings, of the node that the session talks to. Memory is
/// counted in kilobytes; public memory holds session keys, private memory token keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HsmInformation {
    /// The node's serial number.
    pub serial_number: String,
    /// Whether FIPS mode is on.
    pub fips_state: FipsState,
    /// Room for session keys.
    pub public_memory: u64,
    /// Room for session keys that is free.
    pub free_public_memory: u64,
    /// Room for token keys.
    pub private_memory: u64,
    /// Room for token keys that is free.
    pub free_private_memory: u64,
}

/// What `getPartitionInfo` brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionInformation {
    /// Whether FIPS mode is on.
    pub fips_state: FipsState,
    /// Users that the partition can have.
    pub max_users: u32,
    /// Users that can still be added.
    pub available_users: u32,
    /// Keys that the partition can have.
    pub max_keys: u64,
    /// Token keys, of all users.
    pub token_keys: u64,
    /// Keys of this session.
    pub session_keys: u64,
    /// The node that the session talks to.
    pub node: NodeId,
}

/// The serial number of a node.
#[must_use]
pub fn serial_number(node: NodeId) -> String {
    format!("KMU-{node:04}")
}

impl Hsm {
    /// The mode of the partition.
    #[must_use]
    pub fn fips_state(&self) -> FipsState {
        self.settings.fips_state()
    }

    /// Describes the node that the session talks to. Nobody needs to be logged in.
    #[must_use]
    pub fn hsm_information(&self) -> Answer<HsmInformation> {
        Answer::local(self.partition().map(|partition| {
            let memory = partition.max_keys * OBJECT_MEMORY;
            let free = |keys: u64| memory.saturating_sub(keys * OBJECT_MEMORY);
            HsmInformation {
                serial_number: serial_number(partition.node),
                fips_state: partition.fips_state,
                public_memory: memory,
                free_public_memory: free(partition.session_keys),
                private_memory: memory,
                free_private_memory: free(partition.token_keys),
            }
        }))
    }

    /// Describes the partition. Nobody needs to be logged in.
    #[must_use]
    pub fn partition_information(&self) -> Answer<PartitionInformation> {
        Answer::local(self.partition())
    }

    fn partition(&self) -> Outcome<PartitionInformation> {
        self.reach(None)?;
        let users = u32::try_from(self.token_keys.read().users()?.len()).unwrap_or(u32::MAX);
        Ok(PartitionInformation {
            fips_state: self.fips_state(),
            max_users: MAX_USERS,
            available_users: MAX_USERS.saturating_sub(users),
            max_keys: self.settings.max_keys,
            token_keys: self.token_keys.read().count_keys()?,
            session_keys: self.session_keys.read().count_keys()?,
            node: self.session_node(),
        })
    }
}
