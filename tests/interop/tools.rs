//! Wrapped keys as openssl makes and opens them.
//!
//! RFC 3394, RFC 5649, OAEP and PKCS#1 v1.5 are commands of openssl; PKCS#11's
//! RSA_AES is two of them. PKCS#5 padding is put on here. TKW is put together
//! from openssl's triple DES, block by block (SP 800-38F section 7). AES-GCM is
//! openssl's counter mode with the tag computed here, and that computation is
//! held against openssl's GMAC, which is GCM without plaintext.

use crate::bytes;
use crate::ghash::ghash;
use crate::support::{Scratch, openssl};

/// The DES3 key that wraps.
pub const DES3_KEY: &[u8; 24] = b"first 8 second 8third 8.";

/// Additional data of the GCM mechanisms.
pub const ADDITIONAL_DATA: &[u8] = b"twenty bytes of data";

/// The AES key of so many bytes that wraps.
pub fn aes_key(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 11 + 0x40) as u8).collect()
}

/// How a key is wrapped.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// RFC 3394 with an AES key of so many bytes, with PKCS#5 padding or without.
    Rfc3394 { key: usize, padded: bool },
    /// RFC 5649.
    Rfc5649 { key: usize },
    /// OAEP with a hash.
    Oaep { bits: &'static str, hash: &'static str },
    /// OAEP of a fresh AES key of so many bytes, and RFC 5649.
    RsaAes { bits: &'static str, hash: &'static str, fresh: usize },
    /// PKCS#1 v1.5.
    Pkcs1 { bits: &'static str },
    /// SP 800-38F's TKW.
    Tkw,
    /// AES-GCM with a tag and an initialization vector of so many bytes.
    Gcm { key: usize, tag: usize, vector: usize },
    /// The same with a vector of 12 bytes that leads the blob.
    LeadingGcm { key: usize, tag: usize },
}

/// A blob, and the initialization vector that is not in it.
pub type Sealed = (Vec<u8>, Vec<u8>);

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What openssl makes of some bytes.
fn run(scratch: &Scratch, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    scratch.write("tool.in", input);
    let files = ["-in", "tool.in", "-out", "tool.out"];
    openssl(&scratch.path(""), &[arguments, &files].concat());
    bytes(scratch, "tool.out")
}

fn random(scratch: &Scratch, length: usize) -> Vec<u8> {
    openssl(&scratch.path(""), &["rand", "-out", "tool.rand", &length.to_string()]);
    bytes(scratch, "tool.rand")
}

/// The key wrap of RFC 3394 or RFC 5649.
fn key_wrap(scratch: &Scratch, way: &str, key: &[u8], with_length: bool, input: &[u8]) -> Vec<u8> {
    let (end, vector) = if with_length { ("-pad", "A65959A6") } else { ("", "A6A6A6A6A6A6A6A6") };
    let cipher = format!("-id-aes{}-wrap{end}", 8 * key.len());
    run(scratch, &["enc", way, &cipher, "-K", &digits(key), "-iv", vector], input)
}

fn pkeyutl(scratch: &Scratch, way: &str, bits: &str, hash: Option<&str>, input: &[u8]) -> Vec<u8> {
    let file = if way == "-encrypt" { format!("rsa{bits}.pub") } else { format!("rsa{bits}.pem") };
    let mut arguments = vec!["pkeyutl", way, "-inkey", &file];
    if way == "-encrypt" {
        arguments.push("-pubin");
    }
    let options = match hash {
        None => vec!["rsa_padding_mode:pkcs1".to_owned()],
        Some(hash) => vec![
            "rsa_padding_mode:oaep".to_owned(),
            format!("rsa_oaep_md:{hash}"),
            format!("rsa_mgf1_md:{hash}"),
        ],
    };
    for option in &options {
        arguments.extend(["-pkeyopt", option]);
    }
    run(scratch, &arguments, input)
}

