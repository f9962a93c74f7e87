//! `approveToken`: brings users' signatures of tokens to the HSM, as a template names them.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::approval_template::{MAX_APPROVALS, Template, TemplateApproval};
use super::console::Client;
use super::example::{Example, GUARDED_PAIR, LOGIN, TOKEN};
use super::flag::Flag;
use super::reply::{ApprovalFault, Reply};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::Approval;
use crate::hsm::quorum_key::APPROVAL_LENGTH;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::token::TOKEN_LENGTH;
use crate::hsm::user::UserType;

/// The most tokens that can be approved at once.
const MAX_TOKENS: usize = 32;

/// The longest file that is read, in bytes; more than any template or token file has.
const MAX_FILE_LENGTH: u64 = 1 << 20;

/// The types of approvers by the numbers of the template.
const APPROVER_TYPES: [(u32, UserType); 2] =
    [(1, UserType::CryptoUser), (2, UserType::CryptoOfficer)];

static TEMPLATE: Flag<PathBuf> = Flag::required(
    "-af",
    "<approval-template-file>",
    "",
    &["File that names the tokens and the approvals"],
    read::path,
)
.takes("text file of up to 1 MiB");

/// The command.
pub static COMMAND: Command = Command {
    names: &["approveToken"],
    group: Group::Quorum,
    summary: &["Approves an MxN service"],
    purpose: &["Brings the users' signatures of tokens to the HSM."],
    words: Words::Flags,
    flags: &[&TEMPLATE],
    required: &[&TEMPLATE],
    syntax: &[&[&TEMPLATE]],
    checks: &[],
    frame: Frame::Full(
        Layout::new(12, Ending::Line)
            .before_where(1)
            .help_flag("Shows this text   ")
            .blank_after(&[0]),
    ),
    example: Example::new(&[LOGIN, GUARDED_PAIR, TOKEN, "approveToken -af template"])
        .with("`template`, made as docs/tokens.md shows"),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&TEMPLATE)?;
    let Ok(template) = read_template(&file) else {
        client.show(&Reply::ApprovalFault(ApprovalFault::TemplateNotOpened(file)));
        return Ok(ReturnCode::OPEN_FILE);
    };
    for (name, length) in &template.incompatible {
        client.show(&Reply::IncompatibleField(name, *length));
    }
    let loaded = load_tokens(&template).and_then(|tokens| Ok((tokens, load_approvals(&template)?)));
    let (tokens, approvals) = match loaded {
        Ok(loaded) => loaded,
        Err(fault) => {
            client.show(&Reply::ApprovalFault(fault));
            return Ok(ReturnCode::INVALID_INPUT);
        }
    };
    let status = client.hsm.approve_tokens(&tokens, &approvals).status;
    let code = status.code;
    client.show(&Reply::TokensApproved(status));
    Ok(code)
}

/// The template in a file, of which no more than a megabyte is read.
///
/// # Errors
/// Why the file cannot be read.
pub fn read_template(file: &Path) -> std::io::Result<Template> {
    Ok(Template::parse(&String::from_utf8_lossy(&read_file(file)?)))
}

/// The tokens as the users signed them. One file is enough; where both name
/// one token, the token file counts.
fn load_tokens(template: &Template) -> Result<Vec<u8>, ApprovalFault> {
    let (token_file, multi_file) = (&template.token_file, &template.multi_token_file);
    let given = |file: &Path| !file.as_os_str().is_empty();
    let token = if given(token_file) {
        let token =
            read_file(token_file).map_err(|_| ApprovalFault::NotOpened(token_file.clone()))?;
        if token.len() != TOKEN_LENGTH {
            return Err(ApprovalFault::TokenNotRead(token_file.clone()));
        }
        Some(token)
    } else {
        None
    };
    let multi = match &token {
        Some(token) if !given(multi_file) => token.clone(),
        _ => read_file(multi_file).map_err(|_| ApprovalFault::NotOpened(multi_file.clone()))?,
    };
    if multi.is_empty() || !multi.len().is_multiple_of(TOKEN_LENGTH) {
        return Err(ApprovalFault::TokenSize(multi.len()));
    }
    if template.claimed > MAX_APPROVALS {
        return Err(ApprovalFault::TooManyApprovals);
    }
    match multi.len() / TOKEN_LENGTH {
        1 => Ok(token.unwrap_or(multi)),
        2..=MAX_TOKENS => Ok(multi),
        _ => Err(ApprovalFault::TooManyTokens),
    }
}

fn load_approvals(template: &Template) -> Result<Vec<Approval>, ApprovalFault> {
    let approvals = template.approvals.iter().map(load_approval).collect::<Result<Vec<_>, _>>()?;
    if approvals.len() < template.claimed {
        let (done, wanted) = (approvals.len(), template.claimed);
        return Err(ApprovalFault::TooFewApprovers { done, wanted });
    }
    Ok(approvals)
}

fn load_approval(approval: &TemplateApproval) -> Result<Approval, ApprovalFault> {
    let TemplateApproval { user_type, name, file } = approval;
    let known = APPROVER_TYPES.iter().find(|row| row.0 == *user_type);
    let user_type = known.ok_or_else(|| ApprovalFault::UserType(*user_type, name.clone()))?.1;
    let signature = read_file(file).map_err(|_| ApprovalFault::NotOpened(file.clone()))?;
    if signature.len() != APPROVAL_LENGTH {
        return Err(ApprovalFault::ApprovalNotRead(file.clone()));
    }
    Ok(Approval { user_type, name: name.clone(), signature })
}

fn read_file(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(file)?.take(MAX_FILE_LENGTH).read_to_end(&mut content)?;
    Ok(content)
}
