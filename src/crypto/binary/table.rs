//! Multiples of the base point by secret scalars, in constant time, from a table
//! of its multiples: the scalar is written with signed digits to the base 2^5, and
//! the table holds every digit's multiple at every place, so that a multiple
//! is one addition per digit and no doubling (Brickell, Gordon, McCurley and
//! Wilson, "Fast exponentiation with precomputation", EUROCRYPT 1992; signed digits
//! halve the table).
//!
//! An entry is found by looking at all entries of its place.

use crypto_bigint::ctutils::{Choice, CtEq, CtSelect};
use zeroize::Zeroizing;

use super::point::{Equation, Point};
use super::projective::Projective;

/// Bits of a digit.
const WIDTH: usize = 5;

/// The largest absolute value of a digit, and so the entries of a place.
const ENTRIES: usize = 1 << (WIDTH - 1);

/// The multiples of a point.
pub(super) struct Table<const WORDS: usize> {
    /// For each place i, from the least significant one: 2^(5i) times the point, times 1 to 16.
    places: Vec<[Point<WORDS>; ENTRIES]>,
}

impl<const WORDS: usize> Table<WORDS> {
    /// The table for scalars of so many `bits`. Variable time.
    ///
    /// Every point takes part in one inversion with those of the other places.
    pub(super) fn new(equation: &Equation<WORDS>, point: Point<WORDS>, bits: usize) -> Self {
        let mut power = Projective::from(point);
        // One bit more, for the carry of the last digit.
        let powers: Vec<_> = (0..=bits / WIDTH)
            .map(|_| {
                let place = power;
                power = (0..WIDTH).fold(power, |power, _| power.double(equation));
                place
            })
            .collect();
        let firsts = Projective::all_to_affine(&powers);
        let mut entries = vec![firsts.clone()];
        for entry in 1..ENTRIES {
            let multiples: Vec<_> = entries[entry - 1]
                .iter()
                .zip(&powers)
                .zip(&firsts)
                .map(|((multiple, power), first)| match entry {
                    // Nothing but the first multiple is the power itself.
                    1 => power.double(equation),
                    _ => Projective::from(*multiple).add(equation, first),
                })
                .collect();
            entries.push(Projective::all_to_affine(&multiples));
        }
        let place = |i: usize| std::array::from_fn(|entry| entries[entry][i]);
        Self { places: (0..firsts.len()).map(place).collect() }
    }

    /// The multiple by a big endian scalar of at most as many bits as the table
    /// is for. None when it is infinite, and for the few scalars in whose sum an addition
    /// meets equal or opposite points. They cannot be met by chance.
    pub(super) fn multiply(
        &self,
        equation: &Equation<WORDS>,
        scalar: &[u8],
    ) -> Option<Point<WORDS>> {
        let mut sum = Zeroizing::new(Projective::INFINITY);
        let mut carry = 0;
        for (place, entries) in self.places.iter().enumerate() {
            let (digit, next_carry) = signed_digit(raw_digit(scalar, place) + carry);
            carry = next_carry;
            let entry = Zeroizing::new(choose(entries, digit));
            let with_entry = Zeroizing::new(sum.add(equation, &entry));
            *sum = with_entry.ct_select(&sum, digit.magnitude.ct_eq(&0));
        }
        sum.to_affine().into_option()
    }
}

/// A digit from -15 to 16.
#[derive(Clone, Copy)]
struct Digit {
    magnitude: u32,
    negative: Choice,
}

/// The bits of a big endian number at a place.
fn raw_digit(scalar: &[u8], place: usize) -> u32 {
    let bit = place * WIDTH;
    let byte = |i: usize| scalar.len().checked_sub(i + 1).map_or(0, |at| u32::from(scalar[at]));
    let bits = byte(bit / 8) | byte(bit / 8 + 1) << 8;
    (bits >> (bit % 8)) & (2 * ENTRIES as u32 - 1)
}

/// A number up to 32 as a digit and a carry to the next one.
fn signed_digit(number: u32) -> (Digit, u32) {
    let entries = ENTRIES as u32;
    let carry = (number + entries - 1) >> WIDTH;
    let mask = carry.wrapping_neg();
    let magnitude = (number & !mask) | ((2 * entries).wrapping_sub(number) & mask);
    (Digit { magnitude, negative: Choice::from_u8_lsb(carry as u8) }, carry)
}

/// The entry of a digit, the first one for zero.
fn choose<const WORDS: usize>(entries: &[Point<WORDS>; ENTRIES], digit: Digit) -> Point<WORDS> {
    let mut chosen = entries[0];
    for (magnitude, entry) in (2..).zip(&entries[1..]) {
        chosen = chosen.ct_select(entry, digit.magnitude.ct_eq(&magnitude));
    }
    chosen.ct_select(&chosen.negate(), digit.negative)
}

#[cfg(test)]
mod tests {
    use super::super::constants::{SECT163R2, SECT233K1, SECT571R1};
    use super::super::curve::Curve;
    use super::*;
    use proptest::prelude::*;

    /// The table and the ladder know nothing of each other.
    fn agrees<const WORDS: usize>(curve: &Curve<WORDS>, scalar: &[u8]) {
        let Curve { equation, generator, .. } = curve;
        let table = Table::new(equation, *generator, 8 * scalar.len());
        let expected = equation.multiply(scalar, *generator).into_option();
        assert_eq!(table.multiply(equation, scalar), expected, "{scalar:02x?}");
    }

    #[test]
    fn small_multiples_and_those_with_carries_are_right() {
        for scalar in 0..=100u8 {
            agrees(&SECT163R2, &[scalar]);
            agrees(&SECT233K1, &[0xff, 0xff, 0xff, scalar]);
            agrees(&SECT571R1, &[scalar, 0, 0]);
        }
    }

    #[test]
    fn digits_add_up() {
        for number in 0..=2 * ENTRIES as u32 {
            let (digit, carry) = signed_digit(number);
            let magnitude = i64::from(digit.magnitude);
            let value = if digit.negative.to_bool() { -magnitude } else { magnitude };
            assert_eq!(value + 32 * i64::from(carry), i64::from(number));
            assert!((-15..=16).contains(&value));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn multiples_are_those_of_the_ladder(scalar: [u8; 20]) {
            agrees(&SECT163R2, &scalar);
            agrees(&SECT233K1, &scalar);
            agrees(&SECT571R1, &scalar);
        }
    }
}
