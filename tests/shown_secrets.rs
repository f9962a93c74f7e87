//! No secret in what is shown: error messages, standard error, Debug texts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::cli::Mode;
use kmu::crypto::password::Cost;
use kmu::hsm::clock::Clock;
use kmu::hsm::names::{Handle, KEY_ENCRYPTION_KEY};
use kmu::hsm::settings::Settings;
use kmu::hsm::user::LoginType;
use kmu::hsm::{GenerateSymmetricKey, Hsm, KeyOptions};
use kmu::store::Store;
use support::Scratch;

const SECRET: &str = "Quiet-Harbour-7";

#[test]
fn no_message_about_a_cluster_file_quotes_a_password() {
    let scratch = Scratch::new();
    let number = "77665544332211";
    for (password, secret) in [
        (format!("'{SECRET}"), SECRET),
        (format!("\"{SECRET}"), SECRET),
        (SECRET.to_owned(), SECRET),
        (format!("['{SECRET}']"), SECRET),
        (format!("{{ text = '{SECRET}' }}"), SECRET),
        (format!("{{ '{SECRET}' = 1 }}"), SECRET),
        (format!("'{SECRET}' '{SECRET}'"), SECRET),
        (format!("'{SECRET}'\npassword = '{SECRET}'"), SECRET),
        (format!("'{SECRET}{SECRET}{SECRET}'"), SECRET),
        (format!("\"{SECRET}\\q\""), SECRET),
        (number.to_owned(), number),
        (format!("{number}.5"), number),
        (format!("-{number}"), number),
    ] {
        let text = format!("[[user]]\nname = 'user'\ntype = 'CU'\npassword = {password}\n");
        scratch.write("cluster.toml", text);
        let finished = scratch.run(&["--ephemeral", "--cluster", "cluster.toml"], "");
        assert_eq!(finished.status(), 255, "{password}");
        assert!(finished.stderr().contains("cluster.toml"), "{}", finished.stderr());
        let shown = finished.stdout() + &finished.stderr();
        assert!(!shown.contains(secret), "{password}: {shown}");
    }
}

#[test]
fn no_message_about_a_line_quotes_a_password() {
    let scratch = Scratch::new();
    for line in [
        format!("loginHSM -u CU -s example_user -p {SECRET}"),
        format!("loginHSM -u CU -s nobody -p {SECRET}"),
        format!("loginHSM -u XX -s example_user -p {SECRET}"),
        format!("loginHSM -u CU -p {SECRET}"),
        format!("loginHSM -u CU -s example_user -p {SECRET} -p {SECRET}"),
        format!("loginHSM -u CU -s example_user -p {SECRET} -x {SECRET}"),
        format!("loginHSM -u CU -s example_user -p '{SECRET}"),
        format!("loginHSM -u CU -s example_user -pw {SECRET}"),
        format!("loginHSM -u CU -s example_user -p{SECRET}"),
        format!("loginHSM -u CU -s example_user {SECRET}"),
        format!("genPBEKey -l x {SECRET}"),
        format!("loginHSM -h -p {SECRET}"),
        format!("loginhsm -u CU -s example_user -p {SECRET}"),
        format!("genPBEKey -l x -p {SECRET} -s salt -c 1000"),
        format!("genPBEKey -l x -p {SECRET} -s salt -c x"),
    ] {
        let finished = scratch.run(&["--ephemeral"], format!("{line}\n"));
        let shown = finished.stdout() + &finished.stderr();
        assert!(!shown.contains(SECRET), "{line}: {shown}");
    }
}

#[test]
fn what_can_be_printed_for_debugging_holds_no_secret() {
    let mode = Mode::Single(["loginHSM", "-p", SECRET].map(Into::into).to_vec());
    assert!(!format!("{mode:?}").contains(SECRET));

    let store = Store::in_memory().unwrap();
    let clock = Clock::new_virtual();
    let mut hsm = Hsm::start(Settings::default(), store, clock, Some(1), Cost::IN_MEMORY).unwrap();
    hsm.log_in(LoginType::CryptoUser, "example_user", "example_pwd");
    let options = KeyOptions {
        label: Default::default(),
        id: Default::default(),
        session: false,
        extractable: true,
        shared_with: Vec::new(),
        m_value: 0,
        minimum_servers: 0,
    };
    let request = GenerateSymmetricKey { key_type: 31, length: 16, options };
    let key: Handle = hsm.generate_symmetric_key(&request).value.unwrap();
    let (_, answer) = hsm.export_key(key, KEY_ENCRYPTION_KEY, None);
    let bytes = answer.value.clone().unwrap();
    let text = format!("{answer:?}");
    assert!(!text.contains(&format!("{bytes:?}").replace("Zeroizing(", "").replace(')', "")));
    assert!(!text.contains(&format!("{}, {}", bytes[0], bytes[1])), "{text}");
}
