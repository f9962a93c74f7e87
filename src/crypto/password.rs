//! Passwords: Argon2id (RFC 9106) makes the key that guards a user's slot.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

/// Bytes of a salt.
pub const SALT_LENGTH: usize = 16;

/// What one guess costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB, at least 8.
    pub memory: u32,
    /// Passes over the memory, at least 1.
    pub passes: u32,
}

impl Cost {
    /// For what is kept on disk: of the choices for Argon2id that OWASP's cheat sheet on
    /// password storage calls equal, the one that a single command waits for least,
    /// since it takes the least memory from the system (7 MiB, five passes).
    pub const AT_REST: Self = Self { memory: 7168, passes: 5 };

    /// For what lives in memory only, where there is nothing to guess against.
    pub const IN_MEMORY: Self = Self { memory: 8, passes: 1 };
}

/// The 256-bit key of a password.
///
/// # Errors
/// When the cost is outside Argon2's bounds, as in a damaged record.
pub fn derive_key(
    password: &str,
    salt: &[u8],
    cost: Cost,
) -> Result<Box<Zeroizing<[u8; 32]>>, argon2::Error> {
    let parameters = Params::new(cost.memory, cost.passes, 1, Some(32))?;
    // In a place of its own: what moves leaves copies on the stack.
    let mut key = Box::new(Zeroizing::new([0u8; 32]));
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters).hash_password_into(
        password.as_bytes(),
        salt,
        key.as_mut_slice(),
    )?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_follows_from_password_salt_and_cost() {
        let key = |password, salt: &[u8], cost| derive_key(password, salt, cost).unwrap();
        let base = key("secret", b"0123456789abcdef", Cost::IN_MEMORY);
        assert_eq!(base, key("secret", b"0123456789abcdef", Cost::IN_MEMORY));
        assert_ne!(base, key("secres", b"0123456789abcdef", Cost::IN_MEMORY));
        assert_ne!(base, key("secret", b"0123456789abcdeF", Cost::IN_MEMORY));
        let dearer = Cost { memory: 16, passes: 1 };
        assert_ne!(base, key("secret", b"0123456789abcdef", dearer));
        assert!(derive_key("secret", b"", Cost { memory: 0, passes: 0 }).is_err());
    }
}
