//! Users and their types.

use super::names::UserId;

/// How many wrong passwords in a row lock an account.
pub const MAX_LOGIN_FAILURES: u32 = 5;

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

    /// Whether a user of this type logs in so.
    #[must_use]
    pub fn admits(self, user_type: UserType) -> bool {
        match self {
            Self::CryptoUser => user_type == UserType::CryptoUser,
            Self::CryptoOfficer => {
                matches!(user_type, UserType::CryptoOfficer | UserType::PrimaryCryptoOfficer)
            }
            Self::ApplianceUser => user_type == UserType::ApplianceUser,
            Self::PrecryptoOfficer => user_type == UserType::PrecryptoOfficer,
        }
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
}
