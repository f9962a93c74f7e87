//! What the cluster answers: a code, a value, and how each node took it.

use std::fmt;

use super::Hsm;
use super::names::NodeId;
use super::return_code::ReturnCode;
use crate::crypto;
use crate::store;

/// How one node took a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeStatus {
    /// The node.
    pub node: NodeId,
    /// What it answered.
    pub code: ReturnCode,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code of the whole request.
    pub code: ReturnCode,
    /// Each node's code, ascending by node; absent when the request has no
    /// cluster status, empty when no node was asked.
    pub nodes: Option<Vec<NodeStatus>>,
    /// What lies behind a failure of the emulator itself, for the person at the terminal.
    pub detail: Option<String>,
}

/// A status and, if there is one, a value.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// How the request ended.
    pub status: Status,
    /// What it brought.
    pub value: Option<T>,
}

impl<T> fmt::Debug for Answer<T> {
    /// Says whether there is a value, but not which: it may be a key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_ref().map(|_| "not shown");
        formatter
            .debug_struct("Answer")
            .field("status", &self.status)
            .field("value", &value)
            .finish()
    }
}

impl Status {
    /// A status that no node takes part in.
    #[must_use]
    pub fn local(code: ReturnCode) -> Self {
        Self { code, nodes: None, detail: None }
    }

    /// How many nodes did what they were asked.
    #[must_use]
    pub fn successes(&self) -> usize {
        self.nodes.iter().flatten().filter(|status| status.code.is_success()).count()
    }
}

/// Why a request is refused.
#[derive(Debug)]
pub struct Refusal {
    code: ReturnCode,
    detail: Option<String>,
}

impl Refusal {
    /// Whether this is the code of the refusal.
    pub(super) fn is(&self, code: ReturnCode) -> bool {
        self.code == code
    }
}

impl Refusal {
    /// A refusal with what lies behind it.
    pub(super) fn explained(code: ReturnCode, detail: String) -> Self {
        Self { code, detail: Some(detail) }
    }

    /// A refusal of what was asked for, and why it cannot be done.
    pub(super) fn arguments(reason: impl Into<String>) -> Self {
        Self::explained(ReturnCode::ARGUMENTS_BAD, reason.into())
    }

    /// The code.
    pub(super) fn code(&self) -> ReturnCode {
        self.code
    }
}

impl From<ReturnCode> for Refusal {
    fn from(code: ReturnCode) -> Self {
        Self { code, detail: None }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        let code = match error {
            store::Error::Record(_) => ReturnCode::RECORD_DAMAGED,
            _ => ReturnCode::STORAGE_FAILURE,
        };
        Self { code, detail: Some(error.to_string()) }
    }
}

impl From<crypto::seal::Unsealable> for Refusal {
    fn from(error: crypto::seal::Unsealable) -> Self {
        Self { code: ReturnCode::RECORD_DAMAGED, detail: Some(error.to_string()) }
    }
}

impl From<crypto::Error> for Refusal {
    fn from(error: crypto::Error) -> Self {
        let code = match error {
            crypto::Error::Unwrap => ReturnCode::UNWRAP_FAILED,
            _ => ReturnCode::ARGUMENTS_BAD,
        };
        Self { code, detail: Some(error.to_string()) }
    }
}

/// What the parts of a request return on their way to an [`Answer`].
pub type Outcome<T> = Result<T, Refusal>;

impl Hsm {
    /// The answer to a request that the cluster takes part in: on success with
    /// the nodes' statuses that come with the value, on refusal with those that
    /// the client shows for that code.
    pub(super) fn answer<T>(&self, outcome: Outcome<(T, Vec<NodeStatus>)>) -> Answer<T> {
        let outcome = match self.lost_answer() {
            Some(code) if outcome.is_ok() => Err(code.into()),
            _ => outcome,
        };
        match outcome {
            Ok((value, nodes)) => Answer {
                status: Status { code: ReturnCode::SUCCESS, nodes: Some(nodes), detail: None },
                value: Some(value),
            },
            Err(Refusal { code, detail }) => {
                let nodes = (!code.is_without_answer()).then(|| self.refused_on(code));
                Answer { status: Status { code, nodes, detail }, value: None }
            }
        }
    }
}

impl<T> Answer<T> {
    /// The answer to a request that has no cluster status.
    pub(super) fn local(outcome: Outcome<T>) -> Self {
        match outcome {
            Ok(value) => Self { status: Status::local(ReturnCode::SUCCESS), value: Some(value) },
            Err(Refusal { code, detail }) => {
                Self { status: Status { code, nodes: None, detail }, value: None }
            }
        }
    }
}
