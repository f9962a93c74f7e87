//! Integers modulo the order n of a base point, on crypto-bigint, whose
//! arithmetic is constant time where its names do not say otherwise.

use crypto_bigint::ctutils::CtLt;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// The order n of a base point, an odd prime.
pub(super) struct Order {
    parameters: BoxedMontyParams,
    /// The bits of n, without zeros in front.
    bits: u32,
}

/// An integer modulo n, wiped when dropped.
pub(super) struct Scalar(Zeroizing<BoxedMontyForm>);

impl Order {
    /// The order whose big endian bytes, zeros in front allowed, are `bytes`.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let order = BoxedUint::from_be_slice_vartime(bytes);
        let bits = order.bit_width_vartime();
        // Never panics: the orders are this module's own constants, all odd.
        #[allow(clippy::expect_used)]
        let order = Odd::new(order).into_option().expect("an odd order");
        Self { parameters: BoxedMontyParams::new_vartime(order), bits }
    }

    /// The bytes of an encoded scalar: the bits of n, rounded up to bytes.
    pub(super) fn length(&self) -> usize {
        self.bits.div_ceil(8) as usize
    }

    /// The order itself, as [`Self::length`] big endian bytes.
    #[cfg(test)]
    pub(super) fn encode(&self) -> Vec<u8> {
        self.encode_integer(self.parameters.modulus()).to_vec()
    }

    /// Draws an integer from 1..n, uniformly, as [`Self::length`] big endian bytes.
    ///
    /// By rejection, FIPS 186-4 appendix B.4.2: as n takes all its bits, less than
    /// two draws are expected. That a draw was rejected says nothing of the next.
    pub(super) fn draw(&self, rng: &mut dyn CryptoRng) -> (Zeroizing<Vec<u8>>, Scalar) {
        let mut bytes = Zeroizing::new(vec![0; self.length()]);
        loop {
            rng.fill_bytes(&mut bytes);
            bytes[0] &= 0xff >> self.excess_bits();
            if let Some(scalar) = self.decode(&bytes) {
                return (bytes, scalar);
            }
        }
    }

    /// Reads an integer from 1..n, of exactly [`Self::length`] big endian bytes;
    /// `None` for anything else.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<Scalar> {
        if bytes.len() != self.length() {
            return None;
        }
        let integer = Zeroizing::new(self.integer(bytes));
        let in_range = !integer.is_zero() & integer.ct_lt(self.parameters.modulus());
        // The Montgomery form takes over the memory of the copy, and wipes it.
        in_range.to_bool().then(|| self.scalar(BoxedUint::clone(&integer)))
    }

    /// The public integer `bytes`, big endian, modulo n. Variable time.
    pub(super) fn reduce(&self, bytes: &[u8]) -> Scalar {
        self.remainder(&self.integer(bytes))
    }

    /// The public `hash` as an integer modulo n: its leftmost bits, as many as n
    /// has (FIPS 186-4 section 6.4, SEC 1 section 4.1.3 step 5). Variable time.
    pub(super) fn reduce_hash(&self, hash: &[u8]) -> Scalar {
        match hash.get(..self.length()) {
            Some(leftmost) => self.remainder(&(self.integer(leftmost) >> self.excess_bits())),
            None => self.reduce(hash),
        }
    }

    /// The bits in front of the first bit of n in an encoded scalar.
    fn excess_bits(&self) -> u32 {
        (8 - self.bits % 8) % 8
    }

    /// Reads big endian bytes into as many words as n has. Those are enough for
    /// all that comes here, coordinates and encoded scalars; it would lose more.
    fn integer(&self, bytes: &[u8]) -> BoxedUint {
        BoxedUint::from_be_slice_truncated(bytes, self.parameters.bits_precision())
    }

    /// Writes an integer up to n as [`Self::length`] big endian bytes.
    fn encode_integer(&self, integer: &BoxedUint) -> Zeroizing<Vec<u8>> {
        let bytes = Zeroizing::new(integer.to_be_bytes());
        Zeroizing::new(bytes[bytes.len() - self.length()..].to_vec())
    }

    /// Takes a public integer to a scalar. Variable time.
    fn remainder(&self, integer: &BoxedUint) -> Scalar {
        let order = self.parameters.modulus().as_nz_ref();
        self.scalar(integer.rem_vartime(order))
    }

    /// Takes an integer below n to a scalar.
    fn scalar(&self, integer: BoxedUint) -> Scalar {
        Scalar::wrap(BoxedMontyForm::new(integer, &self.parameters))
    }
}

impl Scalar {
    fn wrap(value: BoxedMontyForm) -> Self {
        Self(Zeroizing::new(value))
    }

    /// Whether this is zero. The answer is not secret.
    pub(super) fn is_zero(&self) -> bool {
        self.0.is_zero().to_bool()
    }

    /// The sum modulo n.
    pub(super) fn add(&self, other: &Self) -> Self {
        Self::wrap(self.0.add(&other.0))
    }

    /// The product modulo n.
    pub(super) fn multiply(&self, other: &Self) -> Self {
        Self::wrap(self.0.mul(&other.0))
    }

    /// The inverse modulo n, `None` for zero (Bernstein and Yang 2019).
    ///
    /// What crypto-bigint leaves on the heap of its way there is not wiped.
    pub(super) fn invert(&self) -> Option<Self> {
        self.0.invert().into_option().map(Self::wrap)
    }

    /// The inverse of a public scalar modulo n, `None` for zero. Variable time.
    pub(super) fn invert_vartime(&self) -> Option<Self> {
        self.0.invert_vartime().into_option().map(Self::wrap)
    }

    /// The encoding in [`Order::length`] big endian bytes.
    pub(super) fn encode(&self, order: &Order) -> Zeroizing<Vec<u8>> {
        order.encode_integer(&Zeroizing::new(self.0.retrieve()))
    }
}
