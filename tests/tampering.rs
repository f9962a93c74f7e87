//! What somebody can do to a state file behind kmu's back, and what is noticed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use rusqlite::Connection;
use support::live::code;
use support::{LOGIN, Scratch};

/// A stored record is not what kmu wrote.
const RECORD_DAMAGED: u32 = 0xbd;

/// Two clusters: the one that is tampered with, and another whose rows are foreign.
struct Clusters {
    scratch: Scratch,
    /// The database file of the first, as kmu left it.
    untouched: Vec<u8>,
}

const FILE: &str = "s/cluster.sqlite";

/// Makes keys 6 to 10: two pairs and a secret key.
const KEYS: &str = "genECCKeyPair -i 2 -l mine -id one\ngenECCKeyPair -i 2 -l other -u 4\n\
     genSymKey -t 31 -s 32 -l secret -u 4,5\n";

impl Clusters {
    fn new() -> Self {
        let scratch = Scratch::new();
        for state in ["s", "foreign"] {
            let finished = scratch.run(&["--state", state], format!("{LOGIN}\n{KEYS}"));
            assert_eq!(finished.stdout().matches("returned: 0x00").count(), 4);
        }
        let untouched = std::fs::read(scratch.path(FILE)).unwrap();
        Self { scratch, untouched }
    }

    fn restore(&self) {
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(self.scratch.path(&format!("{FILE}{suffix}")));
        }
        std::fs::write(self.scratch.path(FILE), &self.untouched).unwrap();
    }

    /// Changes the state with SQL, in which the other cluster is `foreign`.
    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.scratch.path(FILE)).unwrap();
        let foreign = self.scratch.path("foreign/cluster.sqlite");
        connection.execute("ATTACH ?1 AS other", [foreign.to_str().unwrap()]).unwrap();
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The codes of these lines, run on the state after such a change.
    fn codes_after(&self, sql: &str, lines: &str) -> Vec<u32> {
        self.restore();
        self.tamper(sql);
        self.codes(lines)
    }

    fn codes(&self, lines: &str) -> Vec<u32> {
        let finished = self.scratch.run(&["--state", "s"], format!("{lines}\n"));
        let output = finished.stdout();
        assert!(finished.status() == 0 || output.is_empty(), "{}", finished.stderr());
        output
            .split("\nCommand:  ")
            .skip(1)
            .filter(|reply| reply.contains("returned: 0x"))
            .map(code)
            .collect()
    }
}

#[test]
fn every_changed_column_of_a_key_is_noticed() {
    let clusters = Clusters::new();
    let columns: Vec<String> = {
        let connection = Connection::open(clusters.scratch.path(FILE)).unwrap();
        let mut statement =
            connection.prepare("SELECT name FROM pragma_table_info('keys')").unwrap();
        let names = statement.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    };
    // What a column can be changed to, beside the value that another row has in it.
    let changes = |column: &str| -> Vec<&str> {
        match column {
            "handle" => vec!["70"],
            "serial" => vec!["70"],
            "class" => vec!["4", "77"],
            "key_type" => vec!["0", "99"],
            "label" => vec!["'his'", "''", "replace(hex(zeroblob(100)), '0', 'x')"],
            "id" => vec!["'two'", "''"],
            "owner" => vec!["4", "70000"],
            "shared_with" => vec!["',4,'", "''", "',04,'", "',x,'", "'3'"],
            "m_value" => vec!["1", "2", "300"],
            "booleans" => vec!["booleans + 1", "booleans | 65536", "0"],
            "value_length" => vec!["value_length + 1"],
            "check_value" => vec!["x'000000'", "x'00'"],
            "modulus" => vec!["x''", "(SELECT modulus FROM keys WHERE handle = 9)"],
            "modulus_bits" => vec!["715"],
            "public_exponent" => vec!["x'03'"],
            "created" => vec!["created + 1", "0"],
            "sealed" => {
                vec![
                    "x''",
                    "(SELECT sealed FROM keys WHERE handle = 9)",
                    "zeroblob(length(sealed))",
                ]
            }
            other => panic!("the test says nothing of the column {other}"),
        }
    };
    let mut noticed = 0;
    for column in &columns {
        for value in changes(column) {
            let handle = if column == "handle" { 70 } else { 7 };
            let sql = format!("UPDATE keys SET {column} = {value} WHERE handle = 7");
            let lines = format!(
                "{LOGIN}\ngetAttribute -o {handle} -a 512 -out never\ndeleteKey -k {handle}"
            );
            let codes = clusters.codes_after(&sql, &lines);
            // Another owner's key is looked for in vain.
            let expected = if sql.contains("owner = 4 ") { 0xa8 } else { RECORD_DAMAGED };
            // What no longer opens can still be deleted by the owner that it names.
            let deleted = if column == "owner" { expected } else { 0 };
            assert_eq!(codes, [0, expected, deleted], "{sql}");
            assert!(!clusters.scratch.path("never").exists(), "{sql}");
            noticed += 1;
        }
    }
    println!("{noticed} changes of {} columns: noticed {noticed}", columns.len());
}

