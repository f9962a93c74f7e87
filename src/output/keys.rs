//! What commands say of keys that they make, import and export.

use super::templates::Style;
use crate::command::reply::{Exported, KeyMade, Maker, PairMaker};
use crate::hsm::key::Class;
use crate::hsm::names::Handle;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{Answer, ExportStep, ImportStep, KeyInfo, KeyPair};

/// How the generation of a pair ended.
pub fn key_pair(
    s: Style,
    answer: &Answer<KeyPair>,
    attestation: Option<bool>,
    maker: PairMaker,
) -> String {
    let i = s.indent;
    let lost = answer.status.code == ReturnCode::DAEMON_UNREACHABLE;
    let name = match maker {
        // These two ask the partition for its FIPS state first.
        PairMaker::Rsa | PairMaker::Dsa if lost => "Cfm3GetPartitionInfo",
        PairMaker::Dsa => "Cfm3GenerateKeyPair:",
        PairMaker::Rsa | PairMaker::Ecc => "Cfm3GenerateKeyPair",
    };
    let result = s.returned(name, answer.status.code);
    let handles = answer.value.map_or_else(String::new, |pair| key_pair_handles(i, pair));
    let attestation = attestation.map_or_else(String::new, |passed| attested(i, passed));
    result + &handles + &attestation + &s.cluster(&answer.status)
}

/// The handles of a pair.
pub fn key_pair_handles(i: &str, pair: KeyPair) -> String {
    format!(
        "\n{i}Cfm3GenerateKeyPair:    public key handle: {}    private key handle: {}\n",
        pair.public, pair.private
    )
}

/// imSymKey and importPrivateKey.
pub fn key_imported(s: Style, made: &KeyMade, reached: ImportStep, on_host: bool) -> String {
    let calls = match made.maker {
        Maker::ImportPrivate => s.templates.calls.import_private,
        _ => s.templates.calls.import_secret,
    };
    let [wrap, template, unwrap] = calls;
    let steps =
        [(ImportStep::Wrap, wrap), (ImportStep::Template, template), (ImportStep::Unwrap, unwrap)];
    // What the client wraps by itself has no line unless it fails.
    let (silent, shown) = steps.split_at(usize::from(on_host));
    let host_failed = silent.iter().any(|(step, _)| *step == reached);
    let host = if host_failed { "AES_wrap_key failed\n" } else { "" };
    host.to_owned() + &import_steps(s, shown, made, reached) + &handle_and_rest(s, made)
}

/// unWrapKey without a header.
pub fn bare_key_unwrapped(s: Style, made: &KeyMade, reached: ImportStep) -> String {
    let steps = [
        (ImportStep::Template, "Cfm3CreateUnwrapTemplate2 returned"),
        (ImportStep::Unwrap, "Cfm2UnWrapWithTemplate3 returned"),
    ];
    import_steps(s, &steps, made, reached) + &handle_and_rest(s, made)
}

/// The result lines of an import up to the step that it reached.
fn import_steps(
    s: Style,
    steps: &[(ImportStep, &str)],
    made: &KeyMade,
    reached: ImportStep,
) -> String {
    let line = |(step, words): &(ImportStep, &str)| {
        let last = *step == reached;
        s.result(words, if last { made.answer.status.code } else { ReturnCode::SUCCESS })
    };
    steps.iter().filter(|(step, _)| *step <= reached).map(line).collect()
}

/// exSymKey and exportPrivateKey.
pub fn key_exported(s: Style, exported: &Exported) -> String {
    let code =
        |step| if step == exported.step { exported.status.code } else { ReturnCode::SUCCESS };
    // What fails last is the file; the keys were fine until then.
    let code = |step| match code(step) {
        ReturnCode::WRITE_OUTPUT_FILE => ReturnCode::SUCCESS,
        code => code,
    };
    let [wrap, unwrap] = s.templates.calls.export;
    let mut text = s.result(wrap, code(ExportStep::Wrap));
    if exported.step == ExportStep::Wrap {
        return text;
    }
    let unwrapped = code(ExportStep::Unwrap);
    if !exported.on_host {
        text += &s.result(unwrap, unwrapped);
    } else if !unwrapped.is_success() {
        text += "AES_unwrap_key failed\n";
    }
    if !unwrapped.is_success() {
        return text;
    }
    let file = exported.file.display();
    text + &match (exported.class, exported.written) {
        (Class::Private, true) => format!("\nPEM formatted private key is written to {file}\n"),
        (Class::Private, false) if !exported.opened => String::from("failed to open file bio\n\n"),
        // The client says both.
        (Class::Private, false) => {
            format!("failed to write to file\n\n\nPEM formatted private key is written to {file}\n")
        }
        (_, true) => (s.templates.secret_exported)(&exported.file),
        (_, false) => format!("\n\nCouldn't write to file {file}\n"),
    }
}

