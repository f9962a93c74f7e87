//! Quorum tokens, signed by the openssl command as users do it: what lets a
//! guarded key be used, and everything that does not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::OnceLock;

use support::{LOGIN, Scratch, Session, openssl};

/// Users 1 to 7; trent and dave are strangers to the keys of the tests, and carol has no public key.
const CLUSTER: &str = "
[[node]]
id = 0
[[node]]
id = 1
synchronization_delay = 601000
[[user]]
name = 'example_user'
type = 'CU'
password = 'example_pwd'
quorum_public_key = 'example_user.pem'
[[user]]
name = 'alice'
type = 'CU'
password = 'example_pwd'
quorum_public_key = 'alice.pem'
[[user]]
name = 'bob'
type = 'CU'
password = 'example_pwd'
quorum_public_key = 'bob.pem'
[[user]]
name = 'carol'
type = 'CU'
password = 'example_pwd'
[[user]]
name = 'trent'
type = 'CU'
password = 'example_pwd'
quorum_public_key = 'trent.pem'
[[user]]
name = 'officer'
type = 'CO'
password = 'example_pwd'
quorum_public_key = 'alice.pem'
";

const QUORUM_NOT_MET: &str = ": 0xb9 : HSM Error";

/// The users' key files, made once for all tests: names and contents.
fn key_files() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let scratch = Scratch::new();
        let make = |user: &str| {
            let (private, public) = (format!("{user}.key"), format!("{user}.pem"));
            openssl(&scratch.path(""), &["genrsa", "-out", &private, "2048"]);
            openssl(&scratch.path(""), &["rsa", "-in", &private, "-pubout", "-out", &public]);
            [private, public].map(|name| (name.clone(), scratch.read(&name).into_bytes()))
        };
        ["example_user", "alice", "bob", "trent"].map(make).concat()
    })
}

struct Quorum {
    scratch: Scratch,
}

impl Quorum {
    fn new() -> Self {
        let scratch = Scratch::new();
        for (name, content) in key_files() {
            scratch.write(name, content);
        }
        scratch.write("cluster.toml", CLUSTER);
        scratch.write("message", "to be signed");
        Self { scratch }
    }

    /// A session of a user in a process of its own.
    fn session(&self, user: &str) -> Session {
        let arguments = ["--cluster", "cluster.toml", "--clock", "virtual"];
        let mut session = Session::start(&self.scratch, &arguments);
        let output = session.run(&format!("loginHSM -u CU -s {user} -p example_pwd"));
        assert!(output.contains("Cfm3LoginHSM returned: 0x00"), "{output}");
        session
    }

    /// A session of example_user with a key that several users share: handles 6 and 7.
    fn with_key(&self, m_value: u8) -> Session {
        let mut session = self.session("example_user");
        let output =
            session.run(&format!("genECCKeyPair -i 2 -l guarded -u 2,3,4 -m_value {m_value}"));
        assert!(output.contains("private key handle: 7"), "{output}");
        session
    }

    /// A user's signature of a file, made as the documentation says.
    fn sign(&self, user: &str, file: &str) -> String {
        let (key, signature) = (format!("{user}.key"), format!("{user}.{file}.sig"));
        let arguments = ["dgst", "-sha256", "-sign", &key, "-out", &signature, file];
        openssl(&self.scratch.path(""), &arguments);
        signature
    }

    /// Writes a template that brings these users' signatures of a token file, and its command.
    fn approval(&self, file: &str, users: &[&str]) -> String {
        let approvals: Vec<_> = users.iter().map(|user| (*user, self.sign(user, file))).collect();
        self.template(file, &approvals)
    }

    fn template(&self, file: &str, approvals: &[(&str, String)]) -> String {
        let mut text = format!(
            "Token File Path = ;\nMulti Token File Path = {file};\nNumber of Approvals = {};\n",
            approvals.len()
        );
        for (user, signature) in approvals {
            text += &format!(
                "Approver Type = 1;\nApprover Name = {user};\nApproval File = {signature};\n"
            );
        }
        self.scratch.write("template", text);
        String::from("approveToken -af template")
    }
}

