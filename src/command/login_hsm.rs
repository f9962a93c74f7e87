//! `loginHSM`.

use super::console::{Client, NoAnswer};
use super::example::{Example, LOGIN};
use super::flag::{Flag, Word};
use super::offer::Offers;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::LoginType;

static USER_TYPE: Flag<String> = Flag::required(
    "-u",
    "<user type>",
    "User type (-u) is missing.",
    &["Type of the user: CU, CO, AU, PRECO or PO"],
    read::text,
)
.takes("CU, CO, AU, PRECO or PO")
.offering(Offers::OneOf(&["CU", "CO", "AU", "PRECO"]));

/// The flag of the user's name.
pub static NAME: Flag<String> = Flag::required(
    "-s",
    "<username>",
    "Username (-s) is missing.",
    &["Name of the user"],
    read::text,
)
.takes("name of 1 to 31 bytes")
.offering(Offers::UserNames);

/// The flag of the password, which nothing may keep or show.
pub static PASSWORD: Flag<Word> = Flag::required(
    "-p",
    "<password>",
    "Password (-p) is missing.",
    &["Password of the user"],
    read::password,
)
.takes("text of 7 to 32 bytes");

static HIDDEN: Flag<()> =
    Flag::switch("-hpswd", &["Asks for the password on the terminal instead, without showing it"]);

/// The command.
pub static COMMAND: Command = Command {
    names: &["loginHSM"],
    group: Group::Administration,
    summary: &["Login to the HSM"],
    purpose: &["Begins a user's session on every HSM of the cluster."],
    words: Words::Flags,
    flags: &[&USER_TYPE, &NAME, &PASSWORD, &HIDDEN],
    // The others are looked at below: the type is checked before the name is missed.
    required: &[&USER_TYPE],
    syntax: &[&[&USER_TYPE, &PASSWORD, &NAME, &HIDDEN]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::Line)),
    example: Example::new(&[LOGIN]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let user_type = arguments.required(&USER_TYPE)?;
    let hidden = arguments.has(&HIDDEN);
    if !hidden {
        arguments.required(&PASSWORD)?;
    }
    let login_type = LoginType::from_word(&user_type)
        .ok_or_else(|| Usage::say("Invalid user type specified."))?;
    let name = arguments.required(&NAME)?;
    let password = if hidden {
        match client.console.ask_password() {
            Ok(password) => password,
            Err(reason) => {
                client.show(match reason {
                    NoAnswer::Cancelled => &Reply::Cancelled,
                    NoAnswer::Unusable => &Reply::NoTerminal,
                });
                return Ok(ReturnCode::INVALID_USER_INPUT);
            }
        }
    } else {
        arguments.required(&PASSWORD)?
    };
    let status = client.hsm.log_in(login_type, &name, &password).status;
    let code = status.code;
    client.show(&Reply::LoggedIn(status));
    Ok(code)
}
