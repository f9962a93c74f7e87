//! The flags that every command shares which makes a key.

use super::console::Client;
use super::flag::{AnyFlag, Flag};
use super::reply::{KeyMade, Maker, PairMaker, Reply};
use super::synchronize::{self, Made};
use super::{Arguments, Complaint, Usage, read};
use crate::hsm::names::{Handle, KeyId, Label, UserId};
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{Answer, ImportStep, KeyOptions, KeyPair};

/// `-l`.
pub static LABEL: Flag<Label> = label("<label>");

/// `-l` of the commands whose syntax has a blank in it.
pub static LABEL_WITH_BLANK: Flag<Label> = label("<label >");

const fn label(placeholder: &'static str) -> Flag<Label> {
    Flag::required(
        "-l",
        placeholder,
        "Key label (-l) is missing.",
        &["Label of the key, up to 127 bytes; several keys may share one"],
        read::label,
    )
}

/// `-id`.
pub static ID: Flag<KeyId> =
    Flag::optional("-id", "<key ID>", &["ID of the key, unique in the cluster"], read::key_id)
        .default("no ID");

/// `-u`.
pub static USERS: Flag<Vec<UserId>> = Flag::optional(
    "-u",
    "<user-ids>",
    &["Crypto users to share the key with: ids, separated by commas"],
    read::users,
)
.default("nobody");

/// `-sess`.
pub static SESSION: Flag<()> =
    Flag::switch("-sess", &["Makes a session key, which is gone at logout"]);

/// `-nex`.
pub static NON_EXTRACTABLE: Flag<()> =
    Flag::switch("-nex", &["Makes the key non-extractable: it is never exported"]);

/// What `-m_value` takes.
const M_VALUES: &str = "0 to 8; 0 and 1 ask nobody";

/// What `-min_srv` takes.
pub const SERVERS: &str = "0 to 32";

/// What `-timeout` takes.
pub const SECONDS: &str = "0 to 4294967295";

/// What `-m_value` means.
pub const M_VALUE_EXPLANATION: &[&str] = &["Number of users who must approve each use of the key"];

/// `-m_value`.
pub static M_VALUE: Flag<u8> =
    Flag::optional("-m_value", "<0..8>", M_VALUE_EXPLANATION, read::m_value)
        .takes(M_VALUES)
        .default("0");

/// `-attest`.
pub static ATTEST: Flag<()> =
    Flag::switch("-attest", &["Checks the attestation of the HSM's answer"]);

/// `-attest` of the commands that take it once only.
pub static ATTEST_ONCE: Flag<()> =
    Flag::switch("-attest", &["Checks the attestation of the HSM's answer"]).once();

/// `-m_value` where the client takes it and does not explain it.
pub static M_VALUE_UNEXPLAINED: Flag<u8> =
    Flag::optional("-m_value", "<0..8>", &[], read::m_value).takes(M_VALUES).default("0");

/// What `-min_srv` means.
pub const MINIMUM_SERVERS_EXPLANATION: &[&str] = &[
    "Number of HSMs that must hold the key before the timeout",
    "is over. If fewer do by then, the key is deleted again.",
    "The default is not to wait.",
];

/// What `-timeout` means.
pub const TIMEOUT_EXPLANATION: &[&str] =
    &["Seconds to wait for that number of HSMs; 0 waits", "without end. It needs -min_srv."];

/// `-min_srv`.
pub static MINIMUM_SERVERS: Flag<u8> = Flag::optional(
    "-min_srv",
    "<minimum number of servers>",
    MINIMUM_SERVERS_EXPLANATION,
    read::minimum_servers,
)
.takes(SERVERS)
.default("0");

/// `-timeout`.
pub static TIMEOUT: Flag<u32> =
    Flag::optional("-timeout", "<number of seconds>", TIMEOUT_EXPLANATION, read::timeout)
        .takes(SECONDS)
        .default("0");

/// The two flags about waiting, as the syntax shows them on one line.
pub static WAITING: &[&dyn AnyFlag] = &[&MINIMUM_SERVERS, &TIMEOUT];

/// `-timeout` means nothing without `-min_srv`.
pub fn timeout_needs_minimum_servers(arguments: &Arguments) -> Option<Complaint> {
    (arguments.has(&TIMEOUT) && !arguments.has(&MINIMUM_SERVERS))
        .then_some(Complaint::Error("Minimum servers (-min_srv) option is missing"))
}

