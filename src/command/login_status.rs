//! `loginStatus`.

use super::console::Client;
use super::example::{Example, LOGIN};
use super::reply::Reply;
use super::{Arguments, Command, Frame, Group, Usage, Words};
use crate::hsm::return_code::ReturnCode;

/// The command.
pub static COMMAND: Command = Command {
    names: &["loginStatus"],
    group: Group::Administration,
    summary: &["Gets the Login Information"],
    purpose: &["Says which type of user is logged in on this session."],
    words: Words::None,
    flags: &[],
    required: &[],
    syntax: &[],
    checks: &[],
    frame: Frame::Short { condition: " and allowed only on initialized HSM" },
    example: Example::new(&[LOGIN, "loginStatus"]),
    run,
};

fn run(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let answer = client.hsm.login_status();
    let code = answer.status.code;
    client.show(&match answer.value {
        Some(user_type) => Reply::LoginStatus(user_type),
        None => Reply::LoginStatusUnread(answer.status),
    });
    Ok(code)
}
