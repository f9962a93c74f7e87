//! `genPBEKey`: a triple DES key that follows from a password.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::create::KeyOptions;
use super::key::KeyType;
use super::names::Handle;
use super::new_key::{self, Origin};
use super::return_code::ReturnCode;
use crate::crypto::pbe;
use crate::crypto::symmetric::{self, Kind};

/// What `genPBEKey` asks for.
pub struct GeneratePasswordBasedKey {
    /// The password.
    pub password: Zeroizing<String>,
    /// The salt.
    pub salt: String,
    /// Rounds of PBKDF2, 1 to 10000.
    pub iterations: u32,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Makes a DES3 key with PBKDF2-HMAC-SHA1 and stores it on the cluster.
    ///
    /// 0xb3 in FIPS mode, 0x33 for an iteration count out of range, and what
    /// [`KeyOptions`] can get wrong.
    pub fn generate_password_based_key(
        &mut self,
        request: &GeneratePasswordBasedKey,
    ) -> Answer<Handle> {
        let outcome = self.try_generate_password_based(request);
        self.answer_created(outcome, request.options.minimum_servers)
    }

    fn try_generate_password_based(
        &mut self,
        request: &GeneratePasswordBasedKey,
    ) -> Outcome<(Handle, Vec<NodeStatus>)> {
        let owner = self.crypto_user()?.id;
        if self.fips_mode() {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        self.check_options(&request.options, owner)?;
        let bytes = pbe::des3_key(
            request.password.as_bytes(),
            request.salt.as_bytes(),
            request.iterations,
        )?;
        let check_value = symmetric::check_value(Kind::Des3, &bytes)?;
        let options = &request.options;
        let new =
            new_key::secret(options, owner, Origin::Generated, KeyType::Des3, check_value, bytes);
        self.create_key(new)
    }
}
