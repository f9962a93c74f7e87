//! Products in the field of degree 571 by VPCLMULQDQ, which multiplies four pairs of
//! words at once, on registers of eight words. For the smaller fields, whose elements
//! leave much of a register empty, [`super::pclmulqdq`] is as fast or faster.

use std::arch::x86_64::{
    __m512i, _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_unpackhi_epi64,
    _mm512_alignr_epi64, _mm512_castsi512_si128, _mm512_clmulepi64_epi128, _mm512_loadu_epi64,
    _mm512_or_si512, _mm512_permutex2var_epi64, _mm512_set_epi64, _mm512_set1_epi64,
    _mm512_setzero_si512, _mm512_sllv_epi64, _mm512_srlv_epi64, _mm512_storeu_epi64,
    _mm512_xor_si512,
};

use super::super::super::modulus::Modulus;

/// The words of an element.
const WORDS: usize = 9;

/// An element of the field.
type Words = [u64; WORDS];

/// The bits of an element in its last word.
const TOP_BITS: usize = Modulus::of_words(WORDS).degree % 64;

/// What x^m leaves: one word.
const LOW_WORD: u64 = Modulus::of_words(WORDS).low_words()[0];

/// Proof that the processor has VPCLMULQDQ and AVX-512: only [`Self::detect`] makes one.
#[derive(Clone, Copy)]
pub(in super::super) struct Processor(());

impl Processor {
    /// The proof, if this processor has the instructions. The answer is looked
    /// up once and remembered by the standard library.
    #[inline]
    pub(in super::super) fn detect() -> Option<Self> {
        let present = is_x86_feature_detected!("vpclmulqdq")
            && is_x86_feature_detected!("pclmulqdq")
            && is_x86_feature_detected!("avx512f");
        present.then_some(Self(()))
    }

    /// The product of two elements.
    #[inline]
    pub(in super::super) fn multiply(self, left: &Words, right: &Words) -> Words {
        // SAFETY: `self` exists only where the processor has all three instruction sets.
        unsafe { multiply(left, right) }
    }

    /// The square of an element.
    #[inline]
    pub(in super::super) fn square(self, operand: &Words) -> Words {
        // SAFETY: `self` exists only where the processor has all three instruction sets.
        unsafe { square(operand) }
    }
}

/// A product: its words 0 to 7, 8 to 15, and 16 and 17.
struct Product {
    low: __m512i,
    high: __m512i,
    top: u128,
}

#[target_feature(enable = "avx512f,vpclmulqdq,pclmulqdq")]
fn multiply(left: &Words, right: &Words) -> Words {
    let (l, r) = (load(left), load(right));
    let zero = _mm512_setzero_si512();
    let (mut low, mut high) = (zero, zero);
    // Horner's rule, over the words of `left` from the top. The products with
    // the odd words of `right` stand one word too low until the next step.
    for word in left[..WORDS - 1].iter().rev() {
        let word = broadcast(*word);
        low = _mm512_xor_si512(low, _mm512_clmulepi64_epi128::<0x10>(word, r));
        high = _mm512_alignr_epi64::<7>(high, low);
        low = _mm512_alignr_epi64::<7>(low, zero);
        low = _mm512_xor_si512(low, _mm512_clmulepi64_epi128::<0x00>(word, r));
    }
    // The products with the words 8, which are at home from word 8 on.
    let [l8, r8] = [left, right].map(|words| broadcast(words[WORDS - 1]));
    let even = _mm512_xor_si512(
        _mm512_clmulepi64_epi128::<0x00>(l8, r),
        _mm512_clmulepi64_epi128::<0x00>(r8, l),
    );
    let odd = _mm512_xor_si512(
        _mm512_clmulepi64_epi128::<0x10>(l8, r),
        _mm512_clmulepi64_epi128::<0x10>(r8, l),
    );
    let top = multiply_words(left[WORDS - 1], right[WORDS - 1]) ^ u128::from(last_word(odd));
    high = _mm512_xor_si512(high, even);
    high = _mm512_xor_si512(high, _mm512_alignr_epi64::<7>(odd, zero));
    reduce(Product { low, high, top })
}

/// Squaring is linear over GF(2): the square of a sum is the sum of the squares.
#[target_feature(enable = "avx512f,vpclmulqdq,pclmulqdq")]
fn square(operand: &Words) -> Words {
    let words = load(operand);
    let even = _mm512_clmulepi64_epi128::<0x00>(words, words);
    let odd = _mm512_clmulepi64_epi128::<0x11>(words, words);
    let low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    let high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    let last = operand[WORDS - 1];
    reduce(Product {
        low: _mm512_permutex2var_epi64(even, low, odd),
        high: _mm512_permutex2var_epi64(even, high, odd),
        top: multiply_words(last, last),
    })
}

