//! The example of examples/ci, as its README says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::path::Path;
use std::process::Command;

#[test]
fn the_example_for_ci_passes_and_leaves_nothing() {
    let scratch = support::Scratch::new();
    let program = Path::new(env!("CARGO_BIN_EXE_kmu")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci/test.sh");
    let output = Command::new(script)
        .env_remove("KMU_CLUSTER")
        .env("PATH", path)
        .env("TMPDIR", scratch.path(""))
        .current_dir(scratch.path(""))
        .output()
        .unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success(), "{told}");
    assert_eq!(told.lines().filter(|line| line.starts_with("- ")).count(), 5, "{told}");
    assert_eq!(std::fs::read_dir(scratch.path("")).unwrap().count(), 0);
}
