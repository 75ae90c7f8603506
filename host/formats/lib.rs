//! What becomes of records: which of them are wanted ([`select`]), and how they are written ([`output`]).

mod jq;
mod misuse;
pub mod output;
pub mod select;

pub use misuse::{Misuse, Unmade};
