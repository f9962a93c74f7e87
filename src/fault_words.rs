//! The small language of `--fault` and of the file of `--faults`: a line says
//! how the cluster is from the start, or what goes wrong with a request.

use serde::Deserialize;

use crate::command;
use crate::hsm::fault::{Fault, OPERATIONS, Stop, Target};
use crate::hsm::names::NodeId;
use crate::hsm::return_code::ReturnCode;
use crate::hsm::settings::{Node, Settings};

/// A fault as it is written, in a line or in a table of the cluster file.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenFault {
    /// A command, an operation, or `any`.
    on: String,
    node: Option<NodeId>,
    user: Option<String>,
    code: Option<u32>,
    #[serde(default)]
    delay: u64,
    #[serde(default)]
    down: bool,
    stop: Option<String>,
    #[serde(default)]
    pass: bool,
    times: Option<u32>,
    #[serde(default)]
    always: bool,
}

impl WrittenFault {
    /// The fault.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(self) -> Result<Fault, String> {
        let stop = match self.stop.as_deref() {
            None => None,
            Some("before") => Some(Stop::Before),
            Some("after") => Some(Stop::After),
            Some(other) => return Err(format!("stop is before or after, not {other}")),
        };
        let acts = self.code.is_some() || self.delay > 0 || self.down || stop.is_some();
        if self.pass && (acts || self.node.is_some()) {
            return Err(String::from("what passes has no fault"));
        }
        if self.always && self.times.is_some() {
            return Err(String::from("times and always exclude each other"));
        }
        let fault = Fault {
            target: target(&self.on)?,
            node: self.node,
            user: self.user,
            times: if self.always { None } else { Some(self.times.unwrap_or(1)) },
            code: self.code.map(ReturnCode),
            delay: self.delay,
            down: self.down,
            stop,
        };
        fault.check()?;
        Ok(fault)
    }
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// How a node is: words about it, in order.
    Node(NodeId, Vec<NodeWord>),
    /// How many keys there is room for.
    MaxKeys(u64),
    /// Whether nobody answers.
    Unreachable(bool),
    /// What goes wrong with a request.
    Fault(Fault),
}

/// A word about a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeWord {
    /// It answers, or does not.
    Up(bool),
    /// It refuses writes, or does not.
    ReadOnly(bool),
    /// It goes down by itself.
    DownAfter(u64),
    /// It is up again by itself.
    UpAfter(u64),
    /// How long keys take to arrive.
    SynchronizationDelay(u64),
}

/// Reads a line. An empty one, and one that begins with `#`, says nothing.
///
/// # Errors
/// What is wrong with it.
pub fn parse(line: &str) -> Result<Option<Said>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let said = match line.split_once(':') {
        Some((on, words)) => Said::Fault(fault(on.trim(), words)?),
        None => match words.next() {
            Some("node") => node(&mut words)?,
            Some("max_keys") => Said::MaxKeys(number("max_keys", &mut words)?),
            Some("unreachable") => Said::Unreachable(true),
            Some("reachable") => Said::Unreachable(false),
            _ => return Err(format!("{line:?} is neither a fault (it has no colon) nor a state")),
        },
    };
    // A fault has read its words by itself.
    match words.next() {
        Some(word) if !matches!(said, Said::Fault(_)) => Err(format!("{word:?} is too much")),
        _ => Ok(Some(said)),
    }
}

/// Makes a cluster what a line says.
///
/// # Errors
/// A node that the cluster does not have, or that makes no sense so.
pub fn apply(said: Said, settings: &mut Settings) -> Result<(), String> {
    match said {
        Said::MaxKeys(most) => settings.max_keys = most,
        Said::Unreachable(unreachable) => settings.unreachable = unreachable,
        Said::Fault(fault) => settings.faults.push(fault),
        Said::Node(id, words) => {
            let mut nodes = settings.nodes.iter_mut();
            let node = nodes.find(|node| node.id == id).ok_or(format!("there is no node {id}"))?;
            words.into_iter().for_each(|word| apply_to_node(word, node));
            node.check()?;
        }
    }
    Ok(())
}

