//! What FIPS mode allows: SP 800-131A asks for 112 bits of strength to protect
//! anything new. What protects old things may still be verified, read, exported
//! and deleted.

use super::attribute::Attribute;
use super::key::{Key, KeyType};
use crate::crypto::curve::{self, Curve};

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
        KeyType::Des3 => has_three_parts(material),
        KeyType::GenericSecret | KeyType::Aes => true,
    }
}

/// Whether the three keys of a Triple DES key differ, but for their parity bits: with
/// fewer, it has 80 bits of strength or 56 (SP 800-67 revision 2 section 3.2).
fn has_three_parts(material: &[u8]) -> bool {
    let part = |i: usize| -> zeroize::Zeroizing<Vec<u8>> {
        let bytes = material.iter().skip(8 * i).take(8);
        zeroize::Zeroizing::new(bytes.map(|byte| byte & 0xfe).collect())
    };
    part(0) != part(1) && part(1) != part(2) && part(0) != part(2)
}

/// Whether a use protects something new: only verifying does not.
#[must_use]
pub fn protects(attribute: Attribute) -> bool {
    attribute != Attribute::Verify
}
