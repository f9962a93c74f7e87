//! What commands say of files that they read and write.

use std::path::Path;

use super::templates::Style;
use crate::command::flag::UnreadableFile;
use crate::command::reply::{FakePem, HostWrapped, UnreadableKey, ValidHandle};
use crate::crypto;
use crate::crypto::signature::Verdict;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{HostWrap, Status};

/// What is said of a key of an algorithm that is none of the HSM's; the client
/// has no number for such a type.
pub const INVALID_KEY_TYPE: &str = "Error: Invalid Key Type -1\n";

/// How the lines begin that say of a file which a command reads that it cannot be read.
const UNREADABLE: &str = "WARNING: Failed to read from the file";
const NOT_OPENED: &str = "failed to open file ";

/// Whether a printed line says that a file which the command reads cannot be read.
pub fn names_unreadable_file(line: &str) -> bool {
    [UNREADABLE, NOT_OPENED].iter().any(|start| line.trim_start().starts_with(start))
}

/// A file with a private key that cannot be opened, and why.
pub fn key_file_not_opened(file: &Path, reason: &str) -> String {
    format!("{NOT_OPENED} {} : {reason}\n", file.display())
}

/// aesWrapUnwrap and aesUnwrapPkcs8Buffer.
pub fn host_wrapped(s: Style, wrapped: &HostWrapped) -> String {
    let name = match wrapped.direction {
        _ if wrapped.pkcs8 => "aesUnwrapPkcs8Buffer",
        HostWrap::Wrap => "Cfm3WrapHostKey",
        HostWrap::Unwrap => "Cfm3UnWrapHostKey",
    };
    let result = s.returned(name, wrapped.status.code);
    let Some(bytes) = &wrapped.result else { return result };
    let byte = |(index, byte): (usize, &u8)| {
        format!("{}{byte:02X} ", if index % 8 == 0 { "\n" } else { "" })
    };
    let data: String = bytes.iter().enumerate().map(byte).collect();
    let written = if wrapped.status.code.is_success() {
        format!("\n\nresult written to file {} \n", wrapped.file.display())
    } else {
        String::from("\n\nFailed to write result into a file.\n")
    };
    format!("result data:{data}{written}{result}")
}

/// getCaviumPrivKey.
pub fn fake_pem(s: Style, outcome: &FakePem) -> String {
    let i = s.indent;
    let reason = match outcome {
        FakePem::Written(file) => {
            let file = file.display();
            return format!("\n\nPrivate Key Handle is written to {file} in fake PEM format\n")
                + &s.returned("getCaviumPrivKey", ReturnCode::SUCCESS);
        }
        FakePem::NotOpened(_) => "Failed to open file for writing",
        FakePem::NoAttribute => "Failed to get key attribute",
        FakePem::WrongKey => "Input key handle should be RSA/ECDSA private key handle",
        FakePem::BinaryCurve => "EC_GROUP_get_curve_GFp failed",
    };
    format!("\n{i}{reason}\n\n{i}Error in writing private key file\n")
}

/// IsValidKeyHandlefile.
pub fn handle_file(i: &str, file: &Path, verdict: ValidHandle) -> String {
    let file = file.display();
    match verdict {
        ValidHandle::NotOpened => format!("\n\n {i} error in opening file {file} \n\n"),
        ValidHandle::NotRead => format!("\n\n: {i}error in Reading private key file {file} \n\n"),
        ValidHandle::RealKey => format!("\n\n {i}Input key file has real private key \n\n"),
        ValidHandle::Known(handle) => {
            format!("\n\n {i}Input file has key handle: {handle} \n\n")
        }
        ValidHandle::Unknown(handle) => {
            format!("\n\n {i}Input file has invalid key handle: {handle} \n")
        }
    }
}

/// What is said of a mechanism that does not fit the key; nothing if it does.
pub fn unfit_mechanism(i: &str, status: &Status, what: &str) -> String {
    if status.code != ReturnCode::INVALID_USER_INPUT {
        return String::new();
    }
    format!("\n{i}Unsupported hash type/provided key not valid for {what} mechanism\n")
}

/// What later clients say of a signature that they refuse without asking the
/// HSM, or by what they compute from its answer.
pub fn signature_fault(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::WrongLength => Some("Invalid signature length"),
        Verdict::OtherDigest => Some("Failed to verify signature"),
        Verdict::Malformed => Some("Invalid signature"),
        Verdict::Valid | Verdict::Mismatch => None,
    }
}

/// importPubKey's words about a file that holds no public key.
pub fn unreadable_public_key(i: &str, key: &UnreadableKey) -> String {
    match key.reason {
        crypto::Error::UnknownAlgorithm => INVALID_KEY_TYPE.to_owned(),
        _ => format!("\n{i} Failed to read Public Key from file {}\n", key.file.display()),
    }
}

/// getCert.
pub fn certificate_read(i: &str, status: &Status, file: &Path) -> String {
    let got =
        |code: ReturnCode| format!("\n{i}Cfm3GetCert() returned {} :{}\n", code.0, code.text());
    match status.code {
        ReturnCode::SUCCESS => got(ReturnCode::SUCCESS),
        ReturnCode::WRITE_OUTPUT_FILE => {
            got(ReturnCode::SUCCESS) + &format!("\n{i}Error: Empty file: {}\n", file.display())
        }
        // The word that is misspelt is misspelt in the client, too.
        code => format!("\n{i}Cfm3GetCert() failed with erro code {} :{}\n", code.0, code.text()),
    }
}

/// A file named on the command line that cannot be read.
pub fn unreadable_file(i: &str, file: &UnreadableFile) -> String {
    let name = file.path.display();
    let empty =
        if file.empty { format!("\n{i} {name} is an empty file.\n") } else { String::new() };
    empty + &format!("\n{i}{UNREADABLE} \"{name}\".\n")
}
