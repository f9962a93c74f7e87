//! A person at a terminal: lines with an editor where the terminal can do
//! that, and as the system gives them where it cannot.

use std::io::{self, Write};
use std::path::Path;

use super::editing::Editing;
use super::editor::LineEditor;
use super::interrupt::Interrupts;
use super::line::Line;
use super::password;
use super::plain::PlainReader;
use crate::hsm::Known;

/// Terminals on which the line editor does nothing but read lines.
const WITHOUT_EDITING: [&str; 3] = ["dumb", "cons25", "emacs"];

/// A terminal. Whatever is asked on it is read by one and the same reader, so
/// that lines which are typed ahead go where they belong.
pub enum Terminal {
    /// With line editing, completion and a history.
    Edited(Box<LineEditor>),
    /// Without.
    Plain(PlainReader),
}

impl Terminal {
    /// Takes the terminal; `history` is where lines are kept between sessions, `editing`
    /// says by which keys they are edited.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn new(history: Option<&Path>, editing: Option<Editing>) -> io::Result<Self> {
        if !can_redraw() {
            return Ok(Self::Plain(PlainReader::new()?));
        }
        Ok(Self::Edited(Box::new(LineEditor::new(history, editing)?)))
    }

    /// From here on, the lines of commands can be completed with this.
    pub fn offer(&mut self, known: Known) {
        match self {
            Self::Edited(editor) => editor.offer(known),
            Self::Plain(_) => {}
        }
    }

    /// Prompts for a command and reads its line.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn read_command(&mut self, prompt: &str, interrupts: &Interrupts) -> io::Result<Line> {
        match self {
            Self::Edited(editor) => editor.read_command(prompt),
            Self::Plain(reader) => plain_line(reader, prompt, interrupts),
        }
    }

    /// Asks a command's question and reads the answer.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn ask(&mut self, question: &str, interrupts: &Interrupts) -> io::Result<Line> {
        match self {
            Self::Edited(editor) => editor.ask(question),
            Self::Plain(reader) => plain_line(reader, question, interrupts),
        }
    }

    /// Asks for a password, which is shown as asterisks.
    ///
    /// # Errors
    /// When the terminal cannot be read; [`io::ErrorKind::Interrupted`] after Ctrl-C.
    pub fn ask_password(&mut self, question: &str) -> io::Result<Line> {
        match self {
            Self::Edited(editor) => editor.ask_password(question),
            Self::Plain(_) => password::ask(question).map(Line::Text),
        }
    }
}

/// Whether what stands on the terminal can be drawn anew.
pub fn can_redraw() -> bool {
    let name = std::env::var("TERM").unwrap_or_default();
    !WITHOUT_EDITING.iter().any(|plain| plain.eq_ignore_ascii_case(&name))
}

fn plain_line(reader: &mut PlainReader, prompt: &str, interrupts: &Interrupts) -> io::Result<Line> {
    let mut output = io::stdout();
    output.write_all(prompt.as_bytes())?;
    output.flush()?;
    let line = reader.read_line(interrupts)?;
    if line == Line::Interrupted {
        // The system has shown ^C.
        output.write_all(b"\n")?;
    }
    Ok(line)
}
