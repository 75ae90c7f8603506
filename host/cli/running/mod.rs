//! How a command is run for its user: once or again and again, here or on many machines, and how it is ended.

pub(crate) mod attempt;
pub(crate) mod capture;

pub(crate) mod every;
pub(crate) mod hosts;
pub(crate) mod ran;
pub(crate) mod raw;
pub(crate) mod stop;
pub(crate) mod terminal;
