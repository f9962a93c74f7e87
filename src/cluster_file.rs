//! The cluster file: TOML that describes nodes, policy and users.

use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::pem;
use crate::fault_words::WrittenFault;
use crate::hsm::names::{FIRST_SERIAL, Handle, MAX_CLUSTER_SIZE, NodeId};
use crate::hsm::quorum_key::QuorumKey;
use crate::hsm::settings::{InitialUser, Node, Settings};
use crate::hsm::user::{MAX_NAME_LENGTH, PASSWORD_LENGTH, UserType};
use crate::output::Dialect;
use crate::profile::{Choice, Profile, Told};
use crate::read_whole::read_whole;

/// What a file may say; everything has a default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClusterFile {
    profile: Option<Profile>,
    dialect: Option<Dialect>,
    fips_mode: Option<bool>,
    session_node: Option<NodeId>,
    first_handles: Option<Vec<u64>>,
    max_keys: Option<u64>,
    #[serde(default)]
    unreachable: bool,
    node: Option<Vec<NodeEntry>>,
    fault: Option<Vec<WrittenFault>>,
    user: Option<Vec<UserEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeEntry {
    id: NodeId,
    #[serde(default = "yes")]
    up: bool,
    /// Milliseconds.
    down_after: Option<u64>,
    /// Milliseconds.
    up_after: Option<u64>,
    #[serde(default)]
    read_only: bool,
    /// Milliseconds.
    #[serde(default)]
    synchronization_delay: u64,
    #[serde(default)]
    tampered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserEntry {
    name: String,
    #[serde(rename = "type")]
    user_type: String,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
    /// A PEM file, relative to the cluster file.
    quorum_public_key: Option<PathBuf>,
}

/// A text that no message about it quotes.
fn secret<'de, D: Deserializer<'de>>(source: D) -> Result<Zeroizing<String>, D::Error> {
    Zeroizing::deserialize(source).map_err(|_| D::Error::custom("a password is a text in quotes"))
}

fn yes() -> bool {
    true
}

/// Why a cluster file is refused. Its text names the file by itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is not TOML, or says something that a cluster file does not say.
    /// The text names the place without quoting it, for there may be a password.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// What it says makes no cluster.
    #[error("{0}")]
    Content(String),
}

/// Reads a cluster file, where the process was told this: the dialect and the cluster.
///
/// # Errors
/// Any [`Error`].
pub fn read(path: &Path, told: &Told) -> Result<(Dialect, Settings), Error> {
    let text = read_text(path)?;
    parse(&text, path.parent().unwrap_or(Path::new("")), told)
}

/// The longest cluster file, faults file or public key, in bytes.
const MAX_FILE_LENGTH: u64 = 1 << 20;

/// Reads a file of text, which may hold passwords.
///
/// # Errors
/// What the system says, and when the file is too long.
pub fn read_text(path: &Path) -> std::io::Result<Zeroizing<String>> {
    let mut content = read_whole(std::fs::File::open(path)?, MAX_FILE_LENGTH)?;
    if content.len() as u64 > MAX_FILE_LENGTH {
        let reason = format!("it is longer than {MAX_FILE_LENGTH} bytes");
        return Err(std::io::Error::other(reason));
    }
    String::from_utf8(std::mem::take(&mut *content)).map(Zeroizing::new).map_err(|error| {
        error.into_bytes().zeroize();
        std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8")
    })
}

/// Reads a public key to approve tokens with: the PEM of an RSA key of 2048 bits.
///
/// # Errors
/// What is wrong with the file, which the text does not name.
pub fn read_quorum_key(path: &Path) -> Result<QuorumKey, String> {
    let text = read_text(path).map_err(|error| error.to_string())?;
    let key = pem::read_public_key(text.as_bytes()).map_err(|error| error.to_string())?;
    QuorumKey::new(&key).map_err(|error| error.to_string())
}

