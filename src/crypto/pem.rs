//! Keys as PEM (RFC 7468): every form that OpenSSL writes without a password
//! is read, PKCS#8 and SubjectPublicKeyInfo are written.

use der::asn1::{OctetStringRef, UintRef};
use der::{Any, Decode, Encode, Reader, SliceReader};
use pem_rfc7468::LineEnding;
use pkcs8::PrivateKeyInfoRef;
use spki::{AlgorithmIdentifier, ObjectIdentifier};
use zeroize::Zeroizing;

use super::Error;
use super::asymmetric::{PrivateKey, PublicKey};

/// The longest text that is looked at; no key comes near it.
pub const MAX_LENGTH: usize = 64 * 1024;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");

/// The labels of private keys.
const PRIVATE_LABELS: [&str; 5] = [
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
];

/// Reads the private key of a text: PKCS#8, PKCS#1 (RSA), SEC 1 (EC), or
/// OpenSSL's own form (DSA). Other blocks before it, such as EC PARAMETERS, are skipped.
///
/// # Errors
/// [`Error::NoKey`] without such a block, [`Error::SeveralKeys`] with several,
/// [`Error::Encrypted`], and what [`PrivateKey::from_der`] finds.
pub fn read_private_key(text: &[u8]) -> Result<PrivateKey, Error> {
    let (label, der) = block(text, &PRIVATE_LABELS)?;
    match label.as_str() {
        "PRIVATE KEY" => PrivateKey::from_der(&der),
        "RSA PRIVATE KEY" => PrivateKey::from_der(&as_pkcs8(RSA, Some(Any::null()), &der)?),
        "EC PRIVATE KEY" => PrivateKey::from_sec1(&der, None),
        "DSA PRIVATE KEY" => PrivateKey::from_der(&from_traditional_dsa(&der)?),
        _ => Err(Error::Encrypted),
    }
}

/// Reads the public key (SubjectPublicKeyInfo) of a text.
///
/// # Errors
/// As [`read_private_key`].
pub fn read_public_key(text: &[u8]) -> Result<PublicKey, Error> {
    let (_, der) = block(text, &["PUBLIC KEY"])?;
    PublicKey::from_der(&der)
}

/// The PEM of a PKCS#8 key.
///
/// # Errors
/// [`Error::Encoding`] when it is longer than PEM holds.
pub fn write_private_key(private_key: &[u8]) -> Result<Zeroizing<String>, Error> {
    write("PRIVATE KEY", private_key).map(Zeroizing::new)
}

/// The PEM of a SubjectPublicKeyInfo.
///
/// # Errors
/// [`Error::Encoding`] when it is longer than PEM holds.
pub fn write_public_key(public_key: &[u8]) -> Result<String, Error> {
    write("PUBLIC KEY", public_key)
}

/// PEM with any label.
///
/// # Errors
/// [`Error::Encoding`] when it is longer than PEM holds.
pub fn write(label: &str, der: &[u8]) -> Result<String, Error> {
    pem_rfc7468::encode_string(label, LineEnding::LF, der).map_err(|_| Error::Encoding)
}

/// The one block of a text that has one of these labels.
pub(super) fn block(text: &[u8], labels: &[&str]) -> Result<(String, Zeroizing<Vec<u8>>), Error> {
    if text.len() > MAX_LENGTH {
        return Err(Error::NoKey);
    }
    let text = std::str::from_utf8(text).map_err(|_| Error::NoKey)?;
    let mut found = None;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let (label, _) = after.split_once("-----").ok_or(Error::NoKey)?;
        let end = format!("-----END {label}-----");
        let (body, after_end) = after.split_once(&end).ok_or(Error::NoKey)?;
        if labels.contains(&label) {
            if found.is_some() {
                return Err(Error::SeveralKeys);
            }
            if body.contains("Proc-Type:") {
                return Err(Error::Encrypted);
            }
            let whole = Zeroizing::new(format!("-----BEGIN {body}{end}\n").replace('\r', ""));
            let (_, der) =
                pem_rfc7468::decode_vec(whole.as_bytes()).map_err(|_| Error::InvalidKey)?;
            found = Some((label.to_owned(), Zeroizing::new(der)));
        }
        rest = after_end;
    }
    found.ok_or(Error::NoKey)
}

fn as_pkcs8(
    algorithm: ObjectIdentifier,
    parameters: Option<Any>,
    inner: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let parameters = parameters.as_ref().map(Into::into);
    let algorithm = AlgorithmIdentifier { oid: algorithm, parameters };
    let inner = OctetStringRef::new(inner).map_err(|_| Error::Encoding)?;
    let info = PrivateKeyInfoRef::new(algorithm, inner);
    Ok(Zeroizing::new(info.to_der().map_err(|_| Error::Encoding)?))
}

/// OpenSSL's DSAPrivateKey, SEQUENCE { 0, p, q, g, y, x }, as PKCS#8. That y
/// belongs to x is checked by comparing it with what is computed from x.
fn from_traditional_dsa(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let read = |bytes: &[u8]| -> der::Result<[Vec<u8>; 6]> {
        let mut reader = SliceReader::new(bytes)?;
        let numbers = reader.sequence(|sequence| {
            let mut numbers: [Vec<u8>; 6] = Default::default();
            for number in &mut numbers {
                *number = UintRef::decode(sequence)?.as_bytes().to_vec();
            }
            Ok::<_, der::Error>(numbers)
        })?;
        reader.finish()?;
        Ok(numbers)
    };
    let [version, p, q, g, y, x] = read(bytes).map_err(|_| Error::InvalidKey)?;
    if version.iter().any(|byte| *byte != 0) {
        return Err(Error::InvalidKey);
    }
    let parameters = [p, q, g].map(|number| super::asymmetric::integer(&number));
    let mut sequence = Vec::new();
    for number in parameters {
        sequence.extend(number?);
    }
    let parameters = Any::new(der::Tag::Sequence, sequence).map_err(|_| Error::Encoding)?;
    let x = Zeroizing::new(super::asymmetric::integer(&Zeroizing::new(x))?);
    let key = as_pkcs8(DSA, Some(parameters), &x)?;
    let public = PrivateKey::from_der(&key)?.public;
    let y = super::asymmetric::integer(&y)?;
    if public.der.ends_with(&y) { Ok(key) } else { Err(Error::Mismatch) }
}
