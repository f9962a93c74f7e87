//! Attestation: a node signs what it answers together with the measurement of
//! its firmware, and the client checks the signature. A node whose firmware was
//! tampered with measures something else, and its answers do not pass.

use super::Hsm;
use super::answer::{Outcome, Refusal};
use super::login::cluster_key;
use super::return_code::ReturnCode;
use crate::crypto::rsa;
use crate::crypto::seal;

/// The name of the attestation key among the settings of the state.
const SETTING: &str = "attestation_key";

/// What the key's record is bound to.
const CONTEXT: &[u8] = b"kmu attestation key 1";

/// Bits of the attestation key, as in the real HSM.
const KEY_BITS: usize = 2048;

/// What genuine firmware measures.
const MEASUREMENT: &[u8] = b"kmu firmware 1";

/// What firmware measures that was tampered with.
const TAMPERED: &[u8] = b"kmu firmware 1, changed";

impl Hsm {
    /// Whether the attestation of an answer passes: the node's signature over
    /// its firmware's measurement and the answer, checked against the
    /// measurement of genuine firmware.
    ///
    /// # Errors
    /// When nobody is logged in or the state fails.
    pub(super) fn attest(&mut self, answer: &[u8]) -> Outcome<bool> {
        let key = self.attestation_key()?;
        let node = self.session_node();
        let tampered = self.settings.nodes.iter().any(|other| other.id == node && other.tampered);
        let measured = if tampered { TAMPERED } else { MEASUREMENT };
        let signature = rsa::sign_sha256(&key, &[measured, answer].concat(), &mut self.random)?;
        let public = rsa::public_key_of(&key)?;
        Ok(rsa::verify_sha256(&public, &[MEASUREMENT, answer].concat(), &signature))
    }

    /// The cluster's attestation key (PKCS#8), made when it is first needed.
    fn attestation_key(&mut self) -> Outcome<zeroize::Zeroizing<Vec<u8>>> {
        let Self { login, token_keys, random, .. } = self;
        let cluster_key = cluster_key(login)?;
        let stored = token_keys.read().blob(SETTING)?;
        let sealed = match stored {
            Some(sealed) => sealed,
            None => {
                let made = rsa::generate(KEY_BITS, 65_537, random)?;
                let sealed = seal::seal(cluster_key, &made, CONTEXT, random)?;
                let change = token_keys.change()?;
                // Another process may have been faster: its key counts.
                let sealed = match change.read().blob(SETTING)? {
                    Some(earlier) => earlier,
                    None => {
                        change.set_blob(SETTING, &sealed)?;
                        sealed
                    }
                };
                change.commit()?;
                sealed
            }
        };
        seal::unseal(cluster_key, &sealed, CONTEXT).map_err(Refusal::from)
    }
}

impl super::Answer<super::KeyPair> {
    /// What a node signs of the answer to a request for a pair.
    pub(super) fn attested_bytes(&self) -> Vec<u8> {
        let handles = self.value.map(|pair| [pair.public, pair.private]);
        handles.iter().flatten().flat_map(|handle| handle.0.to_be_bytes()).collect()
    }
}

impl Hsm {
    /// Checks the attestation of a new pair; nothing if there is no pair.
    pub fn attest_key_pair(&mut self, answer: &super::Answer<super::KeyPair>) -> Option<bool> {
        answer.value.as_ref()?;
        // An attestation that cannot be made does not pass.
        Some(self.attest(&answer.attested_bytes()).unwrap_or(false))
    }

    /// Checks the attestation of a new key; nothing if there is none.
    pub fn attest_key(&mut self, answer: &super::Answer<super::names::Handle>) -> Option<bool> {
        let handle = answer.value?;
        Some(self.attest(&handle.0.to_be_bytes()).unwrap_or(false))
    }

    /// Checks the attestations of an attribute's size and then of its value.
    /// The first that fails is the last.
    pub fn attest_attributes(&mut self, dump: &super::AttributeDump) -> Vec<bool> {
        let value = dump.attested_bytes();
        let mut verdicts = Vec::new();
        for answer in [&value.len().to_be_bytes()[..], &value] {
            let passed = self.attest(answer).unwrap_or(false);
            verdicts.push(passed);
            if !passed {
                break;
            }
        }
        verdicts
    }
}

/// The code of a command whose attestation was checked.
#[must_use]
pub fn attested_code(code: ReturnCode, verdicts: &[bool]) -> ReturnCode {
    if verdicts.contains(&false) { ReturnCode::ATTESTATION_CHECK } else { code }
}
