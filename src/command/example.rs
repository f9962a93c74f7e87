//! A session that shows a command, line for line as it can be typed.

/// What an example has to be typed into: by default, a new cluster that no
/// cluster file describes.
#[derive(Debug)]
pub struct Example {
    /// A line of the cluster file that it needs; empty if it needs none.
    pub cluster: &'static str,
    /// What must be there before its last line, in words; empty if nothing must.
    pub needs: &'static str,
    /// The lines.
    pub lines: &'static [&'static str],
}

impl Example {
    /// An example that needs nothing but a new cluster.
    pub const fn new(lines: &'static [&'static str]) -> Self {
        Self { cluster: "", needs: "", lines }
    }

    /// The same example on a cluster that this line describes.
    pub const fn on(self, cluster: &'static str) -> Self {
        Self { cluster, ..self }
    }

    /// The same example, for which this must be there.
    pub const fn with(self, needs: &'static str) -> Self {
        Self { needs, ..self }
    }
}

/// The login of a crypto user of the default cluster.
pub const LOGIN: &str = "loginHSM -u CU -s example_user -p example_pwd";

/// Makes an AES key; the first one of a new cluster has the handle 6.
pub const AES_KEY: &str = "genSymKey -l aes -t 31 -s 32";

/// Makes another one.
pub const WRAPPING_KEY: &str = "genSymKey -l wrapping -t 31 -s 32";

/// Makes an EC pair on P-256; the first one has the handles 6 (public) and 7 (private).
pub const EC_PAIR: &str = "genECCKeyPair -i 2 -l ec";

/// Makes an RSA pair.
pub const RSA_PAIR: &str = "genRSAKeyPair -m 2048 -e 65537 -l rsa";

/// Makes a pair of which two of three users approve every use.
pub const GUARDED_PAIR: &str = "genECCKeyPair -i 2 -l guarded -u 4,5 -m_value 2";

/// Asks for a token for that pair's private key.
pub const TOKEN: &str = "getToken -n 5 -k 7 -u example_user -f token";
