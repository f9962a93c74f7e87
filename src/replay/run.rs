//! Running the steps of a recording, one by one, on a fresh cluster in memory.

use std::path::Path;

use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches};

use super::compare::{Change, compare};
use super::input::{Typed, check_path, typed};
use super::place::Place;
use super::plan::{Action, Plan, Step};
use super::roles::Roles;
use super::treatment::{Item, Treatments};
use super::units::units;
use super::{Fault, Stop};
use crate::cli::{Cli, ClockChoice};
use crate::command::{Outcome, Reply};
use crate::crypto::password::Cost;
use crate::hsm::Hsm;
use crate::hsm::clock::Clock;
use crate::hsm::settings::InitialUser;
use crate::output::Output;
use crate::shell::tape::{MAX_OUTPUT_LENGTH, Tape};
use crate::shell::{self, Shell};
use crate::store::Store;

/// Runs every step, and says how what was printed compares with what was expected; its
/// lines are counted in the recording, from 0. Files that the session reads are copied from `beside`.
///
/// # Errors
/// What is wrong with the recording; or Ctrl-C.
pub fn run(plan: &Plan, place: &Place, beside: &Path, cli: &Cli) -> Result<Vec<Vec<Change>>, Stop> {
    let mut session = Session::start(plan, place, beside, cli)?;
    let mut results = Vec::with_capacity(plan.steps.len());
    for step in &plan.steps {
        let at = |reason: String| Fault::at(step.line, reason);
        let printed = match &step.action {
            Action::Begin => session.begin(step)?,
            Action::Command(line) => session.command(line, step)?,
            Action::Look(look) => place.look(look, cli.allow_shell).map_err(at)?,
        };
        let printed: Vec<String> =
            printed.lines().map(|line| line.trim_end_matches('\r').to_owned()).collect();
        let empty = printed.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let (lines, texts): (Vec<usize>, Vec<String>) = step.trimmed(empty).iter().cloned().unzip();
        let mut changes = compare(&texts, &printed, &step.treatments, &mut session.roles);
        for change in &mut changes {
            if let Change::Same(at) | Change::Missing(at) = change {
                *at = at.iter().filter_map(|at| lines.get(*at).copied()).collect();
            }
        }
        results.push(changes);
    }
    Ok(results)
}

struct Session {
    shell: Shell,
    tape: Tape,
    roles: Roles,
    users: Vec<InitialUser>,
    /// What stands before the answer to a command's question.
    question: String,
    /// What is printed where no answer came.
    unanswered: String,
    ended: bool,
}

impl Session {
    fn start(plan: &Plan, place: &Place, beside: &Path, cli: &Cli) -> Result<Self, Stop> {
        let mut cli = cli.clone();
        let mut cluster = String::new();
        for (line, name, value) in &plan.settings {
            let at = |reason: String| Fault::at(*line, reason);
            match name.as_str() {
                "kmu" => take_options(&mut cli, value).map_err(at)?,
                "cluster" => cluster = cluster + value + "\n",
                "fault" => cli.fault.push(value.clone()),
                "before" => {}
                _ => place.put(name, value, beside).map_err(at)?,
            }
        }
        if cluster.is_empty() {
            return Self::on(&cli, plan);
        }
        check_files(&cluster).map_err(|reason| match cluster_line(plan) {
            Some(line) => Fault::at(line, reason),
            None => Fault::whole(reason),
        })?;
        // Beside the session's files, which it may name; no session sees it.
        let mut file = tempfile::NamedTempFile::new_in(".").map_err(Fault::system)?;
        std::io::Write::write_all(&mut file, cluster.as_bytes()).map_err(Fault::system)?;
        cli.cluster = Some(file.path().to_owned());
        Self::on(&cli, plan)
    }