/// The padding of RFC 8018 section 6.1.1, to blocks of eight bytes.
fn padded(plaintext: &[u8]) -> Vec<u8> {
    let missing = 8 - plaintext.len() % 8;
    [plaintext, &vec![missing as u8; missing]].concat()
}

fn unpadded(mut plaintext: Vec<u8>) -> Vec<u8> {
    let length = plaintext.len() - usize::from(*plaintext.last().unwrap());
    assert_eq!(padded(&plaintext[..length]), plaintext);
    plaintext.truncate(length);
    plaintext
}

/// TW of SP 800-38F: algorithm 5 with the shifting registers of its text.
fn tkw(scratch: &Scratch, plaintext: &[u8]) -> Vec<u8> {
    let key = digits(DES3_KEY);
    let mut registers: Vec<_> = plaintext.chunks(4).map(<[u8]>::to_vec).collect();
    registers.insert(0, vec![0xa6; 4]);
    for step in 1..=6 * (registers.len() - 1) as u32 {
        let block = [&registers[0][..], &registers[1]].concat();
        let block = run(scratch, &["enc", "-des-ede3", "-nopad", "-K", &key], &block);
        let first = u32::from_be_bytes(block[..4].try_into().unwrap()) ^ step;
        registers.remove(0);
        registers[0] = first.to_be_bytes().to_vec();
        registers.push(block[4..].to_vec());
    }
    registers.concat()
}

fn aes_block(scratch: &Scratch, key: &[u8], block: &[u8; 16]) -> [u8; 16] {
    let cipher = format!("-aes-{}-ecb", 8 * key.len());
    let block = run(scratch, &["enc", &cipher, "-nopad", "-K", &digits(key)], block);
    block.try_into().unwrap()
}

/// AES-GCM: encrypts or decrypts, and computes the tag of the ciphertext, which
/// is the output or the input.
fn gcm(
    scratch: &Scratch,
    key: &[u8],
    vector: &[u8],
    input: &[u8],
    decrypt: bool,
) -> (Vec<u8>, [u8; 16]) {
    let hash_key = aes_block(scratch, key, &[0; 16]);
    let lengths = |first: usize, second: usize| {
        [(8 * first as u64).to_be_bytes(), (8 * second as u64).to_be_bytes()].concat()
    };
    // The counter begins with the vector, or with its hash (section 7.1, step 2).
    let start = if vector.len() == 12 {
        [vector, &[0, 0, 0, 1]].concat().try_into().unwrap()
    } else {
        ghash(hash_key, &[vector, &lengths(0, vector.len())])
    };
    let mask = aes_block(scratch, key, &start);
    let tag = |additional_data: &[u8], ciphertext: &[u8]| -> [u8; 16] {
        let lengths = lengths(additional_data.len(), ciphertext.len());
        let hash = ghash(hash_key, &[additional_data, ciphertext, &lengths]);
        std::array::from_fn(|at| hash[at] ^ mask[at])
    };
    // OpenSSL's own GCM confirms how the tag is computed.
    let cipher = format!("AES-{}-GCM", 8 * key.len());
    let (key_option, vector_option) =
        (format!("hexkey:{}", digits(key)), format!("hexiv:{}", digits(vector)));
    let options = ["-cipher", &cipher, "-macopt", &key_option, "-macopt", &vector_option];
    scratch.write("tool.in", input);
    let arguments = [&["mac"], &options[..], &["-in", "tool.in", "GMAC"]].concat();
    let theirs = openssl(&scratch.path(""), &arguments);
    assert_eq!(theirs.trim().to_lowercase(), digits(&tag(input, &[])));

    let mut counter = start;
    let last = u32::from_be_bytes(counter[12..].try_into().unwrap()).wrapping_add(1);
    counter[12..].copy_from_slice(&last.to_be_bytes());
    let cipher = format!("-aes-{}-ctr", 8 * key.len());
    let arguments = ["enc", &cipher, "-K", &digits(key), "-iv", &digits(&counter)];
    let output = run(scratch, &arguments, input);
    let tag = tag(ADDITIONAL_DATA, if decrypt { input } else { &output });
    (output, tag)
}

