//! A curve as a group with a base point: the arithmetic of [`super::field`],
//! [`super::point`] and [`super::ladder`] behind byte strings, so that the rest
//! need not know which field it computes in.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Error;
use super::constants::{Constants, words_from_hex};
use super::field::Element;
use super::koblitz::Frobenius;
use super::point::{Equation, Point};
use super::scalar::Order;
use super::table::Table;

/// The octet that introduces an uncompressed point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Multiples that are made one by one before a table is made for all that follow:
/// it costs about as much as so many.
const MULTIPLES_WITHOUT_TABLE: u32 = 4;

/// A curve, whatever its field. Points are uncompressed, scalars and coordinates
/// big endian.
pub(super) trait Group: Sync {
    /// The bytes of a coordinate.
    fn field_length(&self) -> usize;

    /// The order of the base point.
    fn order(&self) -> &Order;

    /// The multiple of the base point, `None` at infinity. Constant time for
    /// scalars of one length, up to whether the multiple is infinite.
    fn multiply_generator(&self, scalar: &[u8]) -> Option<Vec<u8>>;

    /// The uncompressed form of a compressed point, whose order is not checked.
    fn decompress(&self, point: &[u8]) -> Result<Vec<u8>, Error>;

    /// Refuses what is not a point of the order of the base point.
    fn check(&self, point: &[u8]) -> Result<(), Error>;

    /// The x coordinate of `scalars[0]` times the base point plus `scalars[1]`
    /// times `point`, `None` at infinity. The point must have the order of the base point,
    /// and the scalars must be below it. Variable time.
    ///
    /// # Errors
    /// When `point` is not one of the curve.
    fn combine(&self, scalars: [&[u8]; 2], point: &[u8]) -> Result<Option<Vec<u8>>, Error>;
}

/// A curve over the field whose elements take so many words.
pub(super) struct Curve<const WORDS: usize> {
    pub(super) equation: Equation<WORDS>,
    pub(super) generator: Point<WORDS>,
    order_words: [u64; WORDS],
    order: OnceLock<Order>,
    /// Multiples of the generator, made when they are worth their time.
    table: OnceLock<Table<WORDS>>,
    /// How often a multiple of the generator was asked for, up to [`MULTIPLES_WITHOUT_TABLE`].
    multiples: AtomicU32,
    /// The Frobenius map, on a Koblitz curve.
    frobenius: OnceLock<Option<Frobenius>>,
}

impl<const WORDS: usize> Curve<WORDS> {
    /// Reads a curve's constants. An error in their notation is one of compilation.
    pub(super) const fn from_hex(constants: Constants) -> Self {
        Self {
            equation: Equation {
                a: Element::from_hex(constants.a),
                b: Element::from_hex(constants.b),
            },
            generator: Point {
                x: Element::from_hex(constants.generator_x),
                y: Element::from_hex(constants.generator_y),
            },
            order_words: words_from_hex(constants.order),
            order: OnceLock::new(),
            table: OnceLock::new(),
            multiples: AtomicU32::new(0),
            frobenius: OnceLock::new(),
        }
    }

    /// The order of the base point, big endian, with zeros in front.
    pub(super) fn order_bytes(&self) -> Vec<u8> {
        self.order_words.iter().rev().flat_map(|word| word.to_be_bytes()).collect()
    }

    /// The multiple of the generator by a scalar below its order, of the order's length.
    fn generator_multiple(&self, scalar: &[u8]) -> Option<Point<WORDS>> {
        let by_ladder = || self.equation.multiply(scalar, self.generator).into_option();
        if self.table.get().is_none()
            && self.multiples.fetch_add(1, Ordering::Relaxed) < MULTIPLES_WITHOUT_TABLE
        {
            return by_ladder();
        }
        let table = self
            .table
            .get_or_init(|| Table::new(&self.equation, self.generator, 8 * self.order().length()));
        // The ladder knows no exceptions.
        table.multiply(&self.equation, scalar).or_else(by_ladder)
    }

    /// The multiple of a point of the order of the base point by a scalar below that
    /// order, of its length. Variable time.
    fn point_multiple(&self, scalar: &[u8], point: Point<WORDS>) -> Option<Point<WORDS>> {
        let frobenius = self.frobenius.get_or_init(|| Frobenius::new(&self.equation));
        frobenius
            .as_ref()
            .and_then(|frobenius| frobenius.multiply(&self.equation, scalar, point))
            // The ladder knows no exceptions.
            .or_else(|| self.equation.multiply(scalar, point).into_option())
    }

    /// Reads a point of the curve with x ≠ 0. The only point with x = 0 has order
    /// two, in no curve's prime subgroup.
    pub(super) fn decode(&self, bytes: &[u8]) -> Result<Point<WORDS>, Error> {
        let Some((&UNCOMPRESSED, coordinates)) = bytes.split_first() else {
            return Err(Error::PointForm);
        };
        if coordinates.len() != 2 * Element::<WORDS>::LENGTH {
            return Err(Error::PointForm);
        }
        let (x, y) = coordinates.split_at(Element::<WORDS>::LENGTH);
        let (Some(x), Some(y)) = (Element::from_bytes(x), Element::from_bytes(y)) else {
            return Err(Error::CoordinateTooLarge);
        };
        let point = Point { x, y };
        if !self.equation.contains(point) {
            return Err(Error::NotOnCurve);
        }
        if x == Element::ZERO {
            return Err(Error::WrongOrder);
        }
        Ok(point)
    }
}

/// Writes a point in uncompressed form (SEC 1 section 2.3.3).
pub(super) fn encode<const WORDS: usize>(point: Point<WORDS>) -> Vec<u8> {
    [vec![UNCOMPRESSED], point.x.to_bytes(), point.y.to_bytes()].concat()
}

impl<const WORDS: usize> Group for Curve<WORDS> {
    fn field_length(&self) -> usize {
        Element::<WORDS>::LENGTH
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| Order::new(&self.order_bytes()))
    }

    fn multiply_generator(&self, scalar: &[u8]) -> Option<Vec<u8>> {
        self.generator_multiple(scalar).map(encode)
    }

    fn decompress(&self, point: &[u8]) -> Result<Vec<u8>, Error> {
        let Some((form @ (2 | 3), x)) = point.split_first() else {
            return Err(Error::PointForm);
        };
        if x.len() != Element::<WORDS>::LENGTH {
            return Err(Error::PointForm);
        }
        let x = Element::from_bytes(x).ok_or(Error::CoordinateTooLarge)?;
        self.equation.lift(x, *form == 3).map(encode).ok_or(Error::NotOnCurve)
    }

    fn check(&self, point: &[u8]) -> Result<(), Error> {
        let point = self.decode(point)?;
        // The order of the base point is the odd factor of the curve's.
        if self.equation.has_odd_order(point) { Ok(()) } else { Err(Error::WrongOrder) }
    }

    fn combine(&self, scalars: [&[u8]; 2], point: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let point = self.decode(point)?;
        let multiples =
            [self.generator_multiple(scalars[0]), self.point_multiple(scalars[1], point)];
        let sum = self.equation.add(multiples[0], multiples[1]);
        Ok(sum.map(|sum| sum.x.to_bytes()))
    }
}
