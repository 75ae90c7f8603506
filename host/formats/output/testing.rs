//! What the tests of several formats share.

use std::io::Write;
use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, RecordBatch};

use super::{Format, Screen, writer};
use outparse::schema::{Field, Kind, Schema};

/// A field that may be null and says no more than its name and type.
pub(super) fn field(name: &str, kind: Kind) -> Field {
    Field { nullable: true, ..Field::named(name, kind) }
}

/// What a format prints of batches with these fields.
pub(super) fn print(format: Format, screen: Screen, fields: Vec<Field>, batches: &[Vec<ArrayRef>]) -> String {
    let out = Shared::default();
    let schema = Schema::new(fields);
    let mut writer = writer(format, "test", &schema, Box::new(out.clone()), screen).unwrap();
    for batch in batches {
        writer.write(&RecordBatch::try_new(Arc::clone(schema.arrow()), batch.clone()).unwrap()).unwrap();
        writer.flush().unwrap();
    }
    writer.finish().unwrap();
    String::from_utf8(out.0.lock().unwrap().clone()).unwrap()
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
