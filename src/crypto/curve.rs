//! The table of curves: everything that is known of a curve, declared once.
//!
//! Identifiers and names are the client's (`genECCKeyPair -i`); parameters are
//! those of SEC 2 and FIPS 186-4 appendix D, in the modules that compute.

use rand_core::CryptoRng;
use spki::ObjectIdentifier;
use zeroize::Zeroizing;

use super::Error;
use super::binary::BinaryCurve;
use super::prime::PrimeCurve;

/// One elliptic curve.
#[derive(Debug, PartialEq, Eq)]
pub struct Curve {
    /// The number that `genECCKeyPair -i` takes, 1 to 16.
    pub id: u8,
    /// The client's name, `NID_…`.
    pub name: &'static str,
    /// OpenSSL's numeric identifier, which the HSM keeps as MODULUS_BITS.
    pub nid: u32,
    /// OpenSSL's name.
    pub openssl_name: &'static str,
    /// Bits of the order of the base point.
    pub key_bits: u16,
    /// The object identifier of the named curve (SEC 2 appendix A).
    pub object_identifier: ObjectIdentifier,
    arithmetic: Arithmetic,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arithmetic {
    Binary(BinaryCurve),
    Prime(PrimeCurve),
}

/// Shorthand for a row of [`CURVES`].
const fn row(
    id: u8,
    name: &'static str,
    nid: u32,
    openssl_name: &'static str,
    key_bits: u16,
    object_identifier: &str,
    arithmetic: Arithmetic,
) -> Curve {
    let object_identifier = ObjectIdentifier::new_unwrap(object_identifier);
    Curve { id, name, nid, openssl_name, key_bits, object_identifier, arithmetic }
}

use Arithmetic::{Binary, Prime};
use BinaryCurve as B;
use PrimeCurve as P;

/// Every curve, ascending by [`Curve::id`].
#[rustfmt::skip]
pub static CURVES: [Curve; 16] = [
    row(1,  "NID_X9_62_prime192v1", 409, "prime192v1", 192, "1.2.840.10045.3.1.1", Prime(P::P192)),
    row(2,  "NID_X9_62_prime256v1", 415, "prime256v1", 256, "1.2.840.10045.3.1.7", Prime(P::P256)),
    row(3,  "NID_sect163k1", 721, "sect163k1", 163, "1.3.132.0.1",  Binary(B::Sect163k1)),
    row(4,  "NID_sect163r2", 723, "sect163r2", 163, "1.3.132.0.15", Binary(B::Sect163r2)),
    row(5,  "NID_sect233k1", 726, "sect233k1", 232, "1.3.132.0.26", Binary(B::Sect233k1)),
    row(6,  "NID_sect233r1", 727, "sect233r1", 233, "1.3.132.0.27", Binary(B::Sect233r1)),
    row(7,  "NID_sect283k1", 729, "sect283k1", 281, "1.3.132.0.16", Binary(B::Sect283k1)),
    row(8,  "NID_sect283r1", 730, "sect283r1", 282, "1.3.132.0.17", Binary(B::Sect283r1)),
    row(9,  "NID_sect409k1", 731, "sect409k1", 407, "1.3.132.0.36", Binary(B::Sect409k1)),
    row(10, "NID_sect409r1", 732, "sect409r1", 409, "1.3.132.0.37", Binary(B::Sect409r1)),
    row(11, "NID_sect571k1", 733, "sect571k1", 570, "1.3.132.0.38", Binary(B::Sect571k1)),
    row(12, "NID_sect571r1", 734, "sect571r1", 570, "1.3.132.0.39", Binary(B::Sect571r1)),
    row(13, "NID_secp224r1", 713, "secp224r1", 224, "1.3.132.0.33", Prime(P::P224)),
    row(14, "NID_secp384r1", 715, "secp384r1", 384, "1.3.132.0.34", Prime(P::P384)),
    row(15, "NID_secp521r1", 716, "secp521r1", 521, "1.3.132.0.35", Prime(P::P521)),
    row(16, "NID_secp256k1", 714, "secp256k1", 256, "1.3.132.0.10", Prime(P::K256)),
];

/// The curve with this `genECCKeyPair -i` number.
#[must_use]
pub fn by_id(id: u32) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| u32::from(curve.id) == id)
}

/// The curve with this OpenSSL identifier.
#[must_use]
pub fn by_nid(nid: u32) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.nid == nid)
}

/// The curve with this object identifier.
#[must_use]
pub fn by_object_identifier(name: ObjectIdentifier) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.object_identifier == name)
}

