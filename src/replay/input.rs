//! A recorded command line as this run must type it: with the run's handles,
//! with passwords where they were masked, and with files that stay in place.

use std::any::TypeId;
use std::path::{Component, Path, PathBuf};

use zeroize::Zeroizing;

use super::roles::Roles;
use super::treatment::Item;
use crate::command::approval_template::Template;
use crate::command::approve_token;
use crate::command::login_hsm::{NAME, PASSWORD};
use crate::command::read::FileContent;
use crate::command::{self, Word};
use crate::hsm::names::Handle;
use crate::hsm::settings::InitialUser;
use crate::shell::recorder::MASK;
use crate::shell::words;

/// What is typed.
pub struct Typed {
    /// The line.
    pub line: Zeroizing<String>,
    /// The password, if it is asked for.
    pub password: Option<Word>,
}

/// What to type for a recorded line, the `expected` output of which tells whether a
/// masked password was right.
///
/// # Errors
/// Why the line is not run.
pub fn typed(
    line: &str,
    expected: &[(usize, String)],
    users: &[InitialUser],
    roles: &mut Roles,
) -> Result<Typed, String> {
    let as_it_is = || Ok(Typed { line: Zeroizing::new(line.to_owned()), password: None });
    // The shell says itself what is wrong with a line that cannot be split.
    let Ok(mut words) = words::split(line) else { return as_it_is() };
    let Some(command) = words.first().and_then(|name| command::find(name)) else {
        return as_it_is();
    };
    let after = |flag: &str, words: &[Word]| {
        words
            .iter()
            .position(|word| word.as_str() == flag)
            .and_then(|at| words.get(at + 1).cloned())
    };
    let right = expected.iter().any(|(_, line)| line.contains("returned: 0x00 "));
    let name = after(NAME.declaration.name, &words);
    let user =
        users.iter().find(|user| right && name.as_ref().is_some_and(|name| **name == user.name));
    let password = user.map_or_else(|| Word::new(MASK.to_owned()), |user| user.password.clone());
    let mut changed = false;
    for at in 1..words.len() {
        let (before, rest) = words.split_at_mut(at);
        let (Some(flag), Some(word)) = (before.last(), rest.first_mut()) else { continue };
        let known = command.flags.iter().find(|known| known.declaration().name == flag.as_str());
        let Some(known) = known else { continue };
        let kind = known.value_type();
        let new = if kind == TypeId::of::<Handle>() {
            // In whichever way the command lets it be written; what is no number stays.
            let Ok(value) = known.read(word) else { continue };
            let Some(recorded) = value.downcast_ref().map(Handle::to_string) else { continue };
            let run = handle(&recorded, roles);
            if run == recorded { word.clone() } else { Word::new(run) }
        } else if kind == TypeId::of::<PathBuf>() || kind == TypeId::of::<FileContent>() {
            check_path(word)?;
            if command.name() == approve_token::COMMAND.name() {
                check_template(Path::new(word.as_str()))?;
            }
            continue;
        } else if flag.as_str() == PASSWORD.declaration.name && word.as_str() == MASK {
            password.clone()
        } else {
            continue;
        };
        changed |= new != *word;
        *word = new;
    }
    if !changed {
        return Ok(Typed { line: Zeroizing::new(line.to_owned()), password: Some(password) });
    }
    let quoted: Vec<_> = words.iter().map(|word| Zeroizing::new(words::quoted(word))).collect();
    let mut line = Zeroizing::new(String::new());
    for word in quoted {
        line.push_str(&word);
        line.push(' ');
    }
    // What has been checked is what is typed.
    if words::split(&line).as_ref() != Ok(&words) {
        return Err(String::from("one of its words has both kinds of quotes and cannot be typed"));
    }
    Ok(Typed { line, password: Some(password) })
}

