//! Any number of processes on one state: nothing is lost, nothing comes twice,
//! and each sees at once what the others did.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use support::dice::{Dice, number_from_environment};
use support::live::{Live, code, found};
use support::{LOGIN, Scratch, handle};

const PROCESSES: usize = 8;
const COMMANDS: usize = 200;

/// Who the processes are: three users, each with several processes.
const USERS: [(&str, u16); PROCESSES] = [
    ("example_user", 3),
    ("alice", 4),
    ("bob", 5),
    ("example_user", 3),
    ("alice", 4),
    ("bob", 5),
    ("example_user", 3),
    ("example_user", 3),
];

/// No key that this user may see has this handle.
const INVALID_HANDLE: u32 = 0xa8;

/// Another key has this id.
const DUPLICATE_KEY_ID: u32 = 0xb4;

/// The store is not available: the state was locked for too long.
const STORAGE_FAILURE: u32 = 0xbc;

/// A key that was reported.
#[derive(Clone)]
struct Key {
    handle: u64,
    /// Both halves of a pair have the same.
    label: String,
    id: Option<String>,
    public: bool,
    owner: u16,
    shared_with: Option<u16>,
}

impl Key {
    fn visible_to(&self, user: u16) -> bool {
        self.public || self.owner == user || self.shared_with == Some(user)
    }
}

/// What all processes together know.
#[derive(Default)]
struct Shared {
    /// Every token key that must be there.
    keys: BTreeMap<u64, Key>,
    /// Handles whose deletion was acknowledged.
    deleted: Vec<u64>,
    /// Handles that were given, session keys included.
    given: BTreeSet<u64>,
    duplicates: u64,
    lost: u64,
    busy: u64,
    /// Replies that are neither success nor what the situation calls for.
    errors: Vec<String>,
    commands: BTreeMap<&'static str, usize>,
}

impl Shared {
    /// Takes a token key down; nobody else may have its id.
    fn keep(&mut self, key: Key) {
        let same_id = |other: &&Key| other.id.is_some() && other.id == key.id;
        let others = self.keys.values().filter(same_id);
        self.duplicates += others.filter(|other| other.label != key.label).count() as u64;
        self.keys.insert(key.handle, key);
    }

    fn visible_to(&self, user: u16) -> BTreeSet<u64> {
        self.keys.values().filter(|key| key.visible_to(user)).map(|key| key.handle).collect()
    }
}

struct Worker<'a> {
    live: Live,
    number: usize,
    user: u16,
    dice: Dice,
    shared: &'a Mutex<Shared>,
    session_keys: Vec<Key>,
    commands: usize,
}

