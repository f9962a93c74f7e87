//! `wrapKey` and `unWrapKey`: keys leave and come in under another key, with
//! kmu's header or bare, as other tools write and read them.

use rand_core::Rng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome, Refusal};
use super::attribute::Attribute;
use super::create::KeyOptions;
use super::import::ImportStep;
use super::key::{Class, Key, KeyType, NewKey};
use super::key_record::OpenKey;
use super::names::{Handle, KEY_ENCRYPTION_KEY, KeyId, UserId};
use super::permit::Permit;
use super::return_code::ReturnCode;
use super::wrap_header::WrapHeader;
use crate::crypto::wrap::{self, Hash, Mechanism, Parameters, WrappingKey};

/// Bytes of the header's hash in front of the wrapped key.
const DIGEST_LENGTH: usize = 32;

/// Bytes of the initialization vector that the HSM draws for AES_GCM.
const GCM_VECTOR_LENGTH: usize = 12;

/// How a key is wrapped.
#[derive(Clone, Debug)]
pub struct WrapMechanism {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// The hash of RSA_AES and RSA_OAEP.
    pub hash: Hash,
    /// The initialization vector, for mechanisms that take one.
    pub initialization_vector: Option<Vec<u8>>,
    /// Additional authenticated data of the GCM mechanisms.
    pub additional_data: Vec<u8>,
    /// Bytes of the tag of the GCM mechanisms.
    pub tag_length: u8,
}

/// What `wrapKey` asks for.
pub struct WrapKey {
    /// The key to wrap.
    pub key: Handle,
    /// The key that wraps it.
    pub wrapping_key: Handle,
    /// How.
    pub how: WrapMechanism,
    /// Whether kmu's header stands in front.
    pub header: bool,
}

/// A wrapped key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// What goes to the file.
    pub file: Vec<u8>,
    /// Bytes of the file without the header.
    pub length: usize,
    /// The initialization vector that the HSM drew, if it did.
    pub drawn_vector: Option<Vec<u8>>,
}

/// What a wrapped key is, when no header says it.
#[derive(Clone, Debug)]
pub struct Described {
    /// The class's number.
    pub class: u32,
    /// The key type's number.
    pub key_type: u32,
}

/// What `unWrapKey` asks for.
pub struct UnwrapKey {
    /// The file's content.
    pub wrapped: Vec<u8>,
    /// The key that unwraps it.
    pub unwrapping_key: Handle,
    /// How it is wrapped. With a header, only the additional data counts.
    pub how: WrapMechanism,
    /// Whether the mechanism was given, so that a header must name the same.
    pub mechanism_given: bool,
    /// What it is, if there is no header.
    pub described: Option<Described>,
    /// What every new key can ask for. Label and id are the header's if absent.
    pub options: KeyOptions,
    /// Whether the label was given.
    pub labelled: bool,
}

impl Hsm {
    /// Wraps a key of the user's.
    ///
    /// kmu's codes for a key that does not leave the HSM and for a wrapping key
    /// that may not wrap; 0x33 when key, mechanism and parameters do not fit.
    pub fn wrap_key(&mut self, request: &WrapKey) -> Answer<WrappedKey> {
        Answer::local(self.try_wrap(request))
    }

    /// Unwraps a key and stores it. Says which step was the last.
    ///
    /// 0xbe when it does not open with this key, mechanism and parameters.
    pub fn unwrap_key(&mut self, request: &UnwrapKey) -> (ImportStep, Answer<Handle>) {
        let owner = match self.check_template(&request.options) {
            Ok(owner) => owner,
            // Without a header, the client makes the template by itself: no node is asked.
            Err(refusal) if request.described.is_some() => {
                return (ImportStep::Template, Answer::local(Err(refusal)));
            }
            Err(refusal) => return (ImportStep::Template, self.answer(Err(refusal))),
        };
        let outcome = self.try_unwrap(request, owner);
        (ImportStep::Unwrap, self.answer_created(outcome, request.options.minimum_servers))
    }

