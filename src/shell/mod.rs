//! Where lines come from and where text goes: a terminal, a pipe, the command
//! line itself (`singlecmd`), a file (`scriptfile`).

mod completion;
pub mod editing;
mod editor;
mod front;
mod group;
mod history;
mod interrupt;
pub mod line;
mod password;
mod plain;
mod progress;
pub mod recorder;
mod standard_input;
pub mod tape;
mod terminal;
pub mod words;

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::command::{self, Client, Console, Outcome, Reply, Word};
use crate::hsm::Hsm;
use crate::output::Output;

use editing::Editing;
pub use front::tell;
use front::{Front, Source};
use group::Group;
use interrupt::Interrupts;
use line::Line;
use recorder::Recorder;
use standard_input::Wiping;
use tape::Tape;
use terminal::Terminal;

/// The session of a shell.
pub struct Shell {
    hsm: Hsm,
    front: Front,
    strict: bool,
    allow_shell: bool,
    group: Option<Group>,
}

/// What a shell is made with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The dialect.
    pub output: Output,
    /// Whether lines from a pipe are printed after their prompts.
    pub echo: bool,
    /// Whether a failed command ends a run that nobody sits in front of.
    pub strict: bool,
    /// Whether a script's shell lines are run.
    pub allow_shell: bool,
    /// Which keys edit a person's lines; nothing for what readline's file says.
    pub editing: Option<Editing>,
}

/// How the shell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// At its end, or with `exit`.
    Normally,
    /// In strict mode, after a command that failed.
    CommandFailed,
    /// In singlecmd, because the login failed.
    LoginFailed,
}

impl Shell {
    /// A shell that reads lines from `input` and prints to `sink`.
    #[must_use]
    pub fn new(hsm: Hsm, options: Options, input: Box<dyn BufRead>, sink: Box<dyn Write>) -> Self {
        let source = Source::Piped(Wiping::new(Box::new(input)));
        Self::with_source(hsm, options, source, sink, Interrupts::default())
    }

    /// A shell on standard input and output.
    ///
    /// # Errors
    /// When the system refuses a handler for Ctrl-C.
    pub fn on_standard_streams(mut hsm: Hsm, options: Options) -> io::Result<Self> {
        let source = Source::Piped(Wiping::new(standard_input::open()));
        let (sink, interrupts) = (Box::new(io::stdout()), Interrupts::deadly()?);
        hsm.attend(progress::attendant(interrupts.clone(), true));
        Ok(Self::with_source(hsm, options, source, sink, interrupts))
    }

