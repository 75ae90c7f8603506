//! Which records are printed, in which order, and which of their fields: `--where`, then `--sort`, then `--limit`, then `--fields`.
//!
//! A [`Plan`] is what was asked for, read but not yet checked against a schema. A [`Selection`] is that plan for the records of
//! one schema; it takes batches and gives batches. Conditions are evaluated on whole columns.

mod condition;
mod expression;
mod path;
mod pattern;
mod quantity;
mod sort;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use arrow_select::filter::filter_record_batch;

use crate::misuse::Misuse;
use condition::Condition;
use expression::Expression;
use outparse::schema::Schema;
pub(crate) use path::values_at;
use sort::{Key, Sorter};

/// What to select, whatever the schema will be.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    condition: Option<(String, Expression)>,
    order: Vec<Key>,
    limit: Option<usize>,
    fields: Vec<String>,
}

impl Plan {
    /// Only records that meet this condition.
    pub fn with_condition(mut self, text: &str) -> Result<Plan, Misuse> {
        self.condition = Some((text.to_owned(), expression::parse(text)?));
        Ok(self)
    }

    /// Sorted by these fields, the first one above all; a `-` before a name puts its highest values first. Nulls are always last.
    pub fn with_order(mut self, keys: &[String]) -> Result<Plan, Misuse> {
        self.order = keys.iter().map(|key| Key::new(key)).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// No more than this many records.
    pub fn with_limit(mut self, limit: Option<usize>) -> Plan {
        self.limit = limit;
        self
    }

    /// Only these fields, in this order. All of them if none is named.
    pub fn with_fields(mut self, fields: &[String]) -> Plan {
        self.fields = fields.to_owned();
        self
    }

    /// Whether it names fields, so that a schema may contradict it.
    pub fn names_fields(&self) -> bool {
        self.condition.is_some() || !self.order.is_empty() || !self.fields.is_empty()
    }

    /// Whether this may name a field. If not, it certainly does not need that field.
    pub fn may_name(&self, field: &str) -> bool {
        let in_condition = self.condition.as_ref().is_some_and(|(text, _)| text.contains(field));
        in_condition || self.order.iter().any(|key| key.is_within(field)) || self.fields.iter().any(|name| name == field)
    }

    /// How many records are wanted at most.
    pub fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Whether records have to wait for the last one.
    pub fn is_sorted(&self) -> bool {
        !self.order.is_empty()
    }

    /// The plan for the records of a schema.
    pub fn selection(&self, schema: &Schema) -> Result<Selection, Misuse> {
        let condition = self.condition.as_ref();
        let condition = condition.map(|(text, expression)| Condition::new(expression, schema, text)).transpose()?;
        let sorter = if self.order.is_empty() { None } else { Some(Sorter::new(&self.order, schema, self.limit)?) };
        let (columns, schema) = fields(schema, &self.fields)?;
        let left = if sorter.is_some() { None } else { self.limit };
        Ok(Selection { condition, sorter, left, columns, schema, selected: 0 })
    }
}

/// A selection of the records of one schema.
pub struct Selection {
    condition: Option<Condition>,
    sorter: Option<Sorter>,
    /// How many more records are wanted. None if all are, or if the sorter takes care of the limit.
    left: Option<usize>,
    /// The columns that are left, where not all are.
    columns: Option<Vec<usize>>,
    schema: Schema,
    selected: u64,
}

impl Selection {
    /// The schema of the records that come out.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The number of records that have come out.
    pub fn selected(&self) -> u64 {
        self.selected
    }

    /// Whether nothing more will come out, whatever goes in.
    pub fn is_full(&self) -> bool {
        self.left == Some(0)
    }

    /// Takes records, and gives those that can be printed at once.
    pub fn take(&mut self, mut batch: RecordBatch) -> Result<Option<RecordBatch>, ArrowError> {
        if self.is_full() {
            return Ok(None);
        }
        if let Some(condition) = &self.condition {
            batch = filter_record_batch(&batch, &condition.of(&batch)?)?;
        }
        if batch.num_rows() == 0 && self.condition.is_some() {
            return Ok(None);
        }
        if let Some(sorter) = &mut self.sorter {
            sorter.push(batch)?;
            return Ok(None);
        }
        if let Some(left) = &mut self.left {
            batch = batch.slice(0, batch.num_rows().min(*left));
            *left -= batch.num_rows();
        }
        self.give(batch).map(Some)
    }

    fn give(&mut self, batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
        self.selected += batch.num_rows() as u64;
        match &self.columns {
            Some(columns) => batch.project(columns),
            None => Ok(batch),
        }
    }
}

/// Gives the records that had to wait for the last one: those of all these selections of one plan in one order, each batch with the
/// place of its selection.
///
/// # Errors
/// A field that they are sorted by has different types in them.
pub fn finish(
    selections: &mut [Selection],
) -> Result<impl Iterator<Item = Result<(usize, RecordBatch), ArrowError>> + '_, ArrowError> {
    let sorters = selections.iter_mut().filter_map(|selection| selection.sorter.as_mut()).collect();
    let sorted = sort::in_order(sorters)?;
    Ok(sorted.map(|sorted| {
        let (place, batch) = sorted?;
        Ok((place, selections[place].give(batch)?))
    }))
}

/// The columns and the schema that are left after selecting these fields; None for the columns if all are left.
fn fields(schema: &Schema, names: &[String]) -> Result<(Option<Vec<usize>>, Schema), Misuse> {
    if names.is_empty() {
        return Ok((None, schema.clone()));
    }
    let columns = names.iter().map(|name| {
        schema.fields.iter().position(|field| field.name == *name).ok_or_else(|| {
            let known: Vec<&str> = schema.fields.iter().map(|field| field.name.as_str()).collect();
            path::unknown("--fields", name, &known)
        })
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let selected = Schema::new(columns.iter().map(|&column| schema.fields[column].clone()).collect());
    Ok((Some(columns), selected))
}

#[cfg(test)]
mod tests;