#[test]
fn moved_and_foreign_records_are_noticed() {
    let clusters = Clusters::new();
    let look = format!("{LOGIN}\ngetKeyInfo -k 7");
    for sql in [
        // Two rows exchanged whole.
        "UPDATE keys SET handle = 70, serial = 70 WHERE handle = 7;
         UPDATE keys SET handle = 7, serial = 7 WHERE handle = 9;
         UPDATE keys SET handle = 9, serial = 9 WHERE handle = 70",
        // The secret of one key under the name of another.
        "UPDATE keys SET sealed = (SELECT sealed FROM keys WHERE handle = 9) WHERE handle = 7",
        // The same key of another cluster.
        "DELETE FROM keys WHERE handle = 7; INSERT INTO keys SELECT * FROM other.keys WHERE handle = 7",
        // A key shared with the attacker, and one given to him.
        "UPDATE keys SET shared_with = ',3,4,' WHERE handle = 7",
        "UPDATE keys SET owner = 4, shared_with = ',3,' WHERE handle = 7",
    ] {
        assert_eq!(clusters.codes_after(sql, &look), [0, RECORD_DAMAGED], "{sql}");
    }
    let alice =
        "loginHSM -u CU -s alice -p example_pwd\ngetKeyInfo -k 7\nexSymKey -k 10 -w 4 -out never";
    for sql in [
        "UPDATE keys SET owner = 4 WHERE handle IN (7, 10)",
        "UPDATE keys SET owner = 4, shared_with = ',3,' WHERE handle IN (7, 10)",
    ] {
        assert_eq!(clusters.codes_after(sql, alice), [0, RECORD_DAMAGED, RECORD_DAMAGED], "{sql}");
    }
}

/// What somebody does who means to deceive: the digest shows accidents only.
const WITHOUT_DIGEST: &str = "DELETE FROM blobs WHERE name = 'users digest'";

#[test]
fn changed_users_are_noticed_by_everybody_who_logs_in() {
    let clusters = Clusters::new();
    for sql in [
        "UPDATE users SET name = 'mallory' WHERE id = 6; DELETE FROM users WHERE id = 99",
        "UPDATE users SET user_type = 2 WHERE id = 5",
        "UPDATE users SET memory = 8 WHERE id = 5",
        "UPDATE users SET passes = 1 WHERE id = 5",
        "UPDATE users SET salt = x'00112233445566778899aabbccddeeff' WHERE id = 5",
        "UPDATE users SET sealed = (SELECT sealed FROM users WHERE id = 6) WHERE id = 5",
        "INSERT INTO users SELECT 7, 'mallory', user_type, 0, memory, passes, salt, sealed, NULL FROM users WHERE id = 6",
        // A user of another cluster, whose password the attacker knows.
        "DELETE FROM users WHERE id = 5; INSERT INTO users SELECT * FROM other.users WHERE id = 5",
        "DELETE FROM blobs WHERE name = 'users'",
        "UPDATE blobs SET value = (SELECT value FROM other.blobs WHERE name = 'users') WHERE name = 'users'",
    ] {
        clusters.restore();
        clusters.tamper(sql);
        clusters.tamper(WITHOUT_DIGEST);
        // The default cluster's users must be there by name, so the state is opened with fewer.
        let names = [("admin", "PCO", "admin_pwd"), ("example_user", "CU", "example_pwd")];
        let users = names.map(|(name, user_type, password)| {
            format!("[[user]]\nname = '{name}'\ntype = '{user_type}'\npassword = '{password}'\n")
        });
        clusters.scratch.write("cluster.toml", users.concat());
        let arguments = ["--state", "s", "--cluster", "cluster.toml"];
        for login in [LOGIN, "loginHSM -u CO -s admin -p admin_pwd"] {
            let output = clusters.scratch.run(&arguments, format!("{login}\n")).stdout();
            assert_eq!(code(&output), RECORD_DAMAGED, "{sql}: {output}");
        }
    }
    // The user's own slot opens no more when it, his name or his type is changed.
    for (sql, expected) in [
        ("UPDATE users SET user_type = 2 WHERE id = 3", 0x9d),
        ("UPDATE users SET salt = zeroblob(16) WHERE id = 3", 0xa3),
        ("UPDATE users SET sealed = (SELECT sealed FROM users WHERE id = 4) WHERE id = 3", 0xa3),
        (
            "DELETE FROM users WHERE id = 3; INSERT INTO users SELECT * FROM other.users WHERE id = 3",
            RECORD_DAMAGED,
        ),
    ] {
        let sql = format!("{sql}; {WITHOUT_DIGEST}");
        assert_eq!(clusters.codes_after(&sql, LOGIN), [expected], "{sql}");
    }
    // A state without one of the cluster file's users does not even start.
    assert_eq!(clusters.codes_after("DELETE FROM users WHERE id = 6", LOGIN), [0; 0]);
}

