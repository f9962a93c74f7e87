//! `Error2String`.

use super::console::Client;
use super::flag::{Flag, Rejection};
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::hsm::return_code::ReturnCode;

static CODE: Flag<ReturnCode> = Flag::required(
    "-r",
    "<response code>",
    "Response code (-r) is missing.",
    &["Return code: decimal, or hexadecimal with 0x"],
    read_code,
);

/// The command.
pub static COMMAND: Command = Command {
    names: &["Error2String"],
    group: Group::Helper,
    summary: &["Converts Error codes to Strings", "save key handle in fake PEM format"],
    purpose: &["Says what a return code means."],
    words: Words::Flags,
    flags: &[&CODE],
    required: &[&CODE],
    syntax: &[&[&CODE]],
    checks: &[],
    frame: Frame::Full(Layout::new(11, Ending::Line).blank_after(&[0])),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    client.show(&Reply::ErrorText(arguments.required(&CODE)?));
    Ok(ReturnCode::SUCCESS)
}

/// A number as C writes it: decimal, `0x` hexadecimal, or octal with a leading 0.
fn read_code(word: &str) -> Result<ReturnCode, Rejection> {
    let lower = word.to_ascii_lowercase();
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        None => (lower.as_str(), 10),
    };
    let number = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let number = number.then(|| u32::from_str_radix(digits, radix).ok()).flatten();
    number.map(ReturnCode).ok_or_else(|| {
        Rejection::say(String::from("Response code (-r) is not a number of up to 32 bits."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_c_reads_them() {
        assert_eq!(read_code("0xdb"), Ok(ReturnCode(0xdb)));
        assert_eq!(read_code("0XDB"), Ok(ReturnCode(0xdb)));
        assert_eq!(read_code("219"), Ok(ReturnCode(219)));
        assert_eq!(read_code("0333"), Ok(ReturnCode(219)));
        assert_eq!(read_code("0"), Ok(ReturnCode(0)));
        for word in ["", "0x", "abc", "-1", "+1", "0x+1", "0x1ffffffff", "08", "é"] {
            assert!(read_code(word).is_err(), "{word}");
        }
    }
}
