//! What each reply adds to the object of its command.

use std::path::Path;

use serde_json::Value;

use super::values::{self, ended, file, nodes};
use super::{Poll, Record, Step, bare};
use crate::command::flag::Message;
use crate::command::reply::{Exported, FakePem, KeyMade, PolledKey, ValidHandle};
use crate::command::{Command, Reply, Usage};
use crate::crypto::signature::Verdict;
use crate::hsm::attribute::Attribute;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::{Answer, ExportStep, ImportStep, KeyPair, Status};
use crate::output::templates::Style;
use crate::output::{files, replies};

/// The steps of an import, in their order.
const IMPORT_STEPS: [(ImportStep, &str); 3] = [
    (ImportStep::Wrap, "wrap"),
    (ImportStep::Template, "template"),
    (ImportStep::Unwrap, "unwrap"),
];

/// The steps of an export, in their order.
const EXPORT_STEPS: [(ExportStep, &str); 2] =
    [(ExportStep::Wrap, "wrap"), (ExportStep::Unwrap, "unwrap")];

impl Record {
    /// Adds a reply. What has no data is a message, in the words that `style` has for it.
    pub fn add(&mut self, style: Style, reply: &Reply) {
        match reply {
            Reply::Explained(command) => {
                self.add_help(command);
                self.set("example", command.example.lines.to_vec());
            }
            Reply::HelpTable => self.set("commands", values::commands()),
            Reply::Usage(command, usage) => {
                self.add_usage(usage);
                if usage.help_asked {
                    self.add_help(command);
                }
                if usage.unknown_curve {
                    self.messages.push(String::from("Invalid EC Curve ID."));
                    self.set("curves", values::curves());
                }
            }
            Reply::PartitionUnread(usage, _) => self.add_usage(usage),

            Reply::LoggedIn(status)
            | Reply::LoggedOut(status)
            | Reply::SingleKeyFound(status)
            | Reply::AttributeSet(status)
            | Reply::TokensDeleted(status)
            | Reply::TokensApproved(status) => self.nodes = nodes(status),
            Reply::LoginStatus(user_type) => {
                self.set("user_type", user_type.map(|user_type| user_type.word()));
            }
            Reply::Users(answer) => self.add_value(answer, "users", |users| values::users(users)),

            Reply::KeyPairGenerated(answer, attested, _) => {
                self.add_pair(answer);
                self.add_attestation(*attested);
            }
            Reply::KeyMade(made) => self.add_key(made),
            Reply::KeyImported(made, reached, on_host) => {
                self.add_import(&IMPORT_STEPS[usize::from(*on_host)..], *reached, made);
            }
            Reply::BareKeyUnwrapped(made, reached) => {
                self.add_import(&IMPORT_STEPS[1..], *reached, made);
            }
            Reply::BerLength(length) => self.set("ber_length", *length),
            Reply::KeyExported(exported) => self.add_export(exported),
            Reply::PublicKeyExported(status, path)
            | Reply::MaskedObjectExtracted(status, path)
            | Reply::CertificateRead(status, path) => self.add_file(status, path),
            Reply::Signed(status, path) => {
                self.add_file(status, path);
                self.add_lines(&files::unfit_mechanism("", status, "signature"));
            }
            Reply::KeyWrapped(status, path, length) => {
                if status.code.is_success() {
                    self.set("file", file(path));
                    self.set("length", *length);
                }
            }
            // The bytes themselves may be a key in the clear.
            Reply::HostWrapped(wrapped) => {
                if let Some(bytes) =
                    wrapped.result.as_ref().filter(|_| wrapped.status.code.is_success())
                {
                    self.set("file", file(&wrapped.file));
                    self.set("length", bytes.len());
                }
            }
            Reply::AlreadyImported(handle) => self.set("handle", handle.0),
            Reply::FakePemWritten(FakePem::Written(path)) => self.set("file", file(path)),
            Reply::HandleFileExamined(path, verdict) => {
                self.set("file", file(path));
                let (words, handle) = match verdict {
                    ValidHandle::NotOpened => ("not opened", None),
                    ValidHandle::NotRead => ("not read", None),
                    ValidHandle::RealKey => ("real key", None),
                    ValidHandle::Known(handle) => ("known handle", Some(*handle)),
                    ValidHandle::Unknown(handle) => ("unknown handle", Some(*handle)),
                };
                self.set("verdict", words);
                if let Some(handle) = handle {
                    self.set("handle", handle);
                }
            }
            Reply::Verified(answer) => {
                self.add_value(answer, "valid", |verdict| (*verdict == Verdict::Valid).into());
                let fault = answer.value.and_then(files::signature_fault);
                self.messages.extend(fault.map(String::from));
                self.add_lines(&files::unfit_mechanism("", &answer.status, "verification"));
            }
            // Its result line is the code of the command.
            Reply::UnreadablePublicKey(key) => {
                self.add_lines(&files::unreadable_public_key("", key));
            }
            Reply::TooFewServers(successes) => {
                self.set("servers", *successes);
                self.say(style, reply);
            }
            Reply::Polled(polled) => {
                let key = match polled.key {
                    PolledKey::Only => "only",
                    PolledKey::Private => "private",
                    PolledKey::Public => "public",
                };
                let ended = ended(&polled.status);
                self.polls.push(Poll { key, second: polled.second, ended });
            }
            Reply::RollingBack(_) => self.rollback = Some(Vec::new()),
            Reply::KeyDeleted(status) => match &mut self.rollback {
                Some(deleted) => deleted.push(ended(status)),
                None => self.nodes = nodes(status),
            },

            Reply::HsmInformation(answer) => self.add_value(answer, "hsm", values::hsm),
            Reply::PartitionInformation(answer) => {
                self.add_value(answer, "partition", values::partition);
            }
            Reply::KeysFound(answer) => {
                self.nodes = nodes(&answer.status);
                if let Some(handles) = &answer.value {
                    self.set("count", handles.len());
                    self.set("handles", handles.iter().map(|handle| handle.0).collect::<Vec<_>>());
                }
            }
            Reply::KeyInfo(answer) => {
                if let Some(info) = &answer.value {
                    self.set("owner", info.owner);
                    self.set("shared_with", info.shared_with.clone());
                    self.set("m_value", info.m_value);
                }
            }
            Reply::AttributesRead(read) => {
                if let Some(dump) = read.dump.as_ref().filter(|_| read.written) {
                    self.set("attributes", values::attributes(dump));
                    self.set("file", file(&read.file));
                }
                if !read.attestations.is_empty() {
                    self.set("attested", read.attestations.iter().all(|passed| *passed));
                }
            }

            Reply::TokenIssued(answer) => {
                self.nodes = nodes(&answer.status);
                self.add_value(answer, "token", |issued| values::token(&issued.info));
            }
            Reply::TokensListed(answer) => {
                self.nodes = nodes(&answer.status);
                self.add_value(answer, "tokens", |list| list.iter().map(values::token).collect());
            }

            Reply::ErrorText(code) => {
                self.set("error_code", code.0);
                self.set("error_text", code.text());
            }
            Reply::AttributeList => {
                let listed: &[Attribute] = style.templates.listed_attributes;
                self.set("attributes", values::attribute_numbers(listed));
            }
            Reply::CurveList => self.set("curves", values::curves()),

            // What has been said once, asks, or is in the code or the details.
            Reply::KeyPairHandles(_)
            | Reply::KeyHandle(..)
            | Reply::AskBoolean
            | Reply::UnknownCommand(_)
            | Reply::Cancelled
            | Reply::WaitEnded
            | Reply::LoginStatusUnread(_) => {}
            Reply::UnreadableLine(_)
            | Reply::NoTerminal
            | Reply::InvalidHostKey
            | Reply::WrongClass(..)
            | Reply::UnreadablePrivateKey(_)
            | Reply::KeyFileNotOpened(..)
            | Reply::DefaultVector
            | Reply::UnwrapWarnings { .. }
            | Reply::FakePemWritten(_)
            | Reply::KeyTypeUnread(_)
            | Reply::Rc4Refused(_)
            | Reply::UnreadableFile(_)
            | Reply::UnreadableInput
            | Reply::AttributeNotSettable
            | Reply::TokenFileNotOpened(..)
            | Reply::IncompatibleField(..)
            | Reply::ApprovalFault(_) => self.say(style, reply),
        }
        self.details.extend(reply.detail().map(Into::into));
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.result.insert(name.to_owned(), value.into());
    }

