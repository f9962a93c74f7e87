//! `kmu cluster reset`: deletes the files of a cluster's state, and nothing else.

use std::io;
use std::path::Path;

use super::{Error, confirm};
use crate::store::Store;

/// Deletes the state in a directory, after asking unless `yes`.
///
/// # Errors
/// When it is no state of a cluster, when another process uses it, and when
/// nobody says yes.
pub fn reset(directory: &Path, yes: bool) -> Result<String, Error> {
    if !Store::exists(directory) {
        return Err(Error::Missing(directory.to_owned()));
    }
    let contents = Store::examine(directory)?;
    let shown = directory.display();
    if !yes {
        confirm(&format!(
            "This deletes the cluster in {shown}: {} users and {} keys, for good.",
            contents.users, contents.keys
        ))?;
    }
    Store::claim(directory)?;
    for file in Store::files(directory) {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    // Whatever else is there is not kmu's, and keeps its directory.
    let emptied = std::fs::remove_dir(directory).is_ok();
    let rest = if emptied { "" } else { "; other files there were left alone" };
    Ok(format!("The cluster in {shown} was deleted{rest}\n"))
}
