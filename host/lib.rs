//! Runs a command, parses what it prints in a WebAssembly sandbox, and hands out typed records.

pub mod cli;
pub mod command;
pub mod error;
pub mod fetch;
pub mod lines;
pub mod output;
pub mod parse;
pub mod pipeline;
pub mod problem;
pub mod registry;
pub mod sandbox;
pub mod schema;
mod trust;
