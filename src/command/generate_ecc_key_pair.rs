//! `genECCKeyPair`.

use super::console::Client;
use super::creation::{self, ATTEST, ID, LABEL, M_VALUE, MINIMUM_SERVERS, NON_EXTRACTABLE};
use super::creation::{SESSION, TIMEOUT, USERS, WAITING};
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::reply::PairMaker;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::curve::Curve;
use crate::hsm::GenerateEccKeyPair;
use crate::hsm::return_code::ReturnCode;

static CURVE: Flag<&'static Curve> = Flag::required(
    "-i",
    "<EC curve id>",
    "Curve id (-i) is missing.",
    &["Number of the curve, from the list below"],
    read::curve,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["genECCKeyPair"],
    group: Group::AsymmetricGeneration,
    summary: &["Generates an ECC Key Pair"],
    purpose: &[
        "Makes an elliptic curve key pair on the HSM: the private key signs,",
        "the public key verifies. Both halves get the same label and ID.",
    ],
    words: Words::Flags,
    flags: &[
        &CURVE,
        &LABEL,
        &SESSION,
        &ID,
        &NON_EXTRACTABLE,
        &USERS,
        &M_VALUE,
        &ATTEST,
        &MINIMUM_SERVERS,
        &TIMEOUT,
    ],
    required: &[&CURVE, &LABEL],
    syntax: &[
        &[&CURVE, &LABEL],
        &[&SESSION, &NON_EXTRACTABLE, &ID],
        &[&USERS, &M_VALUE, &ATTEST],
        WAITING,
    ],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(17, Ending::Curves).continuation("\t\t\t ")),
    example: Example::new(&[LOGIN, EC_PAIR]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let request = GenerateEccKeyPair {
        curve: arguments.required(&CURVE)?,
        options: creation::options(arguments)?,
    };
    let answer = client.hsm.generate_ecc_key_pair(&request);
    Ok(creation::finish_pair(client, arguments, PairMaker::Ecc, answer))
}
