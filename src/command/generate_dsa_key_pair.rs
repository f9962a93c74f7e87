//! `genDSAKeyPair`.

use super::console::Client;
use super::creation::{self, ATTEST, ID, LABEL, M_VALUE, NON_EXTRACTABLE, SESSION, USERS};
use super::example::{Example, LOGIN};
use super::flag::{Flag, Rejection};
use super::reply::PairMaker;
use super::{Arguments, Command, Complaint, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::names::MAX_CLUSTER_SIZE;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{GenerateDsaKeyPair, dsa_modulus_allowed};

static MODULUS: Flag<u32> = Flag::required(
    "-m",
    "<modulus length>",
    "Modulus size (-m) is missing.",
    &["Bits of the prime:", "2048 or 3072"],
    read::integer,
)
.takes("2048 or 3072; outside FIPS mode 1024, too");

/// This command names what the others show their help for.
static MINIMUM_SERVERS: Flag<u8> = Flag::optional(
    "-min_srv",
    "<minimum number of servers>",
    creation::MINIMUM_SERVERS_EXPLANATION,
    |word| match read::integer(word) {
        Ok(value) if value <= u32::from(MAX_CLUSTER_SIZE) => Ok(value as u8),
        Ok(_) => Err(Rejection::say(String::from("Invalid value for -min_srv."))),
        Err(_) => Err(Rejection::say(String::from("Not able to decode core -min_srv argument."))),
    },
)
.takes(creation::SERVERS)
.default("0");

static TIMEOUT: Flag<u32> =
    Flag::optional("-timeout", "<number of seconds>", creation::TIMEOUT_EXPLANATION, |word| {
        read::integer(word)
            .map_err(|_| Rejection::say(String::from("Not able to decode core -timeout argument.")))
    })
    .takes(creation::SECONDS)
    .default("0");

/// The command.
pub static COMMAND: Command = Command {
    names: &["genDSAKeyPair", "dsaGenKeyPair"],
    group: Group::AsymmetricGeneration,
    summary: &["Generates a DSA Key Pair"],
    purpose: &["Makes a DSA key pair on the HSM; both halves get the same label and ID."],
    words: Words::Flags,
    flags: &[
        &MODULUS,
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
    required: &[&MODULUS, &LABEL],
    syntax: &[
        &[&MODULUS, &LABEL],
        &[&SESSION, &NON_EXTRACTABLE, &ID],
        &[&USERS, &M_VALUE, &ATTEST],
        &[&MINIMUM_SERVERS, &TIMEOUT],
    ],
    checks: &[
        modulus_is_allowed,
        creation::timeout_needs_minimum_servers,
        creation::session_keys_are_not_shared,
    ],
    frame: Frame::Full(Layout::new(17, Ending::EmptyLine).continuation("\t\t\t ")),
    example: Example::new(&[LOGIN, "genDSAKeyPair -m 2048 -l dsa"]),
    run,
};

/// Unlike genRSAKeyPair, this command looks at the modulus before the flags about waiting.
fn modulus_is_allowed(arguments: &Arguments) -> Option<Complaint> {
    let fips_mode = arguments.fips_mode();
    let allowed = arguments.get(&MODULUS).is_some_and(|bits| dsa_modulus_allowed(fips_mode, bits));
    (!arguments.help_due() && !allowed)
        .then(|| Complaint::Remark(creation::incorrect_modulus(fips_mode)))
}

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let modulus_bits = arguments.required(&MODULUS)?;
    let request = GenerateDsaKeyPair { modulus_bits, options: creation::options(arguments)? };
    let answer = client.hsm.generate_dsa_key_pair(&request);
    Ok(creation::finish_pair(client, arguments, PairMaker::Dsa, answer))
}
