//! Faults that come and go while sessions run, faults at the start, and the
//! examples of the documentation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use kmu::profile::Told;
use kmu::{cluster_file, fault_words};
use support::live::{Live, code, found};
use support::{LOGIN, Scratch};

const DAEMON_LOST: u32 = 0x4000_0040;
const MADE: &str = "genSymKey -t 31 -s 32 -l x";

/// The code of a node in the last cluster block of a reply.
fn node(reply: &str, node: u8) -> u32 {
    let start = format!("Node id {node} and err state 0x");
    let at = reply.rfind(&start).unwrap_or_else(|| panic!("no node {node} in {reply}"));
    u32::from_str_radix(&reply[at + start.len()..][..8], 16).unwrap()
}

fn append(file: &Path, line: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
    writeln!(file, "{line}").unwrap();
}

#[test]
fn a_node_goes_and_comes_back_while_two_sessions_run() {
    let scratch = Scratch::new();
    let faults = scratch.path("faults");
    let options = ["--state", "state", "--faults", "faults"];
    let mut one = Live::logged_in(&scratch, &options, "example_user");
    let mut other = Live::logged_in(&scratch, &options, "alice");
    append(&faults, "node 1 down");
    let made = one.say("genECCKeyPair -i 2 -l x");
    assert_eq!((code(&made), node(&made, 1), node(&made, 2)), (0, 0x3000_0085, 0));
    for session in [&mut one, &mut other] {
        assert_eq!(node(&session.say("findSingleKey -k 6"), 1), 0x3000_0085);
    }
    append(&faults, "node 1 up");
    for session in [&mut one, &mut other] {
        assert_eq!(node(&session.say("findSingleKey -k 6"), 1), 0);
    }
    let errors = one.finish();
    assert_eq!(errors, "kmu: the faults file faults is not there yet\n");
}

#[test]
fn each_session_uses_up_its_own_faults_and_a_new_line_is_a_new_fault() {
    let scratch = Scratch::new();
    let faults = scratch.write("faults", "genSymKey: code 0xbc\n");
    let options = ["--state", "state", "--faults", "faults"];
    let mut one = Live::logged_in(&scratch, &options, "example_user");
    let mut other = Live::logged_in(&scratch, &options, "alice");
    assert_eq!((code(&one.say(MADE)), code(&one.say(MADE))), (0xbc, 0));
    append(&faults, "genSymKey: code 0xbc");
    assert_eq!((code(&one.say(MADE)), code(&one.say(MADE))), (0xbc, 0));
    let codes: Vec<_> = (0..3).map(|_| code(&other.say(MADE))).collect();
    assert_eq!(codes, [0xbc, 0xbc, 0]);
    assert_eq!(found(&one.say("findKey")).len(), 2);
}

#[test]
fn a_damaged_file_is_reported_once_and_the_last_good_one_holds() {
    let scratch = Scratch::new();
    let faults = scratch.write("faults", "# one node is down\n\nnode 1 down\n");
    let mut session =
        Live::logged_in(&scratch, &["--ephemeral", "--faults", "faults"], "example_user");
    append(&faults, "node 1 sideways");
    for _ in 0..3 {
        assert_eq!(node(&session.say(MADE), 1), 0x3000_0085);
    }
    std::fs::remove_file(&faults).unwrap();
    assert_eq!(node(&session.say(MADE), 1), 0);
    assert_eq!(
        session.finish(),
        "kmu: faults file faults: line 4: \"sideways\" is no word about a node; \
         what was said before still holds\n"
    );
}

#[test]
fn the_cluster_file_is_followed_too() {
    let scratch = Scratch::new();
    let cluster = |text: &str| {
        scratch.write("cluster.toml", format!("[[node]]\nid = 0\n[[node]]\nid = 1\n{text}"));
    };
    cluster("");
    let mut session =
        Live::logged_in(&scratch, &["--ephemeral", "--cluster", "cluster.toml"], "example_user");
    assert_eq!(node(&session.say(MADE), 1), 0);
    cluster("read_only = true\n");
    assert_eq!(node(&session.say(MADE), 1), 0xad);
    // What was there before is still there, what was refused is not.
    assert_eq!(node(&session.say("findSingleKey -k 6"), 1), 0);
    assert_eq!(node(&session.say("findSingleKey -k 7"), 1), 0xa8);
    cluster("");
    assert_eq!(node(&session.say("findSingleKey -k 7"), 1), 0);
    cluster("[[fault]]\non = 'findSingleKey'\nnode = 1\ndown = true\n");
    assert_eq!(node(&session.say("findSingleKey -k 7"), 1), 0x3000_0085);
    assert_eq!(node(&session.say("findSingleKey -k 7"), 1), 0);
    assert_eq!(session.finish(), "");
}

