//! What the cluster identifies itself with: keys that are made when they are
//! first needed, and certificates that follow from them.
//!
//! The manufacturer certifies each node, and a node certifies the cluster's
//! own key; so does the customer. Attestations are signed with that key.

use zeroize::Zeroizing;

use super::Hsm;
use super::answer::{Answer, Outcome, Refusal};
use super::login::cluster_key;
use super::names::NodeId;
use super::return_code::ReturnCode;
use crate::crypto::certificate::{self, Issuer, Statement};
use crate::crypto::rsa;
use crate::crypto::seal;

/// Bits of every key here, as in the real HSM.
const KEY_BITS: usize = 2048;

/// Who holds a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// Who made the HSMs.
    Manufacturer,
    /// Who owns the cluster.
    Customer,
    /// One of the HSMs.
    Node(NodeId),
    /// The cluster itself, the same on every node.
    Cluster,
}

impl Holder {
    /// The key's name among the records of the state.
    fn record(self) -> String {
        match self {
            Self::Manufacturer => String::from("manufacturer_key"),
            Self::Customer => String::from("customer_key"),
            Self::Node(node) => format!("node_{node}_key"),
            Self::Cluster => String::from("cluster_key_pair"),
        }
    }

    /// The name in certificates (RFC 4514).
    fn name(self) -> String {
        match self {
            Self::Manufacturer => String::from("CN=kmu manufacturer root,OU=emulated HSMs,O=kmu"),
            Self::Customer => String::from("CN=kmu customer root,O=customer"),
            Self::Node(node) => {
                format!("CN=HSM {},OU=emulated HSMs,O=kmu", super::information::serial_number(node))
            }
            Self::Cluster => String::from("CN=PARTITION_1,OU=emulated HSMs,O=kmu"),
        }
    }

    /// How many authorities may follow below this one.
    fn authority(self) -> Option<u8> {
        match self {
            Self::Manufacturer | Self::Customer => Some(1),
            Self::Node(_) => Some(0),
            Self::Cluster => None,
        }
    }
}

/// A certificate: whose it is, and who signed it.
type Certified = (Holder, Holder);

impl Hsm {
    /// The certificates that `getCert -s` numbers; the node is the session's.
    fn certified(&self, subject: u32) -> Option<Certified> {
        let node = Holder::Node(self.session_node());
        Some(match subject {
            1 => (Holder::Manufacturer, Holder::Manufacturer),
            2 => (node, Holder::Manufacturer),
            4 => (Holder::Customer, Holder::Customer),
            8 => (Holder::Cluster, Holder::Customer),
            16 => (Holder::Cluster, node),
            _ => return None,
        })
    }

    /// The DER of the certificate with this number: 1 manufacturer root, 2
    /// hardware of the session's node, 4 customer root, 8 cluster under the
    /// customer root, 16 cluster under the node's hardware.
    ///
    /// 0xa0 when nobody is logged in, 0x33 for any other number.
    pub fn get_certificate(&mut self, subject: u32) -> Answer<Vec<u8>> {
        Answer::local(self.try_get_certificate(subject))
    }

    fn try_get_certificate(&mut self, subject: u32) -> Outcome<Vec<u8>> {
        self.reach(None)?;
        if self.login.is_none() {
            return Err(ReturnCode::NOT_LOGGED_IN.into());
        }
        let certified = self.certified(subject).ok_or_else(|| {
            Refusal::arguments(format!("there is no certificate of the subject {subject}"))
        })?;
        self.certificate(certified)
    }

    /// The certificates that lead from the manufacturer to the cluster's key.
    pub(super) fn manufacturer_chain(&mut self) -> Outcome<[Vec<u8>; 3]> {
        let node = Holder::Node(self.session_node());
        Ok([
            self.certificate((Holder::Manufacturer, Holder::Manufacturer))?,
            self.certificate((node, Holder::Manufacturer))?,
            self.certificate((Holder::Cluster, node))?,
        ])
    }

    fn certificate(&mut self, (holder, signer): Certified) -> Outcome<Vec<u8>> {
        let public_key = rsa::public_key_of(&self.identity_key(holder)?)?;
        let private_key = self.identity_key(signer)?;
        let (subject, name) = (holder.name(), signer.name());
        let statement =
            Statement { subject: &subject, public_key: &public_key, authority: holder.authority() };
        Ok(certificate::issue(&statement, &Issuer { name: &name, private_key: &private_key })?)
    }

    /// A holder's key (PKCS#8), made when it is first needed.
    pub(super) fn identity_key(&mut self, holder: Holder) -> Outcome<Zeroizing<Vec<u8>>> {
        let record = holder.record();
        let context = format!("kmu identity 1 {record}");
        let Self { login, token_keys, random, .. } = self;
        let cluster_key = cluster_key(login)?;
        let stored = token_keys.read().blob(&record)?;
        let sealed = match stored {
            Some(sealed) => sealed,
            None => {
                let made = rsa::generate(KEY_BITS, 65_537, random)?;
                let sealed = seal::seal(cluster_key, &made, context.as_bytes(), random)?;
                let change = token_keys.change()?;
                // Another process may have been faster: its key counts.
                let sealed = match change.read().blob(&record)? {
                    Some(earlier) => earlier,
                    None => {
                        change.set_blob(&record, &sealed)?;
                        sealed
                    }
                };
                change.commit()?;
                sealed
            }
        };
        seal::unseal(cluster_key, &sealed, context.as_bytes()).map_err(Refusal::from)
    }
}
