//! The ways to run the program: piped, singlecmd, scriptfile, -v; exit status.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{LOGIN, Scratch, handle};

const FAILURE: &str = "deleteKey -k 99";

#[test]
fn piped_prompts_are_printed_and_input_is_not() {
    let scratch = Scratch::new();
    let input = format!("{LOGIN}\ngenECCKeyPair -i 12 -l ecc12\nexit\n");
    let output = scratch.run(&["--ephemeral"], input).stdout();
    let expected = "
Command:  
        Cfm3LoginHSM returned: 0x00 : HSM Return: SUCCESS

        Cluster Error Status
        Node id 0 and err state 0x00000000 : HSM Return: SUCCESS
        Node id 1 and err state 0x00000000 : HSM Return: SUCCESS
        Node id 2 and err state 0x00000000 : HSM Return: SUCCESS

Command:  
        Cfm3GenerateKeyPair returned: 0x00 : HSM Return: SUCCESS

        Cfm3GenerateKeyPair:    public key handle: 6    private key handle: 7

        Cluster Error Status
        Node id 2 and err state 0x00000000 : HSM Return: SUCCESS
        Node id 1 and err state 0x00000000 : HSM Return: SUCCESS
        Node id 0 and err state 0x00000000 : HSM Return: SUCCESS

Command:  ";
    assert_eq!(output, expected);
}

#[test]
fn the_end_of_input_is_an_exit() {
    let finished = Scratch::new().run(&["--ephemeral"], "loginStatus");
    assert_eq!(finished.status(), 0);
    assert!(finished.stdout().ends_with("No user has logged-in\n\nCommand:  "));
}

#[test]
fn indentation_can_be_tabs() {
    let finished = Scratch::new().run(&["--ephemeral", "--indent", "tab"], format!("{LOGIN}\n"));
    assert!(finished.stdout().contains("\n\tCfm3LoginHSM returned"));
    assert!(finished.stdout().contains("\n\tNode id 0"));
    assert!(!finished.stdout().contains("        "));
}

#[test]
fn singlecmd_logs_in_with_flags_in_any_order() {
    let scratch = Scratch::new();
    for login in [
        ["-u", "CU", "-s", "example_user", "-p", "example_pwd"],
        ["-p", "example_pwd", "-s", "example_user", "-u", "CU"],
    ] {
        for leading in [&["singlecmd", "loginHSM"][..], &["Cfm3Util", "singlecmd", "loginHSM"]] {
            let command = ["genECCKeyPair", "-i", "2", "-l", "two words"];
            let arguments = [&["--ephemeral"], leading, &login, &command].concat();
            let finished = scratch.run(&arguments, "");
            assert_eq!(finished.status(), 0);
            let output = finished.stdout();
            assert!(output.starts_with("\n        Cfm3LoginHSM returned: 0x00"), "{output}");
            assert!(
                output.contains("SUCCESS\nCommand: genECCKeyPair  -i  2  -l  two words \n\n"),
                "{output}"
            );
            assert_eq!(handle(&output, "public key handle"), 6);
        }
    }
}

#[test]
fn singlecmd_without_login_runs_unlogged() {
    let scratch = Scratch::new();
    let finished = scratch.run(&["--ephemeral", "singlecmd", "Error2String", "-r", "0xa0"], "");
    assert_eq!(
        finished.stdout(),
        "Command: Error2String  -r  0xa0 \n\n        Error Code a0 maps to \
         HSM Error: No user is logged in to do this operation\n"
    );
    let finished = scratch.run(&["--ephemeral", "singlecmd", "findKey"], "");
    assert!(finished.stdout().contains("Cfm3FindKey returned: 0xa0"));
    assert_eq!(finished.status(), 0);
    assert_eq!(scratch.run(&["--ephemeral", "singlecmd"], "").stdout(), "");
}

#[test]
fn a_failed_login_ends_singlecmd_with_255() {
    let words = "--ephemeral singlecmd loginHSM -u CU -s example_user -p wrong_pwd findKey";
    let arguments: Vec<_> = words.split(' ').collect();
    let finished = Scratch::new().run(&arguments, "");
    assert_eq!(finished.status(), 255);
    assert!(finished.stdout().contains("Cfm3LoginHSM returned: 0xa3"));
    assert!(!finished.stdout().contains("Command:"));
}

