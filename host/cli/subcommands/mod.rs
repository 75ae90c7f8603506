//! What the program can be asked for: a file for each subcommand, and what some of them share.

pub(crate) mod complete;
pub(crate) mod help;
pub(crate) mod man;
pub(crate) mod mcp;
pub(crate) mod observed_parse;
pub(crate) mod parse;
pub(crate) mod plugin;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod report_file;
pub(crate) mod run;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod script;
pub(crate) mod which;
