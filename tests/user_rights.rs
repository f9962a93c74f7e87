//! Who may do what: keys are for crypto users only, whatever the command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch, openssl};

/// A line for every command that has to do with keys and shows a return code.
/// Their files are there, so that nothing but the user's type stands in the way.
const KEY_COMMANDS: [&str; 30] = [
    "genRSAKeyPair -m 2048 -e 65537 -l x",
    "genDSAKeyPair -m 2048 -l x",
    "genECCKeyPair -i 2 -l x",
    "genSymKey -t 31 -s 16 -l x",
    "createPublicKey -l x -m MODULUS -e 65537",
    "importPubKey -l x -f public.pem",
    "exportPubKey -k 6 -out f",
    "importPrivateKey -l x -f private.pem -w 4",
    "exportPrivateKey -k 7 -out f -w 4",
    "imSymKey -l x -t 31 -f plain -w 4",
    "exSymKey -k 8 -out f -w 4",
    "wrapKey -k 8 -w 4 -out f",
    "unWrapKey -f plain -w 4 -l x",
    "unWrapKeyWithSize -f plain -w 4 -t 31 -s 16 -l x",
    "deleteKey -k 8",
    "getKeyInfo -k 8",
    "findKey",
    "findSingleKey -k 8",
    "getAttribute -o 8 -a 512 -out f",
    "extractMaskedObject -o 8 -out f",
    "insertMaskedObject -f plain",
    "sign -f plain -k 7 -m 17 -out f",
    "verify -f plain -s plain -k 6 -m 17",
    "aesWrapUnwrap -f plain -w 8 -m 1",
    "aesUnwrapPkcs8Buffer -f plain -w 8",
    "getToken -n 5 -k 8 -u admin -f f",
    "delToken -f 4",
    "approveToken -af template",
    "listTokens",
    "setAttribute -o 8 -a 1\n1",
];

const CLUSTER: &str = "
[[user]]
name = 'admin'
type = 'PCO'
password = 'example_pwd'
[[user]]
name = 'officer'
type = 'CO'
password = 'example_pwd'
[[user]]
name = 'appliance'
type = 'AU'
password = 'example_pwd'
[[user]]
name = 'example_user'
type = 'CU'
password = 'example_pwd'
[[user]]
name = 'first'
type = 'PRECO'
password = 'example_pwd'
";

fn prepared() -> Scratch {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["genrsa", "-out", "private.pem", "2048"]);
    openssl(&directory, &["rsa", "-in", "private.pem", "-pubout", "-out", "public.pem"]);
    scratch.write("plain", [7; 96]);
    scratch.write("sig", [7; 256]);
    scratch.write(
        "template",
        "Token File Path: plain\nMulti Token File Path: plain\nNumber of Approvals: 1\n\
         Approver Type: 1\nApprover Name: example_user\nApproval File: sig\n",
    );
    scratch.write("cluster.toml", CLUSTER);
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x\ngenSymKey -t 31 -s 16 -l y\n");
    let output = scratch.run(&["--cluster", "cluster.toml"], lines).stdout();
    assert!(output.contains("Key Handle: 8"), "{output}");
    scratch
}

/// What each line prints, run in a session that begins so.
fn outputs(
    scratch: &Scratch,
    login: &str,
    commands: &[&'static str],
) -> Vec<(&'static str, String)> {
    let lines: String = commands.iter().map(|line| format!("{line}\n")).collect();
    let lines = lines.replace("MODULUS", &format!("{}1", "c".repeat(255)));
    let finished = scratch.run(&["--cluster", "cluster.toml"], format!("{login}\n{lines}"));
    let output = finished.stdout();
    let printed: Vec<_> = output.split("\nCommand:  ").map(str::to_owned).collect();
    // Before the first prompt nothing is printed, and the login comes first.
    assert_eq!(printed.len(), commands.len() + 3, "{output}");
    commands.iter().copied().zip(printed.into_iter().skip(2)).collect()
}

#[test]
fn only_crypto_users_have_to_do_with_keys() {
    let scratch = prepared();
    for (login, code) in [
        ("loginHSM -u CO -s admin -p example_pwd", "0xdb"),
        ("loginHSM -u CO -s officer -p example_pwd", "0xdb"),
        ("loginHSM -u AU -s appliance -p example_pwd", "0xdb"),
        ("loginHSM -u PRECO -s first -p example_pwd", "0xdb"),
        ("loginStatus", "0xa0"),
    ] {
        for (line, output) in outputs(&scratch, login, &KEY_COMMANDS) {
            let refusal = format!(": {code} : HSM Error");
            assert!(output.contains(&refusal), "{login}: {line}: {output}");
            assert!(!scratch.path("f").exists(), "{login}: {line}");
        }
    }
    let lines = format!("{LOGIN}\nfindKey\n");
    let output = scratch.run(&["--cluster", "cluster.toml"], lines).stdout();
    assert!(output.contains("\n6, 7, 8\n"), "nothing was made or deleted: {output}");
    // Finding the parameters of a DSA key would take longer than all the rest.
    let quick: Vec<_> =
        KEY_COMMANDS.into_iter().filter(|line| !line.starts_with("genDSA")).collect();
    for (line, output) in outputs(&scratch, LOGIN, &quick) {
        let refused =
            ["0xdb", "0xa0"].iter().any(|code| output.contains(&format!(": {code} : HSM Error")));
        assert!(!refused && output.contains(": 0x"), "{line}: {output}");
    }
}

#[test]
fn each_type_of_user_logs_in_as_what_he_is() {
    let scratch = prepared();
    let types = ["CO", "CU", "AU", "PO", "PRECO"];
    for (name, allowed, status) in [
        ("admin", &["CO"][..], "CO has logged-in"),
        ("officer", &["CO"], "CO has logged-in"),
        ("example_user", &["CU"], "CU has logged-in"),
        ("appliance", &["AU"], "AU has logged-in"),
        ("first", &["PO", "PRECO"], " Default CO has logged in"),
    ] {
        for word in types {
            let lines = format!("loginHSM -u {word} -s {name} -p example_pwd\nloginStatus\n");
            let output = scratch.run(&["--cluster", "cluster.toml"], lines).stdout();
            let (code, status) = if allowed.contains(&word) {
                ("0x00", status)
            } else {
                ("0x9d", "No user has logged-in")
            };
            assert!(output.contains(&format!("Cfm3LoginHSM returned: {code}")), "{name} {word}");
            assert!(output.contains(&format!("        {status}\n")), "{name} {word}: {output}");
        }
    }
}

#[test]
fn a_password_of_no_possible_length_is_wrong_and_counts() {
    let scratch = prepared();
    let (short, long) = ("x".repeat(6), "x".repeat(33));
    for password in [short, long] {
        let lines = format!("loginHSM -u CU -s example_user -p {password}\n");
        let output = scratch.run(&["--cluster", "cluster.toml"], lines).stdout();
        assert!(output.contains("Cfm3LoginHSM returned: 0xa3"), "{output}");
    }
    let output = scratch.run(&["--cluster", "cluster.toml"], "listUsers\n").stdout();
    assert!(output.contains("example_user              NO               2"), "{output}");
    // A login takes the count back.
    let lines = format!("{LOGIN}\nlistUsers\n");
    let output = scratch.run(&["--cluster", "cluster.toml"], lines).stdout();
    assert!(output.contains("example_user              NO               0"), "{output}");
}
