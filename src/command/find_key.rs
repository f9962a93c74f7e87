//! `findKey`.

use std::path::{Path, PathBuf};

use super::console::Client;
use super::example::{AES_KEY, EC_PAIR, Example, LOGIN};
use super::flag::{Flag, Rejection, UnreadableFile};
use super::offer::Offers;
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::FindKey;
use crate::hsm::names::UserId;
use crate::hsm::return_code::ReturnCode;

static CLASS: Flag<u32> = Flag::optional(
    "-c",
    "<key class>",
    &["Class of the keys:", "2 = public", "3 = private", "4 = secret"],
    read::integer,
)
.takes("2, 3 or 4")
.default("any");

static KEY_TYPE: Flag<u32> = Flag::optional(
    "-t",
    "<key type>",
    &[
        "Type of the keys:",
        "0  = RSA",
        "1  = DSA",
        "3  = EC",
        "16 = GENERIC_SECRET",
        "18 = RC4",
        "21 = DES3",
        "31 = AES",
    ],
    read::integer,
)
.takes("0, 1, 3, 16, 18, 21 or 31")
.default("any");

static LABEL: Flag<String> =
    Flag::optional("-l", "<key label>", &["Label of the keys"], read::text)
        .takes("text")
        .default("any")
        .offering(Offers::Labels);

static ID: Flag<String> =
    Flag::optional("-id", "<key ID>", &["ID of the keys"], read::text).takes("text").default("any");

static ID_HEXADECIMAL: Flag<Vec<u8>> = Flag::optional(
    "-idx",
    "<key ID in hex>",
    &["ID of the keys in hexadecimal; not together with -id"],
    read::hexadecimal,
)
.default("any");

static SESSION: Flag<bool> = Flag::optional(
    "-sess",
    "0/1",
    &["1 finds session keys only, 0 finds token keys only"],
    |word| match word {
        "0" => Ok(false),
        "1" => Ok(true),
        number if read::integer(number).is_ok() => Err(Rejection::ShowHelp),
        _ => Err(Rejection::say(String::from("Invalid value for -sess."))),
    },
)
.takes("0 or 1")
.default("both");

static USERS: Flag<Vec<UserId>> = Flag::optional(
    "-u",
    "<user-ids>",
    &["Users who share the keys: ids, separated by commas"],
    read::users,
)
.default("any");

static MODULUS: Flag<PathBuf> = Flag::optional(
    "-m",
    "<modulus>",
    &["File with the modulus or point in hexadecimal"],
    read::path,
)
.takes("file of hexadecimal digits, up to 64 MiB")
.default("any");

static CHECK_VALUE: Flag<Vec<u8>> =
    Flag::optional("-kcv", "<kcv in hex>", &["Key check value in hexadecimal"], read::hexadecimal)
        .takes("hexadecimal digits; zeros in front may be left out")
        .default("any");

/// The command.
pub static COMMAND: Command = Command {
    names: &["findKey"],
    group: Group::KeyManagement,
    summary: &["Find Key"],
    purpose: &["Finds the keys that you may use and that match all the given values."],
    words: Words::Flags,
    flags: &[
        &CLASS,
        &KEY_TYPE,
        &LABEL,
        &ID,
        &ID_HEXADECIMAL,
        &SESSION,
        &USERS,
        &MODULUS,
        &CHECK_VALUE,
    ],
    required: &[],
    syntax: &[
        &[&CLASS, &KEY_TYPE],
        &[&LABEL, &ID, &ID_HEXADECIMAL],
        &[&SESSION, &USERS],
        &[&MODULUS, &CHECK_VALUE],
    ],
    checks: &[],
    frame: Frame::Full(
        Layout::new(14, Ending::Line).continuation("\t\t ").blank_after(&[2]).before_where(1),
    ),
    example: Example::new(&[LOGIN, AES_KEY, EC_PAIR, "findKey -c 3 -l ec"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let id = match (arguments.get(&ID), arguments.get(&ID_HEXADECIMAL)) {
        (Some(_), Some(_)) => {
            let (text, bytes) = (ID.declaration.name, ID_HEXADECIMAL.declaration.name);
            return Err(Usage::because(format!("{text} and {bytes} exclude each other")));
        }
        (text, bytes) => text.map(String::into_bytes).or(bytes),
    };
    let modulus = match arguments.get(&MODULUS).map(|file| read_modulus(&file)).transpose() {
        Ok(modulus) => modulus,
        Err(file) => {
            client.show(&Reply::UnreadableFile(file));
            return Ok(ReturnCode::OPEN_FILE);
        }
    };
    let answer = client.hsm.find_key(&FindKey {
        class: arguments.get(&CLASS),
        key_type: arguments.get(&KEY_TYPE),
        session: arguments.get(&SESSION),
        label: arguments.get(&LABEL),
        id,
        shared_with: arguments.get(&USERS).unwrap_or_default(),
        modulus,
        check_value: arguments.get(&CHECK_VALUE).map(|value| pad_check_value(&value)),
    });
    let code = answer.status.code;
    client.show(&Reply::KeysFound(answer));
    Ok(code)
}

/// The modulus in a file of hexadecimal digits, which may be broken into lines,
/// without leading zero bytes.
fn read_modulus(path: &Path) -> Result<Vec<u8>, UnreadableFile> {
    let file = read::read_file(path)?;
    let mut text = String::from_utf8_lossy(&file.content).into_owned();
    text.retain(|character| !character.is_ascii_whitespace());
    match read::hexadecimal(&text) {
        Ok(bytes) => Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect()),
        Err(_) => Err(UnreadableFile {
            path: path.to_owned(),
            empty: false,
            reason: String::from("it does not hold hexadecimal digits"),
        }),
    }
}

/// A check value has three bytes: leading zeros may have been left out.
fn pad_check_value(value: &[u8]) -> Vec<u8> {
    let missing = 3usize.saturating_sub(value.len());
    [&[0; 3][..missing], value].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modulus_file_may_have_a_prefix_and_lines() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("m");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            read_modulus(&file)
        };
        let empty = |result: Result<_, UnreadableFile>| result.map_err(|file| file.empty);
        assert_eq!(read("0x00ab\ncd\n"), Ok(vec![0xab, 0xcd]));
        assert_eq!(empty(read("not hexadecimal")), Err(false));
        assert_eq!(empty(read("")), Err(true));
        assert_eq!(empty(read_modulus(&directory.path().join("none"))), Err(false));
    }

    #[test]
    fn a_check_value_has_three_bytes() {
        assert_eq!(pad_check_value(&[0xab]), [0, 0, 0xab]);
        assert_eq!(pad_check_value(&[1, 2, 3]), [1, 2, 3]);
        assert_eq!(pad_check_value(&[1, 2, 3, 4]), [1, 2, 3, 4]);
    }
}
