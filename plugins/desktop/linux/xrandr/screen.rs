//! A screen: the line at the head of its outputs.

use outparse_sdk::{Field, Problem, Record};

/// A screen.
#[derive(Clone, Debug, Default, Record)]
pub struct Screen {
    /// Its number.
    #[field(key)]
    pub screen: i64,
    /// Smallest width, in pixels.
    pub minimum_width: i64,
    /// Smallest height.
    pub minimum_height: i64,
    /// Width, in pixels.
    pub width: i64,
    /// Height.
    pub height: i64,
    /// Largest width.
    pub maximum_width: i64,
    /// Largest height.
    pub maximum_height: i64,
}

impl Screen {
    /// `0: minimum 8 x 8, current 1920 x 1080, maximum 32767 x 32767`
    pub(super) fn read(text: Field<'_>) -> Result<Screen, Problem> {
        let expected = || text.expected("`NUMBER: minimum W x H, current W x H, maximum W x H`");
        let (number, rest) = text.split_once(": ").ok_or_else(expected)?;
        let mut sizes = [(0, 0); 3];
        let mut parts = rest.split(", ");
        for (size, name) in sizes.iter_mut().zip(["minimum ", "current ", "maximum "]) {
            let part = parts.next().and_then(|part| part.strip_prefix(name)).ok_or_else(expected)?;
            let (width, height) = part.split_once(" x ").ok_or_else(expected)?;
            *size = (width.integer()?, height.trim().integer()?);
        }
        let [(minimum_width, minimum_height), (width, height), (maximum_width, maximum_height)] = sizes;
        Ok(Screen { screen: number.integer()?, minimum_width, minimum_height, width, height, maximum_width, maximum_height })
    }
}