const SIGN: &str = "sign -f message -k 7 -m 17 -out signature";

fn get(key: u64, service: u8, file: &str) -> String {
    format!("getToken -n {service} -k {key} -u example_user -f {file}")
}

fn succeeded(output: &str) -> bool {
    output.contains(": 0x00 : HSM Return: SUCCESS")
}

#[test]
fn two_of_four_users_approve_one_signature_and_no_second_one() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));
    let output = session.run(&get(7, 5, "token"));
    assert!(output.contains("Cfm3GetToken returned: 0x00 : HSM Return: SUCCESS\n\n        Token "));
    assert!(output.contains("        Service         : 5 - USE_KEY\n"), "{output}");
    assert!(output.contains("        Approvals       : 0 of 2\n"), "{output}");
    assert_eq!(std::fs::read(quorum.scratch.path("token")).unwrap().len(), 96);
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));

    // The requester's own approval counts as one.
    let output = session.run(&quorum.approval("token", &["example_user"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0x00"), "{output}");
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));
    assert!(session.run("listTokens").contains("Approvals       : 1 of 2\n"));

    assert!(succeeded(&session.run(&quorum.approval("token", &["alice"]))));
    assert!(session.run("listTokens").contains("Approvals       : 2 of 2\n"));
    let output = session.run(SIGN);
    assert!(output.contains("Cfm3Sign returned: 0x00"), "{output}");
    let check = session.run("verify -f message -s signature -k 6 -m 17");
    assert!(check.contains("Cfm3Verify returned: 0x00"), "{check}");

    assert!(session.run(SIGN).contains(QUORUM_NOT_MET), "the token is used up");
    assert!(session.run("listTokens").contains("no tokens found\n"));
    let output = session.run(&quorum.approval("token", &["bob"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0xc2"), "{output}");
}

#[test]
fn three_approvals_gather_over_several_processes() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(3);
    assert!(succeeded(&session.run(&get(7, 5, "token"))));
    assert!(succeeded(&session.run(&quorum.approval("token", &["alice"]))));
    let mut bob = quorum.session("bob");
    let listed = bob.run("listTokens");
    assert!(listed.contains("Requested by    : 1 example_user\n"), "{listed}");
    assert!(listed.contains("Approvals       : 1 of 3\n"), "{listed}");
    assert!(succeeded(&bob.run(&quorum.approval("token", &["bob"]))));
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET), "two are not three");
    assert!(succeeded(&bob.run(&quorum.approval("token", &["example_user"]))));
    assert!(bob.run(SIGN).contains(QUORUM_NOT_MET), "the token is another session's");
    let mut other = quorum.session("example_user");
    assert!(other.run(SIGN).contains(QUORUM_NOT_MET), "though it is the same user's");
    assert!(succeeded(&session.run(SIGN)));
}

#[test]
fn a_sharer_gets_his_own_token() {
    let quorum = Quorum::new();
    drop(quorum.with_key(2));
    let mut alice = quorum.session("alice");
    assert!(succeeded(&alice.run("getToken -n 5 -k 7 -u alice -f token")));
    assert!(succeeded(&alice.run(&quorum.approval("token", &["bob", "example_user"]))));
    assert!(succeeded(&alice.run(SIGN)));
}

