//! Writing a result to a file: whole or not at all.

use std::fs::{File, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::stream::open_stream;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever the process's mask allows, or whoever could read the file before.
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
/// all are prepared before the first one is. Dropped, it leaves everything as
/// it was.
pub enum Prepared<'content> {
    /// An ordinary file, whole, beside the one that it replaces.
    Whole(NamedTempFile, PathBuf, Readers),
    /// Anything else, open, with what is to be written to it.
    Direct(File, &'content [u8]),
    /// An ordinary file that no other can replace, open, with what it is to hold.
    InPlace(File, &'content [u8]),
}

impl<'content> Prepared<'content> {
    /// As [`write_file`], up to the last step.
    ///
    /// # Errors
    /// What the system says; nothing has changed then.
    pub fn new(path: &Path, content: &'content [u8], readers: Readers) -> io::Result<Self> {
        if let Some(stream) = open_stream(path)? {
            return Ok(Self::Direct(stream, content));
        }
        let path = target(path)?;
        let existing = path.metadata().ok();
        if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
            return Ok(Self::Direct(File::options().write(true).open(path)?, content));
        }
        if existing.as_ref().is_some_and(|existing| existing.permissions().readonly()) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".kmu-");
        #[cfg(unix)]
        {
            // The rights that creating the file directly would give, the process's mask taken away.
            use std::os::unix::fs::PermissionsExt;
            let mode = if readers == Readers::Owner { 0o600 } else { 0o666 };
            builder.permissions(Permissions::from_mode(mode));
        }
        let mut file = match builder.tempfile_in(directory(&path)).map_err(without_path) {
            // Nothing new can be made beside it, but it may be possible to write it itself.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                let file = open_in_place(&path, readers).ok_or(error)?;
                return Ok(Self::InPlace(file, content));
            }
            file => file?,
        };
        file.write_all(content).map_err(without_path)?;
        if let Some(existing) = existing
            && readers == Readers::Anybody
        {
            file.as_file().set_permissions(kept(existing.permissions()))?;
        }
        // What is called written must outlive a crash.
        file.as_file().sync_all()?;
        Ok(Self::Whole(file, path, readers))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// What the system says.
    pub fn commit(self) -> io::Result<()> {
        match self {
            Self::Whole(file, path, readers) => file.persist(&path).map(drop).or_else(|failed| {
                // Something is mounted on it, or it is another's in a directory such as /tmp.
                let file = open_in_place(&path, readers).ok_or(failed.error)?;
                rewrite(&file, &Zeroizing::new(std::fs::read(failed.file.path())?))
            }),
            Self::Direct(mut file, content) => file.write_all(content),
            Self::InPlace(file, content) => rewrite(&file, content),
        }
    }
}

/// Whether a result can go to this name, as far as that can be told before there is
/// one: its directory is there and takes files, and it is no directory itself.
///
/// # Errors
/// What the system says.
pub fn check_target(path: &Path, readers: Readers) -> io::Result<()> {
    match path.metadata() {
        Ok(found) if !found.is_file() && !found.is_dir() => Ok(()),
        _ => Prepared::new(path, &[], readers).map(drop),
    }
}

/// A file that is there, to be written itself: nothing if it cannot be, or if its rights
/// would show a secret to others.
fn open_in_place(path: &Path, readers: Readers) -> Option<File> {
    let file = File::options().read(true).write(true).open(path).ok()?;
    let found = file.metadata().ok()?;
    (found.is_file() && (readers == Readers::Anybody || is_private(&found))).then_some(file)
}

/// Whether nobody but this process's user may read a file.
fn is_private(found: &std::fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let own = std::fs::metadata("/proc/self").map(|process| process.uid());
        found.mode() & 0o077 == 0 && own.is_ok_and(|own| own == found.uid())
    }
    #[cfg(not(unix))]
    {
        let _ = found;
        false
    }
}

/// Gives a file another content, or leaves it the one that it has.
fn rewrite(file: &File, content: &[u8]) -> io::Result<()> {
    let length = file.metadata()?.len();
    let mut old = Zeroizing::new(Vec::new());
    file.take(content.len() as u64).read_to_end(&mut old)?;
    let (start, end) = content.split_at(old.len());
    let write = |mut file: &File, at: u64, bytes: &[u8]| {
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    };
    // What needs more room comes first: where there is none, the rest is as it was.
    let written = write(file, old.len() as u64, end)
        .and_then(|()| write(file, 0, start))
        .and_then(|()| file.set_len(content.len() as u64))
        .and_then(|()| file.sync_all());
    if written.is_err() {
        // This is room that the file has. The first error is the one to tell.
        let _ = write(file, 0, &old).and_then(|()| file.set_len(length));
    }
    written
}

