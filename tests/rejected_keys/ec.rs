//! Elliptic curves.

use kmu::crypto::asymmetric::{PrivateKey, PublicKey};
use kmu::crypto::curve::{CURVES, Curve};
use kmu::crypto::pem::{read_private_key, read_public_key};
use kmu::crypto::{Error, ec_key, numbers, random};
use pkcs8::der::Encode;

use crate::support::forged::{EC, inner_public, pkcs8, spki};
use crate::support::{Scratch, openssl};
use crate::{bytes, large, plus};

/// The order of the base point, as OpenSSL prints it.
fn order(scratch: &Scratch, name: &str) -> Vec<u8> {
    let arguments = ["ecparam", "-name", name, "-text", "-noout", "-param_enc", "explicit"];
    let text = openssl(&scratch.path(""), &arguments);
    let order = text.split("Order:").nth(1).unwrap().split("Cofactor").next().unwrap();
    // A number of up to eight bytes would stand on the line itself; these are longer.
    let digits: String = order.chars().filter(char::is_ascii_hexdigit).collect();
    let bytes = digits.as_bytes().chunks(2);
    let bytes: Vec<u8> = bytes
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

#[test]
fn ec_scalars_out_of_range_and_points_that_are_none() {
    let scratch = Scratch::new();
    let mut random = random::from_seed(50, 0);
    for curve in &CURVES {
        let name = curve.openssl_name;
        let order = order(&scratch, name);
        assert_eq!(numbers::bits(&order), u32::from(curve.key_bits), "{name}");
        let parameters = curve.object_identifier.to_der().unwrap();
        let key = PrivateKey::generate_ec(curve, &mut random).unwrap();
        let read = |scalar: &[u8]| {
            let inner =
                sec1::EcPrivateKey { private_key: scalar, parameters: None, public_key: None };
            let inner = inner.to_der().unwrap();
            PrivateKey::from_der(&pkcs8(EC, Some(&parameters), &inner, None))
        };
        let zeros = vec![0; order.len()];
        let wide = vec![0xff; order.len() + 1];
        for scalar in [&[][..], &[0], &zeros, &order, &plus(&order, 1), &wide] {
            assert_eq!(read(scalar).err(), Some(Error::InvalidSecret), "{name} {scalar:02x?}");
        }
        for scalar in [&[1][..], &plus(&order, -1)] {
            assert!(read(scalar).is_ok(), "{name}");
        }
        // Zero bytes in front are no part of the number.
        let (_, scalar) = PrivateKey::scalar(&key.der).unwrap();
        for padded in [[&[0; 5], &scalar[..]].concat(), bytes(&large(&scalar))] {
            assert_eq!(read(&padded).unwrap().der, key.der, "{name}");
        }

        let point = &key.public.modulus;
        let field = point.len() / 2;
        let (x, y) = point[1..].split_at(field);
        let infinity_in_full = vec![0; point.len()];
        let (x_max, zero) = (vec![0xff; field], vec![0; field]);
        for (wrong, what) in [
            (vec![], "nothing"),
            (vec![0], "infinity"),
            (vec![4], "a form alone"),
            (infinity_in_full, "infinity in full"),
            ([&[4], y, x].concat(), "coordinates exchanged"),
            ([&[4], x, &zero].concat(), "y = 0"),
            ([&[4], &zero[..], &zero].concat(), "x = y = 0"),
            ([&[4], &x_max[..], y].concat(), "x beyond the field"),
            ([&[2], &x_max[..]].concat(), "compressed, x beyond the field"),
            ([&[2], &x[1..]].concat(), "compressed, too short"),
            ([&[2], x, &[0]].concat(), "compressed, too long"),
            (point[..point.len() - 1].to_vec(), "too short"),
            ([point, &[0][..]].concat(), "too long"),
            ([&[5], x, y].concat(), "no form"),
            (
                [&[6 + (1 ^ parity(curve, point, &scratch))], x, y].concat(),
                "hybrid of the other half",
            ),
        ] {
            let public = spki(EC, Some(&parameters), &wrong);
            let refused = PublicKey::from_der(&public).err();
            assert_eq!(refused, Some(Error::InvalidPoint), "{name}: {what}");
        }
    }
}

/// The bit of a compressed point, as OpenSSL sets it.
fn parity(curve: &Curve, point: &[u8], scratch: &Scratch) -> u8 {
    let public = ec_key::subject_public_key_info(curve, point).unwrap();
    scratch.write("point.der", public);
    let compress =
        ["ec", "-pubin", "-inform", "DER", "-in", "point.der", "-conv_form", "compressed"];
    let write = ["-outform", "DER", "-out", "compressed.der"];
    openssl(&scratch.path(""), &[&compress[..], &write].concat());
    inner_public(&std::fs::read(scratch.path("compressed.der")).unwrap())[0] - 2
}

#[test]
fn curves_that_are_unknown_or_spelt_out() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    for name in ["brainpoolP256r1", "secp160r1", "secp112r1", "sect113r1"] {
        openssl(&directory, &["ecparam", "-name", name, "-genkey", "-noout", "-out", "old.pem"]);
        openssl(&directory, &["pkey", "-in", "old.pem", "-out", "new.pem"]);
        openssl(&directory, &["pkey", "-in", "old.pem", "-pubout", "-out", "public.pem"]);
        for file in ["old.pem", "new.pem"] {
            let refused = read_private_key(scratch.read(file).as_bytes()).err();
            assert_eq!(refused, Some(Error::UnknownCurve), "{name} {file}");
        }
        let refused = read_public_key(scratch.read("public.pem").as_bytes()).err();
        assert_eq!(refused, Some(Error::UnknownCurve), "{name}");
    }
    for curve in &CURVES {
        let name = curve.openssl_name;
        openssl(&directory, &["ecparam", "-name", name, "-genkey", "-noout", "-out", "named.pem"]);
        let explicit = ["ec", "-in", "named.pem", "-param_enc", "explicit", "-out"];
        openssl(&directory, &[&explicit[..], &["old.pem"]].concat());
        openssl(&directory, &[&explicit[..], &["public.pem", "-pubout"]].concat());
        openssl(&directory, &["pkcs8", "-topk8", "-nocrypt", "-in", "old.pem", "-out", "new.pem"]);
        for file in ["old.pem", "new.pem"] {
            let refused = read_private_key(scratch.read(file).as_bytes()).err();
            assert_eq!(refused, Some(Error::ExplicitCurve), "{name} {file}");
        }
        let refused = read_public_key(scratch.read("public.pem").as_bytes()).err();
        assert_eq!(refused, Some(Error::ExplicitCurve), "{name}");
    }
}
