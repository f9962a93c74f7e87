//! Secret keys: their kinds and lengths, how they are generated, and the check
//! values by which they are told apart.

use super::Error;
use super::check_value::CheckValue;
use aes::{Aes128, Aes192, Aes256};
use cipher::{Block, BlockCipherEncrypt, KeyInit};
use des::TdesEde3;
use rand_core::CryptoRng;
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

/// What a secret key is for; decides which lengths it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A secret of any use, 1 to 3584 bytes.
    GenericSecret,
    /// A key of the RC4 stream cipher, 1 to 256 bytes.
    Rc4,
    /// A triple DES key of three parts (SP 800-67), 24 bytes with parity.
    Des3,
    /// An AES key (FIPS 197), 16, 24 or 32 bytes.
    Aes,
}

/// One row of the table of kinds.
struct Row {
    kind: Kind,
    number: u32,
    name: &'static str,
    /// Shortest and longest length, and the step between lengths, in bytes.
    lengths: (usize, usize, usize),
}

const TABLE: [Row; 4] = [
    Row { kind: Kind::GenericSecret, number: 16, name: "GENERIC_SECRET", lengths: (1, 3584, 1) },
    Row { kind: Kind::Rc4, number: 18, name: "RC4", lengths: (1, 256, 1) },
    Row { kind: Kind::Des3, number: 21, name: "DES3", lengths: (24, 24, 1) },
    Row { kind: Kind::Aes, number: 31, name: "AES", lengths: (16, 32, 8) },
];

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 4] = [Self::GenericSecret, Self::Rc4, Self::Des3, Self::Aes];

    fn row(self) -> &'static Row {
        match self {
            Self::GenericSecret => &TABLE[0],
            Self::Rc4 => &TABLE[1],
            Self::Des3 => &TABLE[2],
            Self::Aes => &TABLE[3],
        }
    }

    /// The kind with this PKCS#11 key type number (CKK), if it is a secret key's.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        TABLE.iter().find(|row| row.number == number).map(|row| row.kind)
    }

    /// The PKCS#11 key type number (CKK): 16, 18, 21 or 31.
    #[must_use]
    pub fn number(self) -> u32 {
        self.row().number
    }

    /// The name the shell knows the kind by, such as `GENERIC_SECRET`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Whether a key of this kind may have `length` bytes.
    #[must_use]
    pub fn allows(self, length: usize) -> bool {
        let (shortest, longest, step) = self.row().lengths;
        (shortest..=longest).contains(&length) && (length - shortest).is_multiple_of(step)
    }
}

/// A new key of `length` bytes. DES3 keys have odd parity and three different
/// parts (SP 800-67, section 3.2), none of them one of DES's weak keys.
///
/// # Errors
/// [`Error::KeyLength`] when the kind has no keys of this length.
pub fn generate(
    kind: Kind,
    length: usize,
    random: &mut dyn CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if !kind.allows(length) {
        return Err(Error::KeyLength);
    }
    let mut key = Zeroizing::new(vec![0u8; length]);
    loop {
        random.fill_bytes(&mut key);
        if kind != Kind::Des3 {
            return Ok(key);
        }
        set_odd_parity(&mut key);
        if has_strong_parts(&key) {
            return Ok(key);
        }
    }
}

/// Sets the lowest bit of every byte so that the byte has an odd number of
/// ones: the parity of DES keys (FIPS 46-3).
pub fn set_odd_parity(key: &mut [u8]) {
    for byte in key {
        *byte = (*byte & 0xfe) | u8::from((*byte >> 1).count_ones().is_multiple_of(2));
    }
}

/// Whether the parts of a DES3 key with parity are pairwise different and none
/// of them is weak. False for any other length than 24 bytes.
#[must_use]
pub fn has_strong_parts(key: &[u8]) -> bool {
    key.len() == 24 && des::weak_key_test(key).is_ok()
}

