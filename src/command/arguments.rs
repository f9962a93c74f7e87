//! From the words after a command to its arguments, by the client's rules:
//! whole-token match, `-h` swallows the next word, an unknown word shows the
//! help, only the first missing flag is reported.

use std::any::Any;
use std::ops::RangeInclusive;

use super::flag::{AnyFlag, Flag, Message, Rejection, UnreadableFile, Word};
use super::login_hsm::PASSWORD;
use super::{Command, Complaint, Words, suggest};

/// The arguments of a command: of each flag the value that its reader made
/// when the word was met. Nothing is read twice, so that a file may be a pipe.
#[derive(Default)]
pub struct Arguments {
    values: Vec<(&'static str, Box<dyn Any>)>,
    /// Flags whose files cannot be read, and the files.
    unreadable: Vec<(&'static str, UnreadableFile)>,
    /// What the checks need to know of the cluster.
    fips_mode: bool,
    /// Whether the help is due before the checks, so that some of them say nothing.
    help_due: bool,
}

/// Why a command does not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Files that could not be read, which is said first.
    pub unreadable_files: Vec<UnreadableFile>,
    /// What is said, in order.
    pub messages: Vec<Message>,
    /// How many of these come before those of the command's checks.
    pub unchecked: usize,
    /// Whether the message about an unknown curve ends it all.
    pub unknown_curve: bool,
    /// Whether the user asked for the help and made no mistake.
    pub help_asked: bool,
    /// Why the help is shown where nothing above says so: the client itself is
    /// silent about it, so it is said on standard error.
    pub reason: Option<String>,
}

impl Usage {
    /// A refusal with one message, after `Error: `.
    #[must_use]
    pub fn say(message: impl Into<String>) -> Self {
        Self::tell(Message::Error(message.into()))
    }

    /// A refusal that the client shows its help for in silence, for this reason.
    #[must_use]
    pub fn because(reason: String) -> Self {
        Self { reason: Some(reason), ..Self::default() }
    }

    /// A refusal with one message.
    #[must_use]
    pub fn tell(message: Message) -> Self {
        Self { messages: vec![message], ..Self::default() }
    }
}

impl Arguments {
    /// The value of a flag, if it was given.
    #[must_use]
    pub fn get<T: Clone + 'static>(&self, flag: &Flag<T>) -> Option<T> {
        self.value(flag.declaration.name)?.downcast_ref().cloned()
    }

    /// The value of a flag that the command cannot do without.
    ///
    /// # Errors
    /// The flag's message when it was not given.
    pub fn required<T: Clone + 'static>(&self, flag: &Flag<T>) -> Result<T, Usage> {
        self.get(flag).ok_or_else(|| Usage::say(flag.declaration.missing))
    }

    /// Whether a flag was given.
    #[must_use]
    pub fn has<T>(&self, flag: &Flag<T>) -> bool {
        self.value(flag.declaration.name).is_some()
    }

    /// Whether a flag named a file that cannot be read.
    #[must_use]
    pub fn is_unreadable<T>(&self, flag: &Flag<T>) -> bool {
        self.unreadable.iter().any(|(name, _)| *name == flag.declaration.name)
    }

    /// The files that cannot be read, though the command runs.
    pub fn unreadable_files(&self) -> impl Iterator<Item = &UnreadableFile> {
        self.unreadable.iter().map(|(_, file)| file)
    }

    /// Whether the cluster is in FIPS mode.
    #[must_use]
    pub fn fips_mode(&self) -> bool {
        self.fips_mode
    }

    /// Whether the help is shown whatever the checks say.
    #[must_use]
    pub fn help_due(&self) -> bool {
        self.help_due
    }

    fn value(&self, name: &str) -> Option<&dyn Any> {
        let given = self.values.iter().find(|(given, _)| *given == name);
        given.map(|(_, value)| value.as_ref())
    }

    fn set(&mut self, name: &'static str, value: Box<dyn Any>) {
        self.values.retain(|(given, _)| *given != name);
        self.values.push((name, value));
    }
}

