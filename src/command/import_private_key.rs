//! `importPrivateKey`.

use super::console::Client;
use super::creation::WAITING;
use super::creation::{self, ATTEST, ID, LABEL, M_VALUE, MINIMUM_SERVERS, SESSION, TIMEOUT, USERS};
use super::flag::Flag;
use super::import_export::{HOST_KEY, import};
use super::read::{self, FileContent};
use super::reply::{Maker, Reply};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::crypto::fake_pem::{self, Examined};
use crate::crypto::pem;
use crate::hsm::Incoming;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<private key file name>",
    "File name (-f) is missing.",
    &["PEM file with the private key: PKCS#8, PKCS#1 or SEC 1"],
    read::file,
);

static WRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapper key handle>",
    "wrapping Key handle (-w) is missing.",
    &["Handle of the AES key that wraps it on its way; 4 is the HSM's own"],
    read::handle,
)
.last_counts();

/// The command.
pub static COMMAND: Command = Command {
    names: &["importPrivateKey"],
    group: Group::Transfer,
    summary: &["Imports RSA/DSA/EC private key"],
    purpose: &["Stores a private key from a PEM file on the HSM."],
    words: Words::Flags,
    flags: &[
        &LABEL,
        &FILE,
        &WRAPPING_KEY,
        &SESSION,
        &ATTEST,
        &ID,
        &USERS,
        &HOST_KEY,
        &M_VALUE,
        &MINIMUM_SERVERS,
        &TIMEOUT,
    ],
    required: &[&WRAPPING_KEY, &FILE, &LABEL],
    syntax: &[
        &[&LABEL, &FILE, &WRAPPING_KEY],
        &[&SESSION, &ID, &M_VALUE],
        WAITING,
        &[&USERS, &HOST_KEY, &ATTEST],
    ],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).continuation("\t\t\t")),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let wrapping_key = arguments.required(&WRAPPING_KEY)?;
    if let Ok(Examined::Handle(handle)) = fake_pem::examine(&file.content) {
        client.show(&Reply::AlreadyImported(Handle(handle)));
        return Ok(ReturnCode::INVALID_USER_INPUT);
    }
    match pem::read_private_key(&file.content) {
        Ok(key) => {
            client.show(&Reply::BerLength(key.der.len()));
            let incoming = Incoming::Private(key.der);
            import(client, arguments, Maker::ImportPrivate, incoming, wrapping_key)
        }
        Err(error) => {
            client.show(&Reply::UnreadablePrivateKey(file.path, error));
            Ok(ReturnCode::INVALID_INPUT)
        }
    }
}