/// The check value of a secret key, the first three bytes of: for AES and DES3,
/// a block of zeros encrypted with the key (PKCS#11, `CKA_CHECK_VALUE`); for
/// RC4 and generic secrets, which have no block, the SHA-1 of the key (PKCS#11
/// says so of generic secrets; for RC4 it is kmu's choice).
///
/// # Errors
/// [`Error::KeyLength`] when the kind has no keys of this length.
pub fn check_value(kind: Kind, key: &[u8]) -> Result<CheckValue, Error> {
    if !kind.allows(key.len()) {
        return Err(Error::KeyLength);
    }
    match (kind, key.len()) {
        (Kind::GenericSecret | Kind::Rc4, _) => Ok(first_three(&Sha1::digest(key))),
        (Kind::Des3, _) => encrypt_zeros::<TdesEde3>(key),
        (Kind::Aes, 16) => encrypt_zeros::<Aes128>(key),
        (Kind::Aes, 24) => encrypt_zeros::<Aes192>(key),
        (Kind::Aes, _) => encrypt_zeros::<Aes256>(key),
    }
}

fn encrypt_zeros<C: BlockCipherEncrypt + KeyInit>(key: &[u8]) -> Result<CheckValue, Error> {
    let cipher = C::new_from_slice(key).map_err(|_| Error::KeyLength)?;
    let mut block = Block::<C>::default();
    cipher.encrypt_block(&mut block);
    Ok(first_three(&block))
}