/// A session key is its session's own.
pub fn session_keys_are_not_shared(arguments: &Arguments) -> Option<Complaint> {
    (arguments.has(&SESSION) && arguments.has(&USERS))
        .then_some(Complaint::Error("sharing session keys is not allowed"))
}

/// What is said of a modulus length that the HSM does not have.
pub fn incorrect_modulus(fips_mode: bool) -> &'static str {
    if fips_mode {
        "Incorrect Modulus Length for FIPS mode"
    } else {
        "Incorrect Modulus Length for NON-FIPS mode"
    }
}

/// Shows a new pair with its attestation, and waits for it. Returns the code of the command.
pub fn finish_pair(
    client: &mut Client<'_>,
    arguments: &Arguments,
    maker: PairMaker,
    answer: Answer<KeyPair>,
) -> ReturnCode {
    let attested = arguments.has(&ATTEST).then(|| client.hsm.attest_key_pair(&answer)).flatten();
    let (status, pair) = (answer.status.clone(), answer.value);
    client.show(&Reply::KeyPairGenerated(answer, attested, maker));
    let Some(pair) = pair else { return status.code };
    let again = Some(Reply::KeyPairHandles(pair));
    let code = synchronize::wait(client, arguments, &status, &Made::Pair(pair), again);
    // The client shows the verdict and no more; a strict run wants to know.
    if code.is_success() && attested == Some(false) { ReturnCode::ATTESTATION_CHECK } else { code }
}

/// Shows one new key with its attestation, and waits for it. Returns the code of the command.
pub fn finish_key(
    client: &mut Client<'_>,
    arguments: &Arguments,
    maker: Maker,
    answer: Answer<Handle>,
) -> ReturnCode {
    finish(client, arguments, maker, answer, Reply::KeyMade)
}

/// As [`finish_key`] for an unwrapped key; where it had no header, with the
/// step that unwrapping reached.
pub fn finish_unwrapped(
    client: &mut Client<'_>,
    arguments: &Arguments,
    step: Option<ImportStep>,
    answer: Answer<Handle>,
) -> ReturnCode {
    finish(client, arguments, Maker::Unwrap, answer, |made| match step {
        Some(step) => Reply::BareKeyUnwrapped(made, step),
        None => Reply::KeyMade(made),
    })
}

/// As [`finish_key`] for an imported key, with the step that the import
/// reached, and whether the client wrapped by itself.
pub fn finish_imported(
    client: &mut Client<'_>,
    arguments: &Arguments,
    maker: Maker,
    step: ImportStep,
    on_host: bool,
    answer: Answer<Handle>,
) -> ReturnCode {
    let reply = |made| Reply::KeyImported(made, step, on_host);
    finish(client, arguments, maker, answer, reply)
}

fn finish(
    client: &mut Client<'_>,
    arguments: &Arguments,
    maker: Maker,
    answer: Answer<Handle>,
    reply: impl FnOnce(KeyMade) -> Reply,
) -> ReturnCode {
    let attested = arguments.has(&ATTEST).then(|| client.hsm.attest_key(&answer)).flatten();
    let (mut status, handle) = (answer.status.clone(), answer.value);
    client.show(&reply(KeyMade { maker, answer, attested }));
    let Some(handle) = handle else { return status.code };
    // The verdict replaces the code: what does not pass is a failure, what does is complete.
    match attested {
        Some(true) if maker.attestation_decides() => status.code = ReturnCode::SUCCESS,
        Some(false) => return ReturnCode::ATTESTATION_CHECK,
        _ => {}
    }
    // What the client says of a PBE key it says once.
    let repeats = maker != Maker::GeneratePasswordBased;
    let again = repeats.then_some(Reply::KeyHandle(maker, handle));
    synchronize::wait(client, arguments, &status, &Made::Key(handle), again)
}

/// What the shared flags ask for.
///
/// # Errors
/// When the label is missing.
pub fn options(arguments: &Arguments) -> Result<KeyOptions, Usage> {
    Ok(options_with_label(arguments, arguments.required(&LABEL)?))
}

/// What the shared flags ask for beside the label.
pub fn options_with_label(arguments: &Arguments, label: Label) -> KeyOptions {
    KeyOptions {
        label,
        id: arguments.get(&ID).unwrap_or_default(),
        session: arguments.has(&SESSION),
        extractable: !arguments.has(&NON_EXTRACTABLE),
        shared_with: arguments.get(&USERS).unwrap_or_default(),
        m_value: arguments.get(&M_VALUE).unwrap_or(0),
        minimum_servers: arguments.get(&MINIMUM_SERVERS).unwrap_or(0),
    }
}
