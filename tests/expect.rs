//! Drives the program on a real terminal with the expect command, as users do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;

use support::Scratch;

/// Runs an expect script in which `kmu` is the program, and returns what it prints.
fn expect(scratch: &Scratch, arguments: &str, script: &str) -> String {
    let program = env!("CARGO_BIN_EXE_kmu");
    let script = format!(
        "set timeout 20\nproc fail {{text}} {{ puts \"FAILED: $text\"; exit 1 }}\n\
         expect_before timeout {{ fail timeout }}\n\
         spawn {program} {arguments}\n{script}\n"
    );
    let file = scratch.write("script.exp", script);
    let output = Command::new("expect")
        .arg("-f")
        .arg(file)
        .current_dir(scratch.path(""))
        .env_clear()
        .env("HOME", scratch.path(""))
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "dumb")
        .output()
        .expect("the tests need the expect command");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

#[test]
fn a_script_logs_in_makes_a_key_reads_both_handles_and_exits() {
    let scratch = Scratch::new();
    expect(
        &scratch,
        "--ephemeral",
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Cfm3LoginHSM returned: 0x00 : HSM Return: SUCCESS"
expect "Command:"
send "genECCKeyPair -i 12 -l ecc12\r"
expect -re {public key handle: (\d+)    private key handle: (\d+)}
set public $expect_out(1,string)
set private $expect_out(2,string)
expect "Command:"
send "exit\r"
expect eof
lassign [wait] pid spawn os status
set file [open result w]
puts $file "HANDLES $public $private STATUS $status"
close $file
"#,
    );
    assert_eq!(scratch.read("result"), "HANDLES 6 7 STATUS 0\n");
}

#[test]
fn a_hidden_password_is_asked_for_and_not_shown() {
    let scratch = Scratch::new();
    let text = expect(
        &scratch,
        "--ephemeral",
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -hpswd\r"
expect "Enter password: "
send "example_pwd\r"
expect "Cfm3LoginHSM returned: 0x00"
expect "Command:"
send "exit\r"
expect eof
"#,
    );
    assert!(!text.contains("example_pwd"), "{text}");
}

#[test]
fn set_attribute_asks_on_the_terminal() {
    let text = expect(
        &Scratch::new(),
        "--ephemeral",
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Command:"
send "genECCKeyPair -i 2 -l x -sess\r"
expect "Command:"
send "setAttribute -o 7 -a 1\r"
expect "Enter the boolean attribute value (0 or 1):"
send "1\r"
expect "Cfm3SetAttribute returned: 0x00"
expect "Command:"
send "findKey -sess 0\r"
expect -re {start index 0::0\s+7}
expect "Command:"
send "\004"
expect eof
"#,
    );
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn the_history_is_kept_without_the_password() {
    let scratch = Scratch::new();
    expect(
        &scratch,
        "--state state",
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Command:"
send "findKey -l something\r"
expect "Command:"
send "exit\r"
expect eof
"#,
    );
    let history = scratch.read("state/history");
    assert!(history.contains("findKey -l something"), "{history}");
    assert!(history.contains("loginHSM -u CU -s example_user -p"), "{history}");
    assert!(!history.contains("example_pwd"), "{history}");
}

#[test]
fn a_hidden_password_needs_a_terminal() {
    let scratch = Scratch::new();
    let mut command = Command::new("setsid");
    let output = command
        .args(["sh", "-c"])
        .arg(format!(
            "printf 'loginHSM -u CU -s example_user -hpswd\\nexample_pwd\\n' | {} --ephemeral",
            env!("CARGO_BIN_EXE_kmu")
        ))
        .current_dir(scratch.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Error: -hpswd needs a terminal"), "{text}");
}

#[test]
fn reset_asks_and_register_key_hides_the_password() {
    let scratch = Scratch::new();
    let openssl = |arguments: &[&str]| support::openssl(&scratch.path(""), arguments);
    openssl(&["genrsa", "-out", "key", "2048"]);
    openssl(&["rsa", "-in", "key", "-pubout", "-out", "key.pem"]);
    scratch.run(&["cluster", "init"], "");
    let text = expect(
        &scratch,
        "cluster register-key alice key.pem",
        r#"
expect "Password of alice: "
send "example_pwd\r"
expect "The public key of alice was registered"
expect eof
"#,
    );
    assert!(!text.contains("example_pwd"), "{text}");
    let answer = |answer: &str, expected: &str| {
        let script = format!(
            "expect \"6 users and 0 keys, for good. Type yes to go on: \"\n\
             send \"{answer}\\r\"\nexpect \"{expected}\"\nexpect eof\n"
        );
        expect(&scratch, "cluster reset", &script);
        scratch.path(".local/share/kmu").exists()
    };
    assert!(answer("y", "kmu: nothing was deleted"));
    assert!(!answer("yes", "was deleted"));
}