    fn on(cli: &Cli, plan: &Plan) -> Result<Self, Stop> {
        let described = cli.source().read();
        let (dialect, settings) = described.map_err(|reason| describe(plan, cli, reason))?;
        let output = Output::new(dialect, cli.indent);
        let users = settings.users.clone();
        let clock = match cli.clock {
            Some(ClockChoice::System) => Clock::System,
            _ => Clock::new_virtual(),
        };
        let store = Store::in_memory().map_err(|error| Fault::whole(error.to_string()))?;
        let hsm = Hsm::start(settings, store, clock, cli.seed, Cost::IN_MEMORY)
            .map_err(|error| Fault::whole(format!("its cluster does not start: {error}")))?;
        let tape = Tape::new().map_err(Fault::system)?;
        let options = shell::Options { output, echo: true, ..shell::Options::default() };
        let shell = Shell::on_tape(hsm, options, &tape);
        let question = output.render(&Reply::AskBoolean);
        let question = question.lines().last().unwrap_or_default().trim().to_owned();
        let unanswered = output.render(&Reply::UnreadableInput).trim().to_owned();
        let roles = Roles::default();
        let mut session = Self { shell, tape, roles, users, question, unanswered, ended: false };
        for step in &plan.steps {
            let lines: Vec<_> = step.expected.iter().map(|(_, line)| line.clone()).collect();
            for value in units(&lines, &step.treatments).into_iter().flat_map(|unit| unit.values) {
                session.roles.reserve(value.item, value.text);
            }
        }
        for (line, _, command) in plan.settings.iter().filter(|(_, name, _)| name == "before") {
            session.before(*line, command)?;
        }
        Ok(session)
    }

    /// Runs a command that the recording does not show; the handles that it prints are the recording's.
    fn before(&mut self, line: usize, command: &str) -> Result<(), Stop> {
        let typed = typed(command, &[], &self.users, &mut self.roles)
            .map_err(|reason| Fault::at(line, reason))?;
        let (printed, outcome) = self.run(line, &typed, "")?;
        if !outcome.is_success() {
            let reason = format!("the command before the session failed:\n{printed}");
            return Err(Fault::at(line, reason).into());
        }
        let lines: Vec<String> = printed.lines().map(str::to_owned).collect();
        let values = units(&lines, &Treatments::default()).into_iter().flat_map(|unit| unit.values);
        for value in values.filter(|value| value.item == Item::Handles) {
            self.roles.bind(value.item, &value.text, &value.text);
        }
        Ok(())
    }

    /// Returns what is printed before the first prompt, if the recording has that.
    fn begin(&mut self, step: &Step) -> Result<String, Stop> {
        if step.expected.iter().all(|(_, line)| line.trim().is_empty()) {
            return Ok(String::new());
        }
        self.shell.begin().map_err(Fault::system)?;
        Ok(String::from_utf8_lossy(&self.tape.take_output()).into_owned())
    }

    /// Runs a command of the session, and returns what it prints.
    fn command(&mut self, line: &str, step: &Step) -> Result<String, Stop> {
        if self.ended {
            return Err(Fault::at(step.line, "the session has ended before this line").into());
        }
        let typed = typed(line, &step.expected, &self.users, &mut self.roles)
            .map_err(|reason| Fault::at(step.line, reason))?;
        let answers = answers(step, &self.question, &self.unanswered);
        let (printed, outcome) = self.run(step.line, &typed, &answers)?;
        self.ended = outcome == Outcome::Exit;
        Ok(printed)
    }

    fn run(
        &mut self,
        line: usize,
        typed: &Typed,
        answers: &str,
    ) -> Result<(String, Outcome), Stop> {
        let lines = zeroize::Zeroizing::new(format!("{}\n{answers}", typed.line.as_str()));
        self.tape.feed(&lines, typed.password.clone());
        let ran = self.shell.run_next();
        let printed = String::from_utf8_lossy(&self.tape.take_output()).into_owned();
        if self.tape.overflowed() {
            let reason = format!("the command prints more than {MAX_OUTPUT_LENGTH} bytes");
            return Err(Fault::at(line, reason).into());
        }
        if self.tape.interrupted() {
            return Err(Stop::Interrupted);
        }
        let outcome = ran.map_err(Fault::system)?.unwrap_or(Outcome::Exit);
        let echo = zeroize::Zeroizing::new(format!("{}{}\n", Output::PROMPT, typed.line.as_str()));
        let printed = printed.strip_prefix(echo.as_str()).map(str::to_owned).unwrap_or(printed);
        Ok((printed, outcome))
    }
}