#[test]
fn on_a_virtual_clock_a_wait_ends_once_nothing_can_change() {
    let scratch = Scratch::new();
    let run = |delay: &str, words: &str| {
        let fault = format!("node 2 synchronization_delay {delay}");
        let arguments = ["--ephemeral", "--clock", "virtual", "--fault", &fault];
        let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x -min_srv 3{words}\n");
        scratch.run(&arguments, lines).stdout()
    };
    let polls = |output: &str| output.matches("Checking private key status").count();
    // Without a limit, and with one of a century, the key arrives.
    for words in ["", " -timeout 4000000000"] {
        let output = run("5000000", words);
        assert_eq!(polls(&output), 5000, "{words}");
        assert!(!output.contains("Cfm3DeleteKey"), "{words}");
    }
    // The limit that was asked for holds.
    let output = run("5000000", " -timeout 9");
    assert_eq!((polls(&output), output.matches("Cfm3DeleteKey returned: 0x00").count()), (10, 2));
    // A node that never has the key is not waited for until the end of days.
    let arguments = ["--ephemeral", "--clock", "virtual", "--fault", "node 2 read_only"];
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x -min_srv 3 -timeout 4000000000\n");
    let output = scratch.run(&arguments, lines).stdout();
    assert!(output.contains("Cfm3DeleteKey returned: 0x00"), "{}", &output[output.len() - 2000..]);
    let refused = scratch
        .run(&["--ephemeral", "--fault", "node 2 synchronization_delay 99999999999"], "exit\n");
    assert!(refused.stderr().contains("a time is longer than a year"), "{}", refused.stderr());
}

#[test]
fn two_generators_ask_the_partition_before_they_show_their_help() {
    let scratch = Scratch::new();
    let lines = "genRSAKeyPair -h\ngenRSAKeyPair -m 2048\ngenDSAKeyPair -h\ngenECCKeyPair -h\n\
                 loginStatus\n";
    let arguments = ["--ephemeral", "--faults", "faults"];
    scratch.write("faults", "");
    let mut live = Live::start(&scratch, &arguments);
    scratch.write("faults", "unreachable\n");
    let lost = "\n        Cfm3GetPartitionInfo returned: 0x40000040 : \
                LIQUIDSECURITY: Daemon socket connection error\n";
    let missing =
        format!("\n        Error: Public exponant (-e) is missing or invalid input passed\n{lost}");
    let replies: Vec<_> = lines.lines().map(|line| live.say(line)).collect();
    assert_eq!(replies[..3], [lost, &missing, lost]);
    assert!(replies[3].contains("Syntax: genECCKeyPair"));
    // The modulus is looked at after that, and by genDSAKeyPair the other flags, too.
    let servers = "\n        Error: Minimum servers (-min_srv) option is missing\n";
    for (line, said) in [
        ("genRSAKeyPair -m 1 -e 65537 -l x", ""),
        ("genRSAKeyPair -m 1 -e 65537 -l x -timeout 1", servers),
        ("genDSAKeyPair -m 1 -l x -timeout 1 -sess -u 4", ""),
        ("genDSAKeyPair -m 1 -timeout 1", "\n        Error: Key label (-l) is missing.\n"),
    ] {
        assert_eq!(live.say(line), format!("{said}{lost}"), "{line}");
    }
    let status = "\n        Cfm3GetLoginStatus Failure: 0x40000040 : \
                  LIQUIDSECURITY: Daemon socket connection error\n";
    assert_eq!(replies[4], status);
    // A fault of a signature is none of the question for the key's type before it.
    scratch.write("faults", "sign: code 0xbc\nsign: down\n");
    live.say(LOGIN);
    live.say("genECCKeyPair -i 2 -l x");
    scratch.write("message", "x");
    let sign = "sign -f message -k 7 -m 17 -out signature";
    let reply = live.say(sign);
    assert!(reply.starts_with("\n        Cfm3Sign returned: 0xbc : "), "{reply}");
    let reply = live.say(sign);
    assert!(reply.starts_with("Cfm3GetAttribute to get key type failed 1073741888 : "), "{reply}");
    assert!(live.say(sign).contains("Cfm3Sign returned: 0x00 : "));
    live.say("logoutHSM");
    // What faults concern, too.
    scratch.write("faults", "loginStatus: code 0x82\n");
    let faulty = "\n        Cfm3GetLoginStatus Failure: 0x82 : \
                  HSM Error: Invalid command in the current state/configuration\n";
    assert_eq!(live.say("loginStatus"), faulty);
    assert_eq!(live.say("loginStatus"), "\n        No user has logged-in\n");
}

