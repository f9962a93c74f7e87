//! Rows of users, and the cluster's few settings.

use rusqlite::{OptionalExtension, Row, params};

use super::{Change, Error, View};

/// A user's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// His number.
    pub id: u16,
    /// His name.
    pub name: String,
    /// His type's number.
    pub user_type: u8,
    /// Wrong passwords since his last login.
    pub login_failures: u32,
    /// Argon2id memory of his slot, in KiB.
    pub memory: u32,
    /// Argon2id passes of his slot.
    pub passes: u32,
    /// Salt of his slot.
    pub salt: Vec<u8>,
    /// The cluster key under his password's key.
    pub sealed: Vec<u8>,
    /// His sealed public key for approvals, if he has one.
    pub quorum_key: Option<Vec<u8>>,
}

const COLUMNS: &str =
    "id, name, user_type, login_failures, memory, passes, salt, sealed, quorum_key";

fn from_row(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    Ok(UserRow {
        id: row.get(0)?,
        name: row.get(1)?,
        user_type: row.get(2)?,
        login_failures: row.get(3)?,
        memory: row.get(4)?,
        passes: row.get(5)?,
        salt: row.get(6)?,
        sealed: row.get(7)?,
        quorum_key: row.get(8)?,
    })
}

impl View<'_> {
    /// Every user, ascending by id.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn users(&self) -> Result<Vec<UserRow>, Error> {
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT {COLUMNS} FROM users ORDER BY id"))?;
        let rows = statement.query_map([], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The value of a setting.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }

    /// A sealed record of the cluster itself.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn blob(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT value FROM blobs WHERE name = ?1")?;
        Ok(statement.query_row([name], |row| row.get(0)).optional()?)
    }
}

impl Change<'_> {
    /// Adds a user.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn insert_user(&self, user: &UserRow) -> Result<(), Error> {
        self.transaction.execute(
            &format!("INSERT INTO users ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
            params![
                user.id,
                user.name,
                user.user_type,
                user.login_failures,
                user.memory,
                user.passes,
                user.salt,
                user.sealed,
                user.quorum_key
            ],
        )?;
        Ok(())
    }

    /// Keeps a sealed record of the cluster itself, in place of an earlier one of that name.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn set_blob(&self, name: &str, value: &[u8]) -> Result<(), Error> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO blobs (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?;
        statement.execute(params![name, value])?;
        Ok(())
    }

    /// Sets how many wrong passwords a user has given.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn set_login_failures(&self, user: u16, failures: u32) -> Result<(), Error> {
        self.transaction.execute(
            "UPDATE users SET login_failures = ?2 WHERE id = ?1",
            params![user, failures],
        )?;
        Ok(())
    }

    /// Sets a user's sealed public key for approvals.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn set_quorum_key(&self, user: u16, sealed: &[u8]) -> Result<(), Error> {
        self.transaction
            .execute("UPDATE users SET quorum_key = ?2 WHERE id = ?1", params![user, sealed])?;
        Ok(())
    }

    /// Sets the value of a setting.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let mut statement = self.transaction.prepare_cached(
            "INSERT INTO settings (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?;
        statement.execute([name, value])?;
        Ok(())
    }
}
