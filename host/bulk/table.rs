//! All records of a scan as one table, whose columns are known before the first record.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use arrow_array::{ArrayRef, LargeStringArray, RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Field as ArrowField, Schema as ArrowSchema, SchemaRef};

use super::pass::Part;
use super::scan::{Counts, Scanning, Told};
use super::taken::{Failure, Fault};
use outparse::schema::{About, Field, Kind, Shape, Table, cell};

/// The column of fields that no schema names.
const OTHERS: &str = "other_fields";

/// How long to wait for records before the caller is asked whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// Asked while nothing comes; an error ends the scan.
pub type GoOn = Box<dyn FnMut() -> Result<(), ArrowError> + Send>;

/// Where the records of a table come from.
pub enum Source {
    /// A scan for this table alone.
    Alone(Scanning),
    /// A scan for several.
    Shared(Part),
}

impl From<Scanning> for Source {
    fn from(scanning: Scanning) -> Source {
        Source::Alone(scanning)
    }
}

impl From<Part> for Source {
    fn from(part: Part) -> Source {
        Source::Shared(part)
    }
}

impl Source {
    fn about(&self) -> Arc<About> {
        match self {
            Source::Alone(scanning) => Arc::clone(scanning.about()),
            Source::Shared(part) => part.about(),
        }
    }

    /// What has been told about the table so far.
    pub fn counts(&self) -> Counts {
        match self {
            Source::Alone(scanning) => scanning.counts(),
            Source::Shared(part) => part.counts(),
        }
    }

    fn poll(&mut self) -> Poll<Option<Result<Told, ArrowError>>> {
        match self {
            Source::Alone(scanning) => scanning.poll(PATIENCE).map(|told| told.map(Ok)),
            Source::Shared(part) => part.poll(PATIENCE).map(|told| told.map(|told| told.map_err(broken))),
        }
    }
}

fn broken(error: anyhow::Error) -> ArrowError {
    ArrowError::ExternalError(error.into())
}

/// A scan as one table. Its columns are the capture and the fields that the command's parsers know, null where a record lacks one;
/// fields that they do not know are JSON in the column `other_fields`, where there may be some.
pub struct ScanTable {
    source: Source,
    table: Table,
    schema: SchemaRef,
    has_others: bool,
    /// Records that were read ahead, to know the columns.
    waiting: VecDeque<(Arc<Shape>, RecordBatch)>,
    failures: Arc<Mutex<Vec<Failure>>>,
    go_on: GoOn,
}

impl ScanTable {
    /// The table of a scan. Waits for its first records: only they tell whether times have offsets.
    ///
    /// # Errors
    /// What `go_on` returns.
    pub fn new(source: impl Into<Source>, mut go_on: GoOn) -> Result<ScanTable, ArrowError> {
        let mut source = source.into();
        let failures = Arc::<Mutex<Vec<Failure>>>::default();
        let mut waiting = VecDeque::new();
        let mut shapes = Vec::new();
        while waiting.is_empty() {
            match source.poll() {
                Poll::Pending => go_on()?,
                Poll::Ready(None) => break,
                Poll::Ready(Some(told)) => match told? {
                    Told::Shape(shape) => shapes.push(shape),
                    Told::Records(shape, batch) => waiting.push_back((shape, batch)),
                    Told::Failure(failure) => keep(&failures, *failure),
                },
            }
        }
        let about = source.about();
        let table = Table::new(&about.schema, &shapes);
        let has_others = about.schema.open;
        let mut fields: Vec<_> = table.schema().fields().iter().map(nullable).collect();
        if has_others {
            let doc = "Fields that no schema names: those that the data decides.".to_owned();
            let others = Field { nullable: true, doc, ..Field::named(OTHERS, Kind::Json) };
            fields.push(Arc::new(others.to_arrow()));
        }
        let schema = Arc::new(ArrowSchema::new(fields));
        Ok(ScanTable { source, table, schema, has_others, waiting, failures, go_on })
    }

    /// What went wrong so far: filled while the table is read.
    pub fn failures(&self) -> Arc<Mutex<Vec<Failure>>> {
        Arc::clone(&self.failures)
    }

    /// Captures, records and failures so far.
    pub fn counts(&self) -> Counts {
        self.source.counts()
    }

    /// A batch with the table's columns.
    fn conform(&self, batch: &RecordBatch) -> anyhow::Result<RecordBatch> {
        let mut columns = self.table.conform(batch)?.columns().to_vec();
        if self.has_others {
            columns.push(self.others(batch)?);
        }
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }

    /// The fields that have no column, as JSON.
    fn others(&self, batch: &RecordBatch) -> anyhow::Result<ArrayRef> {
        let unknown = |field: &ArrowField| self.table.schema().field_with_name(field.name()).is_err();
        let places: Vec<usize> = (0..batch.num_columns()).filter(|&place| unknown(batch.schema_ref().field(place))).collect();
        if places.is_empty() {
            return Ok(Arc::new(LargeStringArray::new_null(batch.num_rows())));
        }
        let rows = cell::rows(&batch.project(&places)?)?;
        Ok(Arc::new(rows.into_iter().map(Some).collect::<LargeStringArray>()))
    }
}

fn nullable(field: &Arc<ArrowField>) -> Arc<ArrowField> {
    Arc::new(ArrowField::clone(field).with_nullable(true))
}

fn keep(failures: &Mutex<Vec<Failure>>, failure: Failure) {
    failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
}

impl Iterator for ScanTable {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (_, batch) = match self.waiting.pop_front() {
                Some(waiting) => waiting,
                None => match self.source.poll() {
                    Poll::Pending => match (self.go_on)() {
                        Ok(()) => continue,
                        Err(error) => return Some(Err(error)),
                    },
                    Poll::Ready(told) => match told? {
                        Err(error) => return Some(Err(error)),
                        Ok(Told::Shape(_)) => continue,
                        Ok(Told::Failure(failure)) => {
                            keep(&self.failures, *failure);
                            continue;
                        }
                        Ok(Told::Records(shape, batch)) => (shape, batch),
                    },
                },
            };
            match self.conform(&batch) {
                Ok(batch) => return Some(Ok(batch)),
                // Records that do not fit into the table are told as failures, and the others go on.
                Err(error) => {
                    for failure in self.misfits(&batch, &format!("{error:#}")) {
                        keep(&self.failures, failure);
                    }
                }
            }
        }
    }
}

impl ScanTable {
    /// The captures of records that do not fit, each told once.
    fn misfits(&self, batch: &RecordBatch, why: &str) -> Vec<Failure> {
        let mut captures = super::taken::read(batch);
        captures.dedup();
        captures.into_iter().map(|taken| Failure::new(&Arc::new(taken), Fault::Misfit, why.to_owned())).collect()
    }
}

impl RecordBatchReader for ScanTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}
