//! The nodes: which of them answer, which of them hold a key.

use super::Hsm;
use super::answer::{NodeStatus, Outcome};
use super::clock::Milliseconds;
use super::key::Key;
use super::names::{Handle, NodeId};
use super::return_code::ReturnCode;
use super::settings::Node;
use super::timeline::Timeline;
use crate::store::{self, KeyFilter};

/// What decides where a key is.
struct Place {
    handle: Handle,
    token: bool,
    created: Milliseconds,
}

impl From<&Key> for Place {
    fn from(key: &Key) -> Self {
        Self { handle: key.handle, token: key.token, created: key.created }
    }
}

impl Hsm {
    /// The node that this session talks to: the one it has talked to, or the
    /// next one that answers.
    pub(super) fn session_node(&self) -> NodeId {
        let nodes = &self.settings.nodes;
        let from = nodes.iter().position(|node| node.id == self.session_node).unwrap_or(0);
        let (before, after) = nodes.split_at(from);
        let next = after.iter().chain(before).find(|node| self.answers(node));
        next.map_or(self.session_node, |node| node.id)
    }

    /// Whether a node answers the request that is going on.
    pub(super) fn answers(&self, node: &Node) -> bool {
        self.timeline(node).is_none_or(|timeline| timeline.is_up(self.clock.now()))
            && self.silent_node() != Some(node.id)
    }

    /// The status that every node gives which is up.
    pub(super) fn everywhere(&self, code: ReturnCode) -> Vec<NodeStatus> {
        self.statuses(|_| code)
    }

    /// The nodes that a refusal with this code shows: nobody was asked when
    /// access is denied; a policy refusal shows one node, and that one
    /// unavailable; what the session's node refuses by itself, it refuses alone.
    pub(super) fn refused_on(&self, code: ReturnCode) -> Vec<NodeStatus> {
        let node = self.session_node();
        match code {
            _ if code == ReturnCode::WRITE_REFUSED || self.node_fault() == Some((node, code)) => {
                vec![NodeStatus { node, code }]
            }
            ReturnCode::ACCESS_DENIED => Vec::new(),
            ReturnCode::POLICY_VIOLATION => self
                .settings
                .nodes
                .first()
                .map(|node| NodeStatus { node: node.id, code: ReturnCode::SERVER_UNAVAILABLE })
                .into_iter()
                .collect(),
            _ => self.everywhere(code),
        }
    }

    /// Success on the nodes that hold the key, `absent` on the others that are
    /// up. A session key is a matter of its own node only.
    pub(super) fn held_on(&self, key: &Key, absent: ReturnCode) -> Vec<NodeStatus> {
        self.asked_for(key, |_| absent)
    }

    /// How each node took a key that has just been stored.
    pub(super) fn stored_on(&self, key: &Key) -> Vec<NodeStatus> {
        self.asked_for(key, |node| match self.is_read_only(node) {
            true => ReturnCode::WRITE_REFUSED,
            false => ReturnCode::NOT_SYNCHRONIZED,
        })
    }

    /// How each node took a change that those make which accept writes.
    pub(super) fn changed_on(&self) -> Vec<NodeStatus> {
        self.statuses(|node| match self.is_read_only(node) {
            true => ReturnCode::WRITE_REFUSED,
            false => ReturnCode::SUCCESS,
        })
    }

    /// Checks that the session's node accepts writes; without it nothing is done.
    ///
    /// # Errors
    /// kmu's code for a node that is read-only.
    pub(super) fn check_writable(&self) -> Outcome<()> {
        let session_node = self.session_node();
        let node = self.settings.nodes.iter().find(|node| node.id == session_node);
        if node.is_some_and(|node| self.is_read_only(node)) {
            return Err(ReturnCode::WRITE_REFUSED.into());
        }
        Ok(())
    }

    /// The node that made a key: the one in its handle, or the session's where
    /// the cluster file planned a handle of a node that it does not have.
    pub(super) fn home(&self, handle: Handle) -> NodeId {
        let known = self.settings.nodes.iter().any(|node| node.id == handle.node());
        if known { handle.node() } else { self.session_node() }
    }

    /// Whether any node can answer for the key.
    pub(super) fn is_reachable(&self, key: &Key) -> bool {
        self.is_held(&Place::from(key))
    }

