//! New domain parameters (FIPS 186-4 appendices A.1 and A.2.1).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Limb, NonZero, Odd, Resize};
use crypto_primes::{Flavor, is_prime, random_prime};
use dsa::signature::rand_core::CryptoRng;

/// Candidates without a prime factor below this are tested for primality.
const SIEVE_BOUND: u64 = 1 << 16;

/// How many candidates are sieved together: among so many numbers of 3072 bits
/// about 15 are prime.
const CANDIDATES: usize = 1 << 14;

/// The prime p, the order q and the generator g, of so many bits.
///
/// q is a random prime, and p the first prime of the form X + 2kq with a random X
/// that is 1 modulo 2q. Appendix A.1.1.2 draws a new X for every candidate, from a
/// hash whose seed lets others verify it; this is what the sieve makes unnecessary,
/// and nobody keeps the seed. g is the smallest h^((p - 1) / q) that is not 1.
///
/// The same randomness gives the same parameters, however many threads search.
/// There are none if the search is given up.
pub(super) fn generate(
    prime_bits: u32,
    order_bits: u32,
    random: &mut dyn CryptoRng,
    given_up: &AtomicBool,
) -> Option<[BoxedUint; 3]> {
    let order: BoxedUint = random_prime(random, Flavor::Any, order_bits);
    let wide_order = NonZero::new((&order).resize(prime_bits)).into_option()?;
    let prime = loop {
        if given_up.load(Ordering::Relaxed) {
            return None;
        }
        let progression = Progression::draw(prime_bits, &wide_order, random)?;
        if let Some(prime) = progression.first_prime(given_up)
            && prime.bit_width_vartime() == prime_bits
        {
            break prime;
        }
    };
    let one = BoxedUint::one_with_precision(prime_bits);
    let exponent = (&prime - &one) / &wide_order;
    let modulus = BoxedMontyParams::new_vartime(Odd::new(prime.clone()).into_option()?);
    let generator = (2u64..)
        .map(|base| BoxedUint::from(base).resize(prime_bits))
        .map(|base| BoxedMontyForm::new(base, &modulus).pow(&exponent).retrieve())
        .find(|power| *power != one)?;
    Some([prime, order, generator])
}

/// Numbers that are 1 modulo twice the order, a multiple of which is between them.
struct Progression {
    first: BoxedUint,
    step: BoxedUint,
}

impl Progression {
    fn draw(bits: u32, order: &NonZero<BoxedUint>, random: &mut dyn CryptoRng) -> Option<Self> {
        let mut bytes = vec![0; bits.div_ceil(8) as usize];
        random.fill_bytes(&mut bytes);
        bytes[0] |= 0x80;
        let start = BoxedUint::from_be_slice(&bytes, bits).ok()?;
        let step: NonZero<BoxedUint> = NonZero::new(&**order << 1).into_option()?;
        let first = &start - &start % &step + BoxedUint::one_with_precision(bits);
        Some(Self { first, step: step.get() })
    }

    /// The number of this index, modulo the power of two of its precision.
    fn at(&self, index: usize) -> BoxedUint {
        let index = BoxedUint::from(index as u64).resize(self.step.bits_precision());
        self.first.wrapping_add(self.step.wrapping_mul(&index))
    }

    /// The first prime, by as many threads as there are processors. None of them goes
    /// beyond a prime that one has found, and every number before it is tested.
    fn first_prime(&self, given_up: &AtomicBool) -> Option<BoxedUint> {
        let candidates = self.without_small_factors();
        let (next, found) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
        let search = || loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(&candidate) = candidates.get(at) else { return };
            if at > found.load(Ordering::Relaxed) || given_up.load(Ordering::Relaxed) {
                return;
            }
            if is_prime(Flavor::Any, &self.at(candidate)) {
                found.fetch_min(at, Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(search);
            }
            search();
        });
        Some(self.at(*candidates.get(found.into_inner())?))
    }

    /// The indices of the candidates that no small prime divides.
    fn without_small_factors(&self) -> Vec<usize> {
        let mut composite = vec![false; CANDIDATES];
        for prime in small_odd_primes() {
            let [first, step] = [&self.first, &self.step].map(|number| remainder(number, prime));
            // The order is prime and longer, so the step has an inverse: by Fermat.
            let index = (prime - first) * power(step, prime - 2, prime) % prime;
            composite
                .iter_mut()
                .skip(index as usize)
                .step_by(prime as usize)
                .for_each(|it| *it = true);
        }
        (0..CANDIDATES).filter(|&index| !composite[index]).collect()
    }
}

/// The odd primes below [`SIEVE_BOUND`], by the sieve of Eratosthenes.
fn small_odd_primes() -> impl Iterator<Item = u64> {
    let mut composite = vec![false; SIEVE_BOUND as usize];
    (3..SIEVE_BOUND).step_by(2).filter(move |&number| {
        let prime = !composite[number as usize];
        if prime {
            composite.iter_mut().step_by(number as usize).for_each(|it| *it = true);
        }
        prime
    })
}

fn remainder(number: &BoxedUint, prime: u64) -> u64 {
    match NonZero::new(Limb::from(prime)).into_option() {
        Some(prime) => number.rem_limb(prime).0,
        None => 0,
    }
}

/// A power modulo a number below 2^32, by squaring and multiplying.
fn power(base: u64, exponent: u64, modulus: u64) -> u64 {
    let bits = u64::BITS - exponent.leading_zeros();
    (0..bits).rev().fold(1, |power, bit| {
        let square = power * power % modulus;
        if exponent >> bit & 1 == 1 { square * base % modulus } else { square }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random;

    #[test]
    fn a_search_that_is_given_up_ends() {
        let given_up = AtomicBool::new(true);
        assert!(generate(3072, 256, &mut random::from_seed(5, 0), &given_up).is_none());
    }

    #[test]
    fn the_sieve_removes_what_small_primes_divide_and_nothing_else() {
        let order = NonZero::new(BoxedUint::from(0x1_0000_000fu64).resize(128)).unwrap();
        let progression = Progression::draw(128, &order, &mut random::from_seed(1, 0)).unwrap();
        let left = progression.without_small_factors();
        for index in (0..CANDIDATES).step_by(97) {
            let number = progression.at(index);
            let divided = small_odd_primes().any(|prime| remainder(&number, prime) == 0);
            assert_eq!(left.contains(&index), !divided, "{index}");
        }
    }

    #[test]
    fn the_same_randomness_gives_the_same_parameters() {
        let make =
            || generate(1024, 160, &mut random::from_seed(5, 0), &AtomicBool::new(false)).unwrap();
        assert_eq!(make(), make());
    }
}
