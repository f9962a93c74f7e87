//! The public interface: known answers, ranges of keys, altered signatures.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng, UnwrapErr};

use super::super::{BinaryCurve, Error, Signature};

/// x and y for the private key 00 01 02 03…, as OpenSSL 3.0.19 computes them
/// (`openssl ec -pubout`).
const KNOWN_POINTS: [(BinaryCurve, &str, &str); 10] = [
    (
        BinaryCurve::Sect163k1,
        "03852e4887d40ff0fff78334213b4b263b66d4c0b1",
        "0347c3a0d8994bebcd29aebaf74a2b22949f34ed6f",
    ),
    (
        BinaryCurve::Sect163r2,
        "01f9b8ebe41abc36e22486b9bbeec1384f5ab98734",
        "07163992e5c224c90334e80a3ebd942e441c688dfe",
    ),
    (
        BinaryCurve::Sect233k1,
        "007910c904b22d6d74894c43351e1cc30c5cf59cbff233a14f3dca16de0a",
        "0147e0a6295ba0f7e9af395e901c076dc8e1f17ec1aada67e763c80d3dd8",
    ),
    (
        BinaryCurve::Sect233r1,
        "0044bc77b11f5868c813068b332a70ef90ee7c8a3b9c6a8a3d3fcfc19db5",
        "00e28ef8a16fc07ba469a8e42b0f2f479e9db4ff4017c7ce11ea972e2819",
    ),
    (
        BinaryCurve::Sect283k1,
        "01bdb4e345ec907c9092b1f4839c078417ecd76ea7e6a4fd9ce1b1da78434e954f4cc545",
        "01b37c2abd9297dd1f3df7537bd3cab46e96eb764e16b0474b8f39e5ec178520f48a0639",
    ),
    (
        BinaryCurve::Sect283r1,
        "05d7544b5d3935216bd45e2f8042537e1e02863157a51a62f9a422980f0d6d28bc82e891",
        "02273a5656703336adbcffa209830e9fef86ceda9ae8eea2859570bc00fde92083a9b2a5",
    ),
    (
        BinaryCurve::Sect409k1,
        "007cd22099165666c40c372d3c60b1d98274222998908043d4707db60b3f9331b97604a2a5d20608e3d84ce41e04add024668e66",
        "0004abb63b5ad5763b5ddf522565860632660a788709c768101e7a740b12ba2415d155f05d86572d008fd5992c7dd54339fc31bb",
    ),
    (
        BinaryCurve::Sect409r1,
        "01ba3edf7d1e7c49cf8de2c2a735a8f0e4ad76d67234968be18be8eb2439d99886963cc33b98fbcccf3fdf3ef48b1fb2ba7df2d9",
        "01683f9afad0f301a667d505478cb2eee40f2ba51d6e5cdcb41b43946c0c23de82c4c5657bf4039e363e29d97d73bc1f6501316e",
    ),
    (
        BinaryCurve::Sect571k1,
        "02164841ac8a299545ca731f67ba75b4c73bfb2ee8a383dc77e9cb8513fa0a02760af82f22f0fb0416c1b55ccbb996a9e9efd777fb722a301904e9514e2a07167f871d0a32bb03a2",
        "037d1a80a2ff9ddc3abc3682590311a6ba5210ebedc42ec1101c6b2014e5906c7a828a565d365b08348688244558824a6365781a5f96a3b1cb95faf886fbc131958018600152eab3",
    ),
    (
        BinaryCurve::Sect571r1,
        "027a4779e07329a8c5f8eb83e55845889677db0e47b1fabbcbd85c4868f935e47ccc94baccc7ba5b1c2e534f81abc64cb503c111255e6217c36f43d391b9fafb74f6a8323b4b1e73",
        "06c2930aacb0ec254f0ded31f4d1d752ae5e5012744daae97a711defd1f31f8f9b7d7ecc993e87b1b0478781a744ca2ddf6807ce147d6d136743a06f4850261b6ab6553a2c86e3d3",
    ),
];

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

/// The order of a curve's base point, in the length of its private keys.
fn order(curve: BinaryCurve) -> Vec<u8> {
    curve.group().order().encode()
}

fn system() -> UnwrapErr<getrandom::SysRng> {
    UnwrapErr(getrandom::SysRng)
}

