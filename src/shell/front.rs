//! Whoever is in front of the shell: where lines come from, where text goes.

use std::io::{self, BufRead, Write};

use zeroize::Zeroizing;

use super::line::{self, Line};
use super::terminal::Terminal;
use crate::command::{Console, Reply, Word};
use crate::hsm::AttributeDump;
use crate::output::Output;

/// A source of command lines.
pub enum Source {
    /// A person at a terminal.
    Terminal(Box<Terminal>),
    /// A pipe or a file.
    Piped(Box<dyn BufRead>),
}

/// Whoever is in front of the shell.
pub struct Front {
    source: Source,
    sink: Box<dyn Write>,
    output: Output,
    echo: bool,
    /// The first error of the sink: nobody reads on, so the session ends.
    broken: Option<io::Error>,
}

impl Front {
    /// Reads from `source` and prints to `sink`; with `echo`, lines from a
    /// pipe are printed after their prompts.
    pub fn new(source: Source, sink: Box<dyn Write>, output: Output, echo: bool) -> Self {
        Self { source, sink, output, echo, broken: None }
    }

    /// Whether a person sits at a terminal.
    pub fn is_terminal(&self) -> bool {
        matches!(self.source, Source::Terminal(_))
    }

    /// The dialect.
    pub fn output(&self) -> Output {
        self.output
    }

    /// Prompts for a command line and reads it.
    ///
    /// # Errors
    /// What the system says, on input and on output.
    pub fn command_line(&mut self) -> io::Result<Line> {
        // On a terminal the line editor prints the prompt's own line, and echoes.
        let prompt = if self.is_terminal() { "\n" } else { Output::PROMPT };
        self.print(prompt);
        self.check()?;
        match &mut self.source {
            Source::Terminal(terminal) => {
                let line = terminal.read_line(Output::PROMPT.trim_start())?;
                if line == Line::End {
                    // Ctrl-D echoes nothing; what comes after the program begins its own line.
                    self.print("\n");
                }
                Ok(line)
            }
            Source::Piped(_) => self.read_piped(),
        }
    }

    /// Prints at once. After an error, which [`Front::check`] reports, nothing more.
    pub fn print(&mut self, text: &str) {
        if self.broken.is_none() {
            let written = self.sink.write_all(text.as_bytes()).and_then(|()| self.sink.flush());
            self.broken = written.err();
        }
    }

    /// Reports the error that printing met.
    ///
    /// # Errors
    /// What the system said.
    pub fn check(&mut self) -> io::Result<()> {
        self.broken.take().map_or(Ok(()), Err)
    }

    fn read_piped(&mut self) -> io::Result<Line> {
        let Source::Piped(input) = &mut self.source else {
            // The question stands on the screen already, so the line is read as the terminal gives it.
            return line::read(&mut io::stdin().lock());
        };
        let line = line::read(input)?;
        if self.echo {
            match &line {
                Line::Text(text) => self.print(&Zeroizing::new(format!("{}\n", text.as_str()))),
                Line::Unreadable(_) => self.print("\n"),
                Line::End => {}
            }
        }
        Ok(line)
    }
}

impl Console for Front {
    fn show(&mut self, reply: &Reply) {
        self.print(&self.output.render(reply));
        if let Some(detail) = reply.detail() {
            eprintln!("kmu: {detail}");
        }
    }

    fn ask_number(&mut self) -> Option<i64> {
        match self.read_piped() {
            Ok(Line::Text(text)) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn ask_password(&mut self) -> Option<Word> {
        let config = rpassword::ConfigBuilder::new().password_feedback_mask('*').build();
        let prompt = self.output.password_prompt();
        rpassword::prompt_password_with_config(prompt, config).ok().map(Zeroizing::new)
    }

    fn attribute_file(&self, dump: &AttributeDump) -> Vec<u8> {
        self.output.attribute_file(dump)
    }
}
