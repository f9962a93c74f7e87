//! What a process still holds in its memory of secrets that it is done with.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::os::unix::fs::FileExt;

use support::dice::Dice;
use support::live::{Live, code};
use support::{Scratch, opened, openssl};

const PASSWORD: &str = "Quiet-Harbour-7";
const WRONG_PASSWORD: &str = "Loud-Harbour-7";
const PBE_PASSWORD: &str = "Distant-Shore-9";

/// Everything that a process can write to.
fn memory(process: u32) -> Vec<u8> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let file = std::fs::File::open(format!("/proc/{process}/mem")).unwrap();
    let mut content = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let address = |digits| u64::from_str_radix(digits, 16).unwrap();
        let mut region = vec![0; (address(end) - address(start)) as usize];
        // Parts of the stack's region may not be there.
        if file.read_exact_at(&mut region, address(start)).is_ok() {
            content.extend(region);
        }
    }
    content
}

fn count(content: &[u8], part: &[u8]) -> usize {
    content.windows(part.len()).filter(|window| *window == part).count()
}

#[test]
fn after_logout_no_secret_is_left_in_memory() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let make = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    openssl(&directory, &[&make[..], &["-out", "ec.pem"]].concat());
    let pkcs8 = ["pkcs8", "-topk8", "-nocrypt", "-in", "ec.pem", "-outform", "DER", "-out", "der"];
    openssl(&directory, &pkcs8);
    let der = std::fs::read(scratch.path("der")).unwrap();
    let scalar = &der[36..68];
    let mut dice = Dice::new(8);
    let mut random =
        |length: usize| -> Vec<u8> { (0..length).map(|_| dice.next() as u8).collect() };
    let (aes, generic, session) = (random(32), random(64), random(32));
    for (name, key) in [("aes", &aes), ("generic", &generic), ("session", &session)] {
        scratch.write(name, key);
    }
    scratch.write(
        "cluster.toml",
        format!(
            "fips_mode = false\n[[user]]\nname = 'user'\ntype = 'CU'\npassword = '{PASSWORD}'\n"
        ),
    );
    let arguments = ["--state", "s", "--cluster", "cluster.toml"];
    scratch.run(&arguments, "");
    let login = format!("loginHSM -u CU -s user -p {PASSWORD}");
    let mut live = Live::start(&scratch, &arguments);
    let wrong = format!("loginHSM -u CU -s user -p {WRONG_PASSWORD}");
    assert_eq!(code(&live.say(&wrong)), 0xa3);
    // The login comes last but for shorter lines, so that no later line takes its place.
    for line in [
        login.as_str(),
        "importPrivateKey -f ec.pem -l x -w 4",
        "imSymKey -f aes -t 31 -l x -w 4",
        "imSymKey -f generic -t 16 -l x -w 4",
        "imSymKey -f session -t 31 -l x -w 4 -sess",
        &format!("genPBEKey -l x -p {PBE_PASSWORD} -s salt -c 1000"),
        "sign -f der -k 6 -m 17 -out signature",
        "exportPrivateKey -k 6 -w 4 -out out",
        "exSymKey -k 7 -w 4 -out out",
        "wrapKey -k 8 -w 7 -out out",
        "unWrapKey -f out -w 7 -l y",
        "extractMaskedObject -o 8 -out out",
        "deleteKey -k 8",
        "insertMaskedObject -f out",
        "logoutHSM",
        login.as_str(),
        "findKey -c 3",
    ] {
        let reply = live.say(line);
        assert_eq!(code(&reply), 0, "{line}: {reply}");
    }
    // While somebody is logged in, the cluster key must be somewhere: so the search finds what is there.
    let opened = opened::open(&scratch.path("s"), "user", PASSWORD);
    let cluster_key = &opened.cluster_key;
    assert_ne!(count(&memory(live.id()), &cluster_key[..]), 0);
    assert_eq!(code(&live.say("logoutHSM")), 0);
    assert_eq!(code(&live.say("findKey")), 0xa0);
    let content = memory(live.id());
    let found: Vec<(&str, usize)> = [
        ("password", PASSWORD.as_bytes()),
        ("wrong password", WRONG_PASSWORD.as_bytes()),
        ("PBE password", PBE_PASSWORD.as_bytes()),
        ("scalar", &scalar[..16]),
        ("scalar", &scalar[16..]),
        ("AES key", &aes[..16]),
        ("AES key", &aes[16..]),
        ("generic secret", &generic[..16]),
        ("generic secret", &generic[24..40]),
        ("session key", &session[..16]),
        ("session key", &session[16..]),
        ("key of the password", &opened.slot_key[..16]),
        ("key of the password", &opened.slot_key[16..]),
        ("cluster key", &cluster_key[..16]),
        ("cluster key", &cluster_key[16..]),
    ]
    .into_iter()
    .map(|(name, secret)| (name, count(&content, secret)))
    .collect();
    println!("{} bytes of memory: {found:?}", content.len());
    assert!(found.iter().all(|(_, count)| *count == 0), "{found:?}");
}
