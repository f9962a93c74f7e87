//! `kmu cluster`: init, show, reset, register-key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use support::{Finished, LOGIN, Scratch, Session, openssl};

fn cluster(scratch: &Scratch, arguments: &[&str], input: &str) -> Finished {
    scratch.run(&[&["cluster"], arguments, &["--state", "s"]].concat(), input)
}

fn done(finished: &Finished) -> String {
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

fn refused(finished: &Finished) -> String {
    assert_eq!((finished.status(), finished.stdout().as_str()), (1, ""));
    finished.stderr()
}

fn files(scratch: &Scratch) -> BTreeSet<String> {
    let entries = std::fs::read_dir(scratch.path("s"));
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
    entries.map_or_else(
        |_| BTreeSet::new(),
        |entries| entries.map(|entry| name(entry).into_string().unwrap()).collect(),
    )
}

fn with_keys(scratch: &Scratch) {
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x\ngenSymKey -t 31 -s 16 -l y\n");
    let output = scratch.run(&["--state", "s"], lines).stdout();
    assert!(output.contains("Key Handle: 8"), "{output}");
}

fn key(scratch: &Scratch, bits: &str) {
    openssl(&scratch.path(""), &["genrsa", "-out", "key", bits]);
    openssl(&scratch.path(""), &["rsa", "-in", "key", "-pubout", "-out", "key.pem"]);
}

#[test]
fn init_makes_a_cluster_once() {
    let scratch = Scratch::new();
    scratch.write("two.toml", "[[node]]\nid = 3\nup = false\n[[node]]\nid = 4\nup = false\n");
    let finished = cluster(&scratch, &["init", "--cluster", "two.toml"], "");
    assert_eq!(done(&finished), "A cluster of 2 nodes with 6 users was created in s\n");
    let before = std::fs::read(scratch.path("s/cluster.sqlite")).unwrap();
    let finished = cluster(&scratch, &["init"], "");
    assert_eq!(refused(&finished), "kmu: there is a cluster in s already\n");
    assert_eq!(std::fs::read(scratch.path("s/cluster.sqlite")).unwrap(), before);
    with_keys(&scratch);
}

#[test]
fn show_describes_a_cluster_without_a_password_or_a_secret() {
    let scratch = Scratch::new();
    scratch.write(
        "cluster.toml",
        "fips_mode = false\nsession_node = 1\n[[node]]\nid = 0\nup = false\n[[node]]\nid = 1\n\
         [[node]]\nid = 2\nsynchronization_delay = 2500\ntampered = true\n",
    );
    with_keys(&scratch);
    for _ in 0..2 {
        scratch.run(&["--state", "s"], "loginHSM -u CU -s alice -p wrong_pwd\n");
    }
    for _ in 0..6 {
        scratch.run(&["--state", "s"], "loginHSM -u CU -s bob -p no\n");
    }
    let finished = cluster(&scratch, &["show", "--cluster", "cluster.toml"], "");
    let text = done(&finished);
    let size = std::fs::metadata(scratch.path("s/cluster.sqlite")).unwrap().len();
    assert_eq!(
        text,
        format!(
            "Cluster state in s\n  format 1, {size} bytes\n\
             \nUsers\n\
             \x20    id  type   name                             public key  login failures\n\
             \x20     1  PCO    admin                            no          0\n\
             \x20     2  AU     app_user                         no          0\n\
             \x20     3  CU     example_user                     no          0\n\
             \x20     4  CU     alice                            no          2\n\
             \x20     5  CU     bob                              no          5 (locked)\n\
             \x20     6  CU     trent                            no          0\n\
             \nKeys\n  1 public, 1 private, 1 secret\n\
             \nQuorum tokens\n  0\n\
             \nNodes (no FIPS mode, sessions talk to 1)\n\
             \x20     0  down\n\
             \x20     1  up\n\
             \x20     2  up, keys arrive after 2500 ms, tampered with\n"
        )
    );
}

#[test]
fn nothing_is_made_where_there_is_no_cluster() {
    let scratch = Scratch::new();
    key(&scratch, "2048");
    for arguments in [&["show"][..], &["reset", "--yes"], &["register-key", "alice", "key.pem"]] {
        let finished = cluster(&scratch, arguments, "example_pwd\n");
        assert_eq!(
            refused(&finished),
            "kmu: there is no cluster in s (kmu cluster init makes one)\n",
            "{arguments:?}"
        );
        assert!(!scratch.path("s").exists(), "{arguments:?}");
    }
    let finished = scratch.run(&["--ephemeral", "cluster", "init"], "");
    assert!(refused(&finished).starts_with("kmu: --ephemeral keeps nothing"));
}

#[test]
fn reset_deletes_exactly_what_kmu_made() {
    let scratch = Scratch::new();
    with_keys(&scratch);
    scratch.write("s/history", "#V2\n");
    scratch.write("s/mine", "mine");
    std::fs::create_dir(scratch.path("s/history.d")).unwrap();
    let finished = cluster(&scratch, &["reset"], "yes\n");
    assert_eq!(refused(&finished), "kmu: deleting needs a terminal to ask on, or --yes\n");
    assert!(files(&scratch).contains("cluster.sqlite"));
    let finished = cluster(&scratch, &["reset", "--yes"], "");
    assert_eq!(
        done(&finished),
        "The cluster in s was deleted; other files there were left alone\n"
    );
    assert_eq!(files(&scratch), BTreeSet::from(["mine".to_owned(), "history.d".to_owned()]));

    let scratch = Scratch::new();
    with_keys(&scratch);
    assert_eq!(done(&cluster(&scratch, &["reset", "--yes"], "")), "The cluster in s was deleted\n");
    assert!(!scratch.path("s").exists());
    with_keys(&scratch);
}

#[test]
fn reset_refuses_what_is_no_state() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("s")).unwrap();
    scratch.write("s/cluster.sqlite", "my own notes, under an unlucky name");
    let finished = cluster(&scratch, &["reset", "--yes"], "");
    assert_eq!(refused(&finished), "kmu: s is not the state of a cluster\n");
    std::fs::remove_file(scratch.path("s/cluster.sqlite")).unwrap();
    let database = rusqlite::Connection::open(scratch.path("s/cluster.sqlite")).unwrap();
    database.execute_batch("CREATE TABLE keys (x); PRAGMA user_version = 1").unwrap();
    drop(database);
    scratch.write("s/history", "of mankind");
    let finished = cluster(&scratch, &["reset", "--yes"], "");
    assert_eq!(refused(&finished), "kmu: s is not the state of a cluster\n");
    assert_eq!(
        files(&scratch),
        BTreeSet::from(["cluster.sqlite".to_owned(), "history".to_owned()])
    );
}