#[test]
fn approvals_that_do_not_count_change_nothing() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(succeeded(&session.run(&get(7, 5, "token"))));
    let cases: [(&[(&str, &str)], &str); 8] = [
        // A stranger to the key, though his signature is good, and though another is good too.
        (&[("trent", "trent")], "0xc6"),
        (&[("alice", "alice"), ("trent", "trent")], "0xc6"),
        // One user's signature under another's name.
        (&[("alice", "bob")], "0x1b"),
        (&[("alice", "alice"), ("bob", "alice")], "0x1b"),
        // The same user twice.
        (&[("alice", "alice"), ("alice", "alice")], "0xc4"),
        (&[("nobody", "alice")], "0x9d"),
        (&[("carol", "alice")], "0xc5"),
        (&[], "0x33"),
    ];
    for (approvals, code) in cases {
        let approvals: Vec<_> =
            approvals.iter().map(|(name, signer)| (*name, quorum.sign(signer, "token"))).collect();
        let output = session.run(&quorum.template("token", &approvals));
        assert!(output.contains(&format!("Cfm3ApproveToken returned: {code}")), "{output}");
        assert!(session.run("listTokens").contains("Approvals       : 0 of 2\n"), "{code}");
    }
    // A signature of something else.
    let wrong = quorum.sign("alice", "message");
    let output = session.run(&quorum.template("token", &[("alice", wrong)]));
    assert!(output.contains("Cfm3ApproveToken returned: 0x1b"), "{output}");
    // An officer, whose type the template can name.
    let signature = quorum.sign("alice", "token");
    quorum.scratch.write(
        "template",
        format!(
            "Token File Path: token\nMulti Token File Path: token\nNumber of Approvals: 1\n\
             Approver Type: 2\nApprover Name: officer\nApproval File: {signature}\n"
        ),
    );
    let output = session.run("approveToken -af template");
    assert!(output.contains("Cfm3ApproveToken returned: 0xdb"), "{output}");
    // The same user in a later call.
    assert!(succeeded(&session.run(&quorum.approval("token", &["alice"]))));
    let output = session.run(&quorum.approval("token", &["alice"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0xc4"), "{output}");
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));
    // Whoever may not see the key brings no approvals to it.
    let output = quorum.session("trent").run(&quorum.approval("token", &["bob"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0xa8"), "{output}");
    assert!(quorum.session("trent").run("listTokens").contains("no tokens found\n"));
}

#[test]
fn a_changed_token_is_none() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(succeeded(&session.run(&get(7, 5, "token"))));
    let token = std::fs::read(quorum.scratch.path("token")).unwrap();
    for at in [0, 9, 20, 40, 95] {
        let mut changed = token.clone();
        changed[at] ^= 1;
        quorum.scratch.write("changed", changed);
        let output = session.run(&quorum.approval("changed", &["alice"]));
        assert!(output.contains("Cfm3ApproveToken returned: 0xc1"), "{output}");
    }
    for length in [0, 95] {
        quorum.scratch.write("changed", &token[..length]);
        let output = session.run(&quorum.approval("changed", &["alice"]));
        assert_eq!(output, format!("approveToken(): Invalid Token Size: {length}\n"));
    }
}

#[test]
fn a_token_ends_after_ten_minutes_and_can_be_replaced() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(succeeded(&session.run(&get(7, 5, "token"))));
    assert!(succeeded(&session.run(&quorum.approval("token", &["alice", "bob"]))));
    let output = session.run(&format!("{} -F 4", get(7, 5, "again")));
    assert!(output.contains("Cfm3GetToken returned: 0xbb"), "there is one in use: {output}");
    // Waiting for the slow node takes ten minutes and a second of the virtual clock.
    let waited = session.run("genECCKeyPair -i 2 -l slow -min_srv 2");
    assert!(waited.contains("Checking private key status (600 seconds)"), "{waited}");

    assert!(session.run(SIGN).contains("Cfm3Sign returned: 0xc3"), "it has timed out");
    assert!(session.run("listTokens").contains("Time left       : timed out\n"));
    let output = session.run(&quorum.approval("token", &["example_user"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0xc3"), "{output}");
    let output = session.run(&get(7, 5, "again"));
    assert!(output.contains("Cfm3GetToken returned: 0xc3"), "{output}");
    assert!(!quorum.scratch.path("again").exists());
    assert!(succeeded(&session.run(&format!("{} -F 4", get(7, 5, "again")))));
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET), "its approvals went with it");
    assert!(succeeded(&session.run(&quorum.approval("again", &["alice", "bob"]))));
    assert!(succeeded(&session.run(SIGN)));
}

#[test]
fn tokens_end_at_logout_at_exit_and_with_a_killed_process() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    let approved = |session: &mut Session| {
        assert!(succeeded(&session.run(&get(7, 5, "token"))));
        assert!(succeeded(&session.run(&quorum.approval("token", &["alice", "bob"]))));
    };
    approved(&mut session);
    session.run("logoutHSM");
    assert!(succeeded(&session.run(LOGIN)));
    assert!(session.run("listTokens").contains("no tokens found\n"));
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));

    approved(&mut session);
    drop(session);
    let mut session = quorum.session("example_user");
    assert!(session.run("listTokens").contains("no tokens found\n"));
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));

    approved(&mut session);
    session.kill();
    let mut session = quorum.session("example_user");
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));
    let output = session.run("delToken -tf token");
    assert!(output.contains("Cfm3DeleteToken returned: 0x00"), "{output}");
}

