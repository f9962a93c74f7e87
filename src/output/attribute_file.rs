//! Attribute files, as `getAttribute -out` writes them: a line with the name,
//! a line with the value.

use std::fmt::Write;

use crate::hsm::AttributeDump;
use crate::hsm::attribute::{Attribute, AttributeValue};

/// The attributes of a 512 dump in the file's order; the modulus, its bits and
/// the exponent only where a key has them.
const DUMPED: [Attribute; 20] = [
    Attribute::Class,
    Attribute::KeyType,
    Attribute::Token,
    Attribute::Private,
    Attribute::Encrypt,
    Attribute::Decrypt,
    Attribute::Wrap,
    Attribute::Unwrap,
    Attribute::Sign,
    Attribute::Verify,
    Attribute::Local,
    Attribute::Sensitive,
    Attribute::Extractable,
    Attribute::Label,
    Attribute::Id,
    Attribute::ValueLength,
    Attribute::CheckValue,
    Attribute::Modulus,
    Attribute::ModulusBits,
    Attribute::PublicExponent,
];

/// What the HSM counts for the type and length in front of each value.
const HEADER: usize = 8;

/// What the HSM counts for label and id together, however long they are.
const LABEL_AND_ID: usize = 288;

/// The file's content.
pub fn render(dump: &AttributeDump) -> String {
    match dump {
        AttributeDump::One(attribute, value) => {
            format!("{}\n{}\n", attribute.name(), alone(value))
        }
        AttributeDump::All(all) => {
            let lines = dumped(all)
                .map(|(attribute, value)| format!("{}\n{}\n", attribute.name(), in_dump(value)));
            format!("\n{}", lines.collect::<String>())
        }
    }
}

/// The size and count that the client prints for a 512 dump.
pub fn size_and_count(all: &[(Attribute, AttributeValue)]) -> (usize, usize) {
    dumped(all).fold((LABEL_AND_ID, 0), |(size, count), (_, value)| {
        let length = match value {
            AttributeValue::Byte(_) => 1,
            AttributeValue::Number(_) => 4,
            AttributeValue::Text(_) => 0,
            AttributeValue::Integer(bytes) | AttributeValue::Bytes(bytes) => bytes.len(),
        };
        (size + HEADER + length, count + 1)
    })
}

fn dumped(
    all: &[(Attribute, AttributeValue)],
) -> impl Iterator<Item = (Attribute, &AttributeValue)> {
    DUMPED.iter().filter_map(|wanted| {
        all.iter().find(|(attribute, _)| attribute == wanted).map(|(name, value)| (*name, value))
    })
}

/// A value in a 512 dump: numbers in their own width.
fn in_dump(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Byte(byte) => format!("0x{byte:02x}"),
        value => alone(value),
    }
}

/// A value on its own: numbers in 32 bits.
fn alone(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Byte(byte) => format!("0x{byte:08x}"),
        AttributeValue::Number(number) => format!("0x{number:08x}"),
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Integer(bytes) => format!("0x{}", hexadecimal(bytes)),
        AttributeValue::Bytes(bytes) => hexadecimal(bytes),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttributeValue::{Byte, Bytes, Integer, Number, Text};

    /// A key with every boolean, and a modulus and exponent of these lengths.
    fn key(modulus: usize, exponent: usize) -> Vec<(Attribute, AttributeValue)> {
        let value = |attribute| match attribute {
            Attribute::Label => Text(String::from("a label of any length")),
            Attribute::Id => Text(String::new()),
            Attribute::ValueLength | Attribute::ModulusBits => Number(0),
            Attribute::CheckValue => Integer(vec![0; 3]),
            Attribute::Modulus => Bytes(vec![0; modulus]),
            Attribute::PublicExponent => Integer(vec![0; exponent]),
            _ => Byte(0),
        };
        let keep = |attribute: &Attribute| match attribute {
            Attribute::Modulus | Attribute::ModulusBits => modulus > 0,
            Attribute::PublicExponent => exponent > 0,
            _ => true,
        };
        DUMPED.into_iter().filter(keep).map(|attribute| (attribute, value(attribute))).collect()
    }

    #[test]
    fn sizes_are_those_of_the_documented_keys() {
        assert_eq!(size_and_count(&key(0, 0)), (444, 17));
        assert_eq!(size_and_count(&key(65, 0)), (529, 19));
        assert_eq!(size_and_count(&key(256, 3)), (731, 20));
    }

    #[test]
    fn one_attribute_is_shown_in_32_bits_and_has_no_empty_line() {
        let file = |attribute, value| render(&AttributeDump::One(attribute, value));
        assert_eq!(file(Attribute::KeyType, Byte(0x15)), "OBJ_ATTR_KEY_TYPE\n0x00000015\n");
        assert_eq!(file(Attribute::Label, Text("x y".into())), "OBJ_ATTR_LABEL\nx y\n");
        assert_eq!(
            file(Attribute::CheckValue, Integer(vec![0xc3, 0x3c, 0xbd])),
            "OBJ_ATTR_KCV\n0xc33cbd\n"
        );
    }
}
