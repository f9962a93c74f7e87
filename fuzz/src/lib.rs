//! What the fuzz targets call, and what `tests/fuzz_seeds.rs` calls with
//! mutated seeds on every test run. Whatever the bytes are, nothing here may
//! panic, hang, take all memory or write anything but its own scratch files.

use std::cell::RefCell;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use kmu::command::{self, Client, Console, NoAnswer, Reply, Word};
use kmu::crypto::asymmetric::{PrivateKey, PublicKey};
use kmu::crypto::password::{self, Cost};
use kmu::crypto::seal::{self, SealingKey};
use kmu::crypto::wrap::{Hash, Mechanism};
use kmu::crypto::{fake_pem, mac, pem as pem_file, random};
use kmu::fault_words;
use kmu::hsm::clock::Clock;
use kmu::hsm::names::{Handle, KEY_ENCRYPTION_KEY, KeyId, Label};
use kmu::hsm::settings::Settings;
use kmu::hsm::token::{Service, TOKEN_LENGTH};
use kmu::hsm::user::{LoginType, UserType};
use kmu::hsm::{
    Approval, AttributeDump, DeleteTokens, Described, FindKey, GenerateRsaKeyPair,
    GenerateSymmetricKey, GetToken, Hsm, KeyOptions, UnwrapKey, WrapKey, WrapMechanism,
};
use kmu::shell::line::{Line, read};
use kmu::shell::words;
use kmu::store::Store;
use zeroize::Zeroizing;

/// What every new key here is.
fn options() -> KeyOptions {
    KeyOptions {
        label: Label::default(),
        id: KeyId::default(),
        session: true,
        extractable: true,
        shared_with: Vec::new(),
        m_value: 0,
        minimum_servers: 0,
    }
}

/// A session of example_user on a state.
fn session(store: Store) -> Option<Hsm> {
    let settings = Settings { fips_mode: false, ..Settings::default() };
    let mut hsm =
        Hsm::start(settings, store, Clock::new_virtual(), Some(1), Cost::IN_MEMORY).ok()?;
    hsm.log_in(LoginType::CryptoUser, "example_user", "example_pwd").value?;
    Some(hsm)
}

/// Lines of bytes, split into words, read as the arguments of their command.
pub fn line(data: &[u8]) {
    let mut input = Cursor::new(data);
    loop {
        match read(&mut input) {
            Ok(Line::Text(text)) => {
                let Ok(words) = words::split(&text) else { continue };
                let Some((name, rest)) = words.split_first() else { continue };
                if let Some(command) = command::find(name) {
                    let _ = command::parse(command, rest, true);
                }
            }
            Ok(Line::Unreadable(_)) => {}
            Ok(Line::End | Line::Interrupted) | Err(_) => return,
        }
    }
}

/// Everything that reads keys from files: PEM of all kinds, fake PEM, and the DER inside.
pub fn pem(data: &[u8]) {
    let _ = pem_file::read_private_key(data);
    let _ = pem_file::read_public_key(data);
    let _ = fake_pem::examine(data);
    let _ = PrivateKey::from_der(data);
    let _ = PrivateKey::from_sec1(data, None);
    let _ = PublicKey::from_der(data);
}

/// A cluster with a key for every mechanism that unwraps, made once per thread.
struct Unwrapper {
    hsm: Hsm,
    aes: Handle,
    des: Handle,
    rsa: Handle,
}

thread_local! {
    static UNWRAPPER: RefCell<Unwrapper> = RefCell::new(Unwrapper::new());
    static MASKER: RefCell<Masker> = RefCell::new(Masker::new());
}

impl Unwrapper {
    fn new() -> Self {
        let mut hsm = session(Store::in_memory().unwrap()).unwrap();
        let secret =
            |key_type, length| GenerateSymmetricKey { key_type, length, options: options() };
        let aes = hsm.generate_symmetric_key(&secret(31, 32)).value.unwrap();
        let des = hsm.generate_symmetric_key(&secret(21, 24)).value.unwrap();
        let request =
            GenerateRsaKeyPair { modulus_bits: 1024, exponent: 65_537, options: options() };
        let rsa = hsm.generate_rsa_key_pair(&request).value.unwrap();
        Self { hsm, aes, des, rsa: rsa.private }
    }

    fn key(&self, mechanism: Mechanism) -> Handle {
        match mechanism {
            Mechanism::NistTdeaWrap => self.des,
            Mechanism::RsaAes | Mechanism::RsaOaep | Mechanism::RsaPkcs => self.rsa,
            _ => self.aes,
        }
    }
}

fn how(mechanism: Mechanism) -> WrapMechanism {
    WrapMechanism {
        mechanism,
        hash: Hash::Sha256,
        initialization_vector: (mechanism == Mechanism::AesGcm).then(|| vec![7; 12]),
        additional_data: Vec::new(),
        tag_length: 16,
    }
}

