//! `genRSAKeyPair`.

use super::console::Client;
use super::creation::{self, ATTEST, ID, LABEL, MINIMUM_SERVERS, NON_EXTRACTABLE};
use super::creation::{SESSION, TIMEOUT, USERS, WAITING};
use super::example::{Example, LOGIN, RSA_PAIR};
use super::flag::{Flag, Message, Rejection};
use super::reply::{PairMaker, Reply};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::names::MAX_USERS_SHARED;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{GenerateRsaKeyPair, rsa_modulus_allowed};

/// The most digits of an exponent, leading zeros included.
const MAX_EXPONENT_DIGITS: usize = 10;

/// The greatest exponent.
const MAX_EXPONENT: u64 = 2_147_483_647;

static MODULUS: Flag<u32> = Flag::required(
    "-m",
    "<modulus length>",
    "Modulus size (-m) is missing.",
    &["Bits of the modulus: 2048 to 4096, a multiple of 256"],
    read::integer,
)
.takes("2048 to 4096, in steps of 256; outside FIPS mode from 1024");

static EXPONENT: Flag<u32> = Flag::required(
    "-e",
    "<public exponent>",
    "Public exponant (-e) is missing or invalid input passed",
    &["Public exponent: an odd number from 65537"],
    read_exponent,
)
.takes("65537 to 2147483647, odd");

/// Unlike elsewhere, 0 is refused here.
static M_VALUE: Flag<u8> = Flag::optional(
    "-m_value",
    "<0..8>",
    creation::M_VALUE_EXPLANATION,
    |word| match read::m_value(word) {
        Ok(value) if value > 0 => Ok(value),
        _ => Err(Rejection::say(format!(
            "Invalid m_value.\nValid m_value range is 1 to {MAX_USERS_SHARED}"
        ))),
    },
)
.takes("1 to 8; 1 asks nobody")
.default("1");

/// The command.
pub static COMMAND: Command = Command {
    names: &["genRSAKeyPair", "rsaGenKeyPair"],
    group: Group::AsymmetricGeneration,
    summary: &["Generates an RSA Key Pair"],
    purpose: &[
        "Makes an RSA key pair on the HSM: the private key signs and decrypts,",
        "the public key verifies and encrypts. Both get the same label and ID.",
    ],
    words: Words::Flags,
    flags: &[
        &MODULUS,
        &EXPONENT,
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
    required: &[&MODULUS, &EXPONENT, &LABEL],
    syntax: &[
        &[&MODULUS, &EXPONENT, &LABEL],
        &[&SESSION, &NON_EXTRACTABLE, &ID],
        &[&USERS, &M_VALUE, &ATTEST],
        WAITING,
    ],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(17, Ending::EmptyLine).continuation("\t\t\t ")),
    example: Example::new(&[LOGIN, RSA_PAIR]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let modulus_bits = arguments.required(&MODULUS)?;
    // The client asks for the mode before it looks at the modulus.
    if let Some(status) = client.hsm.unreachable() {
        let code = status.code;
        client.show(&Reply::PartitionUnread(Usage::default(), status));
        return Ok(code);
    }
    let fips_mode = client.hsm.fips_mode();
    if !rsa_modulus_allowed(fips_mode, modulus_bits) {
        let text = creation::incorrect_modulus(fips_mode).to_owned();
        return Err(Usage::tell(Message::Remark(text)));
    }
    let mut options = creation::options(arguments)?;
    options.m_value = arguments.get(&M_VALUE).unwrap_or(1);
    let request =
        GenerateRsaKeyPair { modulus_bits, exponent: arguments.required(&EXPONENT)?, options };
    let answer = client.hsm.generate_rsa_key_pair(&request);
    Ok(creation::finish_pair(client, arguments, PairMaker::Rsa, answer))
}

/// A decimal number, whose every fault the client names before it counts the flag as missing.
fn read_exponent(word: &str) -> Result<u32, Rejection> {
    let say = |message| Err(Rejection::SayAndCountAsMissing(message));
    if word.len() > MAX_EXPONENT_DIGITS {
        let length = word.len();
        return say(format!(
            "input length {length} is more than {MAX_EXPONENT_DIGITS} digits and input is {word}"
        ));
    }
    if let Some(other) = word.chars().find(|character| !character.is_ascii_digit()) {
        return say(format!("char {other} is not a digit "));
    }
    match word.parse::<u64>() {
        Ok(value) if value <= MAX_EXPONENT => Ok(value as u32),
        Ok(_) => say(format!("exponent value {word} is more than {MAX_EXPONENT}")),
        // Nothing at all.
        Err(_) => Err(Rejection::CountsAsMissing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_named_when_wrong() {
        let said = |word| match read_exponent(word) {
            Err(Rejection::SayAndCountAsMissing(message)) => message,
            other => format!("{other:?}"),
        };
        assert_eq!(read_exponent("65537"), Ok(65_537));
        assert_eq!(read_exponent("2147483647"), Ok(2_147_483_647));
        assert_eq!(
            said("00000065537"),
            "input length 11 is more than 10 digits and input is 00000065537"
        );
        assert_eq!(said("65x37"), "char x is not a digit ");
        assert_eq!(said("2147483648"), "exponent value 2147483648 is more than 2147483647");
        assert_eq!(read_exponent(""), Err(Rejection::CountsAsMissing));
    }
}
