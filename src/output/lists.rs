//! The lists that commands print: the help table, the curves, the attributes.

use crate::command::{COMMANDS, Group};
use crate::crypto::curve::CURVES;
use crate::hsm::attribute::Attribute;

/// The headings of the help table, in its order. A heading may stand over the
/// first of several groups.
const GROUPS: [(Group, &[&str]); 10] = [
    (Group::Administration, &["Configuration and Admin Commands"]),
    (Group::Quorum, &["M of N commands"]),
    (Group::AsymmetricGeneration, &["Key Generation Commands", "Asymmetric Keys:"]),
    (Group::SymmetricGeneration, &["Symmetric Keys:"]),
    (Group::Transfer, &["Key Import/Export Commands"]),
    (Group::KeyManagement, &["Key Management Commands"]),
    (Group::Certificates, &["Certificate Setup Commands"]),
    (Group::Masked, &["Key Transfer Commands"]),
    (Group::Crypto, &["Management Crypto Commands"]),
    (Group::Helper, &["Helper Commands"]),
];

/// The table that `help`, and every unknown command, prints.
pub fn help_table(i: &str) -> String {
    let mut text = format!(
        "\n\nHelp Commands Available:\n\nSyntax: <command> -h{}\n\n\
         \n   Command               Description\
         \n   =======               ===========\n",
        " ".repeat(37)
    );
    text += &row("exit", &["Exits this application"]);
    text += &row("help", &["Displays this information"]);
    for (group, headings) in GROUPS {
        let commands: Vec<_> = COMMANDS.iter().filter(|command| command.group == group).collect();
        for heading in headings {
            text += &format!("\n\n{i}{heading}");
        }
        for command in commands {
            text += &row(command.name(), command.summary);
        }
    }
    text + "\n\n"
}

fn row(name: &str, summary: &[&str]) -> String {
    format!("\n   {name:<23}{}", summary.join(&format!("\n{}", " ".repeat(26))))
}

/// The curves with their numbers, as genECCKeyPair prints them.
pub fn curves() -> String {
    let row =
        |curve: &crate::crypto::curve::Curve| format!("\n      {:<25}- {}", curve.name, curve.id);
    let rows: String = CURVES.iter().map(row).collect();
    format!("The following are the HSM supported ECC Curves\n{rows}\n")
}

/// What listECCCurveIds prints.
pub fn curve_ids() -> String {
    let row =
        |curve: &crate::crypto::curve::Curve| format!("\n      {:<32}= {}", curve.name, curve.id);
    described("The following are HSM supported ECC CurveIds", CURVES.iter().map(row))
}

/// What listAttributes prints.
pub fn attributes(listed: &[Attribute]) -> String {
    let row =
        |attribute: &Attribute| format!("\n      {:<32}= {}", attribute.name(), attribute.number());
    described(
        "The following are all of the possible attribute values for getAttributes.",
        listed.iter().map(row),
    )
}

fn described(sentence: &str, rows: impl Iterator<Item = String>) -> String {
    format!("\n\nDescription\n===========\n{sentence}\n{}\n\n", rows.collect::<String>())
}
