//! What the second dialect and the profiles have before, around and beside
//! their commands; tests/transcripts/v3 has what the commands print.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Command;

use support::{LOGIN, Scratch};

const START: &str = "\n\tCfm3Initialize() returned app id : 01000000 \n\n\tsession_handle 1000000 \n\
                     \n\tCurrent FIPS mode is: 00000002\n";

const V3: [&str; 3] = ["--ephemeral", "--dialect", "v3"];

/// What the program prints that is started under this name, through a link.
fn run_as(name: &str, arguments: &[&str], input: &str) -> String {
    let scratch = Scratch::new();
    let link = scratch.path(name);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_kmu"), &link).unwrap();
    scratch.write("input", input);
    let output = Command::new(link)
        .args(arguments)
        .env_clear()
        .stdin(std::fs::File::open(scratch.path("input")).unwrap())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_loop_of_prompts_begins_with_the_start_up_lines_and_the_help_table() {
    let scratch = Scratch::new();
    let output = scratch.run(&V3, "help\nexit\n").stdout();
    let rest = output.strip_prefix(START).unwrap_or_else(|| panic!("{output}"));
    let (first, rest) = rest.split_once("\nCommand:  ").unwrap();
    let (second, end) = rest.split_once("\nCommand:  ").unwrap();
    assert!(first.starts_with("\n\nHelp Commands Available:\n\nSyntax: <command> -h"), "{first}");
    assert!(first.ends_with("List HSM supported ECC CurveIds\n\n"), "{first}");
    assert_eq!(first, second);
    assert_eq!(end, "");
    // Indented with blanks, everything is.
    let blanks = scratch.run(&[&V3[..], &["--indent", "blanks"]].concat(), "exit\n").stdout();
    assert!(blanks.starts_with(&START.replace('\t', "        ")) && !blanks.contains('\t'));
}

#[test]
fn singlecmd_and_scriptfile_begin_with_the_start_up_lines_alone() {
    let scratch = Scratch::new();
    let login: Vec<_> = LOGIN.split(' ').collect();
    let nodes: String = (0..3)
        .map(|node| format!("\tNode id {node} status: 0x00000000 : HSM Return: SUCCESS\n"))
        .collect();
    let logged_in = format!(
        "\n\tCfm3LoginHSM returned: 0x00 : HSM Return: SUCCESS\n\n\tCluster Status:\n{nodes}"
    );
    let single = [&V3[..], &["singlecmd"], &login, &["deleteKey", "-k", "9"]].concat();
    let failed: String = (0..3)
        .map(|node| {
            format!("\tNode id {node} status: 0x000000a8 : HSM Error: Invalid object handle is passed to this operation\n")
        })
        .collect();
    let expected = format!(
        "{START}{logged_in}Command: deleteKey  -k  9 \n\n\tCfm3DeleteKey returned: 0xa8 \n\
         \n\tHSM Error: Invalid object handle is passed to this operation\n\n\tCluster Status:\n{failed}"
    );
    assert_eq!(scratch.run(&single, "").stdout(), expected);

    scratch.write("script", format!("# one\n{LOGIN}\n"));
    let script = [&V3[..], &["scriptfile", "script"]].concat();
    let expected = format!("{START}Comment: # one \nCommand String: {LOGIN} \n{logged_in}");
    assert_eq!(scratch.run(&script, "").stdout(), expected);

    let wrong = "singlecmd loginHSM -u CU -s example_user -p wrong_pwd findKey";
    let wrong: Vec<_> = wrong.split(' ').collect();
    let finished = scratch.run(&[&V3[..], &wrong].concat(), "");
    assert_eq!(finished.status(), 255);
    assert!(finished.stdout().contains("returned: 0xa3 \n\n\tHSM Error: RET_USER_LOGIN_FAILURE\n"));
    assert!(!finished.stdout().contains("Command:"));
}

#[test]
fn a_cluster_that_does_not_answer_has_no_mode() {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "dialect = 'v3'\nunreachable = true\n");
    let finished = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], "exit\n");
    assert_eq!(finished.status(), 255);
    let (begin, _) = START.split_once("\n\tCurrent").unwrap();
    let failure = "\n\tCfm3GetPartitionInfo returned: 0x40000040 \n\n\tLIQUIDSECURITY: Daemon socket connection error\n";
    assert_eq!(finished.stdout(), format!("{begin}{failure}"));
}

#[test]
fn an_unknown_mode_is_told_after_the_start() {
    let finished = Scratch::new().run(&[&V3[..], &["findKey"]].concat(), "");
    let begin = format!("{START}\n\tError: Unknown commandline arguments. \n");
    assert!(finished.stdout().starts_with(&begin), "{}", finished.stdout());
    assert_eq!(finished.status(), 0);
}

#[test]
fn the_name_of_the_program_chooses_the_profile() {
    let arguments = ["--ephemeral"];
    let input = format!("{LOGIN}\ngenECCKeyPair -i 1 -l x\nlistECCCurveIds\n");
    let azure = run_as("azcloudhsm_util", &arguments, &input);
    assert!(azure.contains("\tCurrent FIPS mode is: 00000000\n"), "{azure}");
    // Node 1 makes the keys, outside FIPS mode on any curve.
    assert!(azure.contains("public key handle: 262150    private key handle: 262151"), "{azure}");
    assert!(azure.contains("Node id 3 status: 0x00000000") && !azure.contains("Node id 0"));
    for name in ["key_mgmt_util", "key_mgmt_tool"] {
        let aws = run_as(name, &arguments, &input);
        assert!(aws.starts_with(START), "{aws}");
        assert!(aws.contains("Cfm3GenerateKeyPair returned: 0xb3 \n"), "{aws}");
    }
    let classic = run_as("key_mgmt_util", &["--ephemeral", "--profile", "aws-classic"], "exit\n");
    assert_eq!(classic, "\nCommand:  ");
}

#[test]
fn a_session_in_v3_is_recorded_with_its_start_and_replays() {
    let scratch = Scratch::new();
    let input = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x\nfindKey\nexit\n");
    let options = ["--ephemeral", "--profile", "azure", "--seed", "4", "record", "session"];
    assert_eq!(scratch.run(&options, input).status(), 0);
    let recording = scratch.read("session");
    assert!(
        recording.starts_with("# kmu: --seed 4 --profile azure\n\n\tCfm3Initialize()"),
        "{recording}"
    );
    let replayed = scratch.run(&["replay", "session"], "");
    assert_eq!((replayed.status(), replayed.stdout()), (0, String::from("ok    session\n")));
    scratch.write("session", recording.replace("mode is: 00000000", "mode is: 00000002"));
    assert_eq!(scratch.run(&["replay", "session"], "").status(), 1);
}
