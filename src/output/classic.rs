//! The classic dialect: one template per reply.

use std::path::Path;

use super::{help, information, lists, tokens};
use crate::command::flag::{Message, UnreadableFile};
use crate::command::reply::{
    AttributesRead, Exported, FakePem, HostWrapped, KeyMade, Maker, PairMaker, Polled, PolledKey,
    ValidHandle,
};
use crate::command::{Reply, Usage};
use crate::crypto;
use crate::hsm::HostWrap;
use crate::hsm::key::Class;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::{User, UserType};
use crate::hsm::{
    Answer, AttributeDump, ExportStep, ImportStep, KeyInfo, KeyPair, NodeStatus, Status,
};

/// What is said of a key of an algorithm that is none of the HSM's; the client
/// has no number for such a type.
const INVALID_KEY_TYPE: &str = "Error: Invalid Key Type -1\n";

/// The text of a reply; `i` is what an indented line starts with.
pub fn render(i: &str, reply: &Reply) -> String {
    match reply {
        Reply::HelpTable | Reply::UnknownCommand(_) => lists::help_table(i),
        Reply::Cancelled => String::new(),
        // On a terminal, ^C stands on the line.
        Reply::WaitEnded => String::from("\n"),
        Reply::PartitionUnread(usage, status) => {
            usage_text(i, usage) + &returned(i, "Cfm3GetPartitionInfo", status.code)
        }
        Reply::Usage(command, usage) => usage_text(i, usage) + &usage_help(i, command, usage),
        Reply::UnreadableLine(reason) => format!("\n{i}Error: {reason}\n"),

        Reply::LoggedIn(status) => returned(i, "Cfm3LoginHSM", status.code) + &ascending(i, status),
        Reply::NoTerminal => {
            format!("\n{i}Error: -hpswd needs a terminal to read the password from.\n")
        }
        Reply::LoggedOut(status) => {
            returned(i, "Cfm3LogoutHSM", status.code) + &ascending(i, status)
        }
        Reply::LoginStatus(user_type) => login_status(i, *user_type),
        Reply::LoginStatusUnread(status) => {
            let code = status.code;
            format!("\n{i}Cfm3GetLoginStatus Failure: 0x{:02x} : {}\n", code.0, code.text())
        }
        Reply::Users(answer) => users(i, answer),

        Reply::KeyPairGenerated(answer, attestation, maker) => {
            key_pair(i, answer, *attestation, *maker)
        }
        Reply::KeyPairHandles(pair) => key_pair_handles(i, *pair),
        Reply::KeyMade(made) => key_made(i, made),
        Reply::KeyImported(made, step, on_host) => key_imported(i, made, *step, *on_host),
        Reply::BareKeyUnwrapped(made, step) => bare_key_unwrapped(i, made, *step),
        Reply::BerLength(length) => format!("BER encoded key length is {length}\n"),
        Reply::InvalidHostKey => String::from("\nInvalid file. Should be an AES key\n"),
        Reply::WrongClass(handle, class) => {
            let wanted = if *class == Class::Secret { "symmetric" } else { "private" };
            format!("\n{i}{handle} is not a {wanted} key\n")
        }
        Reply::KeyExported(exported) => key_exported(i, exported),
        Reply::PublicKeyExported(status, file) => {
            let written = if status.code.is_success() {
                format!("\nPEM formatted public key is written to {}\n", file.display())
            } else {
                String::new()
            };
            written + &returned(i, "Cfm3ExportPubKey", status.code)
        }
        Reply::UnreadablePublicKey(key) => {
            let said = match key.reason {
                crypto::Error::UnknownAlgorithm => INVALID_KEY_TYPE.to_owned(),
                _ => format!("\n{i} Failed to read Public Key from file {}\n", key.file.display()),
            };
            said + &returned(i, "Cfm3CreatePublicKey", ReturnCode::INVALID_INPUT)
        }
        Reply::AlreadyImported(handle) => {
            format!("\nThis key is already imported with handle {handle}\n\n")
        }
        Reply::KeyFileNotOpened(file, reason) => {
            format!("failed to open file  {} : {reason}\n", file.display())
        }
        Reply::UnreadablePrivateKey(key) => match key.reason {
            crypto::Error::UnknownAlgorithm => INVALID_KEY_TYPE.to_owned(),
            _ => String::from("failed to read private key from file\n\n"),
        },
        Reply::KeyWrapped(status, file, length) => {
            let wrapped = format!("\n{i}Key Wrapped.\n");
            let said = match status.code {
                // The quotation mark that is missing is missing in the client, too.
                ReturnCode::SUCCESS => {
                    let file = file.display();
                    format!("{wrapped}\n{i}Wrapped Key written to file \"{file} length {length}\n")
                }
                ReturnCode::WRITE_OUTPUT_FILE => {
                    format!("{wrapped}\n{i}Failed to write Wrapped Key to a file.\n")
                }
                _ => String::new(),
            };
            said + &returned(i, "Cfm2WrapKey", status.code)
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
            said + &returned(i, "Cfm3ExtractMaskedObject", status.code)
        }
        Reply::DefaultVector => format!(
            "\n{i}Warning: IV (-i) is missing.\n\
             {i}{i} 0xA6A6A6A6A6A6A6A6 is considered as default IV\n"
        ),
        Reply::UnwrapWarnings { vector, mechanism, template } => {
            unwrap_warnings(i, *vector, *mechanism, *template)
        }
        Reply::HostWrapped(wrapped) => host_wrapped(i, wrapped),
        Reply::FakePemWritten(outcome) => fake_pem(i, outcome),
        Reply::HandleFileExamined(file, verdict) => handle_file(i, file, *verdict),
        Reply::KeyTypeUnread(code) => {
            format!("Cfm3GetAttribute to get key type failed {} : {} \n", code.0, code.text())
        }
        Reply::Signed(status, file) => signed(i, status, file),
        Reply::Verified(status) => verified(i, status),
        Reply::Rc4Refused(state) => {
            format!("\n RC4 is not allowed in FIPS mode\n\n Current FIPS mode: {state:08x}\n")
        }
        Reply::KeyHandle(maker, handle) => key_handle(i, *maker, *handle),
        Reply::TooFewServers(successes) => too_few_servers(*successes),
        Reply::Polled(polled) => polled_key(i, polled),
        Reply::RollingBack(wanted) => {
            format!("Couldn't verify key sync on {wanted} servers\nRolling back\n")
        }
        Reply::KeyDeleted(status) => {
            // The client looks the key up first, and that is what fails then.
            let unknown = status.code == ReturnCode::INVALID_HANDLE;
            let name = if unknown { "Cfm3FindKey" } else { "Cfm3DeleteKey" };
            returned(i, name, status.code) + &descending(i, status)
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
                    None => returned(i, "Cfm3GetPartitionInfo", answer.status.code),
                }
        }
        Reply::CertificateRead(status, file) => certificate_read(i, status, file),
        Reply::KeysFound(answer) => keys_found(i, answer),
        Reply::SingleKeyFound(status) => {
            returned(i, "Cfm3FindKey", status.code) + &descending(i, status)
        }
        Reply::KeyInfo(answer) => key_info(i, answer),

        Reply::AttributesRead(read) => attributes_read(i, read),
        Reply::AskBoolean => format!(
            "{i}{i}This attribute is defined as a boolean value.\n\
             {i}{i}Enter the boolean attribute value (0 or 1):"
        ),
        Reply::UnreadableInput => String::from("\nError reading the user input value\n"),
        Reply::AttributeNotSettable => {
            format!("\n{i}This attribute is either not modifiable or unknown")
        }
        Reply::AttributeSet(status) => {
            returned(i, "Cfm3SetAttribute", status.code) + &descending(i, status)
        }

        Reply::TokenIssued(answer) => {
            let token = answer
                .value
                .as_ref()
                .map_or_else(String::new, |issued| tokens::token(i, &issued.info));
            returned(i, "Cfm3GetToken", answer.status.code)
                + &token
                + &descending(i, &answer.status)
        }
        Reply::TokenFileNotOpened(file) => format!("failed to open the file {}\n", file.display()),
        Reply::TokensDeleted(status) => {
            returned(i, "Cfm3DeleteToken", status.code) + &descending(i, status)
        }
        Reply::IncompatibleField(name, length) => {
            format!("Field {name} has incompatible value of size {length}\n")
        }
        Reply::ApprovalFault(fault) => tokens::approval_fault(fault),
        Reply::TokensApproved(status) => {
            returned(i, "Cfm3ApproveToken", status.code) + &descending(i, status)
        }
        Reply::TokensListed(answer) => {
            let list = answer.value.as_ref().map_or_else(String::new, |list| tokens::list(i, list));
            returned(i, "Cfm3ListTokens", answer.status.code)
                + &list
                + &descending(i, &answer.status)
        }

        Reply::ErrorText(code) => format!("\n{i}Error Code {:x} maps to {}\n", code.0, code.text()),
        Reply::AttributeList => lists::attributes(),
        Reply::CurveList => lists::curve_ids(),
    }
}

