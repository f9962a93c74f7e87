//! No secret touches the disk: every byte of the state directory is searched,
//! during sessions and after them, for every secret that the sessions knew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use kmu::hsm::key::Class;
use sha2::{Digest, Sha256};
use support::dice::Dice;
use support::live::{Live, code};
use support::opened::{self, Opened};
use support::{LOGIN, Scratch, openssl};

/// Bytes of a secret that are searched for together; fewer could come up by chance.
const WINDOW: usize = 16;

/// Passwords of the default cluster and of genPBEKey, which the sessions below use.
const PASSWORDS: [&str; 6] =
    ["example_pwd", "admin_pwd", "app_user_pwd", "wrong_secret_1", "pbe-secret-1", "typo-secret-1"];

/// What must not be found, in every form in which it could have been written.
#[derive(Default)]
struct Secrets {
    bytes: HashSet<[u8; WINDOW]>,
    hexadecimal: HashSet<[u8; 2 * WINDOW]>,
    base64: HashSet<[u8; 24]>,
    texts: Vec<Vec<u8>>,
    count: usize,
}

fn windows<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.windows(N).map(|window| window.try_into().unwrap())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // What a last incomplete group of three would add is left out.
    bytes
        .chunks_exact(3)
        .flat_map(|group| {
            let number = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
            [18, 12, 6, 0].map(|shift| char::from(DIGITS[(number >> shift) as usize & 63]))
        })
        .collect()
}

impl Secrets {
    /// Bytes that are secret, but for what they share with public ones.
    fn add(&mut self, secret: &[u8], public: &[&[u8]]) {
        self.count += 1;
        let known: HashSet<[u8; WINDOW]> = public.iter().flat_map(|part| windows(part)).collect();
        let mut is_public = vec![false; secret.len()];
        for (start, window) in windows(secret).enumerate() {
            if known.contains(&window) {
                is_public[start..start + WINDOW].fill(true);
            }
        }
        let mut end = 0;
        for run in is_public.chunk_by(|one, next| one == next) {
            end += run.len();
            if !run[0] {
                self.add_run(&secret[end - run.len()..end]);
            }
        }
    }

