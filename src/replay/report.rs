//! What a replay says about a recording that differs, and the recording as it should be.

use std::collections::BTreeSet;
use std::path::Path;

use super::compare::{Change, differ};
use super::plan::Plan;
use super::recording::{Recording, escaped};
use crate::output::Output;

/// How many lines are shown around a difference.
const CONTEXT: usize = 3;

/// A line of the recording as it is, or as it should be.
enum Row<'a> {
    Kept(usize),
    Missing(usize),
    Added(&'a str),
}

/// How many commands differ, in words.
pub fn parts(count: usize) -> String {
    format!("{count} {}", if count == 1 { "command differs" } else { "commands differ" })
}

/// The differences, with the numbers of the recording's lines.
pub fn text(file: &Path, recording: &Recording, plan: &Plan, results: &[Vec<Change>]) -> String {
    let mut text = String::new();
    let line = |at: usize| recording.lines().get(at).map_or("", String::as_str);
    for (step, result) in plan.steps.iter().zip(results).filter(|(_, result)| differ(result)) {
        let (number, name) = (step.line.max(1), file.display());
        let title = if step.line == 0 { "" } else { line(step.line - 1).trim() };
        text += &format!("--- {name}, line {number}: {title}\n");
        let rows = rows(step.region.clone(), result);
        let kept = |row: &Row<'_>| matches!(row, Row::Kept(_));
        let mut skipped = false;
        for (index, row) in rows.iter().enumerate() {
            let around = index.saturating_sub(CONTEXT)..(index + CONTEXT + 1).min(rows.len());
            if rows[around].iter().all(kept) {
                text += if std::mem::replace(&mut skipped, true) { "" } else { "   ...\n" };
                continue;
            }
            skipped = false;
            match row {
                Row::Kept(at) => text += &format!("{:>6}   {}\n", at + 1, line(*at)),
                Row::Missing(at) => text += &format!("{:>6} - {}\n", at + 1, line(*at)),
                Row::Added(line) => text += &format!("       + {line}\n"),
            }
        }
    }
    text
}

/// What may help, after the differences: a recording does not bring the files
/// that its session read.
pub fn hint(results: &[Vec<Change>]) -> &'static str {
    let misses_file = |change: &Change| {
        let Change::Added(lines) = change else { return false };
        lines.iter().any(|line| Output::names_unreadable_file(line))
    };
    if results.iter().flatten().any(misses_file) {
        "hint  a file that the session reads is missing: a line \"# copy: NAME\" before the first\n\
         \x20     prompt brings one from beside the recording\n"
    } else {
        ""
    }
}

/// The recording with what was printed.
pub fn blessed(recording: &Recording, plan: &Plan, results: &[Vec<Change>]) -> String {
    let mut lines = Vec::new();
    let line = |at: usize| recording.lines().get(at).cloned().unwrap_or_default();
    for (step, result) in plan.steps.iter().zip(results) {
        lines.extend(step.line.checked_sub(1).map(line));
        for row in rows(step.region.clone(), result) {
            match row {
                Row::Kept(at) => lines.push(line(at)),
                Row::Missing(_) => {}
                Row::Added(line) => lines.push(escaped(line)),
            }
        }
    }
    lines.join("\n") + "\n"
}

/// A recording that ends within a line, and in the middle of what was printed there: the
/// line where it was cut off, from 1.
pub fn cut_off(recording: &Recording, plan: &Plan, results: &[Vec<Change>]) -> Option<usize> {
    let (step, result) = (plan.steps.last()?, results.last()?);
    let last = recording.lines().last()?;
    let number = recording.lines().len();
    let begun = |change: &Change| matches!(change, Change::Added(lines) if lines.iter().any(|line| line.starts_with(last)));
    let within = step.line == number || result.iter().any(begun);
    (recording.lacks_end() && differ(result) && within).then_some(number)
}

/// Every line of a step, and every line that it lacks, in order.
fn rows(region: std::ops::Range<usize>, changes: &[Change]) -> Vec<Row<'_>> {
    let mut missing: BTreeSet<usize> = BTreeSet::new();
    // Where the order of nodes is free, changes are not in the order of lines.
    let mut added: Vec<(usize, &str)> = Vec::new();
    let mut next = region.start;
    for change in changes {
        match change {
            Change::Added(lines) => added.extend(lines.iter().map(|line| (next, line.as_str()))),
            Change::Same(lines) | Change::Missing(lines) => {
                next = lines.iter().map(|at| at + 1).fold(next, usize::max);
                if matches!(change, Change::Missing(_)) {
                    missing.extend(lines);
                }
            }
        }
    }
    let mut added = added.into_iter().peekable();
    let mut rows = Vec::new();
    for at in region {
        while let Some((_, line)) = added.next_if(|(before, _)| *before <= at) {
            rows.push(Row::Added(line));
        }
        rows.push(if missing.contains(&at) { Row::Missing(at) } else { Row::Kept(at) });
    }
    rows.extend(added.map(|(_, line)| Row::Added(line)));
    rows
}
