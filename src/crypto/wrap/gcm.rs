//! Mechanisms 10 and 11: AES-GCM (SP 800-38D).

use super::Parameters;
use super::aes_key_wrap::with_aes;
use crate::crypto::Error;
use aes_gcm::{AeadInOut, AesGcm, Nonce, Tag};
use cipher::BlockCipherEncrypt;
use cipher::array::ArraySize;
use cipher::consts::{U12, U16};
use ctutils::CtEq;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Bytes of a tag that is not shortened.
pub(super) const FULL_TAG_LENGTH: usize = 16;

/// Bytes of the initialization vector of mechanism 11.
const DRAWN_VECTOR_LENGTH: usize = 12;

/// Mechanism 10: ciphertext, then tag. The caller keeps the initialization vector.
pub(super) fn wrap(
    key: &[u8],
    parameters: &Parameters<'_>,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let tag_length = tag_length(parameters)?;
    let vector = parameters.initialization_vector.ok_or(Error::WrapParameters)?;
    let mut blob = plaintext.to_vec();
    let tag = encrypt(key, vector, parameters.additional_data, &mut blob)?;
    blob.extend_from_slice(&tag[..tag_length]);
    Ok(blob)
}

/// Opens a blob of [`wrap`].
pub(super) fn unwrap(
    key: &[u8],
    parameters: &Parameters<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let tag_length = tag_length(parameters)?;
    let vector = parameters.initialization_vector.ok_or(Error::WrapParameters)?;
    let ciphertext_length = blob.len().checked_sub(tag_length).ok_or(Error::Unwrap)?;
    let (ciphertext, tag) = blob.split_at(ciphertext_length);
    // Counter mode is its own inverse, so encrypting the ciphertext decrypts it,
    // and encrypting again tells the whole tag, of which the blob may have a part.
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    encrypt(key, vector, parameters.additional_data, &mut plaintext)?;
    let expected =
        encrypt(key, vector, parameters.additional_data, &mut Zeroizing::new(plaintext.to_vec()))?;
    if expected[..tag_length].ct_eq(tag).into() { Ok(plaintext) } else { Err(Error::Unwrap) }
}

/// Mechanism 11: a drawn initialization vector, ciphertext, tag.
pub(super) fn wrap_with_drawn_vector(
    key: &[u8],
    parameters: &Parameters<'_>,
    plaintext: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    let mut vector = [0u8; DRAWN_VECTOR_LENGTH];
    random.fill_bytes(&mut vector);
    let parameters = Parameters { initialization_vector: Some(&vector), ..*parameters };
    let rest = wrap(key, &parameters, plaintext)?;
    Ok([&vector[..], &rest].concat())
}

/// Opens a blob of [`wrap_with_drawn_vector`].
pub(super) fn unwrap_with_drawn_vector(
    key: &[u8],
    parameters: &Parameters<'_>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let (vector, rest) = blob.split_first_chunk::<DRAWN_VECTOR_LENGTH>().ok_or(Error::Unwrap)?;
    let parameters = Parameters { initialization_vector: Some(vector), ..*parameters };
    unwrap(key, &parameters, rest)
}

/// The tag length asked for, if SP 800-38D (section 5.2.1.2) allows it.
fn tag_length(parameters: &Parameters<'_>) -> Result<usize, Error> {
    match parameters.tag_length {
        length @ (4 | 8 | 12..=FULL_TAG_LENGTH) => Ok(length),
        _ => Err(Error::WrapParameters),
    }
}

/// Encrypts `buffer` in place and returns the whole tag.
fn encrypt(
    key: &[u8],
    vector: &[u8],
    additional_data: &[u8],
    buffer: &mut [u8],
) -> Result<Tag, Error> {
    with_aes!(key, cipher => match vector.len() {
        12 => encrypt_with::<_, U12>(cipher, vector, additional_data, buffer),
        16 => encrypt_with::<_, U16>(cipher, vector, additional_data, buffer),
        _ => Err(Error::WrapParameters),
    })
}

fn encrypt_with<C, N>(
    cipher: C,
    vector: &[u8],
    additional_data: &[u8],
    buffer: &mut [u8],
) -> Result<Tag, Error>
where
    C: BlockCipherEncrypt<BlockSize = U16>,
    N: ArraySize,
{
    let vector = Nonce::<N>::try_from(vector).map_err(|_| Error::WrapParameters)?;
    AesGcm::<C, N>::from(cipher)
        .encrypt_inout_detached(&vector, additional_data, buffer.into())
        .map_err(|_| Error::PlaintextLength)
}
