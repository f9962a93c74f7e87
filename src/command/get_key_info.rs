//! `getKeyInfo`.

use super::console::Client;
use super::example::{Example, LOGIN};
use super::flag::Flag;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Key handle (-k) is missing.",
    &["Handle of the key"],
    read::handle,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["getKeyInfo"],
    group: Group::KeyManagement,
    summary: &["Get Key Info about shared users/sessions"],
    purpose: &["Says who owns a key, who shares it, and how many users must approve its use."],
    words: Words::Flags,
    flags: &[&KEY],
    required: &[&KEY],
    syntax: &[&[&KEY]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::EmptyLine).blank_after(&[0])),
    example: Example::new(&[LOGIN, "genSymKey -l aes -t 31 -s 32 -u 4,5", "getKeyInfo -k 6"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let answer = client.hsm.get_key_info(arguments.required(&KEY)?);
    let code = answer.status.code;
    client.show(&Reply::KeyInfo(answer));
    Ok(code)
}
