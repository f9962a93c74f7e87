//! `logoutHSM`.

use super::console::Client;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Usage, Words};
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
    frame: Frame::Full {
        column: 11,
        continuation: "",
        blank_after: &[],
        before_syntax: 1,
        before_where: 2,
        help: "Shows this text",
        end: Ending::Line,
    },
    run,
};

fn run(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let status = client.hsm.log_out().status;
    let code = status.code;
    client.show(&Reply::LoggedOut(status));
    Ok(code)
}
