//! Drives the program on a real terminal with the expect command, as users do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;

use support::Scratch;
use support::terminal::run_expect;

/// A terminal without line editing, and one with it.
const TERMINALS: [&str; 2] = ["dumb", "xterm"];

/// Runs an expect script in which `kmu` is the program on a plain terminal, and returns what it prints.
fn expect(scratch: &Scratch, arguments: &str, script: &str) -> String {
    let program = env!("CARGO_BIN_EXE_kmu");
    run_expect(scratch, "dumb", &format!("{program} {arguments}"), script)
}

/// Runs an expect script on each kind of terminal.
fn expect_on_both(arguments: &str, script: &str) {
    for terminal in TERMINALS {
        let scratch = Scratch::new();
        scratch.write("slow.toml", SLOW);
        let program = env!("CARGO_BIN_EXE_kmu");
        run_expect(&scratch, terminal, &format!("{program} {arguments}"), script);
    }
}

/// A cluster whose node 1 gets keys late, and whose node 2 never does.
const SLOW: &str = "[[node]]\nid = 0\n[[node]]\nid = 1\nsynchronization_delay = 1500\n\
                    [[node]]\nid = 2\nup = false\n";

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
expect_end
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
expect_end
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
expect_end
"#,
    );
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn the_history_is_kept_without_the_password() {
    let scratch = Scratch::new();
    run_expect(
        &scratch,
        "xterm",
        &format!("{} --state state", env!("CARGO_BIN_EXE_kmu")),
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Command:"
send "findKey -l something\r"
expect "Command:"
send "my_secret\r"
expect "Command:"
send "exit\r"
expect_end
"#,
    );
    let history = scratch.read("state/history");
    assert!(history.contains("findKey -l something"), "{history}");
    assert!(history.contains("loginHSM -u CU -s example_user -p"), "{history}");
    assert!(!history.contains("example_pwd") && !history.contains("my_secret"), "{history}");
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
expect_end
"#,
    );
    assert!(!text.contains("example_pwd"), "{text}");
    let answer = |answer: &str, expected: &str| {
        let script = format!(
            "expect \"6 users and 0 keys, for good. Type yes to go on: \"\n\
             send \"{answer}\\r\"\nexpect \"{expected}\"\nexpect_end\n"
        );
        expect(&scratch, "cluster reset", &script);
        scratch.path(".local/share/kmu").exists()
    };
    assert!(answer("y", "kmu: nothing was deleted"));
    assert!(!answer("yes", "was deleted"));
}

#[test]
fn lines_that_are_sent_at_once_are_all_run() {
    expect_on_both(
        "--ephemeral",
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\rgenECCKeyPair -i 2 -l one -sess\r"
send "setAttribute -o 7 -a 1\r1\rlogoutHSM\rloginHSM -u CU -s example_user -hpswd\rexample_pwd\r"
send "logoutHSM\rloginHSM -u CU -s example_user -hpswd\rexample_pwd\rfindKey -sess 0\rexit\r"
expect "Cfm3GenerateKeyPair returned: 0x00"
expect "Cfm3SetAttribute returned: 0x00"
expect "Cfm3LogoutHSM returned: 0x00"
expect "Cfm3LoginHSM returned: 0x00"
expect -re {start index 0::0\s+7}
expect_end
"#,
    );
}

#[test]
fn lines_that_are_typed_during_a_wait_are_run_after_it() {
    expect_on_both(
        "--ephemeral --cluster slow.toml",
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Command:"
send "genECCKeyPair -i 2 -l two -min_srv 2\r"
expect "Checking private key status (0 seconds)"
send "findKey -l two\rloginStatus\rexit\r"
expect "public key handle: 6    private key handle: 7"
expect -re {start index 0::1\s+6, 7}
expect "CU has logged-in"
expect_end
"#,
    );
}

#[test]
fn pasted_lines_are_run_one_by_one() {
    let text = run_expect(
        &Scratch::new(),
        "xterm",
        &format!("{} --ephemeral", env!("CARGO_BIN_EXE_kmu")),
        r#"
expect "Command:"
send "\033\[200~loginStatus\rloginHSM -u CU -s example_user -p example_pwd\rfindKey -l x\r\033\[201~"
expect "No user has logged-in"
expect "Cfm3LoginHSM returned: 0x00"
expect "Total number of keys present 0"
expect "Command:"
send "exit\r"
expect_end
"#,
    );
    // The terminal is not asked to bracket what is pasted.
    assert!(!text.contains("[?2004h"), "{text}");
}

