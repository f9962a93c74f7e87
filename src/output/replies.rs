//! A text for every reply. What the dialects say differently stands in their templates.

use super::files::{
    INVALID_KEY_TYPE, certificate_read, fake_pem, handle_file, host_wrapped, key_file_not_opened,
    unreadable_file, unreadable_public_key,
};
use super::templates::Style;
use super::{explained, found, help, information, keys, lists, tokens};
use crate::command::flag::Message;
use crate::command::reply::{AttributesRead, Polled, PolledKey};
use crate::command::{Reply, Usage};
use crate::crypto;
use crate::hsm::Status;
use crate::hsm::key::Class;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::UserType;

/// The text of a reply.
pub fn render(s: Style, reply: &Reply) -> String {
    let i = s.indent;
    match reply {
        Reply::HelpTable | Reply::UnknownCommand(_) => lists::help_table(i),
        Reply::Explained(command) => explained::render(i, command),
        Reply::Cancelled => String::new(),
        // On a terminal, ^C stands on the line.
        Reply::WaitEnded => String::from("\n"),
        Reply::PartitionUnread(usage, status) => {
            usage_text(i, usage) + &s.returned("Cfm3GetPartitionInfo", status.code)
        }
        Reply::Usage(command, usage) => usage_text(i, usage) + &usage_help(i, command, usage),
        Reply::UnreadableLine(reason) => format!("\n{i}Error: {reason}\n"),

        Reply::LoggedIn(status) => {
            s.returned("Cfm3LoginHSM", status.code) + &s.login_cluster(status)
        }
        Reply::NoTerminal => {
            format!("\n{i}Error: -hpswd needs a terminal to read the password from.\n")
        }
        Reply::LoggedOut(status) => {
            s.returned("Cfm3LogoutHSM", status.code) + &s.login_cluster(status)
        }
        Reply::LoginStatus(user_type) => login_status(i, *user_type),
        Reply::LoginStatusUnread(status) => {
            let code = status.code;
            format!("\n{i}Cfm3GetLoginStatus Failure: 0x{:02x} : {}\n", code.0, code.text())
        }
        Reply::Users(answer) => {
            let users = answer.value.as_ref();
            let users = users.map_or_else(String::new, |users| (s.templates.users)(i, users));
            users + &s.returned("Cfm3ListUsers", answer.status.code)
        }

        Reply::KeyPairGenerated(answer, attestation, maker) => {
            keys::key_pair(s, answer, *attestation, *maker)
        }
        Reply::KeyPairHandles(pair) => keys::key_pair_handles(i, *pair),
        Reply::KeyMade(made) => keys::key_made(s, made),
        Reply::KeyImported(made, step, on_host) => keys::key_imported(s, made, *step, *on_host),
        Reply::BareKeyUnwrapped(made, step) => keys::bare_key_unwrapped(s, made, *step),
        Reply::BerLength(length) => format!("BER encoded key length is {length}\n"),
        Reply::InvalidHostKey => String::from("\nInvalid file. Should be an AES key\n"),
        Reply::WrongClass(handle, class) => {
            let wanted = if *class == Class::Secret { "symmetric" } else { "private" };
            format!("\n{i}{handle} is not a {wanted} key\n")
        }
        Reply::KeyExported(exported) => keys::key_exported(s, exported),
        Reply::PublicKeyExported(status, file) => {
            let written = match status.code {
                ReturnCode::SUCCESS => {
                    format!("\nPEM formatted public key is written to {}\n", file.display())
                }
                ReturnCode::WRITE_OUTPUT_FILE => String::from("unable to write key \n"),
                _ => String::new(),
            };
            written + &s.returned("Cfm3ExportPubKey", status.code)
        }
        Reply::UnreadablePublicKey(key) => {
            unreadable_public_key(i, key)
                + &s.returned("Cfm3CreatePublicKey", ReturnCode::INVALID_INPUT)
        }
        Reply::AlreadyImported(handle) => {
            format!("\nThis key is already imported with handle {handle}\n\n")
        }
        Reply::KeyFileNotOpened(file, reason) => key_file_not_opened(file, reason),
        Reply::UnreadablePrivateKey(key) => match key.reason {
            crypto::Error::UnknownAlgorithm => INVALID_KEY_TYPE.to_owned(),
            _ => String::from("failed to read private key from file\n\n"),
        },
        Reply::KeyWrapped(status, file, length) => {
            (s.templates.key_wrapped)(s, status, file, *length)
        }
        Reply::MaskedObjectExtracted(status, file) => {
            let said = match status.code {
                ReturnCode::SUCCESS => {
                    let file = file.display();
                    format!("\n{i}Object was masked and written to file \"{file}\" \n")
                }
                ReturnCode::WRITE_OUTPUT_FILE => {
                    format!("\n{i}Failed to write masked object to a file. \n")
                }
                _ => String::new(),
            };
            said + &s.returned("Cfm3ExtractMaskedObject", status.code)
        }
        Reply::DefaultVector => format!(
            "\n{i}Warning: IV (-i) is missing.\n\
             {i}{i} 0xA6A6A6A6A6A6A6A6 is considered as default IV\n"
        ),
        Reply::UnwrapWarnings { vector, mechanism, template } => {
            keys::unwrap_warnings(i, *vector, *mechanism, *template)
        }
        Reply::HostWrapped(wrapped) => host_wrapped(s, wrapped),
        Reply::FakePemWritten(outcome) => fake_pem(s, outcome),
        Reply::HandleFileExamined(file, verdict) => handle_file(i, file, *verdict),
        Reply::KeyTypeUnread(code) => {
            format!("Cfm3GetAttribute to get key type failed {} : {} \n", code.0, code.text())
        }
        Reply::Signed(status, file) => (s.templates.signed)(s, status, file),
        Reply::Verified(answer) => (s.templates.verified)(s, answer),
        Reply::Rc4Refused(state) => {
            format!("\n RC4 is not allowed in FIPS mode\n\n Current FIPS mode: {state:08x}\n")
        }
        Reply::KeyHandle(maker, handle) => s.new_handle(*maker, *handle),
        Reply::TooFewServers(successes) => too_few_servers(*successes),
        Reply::Polled(polled) => polled_key(s, polled),
        Reply::RollingBack(wanted) => {
            format!("Couldn't verify key sync on {wanted} servers\nRolling back\n")
        }
        Reply::KeyDeleted(status) => {
            let words = match status.code {
                ReturnCode::INVALID_HANDLE => s.templates.calls.delete_unknown_key,
                _ => "Cfm3DeleteKey returned",
            };
            s.result(words, status.code) + &s.cluster(status)
        }

        Reply::UnreadableFile(file) => unreadable_file(i, file),
        Reply::HsmInformation(answer) => match &answer.value {
            Some(listing) => information::hsm(i, listing),
            None => {
                let code = answer.status.code;
                format!("\n{i}Cfm3GetHSMInfo2 Failure: 0x{:02x} : {}\n", code.0, code.text())
            }
        },
        Reply::PartitionInformation(answer) => {
            information::partition_heading(i)
                + &match &answer.value {
                    Some(listing) => information::partition(i, listing),
                    None => s.returned("Cfm3GetPartitionInfo", answer.status.code),
                }
        }
        Reply::CertificateRead(status, file) => certificate_read(i, status, file),
        Reply::KeysFound(answer) => found::parts(s, answer).collect(),
        Reply::SingleKeyFound(status) => {
            s.result(s.templates.calls.find_single_key, status.code) + &s.cluster(status)
        }
        Reply::KeyInfo(answer) => {
            let info = answer.value.as_ref();
            let info = info.map_or_else(String::new, |info| (s.templates.key_info)(i, info));
            s.returned("Cfm3GetKey", answer.status.code) + &info + "\n"
        }

        Reply::AttributesRead(read) => attributes_read(s, read),
        Reply::AskBoolean => format!(
            "{i}{i}This attribute is defined as a boolean value.\n\
             {i}{i}Enter the boolean attribute value (0 or 1):"
        ),
        Reply::UnreadableInput => String::from("\nError reading the user input value\n"),
        Reply::AttributeNotSettable => {
            format!("\n{i}This attribute is either not modifiable or unknown")
        }
        Reply::AttributeSet(status) => {
            s.returned("Cfm3SetAttribute", status.code) + &s.cluster(status)
        }

        Reply::TokenIssued(answer) => {
            let token = answer
                .value
                .as_ref()
                .map_or_else(String::new, |issued| tokens::token(i, &issued.info));
            s.returned("Cfm3GetToken", answer.status.code) + &token + &s.cluster(&answer.status)
        }
        Reply::TokenFileNotOpened(file, _) => {
            format!("failed to open the file {}\n", file.display())
        }
        Reply::TokensDeleted(status) => {
            s.returned("Cfm3DeleteToken", status.code) + &s.cluster(status)
        }
        Reply::IncompatibleField(name, length) => {
            format!("Field {name} has incompatible value of size {length}\n")
        }
        Reply::ApprovalFault(fault) => tokens::approval_fault(fault),
        Reply::TokensApproved(status) => {
            s.returned("Cfm3ApproveToken", status.code) + &s.cluster(status)
        }
        Reply::TokensListed(answer) => {
            let list = answer.value.as_ref().map_or_else(String::new, |list| tokens::list(i, list));
            s.returned("Cfm3ListTokens", answer.status.code) + &list + &s.cluster(&answer.status)
        }

        Reply::ErrorText(code) => format!("\n{i}Error Code {:x} maps to {}\n", code.0, code.text()),
        Reply::AttributeList => lists::attributes(s.templates.listed_attributes),
        Reply::CurveList => lists::curve_ids(),
    }
}

