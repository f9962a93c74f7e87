//! A state directory opened with nothing but a password, step by step as the
//! format says, without the cluster's own code.

use std::path::Path;
use std::time::Duration;

use kmu::crypto::password::{self, Cost};
use kmu::crypto::seal::{self, SealingKey};
use kmu::hsm::attribute::Booleans;
use kmu::hsm::key::{Class, Key, KeyType};
use kmu::hsm::names::{Handle, KeyId, Label};
use kmu::store::{KeyFilter, KeyRow, Store, UserRow};
use zeroize::Zeroizing;

/// What a password opens.
pub struct Opened {
    pub cluster_key: SealingKey,
    /// The key that the password's own slot is sealed under.
    pub slot_key: SealingKey,
    /// Every key with its material.
    pub keys: Vec<(Key, Zeroizing<Vec<u8>>)>,
}

/// Opens the state with the password of this user.
pub fn open(directory: &Path, name: &str, password: &str) -> Opened {
    let store = Store::open(directory, Duration::from_secs(10)).unwrap();
    let users = store.read().users().unwrap();
    let user = users.iter().find(|user| user.name == name).unwrap();
    let (slot_key, cluster_key) = open_slot(user, password);
    let handles = store.read().find_keys(&KeyFilter::default()).unwrap();
    let keys = handles.into_iter().map(|handle| {
        let row = store.read().key(handle).unwrap().unwrap();
        let key = key_of(&row);
        let material = seal::unseal(&cluster_key, &row.sealed, &key.seal_context()).unwrap();
        (key, material)
    });
    let keys = keys.collect();
    Opened { cluster_key, slot_key, keys }
}

fn open_slot(user: &UserRow, password: &str) -> (SealingKey, SealingKey) {
    let cost = Cost { memory: user.memory, passes: user.passes };
    let slot_key = password::derive_key(password, &user.salt, cost).unwrap();
    let number = user.id.to_be_bytes();
    let context = [&b"kmu user 1"[..], &number, &[user.user_type], user.name.as_bytes()].concat();
    let cluster_key = seal::unseal(&slot_key, &user.sealed, &context).unwrap();
    (*slot_key, Zeroizing::new(cluster_key.as_slice().try_into().unwrap()))
}

fn key_of(row: &KeyRow) -> Key {
    Key {
        handle: Handle(row.handle),
        class: Class::from_number(row.class).unwrap(),
        key_type: KeyType::from_number(row.key_type).unwrap(),
        label: Label::new(&row.label).unwrap(),
        id: KeyId::new(&row.id).unwrap(),
        owner: row.owner,
        shared_with: row.shared_with.clone(),
        m_value: row.m_value,
        token: true,
        booleans: Booleans::from_bits(row.booleans),
        value_length: row.value_length,
        check_value: row.check_value,
        modulus: row.modulus.clone(),
        modulus_bits: row.modulus_bits,
        public_exponent: row.public_exponent.clone(),
        created: row.created,
    }
}
