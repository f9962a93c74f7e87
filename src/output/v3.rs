//! The v3 dialect, which later clients print: failures on two lines, cluster
//! blocks with the lowest node first, TAB bytes.

use std::path::Path;

use super::attribute_file::{self, Form};
use super::files::{signature_fault, unfit_mechanism};
use super::keys;
use super::templates::{Calls, Found, Style, Templates};
use crate::command::reply::{AttributesRead, Maker};
use crate::crypto::signature::Verdict;
use crate::hsm::attribute::Attribute;
use crate::hsm::information::FipsState;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::User;
use crate::hsm::{Answer, AttributeDump, KeyInfo, NodeStatus, Status};

/// The templates.
pub const TEMPLATES: Templates = Templates {
    start: |i, state| start_unanswered(i) + &mode(i, state),
    start_unanswered,
    help_at_start: true,
    result,
    cluster,
    login_cluster: cluster,
    calls: Calls {
        import_secret: [
            "Cfm3ImportWrapKey returned",
            "Cfm3CreateUnwrapTemplate returned",
            "Cfm3ImportUnWrapKey returned",
        ],
        // The last one lacks a word in the client, too.
        import_private: [
            "Cfm3ImportWrapKey returned",
            "Cfm3CreateUnwrapTemplate2 returned",
            "Cfm3ImportUnWrapKey",
        ],
        export: ["Cfm3ExportWrapKeyWithMech returned", "Cfm3ExportUnwrapKeyWithMech returned"],
        unwrap: "Cfm2UnWrapKey5 returned",
        find_single_key: "Cfm3FindSingleKey returned",
        delete_unknown_key: "Cfm3DeleteKey returned",
    },
    new_handle,
    secret_exported: |file| {
        format!("\n\nExported Symmetric Key written to file \"{}\"\n", file.display())
    },
    key_wrapped,
    signed,
    verified,
    users,
    found: Found {
        count: |i, count| format!("\n{i}Total number of keys present: {count}\n"),
        heading: |i, count| {
            let last = count - 1;
            format!(
                "\n{i}Number of matching keys from start index 0::{last}\n\
                 \n{i}Handles of matching keys:\n"
            )
        },
        indented: true,
        on_a_line: 15,
    },
    key_info,
    attributes_dumped,
    attribute_file: Form { dump_begins: "", dumped: &DUMPED, label_and_id: 304, bytes_begin: "0x" },
    listed_attributes: &LISTED,
};

/// The attributes of a 512 dump in the file's order.
const DUMPED: [Attribute; 26] = [
    Attribute::Class,
    Attribute::KeyType,
    Attribute::Token,
    Attribute::Private,
    Attribute::Encrypt,
    Attribute::Decrypt,
    Attribute::Wrap,
    Attribute::Unwrap,
    Attribute::Sign,
    Attribute::Verify,
    Attribute::Local,
    Attribute::Sensitive,
    Attribute::Extractable,
    Attribute::Label,
    Attribute::Id,
    Attribute::ValueLength,
    Attribute::CheckValue,
    Attribute::Modulus,
    Attribute::ModulusBits,
    Attribute::PublicExponent,
    Attribute::Trusted,
    Attribute::WrapWithTrusted,
    Attribute::Destroyable,
    Attribute::Derive,
    Attribute::AlwaysSensitive,
    Attribute::NeverExtractable,
];

/// The attributes that listAttributes names, in its order.
const LISTED: [Attribute; 25] = [
    Attribute::Class,
    Attribute::Token,
    Attribute::Private,
    Attribute::Label,
    Attribute::Trusted,
    Attribute::KeyType,
    Attribute::Id,
    Attribute::Sensitive,
    Attribute::Encrypt,
    Attribute::Decrypt,
    Attribute::Wrap,
    Attribute::Unwrap,
    Attribute::Sign,
    Attribute::Verify,
    Attribute::Local,
    Attribute::Modulus,
    Attribute::ModulusBits,
    Attribute::PublicExponent,
    Attribute::ValueLength,
    Attribute::Extractable,
    Attribute::NeverExtractable,
    Attribute::AlwaysSensitive,
    Attribute::Destroyable,
    Attribute::CheckValue,
    Attribute::WrapWithTrusted,
];

fn start_unanswered(i: &str) -> String {
    format!("\n{i}Cfm3Initialize() returned app id : 01000000 \n\n{i}session_handle 1000000 \n")
}

fn mode(i: &str, state: FipsState) -> String {
    format!("\n{i}Current FIPS mode is: {:08x}\n", state.number())
}

