//! Key pairs of every algorithm in their canonical forms: SubjectPublicKeyInfo
//! DER (RFC 5280) for a public key, PKCS#8 DER (RFC 5208) for a private one.

use der::{AnyRef, Decode};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::curve::{self, Curve};
use super::{Error, dsa, ec_key, numbers, rsa};

/// rsaEncryption, RFC 8017 appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// id-dsa, RFC 3279 section 2.3.2.
pub(super) const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

/// The algorithm of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA.
    Rsa,
    /// DSA.
    Dsa,
    /// Elliptic curves.
    Ec,
}

/// A public key and what is worth knowing of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// RSA modulus, DSA prime (both big endian without leading zeros), or uncompressed EC point.
    pub modulus: Vec<u8>,
    /// Bits of the modulus or prime; the OpenSSL number of the curve.
    pub modulus_bits: u32,
    /// RSA public exponent, big endian; empty for the others.
    pub public_exponent: Vec<u8>,
    /// DER SubjectPublicKeyInfo.
    pub der: Vec<u8>,
}

/// A private key in canonical form, with its public half.
pub struct PrivateKey {
    /// The public half.
    pub public: PublicKey,
    /// DER PKCS#8.
    pub der: Zeroizing<Vec<u8>>,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo, whose key is checked: a point that is not
    /// on its curve, a modulus of impossible size or DSA parameters that are not
    /// prime are refused. The point may have any form of SEC 1.
    ///
    /// # Errors
    /// [`Error::UnknownAlgorithm`] for anything but an RSA, DSA or EC key,
    /// [`Error::ExplicitCurve`], [`Error::UnknownCurve`], [`Error::InvalidPoint`],
    /// and [`Error::InvalidKey`] for whatever else is wrong.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let info = SubjectPublicKeyInfoRef::from_der(bytes).map_err(|_| Error::InvalidKey)?;
        let key = info.subject_public_key.as_bytes().ok_or(Error::InvalidKey)?;
        match info.algorithm.oid {
            RSA => {
                check_rsa_parameters(&info.algorithm)?;
                Self::from_pkcs1(key)
            }
            DSA => Ok(Self::from_dsa(dsa::read_public(&info)?)),
            ec_key::EC_PUBLIC_KEY => {
                let curve = ec_key::outer_curve(&info.algorithm)?.ok_or(Error::InvalidKey)?;
                Self::from_point(curve, key)
            }
            _ => Err(Error::UnknownAlgorithm),
        }
    }

    /// Reads PKCS#1's RSAPublicKey.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] when it is no RSA key of 1024 to 4096 bits.
    pub fn from_pkcs1(bytes: &[u8]) -> Result<Self, Error> {
        let (modulus, exponent) = rsa::components(bytes)?;
        Self::from_rsa(&modulus, &exponent)
    }

    /// An RSA public key of a modulus and an exponent, both big endian.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] when they make no RSA key of 1024 to 4096 bits.
    pub fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let der = rsa::public_key_from(modulus, exponent)?;
        let (modulus, public_exponent) = (without_zeros(modulus), without_zeros(exponent));
        let modulus_bits = numbers::bits(&modulus);
        Ok(Self { algorithm: Algorithm::Rsa, modulus, modulus_bits, public_exponent, der })
    }

    /// An EC public key of a point in any form of SEC 1 section 2.3.3.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when it is not a point of the curve, of the right order.
    pub fn from_point(curve: &Curve, point: &[u8]) -> Result<Self, Error> {
        let point = curve.uncompressed(point)?;
        curve.check_public(&point)?;
        Self::from_checked_point(curve, point)
    }

    fn from_checked_point(curve: &Curve, point: Vec<u8>) -> Result<Self, Error> {
        let der = ec_key::subject_public_key_info(curve, &point)?;
        Ok(Self {
            algorithm: Algorithm::Ec,
            modulus: point,
            modulus_bits: curve.nid,
            public_exponent: Vec::new(),
            der,
        })
    }

    fn from_dsa(public: dsa::Public) -> Self {
        Self {
            algorithm: Algorithm::Dsa,
            modulus_bits: numbers::bits(&public.prime),
            modulus: public.prime,
            public_exponent: Vec::new(),
            der: public.der,
        }
    }

    /// The curve of an EC key.
    #[must_use]
    pub fn curve(&self) -> Option<&'static Curve> {
        (self.algorithm == Algorithm::Ec).then(|| curve::by_nid(self.modulus_bits)).flatten()
    }

    /// Whether a BIT STRING, as SubjectPublicKeyInfo holds it, is this key.
    fn is(&self, given: &[u8]) -> Result<bool, Error> {
        if let Some(curve) = self.curve() {
            return Ok(curve.uncompressed(given)? == self.modulus);
        }
        let own = SubjectPublicKeyInfoRef::from_der(&self.der).map_err(|_| Error::Encoding)?;
        Ok(own.subject_public_key.as_bytes() == Some(given))
    }
}

