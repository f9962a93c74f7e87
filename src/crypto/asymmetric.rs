//! Key pairs of every algorithm in their canonical forms: SubjectPublicKeyInfo
//! DER (RFC 5280) for a public key, PKCS#8 DER (RFC 5208) for a private one.

use der::{Decode, Encode};
use pkcs8::PrivateKeyInfoRef;
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::curve::{self, CURVES, Curve};
use super::{Error, dsa, ec_key, rsa};

/// rsaEncryption, RFC 8017 appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// id-dsa, RFC 3279 section 2.3.2.
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

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
    /// on its curve, or a modulus of impossible size, is refused.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] for anything but an RSA, DSA or named-curve EC
    /// key, and [`Error::InvalidPoint`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let info = SubjectPublicKeyInfoRef::from_der(bytes).map_err(|_| Error::InvalidKey)?;
        match info.algorithm.oid {
            RSA => {
                let (modulus, exponent) = rsa::components(bytes)?;
                Self::from_rsa(&modulus, &exponent)
            }
            DSA => Self::from_dsa(bytes),
            ec_key::EC_PUBLIC_KEY => {
                let name: ObjectIdentifier =
                    info.algorithm.parameters_oid().map_err(|_| Error::InvalidKey)?;
                let point = info.subject_public_key.as_bytes().ok_or(Error::InvalidKey)?;
                Self::from_point(named(name)?, point)
            }
            _ => Err(Error::InvalidKey),
        }
    }

    /// An RSA public key of a modulus and an exponent, both big endian.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] when they make no RSA key of 1024 to 4096 bits.
    pub fn from_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let der = rsa::public_key_from(modulus, exponent)?;
        let (modulus, public_exponent) = rsa::components(&der)?;
        let modulus_bits = bits(&modulus);
        Ok(Self { algorithm: Algorithm::Rsa, modulus, modulus_bits, public_exponent, der })
    }

    /// An EC public key of an uncompressed point.
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when it is not a point of the curve, of the right order.
    pub fn from_point(curve: &Curve, point: &[u8]) -> Result<Self, Error> {
        curve.check_public(point)?;
        let der = ec_key::subject_public_key_info(curve, point)?;
        Ok(Self {
            algorithm: Algorithm::Ec,
            modulus: point.to_vec(),
            modulus_bits: curve.nid,
            public_exponent: Vec::new(),
            der,
        })
    }

    fn from_dsa(bytes: &[u8]) -> Result<Self, Error> {
        let (modulus, der) = dsa::prime_of(bytes)?;
        let modulus_bits = bits(&modulus);
        let public_exponent = Vec::new();
        Ok(Self { algorithm: Algorithm::Dsa, modulus, modulus_bits, public_exponent, der })
    }

    /// The curve of an EC key.
    #[must_use]
    pub fn curve(&self) -> Option<&'static Curve> {
        (self.algorithm == Algorithm::Ec).then(|| curve::by_nid(self.modulus_bits)).flatten()
    }
}

impl PrivateKey {
    /// Reads a PKCS#8 key and brings it into canonical form. The public half is
    /// computed; one that the input includes must be the same.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] for anything but an RSA, DSA or named-curve EC
    /// key, [`Error::InvalidSecret`], and [`Error::Mismatch`] when the halves
    /// do not belong together.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let info = PrivateKeyInfoRef::from_der(bytes).map_err(|_| Error::InvalidKey)?;
        match info.algorithm.oid {
            RSA => {
                let der = rsa::canonical(bytes)?;
                Ok(Self { public: PublicKey::from_der(&rsa::public_key_of(&der)?)?, der })
            }
            DSA => {
                let (der, public) = dsa::canonical(bytes)?;
                Ok(Self { public: PublicKey::from_der(&public)?, der })
            }
            ec_key::EC_PUBLIC_KEY => {
                let name: ObjectIdentifier =
                    info.algorithm.parameters_oid().map_err(|_| Error::InvalidKey)?;
                Self::from_sec1(info.private_key.as_bytes(), Some(name))
            }
            _ => Err(Error::InvalidKey),
        }
    }

    /// Reads SEC 1's ECPrivateKey. The curve stands inside, outside, or in both places.
    ///
    /// # Errors
    /// As [`PrivateKey::from_der`]; a key without a named curve is [`Error::InvalidKey`].
    pub fn from_sec1(bytes: &[u8], outer: Option<ObjectIdentifier>) -> Result<Self, Error> {
        let key = sec1::EcPrivateKey::from_der(bytes).map_err(|_| Error::InvalidKey)?;
        let inner = key.parameters.and_then(|parameters| parameters.named_curve());
        let name = match (outer, inner) {
            (Some(outer), Some(inner)) if outer != inner => return Err(Error::Mismatch),
            (outer, inner) => outer.or(inner).ok_or(Error::InvalidKey)?,
        };
        let curve = named(name)?;
        let point = curve.public_point(key.private_key)?;
        if key.public_key.is_some_and(|given| given != point) {
            return Err(Error::Mismatch);
        }
        Ok(Self {
            der: ec_key::private_key_info(curve, key.private_key, &point)?,
            public: PublicKey::from_point(curve, &point)?,
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
        let der = ec_key::private_key_info(curve, &secret, &point)?;
        let public_der = ec_key::subject_public_key_info(curve, &point)?;
        Ok(Self {
            der,
            public: PublicKey {
                algorithm: Algorithm::Ec,
                modulus: point,
                modulus_bits: curve.nid,
                public_exponent: Vec::new(),
                der: public_der,
            },
        })
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
        let der = rsa::generate(bits, exponent, random)?;
        Ok(Self { public: PublicKey::from_der(&rsa::public_key_of(&der)?)?, der })
    }

    /// A new DSA pair on domain parameters (DER).
    ///
    /// # Errors
    /// [`Error::InvalidParameters`] when the parameters are none.
    pub fn generate_dsa(
        parameters: &[u8],
        random: &mut dyn rand_core::CryptoRng,
    ) -> Result<Self, Error> {
        let (der, public) = dsa::generate(parameters, random)?;
        Ok(Self { public: PublicKey::from_der(&public)?, der })
    }

    /// The secret scalar and curve of an EC key.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] when it is none.
    pub fn scalar(private_key: &[u8]) -> Result<(&'static Curve, Zeroizing<Vec<u8>>), Error> {
        let info = PrivateKeyInfoRef::from_der(private_key).map_err(|_| Error::InvalidKey)?;
        let name: ObjectIdentifier =
            info.algorithm.parameters_oid().map_err(|_| Error::InvalidKey)?;
        let key = sec1::EcPrivateKey::from_der(info.private_key.as_bytes())
            .map_err(|_| Error::InvalidKey)?;
        Ok((named(name)?, Zeroizing::new(key.private_key.to_vec())))
    }
}

fn named(name: ObjectIdentifier) -> Result<&'static Curve, Error> {
    CURVES.iter().find(|curve| curve.object_identifier == name).ok_or(Error::InvalidKey)
}

/// Bits of a number without leading zero bytes.
fn bits(number: &[u8]) -> u32 {
    let leading = number.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(number.len() * 8).unwrap_or(u32::MAX).saturating_sub(leading)
}

/// DER of an INTEGER, for structures that no crate has.
///
/// # Errors
/// [`Error::Encoding`] when the number is too long for DER.
pub fn integer(number: &[u8]) -> Result<Vec<u8>, Error> {
    der::asn1::UintRef::new(number).and_then(|number| number.to_der()).map_err(|_| Error::Encoding)
}