    /// Messages in the client's words.
    fn say(&mut self, style: Style, reply: &Reply) {
        self.add_lines(&replies::render(style, reply));
    }

    /// A message for each line of a text.
    fn add_lines(&mut self, text: &str) {
        self.messages.extend(text.lines().map(bare).filter(|line| !line.is_empty()));
    }

    fn add_usage(&mut self, usage: &Usage) {
        for file in &usage.unreadable_files {
            self.add_lines(&files::unreadable_file("", file));
        }
        for message in &usage.messages {
            let (Message::Error(text)
            | Message::Plain(text)
            | Message::AtMargin(text)
            | Message::Open(text)
            | Message::Remark(text)) = message;
            self.add_lines(text);
        }
    }

    fn add_file(&mut self, status: &Status, path: &Path) {
        if status.code.is_success() {
            self.set("file", file(path));
        }
        self.nodes = nodes(status);
    }

    fn add_help(&mut self, command: &Command) {
        self.set("purpose", command.purpose.join(" "));
        self.set("flags", values::flags(command));
    }

    fn add_value<T>(&mut self, answer: &Answer<T>, name: &str, value: impl Fn(&T) -> Value) {
        if let Some(brought) = &answer.value {
            self.set(name, value(brought));
        }
    }

    fn add_pair(&mut self, answer: &Answer<KeyPair>) {
        self.nodes = nodes(&answer.status);
        if let Some(pair) = answer.value {
            self.set("public_handle", pair.public.0);
            self.set("private_handle", pair.private.0);
        }
    }

