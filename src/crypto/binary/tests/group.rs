//! The ladder against the definition of a multiple, and the validation of points
//! of every order, over all the curves.

use crypto_bigint::BoxedUint;
use crypto_primes::{Flavor, is_prime};
use proptest::prelude::*;
use zeroize::Zeroize;

use super::super::constants::*;
use super::super::curve::{Curve, Group, encode};
use super::super::field::Element;
use super::super::point::Point;
use super::super::projective::Projective;
use super::super::{Error, Signature, ecdsa};

/// Calls a function, generic over the words of the field, with every curve.
macro_rules! with_every_curve {
    ($function:ident $(, $argument:expr)*) => {
        $function(&SECT163K1 $(, $argument)*);
        $function(&SECT163R2 $(, $argument)*);
        $function(&SECT233K1 $(, $argument)*);
        $function(&SECT233R1 $(, $argument)*);
        $function(&SECT283K1 $(, $argument)*);
        $function(&SECT283R1 $(, $argument)*);
        $function(&SECT409K1 $(, $argument)*);
        $function(&SECT409R1 $(, $argument)*);
        $function(&SECT571K1 $(, $argument)*);
        $function(&SECT571R1 $(, $argument)*);
    };
}

/// The definition of a multiple, by doubling and adding.
fn multiply_bit_by_bit<const WORDS: usize>(
    curve: &Curve<WORDS>,
    scalar: &[u8],
    base: Point<WORDS>,
) -> Option<Point<WORDS>> {
    let mut sum = None;
    for bit in (0..8 * scalar.len()).map(|i| scalar[i / 8] >> (7 - i % 8) & 1) {
        sum = curve.equation.add(sum, sum);
        if bit == 1 {
            sum = curve.equation.add(sum, Some(base));
        }
    }
    sum
}

fn multiply<const WORDS: usize>(
    curve: &Curve<WORDS>,
    scalar: &[u8],
    base: Point<WORDS>,
) -> Option<Point<WORDS>> {
    curve.equation.multiply(scalar, base).into_option()
}

/// The point of order two, (0, √b).
fn order_two<const WORDS: usize>(curve: &Curve<WORDS>) -> Point<WORDS> {
    let root = curve.equation.b.square_repeatedly(Element::<WORDS>::DEGREE - 1);
    Point { x: Element::ZERO, y: root }
}

/// A point of order four, whose double is that of order two: x⁴ = b. The curves
/// of cofactor four have one.
fn order_four<const WORDS: usize>(curve: &Curve<WORDS>) -> Option<Point<WORDS>> {
    curve.equation.lift(curve.equation.b.square_repeatedly(Element::<WORDS>::DEGREE - 2), false)
}

/// The order plus a small number, whose carry stays in the last eight bytes.
fn near_order<const WORDS: usize>(curve: &Curve<WORDS>, difference: i64) -> Vec<u8> {
    let mut bytes = curve.order_bytes();
    let last = bytes.last_chunk_mut().unwrap();
    let sum = u64::from_be_bytes(*last).checked_add_signed(difference);
    *last = sum.unwrap().to_be_bytes();
    bytes
}

fn base_point_of_prime_order<const WORDS: usize>(curve: &Curve<WORDS>) {
    let generator = curve.generator;
    assert!(curve.equation.contains(generator));
    assert!(multiply_bit_by_bit(curve, &curve.order_bytes(), generator).is_none());
    let order = BoxedUint::from_be_slice_vartime(&curve.order_bytes());
    assert!(is_prime(Flavor::Any, &order));
}

#[test]
fn base_points_have_their_prime_orders() {
    with_every_curve!(base_point_of_prime_order);
}

fn ladder_edges<const WORDS: usize>(curve: &Curve<WORDS>) {
    let generator = curve.generator;
    for difference in -5..=5 {
        let scalar = near_order(curve, difference);
        let multiple = multiply(curve, &scalar, generator);
        assert_eq!(multiple, multiply_bit_by_bit(curve, &scalar, generator));
    }
    assert!(multiply(curve, &near_order(curve, 0), generator).is_none());
    assert_eq!(multiply(curve, &near_order(curve, -1), generator), Some(generator.negate()));
    assert_eq!(multiply(curve, &near_order(curve, 1), generator), Some(generator));

    let shifted = curve.equation.add(Some(generator), Some(order_two(curve)));
    let small = [shifted, Some(generator), order_four(curve)];
    for base in small.into_iter().flatten() {
        for scalar in 0..20 {
            let multiple = multiply_bit_by_bit(curve, &[scalar], base);
            assert_eq!(multiply(curve, &[scalar], base), multiple);
            assert_eq!(multiply(curve, &[0, 0, scalar], base), multiple);
        }
    }
}

