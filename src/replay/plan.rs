//! A recording as what there is to do: how the cluster is, then commands and
//! looks, each with what it is expected to print.

use std::ops::Range;

use super::Fault;
use super::recording::{Kind, Recording};
use super::treatment::{Treatment, Treatments};

/// What the comments before the first prompt say, each with its line, from 1.
pub type Setting = (usize, String, String);

/// What is done at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The session begins.
    Begin,
    /// A line is typed after the prompt.
    Command(String),
    /// A line looks at what the session left.
    Look(String),
}

/// One thing to do, and what is expected of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// The line that says so, from 1; 0 for the begin.
    pub line: usize,
    /// What is done.
    pub action: Action,
    /// The lines of the recording, from 0, in which the expected output stands among comments.
    pub region: Range<usize>,
    /// The expected output: the line where it stands, from 0, and its text.
    pub expected: Vec<(usize, String)>,
    /// How it is compared.
    pub treatments: Treatments,
    /// Whether a prompt follows, which begins with an empty line of its own.
    before_prompt: bool,
}

impl Step {
    /// The expected lines that count, where this many of the printed ones are empty at the end.
    pub fn trimmed(&self, empty_at_end: usize) -> &[(usize, String)] {
        let empty = self.expected.iter().rev().take_while(|(_, line)| line.trim().is_empty());
        let spare = empty.count().saturating_sub(empty_at_end);
        let spare = if self.before_prompt { spare.min(1) } else { spare };
        &self.expected[..self.expected.len() - spare]
    }
}

/// What there is to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is said about the cluster and its files.
    pub settings: Vec<Setting>,
    /// The session, in order.
    pub steps: Vec<Step>,
}

/// The names of the comments that stand before the first prompt.
const SETTINGS: [&str; 7] = ["kmu", "cluster", "fault", "copy", "file", "hex", "before"];

/// Reads a recording.
///
/// # Errors
/// What is wrong with it, and in which line.
pub fn read(recording: &Recording) -> Result<Plan, Fault> {
    let mut plan = Plan { settings: Vec::new(), steps: Vec::new() };
    let mut step = Step {
        line: 0,
        action: Action::Begin,
        region: 0..0,
        expected: Vec::new(),
        treatments: Treatments::default(),
        before_prompt: false,
    };
    for (at, kind) in recording.kinds().enumerate() {
        let action = match kind {
            Kind::Output(line) => {
                step.expected.push((at, line));
                continue;
            }
            Kind::Comment(name, _) if name.is_empty() => continue,
            Kind::Comment(name, value) => {
                let here = |reason: String| Fault::at(at + 1, reason);
                if let Some(treatment) = Treatment::of_name(&name) {
                    step.treatments.set(&value, treatment).map_err(here)?;
                } else if !SETTINGS.contains(&name.as_str()) {
                    return Err(here(format!("there is no setting {name:?}")));
                } else if step.line > 0 {
                    return Err(here(format!("{name} stands before the first prompt only")));
                } else {
                    plan.settings.push((at + 1, name, value));
                }
                continue;
            }
            Kind::Prompt(typed) => Action::Command(typed),
            Kind::Look(words) => Action::Look(words),
        };
        let before_prompt = matches!(action, Action::Command(_));
        let next = Step {
            line: at + 1,
            action,
            region: at + 1..at + 1,
            expected: Vec::new(),
            treatments: step.treatments.clone(),
            before_prompt: false,
        };
        step.region.end = at;
        plan.steps.push(Step { before_prompt, ..std::mem::replace(&mut step, next) });
    }
    step.region.end = recording.lines().len();
    plan.steps.push(step);
    if !plan.steps.iter().any(|step| matches!(step.action, Action::Command(_))) {
        let line = recording.lines().iter().position(|line| !line.trim().is_empty());
        let reason = "this is no recording: no line has the prompt \"Command:\" of a session";
        return Err(Fault::at(line.unwrap_or(0) + 1, reason));
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Plan, Fault> {
        read(&Recording::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_session_is_its_steps() {
        let text = "# kmu: --seed 1\n\nCommand: a\n x\n# A note\n\n\nCommand:  b\n$ cat f\ny\n\n";
        let plan = plan(text).unwrap();
        assert_eq!(plan.settings, [(1, "kmu".into(), "--seed 1".into())]);
        let lines = |step: &Step| step.trimmed(0).iter().map(|it| it.0).collect::<Vec<_>>();
        let steps: Vec<_> = plan.steps.iter().map(|step| (step.line, lines(step))).collect();
        assert_eq!(steps, [(0, vec![]), (3, vec![3, 5]), (8, vec![]), (9, vec![9])]);
    }

    #[test]
    fn what_cannot_be_is_told_with_its_line() {
        let reason = |text: &str| plan(text).unwrap_err().to_string();
        for (text, expected) in [
            ("\n$ ls\nfile\n", "line 2: this is no recording"),
            ("", "line 1: this is no recording"),
            ("# cluter: x\nCommand: a\n", "line 1: there is no setting \"cluter\""),
            ("Command: a\n# fault: x\n", "line 2: fault stands before the first prompt only"),
            ("# free: sun\nCommand: a\n", "line 1: there is no \"sun\" to compare"),
        ] {
            assert!(reason(text).starts_with(expected), "{}", reason(text));
        }
    }
}
