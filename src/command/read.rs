//! The readers of values: each takes a word and says what is wrong with it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::flag::{Message, Rejection, UnreadableFile, Word};
use crate::crypto::curve::{self, Curve};
use crate::hsm::names::{
    Handle, KeyId, Label, MAX_CLUSTER_SIZE, MAX_TEXT_LENGTH, MAX_USERS_SHARED, UserId,
};
use crate::read_whole::read_whole;

/// A decimal number of up to 32 bits; anything else counts as missing.
pub fn integer(word: &str) -> Result<u32, Rejection> {
    digits(word).ok_or(Rejection::CountsAsMissing)
}

/// A handle: a decimal number of up to 64 bits; anything else counts as missing.
pub fn handle(word: &str) -> Result<Handle, Rejection> {
    digits(word).map(Handle).ok_or(Rejection::CountsAsMissing)
}

/// Any text.
pub fn text(word: &str) -> Result<String, Rejection> {
    Ok(word.to_owned())
}

/// A text that is wiped when dropped.
pub fn password(word: &str) -> Result<Word, Rejection> {
    Ok(Zeroizing::new(word.to_owned()))
}

/// A key's label.
pub fn label(word: &str) -> Result<Label, Rejection> {
    Label::new(word).map_err(|_| {
        Rejection::say(format!("Key label (-l) is longer than {MAX_TEXT_LENGTH} bytes."))
    })
}

/// A key's identifier.
pub fn key_id(word: &str) -> Result<KeyId, Rejection> {
    KeyId::new(word).map_err(|_| {
        Rejection::say(format!("Key ID (-id) is longer than {MAX_TEXT_LENGTH} bytes."))
    })
}

/// A curve's number.
pub fn curve(word: &str) -> Result<&'static Curve, Rejection> {
    digits(word).and_then(curve::by_id).ok_or(Rejection::UnknownCurve)
}

/// A comma separated list of user ids, ascending and each once; empty items are skipped.
pub fn users(word: &str) -> Result<Vec<UserId>, Rejection> {
    let items = word.split(',').filter(|item| !item.is_empty());
    let users: Option<Vec<UserId>> = items.map(digits).collect();
    let users = users.map(|mut users| {
        users.sort_unstable();
        users.dedup();
        users
    });
    match users {
        Some(users) if users.len() <= MAX_USERS_SHARED => Ok(users),
        Some(_) => Err(Rejection::say(format!(
            "more than {MAX_USERS_SHARED} user ids are passed with -u."
        ))),
        None => Err(Rejection::say(format!("Invalid value for -u: {word}."))),
    }
}

/// `-m_value`: 0 to 8; a greater number shows the help.
pub fn m_value(word: &str) -> Result<u8, Rejection> {
    match digits::<u64>(word) {
        Some(value) if value <= MAX_USERS_SHARED as u64 => Ok(value as u8),
        Some(_) => Err(Rejection::ShowHelp),
        None => Err(Rejection::say(String::from("Invalid value for -m_value."))),
    }
}

/// `-min_srv`: up to the most nodes a cluster can have; a greater number shows the help.
pub fn minimum_servers(word: &str) -> Result<u8, Rejection> {
    match digits::<u64>(word) {
        Some(value) if value <= u64::from(MAX_CLUSTER_SIZE) => Ok(value as u8),
        Some(_) => Err(Rejection::ShowHelp),
        None => Err(Rejection::say(String::from("Invalid value for -min_srv."))),
    }
}

/// `-timeout`: seconds, 32 bits.
pub fn timeout(word: &str) -> Result<u32, Rejection> {
    digits(word).ok_or_else(|| Rejection::say(String::from("Invalid value for -timeout.")))
}

/// Bytes as hexadecimal digits, with or without `0x`; an odd digit at the front is a byte.
pub fn hexadecimal(word: &str) -> Result<Vec<u8>, Rejection> {
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")).unwrap_or(word);
    from_hexadecimal(digits)
        .ok_or_else(|| Rejection::say(format!("{word} is not a hexadecimal value.")))
}

/// An initialization vector of 8 bytes: hexadecimal digits without `0x`.
pub fn vector(word: &str) -> Result<Vec<u8>, Rejection> {
    match from_hexadecimal(word) {
        Some(vector) if vector.len() == 8 => Ok(vector),
        Some(vector) => {
            Err(Rejection::Say(Message::AtMargin(format!("Invalid IV length {}", vector.len()))))
        }
        None => Err(Rejection::Say(Message::AtMargin(String::from("Invalid IV")))),
    }
}

/// Bytes of hexadecimal digits, or nothing if there is any other character.
pub fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits.to_owned() };
    (0..padded.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&padded[at..at + 2], 16).ok())
        .collect()
}

