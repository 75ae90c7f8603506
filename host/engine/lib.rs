//! Runs a command, parses what it prints in a WebAssembly sandbox, and hands out typed records.
//!
//! [`run`] runs a command to its end and keeps its records, as Arrow batches or as types of the caller's:
//!
//! ```
//! #[derive(serde::Deserialize)]
//! struct Filesystem {
//!     mounted_on: Option<String>,
//!     /// In bytes, whatever the command counted in.
//!     available: Option<i64>,
//! }
//!
//! let records = outparse::run(["df", "-k"])?;
//! for filesystem in records.to::<Filesystem>()? {
//!     println!("{:?}: {:?} bytes", filesystem.mounted_on, filesystem.available);
//! }
//! let batch = records.to_batch()?;
//! assert!(batch.column_by_name("available").is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`parse()`] reads what a command printed elsewhere or before; a [`Request`] says more about it:
//!
//! ```
//! let capture = b"Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda1 100 60 40 60% /\n";
//! let records = outparse::parse(["df"], capture)?;
//! assert_eq!(records.rows()?[0]["size"], 102_400);
//! assert!(records.problems().is_empty());
//!
//! let capture = std::fs::read("../../tests/seed/df-macos.txt")?;
//! let records = outparse::Request::new(["df", "-h"]).platform("macos").parse(&capture)?;
//! assert_eq!(records.about().dialect, "bsd");
//! assert_eq!(records.rows()?[0]["available"], 250_181_844_992_u64);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`stream`] gives the records of a command while it runs, however long that is:
//!
//! ```
//! let mut rows = 0;
//! for batch in outparse::stream(["ls", "-l", "/"])? {
//!     rows += batch?.num_rows();
//! }
//! assert!(rows > 5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! These three block the caller's thread. What they are made of is here too, in the order in which a byte meets it: [`capture`]
//! runs a command and cuts its output at line ends, [`registry`] knows the parsers, [`sandbox`] runs them, [`mod@parse`] asks
//! them in turn while the command runs, and [`schema`] says what a record is.

pub mod capture;
pub mod error;
pub mod parse;
pub mod problem;
pub mod registry;
pub mod runtime;
pub mod sandbox;
pub mod schema;
mod trust;
pub mod words;

pub use arrow_array::RecordBatch;
pub use error::Error;
pub use parse::{Records, Request, Stream, parse, run, stream};
