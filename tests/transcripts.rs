//! Runs every transcript in tests/transcripts and compares the whole output.
//!
//! A transcript reads like a session. Lines that begin with `#` at the top say
//! how to run it: `# kmu: OPTIONS` (added to `--echo`, in memory), `# cluster: TOML LINE`,
//! `# fault: FAULT` (for `--fault`), `# key: NAME ...` (files of tests/keys that
//! lie in the directory), `# file: NAME TEXT` and `# hex: NAME DIGITS` (files made
//! for it; a text may be empty).
//! `Command:  ...` is input, `>...` further input that a question reads; the
//! rest is output, to the byte. After the session stand lines that look at what
//! it left behind: `$ cat FILE`, `$ hex FILE`, `$ ls`, `$ cmp FILE FILE` (which says
//! nothing of equal files) and `$ openssl WORDS` (which must succeed). What they
//! show follows up to the next such line; `?` in it stands for any one character.
//! With UPDATE_TRANSCRIPTS=1 the output is written back instead of compared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use support::{Scratch, openssl};

struct Transcript {
    /// The lines at the top.
    header: Vec<String>,
    /// What the program prints, input lines included.
    session: String,
    /// What looks at the files that the session left, and what it shows.
    looks: Vec<(String, String)>,
}

impl Transcript {
    fn parse(text: &str) -> Self {
        let mut lines = text.lines().peekable();
        let mut header = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('#')) {
            header.push(line.to_owned());
        }
        let mut transcript = Self { header, session: String::new(), looks: Vec::new() };
        for line in lines {
            let target = match line.strip_prefix("$ ") {
                Some(look) => {
                    transcript.looks.push((look.to_owned(), String::new()));
                    continue;
                }
                None => {
                    transcript.looks.last_mut().map_or(&mut transcript.session, |look| &mut look.1)
                }
            };
            target.push_str(line);
            target.push('\n');
        }
        transcript
    }

    fn setting(&self, name: &str) -> Vec<&str> {
        let prefix = format!("# {name}: ");
        self.header.iter().filter_map(|line| line.strip_prefix(&prefix)).collect()
    }

    /// What is typed: the words after each prompt, and after each question.
    fn input(&self) -> String {
        let typed = |line: &str| {
            line.strip_prefix("Command:  ")
                .or_else(|| line.split_once("(0 or 1):").map(|(_, answer)| answer))
                .map(|typed| format!("{typed}\n"))
        };
        self.session.lines().filter_map(typed).collect()
    }

    /// Puts the files in place that the lines at the top ask for.
    fn prepare(&self, scratch: &Scratch) {
        let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
        for name in self.setting("key").iter().flat_map(|names| names.split(' ')) {
            scratch.write(name, std::fs::read(keys.join(name)).unwrap());
        }
        for (name, text) in self.setting("file").iter().map(|file| split(file)) {
            scratch.write(name, text);
        }
        for (name, digits) in self.setting("hex").iter().map(|file| split(file)) {
            scratch.write(name, from_hexadecimal(digits));
        }
    }

    /// The transcript of what really happened; what matches its pattern keeps it.
    fn updated(&self, session: &str, scratch: &Scratch) -> String {
        let header: String = self.header.iter().map(|line| format!("{line}\n")).collect();
        let shown = |(look, expected): &(String, String)| {
            let mut actual = look_at(scratch, look);
            if !actual.is_empty() && !actual.ends_with('\n') {
                actual.push('\n');
            }
            let same = compare(expected, &actual, matches_pattern).is_ok();
            format!("$ {look}\n{}", if same { expected } else { &actual })
        };
        header + session + &self.looks.iter().map(shown).collect::<String>()
    }
}

