//! A mode: its name with its rates, or with `--verbose` three lines of all that is known of it.

use outparse_sdk::{Field, Problem, Record};

/// A mode.
#[derive(Clone, Debug, Default, Record)]
pub struct Mode {
    /// Its name, which mostly is its size: `1920x1080`, `1920x1080i`.
    pub name: Vec<u8>,
    /// Width in pixels; null where the name does not say it.
    pub width: Option<i64>,
    /// Height in pixels.
    pub height: Option<i64>,
    /// Whether each picture has every second line.
    pub is_interlaced: bool,
    /// Pictures a second.
    #[field(unit = "hertz")]
    pub refresh_rate: Option<f64>,
    /// Whether it is shown now.
    pub is_current: bool,
    /// Whether the device prefers it.
    pub is_preferred: bool,
    /// Its identifier in hexadecimal (`--verbose`).
    pub id: Option<Vec<u8>>,
    /// Pixels a second (`--verbose`).
    #[field(unit = "hertz")]
    pub pixel_clock: Option<f64>,
    /// Flags (`--verbose`): `+HSync`, `-VSync`, `Interlace`, …
    pub flags: Vec<Vec<u8>>,
    /// Lines a second (`--verbose`).
    #[field(unit = "hertz")]
    pub line_rate: Option<f64>,
    /// Where horizontal synchronisation starts and ends, and all pixels of a line; then by how many it is skewed (`--verbose`).
    pub horizontal: Vec<i64>,
    /// Where vertical synchronisation starts and ends, and all lines (`--verbose`).
    pub vertical: Vec<i64>,
}

impl Mode {
    /// One of which no more is known than its name, which may say its size.
    pub(super) fn named(name: Field<'_>) -> Mode {
        let progressive = name.strip_suffix("i");
        let size = progressive.unwrap_or(name).split_once("x");
        let size = size.and_then(|(width, height)| Some((width.as_integer()?, height.as_integer()?)));
        Mode {
            name: name.bytes.to_vec(),
            width: size.map(|size| size.0),
            height: size.map(|size| size.1),
            is_interlaced: progressive.is_some() && size.is_some(),
            ..Mode::default()
        }
    }

    /// ` 60.00*+  59.97    59.96 +`: one for each rate.
    pub(super) fn with_rates(&self, rates: Field<'_>) -> Result<Vec<Mode>, Problem> {
        let mut modes = Vec::new();
        let mut words = rates.fields().peekable();
        while let Some(word) = words.next() {
            let digits = word.bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
            let (rate, mut marks) = word.split_at(digits);
            // A blank stands where a mode is not the current one.
            if let Some(plus) = words.next_if(|next| next.bytes == b"+") {
                marks = plus;
            }
            if let Some(mark) = marks.bytes.iter().find(|mark| !matches!(mark, b'*' | b'+')) {
                return Err(marks.expected(&format!("`*` or `+`, and not `{}`", char::from(*mark))));
            }
            let has = |mark: u8| word.bytes.contains(&mark) || marks.bytes.contains(&mark);
            modes.push(Mode {
                refresh_rate: Some(rate.float()?),
                is_current: has(b'*'),
                is_preferred: has(b'+'),
                ..self.clone()
            });
        }
        Ok(modes)
    }

    /// `0xa0` and ` 533.250MHz +HSync -VSync *current +preferred`
    pub(super) fn detailed(self, id: Field<'_>, rest: Field<'_>) -> Result<Mode, Problem> {
        let [clock, flags] = rest.fields_and_rest()?;
        let clock = clock.strip_suffix("MHz").ok_or_else(|| clock.expected("`NUMBERMHz`"))?;
        let mut mode = Mode { id: Some(id.bytes.to_vec()), pixel_clock: Some(clock.float_e(6)?), ..self };
        for flag in flags.fields() {
            match flag.bytes {
                b"*current" => mode.is_current = true,
                b"+preferred" => mode.is_preferred = true,
                flag => {
                    mode.is_interlaced |= flag == b"Interlace";
                    mode.flags.push(flag.to_vec());
                }
            }
        }
        Ok(mode)
    }

    /// `h: width  3840 start 3888 end 3952 total 4000 skew    0 clock 133.31KHz`
    pub(super) fn timing(&mut self, text: Field<'_>) -> Result<(), Problem> {
        let is_horizontal = text.bytes[0] == b'h';
        let mut words = text.fields().skip(1);
        let mut numbers = Vec::new();
        while let Some(name) = words.next() {
            let value = words.next().ok_or_else(|| name.expected("a name and a number"))?;
            match name.bytes {
                b"clock" if is_horizontal => {
                    let rate = value.strip_suffix("KHz").ok_or_else(|| value.expected("`NUMBERKHz`"))?;
                    self.line_rate = Some(rate.float_e(3)?);
                }
                b"clock" => {
                    let rate = value.strip_suffix("Hz").ok_or_else(|| value.expected("`NUMBERHz`"))?;
                    self.refresh_rate = Some(rate.float()?);
                }
                // The name of a mode may be anything; this is its size.
                b"width" => self.width = Some(value.integer()?),
                b"height" => self.height = Some(value.integer()?),
                _ => numbers.push(value.integer()?),
            }
        }
        if is_horizontal {
            self.horizontal = numbers;
        } else {
            self.vertical = numbers;
        }
        Ok(())
    }
}
