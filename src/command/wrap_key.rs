//! `wrapKey` and `unWrapKey`.

use std::io;
use std::path::{Path, PathBuf};

use super::console::Client;
use super::creation::{self, ATTEST_ONCE, ID, M_VALUE, MINIMUM_SERVERS, NON_EXTRACTABLE, SESSION};
use super::creation::{TIMEOUT, USERS, WAITING};
use super::example::{AES_KEY, Example, LOGIN, WRAPPING_KEY as WRAPPING_AES_KEY};
use super::flag::{Flag, Rejection};
use super::import_export::WRAPPING_KEY_ADVICE;
use super::read::{self, FileContent};
use super::reply::Reply;
use super::write_file::{Prepared, Readers, is_same_target};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::crypto::wrap::{Hash, Mechanism};
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{Described, UnwrapKey, WrapKey, WrapMechanism};

static KEY: Flag<Handle> = Flag::required(
    "-k",
    "<key to be wrapped>",
    "key to be wrapped (-k) is missing.",
    &["Handle of the key to wrap"],
    read::handle,
);

static WRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapping key handle>",
    "wrapping Key handle (-w) is missing.",
    &["Handle of the key that wraps it; 4 is the HSM's own"],
    read::handle,
)
.advised(WRAPPING_KEY_ADVICE)
.last_counts();

static UNWRAPPING_KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapper key handle>",
    "wrapping key handle (-w) is missing.",
    &["Handle of the key that unwraps it; 4 is the HSM's own"],
    read::handle,
)
.advised(WRAPPING_KEY_ADVICE)
.last_counts();

static OUTPUT: Flag<PathBuf> = Flag::required(
    "-out",
    "<wrapped key file>",
    "Wrapped Key File (-out) is missing.",
    &["File to write the wrapped key to"],
    read::path,
);

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<key file name>",
    "Key filename (-f) is missing.",
    &["File with the wrapped key"],
    read::file,
);

static MECHANISM: Flag<Mechanism> = Flag::optional(
    "-m",
    "<mechanism>",
    &[
        "Mechanism:",
        "4  = AES_KEY_WRAP_PAD_PKCS5, the default",
        "5  = NIST_AES_WRAP_NO_PAD",
        "6  = NIST_AES_WRAP_PAD",
        "7  = RSA_AES",
        "8  = RSA_OAEP",
        "9  = NIST_TDEA_WRAP",
        "10 = AES_GCM",
        "11 = CLOUDHSM_AES_GCM",
        "12 = RSA_PKCS",
    ],
    read_mechanism,
)
.takes("4 to 12")
.default("4");

/// The same, where the help of unWrapKey has it.
static UNWRAP_MECHANISM: Flag<Mechanism> = Flag::optional(
    "-m",
    "<mechanism>",
    &[
        "\tMechanism:",
        "\t       4  = AES_KEY_WRAP_PAD_PKCS5, the default",
        "\t       5  = NIST_AES_WRAP_NO_PAD",
        "\t       6  = NIST_AES_WRAP_PAD",
        "\t       7  = RSA_AES",
        "\t       8  = RSA_OAEP",
        "\t       9  = NIST_TDEA_WRAP",
        "\t       10 = AES_GCM",
        "\t       11 = CLOUDHSM_AES_GCM",
        "\t       12 = RSA_PKCS",
    ],
    read_mechanism,
)
.takes("4 to 12")
.default("the header's; without one 4");

/// A number that is no mechanism's shows the help.
fn read_mechanism(word: &str) -> Result<Mechanism, Rejection> {
    let number = read::integer(word).map_err(|_| Rejection::ShowHelp)?;
    Mechanism::from_number(number).ok_or(Rejection::ShowHelp)
}