    fn add_attestation(&mut self, attested: Option<bool>) {
        if let Some(passed) = attested {
            self.set("attested", passed);
        }
    }

    fn add_key(&mut self, made: &KeyMade) {
        self.nodes = nodes(&made.answer.status);
        if let Some(handle) = made.answer.value {
            self.set("handle", handle.0);
        }
        self.add_attestation(made.attested);
    }

    fn add_import(
        &mut self,
        steps: &[(ImportStep, &'static str)],
        reached: ImportStep,
        made: &KeyMade,
    ) {
        self.add_steps(steps, reached, &made.answer.status);
        self.add_key(made);
    }

    fn add_export(&mut self, exported: &Exported) {
        let steps = &EXPORT_STEPS[..EXPORT_STEPS.len() - usize::from(exported.on_host)];
        // What fails last is the file; the keys were fine until then.
        let written = Status::local(ReturnCode::SUCCESS);
        let unwritten = exported.status.code == ReturnCode::WRITE_OUTPUT_FILE;
        let status = if unwritten { &written } else { &exported.status };
        self.add_steps(steps, exported.step, status);
        if exported.written {
            self.set("file", file(&exported.file));
        }
    }

    /// The steps up to the one that was reached, which ended with the code of the status.
    fn add_steps<S: PartialOrd>(
        &mut self,
        steps: &[(S, &'static str)],
        reached: S,
        status: &Status,
    ) {
        let done = steps.iter().filter(|(step, _)| *step <= reached);
        self.steps.extend(done.map(|(step, name)| {
            let code = if *step == reached { status.code } else { ReturnCode::SUCCESS };
            Step { step: name, code: code.into() }
        }));
    }
}
