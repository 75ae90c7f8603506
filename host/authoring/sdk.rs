//! The SDK for Rust, as it was when this program was built: for whoever has the program and not its sources.

use super::language::File;

include!(concat!(env!("OUT_DIR"), "/sdk.rs"));