/// Every digest and block here is longer than three bytes.
fn first_three(bytes: &[u8]) -> CheckValue {
    [bytes[0], bytes[1], bytes[2]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::openssl_oracle::{digits, openssl};
    use crate::crypto::random;
    use rand_core::{TryCryptoRng, TryRng};
    use std::convert::Infallible;

    #[test]
    fn lengths_are_those_of_the_table() {
        let allowed = |kind: Kind| (0..5000).filter(|&n| kind.allows(n)).collect::<Vec<_>>();
        assert_eq!(allowed(Kind::Aes), [16, 24, 32]);
        assert_eq!(allowed(Kind::Des3), [24]);
        assert_eq!(allowed(Kind::Rc4), (1..=256).collect::<Vec<_>>());
        assert_eq!(allowed(Kind::GenericSecret), (1..=3584).collect::<Vec<_>>());
        assert!(Kind::ALL.iter().all(|kind| !kind.allows(usize::MAX)));
    }

    #[test]
    fn numbers_and_names_lead_back_to_the_kind() {
        let rows: Vec<_> = Kind::ALL.iter().map(|kind| (kind.number(), kind.name())).collect();
        assert_eq!(rows, [(16, "GENERIC_SECRET"), (18, "RC4"), (21, "DES3"), (31, "AES")]);
        for kind in Kind::ALL {
            assert_eq!(Kind::from_number(kind.number()), Some(kind));
        }
        for number in [0, 1, 3, 15, 17, 19, 20, 22, 30, 32, u32::MAX] {
            assert_eq!(Kind::from_number(number), None);
        }
    }

    #[test]
    fn a_wrong_length_is_neither_generated_nor_checked() {
        for (kind, length) in [
            (Kind::Aes, 0),
            (Kind::Aes, 8),
            (Kind::Aes, 15),
            (Kind::Aes, 17),
            (Kind::Aes, 40),
            (Kind::Des3, 8),
            (Kind::Des3, 16),
            (Kind::Des3, 23),
            (Kind::Des3, 25),
            (Kind::Rc4, 0),
            (Kind::Rc4, 257),
            (Kind::GenericSecret, 0),
            (Kind::GenericSecret, 3585),
        ] {
            let mut random = random::from_seed(1, 0);
            assert_eq!(generate(kind, length, &mut random), Err(Error::KeyLength));
            assert_eq!(check_value(kind, &vec![1; length]), Err(Error::KeyLength));
        }
    }

    #[test]
    fn generated_keys_have_their_length_and_differ() {
        let mut random = random::from_seed(1, 0);
        for (kind, length) in
            [(Kind::Aes, 16), (Kind::Aes, 24), (Kind::Rc4, 256), (Kind::GenericSecret, 3584)]
        {
            let first = generate(kind, length, &mut random).unwrap();
            assert_eq!(first.len(), length);
            assert_ne!(first, generate(kind, length, &mut random).unwrap());
        }
    }

    #[test]
    fn triple_des_keys_have_odd_parity_and_three_parts() {
        let mut random = random::from_seed(1, 0);
        for _ in 0..50 {
            let key = generate(Kind::Des3, 24, &mut random).unwrap();
            assert!(key.iter().all(|byte| byte.count_ones() % 2 == 1));
            assert!(key[..8] != key[8..16] && key[8..16] != key[16..] && key[..8] != key[16..]);
        }
    }

    /// Offers weak keys first; counts how often it was asked.
    struct Stubborn(u32);

    impl TryRng for Stubborn {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(0)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(0)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            self.0 += 1;
            // First all parts equal, then first and last, then all weak, then a good key.
            let parts: [u8; 3] = match self.0 {
                1 => [0x10; 3],
                2 => [0x10, 0x20, 0x10],
                3 => [0x00, 0xff, 0x10],
                _ => [0x10, 0x20, 0x30],
            };
            for (chunk, part) in bytes.chunks_mut(8).zip(parts) {
                chunk.fill(part);
            }
            Ok(())
        }
    }
    impl TryCryptoRng for Stubborn {}

    #[test]
    fn a_weak_triple_des_key_is_drawn_again() {
        let mut stubborn = Stubborn(0);
        let key = generate(Kind::Des3, 24, &mut stubborn).unwrap();
        assert_eq!(key.as_slice(), [[0x10; 8], [0x20; 8], [0x31; 8]].as_flattened());
        assert_eq!(stubborn.0, 4);
    }

    #[test]
    fn parts_of_another_length_are_not_strong() {
        for length in [0, 7, 8, 16, 23, 25, 32] {
            let key: Vec<u8> = (1..=length).collect();
            assert!(!has_strong_parts(&key), "{length}");
        }
        assert!(has_strong_parts(&(1..=24).collect::<Vec<u8>>()));
    }

    #[test]
    fn check_values_are_those_of_published_vectors() {
        // GCM's hash key for the zero AES-128 key (McGrew and Viega, test case 1).
        assert_eq!(check_value(Kind::Aes, &[0; 16]), Ok([0x66, 0xe9, 0x4b]));
        // The same for AES-192 and AES-256 (test cases 7 and 13).
        assert_eq!(check_value(Kind::Aes, &[0; 24]), Ok([0xaa, 0xe0, 0x69]));
        assert_eq!(check_value(Kind::Aes, &[0; 32]), Ok([0xdc, 0x95, 0xc0]));
        // DES of a zero block with a zero key, which equal parts reduce to.
        assert_eq!(check_value(Kind::Des3, &[0; 24]), Ok([0x8c, 0xa6, 0x4d]));
        // FIPS 180: SHA-1 of "abc".
        assert_eq!(check_value(Kind::GenericSecret, b"abc"), Ok([0xa9, 0x99, 0x3e]));
        assert_eq!(check_value(Kind::Rc4, b"abc"), Ok([0xa9, 0x99, 0x3e]));
    }

    #[test]
    fn check_values_are_those_of_openssl() {
        let mut random = random::from_seed(2, 0);
        for (kind, length, cipher) in [
            (Kind::Aes, 16, "-aes-128-ecb"),
            (Kind::Aes, 24, "-aes-192-ecb"),
            (Kind::Aes, 32, "-aes-256-ecb"),
            (Kind::Des3, 24, "-des-ede3"),
        ] {
            let key = generate(kind, length, &mut random).unwrap();
            let arguments = ["enc", cipher, "-nopad", "-K", &digits(&key)];
            let block = openssl(&arguments, &[0; 16]).unwrap();
            assert_eq!(check_value(kind, &key).unwrap(), block[..3], "{cipher}");
        }
        for kind in [Kind::GenericSecret, Kind::Rc4] {
            let key = generate(kind, 100, &mut random).unwrap();
            let digest = openssl(&["dgst", "-sha1", "-binary"], &key).unwrap();
            assert_eq!(check_value(kind, &key).unwrap(), digest[..3]);
        }
    }
}
