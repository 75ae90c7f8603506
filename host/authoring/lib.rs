//! Writing plugins: new projects in four languages, and building them with their language's own tools.

pub mod fixture;

mod bindings;
mod carry;
mod component;
mod guess;
mod language;
mod manifest;
mod packages;
mod project;
mod sdk;
mod tools;

pub use carry::{Carried, Carry, carry};
pub use component::{Built, build, is_source};
pub use guess::{Kind, Reading, Table};
pub use language::Language;
pub use manifest::Manifest;
pub use project::{New, new};
