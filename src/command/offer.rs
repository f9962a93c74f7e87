//! What the value of a flag can be, as a person is offered it while typing. It
//! follows from the flag's type, from what its explanation lists, and from what
//! the flag says itself.

use std::any::TypeId;
use std::path::PathBuf;

use super::flag::AnyFlag;
use super::read::FileContent;
use super::set_attribute::SETTABLE;
use crate::crypto::curve::{CURVES, Curve};
use crate::hsm::Known;
use crate::hsm::attribute::{ALL_ATTRIBUTES, ATTRIBUTES, Attribute};
use crate::hsm::names::{Handle, UserId};

/// What a flag says of its values where neither its type nor its explanation does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offers {
    /// They do: a number and a name are listed as `2 = public`, `5 - USE_KEY` or `SHA1_RSA_PKCS - 0`.
    #[default]
    AsExplained,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// The number of an attribute, or of all.
    Attributes,
    /// The number of an attribute that can be set.
    SettableAttributes,
    /// The label of a key that is there.
    Labels,
    /// The name of a user.
    UserNames,
}

/// What can stand for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// The name of a file.
    File,
    /// One of these, or several with commas between them.
    Choices(Vec<Choice>),
}

/// A value, and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What it stands for; empty where the value says it.
    pub meaning: String,
}

impl Choice {
    fn new(value: impl ToString, meaning: &str) -> Self {
        Self { value: value.to_string(), meaning: meaning.to_owned() }
    }
}

/// What can stand for a flag's value in a cluster of which this is known.
#[must_use]
pub fn offer(flag: &dyn AnyFlag, known: &Known) -> Offer {
    let kind = flag.value_type();
    if kind == TypeId::of::<PathBuf>() || kind == TypeId::of::<FileContent>() {
        return Offer::File;
    }
    let declaration = flag.declaration();
    let attribute = |attribute: &Attribute| Choice::new(attribute.number(), attribute.name());
    Offer::Choices(match declaration.offers {
        Offers::OneOf(words) => words.iter().map(|word| Choice::new(word, "")).collect(),
        Offers::Attributes => ATTRIBUTES
            .iter()
            .map(|(known, _)| attribute(known))
            .chain([Choice::new(ALL_ATTRIBUTES, "all of them")])
            .collect(),
        Offers::SettableAttributes => SETTABLE.iter().map(attribute).collect(),
        Offers::Labels => known.keys.iter().map(|(_, label)| Choice::new(label, "")).collect(),
        Offers::UserNames => known.users.iter().map(|(_, name)| Choice::new(name, "")).collect(),
        Offers::AsExplained if kind == TypeId::of::<Handle>() => {
            known.keys.iter().map(|(handle, label)| Choice::new(handle, label)).collect()
        }
        Offers::AsExplained if kind == TypeId::of::<Vec<UserId>>() => {
            known.users.iter().map(|(id, name)| Choice::new(id, name)).collect()
        }
        Offers::AsExplained if kind == TypeId::of::<&'static Curve>() => {
            CURVES.iter().map(|curve| Choice::new(curve.id, curve.name)).collect()
        }
        Offers::AsExplained => listed(declaration.explanation),
    })
}

/// The numbers that an explanation lists with their names.
fn listed(explanation: &[&str]) -> Vec<Choice> {
    let parts = explanation.iter().flat_map(|line| line.split([',', ';']));
    let choice = |part: &str| {
        let (left, right) = part.split_once(" = ").or_else(|| part.split_once(" - "))?;
        let left = left.split_whitespace().next_back()?;
        let right = right.split_whitespace().next()?.trim_end_matches(')');
        let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        match (is_number(left), is_number(right)) {
            (true, false) => Some(Choice::new(left, right)),
            (false, true) => Some(Choice::new(right, left)),
            _ => None,
        }
    };
    parts.filter_map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{COMMANDS, find};

    fn offers(command: &str, name: &str) -> Vec<(String, String)> {
        let command = find(command).unwrap();
        let flag = command.flags.iter().find(|flag| flag.declaration().name == name).unwrap();
        let known = Known {
            keys: vec![(Handle(6), String::from("a label"))],
            users: vec![(3, String::from("example_user"))],
        };
        match offer(*flag, &known) {
            Offer::File => vec![(String::from("file"), String::new())],
            Offer::Choices(choices) => {
                choices.into_iter().map(|choice| (choice.value, choice.meaning)).collect()
            }
        }
    }

    #[test]
    fn every_choice_is_a_value_that_the_flag_takes() {
        let mut flags = 0;
        for command in COMMANDS {
            for flag in command.flags {
                let Offer::Choices(choices) = offer(*flag, &Known::default()) else { continue };
                flags += usize::from(!choices.is_empty());
                for choice in choices {
                    let name = flag.declaration().name;
                    assert!(flag.read(&choice.value).is_ok(), "{} {name}", command.name());
                }
            }
        }
        assert!(flags >= 18, "{flags}");
    }

    #[test]
    fn types_explanations_and_the_cluster_say_what_there_is() {
        let pair = |value: &str, meaning: &str| (value.to_owned(), meaning.to_owned());
        assert_eq!(offers("sign", "-m")[5], pair("5", "SHA1_RSA_PKCS_PSS"));
        assert_eq!(offers("sign", "-m").len(), 15);
        assert_eq!(offers("unWrapKey", "-m").len(), 9);
        assert_eq!(offers("unWrapKey", "-kt").len(), 7);
        assert_eq!(offers("getCert", "-s")[6], pair("64", "HSM_CERT_ISSUED_BY_HO"));
        assert_eq!(offers("getToken", "-n"), [pair("5", "USE_KEY"), pair("6", "MANAGE_KEY")]);
        assert_eq!(offers("genECCKeyPair", "-i").len(), CURVES.len());
        assert_eq!(offers("deleteKey", "-k"), [pair("6", "a label")]);
        assert_eq!(offers("genECCKeyPair", "-u"), [pair("3", "example_user")]);
        assert_eq!(offers("findKey", "-l"), [pair("a label", "")]);
        assert_eq!(offers("loginHSM", "-s"), [pair("example_user", "")]);
        assert_eq!(offers("setAttribute", "-a"), [pair("1", "OBJ_ATTR_TOKEN")]);
        assert_eq!(offers("sign", "-out"), [pair("file", "")]);
        assert_eq!(offers("genRSAKeyPair", "-m"), []);
    }
}
