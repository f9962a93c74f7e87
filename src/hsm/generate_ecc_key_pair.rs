//! `genECCKeyPair`: a key pair on one of the sixteen curves.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::create::{KeyOptions, KeyPair};
use super::return_code::ReturnCode;
use super::strength;
use crate::crypto::asymmetric::PrivateKey;
use crate::crypto::curve::Curve;

/// What `genECCKeyPair` asks for.
#[derive(Clone, Debug)]
pub struct GenerateEccKeyPair {
    /// The curve.
    pub curve: &'static Curve,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Generates a key pair and stores it on the cluster.
    ///
    /// 0xb3 when FIPS mode forbids the curve, and what [`KeyOptions`] can get wrong.
    pub fn generate_ecc_key_pair(&mut self, request: &GenerateEccKeyPair) -> Answer<KeyPair> {
        let outcome = self.try_generate_ecc(request);
        self.answer_created(outcome, request.options.minimum_servers)
    }

    fn try_generate_ecc(
        &mut self,
        request: &GenerateEccKeyPair,
    ) -> Outcome<(KeyPair, Vec<NodeStatus>)> {
        let owner = self.crypto_user()?.id;
        let curve = request.curve;
        if self.fips_mode() && !strength::curve_is_strong(curve) {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        self.check_options(&request.options, owner)?;
        let key = match &mut self.ahead {
            Some(ahead) => ahead.take(curve, &mut self.random)?,
            None => PrivateKey::generate_ec(curve, &mut self.random)?,
        };
        self.create_pair(key, &request.options, owner)
    }
}
