//! Processes that are killed at any moment lose nothing that they reported,
//! leave nothing halfway, and never make a handle come up twice.
//!
//! `KMU_CRASH_KILLS` kills more often than 200 times, `KMU_CRASH_SEED` at other moments.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use support::dice::{Dice, number_from_environment};
use support::live::{code, found};
use support::{LOGIN, Scratch, handle};

/// States that are worked on side by side.
const STATES: u64 = 2;

/// Commands that a child is given; it never comes to their end.
const COMMANDS: usize = 3_000;

/// The cluster file lets the state hold as many keys as come together.
const OPTIONS: [&str; 4] = ["--state", "s", "--cluster", "cluster.toml"];

/// What the test knows of a state.
#[derive(Default)]
struct Ledger {
    /// The label of every key that must be there.
    kept: BTreeMap<u64, String>,
    /// Every handle that any process ever gave.
    given: BTreeSet<u64>,
    figures: Figures,
}

/// What is printed at the end.
#[derive(Default, Debug)]
struct Figures {
    kills: u64,
    /// Kills before the login was answered.
    early: u64,
    acknowledged_keys: u64,
    acknowledged_deletions: u64,
    /// Commands that were done although nobody heard of it any more.
    done_unheard: u64,
    lost: u64,
    resurrected: u64,
    half_pairs: u64,
    reused_handles: u64,
    not_opened: u64,
}

/// A command of a child and what was heard of it.
struct Heard {
    line: String,
    reply: String,
}

impl Heard {
    fn is_pair(&self) -> bool {
        self.line.starts_with("genECCKeyPair")
    }

    fn label(&self) -> &str {
        self.line.split(" -l ").nth(1).unwrap_or_default()
    }

    /// The handle of a deleteKey.
    fn deletes(&self) -> Option<u64> {
        self.line.strip_prefix("deleteKey -k ").map(|handle| handle.parse().unwrap())
    }

    /// Whether the line that reports the outcome came out whole.
    fn is_acknowledged(&self) -> bool {
        let last = if self.deletes().is_some() { "returned: 0x00" } else { "andle: " };
        let start = if self.is_pair() {
            self.reply.find("private key handle: ")
        } else {
            self.reply.rfind(last)
        };
        start.is_some_and(|start| self.reply[start..].contains('\n'))
    }

    fn handles(&self) -> Vec<u64> {
        if self.is_pair() {
            let half = |name| handle(&self.reply, name);
            return vec![half("public key handle"), half("private key handle")];
        }
        vec![handle(&self.reply, "Key Handle")]
    }
}

/// The commands that a child gets: pairs, secret keys, and deletions of keys that it finds.
fn commands(round: u64, ledger: &Ledger, dice: &mut Dice) -> String {
    let mut old: Vec<u64> = ledger.kept.keys().copied().collect();
    let mut lines = format!("{LOGIN}\n");
    for number in 0..COMMANDS {
        let line = match dice.below(8) {
            0..3 => format!("genECCKeyPair -i 2 -l pair-{round}-{number}"),
            3..5 => format!("genSymKey -t 31 -s 32 -l secret-{round}-{number}"),
            _ if old.is_empty() => continue,
            _ => format!("deleteKey -k {}", old.swap_remove(dice.below(old.len() as u64) as usize)),
        };
        lines += &line;
        lines.push('\n');
    }
    lines
}

/// Runs a child, kills it, and returns what was heard of it.
fn run_and_kill(scratch: &Scratch, lines: String, dice: &mut Dice) -> Vec<Heard> {
    let mut child = scratch.spawn(&[&OPTIONS[..], &["--echo"]].concat(), Stdio::null());
    let mut input = child.stdin.take().unwrap();
    // The writer fails when the child is killed, as it should.
    let writer = std::thread::spawn(move || drop(input.write_all(lines.as_bytes())));
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (report, reports) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        let mut start = 0;
        while output.read_line(&mut text).unwrap() > 0 {
            if text[start..].contains("returned: 0x") {
                // Nobody listens any more once the child is killed.
                let _ = report.send(());
            }
            start = text.len();
        }
        text
    });
    // A quarter is killed at any time after its start, the others after so many reports.
    if dice.one_in(4) {
        std::thread::sleep(Duration::from_micros(dice.below(80_000)));
    } else {
        for _ in 0..dice.below(60) {
            reports.recv().unwrap();
        }
        std::thread::sleep(Duration::from_micros(dice.below(2_000)));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    writer.join().unwrap();
    let text = reader.join().unwrap();
    let commands = text.split("\nCommand:  ").skip(1);
    commands
        .filter_map(|command| command.split_once('\n'))
        .map(|(line, reply)| Heard { line: line.to_owned(), reply: reply.to_owned() })
        .collect()
}

