//! `genSymKey`.

use super::console::Client;
use super::creation::{
    self, ATTEST, ID, LABEL_WITH_BLANK, M_VALUE, MINIMUM_SERVERS, NON_EXTRACTABLE,
};
use super::creation::{SESSION, TIMEOUT, USERS, WAITING};
use super::example::{AES_KEY, Example, LOGIN};
use super::flag::Flag;
use super::reply::{Maker, Reply};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::GenerateSymmetricKey;
use crate::hsm::information::FipsState;
use crate::hsm::key::KeyType;
use crate::hsm::return_code::ReturnCode;

static KEY_TYPE: Flag<u32> = Flag::required(
    "-t",
    "<key type>",
    "Key type (-t) is missing.",
    &["Type of the key:", "16 = GENERIC_SECRET, 18 = RC4, 21 = DES3, 31 = AES"],
    read::integer,
)
.takes("16, 18, 21 or 31");

static SIZE: Flag<u32> = Flag::required(
    "-s",
    "<key size>",
    "Key size (-s) is missing.",
    &[
        "Size of the key in bytes:",
        "AES 16, 24 or 32",
        "    3DES 24",
        "    RC4 1 to 256, not in FIPS mode",
        "    GENERIC_SECRET 1 to 3584",
    ],
    read::integer,
)
.takes("1 to 3584, as far as the type has such keys");

/// The command.
pub static COMMAND: Command = Command {
    names: &["genSymKey"],
    group: Group::SymmetricGeneration,
    summary: &["Generates a Symmetric keys"],
    purpose: &["Makes a symmetric key on the HSM."],
    words: Words::Flags,
    flags: &[
        &LABEL_WITH_BLANK,
        &KEY_TYPE,
        &SIZE,
        &SESSION,
        &ID,
        &NON_EXTRACTABLE,
        &USERS,
        &M_VALUE,
        &MINIMUM_SERVERS,
        &TIMEOUT,
        &ATTEST,
    ],
    required: &[&KEY_TYPE, &SIZE, &LABEL_WITH_BLANK],
    syntax: &[
        &[&LABEL_WITH_BLANK, &KEY_TYPE, &SIZE],
        &[&SESSION, &ID, &NON_EXTRACTABLE, &ATTEST],
        &[&USERS, &M_VALUE],
        WAITING,
    ],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).continuation("\t\t\t")),
    example: Example::new(&[LOGIN, AES_KEY]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let state = client.hsm.fips_state();
    // The client itself refuses this, before it asks the HSM.
    if arguments.required(&KEY_TYPE)? == u32::from(KeyType::Rc4.number()) && state != FipsState::Off
    {
        client.show(&Reply::Rc4Refused(state.number()));
        return Ok(ReturnCode::POLICY_VIOLATION);
    }
    let request = GenerateSymmetricKey {
        key_type: arguments.required(&KEY_TYPE)?,
        length: arguments.required(&SIZE)?,
        options: creation::options(arguments)?,
    };
    let answer = client.hsm.generate_symmetric_key(&request);
    Ok(creation::finish_key(client, arguments, Maker::GenerateSymmetric, answer))
}
