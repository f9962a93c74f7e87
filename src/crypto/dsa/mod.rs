//! DSA (FIPS 186-4): domain parameters, key pairs, DER.
//!
//! Whatever comes from outside is checked here completely, since the dsa crate
//! computes with what it is given, and panics on numbers of unequal precision.

use std::sync::atomic::AtomicBool;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Odd, Resize};
use crypto_primes::{Flavor, is_prime};
use der::{AnyRef, Encode};
use dsa::signature::rand_core::CryptoRng;
use dsa::{Components, SigningKey, VerifyingKey};
use pkcs8::{EncodePrivateKey, PrivateKeyInfoRef};
use spki::{EncodePublicKey, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use super::{Error, numbers};

mod domain;

/// Bits of the prime p and of the order q that belong together: those of FIPS
/// 186-4 section 4.2, and further ones of the lengths in it, which OpenSSL makes;
/// 224 bits are what `openssl dsaparam` takes for every prime.
const SIZES: [(u32, u32); 7] =
    [(1024, 160), (1024, 224), (1024, 256), (2048, 224), (2048, 256), (3072, 224), (3072, 256)];

/// A public key.
pub struct Public {
    /// The prime p, big endian without leading zero bytes.
    pub prime: Vec<u8>,
    /// DER SubjectPublicKeyInfo.
    pub der: Vec<u8>,
}

/// A private key.
pub struct Private {
    /// DER PKCS#8.
    pub der: Zeroizing<Vec<u8>>,
    /// The public half.
    pub public: Public,
}

/// DER (Dss-Parms, RFC 3279) of new domain parameters whose prime has 1024,
/// 2048 or 3072 bits; the order has 160, 256 and 256 (FIPS 186-4 section 4.2).
/// A caller does this once and keeps them.
///
/// # Errors
/// [`Error::InvalidParameters`] for any other length.
pub fn generate_parameters(
    bits: u32,
    random: &mut dyn CryptoRng,
    given_up: &AtomicBool,
) -> Result<Vec<u8>, Error> {
    let order_bits = match bits {
        1024 => 160,
        2048 | 3072 => 256,
        _ => return Err(Error::InvalidParameters),
    };
    let [p, q, g] =
        domain::generate(bits, order_bits, random, given_up).ok_or(Error::InvalidParameters)?;
    Components::from_components_unchecked(p, q, g)
        .map_err(|_| Error::InvalidParameters)?
        .to_der()
        .map_err(|_| Error::Encoding)
}

/// A key pair on domain parameters.
///
/// # Errors
/// [`Error::InvalidParameters`] when the DER holds none, or bad ones.
pub fn generate(parameters: &[u8], random: &mut dyn CryptoRng) -> Result<Private, Error> {
    let components = components(parameters).map_err(|_| Error::InvalidParameters)?;
    // With a generator of order q, whatever the crate draws makes a key.
    let key = SigningKey::try_generate_from_rng_with_components(random, components)
        .map_err(|_| Error::InvalidParameters)?;
    private(&key)
}

/// A PKCS#8 key in the form that this module writes, and its public half,
/// which is computed.
///
/// # Errors
/// [`Error::InvalidKey`] when it is no DSA key, or its domain parameters are bad;
/// [`Error::InvalidSecret`] when the private number is not from 1 to q − 1.
pub fn read_private(info: &PrivateKeyInfoRef<'_>) -> Result<Private, Error> {
    let components = parameters_of(info.algorithm.parameters)?;
    let x = numbers::read_one(info.private_key.as_bytes()).map_err(|_| Error::InvalidKey)?;
    let x = Zeroizing::new(as_wide_as(components.p(), &x).ok_or(Error::InvalidSecret)?);
    if bool::from(x.is_zero()) || *x >= **components.q() {
        return Err(Error::InvalidSecret);
    }
    let y = power(components.g(), &x, components.p());
    let public = VerifyingKey::from_components(components, y).map_err(|_| Error::InvalidSecret)?;
    let key =
        SigningKey::from_components(public, (*x).clone()).map_err(|_| Error::InvalidSecret)?;
    private(&key)
}

/// A SubjectPublicKeyInfo in the form that this module writes.
///
/// # Errors
/// [`Error::InvalidKey`] when it is no DSA key, its domain parameters are bad,
/// or its number is not of the order q.
pub fn read_public(info: &SubjectPublicKeyInfoRef<'_>) -> Result<Public, Error> {
    let components = parameters_of(info.algorithm.parameters)?;
    let y = info.subject_public_key.as_bytes().ok_or(Error::InvalidKey)?;
    let y = numbers::read_one(y).map_err(|_| Error::InvalidKey)?;
    let y = as_wide_as(components.p(), &y).ok_or(Error::InvalidKey)?;
    if y >= **components.p() {
        return Err(Error::InvalidKey);
    }
    // This checks that y is of the order q.
    public(&VerifyingKey::from_components(components, y).map_err(|_| Error::InvalidKey)?)
}

fn parameters_of(parameters: Option<AnyRef<'_>>) -> Result<Components, Error> {
    let parameters = parameters.and_then(|parameters| parameters.to_der().ok());
    components(&parameters.ok_or(Error::InvalidKey)?)
}

/// Reads domain parameters and validates them (FIPS 186-4 appendices A.1.1.3 and
/// A.2.2, without the seed, which nobody keeps): sizes that belong together, p
/// and q prime, q a divisor of p − 1, g of the order q.
fn components(parameters: &[u8]) -> Result<Components, Error> {
    let [p, q, g] = numbers::read(parameters).map_err(|_| Error::InvalidKey)?;
    if !SIZES.contains(&(numbers::bits(&p), numbers::bits(&q))) {
        return Err(Error::InvalidKey);
    }
    let p = BoxedUint::from_be_slice_vartime(&p);
    let q = BoxedUint::from_be_slice_vartime(&q);
    let g = as_wide_as(&p, &g).ok_or(Error::InvalidKey)?;
    let odd = Odd::new(p.clone()).into_option().ok_or(Error::InvalidKey)?;
    let wide_q = (&q).resize(p.bits_precision());
    let divisor = NonZero::new(wide_q.clone()).into_option().ok_or(Error::InvalidKey)?;
    let one = BoxedUint::one_with_precision(p.bits_precision());
    let is_domain = g > one
        && g < p
        && bool::from(((&p - &one) % &divisor).is_zero())
        && power(&g, &wide_q, &odd) == one
        && is_prime(Flavor::Any, &q)
        && is_prime(Flavor::Any, &p);
    if !is_domain {
        return Err(Error::InvalidKey);
    }
    // Checked above; the crate's own check knows fewer sizes.
    Components::from_components_unchecked(p, q, g).map_err(|_| Error::InvalidKey)
}

/// A number with the precision of another one, if it fits.
fn as_wide_as(wide: &BoxedUint, number: &[u8]) -> Option<BoxedUint> {
    BoxedUint::from_be_slice(number, wide.bits_precision()).ok()
}

/// A power modulo p; all have the same precision. Constant time.
fn power(base: &BoxedUint, exponent: &BoxedUint, p: &Odd<BoxedUint>) -> BoxedUint {
    let parameters = BoxedMontyParams::new_vartime(p.clone());
    BoxedMontyForm::new(base.clone(), &parameters).pow(exponent).retrieve()
}

fn private(key: &SigningKey) -> Result<Private, Error> {
    let document = key.to_pkcs8_der().map_err(|_| Error::Encoding)?;
    let der = Zeroizing::new(document.as_bytes().to_vec());
    Ok(Private { der, public: public(key.verifying_key())? })
}

fn public(key: &VerifyingKey) -> Result<Public, Error> {
    let prime = key.components().p().to_be_bytes_trimmed_vartime().to_vec();
    let der = key.to_public_key_der().map_err(|_| Error::Encoding)?.into_vec();
    Ok(Public { prime, der })
}