    fn try_wrap(&mut self, request: &WrapKey) -> Outcome<WrappedKey> {
        let mut permit = Permit::default();
        let open = self.key_to_export(request.key, &mut permit)?;
        if open.key.class == Class::Public {
            let reason = format!("{} is a public key, which needs no wrapping", request.key);
            return Err(Refusal::arguments(reason));
        }
        let wrapping = self.wrapping_key(request.wrapping_key, Attribute::Wrap, &mut permit)?;
        self.redeem(&mut permit)?;
        let mut how = request.how.clone();
        let drawn_vector = (how.mechanism == Mechanism::AesGcm).then(|| {
            let mut vector = vec![0; GCM_VECTOR_LENGTH];
            self.random.fill_bytes(&mut vector);
            vector
        });
        if drawn_vector.is_some() {
            how.initialization_vector.clone_from(&drawn_vector);
        }
        let header = request.header.then(|| header_of(&open.key, &how).encode());
        let mut plaintext = Zeroizing::new(Vec::new());
        if let Some(header) = &header {
            plaintext.extend_from_slice(&Sha256::digest(header));
        }
        plaintext.extend_from_slice(&open.material);
        let key = wrapping.as_key();
        let wrapped =
            wrap::wrap(how.mechanism, &how.parameters(), key, &plaintext, &mut self.random)?;
        let length = wrapped.len();
        Ok(WrappedKey {
            file: [header.unwrap_or_default(), wrapped].concat(),
            length,
            drawn_vector,
        })
    }

    fn try_unwrap(
        &mut self,
        request: &UnwrapKey,
        owner: UserId,
    ) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let mut permit = Permit::default();
        let unwrapping =
            self.wrapping_key(request.unwrapping_key, Attribute::Unwrap, &mut permit)?;
        self.redeem(&mut permit)?;
        let new = match &request.described {
            Some(described) => self.unwrap_bare(request, described, &unwrapping, owner)?,
            None => self.unwrap_with_header(request, &unwrapping, owner)?,
        };
        self.create_key(new)
    }

    fn unwrap_bare(
        &mut self,
        request: &UnwrapKey,
        described: &Described,
        unwrapping: &Unlocked,
        owner: UserId,
    ) -> Outcome<NewKey> {
        let how = &request.how;
        let key = unwrapping.as_key();
        let parameters = how.parameters();
        let random = &mut self.random;
        let bytes = wrap::unwrap(how.mechanism, &parameters, key, &request.wrapped, random)?;
        self.new_unwrapped(described, bytes, &request.options, owner)
    }

    fn unwrap_with_header(
        &mut self,
        request: &UnwrapKey,
        unwrapping: &Unlocked,
        owner: UserId,
    ) -> Outcome<NewKey> {
        let (header, length) =
            WrapHeader::decode(&request.wrapped).ok_or(ReturnCode::UNWRAP_FAILED)?;
        let (front, wrapped) = request.wrapped.split_at(length);
        if request.mechanism_given && request.how.mechanism != header.mechanism {
            return Err(ReturnCode::UNWRAP_FAILED.into());
        }
        let vector = header.initialization_vector.clone();
        let how = WrapMechanism {
            mechanism: header.mechanism,
            hash: header.hash,
            initialization_vector: (!vector.is_empty()).then_some(vector),
            additional_data: request.how.additional_data.clone(),
            tag_length: header.tag_length,
        };
        let key = unwrapping.as_key();
        let random = &mut self.random;
        let plaintext = wrap::unwrap(how.mechanism, &how.parameters(), key, wrapped, random)?;
        let (digest, bytes) =
            plaintext.split_at_checked(DIGEST_LENGTH).ok_or(ReturnCode::UNWRAP_FAILED)?;
        if digest != Sha256::digest(front).as_slice() {
            return Err(ReturnCode::UNWRAP_FAILED.into());
        }
        let described = Described {
            class: header.class.number().into(),
            key_type: header.key_type.number().into(),
        };
        let mut options = request.options.clone();
        if !request.labelled {
            options.label = header.label;
        }
        if options.id == KeyId::default() {
            options.id = header.id;
        }
        let bytes = Zeroizing::new(bytes.to_vec());
        let mut new = self.new_unwrapped(&described, bytes, &options, owner)?;
        // The uses come back; what speaks of the key's whole life does not.
        for attribute in [
            Attribute::Encrypt,
            Attribute::Decrypt,
            Attribute::Wrap,
            Attribute::Unwrap,
            Attribute::Sign,
            Attribute::Verify,
            Attribute::Derive,
        ] {
            let value = header.booleans.has(attribute);
            new.key.booleans = new.key.booleans.with(attribute, value);
        }
        Ok(new)
    }

    pub(super) fn new_unwrapped(
        &self,
        described: &Described,
        bytes: Zeroizing<Vec<u8>>,
        options: &KeyOptions,
        owner: UserId,
    ) -> Outcome<NewKey> {
        let class = u8::try_from(described.class).ok().and_then(Class::from_number);
        match class {
            Some(Class::Secret) => self.new_symmetric(described.key_type, bytes, options, owner),
            Some(Class::Private) => {
                let new = self.new_private(&bytes, options, owner)?;
                if u32::from(new.key.key_type.number()) != described.key_type {
                    return Err(Refusal::arguments("the key is of another type"));
                }
                Ok(new)
            }
            _ => Err(Refusal::arguments("only secret and private keys are wrapped")),
        }
    }

    /// A key that wraps or unwraps others. RSA public keys and DES3 keys do not
    /// have WRAP as the HSM makes them: for them ENCRYPT and DECRYPT count.
    pub(super) fn wrapping_key(
        &self,
        handle: Handle,
        attribute: Attribute,
        permit: &mut Permit,
    ) -> Outcome<Unlocked> {
        if handle == KEY_ENCRYPTION_KEY {
            return Ok(Unlocked::Aes(self.transport_key(handle, attribute, permit)?));
        }
        let user = self.crypto_user()?;
        let found = self.open_key(handle, user.id, user.cluster_key)?.key;
        let attribute = match (found.class, found.key_type, attribute) {
            (Class::Public, KeyType::Rsa, Attribute::Wrap) if !found.booleans.has(attribute) => {
                Attribute::Encrypt
            }
            (_, KeyType::Des3, Attribute::Wrap) if !found.booleans.has(attribute) => {
                Attribute::Encrypt
            }
            (_, KeyType::Des3, Attribute::Unwrap) if !found.booleans.has(attribute) => {
                Attribute::Decrypt
            }
            _ => attribute,
        };
        let OpenKey { key, material } = self.key_for(handle, attribute, permit)?;
        match (key.class, key.key_type) {
            (Class::Secret, KeyType::Aes) => Ok(Unlocked::Aes(material)),
            (Class::Secret, KeyType::Des3) => Ok(Unlocked::Des3(material)),
            (Class::Public, KeyType::Rsa) => Ok(Unlocked::RsaPublic(material)),
            (Class::Private, KeyType::Rsa) => Ok(Unlocked::RsaPrivate(material)),
            _ => Err(Refusal::arguments(format!("{handle} cannot wrap and unwrap keys"))),
        }
    }
}

