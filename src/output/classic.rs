//! The classic dialect, which the specification shows: failures on one line,
//! cluster blocks with the highest node first.

use std::path::Path;

use super::attribute_file::{self, Form};
use super::files::unfit_mechanism;
use super::keys;
use super::templates::{Calls, Found, Style, Templates};
use crate::command::reply::{AttributesRead, Maker};
use crate::crypto::signature::Verdict;
use crate::hsm::attribute::Attribute;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::User;
use crate::hsm::{Answer, AttributeDump, KeyInfo, NodeStatus, Status};

/// The templates.
pub const TEMPLATES: Templates = Templates {
    start: |_, _| String::new(),
    start_unanswered: |_| String::new(),
    help_at_start: false,
    result: |i, words, code| format!("\n{i}{words}: 0x{:02x} : {}\n", code.0, code.text()),
    cluster: |i, nodes| cluster(i, nodes.iter().rev()),
    login_cluster: |i, nodes| cluster(i, nodes.iter()),
    calls: Calls {
        import_secret: [
            "Cfm3WrapHostKey returned",
            "Cfm3CreateUnwrapTemplate returned",
            "Cfm3UnWrapKey returned",
        ],
        import_private: [
            "Cfm3WrapHostKey returned",
            "Cfm3CreateUnwrapTemplate returned",
            "Cfm3UnWrapKey returned",
        ],
        export: ["Cfm3WrapKey returned", "Cfm3UnWrapHostKey returned"],
        unwrap: "Cfm3UnWrapKey returned",
        find_single_key: "Cfm3FindKey returned",
        // The client looks the key up first, and that is what fails then.
        delete_unknown_key: "Cfm3FindKey returned",
    },
    new_handle,
    secret_exported: |file| {
        format!("\n\nWrapped Symmetric Key written to file \"{}\"\n", file.display())
    },
    key_wrapped,
    signed,
    verified,
    users,
    found: Found {
        count: |_, count| format!("\nTotal number of keys present {count}\n"),
        heading: |_, count| {
            format!("\n number of keys matched from start index 0::{}\n", count - 1)
        },
        indented: false,
        on_a_line: usize::MAX,
    },
    key_info,
    attributes_dumped,
    attribute_file: Form { dump_begins: "\n", dumped: &DUMPED, label_and_id: 288, bytes_begin: "" },
    listed_attributes: &LISTED,
};

/// The attributes of a 512 dump in the file's order.
const DUMPED: [Attribute; 20] = [
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
];

/// The attributes that listAttributes names, in its order.
const LISTED: [Attribute; 20] = [
    Attribute::Class,
    Attribute::Token,
    Attribute::Private,
    Attribute::Label,
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
    Attribute::CheckValue,
];

fn cluster<'a>(i: &str, nodes: impl Iterator<Item = &'a NodeStatus>) -> String {
    let line = |NodeStatus { node, code }: &NodeStatus| {
        format!("{i}Node id {node} and err state 0x{:08x} : {}\n", code.0, code.text())
    };
    format!("\n{i}Cluster Error Status\n") + &nodes.map(line).collect::<String>()
}

fn new_handle(i: &str, maker: Maker, handle: Handle) -> String {
    match maker {
        Maker::Unwrap => format!("\n{i}Key Unwrapped.  Key Handle: {handle}\n"),
        Maker::ImportSymmetric => format!("\n{i}Symmetric Key Unwrapped.  Key Handle: {handle}\n"),
        Maker::ImportPrivate => format!("\n{i}Private Key Unwrapped.  Key Handle: {handle}\n"),
        other => keys::new_handle(i, other, handle),
    }
}

fn key_wrapped(s: Style, status: &Status, file: &Path, length: usize) -> String {
    let i = s.indent;
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
    said + &s.returned("Cfm2WrapKey", status.code)
}

fn signed(s: Style, status: &Status, file: &Path) -> String {
    let i = s.indent;
    let said = match status.code {
        // The client names the file whether or not it could be written.
        ReturnCode::SUCCESS | ReturnCode::WRITE_OUTPUT_FILE => {
            format!("\n{i}signature is written to file {}\n", file.display())
        }
        _ => String::new(),
    };
    unfit_mechanism(i, status, "signature")
        + &s.returned("Cfm3Sign", status.code)
        + &said
        + &s.cluster(status)
}

fn verified(s: Style, answer: &Answer<Verdict>) -> String {
    let (i, status) = (s.indent, &answer.status);
    let result = s.returned("Cfm3Verify", status.code);
    match status.code {
        ReturnCode::SUCCESS => format!("\n{i}Signature verification successful\n") + &result,
        ReturnCode::BAD_PKCS_DATA => {
            let code = status.code;
            format!("\n{i}Cfm3Verify returned: 0x{:02x}\n\n{i}{}\n", code.0, code.text())
        }
        _ => unfit_mechanism(i, status, "verification") + &result,
    }
}

fn users(i: &str, users: &[User]) -> String {
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
    format!("\n{i}Number Of Users found {}\n\n{heading}{rows}", users.len())
}

fn key_info(i: &str, info: &KeyInfo) -> String {
    let mut text = format!("\n{i}Owned by user {}\n", info.owner);
    if !info.shared_with.is_empty() {
        let count = info.shared_with.len();
        text += &format!("\n{i}also, shared to following {count} user(s):\n");
        text += &info.shared_with.iter().map(|user| format!("\n{i}{i} {user}")).collect::<String>();
    }
    text + &keys::approvals(i, info)
}

fn attributes_dumped(read: &AttributesRead) -> String {
    let size = match &read.dump {
        Some(AttributeDump::All(all)) => {
            let (size, count) = attribute_file::size_and_count(&TEMPLATES.attribute_file, all);
            format!("got all attributes of size {size} attr cnt {count}\n")
        }
        _ => String::new(),
    };
    format!("{size}Attributes dumped into {}\n", read.file.display())
}
