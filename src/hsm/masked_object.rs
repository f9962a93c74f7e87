//! `extractMaskedObject` and `insertMaskedObject`: a key with everything that
//! belongs to it, encrypted and authenticated under a key of the cluster, so
//! that only the same cluster takes it back. Non-extractable keys travel so too.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::attribute::Booleans;
use super::key::{Class, Key, KeyType, NewKey};
use super::names::{Handle, KeyId, Label, UserId};
use super::permit::Permit;
use super::return_code::ReturnCode;
use super::token::Service;
use crate::crypto::check_value::CheckValue;
use crate::crypto::seal::{self, SealingKey};

/// What a masked object begins with: its format, and what its seal is bound to.
const FORMAT: &[u8] = b"kmu masked object 1\n";

/// What sets the masking key apart from the cluster key that it follows from.
const MASKING_KEY_CONTEXT: &[u8] = b"kmu masking key 1";

impl Hsm {
    /// A key as a masked object, for its owner only.
    ///
    /// 0xa8 when the user may not see such a key, 0xc6 when it is not his.
    pub fn extract_masked_object(&mut self, handle: Handle) -> Answer<Vec<u8>> {
        Answer::local(self.try_extract(handle))
    }

    /// Stores the key of a masked object under a new handle; it keeps its
    /// owner, its attributes, its sharing and its quorum.
    ///
    /// 0xbe for what this cluster did not mask, kmu's code for an id that is taken.
    pub fn insert_masked_object(&mut self, masked: &[u8], minimum_servers: u8) -> Answer<Handle> {
        let outcome = self.try_insert(masked);
        self.answer_created(outcome, minimum_servers)
    }

    fn try_extract(&mut self, handle: Handle) -> Outcome<Vec<u8>> {
        let user = self.crypto_user()?;
        let open = self.open_own_key(handle, user.id, user.cluster_key)?;
        let masking_key = masking_key(user.cluster_key);
        let mut permit = Permit::default();
        permit.ask(&open.key, Service::ManageKey);
        self.redeem(&mut permit)?;
        let content = encode(&open.key, &open.material);
        let sealed = seal::seal(&masking_key, &content, FORMAT, &mut self.random)?;
        Ok([FORMAT, &sealed].concat())
    }

    fn try_insert(&mut self, masked: &[u8]) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let user = self.crypto_user()?;
        let sealed = masked.strip_prefix(FORMAT).ok_or(ReturnCode::UNWRAP_FAILED)?;
        let content = seal::unseal(&masking_key(user.cluster_key), sealed, FORMAT)
            .map_err(|_| ReturnCode::UNWRAP_FAILED)?;
        let new = decode(&content).ok_or(ReturnCode::UNWRAP_FAILED)?;
        if new.key.owner != user.id {
            return Err(ReturnCode::ACCESS_DENIED.into());
        }
        if new.key.class != Class::Public {
            self.check_strength(&new.key, &new.material)?;
        }
        self.create_key(new)
    }
}

fn masking_key(cluster_key: &SealingKey) -> SealingKey {
    seal::derived_key(MASKING_KEY_CONTEXT, cluster_key)
}

/// Every part with its length in front, so that none runs into the next.
fn encode(key: &Key, material: &[u8]) -> Zeroizing<Vec<u8>> {
    let shared: Vec<u8> = key.shared_with.iter().flat_map(|user| user.to_be_bytes()).collect();
    let numbers = [key.class.number(), key.key_type.number(), key.m_value, u8::from(key.token)];
    let parts: [&[u8]; 12] = [
        &numbers,
        &key.owner.to_be_bytes(),
        &key.booleans.to_bits().to_be_bytes(),
        &key.value_length.to_be_bytes(),
        &key.check_value,
        &key.modulus_bits.to_be_bytes(),
        key.label.as_str().as_bytes(),
        key.id.as_str().as_bytes(),
        &shared,
        &key.modulus,
        &key.public_exponent,
        material,
    ];
    let mut content = Zeroizing::new(Vec::new());
    for part in parts {
        // A part is a few kilobytes at most.
        content.extend_from_slice(&(part.len() as u32).to_be_bytes());
        content.extend_from_slice(part);
    }
    content
}

/// The key of what [`encode`] made. It was sealed, so a fault here is a fault of kmu's.
fn decode(content: &[u8]) -> Option<NewKey> {
    let mut rest = content;
    let mut next = || -> Option<&[u8]> {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (part, after) = after.split_at_checked(length)?;
        rest = after;
        Some(part)
    };
    let [class, key_type, m_value, token] = <[u8; 4]>::try_from(next()?).ok()?;
    let number = |part: &[u8]| Some(u32::from_be_bytes(part.try_into().ok()?));
    let user = |part: &[u8]| Some(UserId::from_be_bytes(part.try_into().ok()?));
    let text = |part: &[u8]| String::from_utf8(part.to_vec()).ok();
    let owner = user(next()?)?;
    let booleans = Booleans::from_bits(number(next()?)?);
    let value_length = number(next()?)?;
    let check_value = CheckValue::try_from(next()?).ok()?;
    let modulus_bits = number(next()?)?;
    let label = Label::new(&text(next()?)?).ok()?;
    let id = KeyId::new(&text(next()?)?).ok()?;
    let shared_with = next()?.chunks(2).map(user).collect::<Option<_>>()?;
    let modulus = next()?.to_vec();
    let public_exponent = next()?.to_vec();
    let material = Zeroizing::new(next()?.to_vec());
    let key = Key {
        handle: Handle(0),
        class: Class::from_number(class)?,
        key_type: KeyType::from_number(key_type)?,
        label,
        id,
        owner,
        shared_with,
        m_value,
        token: token == 1,
        booleans,
        value_length,
        check_value,
        modulus,
        modulus_bits,
        public_exponent,
        created: 0,
    };
    Some(NewKey { key, material })
}
