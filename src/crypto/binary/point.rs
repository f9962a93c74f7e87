//! Affine points and their group, in variable time: for public points only.
//! Multiples by secrets are the business of [`super::ladder`].

use crypto_bigint::ctutils::{Choice, CtSelect};
use zeroize::Zeroize;

use super::field::Element;

/// The coefficients of the curve y² + xy = x³ + ax² + b (SEC 1 section 2.2.2).
pub(super) struct Equation<const WORDS: usize> {
    pub(super) a: Element<WORDS>,
    /// Not zero, or the curve would be singular.
    pub(super) b: Element<WORDS>,
}

/// An affine point. The point at infinity, which has no coordinates, is the
/// `None` of an `Option`.
#[cfg_attr(test, derive(Debug))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Point<const WORDS: usize> {
    pub(super) x: Element<WORDS>,
    pub(super) y: Element<WORDS>,
}

impl<const WORDS: usize> Point<WORDS> {
    /// The negative, (x, x + y).
    pub(super) fn negate(self) -> Self {
        Self { x: self.x, y: self.x + self.y }
    }
}

impl<const WORDS: usize> CtSelect for Point<WORDS> {
    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        Self { x: self.x.ct_select(&other.x, choice), y: self.y.ct_select(&other.y, choice) }
    }
}

impl<const WORDS: usize> Zeroize for Point<WORDS> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
    }
}

impl<const WORDS: usize> Equation<WORDS> {
    /// The product with the coefficient a, which is 0 or 1 on all of the curves.
    pub(super) fn times_a(&self, element: Element<WORDS>) -> Element<WORDS> {
        if self.a == Element::ZERO { Element::ZERO } else { element }
    }

    /// The product with the coefficient b, which is 1 on the Koblitz curves.
    pub(super) fn times_b(&self, element: Element<WORDS>) -> Element<WORDS> {
        if self.b == Element::ONE { element } else { self.b * element }
    }

    /// Whether the coordinates satisfy the equation.
    pub(super) fn contains(&self, Point { x, y }: Point<WORDS>) -> bool {
        y.square() + x * y == x.square() * (x + self.a) + self.b
    }

    /// Whether a point of the curve, with x ≠ 0, is in the subgroup of odd order.
    ///
    /// The curve has 2n points where a is 1, and 4n where it is 0. A point (x, y)
    /// is twice another one if and only if the trace of x + a is zero, that is, if λ² + λ =
    /// x + a has a solution; the x of the other one is the root of y + x(λ + 1), whose
    /// trace is its own (Knudsen, "Elliptic scalar multiplication using point halving",
    /// ASIACRYPT 1999).
    pub(super) fn has_odd_order(&self, Point { x, y }: Point<WORDS>) -> bool {
        let Some(slope) = (x + self.a).solve_quadratic() else { return false };
        let half_square = y + x * (slope + Element::ONE);
        self.a != Element::ZERO || half_square.solve_quadratic().is_some()
    }

    /// The point with this x, not zero, and this lowest bit of y / x, if there is
    /// one: y = xz, z² + z = x + a + b / x² (SEC 1 section 2.3.4).
    pub(super) fn lift(&self, x: Element<WORDS>, bit: bool) -> Option<Point<WORDS>> {
        let z = (x + self.a + self.b * x.square().invert()).solve_quadratic()?;
        let z = if z.is_odd() == bit { z } else { z + Element::ONE };
        let point = Point { x, y: x * z };
        (x != Element::ZERO && self.contains(point)).then_some(point)
    }

    /// The sum of two points of the curve (SEC 1 section 2.2.2).
    pub(super) fn add(
        &self,
        left: Option<Point<WORDS>>,
        right: Option<Point<WORDS>>,
    ) -> Option<Point<WORDS>> {
        let (Some(left), Some(right)) = (left, right) else {
            return left.or(right);
        };
        if left == right.negate() {
            return None;
        }
        let slope = if left == right {
            // Not its own negative, hence x is not zero.
            left.x + left.y * left.x.invert()
        } else {
            (left.y + right.y) * (left.x + right.x).invert()
        };
        let x = slope.square() + slope + left.x + right.x + self.a;
        let y = slope * (left.x + x) + x + left.y;
        Some(Point { x, y })
    }
}
