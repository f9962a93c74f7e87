//! Whoever is in front of the shell: where lines come from, where text goes.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::interrupt::Interrupts;
use super::line::{self, Line};
use super::password;
use super::recorder::Recorder;
use super::standard_input::Wiping;
use super::tape::Tape;
use super::terminal::Terminal;
use crate::command::{Console, NoAnswer, Outcome, Reply, Word};
use crate::hsm::{AttributeDump, Known};
use crate::output::{Output, json};

/// A source of command lines.
pub enum Source {
    /// A person at a terminal.
    Terminal(Terminal),
    /// A pipe or a file.
    Piped(Wiping<Box<dyn Read>>),
}

/// Whoever is in front of the shell.
pub struct Front {
    source: Source,
    sink: Box<dyn Write>,
    output: Output,
    echo: bool,
    interrupts: Interrupts,
    /// The first error of the sink: nobody reads on, so the session ends.
    broken: Option<io::Error>,
    /// What is printed once it is true.
    held: Option<Zeroizing<String>>,
    /// What the command has said so far that is told at its end.
    said: json::Record,
    /// Where passwords come from that are not typed at a terminal.
    tape: Option<Tape>,
    recorder: Option<Recorder>,
}

impl Front {
    /// Reads from `source` and prints to `sink`; with `echo`, lines from a
    /// pipe are printed after their prompts.
    pub fn new(
        source: Source,
        sink: Box<dyn Write>,
        output: Output,
        echo: bool,
        interrupts: Interrupts,
    ) -> Self {
        let (broken, held, tape, recorder) = (None, None, None, None);
        let said = json::Record::default();
        Self { source, sink, output, echo, interrupts, broken, held, said, tape, recorder }
    }

    /// From here on, hidden passwords come from this tape, and there is nobody
    /// to tell anything beside what is printed.
    pub fn ask_tape_for_passwords(&mut self, tape: Tape) {
        self.tape = Some(tape);
    }

    /// From here on, the session is written down.
    pub fn record(&mut self, recorder: Recorder) {
        self.recorder = Some(recorder);
    }

    /// Whether the session is written down.
    pub fn is_recording(&self) -> bool {
        self.recorder.is_some()
    }

    /// A command begins.
    ///
    /// # Errors
    /// What the system says, about the recording.
    pub fn record_command(&mut self, line: &str) -> io::Result<()> {
        self.recorder.as_mut().map_or(Ok(()), |recorder| recorder.command(line))
    }

    /// A line begins that no recording can have.
    ///
    /// # Errors
    /// What the system says, about the recording.
    pub fn record_nothing(&mut self, reason: &str) -> io::Result<()> {
        self.recorder.as_mut().map_or(Ok(()), |recorder| recorder.leave_out(reason))
    }

    /// A command has ended.
    ///
    /// # Errors
    /// What the system says, about the recording.
    pub fn record_end(&mut self) -> io::Result<()> {
        self.recorder.as_mut().map_or(Ok(()), Recorder::write_shown)
    }

    /// What Ctrl-C does here.
    pub fn interrupts(&self) -> &Interrupts {
        &self.interrupts
    }

    /// Whether a person sits at a terminal.
    pub fn is_terminal(&self) -> bool {
        matches!(self.source, Source::Terminal(_))
    }

    /// The dialect.
    pub fn output(&self) -> Output {
        self.output
    }

    /// From here on, a person's command lines can be completed with this.
    pub fn offer(&mut self, known: impl FnOnce() -> Known) {
        if let Source::Terminal(terminal) = &mut self.source {
            terminal.offer(known());
        }
    }

    /// Prompts for a command line and reads it.
    ///
    /// # Errors
    /// What the system says, on input and on output.
    pub fn command_line(&mut self) -> io::Result<Line> {
        // On a terminal the reader prints the prompt's own line, and echoes.
        let prompt = if self.is_terminal() { "\n" } else { Output::PROMPT };
        self.print_frame(prompt);
        self.check()?;
        match &mut self.source {
            Source::Terminal(terminal) => {
                self.interrupts.forget();
                let line = terminal.read_command(Output::PROMPT.trim_start(), &self.interrupts)?;
                if line == Line::End {
                    // Ctrl-D echoes nothing; what comes after the program begins its own line.
                    self.print_frame("\n");
                }
                Ok(line)
            }
            Source::Piped(_) => self.read_piped(),
        }
    }

    /// Prints at once. After an error, which [`Front::check`] reports, nothing more.
    pub fn print(&mut self, text: &str) {
        if let Some(recorder) = &mut self.recorder {
            recorder.print(text);
        }
        self.print_frame(text);
    }

    /// As [`Front::print`], what stands around commands: prompts, and the lines themselves.
    pub fn print_frame(&mut self, text: &str) {
        if !self.output.is_json() {
            self.write(text);
        }
    }

    /// Says what failed outside of a command.
    pub fn print_failure(&mut self, text: &str) {
        if self.output.is_json() {
            self.write(&json::failure(None, text));
        } else {
            self.print(text);
        }
    }

