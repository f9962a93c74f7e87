//! The rights of the state directory: whoever can write there can undo what
//! the state remembers, so nobody but its owner may.

use std::path::Path;

use super::Error;

/// Makes the directory (0700) and the file (0600) where they are missing.
#[cfg(unix)]
pub fn make(directory: &Path, file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if !directory.exists() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        // SQLite sees to the entries of the directory, and knows nothing of its own entry.
        let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
        std::fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    if file.symlink_metadata().is_ok() {
        return Ok(());
    }
    // SQLite gives its journal files the rights of the database.
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)
        .map(drop)
}

/// Checks that both are their owner's only and the file is a file.
///
/// # Errors
/// [`Error::NotAFile`], [`Error::Foreign`], [`Error::Unprotected`].
#[cfg(unix)]
pub fn check(directory: &Path, file: &Path) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    let failed = |cause| Error::Directory { path: directory.to_owned(), cause };
    // A link could lead to where others write; the directory itself may well be one.
    if !file.symlink_metadata().map_err(failed)?.is_file() {
        return Err(Error::NotAFile(file.to_owned()));
    }
    let user = rustix::process::geteuid().as_raw();
    for path in [directory, file] {
        let metadata = path.metadata().map_err(failed)?;
        if !may_own(metadata.uid(), user) {
            return Err(Error::Foreign(path.to_owned()));
        }
        if metadata.mode() & 0o022 != 0 {
            return Err(Error::Unprotected(path.to_owned()));
        }
    }
    Ok(())
}

/// Whether a user trusts what this owner can write: his own and root's.
#[cfg(unix)]
fn may_own(owner: u32, user: u32) -> bool {
    owner == user || owner == 0
}

#[cfg(not(unix))]
pub fn make(directory: &Path, file: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(file).map(drop)
}

#[cfg(not(unix))]
pub fn check(_directory: &Path, _file: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_state_belongs_to_its_user_or_to_root() {
        assert!(may_own(1000, 1000));
        assert!(may_own(0, 1000));
        assert!(!may_own(1000, 0));
        assert!(!may_own(1001, 1000));
    }

    #[test]
    fn a_link_instead_of_the_file_is_refused_and_not_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let (state, target) = (scratch.path().join("state"), scratch.path().join("target"));
        let file = state.join("cluster.sqlite");
        std::fs::create_dir(&state).unwrap();
        std::os::unix::fs::symlink(&target, &file).unwrap();
        make(&state, &file).unwrap();
        assert!(!target.exists());
        assert!(matches!(check(&state, &file), Err(Error::NotAFile(_))));
    }
}