static HASH: Flag<Hash> = Flag::optional(
    "-t",
    "<hash type>",
    &[
        "Hash of RSA_AES and RSA_OAEP:",
        "2 = SHA1, the default; 3 = SHA256; 4 = SHA384; 5 = SHA512; 6 = SHA224",
    ],
    |word| {
        let number = read::integer(word).map_err(|_| Rejection::ShowHelp)?;
        Hash::from_number(number).ok_or(Rejection::ShowHelp)
    },
)
.takes("2 to 6")
.default("2");

static ADDITIONAL_DATA: Flag<FileContent> = Flag::optional(
    "-aad",
    "<additional authenticated data file>",
    &["File with additional data that the GCM mechanisms authenticate"],
    read::file,
)
.default("none");

static NO_HEADER: Flag<()> =
    Flag::switch("-noheader", &["Without kmu's header: the bare wrapped key of other tools"]);

static VECTOR: Flag<Vec<u8>> = Flag::optional(
    "-i",
    "<wrapping IV>",
    &["Initialization vector of mechanisms 4 and 5: 8 bytes in hexadecimal"],
    |word| match read::hexadecimal(word) {
        Ok(vector) if vector.len() == 8 => Ok(vector),
        _ => Err(Rejection::say(String::from("Invalid IV length, 8 bytes are needed."))),
    },
)
.takes("16 hexadecimal digits")
.default("a6a6a6a6a6a6a6a6");

/// Where wrapKey writes the vector that the HSM drew.
static VECTOR_OUTPUT: Flag<PathBuf> = Flag::optional(
    "-iv_file",
    "<IV file>",
    &["File to write the IV of AES_GCM to, when there is no header"],
    read::path,
)
.default("none");

/// Where unWrapKey finds it.
static VECTOR_FILE: Flag<FileContent> = Flag::optional(
    "-iv_file",
    "<IV file>",
    &["File with the IV of AES_GCM, when there is no header"],
    read::file,
)
.default("none");

static TAG_LENGTH: Flag<u8> = Flag::optional(
    "-tag_size",
    "<number of tag bytes>",
    &["Bytes of the tag of the GCM mechanisms: 4, 8 or 12 to 16, the default"],
    |word| match read::integer(word) {
        Ok(length @ (4 | 8 | 12..=16)) => Ok(length as u8),
        _ => Err(Rejection::say(String::from("Invalid value for -tag_size."))),
    },
)
.takes("4, 8, or 12 to 16")
.default("16");

static CLASS: Flag<u32> = Flag::optional(
    "-kc",
    "<key class>",
    &["Class of a key without header: 3 = private, 4 = secret"],
    read::integer,
)
.takes("3 or 4")
.default("the header's");

static KEY_TYPE: Flag<u32> = Flag::optional(
    "-kt",
    "<key type>",
    &[
        "Type of a key without header: 0 = RSA, 1 = DSA, 3 = EC, 16 = GENERIC_SECRET,",
        "18 = RC4, 21 = DES3, 31 = AES",
    ],
    read::integer,
)
.takes("0, 1, 3, 16, 18, 21 or 31")
.default("the header's");

/// The label is required only without a header.
static LABEL: Flag<crate::hsm::names::Label> = Flag::optional(
    "-l",
    "<label>",
    &["Label of the key; the header's is the default"],
    read::label,
)
.default("the header's");

/// The command wrapKey.
pub static WRAP: Command = Command {
    names: &["wrapKey"],
    group: Group::Transfer,
    summary: &["Wraps a key from from HSM using the specified handle"],
    purpose: &["Writes a key of yours, encrypted under another key, to a file."],
    words: Words::Flags,
    flags: &[
        &KEY,
        &WRAPPING_KEY,
        &OUTPUT,
        &MECHANISM,
        &HASH,
        &ADDITIONAL_DATA,
        &NO_HEADER,
        &VECTOR,
        &VECTOR_OUTPUT,
        &TAG_LENGTH,
    ],
    required: &[&WRAPPING_KEY, &KEY, &OUTPUT],
    syntax: &[
        &[&KEY, &WRAPPING_KEY, &OUTPUT],
        &[&MECHANISM, &HASH, &ADDITIONAL_DATA],
        &[&NO_HEADER, &VECTOR, &VECTOR_OUTPUT, &TAG_LENGTH],
    ],
    checks: &[],
    frame: Frame::Full(Layout::new(13, Ending::EmptyLine).continuation("                ")),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        WRAPPING_AES_KEY,
        "wrapKey -k 6 -w 7 -out wrapped.key",
    ]),
    run: wrap,
};

