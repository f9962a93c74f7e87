//! The database's layout, its format number, and how it is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Contents, Error};

/// The format that this kmu writes. A later one must still open it.
pub const FORMAT: i64 = 1;

/// Labels and handles are readable; what a key is made of is in `sealed` only.
const TABLES: &str = "
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id             INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL,
    user_type      INTEGER NOT NULL,
    login_failures INTEGER NOT NULL,
    memory         INTEGER NOT NULL,
    passes         INTEGER NOT NULL,
    salt           BLOB    NOT NULL,
    sealed         BLOB    NOT NULL,
    quorum_key     BLOB
) STRICT;

CREATE TABLE tokens (
    id        INTEGER PRIMARY KEY,
    record    BLOB NOT NULL,
    approvals BLOB NOT NULL
) STRICT;

CREATE TABLE keys (
    handle          INTEGER PRIMARY KEY,
    serial          INTEGER NOT NULL,
    class           INTEGER NOT NULL,
    key_type        INTEGER NOT NULL,
    label           TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    owner           INTEGER NOT NULL,
    shared_with     TEXT    NOT NULL,
    m_value         INTEGER NOT NULL,
    booleans        INTEGER NOT NULL,
    value_length    INTEGER NOT NULL,
    check_value     BLOB    NOT NULL,
    modulus         BLOB    NOT NULL,
    modulus_bits    INTEGER NOT NULL,
    public_exponent BLOB    NOT NULL,
    created         INTEGER NOT NULL,
    sealed          BLOB    NOT NULL
) STRICT;

CREATE INDEX keys_by_serial ON keys (serial);
CREATE INDEX keys_by_label  ON keys (label);
CREATE INDEX keys_by_id     ON keys (id) WHERE id <> '';
";

/// Opens a database file for several processes at once.
pub fn open(file: &Path, lock_timeout: Duration) -> Result<Connection, Error> {
    // SQLITE_OPEN_CREATE is left out: the file is made beforehand, with its rights.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(lock_timeout)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// What is in a database, which is only read. Fails for anything but a state.
pub fn examine(file: &Path) -> Result<Contents, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if format == 0 {
        return Err(Error::UnknownFormat(format));
    }
    // Only a state has both tables; one of a later format surely still has them.
    let counts = "SELECT (SELECT count(sealed) FROM users), (SELECT count(sealed) FROM keys)";
    let counts = connection
        .query_row(counts, [], |row| Ok(Contents { users: row.get(0)?, keys: row.get(1)? }))?;
    Ok(counts)
}

/// Fails unless this process is the only one that has the database open: only
/// then can it be taken out of the mode in which several work on it.
pub fn claim(file: &Path) -> Result<(), Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    // Whoever has it open keeps it open: waiting would not help.
    connection.busy_timeout(Duration::ZERO)?;
    let check = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
    match connection.pragma_update_and_check(None, "journal_mode", "DELETE", check) {
        Ok(mode) if mode == "delete" => Ok(()),
        Ok(_) => Err(Error::InUse),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
            Err(Error::InUse)
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes the tables in an empty database and checks the format of any other.
/// Says whether no cluster is set up in it.
pub fn prepare(connection: &mut Connection) -> Result<bool, Error> {
    let format = |connection: &Connection| -> Result<i64, Error> {
        Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
    };
    if format(connection)? == 0 {
        let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        if format(&change)? == 0 {
            let tables: i64 =
                change.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if tables > 0 {
                return Err(Error::OtherProgram);
            }
            change.execute_batch(TABLES)?;
            change.pragma_update(None, "user_version", FORMAT)?;
        }
        change.commit()?;
    }
    match format(connection)? {
        FORMAT => {}
        other => return Err(Error::UnknownFormat(other)),
    }
    // One question, so that no other process sets the state up in its middle.
    let sql = "SELECT EXISTS (SELECT 1 FROM users), EXISTS (SELECT 1 FROM keys)
               OR EXISTS (SELECT 1 FROM settings) OR EXISTS (SELECT 1 FROM blobs)";
    let (users, others): (bool, bool) =
        connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // A new cluster over the keys of an old one would bury them.
    if others && !users {
        return Err(Error::NoUsers);
    }
    Ok(!users)
}