/// The dialect and the cluster that a text describes, where the process was
/// told this; `directory` is where the files are that it names.
///
/// # Errors
/// [`Error::Syntax`] and [`Error::Content`].
pub fn parse(text: &str, directory: &Path, told: &Told) -> Result<(Dialect, Settings), Error> {
    let file: ClusterFile = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1;
        Error::Syntax { line, message: error.message().to_owned() }
    })?;
    let (dialect, mut settings) =
        told.settle(Choice { profile: file.profile, dialect: file.dialect });
    if let Some(nodes) = file.node {
        settings.nodes = nodes_of(nodes)?;
        settings.session_node = settings.nodes[0].id;
    }
    if let Some(node) = file.session_node {
        if settings.nodes.iter().all(|known| known.id != node) {
            return refuse(format!("session_node {node} is not a node of the cluster"));
        }
        settings.session_node = node;
    }
    if let Some(users) = file.user {
        settings.users = users_of(users, directory)?;
    }
    if let Some(handles) = file.first_handles {
        settings.first_handles = handles_of(&handles)?;
    }
    settings.max_keys = file.max_keys.unwrap_or(settings.max_keys);
    settings.unreachable = file.unreachable;
    for (number, fault) in (1..).zip(file.fault.unwrap_or_default()) {
        match fault.read() {
            Ok(fault) => settings.faults.push(fault),
            Err(reason) => return refuse(format!("fault {number}: {reason}")),
        }
    }
    settings.fips_mode = file.fips_mode.unwrap_or(settings.fips_mode);
    Ok((dialect, settings))
}

/// At least one node, ascending by id.
fn nodes_of(entries: Vec<NodeEntry>) -> Result<Vec<Node>, Error> {
    let mut nodes: Vec<Node> = Vec::new();
    for entry in entries {
        let NodeEntry { id, up, down_after, up_after, read_only, .. } = entry;
        let NodeEntry { synchronization_delay, tampered, .. } = entry;
        if id >= MAX_CLUSTER_SIZE {
            return refuse(format!("node id {id} is not below {MAX_CLUSTER_SIZE}"));
        }
        if nodes.iter().any(|node| node.id == id) {
            return refuse(format!("there are two nodes {id}"));
        }
        let node =
            Node { id, up, down_after, up_after, read_only, synchronization_delay, tampered };
        if let Err(reason) = node.check() {
            return refuse(format!("node {id}: {reason}"));
        }
        nodes.push(node);
    }
    if nodes.is_empty() {
        return refuse("a cluster needs a node");
    }
    nodes.sort_by_key(|node| node.id);
    Ok(nodes)
}

fn users_of(entries: Vec<UserEntry>, directory: &Path) -> Result<Vec<InitialUser>, Error> {
    let mut users: Vec<InitialUser> = Vec::new();
    for UserEntry { name, user_type, password, quorum_public_key } in entries {
        if name.is_empty() || name.len() > MAX_NAME_LENGTH || name.contains(char::is_control) {
            return refuse(format!(
                "user name {name:?} does not have 1 to {MAX_NAME_LENGTH} printable bytes"
            ));
        }
        if users.iter().any(|user| user.name == name) {
            return refuse(format!("there are two users {name}"));
        }
        let Some(user_type) = UserType::from_word(&user_type) else {
            return refuse(format!(
                "user {name} has an unknown type: CU, CO, PCO, PRECO and AU exist"
            ));
        };
        if !PASSWORD_LENGTH.contains(&password.len()) {
            return refuse(format!(
                "the password of user {name} does not have {} to {} bytes",
                PASSWORD_LENGTH.start(),
                PASSWORD_LENGTH.end()
            ));
        }
        let quorum_key = match quorum_public_key {
            None => None,
            Some(file) => {
                let file = directory.join(file);
                let key = read_quorum_key(&file).map_err(|reason| {
                    let file = file.display();
                    Error::Content(format!("the public key {file} of user {name}: {reason}"))
                })?;
                Some(key)
            }
        };
        users.push(InitialUser { name, user_type, password, quorum_key });
    }
    if users.is_empty() {
        return refuse("a cluster needs a user");
    }
    Ok(users)
}

