//! How records are shown, and where.

use std::path::PathBuf;

use clap::Args;

use crate::output::{BadText, Format};

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct Showing {
    /// How to print records [default: table on a terminal, json otherwise]
    #[arg(long, short, global = true, value_enum)]
    pub(in crate::cli) format: Option<Format>,
    /// Write the records to this file, which appears when it is complete
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Wrap the records with where they come from and how the run went; for json, jsonl and yaml
    #[arg(long, global = true, conflicts_with = "raw")]
    pub(in crate::cli) envelope: bool,
    /// Pass the output through as it is, unparsed
    #[arg(long, global = true, conflicts_with = "format")]
    pub(in crate::cli) raw: bool,
    /// How to show text that is not UTF-8
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(in crate::cli) bad_text: BadText,
}
