//! A capture: a command is run, and the bytes that it prints are cut at line ends and stripped of what is meant for a terminal.

pub mod clock;
pub mod command;
pub(crate) mod escapes;
pub mod lines;
