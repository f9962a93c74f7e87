//! `deleteKey`.

use super::console::Client;
use super::example::{AES_KEY, Example, LOGIN};
use super::flag::Flag;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Key handle (-k) is missing.",
    &["Handle of the key to delete"],
    read::handle,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["deleteKey"],
    group: Group::KeyManagement,
    summary: &["Delete Key"],
    purpose: &["Deletes a key of yours from every HSM of the cluster, for good."],
    words: Words::Flags,
    flags: &[&KEY],
    required: &[&KEY],
    syntax: &[&[&KEY]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::Line)),
    example: Example::new(&[LOGIN, AES_KEY, "deleteKey -k 6"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let status = client.hsm.delete_key(arguments.required(&KEY)?).status;
    let code = status.code;
    client.show(&Reply::KeyDeleted(status));
    Ok(code)
}
