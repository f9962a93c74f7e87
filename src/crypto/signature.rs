//! Signatures: the mechanisms of sign and verify.

use pkcs8::DecodePrivateKey;
use rand_core::CryptoRng;
use rsa::BoxedUint;
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use spki::DecodePublicKey;

use super::Error;
use super::asymmetric::{Algorithm, PrivateKey, PublicKey};
use super::curve::Curve;
use super::numbers::{self, Number};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// How a hash is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5, RFC 8017 section 8.2.
    Pkcs1,
    /// RSASSA-PSS, RFC 8017 section 8.1, with a salt as long as the hash.
    Pss,
    /// ECDSA, FIPS 186-4 section 6.
    Ecdsa,
}

/// A mechanism of sign and verify.
#[derive(Debug, PartialEq, Eq)]
pub struct Mechanism {
    /// The number that `-m` takes.
    pub number: u32,
    /// The client's name.
    pub name: &'static str,
    /// What is signed.
    pub hash: Hash,
    /// How it is signed.
    pub scheme: Scheme,
}

const fn row(number: u32, name: &'static str, hash: Hash, scheme: Scheme) -> Mechanism {
    Mechanism { number, name, hash, scheme }
}

/// Every mechanism, ascending by number.
pub static MECHANISMS: [Mechanism; 15] = [
    row(0, "SHA1_RSA_PKCS", Hash::Sha1, Scheme::Pkcs1),
    row(1, "SHA256_RSA_PKCS", Hash::Sha256, Scheme::Pkcs1),
    row(2, "SHA384_RSA_PKCS", Hash::Sha384, Scheme::Pkcs1),
    row(3, "SHA512_RSA_PKCS", Hash::Sha512, Scheme::Pkcs1),
    row(4, "SHA224_RSA_PKCS", Hash::Sha224, Scheme::Pkcs1),
    row(5, "SHA1_RSA_PKCS_PSS", Hash::Sha1, Scheme::Pss),
    row(6, "SHA256_RSA_PKCS_PSS", Hash::Sha256, Scheme::Pss),
    row(7, "SHA384_RSA_PKCS_PSS", Hash::Sha384, Scheme::Pss),
    row(8, "SHA512_RSA_PKCS_PSS", Hash::Sha512, Scheme::Pss),
    row(9, "SHA224_RSA_PKCS_PSS", Hash::Sha224, Scheme::Pss),
    row(15, "ECDSA_SHA1", Hash::Sha1, Scheme::Ecdsa),
    row(16, "ECDSA_SHA224", Hash::Sha224, Scheme::Ecdsa),
    row(17, "ECDSA_SHA256", Hash::Sha256, Scheme::Ecdsa),
    row(18, "ECDSA_SHA384", Hash::Sha384, Scheme::Ecdsa),
    row(19, "ECDSA_SHA512", Hash::Sha512, Scheme::Ecdsa),
];

impl Mechanism {
    /// The mechanism with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<&'static Self> {
        MECHANISMS.iter().find(|mechanism| mechanism.number == number)
    }

    /// Whether keys of this algorithm can use the mechanism.
    #[must_use]
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        match self.scheme {
            Scheme::Pkcs1 | Scheme::Pss => algorithm == Algorithm::Rsa,
            Scheme::Ecdsa => algorithm == Algorithm::Ec,
        }
    }
}

/// Whether a signature belongs to message and key, and if not, where that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Valid,
    /// An RSA signature is not as long as the modulus.
    WrongLength,
    /// A PKCS#1 v1.5 signature of this key signs another message, or with another hash.
    OtherDigest,
    /// It is not the DER of two numbers that an ECDSA signature of this curve could have.
    Malformed,
    /// It shows only in the end.
    Mismatch,
}

/// Calls `$function::<Digest>` for a hash.
macro_rules! with_hash {
    ($hash:expr, $function:ident ( $($argument:expr),* )) => {
        match $hash {
            Hash::Sha1 => $function::<Sha1>($($argument),*),
            Hash::Sha224 => $function::<Sha224>($($argument),*),
            Hash::Sha256 => $function::<Sha256>($($argument),*),
            Hash::Sha384 => $function::<Sha384>($($argument),*),
            Hash::Sha512 => $function::<Sha512>($($argument),*),
        }
    };
}

/// The number of the curve sect233k1.
const SECT233K1: u8 = 5;

/// How often an ECDSA signature is drawn until it has its full length. Each try
/// succeeds with a probability of a quarter at least.
const ATTEMPTS: usize = 256;

/// Signs a message. An RSA signature is as long as the modulus. An ECDSA
/// signature is DER of the fixed length that the HSM's signatures have, the
/// longest of its curve ([`padded_length`]). The HSM pads shorter ones with zero
/// bytes, which other tools refuse; here the signature is drawn anew until it
/// needs none. Which signatures are given away says nothing of the key: their
/// numbers are public, and every nonce is as random as the next.
///
/// # Errors
/// [`Error::InvalidKey`] when the PKCS#8 key is not of the mechanism's algorithm.
pub fn sign(
    private_key: &[u8],
    mechanism: &Mechanism,
    message: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    match mechanism.scheme {
        Scheme::Pkcs1 | Scheme::Pss => {
            let key =
                rsa::PrivateKey::from_pkcs8_der(private_key).map_err(|_| Error::InvalidKey)?;
            let pss = mechanism.scheme == Scheme::Pss;
            with_hash!(mechanism.hash, sign_rsa(&key, message, pss, random))
        }
        Scheme::Ecdsa => {
            let (curve, secret) = PrivateKey::scalar(private_key)?;
            let hash = with_hash!(mechanism.hash, digest(message));
            let length = padded_length(curve);
            let mut signature = Vec::new();
            for _ in 0..ATTEMPTS {
                let (r, s) = curve.sign_prehash(&secret, &hash, random)?;
                signature = numbers::write(&[&r, &s])?.to_vec();
                if signature.len() >= length {
                    break;
                }
            }
            signature.resize(length.max(signature.len()), 0);
            Ok(signature)
        }
    }
}

