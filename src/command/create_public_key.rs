//! `createPublicKey`.

use super::console::Client;
use super::creation::{self, LABEL, MINIMUM_SERVERS, SESSION, TIMEOUT, WAITING};
use super::example::{Example, LOGIN};
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
)
.takes("hexadecimal digits of an odd number of 1024 to 4096 bits");

static EXPONENT: Flag<u32> = Flag::required(
    "-e",
    "<exponent>",
    "Public exponant (-e) is missing.",
    &["Public exponent: an odd number"],
    read::integer,
)
.takes("odd number of up to 32 bits, from 3");

static ID: Flag<KeyId> = Flag::optional(
    "-id",
    "<key ID>",
    &[
        "ID of the key, unique in the cluster",
        "Note: a public key that is created this way has no private key",
        "      on the HSM, unless one with the same numbers is imported",
    ],
    read::key_id,
)
.default("no ID");

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
    example: Example::new(&[
        LOGIN,
        "createPublicKey -l rsa -e 65537 -m b2132427c291dd56179bc5af9ec29eaa1a3d85ce4fc7a10d36cd65bf6bd068e45d31e7045ef99fc08dfca34e8773a29f4aa3205ff1025750bbcf0b1c19f82dbf414e795dc806adf5a91bbf45f6a468f930012add04598fa03e5ba3f87081852ce50138c9ef48574fbe4e9508e3bb028513c73ff70cb804ae73ade368b3c0ad57",
    ]),
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
