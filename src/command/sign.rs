//! `sign` and `verify`, which share their mechanisms.

use std::path::PathBuf;

use super::console::Client;
use super::example::{EC_PAIR, Example, LOGIN};
use super::flag::Flag;
use super::read::{self, FileContent};
use super::reply::Reply;
use super::write_file::{Readers, write_file};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::crypto::signature::Mechanism;
use crate::hsm::attribute::Attribute;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{Answer, Hsm, Status};

/// An unreadable message shows the help without a message of its own.
static SIGNED_MESSAGE: Flag<FileContent> = Flag::required(
    "-f",
    "<msg file>",
    "Message file (-f) is missing.",
    &["File with the message"],
    read::file_or_help,
);

static VERIFIED_MESSAGE: Flag<FileContent> = Flag::required(
    "-f",
    "<msg file>",
    "Message file (-f) is missing.",
    &["File with the message"],
    read::file,
);

static SIGNATURE: Flag<FileContent> = Flag::required(
    "-s",
    "<signature file>",
    "Signature file (-s) is missing.",
    &["File with the signature"],
    read::file,
);

static PRIVATE_KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Private Key (-k) is missing.",
    &["Handle of the private key"],
    read::handle,
);

/// The client asks for a private key here too; what it needs is the public one.
static PUBLIC_KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Private Key (-k) is missing.",
    &["Handle of the public key"],
    read::handle,
);

/// The mechanisms, one column further in than the explanation.
static MECHANISMS: &[&str] = &[
    "Signature mechanism:",
    " SHA1_RSA_PKCS       - 0",
    " SHA256_RSA_PKCS     - 1",
    " SHA384_RSA_PKCS     - 2",
    " SHA512_RSA_PKCS     - 3",
    " SHA224_RSA_PKCS     - 4",
    " SHA1_RSA_PKCS_PSS   - 5",
    " SHA256_RSA_PKCS_PSS - 6",
    " SHA384_RSA_PKCS_PSS - 7",
    " SHA512_RSA_PKCS_PSS - 8",
    " SHA224_RSA_PKCS_PSS - 9",
    " ECDSA_SHA1          - 15",
    " ECDSA_SHA224        - 16",
    " ECDSA_SHA256        - 17",
    " ECDSA_SHA384        - 18",
    " ECDSA_SHA512        - 19",
];

static SIGNATURE_MECHANISM: Flag<u32> = Flag::required(
    "-m",
    "<signature mechanism>",
    "Mechanism (-m) is missing.",
    MECHANISMS,
    read::integer,
)
.takes("0 to 9 for RSA keys, 15 to 19 for EC keys");

static VERIFY_MECHANISM: Flag<u32> = Flag::required(
    "-m",
    "<verify mechanism>",
    "Mechanism (-m) is missing.",
    MECHANISMS,
    read::integer,
)
.takes("0 to 9 for RSA keys, 15 to 19 for EC keys");

static OUTPUT: Flag<PathBuf> = Flag::required(
    "-out",
    "<signature file>",
    "Signature File (-out) is missing.",
    &["File to write the signature to"],
    read::path,
);

/// The command sign.
pub static SIGN: Command = Command {
    names: &["sign"],
    group: Group::Crypto,
    summary: &["Generates a signature"],
    purpose: &["Signs a file with a private key."],
    words: Words::Flags,
    flags: &[&SIGNED_MESSAGE, &PRIVATE_KEY, &SIGNATURE_MECHANISM, &OUTPUT],
    required: &[&SIGNED_MESSAGE, &PRIVATE_KEY, &SIGNATURE_MECHANISM, &OUTPUT],
    syntax: &[&[&SIGNED_MESSAGE, &PRIVATE_KEY, &SIGNATURE_MECHANISM, &OUTPUT]],
    checks: &[],
    frame: Frame::Full(Layout::new(12, Ending::Line)),
    example: Example::new(&[
        LOGIN,
        EC_PAIR,
        "exportPubKey -k 6 -out public.pem",
        "sign -f public.pem -k 7 -m 17 -out signature",
    ]),
    run: run_sign,
};

