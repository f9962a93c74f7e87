//! The `kmu` program.

#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kmu::administration;
use kmu::cli::{self, Cli, ClockChoice, ClusterAction, Exit, Mode, TopCommand};
use kmu::crypto::password::Cost;
use kmu::fault_source::FaultSource;
use kmu::hsm::clock::Clock;
use kmu::hsm::settings::Settings;
use kmu::hsm::{Hsm, StartError};
use kmu::manual;
use kmu::output::{Format, Output, json};
use kmu::replay;
use kmu::shell::recorder::Recorder;
use kmu::shell::{self, Shell, tell};
use kmu::store::{HISTORY_NAME, Store};

fn main() -> ExitCode {
    // A file that becomes too long is an error to tell, and no reason to end without a word.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    let cli = Cli::of_process(cli::without_name(std::env::args_os()));
    ExitCode::from(run(&cli).status())
}

fn run(cli: &Cli) -> Exit {
    let ended = run_or_fail(cli).or_else(|error| match error.kind() {
        // Whoever read the output has seen enough; a strict run says that it did not come to its end.
        io::ErrorKind::BrokenPipe if !cli.strict => Ok(Exit::Shell(shell::Ended::Normally)),
        _ => Err(error),
    });
    ended.unwrap_or_else(|error| {
        fail(cli, &error);
        Exit::Broken
    })
}

/// Says why it goes no further, as an object, too, where objects are read.
fn fail(cli: &Cli, reason: &dyn std::fmt::Display) {
    let is_recording = matches!(cli.command, Some(TopCommand::Record { .. }));
    if cli.output == Format::Json && !is_recording {
        // It has failed, whether or not somebody hears it.
        let _ = print(&json::failure(None, &reason.to_string()));
    }
    tell(reason);
}

fn run_or_fail(cli: &Cli) -> io::Result<Exit> {
    if cli.versions {
        let number = |text: &str| text.parse().unwrap_or(0);
        let major = number(env!("CARGO_PKG_VERSION_MAJOR"));
        print(&Output::versions(major, number(env!("CARGO_PKG_VERSION_MINOR"))))?;
        return Ok(Exit::Shell(shell::Ended::Normally));
    }
    match &cli.command {
        Some(TopCommand::Cluster { action }) => return administer(cli, action),
        Some(TopCommand::Replay { recordings, options }) => {
            return replay::replay(recordings, options, cli, &mut io::stdout()).map(Exit::Replayed);
        }
        Some(TopCommand::Man) => return print_manual(manual::page),
        Some(TopCommand::Completions { shell }) => {
            return print_manual(|sink| manual::completions(*shell, sink));
        }
        Some(TopCommand::Record { .. }) | None => {}
    }
    let mut source = cli.source();
    let (dialect, settings) = match source.read() {
        Ok(described) => described,
        Err(reason) => {
            fail(cli, &reason);
            return Ok(Exit::NotStarted);
        }
    };
    let output = Output::new(dialect, cli.indent).with_format(cli.output);
    if output.is_json() && matches!(cli.command, Some(TopCommand::Record { .. })) {
        tell(&"a recording is a session in text: record takes no --output json");
        return Ok(Exit::NotStarted);
    }
    let mode = cli.mode();
    if let Mode::Unknown(reason) = &mode {
        print(&(output.start(settings.fips_state()) + &output.unknown_mode()))?;
        tell(&format_args!("{reason}; kmu --help says more"));
        return Ok(Exit::UnknownMode { strict: cli.strict });
    }
    let (hsm, history) = match start(cli, source, settings) {
        Ok(started) => started,
        Err(Failure::Unreachable) => {
            // The start failed, whether or not somebody hears it.
            let _ = print(&output.daemon_unreachable());
            return Ok(Exit::NotStarted);
        }
        Err(Failure::Explained(reason)) => {
            fail(cli, &reason);
            return Ok(Exit::NotStarted);
        }
    };
    run_mode(cli, output, hsm, history.as_deref(), mode)
}

fn print(text: &str) -> io::Result<()> {
    let mut output = io::stdout();
    output.write_all(text.as_bytes())?;
    output.flush()
}

fn print_manual(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Exit> {
    let mut output = io::stdout();
    write(&mut output)?;
    output.flush()?;
    Ok(Exit::Shell(shell::Ended::Normally))
}

fn administer(cli: &Cli, action: &ClusterAction) -> io::Result<Exit> {
    let done = || -> Result<String, Failure> {
        if cli.ephemeral {
            let reason = "--ephemeral keeps nothing: there is no state to work on";
            return Err(Failure::Explained(String::from(reason)));
        }
        let (_, settings) = cli.source().read().map_err(Failure::Explained)?;
        let directory = state_directory(cli)?;
        warn_of_seed(cli);
        administration::run(action, &directory, settings, clock(cli), cli.seed, lock_timeout(cli))
            .map_err(|error| Failure::Explained(error.to_string()))
    };
    match done() {
        Ok(text) => {
            print(&text)?;
            Ok(Exit::Administered)
        }
        Err(Failure::Explained(reason)) => {
            tell(&reason);
            Ok(Exit::NotAdministered)
        }
        Err(Failure::Unreachable) => Ok(Exit::NotAdministered),
    }
}

fn run_mode(
    cli: &Cli,
    output: Output,
    hsm: Hsm,
    history: Option<&Path>,
    mode: Mode,
) -> io::Result<Exit> {
    let options = shell::Options {
        output,
        echo: cli.echo,
        strict: cli.strict,
        allow_shell: cli.allow_shell,
        editing: cli.editing,
    };
    let ended = match mode {
        Mode::Lines | Mode::Unknown(_) => {
            let mut shell = Shell::for_user(hsm, options, history)?;
            if let Some(TopCommand::Record { file, force }) = &cli.command {
                match Recorder::create(file, *force, &replay::header(cli)) {
                    Ok(recorder) => shell.record(recorder),
                    Err(error) => {
                        tell(&format_args!("{}: {error}", file.display()));
                        return Ok(Exit::NotStarted);
                    }
                }
            }
            shell.run_lines()?
        }
        Mode::Script(file) => Shell::on_standard_streams(hsm, options)?.run_script(&file)?,
        Mode::Single(arguments) => match shell::argument_words(arguments) {
            Ok(words) => Shell::on_standard_streams(hsm, options)?.run_single(&words)?,
            Err(argument) => {
                fail(cli, &format_args!("the argument {argument:?} is not valid UTF-8"));
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
fn start(
    cli: &Cli,
    mut source: FaultSource,
    settings: Settings,
) -> Result<(Hsm, Option<PathBuf>), Failure> {
    if let Some(file) = cli.faults.as_ref().filter(|file| !file.exists()) {
        tell(&format_args!("the faults file {} is not there yet", file.display()));
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

fn lock_timeout(cli: &Cli) -> Duration {
    Duration::from_millis(cli.lock_timeout.into())
}

fn warn_of_seed(cli: &Cli) {
    if cli.seed.is_some() {
        tell(&"with --seed, every key follows from the seed: nothing here is secret");
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