/// The material of a wrapping key, wiped when dropped.
pub(super) enum Unlocked {
    Aes(Zeroizing<Vec<u8>>),
    Des3(Zeroizing<Vec<u8>>),
    RsaPublic(Zeroizing<Vec<u8>>),
    RsaPrivate(Zeroizing<Vec<u8>>),
}

impl Unlocked {
    pub(super) fn as_key(&self) -> WrappingKey<'_> {
        match self {
            Self::Aes(key) => WrappingKey::Aes(key),
            Self::Des3(key) => WrappingKey::Des3(key),
            Self::RsaPublic(key) => WrappingKey::RsaPublic(key),
            Self::RsaPrivate(key) => WrappingKey::RsaPrivate(key),
        }
    }
}

impl WrapMechanism {
    fn parameters(&self) -> Parameters<'_> {
        Parameters {
            initialization_vector: self.initialization_vector.as_deref(),
            hash: self.hash,
            additional_data: &self.additional_data,
            tag_length: self.tag_length.into(),
        }
    }
}

fn header_of(key: &Key, how: &WrapMechanism) -> WrapHeader {
    WrapHeader {
        mechanism: how.mechanism,
        hash: how.hash,
        tag_length: how.tag_length,
        class: key.class,
        key_type: key.key_type,
        booleans: key.booleans,
        initialization_vector: how.initialization_vector.clone().unwrap_or_default(),
        label: key.label.clone(),
        id: key.id.clone(),
    }
}
