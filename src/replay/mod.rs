//! Replaying recorded sessions: each command of a recording runs on a fresh
//! cluster in memory, and what it prints is compared with what the recording
//! says. docs/replay.md describes the format.

mod compare;
mod input;
mod place;
mod plan;
mod recording;
mod report;
mod roles;
mod run;
mod treatment;
mod units;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::Cli;
use crate::command::write_file::{Readers, write_file};
use crate::profile::Profile;
use crate::shell::tell;
use recording::Recording;

/// What a replay is made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Options {
    /// Rewrite a recording that differs, with what was printed
    #[arg(long)]
    pub bless: bool,

    /// Where the files are that recordings copy [default: beside the recording]
    #[arg(long, value_name = "DIR")]
    pub files: Option<PathBuf>,
}

/// What is wrong with a recording, so that it cannot be replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1; nothing where it is not about a line.
    line: Option<usize>,
    reason: String,
}

impl Fault {
    fn at(line: usize, reason: impl Into<String>) -> Self {
        Self { line: Some(line), reason: reason.into() }
    }

    fn system(error: io::Error) -> Self {
        Self::whole(error.to_string())
    }

    fn whole(reason: impl Into<String>) -> Self {
        Self { line: None, reason: reason.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        formatter.write_str(&self.reason)
    }
}

/// How replays ended: the worst of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every recording was reproduced.
    Same,
    /// A recording differs.
    Different,
    /// A recording cannot be replayed.
    Unreadable,
}

/// Replays these recordings, one after another, and reports to `sink`.
///
/// The options of `cli` hold where a recording says nothing else. The
/// process's current directory changes while a session runs.
///
/// # Errors
/// When there is no current directory, the report cannot be printed, or Ctrl-C was pressed.
pub fn replay(
    files: &[PathBuf],
    options: &Options,
    cli: &Cli,
    sink: &mut dyn Write,
) -> io::Result<Verdict> {
    let home = std::env::current_dir()?;
    let mut verdicts = Vec::new();
    for file in files {
        let verdict = match replay_one(file, &home, options, cli) {
            Ok(Replayed { text, verdict }) => {
                sink.write_all(text.as_bytes())?;
                verdict
            }
            Err(Stop::Fault(fault)) => {
                let (place, reason) = (file.display(), &fault.reason);
                match fault.line {
                    Some(line) => tell(&format_args!("{place}, line {line}: {reason}")),
                    None => tell(&format_args!("{place}: {reason}")),
                }
                writeln!(sink, "ERROR {place}")?;
                Verdict::Unreadable
            }
            Err(Stop::Interrupted) => return Err(io::ErrorKind::Interrupted.into()),
        };
        verdicts.push(verdict);
    }
    let count = |wanted: Verdict| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    if verdicts.len() > 1 {
        let (same, different) = (count(Verdict::Same), count(Verdict::Different));
        let unreadable = count(Verdict::Unreadable);
        writeln!(sink, "{same} same, {different} different, {unreadable} not replayed")?;
    }
    Ok(verdicts.into_iter().max().unwrap_or(Verdict::Same))
}

/// What stands at the top of a recording that is made with these options.
#[must_use]
pub fn header(cli: &Cli) -> String {
    let seed = cli.seed.map(|seed| format!(" --seed {seed}"));
    // Whatever the name and the environment are where it is replayed.
    let usual = cli.cluster.is_none().then_some(Profile::default());
    let profile = cli.profile.or(cli.name).or(usual);
    let options = [
        seed,
        chosen("--profile", profile),
        chosen("--dialect", cli.dialect),
        chosen("--indent", cli.indent),
        chosen("--clock", cli.clock),
    ];
    let options: String = options.into_iter().flatten().collect();
    let mut header = String::new();
    if !options.is_empty() {
        header += &format!("# kmu:{options}\n");
    }
    for fault in &cli.fault {
        header += &format!("# fault: {fault}\n");
    }
    if cli.cluster.is_some() {
        header += "# A file describes the cluster: replay this with the same --cluster.\n";
    }
    if cli.faults.is_some() {
        header += "# Its faults came from a file: replay this with --faults or a line for each.\n";
    }
    header
}

/// An option with its value, if it was chosen.
fn chosen<T: clap::ValueEnum>(option: &str, value: Option<T>) -> Option<String> {
    let value = value?.to_possible_value()?;
    Some(format!(" {option} {}", value.get_name()))
}

struct Replayed {
    text: String,
    verdict: Verdict,
}

/// Why a replay does not come to its end.
enum Stop {
    Fault(Fault),
    Interrupted,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn replay_one(file: &Path, home: &Path, options: &Options, cli: &Cli) -> Result<Replayed, Stop> {
    let path = home.join(file);
    let recording = Recording::read(&path)?;
    let plan = plan::read(&recording)?;
    let beside = match &options.files {
        Some(files) => home.join(files),
        None => path.parent().unwrap_or(home).to_owned(),
    };
    // What is named on the command line is relative to where that was typed.
    let mut cli = cli.clone();
    for named in [&mut cli.cluster, &mut cli.faults].into_iter().flatten() {
        *named = home.join(&*named);
    }
    let place = place::Place::new(home).map_err(Fault::system)?;
    let results = run::run(&plan, &place, &beside, &cli)?;
    drop(place);
    let differences = results.iter().filter(|result| compare::differ(result)).count();
    let name = file.display();
    if differences == 0 {
        return Ok(Replayed { text: format!("ok    {name}\n"), verdict: Verdict::Same });
    }
    if options.bless {
        let text = report::blessed(&recording, &plan, &results);
        write_file(&path, text.as_bytes(), Readers::Anybody)
            .map_err(|error| Fault::whole(format!("it cannot be rewritten: {error}")))?;
        let text = format!("new   {name}: {}\n", report::parts(differences));
        return Ok(Replayed { text, verdict: Verdict::Same });
    }
    if let Some(line) = report::cut_off(&recording, &plan, &results) {
        return Err(Fault::at(line, "the recording is cut off here").into());
    }
    let text = report::text(file, &recording, &plan, &results)
        + report::hint(&results)
        + &format!("FAIL  {name}: {}\n", report::parts(differences));
    Ok(Replayed { text, verdict: Verdict::Different })
}
