//! RSA keys (RFC 8017): generation, DER, components, and the plain PKCS#1
//! v1.5 signature that attestations carry.

use crypto_primes::{Flavor, is_prime};
use der::{AnyRef, Decode, Reader};
use pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rand_core::CryptoRng;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey};
use rsa::traits::PrivateKeyParts;
use rsa::{BoxedUint, PrivateKey, PublicKey};
use sha2::Sha256;
use spki::{DecodePublicKey, EncodePublicKey};
use zeroize::Zeroizing;

use super::{Error, numbers};

/// The longest modulus, in bits.
pub const MAX_MODULUS_BITS: usize = 4096;

/// PKCS#8 DER of a new key: two primes, `bits` of modulus, this public exponent.
///
/// # Errors
/// [`Error::InvalidParameters`] for a length outside 1024 to 4096 bits or an
/// exponent that is even or too small.
pub fn generate(
    bits: usize,
    exponent: u64,
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if !(1024..=MAX_MODULUS_BITS).contains(&bits) || exponent.is_multiple_of(2) || exponent < 3 {
        return Err(Error::InvalidParameters);
    }
    let key = PrivateKey::new_with_exp(random, bits, BoxedUint::from(exponent))
        .map_err(|_| Error::InvalidParameters)?;
    let document = key.to_pkcs8_der().map_err(|_| Error::Encoding)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

/// PKCS#8 of a PKCS#1 key (RSAPrivateKey), all of whose numbers are checked: the
/// factors must be primes, and the exponents and the coefficient must follow from them.
///
/// # Errors
/// [`Error::SeveralPrimes`] for a key of more than two, [`Error::InvalidKey`]
/// when it is no RSA key of 1024 to 4096 bits, or its numbers disagree.
pub fn from_pkcs1(private_key: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let given = numbers::read::<9>(private_key).map_err(|_| match version(private_key) {
        Ok(1) => Error::SeveralPrimes,
        _ => Error::InvalidKey,
    })?;
    // The crate computes with numbers of any length before it looks at them.
    check_modulus(&given[1])?;
    let key = PrivateKey::from_pkcs1_der(private_key).map_err(|_| Error::InvalidKey)?;
    if !key.primes().iter().all(|prime| is_prime(Flavor::Any, prime.as_ref())) {
        return Err(Error::InvalidKey);
    }
    let computed = key.to_pkcs1_der().map_err(|_| Error::Encoding)?;
    if numbers::read(computed.as_bytes()).as_ref() != Ok(&given) {
        return Err(Error::InvalidKey);
    }
    let document = key.to_pkcs8_der().map_err(|_| Error::Encoding)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

/// The version of a PKCS#1 key: 0 with two primes, 1 with more.
fn version(private_key: &[u8]) -> der::Result<u8> {
    AnyRef::from_der(private_key)?.sequence(|sequence| {
        let version = u8::decode(sequence)?;
        sequence.drain(sequence.remaining_len())?;
        Ok(version)
    })
}

fn check_modulus(modulus: &[u8]) -> Result<(), Error> {
    let bits = usize::try_from(numbers::bits(modulus)).unwrap_or(usize::MAX);
    let allowed = PublicKey::MIN_SIZE..=MAX_MODULUS_BITS;
    allowed.contains(&bits).then_some(()).ok_or(Error::InvalidKey)
}

/// SubjectPublicKeyInfo DER of the public half of a PKCS#8 key.
///
/// # Errors
/// [`Error::InvalidKey`] when the DER is not an RSA private key.
pub fn public_key_of(private_key: &[u8]) -> Result<Vec<u8>, Error> {
    let public = private(private_key)?.to_public_key();
    Ok(public.to_public_key_der().map_err(|_| Error::Encoding)?.into_vec())
}

/// SubjectPublicKeyInfo DER of a modulus and an exponent, both big endian.
///
/// # Errors
/// [`Error::InvalidKey`] when they make no RSA key of 1024 to 4096 bits.
pub fn public_key_from(modulus: &[u8], exponent: &[u8]) -> Result<Vec<u8>, Error> {
    let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
    check_modulus(&modulus[zeros..])?;
    let number = BoxedUint::from_be_slice_vartime;
    let public =
        PublicKey::new_with_size_limits(number(modulus), number(exponent), 1024..=MAX_MODULUS_BITS)
            .map_err(|_| Error::InvalidKey)?;
    Ok(public.to_public_key_der().map_err(|_| Error::Encoding)?.into_vec())
}

/// Modulus and public exponent of a PKCS#1 key (RSAPublicKey), big endian
/// without leading zeros.
///
/// # Errors
/// [`Error::InvalidKey`] when the DER is not an RSA public key of 1024 to 4096 bits.
pub fn components(public_key: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let [modulus, exponent] = numbers::read(public_key).map_err(|_| Error::InvalidKey)?;
    public_key_from(&modulus, &exponent)?;
    Ok((modulus.to_vec(), exponent.to_vec()))
}

/// A PKCS#1 v1.5 signature with SHA-256, as long as the modulus.
///
/// # Errors
/// [`Error::InvalidKey`] when the DER is not an RSA private key.
pub fn sign_sha256(
    private_key: &[u8],
    message: &[u8],
    random: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    private(private_key)?
        .pkcs1v15_sign_with_rng::<Sha256, _>(random, message)
        .map_err(|_| Error::InvalidKey)
}

/// Whether a PKCS#1 v1.5 signature with SHA-256 belongs to message and key.
#[must_use]
pub fn verify_sha256(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    PublicKey::from_public_key_der(public_key)
        .is_ok_and(|key| key.pkcs1v15_verify::<Sha256>(message, signature).is_ok())
}

fn private(private_key: &[u8]) -> Result<PrivateKey, Error> {
    PrivateKey::from_pkcs8_der(private_key).map_err(|_| Error::InvalidKey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{check_value, random};

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        (0..hexadecimal.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap())
            .collect()
    }

    #[test]
    fn the_documented_moduli_have_the_documented_check_values() {
        for (modulus, exponent, expected) in [
            (
                "9162b8d5d01d7b5b1179686d15e74d1dd38eaa5b6e64673195aaf951df8828deeca002c215d4209a\
                 c0bf90a9587ddca7f6351d5d4df0f6201b65daccd9955e4f49a819c0d39cb6717623bfa33436facc\
                 835c15961a58a63ca25bf0d2d4888d77418c571c190f8cc5a82483050658c00df4658dff248202bc\
                 95e886b1b5c7a981f09b0eb4f606641efe09bf3881f63c90d4a4415219ba796df449862b9d9c2a78\
                 d1c24fff56cf9b25f2b7dee44e200dd9550bd097a7044b22ca004033236bc708a0bad4a111533ed4\
                 6d049e5ec0b449b4a3877e566b0ce9d0a60fd1c15352b131ccc234f1719bed3918df579a66e7fff2\
                 9dc80dc5dbbf6e3d7d092d67c6abca7d",
                "010005",
                [0x0a, 0x43, 0x64],
            ),
            (
                "bb9301cc362c1d9724eb93da8adab0364296bde7124a241087d9436b9be57e4f7780040df03c2c\
                 1c0fe6e3b61aa83c205280119452868f66541bbbffacbbe787b8284fc81deaeef2b8ec0ba25a077d\
                 6983c77a1de7b17cbe8e15b203868704c6452c2810344a7f2736012424cf0703cf15a37183a1d2d0\
                 97240829f8f90b063dd3a41171402b162578d581980976653935431da0c1260bfe756d85dca63857\
                 d9f27a541676cb9c7def0ef6a2a89c9b9304bcac16fdf8183c0a555421f9ad5dfeb534cf26b65873\
                 970cdf1a07484f1c128b53e10209cc6f7ac308669112968c81a5de408e7f644fe58b1a9ae1286fec\
                 b3e4203294a96fae06f8f0db7982cb5d7f",
                "010001",
                [0xc5, 0x1c, 0x18],
            ),
        ] {
            let public = public_key_from(&bytes(modulus), &bytes(exponent)).unwrap();
            assert_eq!(check_value::of_public_key(&public), expected);
        }
    }

    #[test]
    fn a_signature_verifies_and_an_altered_one_does_not() {
        let mut random = random::from_seed(9, 0);
        let private = generate(1024, 65_537, &mut random).unwrap();
        let public = public_key_of(&private).unwrap();
        let mut signature = sign_sha256(&private, b"message", &mut random).unwrap();
        assert!(verify_sha256(&public, b"message", &signature));
        assert!(!verify_sha256(&public, b"massage", &signature));
        signature[0] ^= 1;
        assert!(!verify_sha256(&public, b"message", &signature));
        assert!(!verify_sha256(&public, b"message", &[]));
        assert!(!verify_sha256(b"no key", b"message", &signature));
    }

    #[test]
    fn keys_that_cannot_be_are_refused() {
        let mut random = random::from_seed(9, 0);
        for (bits, exponent) in [(512, 65_537), (8192, 65_537), (2048, 65_536), (2048, 1)] {
            assert!(generate(bits, exponent, &mut random).is_err(), "{bits} {exponent}");
        }
        assert!(public_key_of(b"not DER").is_err());
        assert!(public_key_from(&[0; 256], &[1, 0, 1]).is_err());
        assert!(public_key_from(&[], &[]).is_err());
    }
}
