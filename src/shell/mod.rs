//! Where lines come from and where text goes: a terminal, a pipe, the command
//! line itself (`singlecmd`), a file (`scriptfile`).

mod line;
mod source;
mod terminal;
mod words;

use std::io::{self, BufReader, IsTerminal};
use std::path::Path;

use zeroize::Zeroizing;

use crate::command::{self, Client, Console, Outcome, Reply, Word};
use crate::hsm::{AttributeDump, Hsm};
use crate::output::Output;

use line::Line;
use source::{Piped, Source, write_out};
use terminal::Terminal;

/// The session of a shell: the cluster, the source of lines, the dialect.
pub struct Shell {
    hsm: Hsm,
    front: Front,
    strict: bool,
    allow_shell: bool,
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

/// Whoever is in front of the shell.
struct Front {
    source: Source,
    output: Output,
    /// The first error of standard output: nobody reads on, so the session ends.
    broken: Option<io::Error>,
}

impl Console for Front {
    fn show(&mut self, reply: &Reply) {
        self.print(&self.output.render(reply));
        if let Some(detail) = reply.detail() {
            eprintln!("kmu: {detail}");
        }
    }

    fn ask_number(&mut self) -> Option<i64> {
        match self.source.answer() {
            Ok(Line::Text(text)) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn ask_password(&mut self) -> Option<Word> {
        let config = rpassword::ConfigBuilder::new().password_feedback_mask('*').build();
        rpassword::prompt_password_with_config("\n\tEnter password: ", config)
            .ok()
            .map(Zeroizing::new)
    }

    fn attribute_file(&self, dump: &AttributeDump) -> Vec<u8> {
        self.output.attribute_file(dump)
    }
}

impl Front {
    fn print(&mut self, text: &str) {
        if self.broken.is_none() {
            self.broken = write_out(text).err();
        }
    }
}

/// What a shell is made with.
pub struct Options<'a> {
    /// The dialect.
    pub output: Output,
    /// Whether lines from a pipe are printed after their prompts.
    pub echo: bool,
    /// Whether a failed command ends a run that nobody sits in front of.
    pub strict: bool,
    /// Whether a script's shell lines are run.
    pub allow_shell: bool,
    /// Whether lines may come from a person at a terminal.
    pub interactive: bool,
    /// Where the terminal's history is kept.
    pub history: Option<&'a Path>,
}

impl Shell {
    /// A shell on this cluster.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn new(hsm: Hsm, options: &Options<'_>) -> io::Result<Self> {
        let terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let source = if options.interactive && terminal {
            Source::Terminal(Box::new(Terminal::new(options.history)?))
        } else {
            Source::Piped(Piped::new(Box::new(BufReader::new(io::stdin())), options.echo))
        };
        let front = Front { source, output: options.output, broken: None };
        Ok(Self { hsm, front, strict: options.strict, allow_shell: options.allow_shell })
    }

