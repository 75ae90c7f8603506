//! What the host checks of a plugin's answers: any description, and any batch against it. The host's own modules are compiled in
//! here, so that they can stay private; the engine's generated types are replaced by the same without the engine.

#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub, reason = "only a part of the host is here")]

#[path = "../../../host/schema.rs"]
mod schema;

// Paths inside are seen from this folder.
#[path = "."]
mod sandbox {
    #[path = "../../../host/engine/sandbox/check.rs"]
    pub mod check;
    #[path = "../../../host/engine/sandbox/describe.rs"]
    pub mod describe;
    #[path = "../../../host/engine/sandbox/limits.rs"]
    pub mod limits;
    #[path = "../../../host/engine/words.rs"]
    mod words;

    pub use limits::Limits;

    #[path = "."]
    pub mod bindings {
        #[path = "."]
        pub mod exports {
            #[path = "."]
            pub mod outparse {
                #[path = "."]
                pub mod plugin {
                    pub mod parser;
                }
            }
        }
    }

    use arrow_array::RecordBatch;
    use bindings::exports::outparse::plugin::parser::{Column, Description};

    pub fn run(description: Description, rows: u32, columns: Vec<Column>) -> Option<RecordBatch> {
        let about = describe::about(description, &Limits::default()).ok()?;
        check::record_batch(rows, columns, &about.schema, 1 << 20).ok()?
    }
}

use libfuzzer_sys::fuzz_target;
use sandbox::bindings::exports::outparse::plugin::parser::{Column, Description};

fuzz_target!(|input: (Description, u32, Vec<Column>)| {
    let (description, rows, columns) = input;
    if let Some(batch) = sandbox::run(description, rows, columns) {
        assert_eq!(batch.num_rows(), rows as usize);
        for column in batch.columns() {
            column.to_data().validate_full().expect("what passes the check is sound");
        }
    }
});
