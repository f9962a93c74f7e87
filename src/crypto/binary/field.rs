//! Arithmetic in the five binary fields GF(2^m) of SEC 2, m = 163, 233, 283,
//! 409 and 571, in polynomial basis. One implementation serves all five.
//!
//! Every operation runs in constant time: the sequence of instructions depends
//! on the field only, never on the elements.

use std::ops::{Add, Mul};

use crypto_bigint::ctutils::{Choice, CtEq, CtSelect};
use zeroize::Zeroize;

use super::carryless;
use super::constants::words_from_hex;
use super::modulus::Modulus;

/// An element of GF(2^m), always reduced: the coefficients of a polynomial of
/// degree below m, 64 to a word, the least significant word first. Comparison by `==`
/// is for public elements, as it stops at the first difference.
#[cfg_attr(test, derive(Debug))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Element<WORDS> {
    /// The degree m of the field over GF(2), which is the bits of an element.
    pub(super) const DEGREE: usize = Modulus::of_words(WORDS).degree;

    /// The bytes of an encoded element.
    pub(super) const LENGTH: usize = Self::DEGREE.div_ceil(8);

    /// The neutral element of addition.
    pub(super) const ZERO: Self = Self([0; WORDS]);

    /// The neutral element of multiplication.
    pub(super) const ONE: Self = Self::from_hex("1");

    /// Reads an element in hexadecimal. For constants: an error is one of compilation.
    pub(super) const fn from_hex(digits: &str) -> Self {
        Self(words_from_hex(digits))
    }

    /// Reads the encoding of SEC 1 section 2.3.6: [`Self::LENGTH`] bytes, big
    /// endian. `None` when the length differs or the element is not reduced.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != Self::LENGTH {
            return None;
        }
        let mut words = [0; WORDS];
        for (i, &byte) in bytes.iter().rev().enumerate() {
            words[i / 8] |= u64::from(byte) << (8 * (i % 8));
        }
        let excess = words[WORDS - 1] >> (Self::DEGREE % 64);
        (excess == 0).then_some(Self(words))
    }

    /// The encoding of SEC 1 section 2.3.5: [`Self::LENGTH`] bytes, big endian.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let bytes = self.0.iter().rev().flat_map(|word| word.to_be_bytes());
        bytes.skip(8 * WORDS - Self::LENGTH).collect()
    }

    /// Whether the coefficient of x^0 is one.
    pub(super) fn is_odd(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// The square.
    pub(super) fn square(self) -> Self {
        Self(carryless::square(&self.0))
    }

    /// The square of the square of…, so many `times`.
    pub(super) fn square_repeatedly(self, times: usize) -> Self {
        (0..times).fold(self, |element, _| element.square())
    }

    /// The inverse, a^(2^m - 2); zero for zero.
    ///
    /// Itoh and Tsujii 1988: with e(k) = a^(2^k - 1), the chain e(2k) =
    /// e(k)^(2^k) · e(k), e(k + 1) = e(k)² · a leads along the bits of m - 1
    /// to e(m - 1), whose square is the inverse.
    pub(super) fn invert(self) -> Self {
        let target = Self::DEGREE - 1;
        let mut power = self;
        let mut length = 1;
        for bit in (0..target.ilog2()).rev() {
            power = power.square_repeatedly(length) * power;
            length *= 2;
            if (target >> bit) & 1 == 1 {
                power = power.square() * self;
                length += 1;
            }
        }
        power.square()
    }

    /// Inverts elements, none of which may be zero, by one inversion and three
    /// products each (Montgomery 1987).
    pub(super) fn invert_all(elements: &mut [Self]) {
        // Of each element, the product of all before it.
        let mut product = Self::ONE;
        let before: Vec<_> = elements
            .iter()
            .map(|element| {
                let before = product;
                product = product * *element;
                before
            })
            .collect();
        let mut inverse = product.invert();
        for (element, before) in elements.iter_mut().zip(before).rev() {
            let inverted = inverse * before;
            inverse = inverse * *element;
            *element = inverted;
        }
    }

    /// A solution z of z² + z = this, if there is one: the half-trace, as the
    /// degree of the field is odd (IEEE 1363 A.4.7). The other one is z + 1. Variable time.
    pub(super) fn solve_quadratic(self) -> Option<Self> {
        let (half_trace, _) = (0..Self::DEGREE.div_ceil(2))
            .fold((Self::ZERO, self), |(sum, power), _| (sum + power, power.square_repeatedly(2)));
        (half_trace.square() + half_trace == self).then_some(half_trace)
    }

    /// Whether this is zero.
    pub(super) fn is_zero(&self) -> Choice {
        self.0.ct_eq(&Self::ZERO.0)
    }
}

