//! Products in a field by PCLMULQDQ, which multiplies two words in constant
//! time (Intel, "Intel Carry-Less Multiplication Instruction and its Usage for
//! Computing the GCM Mode", 2010).

use std::arch::x86_64::{
    __m128i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_set_epi64x,
    _mm_setzero_si128, _mm_xor_si128,
};

use super::super::super::modulus::{self, Modulus};

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

    /// The product of two elements.
    #[inline]
    pub(in super::super) fn multiply<const WORDS: usize>(
        self,
        left: &[u64; WORDS],
        right: &[u64; WORDS],
    ) -> [u64; WORDS] {
        // SAFETY: `self` exists only where the processor has both instruction sets.
        let product = unsafe { multiply(left, right) };
        self.reduce(product)
    }

    /// The square of an element.
    #[inline]
    pub(in super::super) fn square<const WORDS: usize>(
        self,
        operand: &[u64; WORDS],
    ) -> [u64; WORDS] {
        // SAFETY: `self` exists only where the processor has both instruction sets.
        let square = unsafe { square(operand) };
        self.reduce(square)
    }

    /// The remainder of a product. Where what x^m leaves has several terms, all in one word, a
    /// multiplication by that word replaces the shifts by each term. It takes the way to
    /// another register and back, for which elements of three words are too short.
    #[inline]
    fn reduce<const WORDS: usize>(self, product: [[u64; WORDS]; 2]) -> [u64; WORDS] {
        let multiplies = const {
            let modulus = Modulus::of_words(WORDS);
            WORDS > 3 && modulus.terms.len() > 2 && modulus.low_words()[1] == 0
        };
        if multiplies {
            // SAFETY: `self` exists only where the processor has both instruction sets.
            unsafe { reduce(product) }
        } else {
            modulus::reduce(product)
        }
    }
}

/// The remainder of a product, if what x^m leaves is one word.
#[inline]
#[target_feature(enable = "pclmulqdq,sse4.1")]
fn reduce<const WORDS: usize>(product: [[u64; WORDS]; 2]) -> [u64; WORDS] {
    let Modulus { degree, .. } = const { Modulus::of_words(WORDS) };
    let [low, _] = const { Modulus::of_words(WORDS).low_words() };
    let top_bits = degree % 64;
    let below = (1 << top_bits) - 1;
    let words = product.as_flattened();
    let mut remainder = product[0];
    remainder[WORDS - 1] &= below;
    let mut carry = 0;
    for i in 0..WORDS {
        // The bits at and above x^m, moved down by m.
        let excess = words[WORDS - 1 + i] >> top_bits | words[WORDS + i] << (64 - top_bits);
        let [product, next] = multiply_words(excess, low);
        remainder[i] ^= product ^ carry;
        carry = next;
    }
    // What is at and above x^m once more are the few bits by which the word of terms is longer than 1.
    let excess = remainder[WORDS - 1] >> top_bits | carry << (64 - top_bits);
    remainder[WORDS - 1] &= below;
    remainder[0] ^= multiply_words(excess, low)[0];
    remainder
}

/// The carry-less product of two words.
#[inline]
#[target_feature(enable = "pclmulqdq,sse4.1")]
fn multiply_words(left: u64, right: u64) -> [u64; 2] {
    halves(product(_mm_set_epi64x(left.cast_signed(), right.cast_signed())))
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

    /// The products of the elements that these words begin with.
    fn agree<const WORDS: usize>(left: &[u64; 9], right: &[u64; 9]) {
        let Some(processor) = Processor::detect() else { return };
        let element = |words: &[u64; 9]| {
            let mut element: [u64; WORDS] = *words.first_chunk().unwrap();
            element[WORDS - 1] &= (1 << (Modulus::of_words(WORDS).degree % 64)) - 1;
            element
        };
        let (left, right) = (element(left), element(right));
        let product = modulus::reduce(portable::multiply(&left, &right));
        assert_eq!(processor.multiply(&left, &right), product);
        assert_eq!(processor.square(&left), modulus::reduce(portable::square(&left)));
    }

    fn agree_everywhere(left: &[u64; 9], right: &[u64; 9]) {
        agree::<3>(left, right);
        agree::<4>(left, right);
        agree::<5>(left, right);
        agree::<7>(left, right);
        agree::<9>(left, right);
    }

    #[test]
    fn the_largest_elements_multiply() {
        agree_everywhere(&[u64::MAX; 9], &[u64::MAX; 9]);
    }

    proptest! {
        #[test]
        fn products_are_the_portable_ones(
            left in uniform::<_, 9>(any::<u64>()),
            right in uniform::<_, 9>(any::<u64>()),
        ) {
            agree_everywhere(&left, &right);
        }
    }
}
