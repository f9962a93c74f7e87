//! Published vectors of every format that has some.

use super::test_support::hex;
use super::*;
use crate::crypto::random;

fn check(
    mechanism: Mechanism,
    parameters: &Parameters<'_>,
    key: WrappingKey<'_>,
    plaintext: &str,
    blob: &str,
) {
    let mut random = random::from_seed(1, 0);
    let (plaintext, blob) = (hex(plaintext), hex(blob));
    assert_eq!(wrap(mechanism, parameters, key, &plaintext, &mut random).unwrap(), blob);
    let opened = unwrap(mechanism, parameters, key, &blob, &mut random).unwrap();
    assert_eq!(*opened, plaintext);
}

#[test]
fn rfc_3394() {
    let longest = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    let data = "00112233445566778899AABBCCDDEEFF0001020304050607";
    let all = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";
    for (key_length, plaintext, blob) in [
        (16, &data[..32], "1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5"),
        (24, &data[..32], "96778B25AE6CA435 F92B5B97C050AED2 468AB8A17AD84E5D"),
        (32, &data[..32], "64E8C3F9CE0F5BA2 63E9777905818A2A 93C8191E7D6E8AE7"),
        (24, data, "031D33264E15D332 68F24EC260743EDC E1C6C7DDEE725A93 6BA814915C6762D2"),
        (32, data, "A8F9BC1612C68B3F F6E6F4FBE30E71E4 769C8B80A32CB895 8CD5D17D6B254DA1"),
        (
            32,
            all,
            "28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21",
        ),
    ] {
        let key = hex(&longest[..2 * key_length]);
        let key = WrappingKey::Aes(&key);
        check(Mechanism::NistAesWrapNoPad, &Parameters::default(), key, plaintext, blob);
    }
}

#[test]
fn rfc_5649() {
    let key = hex("5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8");
    for (plaintext, blob) in [
        (
            "c37b7e6492584340 bed1220780894115 5068f738",
            "138bdeaa9b8fa7fc 61f97742e72248ee 5ae6ae5360d1ae6a 5f54f373fa543b6a",
        ),
        ("466f7250617369", "afbeb0f07dfbf541 9200f2ccb50bb24f"),
    ] {
        let key = WrappingKey::Aes(&key);
        check(Mechanism::NistAesWrapPad, &Parameters::default(), key, plaintext, blob);
    }
}

/// RFC 5649 blobs that RFC 3394's arithmetic opens but whose length field,
/// prefix or zero padding is wrong.
#[test]
fn a_bad_length_field_is_refused() {
    let key = [1; 32];
    let open = |vector: [u8; 8], plaintext: &[u8]| {
        let mut random = random::from_seed(1, 0);
        let parameters =
            Parameters { initialization_vector: Some(&vector), ..Parameters::default() };
        let key = WrappingKey::Aes(&key);
        let inner = Mechanism::NistAesWrapNoPad;
        let blob = wrap(inner, &parameters, key, plaintext, &mut random).unwrap();
        unwrap(Mechanism::NistAesWrapPad, &parameters, key, &blob, &mut random)
    };
    let vector = |length: u8| [0xa6, 0x59, 0x59, 0xa6, 0, 0, 0, length];
    assert_eq!(open(vector(13), &[0; 16]).unwrap().as_slice(), &[0; 13]);
    for length in [0, 1, 8, 17, 24, 255] {
        assert_eq!(open(vector(length), &[0; 16]), Err(Error::Unwrap), "{length}");
    }
    assert_eq!(open(vector(13), &[1; 16]), Err(Error::Unwrap));
    assert_eq!(open([0xa6, 0x59, 0x59, 0xa7, 0, 0, 0, 13], &[0; 16]), Err(Error::Unwrap));
    assert_eq!(
        open([0xa6, 0x59, 0x59, 0xa6, 0xff, 0xff, 0xff, 0xff], &[0; 16]),
        Err(Error::Unwrap)
    );
    assert_eq!(open([0xa6; 8], &[0; 16]), Err(Error::Unwrap));
}

/// Test cases 3, 4, 9, 10, 15 and 16 of McGrew and Viega, "The Galois/Counter
/// Mode of Operation (GCM)", appendix B.
#[test]
fn gcm() {
    let key = hex("feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308");
    let vector = hex("cafebabefacedbaddecaf888");
    let additional_data = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let plaintext = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
    let rows = [
        (
            16,
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
             21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
            "4d5c2af327cd64a62cf35abd2ba6fab4",
            "5bc94fbc3221a5db94fae95ae7121a47",
        ),
        (
            24,
            "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c
             7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710acade256",
            "9924a7c8587336bfb118024db8674a14",
            "2519498e80f1478f37ba55bd6d27618c",
        ),
        (
            32,
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
             8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
            "b094dac5d93471bdec1a502270e3cc6c",
            "76fc6ece0f4e1768cddf8853bb2d551b",
        ),
    ];
    let plaintext: String = plaintext.split_whitespace().collect();
    for (key_length, ciphertext, tag, tag_with_data) in rows {
        let ciphertext: String = ciphertext.split_whitespace().collect();
        let parameters =
            Parameters { initialization_vector: Some(&vector), ..Parameters::default() };
        let key = WrappingKey::Aes(&key[..key_length]);
        let blob = ciphertext.clone() + tag;
        check(Mechanism::AesGcm, &parameters, key, &plaintext, &blob);
        // The cases with additional data leave out the last four bytes.
        for tag_length in [4, 8, 12, 13, 14, 15, 16] {
            let parameters =
                Parameters { additional_data: &additional_data, tag_length, ..parameters };
            let blob = ciphertext[..120].to_owned() + &tag_with_data[..2 * tag_length];
            check(Mechanism::AesGcm, &parameters, key, &plaintext[..120], &blob);
        }
    }
}

/// A vector of 16 bytes, which goes through GHASH; computed with AESGCM of
/// Python's `cryptography` 48.
#[test]
fn gcm_with_a_longer_vector() {
    let parameters = Parameters {
        initialization_vector: Some(b"sixteen bytes iv"),
        additional_data: b"label",
        ..Parameters::default()
    };
    check(
        Mechanism::AesGcm,
        &parameters,
        WrappingKey::Aes(b"0123456789abcdef0123456789ABCDEF"),
        "74686972 74792d74 776f2062 79746573 206f6620 61207365 63726574 206b6579",
        "a4d765d71a7536842457ef8d98f50c2f29b58c7aa3cb5b98f082da342cb205d7
         4f10912bd746b006cb33aa60f6d31748",
    );
}