#[test]
fn reset_refuses_a_cluster_that_is_in_use() {
    let scratch = Scratch::new();
    let mut session = Session::start(&scratch, &["--state", "s"]);
    session.run(LOGIN);
    let finished = cluster(&scratch, &["reset", "--yes"], "");
    assert_eq!(refused(&finished), "kmu: another process is using the cluster\n");
    assert!(session.run("genECCKeyPair -i 2 -l x").contains("private key handle: 7"));
    drop(session);
    done(&cluster(&scratch, &["reset", "--yes"], ""));
}

#[test]
fn a_public_key_is_registered_with_the_users_password() {
    let scratch = Scratch::new();
    with_keys(&scratch);
    key(&scratch, "2048");
    let register = ["register-key", "alice", "key.pem"];
    let users = || scratch.run(&["--state", "s"], "listUsers\n").stdout();
    let finished = cluster(&scratch, &register, "wrong_pwd\n");
    assert_eq!(refused(&finished), "kmu: HSM Error: RET_USER_LOGIN_FAILURE\n");
    assert!(users().contains("alice                     NO               1"), "{}", users());
    let finished = cluster(&scratch, &register, "example_pwd\n");
    assert_eq!(done(&finished), "The public key of alice was registered\n");
    assert!(users().contains("alice                     YES              0"), "{}", users());
    // For an officer too, and once more in place of the first.
    done(&cluster(&scratch, &["register-key", "admin", "key.pem"], "admin_pwd\r\n"));
    done(&cluster(&scratch, &register, "example_pwd"));
    let finished = cluster(&scratch, &["register-key", "nobody", "key.pem"], "example_pwd\n");
    assert!(refused(&finished).contains("user with this name doesn't exist"));
}