    /// A command, whose first word this is, has ended.
    pub fn finish(&mut self, name: Option<&Word>, outcome: Outcome) {
        if self.output.is_json() {
            let line = std::mem::take(&mut self.said).finish(name, outcome);
            self.write(&line);
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(held) = &mut self.held {
            return held.push_str(text);
        }
        if self.broken.is_none() {
            let written = self.sink.write_all(text.as_bytes()).and_then(|()| self.sink.flush());
            self.broken = written.err();
        }
    }

    /// From here on, what is printed is held back.
    pub fn hold(&mut self) {
        self.held = Some(Zeroizing::default());
    }

    /// Prints what was held back, or forgets it.
    pub fn release(&mut self, print: bool) {
        if let Some(held) = self.held.take().filter(|_| print) {
            self.write(&held);
        }
    }

    /// The next line, if it is there without waiting for it.
    pub fn waiting_line(&self) -> Option<&[u8]> {
        match &self.source {
            Source::Terminal(_) => None,
            Source::Piped(input) => input.waiting_line(),
        }
    }

    /// Prints a prompt, and with `echo` the line that came after it.
    pub fn repeat_prompt(&mut self, line: &str) {
        self.print_frame(Output::PROMPT);
        self.print_echo(line);
    }

    /// Prints a line from a pipe, where that is wanted.
    fn print_echo(&mut self, line: &str) {
        if self.echo {
            self.print_frame(&Zeroizing::new(format!("{line}\n")));
        }
    }

    /// Reports the error that printing met.
    ///
    /// # Errors
    /// What the system said.
    pub fn check(&mut self) -> io::Result<()> {
        self.broken.take().map_or(Ok(()), Err)
    }

    /// Asks a command's question, the last line of which has no end.
    fn ask(&mut self, question: &str) -> io::Result<Line> {
        let prompt = self.print_to_prompt(question);
        let answer = match &mut self.source {
            Source::Terminal(terminal) => terminal.ask(prompt, &self.interrupts)?,
            Source::Piped(_) => self.read_piped()?,
        };
        if let (Some(recorder), Line::Text(text)) = (&mut self.recorder, &answer) {
            recorder.answer(text);
        }
        Ok(answer)
    }

    /// Prints a question; on a terminal without its last line, which is
    /// returned: the reader of the answer prints it.
    fn print_to_prompt<'q>(&mut self, question: &'q str) -> &'q str {
        let line_start = question.rfind('\n').map_or(0, |end| end + 1);
        let printed = if self.is_terminal() { line_start } else { question.len() };
        self.print_frame(&question[..printed]);
        if let Some(recorder) = &mut self.recorder {
            recorder.print(question);
        }
        &question[printed..]
    }

    fn read_piped(&mut self) -> io::Result<Line> {
        let Source::Piped(input) = &mut self.source else { return Ok(Line::End) };
        let line = line::read(input)?;
        match &line {
            Line::Text(text) => self.print_echo(text),
            Line::Unreadable(_) => self.print_echo(""),
            Line::Interrupted | Line::End => {}
        }
        Ok(line)
    }
}

impl Console for Front {
    fn show(&mut self, reply: &Reply) {
        if self.output.is_json() {
            self.output.collect(&mut self.said, reply);
        } else {
            for part in self.output.parts(reply) {
                self.print(&part);
            }
        }
        if let Some(detail) = reply.detail().filter(|_| self.tape.is_none()) {
            tell(&detail);
        }
    }

    fn ask_number(&mut self, question: &Reply) -> Result<i64, NoAnswer> {
        let mut question = self.output.render(question);
        loop {
            match self.ask(&question) {
                // Empty lines before the number are skipped, as the reference client's scanf does.
                Ok(Line::Text(text)) if text.trim().is_empty() => {}
                Ok(Line::Text(text)) => return text.trim().parse().map_err(|_| NoAnswer::Unusable),
                Ok(Line::Interrupted) => return Err(NoAnswer::Cancelled),
                _ => return Err(NoAnswer::Unusable),
            }
            question.clear();
        }
    }

    fn ask_password(&mut self) -> Result<Word, NoAnswer> {
        let question = self.output.password_prompt();
        // The terminal must be as it was before Ctrl-C ends anything.
        self.begin_wait();
        let prompt = if self.is_terminal() { self.print_to_prompt(&question) } else { "" };
        let answer = match &mut self.source {
            Source::Terminal(terminal) => terminal.ask_password(prompt),
            // The terminal's own, if the process has one.
            Source::Piped(_) => match self.tape.clone() {
                Some(tape) => {
                    self.print(&question);
                    let password = tape.take_password();
                    password.map(Line::Text).ok_or_else(|| io::ErrorKind::NotFound.into())
                }
                None => {
                    if let Some(recorder) = &mut self.recorder {
                        recorder.print(&question);
                    }
                    password::ask(&question).map(Line::Text)
                }
            },
        };
        match answer {
            Ok(Line::Text(password)) => Ok(password),
            Ok(Line::Interrupted) => Err(NoAnswer::Cancelled),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(NoAnswer::Cancelled),
            _ => Err(NoAnswer::Unusable),
        }
    }

    fn begin_wait(&mut self) {
        self.interrupts.begin_wait();
    }

    fn interrupted(&self) -> bool {
        let pressed = self.interrupts.pressed();
        if pressed {
            self.interrupts.answer();
        }
        pressed
    }

    fn attribute_file(&self, dump: &AttributeDump) -> Vec<u8> {
        self.output.attribute_file(dump)
    }
}

/// Says something about the emulator itself, beside what the client prints. When
/// nobody can hear it, nothing is lost that a session could depend on.
pub fn tell(text: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "kmu: {text}");
}
