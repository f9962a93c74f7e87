//! The `kmu` program.

#![forbid(unsafe_code)]

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use kmu::administration;
use kmu::cli::{Cli, ClockChoice, ClusterAction, Exit, Mode, TopCommand};
use kmu::crypto::password::Cost;
use kmu::fault_source::FaultSource;
use kmu::hsm::clock::Clock;
use kmu::hsm::settings::Settings;
use kmu::hsm::{Hsm, StartError};
use kmu::output::Output;
use kmu::shell::{self, Shell};
use kmu::store::{HISTORY_NAME, Store};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output { indent: cli.indent };
    ExitCode::from(run(&cli, output).status())
}

fn run(cli: &Cli, output: Output) -> Exit {
    if cli.versions {
        let number = |text: &str| text.parse().unwrap_or(0);
        let major = number(env!("CARGO_PKG_VERSION_MAJOR"));
        print!("{}", output.versions(major, number(env!("CARGO_PKG_VERSION_MINOR"))));
        return Exit::Shell(shell::Ended::Normally);
    }
    if let Some(TopCommand::Cluster { action }) = &cli.command {
        return administer(cli, action);
    }
    let mode = cli.mode();
    if mode == Mode::Unknown {
        print!("{}", output.unknown_mode());
        return Exit::UnknownMode;
    }
    let (hsm, history) = match start(cli) {
        Ok(started) => started,
        Err(Failure::Unreachable) => {
            print!("{}", output.daemon_unreachable());
            return Exit::NotStarted;
        }
        Err(Failure::Explained(reason)) => {
            eprintln!("kmu: {reason}");
            return Exit::NotStarted;
        }
    };
    match run_mode(cli, output, hsm, history.as_deref(), mode) {
        Ok(exit) => exit,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Exit::Shell(shell::Ended::Normally)
        }
        Err(error) => {
            eprintln!("kmu: {error}");
            Exit::Broken
        }
    }
}

fn administer(cli: &Cli, action: &ClusterAction) -> Exit {
    let done = || -> Result<String, Failure> {
        if cli.ephemeral {
            let reason = "--ephemeral keeps nothing: there is no state to work on";
            return Err(Failure::Explained(String::from(reason)));
        }
        let (settings, directory) = (described(cli)?.1, state_directory(cli)?);
        warn_of_seed(cli);
        administration::run(action, &directory, settings, clock(cli), cli.seed, lock_timeout(cli))
            .map_err(|error| Failure::Explained(error.to_string()))
    };
    match done() {
        Ok(text) => {
            print!("{text}");
            Exit::Administered
        }
        Err(Failure::Explained(reason)) => {
            eprintln!("kmu: {reason}");
            Exit::NotAdministered
        }
        Err(Failure::Unreachable) => Exit::NotAdministered,
    }
}

fn run_mode(
    cli: &Cli,
    output: Output,
    hsm: Hsm,
    history: Option<&Path>,
    mode: Mode,
) -> io::Result<Exit> {
    let options =
        shell::Options { output, echo: cli.echo, strict: cli.strict, allow_shell: cli.allow_shell };
    let ended = match mode {
        Mode::Lines | Mode::Unknown => Shell::for_user(hsm, options, history)?.run_lines()?,
        Mode::Script(file) => Shell::on_standard_streams(hsm, options).run_script(&file)?,
        Mode::Single(arguments) => match shell::argument_words(arguments) {
            Ok(words) => Shell::on_standard_streams(hsm, options).run_single(&words)?,
            Err(argument) => {
                eprintln!("kmu: the argument {argument:?} is not valid UTF-8");
                return Ok(Exit::NotStarted);
            }
        },
    };
    Ok(Exit::Shell(ended))
}

enum Failure {
    Unreachable,
    Explained(String),
}

impl<E: Into<StartError>> From<E> for Failure {
    fn from(error: E) -> Self {
        match error.into() {
            StartError::Unreachable => Self::Unreachable,
            error => Self::Explained(error.to_string()),
        }
    }
}

/// The cluster, and the file of the terminal's history if there is one.
fn start(cli: &Cli) -> Result<(Hsm, Option<PathBuf>), Failure> {
    let (mut source, settings) = described(cli)?;
    if let Some(file) = cli.faults.as_ref().filter(|file| !file.exists()) {
        eprintln!("kmu: the faults file {} is not there yet", file.display());
    }
    let (store, cost, history) = if cli.ephemeral {
        (Store::in_memory()?, Cost::IN_MEMORY, None)
    } else {
        let directory = state_directory(cli)?;
        let store = Store::open(&directory, lock_timeout(cli))?;
        (store, Cost::AT_REST, Some(directory.join(HISTORY_NAME)))
    };
    warn_of_seed(cli);
    let mut hsm = Hsm::start(settings, store, clock(cli), cli.seed, cost)?;
    hsm.watch(Box::new(move || source.changed()));
    Ok((hsm, history))
}

/// How the cluster is, and who says so from now on.
fn described(cli: &Cli) -> Result<(FaultSource, Settings), Failure> {
    let mut source = FaultSource::new(cli.cluster.clone(), cli.fault.clone(), cli.faults.clone());
    let settings = source.read().map_err(Failure::Explained)?;
    Ok((source, settings))
}

fn lock_timeout(cli: &Cli) -> Duration {
    Duration::from_millis(cli.lock_timeout.into())
}

fn warn_of_seed(cli: &Cli) {
    if cli.seed.is_some() {
        eprintln!("kmu: with --seed, every key follows from the seed: nothing here is secret");
    }
}

fn clock(cli: &Cli) -> Clock {
    match (cli.clock, cli.seed) {
        (Some(ClockChoice::Virtual), _) | (None, Some(_)) => Clock::new_virtual(),
        _ => Clock::System,
    }
}

fn state_directory(cli: &Cli) -> Result<PathBuf, Failure> {
    use etcetera::BaseStrategy;
    if let Some(directory) = &cli.state {
        return Ok(directory.clone());
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        Failure::Explained(String::from("there is no home directory: say where with --state"))
    })?;
    Ok(strategy.data_dir().join("kmu"))
}
