//! Where a cluster's state lives: an SQLite database, in a directory of its
//! own or in memory. The store keeps rows; what they mean is the HSM's affair.

mod keys;
mod protection;
mod schema;
mod tokens;
mod users;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, DropBehavior, Savepoint, Transaction, TransactionBehavior};

pub use keys::{KeyFilter, KeyRow};
pub use tokens::TokenRow;
pub use users::UserRow;

/// The file in the state directory.
const FILE_NAME: &str = "cluster.sqlite";

/// How often a process asks whether it is its turn to write, and how long one
/// that writes much must leave the state to others.
const TURN: Duration = Duration::from_millis(1);

/// The file in the state directory that keeps the lines of the terminal.
pub const HISTORY_NAME: &str = "history";

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory cannot be made or read.
    #[error("the state directory {} cannot be used: {cause}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Others may write to the directory or the file.
    #[error("{} can be written by other users: take that right away first (chmod go-w)", .0.display())]
    Unprotected(PathBuf),
    /// The directory holds something, but no state of a cluster.
    #[error("{} is not the state of a cluster", .0.display())]
    NotAState(PathBuf),
    /// Another process has the state open.
    #[error("another process is using the cluster")]
    InUse,
    /// Somebody else owns the directory or the file, and so may write to it.
    #[error("{} belongs to another user: give it to this one first (chown)", .0.display())]
    Foreign(PathBuf),
    /// The database is a symbolic link, or no file at all.
    #[error("{} is not a plain file", .0.display())]
    NotAFile(PathBuf),
    /// The file is a database of some other program.
    #[error("the database in the state directory is not a cluster state")]
    OtherProgram,
    /// The state was written by a later kmu.
    #[error("the state has format {0}, which this kmu doesn't know")]
    UnknownFormat(i64),
    /// Other processes have not let go of the database for the whole lock timeout.
    #[error("the cluster state is locked by another process: nothing was changed, try again")]
    Locked,
    /// There are keys or settings, but nobody whom they belong to.
    #[error("the cluster state is damaged: its users are missing")]
    NoUsers,
    /// A failure within a group has undone the whole group.
    #[error("the cluster state could not be written")]
    GroupUndone,
    /// A row holds what no kmu writes.
    #[error("a record of the cluster state is damaged: {0}")]
    Record(rusqlite::Error),
    /// The database is damaged, full, or not a database.
    #[error("the cluster state cannot be read or written: {0}")]
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{
            FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType,
        };
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        if let FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) =
            error
        {
            return Self::Record(error);
        }
        match error.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked) => Self::Locked,
            _ => Self::Database(error),
        }
    }
}

/// How much is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Its users.
    pub users: u64,
    /// Its keys.
    pub keys: u64,
}

/// An open state.
pub struct Store {
    connection: Connection,
    is_new: bool,
    lock_timeout: Duration,
}

