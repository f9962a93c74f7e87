//! Time, as the cluster sees it: the system's, or one that only sleeping moves.

use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since the beginning of 1970.
pub type Milliseconds = u64;

/// Where a virtual clock begins: 2018-03-01, the edition of the guide that the
/// classic output belongs to.
const VIRTUAL_START: Milliseconds = 1_519_862_400_000;

/// The cluster's clock.
#[derive(Debug)]
pub enum Clock {
    /// The system's clock; sleeping takes its time.
    System,
    /// A clock that stands still, and that sleeping moves on at once.
    Virtual(Cell<Milliseconds>),
}

impl Clock {
    /// A virtual clock at its beginning.
    #[must_use]
    pub fn new_virtual() -> Self {
        Self::Virtual(Cell::new(VIRTUAL_START))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Milliseconds {
        match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |elapsed| Milliseconds::try_from(elapsed.as_millis()).unwrap_or(0)),
            Self::Virtual(now) => now.get(),
        }
    }

    /// Whether only waiting moves the clock.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        matches!(self, Self::Virtual(_))
    }

    /// Lets one second pass.
    pub fn sleep_a_second(&self) {
        self.sleep(1000);
    }

    /// Lets some time pass.
    pub fn sleep(&self, time: Milliseconds) {
        match self {
            Self::System => std::thread::sleep(Duration::from_millis(time)),
            Self::Virtual(now) => now.set(now.get().saturating_add(time)),
        }
    }

    /// Lets the least time pass, so that what comes now is later than what was
    /// before: keys and changes of nodes are put in order by their milliseconds.
    pub(super) fn tick(&self) {
        self.sleep(1);
    }
}
