//! The cluster key, under which every key's secret is sealed. It is drawn once,
//! when the cluster is set up, and kept in one slot per user: sealed under the
//! key that Argon2id makes of his password. To open his slot is to know his password.

use rand_core::Rng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::StartError;
use super::answer::{Outcome, Refusal};
use super::handle_plan::HandlePlan;
use super::names::UserId;
use super::proof;
use super::return_code::ReturnCode;
use super::settings::{InitialUser, Settings};
use super::user::UserType;
use crate::crypto::password::{self, Cost, SALT_LENGTH};
use crate::crypto::random::{self, Random};
use crate::crypto::seal::{self, KEY_LENGTH, SealingKey};
use crate::store::{self, Change, Store, UserRow, View};

/// The dearest slot that is opened: no kmu makes one that comes near, and a
/// changed row must not take all memory or time.
const MAXIMUM_COST: Cost = Cost { memory: 1 << 20, passes: 64 };

/// The name among the settings of how many runs of a seeded state there were.
const SEEDED_RUNS: &str = "seeded_runs";

/// The random bytes of one more run on a state that was set up with a seed. No
/// two runs share any, and the same runs on a fresh state have the same.
///
/// # Errors
/// [`StartError::NotSeeded`] for a state that was set up without a seed: its
/// keys are secret, and a stream that repeats itself would give them away.
pub fn next_run(state: &mut Store, seed: u64) -> Result<Random, StartError> {
    let change = state.change()?;
    let runs = change.read().setting(SEEDED_RUNS)?.ok_or(StartError::NotSeeded)?;
    let run: u64 = runs.parse().map_err(|_| StartError::Damaged("its runs are not counted"))?;
    change.set_setting(SEEDED_RUNS, &run.saturating_add(1).to_string())?;
    change.commit()?;
    Ok(random::from_seed(seed, run))
}

/// Writes the users and the first handles of a new cluster. Several processes
/// may try at once: the first one wins, the others use what it wrote. Says
/// whether this was the first.
pub fn set_up(
    state: &mut Store,
    settings: &Settings,
    cost: Cost,
    seeded: bool,
    random: &mut Random,
) -> Result<bool, StartError> {
    let mut cluster_key: SealingKey = Zeroizing::new([0; KEY_LENGTH]);
    random.fill_bytes(cluster_key.as_mut());
    let slots = make_slots(settings, cost, &cluster_key, random)?;
    let change = state.change()?;
    let first = change.read().users()?.is_empty();
    if first {
        if seeded {
            change.set_setting(SEEDED_RUNS, "1")?;
        }
        for slot in &slots {
            change.insert_user(slot)?;
        }
        vouch_for_users(&change, &cluster_key)?;
        HandlePlan::new(&settings.first_handles).save(&change, &cluster_key)?;
        change.commit()?;
    } else {
        drop(change);
    }
    state.mark_set_up();
    Ok(first)
}

/// One slot per user. Hashing is slow on purpose, so users are hashed side by side.
fn make_slots(
    settings: &Settings,
    cost: Cost,
    cluster_key: &SealingKey,
    random: &mut Random,
) -> Result<Vec<UserRow>, StartError> {
    let salts: Vec<[u8; SALT_LENGTH]> = settings
        .users
        .iter()
        .map(|_| {
            let mut salt = [0; SALT_LENGTH];
            random.fill_bytes(&mut salt);
            salt
        })
        .collect();
    let hashed: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = settings
            .users
            .iter()
            .zip(&salts)
            .map(|(user, salt)| {
                scope.spawn(move || password::derive_key(&user.password, salt, cost))
            })
            .collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut slots = Vec::new();
    for (index, (user, salt)) in settings.users.iter().zip(salts).enumerate() {
        let key = hashed
            .get(index)
            .and_then(|joined| joined.as_ref().ok())
            .ok_or_else(|| StartError::Hashing(String::from("a thread ended")))?
            .as_ref()
            .map_err(|error| StartError::Hashing(error.to_string()))?;
        let id = UserId::try_from(index + 1)
            .map_err(|_| StartError::Damaged("more users than a cluster can have"))?;
        slots.push(make_slot(id, user, key, salt, cost, cluster_key, random)?);
    }
    Ok(slots)
}

fn make_slot(
    id: UserId,
    user: &InitialUser,
    key: &SealingKey,
    salt: [u8; SALT_LENGTH],
    cost: Cost,
    cluster_key: &SealingKey,
    random: &mut Random,
) -> Result<UserRow, StartError> {
    let context = slot_context(id, &user.name, user.user_type.number());
    let sealed = seal::seal(key, cluster_key.as_ref(), &context, random)
        .map_err(|_| StartError::Damaged("the cluster key cannot be sealed"))?;
    let quorum_key = user.quorum_key.as_ref();
    let quorum_key = quorum_key
        .map(|key| key.seal(id, &user.name, cluster_key, random))
        .transpose()
        .map_err(|_| StartError::Damaged("a public key cannot be sealed"))?;
    Ok(UserRow {
        id,
        name: user.name.clone(),
        user_type: user.user_type.number(),
        login_failures: 0,
        memory: cost.memory,
        passes: cost.passes,
        salt: salt.to_vec(),
        sealed,
        quorum_key,
    })
}

