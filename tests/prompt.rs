//! The prompt on a real terminal: completion, hints, history, editing, colours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::Scratch;
use support::terminal::{run_expect, run_expect_with};

/// Logs in, and makes a key that can be completed.
const BEGIN: &str = r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Cfm3LoginHSM returned: 0x00"
expect "Command:"
send "genECCKeyPair -i 2 -l 'my label'\r"
expect "private key handle: 7"
expect "Command:"
"#;

fn kmu(arguments: &str) -> String {
    format!("{} {arguments}", env!("CARGO_BIN_EXE_kmu"))
}

#[test]
fn commands_flags_values_and_files_are_completed() {
    let scratch = Scratch::new();
    scratch.write("public key.pem", "no key");
    let script = format!(
        r#"{BEGIN}
send "genEC\t"
expect "genECCKeyPair "
send -- "-i 571k\t"
expect -- "-i 11 "
send -- "-l x\r"
expect "Cfm3GenerateKeyPair returned: 0x00"
expect "Command:"
send "findKey -l my\t\r"
expect "findKey -l 'my label'"
expect "Total number of keys present 2"
expect "Command:"
send "getAttribute -a \t\t"
expect "371  OBJ_ATTR_KCV"
send "371 -o \t\t"
expect "7  my label"
send "7 -out out\r"
expect "Attributes dumped into out"
expect "Command:"
send "importPubKey -l y -f pub\t\r"
expect "importPubKey -l y -f 'public key.pem'"
expect "Failed to read Public Key from file public key.pem"
expect "Command:"
send "loginHSM -u \t\t"
expect "PRECO"
expect "loginHSM -u "
send "\025genECCKeyPair -i 2 -\t\t"
expect -- "-l <label>"
expect "genECCKeyPair -i 2 -"
send "\025exit\r"
expect_end
"#
    );
    let text = run_expect(&scratch, "xterm", &kmu("--ephemeral"), &script);
    // The flag that is given is not offered.
    let offered = text.split("PRECO").nth(1).unwrap();
    assert!(!offered.contains("-i <EC curve id>") && offered.contains("-timeout"), "{offered}");
}

/// Types a command that lacks a flag, and returns what is printed.
fn typed_on(environment: &[(&str, &str)]) -> String {
    let script = r#"
expect "Command:"
send "genECCKeyPair "
expect "genECCKeyPair "
sleep 0.5
# What was drawn so far, so that the next prompt is a new one.
expect *
send "\003"
expect "Command:"
send "exit\r"
expect_end
"#;
    run_expect_with(&Scratch::new(), environment, &kmu("--ephemeral"), script)
}

#[test]
fn what_comes_next_is_shown_in_grey_where_there_are_colours() {
    let hint = "\x1b[90m-i <EC curve id>\x1b[0m";
    assert!(typed_on(&[("TERM", "xterm")]).contains(hint));
    for plain in [&[("TERM", "xterm"), ("NO_COLOR", "1")][..], &[("TERM", "dumb")]] {
        let text = typed_on(plain);
        assert!(!text.contains("EC curve id") && !text.contains("\x1b[90m"), "{text}");
    }
    assert!(!typed_on(&[("TERM", "dumb")]).contains('\x1b'));
}

#[test]
fn earlier_lines_are_searched_and_lines_are_edited() {
    let script = format!(
        r#"{BEGIN}
send "\022"
send "label"
expect "genECCKeyPair -i 2 -l 'my label'"
send "\r"
expect "private key handle: 9"
expect "Command:"
send "findKey -l x"
send "\001\004\004\004\004get\005\025listUsers\014"
expect "listUsers"
send "\r"
expect "Number Of Users found 6"
expect "Command:"
send "half a line"
sleep 0.3
expect *
send "\003"
expect "Command:"
send "\004"
expect_end
lassign [wait] pid spawn os status
if {{$status != 0}} {{ fail "status $status" }}
"#
    );
    run_expect(&Scratch::new(), "xterm", &kmu("--ephemeral"), &script);
}

#[test]
fn the_editing_mode_is_that_of_readline_or_of_the_option() {
    // In vi's mode, escape, 0 and C replace the whole line.
    let script = r#"
expect "Command:"
send "nothing of use\033"
sleep 0.2
send "0ClistECCCurveIds\r"
expect "NID_secp256k1"
expect "Command:"
send "exit\r"
expect_end
"#;
    let scratch = Scratch::new();
    run_expect(&scratch, "xterm", &kmu("--ephemeral --editing vi"), script);
    scratch.write(".inputrc", "set editing-mode vi\n");
    run_expect(&scratch, "xterm", &kmu("--ephemeral"), script);
}

