//! `getAttribute`.

use std::path::PathBuf;

use super::console::Client;
use super::creation::ATTEST_ONCE;
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::offer::Offers;
use super::reply::{AttributesRead, Reply};
use super::write_file::{Readers, write_file};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::attestation::attested_code;
use crate::hsm::attribute::AttributeNumber;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static OBJECT: Flag<Handle> = Flag::required(
    "-o",
    "<object Handle>",
    "Object handle (-o) is missing.",
    &["Handle of the key"],
    read::handle,
);

static ATTRIBUTE: Flag<AttributeNumber> = Flag::required(
    "-a",
    "<attribute>",
    "Attribute ID (-a) is missing.",
    &["Number of the attribute; 512 stands for all of them"],
    read::integer,
)
.takes("number from listAttributes, or 512")
.offering(Offers::Attributes);

static FILE: Flag<PathBuf> = Flag::required(
    "-out",
    "<attribute file>",
    "Attribute File (-out) is missing.",
    &["File to write the attribute to"],
    read::path,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["getAttribute"],
    group: Group::KeyManagement,
    summary: &["Reads an attribute from an object"],
    purpose: &["Writes an attribute of a key, or all of them, to a file."],
    words: Words::Flags,
    flags: &[&OBJECT, &ATTRIBUTE, &FILE, &ATTEST_ONCE],
    required: &[&OBJECT, &ATTRIBUTE, &FILE],
    syntax: &[&[&OBJECT, &ATTRIBUTE, &FILE, &ATTEST_ONCE]],
    checks: &[],
    frame: Frame::Full(Layout::new(16, Ending::AttributesNote).before_where(1)),
    example: Example::new(&[LOGIN, EC_PAIR, "getAttribute -o 7 -a 512 -out attributes.txt"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let answer =
        client.hsm.get_attribute(arguments.required(&OBJECT)?, arguments.required(&ATTRIBUTE)?);
    let mut status = answer.status;
    let mut written = false;
    let attestations = match &answer.value {
        Some(dump) if arguments.has(&ATTEST_ONCE) => client.hsm.attest_attributes(dump),
        _ => Vec::new(),
    };
    status.code = attested_code(status.code, &attestations);
    // What does not pass is not written.
    let dump = answer.value.filter(|_| status.code.is_success());
    if let Some(dump) = &dump {
        match write_file(&file, &client.console.attribute_file(dump), Readers::Anybody) {
            Ok(()) => written = true,
            Err(error) => {
                status.code = ReturnCode::OPEN_FILE;
                status.detail = Some(format!("{}: {error}", file.display()));
            }
        }
    }
    let code = status.code;
    client.show(&Reply::AttributesRead(AttributesRead {
        status,
        dump,
        attestations,
        file,
        written,
    }));
    Ok(code)
}
