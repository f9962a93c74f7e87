//! Everything that a command can have to say. The output gives it its text.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::flag::UnreadableFile;
use super::{COMMANDS, Command, Usage, suggest};
use crate::crypto;
use crate::crypto::signature::Verdict;
use crate::hsm::information::{HsmInformation, PartitionInformation};
use crate::hsm::key::Class;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::{User, UserType};
use crate::hsm::{Answer, AttributeDump, IssuedToken, KeyInfo, KeyPair, Status, TokenInfo};
use crate::hsm::{ExportStep, HostWrap, ImportStep};

/// One thing that is said.
pub enum Reply {
    /// The table of commands.
    HelpTable,
    /// A command's help, what its flags take, and an example.
    Explained(&'static Command),
    /// That there is no command of this name, and the table.
    UnknownCommand(String),
    /// What is wrong with a line, and the command's help.
    Usage(&'static Command, Usage),
    /// What a command says that asks the partition first, when nobody answers.
    PartitionUnread(Usage, Status),
    /// A line that cannot be read as words at all.
    UnreadableLine(String),
    /// That a question was cancelled, and with it the command.
    Cancelled,
    /// That the waiting for nodes was ended by hand.
    WaitEnded,

    /// How loginHSM ended.
    LoggedIn(Status),
    /// That a hidden password was asked for where there is no terminal.
    NoTerminal,
    /// How logoutHSM ended.
    LoggedOut(Status),
    /// Who is logged in.
    LoginStatus(Option<UserType>),
    /// Nobody says who is logged in.
    LoginStatusUnread(Status),
    /// The users.
    Users(Answer<Vec<User>>),

    /// How the generation of a pair ended, with the verdict of its attestation if one was asked for.
    KeyPairGenerated(Answer<KeyPair>, Option<bool>, PairMaker),
    /// The handles of a pair once more, after it was found on enough nodes.
    KeyPairHandles(KeyPair),
    /// How the making of one key ended.
    KeyMade(KeyMade),
    /// How an import ended, how far it came, and whether the client wrapped by itself.
    KeyImported(KeyMade, ImportStep, bool),
    /// How unWrapKey without a header ended, and how far it came.
    BareKeyUnwrapped(KeyMade, ImportStep),
    /// Bytes of the PKCS#8 of a private key that is being imported.
    BerLength(usize),
    /// That a -wk file holds no AES key.
    InvalidHostKey,
    /// That a key is not of the class that a command exports.
    WrongClass(Handle, Class),
    /// How the export of a secret or private key ended.
    KeyExported(Exported),
    /// How the export of a public key to a file ended.
    PublicKeyExported(Status, PathBuf),
    /// Why a file is no public key.
    UnreadablePublicKey(UnreadableKey),
    /// That a file holds the handle of a key that is on the HSM already.
    AlreadyImported(Handle),
    /// That a file with a private key cannot be opened, and why.
    KeyFileNotOpened(PathBuf, String),
    /// Why a file is no private key.
    UnreadablePrivateKey(UnreadableKey),
    /// How wrapKey ended, where the key is, and how long it is without its header.
    KeyWrapped(Status, PathBuf, usize),
    /// How extractMaskedObject ended, and where the object is.
    MaskedObjectExtracted(Status, PathBuf),
    /// That no initialization vector was given.
    DefaultVector,
    /// What unWrapKeyWithSize assumes: whether no vector and no mechanism was
    /// given, and whether the file begins with the vector.
    UnwrapWarnings {
        /// No vector was given.
        vector: bool,
        /// No mechanism was given.
        mechanism: bool,
        /// The file begins with the vector.
        template: bool,
    },
    /// How aesWrapUnwrap or aesUnwrapPkcs8Buffer ended.
    HostWrapped(HostWrapped),
    /// How getCaviumPrivKey ended.
    FakePemWritten(FakePem),
    /// What IsValidKeyHandlefile found in a file.
    HandleFileExamined(PathBuf, ValidHandle),
    /// How signing ended, and where the signature is.
    Signed(Status, PathBuf),
    /// The key to sign or verify with has no type that the user may read.
    KeyTypeUnread(ReturnCode),
    /// How verifying ended.
    Verified(Answer<Verdict>),
    /// That RC4 keys are not made in this mode, whose number it is.
    Rc4Refused(i8),
    /// The handle of a key once more, after it was found on enough nodes.
    KeyHandle(Maker, Handle),
    /// Fewer nodes than asked for are in the cluster; so many hold the key.
    TooFewServers(usize),
    /// A round of polling for one key.
    Polled(Polled),
    /// A key did not reach so many nodes in time, and is being deleted.
    RollingBack(u8),
    /// How deleting a key ended.
    KeyDeleted(Status),

    /// That a file named on the command line cannot be read.
    UnreadableFile(UnreadableFile),
    /// How getHSMInfo ended.
    HsmInformation(Answer<HsmInformation>),
    /// How getPartitionInfo ended.
    PartitionInformation(Answer<PartitionInformation>),
    /// How getCert ended, and where the certificate is.
    CertificateRead(Status, PathBuf),
    /// How findKey ended.
    KeysFound(Answer<Vec<Handle>>),
    /// How findSingleKey ended.
    SingleKeyFound(Status),
    /// How getKeyInfo ended.
    KeyInfo(Answer<KeyInfo>),

    /// How getAttribute ended.
    AttributesRead(AttributesRead),
    /// The question that setAttribute asks.
    AskBoolean,
    /// That the answer to it was not a number.
    UnreadableInput,
    /// That setAttribute cannot set this attribute.
    AttributeNotSettable,
    /// How setAttribute ended.
    AttributeSet(Status),

    /// How getToken ended.
    TokenIssued(Answer<IssuedToken>),
    /// That the file of a token cannot be written, and why.
    TokenFileNotOpened(PathBuf, String),
    /// How delToken ended.
    TokensDeleted(Status),
    /// A field of an approval template whose value was not taken, and bytes of the value.
    IncompatibleField(&'static str, usize),
    /// Why approvals did not get as far as the HSM.
    ApprovalFault(ApprovalFault),
    /// How approveToken ended.
    TokensApproved(Status),
    /// How listTokens ended.
    TokensListed(Answer<Vec<TokenInfo>>),

    /// What a number stands for.
    ErrorText(ReturnCode),
    /// The attributes.
    AttributeList,
    /// The curves.
    CurveList,
}

/// Why approvals did not get as far as the HSM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalFault {
    /// The template cannot be opened.
    TemplateNotOpened(PathBuf),
    /// A file that it names cannot be opened.
    NotOpened(PathBuf),
    /// The token file does not hold one token.
    TokenNotRead(PathBuf),
    /// The multi token file has this many bytes, which is no number of tokens.
    TokenSize(usize),
    /// It claims more than 20 approvals.
    TooManyApprovals,
    /// There are more than 32 tokens.
    TooManyTokens,
    /// It names fewer approvals than it claims.
    TooFewApprovers {
        /// How many it names.
        done: usize,
        /// How many it claims.
        wanted: usize,
    },
    /// This is not the number of a type that approves; the user whose it is said to be.
    UserType(u32, String),
    /// The file does not hold an approval.
    ApprovalNotRead(PathBuf),
}

/// How the making of one key ended.
pub struct KeyMade {
    /// What made it.
    pub maker: Maker,
    /// The key's handle, if there is one.
    pub answer: Answer<Handle>,
    /// The verdict of its attestation, if one was asked for.
    pub attested: Option<bool>,
}

/// A file that holds no key that the HSM takes.
pub struct UnreadableKey {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub reason: crypto::Error,
    /// The same in words, for the person at the terminal.
    detail: String,
}

impl UnreadableKey {
    /// The file, and what is wrong with it.
    #[must_use]
    pub fn new(file: &Path, reason: crypto::Error) -> Self {
        let detail = format!("{}: {reason}", file.display());
        Self { file: file.to_owned(), reason, detail }
    }
}

/// How wrapping or unwrapping a file ended.
pub struct HostWrapped {
    /// Which of both it was.
    pub direction: HostWrap,
    /// Whether it was aesUnwrapPkcs8Buffer.
    pub pkcs8: bool,
    /// How it ended.
    pub status: Status,
    /// What came of it.
    pub result: Option<Zeroizing<Vec<u8>>>,
    /// The file that was to be written.
    pub file: PathBuf,
}

/// How getCaviumPrivKey ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FakePem {
    /// The handle is in this file.
    Written(PathBuf),
    /// The file cannot be written, for this reason.
    NotOpened(String),
    /// An attribute of the key cannot be read.
    NoAttribute,
    /// It is no RSA or EC private key.
    WrongKey,
    /// It is on a binary curve, which fake PEM does not have.
    BinaryCurve,
}

/// What IsValidKeyHandlefile found in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidHandle {
    /// The file cannot be opened.
    NotOpened,
    /// It is no RSA private key.
    NotRead,
    /// It is a real key.
    RealKey,
    /// It holds the handle of a private key that the user may see.
    Known(u32),
    /// It holds another handle.
    Unknown(u32),
}

