//! EC keys as DER: PKCS#8 (RFC 5208) around SEC 1's ECPrivateKey (RFC 5915),
//! and SubjectPublicKeyInfo (RFC 5480).

use der::asn1::BitStringRef;
use der::{Any, Encode};
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifier, ObjectIdentifier, SubjectPublicKeyInfo};
use zeroize::Zeroizing;

use super::Error;
use super::curve::Curve;

/// id-ecPublicKey, RFC 5480 section 2.1.1.
pub const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

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
    let private_key = der::asn1::OctetStringRef::new(&inner).map_err(|_| Error::Encoding)?;
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
