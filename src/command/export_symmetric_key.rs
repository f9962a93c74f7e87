//! `exSymKey`.

use std::path::PathBuf;

use super::console::Client;
use super::example::{AES_KEY, Example, LOGIN};
use super::flag::Flag;
use super::import_export::{HOST_UNWRAPPING_KEY, MECHANISM, WRAPPING_KEY_ADVICE, export};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::key::Class;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key to export>",
    "Handle of key to export (-k) is missing.",
    &["Handle of the key to export"],
    read::handle,
);

static WRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapping key>",
    "Handle of wrapping Key (-w) is missing.",
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
    names: &["exSymKey"],
    group: Group::Transfer,
    summary: &["Exports a Symmetric key"],
    purpose: &["Writes the bytes of a symmetric key of yours to a file."],
    words: Words::Flags,
    flags: &[&WRAPPING_KEY, &KEY, &MECHANISM, &FILE, &HOST_UNWRAPPING_KEY],
    required: &[&KEY, &WRAPPING_KEY, &FILE],
    syntax: &[&[&WRAPPING_KEY, &KEY, &FILE], &[&MECHANISM, &HOST_UNWRAPPING_KEY]],
    checks: &[],
    frame: Frame::Full(Layout::new(12, Ending::EmptyLine).continuation("                 ")),
    example: Example::new(&[LOGIN, AES_KEY, "exSymKey -k 6 -w 4 -out aes.key"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let (key, wrapping_key) = (arguments.required(&KEY)?, arguments.required(&WRAPPING_KEY)?);
    let file = arguments.required(&FILE)?;
    Ok(export(client, arguments, Class::Secret, key, wrapping_key, &file, Some))
}
