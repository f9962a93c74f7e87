//! Faults on purpose: an ordered list. A request takes the first fault that
//! matches it, and uses it up.

use super::clock::Milliseconds;
use super::names::NodeId;
use super::return_code::ReturnCode;

/// What a request does, as far as faults tell requests apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes or imports keys.
    Create,
    /// Deletes a key.
    Delete,
    /// Changes a key.
    Set,
    /// Looks for keys.
    Find,
    /// Uses or exports a key.
    Use,
    /// Logs in.
    Login,
    /// Logs out.
    Logout,
    /// Asks for, approves, deletes or lists quorum tokens.
    Token,
    /// Asks for anything else.
    Read,
}

/// The words for operations.
pub const OPERATIONS: [(&str, Operation); 9] = [
    ("create", Operation::Create),
    ("delete", Operation::Delete),
    ("set", Operation::Set),
    ("find", Operation::Find),
    ("use", Operation::Use),
    ("login", Operation::Login),
    ("logout", Operation::Logout),
    ("token", Operation::Token),
    ("read", Operation::Read),
];

impl Operation {
    /// Whether every node takes part; otherwise the session's node answers alone.
    fn asks_every_node(self) -> bool {
        !matches!(self, Self::Use | Self::Read)
    }

    /// Whether something has changed once it is done, so that to stop after it
    /// differs from stopping before.
    pub(super) fn changes_something(self) -> bool {
        !matches!(self, Self::Find | Self::Use | Self::Read)
    }
}

/// Which requests a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// All of them.
    Any,
    /// Those that do this, whatever command they come from.
    Operation(Operation),
    /// Those of the command with this name.
    Command(&'static str),
}

/// When a request is broken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Before anything is done.
    Before,
    /// When all is done and only the answer is missing.
    After,
}

/// A fault. One that does nothing lets a request pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The requests that it is for.
    pub target: Target,
    /// The node that misbehaves; none stands for the request as a whole.
    pub node: Option<NodeId>,
    /// The name of the user whose requests it is for; none stands for all users.
    pub user: Option<String>,
    /// How many requests it is for; none stands for all that come.
    pub times: Option<u32>,
    /// What is answered.
    pub code: Option<ReturnCode>,
    /// How long the answer takes.
    pub delay: Milliseconds,
    /// Whether no answer comes.
    pub down: bool,
    /// When the request is broken off.
    pub stop: Option<Stop>,
}

impl Fault {
    /// What is wrong with the fault, if anything.
    ///
    /// # Errors
    /// The reason, for people.
    pub fn check(&self) -> Result<(), &'static str> {
        let answers = self.code.is_some() || self.stop.is_some();
        match self {
            Self { times: Some(0), .. } => Err("times begins at 1"),
            Self { code: Some(ReturnCode::SUCCESS), .. } => Err("code 0 is no fault"),
            Self { down: true, .. } if answers => Err("what is down neither answers nor stops"),
            Self { node: Some(_), stop: Some(_), .. } => Err("a node does not stop: leave it out"),
            Self { node: Some(_), code: None, down: false, .. } => Err("a node needs code or down"),
            _ => Ok(()),
        }
    }

    /// The code that ends a request to this node, and when, if the fault
    /// concerns the request as a whole. Nobody answers where no code is named.
    pub(super) fn refusal(&self, session_node: NodeId) -> Option<(ReturnCode, Stop)> {
        let refuses = match self.node {
            None => self.code.is_some() || self.down || self.stop.is_some(),
            Some(node) => self.code.is_some() && node == session_node,
        };
        let code = self.code.unwrap_or(ReturnCode::DAEMON_UNREACHABLE);
        refuses.then_some((code, self.stop.unwrap_or(Stop::Before)))
    }
}

/// A request, as faults see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    /// The command it belongs to.
    pub command: &'a str,
    /// What it does.
    pub operation: Operation,
    /// The name of the user whose request it is.
    pub user: Option<&'a str>,
    /// The node that it goes to.
    pub session_node: NodeId,
}

impl Fault {
    fn matches(&self, seen: Seen<'_>) -> bool {
        let target = match self.target {
            Target::Any => true,
            Target::Operation(operation) => operation == seen.operation,
            Target::Command(command) => command == seen.command,
        };
        let node = self
            .node
            .is_none_or(|node| seen.operation.asks_every_node() || node == seen.session_node);
        let user = self.user.as_deref().is_none_or(|user| seen.user == Some(user));
        target && node && user
    }
}

/// The faults in their order, with what is left of each.
#[derive(Debug, Default)]
pub(super) struct Queue {
    entries: Vec<(Fault, Option<u32>)>,
}

impl Queue {
    /// Takes a new list. A fault that was there before keeps what is left of
    /// it, so that a list to which one is added does not begin anew.
    pub fn replace(&mut self, faults: Vec<Fault>) {
        let mut old = std::mem::take(&mut self.entries);
        for fault in faults {
            let left = match old.iter().position(|(known, _)| *known == fault) {
                Some(at) => old.remove(at).1,
                None => fault.times,
            };
            self.entries.push((fault, left));
        }
    }

