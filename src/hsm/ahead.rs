//! Key pairs that another processor makes while the requests of a group are worked on.

use std::num::NonZero;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use crate::crypto;
use crate::crypto::asymmetric::PrivateKey;
use crate::crypto::curve::Curve;
use crate::crypto::random::{self, Random};

/// The most pairs that wait to be asked for.
const MOST: usize = 16;

/// Key pairs of the curve that was asked for last. Dropped, it wipes those that
/// nobody has asked for, and its worker ends.
#[derive(Default)]
pub struct Ahead(Option<(&'static Curve, Receiver<PrivateKey>)>);

impl Ahead {
    /// A new key pair: one that is there, or else one from `random`.
    ///
    /// # Errors
    /// As [`PrivateKey::generate_ec`].
    pub fn take(
        &mut self,
        curve: &'static Curve,
        random: &mut Random,
    ) -> Result<PrivateKey, crypto::Error> {
        match &self.0 {
            Some((made, pairs)) if made.id == curve.id => {
                // Rather than wait, this processor makes one too.
                if let Ok(pair) = pairs.try_recv() {
                    return Ok(pair);
                }
            }
            _ => self.0 = worker(curve).map(|pairs| (curve, pairs)),
        }
        PrivateKey::generate_ec(curve, random)
    }
}

/// What a worker makes on this curve; nothing where there is no processor for it. It
/// ends when it finds that nobody listens any more.
fn worker(curve: &'static Curve) -> Option<Receiver<PrivateKey>> {
    if thread::available_parallelism().is_ok_and(|processors| processors == NonZero::<usize>::MIN) {
        return None;
    }
    // Its own generator: what the cluster's draws must not depend on how fast a worker is.
    let mut random = random::from_system().ok()?;
    let (sender, pairs) = mpsc::sync_channel(MOST);
    let work = move || {
        while let Ok(pair) = PrivateKey::generate_ec(curve, &mut random) {
            if sender.send(pair).is_err() {
                break;
            }
        }
    };
    thread::Builder::new().spawn(work).ok().map(|_| pairs)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::crypto::curve::CURVES;

    #[test]
    fn pairs_are_of_the_curve_that_is_asked_for_and_never_the_same() {
        let mut ahead = Ahead::default();
        let mut random = random::from_seed(1, 0);
        let mut seen = HashSet::new();
        for curve in [&CURVES[1], &CURVES[1], &CURVES[4], &CURVES[1]] {
            for _ in 0..3 * MOST {
                let pair = ahead.take(curve, &mut random).unwrap();
                let (of, secret) = PrivateKey::scalar(&pair.der).unwrap();
                assert_eq!(of.id, curve.id);
                assert_eq!(curve.public_point(&secret).unwrap(), pair.public.modulus);
                assert!(seen.insert(secret.to_vec()));
                // Time for the worker to get ahead.
                thread::yield_now();
            }
        }
    }
}
