//! Records that are put together cell by cell, for tables whose columns the user or the data chooses.

use std::marker::PhantomData;

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::column::{Booleans, Floats, Integers, Lists, Nullable, Pop, Texts, Times};
use crate::{Batch, Column, Columns, FieldInfo, Record, Rows, Schema, Time, Type, Value};

/// Records whose fields each capture chooses: among those of `R`, which is the schema and is never made itself, and with `OPEN`
/// also others that the data names.
///
/// The parser's record is `Cells<Process<'static>>`. A heading is turned into columns with [`Rows::column`]; then each line puts
/// its cells and ends the row. A field without a column costs nothing.
pub struct Cells<R, const OPEN: bool = false>(PhantomData<R>);

/// Place of a column among those of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(usize);

/// The type of a column that the data names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A floating-point number.
    Float,
    /// Text.
    Text,
    /// A point in time, to the billionth of a second.
    Time,
    /// Any number of texts.
    Texts,
}

/// The columns of a capture, and how many rows they have.
pub struct CellColumns<R, const OPEN: bool> {
    rows: usize,
    columns: Vec<CellColumn>,
    record: PhantomData<R>,
}

struct CellColumn {
    /// The field, counted from the first of the schema; those that the data named come after it.
    field: u32,
    /// How many values it has: as many as there are rows, and one more where the row under way has put one. The values know, too, but each
    /// cell asks, and their type would have to be told first.
    len: usize,
    values: Values,
}

/// The values of a column, whose type is known at run time.
enum Values {
    Booleans(Nullable<Booleans>),
    Integers(Nullable<Integers>),
    Floats(Nullable<Floats>),
    Texts(Nullable<Texts>),
    Seconds(Nullable<Times<0>>),
    Millis(Nullable<Times<3>>),
    Micros(Nullable<Times<6>>),
    Nanos(Nullable<Times<9>>),
    Lists(Nullable<Lists<Texts>>),
}

/// Does the same with the values, whatever their type.
macro_rules! each {
    ($values:expr, $column:ident => $what:expr) => {
        match $values {
            Values::Booleans($column) => $what,
            Values::Integers($column) => $what,
            Values::Floats($column) => $what,
            Values::Texts($column) => $what,
            Values::Seconds($column) => $what,
            Values::Millis($column) => $what,
            Values::Micros($column) => $what,
            Values::Nanos($column) => $what,
            Values::Lists($column) => $what,
        }
    };
}

impl Values {
    /// For a field of a schema. None for a group, a map, or a list of anything but texts.
    fn of(fields: &[wit::Field], index: u32) -> Option<Values> {
        Some(match &fields[index as usize].type_ {
            wit::FieldType::Boolean => Values::Booleans(Nullable::default()),
            wit::FieldType::Integer => Values::Integers(Nullable::default()),
            wit::FieldType::Float => Values::Floats(Nullable::default()),
            wit::FieldType::Text | wit::FieldType::Json => Values::Texts(Nullable::default()),
            wit::FieldType::Time(0) => Values::Seconds(Nullable::default()),
            wit::FieldType::Time(3) => Values::Millis(Nullable::default()),
            wit::FieldType::Time(6) => Values::Micros(Nullable::default()),
            wit::FieldType::Time(_) => Values::Nanos(Nullable::default()),
            wit::FieldType::List(item) if matches!(fields[*item as usize].type_, wit::FieldType::Text) => {
                Values::Lists(Nullable::default())
            }
            _ => return None,
        })
    }
}

