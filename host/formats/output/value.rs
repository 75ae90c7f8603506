//! Values as people read them: with the unit that the schema names, nested ones in a short form, and nothing that could steer
//! a terminal.

use std::borrow::Cow;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_schema::DataType;

use super::unit::{self, Number};
use outparse::schema::{Field, Kind, Level, time};

/// What a false value looks like.
pub(super) const NO: &str = "no";

/// A value, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) text: String,
    /// How much attention it deserves, where the schema says so.
    pub(super) level: Option<Level>,
    /// A percentage, as a number.
    pub(super) percent: Option<f64>,
}

/// What makes text fit to be shown.
pub(super) type Escape = fn(&str) -> Cow<'_, str>;

/// A value of a column. None for null.
pub(super) fn value(field: &Field, column: &dyn Array, row: usize, escape: Escape) -> Option<Value> {
    if column.is_null(row) {
        return None;
    }
    let number = match column.data_type() {
        DataType::Int64 => Number::Whole(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Number::Real(column.as_primitive::<Float64Type>().value(row)),
        _ => {
            let mut text = String::new();
            write_value(field, column, row, &mut Text { text: &mut text, escape, inside: false });
            return Some(Value { text, level: None, percent: None });
        }
    };
    Some(Value {
        text: unit::shown(number, field.unit.as_deref()),
        level: field.levels.map(|levels| levels.of(number.real())),
        percent: (field.unit.as_deref() == Some("percent")).then(|| number.real()),
    })
}

/// Text that is being made of a value.
struct Text<'a> {
    text: &'a mut String,
    escape: Escape,
    /// Whether this is a part of another value: lists and records then have brackets around them.
    inside: bool,
}

impl Text<'_> {
    fn bracketed(&mut self, brackets: [char; 2], write: impl FnOnce(&mut Text<'_>)) {
        if self.inside {
            self.text.push(brackets[0]);
        }
        write(&mut Text { text: &mut *self.text, escape: self.escape, inside: true });
        if self.inside {
            self.text.push(brackets[1]);
        }
    }
}

fn write_value(field: &Field, column: &dyn Array, row: usize, to: &mut Text<'_>) {
    if column.is_null(row) {
        return to.text.push('-');
    }
    let unit = field.unit.as_deref();
    match (column.data_type(), &field.kind) {
        (DataType::Boolean, _) => to.text.push_str(if column.as_boolean().value(row) { "yes" } else { NO }),
        (DataType::Int64, _) => {
            to.text.push_str(&unit::shown(Number::Whole(column.as_primitive::<Int64Type>().value(row)), unit));
        }
        (DataType::Float64, _) => {
            to.text.push_str(&unit::shown(Number::Real(column.as_primitive::<Float64Type>().value(row)), unit));
        }
        (DataType::Utf8, _) => to.text.push_str(&(to.escape)(column.as_string::<i32>().value(row))),
        (DataType::LargeUtf8, _) => to.text.push_str(&(to.escape)(column.as_string::<i64>().value(row))),
        (_, Kind::Time { .. }) => {
            let mut text = String::new();
            time::write_with(column, row, ' ', &mut text);
            to.text.push_str(&text);
        }
        (DataType::Map(..), Kind::Map(value)) => {
            let map = column.as_map();
            let (offsets, keys) = (map.value_offsets(), map.keys().as_string::<i32>());
            to.bracketed(['{', '}'], |to| {
                for entry in offsets[row] as usize..offsets[row + 1] as usize {
                    to.text.push_str(if entry > offsets[row] as usize { ", " } else { "" });
                    to.text.push_str(&(to.escape)(keys.value(entry)));
                    to.text.push('=');
                    write_value(value, map.values(), entry, to);
                }
            });
        }
        (DataType::List(_), Kind::List(item)) => {
            let items = column.as_list::<i32>().value(row);
            to.bracketed(['[', ']'], |to| {
                for index in 0..items.len() {
                    to.text.push_str(if index > 0 { ", " } else { "" });
                    // A record needs no brackets between the commas of a list.
                    to.inside = !matches!(&item.kind, Kind::Record(_));
                    write_value(item, &items, index, to);
                }
            });
        }
        (DataType::Struct(_), Kind::Record(children)) => {
            to.bracketed(['(', ')'], |to| write_record(children, column, row, to));
        }
        _ => {}
    }
}

/// The values that are not null; those of a pair without their names: `0 root`.
fn write_record(children: &[Field], column: &dyn Array, row: usize, to: &mut Text<'_>) {
    let mut first = true;
    for (child, values) in children.iter().zip(column.as_struct().columns()).filter(|(_, values)| !values.is_null(row)) {
        to.text.push_str(if first { "" } else { " " });
        first = false;
        if children.len() > 2 {
            to.text.push_str(&(to.escape)(&child.name));
            to.text.push('=');
        }
        write_value(child, values, row, to);
    }
    if first {
        to.text.push('-');
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int64Array, ListArray, StringArray, StructArray};
    use arrow_buffer::OffsetBuffer;

    use super::super::screen::printable;
    use super::*;
    use crate::output::testing::field;
    use outparse::schema::Levels;

    fn text(field: &Field, column: &dyn Array) -> Option<String> {
        value(field, column, 0, printable).map(|value| value.text)
    }

    fn record(fields: &[Field], columns: Vec<ArrayRef>) -> ArrayRef {
        Arc::new(StructArray::new(fields.iter().map(Field::to_arrow).collect(), columns, None))
    }

    fn list(item: &Field, items: ArrayRef) -> ArrayRef {
        Arc::new(ListArray::new(Arc::new(item.to_arrow()), OffsetBuffer::from_lengths([items.len()]), items, None))
    }

    #[test]
    fn a_pair_is_shown_without_names() {
        let account = [field("id", Kind::Integer), field("name", Kind::Text)];
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![Some(0), Some(27), Some(1000)]));
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("root"), Some("sudo"), None]));
        let accounts = record(&account, vec![ids, names]);
        let kind = Kind::Record(account.to_vec());
        assert_eq!(text(&field("uid", kind.clone()), &accounts).unwrap(), "0 root");
        let item = field("item", kind);
        assert_eq!(
            text(&field("groups", Kind::List(Box::new(item.clone()))), &list(&item, accounts)).unwrap(),
            "0 root, 27 sudo, 1000"
        );
    }

    #[test]
    fn more_than_a_pair_is_shown_with_names_and_what_is_inside_in_brackets() {
        let item = field("item", Kind::Text);
        let flags = Kind::List(Box::new(item.clone()));
        let fields = [field("a", Kind::Integer), field("b", Kind::Text), field("c", flags)];
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(vec![1])),
            Arc::new(StringArray::from(vec![None::<&str>])),
            list(&item, Arc::new(StringArray::from(vec!["x", "y"]))),
        ];
        assert_eq!(text(&field("all", Kind::Record(fields.to_vec())), &record(&fields, columns)).unwrap(), "a=1 c=[x, y]");
    }

    #[test]
    fn a_percentage_is_known_with_its_level() {
        let mut percent = field("use", Kind::Float);
        percent.unit = Some("percent".to_owned());
        percent.levels = Some(Levels { warning: 80.0, critical: 90.0 });
        let shown = value(&percent, &Float64Array::from(vec![85.126]), 0, printable).unwrap();
        assert_eq!(shown, Value { text: "85.13%".to_owned(), level: Some(Level::Warning), percent: Some(85.126) });
        assert_eq!(value(&percent, &Float64Array::from(vec![None]), 0, printable), None);
    }
}
