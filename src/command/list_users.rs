//! `listUsers`.

use super::console::Client;
use super::example::{Example, LOGIN};
use super::reply::Reply;
use super::{Arguments, Command, Frame, Group, Usage, Words};
use crate::hsm::return_code::ReturnCode;

/// The command.
pub static COMMAND: Command = Command {
    names: &["listUsers"],
    group: Group::Administration,
    summary: &["Lists all users of a partition   "],
    purpose: &["Lists the users of the cluster with their ids and types."],
    words: Words::None,
    flags: &[],
    required: &[],
    syntax: &[],
    checks: &[],
    frame: Frame::Short { condition: "" },
    example: Example::new(&[LOGIN, "listUsers"]),
    run,
};

fn run(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let answer = client.hsm.list_users();
    let code = answer.status.code;
    client.show(&Reply::Users(answer));
    Ok(code)
}
