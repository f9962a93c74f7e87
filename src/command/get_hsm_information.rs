//! `getHSMInfo` and `getPartitionInfo`.

use super::console::Client;
use super::example::Example;
use super::reply::Reply;
use super::{Arguments, Command, Frame, Group, Usage, Words};
use crate::hsm::return_code::ReturnCode;

/// What both declare alike.
const fn information(
    names: &'static [&'static str],
    summary: &'static [&'static str],
    purpose: &'static [&'static str],
    example: &'static [&'static str],
    run: fn(&mut Client<'_>, &Arguments) -> Result<ReturnCode, Usage>,
) -> Command {
    Command {
        names,
        group: Group::Administration,
        summary,
        purpose,
        words: Words::None,
        flags: &[],
        required: &[],
        syntax: &[],
        checks: &[],
        frame: Frame::Short { condition: "" },
        example: Example::new(example),
        run,
    }
}

/// The command getHSMInfo.
pub static HSM: Command = information(
    &["getHSMInfo"],
    &["Gets the HSM Information"],
    &["Describes the HSM that the session talks to."],
    &["getHSMInfo"],
    hsm,
);

/// The command getPartitionInfo.
pub static PARTITION: Command = information(
    &["getPartitionInfo"],
    &["Gets the Partition Information"],
    &["Describes the partition: its limits, and how much of them is used."],
    &["getPartitionInfo"],
    partition,
);

fn hsm(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let answer = client.hsm.hsm_information();
    let code = answer.status.code;
    client.show(&Reply::HsmInformation(answer));
    Ok(code)
}

fn partition(client: &mut Client<'_>, _arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let answer = client.hsm.partition_information();
    let code = answer.status.code;
    client.show(&Reply::PartitionInformation(answer));
    Ok(code)
}