fn apply_to_node(word: NodeWord, node: &mut Node) {
    match word {
        NodeWord::Up(up) => (node.up, node.down_after, node.up_after) = (up, None, None),
        NodeWord::ReadOnly(read_only) => node.read_only = read_only,
        NodeWord::DownAfter(wait) => node.down_after = Some(wait),
        NodeWord::UpAfter(wait) => node.up_after = Some(wait),
        NodeWord::SynchronizationDelay(delay) => node.synchronization_delay = delay,
    }
}

/// The requests that a word means.
fn target(word: &str) -> Result<Target, String> {
    if word == "any" {
        return Ok(Target::Any);
    }
    if let Some((_, operation)) = OPERATIONS.iter().find(|(name, _)| *name == word) {
        return Ok(Target::Operation(*operation));
    }
    let command = command::find(word).map(|command| Target::Command(command.name()));
    command.ok_or_else(|| {
        let operations = OPERATIONS.map(|(name, _)| name).join(", ");
        format!("{word:?} is no command, and none of any, {operations}")
    })
}

fn fault(on: &str, words: &str) -> Result<Fault, String> {
    let mut written = WrittenFault { on: on.to_owned(), ..WrittenFault::default() };
    let mut words = words.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "node" => written.node = Some(number(word, &mut words)?),
            "user" => written.user = Some(next(word, &mut words)?.to_owned()),
            "code" => written.code = Some(number(word, &mut words)?),
            "delay" => written.delay = number(word, &mut words)?,
            "stop" => written.stop = Some(next(word, &mut words)?.to_owned()),
            "times" => written.times = Some(number(word, &mut words)?),
            "down" => written.down = true,
            "pass" => written.pass = true,
            "always" => written.always = true,
            _ => return Err(format!("{word:?} is no word of a fault")),
        }
    }
    written.read()
}

fn node<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<Said, String> {
    let id = number("node", words)?;
    let mut said = Vec::new();
    while let Some(word) = words.next() {
        said.push(match word {
            "up" => NodeWord::Up(true),
            "down" => NodeWord::Up(false),
            "read_only" => NodeWord::ReadOnly(true),
            "writable" => NodeWord::ReadOnly(false),
            "down_after" => NodeWord::DownAfter(number(word, words)?),
            "up_after" => NodeWord::UpAfter(number(word, words)?),
            "synchronization_delay" => NodeWord::SynchronizationDelay(number(word, words)?),
            _ => return Err(format!("{word:?} is no word about a node")),
        });
    }
    if said.is_empty() {
        return Err(format!("what is node {id} like?"));
    }
    Ok(Said::Node(id, said))
}

fn next<'a>(after: &str, words: &mut impl Iterator<Item = &'a str>) -> Result<&'a str, String> {
    words.next().ok_or_else(|| format!("something must follow {after}"))
}

