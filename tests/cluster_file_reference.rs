//! docs/cluster-file.md against the reader of cluster files: no key without a
//! row, no row without a key, and defaults, bounds and blocks that hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;

use kmu::cluster_file::parse;
use kmu::hsm::settings::Settings;
use kmu::profile::Told;

const PAGE: &str = include_str!("../docs/cluster-file.md");

/// The tables by their headings, each with what stands before a key of it, so
/// that the file is complete but for that key.
const TABLES: [(&str, &str); 4] = [
    ("## The cluster", ""),
    ("## `[[node]]`", "[[node]]\nid = 0\n"),
    ("## `[[user]]`", "[[user]]\nname = 'u'\ntype = 'CU'\npassword = 'long enough'\n"),
    ("## `[[fault]]`", "[[fault]]\non = 'sign'\n"),
];

/// Bounds that the page tells: a file, and whether it describes a cluster.
const BOUNDS: [(&str, bool); 24] = [
    ("session_node = 3", false),
    ("first_handles = [6, 4294967295]", true),
    ("first_handles = [5]", false),
    ("first_handles = [4294967296]", false),
    ("max_keys = 0", true),
    ("max_keys = 9223372036854775807", true),
    ("max_keys = -1", false),
    ("[[node]]\nid = 31", true),
    ("[[node]]\nid = 32", false),
    ("[[node]]\nid = 0\nup_after = 31536000000", true),
    ("[[node]]\nid = 0\nup_after = 31536000001", false),
    ("[[node]]\nid = 0\ndown_after = 31536000001", false),
    ("[[node]]\nid = 0\nsynchronization_delay = 31536000001", false),
    ("[[node]]\nid = 0\ndown_after = 1\nup_after = 1", false),
    ("[[node]]\nid = 0\nup = false\ndown_after = 1", false),
    ("[[fault]]\non = 'sign'\ncode = 4294967295", true),
    ("[[fault]]\non = 'sign'\ncode = 4294967296", false),
    ("[[fault]]\non = 'sign'\ncode = 0", false),
    ("[[fault]]\non = 'sign'\ntimes = 4294967295\ncode = 1", true),
    ("[[fault]]\non = 'sign'\ntimes = 0", false),
    ("[[fault]]\non = 'sign'\nnode = 1", false),
    ("[[fault]]\non = 'sign'\ndown = true\ncode = 1", false),
    ("[[fault]]\non = 'sign'\npass = true\nuser = 'alice'", true),
    ("[[fault]]\non = 'sign'\nalways = true\ntimes = 1", false),
];

fn read(text: &str) -> Result<Settings, String> {
    let read = parse(text, Path::new(""), &Told::default());
    read.map(|(_, settings)| settings).map_err(|error| error.to_string())
}

/// The part of the page below a heading, up to the next one.
fn section(heading: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(heading).unwrap_or_else(|| panic!("{heading}"));
    rest.split("\n## ").next().unwrap()
}

/// Keys and defaults of a section's table.
fn rows(heading: &str) -> Vec<(&'static str, &'static str)> {
    let row = |line: &'static str| {
        let (key, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
        Some((key, rest.split(" | ").next()?))
    };
    section(heading).lines().filter_map(row).collect()
}

/// The keys that the reader knows, in its own words when it meets another one.
fn known(before: &str) -> Vec<String> {
    let message = read(&format!("{before}no_such_key = 1\n")).err().unwrap();
    let (_, expected) = message.split_once("expected ").unwrap_or_else(|| panic!("{message}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_is_documented_and_nothing_else() {
    for (heading, before) in TABLES {
        let mut documented: Vec<_> = rows(heading).into_iter().map(|row| row.0).collect();
        // Tables of their own.
        let mut known = known(before);
        known
            .retain(|key| !before.is_empty() || !["node", "user", "fault"].contains(&key.as_str()));
        documented.sort_unstable();
        known.sort_unstable();
        assert_eq!(documented, known, "{heading}");
    }
    assert_eq!(known("").len(), 10);
}

/// What a file says of the cluster, without its users, whose passwords nothing shows.
fn described(text: &str) -> String {
    let settings = read(text).unwrap_or_else(|reason| panic!("{text}: {reason}"));
    let Settings { nodes, session_node, fips_mode, users, first_handles, max_keys, .. } = settings;
    let names: Vec<_> = users.iter().map(|user| (&user.name, user.user_type)).collect();
    let Settings { unreachable, faults, .. } = settings;
    format!(
        "{nodes:?}{session_node}{fips_mode}{names:?}{first_handles:?}{max_keys}{unreachable}{faults:?}"
    )
}

#[test]
fn a_default_is_what_counts_when_nothing_is_said() {
    let mut defaults = 0;
    for (heading, before) in TABLES {
        for (key, default) in rows(heading) {
            let Some(default) = default.strip_prefix('`').and_then(|it| it.strip_suffix('`'))
            else {
                continue;
            };
            defaults += 1;
            let said = format!("{before}{key} = {default}\n");
            assert_eq!(described(&said), described(before), "{heading} {key}");
        }
    }
    assert_eq!(defaults, 13);
}

#[test]
fn a_required_key_is_missed() {
    for (heading, before) in &TABLES[1..] {
        for (key, _) in rows(heading).into_iter().filter(|row| row.1 == "required") {
            let without: String = before
                .lines()
                .filter(|line| !line.starts_with(key))
                .map(|line| format!("{line}\n"))
                .collect();
            let reason = read(&without).err().unwrap();
            assert!(reason.contains(&format!("missing field `{key}`")), "{key}: {reason}");
        }
    }
}

#[test]
fn the_bounds_hold() {
    for (text, allowed) in BOUNDS {
        let read = read(text);
        assert_eq!(read.is_ok(), allowed, "{text}: {:?}", read.err());
    }
    for (length, allowed) in [(0, false), (1, true), (31, true), (32, false)] {
        let user =
            format!("[[user]]\nname = '{}'\ntype = 'CU'\npassword = '1234567'", "n".repeat(length));
        assert_eq!(read(&user).is_ok(), allowed, "a name of {length} bytes");
    }
    for (length, allowed) in [(6, false), (7, true), (32, true), (33, false)] {
        let user =
            format!("[[user]]\nname = 'u'\ntype = 'CU'\npassword = '{}'", "p".repeat(length));
        assert_eq!(read(&user).is_ok(), allowed, "a password of {length} bytes");
    }
    let long = format!("#{}", "x".repeat(1 << 20));
    let scratch = support::Scratch::new();
    let file = scratch.write("long.toml", long);
    assert!(kmu::cluster_file::read(&file, &Told::default()).is_err());
}

#[test]
fn every_block_describes_a_cluster() {
    let scratch = support::Scratch::new();
    // The public key that one of them names.
    support::openssl(&scratch.path(""), &["genrsa", "-out", "alice.key", "2048"]);
    support::openssl(
        &scratch.path(""),
        &["rsa", "-in", "alice.key", "-pubout", "-out", "alice.pem"],
    );
    let blocks: Vec<_> =
        PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 1 + TABLES.len());
    for block in blocks {
        parse(block, &scratch.path(""), &Told::default())
            .unwrap_or_else(|reason| panic!("{block}: {reason}"));
    }
}