#[test]
fn a_script_shows_its_lines_and_comments() {
    let scratch = Scratch::new();
    scratch
        .write("script", format!("# a test\n\n{LOGIN}\r\ngenECCKeyPair -i 2 -l x\nexit\nfindKey"));
    let finished = scratch.run(&["--ephemeral", "scriptfile", "script"], "");
    let output = finished.stdout();
    assert!(
        output.starts_with(&format!("Comment: # a test \nCommand String: {LOGIN} \n\n")),
        "{output}"
    );
    assert!(output.ends_with("Command String: exit \n"), "{output}");
    assert_eq!(handle(&output, "private key handle"), 7);
}

#[test]
fn a_script_without_a_last_newline_ends_with_its_last_line() {
    let scratch = Scratch::new();
    scratch.write("script", "loginStatus");
    let output = scratch.run(&["--ephemeral", "scriptfile", "script"], "").stdout();
    assert_eq!(output, "Command String: loginStatus \n\n        No user has logged-in\n");
}

#[test]
fn a_missing_script_is_named() {
    let finished = Scratch::new().run(&["--ephemeral", "scriptfile", "none"], "");
    assert_eq!(finished.stdout(), "\n        Error: Failed to open script file none. \n");
    assert_eq!(finished.status(), 0);
}

#[test]
fn a_script_runs_programs_only_when_allowed() {
    let scratch = Scratch::new();
    scratch.write("script", "shell touch made\n");
    let output = scratch.run(&["--ephemeral", "scriptfile", "script"], "").stdout();
    assert!(output.contains("Error: shell lines are run with --allow-shell only."));
    assert!(!scratch.path("made").exists());
    let mut command = scratch.command(&["--ephemeral", "--allow-shell", "scriptfile", "script"]);
    let output = command.env("PATH", "/usr/bin:/bin").output().unwrap();
    assert_eq!(output.stdout, b"\ntouch made\n");
    assert!(scratch.path("made").exists());
}

#[test]
fn strict_runs_end_at_the_first_failure_with_1() {
    let scratch = Scratch::new();
    let input = format!("{LOGIN}\n{FAILURE}\nlistAttributes\n");
    let relaxed = scratch.run(&["--ephemeral"], &input);
    assert_eq!(relaxed.status(), 0);
    assert!(relaxed.stdout().contains("OBJ_ATTR_CLASS"));
    for failure in [FAILURE, "noSuchCommand", "genECCKeyPair -i 2", "findKey 'open", "\0"] {
        let input = format!("{LOGIN}\n{failure}\nlistAttributes\n");
        let strict = scratch.run(&["--ephemeral", "--strict"], &input);
        assert_eq!(strict.status(), 1, "{failure:?}");
        assert!(!strict.stdout().contains("OBJ_ATTR_CLASS"), "{failure:?}");
        scratch.write("script", input);
        let strict = scratch.run(&["--ephemeral", "--strict", "scriptfile", "script"], "");
        assert_eq!(strict.status(), 1, "{failure:?}");
    }
    let fine = format!("{LOGIN}\nhelp\ngenECCKeyPair -h\n\nfindKey\nexit\n");
    assert_eq!(scratch.run(&["--ephemeral", "--strict"], fine).status(), 0);
    assert_eq!(scratch.run(&["--ephemeral", "--strict", "singlecmd", "findKey"], "").status(), 1);
}

#[test]
fn unknown_arguments_explain_singlecmd() {
    let finished = Scratch::new().run(&["--ephemeral", "findKey"], "");
    assert_eq!(finished.status(), 0);
    assert!(finished.stdout().starts_with("\n        Error: Unknown commandline arguments. \n"));
    assert!(finished.stdout().contains("singlecmd"));
}

#[test]
fn versions_are_three_lines() {
    let finished = Scratch::new().run(&["-v"], "");
    assert_eq!(
        finished.stdout(),
        "Util Version\t\t\t:\t0.01\nSDK API Version\t\t\t:\t0.01\nLiquidSec Client Version\t:\t0.01\n"
    );
}

