//! Keys made from passwords: PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA1.

use super::{Error, symmetric};
use hmac::Hmac;
use sha1::Sha1;
use std::ops::RangeInclusive;
use zeroize::Zeroizing;

/// How many iterations a key may take.
pub const ITERATIONS: RangeInclusive<u32> = 1..=10_000;

/// Bytes of the derived key.
pub const KEY_LENGTH: usize = 24;

/// The DES3 key of a password: 24 bytes of PBKDF2-HMAC-SHA1 with their parity
/// made odd. The function is kmu's choice; the original's is not published.
///
/// # Errors
/// [`Error::Iterations`] when `iterations` is outside [`ITERATIONS`].
pub fn des3_key(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if !ITERATIONS.contains(&iterations) {
        return Err(Error::Iterations);
    }
    let mut key = Zeroizing::new(vec![0u8; KEY_LENGTH]);
    // HMAC takes keys of any length, so this does not fail.
    pbkdf2::pbkdf2::<Hmac<Sha1>>(password, salt, iterations, &mut key)
        .map_err(|_| Error::KeyLength)?;
    symmetric::set_odd_parity(&mut key);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::openssl_oracle::openssl;

    /// RFC 6070: PBKDF2-HMAC-SHA1, whose first bytes the key must show but for parity.
    #[test]
    fn keys_are_those_of_rfc_6070() {
        for (iterations, expected) in [
            (1, [0x0c, 0x60, 0xc8, 0x0f, 0x96, 0x1f, 0x0e, 0x71, 0xf3, 0xa9]),
            (2, [0xea, 0x6c, 0x01, 0x4d, 0xc7, 0x2d, 0x6f, 0x8c, 0xcd, 0x1e]),
            (4096, [0x4b, 0x00, 0x79, 0x01, 0xb7, 0x65, 0x48, 0x9a, 0xbe, 0xad]),
        ] {
            let key = des3_key(b"password", b"salt", iterations).unwrap();
            assert_eq!(key.len(), KEY_LENGTH);
            for (byte, expected) in key.iter().zip(expected) {
                assert_eq!(byte & 0xfe, expected & 0xfe);
                assert_eq!(byte.count_ones() % 2, 1);
            }
        }
    }

    #[test]
    fn iterations_out_of_range_are_refused() {
        for iterations in [0, 10_001, u32::MAX] {
            assert_eq!(des3_key(b"password", b"salt", iterations), Err(Error::Iterations));
        }
        assert!(des3_key(b"password", b"salt", 10_000).is_ok());
    }

    #[test]
    fn every_input_changes_the_key() {
        let key = des3_key(b"password", b"salt", 2).unwrap();
        assert_ne!(key, des3_key(b"passwore", b"salt", 2).unwrap());
        assert_ne!(key, des3_key(b"password", b"sale", 2).unwrap());
        assert_ne!(key, des3_key(b"password", b"salt", 3).unwrap());
        assert_ne!(key, des3_key(b"passwords", b"alt", 2).unwrap());
        assert_ne!(des3_key(b"", b"", 1).unwrap(), des3_key(b"", b"s", 1).unwrap());
    }

    #[test]
    fn keys_are_those_of_openssl_but_for_parity() {
        for (password, salt, iterations) in
            [("password", "salt", 1), ("a longer password", "NaCl", 1000), ("p", "s", 10_000)]
        {
            let password_option = format!("pass:{password}");
            let salt_option = format!("salt:{salt}");
            let iterations_option = format!("iter:{iterations}");
            let mut arguments = vec!["kdf", "-keylen", "24", "-binary"];
            for option in ["digest:SHA1", &password_option, &salt_option, &iterations_option] {
                arguments.extend(["-kdfopt", option]);
            }
            arguments.push("PBKDF2");
            let mut expected = openssl(&arguments, &[]).unwrap();
            assert_eq!(expected.len(), KEY_LENGTH);
            symmetric::set_odd_parity(&mut expected);
            let key = des3_key(password.as_bytes(), salt.as_bytes(), iterations).unwrap();
            assert_eq!(*key, expected);
        }
    }
}
