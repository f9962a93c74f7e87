//! Rows of quorum tokens.

use rusqlite::params;

use super::{Change, Error, View};

/// A token's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// The row's number, ascending in the order in which tokens were made.
    pub id: i64,
    /// The token's record, as its file has it.
    pub record: Vec<u8>,
    /// Who has approved, sealed.
    pub approvals: Vec<u8>,
}

impl View<'_> {
    /// Every token, in the order in which they were made.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, Error> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, record, approvals FROM tokens ORDER BY id")?;
        let rows = statement.query_map([], |row| {
            Ok(TokenRow { id: row.get(0)?, record: row.get(1)?, approvals: row.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Change<'_> {
    /// Adds a token.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn insert_token(&self, record: &[u8], approvals: &[u8]) -> Result<(), Error> {
        let sql = "INSERT INTO tokens (record, approvals) VALUES (?1, ?2)";
        self.transaction.execute(sql, params![record, approvals])?;
        Ok(())
    }

    /// Sets who has approved a token.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn set_approvals(&self, id: i64, approvals: &[u8]) -> Result<(), Error> {
        let sql = "UPDATE tokens SET approvals = ?2 WHERE id = ?1";
        self.transaction.execute(sql, params![id, approvals])?;
        Ok(())
    }

    /// Removes a token.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn delete_token(&self, id: i64) -> Result<(), Error> {
        self.transaction.execute("DELETE FROM tokens WHERE id = ?1", [id])?;
        Ok(())
    }
}
