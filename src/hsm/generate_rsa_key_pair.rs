//! `genRSAKeyPair`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome, Refusal};
use super::create::{KeyOptions, KeyPair};
use super::return_code::ReturnCode;
use crate::crypto::asymmetric::PrivateKey;
use crate::crypto::random::Random;

/// The least public exponent that FIPS 186-4 allows.
const MINIMUM_EXPONENT: u32 = 65_537;

/// What `genRSAKeyPair` asks for.
#[derive(Clone, Debug)]
pub struct GenerateRsaKeyPair {
    /// Bits of the modulus.
    pub modulus_bits: u32,
    /// The public exponent.
    pub exponent: u32,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Generates a key pair and stores it on the cluster.
    ///
    /// 0xb3 when FIPS mode forbids the modulus, 0x33 for an exponent that is
    /// even or below 65537, and what [`KeyOptions`] can get wrong.
    pub fn generate_rsa_key_pair(&mut self, request: &GenerateRsaKeyPair) -> Answer<KeyPair> {
        let outcome = self.try_generate_rsa(request);
        self.answer_created(outcome, request.options.minimum_servers)
    }

    fn try_generate_rsa(
        &mut self,
        request: &GenerateRsaKeyPair,
    ) -> Outcome<(KeyPair, Vec<NodeStatus>)> {
        let owner = self.crypto_user()?.id;
        if !rsa_modulus_allowed(self.fips_mode(), request.modulus_bits) {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        if request.exponent < MINIMUM_EXPONENT || request.exponent.is_multiple_of(2) {
            let reason = format!("the exponent must be odd and at least {MINIMUM_EXPONENT}");
            return Err(Refusal::arguments(reason));
        }
        self.check_options(&request.options, owner)?;
        // At most 4096.
        let bits = request.modulus_bits as usize;
        let exponent = request.exponent.into();
        let what = format!("an RSA key pair of {bits} bits");
        let generate = move |random: &mut Random, _: &_| {
            // The crate cannot be stopped; what it makes in vain is wiped when it is done.
            PrivateKey::generate_rsa(bits, exponent, random)
        };
        let key = self.attended(&what, generate)??;
        self.create_pair(key, &request.options, owner)
    }
}

/// Whether an RSA modulus may have so many bits: a multiple of 256 up to 4096,
/// from 2048 in FIPS mode (SP 800-131A) and from 1024 otherwise.
#[must_use]
pub fn rsa_modulus_allowed(fips_mode: bool, bits: u32) -> bool {
    let least = if fips_mode { 2048 } else { 1024 };
    (least..=4096).contains(&bits) && bits.is_multiple_of(256)
}
