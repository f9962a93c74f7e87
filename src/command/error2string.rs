//! `Error2String`.

use super::console::Client;
use super::example::Example;
use super::flag::{Flag, Rejection};
use super::reply::Reply;
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::hsm::return_code::ReturnCode;

static CODE: Flag<ReturnCode> = Flag::required(
    "-r",
    "<response code>",
    "Response code (-r) is missing.",
    &["Return code: decimal, or hexadecimal with 0x"],
    read_code,
)
.takes("0 to 4294967295: decimal, hexadecimal after 0x, octal after 0");

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
    example: Example::new(&["Error2String -r 0xb3"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    client.show(&Reply::ErrorText(arguments.required(&CODE)?));
    Ok(ReturnCode::SUCCESS)
}

/// A number of 32 bits as C writes it.
fn read_code(word: &str) -> Result<ReturnCode, Rejection> {
    let number = read::c_number(word).and_then(|number| u32::try_from(number).ok());
    number.map(ReturnCode).ok_or_else(|| {
        Rejection::say(String::from("Response code (-r) is not a number of up to 32 bits."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_32_bits() {
        assert_eq!(read_code("0xdb"), Ok(ReturnCode(0xdb)));
        assert_eq!(read_code("0xffffffff"), Ok(ReturnCode(u32::MAX)));
        assert!(read_code("0x1ffffffff").is_err() && read_code("abc").is_err());
    }
}