#[test]
fn changed_records_of_the_cluster_are_noticed() {
    let clusters = Clusters::new();
    let create = format!("{LOGIN}\ngenSymKey -t 31 -s 16 -l new\ngenECCKeyPair -i 2 -l new -sess");
    for sql in [
        "UPDATE settings SET value = '6 ' WHERE name = 'handles'",
        "UPDATE settings SET value = '12 ' WHERE name = 'handles'",
        "UPDATE settings SET value = 'nonsense' WHERE name = 'handles'",
        "DELETE FROM blobs WHERE name = 'handles'",
        "UPDATE settings SET value = (SELECT value FROM other.settings WHERE name = 'handles');
         UPDATE blobs SET value = (SELECT value FROM other.blobs WHERE name = 'handles') WHERE name = 'handles'",
    ] {
        assert_eq!(clusters.codes_after(sql, &create), [0, RECORD_DAMAGED, RECORD_DAMAGED], "{sql}");
    }
    let attest = format!("{LOGIN}\ngetAttribute -o 7 -a 3 -out label -attest");
    assert_eq!(clusters.codes(&attest), [0, 0]);
    let foreign = clusters.scratch.run(&["--state", "foreign"], format!("{attest}\n")).stdout();
    assert_eq!(code(&foreign), 0);
    let sql = "INSERT OR REPLACE INTO blobs
               SELECT * FROM other.blobs WHERE name NOT IN ('users', 'handles')";
    assert_ne!(clusters.codes_after(sql, &attest)[1], 0);
}

