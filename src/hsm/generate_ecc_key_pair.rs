//! `genECCKeyPair`: a key pair on one of the sixteen curves.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, NodeStatus, Outcome};
use super::attribute::{Attribute, Booleans};
use super::create::{KeyOptions, KeyPair};
use super::key::{Class, Key, KeyType, NewKey};
use super::names::{Handle, UserId};
use super::return_code::ReturnCode;
use crate::crypto::curve::Curve;
use crate::crypto::{check_value, ec_key};

/// Bits of a group order below which FIPS mode refuses a curve: SP 800-131A
/// asks for 112 bits of strength.
const MINIMUM_KEY_BITS: u16 = 224;

/// The attributes that are 1 in a new public key.
const PUBLIC: [Attribute; 4] =
    [Attribute::Verify, Attribute::Local, Attribute::Extractable, Attribute::Destroyable];

/// The attributes that are 1 in a new private key, beside EXTRACTABLE.
const PRIVATE: [Attribute; 6] = [
    Attribute::Private,
    Attribute::Sign,
    Attribute::Local,
    Attribute::Sensitive,
    Attribute::AlwaysSensitive,
    Attribute::Destroyable,
];

/// What `genECCKeyPair` asks for.
#[derive(Clone, Debug)]
pub struct GenerateEccKeyPair {
    /// The curve.
    pub curve: &'static Curve,
    /// What every new key can ask for.
    pub options: KeyOptions,
}

impl Hsm {
    /// Generates a key pair and stores it on the cluster.
    ///
    /// 0xb3 when FIPS mode forbids the curve, and what [`KeyOptions`] can get wrong.
    pub fn generate_ecc_key_pair(&mut self, request: &GenerateEccKeyPair) -> Answer<KeyPair> {
        let outcome = self.try_generate(request);
        self.answer_created(outcome, request.options.minimum_servers)
    }

    fn try_generate(
        &mut self,
        request: &GenerateEccKeyPair,
    ) -> Outcome<(KeyPair, Vec<NodeStatus>)> {
        let owner = self.crypto_user()?.id;
        if self.fips_mode() && request.curve.key_bits < MINIMUM_KEY_BITS {
            return Err(ReturnCode::POLICY_VIOLATION.into());
        }
        self.check_options(&request.options, owner)?;
        let pair = make_pair(request, owner, &mut self.random)?;
        let created = self.create_keys(pair, request.options.session)?;
        let [public, private] = created.as_slice() else {
            return Err(ReturnCode::INVALID_STATE.into());
        };
        let nodes = self.held_on(private, ReturnCode::NOT_SYNCHRONIZED);
        Ok((KeyPair { public: public.handle, private: private.handle }, nodes))
    }
}

/// Public key first: it gets the lower handle.
fn make_pair(
    request: &GenerateEccKeyPair,
    owner: UserId,
    random: &mut crate::crypto::random::Random,
) -> Outcome<Vec<NewKey>> {
    let curve = request.curve;
    let secret = curve.generate_secret(random);
    let point = curve.public_point(&secret)?;
    let public = ec_key::subject_public_key_info(curve, &point)?;
    let private = ec_key::private_key_info(curve, &secret, &point)?;
    let check_value = check_value::of_public_key(&public);

    let options = &request.options;
    let key = |class, booleans, value_length: usize| {
        let (shared_with, m_value) = options.sharing(class);
        Key {
            handle: Handle(0),
            class,
            key_type: KeyType::Ec,
            label: options.label.clone(),
            id: options.id.clone(),
            owner,
            shared_with,
            m_value,
            token: !options.session,
            booleans,
            // A few hundred bytes at most.
            value_length: value_length as u32,
            check_value,
            modulus: point.clone(),
            modulus_bits: curve.nid,
            public_exponent: Vec::new(),
            created: 0,
        }
    };
    let uses = Booleans::of(&PRIVATE)
        .with(Attribute::Extractable, options.extractable)
        .with(Attribute::NeverExtractable, !options.extractable);
    Ok(vec![
        NewKey {
            key: key(Class::Public, Booleans::of(&PUBLIC), point.len()),
            material: Zeroizing::new(public),
        },
        NewKey { key: key(Class::Private, uses, private.len()), material: private },
    ])
}
