//! X.509 certificates (RFC 5280) of RSA-2048 keys, signed with RSA PKCS#1 v1.5
//! and SHA-256: what the cluster identifies itself with.

use std::str::FromStr;

use der::{Decode, Encode};
use rsa::PrivateKey;
use rsa::pkcs1v15::{Signature, SigningKey};
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoRef;
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::flagset::FlagSet;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::{Time, Validity};

use super::{Error, rsa as rsa_key};

/// Bytes of a serial number; RFC 5280, section 4.1.2.2, allows 20.
const SERIAL_LENGTH: usize = 16;

/// When every certificate begins and ends to be valid, in seconds since 1970:
/// 2018-01-01 and 2048-01-01. Fixed, so that a certificate is the same bytes
/// whenever it is asked for.
const VALIDITY: [u64; 2] = [1_514_764_800, 2_461_449_600];

/// What a certificate says.
pub struct Statement<'a> {
    /// The holder's name (RFC 4514), such as `CN=root,O=kmu`.
    pub subject: &'a str,
    /// The holder's key: DER of SubjectPublicKeyInfo.
    pub public_key: &'a [u8],
    /// How many authorities may follow below the holder, if he is one himself.
    pub authority: Option<u8>,
}

/// Who signs a certificate.
pub struct Issuer<'a> {
    /// His name.
    pub name: &'a str,
    /// His key: DER of PKCS#8.
    pub private_key: &'a [u8],
}

/// The DER of the certificate in which the issuer says this. The same words
/// and keys make the same bytes.
///
/// # Errors
/// [`Error::InvalidKey`] for keys that are not RSA, [`Error::Encoding`] for
/// names that are none.
pub fn issue(statement: &Statement<'_>, issuer: &Issuer<'_>) -> Result<Vec<u8>, Error> {
    let profile = Profile {
        subject: Name::from_str(statement.subject).map_err(|_| Error::Encoding)?,
        issuer: Name::from_str(issuer.name).map_err(|_| Error::Encoding)?,
        authority: statement.authority,
    };
    let public_key =
        SubjectPublicKeyInfoOwned::from_der(statement.public_key).map_err(|_| Error::InvalidKey)?;
    let signer = SigningKey::<Sha256>::from(private_key(issuer.private_key)?);
    let serial = serial(statement, issuer)?;
    CertificateBuilder::new(profile, serial, validity()?, public_key)
        .and_then(|builder| builder.build::<_, Signature>(&signer))
        .map_err(|_| Error::Encoding)?
        .to_der()
        .map_err(|_| Error::Encoding)
}

/// The holder's key of a certificate: DER of SubjectPublicKeyInfo.
///
/// # Errors
/// [`Error::InvalidKey`] when the DER is no certificate.
pub fn public_key(certificate: &[u8]) -> Result<Vec<u8>, Error> {
    let certificate = Certificate::from_der(certificate).map_err(|_| Error::InvalidKey)?;
    let key = certificate.tbs_certificate().subject_public_key_info();
    key.to_der().map_err(|_| Error::InvalidKey)
}

/// Whether each certificate of a chain is signed by the one before it, an
/// authority of the name that it gives as its issuer. The first one is trusted
/// as it is.
#[must_use]
pub fn is_chain(chain: &[&[u8]]) -> bool {
    !chain.is_empty()
        && chain.windows(2).all(|pair| is_issued_by(pair[1], pair[0]).unwrap_or(false))
}

fn is_issued_by(certificate: &[u8], issuer: &[u8]) -> Result<bool, Error> {
    let read = |bytes| Certificate::from_der(bytes).map_err(|_| Error::InvalidKey);
    let (certificate, issuer) = (read(certificate)?, read(issuer)?);
    let (signed, signer) = (certificate.tbs_certificate(), issuer.tbs_certificate());
    let authority = signer
        .get_extension::<BasicConstraints>()
        .ok()
        .flatten()
        .is_some_and(|(_, constraints)| constraints.ca);
    let message = signed.to_der().map_err(|_| Error::Encoding)?;
    let key = signer.subject_public_key_info().to_der().map_err(|_| Error::Encoding)?;
    let signature = certificate.signature().as_bytes().ok_or(Error::InvalidKey)?;
    Ok(authority
        && signed.issuer() == signer.subject()
        && rsa_key::verify_sha256(&key, &message, signature))
}

