//! The `openssl` command as an oracle for every binary curve: keys and signatures
//! made on one side are right on the other.

// Helpers of tests are not recognised as tests.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kmu::crypto::binary::{BinaryCurve, Error, Signature};
use rand_core::UnwrapErr;
use tempfile::TempDir;

/// The lengths of SHA-1, SHA-256 and SHA-512: below, at and above those of the orders.
const HASH_LENGTHS: [usize; 3] = [20, 32, 64];

fn system() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// A directory in which `openssl` runs.
struct OpenSsl(TempDir);

impl OpenSsl {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn output(&self, arguments: &str) -> Output {
        let directory: &Path = self.0.path();
        let mut command = Command::new("openssl");
        command.current_dir(directory).args(arguments.split(' '));
        command.output().unwrap()
    }

    /// Runs a command that must succeed, for what it prints.
    fn run(&self, arguments: &str) -> Vec<u8> {
        let output = self.output(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {message}");
        output.stdout
    }
}

fn name(curve: BinaryCurve) -> String {
    format!("{curve:?}").to_lowercase()
}

/// DER of one tag, with a length of up to two bytes.
fn der(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let content = contents.concat();
    let length = match content.len() {
        length @ 0..0x80 => vec![length as u8],
        length @ 0x80..0x100 => vec![0x81, length as u8],
        length => vec![0x82, (length >> 8) as u8, length as u8],
    };
    [&[tag], &length[..], &content].concat()
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let digits = &bytes[zeros..];
    let sign: &[u8] = if digits.first().is_none_or(|&byte| byte >= 0x80) { &[0] } else { &[] };
    der(0x02, &[sign, digits])
}

/// The object identifier 1.3.132.0.i of SEC 2 appendix A.2.
fn curve_identifier(curve: BinaryCurve) -> Vec<u8> {
    let last = match curve {
        BinaryCurve::Sect163k1 => 1,
        BinaryCurve::Sect163r2 => 15,
        BinaryCurve::Sect233k1 => 26,
        BinaryCurve::Sect233r1 => 27,
        BinaryCurve::Sect283k1 => 16,
        BinaryCurve::Sect283r1 => 17,
        BinaryCurve::Sect409k1 => 36,
        BinaryCurve::Sect409r1 => 37,
        BinaryCurve::Sect571k1 => 38,
        BinaryCurve::Sect571r1 => 39,
    };
    der(0x06, &[&[0x2b, 0x81, 0x04, 0x00, last]])
}

/// id-ecPublicKey with the curve.
fn algorithm(curve: BinaryCurve) -> Vec<u8> {
    let ec_public_key = der(0x06, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]]);
    der(0x30, &[&ec_public_key, &curve_identifier(curve)])
}

/// ECPrivateKey of SEC 1 appendix C.4, with the public key if there is one.
fn sec1(curve: BinaryCurve, secret: &[u8], point: Option<&[u8]>) -> Vec<u8> {
    let parameters = der(0xa0, &[&curve_identifier(curve)]);
    let public = point.map(|point| der(0xa1, &[&der(0x03, &[&[0], point])]));
    let secret = der(0x04, &[secret]);
    der(0x30, &[&integer(&[1]), &secret, &parameters, &public.unwrap_or_default()])
}

/// PrivateKeyInfo of PKCS #8.
fn pkcs8(curve: BinaryCurve, secret: &[u8], point: &[u8]) -> Vec<u8> {
    let public = der(0xa1, &[&der(0x03, &[&[0], point])]);
    let key = der(0x30, &[&integer(&[1]), &der(0x04, &[secret]), &public]);
    der(0x30, &[&integer(&[0]), &algorithm(curve), &der(0x04, &[&key])])
}

/// SubjectPublicKeyInfo.
fn spki(curve: BinaryCurve, point: &[u8]) -> Vec<u8> {
    der(0x30, &[&algorithm(curve), &der(0x03, &[&[0], point])])
}

/// Takes a DER value of this tag off the front of `bytes`.
fn take<'bytes>(bytes: &mut &'bytes [u8], tag: u8) -> &'bytes [u8] {
    assert_eq!(bytes[0], tag);
    let (length, header) = match bytes[1] {
        0x81 => (bytes[2] as usize, 3),
        0x82 => (usize::from(bytes[2]) << 8 | usize::from(bytes[3]), 4),
        length => (usize::from(length), 2),
    };
    let (content, rest) = bytes[header..].split_at(length);
    *bytes = rest;
    content
}

/// The private key of an ECPrivateKey.
fn secret_of_sec1(mut bytes: &[u8]) -> Vec<u8> {
    let mut content = take(&mut bytes, 0x30);
    assert_eq!(take(&mut content, 0x02), [1]);
    take(&mut content, 0x04).to_vec()
}

/// The point of a SubjectPublicKeyInfo.
fn point_of_spki(mut bytes: &[u8]) -> Vec<u8> {
    let mut content = take(&mut bytes, 0x30);
    take(&mut content, 0x30);
    take(&mut content, 0x03)[1..].to_vec()
}

fn encode_signature(signature: &Signature) -> Vec<u8> {
    der(0x30, &[&integer(&signature.r), &integer(&signature.s)])
}

