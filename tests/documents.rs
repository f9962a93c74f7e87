//! What documents quote is what is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every document in the repository that people read.
fn documents() -> Vec<String> {
    let mut found = vec![];
    let mut folders = vec![String::new(), String::from("docs/")];
    while let Some(folder) = folders.pop() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder);
        for entry in std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap()) {
            let name = folder.clone() + entry.file_name().to_str().unwrap();
            if name.ends_with(".md") {
                found.push(name);
            } else if !folder.is_empty() && entry.path().is_dir() {
                folders.push(name + "/");
            }
        }
    }
    found.sort();
    found
}

#[test]
fn excerpts_stand_in_the_files_that_they_name() {
    let mut excerpts = 0;
    for document in documents() {
        for block in read(&document).split("\n```rust ").skip(1) {
            let (file, rest) = block.split_once('\n').unwrap();
            let excerpt = rest.split("```").next().unwrap();
            assert!(read(file).contains(excerpt), "{document}: {file} has no longer\n{excerpt}");
            excerpts += 1;
        }
    }
    assert!(excerpts >= 6, "{excerpts}");
}

/// The targets of a document's links to other files.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.starts_with("http") && !target.starts_with('#')).collect()
}

/// The anchor that a heading has on the pages of a forge.
fn anchor(heading: &str) -> String {
    let kept = |c: char| c.is_alphanumeric() || c == ' ' || c == '-' || c == '_';
    let text: String = heading.to_lowercase().chars().filter(|c| kept(*c)).collect();
    text.trim().replace(' ', "-")
}

#[test]
fn links_lead_somewhere() {
    let mut followed = 0;
    for document in documents() {
        let text = read(&document);
        for link in links(&text) {
            let (file, wanted) = link.split_once('#').unwrap_or((link, ""));
            let beside = Path::new(&document).parent().unwrap().join(file);
            let target = Path::new(env!("CARGO_MANIFEST_DIR")).join(beside);
            assert!(target.exists(), "{document} links to {link}");
            followed += 1;
            if !wanted.is_empty() {
                let there = std::fs::read_to_string(&target).unwrap();
                let mut headings = there.lines().filter(|line| line.starts_with('#'));
                assert!(
                    headings.any(|line| anchor(line.trim_start_matches('#')) == wanted),
                    "{document} links to {link}"
                );
            }
        }
    }
    assert!(followed > 90, "{followed}");
}
