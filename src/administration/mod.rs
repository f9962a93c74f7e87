//! `kmu cluster`: creates, describes and deletes the state of a cluster, and
//! registers public keys, for whoever runs the process. None of it is a
//! command of the reference client.

mod describe;
mod reset;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::cli::ClusterAction;
use crate::cluster_file;
use crate::crypto::password::Cost;
use crate::hsm::clock::Clock;
use crate::hsm::settings::Settings;
use crate::hsm::{self, Hsm, StartError};
use crate::shell::ask_hidden;
use crate::store::{self, Store};

/// Why an action was not done. Its text is for whoever runs the process.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a cluster where one should be made.
    #[error("there is a cluster in {} already", .0.display())]
    Exists(PathBuf),
    /// There is no cluster where one should be.
    #[error("there is no cluster in {} (kmu cluster init makes one)", .0.display())]
    Missing(PathBuf),
    /// The state cannot be used.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The cluster does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A file is no public key to approve tokens with.
    #[error("the public key {}: {reason}", file.display())]
    PublicKey {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The cluster refuses.
    #[error("{0}")]
    Refused(String),
    /// Nobody is there to ask, and nobody has answered beforehand.
    #[error("deleting needs a terminal to ask on, or --yes")]
    NobodyToAsk,
    /// The answer was not yes.
    #[error("nothing was deleted")]
    NotConfirmed,
    /// Input or output failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does what `kmu cluster` was asked for, on the state in `directory`, and
/// returns what there is to say about it.
///
/// # Errors
/// Any [`Error`].
pub fn run(
    action: &ClusterAction,
    directory: &Path,
    settings: Settings,
    clock: Clock,
    seed: Option<u64>,
    lock_timeout: Duration,
) -> Result<String, Error> {
    match action {
        ClusterAction::Init => {
            initialize(Store::open(directory, lock_timeout)?, directory, &settings, seed)
        }
        ClusterAction::Show => {
            describe::describe(&open(directory, lock_timeout)?, directory, &settings)
        }
        ClusterAction::Reset { yes } => reset::reset(directory, *yes),
        ClusterAction::RegisterKey { name, file } => {
            register_key(open(directory, lock_timeout)?, settings, clock, seed, name, file)
        }
    }
}

fn initialize(
    mut state: Store,
    directory: &Path,
    settings: &Settings,
    seed: Option<u64>,
) -> Result<String, Error> {
    if !state.is_new() {
        return Err(Error::Exists(directory.to_owned()));
    }
    let (_, first) = hsm::set_up(settings, &mut state, seed, Cost::AT_REST)?;
    if !first {
        // Another process was faster.
        return Err(Error::Exists(directory.to_owned()));
    }
    Ok(format!(
        "A cluster of {} nodes with {} users was created in {}\n",
        settings.nodes.len(),
        settings.users.len(),
        directory.display()
    ))
}

/// The state of a cluster that is there.
fn open(directory: &Path, lock_timeout: Duration) -> Result<Store, Error> {
    let missing = || Error::Missing(directory.to_owned());
    // Opening makes what is not there, and here nothing shall be made.
    if !Store::exists(directory) {
        return Err(missing());
    }
    let state = Store::open(directory, lock_timeout)?;
    if state.is_new() { Err(missing()) } else { Ok(state) }
}

fn register_key(
    state: Store,
    settings: Settings,
    clock: Clock,
    seed: Option<u64>,
    name: &str,
    file: &Path,
) -> Result<String, Error> {
    let key = cluster_file::read_quorum_key(file)
        .map_err(|reason| Error::PublicKey { file: file.to_owned(), reason })?;
    let mut hsm = Hsm::start(settings, state, clock, seed, Cost::AT_REST)?;
    let password = ask_password(name)?;
    let status = hsm.register_quorum_key(name, &password, &key).status;
    if !status.code.is_success() {
        let detail = status.detail.map_or_else(String::new, |detail| format!(" ({detail})"));
        return Err(Error::Refused(status.code.text() + &detail));
    }
    Ok(format!("The public key of {name} was registered\n"))
}

/// A password, hidden on a terminal, one line of anything else.
fn ask_password(name: &str) -> io::Result<Zeroizing<String>> {
    if io::stdin().is_terminal() {
        return ask_hidden(&format!("Password of {name}: "));
    }
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Asks a question on the terminal; only a whole `yes` is one.
fn confirm(question: &str) -> Result<(), Error> {
    if !io::stdin().is_terminal() {
        return Err(Error::NobodyToAsk);
    }
    let mut output = io::stdout();
    write!(output, "{question} Type yes to go on: ")?;
    output.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() == "yes" { Ok(()) } else { Err(Error::NotConfirmed) }
}