/// Whether writing to both names would leave one result only.
#[must_use]
pub fn is_same_target(one: &Path, other: &Path) -> bool {
    let ordinary = |path: &PathBuf| path.metadata().map_or(true, |found| found.is_file());
    match (target(one), target(other)) {
        (Ok(one), Ok(other)) => (one == other || is_same_file(&one, &other)) && ordinary(&one),
        _ => false,
    }
}

/// Whether both are names of one file that is there.
fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path: &Path| path.metadata().map(|found| (found.dev(), found.ino())).ok();
        identity(one).is_some_and(|identity_of_one| identity(other) == Some(identity_of_one))
    }
    #[cfg(not(unix))]
    {
        let _ = (one, other);
        false
    }
}

/// The file that is written to behind links, whether or not it is there yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut target = path.to_owned();
    while let Ok(link) = target.read_link() {
        // Fails with the system's reason when links go round in a circle.
        match target.metadata() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => target = directory(&target).join(link),
        }
    }
    match target.file_name() {
        Some(name) => Ok(directory(&target).canonicalize()?.join(name)),
        None => Ok(target),
    }
}

/// The directory that a file is in.
pub fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The rights that a replaced file hands on: not those to act as its owner,
/// who need not be the same.
fn kept(permissions: Permissions) -> Permissions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Permissions::from_mode(permissions.mode() & 0o777)
    }
    #[cfg(not(unix))]
    permissions
}

/// The system's reason, without the name of the file beside the target, which says nothing to anybody.
fn without_path(error: io::Error) -> io::Error {
    // The library wraps the system's error with a path; its kind says enough.
    if error.get_ref().is_some() { error.kind().into() } else { error }
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

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_only() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        write_file(&path, b"secret", Readers::Owner).unwrap();
        let mode = || path.metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, Permissions::from_mode(0o4755)).unwrap();
        write_file(&path, b"public", Readers::Anybody).unwrap();
        assert_eq!(mode(), 0o755);
        write_file(&path, b"secret", Readers::Owner).unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_to_files_that_are_there_and_that_are_not() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        symlink("file", path("link")).unwrap();
        symlink("link", path("link to link")).unwrap();
        symlink("circle", path("circle")).unwrap();
        for content in [b"first", b"again"] {
            write_file(&path("link to link"), content, Readers::Anybody).unwrap();
            assert!(path("link").is_symlink() && path("link to link").is_symlink());
            assert_eq!(std::fs::read(path("file")).unwrap(), content);
        }
        assert!(write_file(&path("circle"), b"x", Readers::Anybody).is_err());
        assert!(is_same_target(&path("link"), &path("file")));
        assert!(is_same_target(&path("new"), &path("./new")));
        assert!(!is_same_target(&path("new"), &path("file")));
        std::fs::hard_link(path("file"), path("other name")).unwrap();
        std::fs::write(path("another"), "").unwrap();
        assert!(is_same_target(&path("other name"), &path("link")));
        assert!(!is_same_target(&path("another"), &path("file")));
        assert!(!is_same_target(Path::new("/dev/null"), Path::new("/dev/null")));
    }

    #[test]
    fn what_is_prepared_changes_nothing_until_it_is_committed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        drop(Prepared::new(&path, b"new", Readers::Anybody).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        Prepared::new(&path, b"new", Readers::Anybody).unwrap().commit().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_failure_names_the_systems_reason_only() {
        let error = write_file(Path::new("/no/such/file"), b"x", Readers::Anybody).unwrap_err();
        assert!(!error.to_string().contains(".kmu-"), "{error}");
        let directory = tempfile::tempdir().unwrap();
        let error = without_path(
            tempfile::Builder::new()
                .prefix(".kmu-")
                .tempfile_in(directory.path().join("no"))
                .unwrap_err(),
        );
        assert!(!error.to_string().contains(".kmu-"), "{error}");
    }

    /// Rewriting fails for want of room only, so the test says where there is none.
    #[test]
    fn a_file_that_is_rewritten_has_all_of_its_new_content() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        for (old, new) in [("", "new"), ("old", ""), ("short", "much longer"), ("longer", "new")] {
            std::fs::write(&path, old).unwrap();
            let file = File::options().read(true).write(true).open(&path).unwrap();
            rewrite(&file, new.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), new);
        }
        std::fs::write(&path, "kept").unwrap();
        let file = File::open(&path).unwrap();
        assert!(rewrite(&file, b"new").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
    }

    #[test]
    fn a_name_with_a_slash_at_its_end_is_no_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plain");
        std::fs::write(&path, "kept").unwrap();
        for name in ["plain/", "new/"] {
            assert!(write_file(&directory.path().join(name), b"x", Readers::Anybody).is_err());
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to() {
        write_file(Path::new("/dev/null"), b"x", Readers::Anybody).unwrap();
        assert!(write_file(Path::new("/dev/full"), b"x", Readers::Anybody).is_err());
    }
}
