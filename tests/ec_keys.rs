//! EC keys of all sixteen curves, checked by the openssl command, which reads
//! them as PKCS#8 and SubjectPublicKeyInfo.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use kmu::crypto::curve::CURVES;
use kmu::crypto::{ec_key, random};
use support::{Scratch, openssl};

#[test]
fn openssl_checks_every_pair_and_derives_the_same_public_key() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    let mut random = random::from_system().unwrap();
    for curve in &CURVES {
        let secret = curve.generate_secret(&mut random);
        let point = curve.public_point(&secret).unwrap();
        let private = ec_key::private_key_info(curve, &secret, &point).unwrap();
        let public = ec_key::subject_public_key_info(curve, &point).unwrap();
        scratch.write("private.der", &private);
        scratch.write("public.der", &public);

        let checked = openssl(
            &directory,
            &["pkey", "-inform", "DER", "-in", "private.der", "-check", "-text"],
        );
        assert!(checked.contains("Key is valid"), "{}: {checked}", curve.name);
        assert!(checked.contains(&format!("ASN1 OID: {}", curve.openssl_name)), "{checked}");
        let checked = openssl(
            &directory,
            &["pkey", "-pubin", "-inform", "DER", "-in", "public.der", "-pubcheck", "-noout"],
        );
        assert!(checked.contains("Key is valid"), "{}: {checked}", curve.name);

        // OpenSSL's own encoding of both is the same, byte for byte.
        let read = ["-inform", "DER", "-in", "private.der", "-outform", "DER", "-out"];
        openssl(&directory, &[&["pkey"], &read[..], &["derived.der", "-pubout"]].concat());
        assert_eq!(std::fs::read(scratch.path("derived.der")).unwrap(), public, "{}", curve.name);
        openssl(
            &directory,
            &[&["pkcs8", "-topk8", "-nocrypt"], &read[..], &["again.der"]].concat(),
        );
        let again = std::fs::read(scratch.path("again.der")).unwrap();
        assert_eq!(again, private.as_slice(), "{}", curve.name);
    }
}

#[test]
fn openssl_refuses_a_pair_whose_halves_do_not_belong_together() {
    let scratch = Scratch::new();
    let mut random = random::from_seed(5, 0);
    for curve in &CURVES {
        let secret = curve.generate_secret(&mut random);
        let other = curve.public_point(&curve.generate_secret(&mut random)).unwrap();
        let mixed = ec_key::private_key_info(curve, &secret, &other).unwrap();
        scratch.write("mixed.der", &mixed);
        let output = std::process::Command::new("openssl")
            .args(["pkey", "-inform", "DER", "-in", "mixed.der", "-check", "-noout"])
            .current_dir(scratch.path(""))
            .output()
            .unwrap();
        assert!(!output.status.success(), "{}", curve.name);
    }
}

#[test]
fn a_private_key_of_prime256v1_has_the_documented_length() {
    let curve = &CURVES[1];
    let secret = curve.generate_secret(&mut random::from_seed(6, 0));
    let point = curve.public_point(&secret).unwrap();
    assert_eq!(ec_key::private_key_info(curve, &secret, &point).unwrap().len(), 0x8a);
}
