//! Signs of life on standard error while something takes long, where that is a
//! terminal that can show them.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::interrupt::Interrupts;
use super::terminal;
use crate::hsm::Attendant;

/// How long somebody waits without a sign.
const SILENCE: Duration = Duration::from_secs(1);

/// One line that is drawn anew, and gone when it is dropped.
struct Sign {
    begin: Instant,
    bar: Option<ProgressBar>,
    template: &'static str,
}

impl Sign {
    fn new(template: &'static str) -> Self {
        Self { begin: Instant::now(), bar: None, template }
    }

    /// The line, once it is time for it.
    fn line(&mut self) -> Option<&ProgressBar> {
        if self.bar.is_none() && self.begin.elapsed() > SILENCE {
            let bar = ProgressBar::new_spinner().with_elapsed(self.begin.elapsed());
            if let Ok(style) = ProgressStyle::with_template(self.template) {
                bar.set_style(style);
            }
            self.bar = Some(bar);
        }
        self.bar.as_ref()
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Whether there is a terminal to show signs on.
fn can_be_shown() -> bool {
    io::stderr().is_terminal() && terminal::can_redraw()
}

/// Shows what the cluster is busy with if `shown`, and gives it up when Ctrl-C is pressed.
pub fn attendant(interrupts: Interrupts, shown: bool) -> Attendant {
    let shown = shown && can_be_shown();
    let sign: RefCell<Option<Sign>> = RefCell::default();
    Box::new(move |what| {
        let mut sign = sign.borrow_mut();
        match what {
            None => *sign = None,
            Some(what) if shown => {
                let sign = sign.get_or_insert_with(|| Sign::new("{spinner} {msg}, {elapsed}"));
                if let Some(line) = sign.line() {
                    line.set_message(what.to_owned());
                    line.tick();
                }
            }
            Some(_) => {}
        }
        interrupts.unanswered()
    })
}

/// Counts the lines of a run whose output goes elsewhere than to the terminal.
pub struct Lines(Option<Sign>);

impl Lines {
    /// Begins to count, if there is somebody to show it to.
    pub fn begin() -> Self {
        let shown = !io::stdout().is_terminal() && can_be_shown();
        Self(shown.then(|| Sign::new("{spinner} {pos} lines, {elapsed}")))
    }

    /// One more line has run.
    pub fn count(&mut self, done: u64) {
        if let Some(line) = self.0.as_mut().and_then(Sign::line) {
            line.set_position(done);
        }
    }
}
