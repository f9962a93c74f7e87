//! What differs from run to run, and how a recording wants it compared.

/// What differs from run to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// Key handles.
    Handles,
    /// Key check values.
    CheckValues,
    /// Moduli and points.
    Moduli,
    /// The numbers of quorum tokens.
    Tokens,
    /// How long a token is still good for.
    Times,
    /// Bytes: what aesWrapUnwrap prints, and the bodies of PEM files.
    Data,
    /// What a machine says of itself: serial number, memory, firmware.
    Machine,
    /// The numbers of the client's own session.
    Sessions,
    /// Which node comes first in a cluster block.
    NodeOrder,
    /// How many nodes a cluster block has, and their ids.
    NodeCount,
    /// Blanks at the begin and the end of lines, their number within, and empty lines.
    Layout,
}

/// How an item is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// To the byte.
    Exact,
    /// What the recording calls A is what the run calls B, from its first appearance on.
    ByRole,
    /// Not at all, as long as it is there.
    Free,
}

use Treatment::{ByRole, Exact, Free};

impl Treatment {
    /// The treatment that a comment of this name asks for.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "exact" => Some(Exact),
            "role" => Some(ByRole),
            "free" => Some(Free),
            _ => None,
        }
    }
}

/// Every item, its name in comment lines, and its treatment when nothing is said.
const ITEMS: [(Item, &str, Treatment); 11] = [
    (Item::Handles, "handles", ByRole),
    (Item::CheckValues, "check-values", ByRole),
    (Item::Moduli, "moduli", ByRole),
    (Item::Tokens, "tokens", ByRole),
    (Item::Times, "times", Free),
    (Item::Data, "data", Free),
    (Item::Machine, "machine", Free),
    (Item::Sessions, "sessions", Free),
    (Item::NodeOrder, "node-order", Exact),
    (Item::NodeCount, "node-count", Exact),
    (Item::Layout, "layout", Exact),
];

/// How each item is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Treatments([Treatment; ITEMS.len()]);

impl Default for Treatments {
    fn default() -> Self {
        Self(ITEMS.map(|(_, _, treatment)| treatment))
    }
}

impl Treatments {
    /// Everything to the byte.
    #[must_use]
    pub fn exact() -> Self {
        Self([Exact; ITEMS.len()])
    }

    /// How this item is compared.
    #[must_use]
    pub fn of(&self, item: Item) -> Treatment {
        ITEMS.iter().zip(self.0).find(|((known, ..), _)| *known == item).map_or(Exact, |(_, it)| it)
    }

    /// Whether this item is not compared.
    #[must_use]
    pub fn frees(&self, item: Item) -> bool {
        self.of(item) == Free
    }

    /// Treats the items of this list so; `all` stands for every item.
    ///
    /// # Errors
    /// What is wrong with the list.
    pub fn set(&mut self, list: &str, treatment: Treatment) -> Result<(), String> {
        for name in list.split([',', ' ']).filter(|name| !name.is_empty()) {
            let mut found = false;
            for ((item, known, _), entry) in ITEMS.iter().zip(&mut self.0) {
                let structure = matches!(item, Item::NodeOrder | Item::NodeCount | Item::Layout);
                if name == *known || name == "all" && treatment == Exact {
                    if structure && treatment == ByRole {
                        return Err(format!("{name} can be exact or free only"));
                    }
                    (*entry, found) = (treatment, true);
                }
            }
            if !found {
                let names = ITEMS.map(|(_, name, _)| name).join(", ");
                return Err(format!("there is no {name:?} to compare; there are {names}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_sets_what_it_names() {
        let mut treatments = Treatments::default();
        treatments.set("handles, node-order layout", Free).unwrap();
        assert!(treatments.frees(Item::Handles) && treatments.frees(Item::Layout));
        assert_eq!(treatments.of(Item::NodeCount), Exact);
        treatments.set("all", Exact).unwrap();
        assert_eq!(treatments, Treatments::exact());
        for (list, treatment) in [("all", Free), ("layout", ByRole), ("handle", Exact)] {
            assert!(treatments.set(list, treatment).is_err(), "{list}");
        }
    }
}
