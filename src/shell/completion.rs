//! What a word before the cursor can become: a command, a flag that is still
//! missing, or a value; and what comes next.

use std::path::Path;

use rustyline::completion::Pair;

use super::words;
use crate::command::flag::AnyFlag;
use crate::command::offer::{Choice, Offer, offer};
use crate::command::{self, COMMANDS, Command, OTHER_NAMES};
use crate::hsm::Known;

/// What stands before the cursor, up to the word that is being typed.
enum Place {
    /// Nothing.
    Begin,
    /// The word `help`.
    Help,
    /// A command with these flags.
    Flag(&'static Command, Vec<String>),
    /// A flag that needs a value.
    Value(&'static dyn AnyFlag),
    /// Something that cannot be completed.
    Unknown,
}

/// Where the word before the cursor begins, and what it can become where this is known.
#[must_use]
pub fn candidates(line: &str, known: &Known) -> (usize, Vec<Pair>) {
    let start = line.rfind(' ').map_or(0, |blank| blank + 1);
    let (before, word) = line.split_at(start);
    match place(before) {
        Place::Begin => (start, names(word, &OTHER_NAMES)),
        Place::Help => (start, names(word, &[])),
        Place::Flag(command, given) => {
            let flags = command.flags.iter().map(|flag| flag.declaration());
            let missing = flags
                .filter(|flag| {
                    flag.name.starts_with(word) && !given.iter().any(|it| it == flag.name)
                })
                .map(|flag| pair(flag.name, format!("{} {}", flag.name, flag.placeholder)));
            (start, missing.collect())
        }
        Place::Value(flag) => match offer(flag, known) {
            Offer::File => (start, files(word)),
            Offer::Choices(choices) => {
                // Of several users, the last one is completed.
                let start = start + word.rfind(',').map_or(0, |comma| comma + 1);
                (start, chosen(choices, &line[start..]))
            }
        },
        Place::Unknown => (start, Vec::new()),
    }
}

/// What comes next in a line whose last word is complete: a value, or a flag
/// that the command cannot do without.
#[must_use]
pub fn next(line: &str) -> Option<String> {
    if !line.ends_with(' ') {
        return None;
    }
    match place(line) {
        Place::Value(flag) => Some(flag.declaration().placeholder.to_owned()),
        Place::Flag(command, given) => {
            let required = command.required.iter().map(|flag| flag.declaration());
            let missing =
                required.into_iter().find(|flag| !given.iter().any(|it| it == flag.name))?;
            Some(format!("{} {}", missing.name, missing.placeholder))
        }
        Place::Begin | Place::Help | Place::Unknown => None,
    }
}

fn place(before: &str) -> Place {
    let Ok(words) = words::split(before) else { return Place::Unknown };
    let Some((name, rest)) = words.split_first() else { return Place::Begin };
    if name.as_str() == "help" && rest.is_empty() {
        return Place::Help;
    }
    let Some(command) = command::find(name) else { return Place::Unknown };
    let mut given = Vec::new();
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let flag = command.flags.iter().find(|flag| flag.declaration().name == word.as_str());
        let Some(flag) = flag else { continue };
        given.push(word.to_string());
        if !flag.declaration().placeholder.is_empty() && rest.next().is_none() {
            return Place::Value(*flag);
        }
    }
    Place::Flag(command, given)
}

/// The commands, and these other words, that begin with a word.
fn names(word: &str, others: &[&str]) -> Vec<Pair> {
    let names = COMMANDS.iter().flat_map(|command| command.names).chain(others);
    let names = names.filter(|name| name.starts_with(word));
    names.map(|name| pair(name, (*name).to_owned())).collect()
}

fn pair(replacement: &str, display: String) -> Pair {
    Pair { replacement: format!("{replacement} "), display }
}

/// The choices whose value begins with the word, or else whose meaning contains it.
fn chosen(choices: Vec<Choice>, word: &str) -> Vec<Pair> {
    let begins = |choice: &Choice| choice.value.starts_with(word);
    let by_value = choices.iter().any(begins);
    let lower = word.to_lowercase();
    let fits = |choice: &Choice| match by_value {
        true => begins(choice),
        false => choice.meaning.to_lowercase().contains(&lower),
    };
    let shown = |Choice { value, meaning }: Choice| {
        let display =
            if meaning.is_empty() { value.clone() } else { format!("{value}  {meaning}") };
        pair(&words::quoted(&value), display)
    };
    let mut pairs: Vec<_> = choices.into_iter().filter(fits).map(shown).collect();
    // Several keys may have one label.
    pairs.dedup_by(|one, other| one.replacement == other.replacement);
    pairs
}

/// The files whose names begin with the word. A directory is completed without
/// a blank after it, for the file in it; a name with blanks is put in quotes.
fn files(word: &str) -> Vec<Pair> {
    let (directory, begin) = word.split_at(word.rfind('/').map_or(0, |slash| slash + 1));
    let folder = if directory.is_empty() { Path::new(".") } else { Path::new(directory) };
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut pairs: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let hidden = name.starts_with('.') && !begin.starts_with('.');
            (name.starts_with(begin) && !hidden).then(|| {
                let path = words::quoted(&format!("{directory}{name}"));
                if entry.path().is_dir() {
                    Pair { replacement: format!("{path}/"), display: format!("{name}/") }
                } else {
                    pair(&path, name)
                }
            })
        })
        .collect();
    pairs.sort_by(|one, other| one.display.cmp(&other.display));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hsm::names::Handle;

    fn known() -> Known {
        let key = |handle, label: &str| (Handle(handle), label.to_owned());
        let users = vec![(3, String::from("example_user")), (4, String::from("alice"))];
        Known { keys: vec![key(6, "mine"), key(7, "mine"), key(60, "a b")], users }
    }

    fn replacements(line: &str) -> Vec<String> {
        let (start, pairs) = candidates(line, &known());
        pairs.into_iter().map(|pair| line[..start].to_owned() + &pair.replacement).collect()
    }

    #[test]
    fn commands_and_missing_flags_are_completed() {
        assert_eq!(replacements("genE"), ["genECCKeyPair "]);
        let line = "genECCKeyPair -i 2 -m";
        assert_eq!(replacements(line), [format!("{line}_value "), format!("{line}in_srv ")]);
        assert!(
            !replacements("genECCKeyPair -i 2 -").contains(&String::from("genECCKeyPair -i 2 -i "))
        );
        assert!(replacements("noSuchCommand -").is_empty());
        assert_eq!(replacements("help genE"), ["help genECCKeyPair "]);
        assert!(replacements("help ex").iter().all(|line| line != "help exit "));
        assert!(replacements("help genECCKeyPair -").is_empty());
        assert!(replacements("findKey -l 'open -").is_empty());
    }

    #[test]
    fn values_are_completed_by_what_they_are_and_what_they_mean() {
        assert_eq!(replacements("loginHSM -u A"), ["loginHSM -u AU "]);
        assert_eq!(replacements("loginHSM -u CU -s ex"), ["loginHSM -u CU -s example_user "]);
        assert_eq!(replacements("genECCKeyPair -i 571k"), ["genECCKeyPair -i 11 "]);
        assert_eq!(replacements("genECCKeyPair -i 2").len(), 1);
        assert_eq!(replacements("deleteKey -k 6"), ["deleteKey -k 6 ", "deleteKey -k 60 "]);
        assert_eq!(replacements("findKey -l "), ["findKey -l mine ", "findKey -l 'a b' "]);
        assert_eq!(replacements("genSymKey -u 3,al"), ["genSymKey -u 3,4 "]);
        assert_eq!(replacements("getAttribute -a kcv"), ["getAttribute -a 371 "]);
        assert_eq!(replacements("genSymKey -t aes"), ["genSymKey -t 31 "]);
        assert!(replacements("genSymKey -l ").is_empty());
    }

    #[test]
    fn files_are_completed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["key.pem", "key two.pem", ".hidden"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join("keys")).unwrap();
        let path = folder.path().to_str().unwrap();
        let line = |name: &str| format!("importPubKey -f {name}");
        let expected = [
            line(&format!("'{path}/key two.pem' ")),
            line(&format!("{path}/key.pem ")),
            line(&format!("{path}/keys/")),
        ];
        assert_eq!(replacements(&line(&format!("{path}/k"))), expected);
        assert_eq!(replacements(&line(&format!("{path}/"))).len(), 3);
        assert!(replacements(&line("/no/such/folder/")).is_empty());
    }

    #[test]
    fn what_comes_next_is_the_first_thing_missing() {
        assert_eq!(next("genECCKeyPair ").as_deref(), Some("-i <EC curve id>"));
        assert_eq!(next("genECCKeyPair -i ").as_deref(), Some("<EC curve id>"));
        assert_eq!(next("genECCKeyPair -i 2 ").as_deref(), Some("-l <label>"));
        for line in ["", " ", "genECCKeyPair", "genECCKeyPair -i 2 -l x ", "findKey ", "nothing "] {
            assert_eq!(next(line), None, "{line}");
        }
    }
}
