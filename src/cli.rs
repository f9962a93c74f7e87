//! kmu's own options, and the exit status.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::fault_source::FaultSource;
use crate::output::{Dialect, Format, Indent};
use crate::profile::{Choice, Profile, Told};
use crate::replay::{self, Verdict};
use crate::shell::Ended;
use crate::shell::editing::Editing;

/// The version, with the commit that a release was built from.
const VERSION: &str = env!("KMU_VERSION");

/// The reference client's name for itself, which may stand before the mode.
const NAME: &str = "Cfm3Util";

/// An offline key_mgmt_util, answered by an emulated cluster of HSMs.
///
/// Without further words it prompts for commands, or reads them from standard
/// input when that is not a terminal. The default cluster has the crypto user
/// example_user with the password example_pwd.
#[derive(Clone, Parser)]
#[command(name = "kmu", version = VERSION, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// Cluster file: nodes, policy, users (TOML)
    #[arg(long, value_name = "FILE", env = "KMU_CLUSTER", global = true)]
    pub cluster: Option<PathBuf>,

    /// Directory of the cluster's state [default: kmu in the user's data directory]
    #[arg(long, value_name = "DIR", env = "KMU_STATE", global = true)]
    pub state: Option<PathBuf>,

    /// Keep everything in memory: the cluster is gone with the process
    #[arg(long)]
    pub ephemeral: bool,

    /// Make every key and handle follow from a number; such keys are not secret
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Which clock the cluster goes by [default: virtual with --seed, system otherwise]
    #[arg(long, value_name = "CLOCK")]
    pub clock: Option<ClockChoice>,

    /// How long to wait for other processes that use the same state, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 10_000, env = "KMU_LOCK_TIMEOUT",
        value_parser = clap::value_parser!(u32).range(..=i64::from(i32::MAX)))]
    pub lock_timeout: u32,

    /// A fault, or a state of the cluster, such as 'node 1 down' or 'sign: code 0xbc'; repeatable
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,

    /// A file of such lines, looked at again before every command while the session runs
    #[arg(long, value_name = "FILE", env = "KMU_FAULTS")]
    pub faults: Option<PathBuf>,

    /// Print each line from standard input after its prompt
    #[arg(long)]
    pub echo: bool,

    /// Which client and cluster to stand in for [default: by the name of the program, aws-classic]
    #[arg(long, value_name = "PROFILE", env = "KMU_PROFILE", global = true)]
    pub profile: Option<Profile>,

    /// How output looks, if not as the profile has it
    #[arg(long, value_name = "DIALECT", env = "KMU_DIALECT", global = true)]
    pub dialect: Option<Dialect>,

    /// What standard output gets: the client's text, or a JSON object for each command
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub output: Format,

    /// What indented lines start with [default: blanks in classic, tab in v3]
    #[arg(long, value_name = "INDENT")]
    pub indent: Option<Indent>,

    /// Which keys edit lines at the prompt [default: as ~/.inputrc says, emacs]
    #[arg(long, value_name = "KEYS")]
    pub editing: Option<Editing>,

    /// Exit with 1 when a command failed; end a piped or script run there
    #[arg(long)]
    pub strict: bool,

    /// Run the shell lines of script files
    #[arg(long)]
    pub allow_shell: bool,

    /// Print versions as key_mgmt_util does, and exit
    #[arg(short = 'v')]
    pub versions: bool,

    /// singlecmd [loginHSM -u TYPE -s NAME -p PASSWORD] COMMAND..., or scriptfile FILE
    #[arg(value_name = "MODE", trailing_var_arg = true)]
    pub mode: Vec<OsString>,

    /// What is not a mode.
    #[command(subcommand)]
    pub command: Option<TopCommand>,

    /// The profile that belongs to the name of the program.
    #[arg(skip)]
    pub name: Option<Profile>,
}

