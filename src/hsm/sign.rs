//! `sign` and `verify`.

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::attribute::Attribute;
use super::key::{Class, Key, KeyType};
use super::names::Handle;
use super::permit::Permit;
use super::return_code::ReturnCode;
use crate::crypto::asymmetric::Algorithm;
use crate::crypto::signature::{self, Mechanism, Verdict};

impl Hsm {
    /// Signs a message with a private key that allows it.
    ///
    /// 0x32 when the mechanism does not fit the key: the client itself sees
    /// that, so no node is asked.
    pub fn sign(
        &mut self,
        handle: Handle,
        mechanism: Option<&'static Mechanism>,
        message: &[u8],
    ) -> Answer<Vec<u8>> {
        let outcome = self.try_sign(handle, mechanism, message);
        let mut answer = self.answer(outcome);
        if answer.status.code == ReturnCode::INVALID_USER_INPUT {
            answer.status.nodes = None;
        }
        answer
    }

    /// Verifies a signature with a public key that allows it.
    ///
    /// 0x32 when the mechanism does not fit the key, 0x1b when the signature
    /// does not belong to message and key. The value is there in that case, too.
    #[must_use]
    pub fn verify(
        &self,
        handle: Handle,
        mechanism: Option<&'static Mechanism>,
        message: &[u8],
        signature: &[u8],
    ) -> Answer<Verdict> {
        let mut answer = Answer::local(self.try_verify(handle, mechanism, message, signature));
        if answer.value.is_some_and(|verdict| verdict != Verdict::Valid) {
            answer.status.code = ReturnCode::BAD_PKCS_DATA;
        }
        answer
    }

    fn try_sign(
        &mut self,
        handle: Handle,
        mechanism: Option<&'static Mechanism>,
        message: &[u8],
    ) -> Outcome<(Vec<u8>, Vec<NodeStatus>)> {
        let open = self.visible_key(handle)?;
        let mechanism = fitting(mechanism, &open.key, Class::Private)?;
        let mut permit = Permit::default();
        let open = self.key_for(handle, Attribute::Sign, &mut permit)?;
        self.redeem(&mut permit)?;
        let signature = signature::sign(&open.material, mechanism, message, &mut self.random)?;
        Ok((signature, self.held_on(&open.key, ReturnCode::NOT_SYNCHRONIZED)))
    }

    fn try_verify(
        &self,
        handle: Handle,
        mechanism: Option<&'static Mechanism>,
        message: &[u8],
        signature: &[u8],
    ) -> Outcome<Verdict> {
        let open = self.visible_key(handle)?;
        let mechanism = fitting(mechanism, &open.key, Class::Public)?;
        // Public keys are everybody's: no token is ever needed.
        let open = self.key_for(handle, Attribute::Verify, &mut Permit::default())?;
        Ok(signature::verify(&open.material, mechanism, message, signature)?)
    }

    fn visible_key(&self, handle: Handle) -> Outcome<super::key_record::OpenKey> {
        let user = self.crypto_user()?;
        self.open_key(handle, user.id, user.cluster_key)
    }
}

/// The mechanism, if keys of this type and class use it.
fn fitting(
    mechanism: Option<&'static Mechanism>,
    key: &Key,
    class: Class,
) -> Outcome<&'static Mechanism> {
    let algorithm = match key.key_type {
        KeyType::Rsa => Some(Algorithm::Rsa),
        KeyType::Ec => Some(Algorithm::Ec),
        _ => None,
    };
    mechanism
        .filter(|mechanism| algorithm.is_some_and(|algorithm| mechanism.fits(algorithm)))
        .filter(|_| key.class == class)
        .ok_or_else(|| ReturnCode::INVALID_USER_INPUT.into())
}
