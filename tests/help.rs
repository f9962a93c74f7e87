//! The help table against the commands that the shell runs: no command without
//! a page, no page without a command.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::command::COMMANDS;
use support::Scratch;

/// What stands in the table though the shell itself does it.
const OF_THE_SHELL: [&str; 2] = ["exit", "help"];

/// What the real program accepts, in the order of its table, and its aliases.
const REAL: &str = "getHSMInfo getPartitionInfo listUsers loginStatus loginHSM logoutHSM getToken delToken \
    approveToken listTokens genRSAKeyPair genDSAKeyPair genECCKeyPair genPBEKey genSymKey createPublicKey \
    importPubKey exportPubKey importPrivateKey exportPrivateKey imSymKey exSymKey wrapKey unWrapKey \
    unWrapKeyWithSize deleteKey setAttribute getKeyInfo findKey findSingleKey getAttribute getCert \
    insertMaskedObject extractMaskedObject sign verify aesWrapUnwrap aesUnwrapPkcs8Buffer Error2String \
    getCaviumPrivKey IsValidKeyHandlefile listAttributes listECCCurveIds";
const ALIASES: [(&str, &str); 3] = [
    ("rsaGenKeyPair", "genRSAKeyPair"),
    ("dsaGenKeyPair", "genDSAKeyPair"),
    ("getPrivKeyfile", "getCaviumPrivKey"),
];

/// What only the table of commands prints.
const TABLE: &str = "Help Commands Available:";

/// What a line prints, without anybody logged in.
fn shown(line: &str) -> String {
    let finished = Scratch::new().run(&["--ephemeral"], format!("{line}\nexit\n"));
    assert_eq!(finished.status(), 0);
    finished.stdout()
}

/// The names of the table: they begin at column 3, under the heading.
fn listed() -> Vec<String> {
    let table = shown("help");
    let (_, rows) = table.split_once("=======               ===========\n").unwrap();
    let name = |line: &str| {
        let row = line.strip_prefix("   ").filter(|row| !row.starts_with(' '))?;
        row.split(' ').next().map(str::to_owned)
    };
    rows.lines().filter_map(name).collect()
}

#[test]
fn the_table_lists_what_the_shell_runs_and_nothing_else() {
    let names: Vec<_> = COMMANDS.iter().map(|command| command.name()).collect();
    assert_eq!(listed(), [&OF_THE_SHELL[..], &names].concat());
}

#[test]
fn every_command_of_the_real_program_is_there_in_its_order() {
    let real: Vec<_> = REAL.split_ascii_whitespace().collect();
    assert_eq!(listed(), [&OF_THE_SHELL[..], &real].concat());
    let aliases = COMMANDS
        .iter()
        .flat_map(|command| command.names[1..].iter().map(|alias| (*alias, command.name())));
    assert_eq!(aliases.collect::<Vec<_>>(), ALIASES);
}

#[test]
fn every_name_has_a_page() {
    for command in COMMANDS {
        for name in command.names {
            let page = shown(&format!("{name} -h"));
            assert!(page.contains("Description"), "{name}: {page}");
            assert!(!page.contains(TABLE), "{name}: {page}");
            // The two lists are their own pages, and short pages have no syntax.
            if let Some((_, syntax)) = page.split_once("Syntax:") {
                assert_eq!(syntax.split_ascii_whitespace().next(), Some(command.name()));
            }
        }
    }
}

#[test]
fn what_is_no_command_shows_the_table() {
    for word in ["shareKey", "registerMofnPubKey", "HELP", "findkey", "findKe"] {
        assert!(shown(word).contains(TABLE), "{word}");
    }
}

#[test]
fn help_on_a_command_is_its_page_and_more() {
    for command in COMMANDS {
        let name = command.name();
        let explained = shown(&format!("help {name}"));
        let last = command.example.lines.last().unwrap();
        assert!(explained.contains(&format!("       {last}\n")), "{name}: {explained}");
        assert!(!explained.contains(TABLE), "{name}");
        // The two lists have no page of their own, and short pages have no syntax.
        if let Some((_, where_)) = shown(&format!("{name} -h")).split_once("Where:") {
            let page = where_.trim_end_matches(['\n', ' ']).split("\nCommand:").next().unwrap();
            assert!(explained.contains(page.trim_end()), "{name}: {explained}");
        }
    }
    let dsa = shown("help dsaGenKeyPair");
    assert_eq!(dsa, shown("help genDSAKeyPair"));
    assert!(dsa.contains("\nAlso: dsaGenKeyPair\n"), "{dsa}");
    assert!(
        dsa.contains("\n       -m         2048 or 3072; outside FIPS mode 1024, too\n"),
        "{dsa}"
    );
    assert!(dsa.contains("\n       -min_srv   0 to 32 [default: 0]\n"), "{dsa}");
}

#[test]
fn help_on_anything_else_is_the_table() {
    for line in ["help", "help help", "help exit", "help quit", "-h", "help findkey", "help -h"] {
        assert_eq!(shown(line), shown("help"), "{line}");
    }
    let finished = Scratch::new().run(&["--ephemeral", "--strict"], "help findkey\n");
    assert_eq!(finished.status(), 0);
    assert!(finished.stderr().contains("there is no command \"findkey\""));
}
