//! `getCert`.

use std::path::PathBuf;

use super::console::Client;
use super::example::{Example, LOGIN};
use super::flag::Flag;
use super::reply::Reply;
use super::write_file::{Readers, write_file};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words, read};
use crate::crypto::pem;
use crate::hsm::return_code::ReturnCode;

static FILE: Flag<PathBuf> = Flag::required(
    "-f",
    "<cert-file>",
    "Certificate file (-f) is missing ",
    &["File to write the certificate to"],
    read::path,
)
.missed_plainly();

static SUBJECT: Flag<u32> = Flag::required(
    "-s",
    "<cert-subject>",
    "Certificate Subject (-s) is missing ",
    &[
        "Number of the certificate",
        "(ex: CAVIUM - 1,",
        "\t\t   HSM - 2,",
        "\t\t   PARTITION_OWNER - 4,",
        "\t\t   PARTITION - 8,",
        "\t\t   PARTITION_CERT_ISSUED_BY_HSM - 16,",
        "\t\t   HSM_OWNER_CERT - 32,",
        "\t\t   HSM_CERT_ISSUED_BY_HO - 64)",
    ],
    read::integer,
)
.missed_plainly()
.takes("1, 2, 4, 8 or 16; this cluster does not have 32 and 64");

/// The command.
pub static COMMAND: Command = Command {
    names: &["getCert"],
    group: Group::Certificates,
    summary: &["Gets Partition Certificates stored on HSM"],
    purpose: &["Writes a certificate of the cluster's chain to a file."],
    words: Words::Flags,
    flags: &[&FILE, &SUBJECT],
    required: &[&FILE, &SUBJECT],
    syntax: &[&[&FILE, &SUBJECT]],
    checks: &[],
    frame: Frame::Full(Layout::new(14, Ending::EmptyLine).before_where(1).without_help()),
    example: Example::new(&[LOGIN, "getCert -f partition.pem -s 8"]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let answer = client.hsm.get_certificate(arguments.required(&SUBJECT)?);
    let mut status = answer.status;
    if let Some(certificate) = &answer.value {
        let written = pem::write("CERTIFICATE", certificate)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                write_file(&file, text.as_bytes(), Readers::Anybody)
                    .map_err(|error| format!("{}: {error}", file.display()))
            });
        if let Err(reason) = written {
            status.code = ReturnCode::WRITE_OUTPUT_FILE;
            status.detail = Some(reason);
        }
    }
    let code = status.code;
    client.show(&Reply::CertificateRead(status, file));
    Ok(code)
}
