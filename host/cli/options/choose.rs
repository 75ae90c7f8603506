//! Which parser is used, and how strict it is.

use clap::Args;

#[derive(Args, Debug)]
#[command(next_help_heading = "Parsing")]
pub(in crate::cli) struct Choosing {
    /// The platform the output is from: linux, macos, freebsd, … [default: this one]
    #[arg(long, global = true, value_name = "NAME")]
    pub(in crate::cli) platform: Option<String>,
    /// Use this parser only: a dialect, a plugin's name, or a component's file
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub(in crate::cli) plugin: Option<String>,
    /// Fail when anything could not be understood
    #[arg(long, global = true)]
    pub(in crate::cli) strict: bool,
}
