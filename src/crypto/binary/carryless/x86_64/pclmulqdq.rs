//! Products of polynomials by PCLMULQDQ, which multiplies two words in constant
//! time (Intel, "Intel Carry-Less Multiplication Instruction and its Usage for
//! Computing the GCM Mode", 2010).

use std::arch::x86_64::{
    __m128i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_set_epi64x,
    _mm_setzero_si128, _mm_xor_si128,
};

/// Proof that the processor has PCLMULQDQ and SSE4.1: only [`Self::detect`] makes one.
#[derive(Clone, Copy)]
pub(in super::super) struct Processor(());

impl Processor {
    /// The proof, if this processor has the instructions. The answer is looked
    /// up once and remembered by the standard library.
    #[inline]
    pub(in super::super) fn detect() -> Option<Self> {
        let present = is_x86_feature_detected!("pclmulqdq") && is_x86_feature_detected!("sse4.1");
        present.then_some(Self(()))
    }

    /// The product of two polynomials, as its low and its high half.
    #[inline]
    pub(in super::super) fn multiply<const WORDS: usize>(
        self,
        left: &[u64; WORDS],
        right: &[u64; WORDS],
    ) -> [[u64; WORDS]; 2] {
        // SAFETY: `self` exists only where the processor has both instruction sets.
        unsafe { multiply(left, right) }
    }

    /// The square of a polynomial, as its low and its high half.
    #[inline]
    pub(in super::super) fn square<const WORDS: usize>(
        self,
        operand: &[u64; WORDS],
    ) -> [[u64; WORDS]; 2] {
        // SAFETY: `self` exists only where the processor has both instruction sets.
        unsafe { square(operand) }
    }
}

/// Karatsuba's formula for any number of words (Weimerskirch and Paar,
/// "Generalizations of the Karatsuba Algorithm for Efficient Implementations",
/// 2006): with Dᵢ = lᵢrᵢ, the sum of lᵢrⱼ over i + j = k is that of
/// (lᵢ + lⱼ)(rᵢ + rⱼ) over i < j, i + j = k, plus all Dᵢ whose i can be in such a
/// pair: n(n + 1)/2 products of words instead of n².
///
/// Both words of an index share a register, so one addition serves both sums.
#[target_feature(enable = "pclmulqdq,sse4.1")]
fn multiply<const WORDS: usize>(left: &[u64; WORDS], right: &[u64; WORDS]) -> [[u64; WORDS]; 2] {
    let mut pairs = [_mm_setzero_si128(); WORDS];
    // The sum of all Dᵢ with i below the index, and with that of the index.
    let mut sums = [[_mm_setzero_si128(); 2]; WORDS];
    let mut sum = _mm_setzero_si128();
    for i in 0..WORDS {
        pairs[i] = _mm_set_epi64x(left[i].cast_signed(), right[i].cast_signed());
        let before = sum;
        sum = _mm_xor_si128(sum, product(pairs[i]));
        sums[i] = [before, sum];
    }
    let mut columns = [[_mm_setzero_si128(); WORDS]; 2];
    for k in 0..2 * WORDS - 1 {
        let first = k.saturating_sub(WORDS - 1);
        columns[k / WORDS][k % WORDS] = _mm_xor_si128(sums[first][0], sums[k - first][1]);
    }
    for i in 0..WORDS {
        for j in i + 1..WORDS {
            let column = &mut columns[(i + j) / WORDS][(i + j) % WORDS];
            *column = _mm_xor_si128(*column, product(_mm_xor_si128(pairs[i], pairs[j])));
        }
    }
    let mut words = [[0; WORDS]; 2];
    let mut carry = 0;
    for k in 0..2 * WORDS {
        let [low, high] = halves(columns[k / WORDS][k % WORDS]);
        words[k / WORDS][k % WORDS] = carry ^ low;
        carry = high;
    }
    words
}

/// Squaring is linear over GF(2): the square of a sum is the sum of the squares.
#[target_feature(enable = "pclmulqdq,sse4.1")]
fn square<const WORDS: usize>(operand: &[u64; WORDS]) -> [[u64; WORDS]; 2] {
    let mut words = [[0; WORDS]; 2];
    for (i, word) in operand.iter().enumerate() {
        let word = word.cast_signed();
        let [low, high] = halves(product(_mm_set_epi64x(word, word)));
        words[2 * i / WORDS][2 * i % WORDS] = low;
        words[(2 * i + 1) / WORDS][(2 * i + 1) % WORDS] = high;
    }
    words
}

/// The product of the two words of a register.
#[inline]
#[target_feature(enable = "pclmulqdq,sse4.1")]
fn product(words: __m128i) -> __m128i {
    _mm_clmulepi64_si128::<0x10>(words, words)
}

/// The low and the high word.
#[inline]
#[target_feature(enable = "pclmulqdq,sse4.1")]
fn halves(value: __m128i) -> [u64; 2] {
    [_mm_cvtsi128_si64(value).cast_unsigned(), _mm_extract_epi64::<1>(value).cast_unsigned()]
}

#[cfg(test)]
mod tests {
    use super::super::super::portable;
    use super::*;
    use proptest::array::uniform;
    use proptest::prelude::*;

    fn agree<const WORDS: usize>(left: &[u64; WORDS], right: &[u64; WORDS]) {
        if let Some(processor) = Processor::detect() {
            assert_eq!(processor.multiply(left, right), portable::multiply(left, right));
            assert_eq!(processor.square(left), portable::square(left));
        }
    }

    proptest! {
        #[test]
        fn products_are_the_portable_ones(
            left in uniform::<_, 9>(any::<u64>()),
            right in uniform::<_, 9>(any::<u64>()),
        ) {
            agree(&left, &right);
            agree::<7>(left.first_chunk().unwrap(), right.first_chunk().unwrap());
            agree::<5>(left.first_chunk().unwrap(), right.first_chunk().unwrap());
            agree::<4>(left.first_chunk().unwrap(), right.first_chunk().unwrap());
            agree::<3>(left.first_chunk().unwrap(), right.first_chunk().unwrap());
        }
    }
}
