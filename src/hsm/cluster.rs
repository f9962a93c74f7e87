//! The nodes: which of them answer, which of them hold a key.

use super::Hsm;
use super::answer::NodeStatus;
use super::key::Key;
use super::names::{Handle, NodeId};
use super::return_code::ReturnCode;
use super::settings::Node;

impl Hsm {
    /// The node that this session talks to: the configured one, or the first
    /// that is up. [`Hsm::start`] has seen to it that one is.
    pub(super) fn session_node(&self) -> NodeId {
        let up = || self.settings.nodes.iter().filter(|node| node.up).map(|node| node.id);
        up().find(|id| *id == self.settings.session_node)
            .or_else(|| up().next())
            .unwrap_or(self.settings.session_node)
    }

    /// The status that every node gives which is up.
    pub(super) fn everywhere(&self, code: ReturnCode) -> Vec<NodeStatus> {
        self.statuses(|_| code)
    }

    /// The nodes that a refusal with this code shows: nobody was asked when
    /// access is denied; a policy refusal shows one node, and that one unavailable.
    pub(super) fn refused_on(&self, code: ReturnCode) -> Vec<NodeStatus> {
        match code {
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
        let mut statuses =
            self.statuses(|node| if self.holds(node, key) { ReturnCode::SUCCESS } else { absent });
        if !key.token {
            let home = self.home(key.handle);
            statuses.retain(|status| status.node == home);
        }
        statuses
    }

    /// Whether a node that is up holds the key: at once where it was made,
    /// after the node's delay elsewhere. A key from the future, as clocks can
    /// have it, has arrived.
    pub(super) fn holds(&self, node: &Node, key: &Key) -> bool {
        let now = self.clock.now();
        let arrived = now < key.created || now >= key.created + node.synchronization_delay;
        node.up && (node.id == self.home(key.handle) || key.token && arrived)
    }

    /// The node that made a key: the one in its handle, or the session's where
    /// the cluster file planned a handle of a node that it does not have.
    pub(super) fn home(&self, handle: Handle) -> NodeId {
        let known = self.settings.nodes.iter().any(|node| node.id == handle.node());
        if known { handle.node() } else { self.session_node() }
    }

    /// Whether any node can answer for the key.
    pub(super) fn is_reachable(&self, key: &Key) -> bool {
        self.settings.nodes.iter().any(|node| self.holds(node, key))
    }

    fn statuses(&self, code: impl Fn(&Node) -> ReturnCode) -> Vec<NodeStatus> {
        let status = |node: &Node| NodeStatus {
            node: node.id,
            code: if node.up { code(node) } else { ReturnCode::SERVER_UNAVAILABLE },
        };
        self.settings.nodes.iter().map(status).collect()
    }
}
