//! Every command by every kind of user, as the table of docs/access.md says.
//! The table is the test's data: its lines are run and its cells are compared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kmu::command::{self, COMMANDS, Client, Console, NoAnswer, Outcome, Reply, Word};
use kmu::crypto::password::Cost;
use kmu::hsm::clock::Clock;
use kmu::hsm::quorum_key::QuorumKey;
use kmu::hsm::settings::Settings;
use kmu::hsm::user::LoginType;
use kmu::hsm::{AttributeDump, Hsm};
use kmu::store::Store;
use support::{Scratch, openssl};
use zeroize::Zeroizing;

/// Who logs in for a column of the table.
type Column = (&'static str, Option<(LoginType, &'static str, &'static str)>);

const COLUMNS: [Column; 6] = [
    ("owner", Some((LoginType::CryptoUser, "example_user", "example_pwd"))),
    ("sharer", Some((LoginType::CryptoUser, "alice", "example_pwd"))),
    ("stranger", Some((LoginType::CryptoUser, "bob", "example_pwd"))),
    ("CO", Some((LoginType::CryptoOfficer, "admin", "admin_pwd"))),
    ("AU", Some((LoginType::ApplianceUser, "app_user", "app_user_pwd"))),
    ("nobody", None),
];

/// A console that answers setAttribute's question with 1 and remembers the handles that it is shown.
#[derive(Default)]
struct Listener {
    handles: Vec<u64>,
}

impl Console for Listener {
    fn show(&mut self, reply: &Reply) {
        match reply {
            Reply::KeyPairGenerated(answer, ..) => {
                let pair = answer.value.iter().flat_map(|pair| [pair.public.0, pair.private.0]);
                self.handles.extend(pair);
            }
            Reply::KeyMade(made) => self.handles.extend(made.answer.value.map(|handle| handle.0)),
            _ => {}
        }
    }

    fn ask_number(&mut self, _: &Reply) -> Result<i64, NoAnswer> {
        Ok(1)
    }

    fn ask_password(&mut self) -> Result<Word, NoAnswer> {
        Err(NoAnswer::Unusable)
    }

    fn begin_wait(&mut self) {}

    fn interrupted(&self) -> bool {
        false
    }

    fn attribute_file(&self, _: &AttributeDump) -> Vec<u8> {
        Vec::new()
    }
}

struct Cluster {
    state: PathBuf,
    /// The public key with which the sharer approves tokens.
    quorum_key: QuorumKey,
}

impl Cluster {
    /// A session of a user; every command is allowed by the policy.
    fn session(&self, login: Option<(LoginType, &str, &str)>) -> Hsm {
        let store = Store::open(&self.state, Duration::from_secs(10)).unwrap();
        let mut settings = Settings { fips_mode: false, ..Settings::default() };
        settings.users[3].quorum_key = Some(self.quorum_key.clone());
        let clock = Clock::new_virtual();
        let mut hsm = Hsm::start(settings, store, clock, None, Cost::IN_MEMORY).unwrap();
        if let Some((login_type, name, password)) = login {
            let code = hsm.log_in(login_type, name, password).status.code;
            assert!(code.is_success(), "{name}: {code:x?}");
        }
        hsm
    }
}

/// Runs a line; returns its code and the handles of the keys that it made.
fn run(hsm: &mut Hsm, line: &str) -> (u32, Vec<u64>) {
    let words: Vec<Word> = line.split(' ').map(|word| Zeroizing::new(word.to_owned())).collect();
    let mut console = Listener::default();
    match command::run(&mut Client { hsm, console: &mut console }, &words) {
        Outcome::Ran(code) => (code.0, console.handles),
        other => panic!("{line}: {other:?}"),
    }
}

/// Runs a line that must succeed.
fn must(hsm: &mut Hsm, line: &str) -> Vec<u64> {
    let (code, handles) = run(hsm, line);
    assert_eq!(code, 0, "{line}");
    handles
}

/// Makes what the table's lines speak of, and puts it into a line.
struct Subjects {
    names: Vec<(&'static str, String)>,
}

impl Subjects {
    /// Keys and files that do not change.
    fn lasting(owner: &mut Hsm, directory: &Path) -> Self {
        let make = ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "private.pem"];
        openssl(directory, &make);
        openssl(directory, &["pkey", "-in", "private.pem", "-pubout", "-out", "public.pem"]);
        for (name, content) in [("message", "a message"), ("aes.key", "0123456789abcdef")] {
            std::fs::write(directory.join(name), content).unwrap();
        }
        let pair = must(owner, "genRSAKeyPair -m 1024 -e 65537 -l rsa -u 4");
        must(owner, &format!("getCaviumPrivKey -k {} -out handle.pem", pair[1]));
        let modulus = String::from("c1") + &"5b".repeat(126) + "f1";
        Self { names: vec![("MODULUS", modulus)] }
    }

    /// Keys of the owner for one cell, and files that belong to them.
    fn fresh(&self, owner: &mut Hsm, line: &str, user: &str) -> Self {
        let pair = must(owner, "genECCKeyPair -i 2 -l pair -u 4");
        let secret = must(owner, "genSymKey -t 31 -s 32 -l secret -u 4")[0];
        let hidden = must(owner, "genSymKey -t 31 -s 32 -l hidden -nex")[0];
        let guarded = must(owner, "genECCKeyPair -i 2 -l guarded -u 4 -m_value 2")[1];
        let (public, private) = (pair[0], pair[1]);
        for line in [
            format!("extractMaskedObject -o {secret} -out masked"),
            format!("wrapKey -k {secret} -w 4 -out wrapped"),
            format!("sign -f message -k {private} -m 17 -out signature"),
            format!("wrapKey -k {private} -w {secret} -out pkcs8 -noheader -m 4"),
            format!("wrapKey -k {secret} -w 4 -out bare -noheader -m 5"),
        ] {
            must(owner, &line);
        }
        if line.contains("Token ") {
            must(owner, &format!("getToken -n 5 -k {guarded} -u example_user -f token"));
            let sign = ["dgst", "-sha256", "-sign", "alice.key", "-out", "approval", "token"];
            openssl(Path::new("."), &sign);
        }
        let handle = |handle: u64| handle.to_string();
        let names = [
            ("PUBLIC", handle(public)),
            ("PRIVATE", handle(private)),
            ("SECRET", handle(secret)),
            ("HIDDEN", handle(hidden)),
            ("GUARDED", handle(guarded)),
            ("NAME", user.to_owned()),
        ];
        Self { names: self.names.iter().cloned().chain(names).collect() }
    }

    fn put_into(&self, line: &str) -> String {
        let word = |word: &str| -> String {
            let named = self.names.iter().find(|(name, _)| *name == word);
            named.map_or(word, |(_, value)| value).to_owned()
        };
        line.split(' ').map(word).collect::<Vec<_>>().join(" ")
    }
}

/// The rows of the table: a line and a cell for each column.
fn table(text: &str) -> Vec<(String, Vec<u32>)> {
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut rows = text.lines().filter(|line| line.starts_with('|')).map(cells);
    let columns: Vec<String> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rows.next().unwrap()[1..], columns);
    rows.skip(1)
        .map(|row| {
            let code = |cell: &String| u32::from_str_radix(cell.strip_prefix("0x").unwrap(), 16);
            let codes = row[1..].iter().map(|cell| code(cell).unwrap()).collect();
            (row[0].trim_matches('`').to_owned(), codes)
        })
        .collect()
}