/// Reads the words after a command.
///
/// # Errors
/// A [`Usage`] that says what to print instead of running the command.
pub fn parse(
    command: &'static Command,
    words: &[Word],
    fips_mode: bool,
) -> Result<Arguments, Usage> {
    match command.words {
        Words::Ignored => return Ok(Arguments::default()),
        Words::None if words.is_empty() => return Ok(Arguments::default()),
        Words::None => {
            let help_asked = words.len() == 1 && words[0].as_str() == "-h";
            let reason = (!help_asked).then(|| format!("{} takes no words", command.name()));
            return Err(Usage { help_asked, reason, ..Usage::default() });
        }
        Words::Flags | Words::FlagsUntilHelp => {}
    }
    let mut reading = Reading::default();
    reading.arguments.fips_mode = fips_mode;
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        if word.as_str() == "-h" {
            reading.asked = true;
            if matches!(command.words, Words::FlagsUntilHelp) {
                break;
            }
            rest.next();
            continue;
        }
        let flag = command.flags.iter().find(|flag| flag.declaration().name == word.as_str());
        let Some(flag) = flag.filter(|flag| !reading.is_repetition(**flag)) else {
            reading.reject(|| match flag {
                Some(_) => format!("{} is given twice", word.as_str()),
                None => unknown_word(command, word),
            });
            rest.next();
            continue;
        };
        let nothing = Word::default();
        let value = match flag.declaration().placeholder {
            "" => &nothing,
            _ => match rest.next() {
                Some(value) => value,
                None => {
                    let placeholder = flag.declaration().placeholder;
                    reading.reject(|| format!("{} needs a value: {placeholder}", word.as_str()));
                    continue;
                }
            },
        };
        reading.take(*flag, value);
        if reading.usage.unknown_curve {
            return Err(reading.usage);
        }
    }
    reading.finish(command)
}

/// What is known of a line after some of its words.
#[derive(Default)]
struct Reading {
    arguments: Arguments,
    usage: Usage,
    /// Whether the help was asked for.
    asked: bool,
    /// Whether something is wrong that shows the help.
    mistaken: bool,
}

impl Reading {
    /// Whether a flag that may be given once only has its value already.
    fn is_repetition(&self, flag: &dyn AnyFlag) -> bool {
        let declaration = flag.declaration();
        !declaration.repeats && self.arguments.value(declaration.name).is_some()
    }

    /// Notes a mistake that shows the help, and why: the first reason is kept,
    /// for the next ones often follow from it.
    fn reject(&mut self, reason: impl FnOnce() -> String) {
        self.mistaken = true;
        self.explain(reason);
    }

    fn explain(&mut self, reason: impl FnOnce() -> String) {
        self.usage.reason.get_or_insert_with(reason);
    }

    fn take(&mut self, flag: &dyn AnyFlag, word: &str) {
        let declaration = flag.declaration();
        let name = declaration.name;
        let say = |text: String| Message::Error(text);
        match flag.read(word) {
            Ok(value) => {
                self.arguments.unreadable.retain(|(unreadable, _)| *unreadable != name);
                self.arguments.set(name, value);
            }
            Err(Rejection::CountsAsMissing) if declaration.optional => {
                self.usage.messages.push(say(format!("Invalid value for {name}.")));
                self.mistaken = true;
            }
            Err(Rejection::CountsAsMissing) => self.explain(|| unusable(name)),
            Err(Rejection::SayAndCountAsMissing(text)) => self.usage.messages.push(say(text)),
            Err(Rejection::UnreadableFile(file)) => {
                self.explain(|| file.detail());
                self.usage.unreadable_files.push(file);
                self.mistaken |= declaration.optional;
            }
            Err(Rejection::UnreadableFileShowHelp(file)) => {
                self.explain(|| file.detail());
                self.usage.unreadable_files.push(file);
                self.mistaken = true;
            }
            Err(Rejection::UnreadableFileGoOn(file)) => {
                self.usage.unreadable_files.push(file.clone());
                self.arguments.unreadable.push((name, file));
            }
            Err(Rejection::ShowHelp) => self.reject(|| unusable(name)),
            Err(Rejection::Say(message)) => {
                self.usage.messages.push(message);
                self.mistaken = true;
            }
            Err(Rejection::UnknownCurve) => self.usage.unknown_curve = true,
        }
    }

