//! The types of columns: where all that stands in one has a form, its values have its type.

use outparse_sdk::{Base, CellType, CellValue, Field, FieldInfo, Time, time};

use crate::{Grid, info};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) cell: CellType,
    form: Form,
    /// What about them is a guess.
    pub(crate) doubt: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Integer,
    Float,
    Percent,
    Size,
    Duration,
    Time,
    Text,
}

/// What says that there is nothing.
fn is_nothing(cell: &str) -> bool {
    matches!(cell, "-" | "--" | "<none>" | "<unset>" | "N/A" | "n/a")
}

/// Finds the type of a column.
pub(crate) fn column(grid: &Grid, at: usize) -> Column {
    let cells: Vec<&str> = grid.rows.iter().filter_map(|row| row.get(at)?.as_deref()).filter(|cell| !is_nothing(cell)).collect();
    let all = |is: fn(&str) -> bool| !cells.is_empty() && cells.iter().all(|cell| is(cell));
    let any = |is: fn(&str) -> bool| cells.iter().any(|cell| is(cell));
    let (cell, form) = if all(|cell| integer(cell).is_some()) {
        (CellType::Integer, Form::Integer)
    } else if all(|cell| float(cell).is_some()) {
        (CellType::Float, Form::Float)
    } else if all(|cell| percent(cell).is_some()) {
        (CellType::Float, Form::Percent)
    } else if all(|cell| size(cell).is_some()) && any(|cell| cell.ends_with(|letter: char| letter.is_ascii_alphabetic())) {
        (CellType::Integer, Form::Size)
    } else if all(|cell| duration(cell).is_some()) {
        (CellType::Integer, Form::Duration)
    } else if all(|cell| time(cell).is_some()) {
        (CellType::Time, Form::Time)
    } else {
        (CellType::Text, Form::Text)
    };
    let bare = |cell: &str| Field::from(cell).bare_suffix().is_some();
    let doubt =
        (form == Form::Size && any(bare)).then_some("sizes with a bare letter are taken for powers of 1024, which is a guess");
    Column { cell, form, doubt }
}

impl Column {
    pub(crate) fn info(&self) -> FieldInfo {
        match self.form {
            Form::Percent => info(Some("percent"), false),
            Form::Size => info(Some("bytes"), true),
            Form::Duration => info(Some("seconds"), true),
            _ => info(None, false),
        }
    }

    /// The value of a cell. None where it says that there is nothing.
    pub(crate) fn value<'a>(&self, cell: &'a str) -> Option<CellValue<'a>> {
        if self.form != Form::Text && is_nothing(cell) || matches!(cell, "<none>" | "<unset>") {
            return None;
        }
        Some(match self.form {
            Form::Integer => CellValue::Integer(integer(cell)?),
            Form::Float => CellValue::Float(float(cell)?),
            Form::Percent => CellValue::Float(percent(cell)?),
            Form::Size => CellValue::Integer(size(cell)?),
            Form::Duration => CellValue::Integer(duration(cell)?),
            Form::Time => CellValue::Time(time(cell)?),
            Form::Text => CellValue::Text(cell.as_bytes()),
        })
    }
}

/// A number that loses nothing as one: `007` is a name.
fn integer(cell: &str) -> Option<i64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let plain = digits == "0" || !digits.starts_with(['0', '+']);
    Field::from(cell).as_integer().filter(|_| plain)
}

fn float(cell: &str) -> Option<f64> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let sound = digits.chars().all(|letter| letter.is_ascii_digit() || letter == '.') && !digits.starts_with('.');
    let zeros = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if sound && !zeros { Field::from(cell).as_float() } else { None }
}

fn percent(cell: &str) -> Option<f64> {
    float(cell.strip_suffix('%')?)
}

/// `12K`, `1.5GiB`, `0`
fn size(cell: &str) -> Option<i64> {
    let first = cell.chars().next()?.is_ascii_digit();
    let unit = cell.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    float(&cell[..cell.len() - unit.len()])?;
    let known = matches!(unit, "" | "B" | "k" | "kB" | "KB")
        || unit.starts_with(['K', 'M', 'G', 'T', 'P', 'E']) && matches!(&unit[1..], "" | "B" | "i" | "iB");
    if first && known { Field::from(cell).size(Base::Binary).ok() } else { None }
}

/// `5d`, `3h12m`, `45s`
fn duration(cell: &str) -> Option<i64> {
    time::spelt_duration(Field::from(cell), &[("y", 365 * 86_400), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)])
}

/// A date with a time, ISO 8601.
fn time(cell: &str) -> Option<Time<9>> {
    if cell.len() < "2026-01-31 12:00".len() { None } else { Time::iso(cell.as_bytes()) }
}
