//! Which records and fields are printed.

use clap::Args;

#[derive(Args, Debug)]
#[command(next_help_heading = "Selection")]
pub(in crate::cli) struct Selecting {
    /// Print only these fields, in this order
    #[arg(long, global = true, value_delimiter = ',', value_name = "FIELD,…")]
    pub(in crate::cli) fields: Vec<String>,
}