impl Worker<'_> {
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// Runs a command and counts it. A documented busy has no code.
    fn run(&mut self, kind: &'static str, line: &str) -> (Option<u32>, String) {
        let reply = self.live.say(line);
        self.commands += 1;
        let mut shared = self.shared();
        *shared.commands.entry(kind).or_default() += 1;
        let code = code(&reply);
        if code == STORAGE_FAILURE {
            shared.busy += 1;
            return (None, reply);
        }
        (Some(code), reply)
    }

    fn error(&self, line: &str, reply: &str) {
        let text = format!("process {}: {line}: {reply}", self.number);
        self.shared().errors.push(text);
    }

    fn step(&mut self) {
        match self.dice.below(10) {
            0..4 => self.create(),
            4..6 => self.find(),
            6 => self.delete(),
            7 => self.look_at_one(),
            8 => self.keep_a_session_key(),
            _ => self.look_at_a_deleted_one(),
        }
    }

    fn create(&mut self) {
        let label = format!("w{}-{}", self.number, self.commands);
        let session = self.dice.one_in(4);
        let others: Vec<u16> = [3, 4, 5, 6].into_iter().filter(|user| *user != self.user).collect();
        let shared_with = (!session && self.dice.one_in(3)).then(|| *self.dice.pick(&others));
        // Few ids for many processes, so that they want the same ones.
        let id = self.dice.one_in(3).then(|| format!("id{}", self.dice.below(60)));
        let pair = self.dice.one_in(2);
        let mut line = if pair { "genECCKeyPair -i 2" } else { "genSymKey -t 31 -s 16" }.to_owned();
        line += &format!(" -l {label}");
        if session {
            line += " -sess";
        }
        if let Some(user) = shared_with {
            line += &format!(" -u {user}");
        }
        if let Some(id) = &id {
            line += &format!(" -id {id}");
        }
        let (code, reply) = self.run("create", &line);
        match (code, &id) {
            (Some(0), _) => {}
            (Some(DUPLICATE_KEY_ID), Some(_)) | (None, _) => return,
            _ => return self.error(&line, &reply),
        }
        let owner = self.user;
        let key = |handle: u64, public: bool| {
            let shared_with = shared_with.filter(|_| !public);
            Key { handle, label: label.clone(), id: id.clone(), public, owner, shared_with }
        };
        let half = |name| handle(&reply, name);
        let keys = if pair {
            vec![key(half("public key handle"), true), key(half("private key handle"), false)]
        } else {
            vec![key(half("Key Handle"), false)]
        };
        let mut shared = self.shared.lock().unwrap();
        for key in keys {
            shared.duplicates += u64::from(!shared.given.insert(key.handle));
            if session {
                self.session_keys.push(key);
            } else {
                shared.keep(key);
            }
        }
    }

    /// What was there before the search and is there after it must be found.
    fn find(&mut self) {
        let before = self.shared().visible_to(self.user);
        let (code, reply) = self.run("find", "findKey");
        match code {
            Some(0) => {}
            None => return,
            _ => return self.error("findKey", &reply),
        }
        let found: BTreeSet<u64> = found(&reply).into_iter().collect();
        let mut shared = self.shared();
        let after = shared.visible_to(self.user);
        let missed = before.intersection(&after).filter(|handle| !found.contains(handle)).count();
        shared.lost += missed as u64;
    }

    /// Takes a key of this user off the list, whichever process made it, and then deletes it.
    fn delete(&mut self) {
        let candidates: Vec<u64> = {
            let shared = self.shared();
            let own = shared.keys.values().filter(|key| key.owner == self.user);
            own.map(|key| key.handle).collect()
        };
        if candidates.is_empty() {
            return;
        }
        let handle = *self.dice.pick(&candidates);
        let Some(key) = self.shared().keys.remove(&handle) else { return };
        let line = format!("deleteKey -k {handle}");
        let (code, reply) = self.run("delete", &line);
        match code {
            Some(0) => self.shared().deleted.push(handle),
            None => self.shared().keep(key),
            _ => self.error(&line, &reply),
        }
    }

    /// Any key, by anybody: whoever owns it or shares it sees it, nobody else does.
    fn look_at_one(&mut self) {
        let keys: Vec<Key> = self.shared().keys.values().cloned().collect();
        if keys.is_empty() {
            return;
        }
        let key = self.dice.pick(&keys).clone();
        let line = format!("getKeyInfo -k {}", key.handle);
        let (code, reply) = self.run("share", &line);
        let may_see = key.visible_to(self.user);
        match code {
            None => {}
            Some(0) if may_see => {}
            Some(INVALID_HANDLE) if !may_see => {}
            // Somebody may have deleted it meanwhile; he has taken it off the list first.
            Some(INVALID_HANDLE) => {
                let mut shared = self.shared();
                shared.lost += u64::from(shared.keys.contains_key(&key.handle));
            }
            _ => self.error(&line, &reply),
        }
    }

    fn look_at_a_deleted_one(&mut self) {
        let deleted = self.shared().deleted.clone();
        if deleted.is_empty() {
            return;
        }
        let line = format!("findSingleKey -k {}", self.dice.pick(&deleted));
        let (code, reply) = self.run("find", &line);
        if !matches!(code, None | Some(INVALID_HANDLE)) {
            self.error(&line, &reply);
        }
    }

    fn keep_a_session_key(&mut self) {
        let Some(key) = self.session_keys.pop() else { return };
        let line = format!("setAttribute -o {} -a 1\n1", key.handle);
        let (code, reply) = self.run("keep", &line);
        match code {
            Some(0) => self.shared().keep(key),
            // Another process may have given the id away meanwhile.
            None | Some(DUPLICATE_KEY_ID) => self.session_keys.insert(0, key),
            _ => self.error(&line, &reply),
        }
    }
}

