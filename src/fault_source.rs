//! Where a session learns how its cluster is: from the cluster file, from
//! `--fault`, and from the file of `--faults`, in this order. Both files are
//! looked at again while the session runs.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cluster_file;
use crate::fault_words;
use crate::hsm::settings::Settings;
use crate::output::Dialect;
use crate::profile::{Choice, Told};
use crate::shell::tell;

/// What a file says changes when this does.
type Fingerprint = Option<u64>;

/// The places that say how the cluster is.
pub struct FaultSource {
    told: Told,
    cluster: Option<PathBuf>,
    options: Vec<String>,
    faults: Option<PathBuf>,
    last: Option<[Fingerprint; 2]>,
    /// What a cluster file says that can be read only once.
    kept_cluster: Option<(Dialect, Settings)>,
    /// What a file of faults says that can be read only once.
    kept_faults: Option<Zeroizing<String>>,
}

impl FaultSource {
    /// What is said of the profile, the cluster file, the values of `--fault`, and the file of
    /// `--faults`.
    #[must_use]
    pub fn new(
        told: Told,
        cluster: Option<PathBuf>,
        options: Vec<String>,
        faults: Option<PathBuf>,
    ) -> Self {
        Self { told, cluster, options, faults, last: None, kept_cluster: None, kept_faults: None }
    }

    /// The dialect, and how the cluster is now.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(&mut self) -> Result<(Dialect, Settings), String> {
        self.last = Some(self.fingerprints());
        let (dialect, mut settings) = match (&self.cluster, &self.kept_cluster) {
            (None, _) => self.told.settle(Choice::default()),
            (Some(_), Some(kept)) => kept.clone(),
            (Some(file), None) => {
                let once = !is_readable_again(file);
                let (dialect, read) = cluster_file::read(file, &self.told)
                    .map_err(|error| format!("cluster file {}: {error}", file.display()))?;
                // Only the first reader needs the users, whose passwords are not kept.
                let kept = || (dialect, Settings { users: Vec::new(), ..read.clone() });
                self.kept_cluster = once.then(kept);
                (dialect, read)
            }
        };
        for option in &self.options {
            say(option, &mut settings).map_err(|reason| format!("--fault: {reason}"))?;
        }
        if let Some(file) = &self.faults {
            let wrong = |reason: String| format!("faults file {}: {reason}", file.display());
            let text = match &self.kept_faults {
                Some(kept) => kept.clone(),
                None => {
                    let once = !is_readable_again(file);
                    let text = lines(file).map_err(wrong)?;
                    self.kept_faults = once.then(|| text.clone());
                    text
                }
            };
            for (number, line) in (1..).zip(text.lines()) {
                say(line, &mut settings)
                    .map_err(|reason| wrong(format!("line {number}: {reason}")))?;
            }
        }
        Ok((dialect, settings))
    }

    /// How the cluster is now, if a file says anything else than the last
    /// time. What is wrong with a file is said once, and the last good one holds.
    pub fn changed(&mut self) -> Option<Settings> {
        if self.last == Some(self.fingerprints()) {
            return None;
        }
        match self.read() {
            Ok((_, settings)) => Some(settings),
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

/// Whether a file says the same, or something newer, when it is read again: a pipe
/// is empty then. A file that is not there may come.
fn is_readable_again(file: &Path) -> bool {
    file.metadata().map_or(true, |found| found.is_file())
}

fn fingerprint(file: &Path) -> Fingerprint {
    if !is_readable_again(file) {
        return None;
    }
    // A cluster file has passwords in it, and this hasher keeps no block of what it was given.
    let content = cluster_file::read_text(file).ok()?;
    let mut hasher = DefaultHasher::new();
    hasher.write(content.as_bytes());
    Some(hasher.finish())
}

/// The lines of the file of faults; a file that is not there has none.
fn lines(file: &Path) -> Result<Zeroizing<String>, String> {
    match cluster_file::read_text(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Zeroizing::default()),
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
        FaultSource::new(Told::default(), None, options, Some(faults.to_owned()))
    }

    #[test]
    fn a_change_is_told_once_and_damage_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("faults");
        let mut source = source(&file, &["node 1 down", "sign: down"]);
        let (_, settings) = source.read().unwrap();
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

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_once_and_holds_for_good() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let (cluster, mut to_cluster) = std::io::pipe().unwrap();
        let (faults, mut to_faults) = std::io::pipe().unwrap();
        let user =
            b"fips_mode = false\n[[user]]\nname = 'only'\ntype = 'CU'\npassword = 'only_pwd1'\n";
        to_cluster.write_all(user).unwrap();
        to_faults.write_all(b"node 1 down\n").unwrap();
        drop((to_cluster, to_faults));
        let path = |number: i32| Some(PathBuf::from(format!("/dev/fd/{number}")));
        let (cluster_path, faults_path) = (path(cluster.as_raw_fd()), path(faults.as_raw_fd()));
        let mut source = FaultSource::new(Told::default(), cluster_path, Vec::new(), faults_path);
        let (_, settings) = source.read().unwrap();
        assert!(settings.users.len() == 1 && !settings.fips_mode && !settings.nodes[1].up);
        assert!(source.changed().is_none());
        let (_, again) = source.read().unwrap();
        assert!(again.users.is_empty() && !again.fips_mode && !again.nodes[1].up);
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
