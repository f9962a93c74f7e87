//! The attributes of keys: one table of names and numbers, and the values that
//! a key answers with.

use super::key::Key;

/// An attribute's number, as `getAttribute -a` takes it.
pub type AttributeNumber = u32;

/// The number that stands for every attribute of a key at once.
pub const ALL_ATTRIBUTES: AttributeNumber = 512;

/// Declares the attributes from one list, ascending by number.
macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        /// An attribute of a key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Attribute {
            $($(#[$doc])* $name = $number),*
        }

        /// Every attribute with its name, ascending by number.
        pub const ATTRIBUTES: &[(Attribute, &str)] = &[$((Attribute::$name, $text)),*];
    };
}

attributes! {
    /// Public, private or secret.
    Class = 0, "OBJ_ATTR_CLASS";
    /// Whether the key is persistent (1) or belongs to a session (0).
    Token = 1, "OBJ_ATTR_TOKEN";
    /// Whether only those may see the key who own it or share it.
    Private = 2, "OBJ_ATTR_PRIVATE";
    /// The user's name for the key.
    Label = 3, "OBJ_ATTR_LABEL";
    /// Whether a crypto officer vouches for the key.
    Trusted = 134, "OBJ_ATTR_TRUSTED";
    /// RSA, EC, AES and so on.
    KeyType = 256, "OBJ_ATTR_KEY_TYPE";
    /// The user's identifier for the key.
    Id = 258, "OBJ_ATTR_ID";
    /// Whether the key never leaves the HSM in the clear.
    Sensitive = 259, "OBJ_ATTR_SENSITIVE";
    /// Whether the key may encrypt.
    Encrypt = 260, "OBJ_ATTR_ENCRYPT";
    /// Whether the key may decrypt.
    Decrypt = 261, "OBJ_ATTR_DECRYPT";
    /// Whether the key may wrap others.
    Wrap = 262, "OBJ_ATTR_WRAP";
    /// Whether the key may unwrap others.
    Unwrap = 263, "OBJ_ATTR_UNWRAP";
    /// Whether the key may sign.
    Sign = 264, "OBJ_ATTR_SIGN";
    /// Whether the key may verify signatures.
    Verify = 266, "OBJ_ATTR_VERIFY";
    /// Whether other keys may be derived from the key.
    Derive = 268, "OBJ_ATTR_DERIVE";
    /// RSA modulus, DSA prime, or uncompressed EC point.
    Modulus = 288, "OBJ_ATTR_MODULUS";
    /// Bits of the RSA modulus or DSA prime; OpenSSL's number of an EC curve.
    ModulusBits = 289, "OBJ_ATTR_MODULUS_BITS";
    /// RSA public exponent.
    PublicExponent = 290, "OBJ_ATTR_PUBLIC_EXPONENT";
    /// Bytes of the key's value.
    ValueLength = 353, "OBJ_ATTR_VALUE_LEN";
    /// Whether the key may be exported or wrapped.
    Extractable = 354, "OBJ_ATTR_EXTRACTABLE";
    /// Whether the HSM itself generated the key.
    Local = 355, "OBJ_ATTR_LOCAL";
    /// Whether the key was never extractable.
    NeverExtractable = 356, "OBJ_ATTR_NEVER_EXTRACTABLE";
    /// Whether the key was always sensitive.
    AlwaysSensitive = 357, "OBJ_ATTR_ALWAYS_SENSITIVE";
    /// Whether the key may be deleted.
    Destroyable = 370, "OBJ_ATTR_DESTROYABLE";
    /// The key check value.
    CheckValue = 371, "OBJ_ATTR_KCV";
    /// Whether only a trusted key may wrap this one.
    WrapWithTrusted = 528, "OBJ_ATTR_WRAP_WITH_TRUSTED";
    /// The attributes that a key must have to be wrapped by this one.
    WrapTemplate = 1_073_742_353, "OBJ_ATTR_WRAP_TEMPLATE";
    /// The attributes that a key gets when this one unwraps it.
    UnwrapTemplate = 1_073_742_354, "OBJ_ATTR_UNWRAP_TEMPLATE";
}

impl Attribute {
    /// The attribute with this number.
    #[must_use]
    pub fn from_number(number: AttributeNumber) -> Option<Self> {
        let row = ATTRIBUTES.iter().find(|(attribute, _)| attribute.number() == number);
        row.map(|(attribute, _)| *attribute)
    }

    /// The attribute's number.
    #[must_use]
    pub fn number(self) -> AttributeNumber {
        self as AttributeNumber
    }

