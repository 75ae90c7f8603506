//! The program that is tested: the one that was built with the tests, or another one in its place, on another system.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Names the program that takes the place of the one that was built with the tests.
const OTHER: &str = "OUTPARSE_TEST_PROGRAM";

static PROGRAM: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os(OTHER).map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_outparse")), PathBuf::from));

/// The program.
pub fn outparse() -> &'static Path {
    &PROGRAM
}