/// The remainder of a product: what is at and above x^m, moved down by m, is multiplied
/// by what x^m leaves and added to the rest; and the few bits that are then at and above
/// x^m once more.
#[inline]
#[target_feature(enable = "avx512f,vpclmulqdq,pclmulqdq")]
fn reduce(Product { low, high, top }: Product) -> Words {
    const BELOW: u64 = (1 << TOP_BITS) - 1;

    // x^m is in the first word of `high`.
    let next = _mm512_alignr_epi64::<1>(broadcast(top as u64), high);
    let down = _mm512_srlv_epi64(high, _mm512_set1_epi64(TOP_BITS as i64));
    let up = _mm512_sllv_epi64(next, _mm512_set1_epi64(64 - TOP_BITS as i64));
    let excess = _mm512_or_si512(down, up);
    let excess_top = (top >> TOP_BITS) as u64;

    let left = broadcast(LOW_WORD);
    let even = _mm512_clmulepi64_epi128::<0x00>(excess, left);
    let odd = _mm512_clmulepi64_epi128::<0x01>(excess, left);
    let last = u128::from(first_word(high) & BELOW)
        ^ u128::from(last_word(odd))
        ^ multiply_words(excess_top, LOW_WORD);

    // Less than 64 bits, as `last` is at most two bits longer than the word.
    let remainder = multiply_words((last >> TOP_BITS) as u64, LOW_WORD) as u64;
    let low = _mm512_xor_si512(low, even);
    let low = _mm512_xor_si512(low, _mm512_alignr_epi64::<7>(odd, broadcast(remainder)));
    store(low, last as u64 & BELOW)
}

/// The carry-less product of two words.
#[inline]
#[target_feature(enable = "avx512f,pclmulqdq")]
fn multiply_words(left: u64, right: u64) -> u128 {
    let [left, right] = [left, right].map(|word| _mm_cvtsi64_si128(word.cast_signed()));
    let product = _mm_clmulepi64_si128::<0x00>(left, right);
    let low = _mm_cvtsi128_si64(product).cast_unsigned();
    let high = _mm_cvtsi128_si64(_mm_unpackhi_epi64(product, product)).cast_unsigned();
    u128::from(low) | u128::from(high) << 64
}

/// The words 0 to 7.
#[inline]
#[target_feature(enable = "avx512f")]
fn load(words: &Words) -> __m512i {
    // SAFETY: reads 64 bytes, and the array has 72.
    unsafe { _mm512_loadu_epi64(words.as_ptr().cast()) }
}

/// An element of the words 0 to 7, and the last one.
#[inline]
#[target_feature(enable = "avx512f")]
fn store(register: __m512i, last: u64) -> Words {
    let mut words = [0; 8];
    // SAFETY: writes 64 bytes, which is what the array has.
    unsafe { _mm512_storeu_epi64(words.as_mut_ptr().cast(), register) };
    let [a, b, c, d, e, f, g, h] = words;
    [a, b, c, d, e, f, g, h, last]
}

/// The word, eight times.
#[inline]
#[target_feature(enable = "avx512f")]
fn broadcast(word: u64) -> __m512i {
    _mm512_set1_epi64(word.cast_signed())
}

/// The word 0.
#[inline]
#[target_feature(enable = "avx512f")]
fn first_word(register: __m512i) -> u64 {
    _mm_cvtsi128_si64(_mm512_castsi512_si128(register)).cast_unsigned()
}

/// The word 7.
#[inline]
#[target_feature(enable = "avx512f")]
fn last_word(register: __m512i) -> u64 {
    first_word(_mm512_alignr_epi64::<7>(register, register))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::modulus;
    use super::super::super::portable;
    use super::*;
    use proptest::array::uniform;
    use proptest::prelude::*;

    fn agree(mut left: Words, mut right: Words) {
        let Some(processor) = Processor::detect() else { return };
        for words in [&mut left, &mut right] {
            words[WORDS - 1] &= (1 << TOP_BITS) - 1;
        }
        let product = modulus::reduce(portable::multiply(&left, &right));
        assert_eq!(processor.multiply(&left, &right), product);
        assert_eq!(processor.square(&left), modulus::reduce(portable::square(&left)));
    }

    #[test]
    fn the_largest_elements_multiply() {
        agree([u64::MAX; WORDS], [u64::MAX; WORDS]);
    }

    proptest! {
        #[test]
        fn products_are_the_portable_ones(
            left in uniform::<_, WORDS>(any::<u64>()),
            right in uniform::<_, WORDS>(any::<u64>()),
        ) {
            agree(left, right);
        }
    }
}
