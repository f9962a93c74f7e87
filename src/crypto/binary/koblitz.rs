//! Multiples of public points of the Koblitz curves by τ-adic digits. Variable time.
//!
//! On a curve whose coefficients are 0 and 1, squaring both coordinates takes a point to
//! another one. This Frobenius map τ satisfies τ² + 2 = μτ with μ = ±1, so that a scalar
//! can be written with powers of τ in place of powers of two, and every doubling becomes
//! three squarings (Solinas, "Efficient arithmetic on Koblitz curves", Designs, Codes and
//! Cryptography 19, 2000).

use crypto_bigint::{Choice, NonZero, U320, U896};

use super::field::Element;
use super::point::{Equation, Point};
use super::projective::Projective;

/// The number x₀ + x₁τ. Coefficients are in two's complement: of 896 bits
/// for products of a scalar and a coefficient, of 320 bits for what is left of a scalar.
type Integer<T> = [T; 2];

/// How the Frobenius map acts on the subgroup of the base point of a Koblitz curve.
pub(super) struct Frobenius {
    /// Whether μ is -1, which is where the coefficient a is 0.
    mu_is_negative: Choice,
    /// δ = (τ^m - 1) / (τ - 1), which takes every point of the subgroup to infinity.
    annihilator: Integer<U896>,
    /// The norm of δ, which is the order of the subgroup.
    order: NonZero<U896>,
}

impl Frobenius {
    /// The action on a Koblitz curve; none where the curve is not one.
    pub(super) fn new<const WORDS: usize>(equation: &Equation<WORDS>) -> Option<Self> {
        if equation.b != Element::ONE {
            return None;
        }
        let mu_is_negative = equation.a.is_zero();
        let mu = |value: U896| value.wrapping_neg_if(mu_is_negative);
        // δ = τ^(m - 1) + … + τ + 1, by Horner's rule.
        let mut annihilator = [U896::ZERO, U896::ZERO];
        for _ in 0..Element::<WORDS>::DEGREE {
            let [x0, x1] = annihilator;
            let times_tau = [x1.wrapping_neg().wrapping_shl(1), x0.wrapping_add(&mu(x1))];
            annihilator = [times_tau[0].wrapping_add(&U896::ONE), times_tau[1]];
        }
        let [x0, x1] = annihilator;
        let norm = x0
            .wrapping_mul(&x0)
            .wrapping_add(&mu(x0.wrapping_mul(&x1)))
            .wrapping_add(&x1.wrapping_mul(&x1).wrapping_shl(1));
        let order = NonZero::new(norm).into_option()?;
        Some(Self { mu_is_negative, annihilator, order })
    }

    /// The multiple of a point of the subgroup by a big endian scalar below its order. None when
    /// it is infinite, and for the few scalars in whose sum an addition meets equal or
    /// opposite points.
    pub(super) fn multiply<const WORDS: usize>(
        &self,
        equation: &Equation<WORDS>,
        scalar: &[u8],
        point: Point<WORDS>,
    ) -> Option<Point<WORDS>> {
        let negative = point.negate();
        let mut digits = self.digits(self.reduce(scalar)).into_iter().rev();
        // The most significant digit is not zero.
        let mut sum = Projective::from(if digits.next()? > 0 { point } else { negative });
        for digit in digits {
            sum = sum.frobenius();
            if digit != 0 {
                sum = sum.add(equation, if digit > 0 { &point } else { &negative });
                if sum.is_infinite().to_bool() {
                    return None;
                }
            }
        }
        sum.to_affine().into_option()
    }

    fn mu(&self, value: U896) -> U896 {
        value.wrapping_neg_if(self.mu_is_negative)
    }

    /// A small number that differs from the scalar by a multiple of δ: what is left of it
    /// after the division by δ, rounded towards zero (Solinas, section 5.1).
    fn reduce(&self, scalar: &[u8]) -> Integer<U320> {
        let mut bytes = [0; U896::BYTES];
        let start = bytes.len() - scalar.len();
        bytes[start..].copy_from_slice(scalar);
        let scalar = U896::from_be_slice(&bytes);

        // The quotient is the scalar times the conjugate of δ, by the norm.
        let [d0, d1] = self.annihilator;
        let quotient = |coefficient: U896| {
            let negative = coefficient.as_int().is_negative();
            let product = coefficient.wrapping_neg_if(negative).wrapping_mul(&scalar);
            product.div_rem_vartime(&self.order).0.wrapping_neg_if(negative)
        };
        let (q0, q1) = (quotient(d0.wrapping_add(&self.mu(d1))), quotient(d1.wrapping_neg()));

        let high = q1.wrapping_mul(&d1);
        let r0 = scalar.wrapping_sub(&q0.wrapping_mul(&d0)).wrapping_add(&high.wrapping_shl(1));
        let r1 = q0.wrapping_mul(&d1).wrapping_add(&q1.wrapping_mul(&d0));
        let r1 = r1.wrapping_add(&self.mu(high)).wrapping_neg();
        [r0.resize(), r1.resize()]
    }

