//! The line editor: keys, completion, a history, and passwords that are not shown.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::DefaultHistory;
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Config, Context, Editor, Event,
    EventContext, EventHandler, Helper, KeyCode, KeyEvent, Modifiers, RepeatCount, Validator,
};
use zeroize::Zeroizing;

use super::editing::Editing;
use super::line::{self, Line, Unreadable};
use super::{completion, history};
use crate::hsm::Known;

/// The colour of what comes next (ECMA-48: bright black), and the end of it.
const GREY: &str = "\x1b[90m";
const PLAIN: &str = "\x1b[0m";

/// Lines that the history keeps.
const HISTORY_SIZE: usize = 1000;

/// A terminal's line editor. It keeps what it has read beyond a line for the next one.
pub struct LineEditor {
    editor: Editor<Assistant, DefaultHistory>,
    history: Option<PathBuf>,
    hidden: Arc<AtomicBool>,
}

impl LineEditor {
    /// Takes the terminal; `history` is where lines are kept between sessions, `editing`
    /// says by which keys they are edited.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn new(history: Option<&Path>, editing: Option<Editing>) -> io::Result<Self> {
        let editing = editing.or_else(Editing::of_readline).unwrap_or(Editing::Emacs);
        let config = Config::builder()
            .max_history_size(HISTORY_SIZE)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(io::Error::other)?
            .completion_type(CompletionType::List)
            .edit_mode(editing.into())
            // Pasted lines are run one by one, as if they were typed.
            .bracketed_paste(false)
            // Without colours the editor would not hide a password.
            .color_mode(ColorMode::Forced)
            .build();
        let mut editor = Editor::with_config(config).map_err(io::Error::other)?;
        let hidden = Arc::new(AtomicBool::new(false));
        editor.set_helper(Some(Assistant {
            completes: false,
            known: Known::default(),
            hints: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            hidden: Arc::clone(&hidden),
        }));
        // Some terminals and programs bracket what is pasted without having been asked to.
        for bracket in [KeyCode::BracketedPasteStart, KeyCode::BracketedPasteEnd] {
            editor.bind_sequence(KeyEvent(bracket, Modifiers::NONE), Cmd::Noop);
        }
        let keys = PasswordKeys(Arc::clone(&hidden));
        editor.bind_sequence(Event::Any, EventHandler::Conditional(Box::new(keys)));
        let history = history.map(Path::to_owned);
        if let Some(file) = &history {
            // There is none before the first session ends.
            let _ = editor.load_history(file);
        }
        Ok(Self { editor, history, hidden })
    }

    /// From here on, the lines of commands can be completed with this.
    pub fn offer(&mut self, known: Known) {
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.known = known;
        }
    }

    /// Prompts for a command and reads its line, which the history may keep.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn read_command(&mut self, prompt: &str) -> io::Result<Line> {
        let line = self.read(prompt, true)?;
        if let Line::Text(text) = &line {
            self.remember(text);
        }
        Ok(line)
    }

    /// Asks a question and reads the answer.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn ask(&mut self, question: &str) -> io::Result<Line> {
        self.read(question, false)
    }

    /// Asks for a password and shows asterisks for its characters.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn ask_password(&mut self, question: &str) -> io::Result<Line> {
        self.hidden.store(true, Ordering::Relaxed);
        let line = self.read(question, false);
        self.hidden.store(false, Ordering::Relaxed);
        line
    }

    fn read(&mut self, prompt: &str, completes: bool) -> io::Result<Line> {
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.completes = completes;
        }
        match self.editor.readline(prompt) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                Ok(line::from_bytes(text.as_bytes().to_vec()))
            }
            Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(ReadlineError::Io(error)) if error.kind() == io::ErrorKind::InvalidData => {
                Ok(Line::Unreadable(Unreadable::NotUtf8))
            }
            Err(error) => Err(io::Error::other(error)),
        }
    }

    fn remember(&mut self, line: &str) {
        let Some(kept) = history::kept(line) else { return };
        let _ = self.editor.add_history_entry(kept);
        if let Some(file) = &self.history {
            // A history that cannot be kept is no reason to stop working.
            let _ = self.editor.append_history(file);
        }
    }
}

/// What the editor asks while a line is typed.
#[derive(Helper, Validator)]
struct Assistant {
    /// Whether the line is a command, which can be completed.
    completes: bool,
    /// What the cluster has that a line can name.
    known: Known,
    /// Whether what comes next is shown; it is told from what was typed by its colour.
    hints: bool,
    /// Whether the line is a password.
    hidden: Arc<AtomicBool>,
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        if !self.completes {
            return Ok((0, Vec::new()));
        }
        Ok(completion::candidates(line.get(..position).unwrap_or(line), &self.known))
    }
}

/// What comes next in a line. It is shown, and not put into the line by any key.
struct Next(String);

impl Hint for Next {
    fn display(&self) -> &str {
        &self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = Next;

    fn hint(&self, line: &str, position: usize, _context: &Context<'_>) -> Option<Next> {
        let shown = self.hints && self.completes && position == line.len();
        completion::next(line).filter(|_| shown).map(Next)
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        if self.hidden.load(Ordering::Relaxed) {
            return Cow::Owned("*".repeat(line.chars().count()));
        }
        Cow::Borrowed(line)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("{GREY}{hint}{PLAIN}"))
    }

    /// Whether the editor must draw the line anew instead of only adding what was typed.
    fn highlight_char(&self, _line: &str, _position: usize, _kind: CmdKind) -> bool {
        self.hidden.load(Ordering::Relaxed)
    }
}

/// The keys of a password: all but these do nothing, so that no part of it
/// gets where another prompt could bring it up, and no earlier line becomes one.
struct PasswordKeys(Arc<AtomicBool>);

impl ConditionalEventHandler for PasswordKeys {
    fn handle(
        &self,
        event: &Event,
        _count: RepeatCount,
        _positive: bool,
        _context: &EventContext<'_>,
    ) -> Option<Cmd> {
        if !self.0.load(Ordering::Relaxed) {
            return None;
        }
        match event.get(0)? {
            KeyEvent(KeyCode::Char(_) | KeyCode::Enter | KeyCode::Backspace, Modifiers::NONE)
            | KeyEvent(KeyCode::Char('C' | 'D' | 'J' | 'M' | '\\'), Modifiers::CTRL) => None,
            // Undone, what was typed is gone; killed, it could be yanked at the next prompt.
            KeyEvent(KeyCode::Char('U'), Modifiers::CTRL) => Some(Cmd::Undo(RepeatCount::MAX)),
            _ => Some(Cmd::Noop),
        }
    }
}
