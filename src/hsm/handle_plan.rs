//! Which handle comes next. The plan lives in the cluster's state and moves on
//! with every key, so that no handle is ever given twice.

use super::StartError;
use super::answer::Outcome;
use super::names::{FIRST_SERIAL, Handle, NodeId};
use super::proof;
use super::return_code::ReturnCode;
use crate::crypto::seal::SealingKey;
use crate::store::{self, Change, View};

/// The last serial number that a plan can come to; no cluster makes so many keys.
const MAX_SERIAL: u64 = 1 << 40;

/// The name of the plan among the settings of the state, and of its proof among the records.
const SETTING: &str = "handles";

/// The handles to give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlePlan {
    /// The serial number after those that the cluster file plans.
    next_serial: u64,
    /// What the cluster file asks for and has not got yet.
    planned: Vec<Handle>,
}

impl HandlePlan {
    /// The plan of a fresh cluster.
    pub fn new(planned: &[Handle]) -> Self {
        let after = planned.iter().map(|handle| handle.serial() + 1).max();
        Self { next_serial: after.unwrap_or(0).max(FIRST_SERIAL), planned: planned.to_vec() }
    }

    /// The plan in a state.
    pub fn load(view: &View<'_>) -> Result<Self, StartError> {
        let text = view.setting(SETTING)?.ok_or(StartError::Damaged("it has no handle plan"))?;
        Self::parse(&text).ok_or(StartError::Damaged("its handle plan cannot be read"))
    }

    /// The plan in a state, checked: it is one that a kmu with this cluster key
    /// wrote, and not older than any key.
    ///
    /// # Errors
    /// kmu's integrity code when it is not.
    pub fn load_checked(view: &View<'_>, cluster_key: &SealingKey) -> Outcome<Self> {
        let plan = Self::load(view).map_err(|_| ReturnCode::RECORD_DAMAGED)?;
        proof::check(&plan.context(), view.blob(SETTING)?.as_deref(), cluster_key)?;
        if view.highest_serial()? >= plan.next_serial {
            return Err(ReturnCode::RECORD_DAMAGED.into());
        }
        Ok(plan)
    }

    /// Writes the plan with its proof, as a part of a change.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn save(&self, change: &Change<'_>, cluster_key: &SealingKey) -> Result<(), store::Error> {
        change.set_blob(SETTING, &proof::of(&self.context(), cluster_key))?;
        change.set_setting(SETTING, &self.to_text())
    }

    fn context(&self) -> Vec<u8> {
        format!("kmu handles 1 {}", self.to_text()).into_bytes()
    }

    /// Gives the next handle for a key that this node makes.
    pub fn take(&mut self, node: NodeId) -> Handle {
        if self.planned.is_empty() {
            self.next_serial += 1;
            Handle::new(node, self.next_serial - 1)
        } else {
            self.planned.remove(0)
        }
    }

    fn to_text(&self) -> String {
        let planned: Vec<_> = self.planned.iter().map(ToString::to_string).collect();
        format!("{} {}", self.next_serial, planned.join(","))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let next_serial = words.next()?.parse().ok()?;
        if next_serial > MAX_SERIAL {
            return None;
        }
        let planned = words.next()?.split(',').filter(|word| !word.is_empty());
        let planned =
            planned.map(|word| word.parse().map(Handle)).collect::<Result<_, _>>().ok()?;
        Some(Self { next_serial, planned })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planned_handles_come_first_and_serials_go_on_after_them() {
        let mut plan = HandlePlan::new(&[Handle(262_179), Handle(262_177)]);
        assert_eq!(plan.take(0), Handle(262_179));
        let mut plan = HandlePlan::parse(&plan.to_text()).unwrap();
        assert_eq!(plan.take(0), Handle(262_177));
        assert_eq!(plan.take(0), Handle(36));
        assert_eq!(plan.take(1), Handle::new(1, 37));
    }

    #[test]
    fn a_fresh_plan_begins_at_six() {
        assert_eq!(HandlePlan::new(&[]).take(0), Handle(6));
    }

    #[test]
    fn a_damaged_plan_is_refused() {
        for text in ["", "6", "x ", "6 7,x", "-6 ", "18446744073709551615 "] {
            assert_eq!(HandlePlan::parse(text), None, "{text}");
        }
    }
}