    /// Whether there are no faults, used up ones included.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The first fault that matches, used up by one.
    pub fn take(&mut self, seen: Seen<'_>) -> Option<Fault> {
        let fits =
            |(fault, left): &&mut (Fault, Option<u32>)| *left != Some(0) && fault.matches(seen);
        let (fault, left) = self.entries.iter_mut().find(fits)?;
        *left = left.map(|left| left.saturating_sub(1));
        Some(fault.clone())
    }

    /// Whether any fault is for a single user.
    pub fn names_users(&self) -> bool {
        self.entries.iter().any(|(fault, _)| fault.user.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(code: u32) -> Fault {
        Fault {
            target: Target::Any,
            node: None,
            user: None,
            times: Some(1),
            code: Some(ReturnCode(code)),
            delay: 0,
            down: false,
            stop: None,
        }
    }

    fn seen<'a>(operation: Operation, command: &'a str, user: Option<&'a str>) -> Seen<'a> {
        Seen { command, operation, user, session_node: 0 }
    }

    fn codes(queue: &mut Queue, seen: Seen<'_>, count: usize) -> Vec<u32> {
        let code =
            |fault: Option<Fault>| fault.and_then(|fault| fault.code).map_or(0, |code| code.0);
        (0..count).map(|_| code(queue.take(seen))).collect()
    }

    fn queue(faults: Vec<Fault>) -> Queue {
        let mut queue = Queue::default();
        queue.replace(faults);
        queue
    }

    #[test]
    fn faults_are_used_up_in_order() {
        let pass = Fault { code: None, ..fault(0) };
        let mut queue = queue(vec![pass, fault(5), Fault { times: Some(2), ..fault(6) }]);
        assert_eq!(codes(&mut queue, seen(Operation::Use, "sign", None), 6), [0, 5, 6, 6, 0, 0]);
    }

    #[test]
    fn a_fault_without_an_end_hides_what_follows() {
        let mut queue = queue(vec![Fault { times: None, ..fault(5) }, fault(6)]);
        assert_eq!(codes(&mut queue, seen(Operation::Use, "sign", None), 3), [5, 5, 5]);
    }

    #[test]
    fn only_what_matches_takes_a_fault() {
        let find = Fault { target: Target::Operation(Operation::Find), ..fault(1) };
        let sign = Fault { target: Target::Command("sign"), ..fault(2) };
        let alice = Fault { user: Some(String::from("alice")), ..fault(3) };
        let other_node = Fault { node: Some(2), ..fault(4) };
        let mut queue = queue(vec![find, sign, alice, other_node]);
        assert!(queue.names_users());
        // Nobody but the session's node is asked to verify.
        assert_eq!(codes(&mut queue, seen(Operation::Use, "verify", None), 1), [0]);
        assert_eq!(codes(&mut queue, seen(Operation::Use, "verify", Some("alice")), 2), [3, 0]);
        assert_eq!(codes(&mut queue, seen(Operation::Use, "sign", Some("bob")), 2), [2, 0]);
        assert_eq!(codes(&mut queue, seen(Operation::Find, "findKey", Some("bob")), 3), [1, 4, 0]);
    }

    #[test]
    fn a_longer_list_keeps_what_was_used() {
        let sign = seen(Operation::Use, "sign", None);
        let mut queue = queue(vec![fault(1), fault(2)]);
        assert_eq!(codes(&mut queue, sign, 1), [1]);
        queue.replace(vec![fault(1), fault(2), fault(1)]);
        assert_eq!(codes(&mut queue, sign, 3), [2, 1, 0]);
        queue.replace(Vec::new());
        queue.replace(vec![fault(1)]);
        assert_eq!(codes(&mut queue, sign, 2), [1, 0]);
    }

    #[test]
    fn nonsense_is_refused() {
        let node = Fault { node: Some(1), ..fault(5) };
        assert!(node.check().is_ok() && fault(5).check().is_ok());
        for wrong in [
            Fault { times: Some(0), ..fault(5) },
            fault(0),
            Fault { down: true, ..fault(5) },
            Fault { stop: Some(Stop::Before), ..node.clone() },
            Fault { code: None, ..node },
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_request_ends_with_the_code_or_without_an_answer() {
        let nobody = ReturnCode::DAEMON_UNREACHABLE;
        let silent = Fault { code: None, ..fault(0) };
        assert_eq!(silent.refusal(0), None);
        assert_eq!(fault(5).refusal(0), Some((ReturnCode(5), Stop::Before)));
        let stop = |stop| Fault { stop: Some(stop), ..silent.clone() };
        assert_eq!(stop(Stop::After).refusal(0), Some((nobody, Stop::After)));
        assert_eq!(Fault { down: true, ..silent.clone() }.refusal(0), Some((nobody, Stop::Before)));
        let node = Fault { node: Some(1), ..fault(5) };
        assert_eq!(node.refusal(0), None);
        assert_eq!(node.refusal(1), Some((ReturnCode(5), Stop::Before)));
    }
}
