//! Products of polynomials without any instruction that not every processor
//! has. They are made of integer multiplications.

/// The product of two polynomials, as its low and its high half.
///
/// Schoolbook multiplication over words.
pub(super) fn multiply<const WORDS: usize>(
    left: &[u64; WORDS],
    right: &[u64; WORDS],
) -> [[u64; WORDS]; 2] {
    let mut product = [[0; WORDS]; 2];
    let words = product.as_flattened_mut();
    for (i, &left_word) in left.iter().enumerate() {
        for (j, &right_word) in right.iter().enumerate() {
            let [low, high] = halves(multiply_words(left_word, right_word));
            words[i + j] ^= low;
            words[i + j + 1] ^= high;
        }
    }
    product
}

/// The square of a polynomial, as its low and its high half.
///
/// Squaring is linear over GF(2): it spreads the coefficients, a zero after each.
pub(super) fn square<const WORDS: usize>(operand: &[u64; WORDS]) -> [[u64; WORDS]; 2] {
    let mut product = [[0; WORDS]; 2];
    let words = product.as_flattened_mut();
    for (i, &word) in operand.iter().enumerate() {
        words[2 * i] = spread(word & 0xffff_ffff);
        words[2 * i + 1] = spread(word >> 32);
    }
    product
}

/// The carry-less product of two words.
///
/// Integer multiplication with holes, after BearSSL's `bmul64` (Thomas Pornin):
/// with only every fourth bit of either operand left, a product is a sum of
/// single bits in slots of four bits, and as long as no slot counts above
/// fifteen, the lowest bit of each slot is its parity, which is the sought
/// coefficient. A word has sixteen bits in each of its four lanes, one too
/// many, so the four topmost bits of `left` are multiplied in by masks instead.
///
/// Takes the integer multiplication of the processor to run in constant time,
/// as it does on every current 64-bit processor.
fn multiply_words(left: u64, right: u64) -> u128 {
    const LANE: u128 = 0x1111_1111_1111_1111_1111_1111_1111_1111;
    const SLOTTED_BITS: u32 = 60;

    let lanes = |word: u64| [0, 1, 2, 3].map(|lane| u128::from(word) & (LANE << lane));
    let left_lanes = lanes(left & ((1 << SLOTTED_BITS) - 1));
    let right_lanes = lanes(right);

    let mut product = 0;
    for lane in 0..4 {
        let sum = (0..4).fold(0, |sum, i| sum ^ (left_lanes[i] * right_lanes[(lane + 4 - i) % 4]));
        product ^= sum & (LANE << lane);
    }
    for bit in SLOTTED_BITS..u64::BITS {
        let mask = ((left >> bit) & 1).wrapping_neg();
        product ^= u128::from(right & mask) << bit;
    }
    product
}

/// Moves bit `i` of the low 32 bits to bit `2i`, by halving the blocks.
fn spread(word: u64) -> u64 {
    let word = (word | word << 16) & 0x0000_ffff_0000_ffff;
    let word = (word | word << 8) & 0x00ff_00ff_00ff_00ff;
    let word = (word | word << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let word = (word | word << 2) & 0x3333_3333_3333_3333;
    (word | word << 1) & 0x5555_5555_5555_5555
}

/// The low and the high word, by truncation.
fn halves(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition: one shifted copy of `left` for each bit of `right`.
    fn multiply_bit_by_bit(left: u64, right: u64) -> u128 {
        (0..64)
            .filter(|bit| right >> bit & 1 == 1)
            .fold(0, |sum, bit| sum ^ u128::from(left) << bit)
    }

    #[test]
    fn full_words_overflow_no_slot() {
        let full = u64::MAX;
        assert_eq!(multiply_words(full, full), multiply_bit_by_bit(full, full));
    }

    #[test]
    fn words_of_a_long_product_land_in_place() {
        assert_eq!(multiply(&[1 << 63, 1 << 63], &[2, 3]), [[0, 1 ^ (1 << 63)], [1 << 63, 1]]);
    }

    proptest! {
        #[test]
        fn word_products_are_those_of_the_definition(left: u64, right: u64) {
            prop_assert_eq!(multiply_words(left, right), multiply_bit_by_bit(left, right));
        }

        #[test]
        fn squares_are_products(operand: [u64; 3]) {
            prop_assert_eq!(square(&operand), multiply(&operand, &operand));
        }
    }
}