/// What can be put into a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Into a boolean column.
    Boolean(bool),
    /// Into a column of integers, or of floats.
    Integer(i64),
    /// Into a column of floats.
    Float(f64),
    /// Into a column of text.
    Text(&'a [u8]),
    /// Into a column of times.
    Time(Time<9>),
    /// Into a column of lists of text.
    Texts(Vec<&'a [u8]>),
}

impl<R: Record, const OPEN: bool> Rows<Cells<R, OPEN>> {
    /// Begins a table: the columns of the one before, if any, are closed with its records.
    pub fn begin_table(&mut self) {
        self.flush();
        self.columns.columns.clear();
    }

    /// A column for a field of the schema. Asking for the same field again gives the same column. A field that cannot be put cell
    /// by cell, or is not there, ends the session with an error that says so.
    pub fn column(&mut self, name: &str) -> Place {
        let Some(field) = self.shapes.find(0, name) else { return Place(usize::MAX) };
        if let Some(place) = self.columns.columns.iter().position(|column| column.field == field) {
            return Place(place);
        }
        self.flush();
        let Some(values) = Values::of(self.shapes.fields(), field) else { return Place(usize::MAX) };
        self.columns.columns.push(CellColumn { field, len: 0, values });
        Place(self.columns.columns.len() - 1)
    }

    /// Says that the columns are complete. Fields of the schema are written in its order.
    pub fn end_heading(&mut self) {
        let mut order: Vec<u32> = Vec::new();
        for column in &self.columns.columns {
            order.extend([column.field]);
            if let Some(wit::Field { type_: wit::FieldType::List(item), .. }) = self.shapes.fields().get(column.field as usize) {
                order.extend([*item]);
            }
        }
        order.sort_unstable();
        self.shapes.arrange(order, Vec::new());
    }

    /// Adds a row of these values; columns without one have a null. A place holds one value per row: the first one stays.
    #[inline]
    pub fn put_row(&mut self, values: &[(Place, Cell<'_>)]) {
        values.iter().for_each(|(place, cell)| self.put_cell(*place, cell));
        self.end_row();
    }

    /// Puts a value into the row under way. A place holds one value per row: the first one stays. Where the line turns out to be
    /// broken, [`Rows::drop_row`] takes back what was put.
    #[inline(always)]
    pub fn put(&mut self, place: Place, cell: Cell<'_>) {
        self.put_cell(place, &cell);
    }

    // Always put into its caller, which mostly knows which of them the cell is.
    #[inline(always)]
    fn put_cell(&mut self, place: Place, cell: &Cell<'_>) {
        let rows = self.columns.rows;
        let Some(column) = self.columns.columns.get_mut(place.0) else { return };
        if column.len > rows {
            return;
        }
        match (&mut column.values, cell) {
            (Values::Booleans(column), Cell::Boolean(value)) => column.push_with(|values| values.push(*value)),
            (Values::Integers(column), Cell::Integer(value)) => column.push_with(|values| values.push(*value)),
            (Values::Floats(column), Cell::Float(value)) => column.push_with(|values| values.push(*value)),
            (Values::Floats(column), Cell::Integer(value)) => column.push_with(|values| values.push(*value as f64)),
            (Values::Texts(column), Cell::Text(value)) => column.push_with(|values| values.push(value)),
            (Values::Seconds(column), Cell::Time(value)) => column.push_with(|values| value.digits::<0>().push(values)),
            (Values::Millis(column), Cell::Time(value)) => column.push_with(|values| value.digits::<3>().push(values)),
            (Values::Micros(column), Cell::Time(value)) => column.push_with(|values| value.digits::<6>().push(values)),
            (Values::Nanos(column), Cell::Time(value)) => column.push_with(|values| value.push(values)),
            (Values::Lists(column), Cell::Texts(texts)) => {
                column.push_with(|lists| lists.push_with(|items| texts.iter().for_each(|text| items.push(text))));
            }
            // A value of another type is the parser's mistake; its cell stays empty, which any test shows.
            _ => return,
        }
        column.len = rows + 1;
    }

    /// Ends the row: columns without a value have a null.
    #[inline]
    pub fn end_row(&mut self) {
        self.columns.rows += 1;
        let rows = self.columns.rows;
        for column in &mut self.columns.columns {
            if column.len < rows {
                each!(&mut column.values, values => values.push_null());
                column.len = rows;
            }
        }
        self.count_record();
    }

    /// Takes back what was put into the row under way.
    pub fn drop_row(&mut self) {
        let rows = self.columns.rows;
        for column in self.columns.columns.iter_mut().filter(|column| column.len > rows) {
            each!(&mut column.values, values => values.pop());
            column.len = rows;
        }
    }
}

impl<R: Record> Rows<Cells<R, true>> {
    /// The columns of a table whose fields the data names, in this order. They may be fields of the schema, by their names.
    pub fn open_table(&mut self, fields: &[(&str, CellType, FieldInfo)]) -> Vec<Place> {
        self.begin_table();
        let first = self.shapes.fields().len() as u32;
        let mut added: Vec<wit::Field> = Vec::new();
        let mut order = Vec::new();
        for &(name, cell, info) in fields {
            let index = first + added.len() as u32;
            let mut field = wit::Field {
                name: name.to_owned(),
                type_: wit::FieldType::Text,
                nullable: true,
                unit: info.unit.map(str::to_owned),
                approximate: info.approximate,
                doc: info.doc.to_owned(),
                role: info.role.map(crate::Role::to_wit),
                levels: None,
            };
            order.extend([index]);
            let values = match cell {
                CellType::Boolean => Values::Booleans(Nullable::default()),
                CellType::Integer => Values::Integers(Nullable::default()),
                CellType::Float => Values::Floats(Nullable::default()),
                CellType::Text => Values::Texts(Nullable::default()),
                CellType::Time => Values::Nanos(Nullable::default()),
                CellType::Texts => Values::Lists(Nullable::default()),
            };
            field.type_ = match cell {
                CellType::Boolean => wit::FieldType::Boolean,
                CellType::Integer => wit::FieldType::Integer,
                CellType::Float => wit::FieldType::Float,
                CellType::Text => wit::FieldType::Text,
                CellType::Time => wit::FieldType::Time(9),
                CellType::Texts => wit::FieldType::List(index + 1),
            };
            added.push(field);
            if cell == CellType::Texts {
                order.extend([index + 1]);
                added.push(wit::Field {
                    name: "item".to_owned(),
                    type_: wit::FieldType::Text,
                    nullable: false,
                    unit: None,
                    approximate: false,
                    doc: String::new(),
                    role: None,
                    levels: None,
                });
            }
            self.columns.columns.push(CellColumn { field: index, len: 0, values });
        }
        self.shapes.arrange(order, added);
        (0..self.columns.columns.len()).map(Place).collect()
    }
}

impl<R: Record, const OPEN: bool> Default for CellColumns<R, OPEN> {
    fn default() -> Self {
        CellColumns { rows: 0, columns: Vec::new(), record: PhantomData }
    }
}

impl<R: Record, const OPEN: bool> Column for CellColumns<R, OPEN> {
    const IS_LEAF: bool = false;
    fn len(&self) -> usize {
        self.rows
    }
    fn push_null(&mut self) {
        self.rows += 1;
    }
    fn take(&mut self, into: &mut Batch) {
        into.records();
        self.take_fields(into);
    }
}

impl<R: Record, const OPEN: bool> Columns for CellColumns<R, OPEN> {
    fn take_fields(&mut self, into: &mut Batch) {
        self.rows = 0;
        into.all_present();
        let mut order: Vec<&mut CellColumn> = self.columns.iter_mut().collect();
        order.sort_by_key(|column| column.field);
        for column in order {
            into.at_field(column.field as usize);
            each!(&mut column.values, values => values.take(into));
            column.len = 0;
        }
    }
}

impl<R: Record, const OPEN: bool> Value for Cells<R, OPEN> {
    type Column = CellColumns<R, OPEN>;
    fn describe(schema: &mut Schema) -> Type {
        R::describe(schema)
    }
    fn push(self, _: &mut Self::Column) {}
}

impl<R: Record, const OPEN: bool> Record for Cells<R, OPEN> {
    const OPEN: bool = OPEN;
    fn describe_fields(schema: &mut Schema) -> Vec<u32> {
        R::describe_fields(schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_any_split, parse};
    use crate::{About, Error, Line, Parser, Problem, Source, Time};

    /// One of each.
    #[derive(Record)]
    struct Each<'a> {
        /// A truth.
        truth: Option<bool>,
        /// A whole number.
        whole: Option<i64>,
        /// A number.
        number: Option<f64>,
        /// A text.
        text: Option<&'a [u8]>,
        /// A time.
        time: Option<Time<0>>,
        /// Some texts.
        texts: Option<Vec<&'a [u8]>>,
    }

    /// Puts all six of a line `put N`, only the whole number of one `null N`, and all six and a mistake of one `drop N`.
    struct Puts(Vec<Place>);

    impl Parser for Puts {
        const ABOUT: About =
            About { name: "puts", version: "0.1.0", summary: "", commands: &["puts"], dialect: "posix", ..About::DEFAULT };
        type Record = Cells<Each<'static>>;

        fn new(_: &Source) -> Self {
            Puts(Vec::new())
        }

        fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
            if self.0.is_empty() {
                rows.begin_table();
                self.0 = ["truth", "whole", "number", "text", "time", "texts"].map(|field| rows.column(field)).to_vec();
                rows.end_heading();
            }
            let [verb, number] = line.fields_and_rest()?;
            let whole = number.integer()?;
            // What has an offset is dropped: it decides nothing of the times that stay.
            let time = if verb.bytes == b"drop" { Time::utc(whole, 0) } else { Time { offset: None, ..Time::utc(whole, 0) } };
            let cells = [
                Cell::Boolean(whole % 2 == 1),
                Cell::Integer(whole),
                Cell::Float(whole as f64),
                Cell::Text(number.bytes),
                Cell::Time(time),
                Cell::Texts(vec![number.bytes; whole as usize % 3]),
            ];
            for (place, cell) in self.0.iter().zip(cells) {
                if verb.bytes != b"null" || matches!(cell, Cell::Integer(_)) {
                    rows.put(*place, cell);
                }
            }
            if verb.bytes == b"drop" {
                rows.drop_row();
                return Err(Problem::error("dropped").into());
            }
            rows.end_row();
            Ok(())
        }
    }

    #[test]
    fn what_was_put_into_a_row_can_be_taken_back() {
        let full = |number: i64| {
            let (truth, texts) = (number % 2 == 1, vec![format!("\"{number}\""); number as usize % 3].join(","));
            format!(
                r#"{{"truth":{truth},"whole":{number},"number":{number},"text":"{number}","time":"1970-01-01T00:00:{number:02}","texts":[{texts}]}}"#
            )
        };
        let nulls =
            |number: i64| format!(r#"{{"truth":null,"whole":{number},"number":null,"text":null,"time":null,"texts":null}}"#);
        let records = |capture: &str| {
            let parsed = parse::<Puts>(None, capture.as_bytes());
            assert_eq!(parsed.failure, None);
            assert_eq!(parsed.problems.len(), capture.matches("drop").count(), "{parsed:?}");
            assert_any_split::<Puts>(None, capture.as_bytes());
            parsed.records
        };
        assert_eq!(records("drop 1\nput 2\ndrop 5\nput 3\n"), [full(2), full(3)]);
        assert_eq!(records("null 1\ndrop 2\nnull 3\nput 4\ndrop 5\nnull 6\n"), [nulls(1), nulls(3), full(4), nulls(6)]);
        assert_eq!(records("drop 1\n"), [""; 0]);
        // Bits of nulls go back over the end of a byte, too.
        let many = (0..20).map(|number| format!("drop {number}\n{} {number}\n", ["put", "null"][number % 2])).collect::<String>();
        assert_eq!(records(&many), (0..20).map(|number| [full, nulls][number as usize % 2](number)).collect::<Vec<_>>());
    }
}
