//! What follows the making of a key or a pair: waiting until enough nodes hold
//! it, and taking it back if they do not.

use super::Arguments;
use super::console::Client;
use super::creation::{MINIMUM_SERVERS, TIMEOUT};
use super::reply::{Polled, PolledKey, Reply};
use crate::hsm::fault::Operation;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{KeyPair, Status};

/// Seconds after which a wait ends on a virtual clock, if the cluster has
/// settled by then: nothing happens by itself where only waiting moves the clock.
const LONGEST_VIRTUAL_WAIT: u64 = 3600;

/// What has been made.
pub enum Made {
    /// One key.
    Key(Handle),
    /// A pair.
    Pair(KeyPair),
}

impl Made {
    /// The keys to look for in each round, in order; the first one decides
    /// whether all is taken back.
    fn polled(&self) -> Vec<(PolledKey, Handle)> {
        match self {
            Self::Key(handle) => vec![(PolledKey::Only, *handle)],
            Self::Pair(pair) => {
                vec![(PolledKey::Private, pair.private), (PolledKey::Public, pair.public)]
            }
        }
    }
}

/// The last second to poll in, if there is one.
fn timeout(client: &Client<'_>, arguments: &Arguments) -> Option<u64> {
    let wanted = arguments.get(&TIMEOUT).filter(|timeout| *timeout > 0).map(u64::from);
    if !client.hsm.clock().is_virtual() {
        return wanted;
    }
    let longest = (client.hsm.time_to_settle() / 1000 + 1).max(LONGEST_VIRTUAL_WAIT);
    Some(wanted.map_or(longest, |wanted| wanted.min(longest)))
}

/// Waits for what a request has made that ended with `status`, and says
/// `again` what was made once it is everywhere. Ctrl-C ends the waiting as the
/// timeout would. Returns the code of the whole
/// command: a key that was taken back is a failure.
pub fn wait(
    client: &mut Client<'_>,
    arguments: &Arguments,
    status: &Status,
    made: &Made,
    again: Option<Reply>,
) -> ReturnCode {
    let minimum_servers = arguments.get(&MINIMUM_SERVERS).unwrap_or(0);
    let timeout = timeout(client, arguments);
    let wanted = usize::from(minimum_servers);
    if status.code.is_success() && status.successes() < wanted {
        client.show(&Reply::TooFewServers(status.successes()));
    }
    if status.code != ReturnCode::INCOMPLETE {
        return status.code;
    }
    let polled = made.polled();
    // The first key's count is known already, the others begin at none.
    let mut counts = vec![0; polled.len()];
    counts[0] = status.successes();
    let mut code = status.code;
    let mut second = 0;
    client.console.begin_wait();
    while counts.iter().any(|count| *count < wanted)
        && timeout.is_none_or(|timeout| second <= timeout)
    {
        client.hsm.clock().sleep_a_second();
        if client.console.interrupted() {
            client.show(&Reply::WaitEnded);
            break;
        }
        for (count, (key, handle)) in counts.iter_mut().zip(&polled) {
            client.hsm.begin_another(Operation::Find);
            let status = client.hsm.find_single_key(*handle).status;
            // What nobody has answered changes no count.
            if status.nodes.is_some() {
                *count = status.successes();
            }
            code = status.code;
            client.show(&Reply::Polled(Polled { key: *key, second, status }));
        }
        second += 1;
    }
    if counts[0] < wanted {
        client.show(&Reply::RollingBack(minimum_servers));
        for (_, handle) in polled.iter().rev() {
            client.hsm.begin_another(Operation::Delete);
            let status = client.hsm.delete_key(*handle).status;
            client.show(&Reply::KeyDeleted(status));
        }
        return ReturnCode::INCOMPLETE;
    }
    if let Some(again) = again {
        client.show(&again);
    }
    code
}
