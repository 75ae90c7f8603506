//! What whoever embeds the engine compiles: few crates, and none of the terminal's, the network's or the templates'.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The crates that one of ours needs to be built into a program, itself among them.
fn needed_by(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--edges", "normal", "--prefix", "none", "--package", package])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).unwrap();
    // `NAME vVERSION`, and what else is said of it.
    let name = |line: &str| Some(line.split(' ').take(2).collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty());
    lines.lines().filter_map(name).collect()
}

fn names<'a>(crates: &'a BTreeSet<String>, names: &[&'a str]) -> Vec<&'a str> {
    crates.iter().filter_map(|known| known.split(' ').next()).filter(|known| names.contains(known)).collect()
}

#[test]
fn the_engine_is_light() {
    let crates = needed_by("outparse");
    assert!(crates.len() > 50, "this is no tree: {crates:?}");
    assert!(crates.len() < 150, "{} crates: {crates:?}", crates.len());
    let others =
        ["clap", "comfy-table", "indicatif", "reqwest", "rustls", "jaq-core", "minijinja", "parquet", "rusqlite", "rmcp"];
    assert_eq!(names(&crates, &others), [""; 0]);
}

#[test]
fn a_crate_has_what_its_own_work_needs() {
    let programs = ["clap", "indicatif", "rmcp", "clap_complete"];
    for package in ["outparse-formats", "outparse-bulk", "outparse-hosts", "outparse-fetch", "outparse-authoring"] {
        assert_eq!(names(&needed_by(package), &programs), [""; 0], "{package}");
    }
    for package in ["outparse-formats", "outparse-bulk", "outparse-hosts", "outparse-authoring"] {
        assert_eq!(names(&needed_by(package), &["reqwest", "rustls"]), [""; 0], "{package}");
    }
    for package in ["outparse-bulk", "outparse-hosts", "outparse-fetch"] {
        assert_eq!(names(&needed_by(package), &["jaq-core", "minijinja", "parquet", "rusqlite"]), [""; 0], "{package}");
    }
}