#[test]
fn the_ladder_needs_no_special_cases() {
    with_every_curve!(ladder_edges);
    assert!(order_four(&SECT233K1).is_some());
    assert!(order_four(&SECT233R1).is_none());
}

fn additive<const WORDS: usize>(curve: &Curve<WORDS>, left: &[u8], right: &[u8]) {
    let order = curve.order();
    let [a, b] = [left, right].map(|bytes| order.reduce(&bytes[..Element::<WORDS>::LENGTH]));
    let [a_point, b_point, sum_point] =
        [&a, &b, &a.add(&b)].map(|scalar| multiply(curve, &scalar.encode(order), curve.generator));
    assert_eq!(curve.equation.add(a_point, b_point), sum_point);
    assert_eq!(a_point, multiply_bit_by_bit(curve, &a.encode(order), curve.generator));
}

/// `check` finds the order of a point of any order, by the definition of order.
fn orders_checked<const WORDS: usize>(curve: &Curve<WORDS>, bytes: &[u8]) {
    let mut bytes = bytes[..Element::<WORDS>::LENGTH].to_vec();
    bytes[0] &= 1;
    let Some(point) = Element::from_bytes(&bytes).and_then(|x| curve.equation.lift(x, false))
    else {
        return;
    };
    let is_of_order = multiply_bit_by_bit(curve, &curve.order_bytes(), point).is_none();
    let expected = if is_of_order { Ok(()) } else { Err(Error::WrongOrder) };
    assert_eq!(curve.check(&encode(point)), expected);

    // A multiple by four, at most the cofactor, is of the order in any case.
    let multiple = multiply(curve, &[4], point).unwrap();
    assert_eq!(curve.check(&encode(multiple)), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn multiples_add_up(left: [[u8; 24]; 3], right: [[u8; 24]; 3]) {
        with_every_curve!(additive, left.as_flattened(), right.as_flattened());
    }

    #[test]
    fn points_of_any_order_are_told_apart(bytes: [[u8; 24]; 3]) {
        with_every_curve!(orders_checked, bytes.as_flattened());
    }
}

fn refuses_wrong_points<const WORDS: usize>(curve: &Curve<WORDS>) {
    let generator = encode(curve.generator);
    assert_eq!(curve.check(&generator), Ok(()));

    let of_two = Some(order_two(curve));
    let outside = curve.equation.add(Some(curve.generator), of_two);
    for point in [of_two, outside, order_four(curve)].into_iter().flatten() {
        assert!(curve.equation.contains(point));
        assert_eq!(curve.check(&encode(point)), Err(Error::WrongOrder));

        let one = [&vec![0; curve.order().length() - 1][..], &[1]].concat();
        let signature = Signature { r: one.clone(), s: one };
        let verified = ecdsa::verify(curve, &encode(point), &[1; 32], &signature);
        assert_eq!(verified, Err(Error::WrongOrder));
    }
    // The ladder asks for x ≠ 0.
    let decoded = curve.decode(&encode(order_two(curve)));
    assert_eq!(decoded, Err(Error::WrongOrder));

    for i in 1..generator.len() {
        let mut altered = generator.clone();
        altered[i] ^= 1;
        assert_eq!(curve.check(&altered), Err(Error::NotOnCurve));
    }
    for i in [1, 1 + Element::<WORDS>::LENGTH] {
        let mut unreduced = generator.clone();
        unreduced[i] |= 0x80;
        assert_eq!(curve.check(&unreduced), Err(Error::CoordinateTooLarge));
    }

    let zeros = vec![0; generator.len()];
    let longer = [&generator[..], &[0]].concat();
    let infinity = [0];
    let shorter = &generator[..generator.len() - 1];
    let compressed = [&[2], &generator[1..=Element::<WORDS>::LENGTH]].concat();
    for malformed in [&[], &infinity[..], &zeros, &longer, shorter, &compressed] {
        assert_eq!(curve.check(malformed), Err(Error::PointForm));
    }
    for tag in (0..=u8::MAX).filter(|&tag| tag != 4) {
        let tagged = [&[tag], &generator[1..]].concat();
        assert_eq!(curve.check(&tagged), Err(Error::PointForm));
    }
}

#[test]
fn wrong_points_are_refused() {
    with_every_curve!(refuses_wrong_points);
}

fn is_wiped<const WORDS: usize>(curve: &Curve<WORDS>) {
    let mut point = curve.generator;
    let mut projective = Projective::from(point);
    point.zeroize();
    assert!(point == Point { x: Element::ZERO, y: Element::ZERO });
    projective.zeroize();
    // Its z, too, so that it has no affine form.
    assert!(projective.is_infinite().to_bool());
    assert!(projective.to_affine().into_option().is_none());
}

#[test]
fn points_are_wiped() {
    with_every_curve!(is_wiped);
}