#[test]
fn slips_are_answered_with_what_may_be_meant() {
    let script = r#"
expect "Command:"
send "genEccKeypair -i 2\r"
expect "is genECCKeyPair meant?"
expect "Command:"
send "genECCKeyPair -i 2 -l x -min_serv 2\r"
expect "is -min_srv meant?"
expect "Command:"
send "exSymKey -k 6 -out x\r"
expect "Handle of wrapping Key (-w) is missing"
expect "4 is the HSM's own wrapping key; genSymKey"
expect "Command:"
send "exit\r"
expect_end
"#;
    run_expect(&Scratch::new(), "xterm", &kmu("--ephemeral"), script);
    // On a pipe it is told on standard error, and standard output is exact.
    let finished = Scratch::new().run(&["--ephemeral"], "genEccKeypair\n");
    assert!(finished.stderr().contains("is genECCKeyPair meant?"));
    assert!(!finished.stdout().contains("meant"));
}

#[test]
fn a_window_that_changes_its_size_changes_nothing() {
    let script = r#"
expect "Command:"
send "listECCC"
exec stty rows 10 columns 20 < $spawn_out(slave,name)
exec kill -WINCH [exp_pid]
sleep 0.2
send "urveIds\r"
expect "NID_secp256k1"
expect "Command:"
exec stty rows 40 columns 200 < $spawn_out(slave,name)
exec kill -WINCH [exp_pid]
send "loginStatus\r"
expect "No user has logged-in"
expect "Command:"
send "exit\r"
expect_end
"#;
    run_expect(&Scratch::new(), "xterm", &kmu("--ephemeral"), script);
}

#[test]
fn a_pipe_gets_no_escape_bytes_whatever_the_terminal() {
    let scratch = Scratch::new();
    let mut command = scratch.command(&["--ephemeral", "singlecmd", "listUsers"]);
    let output = command.env("TERM", "xterm-256color").env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn control_c_gives_long_work_up_and_nothing_has_happened() {
    for terminal in ["xterm", "dumb"] {
        let script = r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Cfm3LoginHSM returned: 0x00"
expect "Command:"
foreach line {"genECCKeyPair -i 2 -l slow" "genDSAKeyPair -m 3072 -l dsa"} {
    send -- "$line\r"
    sleep 0.2
    send "\003"
    expect "Cfm3GenerateKeyPair"
    expect "returned: 0x36 : CSP Error: ERR_CANCELLED"
    expect "kmu: cancelled; nothing has been done"
    expect "Command:"
}
send "findKey\r"
expect "Total number of keys present 0"
expect "Command:"
send "genECCKeyPair -i 2 -l x\r"
expect "public key handle: 6    private key handle: 7"
expect "Command:"
send "exit\r"
expect_end
"#;
        // With this seed, the search for domain parameters takes longer than with most.
        let arguments = "--ephemeral --seed 6 --clock system --fault {genECCKeyPair: delay 60000}";
        run_expect(&Scratch::new(), terminal, &kmu(arguments), script);
    }
}

#[cfg(unix)]
#[test]
fn a_second_control_c_ends_what_does_not_hear_the_first() {
    for terminal in ["xterm", "dumb"] {
        let scratch = Scratch::new();
        let made = std::process::Command::new("mkfifo").arg(scratch.path("pipe")).status();
        assert!(made.unwrap().success());
        // Nobody writes to the pipe.
        let script = r#"
expect "Command:"
send "loginHSM -u CU -s example_user -p example_pwd\r"
expect "Cfm3LoginHSM returned: 0x00"
expect "Command:"
send -- "verify -f pipe -s pipe -k 6 -m 17\r"
expect -- "-k 6 -m 17"
sleep 0.5
send "\003"
sleep 0.5
send "\003"
expect_end
if {[lindex [wait] 4] ne "CHILDKILLED"} { exit 9 }
exit 0
"#;
        run_expect(&scratch, terminal, &kmu("--ephemeral"), script);
    }
}

#[test]
fn long_work_shows_that_it_lives_where_that_can_be_seen() {
    let script = r#"
expect "Command:"
send "getHSMInfo\r"
expect "Firmware ID"
expect "Command:"
send "exit\r"
expect_end
"#;
    let shown = |environment: &[(&str, &str)], redirected: &str| {
        let program = env!("CARGO_BIN_EXE_kmu");
        let command =
            format!("sh -c \"{program} --ephemeral --fault 'getHSMInfo: delay 2500'{redirected}\"");
        let text = run_expect_with(&Scratch::new(), environment, &command, script);
        text.contains("the answer of the cluster, 1s")
    };
    assert!(shown(&[("TERM", "xterm")], ""));
    assert!(shown(&[("TERM", "xterm"), ("NO_COLOR", "1")], ""));
    assert!(!shown(&[("TERM", "dumb")], ""));
    assert!(!shown(&[("TERM", "xterm")], " 2>/dev/null"));
}
