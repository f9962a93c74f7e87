//! The numbers and names of the mechanisms and hashes that wrap keys.

/// How a key is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// PKCS#5 padding to blocks of 8 bytes (RFC 8018, section 6.1.1, step 4),
    /// always present, then RFC 3394. For keys of 8 bytes and more.
    AesKeyWrapPadPkcs5,
    /// RFC 3394 alone. For keys of 16, 24, 32, … bytes.
    NistAesWrapNoPad,
    /// RFC 5649, which carries the length. For keys of any length.
    NistAesWrapPad,
    /// A fresh AES-256 key under RSA-OAEP, then the key under that one by RFC
    /// 5649 (PKCS#11, `CKM_RSA_AES_KEY_WRAP`). For keys of any length.
    RsaAes,
    /// RSA-OAEP (RFC 8017, section 7.1) with an empty label. For keys of at
    /// most the modulus less two hashes and two bytes.
    RsaOaep,
    /// TKW (SP 800-38F, section 7). For keys of 8, 12, 16, … bytes.
    NistTdeaWrap,
    /// AES-GCM (SP 800-38D) with the caller's initialization vector, which is
    /// not in the blob: ciphertext, then tag. For keys of any length.
    AesGcm,
    /// AES-GCM with an initialization vector of 12 bytes that is drawn at
    /// random and leads the blob: vector, ciphertext, tag.
    CloudHsmAesGcm,
    /// RSA with PKCS#1 v1.5 padding (RFC 8017, section 7.2). For keys of at
    /// most the modulus less 11 bytes.
    RsaPkcs,
}

const MECHANISMS: [(Mechanism, u32, &str); 9] = [
    (Mechanism::AesKeyWrapPadPkcs5, 4, "AES_KEY_WRAP_PAD_PKCS5"),
    (Mechanism::NistAesWrapNoPad, 5, "NIST_AES_WRAP_NO_PAD"),
    (Mechanism::NistAesWrapPad, 6, "NIST_AES_WRAP_PAD"),
    (Mechanism::RsaAes, 7, "RSA_AES"),
    (Mechanism::RsaOaep, 8, "RSA_OAEP"),
    (Mechanism::NistTdeaWrap, 9, "NIST_TDEA_WRAP"),
    (Mechanism::AesGcm, 10, "AES_GCM"),
    (Mechanism::CloudHsmAesGcm, 11, "CLOUDHSM_AES_GCM"),
    (Mechanism::RsaPkcs, 12, "RSA_PKCS"),
];

impl Mechanism {
    /// Every mechanism, in the order of its number.
    pub fn all() -> impl Iterator<Item = Self> {
        MECHANISMS.iter().map(|(mechanism, ..)| *mechanism)
    }

    /// The mechanism with this number, 4 to 12.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        MECHANISMS.iter().find(|row| row.1 == number).map(|row| row.0)
    }

    /// The number that `-m` of wrapKey and unWrapKey takes.
    #[must_use]
    pub fn number(self) -> u32 {
        self.row().1
    }

    /// The name in the shell's help, such as `NIST_AES_WRAP_PAD`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> &'static (Self, u32, &'static str) {
        // The table has the order of the declaration; a test holds it to that.
        &MECHANISMS[self as usize]
    }
}

/// The hash of OAEP and of its mask generation function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hash {
    /// SHA-1, 20 bytes; the default.
    #[default]
    Sha1,
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
    /// SHA-512, 64 bytes.
    Sha512,
    /// SHA-224, 28 bytes.
    Sha224,
}

const HASHES: [(Hash, u32, &str); 5] = [
    (Hash::Sha1, 2, "SHA1"),
    (Hash::Sha256, 3, "SHA256"),
    (Hash::Sha384, 4, "SHA384"),
    (Hash::Sha512, 5, "SHA512"),
    (Hash::Sha224, 6, "SHA224"),
];

impl Hash {
    /// Every hash, in the order of its number.
    pub fn all() -> impl Iterator<Item = Self> {
        HASHES.iter().map(|(hash, ..)| *hash)
    }

    /// The hash with this number, 2 to 6.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        HASHES.iter().find(|row| row.1 == number).map(|row| row.0)
    }

    /// The number that `-t` of wrapKey and unWrapKey takes.
    #[must_use]
    pub fn number(self) -> u32 {
        HASHES[self as usize].1
    }

    /// The name in the shell's help, such as `SHA256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        HASHES[self as usize].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanisms_are_where_their_table_says() {
        assert!(Mechanism::all().map(Mechanism::number).eq(4..=12));
        for (mechanism, number, name) in MECHANISMS {
            assert_eq!(Mechanism::from_number(number), Some(mechanism));
            assert_eq!((mechanism.number(), mechanism.name()), (number, name));
        }
        for number in [0, 1, 2, 3, 13, 14, u32::MAX] {
            assert_eq!(Mechanism::from_number(number), None);
        }
    }

    #[test]
    fn hashes_are_where_their_table_says() {
        assert!(Hash::all().map(Hash::number).eq(2..=6));
        for (hash, number, name) in HASHES {
            assert_eq!(Hash::from_number(number), Some(hash));
            assert_eq!((hash.number(), hash.name()), (number, name));
        }
        for number in [0, 1, 7, u32::MAX] {
            assert_eq!(Hash::from_number(number), None);
        }
        assert_eq!(Hash::default().number(), 2);
    }
}
