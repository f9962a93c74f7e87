//! Work that takes longer than a person likes to wait: whoever is in front is
//! told that it goes on, and can give it up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rand_core::{Rng, SeedableRng};
use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Outcome, Refusal};
use super::clock::Milliseconds;
use super::return_code::ReturnCode;
use crate::crypto::random::{self, Random};

/// Called again and again while something takes long, with what that is, and
/// with nothing when it is over. Answers whether it is given up.
pub type Attendant = Box<dyn Fn(Option<&str>) -> bool>;

/// How often the attendant is called.
const TICK: Duration = Duration::from_millis(50);

impl Hsm {
    /// From here on, this attendant is told what takes long.
    pub fn attend(&mut self, attendant: Attendant) {
        self.attendant = Some(attendant);
    }

    /// Does work that draws from the cluster's generator, and that may look at whether it
    /// is given up to end early: its result is not used then, and nothing has happened.
    ///
    /// # Errors
    /// kmu's code when it is given up.
    pub(super) fn attended<T: Send + 'static>(
        &mut self,
        what: &str,
        work: impl FnOnce(&mut Random, &AtomicBool) -> T + Send + 'static,
    ) -> Outcome<T> {
        let Some(attendant) = &self.attendant else {
            return Ok(work(&mut self.random, &AtomicBool::new(false)));
        };
        let given_up = Arc::new(AtomicBool::new(false));
        let (seen, mut random) = (Arc::clone(&given_up), random::twin(&self.random));
        let (sender, result) = mpsc::channel();
        let worker = thread::Builder::new().spawn(move || {
            let result = work(&mut random, &seen);
            // Nobody waits for what was given up.
            let _ = sender.send((result, random));
        });
        worker.map_err(|error| {
            Refusal::explained(ReturnCode::INVALID_STATE, format!("no thread begins: {error}"))
        })?;
        loop {
            match result.recv_timeout(TICK) {
                Ok((result, random)) => {
                    attendant(None);
                    self.random = random;
                    return Ok(result);
                }
                Err(RecvTimeoutError::Timeout) if !attendant(Some(what)) => {}
                Err(_) => break,
            }
        }
        attendant(None);
        given_up.store(true, Ordering::Relaxed);
        // What the worker still draws is not drawn again.
        let mut seed = Zeroizing::new([0; 32]);
        self.random.fill_bytes(seed.as_mut());
        self.random = Random::from_seed(*seed);
        Err(given_up_by_hand())
    }

    /// Lets some time pass on the cluster's clock.
    ///
    /// # Errors
    /// kmu's code when it is given up before.
    pub(super) fn wait_attended(&self, what: &str, time: Milliseconds) -> Outcome<()> {
        let Some(attendant) = self.attendant.as_ref().filter(|_| !self.clock.is_virtual()) else {
            self.clock.sleep(time);
            return Ok(());
        };
        let end = self.clock.now().saturating_add(time);
        let mut given_up = false;
        while !given_up && self.clock.now() < end {
            let tick = Milliseconds::try_from(TICK.as_millis()).unwrap_or(Milliseconds::MAX);
            self.clock.sleep(tick.min(end.saturating_sub(self.clock.now())));
            given_up = attendant(Some(what));
        }
        attendant(None);
        if given_up { Err(given_up_by_hand()) } else { Ok(()) }
    }
}

fn given_up_by_hand() -> Refusal {
    Refusal::explained(ReturnCode::CANCELLED, String::from("cancelled; nothing has been done"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::password::Cost;
    use crate::hsm::clock::Clock;
    use crate::hsm::settings::Settings;
    use crate::store::Store;

    fn hsm() -> Hsm {
        let store = Store::in_memory().unwrap();
        Hsm::start(Settings::default(), store, Clock::System, Some(1), Cost::IN_MEMORY).unwrap()
    }

    fn draw(random: &mut Random, _: &AtomicBool) -> u64 {
        random.next_u64()
    }

    #[test]
    fn attended_work_draws_what_unattended_work_draws() {
        let (mut alone, mut attended) = (hsm(), hsm());
        attended.attend(Box::new(|_| false));
        for _ in 0..3 {
            assert_eq!(alone.attended("it", draw).unwrap(), attended.attended("it", draw).unwrap());
        }
    }

    #[test]
    fn work_that_is_given_up_ends_and_what_it_drew_is_not_drawn_again() {
        let mut hsm = hsm();
        hsm.attend(Box::new(|what| what.is_some()));
        let (sender, drawn) = mpsc::channel();
        let work = move |random: &mut Random, given_up: &AtomicBool| {
            let first = random.next_u64();
            while !given_up.load(Ordering::Relaxed) {
                thread::sleep(TICK);
            }
            sender.send(first).unwrap();
        };
        let refusal = hsm.attended("it", work).unwrap_err();
        assert_eq!(refusal.code(), ReturnCode::CANCELLED);
        assert_ne!(hsm.attended("it", draw).unwrap(), drawn.recv().unwrap());
        assert!(hsm.wait_attended("it", 60_000).unwrap_err().is(ReturnCode::CANCELLED));
    }
}
