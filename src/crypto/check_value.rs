//! Key check values (KCV): three bytes that identify a key without revealing it.

use sha1::{Digest, Sha1};

/// Three bytes that identify a key.
pub type CheckValue = [u8; 3];

/// The check value of both halves of an asymmetric pair: the first three bytes
/// of the SHA-1 of the DER SubjectPublicKeyInfo.
#[must_use]
pub fn of_public_key(subject_public_key_info: &[u8]) -> CheckValue {
    let digest = Sha1::digest(subject_public_key_info);
    [digest[0], digest[1], digest[2]]
}
