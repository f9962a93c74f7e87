//! Random operations of several users in several sessions on one state, each
//! compared with what a simple model of the rules says.
//!
//! `KMU_MODEL_SEQUENCES` runs more of them, `KMU_MODEL_SEED` others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod operation;
mod rules;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use kmu::crypto::curve;
use kmu::crypto::password::Cost;
use kmu::crypto::signature::Mechanism;
use kmu::hsm::attribute::{Attribute, AttributeValue};
use kmu::hsm::clock::Clock;
use kmu::hsm::names::{Handle, KEY_ENCRYPTION_KEY, KeyId, Label};
use kmu::hsm::settings::Settings;
use kmu::hsm::user::LoginType;
use kmu::hsm::{
    Answer, AttributeDump, FindKey, GenerateEccKeyPair, GenerateSymmetricKey, Hsm, KeyOptions,
};
use kmu::store::Store;
use operation::{Filter, Operation, Options};
use rules::{Class, Expected, Model};
use support::dice::{Dice, number_from_environment};

const SESSIONS: usize = 4;
const STEPS: usize = 150;
const SEQUENCES: u64 = 100;

/// A step: the session and what it does.
type Step = (usize, Operation);

/// Sessions on one state, and the masked objects that they made.
struct Real {
    sessions: Vec<Hsm>,
    masked: Vec<Vec<u8>>,
    _directory: tempfile::TempDir,
}

impl Real {
    fn new(fips_mode: bool, seed: u64) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let start = |session: usize| {
            let store = Store::open(&directory.path().join("s"), Duration::from_secs(10)).unwrap();
            let settings = Settings { fips_mode, ..Settings::default() };
            let seed = Some(seed.wrapping_mul(SESSIONS as u64) + session as u64);
            Hsm::start(settings, store, Clock::new_virtual(), seed, Cost::IN_MEMORY).unwrap()
        };
        let sessions = (0..SESSIONS).map(start).collect();
        Self { sessions, masked: Vec::new(), _directory: directory }
    }

    fn apply(&mut self, session: usize, operation: &Operation, model: &Model) -> Expected {
        let hsm = &mut self.sessions[session];
        let handle = |number: &u64| Handle(model.handle(*number));
        let simple = |answer: Answer<()>| told(&answer, Vec::new());
        match operation {
            Operation::LogIn { user_type, name, password } => {
                simple(hsm.log_in(LoginType::from_word(user_type).unwrap(), name, password))
            }
            Operation::LogOut => simple(hsm.log_out()),
            Operation::ListUsers => {
                let answer = hsm.list_users();
                let users = answer.value.iter().flatten();
                let failures = users.map(|user| user.login_failures.into()).collect();
                told(&answer, failures)
            }
            Operation::GeneratePair { weak, options } => {
                let curve = curve::by_id(if *weak { 1 } else { 2 }).unwrap();
                let request = GenerateEccKeyPair { curve, options: key_options(options) };
                let answer = hsm.generate_ecc_key_pair(&request);
                let handles = answer.value.map(|pair| vec![pair.public, pair.private]);
                made(&answer, handles)
            }
            Operation::GenerateSecret { rc4, options } => {
                let key_type = if *rc4 { 18 } else { 31 };
                let options = key_options(options);
                let request = GenerateSymmetricKey { key_type, length: 16, options };
                let answer = hsm.generate_symmetric_key(&request);
                made(&answer, answer.value.map(|handle| vec![handle]))
            }
            Operation::Find(filter) => {
                let answer = hsm.find_key(&find_key(filter));
                made(&answer, answer.value.clone())
            }
            Operation::FindSingle(number) => simple(hsm.find_single_key(handle(number))),
            Operation::KeyInfo(number) => {
                let answer = hsm.get_key_info(handle(number));
                let numbers = answer.value.iter().flat_map(|info| {
                    let shared = info.shared_with.iter().map(|user| u64::from(*user));
                    let m_value = u64::from(info.m_value);
                    [u64::from(info.owner)].into_iter().chain(shared).chain([m_value])
                });
                told(&answer, numbers.collect())
            }
            Operation::Token(number) => {
                let answer = hsm.get_attribute(handle(number), Attribute::Token.number());
                let numbers = answer.value.iter().map(|dump| match dump {
                    AttributeDump::One(_, AttributeValue::Byte(byte)) => u64::from(*byte),
                    other => panic!("{other:?}"),
                });
                told(&answer, numbers.collect())
            }
            Operation::Delete(number) => simple(hsm.delete_key(handle(number))),
            Operation::SetToken(number, token) => simple(hsm.set_token(handle(number), *token)),
            Operation::Sign(number) => {
                told(&hsm.sign(handle(number), Mechanism::from_number(17), b"message"), Vec::new())
            }
            Operation::ExportPublic(number) => {
                told(&hsm.export_public_key(handle(number)), Vec::new())
            }
            Operation::Export(number) => {
                let (_, answer) = hsm.export_key(handle(number), KEY_ENCRYPTION_KEY, None);
                told(&answer, Vec::new())
            }
            Operation::ExtractMasked(number) => {
                let answer = hsm.extract_masked_object(handle(number));
                self.masked.extend(answer.value.clone());
                told(&answer, Vec::new())
            }
            Operation::InsertMasked(number) => {
                let masked = &self.masked[*number as usize % self.masked.len()];
                let answer = hsm.insert_masked_object(masked, 0);
                made(&answer, answer.value.map(|handle| vec![handle]))
            }
        }
    }
}

