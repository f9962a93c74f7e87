//! Values of the domain as JSON: numbers as numbers, bytes in hexadecimal, no secrets.

use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Code, Ended};
use crate::command::{self, COMMANDS, Command};
use crate::crypto::curve::CURVES;
use crate::hsm::attribute::{Attribute, AttributeValue};
use crate::hsm::information::{FipsState, HsmInformation, PartitionInformation};
use crate::hsm::user::User;
use crate::hsm::{AttributeDump, NodeStatus, Status, TokenInfo};

/// How one node took a request.
#[derive(Serialize)]
pub(super) struct Node {
    node: u32,
    #[serde(flatten)]
    code: Code,
}

/// The nodes of a status, ascending.
pub(super) fn nodes(status: &Status) -> Option<Vec<Node>> {
    let node = |NodeStatus { node, code }: &NodeStatus| Node {
        node: (*node).into(),
        code: (*code).into(),
    };
    Some(status.nodes.as_ref()?.iter().map(node).collect())
}

/// A status.
pub(super) fn ended(status: &Status) -> Ended {
    Ended { code: status.code.into(), nodes: nodes(status) }
}

/// A file's name; what is not UTF-8 in it is replaced.
pub(super) fn file(path: &Path) -> Value {
    path.to_string_lossy().into()
}

/// The users, as listUsers shows them.
pub(super) fn users(users: &[User]) -> Value {
    let user = |user: &User| {
        json!({
            "id": user.id,
            "type": user.user_type.word(),
            "name": user.name,
            "quorum_key": user.has_quorum_key,
            "login_failures": user.login_failures,
        })
    };
    users.iter().map(user).collect()
}

/// A quorum token; times are in milliseconds.
pub(super) fn token(info: &TokenInfo) -> Value {
    json!({
        "token": hexadecimal(&info.token.nonce),
        "service": info.token.service.name(),
        "key": info.token.key.0,
        "requester": info.token.requester,
        "requester_name": info.requester,
        "approvals": info.approvals,
        "m_value": info.m_value,
        "time_left": info.time_left,
    })
}

/// Attributes by name.
pub(super) fn attributes(dump: &AttributeDump) -> Value {
    let pair = |attribute: &Attribute, value: &AttributeValue| {
        let value = match value {
            AttributeValue::Byte(byte) => (*byte).into(),
            AttributeValue::Number(number) => (*number).into(),
            AttributeValue::Text(text) => text.as_str().into(),
            AttributeValue::Integer(bytes) | AttributeValue::Bytes(bytes) => {
                hexadecimal(bytes).into()
            }
        };
        (attribute.name().to_owned(), value)
    };
    match dump {
        AttributeDump::One(attribute, value) => {
            Value::Object([pair(attribute, value)].into_iter().collect())
        }
        AttributeDump::All(all) => {
            Value::Object(all.iter().map(|(name, value)| pair(name, value)).collect())
        }
    }
}

/// What getHSMInfo brings.
pub(super) fn hsm(information: &HsmInformation) -> Value {
    json!({
        "serial_number": information.serial_number,
        "fips_state": information.fips_state.number(),
        "public_memory": information.public_memory,
        "free_public_memory": information.free_public_memory,
        "private_memory": information.private_memory,
        "free_private_memory": information.free_private_memory,
    })
}

/// What getPartitionInfo brings.
pub(super) fn partition(information: &PartitionInformation) -> Value {
    json!({
        "fips_state": FipsState::number(information.fips_state),
        "max_users": information.max_users,
        "available_users": information.available_users,
        "max_keys": information.max_keys,
        "token_keys": information.token_keys,
        "session_keys": information.session_keys,
        "node": information.node,
    })
}

/// The commands with what the help table says of them.
pub(super) fn commands() -> Value {
    let row = |command: &&Command| json!({ "name": command.name(), "text": command.summary.join(" ").trim() });
    COMMANDS.iter().map(row).collect()
}

/// The flags of a command, in the order of its help.
pub(super) fn flags(command: &Command) -> Value {
    let row = |flag: &&dyn command::flag::AnyFlag| {
        let declaration = flag.declaration();
        json!({
            "flag": declaration.name,
            "value": declaration.placeholder,
            "required": !declaration.optional && declaration.unless.is_empty(),
            "takes": command::values::values(*flag),
            "default": declaration.default,
            "text": declaration.explanation.join(" ").trim(),
        })
    };
    command.flags.iter().map(row).collect()
}

/// The curves.
pub(super) fn curves() -> Value {
    CURVES.iter().map(|curve| json!({ "id": curve.id, "name": curve.name })).collect()
}

/// The attributes that can be read, with their numbers.
pub(super) fn attribute_numbers(listed: &[Attribute]) -> Value {
    let row =
        |attribute: &Attribute| json!({ "name": attribute.name(), "number": attribute.number() });
    listed.iter().map(row).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