impl Curve {
    /// Whether the curve is over a binary field.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        matches!(self.arithmetic, Binary(_))
    }

    /// A private key, uniform in 1 to n − 1, big endian, ⌈bits of the order / 8⌉ bytes.
    pub fn generate_secret(&self, random: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
        match self.arithmetic {
            Binary(curve) => curve.generate_secret(random),
            Prime(curve) => curve.generate_secret(random),
        }
    }

    /// A private key with as many bytes as the order, of a number that may have
    /// more or fewer zero bytes in front.
    ///
    /// # Errors
    /// [`Error::InvalidSecret`] when it is too long.
    pub fn secret(&self, number: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let length = usize::from(self.key_bits).div_ceil(8);
        fixed_length(number, length).map(Zeroizing::new).ok_or(Error::InvalidSecret)
    }

    /// A point in uncompressed form, of any form of SEC 1 section 2.3.3:
    /// compressed (2 or 3, x), uncompressed (4, x, y) or, as X9.62 has it,
    /// hybrid (6 or 7, x, y). Whether an uncompressed point is one is not checked.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when it has another form, or is not on the curve.
    pub fn uncompressed(&self, point: &[u8]) -> Result<Vec<u8>, Error> {
        match point {
            [4, ..] => Ok(point.to_vec()),
            [2 | 3, ..] => self.decompress(point),
            [form @ (6 | 7), coordinates @ ..] if coordinates.len().is_multiple_of(2) => {
                let (x, _) = coordinates.split_at(coordinates.len() / 2);
                let whole = self.decompress(&[&[form - 4], x].concat())?;
                if whole[1..] == *coordinates { Ok(whole) } else { Err(Error::InvalidPoint) }
            }
            _ => Err(Error::InvalidPoint),
        }
    }

    fn decompress(&self, point: &[u8]) -> Result<Vec<u8>, Error> {
        match self.arithmetic {
            Binary(curve) => curve.decompress(point).map_err(|_| Error::InvalidPoint),
            Prime(curve) => curve.decompress(point),
        }
    }

    /// The uncompressed public point (`04 || x || y`) of a private key.
    ///
    /// # Errors
    /// [`Error::InvalidSecret`] when the key is zero, not below the order, or of the wrong length.
    pub fn public_point(&self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        match self.arithmetic {
            Binary(curve) => curve.public_point(secret).map_err(|_| Error::InvalidSecret),
            Prime(curve) => curve.public_point(secret),
        }
    }

    /// Signs a hash (ECDSA, FIPS 186-4 section 6.4): r and s, big endian.
    ///
    /// # Errors
    /// [`Error::InvalidSecret`] as [`Curve::public_point`].
    pub fn sign_prehash(
        &self,
        secret: &[u8],
        hash: &[u8],
        random: &mut dyn CryptoRng,
    ) -> Result<(Vec<u8>, Vec<u8>), Error> {
        match self.arithmetic {
            Binary(curve) => curve
                .sign_prehash(secret, hash, random)
                .map(|signature| (signature.r, signature.s))
                .map_err(|_| Error::InvalidSecret),
            Prime(curve) => curve.sign_prehash(secret, hash, random),
        }
    }

    /// Whether r and s, big endian of any length, sign this hash for this point.
    #[must_use]
    pub fn verify_prehash(&self, point: &[u8], hash: &[u8], r: &[u8], s: &[u8]) -> bool {
        let length = usize::from(self.key_bits).div_ceil(8);
        let (Some(r), Some(s)) = (fixed_length(r, length), fixed_length(s, length)) else {
            return false;
        };
        match self.arithmetic {
            Binary(curve) => {
                curve.verify_prehash(point, hash, &super::binary::Signature { r, s }).is_ok()
            }
            Prime(curve) => curve.verify_prehash(point, hash, &r, &s),
        }
    }

    /// Checks that `point` is an uncompressed point of this curve, of the right order.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] otherwise.
    pub fn check_public(&self, point: &[u8]) -> Result<(), Error> {
        match self.arithmetic {
            Binary(curve) => curve.check_public(point).map_err(|_| Error::InvalidPoint),
            Prime(curve) => curve.check_public(point),
        }
    }
}

/// The number in exactly so many bytes, if it fits.
fn fixed_length(number: &[u8], length: usize) -> Option<Vec<u8>> {
    let leading = number.len().saturating_sub(length);
    let (zeros, rest) = number.split_at(leading);
    let fits = zeros.iter().all(|byte| *byte == 0);
    // One allocation, as the number may be secret.
    let padding = std::iter::repeat_n(&0, length - rest.len());
    fits.then(|| padding.chain(rest).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random;

    #[test]
    fn ids_count_from_one_and_nids_are_unique() {
        for (index, curve) in CURVES.iter().enumerate() {
            assert_eq!(usize::from(curve.id), index + 1);
            assert_eq!(by_id(curve.id.into()), Some(curve));
            assert_eq!(by_nid(curve.nid), Some(curve));
        }
        assert_eq!(by_id(0), None);
        assert_eq!(by_id(17), None);
    }

    #[test]
    fn a_generated_point_is_valid_and_a_changed_one_is_not() {
        let mut random = random::from_seed(1, 0);
        for curve in &CURVES {
            let secret = curve.generate_secret(&mut random);
            assert_eq!(secret.len(), usize::from(curve.key_bits).div_ceil(8), "{}", curve.name);
            let mut point = curve.public_point(&secret).unwrap();
            assert_eq!(curve.check_public(&point), Ok(()), "{}", curve.name);
            let last = point.len() - 1;
            point[last] ^= 1;
            assert_eq!(curve.check_public(&point), Err(Error::InvalidPoint), "{}", curve.name);
        }
    }

    #[test]
    fn a_secret_out_of_range_is_refused() {
        for curve in &CURVES {
            let length = usize::from(curve.key_bits).div_ceil(8);
            for secret in [vec![0; length], vec![0xff; length], vec![1; length + 1], vec![]] {
                assert_eq!(
                    curve.public_point(&secret),
                    Err(Error::InvalidSecret),
                    "{}",
                    curve.name
                );
            }
        }
    }
}
