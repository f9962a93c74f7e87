//! `getToken`, `delToken`, `listTokens`.

use std::io;
use std::path::PathBuf;

use super::console::Client;
use super::example::{Example, GUARDED_PAIR, LOGIN, TOKEN};
use super::flag::{Flag, Message, Rejection};
use super::offer::Offers;
use super::read::{self, FileContent};
use super::reply::Reply;
use super::write_file::{Readers, check_target, write_file};
use super::{Arguments, Command, Complaint, Ending, Frame, Group, Layout, Usage, Words};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::token::{Service, TOKEN_LENGTH};
use crate::hsm::user::MAX_NAME_LENGTH;
use crate::hsm::{DeleteTokens, GetToken};

/// The only number that the flags `-F` and `-f` know: RECREATE_IF_TOKEN_TIMED_OUT
/// for getToken, all of a user's tokens for delToken.
const ONLY_FLAG: u32 = 4;

static SERVICE: Flag<u32> = Flag::required(
    "-n",
    "<ServiceNo>",
    "",
    &["Number of the service to approve:", "\t\t5 - USE_KEY", "\t\t6 - MANAGE_KEY"],
    read::integer,
)
.takes("5 or 6");

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<Key>",
    "Key Handle (-k) is missing.",
    &["Handle of the key"],
    read::handle,
);

static USER: Flag<String> =
    Flag::required("-u", "<user_name>", "", &["Name of the user who asks: your own"], user_name)
        .takes("name of 1 to 31 bytes")
        .offering(Offers::UserNames);

static FILE: Flag<PathBuf> = Flag::required(
    "-f",
    "<token_file_to_store>",
    "",
    &["File to write the token to, for the users to sign"],
    read::path,
);

static RECREATE: Flag<()> = Flag::optional("-F", "flags", &[" What to do besides:"], only_flag)
    .takes("4")
    .default("nothing");

static TOKEN_FILE: Flag<FileContent> =
    Flag::optional("-tf", "<token file>", &["File with the tokens to delete"], read::file_or_help)
        .default("none");

static DELETE_ALL: Flag<()> = Flag::optional(
    "-f",
    "<delete flags>",
    &["Deletes tokens without a file:", "- 4 all that you asked for"],
    only_flag,
)
.takes("4")
.default("none");

/// The command getToken.
pub static GET: Command = Command {
    names: &["getToken"],
    group: Group::Quorum,
    summary: &["Initiate an MxN service and get Token"],
    purpose: &[
        "Makes a token for one use of a key; the key's users approve it by signing its file.",
    ],
    words: Words::Flags,
    flags: &[&SERVICE, &KEY, &USER, &FILE, &RECREATE],
    required: &[&USER, &FILE],
    syntax: &[],
    checks: &[service_is_known],
    frame: Frame::Full(
        Layout::new(11, Ending::TokenFlags)
            .before_where(1)
            .help_flag("Shows this text   ")
            .without_help()
            .written_syntax(&[
                "-n <ServiceNo> -k <Key> -u <user_name> -f <token_file_to_store> [-F flags]",
            ]),
    ),
    example: Example::new(&[LOGIN, GUARDED_PAIR, TOKEN]),
    run: get,
};

/// The command delToken.
pub static DELETE: Command = Command {
    names: &["delToken"],
    group: Group::Quorum,
    summary: &["delete Token(s)"],
    purpose: &["Deletes tokens that you asked for."],
    words: Words::Flags,
    flags: &[&TOKEN_FILE, &DELETE_ALL],
    required: &[],
    syntax: &[],
    checks: &[],
    frame: Frame::Full(
        Layout::new(12, Ending::Line)
            .before_where(1)
            .help_flag("Shows this text   ")
            .without_help()
            .written_syntax(&["-tf <token file> || -f <delete flags>"]),
    ),
    example: Example::new(&[LOGIN, GUARDED_PAIR, TOKEN, "delToken -tf token"]),
    run: delete,
};

