//! `exportPrivateKey`.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::console::Client;
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::import_export::{HOST_UNWRAPPING_KEY, MECHANISM, WRAPPING_KEY_ADVICE, export};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::pem;
use crate::hsm::key::Class;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Key handle (-k) is missing.",
    &["Handle of the private key"],
    read::handle,
);

static WRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapping key handle>",
    "Wrapping key handle (-w) is missing.",
    &["Handle of the AES key that wraps it on its way; 4 is the HSM's own"],
    read::handle,
)
.advised(WRAPPING_KEY_ADVICE);

static FILE: Flag<PathBuf> = Flag::required(
    "-out",
    "<key file>",
    "Key File (-out) is missing.",
    &["File to write the key to"],
    read::path,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["exportPrivateKey"],
    group: Group::Transfer,
    summary: &["Exports RSA/DSA/EC private key"],
    purpose: &["Writes a private key of yours to a PEM file, unencrypted."],
    words: Words::Flags,
    flags: &[&KEY, &WRAPPING_KEY, &MECHANISM, &FILE, &HOST_UNWRAPPING_KEY],
    required: &[&KEY, &WRAPPING_KEY, &FILE],
    syntax: &[&[&KEY, &WRAPPING_KEY, &FILE], &[&MECHANISM, &HOST_UNWRAPPING_KEY]],
    checks: &[],
    frame: Frame::Full(Layout::new(12, Ending::EmptyLine).continuation("\t\t\t ")),
    example: Example::new(&[LOGIN, EC_PAIR, "exportPrivateKey -k 7 -w 4 -out private.pem"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let (key, wrapping_key) = (arguments.required(&KEY)?, arguments.required(&WRAPPING_KEY)?);
    let file = arguments.required(&FILE)?;
    Ok(export(client, arguments, Class::Private, key, wrapping_key, &file, to_pem))
}

fn to_pem(private_key: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let text = pem::write_private_key(&private_key).ok()?;
    Some(Zeroizing::new(text.as_bytes().to_vec()))
}
