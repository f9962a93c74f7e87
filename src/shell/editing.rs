//! Which keys edit a line.

use std::path::PathBuf;

use rustyline::EditMode;

/// Which keys edit a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Editing {
    /// Those of Emacs
    Emacs,
    /// Those of vi
    Vi,
}

impl Editing {
    /// What readline's own file says: `INPUTRC`, or `.inputrc` in the home directory.
    #[must_use]
    pub fn of_readline() -> Option<Self> {
        let file = match std::env::var_os("INPUTRC") {
            Some(file) => PathBuf::from(file),
            None => PathBuf::from(std::env::var_os("HOME")?).join(".inputrc"),
        };
        Self::said_in(&std::fs::read_to_string(file).ok()?)
    }

    /// The last `set editing-mode` of such a file.
    fn said_in(text: &str) -> Option<Self> {
        let said = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
            ["set", "editing-mode", "vi"] => Some(Self::Vi),
            ["set", "editing-mode", "emacs"] => Some(Self::Emacs),
            _ => None,
        };
        text.lines().filter_map(said).next_back()
    }
}

impl From<Editing> for EditMode {
    fn from(editing: Editing) -> Self {
        match editing {
            Editing::Emacs => Self::Emacs,
            Editing::Vi => Self::Vi,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_of_readline_counts() {
        let text = "# set editing-mode emacs\n$if mode=vi\n set editing-mode emacs\nset  editing-mode vi\n";
        assert_eq!(Editing::said_in(text), Some(Editing::Vi));
        assert_eq!(Editing::said_in("set bell-style none\n# set editing-mode vi\n"), None);
    }
}