fn login_status(i: &str, user_type: Option<UserType>) -> String {
    match user_type {
        None => format!("\n{i}No user has logged-in\n"),
        Some(UserType::CryptoUser) => format!("\n{i}CU has logged-in\n"),
        Some(UserType::ApplianceUser) => format!("\n{i}AU has logged-in\n"),
        Some(UserType::CryptoOfficer | UserType::PrimaryCryptoOfficer) => {
            format!("\n{i}CO has logged-in\n")
        }
        Some(UserType::PrecryptoOfficer) => format!("\n{i} Default CO has logged in\n"),
    }
}

fn usage_text(i: &str, usage: &Usage) -> String {
    let message = |message: &Message| match message {
        Message::Error(text) => {
            format!("\n{i}Error: {}\n", text.replace('\n', &format!("\n\n{i}")))
        }
        Message::Plain(text) => format!("\n{i}{text}\n"),
        Message::AtMargin(text) => format!("\nError: {text}\n"),
        Message::Open(text) => format!("\n{i}Error: {text}"),
        Message::Remark(text) => format!("{text}\n"),
    };
    let warnings: String =
        usage.unreadable_files.iter().map(|file| unreadable_file(i, file)).collect();
    warnings + &usage.messages.iter().map(message).collect::<String>()
}

