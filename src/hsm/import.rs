//! Keys that come in from outside: public keys in the clear, others wrapped on
//! their way and unwrapped inside.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome, Refusal};
use super::attribute::Attribute;
use super::create::KeyOptions;
use super::key::NewKey;
use super::names::{Handle, UserId};
use super::new_key::{self, Origin};
use super::permit::Permit;
use crate::crypto::asymmetric::{PrivateKey, PublicKey};
use crate::crypto::symmetric;
use crate::crypto::wrap::{self, Mechanism, Parameters, WrappingKey};

/// How keys travel between the client and the HSM.
const TRANSPORT: Mechanism = Mechanism::NistAesWrapPad;

/// A key in the clear, on the client's side.
pub enum Incoming {
    /// Bytes of a symmetric key with its type's number.
    Symmetric(u32, Zeroizing<Vec<u8>>),
    /// PKCS#8 of a private key.
    Private(Zeroizing<Vec<u8>>),
}

/// What imSymKey and importPrivateKey ask for.
pub struct ImportKey {
    /// The key.
    pub incoming: Incoming,
    /// The key that unwraps it in the HSM.
    pub wrapping_key: Handle,
    /// The bytes of that key, if the client wraps by itself.
    pub host_key: Option<Zeroizing<Vec<u8>>>,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

/// How far an import came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum ImportStep {
    /// Wrapping the key for its way.
    Wrap,
    /// Saying what it will be.
    Template,
    /// Unwrapping it in the HSM.
    Unwrap,
}

/// How far an export came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum ExportStep {
    /// Wrapping the key in the HSM.
    Wrap,
    /// Unwrapping it for the client.
    Unwrap,
}

impl Hsm {
    /// Stores a public key from outside.
    ///
    /// Errors as [`KeyOptions`] can have them.
    pub fn import_public_key(&mut self, key: &PublicKey, options: &KeyOptions) -> Answer<Handle> {
        let outcome = self.try_import_public(key, options);
        self.answer_created(outcome, options.minimum_servers)
    }

    /// Stores a private or secret key from outside, which is LOCAL never again.
    /// Says which step was the last.
    pub fn import_key(&mut self, request: &ImportKey) -> (ImportStep, Answer<Handle>) {
        // Both steps are one use of the wrapping key.
        let mut permit = Permit::default();
        let wrapped = match self.wrap_for_transport(request, &mut permit) {
            Ok(wrapped) => wrapped,
            Err(refusal) => return (ImportStep::Wrap, Answer::local(Err(refusal))),
        };
        let owner = match self.check_template(&request.options) {
            Ok(owner) => owner,
            Err(refusal) => return (ImportStep::Template, Answer::local(Err(refusal))),
        };
        let outcome = self.unwrap_incoming(request, owner, &wrapped, &mut permit);
        (ImportStep::Unwrap, self.answer_created(outcome, request.options.minimum_servers))
    }

    /// The bytes of a secret key or the PKCS#8 of a private key, for its owner
    /// only. With `host_key` the client unwraps by itself. Says which step was the last.
    pub fn export_key(
        &mut self,
        handle: Handle,
        wrapping_key: Handle,
        host_key: Option<&[u8]>,
    ) -> (ExportStep, Answer<Zeroizing<Vec<u8>>>) {
        let mut permit = Permit::default();
        let wrapped = self.wrap_outgoing(handle, wrapping_key, &mut permit);
        let wrapped = match Answer::local(wrapped) {
            Answer { value: Some(wrapped), .. } => wrapped,
            Answer { status, .. } => return (ExportStep::Wrap, Answer { status, value: None }),
        };
        let unwrapped = match host_key {
            Some(key) => self.unwrap_transport(key, &wrapped),
            None => self
                .transport_key(wrapping_key, Attribute::Unwrap, &mut permit)
                .and_then(|key| self.unwrap_transport(&key, &wrapped)),
        };
        (ExportStep::Unwrap, Answer::local(unwrapped))
    }

    /// The SubjectPublicKeyInfo of a public key that the user may see.
    ///
    /// 0xa8 when there is none, 0x33 when it is no public key.
    pub fn export_public_key(&self, handle: Handle) -> Answer<Vec<u8>> {
        Answer::local(self.public_key_der(handle))
    }

