//! Fake PEM files: private keys in form, whose secret numbers hold the handle
//! of a key in the HSM, so that programs that want a file can be given one.

use der::{Decode, Encode};
use pkcs8::PrivateKeyInfoRef;

use super::curve::Curve;
use super::{Error, numbers, pem};

/// What fills a fake number, as a 32-bit word in host order.
const FILL: u32 = 0xeefc_fcea;

/// What marks a number of a key that was imported; only recognised.
const IMPORTED: u32 = 0xcafe_feed;

/// Where the handle stands in an RSA key's private exponent, and where in an EC key's scalar.
const RSA_OFFSET: usize = 8;
const EC_OFFSET: usize = 4;

/// What a file with an RSA private key turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Examined {
    /// It holds this handle.
    Handle(u64),
    /// It holds a real key.
    RealKey,
}

/// A traditional RSA key (PKCS#1) with real modulus and exponent, a fake
/// private exponent as long as the modulus, and zeros for the rest.
///
/// # Errors
/// [`Error::Encoding`] for a modulus that is too short to hold a handle.
pub fn rsa(modulus: &[u8], exponent: &[u8], handle: u64) -> Result<String, Error> {
    let private = filled(modulus.len(), RSA_OFFSET, handle)?;
    let zero: &[u8] = &[0];
    let key = [zero, modulus, exponent, &private, zero, zero, zero, zero, zero];
    pem::write("RSA PRIVATE KEY", &numbers::write(&key)?)
}

/// A SEC 1 key with the curve's name, the real point, and a fake scalar as long
/// as the field, rounded up to a multiple of eight.
///
/// # Errors
/// [`Error::Encoding`] when the point is none.
pub fn ec(curve: &Curve, point: &[u8], handle: u64) -> Result<String, Error> {
    let field = point.len().saturating_sub(1) / 2;
    let scalar = filled(field.next_multiple_of(8), EC_OFFSET, handle)?;
    let key = sec1::EcPrivateKey {
        private_key: &scalar,
        parameters: Some(sec1::EcParameters::NamedCurve(curve.object_identifier)),
        public_key: Some(point),
    };
    pem::write("EC PRIVATE KEY", &key.to_der().map_err(|_| Error::Encoding)?)
}

/// Looks into a file with an RSA private key, PKCS#1 or PKCS#8.
///
/// # Errors
/// [`Error::InvalidKey`] and the like when it is none.
pub fn examine(text: &[u8]) -> Result<Examined, Error> {
    let (label, der) = pem::block(text, &["RSA PRIVATE KEY", "PRIVATE KEY"])?;
    // The private exponent is the fourth of the nine numbers.
    let [_, _, _, exponent, ..] = if label == "PRIVATE KEY" {
        let info = PrivateKeyInfoRef::from_der(&der).map_err(|_| Error::InvalidKey)?;
        numbers::read::<9>(info.private_key.as_bytes())
    } else {
        numbers::read::<9>(&der)
    }
    .map_err(|_| Error::InvalidKey)?;
    let mark = exponent.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let handle = exponent.get(RSA_OFFSET..).and_then(<[u8]>::first_chunk);
    match (mark, handle) {
        (Some(FILL | IMPORTED), Some(handle)) => Ok(Examined::Handle(u64::from_le_bytes(*handle))),
        _ => Ok(Examined::RealKey),
    }
}

fn filled(length: usize, offset: usize, handle: u64) -> Result<Vec<u8>, Error> {
    let mut bytes: Vec<u8> = FILL.to_le_bytes().into_iter().cycle().take(length).collect();
    let place = bytes.get_mut(offset..offset + 8).ok_or(Error::Encoding)?;
    place.copy_from_slice(&handle.to_le_bytes());
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::curve;

    #[test]
    fn the_private_exponent_has_the_documented_bytes() {
        let number = filled(256, RSA_OFFSET, 0x40019).unwrap();
        let start = [0xea, 0xfc, 0xfc, 0xee, 0xea, 0xfc, 0xfc, 0xee, 0x19, 0, 4, 0, 0, 0, 0, 0];
        assert_eq!(number[..16], start);
        assert_eq!(number[16..20], [0xea, 0xfc, 0xfc, 0xee]);
        assert_eq!(number.len(), 256);
    }

    #[test]
    fn the_scalar_has_the_documented_length_and_place() {
        for (id, length) in [(1, 24), (2, 32), (16, 32), (14, 48), (13, 32), (15, 72)] {
            let curve = curve::by_id(id).unwrap();
            let secret = curve.generate_secret(&mut crate::crypto::random::from_seed(1, 0));
            let point = curve.public_point(&secret).unwrap();
            let text = ec(curve, &point, 7).unwrap();
            let (_, der) = pem::block(text.as_bytes(), &["EC PRIVATE KEY"]).unwrap();
            let key = sec1::EcPrivateKey::from_der(&der).unwrap();
            assert_eq!(key.private_key.len(), length, "{}", curve.name);
            assert_eq!(key.private_key[..12], [0xea, 0xfc, 0xfc, 0xee, 7, 0, 0, 0, 0, 0, 0, 0]);
            assert_eq!(key.public_key, Some(point.as_slice()));
        }
    }

    #[test]
    fn a_fake_is_told_from_a_real_key() {
        let modulus = [0xc1; 256];
        let text = rsa(&modulus, &[1, 0, 1], 262_169).unwrap();
        assert_eq!(examine(text.as_bytes()), Ok(Examined::Handle(262_169)));
        assert!(rsa(&[1; 8], &[3], 1).is_err());
        let random = &mut crate::crypto::random::from_seed(2, 0);
        let real = crate::crypto::rsa::generate(1024, 65_537, random).unwrap();
        let text = pem::write_private_key(&real).unwrap();
        assert_eq!(examine(text.as_bytes()), Ok(Examined::RealKey));
        for text in
            [&b"no key"[..], b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
        {
            assert!(examine(text).is_err());
        }
    }
}
