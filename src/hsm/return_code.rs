//! What a command came to: one table of numbers and texts.

/// The 32-bit number that an HSM, the cluster or the client itself answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReturnCode(pub u32);

/// Where a row of the table comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Number and text are public knowledge.
    Public,
    /// The case is known, its number or text is not: chosen by kmu in the right range.
    Kmu,
}

/// Declares the named constants and the table from one list.
macro_rules! return_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal, $origin:ident;)*) => {
        impl ReturnCode {
            $($(#[$doc])* pub const $name: Self = Self($number);)*
        }

        /// Every code that kmu can answer with: number, text, origin.
        pub const RETURN_CODES: &[(ReturnCode, &str, Origin)] =
            &[$((ReturnCode::$name, $text, Origin::$origin)),*];
    };
}

return_codes! {
    /// The command did what it was asked.
    SUCCESS = 0x00, "HSM Return: SUCCESS", Public;
    /// The signature does not belong to the message and key.
    BAD_PKCS_DATA = 0x1b, "CSP Error: ERR_BAD_PKCS_DATA", Public;
    /// A file named on the command line cannot be opened.
    OPEN_FILE = 0x30, "CSP Error: ERR_OPEN_FILE", Kmu;
    /// A result cannot be written to its file.
    WRITE_OUTPUT_FILE = 0x31, "CSP Error: ERR_WRITE_OUTPUT_FILE", Kmu;
    /// A file does not hold what it should.
    INVALID_INPUT = 0x35, "CSP Error: ERR_INVALID_INPUT", Kmu;
    /// What the user typed at a prompt is not what was asked for.
    INVALID_USER_INPUT = 0x32, "CSP Error: ERR_INVALID_USER_INPUT", Kmu;
    /// An argument names something that cannot be done.
    ARGUMENTS_BAD = 0x33, "CSP Error: ERR_ARGUMENTS_BAD", Kmu;
    /// A node's answer does not carry a valid attestation.
    ATTESTATION_CHECK = 0x34, "CSP Error: ERR_ATTESTATION_CHECK", Kmu;
    /// It was given up by hand before it was done.
    CANCELLED = 0x36, "CSP Error: ERR_CANCELLED", Kmu;
    /// The command needs another state of the HSM.
    INVALID_STATE = 0x82, "HSM Error: Invalid command in the current state/configuration", Public;
    /// The session is not known to the HSM.
    INVALID_SESSION = 0x90, "HSM Error: Invalid session handle passed in the command", Public;
    /// Nobody of this type has this name.
    UNKNOWN_USER_NAME = 0x9d, "HSM Error: user isn't initialized or user with this name doesn't exist", Public;
    /// Somebody is logged in on this session.
    ALREADY_LOGGED_IN = 0x9f, "HSM Error: This type of user has already logged in", Public;
    /// Nobody is logged in on this session.
    NOT_LOGGED_IN = 0xa0, "HSM Error: No user is logged in to do this operation", Public;
    /// The password is wrong.
    LOGIN_FAILURE = 0xa3, "HSM Error: RET_USER_LOGIN_FAILURE", Public;
    /// Too many wrong passwords: the account no longer logs in.
    USER_LOCKED = 0xa5, "HSM Error: This user is locked after too many login failures", Kmu;
    /// No key that this user may see has this handle.
    INVALID_HANDLE = 0xa8, "HSM Error: Invalid object handle is passed to this operation", Public;
    /// The key does not have this attribute.
    ATTRIBUTE_NOT_FOUND = 0xa9, "HSM Error: This object doesn't have the requested attribute", Kmu;
    /// The attribute cannot take this value.
    ATTRIBUTE_READ_ONLY = 0xaa, "HSM Error: This attribute value can't be set on this object", Kmu;
    /// The partition has no room for another key.
    KEY_STORE_FULL = 0xac, "HSM Error: No more keys can be stored, MaxKeys is reached", Kmu;
    /// The node answers, but changes nothing.
    WRITE_REFUSED = 0xad, "HSM Error: This HSM is read-only, nothing was changed on it", Kmu;
    /// FIPS mode, or the cluster's configuration, forbids it.
    POLICY_VIOLATION = 0xb3, "HSM Error: This operation violates the current configured/FIPS policies", Public;
    /// Another key has this id.
    DUPLICATE_KEY_ID = 0xb4, "HSM Error: A key with this ID already exists", Kmu;
    /// More approvals are asked for than users could give.
    M_VALUE_TOO_LARGE = 0xb5, "HSM Error: M value is more than the number of users of the key", Kmu;
    /// A key is shared with the user who owns it.
    SHARED_WITH_OWNER = 0xb6, "HSM Error: A key can't be shared with its own owner", Kmu;
    /// No handle is left to give.
    NO_FREE_HANDLE = 0xb7, "HSM Error: No more object handles are available", Kmu;
    /// An operation like this has begun and not ended.
    IN_PROGRESS = 0xbb, "HSM Error: This operation is already in progress", Public;
    /// The key does not allow this use.
    USE_NOT_PERMITTED = 0xb8, "HSM Error: The key's attributes don't permit this operation", Kmu;
    /// Other users must approve this use.
    QUORUM_NOT_MET = 0xb9, "HSM Error: Not enough users have approved the use of this key", Kmu;
    /// The key never leaves the HSM.
    NOT_EXTRACTABLE = 0xba, "HSM Error: This key is not extractable", Kmu;
    /// A wrapped key does not open with this key.
    UNWRAP_FAILED = 0xbe, "HSM Error: The wrapped key can't be unwrapped with this key", Kmu;
    /// The stored state cannot be read or written; nothing was changed.
    STORAGE_FAILURE = 0xbc, "HSM Error: Key storage is not available, nothing was changed", Kmu;
    /// A stored record is not what the HSM wrote.
    RECORD_DAMAGED = 0xbd, "HSM Error: Stored object fails its integrity check", Kmu;
    /// A token is asked for where no other users need to approve.
    QUORUM_NOT_ASKED = 0xc0, "HSM Error: This key doesn't need approvals", Kmu;
    /// What should be a token was not made by this cluster.
    TOKEN_INVALID = 0xc1, "HSM Error: This is not a token of this cluster", Kmu;
    /// The token was used or deleted, or its session has ended.
    TOKEN_UNKNOWN = 0xc2, "HSM Error: This token doesn't exist any more", Kmu;
    /// The token was not used in time.
    TOKEN_TIMED_OUT = 0xc3, "HSM Error: The token has timed out", Kmu;
    /// A user approves a token a second time.
    ALREADY_APPROVED = 0xc4, "HSM Error: This user has already approved the token", Kmu;
    /// A user has no public key to approve with.
    NO_QUORUM_KEY = 0xc5, "HSM Error: This user has no registered public key", Kmu;
    /// Only the owner may do this.
    ACCESS_DENIED = 0xc6, "HSM Error: Key Access is denied", Public;
    /// No user has this number.
    UNKNOWN_USER = 0xce, "HSM Error: This user doesn't exist", Public;
    /// Users of this type may not do this.
    INVALID_USER_TYPE = 0xdb, "HSM Error: Invalid User Type.", Public;
    /// The node does not answer, or nothing was sent to it.
    SERVER_UNAVAILABLE = 0x3000_0085, "HSM CLUSTER ERROR: Server in cluster is unavailable", Public;
    /// The key has not reached this node yet.
    NOT_SYNCHRONIZED = 0x3000_0086, "HSM CLUSTER ERROR: Key is not synchronized to this server yet", Kmu;
    /// Fewer nodes than asked for hold the key so far (RET_CLUSTER_OPERATION_INCOMPLETE).
    INCOMPLETE = 0x3000_0087, "HSM CLUSTER ERROR: Operation is not complete on all the servers", Kmu;
    /// No node answers at all.
    DAEMON_UNREACHABLE = 0x4000_0040, "LIQUIDSECURITY: Daemon socket connection error", Public;
}

impl ReturnCode {
    /// Whether the command did what it was asked.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS
    }

    /// Whether the client says so by itself, because no HSM has answered or it no longer asks.
    #[must_use]
    pub fn is_without_answer(self) -> bool {
        matches!(self.0, 0x4000_0000..=0x4000_ffff) || self == Self::CANCELLED
    }

    /// The text that goes with the number, prefix included. A number outside
    /// the table gets the prefix of its range and says that it is unknown.
    #[must_use]
    pub fn text(self) -> String {
        match RETURN_CODES.iter().find(|(code, ..)| *code == self) {
            Some((_, text, _)) => (*text).to_owned(),
            None => format!("{}Unknown error code", self.prefix()),
        }
    }

    fn prefix(self) -> &'static str {
        match self.0 {
            0x3000_0000..=0x3000_ffff => "HSM CLUSTER ERROR: ",
            0x4000_0000..=0x4000_ffff => "LIQUIDSECURITY: ",
            0x00..=0x7f => "CSP Error: ",
            _ => "HSM Error: ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_texts_carry_the_prefix_of_their_range() {
        for (index, (code, text, _)) in RETURN_CODES.iter().enumerate() {
            assert!(RETURN_CODES[..index].iter().all(|(other, ..)| other != code), "{code:?}");
            assert!(code.is_success() || text.starts_with(code.prefix()), "{text}");
        }
    }

    #[test]
    fn an_unknown_number_says_so() {
        assert_eq!(ReturnCode(0xff).text(), "HSM Error: Unknown error code");
        assert_eq!(ReturnCode(0x4000_0001).text(), "LIQUIDSECURITY: Unknown error code");
    }
}
