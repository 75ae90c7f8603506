//! What becomes of the records of each shape: which fields are printed, and whether they have a place in the output at all.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use anyhow::Context;
use arrow_array::{RecordBatch, new_null_array};

use crate::printing::envelope::Envelope;
use crate::printing::form::Form;
use crate::printing::output::Out;
use crate::printing::page::Page;
use crate::printing::saying::say;
use outparse::error::Error;
use outparse::registry::in_full;
use outparse::schema::{About, Field, Schema, Shape, Table};
use outparse_formats::Misuse;
use outparse_formats::output::{Screen, Writer};
use outparse_formats::select::{Plan, Selection, finish};

/// What `--kind` calls all kinds together.
const ALL: &str = "all";

/// What is asked of the output.
pub(super) struct Wanted {
    pub(super) plan: Plan,
    /// The kind of records; `all` for all in one table.
    pub(super) kind: Option<String>,
    pub(super) screen: Screen,
}

/// What is printed of the records of one parser.
pub(super) struct Printing {
    about: Arc<About>,
    /// Kept until the first shape is known, for what depends on it.
    waiting: Option<(Form, Page<Out>)>,
    page: Option<Page<Box<dyn Writer + Send>>>,
    /// Shapes whose records have not come yet. As the data decides which fields there are, more of them may follow, and what
    /// becomes of them is decided together.
    pending: Vec<Arc<Shape>>,
    /// What becomes of the records of each shape.
    shown: Vec<Shown>,
    /// The shape whose fields the writer knows.
    current: usize,
    /// The table, if all records are in one.
    table: Option<Table>,
    /// Records that may still be printed, of all kinds together.
    left: Option<usize>,
    /// Why no record of some kind can be selected.
    misuse: Option<Error>,
}

/// One shape, and what becomes of its records.
struct Shown {
    shape: Arc<Shape>,
    /// The fields that are printed.
    schema: Schema,
    /// Fields that the records lack, and that are asked for by their names: null in each.
    lacking: Vec<Field>,
    /// None where they are not wanted, or cannot be selected.
    selection: Option<Selection>,
    /// Records that have no place in the table.
    left_out: u64,
}

