//! Where command lines come from: a terminal or a pipe.

use std::io::{self, BufRead, Write};

use crate::output::Output;

use super::line::{self, Line};
use super::terminal::Terminal;

/// A source of command lines.
pub enum Source {
    /// A person at a terminal.
    Terminal(Box<Terminal>),
    /// A pipe or a file on standard input.
    Piped(Piped),
}

/// Standard input that is not a terminal.
pub struct Piped {
    input: Box<dyn BufRead>,
    echo: bool,
}

impl Piped {
    /// Reads from `input`; with `echo`, each line is printed after its prompt.
    pub fn new(input: Box<dyn BufRead>, echo: bool) -> Self {
        Self { input, echo }
    }

    fn read(&mut self) -> io::Result<Line> {
        let line = line::read(&mut self.input)?;
        if self.echo {
            match &line {
                Line::Text(text) => write_out(&format!("{}\n", text.as_str()))?,
                Line::Unreadable(_) => write_out("\n")?,
                Line::End => {}
            }
        }
        Ok(line)
    }
}

impl Source {
    /// Prompts for a command line and reads it.
    ///
    /// # Errors
    /// What the system says, on input and on output.
    pub fn command_line(&mut self) -> io::Result<Line> {
        match self {
            Self::Terminal(terminal) => terminal.command_line(),
            Self::Piped(piped) => {
                write_out(Output::PROMPT)?;
                piped.read()
            }
        }
    }

    /// Reads the answer to a question that has been printed.
    ///
    /// # Errors
    /// What the system says, on input and on output.
    pub fn answer(&mut self) -> io::Result<Line> {
        match self {
            // The question stands on the screen already, so the line is read as the terminal gives it.
            Self::Terminal(_) => line::read(&mut io::stdin().lock()),
            Self::Piped(piped) => piped.read(),
        }
    }
}

/// Prints at once. A reader that has gone away is reported as any other error.
///
/// # Errors
/// What the system says.
pub fn write_out(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
