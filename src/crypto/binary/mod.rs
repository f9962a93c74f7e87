//! Elliptic curves over binary fields: the ten that SEC 2 names "sect…" and
//! FIPS 186-4 appendix D.1.3 recommends, their keys and ECDSA over them.
//!
//! What depends on a secret (a private key, a nonce) takes the same instructions
//! and the same memory accesses whatever its value: field arithmetic by masks and
//! integer multiplications (`carryless`, `field`), multiples of points by a
//! Montgomery ladder of fixed length (`ladder`), integers modulo the order by
//! crypto-bigint (`scalar`). Stored secrets are wiped when dropped; copies that
//! the compiler made on the stack or in registers cannot be.
//!
//! Encodings are those of SEC 1: numbers big endian and of fixed length, points
//! uncompressed.

mod carryless;
mod constants;
mod curve;
mod ecdsa;
mod field;
mod koblitz;
mod ladder;
mod modulus;
mod point;
mod projective;
mod scalar;
mod table;

use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;

use curve::Group;

/// One of the ten curves. Those whose names end in k1 are Koblitz curves, those
/// in r1 and r2 were chosen verifiably at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryCurve {
    /// K-163 of FIPS 186-4.
    Sect163k1,
    /// B-163 of FIPS 186-4.
    Sect163r2,
    /// K-233 of FIPS 186-4.
    Sect233k1,
    /// B-233 of FIPS 186-4.
    Sect233r1,
    /// K-283 of FIPS 186-4.
    Sect283k1,
    /// B-283 of FIPS 186-4.
    Sect283r1,
    /// K-409 of FIPS 186-4.
    Sect409k1,
    /// B-409 of FIPS 186-4.
    Sect409r1,
    /// K-571 of FIPS 186-4.
    Sect571k1,
    /// B-571 of FIPS 186-4.
    Sect571r1,
}

/// Why a key or a signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// A private key of another length than [`BinaryCurve::scalar_length`], or out of range.
    #[error("the private key is not a number from 1 to the order of the curve, of its length")]
    Secret,
    /// A point that is compressed, at infinity, or of another length than the curve's.
    #[error("the public key is not an uncompressed point of the length of the curve")]
    PointForm,
    /// A coordinate with bits above the degree of the field.
    #[error("a coordinate of the public key is not an element of the field of the curve")]
    CoordinateTooLarge,
    /// A point that does not satisfy the equation of the curve.
    #[error("the public key is not a point of the curve")]
    NotOnCurve,
    /// A point of the curve that is no multiple of the base point.
    #[error("the public key is not in the subgroup of the base point of the curve")]
    WrongOrder,
    /// A signature that is not of this hash by this key.
    #[error("the signature does not verify")]
    Signature,
}

/// An ECDSA signature: two numbers, each [`BinaryCurve::scalar_length`] bytes, big endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The x coordinate of the nonce's point, modulo the order.
    pub r: Vec<u8>,
    /// The number that only the private key could find for `r` and the hash.
    pub s: Vec<u8>,
}

impl BinaryCurve {
    /// All the curves, by rising degree of their fields.
    pub const ALL: [Self; 10] = [
        Self::Sect163k1,
        Self::Sect163r2,
        Self::Sect233k1,
        Self::Sect233r1,
        Self::Sect283k1,
        Self::Sect283r1,
        Self::Sect409k1,
        Self::Sect409r1,
        Self::Sect571k1,
        Self::Sect571r1,
    ];

    fn group(self) -> &'static dyn Group {
        match self {
            Self::Sect163k1 => &constants::SECT163K1,
            Self::Sect163r2 => &constants::SECT163R2,
            Self::Sect233k1 => &constants::SECT233K1,
            Self::Sect233r1 => &constants::SECT233R1,
            Self::Sect283k1 => &constants::SECT283K1,
            Self::Sect283r1 => &constants::SECT283R1,
            Self::Sect409k1 => &constants::SECT409K1,
            Self::Sect409r1 => &constants::SECT409R1,
            Self::Sect571k1 => &constants::SECT571K1,
            Self::Sect571r1 => &constants::SECT571R1,
        }
    }

    /// The bytes of a coordinate: the degree of the field in bits, rounded up.
    #[must_use]
    pub fn field_length(self) -> usize {
        self.group().field_length()
    }

    /// The bytes of a private key: the order of the base point in bits, rounded up,
    /// as SEC 1 appendix C.4 (RFC 5915) has it. On some curves one less than
    /// [`Self::field_length`].
    #[must_use]
    pub fn scalar_length(self) -> usize {
        self.group().order().length()
    }

    /// Draws a private key: a number from 1 to n - 1, n the order of the base point,
    /// uniformly (by rejection, FIPS 186-4 appendix B.4.2), big endian,
    /// [`Self::scalar_length`] bytes.
    ///
    /// Ends with probability one, but never if `rng` gives the same unfit bytes forever.
    #[must_use]
    pub fn generate_secret(self, rng: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
        self.group().order().draw(rng).0
    }

    /// The public key of a private key (SEC 1 section 3.2.1), as an uncompressed
    /// point: 4, then x and y, each [`Self::field_length`] bytes, big endian.
    ///
    /// # Errors
    /// [`Error::Secret`] when `secret` has another length than
    /// [`Self::scalar_length`], is zero, or is not below the order.
    pub fn public_point(self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let group = self.group();
        group.order().decode(secret).ok_or(Error::Secret)?;
        // A number below the order never takes the base point to infinity.
        group.multiply_generator(secret).ok_or(Error::Secret)
    }

    /// The uncompressed form of a compressed point (SEC 1 section 2.3.4): 2 or 3,
    /// then x. Its order is not checked.
    ///
    /// # Errors
    /// [`Error::PointForm`], [`Error::CoordinateTooLarge`], or [`Error::NotOnCurve`]
    /// when no point has this x.
    pub fn decompress(self, point: &[u8]) -> Result<Vec<u8>, Error> {
        self.group().decompress(point)
    }

    /// Validates a public key fully (SEC 1 section 3.2.2.1): an uncompressed point
    /// of the curve, in the subgroup of the base point, not at infinity.
    ///
    /// # Errors
    /// [`Error::PointForm`], [`Error::CoordinateTooLarge`], [`Error::NotOnCurve`] or
    /// [`Error::WrongOrder`], the first that applies.
    pub fn check_public(self, point: &[u8]) -> Result<(), Error> {
        self.group().check(point)
    }

    /// Signs a hash by ECDSA (FIPS 186-4 section 6.4) with a random nonce. Of a hash
    /// longer than the order, the leftmost bits count.
    ///
    /// # Errors
    /// [`Error::Secret`], as [`Self::public_point`].
    pub fn sign_prehash(
        self,
        secret: &[u8],
        hash: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Signature, Error> {
        ecdsa::sign(self.group(), secret, hash, rng)
    }

    /// Verifies an ECDSA signature of a hash (FIPS 186-4 section 6.4), by a public
    /// key that it validates as [`Self::check_public`] does. Variable time.
    ///
    /// # Errors
    /// [`Error::Signature`] when the signature is not right; those of
    /// [`Self::check_public`].
    pub fn verify_prehash(
        self,
        point: &[u8],
        hash: &[u8],
        signature: &Signature,
    ) -> Result<(), Error> {
        ecdsa::verify(self.group(), point, hash, signature)
    }
}

#[cfg(test)]
mod tests;
