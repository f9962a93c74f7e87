//! What outlives the process, and what a damaged or foreign state does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::PermissionsExt;

use support::{LOGIN, Scratch, handle};

fn run(scratch: &Scratch, lines: &str) -> String {
    let finished = scratch.run(&[], format!("{LOGIN}\n{lines}\n"));
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    finished.stdout()
}

#[test]
fn a_key_is_found_by_the_next_process_and_handles_go_on() {
    let scratch = Scratch::new();
    let first = run(&scratch, "genECCKeyPair -i 14 -l kept -id k1");
    assert_eq!(handle(&first, "private key handle"), 7);
    let second =
        run(&scratch, "findKey -l kept\ngetAttribute -o 7 -a 512 -out a\ngenECCKeyPair -i 2 -l y");
    assert!(second.contains(
        "Total number of keys present 2\n\n number of keys matched from start index 0::1\n6, 7\n"
    ));
    assert_eq!(handle(&second, "private key handle"), 9);
    let before = scratch.read("a");
    run(&scratch, "getAttribute -o 7 -a 512 -out a");
    assert_eq!(scratch.read("a"), before);
}

#[test]
fn a_deleted_handle_is_not_given_again() {
    let scratch = Scratch::new();
    run(&scratch, "genECCKeyPair -i 2 -l x\ndeleteKey -k 6\ndeleteKey -k 7");
    let output = run(&scratch, "findSingleKey -k 7\ngenECCKeyPair -i 2 -l y");
    assert!(output.contains("Cfm3FindKey returned: 0xa8"));
    assert_eq!(handle(&output, "public key handle"), 8);
}

#[test]
fn session_keys_are_invisible_elsewhere_and_gone_later() {
    let scratch = Scratch::new();
    let output = run(&scratch, "genECCKeyPair -i 2 -l x -sess\nfindKey -sess 1");
    assert!(output.contains("\n6, 7\n"));
    let output = run(&scratch, "findKey\ngetKeyInfo -k 7\ngenECCKeyPair -i 2 -l y");
    assert!(output.contains("Total number of keys present 0\n"));
    assert!(output.contains("Cfm3GetKey returned: 0xa8"));
    assert_eq!(handle(&output, "public key handle"), 8);
}

#[test]
fn a_lock_outlives_the_process() {
    let scratch = Scratch::new();
    for _ in 0..5 {
        scratch.run(&[], "loginHSM -u CU -s bob -p wrong_pwd\n");
    }
    let output = scratch.run(&[], "loginHSM -u CU -s bob -p example_pwd\nlistUsers\n").stdout();
    assert!(output.contains("Cfm3LoginHSM returned: 0xa5"), "{output}");
    assert!(output.contains("bob                       NO               5"), "{output}");
    assert!(run(&scratch, "loginStatus").contains("CU has logged-in"));
}

#[test]
fn a_seed_does_not_repeat_keys_on_one_state() {
    let scratch = Scratch::new();
    let point = || {
        let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x\n");
        let output = scratch.run(&["--seed", "1"], lines).stdout();
        let key = handle(&output, "public key handle");
        run(&scratch, &format!("getAttribute -o {key} -a 288 -out point"));
        scratch.read("point")
    };
    assert_ne!(point(), point());
}

#[test]
fn the_state_is_its_owners_only_and_holds_no_secret_in_the_clear() {
    let scratch = Scratch::new();
    scratch.run(&["--state", "s", "--seed", "1"], format!("{LOGIN}\ngenECCKeyPair -i 2 -l mark\n"));
    let mode = |name: &str| scratch.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("s"), 0o700);
    let mut content = Vec::new();
    for entry in std::fs::read_dir(scratch.path("s")).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        content.extend(std::fs::read(entry.path()).unwrap());
    }
    let holds = |part: &[u8]| content.windows(part.len()).any(|window| window == part);
    assert!(holds(b"mark"), "labels are readable, so this is the state");
    assert!(!holds(b"example_pwd"));
    // How every PKCS#8 of a P-256 key begins.
    assert!(!holds(&[0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13]));
}

#[test]
fn a_state_that_others_can_write_is_refused() {
    let scratch = Scratch::new();
    run(&scratch, "findKey");
    let directory = scratch.path(".local/share/kmu");
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o777)).unwrap();
    let finished = scratch.run(&[], "findKey\n");
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("can be written by other users"), "{}", finished.stderr());
}

#[test]
fn a_damaged_state_is_named_and_left_alone() {
    let scratch = Scratch::new();
    run(&scratch, "genECCKeyPair -i 2 -l x");
    let file = ".local/share/kmu/cluster.sqlite";
    let whole = std::fs::read(scratch.path(file)).unwrap();
    for damaged in
        [b"not a database at all, but long enough to be looked at".to_vec(), whole[..5000].to_vec()]
    {
        std::fs::write(scratch.path(file), &damaged).unwrap();
        let finished = scratch.run(&[], "findKey\n");
        assert_eq!(finished.status(), 255, "{}", finished.stdout());
        assert!(finished.stderr().starts_with("kmu: the cluster state "), "{}", finished.stderr());
        assert_eq!(std::fs::read(scratch.path(file)).unwrap(), damaged);
    }
}

