//! What a recording expects against what a run printed.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};

use super::roles::Roles;
use super::treatment::{Treatment, Treatments};
use super::units::{Unit, units};

/// How long the shortest difference is looked for; after that, any will do.
const PATIENCE: Duration = Duration::from_secs(1);

/// A part of the comparison, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// These expected lines were printed; lines count from 0.
    Same(Vec<usize>),
    /// These expected lines were not printed.
    Missing(Vec<usize>),
    /// These lines were printed, as the recording would say them.
    Added(Vec<String>),
}

/// Whether anything differs.
#[must_use]
pub fn differ(changes: &[Change]) -> bool {
    changes.iter().any(|change| !matches!(change, Change::Same(_)))
}

/// Compares, and learns what the run calls the recording's values.
pub fn compare(
    expected: &[String],
    printed: &[String],
    treatments: &Treatments,
    roles: &mut Roles,
) -> Vec<Change> {
    let (wanted, got) = (units(expected, treatments), units(printed, treatments));
    let skeletons = |units: &[Unit]| units.iter().map(|it| it.skeleton.clone()).collect::<Vec<_>>();
    let deadline = Instant::now() + PATIENCE;
    let (old, new) = (skeletons(&wanted), skeletons(&got));
    let operations = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut parts = Vec::new();
    for operation in operations {
        let (old, new) = (operation.old_range(), operation.new_range());
        if operation.tag() == DiffTag::Equal {
            for (wanted, got) in wanted[old].iter().zip(&got[new]) {
                parts.push((Some(wanted), Some(got), bind(wanted, got, roles)));
            }
            continue;
        }
        // What was printed instead of something else has its roles, as far as one can tell.
        bind_loosely(&wanted[old.clone()], &got[new.clone()], roles);
        parts.extend(wanted[old].iter().map(|unit| (Some(unit), None, false)));
        parts.extend(got[new].iter().map(|unit| (None, Some(unit), false)));
    }
    let mut changes = Vec::new();
    for (wanted, got, same) in parts {
        if same {
            changes.extend(wanted.map(|unit| Change::Same(unit.lines.clone())));
            continue;
        }
        changes.extend(wanted.map(|unit| Change::Missing(unit.lines.clone())));
        changes.extend(got.map(|unit| Change::Added(translated(unit, printed, treatments, roles))));
    }
    changes
}

/// Whether the values of two lines with the same skeleton have the same roles.
fn bind(wanted: &Unit, got: &Unit, roles: &mut Roles) -> bool {
    let pairs = || wanted.values.iter().zip(&got.values);
    let text = |(wanted, got): (&'_ super::units::Value, &'_ super::units::Value)| {
        (wanted.item, wanted.text.clone(), got.text.clone())
    };
    for (item, recorded, run) in pairs().filter(|(wanted, _)| !wanted.strict).map(text) {
        roles.bind(item, &recorded, &run);
    }
    let strict: Vec<_> = pairs().filter(|(wanted, _)| wanted.strict).map(text).collect();
    roles.bind_all(strict.iter().map(|(item, recorded, run)| (*item, &**recorded, &**run)))
}

/// Binds the values of lines that differ, if there are as many of each item.
fn bind_loosely(wanted: &[Unit], got: &[Unit], roles: &mut Roles) {
    let values = |units: &[Unit]| -> Vec<_> {
        units.iter().flat_map(|unit| unit.values.clone()).map(|it| (it.item, it.text)).collect()
    };
    let (wanted, got) = (values(wanted), values(got));
    let items = |values: &[(_, String)]| values.iter().map(|(item, _)| *item).collect::<Vec<_>>();
    if items(&wanted) == items(&got) {
        for ((item, recorded), (_, run)) in wanted.iter().zip(&got) {
            roles.bind(*item, recorded, run);
        }
    }
}

/// Printed lines in the recording's words.
fn translated(
    unit: &Unit,
    printed: &[String],
    treatments: &Treatments,
    roles: &mut Roles,
) -> Vec<String> {
    let mut lines: Vec<String> =
        unit.lines.iter().filter_map(|at| printed.get(*at)).cloned().collect();
    let ([line], true) = (lines.as_mut_slice(), treatments != &Treatments::exact()) else {
        return lines;
    };
    for value in unit.values.iter().rev() {
        if let Some(place) = value.place.clone()
            && treatments.of(value.item) != Treatment::Exact
        {
            line.replace_range(place, &roles.name(value.item, &value.text));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn compared(expected: &str, printed: &str, roles: &mut Roles) -> Vec<Change> {
        compare(&lines(expected), &lines(printed), &Treatments::default(), roles)
    }

    #[test]
    fn a_handle_is_the_same_by_its_role() {
        let mut roles = Roles::default();
        assert!(!differ(&compared("Key Handle: 262177", "Key Handle: 6", &mut roles)));
        assert!(!differ(&compared("Key Handle: 262177", "Key Handle: 6", &mut roles)));
        assert!(differ(&compared("Key Handle: 262177", "Key Handle: 7", &mut roles)));
        assert!(differ(&compared("Key Handle: 9", "Key Handle: 6", &mut roles)));
    }

    #[test]
    fn what_was_printed_is_shown_in_the_recordings_words() {
        let mut roles = Roles::default();
        compared("Key Handle: 7", "Key Handle: 6", &mut roles);
        let expected = [
            Change::Missing(vec![0]),
            Change::Added(vec![String::from("some Key Handle: 7")]),
            Change::Same(vec![1]),
        ];
        assert_eq!(compared("other\nend", "some Key Handle: 6\nend", &mut roles), expected);
    }

    #[test]
    fn lines_that_differ_still_tell_which_key_is_which() {
        let mut roles = Roles::default();
        assert!(differ(&compared("Made. Key Handle: 21", "Made!  Key Handle: 6", &mut roles)));
        assert!(!differ(&compared("Key Handle: 21", "Key Handle: 6", &mut roles)));
    }
}
