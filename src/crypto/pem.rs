//! Keys as PEM (RFC 7468): every form that OpenSSL writes without a password
//! is read, PKCS#8 and SubjectPublicKeyInfo are written.

use base64ct::{Base64, Encoding};
use der::asn1::OctetStringRef;
use der::{Any, Decode};
use pem_rfc7468::LineEnding;
use pkcs8::PrivateKeyInfoRef;
use spki::AlgorithmIdentifier;
use zeroize::Zeroizing;

use super::asymmetric::{DSA, PrivateKey, PublicKey};
use super::{Error, numbers};

/// The longest text that is looked at; no key comes near it.
pub const MAX_LENGTH: usize = 64 * 1024;

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
        "RSA PRIVATE KEY" => PrivateKey::from_pkcs1(&der),
        "EC PRIVATE KEY" => PrivateKey::from_sec1(&der, None),
        "DSA PRIVATE KEY" => from_traditional_dsa(&der),
        _ => Err(Error::Encrypted),
    }
}

/// Reads the public key of a text: SubjectPublicKeyInfo, or PKCS#1 (RSA).
///
/// # Errors
/// As [`read_private_key`].
pub fn read_public_key(text: &[u8]) -> Result<PublicKey, Error> {
    let (label, der) = block(text, &["PUBLIC KEY", "RSA PUBLIC KEY"])?;
    match label.as_str() {
        "PUBLIC KEY" => PublicKey::from_der(&der),
        _ => PublicKey::from_pkcs1(&der),
    }
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

/// The one block of a text that has one of these labels. As in OpenSSL, a block
/// begins and ends with a line of its own, its lines may have any length and any
/// line ends, and what stands outside blocks may be anything, also no text.
pub(super) fn block(text: &[u8], labels: &[&str]) -> Result<(String, Zeroizing<Vec<u8>>), Error> {
    if text.len() > MAX_LENGTH {
        return Err(Error::NoKey);
    }
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    let mut lines = text.split('\n').map(str::trim_ascii_end);
    let mut found = None;
    while let Some(line) = lines.next() {
        let Some(label) = boundary(line, "-----BEGIN ") else { continue };
        let body = body(&mut lines, label)?;
        if !labels.contains(&label) {
            continue;
        }
        if found.is_some() {
            return Err(Error::SeveralKeys);
        }
        found = Some((label.to_owned(), decode(&body)?));
    }
    found.ok_or(Error::NoKey)
}

/// The label of a line that begins or ends a block.
fn boundary<'text>(line: &'text str, start: &str) -> Option<&'text str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

/// The lines up to the one that ends the block.
fn body<'text>(
    lines: &mut impl Iterator<Item = &'text str>,
    label: &str,
) -> Result<Zeroizing<String>, Error> {
    // No larger than the text, so that nothing secret is left behind by growth.
    let mut body = Zeroizing::new(String::with_capacity(MAX_LENGTH));
    for line in lines {
        match boundary(line, "-----END ") {
            Some(end) if end == label => return Ok(body),
            Some(_) => return Err(Error::NoKey),
            None => body.push_str(line),
        }
    }
    Err(Error::NoKey)
}

/// The bytes of a block without the lines around it.
fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    if body.starts_with("Proc-Type:") && body.contains("ENCRYPTED") {
        return Err(Error::Encrypted);
    }
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    digits.extend(body.split_ascii_whitespace());
    Base64::decode_vec(&digits).map(Zeroizing::new).map_err(|_| Error::InvalidKey)
}

/// OpenSSL's DSAPrivateKey, SEQUENCE { 0, p, q, g, y, x }, as a key. That y
/// belongs to x is checked by comparing it with what is computed from x.
fn from_traditional_dsa(bytes: &[u8]) -> Result<PrivateKey, Error> {
    let [version, p, q, g, y, x] = numbers::read(bytes).map_err(|_| Error::InvalidKey)?;
    if **version != [0] {
        return Err(Error::InvalidKey);
    }
    let parameters = numbers::write(&[&p, &q, &g])?;
    let parameters = Any::from_der(&parameters).map_err(|_| Error::Encoding)?;
    let algorithm = AlgorithmIdentifier { oid: DSA, parameters: Some((&parameters).into()) };
    let x = numbers::write_one(&x)?;
    let x = OctetStringRef::new(&x).map_err(|_| Error::Encoding)?;
    let info = PrivateKeyInfoRef::new(algorithm, x);
    let key = PrivateKey::from_info(&info)?;
    let y = numbers::write_one(&y)?;
    if key.public.der.ends_with(&y) { Ok(key) } else { Err(Error::Mismatch) }
}
