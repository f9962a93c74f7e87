//! Replies as JSON: one object for a command, on one line. docs/json.md describes it.

mod result;
mod values;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::command::{self, Outcome, Word};
use crate::hsm::return_code::ReturnCode;
use values::Node;

/// The version of the objects' schema. Fields may be added to a version;
/// whatever else changes is a new one.
pub const SCHEMA: u32 = 1;

/// What a command has said so far.
#[derive(Default, Serialize)]
pub struct Record {
    #[serde(skip_serializing_if = "Map::is_empty")]
    result: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nodes: Option<Vec<Node>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<Step>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    polls: Vec<Poll>,
    /// Present from when the making of keys is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    rollback: Option<Vec<Ended>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
}

/// A part of a command that has a result line of its own.
#[derive(Serialize)]
struct Step {
    step: &'static str,
    #[serde(flatten)]
    code: Code,
}

/// A round of looking for a key on enough nodes.
#[derive(Serialize)]
struct Poll {
    key: &'static str,
    second: u64,
    #[serde(flatten)]
    ended: Ended,
}

/// How a request ended, with its nodes.
#[derive(Serialize)]
struct Ended {
    #[serde(flatten)]
    code: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    nodes: Option<Vec<Node>>,
}

/// A return code with its text.
#[derive(Serialize)]
struct Code {
    code: u32,
    text: String,
}

impl From<ReturnCode> for Code {
    fn from(code: ReturnCode) -> Self {
        Self { code: code.0, text: code.text() }
    }
}

/// The whole object.
#[derive(Serialize)]
struct Object<'a> {
    schema: u32,
    command: Option<&'a str>,
    ok: bool,
    #[serde(flatten)]
    code: Option<Code>,
    #[serde(flatten)]
    record: Record,
}

impl Record {
    /// The object of a command that ended so, with the end of its line. Nothing is
    /// the name of what cannot be read as words. What is no command may be a password.
    #[must_use]
    pub fn finish(self, name: Option<&Word>, outcome: Outcome) -> String {
        let name = name.map(|word| word.as_str());
        let command = name.and_then(|name| {
            let other = || command::is_other_name(name).then_some(name);
            command::find(name).map(command::Command::name).or_else(other)
        });
        let code = match outcome {
            Outcome::Ran(code) => Some(code.into()),
            Outcome::Helped | Outcome::Refused | Outcome::Exit => None,
        };
        line(&Object { schema: SCHEMA, command, ok: outcome.is_success(), code, record: self })
    }
}

/// The object of what failed outside of a command, with the end of its line.
#[must_use]
pub fn failure(code: Option<ReturnCode>, message: &str) -> String {
    let messages = vec![bare(message)];
    let record = Record { messages, ..Record::default() };
    let code = code.map(Into::into);
    line(&Object { schema: SCHEMA, command: None, ok: false, code, record })
}

/// A message of the client's without what surrounds it in text.
fn bare(message: &str) -> String {
    let message = message.trim();
    message.strip_prefix("Error: ").unwrap_or(message).to_owned()
}

fn line(object: &Object<'_>) -> String {
    // Texts, numbers and lists of them are always JSON.
    serde_json::to_string(object).unwrap_or_default() + "\n"
}
