//! The `outparse` program. All of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    outparse_cli::main()
}
