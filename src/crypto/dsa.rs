//! DSA (FIPS 186-4): domain parameters, key pairs, DER.

use der::asn1::UintRef;
use der::{AnyRef, Decode, Encode};
use dsa::signature::rand_core::CryptoRng;
use dsa::{Components, KeySize, SigningKey, VerifyingKey};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, PrivateKeyInfoRef};
use spki::{DecodePublicKey, EncodePublicKey, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::Error;

/// A key pair: PKCS#8 DER and SubjectPublicKeyInfo DER.
pub type Pair = (Zeroizing<Vec<u8>>, Vec<u8>);

/// DER (Dss-Parms, RFC 3279) of new domain parameters whose prime has 1024,
/// 2048 or 3072 bits; the order has 160, 256 and 256 (FIPS 186-4 section 4.2).
/// This takes seconds, so a caller does it once and keeps them.
///
/// # Errors
/// [`Error::InvalidParameters`] for any other length.
pub fn generate_parameters(bits: u32, random: &mut dyn CryptoRng) -> Result<Vec<u8>, Error> {
    #[allow(deprecated)] // Only a cluster that is not in FIPS mode asks for 1024 bits.
    let size = match bits {
        1024 => KeySize::DSA_1024_160,
        2048 => KeySize::DSA_2048_256,
        3072 => KeySize::DSA_3072_256,
        _ => return Err(Error::InvalidParameters),
    };
    Components::try_generate_from_rng_with_key_size(random, size)
        .map_err(|_| Error::InvalidParameters)?
        .to_der()
        .map_err(|_| Error::Encoding)
}

/// A key pair on domain parameters.
///
/// # Errors
/// [`Error::InvalidParameters`] when the DER holds none.
pub fn generate(parameters: &[u8], random: &mut dyn CryptoRng) -> Result<Pair, Error> {
    let components = Components::from_der(parameters).map_err(|_| Error::InvalidParameters)?;
    let key = SigningKey::try_generate_from_rng_with_components(random, components)
        .map_err(|_| Error::InvalidParameters)?;
    pair(&key)
}

/// A PKCS#8 key in the form that this module writes, and its public half.
///
/// # Errors
/// [`Error::InvalidKey`] when it is no DSA key.
pub fn canonical(private_key: &[u8]) -> Result<Pair, Error> {
    let info = PrivateKeyInfoRef::from_der(private_key).map_err(|_| Error::InvalidKey)?;
    check_sizes(info.algorithm.parameters, None)?;
    pair(&SigningKey::from_pkcs8_der(private_key).map_err(|_| Error::InvalidKey)?)
}

/// The prime p of a SubjectPublicKeyInfo, big endian, and the DER in the form
/// that this module writes.
///
/// # Errors
/// [`Error::InvalidKey`] when it is no DSA key.
pub fn prime_of(public_key: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let info = SubjectPublicKeyInfoRef::from_der(public_key).map_err(|_| Error::InvalidKey)?;
    check_sizes(info.algorithm.parameters, info.subject_public_key.as_bytes())?;
    let key = VerifyingKey::from_public_key_der(public_key).map_err(|_| Error::InvalidKey)?;
    let prime = key.components().p().to_be_bytes_trimmed_vartime().to_vec();
    Ok((prime, key.to_public_key_der().map_err(|_| Error::Encoding)?.into_vec()))
}

/// Checks that the generator, and y if it is given, have as many 64-bit words as
/// the prime: the crate's arithmetic panics when they do not.
fn check_sizes(parameters: Option<AnyRef<'_>>, y: Option<&[u8]>) -> Result<(), Error> {
    let words = |number: UintRef<'_>| number.as_bytes().len().div_ceil(8);
    let parameters = parameters.ok_or(Error::InvalidKey)?;
    let sizes = parameters.sequence(|reader| {
        let p = words(UintRef::decode(reader)?);
        UintRef::decode(reader)?;
        Ok::<_, der::Error>((p, words(UintRef::decode(reader)?)))
    });
    let (p, g) = sizes.map_err(|_| Error::InvalidKey)?;
    let y = match y {
        Some(y) => words(UintRef::from_der(y).map_err(|_| Error::InvalidKey)?),
        None => p,
    };
    if g == p && y == p { Ok(()) } else { Err(Error::InvalidKey) }
}

fn pair(key: &SigningKey) -> Result<Pair, Error> {
    let private = key.to_pkcs8_der().map_err(|_| Error::Encoding)?;
    let public = key.verifying_key().to_public_key_der().map_err(|_| Error::Encoding)?;
    Ok((Zeroizing::new(private.as_bytes().to_vec()), public.into_vec()))
}