/// What makes a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairMaker {
    /// genECCKeyPair.
    Ecc,
    /// genRSAKeyPair.
    Rsa,
    /// genDSAKeyPair.
    Dsa,
}

/// What makes one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// genSymKey.
    GenerateSymmetric,
    /// genPBEKey.
    GeneratePasswordBased,
    /// insertMaskedObject.
    InsertMasked,
    /// unWrapKey.
    Unwrap,
    /// unWrapKeyWithSize.
    UnwrapWithSize,
    /// createPublicKey.
    CreatePublic,
    /// importPubKey.
    ImportPublic,
    /// imSymKey.
    ImportSymmetric,
    /// importPrivateKey.
    ImportPrivate,
}

/// How the export of a secret or private key ended.
pub struct Exported {
    /// What was to be exported.
    pub class: Class,
    /// How far it came.
    pub step: ExportStep,
    /// Whether the client unwrapped by itself.
    pub on_host: bool,
    /// How it ended.
    pub status: Status,
    /// The file that was to be written.
    pub file: PathBuf,
    /// Whether it could be opened.
    pub opened: bool,
    /// Whether it was written.
    pub written: bool,
}

impl Maker {
    /// Whether a passed attestation is the end of it: such a command does not poll.
    #[must_use]
    pub fn attestation_decides(self) -> bool {
        matches!(self, Self::GenerateSymmetric | Self::GeneratePasswordBased)
    }
}

