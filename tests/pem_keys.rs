//! Keys that the openssl command makes are read in every form it writes, and
//! it reads what is written; what is no key, or not one, is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::crypto::Error;
use kmu::crypto::asymmetric::Algorithm;
use kmu::crypto::curve::CURVES;
use kmu::crypto::pem::{read_private_key, read_public_key, write_private_key, write_public_key};
use proptest::prelude::*;
use support::{Scratch, openssl};

fn text(scratch: &Scratch, name: &str) -> Vec<u8> {
    std::fs::read(scratch.path(name)).unwrap()
}

/// The private key of a file, which OpenSSL must agree with when it reads what is written.
fn read(scratch: &Scratch, name: &str) -> kmu::crypto::asymmetric::PrivateKey {
    let key =
        read_private_key(&text(scratch, name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let directory = scratch.path("");
    scratch.write("written.pem", write_private_key(&key.der).unwrap().as_bytes());
    openssl(&directory, &["pkey", "-in", "written.pem", "-pubout", "-out", "theirs.pem"]);
    assert_eq!(scratch.read("theirs.pem"), write_public_key(&key.public.der).unwrap(), "{name}");
    assert_eq!(read_public_key(&text(scratch, "theirs.pem")).as_ref(), Ok(&key.public), "{name}");
    key
}

#[test]
fn ec_keys_of_every_curve_in_every_form() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    for curve in &CURVES {
        // With EC PARAMETERS in front, as ecparam writes it.
        let make = ["ecparam", "-name", curve.openssl_name, "-genkey", "-out", "sec1.pem"];
        openssl(&directory, &make);
        openssl(
            &directory,
            &["pkcs8", "-topk8", "-nocrypt", "-in", "sec1.pem", "-out", "pkcs8.pem"],
        );
        let no_public = ["ec", "-in", "sec1.pem", "-no_public", "-out", "bare.pem"];
        openssl(&directory, &no_public);
        let keys = ["sec1.pem", "pkcs8.pem", "bare.pem"].map(|name| read(&scratch, name));
        assert_eq!(keys[0].der, keys[1].der, "{}", curve.name);
        assert_eq!(keys[0].der, keys[2].der, "{}", curve.name);
        assert_eq!(keys[0].public.modulus_bits, curve.nid);
        assert_eq!(keys[0].public.algorithm, Algorithm::Ec);
        let explicit = ["ec", "-in", "sec1.pem", "-param_enc", "explicit", "-out", "explicit.pem"];
        openssl(&directory, &explicit);
        let refused = read_private_key(&text(&scratch, "explicit.pem")).err();
        assert_eq!(refused, Some(Error::ExplicitCurve), "{}", curve.name);

        // Points in the other forms of SEC 1, in both halves.
        for form in ["compressed", "hybrid"] {
            let convert = ["ec", "-in", "sec1.pem", "-conv_form", form, "-out"];
            openssl(&directory, &[&convert[..], &["old.pem"]].concat());
            openssl(&directory, &[&convert[..], &["public.pem", "-pubout"]].concat());
            openssl(&directory, &["pkey", "-in", "old.pem", "-out", "new.pem"]);
            assert_ne!(text(&scratch, "new.pem"), text(&scratch, "pkcs8.pem"), "{form}");
            for file in ["old.pem", "new.pem"] {
                let read = read_private_key(&text(&scratch, file)).unwrap();
                assert_eq!(read.der, keys[0].der, "{} {form} {file}", curve.name);
            }
            let public = read_public_key(&text(&scratch, "public.pem"));
            assert_eq!(public.as_ref(), Ok(&keys[0].public), "{} {form}", curve.name);
        }
    }
}

#[test]
fn rsa_keys_in_every_form() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["genrsa", "-out", "pkcs8.pem", "2048"]);
    openssl(&directory, &["rsa", "-in", "pkcs8.pem", "-traditional", "-out", "pkcs1.pem"]);
    assert!(scratch.read("pkcs1.pem").contains("BEGIN RSA PRIVATE KEY"));
    let keys = ["pkcs8.pem", "pkcs1.pem"].map(|name| read(&scratch, name));
    assert_eq!(keys[0].der, keys[1].der);
    assert_eq!(keys[0].public.modulus_bits, 2048);
    assert_eq!(keys[0].public.public_exponent, [1, 0, 1]);
    openssl(&directory, &["rsa", "-in", "pkcs8.pem", "-RSAPublicKey_out", "-out", "public.pem"]);
    assert!(scratch.read("public.pem").contains("BEGIN RSA PUBLIC KEY"));
    assert_eq!(read_public_key(&text(&scratch, "public.pem")).as_ref(), Ok(&keys[0].public));
}