fn usage_help(i: &str, command: &'static crate::command::Command, usage: &Usage) -> String {
    if usage.unknown_curve {
        return format!("\n{i}Error: Invalid EC Curve ID.\n\n{}", lists::curves());
    }
    help::render(i, command)
}

fn too_few_servers(successes: usize) -> String {
    format!(
        "\n Not a valid min_srv count, please check the number of servers in cluster !!\
         \n Key generation succesful in all servers {successes} present in the cluster\n"
    )
}

fn polled_key(s: Style, polled: &Polled) -> String {
    let i = s.indent;
    let which = match polled.key {
        PolledKey::Only => "",
        PolledKey::Private => "private ",
        PolledKey::Public => "public ",
    };
    let checking = format!("\n{i}Checking {which}key status ({} seconds)..\n", polled.second);
    let Status { code, nodes, .. } = &polled.status;
    checking
        + &match nodes {
            Some(_) => s.cluster(&polled.status),
            None => format!(
                "\n{i}Checking key status failed\n\n{i}Cfm3FindSingleKey returned : 0x{:02x} : {}\n",
                code.0,
                code.text()
            ),
        }
}

fn attributes_read(s: Style, read: &AttributesRead) -> String {
    let i = s.indent;
    let verifying = |index| match index {
        0 => String::new(),
        _ => format!("\n{i} Verifying attestation for value\n"),
    };
    let attested: String = (0..)
        .zip(&read.attestations)
        .map(|(index, passed)| verifying(index) + &keys::attested(i, *passed))
        .collect();
    let dumped = match &read.dump {
        None => String::new(),
        Some(_) if !read.written => String::from("Failed to open file\n "),
        Some(_) => (s.templates.attributes_dumped)(read),
    };
    attested + &dumped + &s.returned("Cfm3GetAttribute", read.status.code)
}