#[test]
fn a_cluster_without_a_node_is_unreachable() {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "[[node]]\nid = 0\nup = false\n");
    let finished = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], "help\n");
    assert_eq!(finished.status(), 255);
    assert_eq!(
        finished.stdout(),
        "\n        Cfm3GetPartitionInfo returned: 0x40000040 \n\n        \
         LIQUIDSECURITY: Daemon socket connection error\n"
    );
}

#[test]
fn the_same_seed_gives_the_same_output_and_says_that_nothing_is_secret() {
    let scratch = Scratch::new();
    let run = |seed: &str| {
        let input =
            format!("{LOGIN}\ngenECCKeyPair -i 12 -l x\ngetAttribute -o 7 -a 512 -out file\n");
        let finished = scratch.run(&["--ephemeral", "--seed", seed], input);
        assert!(finished.stderr().contains("nothing here is secret"));
        (finished.stdout(), scratch.read("file"))
    };
    assert_eq!(run("1"), run("1"));
    assert_ne!(run("1").1, run("2").1);
}

#[test]
fn strict_runs_fail_when_the_command_line_names_no_mode() {
    let scratch = Scratch::new();
    for words in [&["nonsense"][..], &["scriptfile"], &["scriptfile", "none"], &["Cfm3Util", "x"]] {
        let relaxed = scratch.run(&[&["--ephemeral"], words].concat(), "");
        assert_eq!(relaxed.status(), 0, "{words:?}");
        let strict = scratch.run(&[&["--ephemeral", "--strict"], words].concat(), "");
        assert_eq!(strict.status(), 1, "{words:?}");
        assert_eq!(strict.stdout(), relaxed.stdout());
    }
    let finished =
        scratch.run(&["Cfm3Util", "--ephemeral", "--strict", "singlecmd", "findKey"], "");
    assert_eq!(finished.status(), 1);
    assert!(finished.stdout().contains("Cfm3FindKey returned: 0xa0"));
}

#[test]
fn options_that_are_none_end_with_2_and_run_nothing() {
    let scratch = Scratch::new();
    for words in [
        &["--stritc"][..],
        &["--epehemeral", "--strict"],
        &["--seed", "abc"],
        &["--clock", "sundial"],
        &["-x"],
    ] {
        let finished = scratch.run(words, "loginStatus\n");
        assert_eq!(finished.status(), 2, "{words:?}");
        assert_eq!(finished.stdout(), "");
        assert!(finished.stderr().contains("--help"), "{}", finished.stderr());
    }
}

