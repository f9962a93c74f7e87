//! ECDSA over any of the curves: FIPS 186-4 section 6, SEC 1 section 4.1.

use rand_core::CryptoRng;

use super::curve::Group;
use super::{Error, Signature};

/// Signs a hash (SEC 1 section 4.1.3) with a nonce from `rng`.
pub(super) fn sign(
    group: &dyn Group,
    secret: &[u8],
    hash: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Signature, Error> {
    let order = group.order();
    let secret = order.decode(secret).ok_or(Error::Secret)?;
    let hash = order.reduce_hash(hash);
    loop {
        let (nonce_bytes, nonce) = order.draw(rng);
        // The point, and so whether r is zero, follows from the signature.
        let Some(point) = group.multiply_generator(&nonce_bytes) else {
            continue;
        };
        let x = &point[1..=group.field_length()];
        let r = order.reduce(x);

        // s = (hash + r · secret) / nonce, with nonce and secret blinded by a
        // random factor, so that the inversion sees a number of no meaning.
        let (_, blind) = order.draw(rng);
        // Neither factor is zero, so there always is an inverse.
        let Some(inverse) = blind.multiply(&nonce).invert() else { continue };
        let blinded_secret = blind.multiply(&secret);
        let blinded_sum = blind.multiply(&hash).add(&r.multiply(&blinded_secret));
        let s = inverse.multiply(&blinded_sum);
        if !r.is_zero() && !s.is_zero() {
            return Ok(Signature { r: r.encode(order).to_vec(), s: s.encode(order).to_vec() });
        }
    }
}

/// Verifies a signature (SEC 1 section 4.1.4), in variable time.
pub(super) fn verify(
    group: &dyn Group,
    point: &[u8],
    hash: &[u8],
    signature: &Signature,
) -> Result<(), Error> {
    group.check(point)?;
    let order = group.order();
    let r = order.decode(&signature.r).ok_or(Error::Signature)?;
    let s = order.decode(&signature.s).ok_or(Error::Signature)?;
    let inverse = s.invert_vartime().ok_or(Error::Signature)?;
    let generator_scalar = order.reduce_hash(hash).multiply(&inverse).encode(order);
    let point_scalar = r.multiply(&inverse).encode(order);
    match group.combine([&generator_scalar, &point_scalar], point)? {
        Some(x) if *order.reduce(&x).encode(order) == signature.r => Ok(()),
        _ => Err(Error::Signature),
    }
}
