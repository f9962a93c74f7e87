//! The listings of getHSMInfo and getPartitionInfo, the same in every dialect.

use crate::hsm::information::{FipsState, HsmInformation, OFFICER_SERVICES, PartitionInformation};
use crate::hsm::names::{MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH};

/// What a node of the emulated cluster calls itself.
const LABEL: &str = "kmu";
const MODEL: &str = "EMULATED-HSM";
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"));

/// The number of a FIPS state and its words.
fn fips(state: FipsState) -> String {
    let words = match state {
        FipsState::Off => "non-FIPS mode with single factor authentication",
        FipsState::SingleFactor => "FIPS mode with single factor authentication",
    };
    format!("{} [{words}]", state.number())
}

/// The listing of getHSMInfo. What an emulated HSM does not have is zero.
pub fn hsm(i: &str, information: &HsmInformation) -> String {
    let row = |name: &str, value: &str| format!("{i}{name:<21}:{value}\n");
    let number = |name: &str, value: u64| row(name, &value.to_string());
    let blank = String::from("\n");
    [
        blank.clone(),
        row("Label", LABEL),
        row("Model", MODEL),
        row("Serial Number", &information.serial_number),
        number("HSM Flags", 0),
        row("FIPS state", &fips(information.fips_state)),
        blank.clone(),
        row("Manufacturer ID", " "),
        row("Device ID", "00"),
        row("Class Code", "00"),
        row("System vendor ID", "00"),
        row("SubSystem ID", "00"),
        blank.clone(),
        blank.clone(),
        number("TotalPublicMemory", information.public_memory),
        number("FreePublicMemory", information.free_public_memory),
        number("TotalPrivateMemory", information.private_memory),
        number("FreePrivateMemory", information.free_private_memory),
        blank.clone(),
        row("Hardware Major", "0"),
        row("Hardware Minor", "0"),
        blank.clone(),
        row("Firmware Major", env!("CARGO_PKG_VERSION_MAJOR")),
        row("Firmware Minor", &format!("{:0>2}", env!("CARGO_PKG_VERSION_MINOR"))),
        blank.clone(),
        row("Temperature", "0 C"),
        blank.clone(),
        row("Build Number", BUILD),
        blank.clone(),
        row("Firmware ID", concat!("kmu-", env!("CARGO_PKG_VERSION"))),
        blank,
    ]
    .concat()
}

/// What getPartitionInfo says before it asks.
pub fn partition_heading(i: &str) -> String {
    format!("\n{i}Getting Partition Info")
}

/// The listing of getPartitionInfo. What an emulated partition does not have is zero.
pub fn partition(i: &str, information: &PartitionInformation) -> String {
    let number = |name: &str, value: u64| format!("{i}{name:<28}:{value:>5} \n");
    let numbers = [
        ("MaxUsers", information.max_users.into()),
        ("AvailableUsers", information.available_users.into()),
        ("MaxKeys", information.max_keys),
        ("OccupiedTokenKeys", information.token_keys),
        ("OccupiedSessionKeys", information.session_keys),
        ("TotalSSLCtxs", 0),
        ("OccupiedSSLCtxs", 0),
        ("MaxAcclrDevCount", 0),
        ("SessionCount", 1),
        ("MaxPswdLen", MAX_PASSWORD_LENGTH as u64),
        ("MinPswdLen", MIN_PASSWORD_LENGTH as u64),
        ("CloningMethod", 0),
        ("KekMethod", 0),
        ("CertAuth", 0),
        ("BlockDeleteUserWithKeys", 0),
        ("TwoKeyBackup", 0),
        ("Nvalue", 0),
    ];
    let services =
        OFFICER_SERVICES.map(|name| format!("{i}MValue[{name:>12}]        :{:>5} \n", 0));
    format!("\n{i}{:<28}:PARTITION_1  \n{i}{:<28}:occupied  \n", "name", "status")
        + &format!("{i}{:<28}:{}\n", "FIPS state", fips(information.fips_state))
        + &numbers.map(|(name, value)| number(name, value)).concat()
        + &services.concat()
        + &number("Node ID", information.node.into())
        + &format!("{i}{:<28}:kmu \n", "Group ID")
        + &format!("{i}Export with user keys\n{i} (Other than KEK)           : Enabled \n")
        + &format!("{i}{:<28}: Disabled \n", "MCO backup/restore")
        + &format!("{i}{:<28}: Disabled \n", "Audit Log Status")
        + &format!("{i}{:<28}: \n", "PCO fixed key fingerprint")
}
