//! Multiples of points by secret scalars, in constant time: the x-only ladder of
//! López and Dahab, "Fast multiplication on elliptic curves over GF(2^m) without
//! precomputation" (CHES 1999).

use crypto_bigint::ctutils::{Choice, CtOption, CtSelect};
use zeroize::{Zeroize, Zeroizing};

use super::field::Element;
use super::point::{Equation, Point};

/// The x coordinate of a point, as the quotient x / z; z is zero at infinity.
#[derive(Clone, Copy)]
struct Abscissa<const WORDS: usize> {
    x: Element<WORDS>,
    z: Element<WORDS>,
}

/// The abscissas of two points whose difference is the base point.
struct Ladder<const WORDS: usize> {
    lower: Abscissa<WORDS>,
    upper: Abscissa<WORDS>,
}

impl<const WORDS: usize> Equation<WORDS> {
    /// The multiple of `base`, a point of this curve with x ≠ 0, by `scalar`, a big
    /// endian number. None is the point at infinity.
    ///
    /// Takes the same steps for every scalar of one length, zeros in front
    /// included: the ladder begins at infinity, for which its formulas hold too.
    /// In fact they hold for every multiple of such a base point: where a point
    /// of the ladder is infinite or has x = 0, and where both are inverse to one
    /// another. So nothing needs a special case, whatever the order of the base.
    pub(super) fn multiply(&self, scalar: &[u8], base: Point<WORDS>) -> CtOption<Point<WORDS>> {
        let mut ladder = Zeroizing::new(Ladder {
            lower: Abscissa { x: Element::ONE, z: Element::ZERO },
            upper: Abscissa { x: base.x, z: Element::ONE },
        });
        let mut swapped = Choice::FALSE;
        for byte in scalar {
            for bit in (0..8).rev() {
                let bit = Choice::from_u8_lsb(byte >> bit);
                ladder.swap(swapped ^ bit);
                ladder.step(self, base.x);
                swapped = bit;
            }
        }
        ladder.swap(swapped);
        ladder.recover(base)
    }
}

impl<const WORDS: usize> Ladder<WORDS> {
    /// Exchanges the two points if `choice` is true.
    fn swap(&mut self, choice: Choice) {
        self.lower.x.ct_swap(&mut self.upper.x, choice);
        self.lower.z.ct_swap(&mut self.upper.z, choice);
    }

    /// From (P, Q) to (2P, P + Q), where x is that of ±(P - Q) (Mdouble and Madd
    /// in the paper's appendix).
    fn step(&mut self, equation: &Equation<WORDS>, x: Element<WORDS>) {
        let Self { lower, upper } = self;

        let left = lower.x * upper.z;
        let right = upper.x * lower.z;
        upper.z = (left + right).square();
        upper.x = x * upper.z + left * right;

        let x_square = lower.x.square();
        let z_square = lower.z.square();
        lower.x = x_square.square() + equation.times_b(z_square.square());
        lower.z = x_square * z_square;
    }

    /// The lower point P with both coordinates, from P, P + `base` and `base`
    /// (the paper's lemma 3 and Mxy), by one inversion.
    fn recover(&self, base: Point<WORDS>) -> CtOption<Point<WORDS>> {
        let Self { lower, upper } = self;
        let Point { x, y } = base;

        let zz = lower.z * upper.z;
        let inverse = (x * zz).invert();
        let affine_x = lower.x * upper.z * x * inverse;
        let product = (lower.x + x * lower.z) * (upper.x + x * upper.z);
        let slope = (product + (x.square() + y) * zz) * inverse;
        let affine_y = (x + affine_x) * slope + y;

        // P + base is infinite when P is the negative of the base.
        let is_negative = upper.z.is_zero();
        let point = Point { x: affine_x, y: affine_y }.ct_select(&base.negate(), is_negative);
        CtOption::new(point, !lower.z.is_zero())
    }
}

impl<const WORDS: usize> Zeroize for Ladder<WORDS> {
    fn zeroize(&mut self) {
        for abscissa in [&mut self.lower, &mut self.upper] {
            abscissa.x.zeroize();
            abscissa.z.zeroize();
        }
    }
}