    /// The digits -1, 0 and 1 of a number, the least significant first, no two of them
    /// in a row other than zero (Solinas, algorithm 1).
    fn digits(&self, number: Integer<U320>) -> Vec<i8> {
        let [mut r0, mut r1] = number;
        let mut digits = Vec::new();
        while r0 != U320::ZERO || r1 != U320::ZERO {
            let low = |value: &U320| value.to_le_bytes()[0];
            let digit = match low(&r0).wrapping_sub(low(&r1).wrapping_mul(2)) % 4 {
                1 => 1,
                3 => -1,
                _ => 0,
            };
            match digit {
                1 => r0 = r0.wrapping_sub(&U320::ONE),
                -1 => r0 = r0.wrapping_add(&U320::ONE),
                _ => {}
            }
            digits.push(digit);
            // The division by τ of an even number.
            let half = *r0.as_int().shr_vartime(1).as_uint();
            r0 = r1.wrapping_add(&half.wrapping_neg_if(self.mu_is_negative));
            r1 = half.wrapping_neg();
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::super::constants::*;
    use super::super::curve::{Curve, Group};
    use super::*;
    use proptest::prelude::*;

    fn frobenius<const WORDS: usize>(curve: &Curve<WORDS>) -> Frobenius {
        Frobenius::new(&curve.equation).unwrap()
    }

    fn acts_on_the_subgroup<const WORDS: usize>(curve: &Curve<WORDS>) {
        let Curve { equation, generator, .. } = curve;
        let frobenius = frobenius(curve);
        let order = frobenius.order.to_be_bytes();
        let order = &order.as_ref()[U896::BYTES - curve.order().length()..];
        assert_eq!(order, curve.order().encode());

        // τ² + 2 = μτ.
        let image = Projective::from(*generator).frobenius();
        let twice = equation.add(Some(*generator), Some(*generator));
        let left = equation.add(image.frobenius().to_affine().into_option(), twice);
        let image = image.to_affine().into_option();
        let negative = frobenius.mu_is_negative.to_bool();
        assert_eq!(left, image.map(|point| if negative { point.negate() } else { point }));
    }

    #[test]
    fn the_map_acts_on_the_koblitz_curves() {
        acts_on_the_subgroup(&SECT163K1);
        acts_on_the_subgroup(&SECT233K1);
        acts_on_the_subgroup(&SECT283K1);
        acts_on_the_subgroup(&SECT409K1);
        acts_on_the_subgroup(&SECT571K1);
        assert!(Frobenius::new(&SECT163R2.equation).is_none());
        assert!(Frobenius::new(&SECT571R1.equation).is_none());
    }

    fn agrees<const WORDS: usize>(curve: &Curve<WORDS>, scalar: &[u8]) {
        let Curve { equation, generator, .. } = curve;
        let expected = equation.multiply(scalar, *generator).into_option();
        let multiple = frobenius(curve).multiply(equation, scalar, *generator);
        assert_eq!(multiple, expected, "{scalar:02x?}");
    }

    fn agrees_at_the_edges<const WORDS: usize>(curve: &Curve<WORDS>) {
        for scalar in 0..=100 {
            agrees(curve, &[scalar]);
        }
        let mut scalar = curve.order().encode();
        *scalar.last_mut().unwrap() -= 1;
        agrees(curve, &scalar);
        scalar[1..].fill(0xff);
        scalar[0] >>= 1;
        agrees(curve, &scalar);
    }

    #[test]
    fn multiples_at_the_edges_are_those_of_the_ladder() {
        agrees_at_the_edges(&SECT163K1);
        agrees_at_the_edges(&SECT233K1);
        agrees_at_the_edges(&SECT283K1);
        agrees_at_the_edges(&SECT409K1);
        agrees_at_the_edges(&SECT571K1);
    }

    /// A scalar below the order: no random bit is as high as the order's.
    fn agrees_at_random<const WORDS: usize>(curve: &Curve<WORDS>, bytes: &[u8]) {
        let mut scalar = bytes[..curve.order().length()].to_vec();
        scalar[0] = 0;
        agrees(curve, &scalar);

        // No two digits in a row are other than zero, and there are about as many as bits.
        let frobenius = frobenius(curve);
        let digits = frobenius.digits(frobenius.reduce(&scalar));
        assert!(digits.windows(2).all(|pair| pair[0] == 0 || pair[1] == 0));
        assert!(digits.len() < Element::<WORDS>::DEGREE + 5);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn multiples_are_those_of_the_ladder(bytes: [[u8; 24]; 3]) {
            let bytes = bytes.as_flattened();
            agrees_at_random(&SECT163K1, bytes);
            agrees_at_random(&SECT233K1, bytes);
            agrees_at_random(&SECT283K1, bytes);
            agrees_at_random(&SECT409K1, bytes);
            agrees_at_random(&SECT571K1, bytes);
        }
    }
}