/// The command unWrapKey.
pub static UNWRAP: Command = Command {
    names: &["unWrapKey"],
    group: Group::Transfer,
    summary: &["UnWraps a key into HSM using the specified handle"],
    purpose: &["Stores a key from a file, encrypted under a key of the HSM, on the HSM."],
    words: Words::Flags,
    flags: &[
        &FILE,
        &UNWRAPPING_KEY,
        &UNWRAP_MECHANISM,
        &SESSION,
        &ATTEST_ONCE,
        &MINIMUM_SERVERS,
        &TIMEOUT,
        &HASH,
        &ADDITIONAL_DATA,
        &NO_HEADER,
        &VECTOR,
        &VECTOR_FILE,
        &TAG_LENGTH,
        &LABEL,
        &ID,
        &CLASS,
        &KEY_TYPE,
        &NON_EXTRACTABLE,
        &USERS,
        &M_VALUE,
    ],
    required: &[&UNWRAPPING_KEY, &FILE],
    syntax: &[
        &[&FILE, &UNWRAPPING_KEY],
        &[&SESSION, &ATTEST_ONCE, &UNWRAP_MECHANISM],
        WAITING,
        &[&HASH, &ADDITIONAL_DATA, &TAG_LENGTH],
        &[&NO_HEADER, &LABEL, &ID, &CLASS, &KEY_TYPE],
        &[&VECTOR, &VECTOR_FILE, &NON_EXTRACTABLE, &USERS, &M_VALUE],
    ],
    checks: &[creation::timeout_needs_minimum_servers, creation::session_keys_are_not_shared],
    frame: Frame::Full(Layout::new(16, Ending::EmptyLine).continuation("                  ")),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        WRAPPING_AES_KEY,
        "wrapKey -k 6 -w 7 -out wrapped.key",
        "unWrapKey -f wrapped.key -w 7",
    ]),
    run: unwrap,
};

/// What the flags say of the mechanism; the vector comes from where the command has it.
fn how(arguments: &Arguments, vector: Option<Vec<u8>>) -> WrapMechanism {
    WrapMechanism {
        mechanism: arguments.get(&MECHANISM).unwrap_or(Mechanism::AesKeyWrapPadPkcs5),
        hash: arguments.get(&HASH).unwrap_or(Hash::Sha1),
        initialization_vector: vector.or_else(|| arguments.get(&VECTOR)),
        additional_data: arguments
            .get(&ADDITIONAL_DATA)
            .map(|file| file.content.to_vec())
            .unwrap_or_default(),
        tag_length: arguments.get(&TAG_LENGTH).unwrap_or(16),
    }
}

