//! The nearest known word to one that is unknown.

/// The candidate that a person may have meant: the one with the fewest
/// characters added, left out, changed or exchanged (Damerau and Levenshtein),
/// whatever their case, if these are at most a third of the word.
pub fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let lower = word.to_lowercase();
    let distance =
        |candidate: &&str| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
    let nearest = candidates.min_by_key(distance)?;
    (distance(&nearest) <= word.chars().count() / 3).then_some(nearest)
}

/// The question that names it, to be put after a message; nothing if there is none.
pub fn question<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |nearest| format!("; is {nearest} meant?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_another_word_does_not() {
        let words = ["genECCKeyPair", "genRSAKeyPair", "findKey", "-min_srv", "-k"];
        let nearest = |word| nearest(word, words.into_iter());
        assert_eq!(nearest("geneccKeypair"), Some("genECCKeyPair"));
        assert_eq!(nearest("genRSAKeyPiar"), Some("genRSAKeyPair"));
        assert_eq!(nearest("fnidKey"), Some("findKey"));
        assert_eq!(nearest("-min_serv"), Some("-min_srv"));
        for other in ["", "x", "-x", "select", "genKey"] {
            assert_eq!(nearest(other), None, "{other}");
        }
    }
}
