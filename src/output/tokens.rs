//! Texts about quorum tokens.

use crate::command::reply::ApprovalFault;
use crate::hsm::TokenInfo;

/// What a token is, a line each.
pub fn token(i: &str, info: &TokenInfo) -> String {
    let token = &info.token;
    let nonce: String = token.nonce.iter().map(|byte| format!("{byte:02X}")).collect();
    let left = match info.time_left {
        0 => String::from("timed out"),
        milliseconds => format!("{} seconds", milliseconds.div_ceil(1000)),
    };
    let rows = [
        ("Token", nonce),
        ("Service", format!("{} - {}", token.service.number(), token.service.name())),
        ("Key handle", token.key.to_string()),
        ("Requested by", format!("{} {}", token.requester, info.requester)),
        ("Approvals", format!("{} of {}", info.approvals, info.m_value)),
        ("Time left", left),
    ];
    let row = |(name, value)| format!("{i}{name:<16}: {value}\n");
    String::from("\n") + &rows.map(row).concat()
}

/// Several tokens.
pub fn list(i: &str, infos: &[TokenInfo]) -> String {
    if infos.is_empty() {
        return String::from("no tokens found\n");
    }
    infos.iter().map(|info| token(i, info)).collect()
}

/// Why an approval did not get as far as the HSM.
pub fn approval_fault(fault: &ApprovalFault) -> String {
    match fault {
        ApprovalFault::TemplateNotOpened(file) => {
            format!("Failed to open file: {}\n", file.display())
        }
        ApprovalFault::NotOpened(file) => format!("failed to open {}\n", file.display()),
        ApprovalFault::TokenNotRead(file) => {
            format!("failed to read token from {}\n", file.display())
        }
        ApprovalFault::TokenSize(size) => format!("approveToken(): Invalid Token Size: {size}\n"),
        ApprovalFault::TooManyApprovals => {
            String::from(" number of approvals in the file is more than 20\n")
        }
        ApprovalFault::TooManyTokens => {
            String::from(" number of tokens in the file is more than 32\n")
        }
        ApprovalFault::TooFewApprovers { done, wanted } => format!(
            "Failed to read Approver Details\nCould only read {done}/{wanted} approvers info\n"
        ),
        ApprovalFault::UserType(number, name) => format!("Invalid User Type {number} for {name}\n"),
        ApprovalFault::ApprovalNotRead(file) => {
            format!("failed to read approval from {}\n", file.display())
        }
    }
}