/// The key of a block, with lines of so many digits and this line end.
fn laid_out(pem: &str, width: usize, line_end: &str) -> String {
    let lines: Vec<_> = pem.lines().collect();
    let (first, last) = (lines[0], lines[lines.len() - 1]);
    let digits = lines[1..lines.len() - 1].concat();
    let mut text = format!("{first}{line_end}");
    for line in digits.as_bytes().chunks(width) {
        text += std::str::from_utf8(line).unwrap();
        text += line_end;
    }
    text + last + line_end
}

/// Layouts that OpenSSL reads, which is checked, are read here too.
#[test]
fn blocks_may_be_laid_out_in_any_way_that_openssl_reads() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sec1"]);
    openssl(&directory, &["pkey", "-in", "sec1", "-out", "pkcs8"]);
    openssl(&directory, &["pkey", "-in", "sec1", "-pubout", "-out", "public"]);
    let key = read_private_key(&text(&scratch, "pkcs8")).unwrap();
    let latin1 = b"Cl\xe9 de No\xebl \xff\xfe\0\x80\n";
    let mut read = 0;
    for name in ["sec1", "pkcs8", "public"] {
        let plain = scratch.read(name);
        let mut layouts: Vec<Vec<u8>> = Vec::new();
        for width in [4, 16, 48, 60, 63, 64, 65, 72, 76, 80, 128, 200] {
            for line_end in ["\n", "\r\n", " \n", "\t\n", "  \t \r\n"] {
                layouts.push(laid_out(&plain, width, line_end).into_bytes());
            }
        }
        for (before, after) in [
            (&b"some text\n\nand more -----\n"[..], &b"some text\n"[..]),
            (b"-----BEGIN\n", b"-----END PRIVATE KEY-----\n"),
            (latin1, b""),
            (b"", latin1),
            (b"\n\r\n \n", b"\n\n"),
            (b"Bag Attributes\n    localKeyID: 01\nKey Attributes: <No Attributes>\n", b""),
        ] {
            layouts.push([before, plain.as_bytes(), after].concat());
        }
        layouts.push(plain.trim_end().as_bytes().to_vec());
        for (index, layout) in layouts.iter().enumerate() {
            scratch.write("layout", layout);
            let kind: &[&str] = if name == "public" { &["-pubin"] } else { &[] };
            openssl(&directory, &[&["pkey", "-noout", "-in", "layout"], kind].concat());
            if name == "public" {
                assert_eq!(read_public_key(layout).as_ref(), Ok(&key.public), "{name} {index}");
            } else {
                let found = read_private_key(layout).unwrap_or_else(|error| {
                    panic!("{name} {index}: {error}: {}", String::from_utf8_lossy(layout))
                });
                assert_eq!(found.der, key.der, "{name} {index}");
            }
            read += 1;
        }
    }
    assert_eq!(read, 3 * (12 * 5 + 6 + 1));
}