impl<const WORDS: usize> Add for Element<WORDS> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] ^ other.0[i]))
    }
}

impl<const WORDS: usize> Mul for Element<WORDS> {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(carryless::multiply(&self.0, &other.0))
    }
}

impl<const WORDS: usize> CtSelect for Element<WORDS> {
    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        Self(self.0.ct_select(&other.0, choice))
    }
}

impl<const WORDS: usize> Zeroize for Element<WORDS> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::super::modulus;
    use super::*;
    use proptest::array::uniform;
    use proptest::prelude::*;

    /// Any element, zero and one not too rarely, by way of the reduction.
    fn element<const WORDS: usize>() -> impl Strategy<Value = Element<WORDS>> {
        prop_oneof![
            1 => Just(Element::ZERO),
            1 => Just(Element::ONE),
            8 => uniform(uniform(any::<u64>())).prop_map(|product| Element(modulus::reduce(product))),
        ]
    }

    fn axioms<const WORDS: usize>(a: Element<WORDS>, b: Element<WORDS>, c: Element<WORDS>) {
        assert_eq!(a + b, b + a);
        assert_eq!((a + b) + c, a + (b + c));
        assert_eq!(a + Element::ZERO, a);
        assert_eq!(a + a, Element::ZERO);
        assert_eq!(a * b, b * a);
        assert_eq!((a * b) * c, a * (b * c));
        assert_eq!(a * Element::ONE, a);
        assert_eq!(a * (b + c), a * b + a * c);
        assert_eq!(a.square(), a * a);

        let product = if a == Element::ZERO { Element::ZERO } else { Element::ONE };
        assert_eq!(a * a.invert(), product);
        // Frobenius: the field has 2^m elements.
        assert_eq!(a.square_repeatedly(Element::<WORDS>::DEGREE), a);

        let inverses: Vec<_> =
            [a, b, c].into_iter().filter(|element| *element != Element::ZERO).collect();
        let mut all = inverses.clone();
        Element::invert_all(&mut all);
        assert!(all.iter().zip(inverses).all(|(inverse, element)| *inverse == element.invert()));

        assert_eq!(Element::from_bytes(&a.to_bytes()), Some(a));
        assert_eq!(a.is_zero().to_bool(), a == Element::ZERO);
        assert_eq!(a.ct_select(&b, Choice::FALSE), a);
        assert_eq!(a.ct_select(&b, Choice::TRUE), b);
    }

    /// x^m, from x by multiplications, is what the polynomial says; and x^m is not
    /// an encoding of it.
    fn reduction<const WORDS: usize>() {
        let x = Element::<WORDS>::from_hex("2");
        let power = (0..Element::<WORDS>::DEGREE).fold(Element::ONE, |power, _| power * x);
        let mut terms = [0; WORDS];
        terms[..2].copy_from_slice(&Modulus::of_words(WORDS).low_words());
        assert_eq!(power, Element(terms));

        let mut unreduced = vec![0; Element::<WORDS>::LENGTH];
        unreduced[0] = 1 << (Element::<WORDS>::DEGREE % 8);
        assert!(Element::<WORDS>::from_bytes(&unreduced).is_none());
        unreduced[0] >>= 1;
        assert!(Element::<WORDS>::from_bytes(&unreduced).is_some());
        assert!(Element::<WORDS>::from_bytes(&unreduced[1..]).is_none());
        assert!(Element::<WORDS>::from_bytes(&[&[0], &unreduced[..]].concat()).is_none());
    }

    #[test]
    fn reduction_follows_the_polynomials() {
        reduction::<3>();
        reduction::<4>();
        reduction::<5>();
        reduction::<7>();
        reduction::<9>();
    }

    macro_rules! axioms {
        ($($name:ident: $words:literal,)*) => {
            proptest! {
                #![proptest_config(ProptestConfig::with_cases(64))]
                $(
                    #[test]
                    fn $name(a in element(), b in element(), c in element()) {
                        axioms::<$words>(a, b, c);
                    }
                )*
            }
        };
    }

    axioms! {
        the_field_of_degree_163: 3,
        the_field_of_degree_233: 4,
        the_field_of_degree_283: 5,
        the_field_of_degree_409: 7,
        the_field_of_degree_571: 9,
    }
}
