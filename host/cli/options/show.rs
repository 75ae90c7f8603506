//! How records are shown, and where.

use std::io;
use std::path::PathBuf;

use anstream::AutoStream;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ColorChoice};

use outparse::schema::BadText;
use outparse_formats::output::Format;

#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Showing {
    /// How to print records [default: table on a terminal, json otherwise]
    #[arg(long, short, global = true, value_parser = one_of(Format::ALL, Format::name, Format::meaning))]
    pub(crate) format: Option<Format>,
    /// Write the records to this file, which appears when it is complete
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// With --format sqlite: the table that rows are added to [default: the command's name]
    #[arg(long = "into", global = true, value_name = "TABLE")]
    pub(crate) into_table: Option<String>,
    /// Colours in a table; `auto` minds the terminal, NO_COLOR, CLICOLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, default_value_t, value_name = "auto|always|never", hide_possible_values = true)]
    pub(crate) color: ColorChoice,
    /// Wrap the records with where they come from and how the run went; for json, jsonl and yaml
    #[arg(long, global = true, conflicts_with_all = ["raw", "jq", "template"])]
    pub(crate) envelope: bool,
    /// Pass the output through as it is, unparsed
    #[arg(long, global = true, conflicts_with_all = ["format", "condition", "sort", "limit", "fields", "jq", "template", "exit_status"])]
    pub(crate) raw: bool,
    /// How to show text that is not UTF-8
    #[arg(
        long,
        global = true,
        default_value = BadText::default().name(),
        value_parser = one_of(BadText::ALL, BadText::name, BadText::meaning)
    )]
    pub(crate) bad_text: BadText,
}

impl Showing {
    /// Whether a table has colours, on standard output or in a file.
    pub(crate) fn colored(&self, on_standard_output: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => on_standard_output && AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        }
    }
}

/// Takes one of a few values by its name. Help and completion say what each is.
fn one_of<T: Copy + Send + Sync + 'static, const N: usize>(
    all: [T; N],
    name: fn(T) -> &'static str,
    meaning: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.map(|value| PossibleValue::new(name(value)).help(meaning(value))))
        .try_map(move |given| all.into_iter().find(|&value| name(value) == given).ok_or("not one of them"))
}