/// After a login: Ctrl-C ends the wait for nodes that never get a key, and nothing of it stays.
const TAKEN_BACK: &str = r#"expect "Command:"
send "genECCKeyPair -i 2 -l two -min_srv 3\r"
expect "Checking private key status (0 seconds)"
send "\003"
expect "kmu: the waiting was ended"
expect "Couldn't verify key sync on 3 servers"
expect "Rolling back"
expect "Command:"
send "findKey\r"
expect "Total number of keys present 0"
expect "Command:"
send "exit\r"
expect_end
"#;

#[test]
fn control_c_cancels_a_question_and_ends_a_wait_and_never_the_shell() {
    let script = r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Command:"
send "genECCKeyPair -i 2 -l one -sess\r"
expect "Command:"
send "setAttribute -o 7 -a 1\r"
expect "(0 or 1):"
send "\003"
expect "kmu: cancelled; nothing has been done"
expect "Command:"
send "logoutHSM\r"
expect "Command:"
send "loginHSM -u CU -s example_user -hpswd\r"
expect "Enter password: "
send "example\003"
expect "kmu: cancelled; nothing has been done"
expect "Command:"
send "half a command\003"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Cfm3LoginHSM returned: 0x00"
"#;
    expect_on_both("--ephemeral --cluster slow.toml", &format!("{script}{TAKEN_BACK}"));
}

#[test]
fn control_c_in_a_wait_does_not_give_up_what_takes_the_key_back() {
    let script = r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
"#;
    expect_on_both(
        "--ephemeral --cluster slow.toml --fault {delete: delay 400 always}",
        &format!("{script}{TAKEN_BACK}"),
    );
}

#[test]
fn a_password_is_never_shown_and_the_terminal_echoes_after_it() {
    let program = env!("CARGO_BIN_EXE_kmu");
    for terminal in TERMINALS {
        // Cut off with Ctrl-C and typed again, with a mistake and with keys that bring up other lines.
        let text = run_expect(
            &Scratch::new(),
            terminal,
            &format!("sh -c \"{program} --ephemeral; stty -a\""),
            r#"
expect "Command:"
send "loginHSM -u CU -s example_user -hpswd\r"
expect "Enter password: "
send "secret\003"
expect "cancelled"
expect "Command:"
send "loginHSM -u CU -s example_user -hpswd\r"
expect "Enter password: "
send "secret\025examplf\177e_pwd\r"
expect "Cfm3LoginHSM returned: 0x00"
expect "Command:"
send "exit\r"
expect " echo "
expect_end
"#,
        );
        assert!(
            !text.contains("secret") && !text.contains("exampl_") && !text.contains("e_pwd"),
            "{text}"
        );
    }
    let text = run_expect(
        &Scratch::new(),
        "xterm",
        &format!(
            "sh -c \"{program} --ephemeral singlecmd loginHSM -u CU -s example_user -hpswd findKey; stty -a\""
        ),
        r#"
expect "Enter password: "
send "secret\003"
expect " echo "
expect_end
"#,
    );
    assert!(!text.contains("secret") && !text.contains("Command:"), "{text}");
}

#[test]
fn keys_of_the_line_editor_bring_no_line_into_a_password_and_no_password_out() {
    let text = run_expect(
        &Scratch::new(),
        "xterm",
        &format!("{} --ephemeral", env!("CARGO_BIN_EXE_kmu")),
        r#"
expect "Command:"
send "loginHSM -u CU -s example_user -hpswd\r"
expect "Enter password: "
send "sec\tret\027\013\033\[A\022\001\025\r"
expect "Cfm3LoginHSM returned"
expect "Command:"
send "\031\r"
expect "Command:"
send "exit\r"
expect_end
"#,
    );
    assert!(!text.contains("sec") && !text.contains("ret\r"), "{text}");
}

#[test]
fn bytes_that_are_no_text_do_not_end_the_shell() {
    expect_on_both(
        "--ephemeral",
        r#"
expect "Command:"
send "\xff\r"
expect "Error: the line is not valid UTF-8."
expect "Command:"
send "loginStatus\r"
expect "No user has logged-in"
expect "Command:"
send "exit\r"
expect_end
"#,
    );
}