impl Tool {
    /// Wraps a key.
    pub fn seal(self, scratch: &Scratch, plaintext: &[u8]) -> Sealed {
        let blob = match self {
            Self::Rfc3394 { key, padded: false } => {
                key_wrap(scratch, "-e", &aes_key(key), false, plaintext)
            }
            Self::Rfc3394 { key, padded: true } => {
                key_wrap(scratch, "-e", &aes_key(key), false, &padded(plaintext))
            }
            Self::Rfc5649 { key } => key_wrap(scratch, "-e", &aes_key(key), true, plaintext),
            Self::Oaep { bits, hash } => pkeyutl(scratch, "-encrypt", bits, Some(hash), plaintext),
            Self::RsaAes { bits, hash, fresh } => {
                let fresh = random(scratch, fresh);
                let first = pkeyutl(scratch, "-encrypt", bits, Some(hash), &fresh);
                [first, key_wrap(scratch, "-e", &fresh, true, plaintext)].concat()
            }
            Self::Pkcs1 { bits } => pkeyutl(scratch, "-encrypt", bits, None, plaintext),
            Self::Tkw => tkw(scratch, plaintext),
            Self::Gcm { key, tag, vector } => {
                let vector = random(scratch, vector);
                let (output, full) = gcm(scratch, &aes_key(key), &vector, plaintext, false);
                return ([&output, &full[..tag]].concat(), vector);
            }
            Self::LeadingGcm { key, tag } => {
                let vector = random(scratch, 12);
                let (output, full) = gcm(scratch, &aes_key(key), &vector, plaintext, false);
                [&vector, &output, &full[..tag]].concat()
            }
        };
        (blob, Vec::new())
    }

    /// Opens a wrapped key, which must be whole.
    pub fn open(self, scratch: &Scratch, (blob, vector): &Sealed) -> Vec<u8> {
        let open_gcm = |key: usize, tag: usize, vector: &[u8], blob: &[u8]| {
            let (ciphertext, given) = blob.split_at(blob.len() - tag);
            let (output, full) = gcm(scratch, &aes_key(key), vector, ciphertext, true);
            assert_eq!(given, &full[..tag], "{self:?}");
            output
        };
        match self {
            Self::Rfc3394 { key, padded: false } => {
                key_wrap(scratch, "-d", &aes_key(key), false, blob)
            }
            Self::Rfc3394 { key, padded: true } => {
                unpadded(key_wrap(scratch, "-d", &aes_key(key), false, blob))
            }
            Self::Rfc5649 { key } => key_wrap(scratch, "-d", &aes_key(key), true, blob),
            Self::Oaep { bits, hash } => pkeyutl(scratch, "-decrypt", bits, Some(hash), blob),
            Self::RsaAes { bits, hash, .. } => {
                let (first, second) = blob.split_at(bits.parse::<usize>().unwrap() / 8);
                let fresh = pkeyutl(scratch, "-decrypt", bits, Some(hash), first);
                key_wrap(scratch, "-d", &fresh, true, second)
            }
            Self::Pkcs1 { bits } => pkeyutl(scratch, "-decrypt", bits, None, blob),
            // One key has one blob, so that of the plaintext is compared.
            Self::Tkw => {
                let plaintext = bytes(scratch, "tool.expected");
                assert_eq!(tkw(scratch, &plaintext), *blob);
                plaintext
            }
            Self::Gcm { key, tag, .. } => open_gcm(key, tag, vector, blob),
            Self::LeadingGcm { key, tag } => {
                let (vector, rest) = blob.split_at(12);
                open_gcm(key, tag, vector, rest)
            }
        }
    }
}