/// What kmu does beside running a shell.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum TopCommand {
    /// Creates, describes or deletes the state of a cluster
    Cluster {
        /// What to do with it.
        #[command(subcommand)]
        action: ClusterAction,
    },
    /// Replays recorded sessions on a fresh cluster in memory, and compares what they print
    ///
    /// Files that a session reads lie beside its recording, which names them in a
    /// line `# copy: NAME…` before the first prompt.
    Replay {
        /// The recordings
        #[arg(required = true, value_name = "FILE")]
        recordings: Vec<PathBuf>,
        /// How it is done.
        #[command(flatten)]
        options: replay::Options,
    },
    /// Runs a session, and writes it to a file that can be replayed
    ///
    /// Files that the session reads are not part of it: to replay it, name them in a
    /// line `# copy: NAME…` before the first prompt.
    Record {
        /// The recording
        file: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        force: bool,
    },
    /// Prints the manual page, for man
    Man,
    /// Prints the script with which a system shell completes kmu's command line
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What `kmu cluster` does.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ClusterAction {
    /// Creates the state of a new cluster, with the users of the cluster file
    Init,
    /// Describes the cluster: users, keys, nodes; needs no password
    Show,
    /// Deletes the state of the cluster, its users and its keys
    Reset {
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
    /// Registers a user's public key, with which he approves quorum tokens; asks for his password
    RegisterKey {
        /// The user's name
        name: String,
        /// PEM file of an RSA public key of 2048 bits
        file: PathBuf,
    },
}

/// The clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClockChoice {
    /// The system's clock
    System,
    /// A clock that only waiting moves, and at once
    Virtual,
}

/// What the process was asked to do.
#[derive(PartialEq, Eq)]
pub enum Mode {
    /// Prompt, or read standard input.
    Lines,
    /// Run these words as one command.
    Single(Vec<OsString>),
    /// Run the lines of this file.
    Script(PathBuf),
    /// Nothing that kmu knows, and why.
    Unknown(String),
}

impl fmt::Debug for Mode {
    /// Says how many words a command has, but not which: one may be a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines => formatter.write_str("Lines"),
            Self::Single(words) => write!(formatter, "Single({} words)", words.len()),
            Self::Script(file) => write!(formatter, "Script({})", file.display()),
            Self::Unknown(_) => formatter.write_str("Unknown"),
        }
    }
}

impl Cli {
    /// The options of a process that was started with these arguments; does not
    /// return when they do not parse.
    #[must_use]
    pub fn of_process(arguments: Vec<OsString>) -> Self {
        let name = arguments.first().and_then(|name| Profile::of_program(name));
        Self { name, ..Self::parse_from(arguments) }
    }

    /// What is said of the profile.
    #[must_use]
    pub fn told(&self) -> Told {
        let options = Choice { profile: self.profile, dialect: self.dialect };
        Told { options, name: self.name }
    }

    /// Where the cluster is described.
    #[must_use]
    pub fn source(&self) -> FaultSource {
        let (cluster, faults) = (self.cluster.clone(), self.faults.clone());
        FaultSource::new(self.told(), cluster, self.fault.clone(), faults)
    }

    /// The mode that the words after the options ask for. A leading
    /// `Cfm3Util` means nothing.
    #[must_use]
    pub fn mode(&self) -> Mode {
        let mut words = self.mode.as_slice();
        if let [first, rest @ ..] = words
            && first == NAME
        {
            words = rest;
        }
        match words {
            [] => Mode::Lines,
            [first, rest @ ..] if first == "singlecmd" => Mode::Single(rest.to_vec()),
            [first, file] if first == "scriptfile" => Mode::Script(PathBuf::from(file)),
            [first, rest @ ..] if first == "scriptfile" => {
                let files = rest.len();
                Mode::Unknown(format!("scriptfile takes one file, and there are {files} words"))
            }
            [first, ..] => Mode::Unknown(format!("there is no mode {first:?}")),
        }
    }
}

/// The process's arguments without a `Cfm3Util` before or among the options,
/// which means nothing, so that options can follow it.
pub fn without_name(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let mode = |word: &OsString| ["singlecmd", "scriptfile"].iter().any(|mode| word == mode);
    let end = arguments.iter().position(mode).unwrap_or(arguments.len());
    if let Some(name) = arguments[..end].iter().skip(1).position(|word| word == NAME) {
        arguments.remove(name + 1);
    }
    arguments
}

/// How the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The shell ended.
    Shell(Ended),
    /// The words after the options name no mode.
    UnknownMode {
        /// Whether that is a failure, as it is not in the reference client.
        strict: bool,
    },
    /// The cluster did not start.
    NotStarted,
    /// Input or output failed on the way.
    Broken,
    /// What was asked of `kmu cluster` was done.
    Administered,
    /// What was asked of `kmu cluster` was not done.
    NotAdministered,
    /// Recordings were replayed.
    Replayed(Verdict),
}

