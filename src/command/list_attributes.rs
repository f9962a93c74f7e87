//! `listAttributes`. It ignores all words, `-h` included.

use super::console::Client;
use super::example::Example;
use super::reply::Reply;
use super::{Arguments, Command, Frame, Group, Usage, Words};
use crate::hsm::return_code::ReturnCode;

/// The command.
pub static COMMAND: Command = Command {
    names: &["listAttributes"],
    group: Group::Helper,
    summary: &["List all attributes for getAttributes"],
    purpose: &["Lists the attributes that getAttribute reads."],
    words: Words::Ignored,
    flags: &[],
    required: &[],
    syntax: &[],
    checks: &[],
    frame: Frame::Short { condition: "" },
    example: Example::new(&["listAttributes"]),
    run,
};

fn run(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    client.show(&Reply::AttributeList);
    Ok(ReturnCode::SUCCESS)
}