impl Printing {
    /// Begins with a parser, whose records go to this page in this form.
    pub(super) fn start(
        about: &Arc<About>,
        how: Form,
        page: Page<Out>,
        wanted: &Wanted,
        envelope: Option<&mut Envelope>,
    ) -> anyhow::Result<Printing> {
        let kinds = &about.schema.kinds;
        if let Some(kind) = wanted.kind.as_deref().filter(|kind| *kind != ALL)
            && !kinds.iter().any(|known| known.name == kind)
        {
            let known: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.name)).collect();
            let message = match &known[..] {
                [] => "the records are all of one kind".to_owned(),
                known => format!("there is no kind `{kind}`; the kinds are {}", known.join(", ")),
            };
            return Err(Error::from(Misuse::new("--kind", message)).into());
        }
        // Most formats take records as they come; their document is begun at once.
        let waits = how.waits_for_a_shape();
        let mut printing = Printing {
            about: Arc::clone(about),
            waiting: Some((how, page)),
            page: None,
            pending: Vec::new(),
            shown: Vec::new(),
            current: 0,
            table: None,
            left: wanted.plan.limit(),
            misuse: None,
        };
        if !waits {
            printing.open(&about.schema, envelope, wanted.screen)?;
        }
        Ok(printing)
    }

    /// What the parser is.
    pub(super) fn about(&self) -> &Arc<About> {
        &self.about
    }

    /// Where records are written, once that has begun.
    pub(super) fn writer(&mut self) -> Option<&mut (dyn Writer + Send + '_)> {
        self.page.as_mut().map(|page| page.out.as_mut() as _)
    }

    /// Whether a field has a column, where all records stand in one table.
    pub(super) fn has_column(&self, name: &str) -> bool {
        self.table.as_ref().is_none_or(|table| table.schema().field_with_name(name).is_ok())
    }

    /// Decides what becomes of the records of a shape.
    pub(super) fn shape(&mut self, shape: &Arc<Shape>, wanted: &Wanted, envelope: Option<&mut Envelope>) -> anyhow::Result<()> {
        let kinds = &self.about.schema.kinds;
        if self.about.schema.open && kinds.is_empty() {
            self.pending.push(Arc::clone(shape));
            return Ok(());
        }
        let is_wanted = match (wanted.kind.as_deref(), shape.kind.and_then(|kind| kinds.get(kind))) {
            (None | Some(ALL), _) | (_, None) => true,
            (Some(wanted), Some(kind)) => kind.name == wanted,
        };
        let one_table = self.table.is_some() || self.waiting.as_ref().is_some_and(|(how, _)| how.is_one_table());
        // One table has one kind of records: the main one, unless another one or all are asked for.
        let main = wanted.kind.is_some() || shape.kind.is_none_or(|kind| kind == 0);
        let selection = match wanted.plan.selection(&shape.schema) {
            _ if !is_wanted || one_table && !main => None,
            Ok(selection) => Some(selection),
            Err(misuse) if kinds.is_empty() => return Err(Error::from(misuse).into()),
            Err(misuse) => {
                self.misuse.get_or_insert(Error::from(misuse));
                None
            }
        };
        if let Some(selection) = &selection
            && self.waiting.is_some()
        {
            let all = one_table && wanted.kind.as_deref() == Some(ALL) && !kinds.is_empty();
            let union = if all { Some(wanted.plan.selection(&self.about.schema).map_err(Error::from)?) } else { None };
            let schema = union.as_ref().map_or(selection.schema(), Selection::schema).clone();
            self.open(&schema, envelope, wanted.screen)?;
            self.current = self.shown.len();
        }
        let schema = selection.as_ref().map_or(&shape.schema, Selection::schema).clone();
        self.shown.push(Shown { shape: Arc::clone(shape), schema, lacking: Vec::new(), selection, left_out: 0 });
        Ok(())
    }

    /// Takes records of a shape.
    pub(super) fn records(
        &mut self,
        shape: &Arc<Shape>,
        batch: RecordBatch,
        wanted: &Wanted,
        envelope: Option<&mut Envelope>,
    ) -> anyhow::Result<()> {
        self.settle(wanted, envelope)?;
        self.take(shape, batch)
    }

    /// Begins the output, for records with these fields.
    fn open(&mut self, schema: &Schema, envelope: Option<&mut Envelope>, screen: Screen) -> anyhow::Result<()> {
        let Some((how, Page { out, texts, stamp })) = self.waiting.take() else { return Ok(()) };
        how.check(schema)?;
        self.table = how.is_one_table().then(|| Table::new(schema, &[]));
        let out = match envelope {
            Some(envelope) => envelope.open(&self.about, schema)?,
            None => how.writer(&in_full(self.about.subject()), schema, out, screen)?,
        };
        self.page = Some(Page { out, texts, stamp });
        Ok(())
    }

    /// Decides what becomes of the records of shapes that came together. A field that is asked for by its name may be in any of
    /// them; one table has the fields of all.
    fn settle(&mut self, wanted: &Wanted, envelope: Option<&mut Envelope>) -> anyhow::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let mut all: Vec<Field> = Vec::new();
        let mut known = HashSet::new();
        let shapes = self.shown.iter().map(|shown| &shown.shape).chain(&pending);
        for field in shapes.flat_map(|shape| &shape.schema.fields) {
            if known.insert(field.name.as_str()) {
                all.push(field.clone());
            }
        }
        let all = Schema::new(all);
        let plan = &wanted.plan;
        let of_all = plan.selection(&all).map_err(Error::from)?;
        let mut first = None;
        let before = self.shown.len();
        for shape in &pending {
            let own: HashSet<&str> = shape.schema.fields.iter().map(|field| field.name.as_str()).collect();
            let lacking = all.fields.iter().filter(|field| !own.contains(field.name.as_str()) && plan.may_name(&field.name));
            let lacking: Vec<Field> = lacking.map(|field| Field { nullable: true, ..field.clone() }).collect();
            let selection = if lacking.is_empty() {
                plan.selection(&shape.schema)
            } else {
                plan.selection(&Schema::new(shape.schema.fields.iter().chain(&lacking).cloned().collect()))
            };
            let selection = selection.map_err(Error::from)?;
            let schema = selection.schema().clone();
            first.get_or_insert_with(|| schema.clone());
            self.shown.push(Shown { shape: Arc::clone(shape), schema, lacking, selection: Some(selection), left_out: 0 });
        }
        let one_table = self.waiting.as_ref().is_some_and(|(how, _)| how.is_one_table());
        if let Some(first) = first.filter(|_| self.waiting.is_some()) {
            self.open(if one_table { of_all.schema() } else { &first }, envelope, wanted.screen)?;
            self.current = before;
        }
        Ok(())
    }

    /// Fields of some shapes that the one table has no column for.
    pub(super) fn without_column(&self) -> Vec<String> {
        let Some(table) = &self.table else { return Vec::new() };
        let mut names = Vec::new();
        let shown = self.shown.iter().filter(|shown| shown.selection.as_ref().is_some_and(|selection| selection.selected() > 0));
        for field in shown.flat_map(|shown| &shown.schema.fields) {
            if table.schema().field_with_name(&field.name).is_err() && !names.contains(&field.name) {
                names.push(field.name.clone());
            }
        }
        names
    }

    /// Number of records that were selected.
    pub(super) fn selected(&self) -> u64 {
        self.shown.iter().filter_map(|shown| shown.selection.as_ref()).map(Selection::selected).sum()
    }

    /// Whether no more records are wanted.
    pub(super) fn is_full(&self) -> bool {
        let waits = |shown: &Shown| shown.selection.as_ref().is_some_and(|selection| !selection.is_full());
        self.left == Some(0) || !self.shown.is_empty() && self.about.schema.kinds.is_empty() && !self.shown.iter().any(waits)
    }

    fn take(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let place = self.shown.iter().rposition(|shown| Arc::ptr_eq(&shown.shape, shape));
        let place = place.context("records come after their shape")?;
        let shown = &mut self.shown[place];
        let Some(selection) = &mut shown.selection else {
            shown.left_out += batch.num_rows() as u64;
            return Ok(());
        };
        match selection.take(with_nulls(batch, &shown.lacking)?)? {
            Some(batch) => self.print(place, batch),
            None => Ok(()),
        }
    }

    /// Prints records of one shape.
    fn print(&mut self, place: usize, mut batch: RecordBatch) -> anyhow::Result<()> {
        if let Some(left) = &mut self.left {
            batch = batch.slice(0, batch.num_rows().min(*left));
            *left -= batch.num_rows();
        }
        let page = self.page.as_mut().context("a shape has begun the output")?;
        if self.current != place && self.table.is_none() && batch.num_rows() > 0 {
            self.current = place;
            page.out.shape(&self.shown[place].schema)?;
        }
        page.print(batch, &self.about)
    }

    /// Prints what was held back, and ends the output.
    pub(super) fn end(&mut self, wanted: &Wanted, mut envelope: Option<&mut Envelope>) -> anyhow::Result<()> {
        self.settle(wanted, envelope.as_deref_mut())?;
        if self.waiting.is_some() {
            if let Some(misuse) = self.misuse.take().filter(|_| self.shown.iter().all(|shown| shown.selection.is_none())) {
                return Err(misuse.into());
            }
            // No record has come: the fields that the parser knows are the best there is.
            let schema =
                wanted.plan.selection(&self.about.schema).map_or_else(|_| self.about.schema.clone(), |all| all.schema().clone());
            self.open(&schema, envelope, wanted.screen)?;
        }
        // Records of one kind are sorted together, whatever their shapes; those of the next kind follow.
        let kinds: BTreeSet<Option<usize>> = self.shown.iter().map(|shown| shown.shape.kind).collect();
        for kind in kinds {
            let of_kind = self.shown.iter_mut().enumerate().filter(|(_, shown)| shown.shape.kind == kind);
            let (places, mut selections): (Vec<usize>, Vec<Selection>) =
                of_kind.filter_map(|(place, shown)| Some((place, shown.selection.take()?))).unzip();
            for last in finish(&mut selections)? {
                let (selection, batch) = last?;
                self.print(places[selection], batch)?;
            }
            for (place, selection) in places.into_iter().zip(selections) {
                self.shown[place].selection = Some(selection);
            }
        }
        self.tell_left_out();
        self.page.as_mut().map_or(Ok(()), |page| page.out.finish())
    }

    /// Says how many records have no place in the table.
    fn tell_left_out(&self) {
        if self.table.is_none() || self.misuse.is_some() {
            return;
        }
        for (index, kind) in self.about.schema.kinds.iter().enumerate() {
            let of_kind = self.shown.iter().filter(|shown| shown.shape.kind == Some(index));
            let left_out: u64 = of_kind.map(|shown| shown.left_out).sum();
            if left_out > 0 {
                let records = if left_out == 1 { "1 record".to_owned() } else { format!("{left_out} records") };
                say(format_args!(
                    "{records} of kind `{0}` are not in this table: `--kind {0}` shows them, `--kind all` all kinds in one table",
                    kind.name
                ));
            }
        }
    }
}

/// Records with nulls for the fields that they lack.
fn with_nulls(batch: RecordBatch, lacking: &[Field]) -> anyhow::Result<RecordBatch> {
    if lacking.is_empty() {
        return Ok(batch);
    }
    let own = batch.schema_ref().fields().iter().cloned();
    let fields: Vec<_> = own.chain(lacking.iter().map(|field| Arc::new(field.to_arrow()))).collect();
    let nulls = lacking.iter().map(|field| new_null_array(&field.kind.to_arrow(), batch.num_rows()));
    let columns = batch.columns().iter().cloned().chain(nulls).collect();
    Ok(RecordBatch::try_new(Arc::new(arrow_schema::Schema::new(fields)), columns)?)
}