fn handles_of(numbers: &[u64]) -> Result<Vec<Handle>, Error> {
    for (index, number) in numbers.iter().enumerate() {
        if Handle(*number).serial() < FIRST_SERIAL || *number > u64::from(u32::MAX) {
            return refuse(format!("first_handles: no key can have the handle {number}"));
        }
        if numbers[..index].contains(number) {
            return refuse(format!("first_handles: {number} is there twice"));
        }
        // So that there are never more keys than the highest serial number.
        let serial = Handle(*number).serial();
        if let Some(other) = numbers[..index].iter().find(|it| Handle(**it).serial() == serial) {
            return refuse(format!(
                "first_handles: {other} and {number} are the same but for their nodes"
            ));
        }
    }
    Ok(numbers.iter().copied().map(Handle).collect())
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Error> {
    Err(Error::Content(reason.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reason(text: &str) -> String {
        parse(text, Path::new(""), &Told::default())
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn an_empty_file_is_the_default_cluster() {
        let (_, settings) = parse("", Path::new(""), &Told::default()).unwrap();
        assert_eq!(settings.nodes, Settings::default().nodes);
        assert!(settings.fips_mode && settings.users.len() == 6);
    }

    #[test]
    fn a_full_file_is_read() {
        let (_, settings) = parse(
            "fips_mode = false\nsession_node = 1\nfirst_handles = [262179, 262177]\n\
             max_keys = 12\nunreachable = true\n\
             [[fault]]\non = 'sign'\ncode = 0xbc\ntimes = 2\n[[fault]]\non = 'use'\ndown = true\nalways = true\n\
             [[node]]\nid = 4\nup = false\nup_after = 5\nread_only = true\n[[node]]\nid = 1\nsynchronization_delay = 2000\ntampered = true\n\
             [[user]]\nname = 'u'\ntype = 'CU'\npassword = 'long enough'\n",
            Path::new(""),
            &Told::default(),
        )
        .unwrap();
        assert_eq!(
            settings.nodes[0],
            Node { synchronization_delay: 2000, tampered: true, ..Node::new(1) }
        );
        assert_eq!(
            settings.nodes[1],
            Node { up: false, up_after: Some(5), read_only: true, ..Node::new(4) }
        );
        assert_eq!((settings.max_keys, settings.unreachable), (12, true));
        let times: Vec<_> = settings.faults.iter().map(|fault| fault.times).collect();
        assert_eq!(times, [Some(2), None]);
        assert_eq!(settings.session_node, 1);
        assert_eq!(settings.first_handles, [Handle(262_179), Handle(262_177)]);
        assert_eq!(settings.users[0].user_type, UserType::CryptoUser);
    }

    #[test]
    fn a_profile_is_what_the_rest_of_the_file_starts_from() {
        let read = |text: &str| {
            let (dialect, settings) = parse(text, Path::new(""), &Told::default()).unwrap();
            (dialect, settings.nodes[0].id, settings.session_node, settings.fips_mode)
        };
        assert_eq!(read("profile = 'azure'"), (Dialect::V3, 1, 1, false));
        assert_eq!(read("dialect = 'v3'"), (Dialect::V3, 0, 0, true));
        let own = "profile = 'azure'\ndialect = 'classic'\nfips_mode = true\n[[node]]\nid = 7";
        assert_eq!(read(own), (Dialect::Classic, 7, 7, true));
    }

    #[test]
    fn what_makes_no_cluster_is_named() {
        for (text, expected) in [
            ("fips_mode = 1", "line 1: "),
            ("\nnode = 3", "line 2: "),
            ("unknown = 1", "line 1: "),
            ("profile = 'oracle'", "line 1: unknown variant `oracle`"),
            ("node = []", "a cluster needs a node"),
            ("[[node]]\nid = 32", "node id 32 is not below 32"),
            ("[[node]]\nid = 1\n[[node]]\nid = 1", "there are two nodes 1"),
            ("[[node]]\nid = 1\ndown_after = 2\nup_after = 1", "node 1: up_after must be later"),
            ("[[fault]]\ndown = true", "missing field `on`"),
            ("[[fault]]\non = 'sign'\n[[fault]]\non = 'x'", "fault 2: \"x\" is no command"),
            ("session_node = 9", "session_node 9 is not a node of the cluster"),
            ("first_handles = [5]", "first_handles: no key can have the handle 5"),
            ("first_handles = [7, 7]", "first_handles: 7 is there twice"),
            (
                "first_handles = [7, 8, 262151]",
                "first_handles: 7 and 262151 are the same but for their nodes",
            ),
            (
                "[[user]]\nname = 'u'\ntype = 'XX'\npassword = '1234567'",
                "user u has an unknown type",
            ),
            ("[[user]]\nname = 'u'\ntype = 'CU'\npassword = '123456'", "the password of user u"),
        ] {
            assert!(reason(text).contains(expected), "{text}: {}", reason(text));
        }
    }

    #[test]
    fn no_message_shows_a_password() {
        let text = "[[user]]\nname = 'u'\ntype = 'CU'\npassword = 'hunter2' hunter2\n";
        assert!(!reason(text).is_empty() && !reason(text).contains("hunter2"), "{}", reason(text));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse(&text, Path::new(""), &Told::default()).is_ok();
        }
    }
}