    /// Looks for what is missing, and makes the checks.
    fn finish(mut self, command: &Command) -> Result<Arguments, Usage> {
        let missing =
            |flag: &&&dyn AnyFlag| self.arguments.value(flag.declaration().name).is_none();
        let missing = command.required.iter().find(missing);
        if !self.asked
            && !self.mistaken
            && let Some(flag) = missing
        {
            let declaration = flag.declaration();
            let text = declaration.missing.to_owned();
            if text.is_empty() {
                self.explain(|| format!("{} is missing", declaration.name));
            } else {
                let plainly = declaration.missing_plainly;
                let message = if plainly { Message::Plain(text) } else { Message::Error(text) };
                self.usage.messages.push(message);
            }
            if !declaration.advice.is_empty() {
                self.explain(|| declaration.advice.to_owned());
            }
            self.mistaken = true;
        }
        let Self { mut arguments, mut usage, asked, mistaken } = self;
        arguments.help_due = asked || mistaken || !usage.messages.is_empty();
        usage.unchecked = usage.messages.len();
        for check in command.checks {
            usage.messages.extend(check(&arguments).map(|complaint| match complaint {
                Complaint::Error(text) => Message::Error(text.to_owned()),
                Complaint::Remark(text) => Message::Remark(text.to_owned()),
            }));
        }
        if asked || mistaken || !usage.messages.is_empty() {
            usage.help_asked = asked && !mistaken && usage.messages.is_empty();
            return Err(usage);
        }
        Ok(arguments)
    }
}

fn unusable(flag: &str) -> String {
    format!("{flag} cannot have this value")
}

/// Dashes that word processors put in the place of `-`.
const TYPOGRAPHIC_DASHES: RangeInclusive<char> = '\u{2010}'..='\u{2015}';

