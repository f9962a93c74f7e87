//! `setAttribute`. The value is asked for, not given as a flag.

use super::console::{Client, NoAnswer};
use super::example::{Example, LOGIN};
use super::flag::Flag;
use super::offer::Offers;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::Status;
use crate::hsm::attribute::{Attribute, AttributeNumber};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static OBJECT: Flag<Handle> = Flag::required(
    "-o",
    "<object handle>",
    "Object handle (-o) is missing.",
    &["Handle of the key"],
    read::handle,
);

static ATTRIBUTE: Flag<AttributeNumber> = Flag::required(
    "-a",
    "<attribute>",
    "Attribute ID (-a) is missing.",
    &["Number of the attribute"],
    read::integer,
)
.takes("1")
.offering(Offers::SettableAttributes);

/// The attributes that can be set.
pub const SETTABLE: &[Attribute] = &[Attribute::Token];

/// The command.
pub static COMMAND: Command = Command {
    names: &["setAttribute"],
    group: Group::KeyManagement,
    summary: &["Sets an attribute of an object"],
    purpose: &["Changes an attribute of a key of yours: makes a session key persistent."],
    words: Words::Flags,
    flags: &[&OBJECT, &ATTRIBUTE],
    required: &[&OBJECT, &ATTRIBUTE],
    syntax: &[&[&OBJECT, &ATTRIBUTE]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::SettableAttributes).blank_after(&[0])),
    example: Example::new(&[
        LOGIN,
        "genSymKey -l aes -t 31 -s 32 -sess",
        "setAttribute -o 6 -a 1",
        "1",
    ]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let object = arguments.required(&OBJECT)?;
    let attribute = Attribute::from_number(arguments.required(&ATTRIBUTE)?);
    let status = if attribute.is_some_and(|attribute| SETTABLE.contains(&attribute)) {
        match client.console.ask_number(&Reply::AskBoolean) {
            Ok(value) => client.hsm.set_token(object, value != 0).status,
            Err(NoAnswer::Cancelled) => {
                client.show(&Reply::Cancelled);
                return Ok(ReturnCode::INVALID_USER_INPUT);
            }
            Err(NoAnswer::Unusable) => {
                client.show(&Reply::UnreadableInput);
                Status::local(ReturnCode::INVALID_USER_INPUT)
            }
        }
    } else {
        client.show(&Reply::AttributeNotSettable);
        Status::local(ReturnCode::ARGUMENTS_BAD)
    };
    let code = status.code;
    client.show(&Reply::AttributeSet(status));
    Ok(code)
}
