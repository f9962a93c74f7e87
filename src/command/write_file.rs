//! Writing a result to a file: whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Who may read a file that did not exist before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the process's mask allows.
    Anybody,
    /// Its owner only: it holds a secret.
    Owner,
}

/// Writes `content` to `path`. An ordinary file appears at once with all of
/// its content, and one that was there stays as it was if writing fails;
/// anything else, such as a device or a pipe, is written to directly.
///
/// # Errors
/// What the system says.
pub fn write_file(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    Prepared::new(path, content, readers)?.commit()
}

/// A file that only needs to be put in its place: when several are written,
/// all are prepared before the first one is.
pub enum Prepared<'content> {
    /// An ordinary file, whole, beside the one that it replaces.
    Whole(NamedTempFile, PathBuf),
    /// Anything else, open, with what is to be written to it.
    Direct(File, &'content [u8]),
}

impl<'content> Prepared<'content> {
    /// As [`write_file`], up to the last step.
    ///
    /// # Errors
    /// What the system says; nothing has changed then.
    pub fn new(path: &Path, content: &'content [u8], readers: Readers) -> io::Result<Self> {
        let path = target(path);
        let existing = path.metadata().ok();
        if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
            let file = std::fs::OpenOptions::new().write(true).open(path)?;
            return Ok(Self::Direct(file, content));
        }
        if existing.as_ref().is_some_and(|existing| existing.permissions().readonly()) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".kmu-");
        #[cfg(unix)]
        {
            // The rights that creating the file directly would give, the process's mask taken away.
            use std::os::unix::fs::PermissionsExt;
            let mode = if readers == Readers::Owner { 0o600 } else { 0o644 };
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(content)?;
        if let Some(existing) = existing {
            file.as_file().set_permissions(existing.permissions())?;
        }
        Ok(Self::Whole(file, path))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// What the system says.
    pub fn commit(self) -> io::Result<()> {
        match self {
            Self::Whole(file, path) => file.persist(path).map(drop).map_err(|error| error.error),
            Self::Direct(mut file, content) => file.write_all(content),
        }
    }
}

/// Whether writing to one is writing to the other.
pub fn is_same_target(one: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| {
        let path = target(path);
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.canonicalize(),
            _ => Path::new(".").canonicalize(),
        };
        (directory.ok(), path.file_name().map(ToOwned::to_owned))
    };
    absolute(one) == absolute(other)
}

/// Behind a link, the file that it points to is what must be replaced.
fn target(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_rights() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        write_file(&path, b"long content", Readers::Anybody).unwrap();
        write_file(&path, b"short", Readers::Anybody).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_or_a_missing_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        assert!(write_file(directory.path(), b"x", Readers::Anybody).is_err());
        assert!(write_file(&directory.path().join("no/such"), b"x", Readers::Anybody).is_err());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_prepared_file_changes_nothing_until_it_is_committed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        write_file(&path, b"old", Readers::Anybody).unwrap();
        drop(Prepared::new(&path, b"new", Readers::Anybody).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        Prepared::new(&path, b"new", Readers::Anybody).unwrap().commit().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn one_file_has_many_names() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        assert!(is_same_target(&at("new"), &at("./new")));
        assert!(!is_same_target(&at("new"), &at("other")));
        std::fs::write(at("file"), "x").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        assert!(is_same_target(&at("file"), &at("link")));
        assert!(is_same_target(Path::new("new"), Path::new("./new")));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        write_file(&path, b"secret", Readers::Owner).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to() {
        write_file(Path::new("/dev/null"), b"x", Readers::Anybody).unwrap();
        assert!(write_file(Path::new("/dev/full"), b"x", Readers::Anybody).is_err());
    }
}
