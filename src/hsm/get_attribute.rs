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
