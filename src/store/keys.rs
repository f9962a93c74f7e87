//! Rows of keys, and the search for them.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::{Change, Error, View};

/// A key's row.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The handle.
    pub handle: u64,
    /// The serial number inside the handle: rows are listed in this order.
    pub serial: u64,
    /// The class's number.
    pub class: u8,
    /// The key type's number.
    pub key_type: u8,
    /// The label.
    pub label: String,
    /// The id, or an empty text.
    pub id: String,
    /// The owner's number.
    pub owner: u16,
    /// Numbers of the users it is shared with.
    pub shared_with: Vec<u16>,
    /// Approvals that a use asks for.
    pub m_value: u8,
    /// The set of boolean attributes.
    pub booleans: u32,
    /// VALUE_LEN.
    pub value_length: u32,
    /// The key check value.
    pub check_value: [u8; 3],
    /// Modulus, prime or point.
    pub modulus: Vec<u8>,
    /// Bits or curve.
    pub modulus_bits: u32,
    /// RSA public exponent.
    pub public_exponent: Vec<u8>,
    /// Milliseconds since 1970.
    pub created: u64,
    /// The sealed key material.
    pub sealed: Vec<u8>,
}

/// What a search asks for; an absent field matches every key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// The user who must be able to see the key, and the class that all can see.
    pub visible_to: Option<(u16, u8)>,
    /// The class's number.
    pub class: Option<u32>,
    /// The key type's number.
    pub key_type: Option<u32>,
    /// The whole label.
    pub label: Option<String>,
    /// The whole id.
    pub id: Option<Vec<u8>>,
    /// Users who must all share the key.
    pub shared_with: Vec<u16>,
    /// The modulus, without leading zero bytes.
    pub modulus: Option<Vec<u8>>,
    /// The check value.
    pub check_value: Option<Vec<u8>>,
}

const COLUMNS: &str = "handle, serial, class, key_type, label, id, owner, shared_with, m_value, \
     booleans, value_length, check_value, modulus, modulus_bits, public_exponent, created, sealed";

/// Users as the column keeps them: `,4,5,`, so that `,4,` finds a user.
fn list_of_users(users: &[u16]) -> String {
    users.iter().fold(String::from(","), |list, user| format!("{list}{user},"))
}

/// The users of such a list. One that kmu did not write gets a user whom no
/// cluster has, so that it is noticed when the record is unsealed.
fn users_of_list(list: &str) -> Vec<u16> {
    let mut users = list.split(',').filter_map(|user| user.parse().ok()).collect::<Vec<_>>();
    if list_of_users(&users) != list {
        users.push(0);
    }
    users
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        handle: row.get(0)?,
        serial: row.get(1)?,
        class: row.get(2)?,
        key_type: row.get(3)?,
        label: row.get(4)?,
        id: row.get(5)?,
        owner: row.get(6)?,
        shared_with: users_of_list(&row.get::<_, String>(7)?),
        m_value: row.get(8)?,
        booleans: row.get(9)?,
        value_length: row.get(10)?,
        check_value: row.get(11)?,
        modulus: row.get(12)?,
        modulus_bits: row.get(13)?,
        public_exponent: row.get(14)?,
        created: row.get(15)?,
        sealed: row.get(16)?,
    })
}