/// A wrapped key. The first byte says whether it has a header and, if not,
/// with which mechanism and as what it is unwrapped.
pub fn wrapped_key(data: &[u8]) {
    let Some((selector, wrapped)) = data.split_first() else { return };
    let Some(mechanism) = Mechanism::from_number(u32::from(selector % 9) + 4) else { return };
    let described = match selector / 9 {
        0..8 => None,
        number if number % 2 == 0 => Some(Described { class: 4, key_type: 16 }),
        _ => Some(Described { class: 3, key_type: 3 }),
    };
    UNWRAPPER.with_borrow_mut(|unwrapper| {
        let request = UnwrapKey {
            wrapped: wrapped.to_vec(),
            unwrapping_key: unwrapper.key(mechanism),
            how: how(mechanism),
            mechanism_given: described.is_some(),
            described,
            labelled: false,
            options: options(),
        };
        if let Some(key) = unwrapper.hsm.unwrap_key(&request).1.value {
            unwrapper.hsm.delete_key(key);
        }
    });
}

/// Wrapped keys that [`wrapped_key`] unwraps: with a header by each mechanism, and bare.
pub fn wrapped_key_seeds() -> Vec<Vec<u8>> {
    UNWRAPPER.with_borrow_mut(|unwrapper| {
        let mut seeds = Vec::new();
        let request = GenerateSymmetricKey { key_type: 16, length: 24, options: options() };
        let key = unwrapper.hsm.generate_symmetric_key(&request).value.unwrap();
        for number in 4..13 {
            let mechanism = Mechanism::from_number(number).unwrap();
            for header in [true, false] {
                // What RSA wraps is wrapped with the public half, whose handle comes before.
                let wrapping_key = unwrapper.key(mechanism);
                let wrapping_key = if wrapping_key == unwrapper.rsa {
                    Handle(wrapping_key.0 - 1)
                } else {
                    wrapping_key
                };
                let request = WrapKey { key, wrapping_key, how: how(mechanism), header };
                if let Some(wrapped) = unwrapper.hsm.wrap_key(&request).value {
                    let selector = number as u8 - 4 + if header { 0 } else { 72 };
                    seeds.push([&[selector], &wrapped.file[..]].concat());
                }
            }
        }
        seeds
    })
}

/// A cluster whose keys are known, so that anything can be masked and any token be made.
struct Masker {
    hsm: Hsm,
    masking_key: SealingKey,
    token_key: SealingKey,
    directory: tempfile::TempDir,
}

/// What a masked object begins with.
const MASKED_FORMAT: &[u8] = b"kmu masked object 1\n";

impl Masker {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let open = || Store::open(directory.path(), Duration::from_secs(1)).unwrap();
        let hsm = session(open()).unwrap();
        let users = open().read().users().unwrap();
        let user = users.iter().find(|user| user.name == "example_user").unwrap();
        let slot_key = password::derive_key("example_pwd", &user.salt, Cost::IN_MEMORY).unwrap();
        let number = user.id.to_be_bytes();
        let context =
            [&b"kmu user 1"[..], &number, &[user.user_type], user.name.as_bytes()].concat();
        let opened = seal::unseal(&slot_key, &user.sealed, &context).unwrap();
        let cluster_key = Zeroizing::new(opened.as_slice().try_into().unwrap());
        let masking_key = seal::derived_key(b"kmu masking key 1", &cluster_key);
        let token_key = seal::derived_key(b"kmu token key 1", &cluster_key);
        Self { hsm, masking_key, token_key, directory }
    }
}

/// What is inside a masked object, sealed as the cluster would have sealed it;
/// and the same bytes as a file that was not.
pub fn masked_object(data: &[u8]) {
    MASKER.with_borrow_mut(|masker| {
        masker.hsm.insert_masked_object(data, 0);
        let mut random = random::from_seed(1, 1);
        let sealed = seal::seal(&masker.masking_key, data, MASKED_FORMAT, &mut random).unwrap();
        let inserted = masker.hsm.insert_masked_object(&[MASKED_FORMAT, &sealed].concat(), 0);
        if let Some(key) = inserted.value {
            // Whatever came in can be looked at like any other key.
            let _ = masker.hsm.get_key_info(key);
            masker.hsm.sign(key, None, b"");
            masker.hsm.export_key(key, KEY_ENCRYPTION_KEY, None);
            masker.hsm.delete_key(key);
        }
    });
}

/// Masked objects as [`masked_object`] takes them: opened.
pub fn masked_object_seeds() -> Vec<Vec<u8>> {
    MASKER.with_borrow_mut(|masker| {
        let options = KeyOptions { shared_with: vec![4, 5], m_value: 2, ..options() };
        let request = GenerateSymmetricKey { key_type: 31, length: 32, options };
        let secret = masker.hsm.generate_symmetric_key(&request).value.unwrap();
        let request =
            GenerateRsaKeyPair { modulus_bits: 1024, exponent: 65_537, options: self::options() };
        let pair = masker.hsm.generate_rsa_key_pair(&request).value.unwrap();
        [secret, pair.public, pair.private]
            .into_iter()
            .filter_map(|key| masker.hsm.extract_masked_object(key).value)
            .map(|masked| {
                let sealed = masked.strip_prefix(MASKED_FORMAT).unwrap();
                seal::unseal(&masker.masking_key, sealed, MASKED_FORMAT).unwrap().to_vec()
            })
            .collect()
    })
}