/// The command listTokens.
pub static LIST: Command = Command {
    names: &["listTokens"],
    group: Group::Quorum,
    summary: &["List all Tokens in the current partition"],
    purpose: &["Lists the tokens for keys that you may use."],
    words: Words::None,
    flags: &[],
    required: &[],
    syntax: &[&[]],
    checks: &[],
    frame: Frame::Full(
        Layout::new(12, Ending::Line)
            .before_where(1)
            .help_flag("Shows this text   ")
            .without_help(),
    ),
    example: Example::new(&[LOGIN, GUARDED_PAIR, TOKEN, "listTokens"]),
    run: list,
};

/// A name that no user can have shows the help.
fn user_name(word: &str) -> Result<String, Rejection> {
    if word.len() > MAX_NAME_LENGTH { Err(Rejection::ShowHelp) } else { Ok(word.to_owned()) }
}

/// Any number but 4 shows the help.
fn only_flag(word: &str) -> Result<(), Rejection> {
    if read::integer(word)? == ONLY_FLAG { Ok(()) } else { Err(Rejection::ShowHelp) }
}

/// The client looks at the number whatever else is wrong; without one it is 0.
fn service_is_known(arguments: &Arguments) -> Option<Complaint> {
    let service = arguments.get(&SERVICE).and_then(Service::from_number);
    service.is_none().then_some(Complaint::Remark("Invalid service number"))
}

fn get(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let service = arguments.required(&SERVICE)?;
    let request = GetToken {
        service: Service::from_number(service).ok_or_else(Usage::default)?,
        key: arguments.required(&KEY)?,
        user_name: arguments.required(&USER)?,
        recreate: arguments.has(&RECREATE),
    };
    let file = arguments.required(&FILE)?;
    // The client opens the file before it asks for the token.
    if let Err(error) = check_target(&file, Readers::Anybody) {
        return Ok(file_not_opened(client, file, &error));
    }
    let answer = client.hsm.get_token(&request);
    let code = answer.status.code;
    if let Some(issued) = &answer.value
        && let Err(error) = write_file(&file, &issued.record, Readers::Anybody)
    {
        // Nobody could approve a token without its file.
        client.hsm.delete_tokens(DeleteTokens::These(&issued.record));
        return Ok(file_not_opened(client, file, &error));
    }
    client.show(&Reply::TokenIssued(answer));
    Ok(code)
}

fn file_not_opened(client: &mut Client<'_>, file: PathBuf, error: &io::Error) -> ReturnCode {
    let reason = format!("{}: {error}", file.display());
    client.show(&Reply::TokenFileNotOpened(file, reason));
    ReturnCode::OPEN_FILE
}

fn delete(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.get(&TOKEN_FILE);
    let which = match &file {
        _ if arguments.has(&DELETE_ALL) => DeleteTokens::AllOfUser,
        None => {
            let (file, all) = (TOKEN_FILE.declaration.name, DELETE_ALL.declaration.name);
            return Err(Usage::because(format!("either {file} or {all} is needed")));
        }
        Some(file) if !file.content.len().is_multiple_of(TOKEN_LENGTH) => {
            let text = String::from("Improper token passed");
            return Err(Usage::tell(Message::Remark(text)));
        }
        Some(file) => DeleteTokens::These(&file.content),
    };
    let status = client.hsm.delete_tokens(which).status;
    let code = status.code;
    client.show(&Reply::TokensDeleted(status));
    Ok(code)
}

fn list(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let answer = client.hsm.list_tokens();
    let code = answer.status.code;
    client.show(&Reply::TokensListed(answer));
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hsm::token::SERVICES;

    #[test]
    fn the_help_lists_every_service() {
        let rows = SERVICES.map(|(number, name, _)| format!("\t\t{number} - {name}"));
        assert_eq!(SERVICE.declaration.explanation[1..], rows);
    }
}
