//! `unWrapKeyWithSize`: a bare wrapped key whose length is told, as RFC 3394
//! alone does not keep it.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, Outcome, Refusal};
use super::attribute::Attribute;
use super::create::KeyOptions;
use super::key::{Class, KeyType};
use super::names::{Handle, UserId};
use super::permit::Permit;
use super::wrap_key::Described;
use crate::crypto::wrap::{self, Mechanism, Parameters};

/// Bytes of a block of AES key wrap: the most that padding adds, and one more.
const BLOCK_LENGTH: usize = 8;

/// What `unWrapKeyWithSize` asks for.
pub struct UnwrapWithSize {
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// The AES key that unwraps it.
    pub unwrapping_key: Handle,
    /// How it was wrapped.
    pub mechanism: Mechanism,
    /// The initialization vector, if it is not the mechanism's own.
    pub vector: Option<Vec<u8>>,
    /// The type's number.
    pub key_type: u32,
    /// Bytes of the key before it was padded and wrapped.
    pub size: Option<u32>,
    /// Bits of the RSA modulus.
    pub modulus_bits: Option<u32>,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Unwraps a key of a known type and size, and stores it.
    ///
    /// 0xbe when it does not open; 0x33 when it is not of this type and size.
    pub fn unwrap_with_size(&mut self, request: &UnwrapWithSize) -> Answer<Handle> {
        let outcome = self.try_unwrap_with_size(request).map(|handle| (handle, Vec::new()));
        let mut answer = self.answer(outcome);
        // The client shows no cluster block here.
        answer.status.nodes = None;
        answer
    }

    fn try_unwrap_with_size(&mut self, request: &UnwrapWithSize) -> Outcome<Handle> {
        let owner: UserId = self.crypto_user()?.id;
        let key_type = u8::try_from(request.key_type).ok().and_then(KeyType::from_number);
        let key_type = key_type.ok_or_else(|| {
            Refusal::arguments(format!("{} is not the type of a key", request.key_type))
        })?;
        let mut permit = Permit::default();
        let unwrapping =
            self.wrapping_key(request.unwrapping_key, Attribute::Unwrap, &mut permit)?;
        let vector = request.vector.as_deref();
        if vector.is_some() && request.mechanism == Mechanism::NistAesWrapPad {
            // RFC 5649 has no vector of eight bytes to choose.
            return Err(Refusal::arguments("this mechanism takes no initialization vector"));
        }
        self.redeem(&mut permit)?;
        let parameters = Parameters { initialization_vector: vector, ..Parameters::default() };
        let bytes = wrap::unwrap(
            request.mechanism,
            &parameters,
            unwrapping.as_key(),
            &request.wrapped,
            &mut self.random,
        )?;
        let bytes = cut(bytes, request.size)?;
        let class = match key_type {
            KeyType::Rsa | KeyType::Dsa | KeyType::Ec => Class::Private,
            _ => Class::Secret,
        };
        let described = Described { class: class.number().into(), key_type: request.key_type };
        let new = self.new_unwrapped(&described, bytes, &request.options, owner)?;
        if request
            .modulus_bits
            .is_some_and(|bits| key_type == KeyType::Rsa && bits != new.key.modulus_bits)
        {
            return Err(Refusal::arguments("the modulus has another length"));
        }
        self.create_key(new).map(|(handle, _)| handle)
    }
}

/// The key without the zeros that filled its last block.
fn cut(mut bytes: Zeroizing<Vec<u8>>, size: Option<u32>) -> Outcome<Zeroizing<Vec<u8>>> {
    let Some(size) = size else { return Ok(bytes) };
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let other = || Refusal::arguments("the key has another size");
    let padding = bytes.get(size..).ok_or_else(other)?;
    if padding.len() >= BLOCK_LENGTH || padding.iter().any(|byte| *byte != 0) {
        return Err(other());
    }
    bytes.truncate(size);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zeros_of_the_last_block_are_cut_off() {
        let cut = |bytes: &[u8], size| {
            super::cut(Zeroizing::new(bytes.to_vec()), Some(size)).map(|key| key.to_vec()).ok()
        };
        assert_eq!(cut(&[1, 2, 3, 0], 3), Some(vec![1, 2, 3]));
        assert_eq!(cut(&[1, 2, 3, 0], 4), Some(vec![1, 2, 3, 0]));
        assert_eq!(cut(&[1, 2, 3, 4], 3), None);
        assert_eq!(cut(&[1, 2, 3, 4], 5), None);
        assert_eq!(cut(&[0; 16], 8), None);
        assert_eq!(cut(&[0; 16], u32::MAX), None);
    }
}
