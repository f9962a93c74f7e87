//! What each command does to the cluster, as far as faults tell commands apart.

use super::Command;
use crate::hsm::fault::Operation;

/// The commands of each operation by name; all others read.
const COMMANDS_OF: [(Operation, &[&str]); 8] = [
    (
        Operation::Create,
        &[
            "genRSAKeyPair",
            "genDSAKeyPair",
            "genECCKeyPair",
            "genPBEKey",
            "genSymKey",
            "createPublicKey",
            "importPubKey",
            "importPrivateKey",
            "imSymKey",
            "unWrapKey",
            "unWrapKeyWithSize",
            "insertMaskedObject",
        ],
    ),
    (Operation::Delete, &["deleteKey"]),
    (Operation::Set, &["setAttribute"]),
    (Operation::Find, &["findKey", "findSingleKey"]),
    (
        Operation::Use,
        &[
            "sign",
            "verify",
            "wrapKey",
            "exSymKey",
            "exportPrivateKey",
            "exportPubKey",
            "extractMaskedObject",
            "aesWrapUnwrap",
            "aesUnwrapPkcs8Buffer",
        ],
    ),
    (Operation::Login, &["loginHSM"]),
    (Operation::Logout, &["logoutHSM"]),
    (Operation::Token, &["getToken", "approveToken", "delToken", "listTokens"]),
];

/// What a command does.
pub fn of(command: &Command) -> Operation {
    let does = |row: &&(Operation, &[&str])| row.1.contains(&command.name());
    COMMANDS_OF.iter().find(does).map_or(Operation::Read, |row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_a_command_and_stands_once() {
        let names: Vec<_> = COMMANDS_OF.iter().flat_map(|row| row.1).collect();
        for (index, name) in names.iter().enumerate() {
            let command = super::super::find(name).unwrap();
            assert_eq!(command.name(), **name);
            assert!(!names[..index].contains(name), "{name}");
        }
    }
}
