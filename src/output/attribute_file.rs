//! Attribute files, as `getAttribute -out` writes them: a line with the name,
//! a line with the value.

use std::fmt::Write;

use crate::hsm::AttributeDump;
use crate::hsm::attribute::{Attribute, AttributeValue};

/// How the attribute files of a dialect look.
pub struct Form {
    /// What stands before a 512 dump.
    pub dump_begins: &'static str,
    /// The attributes of a 512 dump in the file's order, of which a key may lack some.
    pub dumped: &'static [Attribute],
    /// What the HSM counts for label and id together, however long they are, in bytes.
    pub label_and_id: usize,
    /// What stands before moduli and points.
    pub bytes_begin: &'static str,
}

/// What the HSM counts for the type and length in front of each value.
const HEADER: usize = 8;

/// The file's content.
pub fn render(form: &Form, dump: &AttributeDump) -> String {
    match dump {
        AttributeDump::One(attribute, value) => {
            format!("{}\n{}\n", attribute.name(), alone(form, value))
        }
        AttributeDump::All(all) => {
            let lines = dumped(form, all).map(|(attribute, value)| {
                format!("{}\n{}\n", attribute.name(), in_dump(form, value))
            });
            form.dump_begins.to_owned() + &lines.collect::<String>()
        }
    }
}

/// The size and count that the client prints for a 512 dump.
pub fn size_and_count(form: &Form, all: &[(Attribute, AttributeValue)]) -> (usize, usize) {
    dumped(form, all).fold((form.label_and_id, 0), |(size, count), (_, value)| {
        let length = match value {
            AttributeValue::Byte(_) => 1,
            AttributeValue::Number(_) => 4,
            AttributeValue::Text(_) => 0,
            AttributeValue::Integer(bytes) | AttributeValue::Bytes(bytes) => bytes.len(),
        };
        (size + HEADER + length, count + 1)
    })
}

fn dumped<'a>(
    form: &Form,
    all: &'a [(Attribute, AttributeValue)],
) -> impl Iterator<Item = (Attribute, &'a AttributeValue)> {
    form.dumped.iter().filter_map(|wanted| {
        all.iter().find(|(attribute, _)| attribute == wanted).map(|(name, value)| (*name, value))
    })
}

/// A value in a 512 dump: numbers in their own width.
fn in_dump(form: &Form, value: &AttributeValue) -> String {
    match value {
        AttributeValue::Byte(byte) => format!("0x{byte:02x}"),
        value => alone(form, value),
    }
}

/// A value on its own: numbers in 32 bits.
fn alone(form: &Form, value: &AttributeValue) -> String {
    match value {
        AttributeValue::Byte(byte) => format!("0x{byte:08x}"),
        AttributeValue::Number(number) => format!("0x{number:08x}"),
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Integer(bytes) => format!("0x{}", hexadecimal(bytes)),
        AttributeValue::Bytes(bytes) => form.bytes_begin.to_owned() + &hexadecimal(bytes),
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
    use crate::output::{classic, v3};
    use AttributeValue::{Byte, Bytes, Integer, Number, Text};

    const CLASSIC: &Form = &classic::TEMPLATES.attribute_file;
    const V3: &Form = &v3::TEMPLATES.attribute_file;

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
        let had = V3.dumped.iter().copied().filter(keep);
        had.map(|attribute| (attribute, value(attribute))).collect()
    }

    #[test]
    fn sizes_are_those_of_the_documented_keys() {
        assert_eq!(size_and_count(CLASSIC, &key(0, 0)), (444, 17));
        assert_eq!(size_and_count(CLASSIC, &key(65, 0)), (529, 19));
        assert_eq!(size_and_count(CLASSIC, &key(256, 3)), (731, 20));
        assert_eq!(size_and_count(V3, &key(256, 3)), (801, 26));
    }

    #[test]
    fn one_attribute_is_shown_in_32_bits_and_has_no_empty_line() {
        let file = |attribute, value| render(V3, &AttributeDump::One(attribute, value));
        assert_eq!(file(Attribute::KeyType, Byte(0x15)), "OBJ_ATTR_KEY_TYPE\n0x00000015\n");
        assert_eq!(file(Attribute::Label, Text("x y".into())), "OBJ_ATTR_LABEL\nx y\n");
        assert_eq!(
            file(Attribute::CheckValue, Integer(vec![0xc3, 0x3c, 0xbd])),
            "OBJ_ATTR_KCV\n0xc33cbd\n"
        );
    }
}
