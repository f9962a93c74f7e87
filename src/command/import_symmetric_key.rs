//! `imSymKey`.

use zeroize::Zeroizing;

use super::console::Client;
use super::creation::{
    self, ATTEST_ONCE, ID, LABEL, M_VALUE_UNEXPLAINED, MINIMUM_SERVERS, SESSION, TIMEOUT, USERS,
};
use super::example::{AES_KEY, Example, LOGIN};
use super::flag::Flag;
use super::import_export::{HOST_KEY, WRAPPING_KEY_ADVICE, host_key, import};
use super::read::{self, FileContent};
use super::reply::Maker;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::hsm::Incoming;
use crate::hsm::information::FipsState;
use crate::hsm::key::KeyType;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

static KEY_TYPE: Flag<u32> = Flag::required(
    "-t",
    "<key type>",
    "Key type (-t) is missing.",
    &["Type of the key:", "16 = GENERIC_SECRET, 18 = RC4, 21 = DES3, 31 = AES"],
    read::integer,
)
.takes("16, 18, 21 or 31");

static WRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapper key handle>",
    "wrapping key handle (-w) is missing.",
    &["Handle of the AES key that wraps it on its way; 4 is the HSM's own"],
    read::handle,
)
.advised(WRAPPING_KEY_ADVICE)
.last_counts();

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<key file name>",
    "Key filename (-f) is missing.",
    &[
        "File with the bytes of the key:",
        "RC4 1 to 256, not in FIPS mode",
        "    GENERIC_SECRET 1 to 3584",
        "    DES3 24, or 8 (a DES key, used three times) when not in FIPS mode",
        "    AES 16, 24 or 32",
    ],
    read::file,
)
.takes("file of 1 to 3584 bytes, as far as the type has such keys");

/// Bytes of a DES key.
const DES_KEY_LENGTH: usize = 8;

/// The command.
pub static COMMAND: Command = Command {
    names: &["imSymKey"],
    group: Group::Transfer,
    summary: &["Imports a Symmetric key"],
    purpose: &["Stores a symmetric key from a file on the HSM."],
    words: Words::Flags,
    flags: &[
        &LABEL,
        &KEY_TYPE,
        &FILE,
        &WRAPPING_KEY,
        &USERS,
        &SESSION,
        &ATTEST_ONCE,
        &ID,
        &M_VALUE_UNEXPLAINED,
        &HOST_KEY,
        &MINIMUM_SERVERS,
        &TIMEOUT,
    ],
    required: &[&KEY_TYPE, &WRAPPING_KEY, &LABEL, &FILE],
    syntax: &[],
    checks: &[creation::timeout_needs_minimum_servers],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).written_syntax(&[
        "-l <label> -t <key type> -f <key file name> -w <wrapper key handle>",
        "\t\t\t[-u <user-ids>] [-sess] [-id <key ID>] [-m_value <0..8>]",
        "\t\t\t[-wk <wrapping key file>][-attest]",
        "\t\t\t[-min_srv <minimum number of servers>] [-timeout <number of seconds>]",
    ])),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        "exSymKey -k 6 -w 4 -out aes.key",
        "imSymKey -l imported -t 31 -f aes.key -w 4",
    ]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let key_type = arguments.required(&KEY_TYPE)?;
    let mut content = arguments.required(&FILE)?.content;
    let is_des = key_type == u32::from(KeyType::Des3.number()) && content.len() == DES_KEY_LENGTH;
    if is_des && client.hsm.fips_state() == FipsState::Off {
        // A DES key is the Triple DES key all three parts of which are the same.
        content = Zeroizing::new(content.repeat(3));
    }
    let incoming = Incoming::Symmetric(key_type, content);
    let wrapping_key = arguments.required(&WRAPPING_KEY)?;
    match host_key(client, arguments, &HOST_KEY) {
        Ok(key) => import(client, arguments, Maker::ImportSymmetric, incoming, wrapping_key, key),
        Err(code) => Ok(code),
    }
}
