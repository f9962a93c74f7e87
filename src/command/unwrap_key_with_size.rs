//! `unWrapKeyWithSize`: unwraps what other tools wrapped, told what it is.

use super::console::Client;
use super::creation::{LABEL, SESSION};
use super::example::{AES_KEY, Example, LOGIN, WRAPPING_KEY};
use super::flag::{Flag, Message, Rejection};
use super::import_export::WRAPPING_KEY_ADVICE;
use super::read::{self, FileContent};
use super::reply::{Maker, Reply};
use super::{Arguments, Command, Ending, Frame, Group, Layout, Usage, Words};
use crate::crypto::wrap::Mechanism;
use crate::hsm::names::{Handle, KeyId};
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{KeyOptions, UnwrapWithSize};

/// Bytes of an initialization vector, on the command line and in front of a file.
const VECTOR_LENGTH: usize = 8;

static KEY: Flag<Handle> = Flag::required(
    "-w",
    "<wrapper key handle>",
    "wrapping key handle (-w) is missing.",
    &["Handle of the AES key that unwraps it; 4 is the HSM's own"],
    read::handle,
)
.advised(WRAPPING_KEY_ADVICE)
.last_counts();

static FILE: Flag<FileContent> = Flag::required(
    "-f",
    "<key file name>",
    "Key filename (-f) is missing.",
    &["File with the wrapped key"],
    read::file,
);

static KEY_TYPE: Flag<u32> = Flag::required(
    "-t",
    "<key type>",
    "Key type (-t) is missing.",
    &[
        "Type of the key:",
        "\t\t 0 = RSA, 1 = DSA, 3 = EC, 16 = GENERIC_SECRET,",
        "\t\t 18 = RC4, 21 = DES3, 31 = AES",
    ],
    read::integer,
)
.takes("0, 1, 3, 16, 18, 21 or 31");

static SIZE: Flag<u32> = Flag::required(
    "-s",
    "<key size>",
    "Key Size (-s) is missing for NIST_AES_WRAP_NO_PAD or NIST_AES_WRAP",
    &[
        "Bytes of the key before it was wrapped; not for mechanism 10,",
        "which finds the end by itself:",
        "\t\t RSA, DSA, ECDSA: length of the PKCS#8 DER",
        "\t\t AES: 16, 24 or 32",
        "\t\t 3DES: 24",
        "\t\t DES: not on this HSM",
        "\t\t RC4: below 256",
        "\t\t GENERIC_SECRET: up to 800",
    ],
    read::integer,
)
.takes("1 to 4294967295")
.unless("with mechanism 10");

static MODULUS_BITS: Flag<u32> = Flag::optional(
    "-m",
    "modlen",
    &[" Bits of an RSA modulus;", "\t\t             needed without -template"],
    |word| match read::integer(word) {
        Ok(0) => Err(Rejection::Say(Message::Plain(String::from("modules should not be zero")))),
        other => other,
    },
)
.takes("1024 to 4096")
.default("what the key has");

static MECHANISM: Flag<Mechanism> = Flag::optional(
    "-mech",
    "<4/5/10>",
    &[
        " Mechanism; 5 is the default",
        " 4  = NIST_AES_WRAP",
        " 5  = NIST_AES_WRAP_NO_PAD",
        " 10 = AES_KEY_WRAP_PKCS_PAD",
    ],
    |word| match read::integer(word) {
        Ok(4) => Ok(Mechanism::NistAesWrapPad),
        Ok(5) => Ok(Mechanism::NistAesWrapNoPad),
        Ok(10) => Ok(Mechanism::AesKeyWrapPadPkcs5),
        Ok(_) => Err(Rejection::ShowHelp),
        Err(_) => Err(Rejection::Say(Message::AtMargin(String::from("Invalid mech type passed")))),
    },
)
.takes("4, 5 or 10")
.default("5");

static TEMPLATE: Flag<()> =
    Flag::switch("-template", &["The file begins with the IV, as wrapKey of old clients wrote it"]);

static VECTOR: Flag<Vec<u8>> = Flag::optional(
    "-i",
    "<Unwrapping IV>",
    &["Initialization vector: 8 bytes in hexadecimal"],
    |word| {
        read::vector(word).map_err(|rejection| match rejection {
            Rejection::Say(Message::AtMargin(text)) => {
                Rejection::Say(Message::AtMargin(format!("{text} {word}")))
            }
            other => other,
        })
    },
)
.takes("16 hexadecimal digits")
.default("the mechanism's own");

