//! `listECCCurveIds`. It ignores all words, `-h` included.

use super::console::Client;
use super::example::Example;
use super::reply::Reply;
use super::{Arguments, Command, Frame, Group, Usage, Words};
use crate::hsm::return_code::ReturnCode;

/// The command.
pub static COMMAND: Command = Command {
    names: &["listECCCurveIds"],
    group: Group::Helper,
    summary: &["List HSM supported ECC CurveIds"],
    purpose: &["Lists the curves of genECCKeyPair."],
    words: Words::Ignored,
    flags: &[],
    required: &[],
    syntax: &[],
    checks: &[],
    frame: Frame::Short { condition: "" },
    example: Example::new(&["listECCCurveIds"]),
    run,
};

fn run(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    client.show(&Reply::CurveList);
    Ok(ReturnCode::SUCCESS)
}
