//! Users and their types.

use std::ops::RangeInclusive;

use super::names::{MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, UserId};

/// How many wrong passwords in a row lock an account.
pub const MAX_LOGIN_FAILURES: u32 = 5;

/// How many bytes a password can have.
pub const PASSWORD_LENGTH: RangeInclusive<usize> = MIN_PASSWORD_LENGTH..=MAX_PASSWORD_LENGTH;

/// The longest name of a user in bytes, as the column of `listUsers` holds it.
pub const MAX_NAME_LENGTH: usize = 31;

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserType {
    /// CU: owns and uses keys.
    CryptoUser,
    /// CO: manages users.
    CryptoOfficer,
    /// PCO: the first crypto officer.
    PrimaryCryptoOfficer,
    /// AU: copies and synchronizes, never sees a key.
    ApplianceUser,
    /// PRECO: the crypto officer of a cluster that is not activated yet.
    PrecryptoOfficer,
}

/// The table of user types: the client's number (`listUsers`), its word, the type.
const USER_TYPES: [(u8, &str, UserType); 5] = [
    (1, "CU", UserType::CryptoUser),
    (2, "CO", UserType::CryptoOfficer),
    (3, "PCO", UserType::PrimaryCryptoOfficer),
    (5, "AU", UserType::ApplianceUser),
    (6, "PRECO", UserType::PrecryptoOfficer),
];

impl UserType {
    /// The client's number for this type.
    #[must_use]
    pub fn number(self) -> u8 {
        USER_TYPES.iter().find(|row| row.2 == self).map_or(0, |row| row.0)
    }

    /// The client's word for this type, such as `CU`.
    #[must_use]
    pub fn word(self) -> &'static str {
        USER_TYPES.iter().find(|row| row.2 == self).map_or("Unknown", |row| row.1)
    }

    /// The type with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        USER_TYPES.iter().find(|row| row.0 == number).map(|row| row.2)
    }

    /// The type with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        USER_TYPES.iter().find(|row| row.1 == word).map(|row| row.2)
    }
}

/// What `loginHSM -u` takes. A primary crypto officer logs in as CO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginType {
    /// CU.
    CryptoUser,
    /// CO.
    CryptoOfficer,
    /// AU.
    ApplianceUser,
    /// PO or PRECO.
    PrecryptoOfficer,
}

impl LoginType {
    /// The type that a word of `loginHSM -u` stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "CU" => Some(Self::CryptoUser),
            "CO" => Some(Self::CryptoOfficer),
            "AU" => Some(Self::ApplianceUser),
            "PO" | "PRECO" => Some(Self::PrecryptoOfficer),
            _ => None,
        }
    }

    /// How a user of this type logs in.
    #[must_use]
    pub fn of(user_type: UserType) -> Self {
        match user_type {
            UserType::CryptoUser => Self::CryptoUser,
            UserType::CryptoOfficer | UserType::PrimaryCryptoOfficer => Self::CryptoOfficer,
            UserType::ApplianceUser => Self::ApplianceUser,
            UserType::PrecryptoOfficer => Self::PrecryptoOfficer,
        }
    }

    /// Whether a user of this type logs in so.
    #[must_use]
    pub fn admits(self, user_type: UserType) -> bool {
        Self::of(user_type) == self
    }
}

/// A user as `listUsers` shows him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// His number.
    pub id: UserId,
    /// His name.
    pub name: String,
    /// What he may do.
    pub user_type: UserType,
    /// Wrong passwords since his last login.
    pub login_failures: u32,
    /// Whether he has a public key to approve tokens with.
    pub has_quorum_key: bool,
}
