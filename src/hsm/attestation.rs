//! Attestation: a node signs what it answers together with the measurement of
//! its firmware, and the client checks the signature with the chain of
//! certificates that the manufacturer began. A node whose firmware was tampered
//! with measures something else, and its answers do not pass.

use super::Hsm;
use super::answer::Outcome;
use super::identity::Holder;
use super::return_code::ReturnCode;
use crate::crypto::certificate;
use crate::crypto::rsa;

/// What genuine firmware measures.
const MEASUREMENT: &[u8] = b"kmu firmware 1";

/// What firmware measures that was tampered with.
const TAMPERED: &[u8] = b"kmu firmware 1, changed";

impl Hsm {
    /// Whether the attestation of an answer passes.
    ///
    /// # Errors
    /// When nobody is logged in or the state fails.
    pub(super) fn attest(&mut self, answer: &[u8]) -> Outcome<bool> {
        let signature = self.attested_by_node(answer)?;
        let chain = self.manufacturer_chain()?;
        Ok(passes(&chain, answer, &signature))
    }

    /// The node's part: it signs the measurement of its firmware and its answer.
    fn attested_by_node(&mut self, answer: &[u8]) -> Outcome<Vec<u8>> {
        let node = self.session_node();
        let tampered = self.settings.nodes.iter().any(|other| other.id == node && other.tampered);
        let measured = if tampered { TAMPERED } else { MEASUREMENT };
        let key = self.identity_key(Holder::Cluster)?;
        Ok(rsa::sign_sha256(&key, &[measured, answer].concat(), &mut self.random)?)
    }
}

/// The client's part: the last certificate's key signed the answer of genuine
/// firmware, and the chain leads to it from the manufacturer's root.
fn passes(chain: &[Vec<u8>], answer: &[u8], signature: &[u8]) -> bool {
    let certificates: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
    let key = chain.last().and_then(|last| certificate::public_key(last).ok());
    certificate::is_chain(&certificates)
        && key
            .is_some_and(|key| rsa::verify_sha256(&key, &[MEASUREMENT, answer].concat(), signature))
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
