//! `genPBEKey`.

use super::console::Client;
use super::creation::{self, ATTEST, ID, LABEL_WITH_BLANK, MINIMUM_SERVERS, NON_EXTRACTABLE};
use super::creation::{M_VALUE_UNEXPLAINED, SESSION, TIMEOUT, USERS, WAITING};
use super::example::{Example, LOGIN};
use super::flag::{Flag, Word};
use super::reply::Maker;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::GeneratePasswordBasedKey;
use crate::hsm::return_code::ReturnCode;

static PASSWORD: Flag<Word> = Flag::required(
    "-p",
    "<password>",
    "Password (-p) is missing.",
    &["Password that the key follows from"],
    read::password,
)
.takes("text");

static SALT: Flag<String> =
    Flag::required("-s", "<salt>", "Salt value (-s) is missing.", &["Salt: any text"], read::text)
        .takes("text");

static ITERATIONS: Flag<u32> = Flag::required(
    "-c",
    "<iteration count>",
    "Iteration count (-c) is missing.",
    &["Iterations of PBKDF2-HMAC-SHA1: 1 to 10000"],
    read::integer,
)
.takes("1 to 10000");

/// The command.
pub static COMMAND: Command = Command {
    names: &["genPBEKey"],
    group: Group::SymmetricGeneration,
    summary: &["Generates a PBE DES3 key"],
    purpose: &["Makes a DES3 key from a password; FIPS mode refuses it."],
    words: Words::Flags,
    flags: &[
        &LABEL_WITH_BLANK,
        &PASSWORD,
        &SALT,
        &ITERATIONS,
        &SESSION,
        &ID,
        &NON_EXTRACTABLE,
        &USERS,
        &M_VALUE_UNEXPLAINED,
        &ATTEST,
        &MINIMUM_SERVERS,
        &TIMEOUT,
    ],
    required: &[&ITERATIONS, &PASSWORD, &SALT, &LABEL_WITH_BLANK],
    syntax: &[
        &[&LABEL_WITH_BLANK, &PASSWORD, &SALT, &ITERATIONS],
        &[&SESSION, &NON_EXTRACTABLE, &ID, &ATTEST],
        &[&USERS, &M_VALUE_UNEXPLAINED],
        WAITING,
    ],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(17, Ending::EmptyLine).continuation("\t\t\t")),
    example: Example::new(&[LOGIN, "genPBEKey -l pbe -p 'a long password' -s salt -c 1000"])
        .on("fips_mode = false"),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let request = GeneratePasswordBasedKey {
        password: arguments.required(&PASSWORD)?,
        salt: arguments.required(&SALT)?,
        iterations: arguments.required(&ITERATIONS)?,
        options: creation::options(arguments)?,
    };
    let answer = client.hsm.generate_password_based_key(&request);
    Ok(creation::finish_key(client, arguments, Maker::GeneratePasswordBased, answer))
}
