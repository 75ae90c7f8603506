//! Batches on their way to a writer: text made printable, and the time of the run where there are many.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;

use crate::printing::progress;
use crate::printing::saying::say;
use outparse::schema::{About, Texts};
use outparse_formats::output::Writer;

/// Where records are printed.
pub(super) struct Page<T> {
    pub(super) out: T,
    pub(super) texts: Texts,
    /// What each record begins with: the time of the run, where there are many.
    pub(super) stamp: Option<String>,
}

impl Page<Box<dyn Writer + Send>> {
    /// Writes a batch, and says once that some text had to be changed for it.
    pub(super) fn print(&mut self, batch: RecordBatch, about: &About) -> anyhow::Result<()> {
        progress::rows(batch.num_rows());
        let told = self.texts.changed() > 0;
        let batch = self.texts.printable(batch)?;
        if self.texts.changed() > 0 && !told {
            let name = &about.name;
            say(format_args!("{name}: warning: some text is not UTF-8: its bytes are shown as set with `--bad-text`"));
        }
        match &self.stamp {
            Some(time) => self.out.write(&stamped(&batch, time)?),
            None => self.out.write(&batch),
        }
    }
}

/// Records that begin with a time.
fn stamped(batch: &RecordBatch, time: &str) -> anyhow::Result<RecordBatch> {
    let fields = batch.schema_ref().fields();
    // A record that has a time of its own keeps it under its name.
    let taken = fields.iter().any(|field| field.name() == "timestamp");
    let name = if taken { "run_timestamp" } else { "timestamp" };
    let field = Arc::new(arrow_schema::Field::new(name, DataType::Utf8, false));
    let times: ArrayRef = Arc::new(StringArray::from(vec![time; batch.num_rows()]));
    let schema = arrow_schema::Schema::new(std::iter::once(field).chain(fields.iter().cloned()).collect::<Vec<_>>());
    let columns = std::iter::once(times).chain(batch.columns().iter().cloned()).collect();
    Ok(RecordBatch::try_new(Arc::new(schema), columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_s_own_timestamp_keeps_its_name() {
        let batch = |name: &str| {
            let column: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
            RecordBatch::try_from_iter([(name, column)]).unwrap()
        };
        let names = |batch: RecordBatch| batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        assert_eq!(names(stamped(&batch("used"), "now").unwrap()), ["timestamp", "used"]);
        assert_eq!(names(stamped(&batch("timestamp"), "now").unwrap()), ["run_timestamp", "timestamp"]);
    }
}
