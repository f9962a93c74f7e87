//! Curves over prime fields, through elliptic-curve's traits: one generic
//! implementation of each operation, dispatched over the RustCrypto curves.

use ecdsa::{EcdsaCurve, hazmat};
use elliptic_curve::ff::PrimeField;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{
    AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, Generate, NonZeroScalar, PublicKey,
};
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use super::Error;

/// A curve over a prime field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrimeCurve {
    /// prime192v1, NIST P-192.
    P192,
    /// secp224r1, NIST P-224.
    P224,
    /// prime256v1, NIST P-256.
    P256,
    /// secp384r1, NIST P-384.
    P384,
    /// secp521r1, NIST P-521.
    P521,
    /// secp256k1.
    K256,
}

/// Calls `$function::<Curve>` for the crate that implements `$curve`.
macro_rules! for_curve {
    ($curve:expr, $function:ident ( $($argument:expr),* )) => {
        match $curve {
            PrimeCurve::P192 => $function::<p192::NistP192>($($argument),*),
            PrimeCurve::P224 => $function::<p224::NistP224>($($argument),*),
            PrimeCurve::P256 => $function::<p256::NistP256>($($argument),*),
            PrimeCurve::P384 => $function::<p384::NistP384>($($argument),*),
            PrimeCurve::P521 => $function::<p521::NistP521>($($argument),*),
            PrimeCurve::K256 => $function::<k256::Secp256k1>($($argument),*),
        }
    };
}

impl PrimeCurve {
    /// A private key, uniform in 1 to n − 1: big endian, as long as a coordinate.
    pub fn generate_secret(self, random: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
        for_curve!(self, generate_secret(random))
    }

    /// The uncompressed public point (`04 || x || y`) of a private key.
    ///
    /// # Errors
    /// [`Error::InvalidSecret`] when the key is zero, not below the order, or of the wrong length.
    pub fn public_point(self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        for_curve!(self, public_point(secret))
    }

    /// The uncompressed form of a compressed point (SEC 1 section 2.3.4).
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when there is no such point.
    pub fn decompress(self, point: &[u8]) -> Result<Vec<u8>, Error> {
        for_curve!(self, decompress(point))
    }

    /// Signs a hash with ECDSA: r and s, big endian, as long as the order.
    ///
    /// # Errors
    /// [`Error::InvalidSecret`] as [`PrimeCurve::public_point`].
    pub fn sign_prehash(
        self,
        secret: &[u8],
        hash: &[u8],
        random: &mut dyn CryptoRng,
    ) -> Result<(Vec<u8>, Vec<u8>), Error> {
        for_curve!(self, sign_prehash(secret, hash, random))
    }

    /// Whether r and s, as long as the order, sign this hash for this point.
    #[must_use]
    pub fn verify_prehash(self, point: &[u8], hash: &[u8], r: &[u8], s: &[u8]) -> bool {
        for_curve!(self, verify_prehash(point, hash, r, s))
    }

    /// Checks that `point` is an uncompressed point of the curve; the group
    /// has prime order, so every such point has the right order.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] otherwise.
    pub fn check_public(self, point: &[u8]) -> Result<(), Error> {
        for_curve!(self, check_public(point))
    }
}

/// The nonce is drawn at random, as FIPS 186-4 appendix B.5 does.
fn sign_prehash<C>(
    secret: &[u8],
    hash: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, Vec<u8>), Error>
where
    C: EcdsaCurve + CurveArithmetic,
{
    let mut scalar = scalar::<C>(secret)?;
    loop {
        let mut nonce = NonZeroScalar::<C>::generate_from_rng(random);
        let signature = hazmat::sign_prehashed::<C>(&scalar, &nonce, &stretched::<C>(hash));
        nonce.zeroize();
        // r or s is zero once in a lifetime of universes; then another nonce serves.
        if let Ok((signature, _)) = signature {
            scalar.zeroize();
            let (r, s) = signature.split_scalars();
            // FIPS 186-4 knows s and -s alike; some curves' crates give the lower one only.
            let negated = C::NORMALIZE_S && random.next_u32() & 1 == 1;
            let s = if negated { -*s } else { *s };
            let bytes = |number: elliptic_curve::Scalar<C>| number.to_repr().to_vec();
            return Ok((bytes(*r), bytes(s)));
        }
    }
}

fn verify_prehash<C>(point: &[u8], hash: &[u8], r: &[u8], s: &[u8]) -> bool
where
    C: EcdsaCurve + CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let number = |bytes: &[u8]| FieldBytes::<C>::try_from(bytes).ok();
    let (Ok(point), Some(r), Some(s)) =
        (PublicKey::<C>::from_sec1_bytes(point), number(r), number(s))
    else {
        return false;
    };
    ecdsa::Signature::<C>::from_scalars(r, s).is_ok_and(|signature| {
        // With s, its negative is a signature too; some curves' crates take only the lower.
        let signature = if C::NORMALIZE_S { signature.normalize_s() } else { signature };
        hazmat::verify_prehashed::<C>(&point.to_projective(), &stretched::<C>(hash), &signature)
            .is_ok()
    })
}

/// A hash that is shorter than the order, with zeros in front: the number is the same.
fn stretched<C: CurveArithmetic>(hash: &[u8]) -> Vec<u8> {
    let missing = FieldBytes::<C>::default().len().saturating_sub(hash.len());
    [vec![0; missing], hash.to_vec()].concat()
}

fn scalar<C: CurveArithmetic>(secret: &[u8]) -> Result<NonZeroScalar<C>, Error> {
    let mut bytes = FieldBytes::<C>::try_from(secret).map_err(|_| Error::InvalidSecret)?;
    let scalar = Option::<NonZeroScalar<C>>::from(NonZeroScalar::<C>::from_repr(bytes));
    bytes.zeroize();
    scalar.ok_or(Error::InvalidSecret)
}

fn generate_secret<C: CurveArithmetic>(random: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    let mut scalar = NonZeroScalar::<C>::generate_from_rng(random);
    let mut bytes = FieldBytes::<C>::from(&scalar);
    scalar.zeroize();
    let secret = Zeroizing::new(bytes.to_vec());
    bytes.zeroize();
    secret
}

fn public_point<C>(secret: &[u8]) -> Result<Vec<u8>, Error>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let mut scalar = scalar::<C>(secret)?;
    let point = PublicKey::<C>::from_secret_scalar(&scalar);
    scalar.zeroize();
    Ok(point.as_affine().to_sec1_point(false).as_bytes().to_vec())
}

fn check_public<C>(point: &[u8]) -> Result<(), Error>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    if point.first() != Some(&4) {
        return Err(Error::InvalidPoint);
    }
    PublicKey::<C>::from_sec1_bytes(point).map(drop).map_err(|_| Error::InvalidPoint)
}

fn decompress<C>(point: &[u8]) -> Result<Vec<u8>, Error>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let point = PublicKey::<C>::from_sec1_bytes(point).map_err(|_| Error::InvalidPoint)?;
    Ok(point.as_affine().to_sec1_point(false).as_bytes().to_vec())
}
