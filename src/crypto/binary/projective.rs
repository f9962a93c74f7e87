//! Points in the coordinates of López and Dahab (x = X/Z, y = Y/Z²), in which
//! adding and doubling need no inversion. Constant time.
//!
//! "Improved algorithms for elliptic curve arithmetic in GF(2^n)" (SAC 1998),
//! with the addition of Al-Daoud, Mahmod, Rushdan and Kilicman, "A new addition
//! formula for elliptic curves over GF(2^n)" (2002).

use crypto_bigint::ctutils::{Choice, CtOption, CtSelect};
use zeroize::Zeroize;

use super::field::Element;
use super::point::{Equation, Point};

/// A point; Z is zero at infinity.
#[derive(Clone, Copy)]
pub(super) struct Projective<const WORDS: usize> {
    x: Element<WORDS>,
    y: Element<WORDS>,
    z: Element<WORDS>,
}

impl<const WORDS: usize> Projective<WORDS> {
    /// The point at infinity.
    pub(super) const INFINITY: Self = Self { x: Element::ONE, y: Element::ZERO, z: Element::ZERO };

    /// Whether this is the point at infinity.
    pub(super) fn is_infinite(&self) -> Choice {
        self.z.is_zero()
    }

    /// The sum with an affine point, which must be neither this one nor its
    /// negative: of these the sum is always infinite.
    pub(super) fn add(&self, equation: &Equation<WORDS>, other: &Point<WORDS>) -> Self {
        let Self { x, y, z } = *self;
        let a = y + other.y * z.square();
        let b = x + other.x * z;
        let c = b * z;
        let sum_z = c.square();
        let d = other.x * sum_z;
        let sum_x = a.square() + c * (a + b.square() + equation.times_a(c));
        let sum_y = (d + sum_x) * (a * c + sum_z) + (other.y + other.x) * sum_z.square();
        let sum = Self { x: sum_x, y: sum_y, z: sum_z };
        sum.ct_select(&Self::from(*other), self.is_infinite())
    }

    /// Twice the point.
    pub(super) fn double(&self, equation: &Equation<WORDS>) -> Self {
        let Self { x, y, z } = *self;
        let z_square = z.square();
        let b_term = equation.times_b(z_square.square());
        let x_square = x.square();
        let double_z = z_square * x_square;
        let double_x = x_square.square() + b_term;
        let double_y =
            b_term * double_z + double_x * (equation.times_a(double_z) + y.square() + b_term);
        Self { x: double_x, y: double_y, z: double_z }
    }

    /// The point with the squares of the coordinates, which is one of the same curve where its
    /// coefficients are 0 and 1.
    pub(super) fn frobenius(&self) -> Self {
        Self { x: self.x.square(), y: self.y.square(), z: self.z.square() }
    }

    /// The affine form, by one inversion; none at infinity.
    pub(super) fn to_affine(self) -> CtOption<Point<WORDS>> {
        let inverse = self.z.invert();
        let point = Point { x: self.x * inverse, y: self.y * inverse.square() };
        CtOption::new(point, !self.is_infinite())
    }

    /// The affine forms of points that are not infinite, by one inversion.
    pub(super) fn all_to_affine(points: &[Self]) -> Vec<Point<WORDS>> {
        let mut inverses: Vec<_> = points.iter().map(|point| point.z).collect();
        Element::invert_all(&mut inverses);
        let affine = |(point, inverse): (&Self, &Element<WORDS>)| Point {
            x: point.x * *inverse,
            y: point.y * inverse.square(),
        };
        points.iter().zip(&inverses).map(affine).collect()
    }
}

impl<const WORDS: usize> From<Point<WORDS>> for Projective<WORDS> {
    fn from(Point { x, y }: Point<WORDS>) -> Self {
        Self { x, y, z: Element::ONE }
    }
}

impl<const WORDS: usize> CtSelect for Projective<WORDS> {
    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        Self {
            x: self.x.ct_select(&other.x, choice),
            y: self.y.ct_select(&other.y, choice),
            z: self.z.ct_select(&other.z, choice),
        }
    }
}

impl<const WORDS: usize> Zeroize for Projective<WORDS> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
    }
}