static EXTRACTABLE: Flag<()> =
    Flag::switch("-extractable", &["Makes the key extractable; by default it is not"]);

/// The command.
pub static COMMAND: Command = Command {
    names: &["unWrapKeyWithSize"],
    group: Group::Transfer,
    summary: &["UnWraps a key of a given size into HSM"],
    purpose: &["Stores a key that was wrapped elsewhere on the HSM."],
    words: Words::Flags,
    flags: &[
        &LABEL,
        &FILE,
        &KEY,
        &KEY_TYPE,
        &SIZE,
        &MODULUS_BITS,
        &MECHANISM,
        &TEMPLATE,
        &SESSION,
        &VECTOR,
        &EXTRACTABLE,
    ],
    // What else is missing depends on the mechanism, and is missed before the label.
    required: &[&KEY, &FILE, &KEY_TYPE],
    syntax: &[],
    checks: &[],
    frame: Frame::Full(Layout::new(16, Ending::Line).before_where(0).written_syntax(&[
        "-f <key file name> -w <wrapper key handle>",
        "\t\t\t-l <label > -t <key type> -s <key size> -m modlen [-mech <4/5/10>]",
        "\t\t\t-i [<Unwrapping IV>] [-template] [-sess] [-extractable]",
    ])),
    example: Example::new(&[
        LOGIN,
        AES_KEY,
        WRAPPING_KEY,
        "wrapKey -k 6 -w 7 -out bare.key -m 5 -noheader",
        "unWrapKeyWithSize -f bare.key -w 7 -l unwrapped -t 31 -s 32",
    ]),
    run,
};

fn run(client: &mut Client<'_>, arguments: &Arguments) -> Result<ReturnCode, Usage> {
    let file = arguments.required(&FILE)?;
    let key_type = arguments.required(&KEY_TYPE)?;
    let unwrapping_key = arguments.required(&KEY)?;
    let mechanism = arguments.get(&MECHANISM);
    let used = mechanism.unwrap_or(Mechanism::NistAesWrapNoPad);
    let size = if used == Mechanism::AesKeyWrapPadPkcs5 {
        if arguments.has(&SIZE) {
            let message = "don't pass key size for CRYPTO_MECH_AES_KEY_WRAP_PKCS_PAD";
            return Err(Usage::tell(Message::Open(String::from(message))));
        }
        None
    } else {
        Some(arguments.required(&SIZE)?)
    };
    let label = arguments.required(&LABEL)?;
    let template = arguments.has(&TEMPLATE);
    let modulus_bits = arguments.get(&MODULUS_BITS);
    if key_type == 0 && !template && modulus_bits.is_none() {
        return Err(Usage::say(
            "Modulus size in bits (-m) is missing for RSA key type in no template case",
        ));
    }
    client.show(&Reply::UnwrapWarnings {
        vector: !arguments.has(&VECTOR),
        mechanism: mechanism.is_none(),
        template,
    });
    let (vector, wrapped) = match file.content.split_at_checked(VECTOR_LENGTH) {
        Some((vector, wrapped)) if template => (Some(vector.to_vec()), wrapped),
        // A file that is too short for its vector holds no key either.
        None if template => (None, &[][..]),
        _ => (arguments.get(&VECTOR), file.content.as_slice()),
    };
    // Zeros say that the mechanism's own vector was used.
    let vector = vector.filter(|vector| vector.iter().any(|byte| *byte != 0));
    let answer = client.hsm.unwrap_with_size(&UnwrapWithSize {
        wrapped: wrapped.to_vec(),
        unwrapping_key,
        mechanism: used,
        vector,
        key_type,
        size,
        modulus_bits,
        options: KeyOptions {
            label,
            id: KeyId::default(),
            session: arguments.has(&SESSION),
            extractable: arguments.has(&EXTRACTABLE),
            shared_with: Vec::new(),
            m_value: 0,
            minimum_servers: 0,
        },
    });
    let code = answer.status.code;
    client.show(&Reply::KeyMade(super::reply::KeyMade {
        maker: Maker::UnwrapWithSize,
        answer,
        attested: None,
    }));
    Ok(code)
}
