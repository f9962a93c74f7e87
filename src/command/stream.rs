//! Names of streams that are open already, such as `/dev/stdout`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::write_file::directory;

/// The open stream that a name such as `/dev/stdout` or `/dev/fd/3` stands for.
/// It is written to where it stands: what it leads to must not be replaced. What
/// kmu has opened for itself, and the input that it reads commands from, is no
/// place for a result.
///
/// # Errors
/// What the system says; and that it is kmu's own.
#[cfg(unix)]
pub fn open_stream(path: &Path) -> io::Result<Option<File>> {
    use std::os::fd::AsFd;
    let Some(stream) = stream(path) else { return Ok(None) };
    let descriptor = match stream.as_path().to_str() {
        // The position in a file is shared with whatever else is printed.
        Some("1") => io::stdout().as_fd().try_clone_to_owned()?,
        Some("2") => io::stderr().as_fd().try_clone_to_owned()?,
        Some(number) if number == "0" || is_own(number) => {
            return Err(io::Error::other("this is a stream of kmu's own"));
        }
        _ => return File::options().append(true).open(path).map(Some),
    };
    Ok(Some(descriptor.into()))
}

/// The descriptor that a path leads to, by way of links: its number if it is this
/// process's, and its whole path if it is another's.
#[cfg(unix)]
fn stream(path: &Path) -> Option<PathBuf> {
    let own = PathBuf::from(format!("/proc/{}", std::process::id()));
    let mut target = path.to_owned();
    // No chain of links that the system follows is longer.
    for _ in 0..40 {
        let parent = directory(&target).canonicalize().ok()?;
        if parent.starts_with("/proc") && parent.ends_with("fd") {
            let number = target.file_name()?;
            return Some(if parent.starts_with(&own) {
                number.into()
            } else {
                parent.join(number)
            });
        }
        target = parent.join(target.read_link().ok()?);
    }
    None
}

/// Whether this process has opened a descriptor itself, rather than got it when it
/// was started: then it is one that is closed when another program is started.
#[cfg(unix)]
fn is_own(number: &str) -> bool {
    /// Close on exec, as fdinfo shows it (proc(5)).
    const O_CLOEXEC: u32 = 0o2_000_000;
    let information = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}"));
    information.is_ok_and(|text| {
        let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
        flags.is_some_and(|flags| flags & O_CLOEXEC != 0)
    })
}

/// Elsewhere there are no such names.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn open_stream(_path: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::write_file::{Readers, write_file};

    #[cfg(unix)]
    #[test]
    fn a_stream_that_this_process_opened_is_not_written_to() {
        use std::os::fd::AsRawFd;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("own");
        let open = File::options().append(true).create(true).open(&path).unwrap();
        let name = PathBuf::from(format!("/dev/fd/{}", open.as_raw_fd()));
        assert_eq!(stream(&name).unwrap(), Path::new(&open.as_raw_fd().to_string()));
        assert!(write_file(&name, b"x", Readers::Anybody).is_err());
        assert!(write_file(Path::new("/dev/stdin"), b"x", Readers::Anybody).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"");
        assert_eq!(stream(Path::new("/dev/stdout")).unwrap(), Path::new("1"));
        assert_eq!(stream(&path), None);
        assert_eq!(stream(Path::new("/dev/null")), None);
    }
}
