//! `exportPubKey`.

use std::path::{Path, PathBuf};

use super::console::Client;
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::reply::Reply;
use super::write_file::{Prepared, Readers};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::pem;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Key handle (-k) is missing.",
    &["Handle of the public key"],
    read::handle,
);

static FILE: Flag<PathBuf> = Flag::required(
    "-out",
    "<key file>",
    "Key File (-out) is missing.",
    &["PEM file to write the key to"],
    read::path,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["exportPubKey"],
    group: Group::Transfer,
    summary: &["Exports RSA/DSA/EC Public key"],
    purpose: &["Writes a public key to a PEM file."],
    words: Words::Flags,
    flags: &[&KEY, &FILE],
    required: &[&KEY, &FILE],
    syntax: &[&[&KEY, &FILE]],
    checks: &[],
    frame: Frame::Full(Layout::new(13, Ending::EmptyLine)),
    example: Example::new(&[LOGIN, EC_PAIR, "exportPubKey -k 6 -out public.pem"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let answer = client.hsm.export_public_key(arguments.required(&KEY)?);
    let mut status = answer.status;
    if let Some(der) = answer.value
        && let Err((code, detail)) = write(&file, &der)
    {
        status.code = code;
        status.detail = Some(detail);
    }
    let code = status.code;
    client.show(&Reply::PublicKeyExported(status, file));
    Ok(code)
}

/// Writes the file. What cannot be opened and what cannot be written have codes of their own.
fn write(file: &Path, der: &[u8]) -> Result<(), (ReturnCode, String)> {
    let named = |error: std::io::Error| format!("{}: {error}", file.display());
    let text = pem::write_public_key(der)
        .map_err(|error| (ReturnCode::WRITE_OUTPUT_FILE, error.to_string()))?;
    let prepared = Prepared::new(file, text.as_bytes(), Readers::Anybody)
        .map_err(|error| (ReturnCode::INVALID_INPUT, named(error)))?;
    prepared.commit().map_err(|error| (ReturnCode::WRITE_OUTPUT_FILE, named(error)))
}
