//! The attributes that a key has when it comes into the cluster.

use zeroize::Zeroizing;

use super::attribute::{Attribute, Booleans};
use super::create::KeyOptions;
use super::key::{Class, Key, KeyType, NewKey};
use super::names::{Handle, UserId};
use super::settings::Firmware;
use crate::crypto::asymmetric::{Algorithm, PrivateKey, PublicKey};
use crate::crypto::check_value::{self, CheckValue};

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The HSM generated it.
    Generated,
    /// It came from outside.
    Imported,
}

/// The uses that a new key has, by class and type.
fn uses(class: Class, key_type: KeyType) -> &'static [Attribute] {
    use Attribute::{Decrypt, Encrypt, Sign, Unwrap, Verify, Wrap};
    match (class, key_type) {
        (Class::Public, KeyType::Rsa) => &[Encrypt, Verify],
        (Class::Public, _) => &[Verify],
        (Class::Private, KeyType::Rsa) => &[Decrypt, Unwrap, Sign],
        (Class::Private, _) => &[Sign],
        (Class::Secret, KeyType::Aes) => &[Encrypt, Decrypt, Wrap, Unwrap],
        (Class::Secret, KeyType::Des3 | KeyType::Rc4) => &[Encrypt, Decrypt],
        (Class::Secret, _) => &[],
    }
}

fn booleans(class: Class, key_type: KeyType, origin: Origin, extractable: bool) -> Booleans {
    let hidden = class != Class::Public;
    let generated = origin == Origin::Generated;
    uses(class, key_type)
        .iter()
        .fold(Booleans::of(&[Attribute::Destroyable]), |set, attribute| set.with(*attribute, true))
        .with(Attribute::Local, generated)
        .with(Attribute::Private, hidden)
        .with(Attribute::Sensitive, hidden)
        .with(Attribute::Extractable, extractable)
        // Both speak of the whole life of a key, of which an imported one spent a part elsewhere.
        .with(Attribute::AlwaysSensitive, hidden && generated)
        .with(Attribute::NeverExtractable, !extractable && generated)
}

fn key(
    options: &KeyOptions,
    owner: UserId,
    class: Class,
    key_type: KeyType,
    origin: Origin,
    check_value: CheckValue,
) -> Key {
    let (shared_with, m_value) = options.sharing(class);
    // Public keys are always extractable.
    let extractable = options.extractable || class == Class::Public;
    Key {
        handle: Handle(0),
        class,
        key_type,
        label: options.label.clone(),
        id: options.id.clone(),
        owner,
        shared_with,
        m_value,
        token: !options.session,
        booleans: booleans(class, key_type, origin, extractable),
        value_length: 0,
        check_value,
        modulus: Vec::new(),
        modulus_bits: 0,
        public_exponent: Vec::new(),
        created: 0,
    }
}

/// A length as VALUE_LEN holds it; no key comes near its limit.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// A public key. Its VALUE_LEN is that of the HSM's own form: the bare point of
/// an EC key, modulus and exponent padded to the same length of an RSA key, and
/// the DER of a DSA key.
pub fn public(
    options: &KeyOptions,
    owner: UserId,
    origin: Origin,
    public: &PublicKey,
    firmware: Firmware,
) -> NewKey {
    let value_length = match public.algorithm {
        Algorithm::Rsa => 2 * public.modulus.len(),
        Algorithm::Ec => public.modulus.len(),
        Algorithm::Dsa => public.der.len(),
    };
    let half = half(options, owner, Class::Public, origin, public);
    let set = firmware == Firmware::Later && public.algorithm == Algorithm::Rsa;
    let booleans = half.booleans.with(Attribute::Private, set).with(Attribute::Wrap, set);
    NewKey {
        key: Key { value_length: length(value_length), booleans, ..half },
        material: Zeroizing::new(public.der.clone()),
    }
}

/// A private key; the length of its PKCS#8 DER is VALUE_LEN.
pub fn private(options: &KeyOptions, owner: UserId, origin: Origin, private: PrivateKey) -> NewKey {
    NewKey {
        key: Key {
            value_length: length(private.der.len()),
            ..half(options, owner, Class::Private, origin, &private.public)
        },
        material: private.der,
    }
}

fn half(
    options: &KeyOptions,
    owner: UserId,
    class: Class,
    origin: Origin,
    public: &PublicKey,
) -> Key {
    let key_type = match public.algorithm {
        Algorithm::Rsa => KeyType::Rsa,
        Algorithm::Dsa => KeyType::Dsa,
        Algorithm::Ec => KeyType::Ec,
    };
    let check_value = check_value::of_public_key(&public.der);
    Key {
        modulus: public.modulus.clone(),
        modulus_bits: public.modulus_bits,
        public_exponent: public.public_exponent.clone(),
        ..key(options, owner, class, key_type, origin, check_value)
    }
}

/// A secret key with its bytes.
pub fn secret(
    options: &KeyOptions,
    owner: UserId,
    origin: Origin,
    key_type: KeyType,
    check_value: CheckValue,
    bytes: Zeroizing<Vec<u8>>,
) -> NewKey {
    NewKey {
        key: Key {
            value_length: length(bytes.len()),
            ..key(options, owner, Class::Secret, key_type, origin, check_value)
        },
        material: bytes,
    }
}
