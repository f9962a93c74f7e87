//! What stands in front of a wrapped key unless the user does without it: how it
//! was wrapped, and what it is. Its SHA-256 is wrapped together with the key,
//! so a changed header is noticed.
//!
//! Layout, numbers big endian: `KMUW`, version 1, then mechanism, hash, tag
//! length, class, key type (a byte each), boolean attributes (4 bytes), then
//! initialization vector, label and id, each with its length in one byte.

use super::attribute::Booleans;
use super::key::{Class, KeyType};
use super::names::{KeyId, Label};
use crate::crypto::wrap::{Hash, Mechanism};

const MAGIC: &[u8] = b"KMUW\x01";

/// The header of a wrapped key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapHeader {
    /// How the key is wrapped.
    pub mechanism: Mechanism,
    /// The hash of RSA mechanisms.
    pub hash: Hash,
    /// The tag length of GCM mechanisms, in bytes.
    pub tag_length: u8,
    /// The key's class.
    pub class: Class,
    /// The key's type.
    pub key_type: KeyType,
    /// The key's boolean attributes.
    pub booleans: Booleans,
    /// The initialization vector, or nothing.
    pub initialization_vector: Vec<u8>,
    /// The key's label.
    pub label: Label,
    /// The key's id.
    pub id: KeyId,
}

impl WrapHeader {
    /// The header's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        // Mechanisms are numbered 4 to 12 and hashes 2 to 6.
        let numbers = [self.mechanism.number() as u8, self.hash.number() as u8, self.tag_length];
        bytes.extend(numbers);
        bytes.extend([self.class.number(), self.key_type.number()]);
        bytes.extend(self.booleans.to_bits().to_be_bytes());
        let (label, id) = (self.label.as_str().as_bytes(), self.id.as_str().as_bytes());
        for part in [&self.initialization_vector[..], label, id] {
            // Vectors have up to 16 bytes, labels and ids up to 127.
            bytes.push(part.len() as u8);
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// The header at the front of a file, and how many bytes it takes.
    pub fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let fixed;
        (fixed, rest) = rest.split_first_chunk::<9>()?;
        let [mechanism, hash, tag_length, class, key_type, booleans @ ..] = *fixed;
        let mut part = || -> Option<&[u8]> {
            let (length, after) = rest.split_first()?;
            let (part, after) = after.split_at_checked(usize::from(*length))?;
            rest = after;
            Some(part)
        };
        let text = |part: &[u8]| String::from_utf8(part.to_vec()).ok();
        let header = Self {
            mechanism: Mechanism::from_number(mechanism.into())?,
            hash: Hash::from_number(hash.into())?,
            tag_length,
            class: Class::from_number(class)?,
            key_type: KeyType::from_number(key_type)?,
            booleans: Booleans::from_bits(u32::from_be_bytes(booleans)),
            initialization_vector: part()?.to_vec(),
            label: Label::new(&text(part()?)?).ok()?,
            id: KeyId::new(&text(part()?)?).ok()?,
        };
        Some((header, bytes.len() - rest.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> WrapHeader {
        WrapHeader {
            mechanism: Mechanism::RsaAes,
            hash: Hash::Sha256,
            tag_length: 16,
            class: Class::Secret,
            key_type: KeyType::Aes,
            booleans: Booleans::from_bits(7),
            initialization_vector: vec![1; 12],
            label: Label::new("a label").unwrap(),
            id: KeyId::new("").unwrap(),
        }
    }

    #[test]
    fn a_header_comes_back_and_a_cut_one_does_not() {
        let bytes = header().encode();
        let followed = [&bytes[..], b"wrapped"].concat();
        assert_eq!(WrapHeader::decode(&followed), Some((header(), bytes.len())));
        for end in 0..bytes.len() {
            assert_eq!(WrapHeader::decode(&bytes[..end]), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = WrapHeader::decode(&bytes);
            let _ = WrapHeader::decode(&[MAGIC, &bytes].concat());
        }
    }
}