#[test]
fn with_a_virtual_clock_what_was_made_before_a_change_is_told_from_what_was_made_after() {
    let scratch = Scratch::new();
    let options = ["--ephemeral", "--faults", "faults", "--clock", "virtual"];
    let mut session = Live::logged_in(&scratch, &options, "example_user");
    assert_eq!(code(&session.say(&format!("{MADE} -sess"))), 0);
    assert_eq!(code(&session.say(MADE)), 0);
    scratch.write("faults", "node 1 read_only");
    assert_eq!(code(&session.say(MADE)), 0);
    assert_eq!(node(&session.say("findSingleKey -k 7"), 1), 0);
    assert_eq!(node(&session.say("findSingleKey -k 8"), 1), 0xa8);
    scratch.write("faults", "node 0 down");
    assert_eq!(code(&session.say("findSingleKey -k 6")), 0xa8, "its node is down");
    scratch.write("faults", "");
    assert_eq!(code(&session.say("findSingleKey -k 6")), 0xa8, "and has forgotten it");
    assert_eq!(found(&session.say("findKey")), [7, 8]);
}

#[test]
fn the_daemon_is_lost_and_back_while_a_session_runs() {
    let scratch = Scratch::new();
    let mut session =
        Live::logged_in(&scratch, &["--ephemeral", "--faults", "faults"], "example_user");
    assert_eq!(code(&session.say(MADE)), 0);
    scratch.write("faults", "unreachable");
    for command in [MADE, "findKey", "getKeyInfo -k 6", "deleteKey -k 6", "listUsers", "logoutHSM"]
    {
        let reply = session.say(command);
        assert_eq!(code(&reply), DAEMON_LOST, "{reply}");
        assert!(!reply.contains("Cluster Error Status"), "{reply}");
    }
    scratch.write("faults", "unreachable\nreachable");
    assert_eq!(found(&session.say("findKey")), [6]);
}

#[test]
fn an_unreachable_cluster_does_not_start() {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "unreachable = true\n");
    let all_down = ["--fault", "node 0 down", "--fault", "node 1 down", "--fault", "node 2 down"];
    for options in [&["--fault", "unreachable"][..], &["--cluster", "cluster.toml"], &all_down] {
        let finished = scratch.run(&[&["--ephemeral"], options].concat(), "help\n");
        assert_eq!(finished.status(), 255);
        assert_eq!(
            finished.stdout(),
            "\n        Cfm3GetPartitionInfo returned: 0x40000040 \n\n        \
             LIQUIDSECURITY: Daemon socket connection error\n"
        );
    }
}

#[test]
fn what_is_no_fault_ends_the_start() {
    let scratch = Scratch::new();
    scratch.write("faults", "node 1 down\nsing: down\n");
    for (options, expected) in [
        (["--fault", "node 9 down"], "kmu: --fault: there is no node 9\n"),
        (["--faults", "faults"], "kmu: faults file faults: line 2: \"sing\" is no command"),
    ] {
        let finished = scratch.run(&[&["--ephemeral"], &options[..]].concat(), "");
        assert_eq!((finished.status(), finished.stdout().as_str()), (255, ""));
        assert!(finished.stderr().starts_with(expected), "{}", finished.stderr());
    }
}

#[test]
fn a_fault_of_the_login_meets_singlecmd() {
    let finished = Scratch::new().run(
        &[&["--ephemeral", "--fault", "login: down", "singlecmd"][..], &words(LOGIN), &["findKey"]]
            .concat(),
        "",
    );
    assert_eq!((finished.status(), code(&finished.stdout())), (255, DAEMON_LOST));
}

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// The fenced blocks of a text: what stands after the fence, and the content.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<_> = text.split("\n```").collect();
    // Every second part is outside.
    parts.iter().skip(1).step_by(2).filter_map(|block| block.split_once('\n')).collect()
}

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_lines_and_tables_of_the_reference_are_understood() {
    let reference = document("docs/faults.md");
    let mut lines = 0;
    for (kind, content) in blocks(&reference) {
        match kind {
            "faults" => {
                for line in content.lines() {
                    assert!(matches!(fault_words::parse(line), Ok(Some(_))), "{line}");
                    lines += 1;
                }
            }
            "toml" => {
                let settings =
                    cluster_file::parse(content, Path::new(""), &Told::default()).unwrap().1;
                assert_eq!((settings.faults.len(), settings.max_keys), (2, 100));
            }
            other => panic!("{other}"),
        }
    }
    assert!(lines >= 6);
}
