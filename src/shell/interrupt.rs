//! Ctrl-C. At a terminal it ends a question, a wait or long work, and not the
//! shell, unless nothing hears the first one and a second follows. A run that
//! nobody sits in front of ends with it at once, except where something half
//! made must first be taken back.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

/// What Ctrl-C does, and whether it came.
#[derive(Clone, Default)]
pub struct Interrupts {
    pressed: Arc<AtomicBool>,
    /// Whether one came at a terminal that nothing has asked about since, so
    /// that another one ends the process.
    unheeded: Arc<AtomicBool>,
    /// Whether what it was pressed for has been given up.
    answered: Arc<AtomicBool>,
    /// Whether the process ends with it at once.
    deadly: Arc<AtomicBool>,
    /// What `deadly` is outside of waits.
    usually_deadly: bool,
}

impl Interrupts {
    /// For a shell at a terminal: it is only noted. What never asks
    /// [`Interrupts::pressed`], as the reading of a pipe that nobody writes to,
    /// ends with the process at the second one.
    ///
    /// # Errors
    /// When the system refuses the handler.
    pub fn noted() -> io::Result<Self> {
        let interrupts = Self::default();
        if !ignored_from_the_start() {
            // In this order: a second one finds what the first one left.
            flag::register_conditional_default(SIGINT, Arc::clone(&interrupts.unheeded))?;
            flag::register(SIGINT, Arc::clone(&interrupts.unheeded))?;
        }
        interrupts.registered()
    }

    /// For a run that nobody sits in front of: it ends the process, except
    /// between [`Interrupts::begin_wait`] and [`Interrupts::end_wait`].
    ///
    /// # Errors
    /// When the system refuses the handler.
    pub fn deadly() -> io::Result<Self> {
        Self { deadly: Arc::new(true.into()), usually_deadly: true, ..Self::default() }.registered()
    }

    fn registered(self) -> io::Result<Self> {
        if !ignored_from_the_start() {
            // In this order: what ends the process need not be noted.
            flag::register_conditional_default(SIGINT, Arc::clone(&self.deadly))?;
            flag::register(SIGINT, Arc::clone(&self.pressed))?;
        }
        Ok(self)
    }

    /// Whether Ctrl-C was pressed since [`Interrupts::forget`].
    #[must_use]
    pub fn pressed(&self) -> bool {
        self.unheeded.store(false, Ordering::Relaxed);
        self.pressed.load(Ordering::Relaxed)
    }

    /// Whether it was pressed, and what it was pressed for goes on.
    #[must_use]
    pub fn unanswered(&self) -> bool {
        self.pressed() && !self.answered.load(Ordering::Relaxed)
    }

    /// From here on, what takes back what was given up is not given up itself.
    pub fn answer(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Has the effect of Ctrl-C on what waits.
    pub fn press(&self) {
        self.pressed.store(true, Ordering::Relaxed);
    }

    /// Forgets what was pressed so far.
    pub fn forget(&self) {
        for flag in [&self.unheeded, &self.pressed, &self.answered] {
            flag.store(false, Ordering::Relaxed);
        }
    }

    /// From here on, Ctrl-C is only noted.
    pub fn begin_wait(&self) {
        self.deadly.store(false, Ordering::Relaxed);
    }

    /// Here a wait is over, if one began: a Ctrl-C that was only noted ends
    /// the process now, unless the shell is one at a terminal.
    pub fn end_wait(&self) {
        self.deadly.store(self.usually_deadly, Ordering::Relaxed);
        if self.usually_deadly && self.pressed() {
            // This returns only where a process cannot end itself by a signal.
            let _ = low_level::emulate_default_handler(SIGINT);
        }
    }
}

/// Whether the process was started with Ctrl-C ignored, as a shell's background jobs are. It stays so.
fn ignored_from_the_start() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return false };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 << (SIGINT - 1) != 0)
}