/// Whether a signature belongs to message and SubjectPublicKeyInfo. An ECDSA
/// signature may be padded as [`sign`] says that the HSM does it, wholly, in part
/// or not at all.
///
/// # Errors
/// [`Error::InvalidKey`] when the key is not of the mechanism's algorithm.
pub fn verify(
    public_key: &[u8],
    mechanism: &Mechanism,
    message: &[u8],
    signature: &[u8],
) -> Result<Verdict, Error> {
    match mechanism.scheme {
        Scheme::Pkcs1 | Scheme::Pss => {
            let key =
                rsa::PublicKey::from_public_key_der(public_key).map_err(|_| Error::InvalidKey)?;
            let pss = mechanism.scheme == Scheme::Pss;
            Ok(with_hash!(mechanism.hash, verify_rsa(&key, message, signature, pss)))
        }
        Scheme::Ecdsa => {
            let key = PublicKey::from_der(public_key)?;
            let curve = key.curve().ok_or(Error::InvalidKey)?;
            let hash = with_hash!(mechanism.hash, digest(message));
            Ok(match from_der(curve, signature) {
                None => Verdict::Malformed,
                Some([r, s]) if curve.verify_prehash(&key.modulus, &hash, &r, &s) => Verdict::Valid,
                Some(_) => Verdict::Mismatch,
            })
        }
    }
}

/// The longest DER of a signature: both numbers as long as the order, with a
/// zero byte in front where their first bit may be set.
///
/// The order of sect233k1 is so little above 2^231 (SEC 2, section 3.3.1) that
/// no signature is ever met whose numbers reach it: there they have 231 bits.
#[must_use]
pub fn padded_length(curve: &Curve) -> usize {
    let bits = if curve.id == SECT233K1 { 231 } else { usize::from(curve.key_bits) };
    let number = bits / 8 + 1;
    let integer = 2 + number;
    // A sequence of 128 bytes or more has a length byte more.
    let header = if 2 * integer < 128 { 2 } else { 3 };
    header + 2 * integer
}

fn sign_rsa<D: Digest + sha2::digest::const_oid::AssociatedOid + sha2::digest::FixedOutputReset>(
    key: &rsa::PrivateKey,
    message: &[u8],
    pss: bool,
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    let signature = if pss {
        key.pss_sign_with_rng::<D, _>(random, message)
    } else {
        key.pkcs1v15_sign_with_rng::<D, _>(random, message)
    };
    signature.map_err(|_| Error::InvalidKey)
}

fn verify_rsa<
    D: Digest + sha2::digest::const_oid::AssociatedOid + sha2::digest::FixedOutputReset,
>(
    key: &rsa::PublicKey,
    message: &[u8],
    signature: &[u8],
    pss: bool,
) -> Verdict {
    let verified = if pss {
        key.pss_verify::<D>(message, signature)
    } else {
        key.pkcs1v15_verify::<D>(message, signature)
    };
    match verified {
        Ok(()) => Verdict::Valid,
        Err(_) if signature.len() != key.size() => Verdict::WrongLength,
        Err(_) if !pss && has_signature_padding(key, signature) => Verdict::OtherDigest,
        Err(_) => Verdict::Mismatch,
    }
}

/// Whether the key makes of a signature what is padded as RFC 8017 section 9.2
/// says: 0, 1, eight bytes 255 or more, 0, and a digest of whatever kind.
fn has_signature_padding(key: &rsa::PublicKey, signature: &[u8]) -> bool {
    let Ok(number) = BoxedUint::from_be_slice(signature, key.n_bits_precision()) else {
        return false;
    };
    if number >= *key.n().as_ref() {
        return false;
    }
    let Ok(message) = rsa::hazmat::rsa_encrypt(key, &number) else { return false };
    let message = message.to_be_bytes();
    // In whole words, the number may be longer than the modulus.
    let message = &message[message.len().saturating_sub(key.size())..];
    let Some(padded) = message.strip_prefix(&[0, 1]) else { return false };
    let padding = padded.iter().take_while(|byte| **byte == 255).count();
    padding >= 8 && padded.get(padding) == Some(&0)
}

fn digest<D: Digest>(message: &[u8]) -> Vec<u8> {
    D::digest(message).to_vec()
}

/// Both numbers of an Ecdsa-Sig-Value (RFC 3279 section 2.2.3), neither longer
/// than the order, after which zero bytes may follow up to the longest DER of the curve.
fn from_der(curve: &Curve, signature: &[u8]) -> Option<[Number; 2]> {
    let (pair, length) = numbers::read_prefix(signature).ok()?;
    let padding = signature.get(length..)?;
    let is_padded = padding.iter().all(|byte| *byte == 0)
        && (padding.is_empty() || signature.len() <= padded_length(curve));
    let length = usize::from(curve.key_bits).div_ceil(8);
    let fits = pair.iter().all(|number| number.len() <= length);
    (is_padded && fits).then_some(pair)
}