/// A serial number that follows from what is certified, positive as it must be.
fn serial(statement: &Statement<'_>, issuer: &Issuer<'_>) -> Result<SerialNumber, Error> {
    let hash = Sha256::new()
        .chain_update(issuer.name)
        .chain_update([0])
        .chain_update(statement.subject)
        .chain_update([0])
        .chain_update(statement.public_key)
        .finalize();
    let mut serial = [0; SERIAL_LENGTH];
    serial.copy_from_slice(&hash[..SERIAL_LENGTH]);
    // Neither negative nor beginning with a zero byte.
    serial[0] = serial[0] & 0x7f | 0x40;
    SerialNumber::new(&serial).map_err(|_| Error::Encoding)
}

fn validity() -> Result<Validity, Error> {
    let time = |seconds| {
        let time = der::DateTime::from_unix_duration(std::time::Duration::from_secs(seconds));
        time.map(|time| Time::GeneralTime(time.into())).map_err(|_| Error::Encoding)
    };
    Ok(Validity::new(time(VALIDITY[0])?, time(VALIDITY[1])?))
}

fn private_key(der: &[u8]) -> Result<PrivateKey, Error> {
    use pkcs8::DecodePrivateKey;
    PrivateKey::from_pkcs8_der(der).map_err(|_| Error::InvalidKey)
}

/// Names and extensions of a certificate.
struct Profile {
    subject: Name,
    issuer: Name,
    authority: Option<u8>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        holder: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        certificate: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let usage: FlagSet<KeyUsages> = match self.authority {
            Some(_) => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
            None => KeyUsages::DigitalSignature.into(),
        };
        let constraints =
            BasicConstraints { ca: self.authority.is_some(), path_len_constraint: self.authority };
        let subject = certificate.subject();
        let mut extensions: Vec<Extension> = Vec::new();
        extensions.push(constraints.to_extension(subject, &extensions)?);
        extensions.push(KeyUsage(usage).to_extension(subject, &extensions)?);
        let own = SubjectKeyIdentifier::try_from(holder)?;
        extensions.push(own.to_extension(subject, &extensions)?);
        let above = AuthorityKeyIdentifier::try_from(issuer)?;
        extensions.push(above.to_extension(subject, &extensions)?);
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random;

    struct Holder {
        name: &'static str,
        private: zeroize::Zeroizing<Vec<u8>>,
        public: Vec<u8>,
    }

    fn holder(name: &'static str, seed: u64) -> Holder {
        let private = rsa_key::generate(2048, 65_537, &mut random::from_seed(seed, 0)).unwrap();
        let public = rsa_key::public_key_of(&private).unwrap();
        Holder { name, private, public }
    }

    fn certificate(holder: &Holder, issuer: &Holder, authority: Option<u8>) -> Vec<u8> {
        let statement = Statement { subject: holder.name, public_key: &holder.public, authority };
        issue(&statement, &Issuer { name: issuer.name, private_key: &issuer.private }).unwrap()
    }

    #[test]
    fn a_chain_holds_and_a_broken_one_does_not() {
        let (root, middle) = (holder("CN=root,O=test", 1), holder("CN=middle", 2));
        let leaf = holder("CN=leaf", 3);
        let first = certificate(&root, &root, Some(1));
        let second = certificate(&middle, &root, Some(0));
        let third = certificate(&leaf, &middle, None);
        assert!(is_chain(&[&first, &second, &third]));
        assert!(is_chain(&[&first, &first]));
        assert_eq!(public_key(&third).unwrap(), leaf.public);
        assert_eq!(third, certificate(&leaf, &middle, None));

        assert!(!is_chain(&[]));
        assert!(!is_chain(&[&first, &third]), "a link is missing");
        assert!(!is_chain(&[&third, &second]), "a leaf is no authority");
        let pretended = certificate(&middle, &Holder { name: root.name, ..holder("", 4) }, Some(0));
        assert!(!is_chain(&[&first, &pretended]), "signed with another key");
        for at in [40, second.len() / 2, second.len() - 1] {
            let mut changed = second.clone();
            changed[at] ^= 1;
            assert!(!is_chain(&[&first, &changed]), "byte {at}");
        }
        assert!(!is_chain(&[&first, b"no certificate"]));
    }
}