#[test]
fn the_reason_for_a_usage_text_is_on_standard_error() {
    let scratch = Scratch::new();
    let reason =
        |arguments: &[&str]| scratch.run(&[&["--ephemeral"], arguments].concat(), "").stderr();
    assert_eq!(reason(&["nonsense"]), "kmu: there is no mode \"nonsense\"; kmu --help says more\n");
    assert!(reason(&["scriptfile"]).contains("scriptfile takes one file"));
    assert!(reason(&["scriptfile", "none"]).contains("none: No such file"));
    for (line, expected) in [
        ("nonsense -x", "there is no command of this name; help shows all"),
        ("findkey -x", "there is no command \"findkey\"; is findKey meant?"),
        ("findKey\t-l\tx", "not by TABs"),
        (
            "findKey -l my label",
            "findKey does not know one of these words; a value with blanks needs quotes",
        ),
        ("findKey -l", "-l needs a value: <key label>"),
        ("findKey -l x -l y", "-l is given twice"),
        ("findKey \u{2013}l x", "typographic dash"),
        ("findKey -sess 2", "-sess cannot have this value"),
        ("deleteKey -k abc", "-k cannot have this value"),
        ("genECCKeyPair -i 2 -l x -m_value 9", "-m_value cannot have this value"),
        ("getAttribute -o 7 -attr_7", "getAttribute does not know one of these words"),
        ("loginHSM -u CU -s x -psecret", "loginHSM was given a word that is none of its flags\n"),
        ("loginStatus now", "loginStatus takes no words"),
    ] {
        let finished = scratch.run(&["--ephemeral", "--strict"], format!("{line}\n"));
        let stderr = finished.stderr();
        assert!(stderr.starts_with("kmu: ") && stderr.contains(expected), "{line}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!(finished.status(), 1, "{line}");
        assert!(!finished.stdout().contains("kmu:"));
    }
    assert_eq!(reason(&["singlecmd", "findKey", "-h"]), "");
    assert_eq!(reason(&["singlecmd", "help"]), "");
}

#[test]
fn nobody_has_to_listen() {
    use std::fs::OpenOptions;
    let scratch = Scratch::new();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    for arguments in [&["-v"][..], &["nonsense"], &["--ephemeral", "singlecmd", "help"]] {
        let output = scratch.command(arguments).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = scratch.command(arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
    // What is said on standard error is said beside the session, which goes on without it.
    let mut command = scratch.command(&["--ephemeral", "--seed", "1", "scriptfile", "script"]);
    scratch.write("script", format!("nonsense\n{LOGIN}\ngenSymKey -t 31 -s 5 -l x\nloginStatus\n"));
    let output = command.stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("CU has logged-in\n"));
}

#[test]
fn empty_lines_before_an_answer_are_skipped() {
    let scratch = Scratch::new();
    let input = format!(
        "{LOGIN}\ngenECCKeyPair -i 2 -l x -sess\nsetAttribute -o 7 -a 1\n\n \n1\nloginStatus\n"
    );
    let finished = scratch.run(&["--ephemeral", "--strict"], input);
    assert_eq!(finished.status(), 0, "{}", finished.stdout());
    assert!(finished.stdout().contains("Cfm3SetAttribute returned: 0x00"));
}

/// Starts a run that waits for a node that never gets the key, and waits until it does.
#[cfg(unix)]
fn waiting_run(scratch: &Scratch) -> std::process::Child {
    use std::io::{BufRead, BufReader};
    scratch.write("cluster.toml", "[[node]]\nid = 0\n[[node]]\nid = 1\nup = false\n");
    let words =
        format!("--cluster cluster.toml singlecmd {LOGIN} genECCKeyPair -i 2 -l x -min_srv 2");
    let words: Vec<_> = words.split(' ').collect();
    let mut child = scratch.command(&words).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Checking") {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0);
    }
    // The rest is read elsewhere, so that the run is not stopped by a full pipe.
    std::thread::spawn(move || output.lines().for_each(drop));
    child
}

#[cfg(unix)]
#[test]
fn control_c_during_a_wait_takes_the_keys_back_before_it_ends_the_run() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = Scratch::new();
    let mut child = waiting_run(&scratch);
    let killed =
        std::process::Command::new("kill").arg("-INT").arg(child.id().to_string()).status();
    assert!(killed.unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    let words = format!("--cluster cluster.toml singlecmd {LOGIN} findKey");
    let found = scratch.run(&words.split(' ').collect::<Vec<_>>(), "");
    assert!(found.stdout().contains("Total number of keys present 0"), "{}", found.stdout());
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_in_the_background_goes_on_ignoring_control_c() {
    let program = env!("CARGO_BIN_EXE_kmu");
    let script = format!(
        "trap '' INT; (echo loginStatus; read line; echo listECCCurveIds) | {{ {program} --ephemeral; }}"
    );
    let scratch = Scratch::new();
    let mut shell = std::process::Command::new("setsid")
        .args(["sh", "-c", &script])
        .env_clear()
        .env("HOME", scratch.path(""))
        .env("PATH", "/usr/bin:/bin")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    use std::io::{BufRead, BufReader, Read, Write};
    let mut output = BufReader::new(shell.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("logged-in") {
        assert_ne!(output.read_line(&mut text).unwrap(), 0, "{text}");
    }
    // The group of the shell that setsid has become, or has started.
    let group = format!("-{}", shell.id());
    let killed = std::process::Command::new("kill").args(["-INT", "--", &group]).status().unwrap();
    assert!(killed.success());
    shell.stdin.take().unwrap().write_all(b"\n").unwrap();
    output.read_to_string(&mut text).unwrap();
    assert!(shell.wait().unwrap().success() && text.contains("prime256v1"), "{text}");
}
