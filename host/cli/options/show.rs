//! How records are shown, and where.

use std::io;
use std::path::PathBuf;

use anstream::AutoStream;
use clap::{Args, ColorChoice};

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
    /// With --format sqlite: the table that rows are added to [default: the command's name]
    #[arg(long = "into", global = true, value_name = "TABLE")]
    pub(in crate::cli) into_table: Option<String>,
    /// Colours in a table; `auto` minds the terminal, NO_COLOR, CLICOLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, default_value_t, value_name = "auto|always|never", hide_possible_values = true)]
    pub(in crate::cli) color: ColorChoice,
    /// Wrap the records with where they come from and how the run went; for json, jsonl and yaml
    #[arg(long, global = true, conflicts_with_all = ["raw", "jq", "template"])]
    pub(in crate::cli) envelope: bool,
    /// Pass the output through as it is, unparsed
    #[arg(long, global = true, conflicts_with_all = ["format", "condition", "sort", "limit", "fields", "jq", "template", "exit_status"])]
    pub(in crate::cli) raw: bool,
    /// How to show text that is not UTF-8
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(in crate::cli) bad_text: BadText,
}

impl Showing {
    /// Whether a table has colours, on standard output or in a file.
    pub(in crate::cli) fn colored(&self, on_standard_output: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => on_standard_output && AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}