fn decode_signature(curve: BinaryCurve, mut bytes: &[u8]) -> Signature {
    let mut content = take(&mut bytes, 0x30);
    let mut number = || {
        let digits = take(&mut content, 0x02);
        let zeros = digits.iter().take_while(|&&byte| byte == 0).count();
        let digits = &digits[zeros..];
        [&vec![0; curve.scalar_length() - digits.len()], digits].concat()
    };
    Signature { r: number(), s: number() }
}

#[test]
fn openssl_takes_our_keys() {
    let openssl = OpenSsl::new();
    for curve in BinaryCurve::ALL {
        let secret = curve.generate_secret(&mut system());
        let point = curve.public_point(&secret).unwrap();

        // From the private key alone, openssl finds the same public key.
        openssl.write("bare.der", &sec1(curve, &secret, None));
        let public = openssl.run("ec -inform DER -in bare.der -pubout -outform DER");
        assert_eq!(point_of_spki(&public), point, "{curve:?}");

        openssl.write("sec1.der", &sec1(curve, &secret, Some(&point)));
        openssl.run("ec -inform DER -in sec1.der -check -noout");
        openssl.write("pkcs8.der", &pkcs8(curve, &secret, &point));
        openssl.run("pkey -inform DER -in pkcs8.der -check -noout");
        openssl.write("spki.der", &spki(curve, &point));
        openssl.run("pkey -pubin -inform DER -in spki.der -pubcheck -noout");

        // Checks do find a key of another pair.
        let other = curve.generate_secret(&mut system());
        openssl.write("mixed.der", &pkcs8(curve, &other, &point));
        let checked = openssl.output("pkey -inform DER -in mixed.der -check -noout");
        assert!(!checked.status.success(), "{curve:?}");
    }
}

#[test]
fn we_take_keys_of_openssl() {
    let openssl = OpenSsl::new();
    for curve in BinaryCurve::ALL {
        for _ in 0..4 {
            let name = name(curve);
            openssl.run(&format!("ecparam -name {name} -genkey -noout -out key.pem"));
            let secret = secret_of_sec1(&openssl.run("ec -in key.pem -outform DER"));
            let point = point_of_spki(&openssl.run("ec -in key.pem -pubout -outform DER"));
            assert_eq!(secret.len(), curve.scalar_length(), "{curve:?}");
            assert_eq!(curve.public_point(&secret), Ok(point.clone()), "{curve:?}");
            assert_eq!(curve.check_public(&point), Ok(()), "{curve:?}");
        }
    }
}

#[test]
fn openssl_verifies_our_signatures() {
    let openssl = OpenSsl::new();
    let verify = "pkeyutl -verify -pubin -keyform DER -inkey spki.der -in hash -sigfile signature";
    for curve in BinaryCurve::ALL {
        let secret = curve.generate_secret(&mut system());
        let point = curve.public_point(&secret).unwrap();
        openssl.write("spki.der", &spki(curve, &point));
        for length in HASH_LENGTHS {
            let mut hash: Vec<u8> = (0..length).map(|i| i as u8 ^ 0xc3).collect();
            let signature = curve.sign_prehash(&secret, &hash, &mut system()).unwrap();
            openssl.write("signature", &encode_signature(&signature));
            openssl.write("hash", &hash);
            openssl.run(verify);

            hash[0] ^= 1;
            openssl.write("hash", &hash);
            assert!(!openssl.output(verify).status.success(), "{curve:?}, {length}");
        }
    }
}

#[test]
fn we_verify_signatures_of_openssl() {
    let openssl = OpenSsl::new();
    for curve in BinaryCurve::ALL {
        let name = name(curve);
        openssl.run(&format!("ecparam -name {name} -genkey -noout -out key.pem"));
        let point = point_of_spki(&openssl.run("ec -in key.pem -pubout -outform DER"));
        for length in HASH_LENGTHS {
            let mut hash: Vec<u8> = (0..length).map(|i| i as u8 ^ 0x3c).collect();
            openssl.write("hash", &hash);
            openssl.run("pkeyutl -sign -inkey key.pem -in hash -out signature");
            let signature = decode_signature(curve, &openssl.read("signature"));
            assert_eq!(curve.verify_prehash(&point, &hash, &signature), Ok(()), "{curve:?}");

            hash[0] ^= 1;
            let altered = curve.verify_prehash(&point, &hash, &signature);
            assert_eq!(altered, Err(Error::Signature), "{curve:?}");
        }
    }
}

/// With openssl hashing a message itself.
#[test]
fn digests_of_openssl_are_those_that_are_signed() {
    let openssl = OpenSsl::new();
    openssl.write("message", b"sample");
    let digest = openssl.run("dgst -sha256 -binary message");
    for curve in BinaryCurve::ALL {
        let secret = curve.generate_secret(&mut system());
        let point = curve.public_point(&secret).unwrap();
        openssl.write("pkcs8.der", &pkcs8(curve, &secret, &point));
        openssl.run("pkey -inform DER -in pkcs8.der -out key.pem");
        openssl.run("pkey -in key.pem -pubout -out public.pem");

        let ours = curve.sign_prehash(&secret, &digest, &mut system()).unwrap();
        openssl.write("ours", &encode_signature(&ours));
        openssl.run("dgst -sha256 -verify public.pem -signature ours message");

        openssl.run("dgst -sha256 -sign key.pem -out theirs message");
        let theirs = decode_signature(curve, &openssl.read("theirs"));
        assert_eq!(curve.verify_prehash(&point, &digest, &theirs), Ok(()), "{curve:?}");
    }
}