/// What breaks a block, for OpenSSL too.
#[test]
fn blocks_that_are_broken_are_refused() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sec1"]);
    let plain = scratch.read("sec1");
    let block = "EC PRIVATE KEY";
    for (broken, expected) in [
        (plain.replace(&format!("-----END {block}"), "-----END PRIVATE KEY"), Error::NoKey),
        (plain.replace(&format!("-----END {block}-----\n"), ""), Error::NoKey),
        (plain.replace("-----BEGIN", " -----BEGIN"), Error::NoKey),
        (plain.replace("-----BEGIN", "----BEGIN"), Error::NoKey),
        (plain.replace("KEY-----\nM", "KEY----\nM"), Error::NoKey),
        (plain.replace("KEY-----\nM", "KEY-----\n!M"), Error::InvalidKey),
        (plain.replace("KEY-----\nM", "KEY-----\n=M"), Error::InvalidKey),
        (plain.replace("KEY-----\nM", "KEY-----\n"), Error::InvalidKey),
        (plain.replace("KEY-----\nM", "KEY-----\nComment: x\n\nM"), Error::InvalidKey),
        (plain.replace("KEY-----\nM", "KEY-----\n-----BEGIN X-----\nM"), Error::InvalidKey),
        (plain.replace("KEY-----\nM", "KEY-----\n\u{e9}M"), Error::InvalidKey),
        (plain.replace('\n', "\r"), Error::NoKey),
    ] {
        assert_ne!(broken, plain);
        assert_eq!(read_private_key(broken.as_bytes()).err(), Some(expected), "{broken}");
        scratch.write("broken", &broken);
        let output = std::process::Command::new("openssl")
            .args(["pkey", "-noout", "-in", "broken"])
            .current_dir(&directory)
            .output()
            .unwrap();
        assert!(!output.status.success(), "OpenSSL reads {broken}");
    }
}

/// Blocks of other things around the key, as `ecparam -genkey` and bundles have them.
#[test]
fn other_blocks_are_skipped() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["ecparam", "-name", "secp384r1", "-genkey", "-out", "whole.pem"]);
    openssl(&directory, &["ec", "-in", "whole.pem", "-out", "key.pem"]);
    openssl(&directory, &["ec", "-in", "whole.pem", "-pubout", "-out", "public.pem"]);
    let subject = ["-subj", "/CN=x", "-days", "2", "-out", "certificate.pem"];
    openssl(&directory, &[&["req", "-x509", "-new", "-key", "key.pem"], &subject[..]].concat());
    let parts = ["whole.pem", "key.pem", "public.pem", "certificate.pem"];
    let [whole, key, public, certificate] = parts.map(|name| scratch.read(name));
    assert!(whole.starts_with("-----BEGIN EC PARAMETERS-----"));
    let expected = read_private_key(key.as_bytes()).unwrap();
    for text in [
        whole.clone(),
        [&certificate[..], &key, &certificate, &public].concat(),
        [&public[..], &whole, &certificate].concat(),
    ] {
        assert_eq!(read_private_key(text.as_bytes()).unwrap().der, expected.der);
    }
    let text = [&certificate[..], &whole, &public].concat();
    assert_eq!(read_public_key(text.as_bytes()), Ok(expected.public));
}

#[test]
fn dsa_keys_in_every_form() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["dsaparam", "-out", "parameters.pem", "2048"]);
    openssl(&directory, &["gendsa", "-out", "pkcs8.pem", "parameters.pem"]);
    openssl(&directory, &["dsa", "-in", "pkcs8.pem", "-out", "traditional.pem"]);
    let traditional = ["pkey", "-in", "pkcs8.pem", "-traditional", "-out", "traditional.pem"];
    openssl(&directory, &traditional);
    assert!(scratch.read("traditional.pem").contains("BEGIN DSA PRIVATE KEY"));
    let keys = ["pkcs8.pem", "traditional.pem"].map(|name| read(&scratch, name));
    assert_eq!(keys[0].der, keys[1].der);
    assert_eq!(keys[0].public.modulus_bits, 2048);

    // A new pair on the same parameters.
    let parameters =
        ["dsaparam", "-in", "parameters.pem", "-outform", "DER", "-out", "parameters.der"];
    openssl(&directory, &parameters);
    let mut random = kmu::crypto::random::from_system().unwrap();
    let parameters = text(&scratch, "parameters.der");
    let made = kmu::crypto::asymmetric::PrivateKey::generate_dsa(&parameters, &mut random).unwrap();
    scratch.write("made.pem", write_private_key(&made.der).unwrap().as_bytes());
    read(&scratch, "made.pem");
}