impl PrivateKey {
    /// Reads a PKCS#8 key and brings it into canonical form. The public half is
    /// computed; one that the input includes must be the same.
    ///
    /// # Errors
    /// As [`PublicKey::from_der`], [`Error::InvalidSecret`], [`Error::SeveralPrimes`],
    /// and [`Error::Mismatch`] when the halves do not belong together.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_info(&PrivateKeyInfoRef::from_der(bytes).map_err(|_| Error::InvalidKey)?)
    }

    /// As [`PrivateKey::from_der`].
    pub(super) fn from_info(info: &PrivateKeyInfoRef<'_>) -> Result<Self, Error> {
        let private_key = info.private_key.as_bytes();
        let key = match info.algorithm.oid {
            RSA => {
                check_rsa_parameters(&info.algorithm)?;
                Self::from_pkcs1(private_key)?
            }
            DSA => {
                let dsa::Private { der, public } = dsa::read_private(info)?;
                Self { public: PublicKey::from_dsa(public), der }
            }
            ec_key::EC_PUBLIC_KEY => {
                Self::from_sec1(private_key, ec_key::outer_curve(&info.algorithm)?)?
            }
            _ => return Err(Error::UnknownAlgorithm),
        };
        match info.public_key.map(|given| given.as_bytes()) {
            None => Ok(key),
            Some(Some(given)) if key.public.is(given)? => Ok(key),
            Some(_) => Err(Error::Mismatch),
        }
    }

    /// Reads PKCS#1's RSAPrivateKey.
    ///
    /// # Errors
    /// As [`rsa::from_pkcs1`].
    pub fn from_pkcs1(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_rsa(rsa::from_pkcs1(bytes)?)
    }

    fn from_rsa(der: Zeroizing<Vec<u8>>) -> Result<Self, Error> {
        Ok(Self { public: PublicKey::from_der(&rsa::public_key_of(&der)?)?, der })
    }

    /// Reads SEC 1's ECPrivateKey. The curve stands inside, outside, or in both
    /// places; the scalar may be longer or shorter than the order by zero bytes in front.
    ///
    /// # Errors
    /// As [`PrivateKey::from_der`]; a key without a curve is [`Error::InvalidKey`].
    pub fn from_sec1(bytes: &[u8], outer: Option<&'static Curve>) -> Result<Self, Error> {
        let key = ec_key::read(bytes)?;
        let curve = match (outer, key.curve) {
            (Some(outer), Some(inner)) if outer != inner => return Err(Error::Mismatch),
            (outer, inner) => outer.or(inner).ok_or(Error::InvalidKey)?,
        };
        let secret = curve.secret(key.scalar)?;
        let point = curve.public_point(&secret)?;
        if let Some(given) = key.point
            && curve.uncompressed(given)? != point
        {
            return Err(Error::Mismatch);
        }
        Self::from_pair(curve, &secret, point)
    }

    /// A scalar and its multiple of the base point.
    fn from_pair(curve: &Curve, secret: &[u8], point: Vec<u8>) -> Result<Self, Error> {
        Ok(Self {
            der: ec_key::private_key_info(curve, secret, &point)?,
            public: PublicKey::from_checked_point(curve, point)?,
        })
    }

    /// A new EC pair.
    ///
    /// # Errors
    /// None in practice: the curve makes its own keys.
    pub fn generate_ec(
        curve: &Curve,
        random: &mut dyn rand_core::CryptoRng,
    ) -> Result<Self, Error> {
        let secret = curve.generate_secret(random);
        let point = curve.public_point(&secret)?;
        Self::from_pair(curve, &secret, point)
    }

    /// A new RSA pair.
    ///
    /// # Errors
    /// [`Error::InvalidParameters`] as [`rsa::generate`] says.
    pub fn generate_rsa(
        bits: usize,
        exponent: u64,
        random: &mut dyn rand_core::CryptoRng,
    ) -> Result<Self, Error> {
        Self::from_rsa(rsa::generate(bits, exponent, random)?)
    }

    /// A new DSA pair on domain parameters (DER).
    ///
    /// # Errors
    /// [`Error::InvalidParameters`] when the parameters are none.
    pub fn generate_dsa(
        parameters: &[u8],
        random: &mut dyn rand_core::CryptoRng,
    ) -> Result<Self, Error> {
        let dsa::Private { der, public } = dsa::generate(parameters, random)?;
        Ok(Self { public: PublicKey::from_dsa(public), der })
    }

    /// The secret scalar and curve of an EC key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] when it is none.
    pub fn scalar(private_key: &[u8]) -> Result<(&'static Curve, Zeroizing<Vec<u8>>), Error> {
        let info = PrivateKeyInfoRef::from_der(private_key).map_err(|_| Error::InvalidKey)?;
        if info.algorithm.oid != ec_key::EC_PUBLIC_KEY {
            return Err(Error::InvalidKey);
        }
        let curve = ec_key::outer_curve(&info.algorithm)?.ok_or(Error::InvalidKey)?;
        let key = ec_key::read(info.private_key.as_bytes())?;
        Ok((curve, Zeroizing::new(key.scalar.to_vec())))
    }
}

/// RSA has no parameters: NULL, or what some leave out.
fn check_rsa_parameters(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(), Error> {
    let fits = algorithm.parameters.is_none_or(|parameters| parameters == AnyRef::NULL);
    if fits { Ok(()) } else { Err(Error::InvalidKey) }
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    number.iter().copied().skip_while(|byte| *byte == 0).collect()
}