fn told<T>(answer: &Answer<T>, numbers: Vec<u64>) -> Expected {
    Expected { code: answer.status.code.0, handles: Vec::new(), numbers }
}

fn made<T>(answer: &Answer<T>, handles: Option<Vec<Handle>>) -> Expected {
    let handles = handles.unwrap_or_default().iter().map(|handle| handle.0).collect();
    Expected { handles, ..told(answer, Vec::new()) }
}

fn id_text(id: u8) -> String {
    if id == 0 { String::new() } else { format!("id{id}") }
}

fn key_options(options: &Options) -> KeyOptions {
    KeyOptions {
        label: Label::new(&format!("label{}", options.label)).unwrap(),
        id: KeyId::new(&id_text(options.id)).unwrap(),
        session: options.session,
        extractable: options.extractable,
        shared_with: options.shared_with.clone(),
        m_value: options.m_value,
        minimum_servers: 0,
    }
}

fn find_key(filter: &Filter) -> FindKey {
    FindKey {
        class: filter.class.map(|class| match class {
            Class::Public => 2,
            Class::Private => 3,
            Class::Secret => 4,
        }),
        session: filter.session,
        label: filter.label.map(|label| format!("label{label}")),
        id: filter.id.map(|id| id_text(id).into_bytes()),
        shared_with: filter.shared_with.into_iter().collect(),
        ..FindKey::default()
    }
}

/// Runs the steps; says where model and cluster disagree first.
fn run(fips_mode: bool, seed: u64, steps: &[Step], codes: &mut Codes) -> Result<(), String> {
    let mut model = Model::new(fips_mode, SESSIONS);
    let mut real = Real::new(fips_mode, seed);
    for (index, (session, operation)) in steps.iter().enumerate() {
        if matches!(operation, Operation::InsertMasked(_)) && model.masked() == 0 {
            continue;
        }
        // The cluster goes first: the model's numbers of handles mean what was given before.
        let answered = real.apply(*session, operation, &model);
        let expected = model.apply(*session, operation);
        if answered != expected {
            return Err(format!("step {index}: the model says {expected:x?}, kmu {answered:x?}"));
        }
        *codes.entry(expected.code).or_default() += 1;
    }
    Ok(())
}

/// How often each code came up.
type Codes = std::collections::BTreeMap<u32, usize>;

/// Leaves out steps as long as the rest still fails.
fn shrink(fips_mode: bool, seed: u64, mut steps: Vec<Step>) -> Vec<Step> {
    let mut length = steps.len() / 2;
    while length > 0 {
        let mut start = 0;
        while start < steps.len() {
            let end = (start + length).min(steps.len());
            let fewer = [&steps[..start], &steps[end..]].concat();
            if run(fips_mode, seed, &fewer, &mut Codes::new()).is_err() {
                steps = fewer;
            } else {
                start = end;
            }
        }
        length /= 2;
    }
    steps
}

#[test]
fn the_cluster_does_what_the_model_says() {
    let first = number_from_environment("KMU_MODEL_SEED", 0);
    let sequences = number_from_environment("KMU_MODEL_SEQUENCES", SEQUENCES);
    let mut codes = Codes::new();
    for seed in first..first + sequences {
        let mut dice = Dice::new(seed);
        let fips_mode = dice.one_in(2);
        let guesses = dice.one_in(5);
        let logins = (0..SESSIONS - if guesses { 2 } else { 0 })
            .map(|session| (session, operation::draw_login(&mut dice)));
        let mut steps: Vec<Step> = logins.collect();
        steps.extend((0..STEPS).map(|_| {
            let session = dice.below(SESSIONS as u64) as usize;
            (session, operation::draw(&mut dice, guesses))
        }));
        if let Err(difference) = run(fips_mode, seed, &steps, &mut codes) {
            let steps = shrink(fips_mode, seed, steps);
            let shortest = run(fips_mode, seed, &steps, &mut Codes::new()).unwrap_err();
            panic!("seed {seed}: {difference}\nshortest: {shortest}\n{steps:#?}");
        }
    }
    let steps: usize = codes.values().sum();
    let hexadecimal: Vec<_> =
        codes.iter().map(|(code, count)| format!("{code:#x}: {count}")).collect();
    println!(
        "model: {sequences} sequences, {steps} steps, 0 disagreements; {}",
        hexadecimal.join(", ")
    );
    assert!(steps >= 10_000 || sequences < SEQUENCES, "{steps}");
    // Every rule of the model came up.
    let rules = [
        rules::SUCCESS,
        rules::ALREADY_LOGGED_IN,
        rules::UNKNOWN_USER_NAME,
        rules::NOT_LOGGED_IN,
        rules::LOGIN_FAILURE,
        rules::USER_LOCKED,
        rules::INVALID_HANDLE,
        rules::ATTRIBUTE_READ_ONLY,
        rules::POLICY_VIOLATION,
        rules::DUPLICATE_KEY_ID,
        rules::M_VALUE_TOO_LARGE,
        rules::SHARED_WITH_OWNER,
        rules::QUORUM_NOT_MET,
        rules::NOT_EXTRACTABLE,
        rules::ACCESS_DENIED,
        rules::UNKNOWN_USER,
        rules::INVALID_USER_TYPE,
        rules::INVALID_USER_INPUT,
        rules::ARGUMENTS_BAD,
    ];
    if sequences >= SEQUENCES {
        assert!(rules.iter().all(|code| codes.contains_key(code)), "{hexadecimal:?}");
    }
}
