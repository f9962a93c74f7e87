//! A key as the HSM keeps it: everything but its secret, which lies sealed beside it.

use super::attribute::Booleans;
use super::clock::Milliseconds;
use super::names::{Handle, KeyId, Label, UserId};
use crate::crypto::check_value::CheckValue;

/// Declares an enumeration with the HSM's numbers.
macro_rules! numbered {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $number:literal),* $(,)? }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $variant = $number),*
        }

        impl $name {
            /// The HSM's number for it.
            #[must_use]
            pub fn number(self) -> u8 {
                self as u8
            }

            /// What the HSM's number stands for.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

numbered! {
    /// What part of a key an object holds.
    Class {
        /// The public half of a pair.
        Public = 2,
        /// The private half of a pair.
        Private = 3,
        /// A symmetric key.
        Secret = 4,
    }
}

numbered! {
    /// The algorithm that a key belongs to.
    KeyType {
        /// RSA.
        Rsa = 0,
        /// DSA.
        Dsa = 1,
        /// Elliptic curves.
        Ec = 3,
        /// Bytes for HMAC or derivation.
        GenericSecret = 16,
        /// RC4.
        Rc4 = 18,
        /// Triple DES.
        Des3 = 21,
        /// AES.
        Aes = 31,
    }
}

/// A key of the cluster, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its number.
    pub handle: Handle,
    /// Public, private or secret.
    pub class: Class,
    /// Its algorithm.
    pub key_type: KeyType,
    /// Its name.
    pub label: Label,
    /// Its identifier, or an empty one.
    pub id: KeyId,
    /// Who owns it.
    pub owner: UserId,
    /// Who else may use it, ascending.
    pub shared_with: Vec<UserId>,
    /// How many users must approve a use; 0 and 1 ask for nobody else.
    pub m_value: u8,
    /// Whether it is persistent.
    pub token: bool,
    /// Its boolean attributes.
    pub booleans: Booleans,
    /// Bytes of its value, as VALUE_LEN says.
    pub value_length: u32,
    /// Its check value.
    pub check_value: CheckValue,
    /// RSA modulus, DSA prime or EC point; empty for a secret key.
    pub modulus: Vec<u8>,
    /// Bits of the modulus, or the curve's OpenSSL number; 0 for a secret key.
    pub modulus_bits: u32,
    /// RSA public exponent, big endian; empty for other keys.
    pub public_exponent: Vec<u8>,
    /// When it came to its home node, from where it spreads.
    pub created: Milliseconds,
}

impl Key {
    /// Whether this user may see and use the key: his own, one shared with
    /// him, or a public one.
    #[must_use]
    pub fn visible_to(&self, user: UserId) -> bool {
        self.class == Class::Public || self.owner == user || self.shared_with.contains(&user)
    }

    /// Everything that the sealed secret vouches for, in one unambiguous row
    /// of bytes: a changed column or a swapped record no longer opens.
    #[must_use]
    pub fn seal_context(&self) -> Vec<u8> {
        let shared: Vec<u8> = self.shared_with.iter().flat_map(|user| user.to_be_bytes()).collect();
        let fixed = [
            &self.handle.0.to_be_bytes()[..],
            &[self.class.number(), self.key_type.number(), self.m_value, u8::from(self.token)],
            &self.owner.to_be_bytes(),
            &self.booleans.to_bits().to_be_bytes(),
            &self.value_length.to_be_bytes(),
            &self.check_value,
            &self.modulus_bits.to_be_bytes(),
            &self.created.to_be_bytes(),
        ]
        .concat();
        let variable = [
            self.label.as_str().as_bytes(),
            self.id.as_str().as_bytes(),
            &shared,
            &self.modulus,
            &self.public_exponent,
        ];
        let mut context = b"kmu key 1".to_vec();
        for part in std::iter::once(fixed.as_slice()).chain(variable) {
            context.extend_from_slice(&(part.len() as u64).to_be_bytes());
            context.extend_from_slice(part);
        }
        context
    }
}

/// A key that is not in the cluster yet: what a generator made.
pub struct NewKey {
    /// Everything but handle and time, which the cluster gives.
    pub key: Key,
    /// PKCS#8 DER of a private key, SubjectPublicKeyInfo DER of a public one,
    /// the bytes of a secret one.
    pub material: zeroize::Zeroizing<Vec<u8>>,
}
