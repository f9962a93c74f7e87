//! `getCaviumPrivKey` and `IsValidKeyHandlefile`.

use std::path::{Path, PathBuf};

use super::console::Client;
use super::example::{Example, LOGIN, RSA_PAIR};
use super::flag::{Flag, Rejection};
use super::reply::{FakePem, Reply, ValidHandle};
use super::write_file::{Readers, check_target, write_file};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::curve;
use crate::crypto::fake_pem::{self, Examined};
use crate::hsm::attribute::{Attribute, AttributeValue};
use crate::hsm::key::{Class, KeyType};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{AttributeDump, FindKey};

/// A number as C writes it.
static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key handle>",
    "Key handle (-k) is missing.",
    &["Handle of an RSA or EC private key"],
    |word| read::c_number(word).map(Handle).ok_or(Rejection::CountsAsMissing),
)
.takes("handle: decimal, hexadecimal after 0x, octal after 0");

static OUTPUT: Flag<PathBuf> = Flag::required(
    "-out",
    "<key file>",
    "Key File (-out) is missing.",
    &["File to write the handle to"],
    read::path,
);

static FILE: Flag<PathBuf> = Flag::required(
    "-f",
    "<key file>",
    "Key File (-f) is missing.",
    &["PEM file with an RSA private key"],
    read::path,
)
.takes("PEM file");

/// The command getCaviumPrivKey.
pub static GET: Command = Command {
    names: &["getCaviumPrivKey", "getPrivKeyfile"],
    group: Group::Helper,
    summary: &["Saves an RSA private key handle", "in fake PEM format"],
    purpose: &["Writes the handle of a private key to a file that looks like a key (fake PEM)."],
    words: Words::Flags,
    flags: &[&KEY, &OUTPUT],
    required: &[&KEY, &OUTPUT],
    syntax: &[&[&KEY, &OUTPUT]],
    checks: &[],
    frame: Frame::Full(Layout::new(13, Ending::Line).wide_label()),
    example: Example::new(&[LOGIN, RSA_PAIR, "getCaviumPrivKey -k 7 -out handle.pem"]),
    run: get,
};

/// The command IsValidKeyHandlefile.
pub static IS_VALID: Command = Command {
    names: &["IsValidKeyHandlefile"],
    group: Group::Helper,
    summary: &["Checks if private key file has", "an HSM key handle or a real key"],
    purpose: &[
        "Says whether a private key file has a handle of the HSM or a real key ",
        "(RSA only)",
    ],
    words: Words::Flags,
    flags: &[&FILE],
    required: &[&FILE],
    syntax: &[&[&FILE]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::Line).wide_label()),
    example: Example::new(&[
        LOGIN,
        RSA_PAIR,
        "getCaviumPrivKey -k 7 -out handle.pem",
        "IsValidKeyHandlefile -f handle.pem",
    ]),
    run: is_valid,
};

fn get(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let key = arguments.required(&KEY)?;
    let file = arguments.required(&OUTPUT)?;
    let unwritten = |error: std::io::Error| {
        (ReturnCode::OPEN_FILE, FakePem::NotOpened(format!("{}: {error}", file.display())))
    };
    // The client opens the file before it asks for the key.
    let (code, outcome) = check_target(&file, Readers::Anybody)
        .map_err(unwritten)
        .and_then(|()| fake(client, key))
        .and_then(|text| write_file(&file, text.as_bytes(), Readers::Anybody).map_err(unwritten))
        .map_or_else(|failed| failed, |()| (ReturnCode::SUCCESS, FakePem::Written(file.clone())));
    client.show(&Reply::FakePemWritten(outcome));
    Ok(code)
}

/// The text of a fake PEM file for a key.
fn fake(client: &Client<'_>, key: Handle) -> Result<String, (ReturnCode, FakePem)> {
    let value = |attribute: Attribute| {
        let answer = client.hsm.get_attribute(key, attribute.number());
        match answer.value {
            Some(AttributeDump::One(_, value)) => Ok(value),
            _ => Err((answer.status.code, FakePem::NoAttribute)),
        }
    };
    let key_type = value(Attribute::KeyType)?;
    let class = value(Attribute::Class)?;
    let is = |value: &AttributeValue, number: u8| *value == AttributeValue::Byte(number);
    let (rsa, ec) = (is(&key_type, KeyType::Rsa.number()), is(&key_type, KeyType::Ec.number()));
    if !is(&class, Class::Private.number()) || !(rsa || ec) {
        return Err((ReturnCode::INVALID_INPUT, FakePem::WrongKey));
    }
    let modulus = bytes(value(Attribute::Modulus)?);
    let text = if rsa {
        fake_pem::rsa(&modulus, &bytes(value(Attribute::PublicExponent)?), key.0)
    } else {
        let AttributeValue::Number(nid) = value(Attribute::ModulusBits)? else {
            return Err((ReturnCode::INVALID_INPUT, FakePem::NoAttribute));
        };
        match curve::by_nid(nid) {
            // As in the client, whose library has no prime field for them.
            Some(curve) if curve.is_binary() => {
                return Err((ReturnCode::INVALID_INPUT, FakePem::BinaryCurve));
            }
            Some(curve) => fake_pem::ec(curve, &modulus, key.0),
            None => return Err((ReturnCode::INVALID_INPUT, FakePem::NoAttribute)),
        }
    };
    text.map_err(|_| (ReturnCode::INVALID_INPUT, FakePem::NoAttribute))
}

fn bytes(value: AttributeValue) -> Vec<u8> {
    match value {
        AttributeValue::Bytes(bytes) | AttributeValue::Integer(bytes) => bytes,
        _ => Vec::new(),
    }
}

fn is_valid(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let (code, verdict) = verdict(client, &file);
    client.show(&Reply::HandleFileExamined(file, verdict));
    Ok(code)
}

fn verdict(client: &mut Client<'_>, file: &Path) -> (ReturnCode, ValidHandle) {
    // What can be opened but not read, or is too long, has no text, which is no key.
    let Ok(text) = read::key_text(file) else {
        return (ReturnCode::OPEN_FILE, ValidHandle::NotOpened);
    };
    match fake_pem::examine(&text) {
        Err(_) => (ReturnCode::INVALID_INPUT, ValidHandle::NotRead),
        Ok(Examined::RealKey) => (ReturnCode::SUCCESS, ValidHandle::RealKey),
        Ok(Examined::Handle(handle)) => {
            // The client looks at the lower half only.
            let handle = handle as u32;
            let private =
                FindKey { class: Some(Class::Private.number().into()), ..FindKey::default() };
            let answer = client.hsm.find_key(&private);
            let found = answer.value.unwrap_or_default();
            if !answer.status.code.is_success() {
                // The client says no more of it than of a handle that it does not find.
                (answer.status.code, ValidHandle::Unknown(handle))
            } else if found.iter().any(|key| key.0 as u32 == handle) {
                (ReturnCode::SUCCESS, ValidHandle::Known(handle))
            } else {
                (ReturnCode::INVALID_HANDLE, ValidHandle::Unknown(handle))
            }
        }
    }
}
