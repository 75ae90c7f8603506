//! The library is handed out as it is linked: without the names that only a debugger needs.

#![allow(missing_docs, reason = "a build script has no public items")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-cdylib=-s");
    }
}