#[test]
fn every_command_allows_and_refuses_as_the_table_says() {
    let table = table(include_str!("../docs/access.md"));
    let mentioned: BTreeSet<&str> =
        table.iter().map(|(line, _)| line.split(' ').next().unwrap()).collect();
    let all: BTreeSet<&str> = COMMANDS.iter().map(|command| command.name()).collect();
    assert_eq!(mentioned, all, "docs/access.md has a row for every command and for nothing else");

    let scratch = Scratch::new();
    // The lines name files without a directory. This file has no other test.
    std::env::set_current_dir(scratch.path("")).unwrap();
    openssl(Path::new("."), &["genrsa", "-out", "alice.key", "2048"]);
    openssl(Path::new("."), &["pkey", "-in", "alice.key", "-pubout", "-out", "alice.pem"]);
    let template = "Token File Path = token;\nMulti Token File Path = token;\n\
                    Number of Approvals = 1;\nApprover Type = 1;\nApprover Name = alice;\n\
                    Approval File = approval;\n";
    std::fs::write("template", template).unwrap();
    let quorum_key = kmu::cluster_file::read_quorum_key(Path::new("alice.pem")).unwrap();
    let cluster = Cluster { state: scratch.path("s"), quorum_key };
    let mut owner = cluster.session(COLUMNS[0].1);
    let lasting = Subjects::lasting(&mut owner, &scratch.path(""));
    let (mut cells, mut differences) = (0, Vec::new());
    for (line, codes) in &table {
        assert_eq!(codes.len(), COLUMNS.len(), "{line}");
        for ((column, login), expected) in COLUMNS.into_iter().zip(codes) {
            let user = login.map_or("example_user", |(_, name, _)| name);
            let subjects = lasting.fresh(&mut owner, line, user);
            let _ = std::fs::remove_file("new");
            let (code, _) = run(&mut cluster.session(login), &subjects.put_into(line));
            cells += 1;
            if code != *expected {
                differences
                    .push(format!("{line}, {column}: {expected:#x} in the table, {code:#x}"));
            }
            // Whatever is refused brings no file.
            assert!(code == 0 || !Path::new("new").exists(), "{line}, {column}");
        }
    }
    println!("{} rows, {cells} cells, {} differences", table.len(), differences.len());
    assert!(differences.is_empty(), "{differences:#?}");
}
