//! What the prompt's history keeps of a line: no password, also not one that
//! stands where it does not belong.

use super::words;
use crate::command::login_hsm::PASSWORD;
use crate::command::{self, Word};

/// What a word of a line is, where lines are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing that is secret.
    Plain,
    /// A password in its place.
    Password,
    /// It stands where nothing belongs, and may be a password.
    Doubtful,
}

/// The line as the history keeps it, or nothing. A line that is no command may
/// be a password. Of a command that takes one, or a line that seems to have
/// one, the flags stay that the command knows, and the password goes.
#[must_use]
pub fn kept(line: &str) -> Option<String> {
    let words = words::split(line).ok()?;
    let kinds = kinds(&words)?;
    if kinds.iter().all(|kind| *kind == Kind::Plain) {
        return Some(line.to_owned());
    }
    let plain = words.iter().zip(kinds).filter(|(_, kind)| *kind == Kind::Plain);
    Some(plain.map(|(word, _)| words::quoted(word)).collect::<Vec<_>>().join(" "))
}

/// What each word of a line is; nothing for a line that is no command.
#[must_use]
pub fn kinds(words: &[Word]) -> Option<Vec<Kind>> {
    let (name, rest) = words.split_first()?;
    let mut kinds = vec![Kind::Plain];
    if command::is_other_name(name) {
        let known = |word: &Word| command::find(word).is_some();
        let kind = |word| if known(word) { Kind::Plain } else { Kind::Doubtful };
        kinds.extend(rest.iter().map(kind));
        return Some(kinds);
    }
    let command = command::find(name)?;
    let password = PASSWORD.declaration.name;
    let declared = |word: &Word| {
        let mut flags = command.flags.iter().map(|flag| flag.declaration());
        flags.find(|flag| flag.name == word.as_str())
    };
    let takes_password = command.flags.iter().any(|flag| flag.declaration().name == password);
    // After a command that takes no words, any word is as doubtful as a command of no name.
    if !takes_password
        && !command.flags.is_empty()
        && !rest.iter().any(|word| word.starts_with(password) && declared(word).is_none())
    {
        return Some(vec![Kind::Plain; words.len()]);
    }
    while let Some(word) = rest.get(kinds.len() - 1) {
        match declared(word) {
            _ if word.as_str() == "-h" => kinds.push(Kind::Plain),
            Some(flag) if flag.placeholder.is_empty() => kinds.push(Kind::Plain),
            Some(flag) if flag.name == password => kinds.extend([Kind::Plain, Kind::Password]),
            Some(_) => kinds.extend([Kind::Plain; 2]),
            // The word may be a password, or the flag of one.
            None => kinds.extend([Kind::Doubtful; 2]),
        }
    }
    kinds.truncate(words.len());
    Some(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_cut_out() {
        for (line, expected) in [
            ("loginHSM -u CU -p secret -s 'a b'", "loginHSM -u CU -p -s 'a b'"),
            ("loginHSM -p 'two words' -s x", "loginHSM -p -s x"),
            ("loginHSM -p -p secret -s x", "loginHSM -p"),
            ("loginHSM -p", "loginHSM -p"),
            ("findKey -l  x", "findKey -l  x"),
            ("logoutHSM secret", "logoutHSM"),
            ("listUsers -h", "listUsers -h"),
            ("exit", "exit"),
            ("help  genSymKey", "help  genSymKey"),
        ] {
            assert_eq!(kept(line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_password_in_the_wrong_place_is_not_kept() {
        let lines = [
            "loginHSM -u CU -s x -psecret",
            "loginHSM -u CU -s x -pw secret",
            "loginHSM -u CU -s x -P secret",
            "loginHSM -u CU -s x --p secret",
            "loginHSM -u CU -s x -p\\ secret",
            "loginHSM -u CU -s x p secret",
            "loginHSM -u CU -s x secret",
            "loginHSM -u CU -s x -hpswd secret",
            "loginHSM -u CU -s x –p secret",
            "loginHSM -p 'unclosed secret",
            "LoginHSM -u CU -s x -p secret",
            "genPBEKey -l x -P secret",
            "logoutHSM -p secret",
            "findKey -psecret",
            "help secret",
            "secret",
        ];
        for line in lines {
            let kept = kept(line).unwrap_or_default();
            assert!(!kept.contains("secret"), "{line}: {kept}");
        }
    }
}