    fn add_run(&mut self, run: &[u8]) {
        let reversed: Vec<u8> = run.iter().rev().copied().collect();
        for run in [run, &reversed] {
            self.bytes.extend(windows::<WINDOW>(run));
            let digits = hexadecimal(run);
            self.hexadecimal.extend(windows::<{ 2 * WINDOW }>(digits.as_bytes()));
            self.hexadecimal.extend(windows::<{ 2 * WINDOW }>(digits.to_uppercase().as_bytes()));
            for start in 0..3.min(run.len()) {
                self.base64.extend(windows::<24>(base64(&run[start..]).as_bytes()));
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        self.count += 1;
        let bytes = text.as_bytes();
        self.texts.extend([bytes.to_vec(), hexadecimal(bytes).into(), base64(bytes).into()]);
    }

    /// Where in these bytes a secret is.
    fn find_in(&self, content: &[u8]) -> Vec<usize> {
        let bytes = windows(content).enumerate().filter(|(_, part)| self.bytes.contains(part));
        let mut found: Vec<usize> = bytes.map(|(at, _)| at).collect();
        let digits = windows(content).enumerate();
        found.extend(digits.filter(|(_, part)| self.hexadecimal.contains(part)).map(|(at, _)| at));
        let base64 = windows(content).enumerate();
        found.extend(base64.filter(|(_, part)| self.base64.contains(part)).map(|(at, _)| at));
        for text in &self.texts {
            let places = content.windows(text.len()).enumerate();
            found.extend(places.filter(|(_, part)| part == text).map(|(at, _)| at));
        }
        found
    }
}

/// The files of a directory and what is in them. A journal file may go away meanwhile.
fn content(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    let file = |entry: std::fs::DirEntry| {
        let mode = entry.metadata().ok()?.permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{entry:?}");
        let name = entry.file_name().into_string().unwrap();
        Some((name, std::fs::read(entry.path()).ok()?))
    };
    entries.filter_map(file).collect()
}

/// Puts keys of every kind into files, and returns their bytes with those of their public halves.
fn make_files(scratch: &Scratch) -> Vec<(Vec<u8>, Vec<u8>)> {
    let directory = scratch.path("");
    let der = |arguments: &[&str], name: &str| {
        openssl(&directory, &[arguments, &["-out", name]].concat());
        let output = format!("{name}.der");
        openssl(
            &directory,
            &["pkcs8", "-topk8", "-nocrypt", "-in", name, "-outform", "DER", "-out", &output],
        );
        let public = format!("{name}.pub");
        openssl(&directory, &["pkey", "-pubout", "-in", name, "-outform", "DER", "-out", &public]);
        let read = |name: &str| std::fs::read(scratch.path(name)).unwrap();
        (read(&output), read(&public))
    };
    let ec = der(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "ec.pem");
    let rsa = der(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], "rsa.pem");
    let binary =
        der(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:sect283k1"], "k.pem");
    let mut dice = Dice::new(4);
    let mut random =
        |length: usize| -> Vec<u8> { (0..length).map(|_| dice.next() as u8).collect() };
    let (aes, generic, host) = (random(32), random(64), random(32));
    scratch.write("aes.key", &aes);
    scratch.write("generic.key", &generic);
    scratch.write("host.key", &host);
    let symmetric = [aes, generic, host].map(|key| (key, Vec::new()));
    [ec, rsa, binary].into_iter().chain(symmetric).collect()
}

/// One command of everything that touches a secret.
const COMMANDS: &[&str] = &[
    "genECCKeyPair -i 2 -l ec",
    "genECCKeyPair -i 9 -l binary -nex",
    "genRSAKeyPair -m 2048 -e 65537 -l rsa",
    "genSymKey -t 31 -s 32 -l aes",
    "genSymKey -t 16 -s 64 -l generic -nex -u 4,5",
    "genECCKeyPair -i 2 -l session -sess",
    "genPBEKey -l pbe -p pbe-secret-1 -s salt -c 1000",
    "importPrivateKey -f ec.pem -l in-ec -w 4",
    "importPrivateKey -f rsa.pem -l in-rsa -w 4",
    "importPrivateKey -f k.pem -l in-binary -w 4 -sess",
    "imSymKey -f aes.key -t 31 -l in-aes -w 4",
    "imSymKey -f generic.key -t 16 -l in-generic -w 4 -sess",
    "exportPrivateKey -k 7 -w 4 -out out.pem",
    "exSymKey -k 12 -w 4 -out out.key",
    "wrapKey -k 7 -w 12 -out wrapped",
    "unWrapKey -f wrapped -w 12 -l unwrapped",
    "extractMaskedObject -o 13 -out masked",
    "insertMaskedObject -f masked",
    "sign -f aes.key -k 7 -m 15 -out signature",
    "getAttribute -o 7 -a 512 -out attributes",
    "aesWrapUnwrap -f aes.key -w 12 -m 1 -i a6a6a6a6a6a6a6a6",
    "deleteKey -k 17",
    "deleteKey -k 18",
    "logoutHSM",
    "loginHSM -u CU -s bob -p wrong_secret_1",
    "loginHSM -u CU -s bob -p example_pwd",
    "logoutHSM",
    "loginHSM -u CO -s admin -p admin_pwd",
];

/// The same passwords once more at a terminal, which keeps a history.
const TERMINAL: &str = r#"
proc say {line} { expect "Command:" ; send "$line\r" }
say "loginHSM -u CU -s example_user -p wrong_secret_1"
say "loginHSM -u CU -s example_user -pw typo-secret-1"
say "loginHSM -u CU -s example_user -p example_pwd"
say "genPBEKey -l pbe2 -p pbe-secret-1 -s salt -c 1000"
say "findKey -l pbe2"
expect "Cfm3FindKey returned"
say "exit"
expect eof
"#;

fn secrets_of(opened: &Opened, files: &[(Vec<u8>, Vec<u8>)]) -> Secrets {
    let mut secrets = Secrets::default();
    let publics: Vec<&[u8]> = opened
        .keys
        .iter()
        .flat_map(|(key, material)| {
            let is_public = key.class == Class::Public;
            [Some(key.modulus.as_slice()), is_public.then_some(material.as_slice())]
        })
        .flatten()
        .collect();
    for (key, material) in &opened.keys {
        if key.class != Class::Public {
            secrets.add(material, &publics);
        }
    }
    for (secret, public) in files {
        secrets.add(secret, &[public]);
    }
    for key in [opened.cluster_key.as_slice(), &opened.slot_key[..]] {
        secrets.add(key, &[]);
    }
    for context in [&b"kmu masking key 1"[..], b"kmu key encryption key 1"] {
        let hash = Sha256::new().chain_update(context).chain_update(opened.cluster_key.as_ref());
        secrets.add(&hash.finalize(), &[]);
    }
    for password in PASSWORDS {
        secrets.add_text(password);
    }
    secrets
}

#[test]
fn no_secret_is_found_in_the_state_during_or_after_a_session() {
    let scratch = Scratch::new();
    let mut files = make_files(&scratch);
    scratch.write("cluster.toml", "fips_mode = false\n");
    let state = scratch.path("s");
    let arguments = ["--state", "s", "--cluster", "cluster.toml"];
    let mut live = Live::start(&scratch, &arguments);
    assert_eq!(code(&live.say(LOGIN)), 0);
    let mut seen = Vec::new();
    for line in COMMANDS {
        let reply = live.say(line);
        let expected = if line.contains("wrong") { 0xa3 } else { 0 };
        assert_eq!(code(&reply), expected, "{line}: {reply}");
        seen.push((*line, content(&state)));
    }
    // While the process runs, the journal is there and holds what it wrote.
    assert!(seen.iter().any(|(_, files)| {
        files.iter().any(|(name, content)| name.ends_with("-wal") && !content.is_empty())
    }));
    live.finish();
    seen.push(("the end of the process", content(&state)));

    let script = format!(
        "set timeout 20\nexpect_before timeout {{ exit 1 }}\nspawn {} {}\n{TERMINAL}",
        env!("CARGO_BIN_EXE_kmu"),
        arguments.join(" ")
    );
    scratch.write("script.exp", script);
    let output = std::process::Command::new("expect")
        .args(["-f", "script.exp"])
        .current_dir(scratch.path(""))
        .env_clear()
        .env("HOME", scratch.path(""))
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "dumb")
        .output()
        .expect("the tests need the expect command");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let after = content(&state);
    // A terminal without editing keeps no history at all.
    assert!(after.iter().all(|(name, _)| name != "history"));
    seen.push(("a session at a terminal", after));

    let opened = opened::open(&state, "example_user", "example_pwd");
    files.push((std::fs::read(scratch.path("out.key")).unwrap(), Vec::new()));
    let secrets = secrets_of(&opened, &files);
    let mut searched = 0;
    for (line, files) in &seen {
        for (name, content) in files {
            searched += content.len();
            assert_eq!(secrets.find_in(content), [0; 0], "after {line}: {name}");
        }
    }
    println!(
        "{} secrets in {} forms searched for in {} snapshots, {searched} bytes: found 0",
        secrets.count,
        secrets.bytes.len()
            + secrets.hexadecimal.len()
            + secrets.base64.len()
            + secrets.texts.len(),
        seen.len()
    );
    assert!(opened.keys.len() >= 12 && secrets.count > 20);

    // The search finds what is there: a piece of any secret, in any form.
    let piece = &opened.keys[1].1[40..70];
    for planted in [
        piece.to_vec(),
        hexadecimal(piece).into_bytes(),
        base64(piece).into_bytes(),
        b"example_pwd".to_vec(),
    ] {
        let content = [b"something before", planted.as_slice(), b"something after"].concat();
        assert_ne!(secrets.find_in(&content), [0; 0]);
    }
}

#[test]
fn the_directory_is_its_owners_only_and_a_link_is_not_followed() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run(&["--state", "a/b/s"], "").status(), 0);
    let mode = |name: &str| scratch.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("a/b/s"), 0o700);
    content(&scratch.path("a/b/s"));

    std::fs::set_permissions(
        scratch.path("a/b/s/cluster.sqlite"),
        std::fs::Permissions::from_mode(0o620),
    )
    .unwrap();
    let finished = scratch.run(&["--state", "a/b/s"], "");
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("can be written by other users"), "{}", finished.stderr());

    std::fs::create_dir(scratch.path("linked")).unwrap();
    std::os::unix::fs::symlink(scratch.path("target"), scratch.path("linked/cluster.sqlite"))
        .unwrap();
    let finished = scratch.run(&["--state", "linked"], "");
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("is not a plain file"), "{}", finished.stderr());
    assert!(!scratch.path("target").exists());

    // The directory may be a link: where it lies is the user's own affair.
    std::os::unix::fs::symlink(scratch.path("real"), scratch.path("shortcut")).unwrap();
    std::fs::create_dir(scratch.path("real")).unwrap();
    assert_eq!(scratch.run(&["--state", "shortcut"], "").status(), 0);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("s")).unwrap();
    let connection = rusqlite::Connection::open(scratch.path("s/cluster.sqlite")).unwrap();
    connection.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    drop(connection);
    std::fs::set_permissions(
        scratch.path("s/cluster.sqlite"),
        std::fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    let finished = scratch.run(&["--state", "s"], "");
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("is not a cluster state"), "{}", finished.stderr());
}
