//! Key material and algorithms. This room knows nothing of handles, users or
//! sessions: bytes come in, bytes go out.

pub mod asymmetric;
pub mod binary;
pub mod certificate;
pub mod check_value;
pub mod curve;
pub mod dsa;
pub mod ec_key;
pub mod fake_pem;
pub mod mac;
pub mod numbers;
#[cfg(test)]
mod openssl_oracle;
pub mod password;
pub mod pbe;
pub mod pem;
pub mod prime;
pub mod random;
pub mod rsa;
pub mod seal;
pub mod signature;
pub mod symmetric;
pub mod wrap;

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
    /// A key of an algorithm that is none of the HSM's, such as Ed25519.
    #[error("the key is neither an RSA, nor a DSA, nor an EC key")]
    UnknownAlgorithm,
    /// An EC key on a curve that is none of the sixteen.
    #[error("the curve of the key is not supported")]
    UnknownCurve,
    /// An EC key that spells out its curve instead of naming it.
    #[error("the key has explicit curve parameters, where only named curves are supported")]
    ExplicitCurve,
    /// An RSA key with more than two primes.
    #[error("the key has more than two primes")]
    SeveralPrimes,
    /// Two halves of a pair, or two statements about a key, contradict each other.
    #[error("the private key and the public key do not belong together")]
    Mismatch,
    /// A text without a key of the kind that is needed.
    #[error("there is no PEM key of the kind that is needed in it")]
    NoKey,
    /// A text with more than one key.
    #[error("there is more than one key in it")]
    SeveralKeys,
    /// A key that a password protects.
    #[error("the key is encrypted with a password")]
    Encrypted,
    /// A symmetric key has a length that its kind does not have.
    #[error("a key of this kind cannot have this length")]
    KeyLength,
    /// The iteration count of a password-based key is outside its bounds.
    #[error("the iteration count is out of range")]
    Iterations,
    /// The wrapping key is malformed, or not of the kind and length the mechanism needs.
    #[error("the wrapping key does not suit the mechanism")]
    WrappingKey,
    /// The mechanism does not take this initialization vector or tag length.
    #[error("the parameters do not suit the mechanism")]
    WrapParameters,
    /// The mechanism, with this wrapping key, cannot wrap so few or so many bytes.
    #[error("the mechanism cannot wrap a key of this length")]
    PlaintextLength,
    /// A wrapped key is changed, cut short, or made with another key, mechanism
    /// or parameters. Which of these is not told, so that nobody can probe.
    #[error("the wrapped key does not open with this wrapping key")]
    Unwrap,
    /// A structure cannot be written as DER (a length beyond what DER holds).
    #[error("the key cannot be encoded")]
    Encoding,
}
