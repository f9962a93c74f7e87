//! Products in the fields by instructions that not every processor of this architecture has.
//!
//! The only module with unsafe code: a block calls a function for which the
//! processor must have an instruction, and a `Processor` proves that it has; or it
//! moves a register from or to an array that is long enough.
#![allow(unsafe_code)]

mod pclmulqdq;
mod vpclmulqdq;

/// The product of two elements, `None` where the processor has no carry-less multiplication.
#[inline]
pub(super) fn multiply<const WORDS: usize>(
    left: &[u64; WORDS],
    right: &[u64; WORDS],
) -> Option<[u64; WORDS]> {
    if let (Some(left), Some(right)) = (same_length(left), same_length(right))
        && let Some(processor) = vpclmulqdq::Processor::detect()
    {
        return same_length(&processor.multiply(left, right)).copied();
    }
    Some(pclmulqdq::Processor::detect()?.multiply(left, right))
}

/// The square of an element, `None` where the processor has no carry-less multiplication.
#[inline]
pub(super) fn square<const WORDS: usize>(operand: &[u64; WORDS]) -> Option<[u64; WORDS]> {
    if let Some(operand) = same_length(operand)
        && let Some(processor) = vpclmulqdq::Processor::detect()
    {
        return same_length(&processor.square(operand)).copied();
    }
    Some(pclmulqdq::Processor::detect()?.square(operand))
}

/// The same words, if the two types have as many; the compiler knows the answer.
#[inline]
fn same_length<const FROM: usize, const TO: usize>(words: &[u64; FROM]) -> Option<&[u64; TO]> {
    words.as_slice().try_into().ok()
}
