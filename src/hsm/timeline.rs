//! When a node was down or refused writes, and so which keys it missed.

use super::clock::Milliseconds;
use super::settings::Node;

/// A time during which a node is not at its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    from: Milliseconds,
    /// When it is over, if that is known.
    until: Option<Milliseconds>,
}

impl Period {
    fn covers(&self, time: Milliseconds) -> bool {
        self.from <= time && self.until.is_none_or(|until| time < until)
    }
}

/// Periods, ascending; the last one may be going on or still to come.
#[derive(Debug, Default)]
struct Periods(Vec<Period>);

impl Periods {
    fn cover(&self, time: Milliseconds) -> bool {
        self.0.iter().any(|period| period.covers(time))
    }

    /// From now on it is as `wanted` says: what goes on goes on or ends, what
    /// was still to come is forgotten.
    fn follow(&mut self, wanted: Option<Period>, now: Milliseconds) {
        self.0.retain(|period| period.from <= now);
        let going_on = self.0.last_mut().filter(|period| period.covers(now));
        match (going_on, wanted) {
            (Some(period), Some(wanted)) if wanted.covers(now) => period.until = wanted.until,
            (period, wanted) => {
                if let Some(period) = period {
                    period.until = Some(now);
                }
                self.0.extend(wanted);
            }
        }
    }
}

/// The history of a node, as far as this session has seen it.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    down: Periods,
    read_only: Periods,
}

impl Timeline {
    /// From now on the node is as it is described.
    pub fn follow(&mut self, node: &Node, now: Milliseconds) {
        let later = |wait: Milliseconds| now.saturating_add(wait);
        let from = match (node.up, node.down_after, node.up_after) {
            (true, None, None) => None,
            (true, Some(wait), _) => Some(later(wait)),
            _ => Some(now),
        };
        let down = from.map(|from| Period { from, until: node.up_after.map(later) });
        self.down.follow(down, now);
        let read_only = node.read_only.then_some(Period { from: now, until: None });
        self.read_only.follow(read_only, now);
    }

    /// Whether the node answers.
    pub fn is_up(&self, now: Milliseconds) -> bool {
        !self.down.cover(now)
    }

    /// Whether the node refuses writes.
    pub fn is_read_only(&self, now: Milliseconds) -> bool {
        self.read_only.cover(now)
    }

    /// Whether nothing has ever happened to the node.
    pub fn is_blank(&self) -> bool {
        self.down.0.is_empty() && self.read_only.0.is_empty()
    }

    /// Whether a key that was made elsewhere has arrived: after `delay`, which
    /// counts from when the node was back at work if it missed the key.
    pub fn has_received(
        &self,
        created: Milliseconds,
        delay: Milliseconds,
        now: Milliseconds,
    ) -> bool {
        // A key from the future, as the clocks of several processes can have it, is there.
        now < created || self.arrival(created, delay).is_some_and(|arrival| arrival <= now)
    }

    fn arrival(&self, created: Milliseconds, delay: Milliseconds) -> Option<Milliseconds> {
        let mut periods = [self.down.0.as_slice(), &self.read_only.0].concat();
        periods.sort_by_key(|period| period.from);
        let mut arrival = created.saturating_add(delay);
        for period in periods {
            if period.from <= arrival && period.until.is_none_or(|until| created < until) {
                arrival = arrival.max(period.until?.saturating_add(delay));
            }
        }
        Some(arrival)
    }

    /// When the last change is that is known to come, if one is to come.
    pub fn last_change(&self, now: Milliseconds) -> Option<Milliseconds> {
        let periods = self.down.0.iter().chain(&self.read_only.0);
        let times = periods.flat_map(|period| [Some(period.from), period.until]).flatten();
        times.filter(|time| *time > now).max()
    }

    /// Whether the node has gone down since: what its sessions had is gone.
    pub fn went_down_since(&self, created: Milliseconds, now: Milliseconds) -> bool {
        self.down.0.iter().any(|period| created < period.from && period.from <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(change: impl Fn(&mut Node)) -> Node {
        let mut node = Node::new(1);
        change(&mut node);
        node
    }

    fn down() -> Node {
        node(|node| node.up = false)
    }

    fn timeline(steps: &[(Milliseconds, Node)]) -> Timeline {
        let mut timeline = Timeline::default();
        for (now, node) in steps {
            timeline.follow(node, *now);
        }
        timeline
    }

    #[test]
    fn a_missed_key_arrives_after_the_delay_from_the_return() {
        let history = timeline(&[(100, down()), (200, Node::new(1))]);
        assert!(history.is_up(99) && !history.is_up(100) && history.is_up(200));
        let arrival = |created| history.arrival(created, 10);
        assert_eq!(arrival(50), Some(60));
        // Under way when the node went down, or made meanwhile.
        assert_eq!(arrival(95), Some(210));
        assert_eq!(arrival(150), Some(210));
        assert_eq!(arrival(200), Some(210));
        assert_eq!(arrival(300), Some(310));
        assert!(!history.has_received(150, 10, 209) && history.has_received(150, 10, 210));
        assert!(history.has_received(900, 10, 210), "a key from the future");
    }

    #[test]
    fn a_node_that_refuses_writes_answers_but_misses_keys() {
        let mut history = timeline(&[(100, node(|node| node.read_only = true))]);
        assert!(history.is_up(150) && history.is_read_only(150));
        assert!(history.has_received(99, 0, 150) && !history.has_received(100, 0, 150));
        history.follow(&Node::new(1), 200);
        assert!(!history.is_read_only(200) && history.has_received(100, 0, 200));
        assert!(!history.went_down_since(0, 300));
    }

    #[test]
    fn down_and_refusing_at_once_lasts_until_both_are_over() {
        let both = node(|node| (node.up, node.read_only) = (false, true));
        let refusing = node(|node| node.read_only = true);
        let mut history = timeline(&[(100, both), (200, refusing)]);
        assert_eq!(history.arrival(150, 0), None);
        history.follow(&Node::new(1), 300);
        assert_eq!(history.arrival(150, 0), Some(300));
    }

    #[test]
    fn a_schedule_goes_by_the_clock() {
        let schedule = node(|node| (node.down_after, node.up_after) = (Some(10), Some(30)));
        let history = timeline(&[(100, schedule)]);
        assert!(history.is_up(109) && !history.is_up(110) && !history.is_up(129));
        assert!(history.is_up(130));
        let last_changes = [99, 129, 130].map(|now| history.last_change(now));
        assert_eq!(last_changes, [Some(130), Some(130), None]);
        assert!(!history.went_down_since(100, 109) && history.went_down_since(100, 110));
        assert!(!history.went_down_since(110, 200));
        let returning = timeline(&[(100, node(|node| node.up_after = Some(30)))]);
        assert!(!returning.is_up(100) && returning.is_up(130));
    }

    #[test]
    fn a_new_description_replaces_what_was_still_to_come() {
        let later = node(|node| node.down_after = Some(50));
        let history = timeline(&[(100, later), (120, Node::new(1))]);
        assert!(history.is_up(150) && history.is_blank());
        let early_return = node(|node| (node.up, node.up_after) = (false, Some(5)));
        let history = timeline(&[(100, down()), (120, early_return)]);
        assert!(!history.is_up(124) && history.is_up(125));
        assert_eq!(history.arrival(110, 0), Some(125));
    }
}