#[test]
fn a_rolled_back_plan_is_noticed_while_a_later_key_is_there() {
    let clusters = Clusters::new();
    let (setting, proof): (String, Vec<u8>) = {
        let connection = Connection::open(clusters.scratch.path(FILE)).unwrap();
        connection
            .query_row(
                "SELECT s.value, b.value FROM settings s JOIN blobs b USING (name) WHERE name = 'handles'",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap()
    };
    let roll_back = || {
        let connection = Connection::open(clusters.scratch.path(FILE)).unwrap();
        connection
            .execute("UPDATE settings SET value = ?1 WHERE name = 'handles'", [&setting])
            .unwrap();
        connection.execute("UPDATE blobs SET value = ?1 WHERE name = 'handles'", [&proof]).unwrap();
    };
    let create = format!("{LOGIN}\ngenSymKey -t 31 -s 16 -l new");
    assert_eq!(clusters.codes(&create), [0, 0]);
    roll_back();
    assert_eq!(clusters.codes(&create), [0, RECORD_DAMAGED]);
}

#[test]
fn a_damaged_slot_opens_for_nobody_and_says_so() {
    let clusters = Clusters::new();
    let other_user = "loginHSM -u CU -s alice -p example_pwd";
    for (sql, code) in [
        ("UPDATE users SET sealed = x'00' WHERE id = 3", RECORD_DAMAGED),
        ("UPDATE users SET salt = x'00' WHERE id = 3", RECORD_DAMAGED),
        ("UPDATE users SET memory = 4294967295 WHERE id = 3", RECORD_DAMAGED),
        ("UPDATE users SET passes = 0 WHERE id = 3", RECORD_DAMAGED),
    ] {
        assert_eq!(clusters.codes_after(sql, LOGIN), [code], "{sql}");
    }
    // What is sealed in it cannot be told from what a wrong password opens, but by the digest.
    let sql = format!("UPDATE users SET sealed = x'00' WHERE id = 3; {WITHOUT_DIGEST}");
    assert_eq!(clusters.codes_after(&sql, LOGIN), [0xa3]);
    // With a user who cannot even be read, the program does not start.
    let sql = "UPDATE users SET memory = -1 WHERE id = 3";
    assert_eq!(clusters.codes_after(sql, other_user), [0; 0]);
    // Somebody whose own slot is in order notices that another one is not.
    let sql = "UPDATE users SET sealed = x'00' WHERE id = 3";
    assert_eq!(clusters.codes_after(sql, other_user), [RECORD_DAMAGED]);
}

#[test]
fn a_right_password_never_counts_as_wrong_because_a_slot_is_damaged() {
    let clusters = Clusters::new();
    let logins = [LOGIN; 7].join("\n");
    for change in [
        "memory = memory + 1",
        "passes = 1",
        "salt = zeroblob(16)",
        "sealed = zeroblob(length(sealed))",
        "quorum_key = x'00'",
    ] {
        let sql = format!("UPDATE users SET {change} WHERE id = 3");
        assert_eq!(clusters.codes_after(&sql, &logins), [RECORD_DAMAGED; 7], "{sql}");
        let connection = Connection::open(clusters.scratch.path(FILE)).unwrap();
        let failures: u32 = connection
            .query_row("SELECT sum(login_failures) FROM users", [], |row| row.get(0))
            .unwrap();
        assert_eq!(failures, 0, "{sql}");
    }
}

#[test]
fn a_state_without_its_users_is_not_set_up_anew() {
    let clusters = Clusters::new();
    clusters.tamper("DELETE FROM users");
    let before = std::fs::read(clusters.scratch.path(FILE)).unwrap();
    let finished = clusters.scratch.run(&["--state", "s"], LOGIN);
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("its users are missing"), "{}", finished.stderr());
    assert_eq!(std::fs::read(clusters.scratch.path(FILE)).unwrap(), before);
}

/// The README names these: whoever can write the file can take it back to an
/// earlier state of itself, whole or by rows.
#[test]
fn what_cannot_be_noticed_is_known() {
    let clusters = Clusters::new();
    let look = format!("{LOGIN}\ngetKeyInfo -k 7\ngetKeyInfo -k 10");
    // A deleted row.
    assert_eq!(clusters.codes_after("DELETE FROM keys WHERE handle = 7", &look), [0, 0xa8, 0]);
    // A deleted key whose row is put back.
    clusters.restore();
    clusters.tamper("CREATE TABLE other.kept AS SELECT * FROM keys WHERE handle = 7");
    assert_eq!(clusters.codes(&format!("{LOGIN}\ndeleteKey -k 7")), [0, 0]);
    assert_eq!(clusters.codes(&look), [0, 0xa8, 0]);
    clusters.tamper("INSERT INTO keys SELECT * FROM other.kept");
    assert_eq!(clusters.codes(&look), [0, 0, 0]);
    // The whole file of an earlier day.
    assert_eq!(clusters.codes(&format!("{LOGIN}\ndeleteKey -k 10")), [0, 0]);
    clusters.restore();
    assert_eq!(clusters.codes(&look), [0, 0, 0]);
    // The count of wrong passwords: it is kept while the cluster key is not known.
    let sql = "UPDATE users SET login_failures = 5 WHERE id = 3";
    assert_eq!(clusters.codes_after(sql, LOGIN), [0xa5]);
    clusters.tamper("UPDATE users SET login_failures = 0");
    assert_eq!(clusters.codes(LOGIN), [0]);
}
