//! Which value of the run is which value of the recording.

use std::collections::{HashMap, HashSet};

use super::treatment::Item;

/// A one-to-one relation of the recording's values and the run's, for each item.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    run: HashMap<(Item, String), String>,
    recorded: HashMap<(Item, String), String>,
    /// What the recording will come to say.
    reserved: HashSet<(Item, String)>,
}

impl Roles {
    /// Keeps a value of the recording for what it is there.
    pub fn reserve(&mut self, item: Item, recorded: String) {
        self.reserved.insert((item, recorded));
    }

    /// Whether these two are the same role, which they are from now on if
    /// neither has one yet.
    pub fn bind(&mut self, item: Item, recorded: &str, run: &str) -> bool {
        let keys = ((item, recorded.to_owned()), (item, run.to_owned()));
        match (self.run.get(&keys.0), self.recorded.get(&keys.1)) {
            (Some(known), _) => known == run,
            (None, Some(_)) => false,
            (None, None) => {
                self.run.insert(keys.0, run.to_owned());
                self.recorded.insert(keys.1, recorded.to_owned());
                true
            }
        }
    }

    /// As [`Roles::bind`] of all of these, or of none.
    pub fn bind_all<'a>(&mut self, pairs: impl Iterator<Item = (Item, &'a str, &'a str)>) -> bool {
        let mut bound = Vec::new();
        for (item, recorded, run) in pairs {
            let new = self.run(item, recorded).is_none();
            if !self.bind(item, recorded, run) {
                for (item, recorded, run) in bound {
                    self.run.remove(&(item, recorded));
                    self.recorded.remove(&(item, run));
                }
                return false;
            }
            if new {
                bound.push((item, recorded.to_owned(), run.to_owned()));
            }
        }
        true
    }

    /// What the run calls this.
    #[must_use]
    pub fn run(&self, item: Item, recorded: &str) -> Option<&str> {
        self.run.get(&(item, recorded.to_owned())).map(String::as_str)
    }

    /// What the recording calls this, if anything.
    #[must_use]
    pub fn recorded(&self, item: Item, run: &str) -> Option<&str> {
        self.recorded.get(&(item, run.to_owned())).map(String::as_str)
    }

    /// What the recording calls this from now on: what it is called already,
    /// what the run calls it, or a number that is free.
    pub fn name(&mut self, item: Item, run: &str) -> String {
        if let Some(recorded) = self.recorded(item, run) {
            return recorded.to_owned();
        }
        let mut name = run.to_owned();
        if self.run(item, run).is_some() || self.reserved.contains(&(item, name.clone())) {
            let numbers = self.run.keys().chain(&self.reserved);
            let numbers = numbers.filter(|(known, _)| *known == item);
            let highest = numbers.filter_map(|(_, name)| name.parse::<u64>().ok()).max();
            if let Some(highest) = highest {
                name = highest.saturating_add(1).to_string();
            }
        }
        self.bind(item, &name, run);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDLES: Item = Item::Handles;

    #[test]
    fn the_relation_is_one_to_one() {
        let mut roles = Roles::default();
        assert!(roles.bind(HANDLES, "262177", "6") && roles.bind(HANDLES, "262177", "6"));
        assert!(!roles.bind(HANDLES, "262177", "7") && !roles.bind(HANDLES, "262179", "6"));
        assert!(roles.bind(Item::Tokens, "262177", "9"));
        assert_eq!(roles.run(HANDLES, "262177"), Some("6"));
        assert_eq!(roles.recorded(HANDLES, "7"), None);
    }

    #[test]
    fn several_are_bound_together_or_not_at_all() {
        let mut roles = Roles::default();
        let pairs = [(HANDLES, "1", "11"), (HANDLES, "2", "11")];
        assert!(!roles.bind_all(pairs.into_iter()));
        assert_eq!((roles.run(HANDLES, "1"), roles.recorded(HANDLES, "11")), (None, None));
        assert!(roles.bind_all([(HANDLES, "1", "11"), (HANDLES, "2", "12")].into_iter()));
    }

    #[test]
    fn a_new_value_gets_a_name_that_is_free() {
        let mut roles = Roles::default();
        roles.bind(HANDLES, "7", "6");
        assert_eq!(roles.name(HANDLES, "6"), "7");
        assert_eq!(roles.name(HANDLES, "7"), "8");
        assert_eq!(roles.name(HANDLES, "9"), "9");
        assert_eq!(roles.run(HANDLES, "8"), Some("7"));
        roles.reserve(HANDLES, String::from("20"));
        assert_eq!(roles.name(HANDLES, "20"), "21");
        assert_eq!(roles.name(HANDLES, "30"), "30");
        assert!(roles.bind(HANDLES, "20", "31"));
    }
}