    /// Reads and runs lines until `exit` or the end of the input. In strict
    /// mode a pipe ends at the first command that fails; a terminal goes on.
    ///
    /// # Errors
    /// When input or output fail.
    pub fn run_lines(&mut self) -> io::Result<Ended> {
        let interactive = matches!(self.front.source, Source::Terminal(_));
        let mut failed = false;
        loop {
            let line = self.front.source.command_line()?;
            let Some(outcome) = self.run_line(line)? else { break };
            failed |= !outcome.is_success();
            if outcome == Outcome::Exit || self.strict && failed && !interactive {
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
        let (login, command) = words.split_at(login_length(words));
        if !login.is_empty() {
            let outcome = self.run_words(login)?;
            if let Outcome::Ran(code) = outcome
                && !code.is_success()
            {
                return Ok(Ended::LoginFailed);
            }
            if self.strict && !outcome.is_success() {
                return Ok(Ended::CommandFailed);
            }
        }
        if command.is_empty() {
            return Ok(Ended::Normally);
        }
        let command_echo = Zeroizing::new(
            self.front
                .output
                .single_command(&command.iter().map(|word| word.as_str()).collect::<Vec<_>>()),
        );
        self.front.print(&command_echo);
        let outcome = self.run_words(command)?;
        Ok(self.ended(!outcome.is_success()))
    }

    /// Runs the lines of a file.
    ///
    /// # Errors
    /// When reading the opened file or output fail.
    pub fn run_script(&mut self, file: &Path) -> io::Result<Ended> {
        let Ok(opened) = std::fs::File::open(file) else {
            let text = self.front.output.script_missing(&file.display().to_string());
            self.front.print(&text);
            return Ok(self.ended(true));
        };
        let mut input = BufReader::new(opened);
        let mut failed = false;
        loop {
            let line = line::read(&mut input)?;
            if let Line::Text(text) = &line {
                if text.is_empty() {
                    continue;
                }
                if text.starts_with('#') {
                    let text = self.front.output.script_comment(text);
                    self.front.print(&text);
                    continue;
                }
                if let Some((_, program)) = text.split_once("shell") {
                    failed |= !self.run_program(program.trim_start_matches(' '));
                    if self.strict && failed {
                        break;
                    }
                    continue;
                }
                let echo = Zeroizing::new(self.front.output.script_line(text));
                self.front.print(&echo);
            }
            let Some(outcome) = self.run_line(line)? else { break };
            failed |= !outcome.is_success();
            if outcome == Outcome::Exit || self.strict && failed {
                break;
            }
        }
        Ok(self.ended(failed))
    }

    /// Runs the rest of a script's `shell` line, if that was allowed.
    fn run_program(&mut self, program: &str) -> bool {
        if !self.allow_shell {
            let text = self.front.output.script_shell_refused();
            self.front.print(&text);
            return false;
        }
        self.front.print(&format!("\n{program}\n"));
        let status = std::process::Command::new("sh").arg("-c").arg(program).status();
        status.is_ok_and(|status| status.success())
    }

    /// Runs a line; nothing at the end of the input. An empty line is a
    /// success without output.
    fn run_line(&mut self, line: Line) -> io::Result<Option<Outcome>> {
        let reason = match line {
            Line::End => return Ok(None),
            Line::Unreadable(reason) => reason.to_string(),
            Line::Text(text) => match words::split(&text) {
                Ok(words) if words.is_empty() => return Ok(Some(Outcome::Helped)),
                Ok(words) => return self.run_words(&words).map(Some),
                Err(reason) => reason.to_string(),
            },
        };
        self.front.show(&Reply::UnreadableLine(reason));
        self.check_output(Outcome::Refused).map(Some)
    }

    fn run_words(&mut self, words: &[Word]) -> io::Result<Outcome> {
        let mut client = Client { hsm: &mut self.hsm, console: &mut self.front };
        let outcome = command::run(&mut client, words);
        self.check_output(outcome)
    }

    fn check_output(&mut self, outcome: Outcome) -> io::Result<Outcome> {
        self.front.broken.take().map_or(Ok(outcome), Err)
    }

    fn ended(&self, failed: bool) -> Ended {
        if self.strict && failed { Ended::CommandFailed } else { Ended::Normally }
    }
}

/// How many words of a singlecmd are its login: `loginHSM` and exactly the
/// words that its flags fill, if a command follows them; otherwise none.
fn login_length(words: &[Word]) -> usize {
    let is = |word: Option<&Word>, text: &str| word.is_some_and(|word| word.as_str() == text);
    if !is(words.first(), "loginHSM") {
        return 0;
    }
    // -u TYPE -s NAME -p PASSWORD, or -u TYPE -s NAME -hpswd
    let hidden = words.iter().take(6).any(|word| word.as_str() == "-hpswd");
    let length = if hidden { 6 } else { 7 };
    if words.len() > length { length } else { 0 }
}

/// Words of the process's arguments.
///
/// # Errors
/// The first argument that is not text.
pub fn argument_words(arguments: Vec<std::ffi::OsString>) -> Result<Vec<Word>, std::ffi::OsString> {
    arguments.into_iter().map(|argument| argument.into_string().map(Zeroizing::new)).collect()
}
