//! The file format of quorum tokens, which users sign as it is.
//!
//! A token is a record of [`TOKEN_LENGTH`] bytes; numbers are big endian:
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 8 | `KMUTOKEN` |
//! | 8 | 1 | version: 1 |
//! | 9 | 1 | service: 5 USE_KEY, 6 MANAGE_KEY |
//! | 10 | 2 | id of the user who asked for it |
//! | 12 | 4 | zero |
//! | 16 | 8 | handle of the key |
//! | 24 | 8 | when it was made, in milliseconds since the beginning of 1970 |
//! | 32 | 16 | the session that asked for it |
//! | 48 | 16 | random bytes that no other token has |
//! | 64 | 32 | HMAC-SHA-256 of all bytes before, under a key that follows from the cluster key |
//!
//! A file may hold several tokens one after the other.

use super::clock::Milliseconds;
use super::names::{Handle, UserId};
use crate::crypto::mac;
use crate::crypto::seal::{self, SealingKey};

/// Bytes of a token.
pub const TOKEN_LENGTH: usize = SIGNED_LENGTH + mac::MAC_LENGTH;

/// How long a token can be used after it was made, in milliseconds.
pub const TOKEN_LIFETIME: Milliseconds = 10 * 60 * 1000;

/// Bytes that the authentication code covers.
const SIGNED_LENGTH: usize = 64;

/// What every token begins with: its name and the version of its format.
const FORMAT: &[u8; 9] = b"KMUTOKEN\x01";

/// What sets the authentication key apart from the cluster key that it follows from.
const KEY_CONTEXT: &[u8] = b"kmu token key 1";

/// What a token approves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A cryptographic operation with the key.
    UseKey,
    /// A change to the key, or a copy of it.
    ManageKey,
}

/// The services that users ask tokens for: the client's number, its name, the service.
pub const SERVICES: [(u8, &str, Service); 2] =
    [(5, "USE_KEY", Service::UseKey), (6, "MANAGE_KEY", Service::ManageKey)];

impl Service {
    /// The client's number of the service.
    #[must_use]
    pub fn number(self) -> u8 {
        SERVICES.iter().find(|row| row.2 == self).map_or(0, |row| row.0)
    }

    /// The client's name of the service.
    #[must_use]
    pub fn name(self) -> &'static str {
        SERVICES.iter().find(|row| row.2 == self).map_or("", |row| row.1)
    }

    /// The service with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        SERVICES.iter().find(|row| u32::from(row.0) == number).map(|row| row.2)
    }
}

/// The number that a session draws for its tokens; only its own process has it
/// as its session, so no other process can use them.
pub type SessionId = [u8; 16];

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it approves.
    pub service: Service,
    /// On which key.
    pub key: Handle,
    /// Who asked for it.
    pub requester: UserId,
    /// In which session.
    pub session: SessionId,
    /// What makes it unlike any other.
    pub nonce: [u8; 16],
    /// When.
    pub created: Milliseconds,
}

impl Token {
    /// The record of the token.
    #[must_use]
    pub fn encode(&self, cluster_key: &SealingKey) -> Vec<u8> {
        let mut record = [
            &FORMAT[..],
            &[self.service.number()],
            &self.requester.to_be_bytes(),
            &[0; 4],
            &self.key.0.to_be_bytes(),
            &self.created.to_be_bytes(),
            &self.session,
            &self.nonce,
        ]
        .concat();
        record.extend_from_slice(&mac::authenticate(&authentication_key(cluster_key), &record));
        record
    }

    /// The token of a record, or nothing if this cluster did not make it so.
    #[must_use]
    pub fn decode(record: &[u8], cluster_key: &SealingKey) -> Option<Self> {
        let (signed, code) = record.split_at_checked(SIGNED_LENGTH)?;
        if !mac::is_authentic(&authentication_key(cluster_key), signed, code) {
            return None;
        }
        let mut rest = signed.strip_prefix(FORMAT)?;
        let service =
            Service::from_number(u32::from_be_bytes([0, 0, 0, take::<1>(&mut rest)?[0]]))?;
        let requester = UserId::from_be_bytes(take(&mut rest)?);
        let _zero: [u8; 4] = take(&mut rest)?;
        Some(Self {
            service,
            requester,
            key: Handle(u64::from_be_bytes(take(&mut rest)?)),
            created: Milliseconds::from_be_bytes(take(&mut rest)?),
            session: take(&mut rest)?,
            nonce: take(&mut rest)?,
        })
    }

    /// Milliseconds for which the token can still be used. A clock that went
    /// back a little is forgiven; a token from a far future has ended.
    #[must_use]
    pub fn time_left(&self, now: Milliseconds) -> Milliseconds {
        let apart = now.abs_diff(self.created);
        if apart >= TOKEN_LIFETIME { 0 } else { TOKEN_LIFETIME - now.saturating_sub(self.created) }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (part, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*part)
}

fn authentication_key(cluster_key: &SealingKey) -> SealingKey {
    seal::derived_key(KEY_CONTEXT, cluster_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    fn token() -> Token {
        Token {
            service: Service::ManageKey,
            key: Handle(262_177),
            requester: 3,
            session: [1; 16],
            nonce: [2; 16],
            created: 1_519_862_400_000,
        }
    }

    #[test]
    fn a_token_is_read_as_it_was_written_and_by_its_own_cluster_only() {
        let key = Zeroizing::new([5; 32]);
        let record = token().encode(&key);
        assert_eq!(record.len(), TOKEN_LENGTH);
        assert_eq!(record[..12], *b"KMUTOKEN\x01\x06\x00\x03");
        assert_eq!(record[16..24], 262_177_u64.to_be_bytes());
        assert_eq!(Token::decode(&record, &key), Some(token()));
        assert_eq!(Token::decode(&record, &Zeroizing::new([6; 32])), None);
    }

    #[test]
    fn no_byte_can_be_changed_or_be_missing() {
        let key = Zeroizing::new([5; 32]);
        let record = token().encode(&key);
        for at in 0..TOKEN_LENGTH {
            let mut changed = record.clone();
            changed[at] ^= 1;
            assert_eq!(Token::decode(&changed, &key), None, "byte {at}");
            assert_eq!(Token::decode(&record[..at], &key), None, "{at} bytes");
        }
        assert_eq!(Token::decode(&[&record[..], &[0]].concat(), &key), None);
    }

    #[test]
    fn a_token_ends_after_ten_minutes_whichever_way_the_clock_goes() {
        let (token, made) = (token(), 1_519_862_400_000);
        assert_eq!(token.time_left(made), 600_000);
        assert_eq!(token.time_left(made + 599_999), 1);
        assert_eq!(token.time_left(made + 600_000), 0);
        assert_eq!(token.time_left(made - 1000), 600_000);
        assert_eq!(token.time_left(made - 600_000), 0);
        assert_eq!(token.time_left(0), 0);
        assert_eq!(token.time_left(u64::MAX), 0);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            prop_assert_eq!(Token::decode(&bytes, &Zeroizing::new([5; 32])), None);
        }
    }
}