/// What the run calls the handle. One that only the recording has is no key of the run.
fn handle(recorded: &str, roles: &mut Roles) -> String {
    if let Some(run) = roles.run(Item::Handles, recorded) {
        return run.to_owned();
    }
    let free = |run: &String| roles.recorded(Item::Handles, run).is_none();
    let beyond = (1_u32 << 30..).map(|number| number.to_string());
    let run = std::iter::once(recorded.to_owned()).chain(beyond).find(free);
    let run = run.unwrap_or_else(|| recorded.to_owned());
    if run != recorded {
        roles.bind(Item::Handles, recorded, &run);
    }
    run
}

/// Whether a file lies where a replay may read and write.
///
/// # Errors
/// Why it does not.
pub fn check_path(name: &str) -> Result<(), String> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    if Path::new(name).components().all(inside) {
        return Ok(());
    }
    Err(format!(
        "{name:?} is outside of the replay's own directory, where no recording reads or writes"
    ))
}

/// Whether the files lie so that an approval template names. The command itself says
/// what is wrong with the template.
fn check_template(template: &Path) -> Result<(), String> {
    let Ok(template) = approve_token::read_template(template) else { return Ok(()) };
    let Template { token_file, multi_token_file, approvals, .. } = template;
    let files = approvals.into_iter().map(|approval| approval.file);
    [token_file, multi_token_file]
        .into_iter()
        .chain(files)
        .try_for_each(|file| check_path(&file.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hsm::settings::Settings;

    fn line(line: &str, expected: &str, roles: &mut Roles) -> Result<String, String> {
        let expected = [(0, expected.to_owned())];
        typed(line, &expected, &Settings::default().users, roles)
            .map(|typed| typed.line.to_string())
    }

    #[test]
    fn handles_are_the_runs() {
        let mut roles = Roles::default();
        roles.bind(Item::Handles, "262177", "6");
        let mut typed = |recorded: &str| line(recorded, "", &mut roles).unwrap();
        assert_eq!(typed("getKeyInfo -k 262177"), "getKeyInfo -k 6 ");
        assert_eq!(
            typed("getAttribute -o 262177 -a 512 -out a_262177"),
            "getAttribute -o 6 -a 512 -out a_262177 "
        );
        assert_eq!(typed("getKeyInfo  -k 7"), "getKeyInfo  -k 7");
        assert_eq!(typed("getKeyInfo -k 6"), "getKeyInfo -k 1073741824 ");
        assert_eq!(typed("getKeyInfo -k 6"), "getKeyInfo -k 1073741824 ");
        assert_eq!(typed("bogus -k 262177 'x"), "bogus -k 262177 'x");
        assert_eq!(typed("getKeyInfo -k 0262177"), "getKeyInfo -k 6 ");
        assert_eq!(typed("getKeyInfo -k 0x40021"), "getKeyInfo -k 0x40021");
        assert_eq!(typed("getCaviumPrivKey -k 0x40021 -out f"), "getCaviumPrivKey -k 6 -out f ");
        assert_eq!(typed("getCaviumPrivKey -k 07 -out f"), "getCaviumPrivKey -k 07 -out f");
    }

    #[test]
    fn masked_passwords_are_right_where_the_login_was() {
        let login = |expected: &str| {
            line("loginHSM -u CU -s alice -p ********", expected, &mut Roles::default()).unwrap()
        };
        assert!(login("Cfm3LoginHSM returned: 0x00 : x").ends_with("-p example_pwd "));
        assert!(login("Cfm3LoginHSM returned: 0xa3 : x").ends_with("-p ********"));
    }

    #[test]
    fn files_elsewhere_are_refused() {
        for name in ["/tmp/x", "../x", "a/../../x"] {
            let refused =
                |command: &str| line(&format!("{command} {name}"), "", &mut Roles::default());
            assert!(refused("getAttribute -o 6 -a 512 -out").is_err(), "{name}");
            assert!(refused("imSymKey -t 31 -l x -w 6 -f").is_err(), "{name}");
        }
        assert!(line("genSymKey -t 31 -s 32 -l /x", "", &mut Roles::default()).is_ok());
    }
}
