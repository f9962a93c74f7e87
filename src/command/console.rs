//! What a command has at hand: the cluster, and the person or script in front of it.

use super::flag::Word;
use super::reply::Reply;
use crate::hsm::{AttributeDump, Hsm};

/// The person or script in front of the shell. Commands say what happened;
/// how it reads is the console's affair.
pub trait Console {
    /// Shows a reply.
    fn show(&mut self, reply: &Reply);

    /// Reads a decimal number from the same place as command lines.
    fn ask_number(&mut self) -> Option<i64>;

    /// Reads a password from the terminal, without showing it. Nothing when there is no terminal.
    fn ask_password(&mut self) -> Option<Word>;

    /// What an attribute file says.
    fn attribute_file(&self, dump: &AttributeDump) -> Vec<u8>;
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
