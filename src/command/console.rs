//! What a command has at hand: the cluster, and the person or script in front of it.

use super::flag::Word;
use super::reply::Reply;
use crate::hsm::{AttributeDump, Hsm};

/// The person or script in front of the shell. Commands say what happened;
/// how it reads is the console's affair.
pub trait Console {
    /// Shows a reply.
    fn show(&mut self, reply: &Reply);

    /// Asks a question and reads a decimal number from the same place as command lines.
    ///
    /// # Errors
    /// Why there is no number.
    fn ask_number(&mut self, question: &Reply) -> Result<i64, NoAnswer>;

    /// Reads a password from the terminal, without showing it.
    ///
    /// # Errors
    /// Why there is none.
    fn ask_password(&mut self) -> Result<Word, NoAnswer>;

    /// From here to the end of the command, Ctrl-C ends nothing by itself: the
    /// command asks [`Console::interrupted`] and leaves nothing half done.
    fn begin_wait(&mut self);

    /// Whether Ctrl-C was pressed since the command began. Once the command
    /// knows, what it does to take things back is not given up.
    fn interrupted(&self) -> bool;

    /// What an attribute file says.
    fn attribute_file(&self, dump: &AttributeDump) -> Vec<u8>;
}

/// Why a question has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It was cancelled with Ctrl-C.
    Cancelled,
    /// What came is no answer, or there is nothing to read it from.
    Unusable,
}

/// What a command runs with.
pub struct Client<'a> {
    /// The cluster.
    pub hsm: &'a mut Hsm,
    /// Who is in front.
    pub console: &'a mut dyn Console,
}

impl Client<'_> {
    /// Shows a reply.
    pub fn show(&mut self, reply: &Reply) {
        self.console.show(reply);
    }
}
