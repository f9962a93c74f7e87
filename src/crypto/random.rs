//! The one source of randomness: a ChaCha20 generator that the process seeds
//! at start, from the operating system or, for golden files, from a number.

use chacha20::ChaCha20Rng;
use rand_core::{SeedableRng, TryRng};
use zeroize::Zeroizing;

/// The generator that every random choice of a process draws from.
pub type Random = ChaCha20Rng;

/// A generator seeded with 256 bits from the operating system.
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn from_system() -> Result<Random, getrandom::Error> {
    let mut seed = Zeroizing::new([0u8; 32]);
    getrandom::SysRng.try_fill_bytes(seed.as_mut())?;
    Ok(Random::from_seed(*seed))
}

/// A generator whose whole output follows from `seed` and `position`, a number
/// that keeps runs apart which share a seed. Nothing it makes is secret.
#[must_use]
pub fn from_seed(seed: u64, position: u64) -> Random {
    let mut random = Random::seed_from_u64(seed);
    random.set_stream(position);
    random
}

/// A second generator that draws what this one would draw next.
#[must_use]
pub fn twin(random: &Random) -> Random {
    let state = Zeroizing::new(random.serialize_state());
    Random::deserialize_state(&state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;

    #[test]
    fn a_twin_goes_on_where_its_generator_is() {
        let mut random = from_seed(7, 3);
        random.next_u32();
        let mut twin = twin(&random);
        assert_eq!(random.next_u64(), twin.next_u64());
    }

    #[test]
    fn a_seed_repeats_and_the_system_does_not() {
        assert_eq!(from_seed(7, 0).next_u64(), from_seed(7, 0).next_u64());
        assert_ne!(from_seed(7, 0).next_u64(), from_seed(8, 0).next_u64());
        assert_ne!(from_system().unwrap().next_u64(), from_system().unwrap().next_u64());
    }
}