/// What unWrapKeyWithSize assumes.
pub fn unwrap_warnings(i: &str, vector: bool, mechanism: bool, template: bool) -> String {
    let mut text = String::new();
    if vector {
        text += &format!(
            "\n{i}Warning: IV (-i) is missing.\n\
             {i}{i} 0xA6A6A6A6A6A6A6A6/0x0 is considered as default IV based on fw ver\n"
        );
    }
    if mechanism {
        text += &format!(
            "\n{i} Warning: Mechanism for wrap/unwrap is missing.\
             \n{i} NIST_AES_WRAP_NO_PAD is the default mechanishm\n"
        );
    }
    text + &if template {
        format!("\n{i}WARN IV is ignored for template case\n")
    } else {
        format!("\n{i}WARN template option is missing.\n{i}so unwrapping key without template.\n")
    }
}

/// How the making of one key ended.
pub fn key_made(s: Style, made: &KeyMade) -> String {
    let code = made.answer.status.code;
    match made.maker {
        Maker::CreatePublic => {
            let result = s.returned("Cfm3CreateRSAPublicKey", code);
            handle_when_complete(s, made) + &result + &s.cluster(&made.answer.status)
        }
        Maker::ImportPublic => {
            let result = s.returned("Cfm3CreatePublicKey", code);
            result + &handle_when_complete(s, made) + &s.cluster(&made.answer.status)
        }
        Maker::GeneratePasswordBased => {
            s.returned("Cfm3GeneratePBEKey", code) + &handle_and_rest(s, made)
        }
        Maker::Unwrap => s.result(s.templates.calls.unwrap, code) + &handle_and_rest(s, made),
        Maker::UnwrapWithSize => s.result("Cfm3UnWrapKeyWithSize", code) + &handle_line(s, made),
        Maker::InsertMasked => {
            s.returned("Cfm3InsertMaskedObject", code) + &handle_and_rest(s, made)
        }
        _ => s.returned("Cfm3GenerateSymmetricKey", code) + &handle_and_rest(s, made),
    }
}

/// The handle, where one of a key that is not on enough nodes is named in the end only.
fn handle_when_complete(s: Style, made: &KeyMade) -> String {
    if made.answer.status.code.is_success() { handle_line(s, made) } else { String::new() }
}

/// The line with the handle, if there is one.
fn handle_line(s: Style, made: &KeyMade) -> String {
    made.answer.value.map_or_else(String::new, |key| s.new_handle(made.maker, key))
}

/// The handle, the attestation, the cluster block.
fn handle_and_rest(s: Style, made: &KeyMade) -> String {
    let i = s.indent;
    let attestation = made.attested.map_or_else(String::new, |passed| attested(i, passed));
    handle_line(s, made) + &attestation + &s.cluster(&made.answer.status)
}

/// The line with the handle of a new key, where the dialects agree or one has no line of its own.
pub fn new_handle(i: &str, maker: Maker, handle: Handle) -> String {
    match maker {
        Maker::GenerateSymmetric => format!("\n{i}Symmetric Key Created.  Key Handle: {handle}\n"),
        Maker::GeneratePasswordBased => format!("\n{i}PBE Key Created.  Key Handle: {handle}\n"),
        Maker::InsertMasked => format!("{i}New Key Handle: {handle} \n"),
        Maker::CreatePublic => format!("\n{i}Public Key Created.  Key Handle: {handle}\n"),
        Maker::ImportPublic => format!("\nPublic Key Handle: {handle} \n"),
        Maker::Unwrap | Maker::UnwrapWithSize | Maker::ImportSymmetric | Maker::ImportPrivate => {
            format!("\n{i}Key Unwrapped.  Key Handle: {handle} \n")
        }
    }
}

/// The verdict of an attestation.
pub fn attested(i: &str, passed: bool) -> String {
    format!("\n{i}Attestation Check : [{}]\n", if passed { "PASS" } else { "FAIL" })
}

/// How many users must approve the use of a key, and whether there are so many.
pub fn approvals(i: &str, info: &KeyInfo) -> String {
    let mut text = String::new();
    if info.m_value > 1 {
        text += &format!("\n{i} {} Users need to approve to use/manage this key", info.m_value);
    }
    if usize::from(info.m_value) > info.shared_with.len() + 1 {
        text += &format!("\n{i} This key is unusable as M > N. Better delete this.");
    }
    text + "\n"
}
