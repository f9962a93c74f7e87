//! Key material and algorithms. This room knows nothing of handles, users or
//! sessions: bytes come in, bytes go out.

pub mod binary;
pub mod check_value;
pub mod curve;
pub mod ec_key;
pub mod password;
pub mod prime;
pub mod random;
pub mod rsa;
pub mod seal;

/// Why a cryptographic operation refused its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A private scalar is zero, not below the group order, or of the wrong length.
    #[error("the private key is not in the range of the curve's order")]
    InvalidSecret,
    /// A public point is malformed, not on its curve, or not of the right order.
    #[error("the public key is not a point of the curve with the right order")]
    InvalidPoint,
    /// The parameters make no key.
    #[error("no key can have these parameters")]
    InvalidParameters,
    /// DER that is not a key of the kind that is needed.
    #[error("the key cannot be read")]
    InvalidKey,
    /// A structure cannot be written as DER (a length beyond what DER holds).
    #[error("the key cannot be encoded")]
    Encoding,
}
