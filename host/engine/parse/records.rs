//! All records of a capture, kept: as Arrow batches, as JSON values, or as types of the caller's own.

use std::process::ExitStatus;
use std::sync::Arc;

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::parse::Sink;
use crate::problem::Problem;
use crate::schema::{About, BadText, Schema, Shape, Table, Texts, cell};

/// What came of a capture.
#[derive(Clone, Debug)]
pub struct Records {
    about: Arc<About>,
    /// The fields of all shapes, where there are several and the capture may have added some.
    joined: Option<Schema>,
    shapes: Vec<Arc<Shape>>,
    batches: Vec<RecordBatch>,
    /// The shape of each batch, as its place among the shapes.
    shape_of: Vec<usize>,
    problems: Vec<Problem>,
    status: Option<ExitStatus>,
}

impl Records {
    /// The parser that read them.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The fields of the records: types, units, meanings. They are those that this capture has. If it has more than one shape, or
    /// neither records nor a heading, they are all those that the parser knows, and those that the capture added to them.
    pub fn schema(&self) -> &Schema {
        match (&self.joined, &self.shapes[..]) {
            (Some(joined), _) => joined,
            (None, [shape]) => &shape.schema,
            (None, _) => &self.about.schema,
        }
    }

    /// The shapes of the records: one per kind, unless the capture changed midway.
    pub fn shapes(&self) -> &[Arc<Shape>] {
        &self.shapes
    }

    /// The records as they came. Integers are `Int64`, floats `Float64`, text `Utf8`; a batch with text that is not UTF-8 has it as
    /// `Binary`. Sizes are in bytes, and other units are in [`Records::schema`].
    pub fn batches(&self) -> &[RecordBatch] {
        &self.batches
    }

    /// The batches, each with the place of its shape.
    pub fn batches_of_shapes(&self) -> impl Iterator<Item = (usize, &RecordBatch)> {
        self.shape_of.iter().copied().zip(&self.batches)
    }

    /// All records as one batch with the fields of [`Records::schema`], null where a record lacks one. Times are instants in UTC where
    /// their offsets are known. Bytes that are not UTF-8 become `\xff` in text.
    ///
    /// # Errors
    /// There is more text than one batch can have: 2 GiB in a column; or a field has times with an offset in one place and without in
    /// another.
    pub fn to_batch(&self) -> anyhow::Result<RecordBatch> {
        let mut texts = Texts::new(BadText::Escape);
        let table = Table::new(self.schema(), &self.shapes);
        let batches = self.batches.iter().map(|batch| table.conform(&texts.printable(batch.clone())?));
        concat_batches(table.schema(), &batches.collect::<anyhow::Result<Vec<_>>>()?).context("joining the batches")
    }

    /// Each record as a JSON object with the fields that its kind has in this capture, and a null for what the command did not
    /// say. Bytes that are not UTF-8 become `\xff` in text.
    ///
    /// # Errors
    /// None: the batches have been checked.
    pub fn rows(&self) -> anyhow::Result<Vec<Map<String, Value>>> {
        let mut texts = Texts::new(BadText::Escape);
        let mut rows = Vec::new();
        for batch in &self.batches {
            let batch = texts.printable(batch.clone())?;
            let values = serde_json::to_value(cell::Records(&batch))?;
            rows.extend(serde_json::from_value::<Vec<_>>(values)?);
        }
        Ok(rows)
    }

    /// Each record as a type of the caller's, whose fields are named like the record's. Fields that the type lacks are left out.
    ///
    /// # Errors
    /// A field of the type is not one of the record, or has another type, or is null where the type wants a value.
    pub fn to<T: DeserializeOwned>(&self) -> anyhow::Result<Vec<T>> {
        let typed = |(number, row)| serde_json::from_value(Value::Object(row)).with_context(|| format!("record {}", number + 1));
        self.rows()?.into_iter().enumerate().map(typed).collect()
    }

    /// What could not be understood, with the line it is in. Empty when everything could be.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How the command ended; None when nothing was run.
    pub fn status(&self) -> Option<ExitStatus> {
        self.status
    }
}

/// Keeps all that a parse gives.
#[derive(Default)]
pub struct Collect {
    about: Option<Arc<About>>,
    shapes: Vec<Arc<Shape>>,
    batches: Vec<RecordBatch>,
    shape_of: Vec<usize>,
    /// The number of records in them.
    rows: usize,
    problems: Vec<Problem>,
}

impl Collect {
    /// The number of records so far.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// What was kept. The parse must have succeeded, so that a parser has been settled on.
    pub fn finish(self, status: Option<ExitStatus>) -> anyhow::Result<Records> {
        let about = self.about.context("a parse that succeeds has settled on a parser")?;
        let join = || self.shapes.iter().fold(about.schema.clone(), |all, shape| all.joined(&shape.schema));
        let joined = (about.schema.open && self.shapes.len() > 1).then(join);
        Ok(Records {
            about,
            joined,
            shapes: self.shapes,
            batches: self.batches,
            shape_of: self.shape_of,
            problems: self.problems,
            status,
        })
    }
}

impl Sink for Collect {
    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        self.about = Some(Arc::clone(about));
        Ok(())
    }

    fn shape(&mut self, shape: &Arc<Shape>) -> anyhow::Result<()> {
        self.shapes.push(Arc::clone(shape));
        Ok(())
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let place = self.shapes.iter().rposition(|known| Arc::ptr_eq(known, shape));
        self.shape_of.push(place.context("records come after their shape")?);
        self.rows += batch.num_rows();
        self.batches.push(batch);
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems.push(problem);
        Ok(())
    }
}
