//! The flags and steps that the imports and exports of secret material share.

use std::path::Path;

use zeroize::Zeroizing;

use super::console::Client;
use super::flag::Flag;
use super::read::{self, FileContent};
use super::reply::{Exported, Maker, Reply};
use super::write_file::{Prepared, Readers};
use super::{Arguments, Usage, creation};
use crate::hsm::attribute::{Attribute, AttributeValue};
use crate::hsm::key::Class;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{AttributeDump, ImportKey, Incoming};

/// Told who left a wrapping key out.
pub const WRAPPING_KEY_ADVICE: &str =
    "4 is the HSM's own wrapping key; genSymKey -t 31 -s 32 -l wrapping -sess makes one";

/// Told who left the AES key out of a command that the HSM's own is not for.
pub const AES_KEY_ADVICE: &str = "genSymKey -t 31 -s 32 -l wrapping -sess makes an AES key";

/// `-wk`: the wrapping key's bytes, so that the client wraps by itself.
pub static HOST_KEY: Flag<FileContent> = Flag::optional(
    "-wk",
    "<wrapping key file>",
    &["File with the bytes of the wrapping key, to wrap outside the HSM"],
    read::file_or_go_on,
)
.takes("file of 16, 24 or 32 bytes")
.default("none: the HSM wraps");

/// `-wk` of the exports.
pub static HOST_UNWRAPPING_KEY: Flag<FileContent> = Flag::optional(
    "-wk",
    "<unwrapping key file>",
    &["File with the bytes of the wrapping key, to unwrap outside the HSM"],
    read::file_or_go_on,
)
.takes("file of 16, 24 or 32 bytes")
.default("none: the HSM unwraps");

/// `-m` of the exports: taken whatever it is, as often as it is given, and without effect.
pub static MECHANISM: Flag<String> = Flag::optional(
    "-m",
    "<wrapping mechanism>",
    &["Wrapping mechanism; the key leaves in the clear, so it has no effect", "NIST_AES_WRAP = 4"],
    read::text,
)
.last_counts()
.takes("text")
.default("4");

/// The bytes of a `-wk` file, if one was given: an AES key. Says so if they are none.
///
/// # Errors
/// The code of the command that ends with it.
pub fn host_key(
    client: &mut Client<'_>,
    arguments: &Arguments,
    flag: &Flag<FileContent>,
) -> Result<Option<Zeroizing<Vec<u8>>>, ReturnCode> {
    match arguments.get(flag) {
        None if !arguments.is_unreadable(flag) => Ok(None),
        Some(file) if matches!(file.content.len(), 16 | 24 | 32) => Ok(Some(file.content)),
        _ => {
            client.show(&Reply::InvalidHostKey);
            Err(ReturnCode::INVALID_INPUT)
        }
    }
}

/// Imports a key, which the client wraps if it has a `host_key`, and says how
/// it went. Returns the code of the command.
///
/// # Errors
/// When a flag that was declared required is missing.
pub fn import(
    client: &mut Client<'_>,
    arguments: &Arguments,
    maker: Maker,
    incoming: Incoming,
    wrapping_key: Handle,
    host_key: Option<Zeroizing<Vec<u8>>>,
) -> Result<ReturnCode, Usage> {
    let options = creation::options(arguments)?;
    let on_host = host_key.is_some();
    let (step, answer) =
        client.hsm.import_key(&ImportKey { incoming, wrapping_key, host_key, options });
    Ok(creation::finish_imported(client, arguments, maker, step, on_host, answer))
}

/// What a key looks like in its file.
pub type Encode = fn(Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>>;

/// Exports a key of a class to a file, in the form that `encode` gives it, and
/// says how it went. Returns the code of the command.
pub fn export(
    client: &mut Client<'_>,
    arguments: &Arguments,
    class: Class,
    key: Handle,
    wrapping_key: Handle,
    file: &Path,
    encode: Encode,
) -> ReturnCode {
    let host_key = match host_key(client, arguments, &HOST_UNWRAPPING_KEY) {
        Ok(host_key) => host_key,
        Err(code) => return code,
    };
    // A class that cannot be read is noticed by the export itself.
    let found = client.hsm.get_attribute(key, Attribute::Class.number()).value;
    if let Some(AttributeDump::One(_, AttributeValue::Byte(number))) = found
        && number != class.number()
    {
        client.show(&Reply::WrongClass(key, class));
        return ReturnCode::INVALID_INPUT;
    }
    let on_host = host_key.is_some();
    let (step, answer) =
        client.hsm.export_key(key, wrapping_key, host_key.as_ref().map(|key| key.as_slice()));
    let mut status = answer.status;
    let (mut opened, mut written) = (false, false);
    if let Some(content) = answer.value.and_then(encode) {
        let result = Prepared::new(file, &content, Readers::Owner).and_then(|prepared| {
            opened = true;
            prepared.commit()
        });
        match result {
            Ok(()) => written = true,
            Err(error) => {
                status.code = ReturnCode::WRITE_OUTPUT_FILE;
                status.detail = Some(format!("{}: {error}", file.display()));
            }
        }
    }
    let code = status.code;
    let file = file.to_owned();
    client.show(&Reply::KeyExported(Exported {
        class,
        step,
        on_host,
        status,
        file,
        opened,
        written,
    }));
    code
}
