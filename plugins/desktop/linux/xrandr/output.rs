//! An output: its line, and the properties below it.

use outparse_sdk::{Field, Map, Problem, Record};

use super::mode::Mode;
use crate::edid;

/// An output.
#[derive(Clone, Debug, Default, Record)]
pub struct Output {
    /// The screen that it shows a part of.
    #[field(key)]
    pub screen: Option<i64>,
    /// Its name.
    #[field(key)]
    pub output: Vec<u8>,
    /// Whether something is connected: `connected`, `disconnected`, `unknown connection`.
    pub state: Vec<u8>,
    /// Whether it is the primary one.
    pub is_primary: bool,
    /// Width of what it shows, in pixels; null where it shows nothing.
    pub width: Option<i64>,
    /// Height of what it shows.
    pub height: Option<i64>,
    /// How far to the right that begins.
    pub x: Option<i64>,
    /// How far below that begins.
    pub y: Option<i64>,
    /// How it is rotated: `normal`, `left`, `inverted`, `right`; null where it shows nothing.
    pub rotation: Option<Vec<u8>>,
    /// Along which axes it is mirrored: `x`, `y`.
    pub reflection: Vec<Vec<u8>>,
    /// What can be done: `normal`, `left`, …, `x axis`, `y axis`.
    pub transformations: Vec<Vec<u8>>,
    /// Width of the device in millimetres; 0 where it does not say.
    pub width_mm: Option<i64>,
    /// Height of the device in millimetres.
    pub height_mm: Option<i64>,
    /// Vendor of the device in three letters, by what it says itself (`--props`).
    pub vendor: Option<Vec<u8>>,
    /// Its model.
    pub model: Option<Vec<u8>>,
    /// Its serial number.
    pub serial: Option<Vec<u8>>,
    /// What else is said in its line, such as panning.
    pub remark: Option<Vec<u8>>,
    /// Its modes, one for each rate.
    pub modes: Vec<Mode>,
    /// Its properties (`--props`, `--verbose`), by name.
    pub properties: Map<Vec<u8>>,
}

/// A property that further lines may belong to.
pub(super) struct UnderWay {
    /// How far it is indented.
    indent: usize,
    /// Whether its first line could not be read.
    is_lost: bool,
}

/// What an output may be.
const STATES: [&str; 3] = ["connected", "disconnected", "unknown connection"];

impl Output {
    /// `eDP-1 connected primary 1920x1080+0+0 left X axis (normal left inverted right x axis y axis) 309mm x 173mm`. None where the
    /// line says nothing of a connection.
    pub(super) fn read(text: Field<'_>, screen: Option<i64>) -> Result<Option<Output>, Problem> {
        let [name, rest] = text.fields_and_rest()?;
        let stated = STATES.iter().find_map(|state| Some((*state, rest.strip_prefix(state)?)));
        let stated = stated.filter(|(_, rest)| rest.bytes.first().is_none_or(|byte| *byte == b' '));
        let Some((state, rest)) = stated else { return Ok(None) };
        let mut output = Output { screen, output: name.bytes.to_vec(), state: state.as_bytes().to_vec(), ..Output::default() };
        let mut rest = rest.trim();
        if let Some(after) = rest.strip_prefix("primary") {
            output.is_primary = true;
            rest = after.trim();
        }
        rest = output.shown(rest);
        rest = output.possible(rest);
        if let Some((width, after)) = rest.split_once("mm x ")
            && let Some((height, after)) = after.split_once("mm")
        {
            (output.width_mm, output.height_mm) = (Some(width.integer()?), Some(height.integer()?));
            rest = after.trim();
        }
        output.remark = Some(rest.bytes.to_vec()).filter(|rest| !rest.is_empty());
        Ok(Some(output))
    }

    /// `1920x1080+0+0 (0x3a) left X axis`, where something is shown: gives what follows.
    fn shown<'a>(&mut self, text: Field<'a>) -> Field<'a> {
        let (place, after) = first_word(text);
        let Some([width, height, x, y]) = geometry(place) else { return text };
        (self.width, self.height, self.x, self.y) = (Some(width), Some(height), Some(x), Some(y));
        self.rotation = Some(b"normal".to_vec());
        let mut rest = after;
        // The mode's identifier, with `--verbose`.
        if rest.bytes.starts_with(b"(0x") {
            rest = first_word(rest).1;
        }
        let (rotation, after) = first_word(rest);
        if matches!(rotation.bytes, b"normal" | b"left" | b"inverted" | b"right") {
            self.rotation = Some(rotation.bytes.to_vec());
            rest = after;
        }
        for (said, axes) in [("X and Y axis", &["x", "y"][..]), ("X axis", &["x"]), ("Y axis", &["y"]), ("none", &[])] {
            if let Some(after) = rest.strip_prefix(said) {
                self.reflection = axes.iter().map(|axis| axis.as_bytes().to_vec()).collect();
                return after.trim();
            }
        }
        rest
    }

    /// `(normal left inverted right x axis y axis)`: gives what follows.
    fn possible<'a>(&mut self, text: Field<'a>) -> Field<'a> {
        let Some((possible, after)) = text.strip_prefix("(").and_then(|rest| rest.split_once(")")) else { return text };
        let mut words = possible.fields();
        while let Some(word) = words.next() {
            let mut said = word.bytes.to_vec();
            if matches!(word.bytes, b"x" | b"y") {
                said.extend_from_slice(b" axis");
                words.next();
            }
            self.transformations.push(said);
        }
        after.trim()
    }

    /// A line of a property: its name and value, or, further in, more of the one under way.
    pub(super) fn property(&mut self, text: Field<'_>, indent: usize, under_way: &mut Option<UnderWay>) -> Result<(), Problem> {
        if let Some(property) = under_way.as_ref().filter(|property| indent > property.indent) {
            if let Some((name, value)) = self.properties.0.last_mut().filter(|_| !property.is_lost) {
                // Digits of one number, and lines of a text.
                if !value.is_empty() && name != b"EDID" {
                    value.push(b'\n');
                }
                value.extend_from_slice(text.bytes);
            }
            return Ok(());
        }
        let named = text.split_once(":");
        *under_way = Some(UnderWay { indent, is_lost: named.is_none() });
        let (name, value) = named.ok_or_else(|| text.expected("`NAME: VALUE`"))?;
        self.properties.0.push((name.bytes.to_vec(), value.trim().bytes.to_vec()));
        Ok(())
    }

    /// Takes from its EDID what the device says of itself.
    pub(super) fn identify(&mut self) {
        let edid = self.properties.0.iter().find(|(name, _)| name == b"EDID");
        if let Some(identity) = edid.and_then(|(_, digits)| edid::read(digits)) {
            self.vendor = Some(identity.vendor);
            self.model = identity.model;
            self.serial = identity.serial;
        }
    }
}

/// What stands before the first blank, and what follows.
fn first_word(text: Field<'_>) -> (Field<'_>, Field<'_>) {
    let (word, rest) = text.split_at(text.find(" ").unwrap_or(text.bytes.len()));
    (word, rest.trim())
}

/// `1920x1080+0+0`, where an offset may be negative: `+-10`
fn geometry(word: Field<'_>) -> Option<[i64; 4]> {
    let (width, rest) = word.split_once("x")?;
    let (height, rest) = rest.split_once("+")?;
    let (x, y) = rest.split_once("+")?;
    Some([width.as_integer()?, height.as_integer()?, x.as_integer()?, y.as_integer()?])
}
