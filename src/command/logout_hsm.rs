//! `logoutHSM`.

use super::console::Client;
use super::example::{Example, LOGIN};
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::hsm::return_code::ReturnCode;

/// The command.
pub static COMMAND: Command = Command {
    names: &["logoutHSM"],
    group: Group::Administration,
    summary: &["Logout from the HSM"],
    purpose: &["Ends the user's session; session keys are gone."],
    words: Words::None,
    flags: &[],
    required: &[],
    syntax: &[&[]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::Line)),
    example: Example::new(&[LOGIN, "logoutHSM"]),
    run,
};

fn run(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let status = client.hsm.log_out().status;
    let code = status.code;
    client.show(&Reply::LoggedOut(status));
    Ok(code)
}
