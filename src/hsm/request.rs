//! A request on its way to the cluster: what has changed since the last one,
//! and the fault that it meets.

use super::Hsm;
use super::ahead::Ahead;
use super::answer::{Answer, Outcome, Status};
use super::fault::{Fault, Operation, Queue, Seen, Stop};
use super::names::NodeId;
use super::return_code::ReturnCode;
use super::settings::Settings;
use crate::store;

/// Tells how the cluster is now, if that has changed since the last time.
pub type Watch = Box<dyn FnMut() -> Option<Settings>>;

/// The request that is going on, and the faults that wait for requests.
pub(super) struct Requests {
    queue: Queue,
    command: &'static str,
    operation: Operation,
    /// Whether the request has met the cluster, and so taken its fault.
    met: bool,
    fault: Option<Fault>,
}

impl Requests {
    pub fn new(faults: Vec<Fault>) -> Self {
        let mut queue = Queue::default();
        queue.replace(faults);
        Self { queue, command: "", operation: Operation::Read, met: false, fault: None }
    }
}

impl Hsm {
    /// Has somebody look whenever a request begins whether the cluster has changed.
    pub fn watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Begins a request of a command.
    pub fn begin(&mut self, command: &'static str, operation: Operation) {
        if let Some(settings) = self.watch.as_mut().and_then(|watch| watch()) {
            self.follow(settings);
        }
        let requests = self.requests.get_mut();
        (requests.command, requests.operation) = (command, operation);
        (requests.met, requests.fault) = (false, None);
        // A session whose node has gone stays where it went.
        self.session_node = self.session_node();
        self.forget_lost_session_keys();
    }

    /// Begins a group of requests whose keys become durable together: until it
    /// ends, nothing of it may be reported. Says whether it began; it does not
    /// while nobody is logged in, nor where something is to go wrong on purpose.
    pub fn begin_group(&mut self) -> bool {
        let begun =
            self.login.is_some() && self.may_group() && self.token_keys.begin_group().is_ok();
        self.ahead = (begun && !self.seeded).then(Ahead::default);
        begun
    }

    /// Whether requests can be part of a group: no fault waits for one of them.
    #[must_use]
    pub fn may_group(&self) -> bool {
        !self.settings.unreachable && self.requests.borrow().queue.is_empty()
    }

    /// Makes what the requests of a group made durable.
    ///
    /// # Errors
    /// When it cannot be written; then nothing of it has happened.
    pub fn end_group(&mut self) -> Result<(), store::Error> {
        self.ahead = None;
        self.token_keys.end_group()
    }

    /// Begins another request of the same command.
    pub fn begin_another(&mut self, operation: Operation) {
        let command = self.requests.get_mut().command;
        self.begin(command, operation);
    }

    /// What can change while the session goes on: the nodes' conditions, the
    /// room for keys, the faults. Nodes that are new take part from the next session on.
    fn follow(&mut self, settings: Settings) {
        self.clock.tick();
        let now = self.clock.now();
        for (node, timeline) in self.settings.nodes.iter_mut().zip(&mut self.timelines) {
            let described = settings.nodes.iter().find(|described| described.id == node.id);
            if let Some(described) = described.filter(|described| **described != *node) {
                timeline.follow(described, now);
                *node = described.clone();
            }
        }
        self.settings.max_keys = settings.max_keys;
        self.settings.unreachable = settings.unreachable;
        self.requests.get_mut().queue.replace(settings.faults);
    }

    /// Asks something before the request itself, whose faults are not for it.
    pub fn before_request<T>(&mut self, ask: impl FnOnce(&Self) -> T) -> T {
        let met = std::mem::replace(&mut self.requests.get_mut().met, true);
        let answer = ask(self);
        self.requests.get_mut().met = met;
        answer
    }

    /// Reaches the cluster. Whatever a request does, it comes by here first.
    /// `user` is who logs in; otherwise the request is the user's who is logged in.
    ///
    /// # Errors
    /// 0x40000040 when nobody answers, and the code of a fault.
    pub(super) fn reach(&self, user: Option<&str>) -> Outcome<()> {
        self.meet_fault(user)?;
        if !self.has_answering_node() {
            return Err(ReturnCode::DAEMON_UNREACHABLE.into());
        }
        match self.fault_refusal() {
            Some((code, Stop::Before)) => Err(code.into()),
            _ => Ok(()),
        }
    }

    /// Whether any node answers.
    fn has_answering_node(&self) -> bool {
        !self.settings.unreachable && self.settings.nodes.iter().any(|node| self.answers(node))
    }

    /// How a request would end, if nobody answers now.
    #[must_use]
    pub fn unreachable(&self) -> Option<Status> {
        let lost = || Answer::<()>::local(Err(ReturnCode::DAEMON_UNREACHABLE.into())).status;
        (!self.has_answering_node()).then(lost)
    }

    /// The code that a request ends with although it was done.
    pub(super) fn lost_answer(&self) -> Option<ReturnCode> {
        self.fault_refusal().and_then(|(code, stop)| (stop == Stop::After).then_some(code))
    }

    /// The node that answers this request with a code of its own.
    pub(super) fn node_fault(&self) -> Option<(NodeId, ReturnCode)> {
        let requests = self.requests.borrow();
        let fault = requests.fault.as_ref()?;
        Some((fault.node?, fault.code?))
    }

    /// The node that does not answer this request.
    pub(super) fn silent_node(&self) -> Option<NodeId> {
        let requests = self.requests.borrow();
        requests.fault.as_ref().filter(|fault| fault.down).and_then(|fault| fault.node)
    }

    /// Takes the request's fault when it first meets the cluster, and waits as the fault says.
    fn meet_fault(&self, user: Option<&str>) -> Outcome<()> {
        if self.requests.borrow().met {
            return Ok(());
        }
        let session_node = self.session_node();
        let names_users = self.requests.borrow().queue.names_users();
        let logged_in = if names_users && user.is_none() { self.user_name() } else { None };
        let delay = {
            let mut requests = self.requests.borrow_mut();
            let Requests { queue, command, operation, .. } = &mut *requests;
            let user = user.or(logged_in.as_deref());
            let fault = queue.take(Seen { command, operation: *operation, user, session_node });
            let delay = fault.as_ref().map_or(0, |fault| fault.delay);
            (requests.met, requests.fault) = (true, fault);
            delay
        };
        self.wait_attended("the answer of the cluster", delay)
    }

    fn fault_refusal(&self) -> Option<(ReturnCode, Stop)> {
        let session_node = self.session_node();
        let requests = self.requests.borrow();
        let (code, stop) = requests.fault.as_ref()?.refusal(session_node)?;
        // Where nothing changes, before and after are the same.
        let stop = if requests.operation.changes_something() { stop } else { Stop::Before };
        Some((code, stop))
    }
}
