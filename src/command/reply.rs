//! Everything that a command can have to say. The output gives it its text.

use std::path::PathBuf;

use super::{Command, Usage};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::user::{User, UserType};
use crate::hsm::{Answer, AttributeDump, KeyInfo, KeyPair, Status};

/// One thing that is said.
pub enum Reply {
    /// The table of commands.
    HelpTable,
    /// What is wrong with a line, and the command's help.
    Usage(&'static Command, Usage),
    /// A line that cannot be read as words at all.
    UnreadableLine(String),

    /// How loginHSM ended.
    LoggedIn(Status),
    /// That a hidden password was asked for where there is no terminal.
    NoTerminal,
    /// How logoutHSM ended.
    LoggedOut(Status),
    /// Who is logged in.
    LoginStatus(Option<UserType>),
    /// The users.
    Users(Answer<Vec<User>>),

    /// How the generation of a pair ended, with the verdict of its attestation if one was asked for.
    KeyPairGenerated(Answer<KeyPair>, Option<bool>),
    /// The handles of a pair once more, after it was found on enough nodes.
    KeyPairHandles(KeyPair),
    /// Fewer nodes than asked for are in the cluster; so many hold the key.
    TooFewServers(usize),
    /// A round of polling for one key.
    Polled(Polled),
    /// A key did not reach so many nodes in time, and is being deleted.
    RollingBack(u8),
    /// How deleting a key ended.
    KeyDeleted(Status),

    /// That a file named on the command line cannot be read.
    UnreadableFile(PathBuf),
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

    /// What a number stands for.
    ErrorText(ReturnCode),
    /// The attributes.
    AttributeList,
    /// The curves.
    CurveList,
}

/// A round of polling for one key.
pub struct Polled {
    /// Which half of a pair it is.
    pub half: Half,
    /// The second since polling began.
    pub second: u32,
    /// What the nodes say.
    pub status: Status,
}

/// A half of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
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
    /// What lies behind a failure of the emulator itself, if this reply has one.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        let status = match self {
            Self::LoggedIn(status)
            | Self::LoggedOut(status)
            | Self::KeyDeleted(status)
            | Self::SingleKeyFound(status)
            | Self::AttributeSet(status) => status,
            Self::Users(answer) => &answer.status,
            Self::KeyPairGenerated(answer, _) => &answer.status,
            Self::KeysFound(answer) => &answer.status,
            Self::KeyInfo(answer) => &answer.status,
            Self::AttributesRead(read) => &read.status,
            _ => return None,
        };
        status.detail.as_deref()
    }
}