/// Runs this once for each process, side by side. One that panics ends the
/// test, and leaves none of the others waiting.
fn all_at_once<T: Send>(action: impl Fn(usize) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let action = &action;
        let workers: Vec<_> =
            (0..PROCESSES).map(|number| scope.spawn(move || action(number))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn eight_processes_lose_nothing_and_make_nothing_twice() {
    let scratch = Scratch::new();
    let seed = number_from_environment("KMU_CONCURRENCY_SEED", 1);
    let shared = Mutex::new(Shared::default());
    let live = all_at_once(|number| Live::logged_in(&scratch, &[], USERS[number].0));
    std::thread::scope(|scope| {
        for (number, (live, (_, user))) in live.into_iter().zip(USERS).enumerate() {
            let shared = &shared;
            scope.spawn(move || {
                let dice = Dice::new(seed * PROCESSES as u64 + number as u64);
                let session_keys = Vec::new();
                let mut worker =
                    Worker { live, number, user, dice, shared, session_keys, commands: 0 };
                while worker.commands < COMMANDS {
                    worker.step();
                }
                let errors = worker.live.finish();
                shared.lock().unwrap().errors.extend(errors.lines().map(str::to_owned));
            });
        }
    });
    let mut shared = shared.into_inner().unwrap();
    // Sessions that start afterwards have the last word, and open every record.
    for (name, user) in &USERS[..3] {
        let mut live = Live::logged_in(&scratch, &[], name);
        let there: BTreeSet<u64> = found(&live.say("findKey")).into_iter().collect();
        let expected = shared.visible_to(*user);
        shared.lost += expected.difference(&there).count() as u64;
        let unknown = there.difference(&expected).map(|handle| format!("{name} sees {handle}"));
        shared.errors.extend(unknown);
        for handle in &there {
            let reply = live.say(&format!("getAttribute -o {handle} -a 3 -out label"));
            shared.lost += u64::from(code(&reply) != 0);
        }
    }
    println!(
        "{PROCESSES} processes, {:?}, {} handles given, {} keys at the end: \
         duplicates {}, lost {}, busy {}, errors {}",
        shared.commands,
        shared.given.len(),
        shared.keys.len(),
        shared.duplicates,
        shared.lost,
        shared.busy,
        shared.errors.len()
    );
    assert_eq!(shared.commands.values().sum::<usize>(), PROCESSES * COMMANDS);
    assert_eq!((shared.duplicates, shared.lost), (0, 0));
    assert!(shared.errors.is_empty(), "{:#?}", shared.errors);
}

#[test]
fn eight_processes_that_start_at_once_set_up_one_cluster() {
    for _ in 0..10 {
        let scratch = Scratch::new();
        let handles = all_at_once(|number| {
            let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l w{number}\nfindKey\n");
            let finished = scratch.run(&["--state", "fresh/state"], lines);
            assert_eq!(finished.status(), 0, "{}", finished.stderr());
            let output = finished.stdout();
            [handle(&output, "public key handle"), handle(&output, "private key handle")]
        });
        let handles = handles.into_iter().flatten();
        let distinct: BTreeSet<u64> = handles.collect();
        assert_eq!(distinct, (6..6 + 2 * PROCESSES as u64).collect());
        let output = scratch.run(&["--state", "fresh/state"], "listUsers\n").stdout();
        assert!(output.contains("Number Of Users found 6\n"), "{output}");
    }
}

#[test]
fn an_id_that_eight_processes_want_is_given_once() {
    let scratch = Scratch::new();
    drop(Live::start(&scratch, &[]));
    let live = all_at_once(|number| Mutex::new(Live::logged_in(&scratch, &[], USERS[number].0)));
    for round in 0..25 {
        let line = format!("genSymKey -t 31 -s 16 -l x -id wanted{round}");
        let codes = all_at_once(|number| code(&live[number].lock().unwrap().say(&line)));
        let count = |code: u32| codes.iter().filter(|other| **other == code).count();
        assert_eq!((count(0), count(DUPLICATE_KEY_ID)), (1, PROCESSES - 1), "{codes:x?}");
    }
}

#[test]
fn sessions_are_separate_and_what_one_deletes_is_gone_in_the_other() {
    let scratch = Scratch::new();
    let mut one = Live::logged_in(&scratch, &[], "example_user");
    let mut other = Live::logged_in(&scratch, &[], "example_user");
    let reply = one.say("genSymKey -t 31 -s 16 -l mine -sess");
    let session = handle(&reply, "Key Handle");
    for line in [
        format!("findSingleKey -k {session}"),
        format!("getKeyInfo -k {session}"),
        format!("deleteKey -k {session}"),
        format!("setAttribute -o {session} -a 1\n1"),
        format!("getAttribute -o {session} -a 512 -out never"),
        format!("exSymKey -k {session} -out never -w 4"),
    ] {
        assert_eq!(code(&other.say(&line)), INVALID_HANDLE, "{line}");
    }
    assert_eq!(found(&other.say("findKey")), [0; 0]);
    assert_eq!(found(&one.say("findKey")), [session]);

    let token = handle(&other.say("genSymKey -t 31 -s 16 -l both"), "Key Handle");
    let look = format!("findSingleKey -k {token}");
    assert_eq!(code(&one.say(&look)), 0);
    assert_eq!(code(&one.say(&format!("deleteKey -k {token}"))), 0);
    assert_eq!(code(&other.say(&look)), INVALID_HANDLE);
    assert_eq!(code(&other.say(&format!("deleteKey -k {token}"))), INVALID_HANDLE);

    // A login counts for its own session only.
    let mut third = Live::start(&scratch, &[]);
    assert_eq!(code(&third.say("findKey")), 0xa0);
    assert_eq!(code(&one.say("logoutHSM")), 0);
    assert_eq!(code(&one.say("findKey")), 0xa0);
    assert_eq!(code(&other.say("findKey")), 0);
}

#[test]
fn wrong_passwords_in_several_processes_share_one_count() {
    let scratch = Scratch::new();
    drop(Live::start(&scratch, &[]));
    let codes = all_at_once(|_| {
        let mut live = Live::start(&scratch, &[]);
        code(&live.say("loginHSM -u CU -s bob -p wrong_pwd"))
    });
    let count = |code: u32| codes.iter().filter(|other| **other == code).count();
    assert_eq!((count(0xa3), count(0xa5)), (5, 3), "{codes:x?}");
}

#[test]
fn a_state_that_is_locked_for_long_is_named_and_the_session_goes_on() {
    let scratch = Scratch::new();
    let mut live = Live::logged_in(&scratch, &["--lock-timeout", "50"], "example_user");
    let first = handle(&live.say("genSymKey -t 31 -s 16 -l first"), "Key Handle");
    let session = handle(&live.say("genSymKey -t 31 -s 16 -l session -sess"), "Key Handle");

    let file = scratch.path(".local/share/kmu/cluster.sqlite");
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    for line in [
        "genECCKeyPair -i 2 -l second".to_owned(),
        "genSymKey -t 31 -s 16 -l second".to_owned(),
        format!("deleteKey -k {first}"),
        format!("setAttribute -o {session} -a 1\n1"),
    ] {
        let reply = live.say(&line);
        assert_eq!(code(&reply), STORAGE_FAILURE, "{line}: {reply}");
        assert!(reply.contains("Key storage is not available, nothing was changed"), "{reply}");
    }
    // Reading needs no lock, nor does logging in; a wrong password that cannot be counted is refused.
    assert_eq!(found(&live.say("findKey")), [first, session]);
    assert_eq!(code(&live.say(&format!("getKeyInfo -k {first}"))), 0);
    let mut late = Live::start(&scratch, &["--lock-timeout", "50"]);
    assert_eq!(code(&late.say("loginHSM -u CU -s bob -p wrong_pwd")), STORAGE_FAILURE);
    assert_eq!(code(&late.say("loginHSM -u CU -s bob -p example_pwd")), 0);
    connection.execute_batch("COMMIT").unwrap();

    // A failed attempt took no handle.
    let second = handle(&live.say("genSymKey -t 31 -s 16 -l second"), "Key Handle");
    assert_eq!(second, session + 1);
    assert_eq!(code(&live.say(&format!("setAttribute -o {session} -a 1\n1"))), 0);
    assert_eq!(code(&live.say(&format!("deleteKey -k {first}"))), 0);
    assert_eq!(found(&live.say("findKey -sess 0")), [session, second]);
    let errors = live.finish();
    let line =
        "kmu: the cluster state is locked by another process: nothing was changed, try again";
    assert_eq!(errors.lines().filter(|other| *other == line).count(), 4, "{errors}");
}

#[test]
fn a_new_state_that_is_locked_for_long_is_not_set_up() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path("s")).unwrap();
    let connection = rusqlite::Connection::open(scratch.path("s/cluster.sqlite")).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let finished = scratch.run(&["--state", "s", "--lock-timeout", "50"], "listUsers\n");
    assert_eq!(finished.status(), 255, "{}", finished.stdout());
    assert!(finished.stderr().contains("is locked by another process"), "{}", finished.stderr());
    connection.execute_batch("COMMIT").unwrap();
    let finished = scratch.run(&["--state", "s", "--lock-timeout", "50"], "listUsers\n");
    assert!(finished.stdout().contains("Number Of Users found 6\n"), "{}", finished.stderr());
}
