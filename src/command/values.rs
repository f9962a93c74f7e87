//! Which values a flag takes, in words: what it declares, or what follows from
//! the type of its values.

use std::any::TypeId;
use std::path::PathBuf;

use super::flag::AnyFlag;
use super::read::FileContent;
use crate::crypto::curve::Curve;
use crate::hsm::names::{Handle, KeyId, Label, UserId};

/// What a flag takes, a phrase; empty for a flag without a value.
#[must_use]
pub fn values(flag: &dyn AnyFlag) -> &'static str {
    let declaration = flag.declaration();
    if declaration.placeholder.is_empty() || !declaration.takes.is_empty() {
        return declaration.takes;
    }
    let value_type = flag.value_type();
    by_type().iter().find(|row| row.0 == value_type).map_or("", |row| row.1)
}

/// What the values of a type are, where the flag says nothing else.
fn by_type() -> [(TypeId, &'static str); 8] {
    [
        (TypeId::of::<Handle>(), "handle of a key, decimal"),
        (TypeId::of::<Label>(), "text of up to 127 bytes"),
        (TypeId::of::<KeyId>(), "text of up to 127 bytes"),
        (TypeId::of::<Vec<UserId>>(), "up to 8 ids of users, as in 4,5"),
        (TypeId::of::<&'static Curve>(), "1 to 16"),
        (TypeId::of::<Vec<u8>>(), "hexadecimal digits"),
        (TypeId::of::<FileContent>(), "file of 1 byte to 64 MiB"),
        (TypeId::of::<PathBuf>(), "file to write"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{COMMANDS, Command};

    /// Ranges that the HSM looks at, not the reader; sessions show that they hold.
    const LIMITED_BY_THE_HSM: [(&str, &str); 8] = [
        ("genRSAKeyPair", "-m"),
        ("genRSAKeyPair", "-e"),
        ("genPBEKey", "-c"),
        ("genSymKey", "-s"),
        ("sign", "-m"),
        ("verify", "-m"),
        ("unWrapKeyWithSize", "-m"),
        ("unWrapKeyWithSize", "-s"),
    ];

    fn every_flag() -> impl Iterator<Item = (&'static Command, &'static dyn AnyFlag)> {
        COMMANDS.iter().flat_map(|command| command.flags.iter().map(|flag| (*command, *flag)))
    }

    /// The bounds of a phrase that begins with `A to B`.
    fn bounds(phrase: &str) -> Option<(u64, u64)> {
        let (least, rest) = phrase.split_once(" to ")?;
        let digits = rest.split(|other: char| !other.is_ascii_digit()).next()?;
        Some((least.parse().ok()?, digits.parse().ok()?))
    }

    #[test]
    fn every_value_is_described_and_every_default_is_told() {
        for (command, flag) in every_flag() {
            let declaration = flag.declaration();
            let name = format!("{} {}", command.name(), declaration.name);
            let valued = !declaration.placeholder.is_empty();
            assert_eq!(!values(flag).is_empty(), valued, "{name}: what does it take?");
            let told = !declaration.default.is_empty();
            assert_eq!(told, valued && declaration.optional, "{name}: what is the default?");
        }
    }

    #[test]
    fn ranges_are_those_of_the_readers() {
        let mut ranges = 0;
        for (command, flag) in every_flag() {
            let Some((least, greatest)) = bounds(values(flag)) else { continue };
            let name = (command.name(), flag.declaration().name);
            ranges += 1;
            for inside in [least, greatest] {
                assert!(flag.read(&inside.to_string()).is_ok(), "{name:?} {inside}");
            }
            if LIMITED_BY_THE_HSM.contains(&name) {
                continue;
            }
            let below = least.checked_sub(1).map_or("-1".to_owned(), |below| below.to_string());
            for outside in [below, (greatest + 1).to_string()] {
                assert!(flag.read(&outside).is_err(), "{name:?} {outside}");
            }
        }
        assert!(ranges > 40, "{ranges}");
    }

    #[test]
    fn defaults_that_are_values_are_taken() {
        for (command, flag) in every_flag() {
            let default = flag.declaration().default;
            if default.starts_with(|first: char| first.is_ascii_digit()) {
                let name = format!("{} {}", command.name(), flag.declaration().name);
                assert!(flag.read(default).is_ok(), "{name} {default}");
            }
        }
    }
}
