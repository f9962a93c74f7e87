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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{curve, ec_key};

    /// The P-256 key of the specification's attribute file.
    #[test]
    fn the_documented_point_has_the_documented_check_value() {
        let point = "044a0f9d01d10f7437d9fa20995f0cc742552e5ba16d3d7e9a65a33e20ad3e569e\
                     68eb62477a9960a87911e6121d112b698e469a0329a665eba74ee5ac55eae9f5";
        let point: Vec<u8> = (0..point.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&point[at..at + 2], 16).unwrap())
            .collect();
        let curve = curve::by_id(2).unwrap();
        assert_eq!(curve.check_public(&point), Ok(()));
        let public = ec_key::subject_public_key_info(curve, &point).unwrap();
        assert_eq!(of_public_key(&public), [0xbb, 0xb3, 0x2a]);
    }
}
