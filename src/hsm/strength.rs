//! What FIPS mode allows: SP 800-131A asks for 112 bits of strength to protect
//! anything new. What protects old things may still be verified, read, exported
//! and deleted.

use zeroize::Zeroizing;

use super::attribute::Attribute;
use super::key::{Key, KeyType};
use crate::crypto::curve::{self, Curve};
use crate::crypto::symmetric;

/// Bits of a curve's group order, from 112 bits of strength on.
const MINIMUM_ORDER_BITS: u16 = 224;

/// Bits of an RSA or DSA modulus, from 112 bits of strength on.
const MINIMUM_MODULUS_BITS: u32 = 2048;

/// Whether a curve is strong enough.
#[must_use]
pub fn curve_is_strong(curve: &Curve) -> bool {
    curve.key_bits >= MINIMUM_ORDER_BITS
}

/// Whether a key of this material is strong enough.
#[must_use]
pub fn key_is_strong(key: &Key, material: &[u8]) -> bool {
    match key.key_type {
        KeyType::Rsa | KeyType::Dsa => key.modulus_bits >= MINIMUM_MODULUS_BITS,
        KeyType::Ec => curve::by_nid(key.modulus_bits).is_some_and(curve_is_strong),
        KeyType::Rc4 => false,
        KeyType::Des3 => {
            let mut key = Zeroizing::new(material.to_vec());
            symmetric::set_odd_parity(&mut key);
            symmetric::has_strong_parts(&key)
        }
        KeyType::GenericSecret | KeyType::Aes => true,
    }
}

/// Whether a use protects something new: only verifying does not.
#[must_use]
pub fn protects(attribute: Attribute) -> bool {
    attribute != Attribute::Verify
}
