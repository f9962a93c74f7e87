//! `extractMaskedObject` and `insertMaskedObject`.

use std::path::PathBuf;

use super::console::Client;
use super::creation::{self, MINIMUM_SERVERS, TIMEOUT, WAITING};
use super::example::{AES_KEY, Example, LOGIN};
use super::flag::Flag;
use super::read::{self, FileContent};
use super::reply::{Maker, Reply};
use super::write_file::{Readers, write_file};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static OBJECT: Flag<Handle> = Flag::required(
    "-o",
    "<object handle>",
    "Object handle (-o) is missing.",
    &["Handle of the key"],
    read::handle,
);

static OUTPUT: Flag<PathBuf> = Flag::required(
    "-out",
    "<masked object file>",
    "Masked Object File (-out) is missing.",
    &["File to write the masked object to"],
    read::path,
);

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<filename>",
    "File name (-f) is missing.",
    &["File with a masked object"],
    read::file,
);

/// The command insertMaskedObject.
pub static INSERT: Command = Command {
    names: &["insertMaskedObject"],
    group: Group::Masked,
    summary: &["Inserts a masked object"],
    purpose: &["Stores the key of a masked object, with all that belongs to it, on the HSM."],
    words: Words::Flags,
    flags: &[&FILE, &MINIMUM_SERVERS, &TIMEOUT],
    required: &[&FILE],
    syntax: &[&[&FILE], WAITING],
    checks: &[],
    frame: Frame::Full(
        Layout::new(16, Ending::EmptyLine).continuation("\t\t\t   ").blank_after(&[0]),
    ),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        "extractMaskedObject -o 6 -out masked",
        "deleteKey -k 6",
        "insertMaskedObject -f masked",
    ]),
    run: insert,
};

/// The command extractMaskedObject.
pub static EXTRACT: Command = Command {
    names: &["extractMaskedObject"],
    group: Group::Masked,
    summary: &["Extracts a masked object"],
    purpose: &["Writes a key of yours, encrypted so that only its cluster reads it, to a file."],
    words: Words::Flags,
    flags: &[&OBJECT, &OUTPUT],
    required: &[&OBJECT, &OUTPUT],
    syntax: &[&[&OBJECT, &OUTPUT]],
    checks: &[],
    frame: Frame::Full(Layout::new(13, Ending::EmptyLine)),
    example: Example::new(&[LOGIN, AES_KEY, "extractMaskedObject -o 6 -out masked"]),
    run: extract,
};

fn insert(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let masked = arguments.required(&FILE)?.content;
    let minimum_servers = arguments.get(&MINIMUM_SERVERS).unwrap_or(0);
    let answer = client.hsm.insert_masked_object(&masked, minimum_servers);
    Ok(creation::finish_key(client, arguments, Maker::InsertMasked, answer))
}

fn extract(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&OUTPUT)?;
    let answer = client.hsm.extract_masked_object(arguments.required(&OBJECT)?);
    let mut status = answer.status;
    if let Some(masked) = answer.value
        && let Err(error) = write_file(&file, &masked, Readers::Anybody)
    {
        status.code = ReturnCode::WRITE_OUTPUT_FILE;
        status.detail = Some(format!("{}: {error}", file.display()));
    }
    let code = status.code;
    client.show(&Reply::MaskedObjectExtracted(status, file));
    Ok(code)
}