#[test]
fn a_token_ends_with_its_session_key() {
    let quorum = Quorum::new();
    let mut session = quorum.session("example_user");
    quorum.scratch.write("secret", [7; 16]);
    // The only command that makes a session key that others share.
    let made = session.run("imSymKey -f secret -l x -t 31 -w 4 -sess -u 2,3 -m_value 2");
    assert!(made.contains("Key Handle: 6"), "{made}");
    assert!(succeeded(&session.run(&get(6, 5, "token"))));
    assert!(!session.run("listTokens").contains("no tokens found\n"));
    assert!(session.run("deleteKey -k 6").contains("Cfm3DeleteKey returned: 0x00"));
    assert!(session.run("listTokens").contains("no tokens found\n"));
    let database = quorum.scratch.path(".local/share/kmu/cluster.sqlite");
    let left: u32 = rusqlite::Connection::open(database)
        .unwrap()
        .query_row("SELECT count(*) FROM tokens", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_service_approves_itself_only() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    let masked = "extractMaskedObject -o 7 -out masked";
    assert!(session.run(masked).contains(QUORUM_NOT_MET));
    assert!(succeeded(&session.run(&get(7, 6, "manage"))));
    assert!(succeeded(&session.run(&quorum.approval("manage", &["alice", "bob"]))));
    assert!(session.run(SIGN).contains(QUORUM_NOT_MET));
    assert!(succeeded(&session.run(masked)));
    assert!(session.run(masked).contains(QUORUM_NOT_MET));
    // The copy is guarded as the original is.
    let output = session.run("insertMaskedObject -f masked");
    assert!(output.contains("New Key Handle: 8"), "{output}");
    assert!(session.run("getKeyInfo -k 8").contains("2 Users need to approve"));
    assert!(session.run("sign -f message -k 8 -m 17 -out s").contains(QUORUM_NOT_MET));
}

#[test]
fn every_use_of_a_guarded_key_needs_a_token_and_takes_one() {
    let quorum = Quorum::new();
    let mut session = quorum.session("example_user");
    let output = session.run("genSymKey -t 31 -s 32 -l guarded -u 2 -m_value 2");
    assert!(output.contains("Key Handle: 6"), "{output}");
    assert!(session.run("genSymKey -t 31 -s 32 -l free").contains("Key Handle: 7"));
    quorum.scratch.write("plain", [7; 16]);
    for command in [
        "wrapKey -k 7 -w 6 -m 4 -out wrapped",
        "unWrapKey -f wrapped -w 6 -l back",
        "wrapKey -k 7 -w 6 -m 5 -noheader -out bare",
        "unWrapKeyWithSize -f bare -w 6 -t 31 -s 32 -l sized -mech 5 -i A6A6A6A6A6A6A6A6",
        "wrapKey -k 6 -w 7 -m 4 -out wrapped6",
        "wrapKey -k 6 -w 6 -m 4 -out wrapped66",
        "exSymKey -k 6 -w 4 -out exported",
        "exSymKey -k 7 -w 6 -out exported7",
        "imSymKey -f plain -w 6 -t 31 -l in",
        "aesWrapUnwrap -f plain -w 6 -m 1 -i 0102030405060708 -out out",
    ] {
        let output = session.run(command);
        assert!(output.contains(QUORUM_NOT_MET), "{command}: {output}");
        assert!(!output.contains("Key Handle:"), "{command}: {output}");
        assert!(succeeded(&session.run(&get(6, 5, "token"))), "{command}");
        assert!(succeeded(&session.run(&quorum.approval("token", &["example_user", "alice"]))));
        let output = session.run(command);
        assert!(succeeded(&output) && !output.contains("0xb9"), "{command}: {output}");
        assert!(session.run("listTokens").contains("no tokens found\n"), "{command}");
    }
    assert!(succeeded(&session.run("deleteKey -k 6")), "its owner deletes it without approvals");
}

#[test]
fn two_guarded_keys_need_a_token_each_and_none_is_taken_alone() {
    let quorum = Quorum::new();
    let mut session = quorum.session("example_user");
    session.run("genSymKey -t 31 -s 32 -l one -u 2 -m_value 2");
    session.run("genSymKey -t 31 -s 32 -l two -u 2 -m_value 2");
    let wrap = "wrapKey -k 6 -w 7 -m 4 -out wrapped";
    assert!(succeeded(&session.run(&get(6, 5, "one"))));
    assert!(succeeded(&session.run(&quorum.approval("one", &["example_user", "alice"]))));
    assert!(session.run(wrap).contains(QUORUM_NOT_MET));
    assert!(session.run("listTokens").contains("Approvals       : 2 of 2\n"), "it is still there");
    assert!(succeeded(&session.run(&get(7, 5, "two"))));
    assert!(succeeded(&session.run(&quorum.approval("two", &["example_user", "alice"]))));
    assert!(succeeded(&session.run(wrap)));
    assert!(session.run("listTokens").contains("no tokens found\n"));
}

#[test]
fn several_tokens_are_approved_with_one_signature() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(succeeded(&session.run(&get(7, 5, "use"))));
    assert!(succeeded(&session.run(&get(7, 6, "manage"))));
    let read = |name| std::fs::read(quorum.scratch.path(name)).unwrap();
    quorum.scratch.write("both", [read("use"), read("manage")].concat());
    assert!(succeeded(&session.run(&quorum.approval("both", &["alice", "bob"]))));
    assert_eq!(session.run("listTokens").matches("Approvals       : 2 of 2\n").count(), 2);
    assert!(succeeded(&session.run(SIGN)));
    let output = session.run(&quorum.approval("both", &["example_user"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0xc2"), "one is used up: {output}");
    assert!(session.run("listTokens").contains("Approvals       : 2 of 2\n"), "all or nothing");
    // The same token twice in one file is one user's second approval of it.
    quorum.scratch.write("twice", [read("manage"), read("manage")].concat());
    let output = session.run(&quorum.approval("twice", &["example_user"]));
    assert!(output.contains("Cfm3ApproveToken returned: 0xc4"), "{output}");
    assert!(session.run("listTokens").contains("Approvals       : 2 of 2\n"), "all or nothing");
}

#[test]
fn tokens_are_deleted_by_the_one_who_asked_for_them() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(succeeded(&session.run(&get(7, 5, "use"))));
    assert!(succeeded(&session.run(&get(7, 6, "manage"))));
    let mut alice = quorum.session("alice");
    assert!(alice.run("delToken -tf use").contains("Cfm3DeleteToken returned: 0xc6"));
    assert!(succeeded(&alice.run("delToken -f 4")), "she has none");
    assert_eq!(session.run("listTokens").matches("Service").count(), 2);
    assert!(succeeded(&session.run("delToken -tf use")));
    assert!(session.run("delToken -tf use").contains("Cfm3DeleteToken returned: 0xc2"));
    assert_eq!(session.run("listTokens").matches("Service").count(), 1);
    assert!(succeeded(&session.run(&get(7, 5, "use"))));
    assert!(succeeded(&session.run("delToken -f 4")));
    assert!(session.run("listTokens").contains("no tokens found\n"));
}

#[test]
fn changed_rows_are_noticed_and_give_nothing() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    assert!(succeeded(&session.run(&get(7, 5, "one"))));
    assert!(succeeded(&session.run(&quorum.approval("one", &["alice", "bob"]))));
    assert!(succeeded(&session.run(&get(7, 6, "two"))));
    let database = quorum.scratch.path(".local/share/kmu/cluster.sqlite");
    let database = rusqlite::Connection::open(database).unwrap();
    database.execute_batch("CREATE TABLE saved AS SELECT * FROM tokens").unwrap();
    for change in [
        // The approvals of one token for another.
        "UPDATE tokens SET approvals = (SELECT approvals FROM tokens WHERE id = 1) WHERE id = 2",
        "UPDATE tokens SET record = (SELECT record FROM tokens WHERE id = 1) WHERE id = 2",
        "UPDATE tokens SET record = zeroblob(96) WHERE id = 2",
        "UPDATE tokens SET approvals = x'00020003' WHERE id = 2",
    ] {
        database.execute_batch(change).unwrap();
        let output = session.run("extractMaskedObject -o 7 -out masked");
        assert!(output.contains("returned: 0xbd"), "{change}: {output}");
        assert!(session.run("listTokens").contains("returned: 0xbd"), "{change}");
        let restore = "DELETE FROM tokens; INSERT INTO tokens SELECT * FROM saved";
        database.execute_batch(restore).unwrap();
    }
    // Another user's public key, and one that was moved.
    for change in [
        "UPDATE users SET quorum_key = (SELECT quorum_key FROM users WHERE id = 3) WHERE id = 1",
        "UPDATE users SET quorum_key = x'00' WHERE id = 1",
    ] {
        database.execute_batch(change).unwrap();
        let output = session.run(&quorum.approval("two", &["example_user"]));
        assert!(output.contains("returned: 0xbd"), "{change}: {output}");
    }
    database.execute_batch("UPDATE tokens SET record = zeroblob(96) WHERE id = 2").unwrap();
    assert!(succeeded(&session.run("delToken -f 4")), "what is damaged can be deleted");
    assert!(session.run("listTokens").contains("no tokens found\n"));
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    let quorum = Quorum::new();
    let mut session = quorum.with_key(2);
    session.run("genECCKeyPair -i 2 -l free");
    for (command, code) in [
        ("getToken -n 5 -k 7 -u alice -f token", "0xc6"),
        ("getToken -n 5 -k 7 -u nobody -f token", "0x9d"),
        ("getToken -n 5 -k 99 -u example_user -f token", "0xa8"),
        ("getToken -n 5 -k 6 -u example_user -f token", "0xc0"),
        ("getToken -n 5 -k 9 -u example_user -f token", "0xc0"),
    ] {
        let output = session.run(command);
        assert!(output.contains(&format!("Cfm3GetToken returned: {code}")), "{command}: {output}");
        assert!(!quorum.scratch.path("token").exists());
    }
    let output = session.run("getToken -n 5 -k 7 -u example_user -f no/such/directory");
    assert_eq!(output, "failed to open the file no/such/directory\n");
    assert!(session.run("listTokens").contains("no tokens found\n"));
    session.run("logoutHSM");
    for command in ["listTokens", "getToken -n 5 -k 7 -u example_user -f t", "delToken -f 4"] {
        assert!(session.run(command).contains("returned: 0xa0"), "{command}");
    }
    session.run("loginHSM -u CO -s officer -p example_pwd");
    for command in ["listTokens", "getToken -n 5 -k 7 -u officer -f t", "delToken -f 4"] {
        assert!(session.run(command).contains("returned: 0xdb"), "{command}");
    }
}
