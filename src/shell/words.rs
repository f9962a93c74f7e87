//! Splitting a line into words, by the client's rules and with quotes added.

use zeroize::Zeroizing;

use crate::command::Word;

/// The most words on a line, as in the client.
pub const MAX_WORDS: usize = 98;

/// Why a line cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsplittable {
    /// A quote is opened and not closed.
    #[error("a quote is not closed.")]
    OpenQuote,
    /// There are too many words.
    #[error("the line has more than {MAX_WORDS} words.")]
    TooManyWords,
}

/// Splits at blanks; several blanks are one, a TAB is part of a word. A word
/// that begins with a single or double quote goes on to the next such quote,
/// blanks included. A quote anywhere else is a character like any other.
///
/// # Errors
/// [`Unsplittable`] as it says.
pub fn split(line: &str) -> Result<Vec<Word>, Unsplittable> {
    // A word that never grows leaves no copy of a password behind.
    let new_word = || Zeroizing::new(String::with_capacity(line.len()));
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), closing) if open == closing => quote = None,
            (None, '"' | '\'') if word.is_none() => {
                quote = Some(character);
                word = Some(new_word());
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_with(new_word).push(character),
        }
    }
    if quote.is_some() {
        return Err(Unsplittable::OpenQuote);
    }
    words.extend(word);
    if words.len() > MAX_WORDS {
        return Err(Unsplittable::TooManyWords);
    }
    Ok(words)
}

/// A word as [`split`] reads it back, in quotes where it needs them. Every word
/// of a line can be written so; of others, one that has both kinds of quotes
/// before its last blank cannot.
#[must_use]
pub fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains(' ') && !word.starts_with(['\'', '"']) {
        return word.to_owned();
    }
    for quote in ['\'', '"'] {
        if !word.contains(quote) {
            return format!("{quote}{word}{quote}");
        }
    }
    // After the quotes, a quote is a character like any other.
    let (blanks, rest) = word.split_at(word.rfind(' ').map_or(0, |last| last + 1));
    let quote = if blanks.contains('\'') { '"' } else { '\'' };
    format!("{quote}{blanks}{quote}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split_plain(line: &str) -> Result<Vec<String>, Unsplittable> {
        Ok(split(line)?.iter().map(|word| word.to_string()).collect())
    }

    #[test]
    fn blanks_separate_and_tabs_do_not() {
        assert_eq!(split_plain("  a  b\tc "), Ok(vec!["a".into(), "b\tc".into()]));
        assert_eq!(split_plain("   "), Ok(vec![]));
    }

    #[test]
    fn quotes_hold_blanks_and_each_other() {
        assert_eq!(split_plain(r#"-l "my key""#), Ok(vec!["-l".into(), "my key".into()]));
        assert_eq!(split_plain(r#"'b "c' d"#), Ok(vec![r#"b "c"#.into(), "d".into()]));
        assert_eq!(split_plain("'' x"), Ok(vec![String::new(), "x".into()]));
        assert_eq!(split_plain("it's"), Ok(vec!["it's".into()]));
        assert_eq!(split_plain("-l 'open"), Err(Unsplittable::OpenQuote));
    }

    #[test]
    fn a_quoted_word_is_read_back() {
        for word in ["x", "", "a b", "it's", "'", "it's a", "say \"x\" now", "\"x"] {
            assert_eq!(split_plain(&quoted(word)), Ok(vec![word.into()]));
        }
    }

    #[test]
    fn ninety_eight_words_are_enough() {
        assert_eq!(split_plain(&"x ".repeat(98)).unwrap().len(), 98);
        assert_eq!(split_plain(&"x ".repeat(99)), Err(Unsplittable::TooManyWords));
    }

    proptest! {
        #[test]
        fn every_word_of_a_line_can_be_written_again(line in "[ab '\"]{0,16}") {
            if let Ok(words) = split(&line) {
                let again: Vec<_> = words.iter().map(|word| quoted(word)).collect();
                prop_assert_eq!(split(&again.join(" ")), Ok(words));
            }
        }

        #[test]
        fn words_without_quotes_come_back(words in proptest::collection::vec("[^ '\"]{1,8}", 0..20)) {
            prop_assert_eq!(split_plain(&words.join(" ")), Ok(words));
        }
    }
}