    /// A shell on the terminal, if standard input and output are one; on
    /// standard streams otherwise. `history` is where the terminal's lines are kept.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn for_user(mut hsm: Hsm, options: Options, history: Option<&Path>) -> io::Result<Self> {
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            let terminal = Source::Terminal(Terminal::new(history, options.editing)?);
            let (sink, interrupts) = (Box::new(io::stdout()), Interrupts::noted()?);
            hsm.attend(progress::attendant(interrupts.clone(), true));
            return Ok(Self::with_source(hsm, options, terminal, sink, interrupts));
        }
        Self::on_standard_streams(hsm, options)
    }

    /// A shell that reads from this tape, and prints to it.
    #[must_use]
    pub fn on_tape(mut hsm: Hsm, options: Options, tape: &Tape) -> Self {
        hsm.attend(progress::attendant(tape.interrupts(), false));
        let source = Source::Piped(Wiping::new(Box::new(tape.clone())));
        let sink = Box::new(tape.clone());
        let mut shell = Self::with_source(hsm, options, source, sink, tape.interrupts());
        shell.front.ask_tape_for_passwords(tape.clone());
        shell
    }

    /// From here on, the session is written down.
    pub fn record(&mut self, recorder: Recorder) {
        self.front.record(recorder);
    }

    /// Prompts for one line and runs it; nothing at the end of the input.
    ///
    /// # Errors
    /// When input or output fail.
    pub fn run_next(&mut self) -> io::Result<Option<Outcome>> {
        let line = self.front.command_line()?;
        self.run_line(line)
    }

    fn with_source(
        hsm: Hsm,
        options: Options,
        source: Source,
        sink: Box<dyn Write>,
        interrupts: Interrupts,
    ) -> Self {
        let front = Front::new(source, sink, options.output, options.echo, interrupts);
        Self { hsm, front, strict: options.strict, allow_shell: options.allow_shell, group: None }
    }

    /// Prints what stands before the first prompt.
    ///
    /// # Errors
    /// When output fails.
    pub fn begin(&mut self) -> io::Result<()> {
        self.print_start();
        self.front.print(&self.front.output().before_first_prompt());
        self.front.check()
    }

    fn print_start(&mut self) {
        self.front.print(&self.front.output().start(self.hsm.fips_state()));
    }

    /// Reads and runs lines until `exit` or the end of the input. In strict
    /// mode a pipe ends at the first command that fails; a terminal goes on.
    ///
    /// # Errors
    /// When input or output fail.
    pub fn run_lines(&mut self) -> io::Result<Ended> {
        self.begin()?;
        let mut failed = false;
        let mut lines = progress::Lines::begin();
        for number in 0.. {
            lines.count(number);
            self.front.offer(|| self.hsm.known());
            let line = self.front.command_line()?;
            let Some(outcome) = self.run_in_group(line)? else { break };
            failed |= !outcome.is_success();
            if outcome == Outcome::Exit || self.strict && failed && !self.front.is_terminal() {
                break;
            }
        }
        Ok(self.ended(failed))
    }

    /// Runs one command from the process's own arguments, after a login if the
    /// words begin with one that leaves a command over.
    ///
    /// # Errors
    /// When output fails.
    pub fn run_single(&mut self, words: &[Word]) -> io::Result<Ended> {
        self.print_start();
        let (login, command) = words.split_at(login_length(words));
        if !login.is_empty() {
            match self.run_words(login)? {
                Outcome::Ran(code) if !code.is_success() => return Ok(Ended::LoginFailed),
                outcome if self.strict && !outcome.is_success() => return Ok(Ended::CommandFailed),
                _ => {}
            }
        }
        if command.is_empty() {
            if login.is_empty() {
                let reason = "singlecmd needs a command";
                if self.front.output().is_json() {
                    self.front.print_failure(reason);
                }
                tell(&reason);
                self.front.check()?;
            }
            return Ok(self.ended(login.is_empty()));
        }
        let echo = Zeroizing::new(self.front.output().single_command(command));
        self.front.print_frame(&echo);
        let outcome = self.run_words(command)?;
        Ok(self.ended(!outcome.is_success()))
    }

    /// Runs the lines of a file.
    ///
    /// # Errors
    /// When reading the opened file or output fail.
    pub fn run_script(&mut self, file: &Path) -> io::Result<Ended> {
        self.print_start();
        let opened = match std::fs::File::open(file) {
            Ok(opened) => opened,
            Err(error) => {
                self.front.print_failure(&self.front.output().script_missing(file));
                tell(&format_args!("{}: {error}", file.display()));
                return self.front.check().map(|()| self.ended(true));
            }
        };
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
        let mut input = BufReader::new(opened);
        let mut failed = false;
        loop {
            let outcome = match line::read(&mut input).map_err(named)? {
                Line::Text(text) => Some(self.run_script_line(text)?),
                line => self.run_line(line)?,
            };
            let Some(outcome) = outcome else { break };
            failed |= !outcome.is_success();
            if outcome == Outcome::Exit || self.strict && failed {
                break;
            }
        }
        Ok(self.ended(failed))
    }

    /// Runs a line of a script: a comment, a program for the system's shell, or a command.
    fn run_script_line(&mut self, text: Zeroizing<String>) -> io::Result<Outcome> {
        let output = self.front.output();
        if text.is_empty() {
            return Ok(Outcome::Helped);
        }
        if text.starts_with('#') {
            self.front.print_frame(&output.script_comment(&text));
            return self.front.check().map(|()| Outcome::Helped);
        }
        if let Some(program) = after_shell(&text) {
            return self.run_program(program);
        }
        self.front.print_frame(&Zeroizing::new(output.script_line(&text)));
        Ok(self.run_line(Line::Text(text))?.unwrap_or(Outcome::Helped))
    }

    /// Gives the rest of a script's `shell` line to the system's shell, if that was allowed.
    fn run_program(&mut self, program: &str) -> io::Result<Outcome> {
        self.front.record_nothing("a shell line")?;
        if !self.allow_shell {
            self.front.print_failure(&self.front.output().script_shell_refused());
            return self.front.check().map(|()| Outcome::Refused);
        }
        self.front.print(&format!("\n{program}\n"));
        self.front.check()?;
        let status = std::process::Command::new("sh").arg("-c").arg(program).status();
        let success = status.is_ok_and(|status| status.success());
        Ok(if success { Outcome::Helped } else { Outcome::Refused })
    }

    /// Runs a line; nothing at the end of the input. An empty line is a
    /// success without output.
    fn run_line(&mut self, line: Line) -> io::Result<Option<Outcome>> {
        let reason = match line {
            Line::End => return Ok(None),
            Line::Interrupted => return Ok(Some(Outcome::Helped)),
            Line::Unreadable(reason) => {
                self.front.record_nothing(&reason.to_string())?;
                reason.to_string()
            }
            Line::Text(text) => {
                self.front.record_command(&text)?;
                match words::split(&text) {
                    Ok(words) if words.is_empty() => return Ok(Some(Outcome::Helped)),
                    Ok(words) => return self.run_split(&words).map(Some),
                    Err(reason) => reason.to_string(),
                }
            }
        };
        self.front.show(&Reply::UnreadableLine(reason));
        self.front.finish(None, Outcome::Refused);
        self.front.record_end()?;
        self.front.check().map(|()| Some(Outcome::Refused))
    }

    /// Runs words that were never a line.
    fn run_words(&mut self, words: &[Word]) -> io::Result<Outcome> {
        let line = words.iter().map(|word| words::quoted(word)).collect::<Vec<_>>().join(" ");
        self.front.record_command(&Zeroizing::new(line))?;
        self.run_split(words)
    }

    fn run_split(&mut self, words: &[Word]) -> io::Result<Outcome> {
        let mut client = Client { hsm: &mut self.hsm, console: &mut self.front };
        let outcome = command::run(&mut client, words);
        self.front.finish(words.first(), outcome);
        self.front.record_end()?;
        self.front.interrupts().end_wait();
        self.front.check().map(|()| outcome)
    }

    fn ended(&self, failed: bool) -> Ended {
        if self.strict && failed { Ended::CommandFailed } else { Ended::Normally }
    }
}

