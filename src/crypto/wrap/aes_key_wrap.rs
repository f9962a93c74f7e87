//! Mechanisms 4 to 6: AES key wrap by RFC 3394, bare and with PKCS#5 padding,
//! and by RFC 5649.

use super::semiblock;
use crate::crypto::Error;
use aes_kw::{AesKwp, InnerInit};
use cipher::block_padding::{Padding, Pkcs7};
use cipher::consts::U16;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt};
use zeroize::Zeroizing;

/// The initial value of RFC 3394, section 2.2.3.1, where the caller gives no other.
const DEFAULT_VECTOR: [u8; 8] = [0xa6; 8];

/// The block that PKCS#5 padding fills: a semiblock of AES, in bytes.
const PADDED_BLOCK: usize = 8;

/// Runs `$use` with the AES cipher that the length of `$key` asks for.
macro_rules! with_aes {
    ($key:expr, $cipher:ident => $use:expr) => {
        match $key.len() {
            16 => with_aes!(::aes::Aes128, $key, $cipher => $use),
            24 => with_aes!(::aes::Aes192, $key, $cipher => $use),
            32 => with_aes!(::aes::Aes256, $key, $cipher => $use),
            _ => Err(Error::WrappingKey),
        }
    };
    ($aes:ty, $key:expr, $cipher:ident => $use:expr) => {{
        let $cipher = <$aes as ::cipher::KeyInit>::new_from_slice($key)
            .map_err(|_| Error::WrappingKey)?;
        $use
    }};
}
pub(super) use with_aes;

/// Mechanism 5: wraps 16, 24, 32, … bytes into 8 more.
pub(super) fn wrap(key: &[u8], vector: Option<&[u8]>, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
    let vector = vector.unwrap_or(&DEFAULT_VECTOR);
    with_aes!(key, cipher => semiblock::wrap(&cipher, vector, plaintext))
}

/// Opens a blob of [`wrap`].
pub(super) fn unwrap(
    key: &[u8],
    vector: Option<&[u8]>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let vector = vector.unwrap_or(&DEFAULT_VECTOR);
    with_aes!(key, cipher => semiblock::unwrap(&cipher, vector, blob))
}

/// Mechanism 4: wraps 8 bytes and more into 9 to 16 more. Fewer than 8 would be
/// padded to one semiblock, for which RFC 3394 has no form.
pub(super) fn wrap_pkcs5(
    key: &[u8],
    vector: Option<&[u8]>,
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let whole = plaintext.len() - plaintext.len() % PADDED_BLOCK;
    let mut padded = Zeroizing::new(vec![0u8; whole + PADDED_BLOCK]);
    padded[..plaintext.len()].copy_from_slice(plaintext);
    // The position is below the length of the last block, as padding demands.
    Pkcs7::raw_pad(&mut padded[whole..], plaintext.len() - whole);
    wrap(key, vector, &padded)
}

/// Opens a blob of [`wrap_pkcs5`]. Bad padding and a bad integrity check are one error.
pub(super) fn unwrap_pkcs5(
    key: &[u8],
    vector: Option<&[u8]>,
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut padded = unwrap(key, vector, blob)?;
    // Opened blobs have at least two blocks.
    let whole = padded.len() - PADDED_BLOCK;
    let tail = Pkcs7::raw_unpad(&padded[whole..]).map_err(|_| Error::Unwrap)?.len();
    padded.truncate(whole + tail);
    Ok(padded)
}

/// Mechanism 6: RFC 5649.
pub(super) fn wrap_with_length(key: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
    with_aes!(key, cipher => wrap_5649(cipher, plaintext))
}

/// Opens a blob of [`wrap_with_length`].
pub(super) fn unwrap_with_length(key: &[u8], blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    with_aes!(key, cipher => unwrap_5649(cipher, blob))
}

fn wrap_5649<C>(cipher: C, plaintext: &[u8]) -> Result<Vec<u8>, Error>
where
    C: BlockCipherEncrypt<BlockSize = U16>,
{
    let mut blob = vec![0u8; (plaintext.len().div_ceil(8) + 1) * 8];
    AesKwp::inner_init(cipher)
        .wrap_key(plaintext, &mut blob)
        .map_err(|_| Error::PlaintextLength)?;
    Ok(blob)
}

fn unwrap_5649<C>(cipher: C, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error>
where
    C: BlockCipherDecrypt<BlockSize = U16>,
{
    let mut plaintext = Zeroizing::new(vec![0u8; blob.len()]);
    let length = AesKwp::inner_init(cipher)
        .unwrap_key(blob, &mut plaintext)
        .map_err(|_| Error::Unwrap)?
        .len();
    plaintext.truncate(length);
    Ok(plaintext)
}
