//! What follows the generation of a pair: waiting until enough nodes hold it,
//! and taking it back if they do not.

use super::console::Client;
use super::reply::{Half, Polled, Reply};
use crate::hsm::KeyPair;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;

/// How long to wait for how many nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Nodes that must hold the key; 0 does not wait.
    pub minimum_servers: u8,
    /// Seconds; 0 waits without end.
    pub timeout: u32,
}

/// Waits for a pair whose generation ended with `code` and with `successes`
/// nodes that hold it. Returns the code of the whole command.
pub fn wait_for_pair(
    client: &mut Client<'_>,
    pair: KeyPair,
    code: ReturnCode,
    successes: usize,
    waiting: Waiting,
) -> ReturnCode {
    let wanted = usize::from(waiting.minimum_servers);
    if code.is_success() && successes < wanted {
        client.show(&Reply::TooFewServers(successes));
    }
    if code != ReturnCode::INCOMPLETE {
        return code;
    }
    let (mut private, mut public) = (successes, 0);
    let mut code = code;
    let mut second = 0;
    while (private < wanted || public < wanted)
        && (waiting.timeout == 0 || second <= waiting.timeout)
    {
        client.hsm.clock().sleep_a_second();
        (private, _) = poll(client, Half::Private, pair.private, second);
        (public, code) = poll(client, Half::Public, pair.public, second);
        second += 1;
    }
    if private < wanted {
        client.show(&Reply::RollingBack(waiting.minimum_servers));
        delete(client, pair.public);
        delete(client, pair.private);
        return ReturnCode::INCOMPLETE;
    }
    client.show(&Reply::KeyPairHandles(pair));
    code
}

fn poll(client: &mut Client<'_>, half: Half, handle: Handle, second: u32) -> (usize, ReturnCode) {
    let status = client.hsm.find_single_key(handle).status;
    let (successes, code) = (status.successes(), status.code);
    client.show(&Reply::Polled(Polled { half, second, status }));
    (successes, code)
}

fn delete(client: &mut Client<'_>, handle: Handle) {
    let status = client.hsm.delete_key(handle).status;
    client.show(&Reply::KeyDeleted(status));
}
