//! What the prompt's history keeps of a line: no password, also not one that
//! stands where it does not belong.

use super::words;
use crate::command::login_hsm::PASSWORD;
use crate::command::{self, Word};

/// The line as the history keeps it, or nothing. A line that is no command may
/// be a password. Of a command that takes one, or a line that seems to have
/// one, the flags stay that the command knows, and the password goes.
#[must_use]
pub fn kept(line: &str) -> Option<String> {
    let words = words::split(line).ok()?;
    let (name, rest) = words.split_first()?;
    if matches!(name.as_str(), "exit" | "quit" | "help") {
        return rest.is_empty().then(|| line.to_owned());
    }
    let command = command::find(name)?;
    let password = PASSWORD.declaration.name;
    let declared = |word: &Word| {
        let mut flags = command.flags.iter().map(|flag| flag.declaration());
        flags.find(|flag| flag.name == word.as_str())
    };
    let takes_password = command.flags.iter().any(|flag| flag.declaration().name == password);
    if !takes_password
        && !rest.iter().any(|word| word.starts_with(password) && declared(word).is_none())
    {
        return Some(line.to_owned());
    }
    let mut kept = vec![words::quoted(name)];
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if word.as_str() == "-h" {
            kept.push(String::from("-h"));
            continue;
        }
        let Some(flag) = declared(word) else {
            // The word may be a password, or the flag of one.
            rest.next();
            continue;
        };
        kept.push(flag.name.to_owned());
        if flag.placeholder.is_empty() {
            continue;
        }
        if let Some(value) = rest.next()
            && flag.name != password
        {
            kept.push(words::quoted(value));
        }
    }
    Some(kept.join(" "))
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
            ("exit", "exit"),
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
