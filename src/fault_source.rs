//! Where a session learns how its cluster is: from the cluster file, from
//! `--fault`, and from the file of `--faults`, in this order. Both files are
//! looked at again while the session runs.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cluster_file;
use crate::fault_words;
use crate::hsm::settings::Settings;
use crate::shell::tell;

/// What a file says changes when this does.
type Fingerprint = Option<u64>;

/// The places that say how the cluster is.
pub struct FaultSource {
    cluster: Option<PathBuf>,
    options: Vec<String>,
    faults: Option<PathBuf>,
    last: Option<[Fingerprint; 2]>,
}

impl FaultSource {
    /// The cluster file, the values of `--fault`, and the file of `--faults`.
    #[must_use]
    pub fn new(cluster: Option<PathBuf>, options: Vec<String>, faults: Option<PathBuf>) -> Self {
        Self { cluster, options, faults, last: None }
    }

    /// How the cluster is now.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(&mut self) -> Result<Settings, String> {
        self.last = Some(self.fingerprints());
        let mut settings = match &self.cluster {
            None => Settings::default(),
            Some(file) => cluster_file::read(file)
                .map_err(|error| format!("cluster file {}: {error}", file.display()))?,
        };
        for option in &self.options {
            say(option, &mut settings).map_err(|reason| format!("--fault: {reason}"))?;
        }
        if let Some(file) = &self.faults {
            let wrong = |reason: String| format!("faults file {}: {reason}", file.display());
            for (number, line) in (1..).zip(lines(file).map_err(wrong)?.lines()) {
                say(line, &mut settings)
                    .map_err(|reason| wrong(format!("line {number}: {reason}")))?;
            }
        }
        Ok(settings)
    }

    /// How the cluster is now, if a file says anything else than the last
    /// time. What is wrong with a file is said once, and the last good one holds.
    pub fn changed(&mut self) -> Option<Settings> {
        if self.last == Some(self.fingerprints()) {
            return None;
        }
        match self.read() {
            Ok(settings) => Some(settings),
            Err(reason) => {
                tell(&format_args!("{reason}; what was said before still holds"));
                None
            }
        }
    }

    fn fingerprints(&self) -> [Fingerprint; 2] {
        [&self.cluster, &self.faults].map(|file| fingerprint(file.as_deref()?))
    }
}

fn fingerprint(file: &Path) -> Fingerprint {
    // A cluster file has passwords in it, and this hasher keeps no block of what it was given.
    let content = Zeroizing::new(std::fs::read(file).ok()?);
    let mut hasher = DefaultHasher::new();
    hasher.write(&content);
    Some(hasher.finish())
}

/// The lines of the file of faults; a file that is not there has none.
fn lines(file: &Path) -> Result<String, String> {
    match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|error| format!("it cannot be read: {error}")),
    }
}

fn say(line: &str, settings: &mut Settings) -> Result<(), String> {
    match fault_words::parse(line)? {
        Some(said) => fault_words::apply(said, settings),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(faults: &Path, options: &[&str]) -> FaultSource {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        FaultSource::new(None, options, Some(faults.to_owned()))
    }

    #[test]
    fn a_change_is_told_once_and_damage_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("faults");
        let mut source = source(&file, &["node 1 down", "sign: down"]);
        let settings = source.read().unwrap();
        assert!(!settings.nodes[1].up && settings.faults.len() == 1);
        assert!(source.changed().is_none());
        std::fs::write(&file, "node 1 up\nfind: down\n").unwrap();
        let settings = source.changed().unwrap();
        assert!(settings.nodes[1].up && settings.faults.len() == 2);
        assert!(source.changed().is_none());
        std::fs::write(&file, "node 1 up\nnode 1 sideways\n").unwrap();
        assert!(source.changed().is_none() && source.changed().is_none());
        std::fs::remove_file(&file).unwrap();
        assert!(!source.changed().unwrap().nodes[1].up);
    }

    #[test]
    fn what_is_wrong_is_placed() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("faults");
        std::fs::write(&file, "\nnode 9 down\n").unwrap();
        let reason = source(&file, &[]).read().err().unwrap();
        assert!(reason.ends_with("faults: line 2: there is no node 9"), "{reason}");
        let reason = source(&file, &["?"]).read().err().unwrap();
        assert!(reason.starts_with("--fault: "), "{reason}");
        std::fs::write(&file, b"\xff").unwrap();
        assert!(source(&file, &[]).read().err().unwrap().contains("it cannot be read"));
    }
}
