//! A row: how its cells are checked, kept, and put.

use std::borrow::Cow;

use outparse_sdk::{CellValue, Cells, Error, Field, Problem, Rows};

use super::device::BlockDevice;
use crate::columns::{Cell, Places, value};
use crate::tree::split;

/// Finds what is broken in a row while its line is at hand.
pub(super) fn check(cells: &[Cell<'_>]) -> Result<(), Problem> {
    cells.iter().try_for_each(|(title, text)| match title.field {
        "device_number" => numbers(text).map(drop),
        _ => value(title, text).map(drop),
    })
}

/// `8:1`
fn numbers(text: &[u8]) -> Result<(i64, i64), Problem> {
    let cell = Field::from(text).trim();
    let read = || {
        let (major, minor) = cell.split_once(":").ok_or_else(|| cell.expected("`MAJOR:MINOR`"))?;
        Ok((major.integer()?, minor.integer()?))
    };
    read().map_err(|problem: Problem| Problem { column: 0, ..problem })
}

/// A cell that outlives its line.
pub(super) fn kept((title, text): Cell<'_>) -> Cell<'static> {
    (title, Cow::Owned(text.into_owned()))
}

/// The fields of these columns, and what is worked out from them.
pub(super) fn with_parts(mut fields: Vec<&'static str>) -> Vec<&'static str> {
    for field in fields.clone() {
        match field {
            "device" => fields.push("parent"),
            "device_number" => fields.extend(["major", "minor"]),
            "mount_points" => fields.push("mounted_on"),
            _ => {}
        }
    }
    fields
}

/// Whether a row only adds places where the device above is mounted.
pub(super) fn only_adds_mounts(cells: &[Cell<'_>], name: Option<&[u8]>) -> bool {
    let is_mount = |(title, _): &Cell<'_>| matches!(title.field, "mount_points" | "filesystem_roots");
    let is_nameless = name.is_some_and(<[u8]>::is_empty) && cells.len() > 1;
    let fits = |cell: &Cell<'_>| is_mount(cell) || is_nameless && cell.0.field == "device";
    !cells.is_empty() && cells.iter().all(fits)
}

/// Whether other cells have moved into the name: blanks of a name itself are escaped.
pub(super) fn is_torn(cells: &[Cell<'_>]) -> bool {
    cells.iter().any(|(title, text)| {
        title.field == "device" && matches!(text, Cow::Borrowed(text) if split(text).1.trim_ascii().contains(&b' '))
    })
}

/// Puts a row, and what is worked out from its cells.
pub(super) fn put(
    cells: &[Cell<'_>],
    parent: Option<&[u8]>,
    places: &Places,
    rows: &mut Rows<Cells<BlockDevice<'static>>>,
) -> Result<(), Error> {
    let mut put = |field: &str, value: CellValue<'_>| places.put(field, value, rows);
    let mounts: Vec<&[u8]> = cells
        .iter()
        .filter(|(title, _)| title.field == "mount_points")
        .flat_map(|(_, text)| text.split(|&byte| byte == b'\n'))
        .collect();
    if let Some(first) = mounts.first() {
        put("mounted_on", CellValue::Text(first));
        put("mount_points", CellValue::Texts(mounts.clone()));
    }
    if let Some(parent) = parent {
        put("parent", CellValue::Text(parent));
    }
    for (title, text) in cells {
        match title.field {
            "mount_points" => {}
            "device" => put("device", CellValue::Text(split(text).1)),
            "device_number" => {
                let (major, minor) = numbers(text)?;
                put("device_number", CellValue::Text(text.trim_ascii()));
                put("major", CellValue::Integer(major));
                put("minor", CellValue::Integer(minor));
            }
            field => put(field, value(title, text)?),
        }
    }
    rows.end_row();
    Ok(())
}
