//! Mechanism 9: TKW, the key wrap of SP 800-38F (section 7) for triple DES.

use super::semiblock;
use crate::crypto::Error;
use cipher::KeyInit;
use des::TdesEde3;
use zeroize::Zeroizing;

/// ICV3 of SP 800-38F, section 7: the value that proves integrity.
const CHECK: [u8; 4] = [0xa6; 4];

/// Wraps 8, 12, 16, … bytes into 4 more.
pub(super) fn wrap(key: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
    semiblock::wrap(&cipher(key)?, &CHECK, plaintext)
}

/// Opens a blob of [`wrap`].
pub(super) fn unwrap(key: &[u8], blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    semiblock::unwrap(&cipher(key)?, &CHECK, blob)
}

fn cipher(key: &[u8]) -> Result<TdesEde3, Error> {
    TdesEde3::new_from_slice(key).map_err(|_| Error::WrappingKey)
}