/// The cluster key, if this is the user's password.
///
/// # Errors
/// kmu's integrity code for a slot that no kmu made, and its storage code when
/// the password cannot be hashed, as when memory is short: neither is a wrong password.
pub fn open_slot(user: &UserRow, password: &str) -> Outcome<Option<Box<SealingKey>>> {
    if user.memory > MAXIMUM_COST.memory || user.passes > MAXIMUM_COST.passes {
        return Err(ReturnCode::RECORD_DAMAGED.into());
    }
    let cost = Cost { memory: user.memory, passes: user.passes };
    let key = password::derive_key(password, &user.salt, cost).map_err(unhashable)?;
    let context = slot_context(user.id, &user.name, user.user_type);
    let Ok(opened) = seal::unseal(&key, &user.sealed, &context) else { return Ok(None) };
    if opened.len() != KEY_LENGTH {
        return Err(ReturnCode::RECORD_DAMAGED.into());
    }
    // Copied into place, where it stays: what moves leaves copies on the stack.
    let mut cluster_key: Box<SealingKey> = Box::default();
    cluster_key.copy_from_slice(&opened);
    Ok(Some(cluster_key))
}

/// What it means that a password cannot be hashed.
fn unhashable(error: argon2::Error) -> Refusal {
    let code = match error {
        argon2::Error::OutOfMemory => ReturnCode::STORAGE_FAILURE,
        _ => ReturnCode::RECORD_DAMAGED,
    };
    Refusal::explained(code, format!("the password cannot be hashed: {error}"))
}

/// What a slot is bound to: another user's slot, or a changed type, does not open.
fn slot_context(id: UserId, name: &str, user_type: u8) -> Vec<u8> {
    [&b"kmu user 1"[..], &id.to_be_bytes(), &[user_type], name.as_bytes()].concat()
}

/// The name of the users' proof among the sealed records.
const USERS_PROOF: &str = "users";

/// The name of the users' digest there.
const USERS_DIGEST: &str = "users digest";

/// Writes the proof and the digest of who the users are, after they changed.
///
/// # Errors
/// When the state cannot be written.
pub fn vouch_for_users(change: &Change<'_>, cluster_key: &SealingKey) -> Result<(), store::Error> {
    let content = users_content(&change.read().users()?);
    change.set_blob(USERS_DIGEST, &Sha256::digest(&content))?;
    change.set_blob(USERS_PROOF, &proof::of(&content, cluster_key))
}

/// The users before a login, when the cluster key is not known, if nothing happened to
/// them: with a damaged slot the right password would count as a wrong one. Who means
/// to deceive writes the digest, too; [`check_users`] is for him.
///
/// # Errors
/// kmu's integrity code when something did.
pub fn undamaged_users(view: &View<'_>) -> Outcome<Vec<UserRow>> {
    let users = view.users()?;
    // Earlier versions wrote no digest.
    let digest = view.blob(USERS_DIGEST)?;
    if digest.is_some_and(|digest| *digest != *Sha256::digest(users_content(&users))) {
        return Err(ReturnCode::RECORD_DAMAGED.into());
    }
    Ok(users)
}

/// Checks that the users are those whom kmu wrote: nobody was added, removed,
/// renamed or given another type, slot or public key.
///
/// # Errors
/// kmu's integrity code when they are not.
pub fn check_users(view: &View<'_>, cluster_key: &SealingKey) -> Outcome<()> {
    let content = users_content(&view.users()?);
    proof::check(&content, view.blob(USERS_PROOF)?.as_deref(), cluster_key)
}

/// Everything about the users but their failed logins, which are counted
/// while the cluster key is not known.
fn users_content(users: &[UserRow]) -> Vec<u8> {
    let mut content = b"kmu users 1".to_vec();
    for user in users {
        let numbers = [user.memory.to_be_bytes(), user.passes.to_be_bytes()].concat();
        let slot = slot_context(user.id, &user.name, user.user_type);
        let quorum_key = user.quorum_key.clone().unwrap_or_default();
        for part in [&slot, &numbers, &user.salt, &user.sealed, &quorum_key] {
            content.extend_from_slice(&(part.len() as u64).to_be_bytes());
            content.extend_from_slice(part);
        }
    }
    content
}

/// The type that a row says, or nothing if no kmu wrote it.
pub fn user_type(row: &UserRow) -> Option<UserType> {
    UserType::from_number(row.user_type)
}
