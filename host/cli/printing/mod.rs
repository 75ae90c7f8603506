//! From records to what is seen of them: the form, where it goes, and what is said besides.

pub(crate) mod envelope;
pub(crate) mod form;
pub(crate) mod held_messages;
pub(crate) mod listing;
pub(crate) mod live_screen;
pub(crate) mod output;
pub(crate) mod output_file;
mod page;
pub(crate) mod printer;
pub(crate) mod progress;
pub(crate) mod saying;
mod shapes;
pub(crate) mod shared_writer;