/// A name and what follows it, which may be nothing.
fn split(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

fn from_hexadecimal(digits: &str) -> Vec<u8> {
    assert!(digits.len().is_multiple_of(2), "{digits}");
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// What a line shows that begins with `$`.
fn look_at(scratch: &Scratch, look: &str) -> String {
    let (command, words) = split(look);
    let bytes = |name: &str| {
        std::fs::read(scratch.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    match command {
        "cat" => scratch.read(words),
        "hex" => {
            let row = |row: &[u8]| row.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            bytes(words).chunks(32).map(|bytes| row(bytes) + "\n").collect()
        }
        "ls" => {
            let entries = std::fs::read_dir(scratch.path("")).unwrap();
            let name = |entry: std::fs::DirEntry| entry.file_name().into_string().unwrap();
            let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
            names.sort();
            names.iter().map(|name| format!("{name}\n")).collect()
        }
        "cmp" => {
            let (one, other) = split(words);
            let same = bytes(one) == bytes(other);
            if same { String::new() } else { format!("{one} {other} differ\n") }
        }
        "openssl" => openssl(&scratch.path(""), &words.split(' ').collect::<Vec<_>>()),
        _ => panic!("$ {look}: there is no such look"),
    }
}

fn run(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).unwrap();
    let transcript = Transcript::parse(&text);
    let scratch = Scratch::new();
    transcript.prepare(&scratch);
    let cluster = scratch.write("cluster.toml", transcript.setting("cluster").join("\n"));
    let mut arguments = vec!["--echo", "--ephemeral", "--cluster", cluster.to_str().unwrap()];
    let options = transcript.setting("kmu").join(" ");
    arguments.extend(options.split_ascii_whitespace());
    arguments.extend(transcript.setting("fault").into_iter().flat_map(|fault| ["--fault", fault]));
    let finished = scratch.run(&arguments, transcript.input());
    let status = finished.status();
    if status != 0 {
        return Err(format!("exit status {status}: {}", finished.stderr()));
    }
    if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
        std::fs::write(path, transcript.updated(&finished.stdout(), &scratch)).unwrap();
        return Ok(());
    }
    compare(&transcript.session, &finished.stdout(), |expected, actual| expected == actual)?;
    for (look, expected) in &transcript.looks {
        compare(expected, &look_at(&scratch, look), matches_pattern)
            .map_err(|difference| format!("$ {look}:\n{difference}"))?;
    }
    Ok(())
}

/// Whether the lines are the same, `?` standing for any one character.
fn matches_pattern(expected: &str, actual: &str) -> bool {
    expected.chars().count() == actual.chars().count()
        && expected.chars().zip(actual.chars()).all(|(one, other)| one == '?' || one == other)
}

fn compare(expected: &str, actual: &str, same: impl Fn(&str, &str) -> bool) -> Result<(), String> {
    // The last line of a session may end without a newline; a file of lines cannot say so.
    let lines = |text: &str| text.split('\n').map(str::to_owned).collect::<Vec<_>>();
    let (expected, mut actual) = (lines(expected), lines(actual));
    if actual.last().is_some_and(|last| !last.is_empty()) {
        actual.push(String::new());
    }
    for at in 0..expected.len().max(actual.len()) {
        let (wanted, got) = (expected.get(at), actual.get(at));
        if !matches!((wanted, got), (Some(wanted), Some(got)) if same(wanted, got)) {
            return Err(format!("line {}:\n  expected {wanted:?}\n  got      {got:?}", at + 1));
        }
    }
    Ok(())
}

#[test]
fn every_transcript_is_reproduced() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut failures = String::new();
    let mut count = 0;
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|kind| kind == "txt")) {
        count += 1;
        if let Err(difference) = run(path) {
            let name = path.file_name().unwrap().to_string_lossy();
            failures += &format!("\n{name}, {difference}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count >= 15, "only {count} transcripts were found");
}

#[test]
fn the_comparison_notices_differences() {
    let exact = |one: &str, other: &str| one == other;
    assert!(compare("a\n", "a\n", exact).is_ok());
    assert!(compare("a\n", "a", exact).is_ok());
    assert!(compare("a\n", "b\n", exact).is_err());
    assert!(compare("a\n", "a\nb\n", exact).is_err());
    assert!(compare("a\nb\n", "a\n", exact).is_err());
    assert!(matches_pattern("0x??", "0xab") && !matches_pattern("0x??", "0xabc"));
}