#[test]
fn what_is_not_one_plain_key_is_refused() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    openssl(&directory, &["genrsa", "-out", "rsa.pem", "2048"]);
    openssl(&directory, &["rsa", "-in", "rsa.pem", "-pubout", "-out", "public.pem"]);
    let encrypt = ["rsa", "-in", "rsa.pem", "-aes128", "-passout", "pass:x", "-out"];
    openssl(&directory, &[&encrypt[..], &["encrypted.pem"]].concat());
    openssl(&directory, &[&encrypt[..], &["old.pem", "-traditional"]].concat());
    assert!(scratch.read("encrypted.pem").contains("BEGIN ENCRYPTED PRIVATE KEY"));
    assert!(scratch.read("old.pem").contains("Proc-Type: 4,ENCRYPTED"));
    openssl(&directory, &["genpkey", "-algorithm", "ED25519", "-out", "ed25519.pem"]);
    let rsa = text(&scratch, "rsa.pem");
    let private = |bytes: &[u8]| read_private_key(bytes).err();
    assert_eq!(private(&text(&scratch, "encrypted.pem")), Some(Error::Encrypted));
    assert_eq!(private(&text(&scratch, "old.pem")), Some(Error::Encrypted));
    assert_eq!(private(&text(&scratch, "ed25519.pem")), Some(Error::UnknownAlgorithm));
    assert_eq!(private(&text(&scratch, "public.pem")), Some(Error::NoKey));
    assert_eq!(private(&[rsa.clone(), rsa.clone()].concat()), Some(Error::SeveralKeys));
    assert_eq!(private(&rsa[..rsa.len() / 2]), Some(Error::NoKey));
    assert_eq!(private(b""), Some(Error::NoKey));
    assert_eq!(private(&vec![b'x'; 100_000]), Some(Error::NoKey));
    assert_eq!(read_public_key(&rsa).err(), Some(Error::NoKey));
    let half = String::from_utf8(rsa).unwrap();
    let cut: String = half
        .lines()
        .enumerate()
        .filter(|(at, _)| *at != 5)
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    assert!(private(cut.as_bytes()).is_some());
}

#[test]
fn halves_that_do_not_belong_together_are_refused() {
    let mut random = kmu::crypto::random::from_seed(3, 0);
    for curve in &CURVES {
        let secret = curve.generate_secret(&mut random);
        let other = curve.public_point(&curve.generate_secret(&mut random)).unwrap();
        let der = kmu::crypto::ec_key::private_key_info(curve, &secret, &other).unwrap();
        let text = write_private_key(&der).unwrap();
        assert_eq!(
            read_private_key(text.as_bytes()).err(),
            Some(Error::Mismatch),
            "{}",
            curve.name
        );
        // A point that is not on the curve.
        let mut point = curve.public_point(&secret).unwrap();
        let last = point.len() - 1;
        point[last] ^= 1;
        let der = kmu::crypto::ec_key::subject_public_key_info(curve, &point).unwrap();
        let text = write_public_key(&der).unwrap();
        assert_eq!(
            read_public_key(text.as_bytes()).err(),
            Some(Error::InvalidPoint),
            "{}",
            curve.name
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = read_private_key(&bytes).is_ok();
        let _ = read_public_key(&bytes).is_ok();
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "PUBLIC KEY"] {
            let text = kmu::crypto::pem::write(label, &bytes).unwrap();
            let _ = read_private_key(text.as_bytes()).is_ok();
            let _ = read_public_key(text.as_bytes()).is_ok();
        }
    }
}

/// A DSA key whose generator and public number are far shorter than its prime.
const SHORT_GENERATOR: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIIBQjCCATgGByqGSM44BAEwggErAoIBAQD/////////////////////////////\n\
////////////////////////////////////////////////////////////////\n\
////////////////////////////////////////////////////////////////\n\
////////////////////////////////////////////////////////////////\n\
////////////////////////////////////////////////////////////////\n\
////////////////////////////////////////////////////////AiEAgAAA\n\
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAECAQIDBAACAQQ=\n\
-----END PUBLIC KEY-----\n";

#[test]
fn a_dsa_key_with_a_short_generator_is_refused_and_not_a_panic() {
    assert_eq!(read_public_key(SHORT_GENERATOR.as_bytes()).err(), Some(Error::InvalidKey));
}