/// A round of polling for one key.
pub struct Polled {
    /// Which key it is.
    pub key: PolledKey,
    /// The second since polling began.
    pub second: u64,
    /// What the nodes say.
    pub status: Status,
}

/// A key that is polled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolledKey {
    /// The only key.
    Only,
    /// The private key.
    Private,
    /// The public key.
    Public,
}

/// How getAttribute ended.
pub struct AttributesRead {
    /// The code of the whole, writing included.
    pub status: Status,
    /// What was read.
    pub dump: Option<AttributeDump>,
    /// The verdicts of the attestations of size and value, if they were asked for.
    pub attestations: Vec<bool>,
    /// The file that was to be written.
    pub file: PathBuf,
    /// Whether it was.
    pub written: bool,
}

impl Reply {
    /// What the client does not print: the reason for a help text, what lies
    /// behind a failure of the emulator itself. It goes to standard error.
    #[must_use]
    pub fn detail(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::UnknownCommand(name) => Some(unknown_command(name).into()),
            Self::Usage(_, usage) => usage.reason.as_deref().map(Cow::from),
            Self::TokenFileNotOpened(_, reason)
            | Self::FakePemWritten(FakePem::NotOpened(reason)) => Some(reason.into()),
            Self::UnreadableFile(file) => Some(file.detail().into()),
            Self::Cancelled => Some("cancelled; nothing has been done".into()),
            Self::WaitEnded => {
                Some("the waiting was ended before enough servers had the key".into())
            }
            _ => self.status_detail().map(Cow::from),
        }
    }

    fn status_detail(&self) -> Option<&str> {
        let status = match self {
            Self::LoggedIn(status)
            | Self::LoggedOut(status)
            | Self::KeyDeleted(status)
            | Self::SingleKeyFound(status)
            | Self::TokensDeleted(status)
            | Self::TokensApproved(status)
            | Self::AttributeSet(status) => status,
            Self::Users(answer) => &answer.status,
            Self::KeyPairGenerated(answer, ..) => &answer.status,
            Self::TokenIssued(answer) => &answer.status,
            Self::TokensListed(answer) => &answer.status,
            Self::KeyMade(made) | Self::KeyImported(made, ..) | Self::BareKeyUnwrapped(made, _) => {
                &made.answer.status
            }
            Self::KeyExported(exported) => &exported.status,
            Self::HostWrapped(wrapped) => &wrapped.status,
            Self::PublicKeyExported(status, _)
            | Self::KeyWrapped(status, ..)
            | Self::MaskedObjectExtracted(status, _)
            | Self::Signed(status, _) => status,
            Self::Verified(answer) => &answer.status,
            Self::UnreadablePublicKey(key) | Self::UnreadablePrivateKey(key) => {
                return Some(&key.detail);
            }
            Self::KeysFound(answer) => &answer.status,
            Self::KeyInfo(answer) => &answer.status,
            Self::HsmInformation(answer) => &answer.status,
            Self::PartitionInformation(answer) => &answer.status,
            Self::CertificateRead(status, _) => status,
            Self::AttributesRead(read) => &read.status,
            _ => return None,
        };
        status.detail.as_deref()
    }
}

/// Says a word only where it is like a command: another one may be a password
/// that was typed where none was asked for.
fn unknown_command(name: &str) -> String {
    if name.contains('\t') {
        return String::from(
            "there is no command of this name; words are separated by blanks, not by TABs",
        );
    }
    let names = COMMANDS.iter().flat_map(|command| command.names).copied();
    let question = suggest::question(name, names.chain(["exit", "help"]));
    if question.is_empty() {
        return String::from("there is no command of this name; help shows all");
    }
    format!("there is no command {name:?}{question}")
}