/// A generator that gives prepared bytes.
struct Script(Vec<u8>);

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unimplemented!("scripts are read in bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unimplemented!("scripts are read in bytes")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

impl TryCryptoRng for Script {}

#[test]
fn known_points_are_computed() {
    for (curve, x, y) in KNOWN_POINTS {
        let secret: Vec<u8> = (0..curve.scalar_length()).map(|i| i as u8).collect();
        let point = [vec![4], bytes(x), bytes(y)].concat();
        assert_eq!(curve.public_point(&secret), Ok(point), "{curve:?}");
    }
}

/// What the known points begin with in compressed form (`openssl ec -conv_form compressed`).
const KNOWN_FORMS: [u8; 10] = [3, 2, 3, 3, 3, 3, 2, 3, 3, 3];

#[test]
fn compressed_points_are_those_of_openssl() {
    for ((curve, x, y), form) in KNOWN_POINTS.into_iter().zip(KNOWN_FORMS) {
        let (x, y) = (bytes(x), bytes(y));
        let negative: Vec<u8> = x.iter().zip(&y).map(|(x, y)| x ^ y).collect();
        let decompress = |form: u8, x: &[u8]| curve.decompress(&[&[form], x].concat());
        assert_eq!(decompress(form, &x), Ok([&[4], &x[..], &y].concat()), "{curve:?}");
        assert_eq!(decompress(form ^ 1, &x), Ok([&[4], &x[..], &negative].concat()), "{curve:?}");

        for form in [0, 1, 4, 5] {
            assert_eq!(decompress(form, &x), Err(Error::PointForm));
        }
        assert_eq!(decompress(2, &x[1..]), Err(Error::PointForm));
        assert_eq!(curve.decompress(&[]), Err(Error::PointForm));
        assert_eq!(decompress(2, &vec![0xff; x.len()]), Err(Error::CoordinateTooLarge));
        assert_eq!(decompress(2, &vec![0; x.len()]), Err(Error::NotOnCurve));
        // About every second number is the x of no point.
        let mut other = x.clone();
        let found = (0..=255).any(|last| {
            *other.last_mut().unwrap() = last;
            decompress(2, &other) == Err(Error::NotOnCurve)
        });
        assert!(found, "{curve:?}");
    }
}

#[test]
fn a_public_point_is_checked() {
    for (curve, x, y) in KNOWN_POINTS {
        let mut point = [vec![4], bytes(x), bytes(y)].concat();
        assert_eq!(curve.check_public(&point), Ok(()));
        *point.last_mut().unwrap() ^= 1;
        assert_eq!(curve.check_public(&point), Err(Error::NotOnCurve));
        assert_eq!(curve.check_public(&point[1..]), Err(Error::PointForm));
        point[1] = 0xff;
        assert_eq!(curve.check_public(&point), Err(Error::CoordinateTooLarge));
    }
}

/// RFC 6979 appendix A.2.8: K-163, SHA-256, message "sample".
#[test]
fn a_known_signature_is_made() {
    let curve = BinaryCurve::Sect163k1;
    let secret = bytes("009a4d6792295a7f730fc3f2b49cbc0f62e862272f");
    let nonce = bytes("023af4074c90a02b3fe61d286d5c87f425e6bdd81b");
    let hash = bytes("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");
    let signature = Signature {
        r: bytes("0113a63990598a3828c407c0f4d2438d990df99a7f"),
        s: bytes("01313a2e03f5412ddb296a22e2c455335545672d9f"),
    };

    let blind = vec![2; curve.scalar_length()];
    let mut script = Script([nonce, blind].concat());
    assert_eq!(curve.sign_prehash(&secret, &hash, &mut script), Ok(signature.clone()));

    let point = curve.public_point(&secret).unwrap();
    assert_eq!(curve.verify_prehash(&point, &hash, &signature), Ok(()));
}

#[test]
fn lengths_are_those_of_field_and_order() {
    let lengths = BinaryCurve::ALL.map(|curve| (curve.field_length(), curve.scalar_length()));
    let degrees = [163, 163, 233, 233, 283, 283, 409, 409, 571, 571usize];
    let order_bits = [163, 163, 232, 233, 281, 282, 407, 409, 570, 570usize];
    for (i, (field, scalar)) in lengths.into_iter().enumerate() {
        assert_eq!(field, degrees[i].div_ceil(8));
        assert_eq!(scalar, order_bits[i].div_ceil(8));
    }
}

#[test]
fn secrets_range_from_one_to_below_the_order() {
    for curve in BinaryCurve::ALL {
        let zero = vec![0; curve.scalar_length()];
        let order = order(curve);
        let mut highest = order.clone();
        *highest.last_mut().unwrap() -= 1;
        let mut one = zero.clone();
        *one.last_mut().unwrap() = 1;

        // The two ends are the base point and its negative.
        let base = curve.public_point(&one).unwrap();
        let negative = curve.public_point(&highest).unwrap();
        let length = curve.field_length();
        assert_eq!(base[..=length], negative[..=length]);
        assert_ne!(base, negative);

        let hash = [7; 32];
        let longer = [&[0], &one[..]].concat();
        let outside = [&zero, &order, &vec![0xff; order.len()], &longer, &one[1..], &[]];
        for secret in outside {
            assert_eq!(curve.public_point(secret), Err(Error::Secret));
            let signature = curve.sign_prehash(secret, &hash, &mut system());
            assert_eq!(signature, Err(Error::Secret));
        }

        let mut script = Script([&zero[..], &order, &highest].concat());
        assert_eq!(*curve.generate_secret(&mut script), highest);
        assert!(script.0.is_empty());
    }
}

#[test]
fn draws_take_the_bits_of_the_order() {
    for curve in BinaryCurve::ALL {
        // All bits of the first draw set, which is above the order on all the
        // curves; in the second, those above the order's first bit.
        let length = curve.scalar_length();
        let top = order(curve)[0].leading_zeros();
        let mut second = vec![0; length];
        second[0] = !(0xff >> top);
        second[length - 1] = 5;
        let mut script = Script([vec![0xff; length], second].concat());
        let mut expected = vec![0; length];
        expected[length - 1] = 5;
        assert_eq!(*curve.generate_secret(&mut script), expected);
    }
}

#[test]
fn signatures_verify_until_something_is_altered() {
    for curve in BinaryCurve::ALL {
        let secret = curve.generate_secret(&mut system());
        let point = curve.public_point(&secret).unwrap();
        let other = curve.public_point(&curve.generate_secret(&mut system())).unwrap();
        assert_eq!(curve.check_public(&point), Ok(()));

        for length in [0, 20, 32, 64, 100] {
            let hash: Vec<u8> = (0..length).map(|i| i as u8 ^ 0xa5).collect();
            let sign = || curve.sign_prehash(&secret, &hash, &mut system()).unwrap();
            let signature = sign();
            assert_ne!(signature, sign());
            assert_eq!(curve.verify_prehash(&point, &hash, &signature), Ok(()));

            let refused = |point: &[u8], hash: &[u8], signature: &Signature| {
                let result = curve.verify_prehash(point, hash, signature);
                assert_eq!(result, Err(Error::Signature), "{curve:?}, {length}");
            };
            refused(&other, &hash, &signature);
            if let Some(first) = hash.first() {
                refused(&point, &[&[first ^ 1], &hash[1..]].concat(), &signature);
            }
            let Signature { r, s } = signature.clone();
            refused(&point, &hash, &Signature { r: s.clone(), s: r.clone() });
            refused(&point, &hash, &Signature { r: r.clone(), s: vec![0; s.len()] });
            refused(&point, &hash, &Signature { r: vec![0; s.len()], s: s.clone() });
            refused(&point, &hash, &Signature { r: r.clone(), s: order(curve) });
            refused(&point, &hash, &Signature { r: [&[0], &r[..]].concat(), s });
        }

        let hash = [1; 32];
        let signature = curve.sign_prehash(&secret, &hash, &mut system()).unwrap();
        let truncated = curve.verify_prehash(&point[1..], &hash, &signature);
        assert_eq!(truncated, Err(Error::PointForm));
    }
}

#[test]
fn bits_of_a_hash_beyond_those_of_the_order_do_not_count() {
    let curve = BinaryCurve::Sect163r2;
    let secret = curve.generate_secret(&mut system());
    let point = curve.public_point(&secret).unwrap();
    let hash = [0x5a; 32];
    let signature = curve.sign_prehash(&secret, &hash, &mut system()).unwrap();

    // The order has 163 bits: three of the byte at index 20.
    let mut last_counted = hash;
    last_counted[20] ^= 0b0010_0000;
    let result = curve.verify_prehash(&point, &last_counted, &signature);
    assert_eq!(result, Err(Error::Signature));
    let mut first_ignored = hash;
    first_ignored[20] ^= 0b0001_0000;
    assert_eq!(curve.verify_prehash(&point, &first_ignored, &signature), Ok(()));
}
