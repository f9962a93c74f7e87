//! `genDSAKeyPair`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::create::{KeyOptions, KeyPair};
use super::login::cluster_key;
use super::return_code::ReturnCode;
use crate::crypto::asymmetric::PrivateKey;
use crate::crypto::dsa;
use crate::crypto::seal::{self, SealingKey};

/// What `genDSAKeyPair` asks for.
#[derive(Clone, Debug)]
pub struct GenerateDsaKeyPair {
    /// Bits of the prime.
    pub modulus_bits: u32,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Generates a key pair and stores it on the cluster. Domain parameters are
    /// generated with the first pair of each length; every
    /// later pair of the cluster uses them (FIPS 186-4 section 4.3 allows it).
    ///
    /// 0xb3 when FIPS mode forbids the length, and what [`KeyOptions`] can get wrong.
    pub fn generate_dsa_key_pair(&mut self, request: &GenerateDsaKeyPair) -> Answer<KeyPair> {
        let outcome = self.try_generate_dsa(request);
        self.answer_created(outcome, request.options.minimum_servers)
    }

    fn try_generate_dsa(
        &mut self,
        request: &GenerateDsaKeyPair,
    ) -> Outcome<(KeyPair, Vec<NodeStatus>)> {
        let owner = self.crypto_user()?.id;
        if !dsa_modulus_allowed(self.fips_mode(), request.modulus_bits) {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        self.check_options(&request.options, owner)?;
        let parameters = self.domain_parameters(request.modulus_bits)?;
        let key = PrivateKey::generate_dsa(&parameters, &mut self.random)?;
        self.create_pair(key, &request.options, owner)
    }

    /// The cluster's domain parameters of this length. They are public, but
    /// sealed all the same: changed ones would make weak keys.
    fn domain_parameters(&mut self, bits: u32) -> Outcome<Vec<u8>> {
        let name = format!("dsa_parameters_{bits}");
        let context = format!("kmu {name} 1").into_bytes();
        let open = |cluster_key: &SealingKey, sealed: Vec<u8>| -> Outcome<Vec<u8>> {
            Ok(seal::unseal(cluster_key, &sealed, &context)?.to_vec())
        };
        if let Some(sealed) = self.token_keys.read().blob(&name)? {
            return open(cluster_key(&self.login)?, sealed);
        }
        let what = format!("DSA domain parameters of {bits} bits");
        let made = self.attended(&what, move |random, given_up| {
            dsa::generate_parameters(bits, random, given_up)
        })??;
        let Self { login, token_keys, random, .. } = self;
        let cluster_key = cluster_key(login)?;
        let change = token_keys.change()?;
        // Another process may have been faster: its parameters count.
        if let Some(earlier) = change.read().blob(&name)? {
            return open(cluster_key, earlier);
        }
        change.set_blob(&name, &seal::seal(cluster_key, &made, &context, random)?)?;
        change.commit()?;
        Ok(made)
    }
}

/// Whether a DSA prime may have so many bits.
#[must_use]
pub fn dsa_modulus_allowed(fips_mode: bool, bits: u32) -> bool {
    matches!(bits, 2048 | 3072) || bits == 1024 && !fips_mode
}
