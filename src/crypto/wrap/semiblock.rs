//! The wrapping function of SP 800-38F (W and its inverse, section 6.1; TW and
//! its inverse, section 7) for any block cipher. It works on semiblocks, that
//! is half blocks: 8 bytes with AES, which makes it RFC 3394, and 4 with triple
//! DES. Ours, since the aes-kw crate knows neither a caller's initialization
//! vector nor triple DES.

use crate::crypto::Error;
use cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser};
use ctutils::CtEq;
use zeroize::Zeroizing;

const ROUNDS: u64 = 6;

/// The fewest semiblocks a plaintext may have.
const MINIMUM: usize = 2;

/// Wraps `plaintext`; the blob is one semiblock longer.
///
/// # Errors
/// [`Error::WrapParameters`] when `vector` is not one semiblock;
/// [`Error::PlaintextLength`] when `plaintext` is not two or more whole ones.
pub(super) fn wrap<C: BlockCipherEncrypt>(
    cipher: &C,
    vector: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    let half = half_block::<C>(vector)?;
    if !plaintext.len().is_multiple_of(half) || plaintext.len() < MINIMUM * half {
        return Err(Error::PlaintextLength);
    }
    let mut blob = [vector, plaintext].concat();
    let (check, rest) = blob.split_at_mut(half);
    let mut block = Zeroizing::new(Block::<C>::default());
    let mut step = 0;
    for _ in 0..ROUNDS {
        for semiblock in rest.chunks_mut(half) {
            step += 1;
            block[..half].copy_from_slice(check);
            block[half..].copy_from_slice(semiblock);
            cipher.encrypt_block(&mut block);
            check.copy_from_slice(&block[..half]);
            semiblock.copy_from_slice(&block[half..]);
            add_step(check, step);
        }
    }
    Ok(blob)
}

/// Opens a blob of [`wrap`].
///
/// # Errors
/// [`Error::WrapParameters`] when `vector` is not one semiblock;
/// [`Error::Unwrap`] when the blob is not whole or does not lead to `vector`.
pub(super) fn unwrap<C: BlockCipherDecrypt>(
    cipher: &C,
    vector: &[u8],
    blob: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let half = half_block::<C>(vector)?;
    if !blob.len().is_multiple_of(half) || blob.len() < (MINIMUM + 1) * half {
        return Err(Error::Unwrap);
    }
    let (check, rest) = blob.split_at(half);
    let mut check = Zeroizing::new(check.to_vec());
    let mut plaintext = Zeroizing::new(rest.to_vec());
    let mut block = Zeroizing::new(Block::<C>::default());
    let mut step = ROUNDS * (rest.len() / half) as u64;
    for _ in 0..ROUNDS {
        for semiblock in plaintext.chunks_mut(half).rev() {
            add_step(&mut check, step);
            step -= 1;
            block[..half].copy_from_slice(&check);
            block[half..].copy_from_slice(semiblock);
            cipher.decrypt_block(&mut block);
            check.copy_from_slice(&block[..half]);
            semiblock.copy_from_slice(&block[half..]);
        }
    }
    if check.as_slice().ct_eq(vector).into() { Ok(plaintext) } else { Err(Error::Unwrap) }
}

/// Half the cipher's block, which `vector` must fill.
fn half_block<C: BlockSizeUser>(vector: &[u8]) -> Result<usize, Error> {
    let half = C::block_size() / 2;
    if vector.len() == half { Ok(half) } else { Err(Error::WrapParameters) }
}

/// Exclusive-or of a semiblock and a number written big-endian.
fn add_step(semiblock: &mut [u8], step: u64) {
    for (byte, addend) in semiblock.iter_mut().rev().zip(step.to_le_bytes()) {
        *byte ^= addend;
    }
}
