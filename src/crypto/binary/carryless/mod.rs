//! Products of polynomials over GF(2) modulo the polynomial of a field, packed 64 coefficients
//! to a word, the least significant word first. They are computed by carry-less
//! multiplication where the processor has it, and portably elsewhere.
//!
//! Nothing here branches on, or indexes by, the values of the operands.

mod portable;
#[cfg(all(target_arch = "x86_64", not(kmu_portable)))]
mod x86_64;

use super::modulus::reduce;

/// The product of two elements of the field that takes so many words.
#[inline]
pub(super) fn multiply<const WORDS: usize>(
    left: &[u64; WORDS],
    right: &[u64; WORDS],
) -> [u64; WORDS] {
    #[cfg(all(target_arch = "x86_64", not(kmu_portable)))]
    if let Some(product) = x86_64::multiply(left, right) {
        return product;
    }
    reduce(portable::multiply(left, right))
}

/// The square of an element of the field that takes so many words.
#[inline]
pub(super) fn square<const WORDS: usize>(operand: &[u64; WORDS]) -> [u64; WORDS] {
    #[cfg(all(target_arch = "x86_64", not(kmu_portable)))]
    if let Some(square) = x86_64::square(operand) {
        return square;
    }
    reduce(portable::square(operand))
}
