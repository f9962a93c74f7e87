//! `findSingleKey`.

use super::console::Client;
use super::example::{AES_KEY, Example, LOGIN};
use super::flag::Flag;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

/// Required, but its absence shows the help without a message.
static KEY: Flag<Handle> =
    Flag::required("-k", "<key handle>", "", &["Handle of the key"], read::handle);

/// The command.
pub static COMMAND: Command = Command {
    names: &["findSingleKey"],
    group: Group::KeyManagement,
    summary: &["Find single Key"],
    purpose: &["Looks for a key on every HSM of the cluster."],
    words: Words::Flags,
    flags: &[&KEY],
    required: &[&KEY],
    syntax: &[&[&KEY]],
    checks: &[],
    frame: Frame::Full(Layout::new(14, Ending::Line).before_syntax(2).before_where(1)),
    example: Example::new(&[LOGIN, AES_KEY, "findSingleKey -k 6"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let status = client.hsm.find_single_key(arguments.required(&KEY)?).status;
    let code = status.code;
    client.show(&Reply::SingleKeyFound(status));
    Ok(code)
}
