//! How the program is linked.

#![allow(missing_docs, reason = "a build script has no public items")]

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=host/cli/build.rs");
    link_at_a_fixed_address();
}

/// Links the program at a fixed address. Otherwise tens of thousands of pointers would be relocated at each start, which takes
/// longer than everything else in a small run. Libraries, heap, stack and the memory of plugins lie at random addresses as
/// before.
fn link_at_a_fixed_address() {
    let target_is = |key: &str, value: &str| env::var(key).is_ok_and(|found| found == value);
    if target_is("CARGO_CFG_TARGET_OS", "linux") && target_is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