/// What is given and has no effect, as in the client, which says nothing of it.
fn without_effect(arguments: &Arguments, mechanism: Mechanism) -> Option<String> {
    let data = ADDITIONAL_DATA.declaration.name;
    let vector = VECTOR_OUTPUT.declaration.name;
    let authenticates = matches!(mechanism, Mechanism::AesGcm | Mechanism::CloudHsmAesGcm);
    let told: Vec<_> = [
        (arguments.has(&ADDITIONAL_DATA) && !authenticates).then_some(data),
        (arguments.has(&VECTOR_OUTPUT) && mechanism != Mechanism::AesGcm).then_some(vector),
    ]
    .into_iter()
    .flatten()
    .map(|flag| format!("{flag} has no effect with this mechanism"))
    .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn wrap(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&OUTPUT)?;
    let header = !arguments.has(&NO_HEADER);
    let how = how(arguments, None);
    let vector_file = arguments.get(&VECTOR_OUTPUT);
    if how.mechanism == Mechanism::AesGcm && !header && vector_file.is_none() {
        return Err(Usage::say("IV file (-iv_file) is missing for AES_GCM without header."));
    }
    if vector_file.as_ref().is_some_and(|vector| is_same_target(vector, &file)) {
        return Err(Usage::say("IV file (-iv_file) and wrapped key file (-out) are the same."));
    }
    let without_effect = without_effect(arguments, how.mechanism);
    let request = WrapKey {
        key: arguments.required(&KEY)?,
        wrapping_key: arguments.required(&WRAPPING_KEY)?,
        how,
        header,
    };
    let answer = client.hsm.wrap_key(&request);
    let mut status = answer.status;
    let mut length = 0;
    if let Some(wrapped) = &answer.value {
        length = wrapped.length;
        let vector = wrapped.drawn_vector.as_deref().zip(vector_file.as_deref());
        if let Err((file, error)) = write_wrapped(&file, &wrapped.file, vector) {
            status.code = ReturnCode::WRITE_OUTPUT_FILE;
            status.detail = Some(format!("{}: {error}", file.display()));
        }
    }
    if status.code.is_success() {
        status.detail = status.detail.or(without_effect);
    }
    let code = status.code;
    client.show(&Reply::KeyWrapped(status, file, length));
    Ok(code)
}

/// Writes the wrapped key, and its vector if that has a file of its own: both
/// or none, as one is of no use without the other.
///
/// # Errors
/// The file that cannot be written, and why.
fn write_wrapped<'path>(
    file: &'path Path,
    wrapped: &[u8],
    vector: Option<(&[u8], &'path Path)>,
) -> Result<(), (&'path Path, io::Error)> {
    let mut prepared = Vec::new();
    for (content, path) in [Some((wrapped, file)), vector].into_iter().flatten() {
        let new = Prepared::new(path, content, Readers::Anybody).map_err(|error| (path, error))?;
        prepared.push((path, new));
    }
    // What is written directly may still fail, so it comes before what replaces a file.
    prepared.sort_by_key(|(_, prepared)| match prepared {
        Prepared::Direct(..) => 0,
        Prepared::InPlace(..) => 1,
        Prepared::Whole(..) => 2,
    });
    for (path, prepared) in prepared {
        prepared.commit().map_err(|error| (path, error))?;
    }
    Ok(())
}

fn unwrap(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let bare = arguments.has(&NO_HEADER);
    let label = arguments.get(&LABEL);
    let described = if bare {
        if label.is_none() {
            return Err(Usage::say("Key label (-l) is missing."));
        }
        let class = arguments.get(&CLASS);
        let class = class.ok_or_else(|| Usage::say("Key class (-kc) is missing."))?;
        let key_type = arguments.get(&KEY_TYPE);
        let key_type = key_type.ok_or_else(|| Usage::say("Key type (-kt) is missing."))?;
        Some(Described { class, key_type })
    } else {
        None
    };
    let vector = arguments.get(&VECTOR_FILE).map(|file| file.content.to_vec());
    let request = UnwrapKey {
        wrapped: file.content.to_vec(),
        unwrapping_key: arguments.required(&UNWRAPPING_KEY)?,
        how: how(arguments, vector),
        mechanism_given: arguments.has(&MECHANISM),
        described,
        labelled: label.is_some(),
        options: creation::options_with_label(arguments, label.unwrap_or_default()),
    };
    // With a header, the mechanism is the header's.
    let without_effect = without_effect(arguments, request.how.mechanism).filter(|_| bare);
    let (step, mut answer) = client.hsm.unwrap_key(&request);
    if answer.status.code.is_success() {
        answer.status.detail = answer.status.detail.or(without_effect);
    }
    let step = bare.then_some(step);
    Ok(creation::finish_unwrapped(client, arguments, step, answer))
}