fn result(i: &str, words: &str, code: ReturnCode) -> String {
    let separator = if code.is_success() { String::from(": ") } else { format!("\n\n{i}") };
    format!("\n{i}{words}: 0x{:02x} {separator}{}\n", code.0, code.text())
}

fn cluster(i: &str, nodes: &[NodeStatus]) -> String {
    let line = |NodeStatus { node, code }: &NodeStatus| {
        format!("{i}Node id {node} status: 0x{:08x} : {}\n", code.0, code.text())
    };
    format!("\n{i}Cluster Status:\n") + &nodes.iter().map(line).collect::<String>()
}

fn new_handle(i: &str, maker: Maker, handle: Handle) -> String {
    match maker {
        Maker::Unwrap => format!("\n{i}Key Unwrapped.  Key Handle: {handle} \n"),
        Maker::ImportSymmetric => format!("\n{i}Symmetric Key Imported.  Key Handle: {handle} \n"),
        Maker::ImportPrivate => format!("\n{i}Private Key Imported.  Key Handle: {handle} \n"),
        other => keys::new_handle(i, other, handle),
    }
}

fn key_wrapped(s: Style, status: &Status, file: &Path, length: usize) -> String {
    let i = s.indent;
    let wrapped = format!("\n{i}Key Wrapped.\n");
    let said = match status.code {
        ReturnCode::SUCCESS => {
            let file = file.display();
            format!("{wrapped}\n{i}Wrapped Key written to file \"{file}\" length {length}\n")
        }
        ReturnCode::WRITE_OUTPUT_FILE => {
            format!("{wrapped}\n{i}Failed to write Wrapped Key to a file.\n")
        }
        _ => String::new(),
    };
    s.returned("Cfm2WrapKey5", status.code) + &said
}

fn signed(s: Style, status: &Status, file: &Path) -> String {
    let i = s.indent;
    let said = match status.code {
        // The client names the file whether or not it could be written.
        ReturnCode::SUCCESS | ReturnCode::WRITE_OUTPUT_FILE => {
            let file = file.display();
            format!(
                "\n{i}Signature creation successful\n\n{i}signature is written to file {file}\n"
            )
        }
        _ => unfit_mechanism(i, status, "signature"),
    };
    said + &s.result("Cfm3Sign: sign returned", status.code)
}

fn verified(s: Style, answer: &Answer<Verdict>) -> String {
    let (i, status) = (s.indent, &answer.status);
    let line = |words: &str| format!("\n{i}{words}\n");
    let (said, code) = match answer.value {
        // The word that is misspelt is misspelt in the client, too.
        Some(Verdict::Valid) => (line("Signature verifition successful"), status.code),
        // What the client finds by itself has a code of its own.
        Some(verdict) => match signature_fault(verdict) {
            Some(words) => (line(words), ReturnCode::INVALID_INPUT),
            None => (String::new(), status.code),
        },
        None => (unfit_mechanism(i, status, "verification"), status.code),
    };
    said + &s.returned("Cfm3Verify", code)
}

fn users(i: &str, users: &[User]) -> String {
    let row = |(index, user): (usize, &User)| {
        let quorum = if user.has_quorum_key { "YES" } else { "NO" };
        let (index, id, kind) = (index + 1, user.id, user.user_type.word());
        let (name, failures) = (&user.name, user.login_failures);
        format!(
            "{i}{index}{i}{id:>10}{i}{kind}{i}{i}{name:<32}{i}{quorum:>3} {failures:>15}{i}{i} {:>3}\n",
            "NO"
        )
    };
    let heading = format!(
        "{i}Index{i}    User ID    {i}User Type{i}User Name{i}{i}{i}   MofnPubKey{i} LoginFailureCnt{i} 2FA\n"
    );
    let rows: String = users.iter().enumerate().map(row).collect();
    format!("\n{i}Number of users found: {}\n\n{heading}{rows}", users.len())
}

fn key_info(i: &str, info: &KeyInfo) -> String {
    let mut text = format!("\n{i}Owned by user: {}\n", info.owner);
    if !info.shared_with.is_empty() {
        let count = info.shared_with.len();
        text += &format!("\n{i}Shared with following {count} user(s):");
        text += &info.shared_with.iter().map(|user| format!("\n{i}{i} {user}")).collect::<String>();
    }
    text + &keys::approvals(i, info)
}

fn attributes_dumped(read: &AttributesRead) -> String {
    let size = match &read.dump {
        Some(AttributeDump::All(all)) => {
            let (size, count) = attribute_file::size_and_count(&TEMPLATES.attribute_file, all);
            format!("\nAttribute size: {size}, count: {count}\n")
        }
        _ => String::new(),
    };
    format!("{size}Written to: {} file\n", read.file.display())
}