/// What follows the word `shell` on a line that has it.
fn after_shell(line: &str) -> Option<&str> {
    let starts = line.match_indices("shell").map(|(start, _)| line.split_at(start));
    let mut whole = starts.filter(|(before, _)| before.is_empty() || before.ends_with(' '));
    whole.find_map(|(_, word)| match word.split_once(' ') {
        Some(("shell", program)) => Some(program.trim_start_matches(' ')),
        None if word == "shell" => Some(""),
        _ => None,
    })
}

/// How many words of a singlecmd are its login: `loginHSM` and exactly the
/// words that its flags fill, if a command follows them; otherwise none.
fn login_length(words: &[Word]) -> usize {
    if words.first().is_none_or(|word| word.as_str() != "loginHSM") {
        return 0;
    }
    // -u TYPE -s NAME -p PASSWORD, or -u TYPE -s NAME -hpswd
    let hidden = words.iter().take(6).any(|word| word.as_str() == "-hpswd");
    let length = if hidden { 6 } else { 7 };
    if words.len() > length { length } else { 0 }
}

/// Asks for a password at the terminal, outside of a shell.
///
/// # Errors
/// When there is no terminal, or after Ctrl-C.
pub fn ask_hidden(question: &str) -> io::Result<Word> {
    // Ctrl-C must not end the process before the terminal is as it was.
    let _noted = Interrupts::noted()?;
    password::ask(question)
}

