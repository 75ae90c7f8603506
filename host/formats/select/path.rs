//! Where a field's values are in a batch: a column, one inside records, or one inside the records of a list.

use std::ops::Range;

use arrow_arith::boolean::is_null;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType};
use arrow_select::nullif::nullif;

use crate::misuse::{Misuse, nearest, with_article};
use outparse::schema::{Field, Kind, Schema};

/// A field that was found in a schema.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The field itself; of a list, the list.
    pub(super) field: Field,
    /// The child to follow at each step, the column first.
    steps: Vec<usize>,
    /// With a field of the records in a list: the steps inside each of them, and that field.
    inside: Option<(Vec<usize>, Field)>,
}

/// Finds a field. `text` and `place` are where it is named.
pub(super) fn find(
    schema: &Schema,
    names: &[String],
    option: &'static str,
    text: &str,
    place: Range<usize>,
) -> Result<Found, Misuse> {
    let mut fields: &[Field] = &schema.fields;
    let mut list: Option<(Field, Vec<usize>)> = None;
    let mut steps = Vec::new();
    let mut last: Option<&Field> = None;
    for name in names {
        let wrong = |message: String| Misuse::new(option, message).at(text, place.clone());
        let Some(index) = fields.iter().position(|field| field.name == *name) else {
            let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let Some(parent) = last else { return Err(unknown(option, name, &known).at(text, place)) };
            if known.is_empty() {
                let kind = with_article(parent.kind.name());
                return Err(wrong(format!("`{}` has no field `{name}`: it is {kind}", parent.name)));
            }
            let message = format!("`{}` has no field `{name}`; its fields are {}", parent.name, known.join(", "));
            return Err(wrong(message));
        };
        let field = &fields[index];
        steps.push(index);
        last = Some(field);
        fields = match &field.kind {
            Kind::Record(children) => children,
            Kind::List(item) => match &item.kind {
                Kind::Record(children) if list.is_none() => {
                    list = Some((field.clone(), std::mem::take(&mut steps)));
                    children
                }
                _ => &[],
            },
            _ => &[],
        };
    }
    let Some(last) = last else { return Err(Misuse::new(option, "the name of a field is expected").at(text, place)) };
    Ok(match list {
        Some((field, to_list)) if steps.is_empty() => Found { field, steps: to_list, inside: None },
        Some((field, to_list)) => Found { field, steps: to_list, inside: Some((steps, last.clone())) },
        None => Found { field: last.clone(), steps, inside: None },
    })
}

/// There is no such field at the top level.
pub(super) fn unknown(option: &'static str, name: &str, known: &[&str]) -> Misuse {
    let misuse = Misuse::new(option, format!("there is no field `{name}`; the fields are {}", known.join(", ")));
    match nearest(name, known.iter().copied()) {
        Some(near) => misuse.hint(format!("did you mean `{near}`?")),
        None => misuse,
    }
}

impl Found {
    /// What a list has items of: the field inside its records, or the items themselves. None if the field is no list.
    pub(super) fn item(&self) -> Option<&Field> {
        match (&self.inside, &self.field.kind) {
            (Some((_, field)), _) => Some(field),
            (None, Kind::List(item)) => Some(item),
            _ => None,
        }
    }

    /// Whether it is inside a list.
    pub(super) fn is_inside_a_list(&self) -> bool {
        self.inside.is_some()
    }

    /// The values of a batch: of a list, the lists.
    pub(super) fn values(&self, batch: &RecordBatch) -> Result<ArrayRef, ArrowError> {
        values_at(batch, &self.steps)
    }

    /// The values of the items of lists.
    pub(super) fn items(&self, lists: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        let values = lists.as_list_opt::<i32>().ok_or_else(broken)?.values();
        let steps = self.inside.as_ref().map_or(&[][..], |(steps, _)| steps);
        descend(ArrayRef::clone(values), steps)
    }
}

/// The values of a batch at the end of these steps: a column, and the children to follow in it.
pub(crate) fn values_at(batch: &RecordBatch, steps: &[usize]) -> Result<ArrayRef, ArrowError> {
    let (first, rest) = steps.split_first().ok_or_else(broken)?;
    let column = batch.columns().get(*first).ok_or_else(broken)?;
    descend(ArrayRef::clone(column), rest)
}

/// Goes down into records. What is inside a null is null.
fn descend(mut array: ArrayRef, steps: &[usize]) -> Result<ArrayRef, ArrowError> {
    for &step in steps {
        let DataType::Struct(_) = array.data_type() else { return Err(broken()) };
        let child = array.as_struct().columns().get(step).ok_or_else(broken)?;
        array = if array.null_count() == 0 { ArrayRef::clone(child) } else { nullif(child, &is_null(&array)?)? };
    }
    Ok(array)
}

fn broken() -> ArrowError {
    ArrowError::SchemaError("the records are not those of the schema".to_owned())
}
