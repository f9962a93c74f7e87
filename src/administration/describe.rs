//! What `kmu cluster show` says: everything about a cluster that is readable
//! without a password.

use std::path::Path;

use super::Error;
use crate::hsm::key::Class;
use crate::hsm::settings::{Node, Settings};
use crate::hsm::user::{MAX_LOGIN_FAILURES, UserType};
use crate::store::{Store, UserRow};

/// Describes a cluster by its state and its settings.
pub fn describe(state: &Store, directory: &Path, settings: &Settings) -> Result<String, Error> {
    let view = state.read();
    let mut text = format!(
        "Cluster state in {}\n  format {}, {} bytes\n\nUsers\n",
        directory.display(),
        Store::FORMAT,
        Store::size(directory)
    );
    text += &format!(
        "  {:>5}  {:<5}  {:<31}  {:<10}  {}\n",
        "id", "type", "name", "public key", "login failures"
    );
    text += &view.users()?.iter().map(user).collect::<String>();
    let counts = view.keys_by_class()?;
    let count = |class: Class| {
        let found = counts.iter().find(|(number, _)| *number == class.number());
        found.map_or(0, |(_, count)| *count)
    };
    text += &format!(
        "\nKeys\n  {} public, {} private, {} secret\n\nQuorum tokens\n  {}\n",
        count(Class::Public),
        count(Class::Private),
        count(Class::Secret),
        view.tokens()?.len()
    );
    let mode = if settings.fips_mode { "FIPS mode" } else { "no FIPS mode" };
    text += &format!("\nNodes ({mode}, sessions talk to {})\n", settings.session_node);
    Ok(text + &settings.nodes.iter().map(node).collect::<String>())
}

fn user(row: &UserRow) -> String {
    let user_type = UserType::from_number(row.user_type).map_or("?", UserType::word);
    let key = if row.quorum_key.is_some() { "yes" } else { "no" };
    let locked = if row.login_failures >= MAX_LOGIN_FAILURES { " (locked)" } else { "" };
    format!(
        "  {:>5}  {user_type:<5}  {:<31}  {key:<10}  {}{locked}\n",
        row.id, row.name, row.login_failures
    )
}

fn node(node: &Node) -> String {
    let mut text = format!("  {:>5}  {}", node.id, if node.up { "up" } else { "down" });
    if node.synchronization_delay > 0 {
        text += &format!(", keys arrive after {} ms", node.synchronization_delay);
    }
    if node.tampered {
        text += ", tampered with";
    }
    text + "\n"
}