/// Where the recording describes its cluster, if it does.
fn cluster_line(plan: &Plan) -> Option<usize> {
    plan.settings.iter().find(|(_, name, _)| name == "cluster").map(|it| it.0)
}

/// What is wrong with the cluster, at the lines that describe it if the recording has some.
fn describe(plan: &Plan, cli: &Cli, reason: String) -> Fault {
    let line = cluster_line(plan);
    let file = cli.cluster.as_ref().map(|file| format!("cluster file {}: ", file.display()));
    match (line, file.and_then(|file| reason.strip_prefix(&file))) {
        (Some(line), Some(rest)) => {
            Fault::at(line, format!("the cluster that begins here: {rest}"))
        }
        _ => Fault::whole(reason),
    }
}

/// What is typed to the questions of a command: what stands behind each, or on the
/// lines after it, for an empty line is no answer.
fn answers(step: &Step, question: &str, unanswered: &str) -> String {
    let mut answers = String::new();
    let mut asked = false;
    for (_, line) in &step.expected {
        let answer = match line.split_once(question) {
            Some((_, answer)) => answer,
            None if asked && line.trim() == unanswered => {
                // Nor was the last empty line typed: it is the question's.
                answers.pop();
                break;
            }
            None if asked => line,
            None => continue,
        };
        asked = answer.trim().is_empty();
        answers.push_str(answer);
        answers.push('\n');
    }
    answers
}

/// The files of `# cluster:` lines are those of the session.
fn check_files(cluster: &str) -> Result<(), String> {
    // What is wrong with the rest is said where it is read.
    let Ok(table) = cluster.parse::<toml::Table>() else { return Ok(()) };
    let users = table.get("user").and_then(toml::Value::as_array);
    let files = users.into_iter().flatten().filter_map(|user| user.get("quorum_public_key"));
    files.filter_map(toml::Value::as_str).try_for_each(check_path)
}

/// The options of a `# kmu:` line.
const OPTIONS: [&str; 6] = ["--seed", "--clock", "--profile", "--dialect", "--indent", "--fault"];

/// Takes the options of a `# kmu:` line, which say how the session was started.
fn take_options(cli: &mut Cli, words: &str) -> Result<(), String> {
    let words = ["kmu"].into_iter().chain(words.split_ascii_whitespace());
    let told = |error: clap::Error| {
        let text = error.to_string();
        text.lines().next().unwrap_or_default().to_owned()
    };
    // What the environment says is no part of the recording.
    let options = Cli::command().mut_args(|option| option.env(Resettable::Reset));
    let matches = options.try_get_matches_from(words.clone()).map_err(told)?;
    let said = Cli::from_arg_matches(&matches).map_err(told)?;
    if said.command.is_some() || !said.mode.is_empty() || said.allow_shell || said.versions {
        return Err(String::from("only options of the session may stand here"));
    }
    let named = |name: &str| words.clone().any(|word| word.split('=').next() == Some(name));
    if ["--cluster", "--faults", "--state"].into_iter().any(named) {
        return Err(String::from(
            "a recording names no files of this machine (# cluster: says how it is)",
        ));
    }
    let mut names = words.clone().filter_map(|word| word.split('=').next());
    if let Some(other) = names.find(|name| name.starts_with("--") && !OPTIONS.contains(name)) {
        return Err(format!("{other} has no effect on a replay"));
    }
    cli.seed = said.seed.or(cli.seed);
    cli.clock = said.clock.or(cli.clock);
    cli.indent = said.indent.or(cli.indent);
    if said.profile.is_some() || said.dialect.is_some() {
        (cli.profile, cli.dialect) = (said.profile, said.dialect);
    }
    cli.fault.extend(said.fault);
    Ok(())
}
