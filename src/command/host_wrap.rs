//! `aesWrapUnwrap` and `aesUnwrapPkcs8Buffer`.

use std::path::PathBuf;

use super::console::Client;
use super::example::{AES_KEY, EC_PAIR, Example, LOGIN};
use super::flag::{Flag, Rejection};
use super::import_export::AES_KEY_ADVICE;
use super::read::{self, FileContent};
use super::reply::{HostWrapped, Reply};
use super::write_file::{Readers, write_file};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::hsm::HostWrap;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

/// The longest file that is wrapped or unwrapped, in bytes.
const MAX_LENGTH: usize = 4096;

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<file to wrap/unwrap>",
    "file to be wrapped/unwrapped (-f) is missing.",
    &["File to wrap or unwrap, up to 4 KiB"],
    read_short_file,
)
.takes("file of 1 byte to 4 KiB; what is wrapped has 8 bytes at least");

static WRAPPED_FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<file to unwrap>",
    "file to be unwrapped (-f) is missing.",
    &["File to unwrap, up to 4 KiB"],
    read_short_file,
)
.takes("file of 1 byte to 4 KiB");

static KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapping/unwrapping key handle>",
    "Handle of wrapping Key (-w) is missing.",
    &["Handle of the AES key"],
    read::handle,
)
.advised(AES_KEY_ADVICE);

static UNWRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<unwrapping key handle>",
    "Handle of unwrapping Key (-w) is missing.",
    &["Handle of the AES key"],
    read::handle,
)
.advised(AES_KEY_ADVICE);

static MODE: Flag<HostWrap> = Flag::required(
    "-m",
    "<wrap/unwrap mode>",
    "wrapping or unwrapping mode (-m) is missing.",
    &["What to do:", " wrap - 1", " unwrap - 0"],
    |word| match word {
        "1" => Ok(HostWrap::Wrap),
        "0" => Ok(HostWrap::Unwrap),
        _ => Err(Rejection::say(String::from("wrapping or unwrapping mode should be 0 or 1."))),
    },
)
.takes("0 or 1");

static VECTOR: Flag<Vec<u8>> = Flag::optional(
    "-i",
    "<wrapping IV>",
    &["Initialization vector: 8 bytes in hexadecimal"],
    read::vector,
)
.takes("16 hexadecimal digits")
.default("a6a6a6a6a6a6a6a6");

static OUTPUT: Flag<PathBuf> = Flag::optional(
    "-out",
    "<file to write the wrapped/unwrapped data out>",
    &["File to write the result to; wrapped_key or unwrapped_key is the default"],
    read::path,
)
.default("wrapped_key or unwrapped_key");

static UNWRAPPED_OUTPUT: Flag<PathBuf> = Flag::optional(
    "-out",
    "<file to write the unwrapped data out>",
    &["File to write the result to; unwrapped_key is the default"],
    read::path,
)
.default("unwrapped_key");

/// The command aesWrapUnwrap.
pub static WRAP_UNWRAP: Command = Command {
    names: &["aesWrapUnwrap"],
    group: Group::Crypto,
    summary: &["Does NIST AES Wrap/Unwrap"],
    purpose: &["Wraps or unwraps a file with an AES key of the HSM."],
    words: Words::Flags,
    flags: &[&KEY, &FILE, &MODE, &VECTOR, &OUTPUT],
    // The mode is looked at below: it is missed after the warning about the vector.
    required: &[&FILE, &KEY],
    syntax: &[&[&FILE, &KEY, &MODE], &[&VECTOR, &OUTPUT]],
    checks: &[],
    frame: Frame::Full(Layout::new(13, Ending::Line).continuation("\t\t      ").blank_after(&[0])),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        "exSymKey -k 6 -w 4 -out aes.key",
        "aesWrapUnwrap -f aes.key -w 6 -m 1 -out wrapped.key",
    ]),
    run: wrap_or_unwrap,
};

/// The command aesUnwrapPkcs8Buffer.
pub static UNWRAP_PKCS8: Command = Command {
    names: &["aesUnwrapPkcs8Buffer"],
    group: Group::Crypto,
    summary: &["Does NIST AES Unwrap of a PKCS8 buffer"],
    purpose: &["Unwraps a file, such as a wrapped private key, with an AES key of the HSM."],
    words: Words::Flags,
    flags: &[&UNWRAPPING_KEY, &WRAPPED_FILE, &VECTOR, &UNWRAPPED_OUTPUT],
    required: &[&WRAPPED_FILE, &UNWRAPPING_KEY],
    syntax: &[&[&WRAPPED_FILE, &UNWRAPPING_KEY], &[&VECTOR, &UNWRAPPED_OUTPUT]],
    checks: &[],
    frame: Frame::Full(Layout::new(13, Ending::Line).continuation("\t\t      ")),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        EC_PAIR,
        "wrapKey -k 8 -w 6 -out wrapped.key -m 4 -noheader",
        "aesUnwrapPkcs8Buffer -f wrapped.key -w 6 -out private.der",
    ]),
    run: unwrap_pkcs8,
};

fn read_short_file(word: &str) -> Result<FileContent, Rejection> {
    let file = read::file(word)?;
    if file.content.len() > MAX_LENGTH {
        return Err(Rejection::say(format!("{word} is longer than {MAX_LENGTH} bytes.")));
    }
    Ok(file)
}

fn wrap_or_unwrap(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    warn(client, arguments);
    let direction = arguments.required(&MODE)?;
    let (file, key) = (arguments.required(&FILE)?, arguments.required(&KEY)?);
    let name = match direction {
        HostWrap::Wrap => "wrapped_key",
        HostWrap::Unwrap => "unwrapped_key",
    };
    let output = arguments.get(&OUTPUT).unwrap_or_else(|| PathBuf::from(name));
    Ok(run(client, arguments, direction, key, &file, output, false))
}

fn unwrap_pkcs8(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    warn(client, arguments);
    let (file, key) = (arguments.required(&WRAPPED_FILE)?, arguments.required(&UNWRAPPING_KEY)?);
    let output = arguments.get(&UNWRAPPED_OUTPUT).unwrap_or_else(|| PathBuf::from("unwrapped_key"));
    Ok(run(client, arguments, HostWrap::Unwrap, key, &file, output, true))
}

fn warn(client: &mut Client<'_>, arguments: &Arguments) {
    if !arguments.has(&VECTOR) {
        client.show(&Reply::DefaultVector);
    }
}

fn run(
    client: &mut Client<'_>,
    arguments: &Arguments,
    direction: HostWrap,
    key: Handle,
    input: &FileContent,
    file: PathBuf,
    pkcs8: bool,
) -> ReturnCode {
    let vector = arguments.get(&VECTOR);
    let answer = client.hsm.wrap_on_host(direction, key, vector.as_deref(), &input.content);
    let mut status = answer.status;
    if let Some(result) = &answer.value {
        let readers = if direction == HostWrap::Wrap { Readers::Anybody } else { Readers::Owner };
        if let Err(error) = write_file(&file, result, readers) {
            status.code = ReturnCode::WRITE_OUTPUT_FILE;
            status.detail = Some(format!("{}: {error}", file.display()));
        }
    }
    let code = status.code;
    let result = answer.value;
    client.show(&Reply::HostWrapped(HostWrapped { direction, pkcs8, status, result, file }));
    code
}
