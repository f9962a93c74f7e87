//! `importPrivateKey`.

use std::path::PathBuf;

use super::console::Client;
use super::creation::{
    self, ATTEST_ONCE, ID, LABEL, M_VALUE, MINIMUM_SERVERS, SESSION, TIMEOUT, USERS,
};
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::import_export::{HOST_KEY, WRAPPING_KEY_ADVICE, host_key, import};
use super::reply::{Maker, Reply, UnreadableKey};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::fake_pem::{self, Examined};
use crate::crypto::pem;
use crate::hsm::Incoming;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

/// It is opened after `-wk` has been looked at.
static FILE: Flag<PathBuf> = Flag::required(
    "-f",
    "<private key file name>",
    "File name (-f) is missing.",
    &["PEM file with the private key: PKCS#8, PKCS#1 or SEC 1"],
    read::path,
)
.takes("PEM file of up to 64 KiB");

static WRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapper key handle>",
    "wrapping Key handle (-w) is missing.",
    &["Handle of the AES key that wraps it on its way; 4 is the HSM's own"],
    read::handle,
)
.advised(WRAPPING_KEY_ADVICE)
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
        &ATTEST_ONCE,
        &ID,
        &USERS,
        &HOST_KEY,
        &M_VALUE,
        &MINIMUM_SERVERS,
        &TIMEOUT,
    ],
    required: &[&WRAPPING_KEY, &FILE, &LABEL],
    syntax: &[],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).written_syntax(&[
        "-l <label> -f <private key file name> -w <wrapper key handle>",
        "\t\t\t[-sess] [-id <key ID>] [-m_value <0..8>]",
        "\t\t\t[-min_srv <minimum number of servers>] [-timeout <number of seconds>]",
        "\t\t\t[-u <user-ids>] [-wk <wrapping key file>][-attest]",
    ])),
    example: Example::new(&[
        LOGIN,
        EC_PAIR,
        "exportPrivateKey -k 7 -w 4 -out private.pem",
        "importPrivateKey -l imported -f private.pem -w 4",
    ]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let wrapping_key = arguments.required(&WRAPPING_KEY)?;
    let host_key = match host_key(client, arguments, &HOST_KEY) {
        Ok(host_key) => host_key,
        Err(code) => return Ok(code),
    };
    let text = match read::key_text(&file) {
        Ok(text) => text,
        Err(reason) => {
            client.show(&Reply::KeyFileNotOpened(file, reason));
            return Ok(ReturnCode::OPEN_FILE);
        }
    };
    if let Ok(Examined::Handle(handle)) = fake_pem::examine(&text) {
        client.show(&Reply::AlreadyImported(Handle(handle)));
        return Ok(ReturnCode::INVALID_USER_INPUT);
    }
    match pem::read_private_key(&text) {
        Ok(key) => {
            client.show(&Reply::BerLength(key.der.len()));
            let incoming = Incoming::Private(key.der);
            import(client, arguments, Maker::ImportPrivate, incoming, wrapping_key, host_key)
        }
        Err(error) => {
            client.show(&Reply::UnreadablePrivateKey(UnreadableKey::new(&file, error)));
            Ok(ReturnCode::INVALID_INPUT)
        }
    }
}