/// The number after a word, decimal or hexadecimal with 0x.
fn number<'a, N: TryFrom<u64>>(
    after: &str,
    words: &mut impl Iterator<Item = &'a str>,
) -> Result<N, String> {
    let word = next(after, words)?;
    let read = match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => word.parse(),
    };
    let number = read.ok().and_then(|number| N::try_from(number).ok());
    number.ok_or_else(|| format!("{word:?} is no number that can follow {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hsm::fault::Operation;
    use proptest::prelude::*;

    fn read(line: &str) -> Fault {
        match parse(line) {
            Ok(Some(Said::Fault(fault))) => fault,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn settings(lines: &[&str]) -> Settings {
        let mut settings = Settings::default();
        for line in lines {
            apply(parse(line).unwrap().unwrap(), &mut settings).unwrap();
        }
        settings
    }

    #[test]
    fn faults_are_read() {
        let pass = read("sign: pass");
        assert_eq!(pass, read("sign:"));
        assert_eq!((pass.target, pass.times), (Target::Command("sign"), Some(1)));
        let down = read("genECCKeyPair: node 1 down");
        assert_eq!((down.node, down.down), (Some(1), true));
        assert_eq!(read("rsaGenKeyPair: down").target, Target::Command("genRSAKeyPair"));
        let find = read(" find : user alice code 0xbc delay 250 times 3 ");
        assert_eq!(find.target, Target::Operation(Operation::Find));
        assert_eq!((find.code, find.delay, find.times), (Some(ReturnCode(0xbc)), 250, Some(3)));
        assert_eq!(find.user.as_deref(), Some("alice"));
        let always = read("any: stop after code 5 always");
        assert_eq!((always.target, always.times), (Target::Any, None));
        assert_eq!((always.stop, always.code), (Some(Stop::After), Some(ReturnCode(5))));
    }

    #[test]
    fn states_are_read_and_the_last_word_counts() {
        let settings = settings(&[
            "node 1 down",
            "node 1 up",
            "node 2 down up_after 0x10 read_only synchronization_delay 7",
            "max_keys 10",
            "unreachable",
            "reachable",
            "sign: down",
        ]);
        assert_eq!(settings.nodes[1], Node::new(1));
        let expected = Node {
            up: false,
            up_after: Some(16),
            read_only: true,
            synchronization_delay: 7,
            ..Node::new(2)
        };
        assert_eq!(settings.nodes[2], expected);
        assert_eq!((settings.max_keys, settings.unreachable), (10, false));
        assert_eq!(settings.faults, [read("sign: down")]);
    }

    #[test]
    fn comments_say_nothing() {
        assert_eq!(parse(" # node 1 down"), Ok(None));
        assert_eq!(parse("  "), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, expected) in [
            ("sing: down", "\"sing\" is no command"),
            ("node 1", "what is node 1 like?"),
            ("node one down", "\"one\" is no number that can follow node"),
            ("node 1 sideways", "\"sideways\" is no word about a node"),
            ("node 256 down", "\"256\" is no number"),
            ("genECCKeyPair node 1 down", "it has no colon"),
            ("max_keys", "something must follow max_keys"),
            ("max_keys 1 2", "\"2\" is too much"),
            ("reachable not", "\"not\" is too much"),
            ("sign: code", "something must follow code"),
            ("sign: code 0x", "\"0x\" is no number"),
            ("sign: code 0x100000000", "is no number that can follow code"),
            ("sign: stop now", "stop is before or after, not now"),
            ("sign: pass down", "what passes has no fault"),
            ("sign: pass node 1", "what passes has no fault"),
            ("sign: down times 2 always", "times and always exclude each other"),
            ("sign: down code 5", "neither answers nor stops"),
            ("sign: fall", "\"fall\" is no word of a fault"),
            (": down", "\"\" is no command"),
        ] {
            let reason = parse(line).unwrap_err();
            assert!(reason.contains(expected), "{line}: {reason}");
        }
        for (line, expected) in [
            ("node 9 down", "there is no node 9"),
            ("node 1 down down_after 5", "makes no sense on a node that is down"),
            ("node 1 down_after 5 up_after 5", "up_after must be later than down_after"),
        ] {
            let said = parse(line).unwrap().unwrap();
            let reason = apply(said, &mut Settings::default()).unwrap_err();
            assert!(reason.contains(expected), "{line}: {reason}");
        }
    }

    fn word() -> impl Strategy<Value = String> {
        let known = "node user code delay stop times down pass always up read_only writable \
                     up_after down_after synchronization_delay max_keys unreachable reachable : # \
                     sign: any: create: before after 0 1 0x 0xbc 18446744073709551616 -1 alice";
        let known: Vec<_> = known.split_whitespace().map(str::to_owned).collect();
        prop_oneof![9 => proptest::sample::select(known), 1 => "\\PC{0,8}"]
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(
            words in proptest::collection::vec(word(), 0..10), text in "\\PC*"
        ) {
            for line in [words.join(" "), text] {
                if let Ok(Some(said)) = parse(&line) {
                    let _ = apply(said, &mut Settings::default()).is_ok();
                }
            }
        }
    }
}
