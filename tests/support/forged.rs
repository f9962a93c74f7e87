//! Keys that no honest program makes, put together from their numbers.

use kmu::crypto::numbers;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::asn1::{BitStringRef, OctetStringRef};
use pkcs8::der::{AnyRef, Decode, Encode};
use pkcs8::spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};

/// rsaEncryption, RFC 8017 appendix A.1.
pub const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// id-dsa, RFC 3279 section 2.3.2.
pub const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

/// id-ecPublicKey, RFC 5480 section 2.1.1.
pub const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// DER of a NULL, which RSA has as its parameters.
pub const NULL: &[u8] = &[5, 0];

/// DER of a SEQUENCE of numbers.
pub fn sequence<N: AsRef<[u8]>>(numbers: &[N]) -> Vec<u8> {
    let numbers: Vec<_> = numbers.iter().map(AsRef::as_ref).collect();
    numbers::write(&numbers).unwrap().to_vec()
}

/// DER of an INTEGER.
pub fn integer(number: &[u8]) -> Vec<u8> {
    numbers::write_one(number).unwrap().to_vec()
}

/// PKCS#8 of version 1, or of version 2 with a public key (RFC 5958).
pub fn pkcs8(
    algorithm: ObjectIdentifier,
    parameters: Option<&[u8]>,
    private_key: &[u8],
    public_key: Option<&[u8]>,
) -> Vec<u8> {
    let parameters = parameters.map(|parameters| AnyRef::from_der(parameters).unwrap());
    let algorithm = AlgorithmIdentifierRef { oid: algorithm, parameters };
    let private_key = OctetStringRef::new(private_key).unwrap();
    let mut info = PrivateKeyInfoRef::new(algorithm, private_key);
    info.public_key = public_key.map(|key| BitStringRef::from_bytes(key).unwrap());
    info.to_der().unwrap()
}

/// SubjectPublicKeyInfo.
pub fn spki(algorithm: ObjectIdentifier, parameters: Option<&[u8]>, public_key: &[u8]) -> Vec<u8> {
    let parameters = parameters.map(|parameters| AnyRef::from_der(parameters).unwrap());
    let algorithm = AlgorithmIdentifierRef { oid: algorithm, parameters };
    let subject_public_key = BitStringRef::from_bytes(public_key).unwrap();
    SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der().unwrap()
}

/// The key inside PKCS#8.
pub fn inner(pkcs8: &[u8]) -> Vec<u8> {
    PrivateKeyInfoRef::from_der(pkcs8).unwrap().private_key.as_bytes().to_vec()
}

/// The key inside SubjectPublicKeyInfo.
pub fn inner_public(spki: &[u8]) -> Vec<u8> {
    let info = SubjectPublicKeyInfoRef::from_der(spki).unwrap();
    info.subject_public_key.as_bytes().unwrap().to_vec()
}