fn unknown_word(command: &Command, word: &str) -> String {
    let password = PASSWORD.declaration.name;
    if command.flags.iter().any(|flag| flag.declaration().name == password) {
        // It may be the password itself.
        return format!("{} was given a word that is none of its flags", command.name());
    }
    let hint = if word.starts_with(|first| TYPOGRAPHIC_DASHES.contains(&first)) {
        String::from("; it begins with a typographic dash, not with -")
    } else if word.contains('\t') {
        String::from("; words are separated by blanks, not by TABs")
    } else if !word.starts_with('-') {
        String::from("; a value with blanks needs quotes")
    } else {
        suggest::question(word, command.flags.iter().map(|flag| flag.declaration().name))
    };
    format!("{} does not know one of these words{hint}", command.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::creation::{LABEL, NON_EXTRACTABLE, SESSION};
    use crate::command::find;
    use crate::command::import_export::HOST_KEY;

    fn read(line: &str) -> Result<Arguments, Usage> {
        let words: Vec<_> = line.split(' ').map(|word| Word::new(word.to_owned())).collect();
        parse(find(words[0].as_str()).unwrap(), &words[1..], true)
    }

    fn messages(line: &str) -> Vec<Message> {
        read(line).map(|_| ()).unwrap_err().messages
    }

    #[test]
    fn the_value_of_an_optional_flag_is_never_dropped() {
        for (line, flag) in [
            ("findKey -c abc", "-c"),
            ("findKey -t 4294967296", "-t"),
            ("unWrapKey -f /dev/null -w 6 -kc zz", "-kc"),
        ] {
            let text = format!("Invalid value for {flag}.");
            assert!(messages(line).contains(&Message::Error(text)), "{line}");
        }
    }

    #[test]
    fn a_required_flag_with_a_bad_value_is_missing() {
        let missing = Message::Error(String::from("Key handle (-k) is missing."));
        assert_eq!(messages("deleteKey -k abc"), [missing]);
        assert!(read("deleteKey -k abc -k 7").is_ok());
        assert_eq!(messages("deleteKey -k 7 -k 8"), []);
    }

    #[test]
    fn what_is_missing_comes_with_advice_where_there_is_some() {
        let reason = |line: &str| read(line).err().unwrap().reason;
        assert!(reason("exSymKey -k 7 -out x").unwrap().contains("genSymKey"));
        assert_eq!(reason("deleteKey"), None);
    }

    #[test]
    fn one_command_looks_at_nothing_after_the_question_for_help() {
        let usage = read("importPubKey -h -f /no/such -l x").err().unwrap();
        assert!(usage.help_asked && usage.unreadable_files.is_empty());
        let usage = read("insertMaskedObject -h x -f /no/such").err().unwrap();
        assert_eq!(usage.unreadable_files.len(), 1);
    }

    #[test]
    fn a_file_is_read_when_its_word_is_met() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("masked");
        std::fs::write(&file, "content").unwrap();
        let arguments = read(&format!("insertMaskedObject -f {}", file.display())).ok().unwrap();
        std::fs::remove_file(&file).unwrap();
        let flag = Flag::required("-f", "<f>", "", &[], crate::command::read::file);
        assert_eq!(*arguments.get(&flag).unwrap().content, b"content");
    }

    #[test]
    fn an_optional_file_that_cannot_be_read_is_named_and_shows_the_help() {
        let usage = read("wrapKey -k 6 -w 7 -out w -aad /no/such").err().unwrap();
        assert_eq!(usage.unreadable_files.len(), 1);
        assert_eq!(usage.messages, []);
    }

    #[test]
    fn a_refusal_says_what_it_is_told() {
        assert_eq!(Usage::say("x").messages, [Message::Error(String::from("x"))]);
        let plain = Message::Plain(String::from("x"));
        assert_eq!(Usage::tell(plain.clone()).messages, [plain]);
    }

    #[test]
    fn what_was_given_is_known_and_nothing_else() {
        let arguments = read("genSymKey -sess -l x -t 31 -s 32").ok().unwrap();
        assert!(arguments.has(&SESSION) && !arguments.has(&NON_EXTRACTABLE));
        assert!(arguments.fips_mode() && !arguments.help_due());
        assert!(!arguments.is_unreadable(&SESSION) && arguments.unreadable_files().count() == 0);
        let outside = parse(find("listUsers").unwrap(), &[], false).ok().unwrap();
        assert!(!outside.fips_mode());
        let last = read("importPrivateKey -w 6 -l x -f x -w 7").ok().unwrap();
        let wrapping_key = Flag::required("-w", "<w>", "", &[], crate::command::read::handle);
        assert_eq!(last.get(&wrapping_key).map(|handle| handle.0), Some(7));
        assert!(last.has(&LABEL));
    }

    #[test]
    fn a_file_that_cannot_be_read_stays_so_until_its_flag_comes_again() {
        let arguments = read("importPrivateKey -wk /no/such -w 4 -l x -f x").ok().unwrap();
        assert!(arguments.is_unreadable(&HOST_KEY) && !arguments.is_unreadable(&LABEL));
        assert_eq!(arguments.unreadable_files().count(), 1);
        let again = read("importPrivateKey -wk /no/such -w 4 -l x -f x -wk Cargo.toml");
        assert!(!again.ok().unwrap().is_unreadable(&HOST_KEY));
    }

    #[test]
    fn commands_without_words_take_none() {
        assert!(read("listUsers").is_ok() && read("listAttributes x -h").is_ok());
        for (line, asked, reason) in [
            ("listUsers -h", true, None),
            ("listUsers x", false, Some("listUsers takes no words")),
            ("listUsers -h x", false, Some("listUsers takes no words")),
        ] {
            let usage = read(line).err().unwrap();
            assert_eq!((usage.help_asked, usage.reason.as_deref()), (asked, reason), "{line}");
        }
    }

    #[test]
    fn the_first_reason_for_a_help_is_told() {
        for (line, reason) in [
            ("deleteKey -k abc", "-k cannot have this value"),
            ("genECCKeyPair -i 2 -l x -min_srv 33", "-min_srv cannot have this value"),
            ("deleteKey -k", "-k needs a value: <key handle>"),
            ("deleteKey -k 7 -k 8", "-k is given twice"),
            ("deleteKey -x 1 -k abc", "deleteKey does not know one of these words"),
            (
                "deleteKey x 1",
                "deleteKey does not know one of these words; a value with blanks needs quotes",
            ),
            (
                "deleteKey \u{2013}k 7",
                "deleteKey does not know one of these words; it begins with a typographic dash, not with -",
            ),
            (
                "deleteKey -k\t7",
                "deleteKey does not know one of these words; words are separated by blanks, not by TABs",
            ),
            ("loginHSM -u CU secret x", "loginHSM was given a word that is none of its flags"),
        ] {
            assert_eq!(read(line).err().unwrap().reason.as_deref(), Some(reason), "{line}");
        }
        assert_eq!(read("deleteKey -h").err().unwrap().reason, None);
    }

    #[test]
    fn help_is_asked_for_only_without_a_mistake() {
        for (line, asked) in [
            ("deleteKey -h", true),
            ("deleteKey -h x -k 7", true),
            ("deleteKey -h x -bogus y", false),
            ("createPublicKey -h x -m zz", false),
            ("deleteKey", false),
        ] {
            assert_eq!(read(line).err().unwrap().help_asked, asked, "{line}");
        }
    }

    #[test]
    fn some_checks_say_nothing_when_the_help_is_due() {
        let remarks = |line: &str| {
            let is_remark = |message: &Message| matches!(message, Message::Remark(_));
            messages(line).into_iter().filter(is_remark).count()
        };
        assert_eq!(remarks("genDSAKeyPair -m 100 -l x"), 1);
        for due in ["-h x", "-bogus y", "-min_srv zz"] {
            assert_eq!(remarks(&format!("genDSAKeyPair -m 100 -l x {due}")), 0, "{due}");
        }
    }
}