/// What a child may have done although nobody heard of it: the command after the
/// last one that was heard of, and if it makes keys, those after it that do, for
/// keys of several commands become durable together before any is reported.
fn unheard(lines: &str, heard: &[Heard]) -> Vec<Heard> {
    if heard.len() < 2 {
        return Vec::new();
    }
    let acknowledged = heard.iter().skip(1).filter(|command| command.is_acknowledged()).count();
    let rest = lines.lines().skip(1 + acknowledged);
    let rest = rest.map(|line| Heard { line: line.to_owned(), reply: String::new() });
    let mut unheard: Vec<Heard> = Vec::new();
    for command in rest {
        let alone = unheard.first().is_some_and(|first| first.deletes().is_some());
        if alone || !unheard.is_empty() && command.deletes().is_some() {
            break;
        }
        unheard.push(command);
    }
    unheard
}

impl Ledger {
    /// Takes down what a child reported. What it may have done beyond that is [`unheard`].
    fn take_down(&mut self, heard: &[Heard]) -> Vec<u64> {
        let mut new = Vec::new();
        if heard.get(1).is_none() {
            self.figures.early += 1;
        }
        for (index, command) in heard.iter().enumerate().skip(1) {
            if !command.is_acknowledged() {
                assert_eq!(index, heard.len() - 1, "{}: {}", command.line, command.reply);
                continue;
            }
            assert_eq!(code(&command.reply), 0, "{}: {}", command.line, command.reply);
            if let Some(deleted) = command.deletes() {
                self.kept.remove(&deleted).unwrap();
                self.figures.acknowledged_deletions += 1;
                continue;
            }
            for handle in command.handles() {
                self.figures.acknowledged_keys += 1;
                new.push(handle);
                self.give(handle, command.label());
            }
        }
        new
    }

    fn give(&mut self, handle: u64, label: &str) {
        self.figures.reused_handles += u64::from(!self.given.insert(handle));
        self.kept.insert(handle, label.to_owned());
    }

    /// Compares the state with what must be there.
    fn check(&mut self, scratch: &Scratch, unheard: &[Heard], new: &[u64]) {
        let mut lines = format!("{LOGIN}\nfindKey\n");
        for command in unheard {
            lines += &format!("findKey -l '{}'\n", command.label());
        }
        for handle in new {
            lines += &format!("getKeyInfo -k {handle}\n");
        }
        let finished = scratch.run(&OPTIONS, lines);
        let output = finished.stdout();
        if finished.status() != 0 || !output.contains("LoginHSM returned: 0x00") {
            eprintln!("{output}{}", finished.stderr());
            self.figures.not_opened += 1;
            return;
        }
        let mut replies = output.split("\nCommand:  ").skip(2);
        let there: BTreeSet<u64> = found(replies.next().unwrap()).into_iter().collect();
        let mut all_done = true;
        for command in unheard {
            let labelled = found(replies.next().unwrap());
            let done = self.settle(command, &there, &labelled);
            // A group that was not stored whole would have holes.
            self.figures.lost += u64::from(done && !all_done);
            all_done &= done;
        }
        self.figures.lost +=
            self.kept.keys().filter(|handle| !there.contains(handle)).count() as u64;
        let known = |handle: &&u64| self.kept.contains_key(handle);
        self.figures.resurrected += there.iter().filter(|handle| !known(handle)).count() as u64;
        for (handle, reply) in new.iter().zip(replies) {
            let opened = code(reply) == 0 && reply.contains("Owned by user 3");
            self.figures.lost += u64::from(!opened && there.contains(handle));
        }
    }