#[test]
fn a_state_of_a_later_format_is_refused() {
    let scratch = Scratch::new();
    run(&scratch, "findKey");
    let file = scratch.path(".local/share/kmu/cluster.sqlite");
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    let finished = scratch.run(&[], "findKey\n");
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("format 99"));
}

#[test]
fn a_changed_record_is_noticed() {
    let scratch = Scratch::new();
    run(&scratch, "genECCKeyPair -i 2 -l mine\ngenECCKeyPair -i 2 -l other");
    let file = scratch.path(".local/share/kmu/cluster.sqlite");
    for change in [
        "UPDATE keys SET label = 'his' WHERE handle = 7",
        "UPDATE keys SET owner = 4 WHERE handle = 7; UPDATE keys SET shared_with = ',3,' WHERE handle = 7",
        "UPDATE keys SET booleans = booleans | 1 WHERE handle = 7",
        "UPDATE keys SET modulus = (SELECT modulus FROM keys WHERE handle = 9) WHERE handle = 7",
        "UPDATE keys SET sealed = (SELECT sealed FROM keys WHERE handle = 9) WHERE handle = 7",
        "UPDATE keys SET sealed = x'00' WHERE handle = 7",
        "UPDATE keys SET class = 77 WHERE handle = 7",
    ] {
        let untouched = std::fs::read(&file).unwrap();
        rusqlite::Connection::open(&file).unwrap().execute_batch(change).unwrap();
        let output = run(&scratch, "getAttribute -o 7 -a 512 -out never");
        assert!(output.contains("Cfm3GetAttribute returned: 0xbd"), "{change}: {output}");
        assert!(!scratch.path("never").exists());
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(
                scratch.path(&format!(".local/share/kmu/cluster.sqlite{suffix}")),
            );
        }
        std::fs::write(&file, untouched).unwrap();
    }
    assert!(run(&scratch, "findSingleKey -k 7").contains("Cfm3FindKey returned: 0x00"));
}

#[test]
fn users_come_with_the_state_and_not_later() {
    let scratch = Scratch::new();
    run(&scratch, "findKey");
    scratch
        .write("cluster.toml", "[[user]]\nname = 'late'\ntype = 'CU'\npassword = 'example_pwd'\n");
    let finished = scratch.run(&["--cluster", "cluster.toml"], "");
    assert_eq!(finished.status(), 255);
    assert!(finished.stderr().contains("without user late"), "{}", finished.stderr());
    let login = "loginHSM -u CU -s late -p example_pwd\ngenECCKeyPair -i 2 -l x\n";
    let finished = scratch.run(&["--cluster", "cluster.toml", "--state", "other"], login);
    assert_eq!(handle(&finished.stdout(), "public key handle"), 6);
}

#[test]
fn a_node_that_was_down_has_the_key_when_it_is_back() {
    let scratch = Scratch::new();
    let nodes = |up: bool| format!("[[node]]\nid = 0\n[[node]]\nid = 1\nup = {up}\n");
    scratch.write("down.toml", nodes(false));
    scratch.write("up.toml", nodes(true));
    let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l x\n");
    let output = scratch.run(&["--cluster", "down.toml"], lines).stdout();
    assert!(output.contains("Node id 1 and err state 0x30000085"), "{output}");
    let lines = format!("{LOGIN}\nfindSingleKey -k 7\n");
    let output = scratch.run(&["--cluster", "up.toml"], lines).stdout();
    assert_eq!(output.matches("Node id 1 and err state 0x00000000").count(), 2, "{output}");
}

#[test]
fn a_planned_handle_of_a_node_that_is_not_there_works_for_session_keys_too() {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "first_handles = [2100177, 2100426]\n");
    let lines = format!(
        "{LOGIN}\ngenECCKeyPair -i 2 -l x -sess\ngetAttribute -o 2100426 -a 3 -out label\n\
         deleteKey -k 2100426\n"
    );
    let output = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], lines).stdout();
    assert_eq!(handle(&output, "private key handle"), 2_100_426);
    assert!(output.contains("Cfm3DeleteKey returned: 0x00"), "{output}");
    assert_eq!(scratch.read("label"), "OBJ_ATTR_LABEL\nx\n");
}

#[test]
fn a_full_disk_changes_nothing() {
    let scratch = Scratch::new();
    run(&scratch, "genECCKeyPair -i 2 -l first");
    // The file-size limit of the shell stands for a disk that is full; the signal that
    // comes with it is ignored, so that the write fails as it does on a full disk.
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; printf '{LOGIN}\\ngenECCKeyPair -i 2 -l second\\nfindKey\\n' | {} 2>&1",
        env!("CARGO_BIN_EXE_kmu")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .env("HOME", scratch.path(""))
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    assert!(!text.contains("public key handle"), "{text}");
    assert!(text.contains("kmu: "), "{text}");
    let after = run(&scratch, "findKey\ngenECCKeyPair -i 2 -l third");
    assert!(after.contains("Total number of keys present 2\n"), "{after}");
}
