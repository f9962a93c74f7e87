//! The directory in which a session runs, with the files that it finds there,
//! and the looks at the files that it leaves.

use std::io;
use std::path::{Path, PathBuf};

use super::input::check_path;

/// A fresh directory under the process's own, and the current one as long as it lives.
pub struct Place {
    directory: tempfile::TempDir,
    home: PathBuf,
}

impl Place {
    /// Makes the directory under `home`, and enters it.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(home: &Path) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix(".kmu-replay-").tempdir_in(home)?;
        std::env::set_current_dir(directory.path())?;
        Ok(Self { directory, home: home.to_owned() })
    }

    /// Puts a file in place: `copy`, `file` or `hex`, as the comments of a
    /// recording say it. Files are copied from the directory `beside`.
    ///
    /// # Errors
    /// What is wrong.
    pub fn put(&self, kind: &str, value: &str, beside: &Path) -> Result<(), String> {
        if kind == "copy" {
            return value.split(' ').filter(|name| !name.is_empty()).try_for_each(|name| {
                check_path(name)?;
                let found = |path: &Path| path.canonicalize().map_err(|error| told(name, &error));
                let file = found(&beside.join(name))?;
                if !file.starts_with(found(beside)?) {
                    return Err(format!("{name}: it is a link to a file elsewhere"));
                }
                if !file.is_file() {
                    return Err(format!("{name}: it is no ordinary file"));
                }
                let content = std::fs::read(file).map_err(|error| told(name, &error))?;
                self.write(name, &content)
            });
        }
        let (name, text) = value.split_once(' ').unwrap_or((value, ""));
        match kind {
            "hex" => {
                let bytes = crate::command::read::from_hexadecimal(text);
                let bytes = bytes.or_else(|| text.is_empty().then(Vec::new));
                self.write(name, &bytes.ok_or("these are not hexadecimal digits of bytes")?)
            }
            _ => self.write(name, text.as_bytes()),
        }
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), String> {
        check_path(name)?;
        let path = self.directory.path().join(name);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, content)).map_err(|error| told(name, &error))
    }

    /// What a line shows that begins with `$`.
    ///
    /// # Errors
    /// Why it shows nothing: there is no such look, or it looks elsewhere.
    pub fn look(&self, look: &str, allow_programs: bool) -> Result<String, String> {
        let words: Vec<&str> = look.split(' ').filter(|word| !word.is_empty()).collect();
        let bytes = |name: &str| -> Result<Result<Vec<u8>, String>, String> {
            check_path(name)?;
            Ok(std::fs::read(self.directory.path().join(name))
                .map_err(|error| format!("{}\n", told(name, &error))))
        };
        match words.as_slice() {
            ["cat", name] => bytes(name).map(|found| match found.map(String::from_utf8) {
                Ok(Ok(text)) => text,
                Ok(Err(_)) => format!("{name}: it is not text; $ hex shows it\n"),
                Err(reason) => reason,
            }),
            ["hex", name] => {
                bytes(name).map(|found| found.map_or_else(|it| it, |found| rows(&found)))
            }
            ["cmp", one, other] => match (bytes(one)?, bytes(other)?) {
                (Ok(first), Ok(second)) if first == second => Ok(String::new()),
                (Ok(_), Ok(_)) => Ok(format!("{one} {other} differ\n")),
                (Err(reason), _) | (_, Err(reason)) => Ok(reason),
            },
            ["ls"] => self.names().map_err(|error| error.to_string()),
            ["openssl", words @ ..] if allow_programs => self.openssl(words),
            ["openssl", ..] => Err(String::from("programs are run with --allow-shell only")),
            _ => Err(format!(
                "{look:?} cannot be replayed: after $ stands cat FILE, hex FILE, cmp FILE FILE or ls"
            )),
        }
    }

    fn names(&self) -> io::Result<String> {
        let mut names = std::fs::read_dir(self.directory.path())?
            .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names.iter().map(|name| format!("{name}\n")).collect())
    }

    fn openssl(&self, words: &[&str]) -> Result<String, String> {
        let output = std::process::Command::new("openssl")
            .args(words)
            .current_dir(self.directory.path())
            .stdin(std::process::Stdio::null())
            .output()
            .map_err(|error| told("openssl", &error))?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        if !output.status.success() {
            text.push_str("openssl failed\n");
        }
        Ok(text)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Where even that fails, nothing can be done, and the next replay says so.
        let _ = std::env::set_current_dir(&self.home);
    }
}

fn told(name: &str, error: &io::Error) -> String {
    format!("{name}: {error}")
}

/// Bytes in hexadecimal, 32 in a line.
fn rows(bytes: &[u8]) -> String {
    let row = |row: &[u8]| row.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    bytes.chunks(32).map(row).collect()
}