impl Exit {
    /// The exit status: as the reference client's, 0 whatever a command
    /// returned and 255 for a failed start or a failed singlecmd login;
    /// 1 for what only kmu has: a failed command or an unknown mode in strict mode, broken input
    /// or output, `kmu cluster` that did not do what it was asked, a recording that differs, and 2 for
    /// one that cannot be replayed. Options that do not parse end
    /// the process earlier, with clap's 2.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Shell(Ended::Normally)
            | Self::UnknownMode { strict: false }
            | Self::Administered
            | Self::Replayed(Verdict::Same) => 0,
            Self::Shell(Ended::CommandFailed)
            | Self::UnknownMode { strict: true }
            | Self::Broken
            | Self::NotAdministered
            | Self::Replayed(Verdict::Different) => 1,
            Self::Replayed(Verdict::Unreadable) => 2,
            Self::Shell(Ended::LoginFailed) | Self::NotStarted => 255,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn mode(words: &[&str]) -> Mode {
        let words = [&["kmu"], words].concat().into_iter().map(OsString::from);
        Cli::parse_from(without_name(words)).mode()
    }

    #[test]
    fn the_declaration_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn words_after_the_options_choose_the_mode() {
        assert_eq!(mode(&[]), Mode::Lines);
        assert_eq!(mode(&["Cfm3Util"]), Mode::Lines);
        let single = Mode::Single(vec!["findKey".into(), "-h".into()]);
        assert_eq!(mode(&["--ephemeral", "singlecmd", "findKey", "-h"]), single);
        assert_eq!(mode(&["Cfm3Util", "singlecmd", "findKey", "-h"]), single);
        assert_eq!(mode(&["scriptfile", "x"]), Mode::Script("x".into()));
        assert_eq!(mode(&["Cfm3Util", "--echo", "singlecmd", "findKey", "-h"]), single);
        assert_eq!(mode(&["--echo", "Cfm3Util", "singlecmd", "findKey", "-h"]), single);
        let around = ["--echo", "Cfm3Util", "--strict", "singlecmd", "findKey", "-h"];
        assert_eq!(mode(&around), single);
        for unknown in [&["scriptfile"][..], &["scriptfile", "x", "y"], &["findKey"]] {
            assert!(matches!(mode(unknown), Mode::Unknown(_)), "{unknown:?}");
        }
    }

    #[test]
    fn options_that_are_none_are_refused_and_words_of_a_command_are_not_options() {
        for words in [&["--bogus"][..], &["--strict", "--bogus"], &["-x"], &["--seed", "x"]] {
            assert!(Cli::try_parse_from([&["kmu"], words].concat()).is_err(), "{words:?}");
        }
        let words = ["singlecmd", "--strict", "-v", "--bogus"];
        let parsed = Cli::parse_from(["kmu"].iter().chain(&words));
        assert_eq!(parsed.mode, words);
        assert!(!parsed.strict && !parsed.versions);
    }

    #[test]
    fn cluster_is_a_command_only_where_the_mode_stands() {
        let parse = |words: &[&str]| Cli::parse_from([&["kmu"], words].concat());
        let cluster = |action| Some(TopCommand::Cluster { action });
        assert_eq!(parse(&["cluster", "init"]).command, cluster(ClusterAction::Init));
        let parsed = parse(&["--cluster", "f", "cluster", "reset", "--yes", "--state", "d"]);
        assert_eq!(parsed.command, cluster(ClusterAction::Reset { yes: true }));
        assert_eq!((parsed.cluster, parsed.state), (Some("f".into()), Some("d".into())));
        for words in [&["singlecmd", "cluster", "init"][..], &["scriptfile", "cluster"]] {
            let parsed = parse(words);
            assert_eq!((parsed.command, parsed.mode.len()), (None, words.len()));
        }
        assert!(matches!(mode(&["help"]), Mode::Unknown(_)));
    }

    #[test]
    fn the_exit_status_follows_the_reference() {
        assert_eq!(Exit::Shell(Ended::Normally).status(), 0);
        assert_eq!(Exit::UnknownMode { strict: false }.status(), 0);
        assert_eq!(Exit::UnknownMode { strict: true }.status(), 1);
        assert_eq!(Exit::Shell(Ended::CommandFailed).status(), 1);
        assert_eq!(Exit::Broken.status(), 1);
        assert_eq!(Exit::Administered.status(), 0);
        assert_eq!(Exit::NotAdministered.status(), 1);
        assert_eq!(Exit::Shell(Ended::LoginFailed).status(), 255);
        assert_eq!(Exit::NotStarted.status(), 255);
    }
}
