//! `genSymKey`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome, Refusal};
use super::create::KeyOptions;
use super::key::KeyType;
use super::names::Handle;
use super::new_key::{self, Origin};
use super::return_code::ReturnCode;
use crate::crypto::symmetric::{self, Kind};

/// What `genSymKey` asks for.
#[derive(Clone, Debug)]
pub struct GenerateSymmetricKey {
    /// The key type's number: 16, 18, 21 or 31.
    pub key_type: u32,
    /// Bytes of the key.
    pub length: u32,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Generates a secret key and stores it on the cluster.
    ///
    /// 0xb3 for RC4 in FIPS mode, 0x33 for a type or a length that does not
    /// exist, and what [`KeyOptions`] can get wrong.
    pub fn generate_symmetric_key(&mut self, request: &GenerateSymmetricKey) -> Answer<Handle> {
        let outcome = self.try_generate_symmetric(request);
        self.answer_created(outcome, request.options.minimum_servers)
    }

    fn try_generate_symmetric(
        &mut self,
        request: &GenerateSymmetricKey,
    ) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let owner = self.crypto_user()?.id;
        let (key_type, kind) = self.symmetric_type(request.key_type)?;
        self.check_options(&request.options, owner)?;
        let length = usize::try_from(request.length).unwrap_or(usize::MAX);
        let bytes = symmetric::generate(kind, length, &mut self.random)?;
        let check_value = symmetric::check_value(kind, &bytes)?;
        let options = &request.options;
        let new = new_key::secret(options, owner, Origin::Generated, key_type, check_value, bytes);
        self.create_key(new)
    }

    /// The type and kind of a secret key's number.
    ///
    /// # Errors
    /// 0x33 when no secret key has it, 0xb3 when FIPS mode forbids it.
    pub(super) fn symmetric_type(&self, number: u32) -> Outcome<(KeyType, Kind)> {
        let kind = Kind::from_number(number).ok_or_else(|| {
            Refusal::arguments(format!("{number} is not the type of a symmetric key"))
        })?;
        let key_type = match kind {
            Kind::GenericSecret => KeyType::GenericSecret,
            Kind::Rc4 => KeyType::Rc4,
            Kind::Des3 => KeyType::Des3,
            Kind::Aes => KeyType::Aes,
        };
        if self.fips_mode() && key_type == KeyType::Rc4 {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        Ok((key_type, kind))
    }
}
