//! Writing a result to a file: whole or not at all.

use std::io::{self, Write};
use std::path::Path;

/// Writes `content` to `path`. An ordinary file appears at once with all of
/// its content, and one that was there stays as it was if writing fails;
/// anything else, such as a device or a pipe, is written to directly.
///
/// # Errors
/// What the system says.
pub fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    // Behind a link, the file that it points to is what must be replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let existing = path.metadata().ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(content);
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
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(content)?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_rights() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        write_file(&path, b"long content").unwrap();
        write_file(&path, b"short").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_or_a_missing_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        assert!(write_file(directory.path(), b"x").is_err());
        assert!(write_file(&directory.path().join("no/such"), b"x").is_err());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to() {
        write_file(Path::new("/dev/null"), b"x").unwrap();
        assert!(write_file(Path::new("/dev/full"), b"x").is_err());
    }
}