/// The result line, the same for success and failure.
fn returned(i: &str, name: &str, code: ReturnCode) -> String {
    format!("\n{i}{name} returned: 0x{:02x} : {}\n", code.0, code.text())
}

/// The cluster block, highest node first, as every command but login and logout prints it.
fn descending(i: &str, status: &Status) -> String {
    status.nodes.as_ref().map_or_else(String::new, |nodes| cluster(i, nodes.iter().rev()))
}

/// The cluster block, lowest node first.
fn ascending(i: &str, status: &Status) -> String {
    status.nodes.as_ref().map_or_else(String::new, |nodes| cluster(i, nodes.iter()))
}

fn cluster<'a>(i: &str, nodes: impl Iterator<Item = &'a NodeStatus>) -> String {
    let line = |NodeStatus { node, code }: &NodeStatus| {
        format!("{i}Node id {node} and err state 0x{:08x} : {}\n", code.0, code.text())
    };
    format!("\n{i}Cluster Error Status\n") + &nodes.map(line).collect::<String>()
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

fn unreadable_file(i: &str, file: &UnreadableFile) -> String {
    let name = file.path.display();
    let empty =
        if file.empty { format!("\n{i} {name} is an empty file.\n") } else { String::new() };
    empty + &format!("\n{i}WARNING: Failed to read from the file \"{name}\".\n")
}

fn usage_help(i: &str, command: &'static crate::command::Command, usage: &Usage) -> String {
    if usage.unknown_curve {
        return format!("\n{i}Error: Invalid EC Curve ID.\n\n{}", lists::curves());
    }
    help::render(i, command)
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

fn users(i: &str, answer: &Answer<Vec<User>>) -> String {
    let result = returned(i, "Cfm3ListUsers", answer.status.code);
    let Some(users) = &answer.value else { return result };
    let row = |(index, user): (usize, &User)| {
        format!(
            "{i}{:<8}{:>10}      {:<16}{:<26}{:<17}{:<16}{}\n",
            index + 1,
            user.id,
            user.user_type.word(),
            user.name,
            if user.has_quorum_key { "YES" } else { "NO" },
            user.login_failures,
            "NO"
        )
    };
    let heading = format!(
        "{i}{:<12}{:<12}{:<16}{:<20}{:<14}{:<24}{}\n",
        "Index", "User ID", "User Type", "User Name", "MofnPubKey", "LoginFailureCnt", "2FA"
    );
    let rows: String = users.iter().enumerate().map(row).collect();
    format!("\n{i}Number Of Users found {}\n\n{heading}{rows}{result}", users.len())
}

fn key_pair(
    i: &str,
    answer: &Answer<KeyPair>,
    attestation: Option<bool>,
    maker: PairMaker,
) -> String {
    let lost = answer.status.code == ReturnCode::DAEMON_UNREACHABLE;
    let name = match maker {
        // These two ask the partition for its FIPS state first.
        PairMaker::Rsa | PairMaker::Dsa if lost => "Cfm3GetPartitionInfo",
        PairMaker::Dsa => "Cfm3GenerateKeyPair:",
        PairMaker::Rsa | PairMaker::Ecc => "Cfm3GenerateKeyPair",
    };
    let result = returned(i, name, answer.status.code);
    let handles = answer.value.map_or_else(String::new, |pair| key_pair_handles(i, pair));
    let attestation = attestation.map_or_else(String::new, |passed| attested(i, passed));
    result + &handles + &attestation + &descending(i, &answer.status)
}

fn key_pair_handles(i: &str, pair: KeyPair) -> String {
    format!(
        "\n{i}Cfm3GenerateKeyPair:    public key handle: {}    private key handle: {}\n",
        pair.public, pair.private
    )
}

fn key_imported(i: &str, made: &KeyMade, reached: ImportStep, on_host: bool) -> String {
    let steps = [
        (ImportStep::Wrap, "Cfm3WrapHostKey"),
        (ImportStep::Template, "Cfm3CreateUnwrapTemplate"),
        (ImportStep::Unwrap, "Cfm3UnWrapKey"),
    ];
    // What the client wraps by itself has no line unless it fails.
    let (silent, shown) = steps.split_at(usize::from(on_host));
    let host_failed = silent.iter().any(|(step, _)| *step == reached);
    let host = if host_failed { "AES_wrap_key failed\n" } else { "" };
    host.to_owned() + &import_steps(i, shown, made, reached) + &handle_and_rest(i, made)
}

fn bare_key_unwrapped(i: &str, made: &KeyMade, reached: ImportStep) -> String {
    let steps = [
        (ImportStep::Template, "Cfm3CreateUnwrapTemplate2"),
        (ImportStep::Unwrap, "Cfm2UnWrapWithTemplate3"),
    ];
    import_steps(i, &steps, made, reached) + &handle_and_rest(i, made)
}

/// The result lines of an import up to the step that it reached.
fn import_steps(
    i: &str,
    steps: &[(ImportStep, &str)],
    made: &KeyMade,
    reached: ImportStep,
) -> String {
    let line = |(step, name): &(ImportStep, &str)| {
        let last = *step == reached;
        returned(i, name, if last { made.answer.status.code } else { ReturnCode::SUCCESS })
    };
    steps.iter().filter(|(step, _)| *step <= reached).map(line).collect()
}

fn key_exported(i: &str, exported: &Exported) -> String {
    let code =
        |step| if step == exported.step { exported.status.code } else { ReturnCode::SUCCESS };
    // What fails last is the file; the keys were fine until then.
    let code = |step| match code(step) {
        ReturnCode::WRITE_OUTPUT_FILE => ReturnCode::SUCCESS,
        code => code,
    };
    let mut text = returned(i, "Cfm3WrapKey", code(ExportStep::Wrap));
    if exported.step == ExportStep::Wrap {
        return text;
    }
    let unwrapped = code(ExportStep::Unwrap);
    if !exported.on_host {
        text += &returned(i, "Cfm3UnWrapHostKey", unwrapped);
    } else if !unwrapped.is_success() {
        text += "AES_unwrap_key failed\n";
    }
    if !unwrapped.is_success() {
        return text;
    }
    let file = exported.file.display();
    text + &match (exported.class, exported.written) {
        (Class::Private, true) => format!("\nPEM formatted private key is written to {file}\n"),
        (Class::Private, false) if !exported.opened => String::from("failed to open file bio\n\n"),
        // The client says both.
        (Class::Private, false) => {
            format!("failed to write to file\n\n\nPEM formatted private key is written to {file}\n")
        }
        (_, true) => format!("\n\nWrapped Symmetric Key written to file \"{file}\"\n"),
        (_, false) => format!("\n\nCouldn't write to file {file}\n"),
    }
}

fn unwrap_warnings(i: &str, vector: bool, mechanism: bool, template: bool) -> String {
    let mut text = String::new();
    if vector {
        text += &format!(
            "\n{i}Warning: IV (-i) is missing.\n\
             {i}{i} 0xA6A6A6A6A6A6A6A6/0x0 is considered as default IV based on fw ver\n"
        );
    }
    if mechanism {
        text += &format!(
            "\n{i} Warning: Mechanism for wrap/unwrap is missing.\
             \n{i} NIST_AES_WRAP_NO_PAD is the default mechanishm\n"
        );
    }
    text + &if template {
        format!("\n{i}WARN IV is ignored for template case\n")
    } else {
        format!("\n{i}WARN template option is missing.\n{i}so unwrapping key without template.\n")
    }
}

fn host_wrapped(i: &str, wrapped: &HostWrapped) -> String {
    let name = match wrapped.direction {
        _ if wrapped.pkcs8 => "aesUnwrapPkcs8Buffer",
        HostWrap::Wrap => "Cfm3WrapHostKey",
        HostWrap::Unwrap => "Cfm3UnWrapHostKey",
    };
    let result = returned(i, name, wrapped.status.code);
    let Some(bytes) = &wrapped.result else { return result };
    let byte = |(index, byte): (usize, &u8)| {
        format!("{}{byte:02X} ", if index % 8 == 0 { "\n" } else { "" })
    };
    let data: String = bytes.iter().enumerate().map(byte).collect();
    let written = if wrapped.status.code.is_success() {
        format!("\n\nresult written to file {} \n", wrapped.file.display())
    } else {
        String::from("\n\nFailed to write result into a file.\n")
    };
    format!("result data:{data}{written}{result}")
}

fn fake_pem(i: &str, outcome: &FakePem) -> String {
    let reason = match outcome {
        FakePem::Written(file) => {
            let file = file.display();
            return format!("\n\nPrivate Key Handle is written to {file} in fake PEM format\n")
                + &returned(i, "getCaviumPrivKey", ReturnCode::SUCCESS);
        }
        FakePem::NotOpened => "Failed to open file for writing",
        FakePem::NoAttribute => "Failed to get key attribute",
        FakePem::WrongKey => "Input key handle should be RSA/ECDSA private key handle",
        FakePem::BinaryCurve => "EC_GROUP_get_curve_GFp failed",
    };
    format!("\n{i}{reason}\n\n{i}Error in writing private key file\n")
}

fn handle_file(i: &str, file: &Path, verdict: ValidHandle) -> String {
    let file = file.display();
    match verdict {
        ValidHandle::NotOpened => format!("\n\n {i} error in opening file {file} \n\n"),
        ValidHandle::NotRead => format!("\n\n: {i}error in Reading private key file {file} \n\n"),
        ValidHandle::RealKey => format!("\n\n {i}Input key file has real private key \n\n"),
        ValidHandle::Known(handle) => {
            format!("\n\n {i}Input file has key handle: {handle} \n\n")
        }
        ValidHandle::Unknown(handle) => {
            format!("\n\n {i}Input file has invalid key handle: {handle} \n")
        }
    }
}

fn signed(i: &str, status: &Status, file: &Path) -> String {
    let said = match status.code {
        ReturnCode::SUCCESS => format!("\n{i}signature is written to file {}\n", file.display()),
        _ => String::new(),
    };
    unfit_mechanism(i, status, "signature")
        + &returned(i, "Cfm3Sign", status.code)
        + &said
        + &descending(i, status)
}

fn verified(i: &str, status: &Status) -> String {
    let result = returned(i, "Cfm3Verify", status.code);
    match status.code {
        ReturnCode::SUCCESS => format!("\n{i}Signature verification successful\n") + &result,
        ReturnCode::BAD_PKCS_DATA => {
            let code = status.code;
            format!("\n{i}Cfm3Verify returned: 0x{:02x}\n\n{i}{}\n", code.0, code.text())
        }
        _ => unfit_mechanism(i, status, "verification") + &result,
    }
}

/// What is said of a mechanism that does not fit the key; nothing if it does.
fn unfit_mechanism(i: &str, status: &Status, what: &str) -> String {
    if status.code != ReturnCode::INVALID_USER_INPUT {
        return String::new();
    }
    format!("\n{i}Unsupported hash type/provided key not valid for {what} mechanism\n")
}

fn key_made(i: &str, made: &KeyMade) -> String {
    let code = made.answer.status.code;
    match made.maker {
        Maker::CreatePublic => {
            let handle =
                made.answer.value.map_or_else(String::new, |key| key_handle(i, made.maker, key));
            let result = returned(i, "Cfm3CreateRSAPublicKey", code);
            handle + &result + &descending(i, &made.answer.status)
        }
        Maker::ImportPublic => returned(i, "Cfm3CreatePublicKey", code) + &handle_and_rest(i, made),
        Maker::GeneratePasswordBased => {
            returned(i, "Cfm3GeneratePBEKey", code) + &handle_and_rest(i, made)
        }
        Maker::Unwrap => returned(i, "Cfm3UnWrapKey", code) + &handle_and_rest(i, made),
        Maker::UnwrapWithSize => {
            let handle =
                made.answer.value.map_or_else(String::new, |key| key_handle(i, made.maker, key));
            format!("\n{i}Cfm3UnWrapKeyWithSize: 0x{:02x} : {}\n", code.0, code.text()) + &handle
        }
        Maker::InsertMasked => {
            returned(i, "Cfm3InsertMaskedObject", code) + &handle_and_rest(i, made)
        }
        _ => returned(i, "Cfm3GenerateSymmetricKey", code) + &handle_and_rest(i, made),
    }
}

/// The handle, the attestation, the cluster block.
fn handle_and_rest(i: &str, made: &KeyMade) -> String {
    let handle = made.answer.value.map_or_else(String::new, |key| key_handle(i, made.maker, key));
    let attestation = made.attested.map_or_else(String::new, |passed| attested(i, passed));
    handle + &attestation + &descending(i, &made.answer.status)
}

fn key_handle(i: &str, maker: Maker, handle: Handle) -> String {
    match maker {
        Maker::GenerateSymmetric => {
            format!("\n{i}Symmetric Key Created.  Key Handle: {handle}\n")
        }
        Maker::GeneratePasswordBased => format!("\n{i}PBE Key Created.  Key Handle: {handle}\n"),
        Maker::Unwrap => format!("\n{i}Key Unwrapped.  Key Handle: {handle}\n"),
        Maker::UnwrapWithSize => format!("\n{i}Key Unwrapped.  Key Handle: {handle} \n"),
        Maker::InsertMasked => format!("{i}New Key Handle: {handle} \n"),
        Maker::CreatePublic => format!("\n{i}Public Key Created.  Key Handle: {handle}\n"),
        Maker::ImportPublic => format!("\nPublic Key Handle: {handle} \n"),
        Maker::ImportSymmetric => {
            format!("\n{i}Symmetric Key Unwrapped.  Key Handle: {handle}\n")
        }
        Maker::ImportPrivate => format!("\n{i}Private Key Unwrapped.  Key Handle: {handle}\n"),
    }
}

fn attested(i: &str, passed: bool) -> String {
    format!("\n{i}Attestation Check : [{}]\n", if passed { "PASS" } else { "FAIL" })
}

fn too_few_servers(successes: usize) -> String {
    format!(
        "\n Not a valid min_srv count, please check the number of servers in cluster !!\
         \n Key generation succesful in all servers {successes} present in the cluster\n"
    )
}

fn polled_key(i: &str, polled: &Polled) -> String {
    let which = match polled.key {
        PolledKey::Only => "",
        PolledKey::Private => "private ",
        PolledKey::Public => "public ",
    };
    let checking = format!("\n{i}Checking {which}key status ({} seconds)..\n", polled.second);
    let Status { code, nodes, .. } = &polled.status;
    checking
        + &match nodes {
            Some(_) => descending(i, &polled.status),
            None => format!(
                "\n{i}Checking key status failed\n\n{i}Cfm3FindSingleKey returned : 0x{:02x} : {}\n",
                code.0,
                code.text()
            ),
        }
}

fn keys_found(i: &str, answer: &Answer<Vec<Handle>>) -> String {
    let found = answer.value.as_ref().map_or_else(String::new, |handles| {
        let total = format!("\nTotal number of keys present {}\n", handles.len());
        match handles.len().checked_sub(1) {
            None => total,
            Some(last) => {
                let handles: Vec<_> = handles.iter().map(ToString::to_string).collect();
                let handles = handles.join(", ");
                format!("{total}\n number of keys matched from start index 0::{last}\n{handles}\n")
            }
        }
    });
    found + &descending(i, &answer.status) + &returned(i, "Cfm3FindKey", answer.status.code)
}

fn certificate_read(i: &str, status: &Status, file: &Path) -> String {
    let got =
        |code: ReturnCode| format!("\n{i}Cfm3GetCert() returned {} :{}\n", code.0, code.text());
    match status.code {
        ReturnCode::SUCCESS => got(ReturnCode::SUCCESS),
        ReturnCode::WRITE_OUTPUT_FILE => {
            got(ReturnCode::SUCCESS) + &format!("\n{i}Error: Empty file: {}\n", file.display())
        }
        // The word that is misspelt is misspelt in the client, too.
        code => format!("\n{i}Cfm3GetCert() failed with erro code {} :{}\n", code.0, code.text()),
    }
}

fn key_info(i: &str, answer: &Answer<KeyInfo>) -> String {
    let mut text = returned(i, "Cfm3GetKey", answer.status.code);
    if let Some(info) = &answer.value {
        text += &format!("\n{i}Owned by user {}\n", info.owner);
        if !info.shared_with.is_empty() {
            let count = info.shared_with.len();
            text += &format!("\n{i}also, shared to following {count} user(s):\n");
            text +=
                &info.shared_with.iter().map(|user| format!("\n{i}{i} {user}")).collect::<String>();
        }
        if info.m_value > 1 {
            text += &format!("\n{i} {} Users need to approve to use/manage this key", info.m_value);
        }
        if usize::from(info.m_value) > info.shared_with.len() + 1 {
            text += &format!("\n{i} This key is unusable as M > N. Better delete this.");
        }
        text += "\n";
    }
    text + "\n"
}

fn attributes_read(i: &str, read: &AttributesRead) -> String {
    let verifying = |index| match index {
        0 => String::new(),
        _ => format!("\n{i} Verifying attestation for value\n"),
    };
    let attested: String = (0..)
        .zip(&read.attestations)
        .map(|(index, passed)| verifying(index) + &attested(i, *passed))
        .collect();
    let dumped = match &read.dump {
        None => String::new(),
        Some(_) if !read.written => String::from("Failed to open file\n "),
        Some(dump) => {
            let size = match dump {
                AttributeDump::One(..) => String::new(),
                AttributeDump::All(all) => {
                    let (size, count) = super::attribute_file::size_and_count(all);
                    format!("got all attributes of size {size} attr cnt {count}\n")
                }
            };
            format!("{size}Attributes dumped into {}\n", read.file.display())
        }
    };
    attested + &dumped + &returned(i, "Cfm3GetAttribute", read.status.code)
}
