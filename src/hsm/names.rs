//! Small types that own their rules: what a node, a user, a handle, a label,
//! an id may be.

use std::fmt;

/// The most nodes a cluster can have; also what `-min_srv` may ask for at most.
pub const MAX_CLUSTER_SIZE: u8 = 32;

/// The most users a key can be shared with, and the most approvals it can ask for.
pub const MAX_USERS_SHARED: usize = 8;

/// The longest label or id, in bytes.
pub const MAX_TEXT_LENGTH: usize = 127;

/// The fewest bytes of a password.
pub const MIN_PASSWORD_LENGTH: usize = 7;

/// The most bytes of a password.
pub const MAX_PASSWORD_LENGTH: usize = 32;

/// The serial number of the first key that a user makes on a fresh cluster:
/// the HSM keeps 1 to 5 for itself (4 is its key encryption key).
pub const FIRST_SERIAL: u64 = 6;

/// The number of a node of the cluster, below [`MAX_CLUSTER_SIZE`].
pub type NodeId = u8;

/// The number of a user, from 1.
pub type UserId = u16;

/// The handle of the HSM's own key encryption key.
pub const KEY_ENCRYPTION_KEY: Handle = Handle(4);

/// The bits of a handle below the node's number.
const SERIAL_BITS: u32 = 18;

/// A key's number in the cluster: `node << 18 | serial`, where the node is the
/// one that created the key and the serial number counts the cluster's keys.
/// Serial numbers from 2^18 on continue above the node bits, so that handles never run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u64);

impl Handle {
    /// The handle of the key with this serial number, made on this node.
    #[must_use]
    pub fn new(node: NodeId, serial: u64) -> Self {
        let page = serial >> SERIAL_BITS;
        let low = serial & ((1 << SERIAL_BITS) - 1);
        Self((page * u64::from(MAX_CLUSTER_SIZE) + u64::from(node)) << SERIAL_BITS | low)
    }

    /// The key's serial number: keys are listed in this order.
    #[must_use]
    pub fn serial(self) -> u64 {
        let page = (self.0 >> SERIAL_BITS) / u64::from(MAX_CLUSTER_SIZE);
        page << SERIAL_BITS | self.0 & ((1 << SERIAL_BITS) - 1)
    }

    /// The node that created the key.
    #[must_use]
    pub fn node(self) -> NodeId {
        // A remainder of division by 32 fits any integer.
        ((self.0 >> SERIAL_BITS) % u64::from(MAX_CLUSTER_SIZE)) as NodeId
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A text that is longer than [`MAX_TEXT_LENGTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_TEXT_LENGTH} bytes")]
pub struct TooLong;

/// Declares a text of at most [`MAX_TEXT_LENGTH`] bytes.
macro_rules! short_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Takes a text of up to [`MAX_TEXT_LENGTH`] bytes.
            ///
            /// # Errors
            /// [`TooLong`] beyond that.
            pub fn new(text: &str) -> Result<Self, TooLong> {
                if text.len() > MAX_TEXT_LENGTH {
                    return Err(TooLong);
                }
                Ok(Self(text.to_owned()))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

short_text! {
    /// The name that a user gives a key; several keys may share one.
    Label
}

short_text! {
    /// The identifier that a user gives a key or a pair, unique in the cluster unless empty.
    KeyId
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn documented_handles_come_apart_and_together() {
        let handle = Handle(262_177);
        assert_eq!((handle.node(), handle.serial()), (1, 33));
        assert_eq!(Handle::new(1, 35), Handle(262_179));
        assert_eq!(Handle::new(0, 6), Handle(6));
        assert_eq!(Handle::new(2, 8), Handle(524_296));
    }

    #[test]
    fn a_label_ends_at_127_bytes() {
        assert!(Label::new(&"x".repeat(127)).is_ok());
        assert_eq!(Label::new(&"x".repeat(128)), Err(TooLong));
    }

    proptest! {
        #[test]
        fn a_handle_holds_its_node_and_serial(node in 0..MAX_CLUSTER_SIZE, serial in 0u64..1 << 40) {
            let handle = Handle::new(node, serial);
            prop_assert_eq!((handle.node(), handle.serial()), (node, serial));
        }
    }
}
