//! The reduction polynomials of the five fields, and remainders modulo them.

/// A reduction polynomial: x^degree, plus x^t for each of the `terms`.
pub(super) struct Modulus {
    /// The degree m, which is that of the field.
    pub(super) degree: usize,
    /// The exponents t.
    pub(super) terms: &'static [usize],
}

/// The reduction polynomials of SEC 2 v2.0 section 3.1, FIPS 186-4 appendix D.1.3.
const MODULI: [Modulus; 5] = [
    Modulus { degree: 163, terms: &[0, 3, 6, 7] },
    Modulus { degree: 233, terms: &[0, 74] },
    Modulus { degree: 283, terms: &[0, 5, 7, 12] },
    Modulus { degree: 409, terms: &[0, 87] },
    Modulus { degree: 571, terms: &[0, 2, 5, 10] },
];

impl Modulus {
    /// The polynomial of the field whose elements take so many words. No two of the
    /// fields take the same number, so that number is what names a field in types.
    /// Any other number is an error of compilation, since only constants call this.
    pub(super) const fn of_words(words: usize) -> &'static Self {
        let mut i = 0;
        while MODULI[i].degree.div_ceil(64) != words {
            i += 1;
        }
        &MODULI[i]
    }

    /// The polynomial without x^degree, which is what x^degree leaves: two words,
    /// the least significant first, as no term is above x^127.
    pub(super) const fn low_words(&self) -> [u64; 2] {
        let mut words = [0; 2];
        let mut i = 0;
        while i < self.terms.len() {
            words[self.terms[i] / 64] |= 1 << (self.terms[i] % 64);
            i += 1;
        }
        words
    }
}

/// The remainder of a product, its low and its high half, modulo the polynomial of
/// the field whose elements take so many words.
///
/// As x^m is the sum of the terms, bits at and above x^m move down by m and
/// up again by each term: whole words first, from the top, then the part of
/// a word above x^m. No term is above m - 64, so words fall on lower words only.
pub(super) fn reduce<const WORDS: usize>(mut product: [[u64; WORDS]; 2]) -> [u64; WORDS] {
    let Modulus { degree, terms } = const { Modulus::of_words(WORDS) };
    let words = product.as_flattened_mut();
    for i in (WORDS..2 * WORDS).rev() {
        let word = words[i];
        for term in *terms {
            add_shifted(words, word, 64 * i - degree + term);
        }
    }
    let excess = words[WORDS - 1] >> (degree % 64);
    words[WORDS - 1] ^= excess << (degree % 64);
    for &term in *terms {
        add_shifted(words, excess, term);
    }
    product[0]
}

/// Adds `word` times x^`shift` to a polynomial.
fn add_shifted(words: &mut [u64], word: u64, shift: usize) {
    let (i, bits) = (shift / 64, shift % 64);
    words[i] ^= word << bits;
    // In two steps, as a shift by 64 would be an overflow.
    words[i + 1] ^= (word >> 1) >> (63 - bits);
}
