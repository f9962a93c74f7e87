//! `getAttribute`: one attribute of a key, or all of them.

use super::Hsm;
use super::answer::{Answer, Outcome};
use super::attribute::{ALL_ATTRIBUTES, ATTRIBUTES, Attribute, AttributeNumber, AttributeValue};
use super::names::Handle;
use super::return_code::ReturnCode;

/// What `getAttribute` brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeDump {
    /// The one attribute that was asked for.
    One(Attribute, AttributeValue),
    /// Every attribute that the key has, ascending by number.
    All(Vec<(Attribute, AttributeValue)>),
}

impl AttributeDump {
    /// What a node signs of the answer.
    pub(super) fn attested_bytes(&self) -> Vec<u8> {
        let part = |(attribute, value): (&Attribute, &AttributeValue)| {
            let value = match value {
                AttributeValue::Byte(byte) => vec![*byte],
                AttributeValue::Number(number) => number.to_be_bytes().to_vec(),
                AttributeValue::Text(text) => text.as_bytes().to_vec(),
                AttributeValue::Integer(bytes) | AttributeValue::Bytes(bytes) => bytes.clone(),
            };
            let length = (value.len() as u64).to_be_bytes();
            [&attribute.number().to_be_bytes()[..], &length, &value].concat()
        };
        match self {
            Self::One(attribute, value) => part((attribute, value)),
            Self::All(all) => all.iter().flat_map(|(name, value)| part((name, value))).collect(),
        }
    }
}

impl Hsm {
    /// Reads an attribute, or all of them for [`ALL_ATTRIBUTES`].
    ///
    /// 0xa8 when the user may not see such a key; kmu's code when the key does
    /// not have the attribute.
    #[must_use]
    pub fn get_attribute(&self, handle: Handle, number: AttributeNumber) -> Answer<AttributeDump> {
        Answer::local(self.try_get_attribute(handle, number))
    }

    fn try_get_attribute(&self, handle: Handle, number: AttributeNumber) -> Outcome<AttributeDump> {
        let user = self.crypto_user()?;
        let key = self.open_key(handle, user.id, user.cluster_key)?.key;
        if number == ALL_ATTRIBUTES {
            let value =
                |(attribute, _): &(Attribute, _)| Some((*attribute, key.attribute(*attribute)?));
            return Ok(AttributeDump::All(ATTRIBUTES.iter().filter_map(value).collect()));
        }
        let attribute = Attribute::from_number(number).ok_or(ReturnCode::ATTRIBUTE_NOT_FOUND)?;
        let value = key.attribute(attribute).ok_or(ReturnCode::ATTRIBUTE_NOT_FOUND)?;
        Ok(AttributeDump::One(attribute, value))
    }
}