    /// A command that nobody heard the end of is done or not, but nothing in between. Says whether it is.
    fn settle(&mut self, last: &Heard, there: &BTreeSet<u64>, labelled: &[u64]) -> bool {
        if let Some(deleted) = last.deletes() {
            let done = !there.contains(&deleted);
            if done {
                self.kept.remove(&deleted);
                self.figures.done_unheard += 1;
            }
            return done;
        }
        if !labelled.is_empty() {
            let whole = if last.is_pair() { 2 } else { 1 };
            self.figures.half_pairs += u64::from(labelled.len() != whole);
            self.figures.done_unheard += 1;
            for handle in labelled {
                self.give(*handle, last.label());
            }
        }
        !labelled.is_empty()
    }

    /// Opens the record of every key.
    fn open_all(&self, scratch: &Scratch) {
        let mut lines = format!("{LOGIN}\n");
        for handle in self.kept.keys() {
            lines += &format!("getAttribute -o {handle} -a 3 -out label\n");
        }
        let output = scratch.run(&OPTIONS, lines).stdout();
        let opened = output.matches("Cfm3GetAttribute returned: 0x00").count();
        assert_eq!(opened, self.kept.len(), "records that open");
    }
}

fn kill_often(seed: u64, kills: u64) -> Figures {
    let scratch = Scratch::new();
    scratch.write("cluster.toml", "max_keys = 1000000\n");
    let mut dice = Dice::new(seed);
    let mut ledger = Ledger::default();
    for round in 0..kills {
        let lines = commands(round, &ledger, &mut dice);
        let heard = run_and_kill(&scratch, lines.clone(), &mut dice);
        ledger.figures.kills += 1;
        let new = ledger.take_down(&heard);
        ledger.check(&scratch, &unheard(&lines, &heard), &new);
    }
    ledger.open_all(&scratch);
    ledger.figures
}

#[test]
fn killed_processes_lose_nothing_and_leave_nothing_halfway() {
    let kills = number_from_environment("KMU_CRASH_KILLS", 200).div_ceil(STATES);
    let seed = number_from_environment("KMU_CRASH_SEED", 20_261_125);
    let workers: Vec<_> = (0..STATES)
        .map(|state| std::thread::spawn(move || kill_often(seed.wrapping_add(state), kills)))
        .collect();
    for worker in workers {
        let figures = worker.join().unwrap();
        println!("crash test, seed {seed}: {figures:?}");
        assert_eq!(figures.kills, kills);
        let faults = [
            figures.lost,
            figures.resurrected,
            figures.half_pairs,
            figures.reused_handles,
            figures.not_opened,
        ];
        assert_eq!(faults, [0; 5], "{figures:?}");
        // Otherwise nothing was put to the test.
        assert!(figures.acknowledged_keys > 10 * kills, "{figures:?}");
        assert!(figures.acknowledged_deletions > kills, "{figures:?}");
        assert!(figures.done_unheard > 0, "{figures:?}");
    }
}

#[test]
fn a_cluster_whose_set_up_is_killed_is_set_up_by_the_next_process() {
    let kills = number_from_environment("KMU_CRASH_KILLS", 200).div_ceil(5);
    let mut dice = Dice::from_environment("KMU_CRASH_SEED", 20_261_125);
    let mut half_made = 0;
    for _ in 0..kills {
        let scratch = Scratch::new();
        let mut child = scratch
            .command(&["--state", "s"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(dice.below(150_000)));
        // A child that has already ended is none of this test's concern.
        let _ = child.kill();
        half_made += u64::from(!child.wait().unwrap().success());
        let lines = format!("{LOGIN}\ngenECCKeyPair -i 2 -l first\nlistUsers\n");
        let output = scratch.run(&["--state", "s"], lines).stdout();
        assert_eq!(handle(&output, "public key handle"), 6);
        assert!(output.contains("Number Of Users found 6\n"), "{output}");
    }
    println!("set-up: {half_made} of {kills} processes were killed on their way, 0 states lost");
    assert!(half_made > kills / 10);
}
