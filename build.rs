//! Tells the program the commit that it is built from, for `kmu --version`.
//!
//! Only release builds ask for it: everything is compiled anew when it
//! changes, which is too much for every commit of somebody who develops.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = if release { commit_of_git().or_else(commit_of_package) } else { None };
    let version = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=KMU_VERSION={version}");
}

/// The commit of the working copy, if this is one and git is there.
fn commit_of_git() -> Option<String> {
    let home = env::var("CARGO_MANIFEST_DIR").ok()?;
    // The package may lie in a repository that is not its own.
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if fs::canonicalize(top).ok()? != fs::canonicalize(home).ok()? {
        return None;
    }
    // These change with every commit and checkout. A file that is not there would count as changed.
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file])
            && Path::new(&path).exists()
        {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// The commit that cargo noted when it packed the sources.
fn commit_of_package() -> Option<String> {
    let noted = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = noted.split_once("\"sha1\": \"")?;
    let commit = rest.split('"').next()?;
    (commit.len() == 40).then(|| commit[..12].to_owned())
}