/// The words of the process's arguments.
///
/// # Errors
/// The first argument that is not text.
pub fn argument_words(arguments: Vec<OsString>) -> Result<Vec<Word>, OsString> {
    arguments.into_iter().map(|argument| argument.into_string().map(Zeroizing::new)).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::crypto::password::Cost;
    use crate::hsm::clock::Clock;
    use crate::hsm::settings::Settings;
    use crate::store::Store;

    fn run(input: &[u8]) -> Ended {
        let store = Store::in_memory().unwrap();
        let hsm =
            Hsm::start(Settings::default(), store, Clock::new_virtual(), Some(1), Cost::IN_MEMORY);
        let input = Box::new(Cursor::new(input.to_vec()));
        let mut shell =
            Shell::new(hsm.unwrap(), Options::default(), input, Box::new(std::io::sink()));
        shell.run_lines().unwrap()
    }

    #[test]
    fn a_login_takes_its_words_and_leaves_the_command() {
        let length = |line: &str| login_length(&words::split(line).unwrap());
        assert_eq!(length("loginHSM -u CU -s a -p b findKey -l x"), 7);
        assert_eq!(length("loginHSM -u CU -s a -hpswd findKey"), 6);
        assert_eq!(length("loginHSM -u CU -s a -p b"), 0);
        assert_eq!(length("findKey -l loginHSM -u CU -s a -p b c"), 0);
    }

    #[test]
    fn shell_is_a_word_of_its_own() {
        assert_eq!(after_shell("shell  ls -l"), Some("ls -l"));
        assert_eq!(after_shell("run shell"), Some(""));
        assert_eq!(after_shell("shellfish shell ls"), Some("ls"));
        assert_eq!(after_shell("genECCKeyPair -i 2 -l seashell"), None);
        assert_eq!(after_shell("findKey -l shells"), None);
    }

    /// Words that come up in command lines, so that random lines get further than the help.
    fn word() -> impl Strategy<Value = String> {
        let names = command::COMMANDS.iter().flat_map(|command| command.names.to_vec());
        let flags = command::COMMANDS
            .iter()
            .flat_map(|command| command.flags.iter().map(|flag| flag.declaration().name));
        let known: Vec<&str> = names
            .chain(flags)
            .chain([
                "0",
                "1",
                "2",
                "6",
                "7",
                "512",
                "-1",
                "99999999999999999999",
                "CU",
                "/dev/null",
            ])
            // Waiting without end is what -min_srv is for; and no file is to be written.
            .filter(|word| !["-min_srv", "-out"].contains(word))
            .collect();
        prop_oneof![4 => proptest::sample::select(known).prop_map(str::to_owned), 1 => "\\PC{0,12}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_end_normally(bytes: Vec<u8>) {
            prop_assert_eq!(run(&bytes), Ended::Normally);
        }

        #[test]
        fn any_lines_of_words_end_normally(
            lines in proptest::collection::vec(proptest::collection::vec(word(), 0..8), 0..12)
        ) {
            let login = String::from("loginHSM -u CU -s example_user -p example_pwd\n\
                                      genECCKeyPair -i 2 -l x\n");
            let lines: String = lines.iter().map(|words| words.join(" ") + "\n").collect();
            prop_assert_eq!(run((login + &lines).as_bytes()), Ended::Normally);
        }
    }
}
