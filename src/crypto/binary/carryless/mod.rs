//! Products of polynomials over GF(2), packed 64 coefficients to a word, the
//! least significant word first. They are computed by carry-less multiplication
//! where the processor has it, and portably elsewhere.
//!
//! Nothing here branches on, or indexes by, the values of the operands.

#[cfg(all(target_arch = "x86_64", not(kmu_portable)))]
mod pclmulqdq;
mod portable;

/// The product of two polynomials, as its low and its high half.
#[inline]
pub(super) fn multiply<const WORDS: usize>(
    left: &[u64; WORDS],
    right: &[u64; WORDS],
) -> [[u64; WORDS]; 2] {
    #[cfg(all(target_arch = "x86_64", not(kmu_portable)))]
    if let Some(processor) = pclmulqdq::Processor::detect() {
        return processor.multiply(left, right);
    }
    portable::multiply(left, right)
}

/// The square of a polynomial, as its low and its high half.
#[inline]
pub(super) fn square<const WORDS: usize>(operand: &[u64; WORDS]) -> [[u64; WORDS]; 2] {
    #[cfg(all(target_arch = "x86_64", not(kmu_portable)))]
    if let Some(processor) = pclmulqdq::Processor::detect() {
        return processor.square(operand);
    }
    portable::square(operand)
}
