//! What distinguishes the dialects: a table of templates that each of them fills in.
//! Everything else reads the same in both.

use std::path::Path;

use super::attribute_file::Form;
use crate::command::reply::{AttributesRead, Maker};
use crate::crypto::signature::Verdict;
use crate::hsm::attribute::Attribute;
use crate::hsm::information::FipsState;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::User;
use crate::hsm::{Answer, KeyInfo, NodeStatus, Status};

/// The templates of a dialect. Every function gets the indent first.
pub struct Templates {
    /// What is printed when the program starts.
    pub start: fn(&str, FipsState) -> String,
    /// What it says before that of the cluster that does not answer.
    pub start_unanswered: fn(&str) -> String,
    /// Whether the prompt loop begins with the table of commands.
    pub help_at_start: bool,
    /// A result line: the words before its colon, and the code.
    pub result: fn(&str, &str, ReturnCode) -> String,
    /// The cluster block; the nodes ascend.
    pub cluster: fn(&str, &[NodeStatus]) -> String,
    /// The cluster block of loginHSM and logoutHSM.
    pub login_cluster: fn(&str, &[NodeStatus]) -> String,
    /// What result lines call what was done.
    pub calls: Calls,
    /// The line with the handle of a new key.
    pub new_handle: fn(&str, Maker, Handle) -> String,
    /// What exSymKey says of the file that it has written.
    pub secret_exported: fn(&Path) -> String,
    /// What wrapKey says; the path and the length are those of the wrapped key.
    pub key_wrapped: fn(Style, &Status, &Path, usize) -> String,
    /// What sign says.
    pub signed: fn(Style, &Status, &Path) -> String,
    /// What verify says.
    pub verified: fn(Style, &Answer<Verdict>) -> String,
    /// The table of users.
    pub users: fn(&str, &[User]) -> String,
    /// How findKey lists what it has found.
    pub found: Found,
    /// Who owns a key and who shares it.
    pub key_info: fn(&str, &KeyInfo) -> String,
    /// What getAttribute says of the file that it has written.
    pub attributes_dumped: fn(&AttributesRead) -> String,
    /// How attribute files look.
    pub attribute_file: Form,
    /// The attributes that listAttributes names, in its order.
    pub listed_attributes: &'static [Attribute],
}

/// How findKey lists handles.
pub struct Found {
    /// What is said of so many.
    pub count: fn(&str, usize) -> String,
    /// What stands before the handles of so many, of which there is one at least.
    pub heading: fn(&str, usize) -> String,
    /// Whether the lines of handles are indented.
    pub indented: bool,
    /// Handles on a line.
    pub on_a_line: usize,
}

/// What the result lines of a dialect call the steps of a command, with the
/// word that follows the name.
pub struct Calls {
    /// imSymKey: wrapping, template, unwrapping.
    pub import_secret: [&'static str; 3],
    /// importPrivateKey: wrapping, template, unwrapping.
    pub import_private: [&'static str; 3],
    /// exSymKey and exportPrivateKey: wrapping, unwrapping.
    pub export: [&'static str; 2],
    /// unWrapKey.
    pub unwrap: &'static str,
    /// findSingleKey.
    pub find_single_key: &'static str,
    /// deleteKey on a handle that is unknown.
    pub delete_unknown_key: &'static str,
}

/// How something is written: a dialect's templates, and what its indented lines start with.
#[derive(Clone, Copy)]
pub struct Style {
    /// What an indented line starts with, and what stands for a TAB elsewhere.
    pub indent: &'static str,
    /// The dialect.
    pub templates: &'static Templates,
}

impl Style {
    /// A result line: `words` stand before its colon.
    pub fn result(self, words: &str, code: ReturnCode) -> String {
        (self.templates.result)(self.indent, words, code)
    }

    /// The result line of a call.
    pub fn returned(self, name: &str, code: ReturnCode) -> String {
        self.result(&format!("{name} returned"), code)
    }

    /// The cluster block, if there is one.
    pub fn cluster(self, status: &Status) -> String {
        let nodes = status.nodes.as_ref();
        nodes.map_or_else(String::new, |nodes| (self.templates.cluster)(self.indent, nodes))
    }

    /// The cluster block of loginHSM and logoutHSM, if there is one.
    pub fn login_cluster(self, status: &Status) -> String {
        let nodes = status.nodes.as_ref();
        nodes.map_or_else(String::new, |nodes| (self.templates.login_cluster)(self.indent, nodes))
    }

    /// The line with the handle of a new key.
    pub fn new_handle(self, maker: Maker, handle: Handle) -> String {
        (self.templates.new_handle)(self.indent, maker, handle)
    }
}
