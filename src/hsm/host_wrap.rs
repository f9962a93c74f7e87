//! `aesWrapUnwrap` and `aesUnwrapPkcs8Buffer`: the HSM wraps and unwraps bytes
//! that stay on the client's side.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, Outcome, Refusal};
use super::attribute::Attribute;
use super::key::KeyType;
use super::names::{Handle, KEY_ENCRYPTION_KEY};
use super::permit::Permit;
use super::return_code::ReturnCode;
use crate::crypto::wrap::{self, Mechanism, Parameters, WrappingKey};

/// What happens to the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostWrap {
    /// They are padded (PKCS#5) and wrapped (RFC 3394).
    Wrap,
    /// They are unwrapped, and their padding is taken off.
    Unwrap,
}

impl Hsm {
    /// Wraps or unwraps bytes with an AES key that may do so; the key
    /// encryption key may not, or it would open what it protects.
    pub fn wrap_on_host(
        &mut self,
        direction: HostWrap,
        handle: Handle,
        vector: Option<&[u8]>,
        bytes: &[u8],
    ) -> Answer<Zeroizing<Vec<u8>>> {
        Answer::local(self.try_wrap_on_host(direction, handle, vector, bytes))
    }

    fn try_wrap_on_host(
        &mut self,
        direction: HostWrap,
        handle: Handle,
        vector: Option<&[u8]>,
        bytes: &[u8],
    ) -> Outcome<Zeroizing<Vec<u8>>> {
        if handle == KEY_ENCRYPTION_KEY {
            self.crypto_user()?;
            return Err(ReturnCode::USE_NOT_PERMITTED.into());
        }
        let attribute = match direction {
            HostWrap::Wrap => Attribute::Wrap,
            HostWrap::Unwrap => Attribute::Unwrap,
        };
        let mut permit = Permit::default();
        let open = self.key_for(handle, attribute, &mut permit)?;
        if open.key.key_type != KeyType::Aes {
            return Err(Refusal::arguments(format!("{handle} is not an AES key")));
        }
        self.redeem(&mut permit)?;
        let parameters = Parameters { initialization_vector: vector, ..Parameters::default() };
        let key = WrappingKey::Aes(&open.material);
        let (mechanism, random) = (Mechanism::AesKeyWrapPadPkcs5, &mut self.random);
        Ok(match direction {
            HostWrap::Wrap => wrap::wrap(mechanism, &parameters, key, bytes, random)?.into(),
            HostWrap::Unwrap => wrap::unwrap(mechanism, &parameters, key, bytes, random)?,
        })
    }
}