/// The name of a file to write.
pub fn path(word: &str) -> Result<PathBuf, Rejection> {
    Ok(PathBuf::from(word))
}

/// A file that has been read.
#[derive(Clone)]
pub struct FileContent {
    /// Its name.
    pub path: PathBuf,
    /// What it holds.
    pub content: Zeroizing<Vec<u8>>,
}

/// The longest file that a command reads whole.
const MAX_FILE_LENGTH: u64 = 64 * 1024 * 1024;

/// A file, read while the words are read. It counts as unreadable when it is
/// empty or longer than 64 MiB.
pub fn file(word: &str) -> Result<FileContent, Rejection> {
    read_file(Path::new(word)).map_err(Rejection::UnreadableFile)
}

/// As [`file`], but one that cannot be read shows the help.
pub fn file_or_help(word: &str) -> Result<FileContent, Rejection> {
    read_file(Path::new(word)).map_err(Rejection::UnreadableFileShowHelp)
}

/// As [`file`], but with one that cannot be read the command goes on.
pub fn file_or_go_on(word: &str) -> Result<FileContent, Rejection> {
    read_file(Path::new(word)).map_err(Rejection::UnreadableFileGoOn)
}

/// Reads a file of up to 64 MiB whole.
///
/// # Errors
/// The file, when it cannot be read, is empty or is longer.
pub fn read_file(path: &Path) -> Result<FileContent, UnreadableFile> {
    let unreadable =
        |empty, reason: String| UnreadableFile { path: path.to_owned(), empty, reason };
    let content = File::open(path)
        .and_then(|file| read_whole(file, MAX_FILE_LENGTH))
        .map_err(|error| unreadable(false, error.to_string()))?;
    match content.len() {
        0 => Err(unreadable(true, String::from("it is empty"))),
        length if length as u64 > MAX_FILE_LENGTH => {
            Err(unreadable(false, format!("it is longer than {MAX_FILE_LENGTH} bytes")))
        }
        _ => Ok(FileContent { path: path.to_owned(), content }),
    }
}

/// The text of a file that is opened when the command runs. One that can be
/// opened but not read, such as a directory, has none.
///
/// # Errors
/// Why it cannot be opened, in the system's words.
pub fn key_text(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let reason = |error: io::Error| {
        // What Rust adds to the system's words is no part of them.
        let text = error.to_string();
        text.split(" (os error").next().unwrap_or_default().to_owned()
    };
    let file = File::open(path).map_err(reason)?;
    Ok(read_whole(file, MAX_FILE_LENGTH).unwrap_or_default())
}

/// A number as C writes it: decimal, `0x` hexadecimal, or octal with a leading 0.
pub fn c_number(word: &str) -> Option<u64> {
    let lower = word.to_ascii_lowercase();
    let (digits, radix) = match lower.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        None => (lower.as_str(), 10),
    };
    let number = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    number.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
}