    /// The SubjectPublicKeyInfo of a public key.
    pub(super) fn public_key_der(&self, handle: Handle) -> Outcome<Vec<u8>> {
        let user = self.crypto_user()?;
        let open = self.open_key(handle, user.id, user.cluster_key)?;
        if open.key.class != super::key::Class::Public {
            let reason = format!("{handle} is not a public key");
            return Err(Refusal::arguments(reason));
        }
        Ok(open.material.to_vec())
    }

    fn try_import_public(
        &mut self,
        key: &PublicKey,
        options: &KeyOptions,
    ) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let owner = self.check_template(options)?;
        self.create_key(new_key::public(
            options,
            owner,
            Origin::Imported,
            key,
            self.settings.firmware,
        ))
    }

    /// Checks what a new key asks for, and says whose it will be.
    pub(super) fn check_template(&self, options: &KeyOptions) -> Outcome<UserId> {
        let owner = self.crypto_user()?.id;
        self.check_options(options, owner)?;
        Ok(owner)
    }

    fn wrap_for_transport(&mut self, request: &ImportKey, permit: &mut Permit) -> Outcome<Vec<u8>> {
        let (Incoming::Symmetric(_, plaintext) | Incoming::Private(plaintext)) = &request.incoming;
        let key = match &request.host_key {
            Some(key) => key.clone(),
            None => self.transport_key(request.wrapping_key, Attribute::Wrap, permit)?,
        };
        self.redeem(permit)?;
        self.wrap_transport(&key, plaintext)
    }

    fn unwrap_incoming(
        &mut self,
        request: &ImportKey,
        owner: UserId,
        wrapped: &[u8],
        permit: &mut Permit,
    ) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let key = self.transport_key(request.wrapping_key, Attribute::Unwrap, permit)?;
        self.redeem(permit)?;
        let plaintext = self.unwrap_transport(&key, wrapped)?;
        let new = match &request.incoming {
            Incoming::Symmetric(key_type, _) => {
                self.new_symmetric(*key_type, plaintext, &request.options, owner)?
            }
            Incoming::Private(_) => self.new_private(&plaintext, &request.options, owner)?,
        };
        self.create_key(new)
    }

    /// A secret key from outside, whose length must be one that its type has.
    pub(super) fn new_symmetric(
        &self,
        key_type: u32,
        bytes: Zeroizing<Vec<u8>>,
        options: &KeyOptions,
        owner: UserId,
    ) -> Outcome<NewKey> {
        let (key_type, kind) = self.symmetric_type(key_type)?;
        let check_value = symmetric::check_value(kind, &bytes)?;
        let new = new_key::secret(options, owner, Origin::Imported, key_type, check_value, bytes);
        self.check_strength(&new.key, &new.material)?;
        Ok(new)
    }

    /// A private key from outside, which FIPS mode wants to be of some strength.
    pub(super) fn new_private(
        &self,
        private_key: &[u8],
        options: &KeyOptions,
        owner: UserId,
    ) -> Outcome<NewKey> {
        let key = PrivateKey::from_der(private_key)?;
        let new = new_key::private(options, owner, Origin::Imported, key);
        self.check_strength(&new.key, &new.material)?;
        Ok(new)
    }

    fn wrap_outgoing(
        &mut self,
        handle: Handle,
        wrapping_key: Handle,
        permit: &mut Permit,
    ) -> Outcome<Vec<u8>> {
        let open = self.key_to_export(handle, permit)?;
        let key = self.transport_key(wrapping_key, Attribute::Wrap, permit)?;
        self.redeem(permit)?;
        self.wrap_transport(&key, &open.material)
    }

    fn wrap_transport(&mut self, key: &[u8], plaintext: &[u8]) -> Outcome<Vec<u8>> {
        let parameters = Parameters::default();
        let key = WrappingKey::Aes(key);
        Ok(wrap::wrap(TRANSPORT, &parameters, key, plaintext, &mut self.random)?)
    }

    fn unwrap_transport(&mut self, key: &[u8], wrapped: &[u8]) -> Outcome<Zeroizing<Vec<u8>>> {
        let parameters = Parameters::default();
        let key = WrappingKey::Aes(key);
        Ok(wrap::unwrap(TRANSPORT, &parameters, key, wrapped, &mut self.random)?)
    }
}
