//! `exportPubKey`.

use std::path::PathBuf;

use super::console::Client;
use super::flag::Flag;
use super::reply::Reply;
use super::write_file::{Readers, write_file};
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
    frame: Frame::Full(Layout::new(13, Ending::Line)),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let answer = client.hsm.export_public_key(arguments.required(&KEY)?);
    let mut status = answer.status;
    if let Some(der) = answer.value {
        let written =
            pem::write_public_key(&der).map_err(|error| error.to_string()).and_then(|text| {
                write_file(&file, text.as_bytes(), Readers::Anybody)
                    .map_err(|error| format!("{}: {error}", file.display()))
            });
        if let Err(detail) = written {
            status.code = ReturnCode::WRITE_OUTPUT_FILE;
            status.detail = Some(detail);
        }
    }
    let code = status.code;
    client.show(&Reply::PublicKeyExported(status, file));
    Ok(code)
}
