//! The pages of docs/commands are what the declarations of the commands say:
//! `UPDATE_DOCS=1 cargo test --test pages` writes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod index;
mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kmu::command::COMMANDS;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands")
}

/// The files that should be there, by name.
fn generated() -> BTreeMap<String, String> {
    let pages = COMMANDS.iter().map(|command| (page::file_name(command), page::render(command)));
    pages.chain([(String::from("README.md"), index::render())]).collect()
}

#[test]
fn the_pages_are_what_the_commands_declare() {
    let generated = generated();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(directory()).unwrap();
        for (name, text) in &generated {
            std::fs::write(directory().join(name), text).unwrap();
        }
    }
    let mut there: Vec<_> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, generated.keys().cloned().collect::<Vec<_>>());
    for (name, text) in &generated {
        let kept = std::fs::read_to_string(directory().join(name)).unwrap();
        assert_eq!(&kept, text, "docs/commands/{name}: run UPDATE_DOCS=1 cargo test --test pages");
    }
}