/// The command verify.
pub static VERIFY: Command = Command {
    names: &["verify"],
    group: Group::Crypto,
    summary: &["Verifies a signature"],
    purpose: &["Verifies the signature of a file with a public key."],
    words: Words::Flags,
    flags: &[&VERIFIED_MESSAGE, &SIGNATURE, &PUBLIC_KEY, &VERIFY_MECHANISM],
    required: &[&VERIFIED_MESSAGE, &SIGNATURE, &PUBLIC_KEY, &VERIFY_MECHANISM],
    syntax: &[&[&VERIFIED_MESSAGE, &SIGNATURE, &PUBLIC_KEY, &VERIFY_MECHANISM]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::Line)),
    example: Example::new(&[
        LOGIN,
        EC_PAIR,
        "exportPubKey -k 6 -out public.pem",
        "sign -f public.pem -k 7 -m 17 -out signature",
        "verify -f public.pem -s signature -k 6 -m 17",
    ]),
    run: run_verify,
};

fn run_sign(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let message = arguments.required(&SIGNED_MESSAGE)?;
    let mechanism = Mechanism::from_number(arguments.required(&SIGNATURE_MECHANISM)?);
    let file = arguments.required(&OUTPUT)?;
    let key = arguments.required(&PRIVATE_KEY)?;
    if let Err(status) = read_key_type(client, key) {
        let code = status.code;
        client.show(&Reply::Signed(status, file));
        return Ok(code);
    }
    let answer = client.hsm.sign(key, mechanism, &message.content);
    let mut status = answer.status;
    say_if_lost(client, status.code);
    if let Some(signature) = &answer.value
        && let Err(error) = write_file(&file, signature, Readers::Anybody)
    {
        status.code = ReturnCode::WRITE_OUTPUT_FILE;
        status.detail = Some(format!("{}: {error}", file.display()));
    }
    let code = status.code;
    client.show(&Reply::Signed(status, file));
    Ok(code)
}

fn run_verify(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let message = arguments.required(&VERIFIED_MESSAGE)?;
    let signature = arguments.required(&SIGNATURE)?;
    let mechanism = Mechanism::from_number(arguments.required(&VERIFY_MECHANISM)?);
    let key = arguments.required(&PUBLIC_KEY)?;
    let answer = match read_key_type(client, key) {
        Ok(()) => {
            let answer = client.hsm.verify(key, mechanism, &message.content, &signature.content);
            say_if_lost(client, answer.status.code);
            answer
        }
        Err(status) => Answer { status, value: None },
    };
    let code = answer.status.code;
    client.show(&Reply::Verified(answer));
    Ok(code)
}

/// What the client does first: it reads the key's type, and says so if it can't.
fn read_key_type(client: &mut Client<'_>, key: Handle) -> Result<(), Status> {
    let ask = |hsm: &Hsm| hsm.get_attribute(key, Attribute::KeyType.number()).status;
    let status = client.hsm.before_request(ask);
    if status.code.is_success() {
        return Ok(());
    }
    client.show(&Reply::KeyTypeUnread(status.code));
    Err(status)
}

/// Where nobody answers, the key's type was the first thing that could not be read.
fn say_if_lost(client: &mut Client<'_>, code: ReturnCode) {
    if code == ReturnCode::DAEMON_UNREACHABLE {
        client.show(&Reply::KeyTypeUnread(code));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::signature;

    #[test]
    fn the_help_lists_every_mechanism() {
        let rows: Vec<_> = signature::MECHANISMS
            .iter()
            .map(|mechanism| format!(" {:<20}- {}", mechanism.name, mechanism.number))
            .collect();
        assert_eq!(&MECHANISMS[1..], rows);
    }
}