/// A number of decimal digits only: no sign, no blanks.
fn digits<T: std::str::FromStr>(word: &str) -> Option<T> {
    let decimal = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    decimal.then(|| word.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        assert_eq!(integer("0012"), Ok(12));
        for word in ["", "-1", "+1", "0x10", "1 ", "abc", "4294967296", "١"] {
            assert_eq!(integer(word), Err(Rejection::CountsAsMissing), "{word}");
        }
        assert_eq!(handle("18446744073709551615"), Ok(Handle(u64::MAX)));
    }

    #[test]
    fn users_are_a_comma_list() {
        assert_eq!(users("5,6"), Ok(vec![5, 6]));
        assert_eq!(users(",6,,5,6,"), Ok(vec![5, 6]));
        assert!(users("5,abc").is_err());
        assert!(users("70000").is_err());
        assert!(users("1,2,3,4,5,6,7,8,9").is_err());
    }

    #[test]
    fn hexadecimal_takes_a_prefix_and_an_odd_digit() {
        assert_eq!(hexadecimal("0xab01"), Ok(vec![0xab, 1]));
        assert_eq!(hexadecimal("f01"), Ok(vec![0xf, 1]));
        assert_eq!(hexadecimal("a"), Ok(vec![0xa]));
        assert_eq!(hexadecimal("ab"), Ok(vec![0xab]));
        assert_eq!(hexadecimal("abcde"), Ok(vec![0xa, 0xbc, 0xde]));
        assert!(hexadecimal("0x").is_err());
        assert!(hexadecimal("0xgg").is_err());
        assert!(hexadecimal("é").is_err());
    }

    #[test]
    fn numbers_may_be_written_as_in_c() {
        for (word, number) in
            [("0xdb", 219), ("0XDB", 219), ("219", 219), ("0333", 219), ("0", 0), ("012", 10)]
        {
            assert_eq!(c_number(word), Some(number), "{word}");
        }
        for word in ["", "0x", "abc", "-1", "+1", "0x+1", "08", "0x1ffffffffffffffff", "é"] {
            assert_eq!(c_number(word), None, "{word}");
        }
    }

    #[test]
    fn texts_are_kept_as_they_are() {
        assert_eq!(text("a b"), Ok(String::from("a b")));
        assert_eq!(password("a b").unwrap().as_str(), "a b");
        assert_eq!(label("a b").unwrap().as_str(), "a b");
        assert_eq!(key_id("a b").unwrap().as_str(), "a b");
        assert_eq!(path("a b"), Ok(PathBuf::from("a b")));
        let long = "x".repeat(128);
        assert!(label(&long[1..]).is_ok() && key_id(&long[1..]).is_ok());
        assert!(label(&long).is_err() && key_id(&long).is_err());
    }

    #[test]
    fn small_numbers_have_bounds() {
        assert_eq!((m_value("0"), m_value("8")), (Ok(0), Ok(8)));
        assert_eq!((minimum_servers("0"), minimum_servers("32")), (Ok(0), Ok(32)));
        assert_eq!(m_value("9"), Err(Rejection::ShowHelp));
        assert_eq!(minimum_servers("33"), Err(Rejection::ShowHelp));
        assert!(matches!(m_value("x"), Err(Rejection::Say(_))));
        assert!(matches!(minimum_servers("x"), Err(Rejection::Say(_))));
        assert_eq!(timeout("4294967295"), Ok(u32::MAX));
        assert!(matches!(timeout("4294967296"), Err(Rejection::Say(_))));
        assert_eq!(curve("2").map(|curve| curve.id), Ok(2));
        assert_eq!(curve("17").err(), Some(Rejection::UnknownCurve));
        assert_eq!(users("8,7,6,5,4,3,2,1").map(|users| users.len()), Ok(8));
    }

    #[test]
    fn a_vector_has_eight_bytes() {
        assert_eq!(vector("0102030405060708"), Ok(vec![1, 2, 3, 4, 5, 6, 7, 8]));
        let said = |text: &str| Err(Rejection::Say(Message::AtMargin(text.to_owned())));
        assert_eq!(vector("010203"), said("Invalid IV length 3"));
        assert_eq!(vector("0x02030405060708"), said("Invalid IV"));
    }

    #[test]
    fn files_are_read_whole_up_to_their_limit() {
        let directory = tempfile::tempdir().unwrap();
        let name = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let sized = |file: &str, length| {
            std::fs::File::create(name(file)).unwrap().set_len(length).unwrap();
            name(file)
        };
        std::fs::write(name("file"), "content").unwrap();
        for reader in [file, file_or_help, file_or_go_on] {
            let read = reader(&name("file")).ok().unwrap();
            assert_eq!((read.path, &**read.content), (name("file").into(), &b"content"[..]));
        }
        assert_eq!(file(&sized("full", MAX_FILE_LENGTH)).unwrap().content.len(), 64 << 20);
        let unreadable = |path: &str, empty, reason: &str| UnreadableFile {
            path: path.into(),
            empty,
            reason: reason.to_owned(),
        };
        for (path, empty, reason) in [
            (name("none"), false, "No such file or directory (os error 2)"),
            (sized("empty", 0), true, "it is empty"),
            (sized("long", MAX_FILE_LENGTH + 1), false, "it is longer than 67108864 bytes"),
            (name(""), false, "Is a directory (os error 21)"),
        ] {
            let because = unreadable(&path, empty, reason);
            assert_eq!(file(&path).err(), Some(Rejection::UnreadableFile(because.clone())));
            let shown = Rejection::UnreadableFileShowHelp(because.clone());
            assert_eq!(file_or_help(&path).err(), Some(shown));
            assert_eq!(file_or_go_on(&path).err(), Some(Rejection::UnreadableFileGoOn(because)));
        }
    }

    #[test]
    fn a_key_file_that_cannot_be_opened_has_the_systems_reason() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key");
        assert_eq!(key_text(&file).err().as_deref(), Some("No such file or directory"));
        std::fs::write(&file, "key").unwrap();
        assert_eq!(**key_text(&file).unwrap(), *b"key");
        assert!(key_text(directory.path()).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn no_word_makes_a_reader_panic(word in "\\PC*") {
            let _ = (integer(&word), handle(&word), label(&word), key_id(&word), users(&word));
            let _ = (m_value(&word), minimum_servers(&word), timeout(&word), hexadecimal(&word));
            let _ = (curve(&word).is_ok(), c_number(&word));
        }
    }
}