/// The filter as an SQL condition with its values.
fn condition(filter: &KeyFilter) -> (String, Vec<Value>) {
    let mut terms = vec![String::from("1")];
    let mut values = Vec::new();
    let mut add = |term: &str, value: Value| {
        values.push(value);
        terms.push(term.replace('?', &format!("?{}", values.len())));
    };
    if let Some(class) = filter.class {
        add("class = ?", class.into());
    }
    if let Some(key_type) = filter.key_type {
        add("key_type = ?", key_type.into());
    }
    if let Some(label) = &filter.label {
        add("label = ?", label.clone().into());
    }
    if let Some(id) = &filter.id {
        // An id that is not text matches no key; the index needs to be told that ids are not empty.
        let text = String::from_utf8(id.clone()).map_or(Value::Null, Value::Text);
        let term = if id.is_empty() { "id = ?" } else { "id = ? AND id <> ''" };
        add(term, text);
    }
    for user in &filter.shared_with {
        add("instr(shared_with, ?) > 0", format!(",{user},").into());
    }
    if let Some(modulus) = &filter.modulus {
        add("modulus = ?", modulus.clone().into());
    }
    if let Some(check_value) = &filter.check_value {
        add("check_value = ?", check_value.clone().into());
    }
    if let Some((user, class)) = filter.visible_to {
        // Both are numbers, so they may stand in the text.
        add(
            &format!("(owner = {user} OR class = {class} OR instr(shared_with, ?) > 0)"),
            format!(",{user},").into(),
        );
    }
    (terms.join(" AND "), values)
}

impl View<'_> {
    /// The row of a handle.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn key(&self, handle: u64) -> Result<Option<KeyRow>, Error> {
        // SQLite's integers are signed: no stored handle is beyond them.
        let Ok(handle) = i64::try_from(handle) else { return Ok(None) };
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM keys WHERE handle = ?1"))?;
        Ok(statement.query_row([handle], from_row).optional()?)
    }

    /// The owner that a handle's row names, whatever else is in the row.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn key_owner(&self, handle: u64) -> Result<Option<i64>, Error> {
        let Ok(handle) = i64::try_from(handle) else { return Ok(None) };
        let mut statement =
            self.connection.prepare_cached("SELECT owner FROM keys WHERE handle = ?1")?;
        Ok(statement.query_row([handle], |row| row.get(0)).optional()?)
    }

    /// How many keys there are.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn count_keys(&self) -> Result<u64, Error> {
        let mut statement = self.connection.prepare_cached("SELECT count(*) FROM keys")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// How many keys there are of each class, by the class's number.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn keys_by_class(&self) -> Result<Vec<(u8, u64)>, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT class, count(*) FROM keys GROUP BY class")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The highest serial number of any key, 0 when there is none.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn highest_serial(&self) -> Result<u64, Error> {
        let mut statement =
            self.connection.prepare_cached("SELECT coalesce(max(serial), 0) FROM keys")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The handles of the keys that match, ascending by serial number.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn find_keys(&self, filter: &KeyFilter) -> Result<Vec<u64>, Error> {
        let (condition, values) = condition(filter);
        let sql = format!("SELECT handle FROM keys WHERE {condition} ORDER BY serial, handle");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl View<'_> {
    /// The handles and labels of the newest keys that match, the newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn newest_keys(
        &self,
        filter: &KeyFilter,
        most: usize,
    ) -> Result<Vec<(u64, String)>, Error> {
        let (condition, values) = condition(filter);
        let sql = format!(
            "SELECT handle, label FROM keys WHERE {condition} ORDER BY serial DESC LIMIT {most}"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows =
            statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Change<'_> {
    /// Adds a key.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn insert_key(&self, key: &KeyRow) -> Result<(), Error> {
        let sql = format!(
            "INSERT INTO keys ({COLUMNS}) VALUES \
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        );
        self.transaction.prepare_cached(&sql)?.execute(params![
            key.handle,
            key.serial,
            key.class,
            key.key_type,
            key.label,
            key.id,
            key.owner,
            list_of_users(&key.shared_with),
            key.m_value,
            key.booleans,
            key.value_length,
            key.check_value,
            key.modulus,
            key.modulus_bits,
            key.public_exponent,
            key.created,
            key.sealed,
        ])?;
        Ok(())
    }

    /// Removes a key; says whether it was there.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn delete_key(&self, handle: u64) -> Result<bool, Error> {
        let Ok(handle) = i64::try_from(handle) else { return Ok(false) };
        Ok(self.transaction.execute("DELETE FROM keys WHERE handle = ?1", [handle])? > 0)
    }
}