impl Store {
    /// A fresh state that is gone with the process.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn in_memory() -> Result<Self, Error> {
        Self::prepare(Connection::open_in_memory()?, Duration::ZERO)
    }

    /// The state in a directory, made if it is not there yet: the directory
    /// for its owner only (0700), the file likewise (0600). A request waits for
    /// other processes for `lock_timeout` at most.
    ///
    /// # Errors
    /// Any [`Error`]; nothing that was there is changed.
    pub fn open(directory: &Path, lock_timeout: Duration) -> Result<Self, Error> {
        let failed = |cause| Error::Directory { path: directory.to_owned(), cause };
        let file = directory.join(FILE_NAME);
        protection::make(directory, &file).map_err(failed)?;
        protection::check(directory, &file)?;
        // SQLite doesn't wait when several processes turn a new file into a database
        // at once, or the last one closes it: it fails at once, so it is asked again.
        wait_for_turn(lock_timeout, || {
            Self::prepare(schema::open(&file, lock_timeout)?, lock_timeout)
        })
    }

    /// The format of the state that this kmu writes.
    pub const FORMAT: i64 = schema::FORMAT;

    /// Whether there is a database in a directory.
    #[must_use]
    pub fn exists(directory: &Path) -> bool {
        directory.join(FILE_NAME).is_file()
    }

    /// Every file that a state consists of, whether it is there or not.
    #[must_use]
    pub fn files(directory: &Path) -> Vec<PathBuf> {
        let database = ["", "-wal", "-shm", "-journal"].map(|end| format!("{FILE_NAME}{end}"));
        let names = database.into_iter().chain([HISTORY_NAME.to_owned()]);
        names.map(|name| directory.join(name)).collect()
    }

    /// Bytes of the database in a directory, with what is not merged into it yet.
    #[must_use]
    pub fn size(directory: &Path) -> u64 {
        let parts = [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")];
        parts.iter().filter_map(|part| Some(directory.join(part).metadata().ok()?.len())).sum()
    }

    /// Looks into a directory without changing anything there.
    ///
    /// # Errors
    /// [`Error::NotAFile`] and [`Error::NotAState`] unless a cluster's state is in it.
    pub fn examine(directory: &Path) -> Result<Contents, Error> {
        let file = directory.join(FILE_NAME);
        // Behind a link there is a state that would not be deleted with it.
        if !file.symlink_metadata().is_ok_and(|found| found.is_file()) {
            return Err(Error::NotAFile(file));
        }
        let contents = schema::examine(&file);
        contents.map_err(|_| Error::NotAState(directory.to_owned()))
    }

    /// Makes sure that no other process has the state open.
    ///
    /// # Errors
    /// [`Error::InUse`] when one has.
    pub fn claim(directory: &Path) -> Result<(), Error> {
        schema::claim(&directory.join(FILE_NAME))
    }

    fn prepare(mut connection: Connection, lock_timeout: Duration) -> Result<Self, Error> {
        let is_new = schema::prepare(&mut connection)?;
        Ok(Self { connection, is_new, lock_timeout })
    }

    /// Whether no cluster has been set up in this state yet.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Says that a cluster has been set up.
    pub fn mark_set_up(&mut self) {
        self.is_new = false;
    }

    /// Begins to write: nobody else writes until the change is committed, and
    /// a change that is dropped has not happened.
    ///
    /// # Errors
    /// [`Error::Locked`] when others keep the state locked for longer than the lock timeout.
    pub fn change(&mut self) -> Result<Change<'_>, Error> {
        // Outside of a change, only a group leaves a transaction open.
        if !self.connection.is_autocommit() {
            let transaction = Scope::Part(self.connection.savepoint()?);
            return Ok(Change { transaction });
        }
        Ok(Change { transaction: Scope::Whole(self.lock()?) })
    }

    /// Waits for its turn to write. SQLite's own waiting sleeps longer the longer
    /// it has waited, and would never meet the moment that a busy writer leaves.
    fn lock(&self) -> Result<Transaction<'_>, Error> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let outcome = wait_for_turn(self.lock_timeout, || {
            let behavior = TransactionBehavior::Immediate;
            Ok(Transaction::new_unchecked(&self.connection, behavior)?)
        });
        self.connection.busy_timeout(self.lock_timeout)?;
        outcome
    }

    /// Begins a group: changes are committed as before, but only the end of the
    /// group makes them durable, all together. Nobody else writes until then.
    ///
    /// # Errors
    /// As [`Store::change`].
    pub fn begin_group(&mut self) -> Result<(), Error> {
        // The transaction stays open until the group ends.
        self.lock()?.set_drop_behavior(DropBehavior::Ignore);
        Ok(())
    }

    /// Undoes a group, if there is one.
    pub fn abandon_group(&mut self) {
        if !self.connection.is_autocommit() {
            // Without success, the end of the connection does the same.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }

    /// Makes the changes of a group durable, and leaves the state to others for a turn.
    ///
    /// # Errors
    /// When they cannot be written, or one of them has failed in a way that undid
    /// the others; then none of them has happened.
    pub fn end_group(&mut self) -> Result<(), Error> {
        if self.connection.is_autocommit() {
            return Err(Error::GroupUndone);
        }
        let committed = self.connection.execute_batch("COMMIT");
        if committed.is_err() && !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        committed?;
        std::thread::sleep(2 * TURN);
        Ok(())
    }

    /// Begins to read.
    #[must_use]
    pub fn read(&self) -> View<'_> {
        View { connection: &self.connection }
    }

    /// Reads several things as they are at one moment, whatever other processes do meanwhile.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn at_one_moment<T>(&self, look: impl FnOnce(&View<'_>) -> T) -> Result<T, Error> {
        // Within a group, nobody else writes.
        let moment = match self.connection.is_autocommit() {
            true => {
                Some(Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred)?)
            }
            false => None,
        };
        let seen = look(&self.read());
        drop(moment);
        Ok(seen)
    }
}

/// Tries until the state is not locked, or the time is over.
fn wait_for_turn<T>(timeout: Duration, attempt: impl Fn() -> Result<T, Error>) -> Result<T, Error> {
    let begin = Instant::now();
    loop {
        match attempt() {
            Err(Error::Locked) if begin.elapsed() < timeout => std::thread::sleep(TURN),
            outcome => return outcome,
        }
    }
}

/// What a change is for the database.
enum Scope<'a> {
    /// A transaction of its own.
    Whole(Transaction<'a>),
    /// A part of the transaction that is a group.
    Part(Savepoint<'a>),
}

impl Deref for Scope<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Whole(transaction) => transaction,
            Self::Part(savepoint) => savepoint,
        }
    }
}

/// A way to read; each method's errors are SQLite's, and sees what is there at its own moment.
pub struct View<'a> {
    connection: &'a Connection,
}

/// A change to the state that has not happened until it is committed.
pub struct Change<'a> {
    transaction: Scope<'a>,
}

impl Change<'_> {
    /// What the state looks like within this change.
    #[must_use]
    pub fn read(&self) -> View<'_> {
        View { connection: &self.transaction }
    }

    /// Makes the change durable.
    ///
    /// # Errors
    /// When it cannot be written; then it has not happened.
    pub fn commit(self) -> Result<(), Error> {
        match self.transaction {
            Scope::Whole(transaction) => Ok(transaction.commit()?),
            Scope::Part(savepoint) => Ok(savepoint.commit()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_at_one_moment_does_not_change() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path().join("state");
        let open = || Store::open(&directory, Duration::from_secs(1)).unwrap();
        let (reader, mut writer) = (open(), open());
        let mut write = |value: &[u8]| {
            let change = writer.change().unwrap();
            change.set_blob("blob", value).unwrap();
            change.commit().unwrap();
        };
        write(b"first");
        let seen = |view: &View<'_>| view.blob("blob").unwrap().unwrap();
        let both = reader.at_one_moment(|view| {
            let before = seen(view);
            write(b"second");
            [before, seen(view)]
        });
        assert_eq!(both.unwrap(), [b"first", b"first"]);
        assert_eq!(seen(&reader.read()), b"second");
    }
}