    /// Those keys of a session or of the state for which a node can answer.
    pub(super) fn reachable(&self, mut handles: Vec<u64>) -> Outcome<Vec<u64>> {
        let everywhere = |node: &Node| self.answers(node) && node.synchronization_delay == 0;
        let nothing_happened = self.timelines.iter().all(Timeline::is_blank);
        if nothing_happened && self.settings.nodes.iter().all(everywhere) {
            return Ok(handles);
        }
        let mut failure = None;
        handles.retain(|handle| match self.place(*handle) {
            Ok(place) => place.is_some_and(|place| self.is_held(&place)),
            Err(error) => {
                failure = Some(error);
                false
            }
        });
        failure.map_or(Ok(handles), |error| Err(error.into()))
    }

    /// Drops the session keys of nodes that have gone down since they were made.
    pub(super) fn forget_lost_session_keys(&mut self) {
        if self.timelines.iter().all(Timeline::is_blank) {
            return;
        }
        // The store is in memory. Where it fails none the less, the keys stay
        // there, and nobody holds them.
        let lost = self.lost_session_keys().unwrap_or_default();
        if let Ok(change) = self.session_keys.change()
            && lost.into_iter().all(|handle| change.delete_key(handle).is_ok())
        {
            let _ = change.commit();
        }
    }

    fn lost_session_keys(&self) -> Result<Vec<u64>, store::Error> {
        let mut handles = self.session_keys.read().find_keys(&KeyFilter::default())?;
        let now = self.clock.now();
        let lost = |place: Place| {
            let home = self.home(place.handle);
            let node = self.settings.nodes.iter().find(|node| node.id == home);
            let timeline = node.and_then(|node| self.timeline(node));
            timeline.is_some_and(|timeline| timeline.went_down_since(place.created, now))
        };
        handles.retain(|handle| self.place(*handle).ok().flatten().is_some_and(lost));
        Ok(handles)
    }

    fn place(&self, handle: u64) -> Result<Option<Place>, store::Error> {
        let session = self.session_keys.read().key(handle)?;
        let (row, token) = match session {
            Some(row) => (Some(row), false),
            None => (self.token_keys.read().key(handle)?, true),
        };
        Ok(row.map(|row| Place { handle: Handle(handle), token, created: row.created }))
    }

    fn is_held(&self, place: &Place) -> bool {
        self.settings.nodes.iter().any(|node| self.holds(node, place))
    }

    /// Whether a node that answers holds the key: at once where it was made,
    /// later elsewhere. A session key ends with the session that its node had.
    fn holds(&self, node: &Node, key: &Place) -> bool {
        let Some(timeline) = self.timeline(node).filter(|_| self.answers(node)) else {
            return false;
        };
        let now = self.clock.now();
        let delay = node.synchronization_delay;
        match (node.id == self.home(key.handle), key.token) {
            (true, true) => true,
            (true, false) => !timeline.went_down_since(key.created, now),
            (false, token) => token && timeline.has_received(key.created, delay, now),
        }
    }

    /// How long it takes until every node has what it will ever have, if nobody
    /// changes the cluster meanwhile.
    #[must_use]
    pub fn time_to_settle(&self) -> Milliseconds {
        let now = self.clock.now();
        let changes = self.timelines.iter().filter_map(|timeline| timeline.last_change(now));
        let delays = self.settings.nodes.iter().map(|node| node.synchronization_delay);
        (changes.max().unwrap_or(now) - now).saturating_add(delays.max().unwrap_or(0))
    }

    fn is_read_only(&self, node: &Node) -> bool {
        self.timeline(node).is_some_and(|timeline| timeline.is_read_only(self.clock.now()))
    }

    fn timeline(&self, node: &Node) -> Option<&Timeline> {
        let at = self.settings.nodes.iter().position(|known| known.id == node.id)?;
        self.timelines.get(at)
    }

    /// Success on the nodes that hold the key, and what `absent` says on the
    /// others; for a session key, on its own node only.
    fn asked_for(&self, key: &Key, absent: impl Fn(&Node) -> ReturnCode) -> Vec<NodeStatus> {
        let place = Place::from(key);
        let mut statuses = self.statuses(|node| {
            if self.holds(node, &place) { ReturnCode::SUCCESS } else { absent(node) }
        });
        if !key.token {
            let home = self.home(key.handle);
            statuses.retain(|status| status.node == home);
        }
        statuses
    }

    /// What each node answers: nothing if it is down, the code of its fault if
    /// it has one, and otherwise what `code` says.
    fn statuses(&self, code: impl Fn(&Node) -> ReturnCode) -> Vec<NodeStatus> {
        let fault = self.node_fault();
        let code = |node: &Node| match fault {
            _ if !self.answers(node) => ReturnCode::SERVER_UNAVAILABLE,
            Some((faulty, code)) if faulty == node.id => code,
            _ => code(node),
        };
        let status = |node: &Node| NodeStatus { node: node.id, code: code(node) };
        self.settings.nodes.iter().map(status).collect()
    }
}
