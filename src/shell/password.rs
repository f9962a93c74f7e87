//! A password that is typed at the terminal which the process belongs to,
//! wherever its input comes from.

use std::io;

use zeroize::Zeroizing;

/// Asks for a password, which is shown as asterisks.
///
/// # Errors
/// When there is no terminal; [`io::ErrorKind::Interrupted`] after Ctrl-C.
pub fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    #[cfg(unix)]
    let _silent = silence::Silent::new()?;
    let config = rpassword::ConfigBuilder::new().password_feedback_mask('*').build();
    rpassword::prompt_password_with_config(question, config).map(Zeroizing::new)
}

/// The prompt is printed before the reader of passwords silences the terminal.
/// A program that answers at once would see its answer echoed, so the terminal
/// is silent before that.
#[cfg(unix)]
mod silence {
    use std::fs::File;
    use std::io;

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    /// The terminal without echo, lines and signals, until this is dropped.
    pub struct Silent {
        terminal: File,
        before: Termios,
    }

    impl Silent {
        pub fn new() -> io::Result<Self> {
            let terminal = File::options().read(true).write(true).open("/dev/tty")?;
            let before = tcgetattr(&terminal)?;
            let mut silent = before.clone();
            silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
            tcsetattr(&terminal, OptionalActions::Now, &silent)?;
            Ok(Self { terminal, before })
        }
    }

    impl Drop for Silent {
        fn drop(&mut self) {
            // There is nobody to tell that the terminal has gone.
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }
}
