//! `importPubKey`.

use super::console::Client;
use super::creation::{self, ID, LABEL, MINIMUM_SERVERS, SESSION, TIMEOUT, WAITING};
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::read::{self, FileContent};
use super::reply::{Maker, Reply, UnreadableKey};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::crypto::pem;
use crate::hsm::return_code::ReturnCode;

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<filename>",
    "File name (-f) is missing.",
    &["PEM file with the public key"],
    read::file,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["importPubKey"],
    group: Group::Transfer,
    summary: &["Imports RSA/DSA/EC Public key"],
    purpose: &["Stores a public key from a PEM file on the HSM."],
    words: Words::FlagsUntilHelp,
    flags: &[&LABEL, &FILE, &SESSION, &ID, &MINIMUM_SERVERS, &TIMEOUT],
    required: &[&FILE, &LABEL],
    syntax: &[&[&LABEL, &FILE], &[&SESSION, &ID], WAITING],
    checks: &[creation::timeout_needs_minimum_servers],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).continuation("\t\t\t")),
    example: Example::new(&[
        LOGIN,
        EC_PAIR,
        "exportPubKey -k 6 -out public.pem",
        "importPubKey -l imported -f public.pem",
    ]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let options = creation::options(arguments)?;
    match pem::read_public_key(&file.content) {
        Ok(key) => {
            let answer = client.hsm.import_public_key(&key, &options);
            Ok(creation::finish_key(client, arguments, Maker::ImportPublic, answer))
        }
        Err(error) => {
            client.show(&Reply::UnreadablePublicKey(UnreadableKey::new(&file.path, error)));
            Ok(ReturnCode::INVALID_INPUT)
        }
    }
}