/// A file of tokens, as it is and as the cluster would have authenticated its first record.
pub fn token_file(data: &[u8]) {
    let approval = Approval {
        user_type: UserType::CryptoUser,
        name: String::from("alice"),
        signature: data.to_vec(),
    };
    MASKER.with_borrow_mut(|masker| {
        let signed = &data[..data.len().min(TOKEN_LENGTH - mac::MAC_LENGTH)];
        let code = mac::authenticate(&masker.token_key, signed);
        for records in [data, &[signed, &code].concat()] {
            masker.hsm.approve_tokens(records, std::slice::from_ref(&approval));
            masker.hsm.delete_tokens(DeleteTokens::These(records));
        }
        masker.hsm.list_tokens();
    });
}

/// Tokens that the cluster made.
pub fn token_file_seeds() -> Vec<Vec<u8>> {
    MASKER.with_borrow_mut(|masker| {
        let options =
            KeyOptions { shared_with: vec![4, 5], m_value: 2, session: false, ..options() };
        let request = GenerateSymmetricKey { key_type: 31, length: 16, options };
        let key = masker.hsm.generate_symmetric_key(&request).value.unwrap();
        let records: Vec<Vec<u8>> = [Service::UseKey, Service::ManageKey]
            .into_iter()
            .map(|service| {
                let user_name = String::from("example_user");
                let request = GetToken { service, key, user_name, recreate: false };
                masker.hsm.get_token(&request).value.unwrap().record
            })
            .collect();
        vec![records[0].clone(), records.concat()]
    })
}

/// Nobody in front.
struct Nobody;

impl Console for Nobody {
    fn show(&mut self, _: &Reply) {}

    fn ask_number(&mut self, _: &Reply) -> Result<i64, NoAnswer> {
        Err(NoAnswer::Unusable)
    }

    fn ask_password(&mut self) -> Result<Word, NoAnswer> {
        Err(NoAnswer::Unusable)
    }

    fn begin_wait(&mut self) {}

    fn interrupted(&self) -> bool {
        false
    }

    fn attribute_file(&self, _: &AttributeDump) -> Vec<u8> {
        Vec::new()
    }
}

/// A template of approveToken. The files that it names are read if they are there.
pub fn approval_template(data: &[u8]) {
    MASKER.with_borrow_mut(|masker| {
        let file = masker.directory.path().join("template");
        std::fs::write(&file, data).unwrap();
        let words = ["approveToken", "-af", file.to_str().unwrap()];
        let words = words.map(|word| Zeroizing::new(word.to_owned()));
        let mut client = Client { hsm: &mut masker.hsm, console: &mut Nobody };
        let _ = command::run(&mut client, &words);
    });
}

/// Lines of faults.
pub fn fault(data: &[u8]) {
    for line in String::from_utf8_lossy(data).lines() {
        if let Ok(Some(said)) = fault_words::parse(line) {
            let _ = fault_words::apply(said, &mut Settings::default());
        }
    }
}

/// A cluster file.
pub fn cluster_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = kmu::cluster_file::parse(&text, Path::new("/dev/null"), &kmu::profile::Told::default());
}

/// A state file: opened, logged in to, its keys looked at, changed.
pub fn state_file(data: &[u8]) {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("cluster.sqlite"), data).unwrap();
    use_state(directory.path());
}

fn use_state(directory: &Path) {
    let Ok(store) = Store::open(directory, Duration::from_millis(1)) else { return };
    let Some(mut hsm) = session(store) else { return };
    let _ = hsm.list_users();
    for key in hsm.find_key(&FindKey::default()).value.unwrap_or_default() {
        let _ = hsm.get_key_info(key);
        hsm.export_key(key, KEY_ENCRYPTION_KEY, None);
        hsm.delete_key(key);
    }
    let request = GenerateSymmetricKey {
        key_type: 31,
        length: 16,
        options: KeyOptions { session: false, ..options() },
    };
    hsm.generate_symmetric_key(&request);
    hsm.log_out();
}

/// A state file with a pair and a secret key.
pub fn state_file_seeds() -> Vec<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), Duration::from_secs(1)).unwrap();
    let mut hsm = session(store).unwrap();
    for key_type in [16, 31] {
        let options = KeyOptions { session: false, shared_with: vec![4], ..options() };
        hsm.generate_symmetric_key(&GenerateSymmetricKey { key_type, length: 16, options });
    }
    // Closing the state moves everything from its journal into the file.
    drop(hsm);
    vec![std::fs::read(directory.path().join("cluster.sqlite")).unwrap()]
}