#[test]
fn guessing_by_registering_locks_the_account_too() {
    let scratch = Scratch::new();
    with_keys(&scratch);
    key(&scratch, "2048");
    for _ in 0..5 {
        refused(&cluster(&scratch, &["register-key", "alice", "key.pem"], "wrong_pwd\n"));
    }
    let finished = cluster(&scratch, &["register-key", "alice", "key.pem"], "example_pwd\n");
    assert!(refused(&finished).contains("locked after too many login failures"));
}

#[test]
fn only_rsa_public_keys_of_2048_bits_are_registered() {
    let scratch = Scratch::new();
    with_keys(&scratch);
    let register = |file| refused(&cluster(&scratch, &["register-key", "alice", file], "x\n"));
    assert!(register("none.pem").starts_with("kmu: the public key none.pem: No such file"));
    key(&scratch, "1024");
    let unsuitable = "kmu: the public key key.pem: it is not an RSA public key of 2048 bits\n";
    assert_eq!(register("key.pem"), unsuitable);
    openssl(&scratch.path(""), &["ecparam", "-name", "prime256v1", "-genkey", "-out", "ec"]);
    openssl(&scratch.path(""), &["ec", "-in", "ec", "-pubout", "-out", "key.pem"]);
    assert_eq!(register("key.pem"), unsuitable);
    assert!(register("key").starts_with("kmu: the public key key: "), "a private key is none");
}

#[test]
fn a_cluster_file_names_public_keys_beside_it() {
    let scratch = Scratch::new();
    key(&scratch, "2048");
    std::fs::create_dir(scratch.path("d")).unwrap();
    std::fs::rename(scratch.path("key.pem"), scratch.path("d/alice.pem")).unwrap();
    let user = "[[user]]\nname = 'alice'\ntype = 'CU'\npassword = 'example_pwd'\n";
    scratch.write("d/cluster.toml", format!("{user}quorum_public_key = 'alice.pem'\n"));
    let finished = scratch.run(&["--ephemeral", "--cluster", "d/cluster.toml"], "listUsers\n");
    assert!(finished.stdout().contains("alice                     YES"), "{}", finished.stdout());
    scratch.write("d/cluster.toml", format!("{user}quorum_public_key = 'none.pem'\n"));
    let finished = scratch.run(&["--ephemeral", "--cluster", "d/cluster.toml"], "");
    assert_eq!(finished.status(), 255);
    let error = finished.stderr();
    assert!(error.contains("the public key d/none.pem of user alice: No such file"), "{error}");
}

#[test]
fn of_processes_that_make_a_cluster_at_once_one_does() {
    for _ in 0..3 {
        let scratch = Scratch::new();
        let children: Vec<_> = (0..4)
            .map(|_| {
                let mut command = scratch.command(&["--state", "s", "cluster", "init"]);
                command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
                command.spawn().unwrap()
            })
            .collect();
        let outputs: Vec<_> =
            children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let made = outputs.iter().filter(|output| output.status.success()).count();
        assert_eq!(made, 1, "{outputs:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_cluster_behind_a_link_is_not_called_deleted() {
    let scratch = Scratch::new();
    assert_eq!(scratch.run(&["--state", "real", "cluster", "init"], "").status(), 0);
    std::fs::create_dir(scratch.path("s")).unwrap();
    let real = scratch.path("real/cluster.sqlite");
    std::os::unix::fs::symlink(&real, scratch.path("s/cluster.sqlite")).unwrap();
    let finished = scratch.run(&["--state", "s", "cluster", "reset", "--yes"], "");
    assert_eq!(finished.status(), 1);
    assert!(finished.stderr().contains("is not a plain file"), "{}", finished.stderr());
    assert!(real.is_file() && scratch.path("s/cluster.sqlite").is_symlink());
}