    /// The attribute's name, `OBJ_ATTR_…`.
    #[must_use]
    pub fn name(self) -> &'static str {
        ATTRIBUTES.iter().find(|row| row.0 == self).map_or("INVALID_ATTRIBUTE", |row| row.1)
    }
}

/// The boolean attributes of a key, as a set of those that are 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booleans(u32);

/// The boolean attributes that a key keeps as such. A row's place is its bit
/// in stored records: append, never reorder. TOKEN and PRIVATE follow from
/// where a key lives and what it is.
const BOOLEANS: [Attribute; 16] = [
    Attribute::Encrypt,
    Attribute::Decrypt,
    Attribute::Wrap,
    Attribute::Unwrap,
    Attribute::Sign,
    Attribute::Verify,
    Attribute::Derive,
    Attribute::Local,
    Attribute::Sensitive,
    Attribute::Extractable,
    Attribute::NeverExtractable,
    Attribute::AlwaysSensitive,
    Attribute::Destroyable,
    Attribute::Trusted,
    Attribute::WrapWithTrusted,
    Attribute::Private,
];

impl Booleans {
    /// The set of these attributes; those that are not boolean are ignored.
    #[must_use]
    pub fn of(attributes: &[Attribute]) -> Self {
        attributes.iter().fold(Self(0), |set, attribute| set.with(*attribute, true))
    }

    /// The set as a number, for storage.
    #[must_use]
    pub fn to_bits(self) -> u32 {
        self.0
    }

    /// The set that a stored number stands for.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Whether the attribute is 1.
    #[must_use]
    pub fn has(self, attribute: Attribute) -> bool {
        Self::bit(attribute).is_some_and(|bit| self.0 & bit != 0)
    }

    /// The same set with one attribute set or cleared.
    #[must_use]
    pub fn with(self, attribute: Attribute, value: bool) -> Self {
        match Self::bit(attribute) {
            Some(bit) if value => Self(self.0 | bit),
            Some(bit) => Self(self.0 & !bit),
            None => self,
        }
    }

    fn bit(attribute: Attribute) -> Option<u32> {
        BOOLEANS.iter().position(|row| *row == attribute).map(|place| 1 << place)
    }
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    /// A boolean, a class or a key type: one byte.
    Byte(u8),
    /// A length, a number of bits or a curve: four bytes.
    Number(u32),
    /// A label or an id.
    Text(String),
    /// A check value or an exponent: an integer as bytes, big endian.
    Integer(Vec<u8>),
    /// A modulus or a point.
    Bytes(Vec<u8>),
}

impl Key {
    /// The value of an attribute, if this kind of key has it.
    #[must_use]
    pub fn attribute(&self, attribute: Attribute) -> Option<AttributeValue> {
        use AttributeValue::{Byte, Bytes, Integer, Number, Text};
        let asymmetric = !self.modulus.is_empty();
        Some(match attribute {
            Attribute::Class => Byte(self.class.number()),
            Attribute::KeyType => Byte(self.key_type.number()),
            Attribute::Token => Byte(u8::from(self.token)),
            Attribute::Label => Text(self.label.as_str().to_owned()),
            Attribute::Id => Text(self.id.as_str().to_owned()),
            Attribute::ValueLength => Number(self.value_length),
            Attribute::CheckValue => Integer(self.check_value.to_vec()),
            Attribute::Modulus if asymmetric => Bytes(self.modulus.clone()),
            Attribute::ModulusBits if asymmetric => Number(self.modulus_bits),
            Attribute::PublicExponent if !self.public_exponent.is_empty() => {
                Integer(self.public_exponent.clone())
            }
            boolean if BOOLEANS.contains(&boolean) => Byte(u8::from(self.booleans.has(boolean))),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ascends_and_answers_both_ways() {
        assert!(ATTRIBUTES.windows(2).all(|pair| pair[0].0.number() < pair[1].0.number()));
        for (attribute, name) in ATTRIBUTES {
            assert_eq!(Attribute::from_number(attribute.number()), Some(*attribute));
            assert_eq!(attribute.name(), *name);
        }
        assert_eq!(Attribute::from_number(ALL_ATTRIBUTES), None);
    }

    #[test]
    fn a_set_changes_one_attribute_at_a_time() {
        let set = Booleans::of(&[Attribute::Sign, Attribute::Local]);
        assert!(set.has(Attribute::Sign) && !set.has(Attribute::Verify));
        let changed = set.with(Attribute::Sign, false).with(Attribute::Verify, true);
        assert!(!changed.has(Attribute::Sign) && changed.has(Attribute::Verify));
        assert!(changed.has(Attribute::Local));
        assert_eq!(set.with(Attribute::Label, true), set);
        assert_eq!(Booleans::from_bits(changed.to_bits()), changed);
    }
}
