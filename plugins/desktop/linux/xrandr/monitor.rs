//! A monitor, as `--listmonitors` prints it.

use outparse_sdk::{Field, Problem, Record};

/// A monitor.
#[derive(Clone, Debug, Default, Record)]
pub struct Monitor {
    /// Its number.
    #[field(key)]
    pub monitor: i64,
    /// Its name.
    pub name: Vec<u8>,
    /// Whether it was made by the system and not by a user.
    pub is_automatic: bool,
    /// Whether it is the primary one.
    pub is_primary: bool,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// Width in millimetres.
    pub width_mm: i64,
    /// Height in millimetres.
    pub height_mm: i64,
    /// How far to the right it begins.
    pub x: i64,
    /// How far below it begins.
    pub y: i64,
    /// Its outputs.
    pub outputs: Vec<Vec<u8>>,
}

impl Monitor {
    /// `+*eDP-1 1920/309x1080/173+0+0  eDP-1`
    pub(super) fn read(number: i64, text: Field<'_>) -> Result<Monitor, Problem> {
        let expected = || text.expected("`NAME WIDTH/MMxHEIGHT/MM+X+Y  OUTPUTS`");
        let [name, place, outputs] = text.fields_and_rest()?;
        let is_automatic = name.bytes.starts_with(b"+");
        let name = name.strip_prefix("+").unwrap_or(name);
        let is_primary = name.bytes.starts_with(b"*");
        let name = name.strip_prefix("*").unwrap_or(name);
        let (width, rest) = place.split_once("/").ok_or_else(expected)?;
        let (width_mm, rest) = rest.split_once("x").ok_or_else(expected)?;
        let (height, rest) = rest.split_once("/").ok_or_else(expected)?;
        let (height_mm, rest) = rest.split_once("+").ok_or_else(expected)?;
        let (x, y) = rest.split_once("+").ok_or_else(expected)?;
        Ok(Monitor {
            monitor: number,
            name: name.bytes.to_vec(),
            is_automatic,
            is_primary,
            width: width.integer()?,
            height: height.integer()?,
            width_mm: width_mm.integer()?,
            height_mm: height_mm.integer()?,
            x: x.integer()?,
            y: y.integer()?,
            outputs: outputs.fields().map(|output| output.bytes.to_vec()).collect(),
        })
    }
}
