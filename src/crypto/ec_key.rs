//! EC keys as DER: PKCS#8 (RFC 5208) around SEC 1's ECPrivateKey (RFC 5915),
//! and SubjectPublicKeyInfo (RFC 5480).

use der::asn1::{BitStringRef, ContextSpecific, OctetStringRef};
use der::{Any, AnyRef, Decode, Encode, Tag, TagNumber, Tagged};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifier, AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfo};
use zeroize::Zeroizing;

use super::Error;
use super::curve::{self, Curve};

/// id-ecPublicKey, RFC 5480 section 2.1.1.
pub const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// What an ECPrivateKey holds, unchecked.
pub struct EcPrivateKey<'a> {
    /// The private number, big endian.
    pub scalar: &'a [u8],
    /// The curve, which may also stand elsewhere.
    pub curve: Option<&'static Curve>,
    /// The public key, in any form of SEC 1.
    pub point: Option<&'a [u8]>,
}

/// Reads SEC 1's ECPrivateKey (RFC 5915 section 3).
///
/// # Errors
/// [`Error::InvalidKey`], and those of the curve as [`outer_curve`] has them.
pub fn read(bytes: &[u8]) -> Result<EcPrivateKey<'_>, Error> {
    type Parts<'a> = (&'a OctetStringRef, Option<AnyRef<'a>>, Option<BitStringRef<'a>>);
    let parts = AnyRef::from_der(bytes).and_then(|key| {
        key.sequence(|key| -> der::Result<Parts<'_>> {
            if u8::decode(key)? != 1 {
                return Err(Tag::Integer.value_error().into());
            }
            let scalar = Decode::decode(key)?;
            let parameters = ContextSpecific::decode_explicit(key, TagNumber(0))?;
            let point = ContextSpecific::decode_explicit(key, TagNumber(1))?;
            Ok((scalar, parameters.map(|part| part.value), point.map(|part| part.value)))
        })
    });
    let (scalar, parameters, point) = parts.map_err(|_| Error::InvalidKey)?;
    let point = point.map(|point| point.as_bytes().ok_or(Error::InvalidKey)).transpose()?;
    let curve = parameters.map(named).transpose()?;
    Ok(EcPrivateKey { scalar: scalar.as_bytes(), curve, point })
}

/// The curve of an AlgorithmIdentifier, which some leave out in PKCS#8.
///
/// # Errors
/// [`Error::ExplicitCurve`], [`Error::UnknownCurve`], and [`Error::InvalidKey`]
/// for parameters that are neither.
pub fn outer_curve(
    algorithm: &AlgorithmIdentifierRef<'_>,
) -> Result<Option<&'static Curve>, Error> {
    algorithm.parameters.map(named).transpose()
}

/// The curve of ECParameters (RFC 5480 section 2.1.1).
fn named(parameters: AnyRef<'_>) -> Result<&'static Curve, Error> {
    match parameters.tag() {
        Tag::Sequence => Err(Error::ExplicitCurve),
        Tag::ObjectIdentifier => {
            let name: ObjectIdentifier = parameters.decode_as().map_err(|_| Error::InvalidKey)?;
            curve::by_object_identifier(name).ok_or(Error::UnknownCurve)
        }
        _ => Err(Error::InvalidKey),
    }
}

/// PKCS#8 DER of a pair: the public key is included, the curve stands in the
/// outer AlgorithmIdentifier only, as OpenSSL writes it. For prime256v1 that is 138 bytes.
///
/// # Errors
/// [`Error::Encoding`] when DER cannot hold the lengths.
pub fn private_key_info(
    curve: &Curve,
    secret: &[u8],
    point: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let inner =
        sec1::EcPrivateKey { private_key: secret, parameters: None, public_key: Some(point) };
    let inner = Zeroizing::new(inner.to_der().map_err(|_| Error::Encoding)?);
    let algorithm = AlgorithmIdentifier {
        oid: EC_PUBLIC_KEY,
        parameters: Some((&curve.object_identifier).into()),
    };
    let private_key = OctetStringRef::new(&inner).map_err(|_| Error::Encoding)?;
    let info = PrivateKeyInfoRef::new(algorithm, private_key);
    Ok(Zeroizing::new(info.to_der().map_err(|_| Error::Encoding)?))
}

/// DER SubjectPublicKeyInfo of an uncompressed point on a named curve.
///
/// # Errors
/// [`Error::Encoding`] when DER cannot hold the lengths.
pub fn subject_public_key_info(curve: &Curve, point: &[u8]) -> Result<Vec<u8>, Error> {
    let algorithm = AlgorithmIdentifier {
        oid: EC_PUBLIC_KEY,
        parameters: Some(Any::from(&curve.object_identifier)),
    };
    let subject_public_key = BitStringRef::from_bytes(point).map_err(|_| Error::Encoding)?;
    SubjectPublicKeyInfo { algorithm, subject_public_key }.to_der().map_err(|_| Error::Encoding)
}
