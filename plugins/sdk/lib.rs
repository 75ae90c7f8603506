//! What a parser plugin in Rust is written with.
//!
//! A plugin is a crate of type `cdylib` with a [`Parser`], a [`Record`] and one [`export!`]:
//!
//! ```
//! use outparse_sdk::{About, Error, Line, Parser, Record, Rows, Source};
//!
//! /// A line of `wc -l`.
//! #[derive(Record)]
//! struct Count<'a> {
//!     /// Number of line ends in the file.
//!     lines: i64,
//!     /// The file, as it was named.
//!     file: &'a [u8],
//! }
//!
//! struct Wc;
//!
//! impl Parser for Wc {
//!     const ABOUT: About = About {
//!         name: "wc-lines",
//!         version: env!("CARGO_PKG_VERSION"),
//!         summary: "Line counts, as `wc -l` prints them",
//!         commands: &["wc"],
//!         dialect: "posix",
//!         ..About::DEFAULT
//!     };
//!     type Record = Count<'static>;
//!     const FIRST_LINE_DECIDES: bool = true;
//!
//!     fn new(_: &Source) -> Self {
//!         Wc
//!     }
//!
//!     fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
//!         let [lines, file] = line.fields_and_rest()?;
//!         rows.push(Count { lines: lines.integer()?, file: file.bytes });
//!         Ok(())
//!     }
//! }
//!
//! outparse_sdk::export!(Wc);
//!
//! let parsed = outparse_sdk::testing::parse::<Wc>(Some(&["wc", "-l"]), b"12 a file\nx y\n");
//! assert_eq!(parsed.records, [r#"{"lines":12,"file":"a file"}"#]);
//! assert_eq!(parsed.problems, ["error: line 2, column 1: expected a whole number, found `x`"]);
//! ```
//!
//! A line that does not parse costs that line and no more: `?` on the helpers here ends [`Parser::line`] with a problem that
//! names the place, and the next line is tried. Where the first line decides whose output it is, as here, say so with
//! [`Parser::FIRST_LINE_DECIDES`]; where there are titles, with [`Line::expect`] and [`Rows::recognise`].
//!
//! Whatever is cut out of a [`Line`] is a [`Field`] and knows its column. Read what the flags change with
//! [`Source::read_arguments`], and report what remains a guess with [`Rows::warn_once`].
//!
//! Build for `wasm32-unknown-unknown`; the bindings to the WebAssembly interface are private to this crate, and natively a
//! parser is ordinary code, tested with [`testing`].

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "in a test a panic is the report"))]

// The export macro of the bindings and the derive name this crate, in its own tests too.
extern crate self as outparse_sdk;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

mod arguments;
mod batch;
mod block;
mod cells;
mod column;
mod component;
pub mod document;
pub mod escape;
mod failure;
mod field;
pub mod grid;
mod header;
mod json;
mod line;
pub mod listing;
mod native;
mod number;
pub mod scan;
mod schema;
mod session;
mod shape;
pub mod testing;
pub mod time;
mod value;

#[doc(hidden)]
#[allow(missing_docs, unsafe_code, unreachable_pub, clippy::all, reason = "generated from wit/")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "plugin",
        pub_export_macro: true,
        export_macro_name: "export_component",
        default_bindings_module: "outparse_sdk::bindings",
        runtime_path: "outparse_sdk::wit_bindgen_runtime",
    });
}

#[doc(hidden)]
pub use wit_bindgen::rt as wit_bindgen_runtime;

pub use arguments::{Argument, without_options};
pub use batch::{Batch, Rows};
pub use block::Block;
pub use cells::{Cell as CellValue, CellType, Cells, Place};
pub use column::{Column, Columns};
#[doc(hidden)]
pub use component::{Component, Entry, Plugin};
pub use failure::{Error, Problem, Severity};
pub use field::{Field, Fields};
pub use header::{Cell, Header};
pub use line::Line;
pub use native::Native;
pub use number::Base;
pub use outparse_sdk_derive::Record;
pub use schema::{About, FieldInfo, Levels, Role, Schema, Type};
pub use session::{Ending, Moment, Parser, Source, Status};
pub use time::Time;
pub use value::{Json, Map, Record, Value};

/// Makes a [`Parser`] the one this plugin exports, or several parsers those of one plugin:
/// `export!("net-tools", "0.1.0", "What net-tools prints"; Ifconfig, Route)`.
///
/// The component is made on WebAssembly only, so that several plugins can be linked into one native program. Natively, `PARSERS`
/// has a check of each parser, for fuzzing.
#[macro_export]
macro_rules! export {
    ($parser:ty) => {
        $crate::export!(
            <$parser as $crate::Parser>::ABOUT.name,
            <$parser as $crate::Parser>::ABOUT.version,
            <$parser as $crate::Parser>::ABOUT.summary;
            $parser
        );
    };
    ($name:expr, $version:expr, $summary:expr; $($parser:ty),+ $(,)?) => {
        #[cfg(not(target_family = "wasm"))]
        #[doc(hidden)]
        pub const PARSERS: &[fn(Option<&[&str]>, &[u8])] = &[$($crate::testing::assert_line_by_line::<$parser>),+];
        #[cfg(target_family = "wasm")]
        const _: () = {
            struct Exported;
            impl $crate::Plugin for Exported {
                const ABOUT: [&'static str; 3] = [$name, $version, $summary];
                const PARSERS: &'static [$crate::Entry] = &[$($crate::Entry::of::<$parser>()),+];
            }
            type Component = $crate::Component<Exported>;
            $crate::bindings::export_component!(Component with_types_in $crate::bindings);
        };
    };
}
