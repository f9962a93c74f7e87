//! A state of format 1, frozen when that format was new. Every later kmu must
//! open it and find in it what was there.
//!
//! `KMU_FREEZE_STATE` writes the fixture anew. That is for a new format, which
//! gets a directory of its own; a published fixture is never written again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::{LOGIN, Scratch, openssl};

const CLUSTER: &str = "
fips_mode = false
first_handles = [262179, 262177]
[[user]]
name = 'admin'
type = 'PCO'
password = 'admin_pwd'
[[user]]
name = 'app_user'
type = 'AU'
password = 'app_user_pwd'
[[user]]
name = 'example_user'
type = 'CU'
password = 'example_pwd'
quorum_public_key = 'approver.pem'
[[user]]
name = 'alice'
type = 'CU'
password = 'example_pwd'
[[user]]
name = 'bob'
type = 'CU'
password = 'example_pwd'
";

/// What fills the state: keys of every kind, handles given and gone, a user
/// who is locked, one with failures, tokens, certificates.
const FILL: &str = "genECCKeyPair -i 2 -l p256 -id one
genECCKeyPair -i 9 -l binary -nex
genRSAKeyPair -m 2048 -e 65537 -l rsa -u 4
genDSAKeyPair -m 2048 -l dsa
genSymKey -t 31 -s 32 -l aes -u 4,5
genSymKey -t 21 -s 24 -l des3
genSymKey -t 18 -s 16 -l rc4
genSymKey -t 16 -s 33 -l 'generic secret' -nex
genPBEKey -l pbe -p password -s salt -c 1000
genECCKeyPair -i 14 -l guarded -u 4 -m_value 2
genSymKey -t 31 -s 16 -l deleted
deleteKey -k 49
genSymKey -t 31 -s 16 -l session -sess
getAttribute -o 262177 -a 512 -out /dev/null -attest
getCert -f certificate -s 8
getToken -n 5 -k 48 -u example_user -f token
wrapKey -k 262177 -w 4 -out wrapped
extractMaskedObject -o 262177 -out masked
sign -f message -k 262177 -m 17 -out signature
logoutHSM
loginHSM -u CU -s alice -p wrong_pwd
";

/// What is asked of it ever after.
const ASK: &str = "listUsers
loginHSM -u CU -s bob -p example_pwd
loginHSM -u CU -s example_user -p example_pwd
findKey
findKey -l p256
findKey -id one
findKey -u 4,5
getKeyInfo -k 48
getKeyInfo -k 45
findSingleKey -k 49
exportPrivateKey -k 262177 -w 4 -out exported-ec
exportPrivateKey -k 39 -w 4 -out exported-rsa
exportPrivateKey -k 41 -w 4 -out exported-dsa
exSymKey -k 42 -w 4 -out exported-aes
exSymKey -k 43 -w 4 -out exported-des3
exSymKey -k 44 -w 4 -out exported-rc4
exSymKey -k 45 -w 4 -out never
exSymKey -k 46 -w 4 -out exported-pbe
getAttribute -o 45 -a 512 -out attributes-generic
getAttribute -o 37 -a 512 -out attributes-binary
getAttribute -o 48 -a 512 -out attributes-guarded
getCert -f certificate-again -s 8
verify -f message -s signature -k 262179 -m 17
unWrapKey -f wrapped -w 4 -l unwrapped -id two
deleteKey -k 262177
insertMaskedObject -f masked
sign -f message -k 48 -m 18 -out never
genSymKey -t 31 -s 16 -l new
loginStatus
";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/state-1")
}

fn copy(from: &Path, to: &Path) {
    std::fs::write(to, std::fs::read(from).unwrap()).unwrap();
}

/// What came of the questions: the transcript, and the files that it wrote.
fn ask(scratch: &Scratch) -> String {
    let finished = scratch.run(&["--state", "s", "--cluster", "cluster.toml", "--echo"], ASK);
    assert_eq!(finished.status(), 0, "{}", finished.stderr());
    assert!(!scratch.path("never").exists());
    finished.stdout()
}

/// The files that the questions write.
fn written() -> Vec<&'static str> {
    let words = ASK.lines().filter_map(|line| line.split(" -out ").nth(1));
    words.filter(|name| *name != "never").collect()
}

/// The files that belong to the state.
const BELONGINGS: [&str; 8] = [
    "approver.pem",
    "cluster.sqlite",
    "cluster.toml",
    "certificate",
    "masked",
    "message",
    "signature",
    "wrapped",
];

fn freeze() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["genrsa", "-out", "approver.key", "2048"]);
    openssl(&directory, &["pkey", "-in", "approver.key", "-pubout", "-out", "approver.pem"]);
    scratch.write("cluster.toml", CLUSTER);
    scratch.write("message", "a message of the first format");
    let arguments = ["--state", "s", "--cluster", "cluster.toml"];
    let finished = scratch.run(&arguments, format!("{LOGIN}\n{FILL}"));
    println!("{}{}", finished.stdout(), finished.stderr());
    for _ in 0..5 {
        scratch.run(&arguments, "loginHSM -u CU -s bob -p wrong_pwd\n");
    }
    std::fs::create_dir_all(fixture()).unwrap();
    copy(&scratch.path("s/cluster.sqlite"), &scratch.path("cluster.sqlite"));
    for name in BELONGINGS {
        copy(&scratch.path(name), &fixture().join(name));
    }
    std::fs::write(fixture().join("transcript"), ask(&scratch)).unwrap();
    for name in written() {
        copy(&scratch.path(name), &fixture().join(name));
    }
}

#[test]
fn a_state_of_the_first_format_is_opened_and_whole() {
    if std::env::var_os("KMU_FREEZE_STATE").is_some() {
        freeze();
    }
    let scratch = Scratch::new();
    for name in BELONGINGS {
        copy(&fixture().join(name), &scratch.path(name));
    }
    std::fs::create_dir(scratch.path("s")).unwrap();
    let state = scratch.path("s/cluster.sqlite");
    copy(&fixture().join("cluster.sqlite"), &state);
    // Version control does not keep these rights.
    std::fs::set_permissions(scratch.path("s"), std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o600)).unwrap();
    let transcript = ask(&scratch);
    assert_eq!(transcript, std::fs::read_to_string(fixture().join("transcript")).unwrap());
    for name in written() {
        let (now, then) = (std::fs::read(scratch.path(name)), std::fs::read(fixture().join(name)));
        assert!(now.unwrap() == then.unwrap(), "{name}");
    }
    let certificate = |name: &str| std::fs::read(scratch.path(name)).unwrap();
    assert!(certificate("certificate") == certificate("certificate-again"));
}
