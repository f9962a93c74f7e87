//! `createPublicKey`.

use super::console::Client;
use super::creation::{self, LABEL, MINIMUM_SERVERS, SESSION, TIMEOUT, WAITING};
use super::flag::Flag;
use super::reply::Maker;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::asymmetric::PublicKey;
use crate::hsm::names::KeyId;
use crate::hsm::return_code::ReturnCode;

static MODULUS: Flag<Vec<u8>> = Flag::required(
    "-m",
    "<modulus>",
    "Modulus (-m) is missing.",
    &["Modulus in hexadecimal:", "1024 to 4096 bits"],
    read::hexadecimal,
);

static EXPONENT: Flag<u32> = Flag::required(
    "-e",
    "<exponent>",
    "Public exponant (-e) is missing.",
    &["Public exponent: an odd number"],
    read::integer,
);

static ID: Flag<KeyId> = Flag::optional(
    "-id",
    "<key ID>",
    &[
        "ID of the key, unique in the cluster",
        "Note: a public key that is created this way has no private key",
        "      on the HSM, unless one with the same numbers is imported",
    ],
    read::key_id,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["createPublicKey"],
    group: Group::Transfer,
    summary: &["Creates an RSA public key"],
    purpose: &["Stores an RSA public key, given as numbers, on the HSM."],
    words: Words::Flags,
    flags: &[&MODULUS, &EXPONENT, &LABEL, &SESSION, &ID, &MINIMUM_SERVERS, &TIMEOUT],
    required: &[&MODULUS, &EXPONENT, &LABEL],
    syntax: &[&[&MODULUS, &EXPONENT, &LABEL], &[&SESSION, &ID], WAITING],
    checks: &[creation::timeout_needs_minimum_servers],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).continuation("\t\t\t")),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let modulus = arguments.required(&MODULUS)?;
    let exponent = arguments.required(&EXPONENT)?.to_be_bytes();
    let options = creation::options(arguments)?;
    let key = PublicKey::from_rsa(&modulus, &exponent)
        .map_err(|_| Usage::say("Modulus (-m) and exponent (-e) make no RSA key."))?;
    let answer = client.hsm.import_public_key(&key, &options);
    Ok(creation::finish_key(client, arguments, Maker::CreatePublic, answer))
}
