//! What a word before the cursor can become: a command, or a flag that it has not been given yet.

use rustyline::completion::Pair;

use crate::command::{self, COMMANDS};

/// Where the word before the cursor begins, and what it can become.
#[must_use]
pub fn candidates(line: &str) -> (usize, Vec<Pair>) {
    let start = line.rfind(' ').map_or(0, |blank| blank + 1);
    let word = &line[start..];
    let mut earlier = line[..start].split_ascii_whitespace();
    let pair = |name: &str, shown: String| Pair { replacement: format!("{name} "), display: shown };
    let found = match earlier.next() {
        None => COMMANDS
            .iter()
            .flat_map(|command| command.names)
            .chain(&["exit", "help", "quit"])
            .filter(|name| name.starts_with(word))
            .map(|name| pair(name, (*name).to_owned()))
            .collect(),
        Some(name) => {
            let given: Vec<_> = earlier.collect();
            let flags = command::find(name).map_or(&[][..], |command| command.flags);
            flags
                .iter()
                .map(|flag| flag.declaration())
                .filter(|flag| flag.name.starts_with(word) && !given.contains(&flag.name))
                .map(|flag| pair(flag.name, format!("{} {}", flag.name, flag.placeholder)))
                .collect()
        }
    };
    (start, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_missing_flags_are_completed() {
        let names = |line| -> Vec<String> {
            candidates(line).1.into_iter().map(|pair| pair.replacement).collect()
        };
        assert_eq!(names("genE"), ["genECCKeyPair "]);
        assert_eq!(names("genECCKeyPair -i 2 -m"), ["-m_value ", "-min_srv "]);
        assert!(!names("genECCKeyPair -i 2 -").contains(&String::from("-i ")));
        assert!(names("noSuchCommand -").is_empty());
    }
}
