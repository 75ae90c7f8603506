//! `xrandr`: screens, and below each its outputs with their modes; with `--verbose` and `--props` much more of each.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

use crate::edid;

/// What is told.
#[derive(Clone, Debug, Record)]
pub enum Display {
    /// An output: a plug, or a panel.
    Output(Output),
    /// A screen: the area that its outputs show parts of.
    Screen(Screen),
    /// A mode that no output has.
    Mode(Mode),
    /// A monitor (`--listmonitors`).
    Monitor(Monitor),
}

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

/// Reads `xrandr`.
pub struct Xrandr {
    screen: Option<i64>,
    output: Block<Output>,
    /// A mode of which all that is known is said: of the output, or of none.
    mode: Block<Mode>,
    /// How far the property under way is indented.
    property: Option<usize>,
    /// Whether outputs have their modes with all that is known of them.
    verbose: bool,
}

const EXPECTED: &str = "`Screen NUMBER: …`, `OUTPUT connected …` or `Monitors: NUMBER`";

impl Parser for Xrandr {
    const ABOUT: About = About {
        name: "xrandr",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Screens, outputs, modes and monitors, as xrandr prints them",
        commands: &["xrandr"],
        dialect: "x.org",
        platforms: &["linux", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Display;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Xrandr { screen: None, output: Block::default(), mode: Block::default(), property: None, verbose: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        let indent = text.start();
        if indent == 0 {
            self.flush(rows);
            if let Some(rest) = text.strip_prefix("Screen ") {
                self.screen = None;
                let screen = screen(rest)?;
                self.screen = Some(screen.screen);
                rows.push(Display::Screen(screen));
            } else if text.strip_prefix("Monitors: ").is_some_and(|count| count.as_integer().is_some()) {
                rows.recognise();
            } else {
                self.output.begin(output(text, self.screen))?;
                rows.recognise();
            }
            return Ok(());
        }
        if self.output.is_lost() {
            return Ok(());
        }
        if !line.bytes.starts_with(b"\t") && !text.bytes.starts_with(b"h: ") && !text.bytes.starts_with(b"v: ") {
            // ` 0: +*eDP-1 1920/309x1080/173+0+0  eDP-1`
            if let Some((number, rest)) = text.split_once(": ")
                && let Some(number) = number.as_integer()
            {
                rows.push(Display::Monitor(monitor(number, rest)?));
                return Ok(());
            }
            return self.mode(text, rows);
        }
        if text.bytes.starts_with(b"h: ") || text.bytes.starts_with(b"v: ") {
            return match self.mode.more(|| text.expected("a mode above its timing"))? {
                Some(mode) => mode.timing(text),
                None => Ok(()),
            };
        }
        let Some(output) = self.output.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        output.property(text, indent, &mut self.property);
        self.verbose |= text.bytes.starts_with(b"Identifier:");
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Xrandr {
    fn flush(&mut self, rows: &mut Rows<Display>) {
        self.property = None;
        self.end_mode(rows);
        if let Some(mut output) = self.output.take() {
            output.identify();
            rows.push(Display::Output(output));
        }
    }

    fn end_mode(&mut self, rows: &mut Rows<Display>) {
        let Some(mode) = self.mode.take() else { return };
        match self.output.current() {
            Some(output) if self.verbose => output.modes.push(mode),
            _ => rows.push(Display::Mode(mode)),
        }
    }

    fn mode(&mut self, text: Field<'_>, rows: &mut Rows<Display>) -> Result<(), Error> {
        let [name, rest] = text.fields_and_rest()?;
        if name.bytes.contains(&b'.') && name.as_float().is_some() {
            return Err(name.expected("the name of a mode before its rates").into());
        }
        let new = Mode::named(name);
        self.property = None;
        self.end_mode(rows);
        if let Some((id, rest)) = rest.strip_prefix("(").and_then(|rest| rest.split_once(")")) {
            // Among modes of one line each, those that no output has are listed at the end, and have more.
            if !self.verbose {
                self.flush(rows);
            }
            return self.mode.begin(new.detailed(id, rest));
        }
        let Some(output) = self.output.more(|| text.expected(EXPECTED))? else { return Ok(()) };
        let mut modes = Vec::new();
        let mut words = rest.fields().peekable();
        while let Some(word) = words.next() {
            let digits = word.bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
            let (rate, mut marks) = word.split_at(digits);
            // A blank stands where a mode is not the current one.
            if let Some(plus) = words.next_if(|next| next.bytes == b"+") {
                marks = plus;
            }
            if let Some(mark) = marks.bytes.iter().find(|mark| !matches!(mark, b'*' | b'+')) {
                return Err(marks.expected(&format!("`*` or `+`, and not `{}`", char::from(*mark))).into());
            }
            let has = |mark: u8| word.bytes.contains(&mark) || marks.bytes.contains(&mark);
            modes.push(Mode { refresh_rate: Some(rate.float()?), is_current: has(b'*'), is_preferred: has(b'+'), ..new.clone() });
        }
        output.modes.extend(modes);
        Ok(())
    }
}

/// `0: minimum 8 x 8, current 1920 x 1080, maximum 32767 x 32767`
fn screen(text: Field<'_>) -> Result<Screen, Error> {
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

/// `eDP-1 connected primary 1920x1080+0+0 left X axis (normal left inverted right x axis y axis) 309mm x 173mm`
fn output(text: Field<'_>, screen: Option<i64>) -> Result<Output, Error> {
    let [name, rest] = text.fields_and_rest()?;
    let states = ["connected", "disconnected", "unknown connection"];
    let (state, rest) = states
        .iter()
        .find_map(|state| Some((*state, rest.strip_prefix(state)?)))
        .filter(|(_, rest)| rest.bytes.first().is_none_or(|byte| *byte == b' '))
        .ok_or_else(|| text.expected(EXPECTED))?;
    let mut output = Output { screen, output: name.bytes.to_vec(), state: state.as_bytes().to_vec(), ..Output::default() };
    let mut rest = rest.trim();
    if let Some(after) = rest.strip_prefix("primary") {
        output.is_primary = true;
        rest = after.trim();
    }
    let word = |rest: Field<'_>| rest.split_at(rest.find(" ").unwrap_or(rest.bytes.len())).0.bytes.len();
    if let Some([width, height, x, y]) = geometry(rest.split_at(word(rest)).0) {
        (output.width, output.height, output.x, output.y) = (Some(width), Some(height), Some(x), Some(y));
        output.rotation = Some(b"normal".to_vec());
        rest = rest.split_at(word(rest)).1.trim();
        // The mode's identifier, with `--verbose`.
        if rest.bytes.starts_with(b"(0x") {
            rest = rest.split_at(word(rest)).1.trim();
        }
        if matches!(&rest.bytes[..word(rest)], b"normal" | b"left" | b"inverted" | b"right") {
            let (rotation, after) = rest.split_at(word(rest));
            output.rotation = Some(rotation.bytes.to_vec());
            rest = after.trim();
        }
        for (said, axes) in [("X and Y axis", &["x", "y"][..]), ("X axis", &["x"]), ("Y axis", &["y"]), ("none", &[])] {
            if let Some(after) = rest.strip_prefix(said) {
                output.reflection = axes.iter().map(|axis| axis.as_bytes().to_vec()).collect();
                rest = after.trim();
                break;
            }
        }
    }
    if let Some((possible, after)) = rest.strip_prefix("(").and_then(|rest| rest.split_once(")")) {
        let mut words = possible.fields();
        while let Some(word) = words.next() {
            let mut said = word.bytes.to_vec();
            if matches!(word.bytes, b"x" | b"y") {
                said.extend_from_slice(b" axis");
                words.next();
            }
            output.transformations.push(said);
        }
        rest = after.trim();
    }
    if let Some((width, after)) = rest.split_once("mm x ")
        && let Some((height, after)) = after.split_once("mm")
    {
        (output.width_mm, output.height_mm) = (Some(width.integer()?), Some(height.integer()?));
        rest = after.trim();
    }
    output.remark = Some(rest.bytes.to_vec()).filter(|rest| !rest.is_empty());
    Ok(output)
}

/// `1920x1080+0+0`, where an offset may be negative: `+-10`
fn geometry(word: Field<'_>) -> Option<[i64; 4]> {
    let (width, rest) = word.split_once("x")?;
    let (height, rest) = rest.split_once("+")?;
    let (x, y) = rest.split_once("+")?;
    Some([width.as_integer()?, height.as_integer()?, x.as_integer()?, y.as_integer()?])
}

/// `+*eDP-1 1920/309x1080/173+0+0  eDP-1`
fn monitor(number: i64, text: Field<'_>) -> Result<Monitor, Error> {
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

impl Output {
    /// A line of a property: its name and value, or more of the one above.
    fn property(&mut self, text: Field<'_>, indent: usize, last: &mut Option<usize>) {
        let goes_on = last.is_some_and(|first| indent > first);
        if !goes_on && let Some((name, value)) = text.split_once(":") {
            *last = Some(indent);
            self.properties.0.push((name.bytes.to_vec(), value.trim().bytes.to_vec()));
        } else if let Some((name, value)) = self.properties.0.last_mut() {
            // Digits of one number, and lines of a text.
            if !value.is_empty() && name != b"EDID" {
                value.push(b'\n');
            }
            value.extend_from_slice(text.bytes);
        }
    }

    fn identify(&mut self) {
        let edid = self.properties.0.iter().find(|(name, _)| name == b"EDID");
        if let Some(identity) = edid.and_then(|(_, digits)| edid::read(digits)) {
            self.vendor = Some(identity.vendor);
            self.model = identity.model;
            self.serial = identity.serial;
        }
    }
}

impl Mode {
    fn named(name: Field<'_>) -> Mode {
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

    /// `0xa0` and ` 533.250MHz +HSync -VSync *current +preferred`
    fn detailed(self, id: Field<'_>, rest: Field<'_>) -> Result<Mode, Error> {
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
    fn timing(&mut self, text: Field<'_>) -> Result<(), Error> {
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
            self.horizontal = numbers
        } else {
            self.vertical = numbers
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Xrandr;

    const SHORT: &[u8] = b"Screen 0: minimum 320 x 200, current 3840 x 3240, maximum 16384 x 16384\n\
        eDP-1 connected primary 1080x1920+0+-10 left X axis (normal left inverted right x axis y axis) 309mm x 173mm\n\
        \x20  1920x1080     60.00*+  59.97    59.96 +\n   1920x1080i    50.00  \nHDMI-1 disconnected (normal left inverted right x axis y axis)\n\
        DP-2 connected (normal left inverted right x axis y axis)\n   800x600       60.32  \n\
        \x20 my mode (0xa0) 533.250MHz +HSync -VSync\n        h: width  3840 start 3888 end 3952 total 4000 skew    0 clock 133.31KHz\n\
        \x20       v: height 2160 start 2163 end 2168 total 2222           clock  60.00Hz\n";

    #[test]
    fn what_is_below_a_broken_screen_is_not_of_the_one_before() {
        let text = b"Screen 0: minimum 1 x 2, current 3 x 4, maximum 5 x 6\nA disconnected\nScreen 1: minimum 1 x 2, current 3 x ?\nB disconnected\n";
        let parsed = parse::<Xrandr>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        parsed.has(1, &[r#""screen":0,"output":"A""#]);
        parsed.has(2, &[r#""screen":null,"output":"B""#]);
    }

    #[test]
    fn outputs_are_read() {
        let short = String::from_utf8_lossy(SHORT).replace("my mode", "my-mode");
        let parsed = parse::<Xrandr>(None, short.as_bytes());
        let records = parsed.sound();
        assert_eq!(records.len(), 5, "{records:?}");
        assert_eq!(
            records[0],
            r#"{"kind":"screen","screen":0,"minimum_width":320,"minimum_height":200,"width":3840,"height":3240,"maximum_width":16384,"maximum_height":16384}"#
        );
        for part in [
            r#""output":"eDP-1","state":"connected","is_primary":true,"width":1080,"height":1920,"x":0,"y":-10,"rotation":"left","reflection":["x"]"#,
            r#""transformations":["normal","left","inverted","right","x axis","y axis"],"width_mm":309,"height_mm":173,"modes":["#,
            r#"{"name":"1920x1080","width":1920,"height":1080,"is_interlaced":false,"refresh_rate":60,"is_current":true,"is_preferred":true,"#,
            r#""refresh_rate":59.96,"is_current":false,"is_preferred":true"#,
            r#"{"name":"1920x1080i","width":1920,"height":1080,"is_interlaced":true,"refresh_rate":50"#,
        ] {
            assert!(records[1].contains(part), "{part}: {}", records[1]);
        }
        assert!(
            records[2].contains(r#""output":"HDMI-1","state":"disconnected","is_primary":false,"reflection":[],"#),
            "{}",
            records[2]
        );
        assert_eq!(
            records[4],
            r#"{"kind":"mode","name":"my-mode","width":3840,"height":2160,"is_interlaced":false,"refresh_rate":60,"is_current":false,"is_preferred":false,"id":"0xa0","pixel_clock":533250000,"flags":["+HSync","-VSync"],"line_rate":133310,"horizontal":[3888,3952,4000,0],"vertical":[2163,2168,2222]}"#
        );
        assert_any_split::<Xrandr>(None, short.as_bytes());
    }

    #[test]
    fn properties_and_monitors_are_read() {
        let text = b"Screen 0: minimum 1 x 1, current 1280 x 800, maximum 1280 x 800\n\
            screen connected 1280x800+0+0 (0x3a) normal (normal) 0mm x 0mm\n\tIdentifier: 0x3c\n\tTransform:  1.000000 0.000000 0.000000\n\
            \t            0.000000 1.000000 0.000000\n\t           filter: \n\tEDID: \n\t\t00ff\n\t\tffff\n\tnon-desktop: 0 \n\t\tsupported: 0, 1\n\
            \x20 1280x800 (0x3a)  0.000MHz *current\n        h: width  1280 start    0 end    0 total    0 skew    0 clock   0.00KHz\n\
            \x20       v: height  800 start    0 end    0 total    0           clock   0.00Hz\n";
        let parsed = parse::<Xrandr>(None, text);
        let records = parsed.sound();
        assert_eq!(records.len(), 2, "{records:?}");
        for part in [
            r#""rotation":"normal","reflection":[],"transformations":["normal"],"width_mm":0"#,
            r#""EDID":"00ffffff","non-desktop":"0\nsupported: 0, 1"}"#,
            r#""Transform":"1.000000 0.000000 0.000000\n0.000000 1.000000 0.000000\nfilter:""#,
            r#""modes":[{"name":"1280x800","width":1280,"height":800,"is_interlaced":false,"refresh_rate":0,"is_current":true,"#,
        ] {
            assert!(records[1].contains(part), "{part}: {}", records[1]);
        }
        let parsed = parse::<Xrandr>(None, b"Monitors: 1\n 0: +*eDP-1 1920/309x1080/173+0+0  eDP-1 DP-2\n");
        assert_eq!(
            parsed.only(),
            r#"{"kind":"monitor","monitor":0,"name":"eDP-1","is_automatic":true,"is_primary":true,"width":1920,"height":1080,"width_mm":309,"height_mm":173,"x":0,"y":0,"outputs":["eDP-1","DP-2"]}"#
        );
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let text = b"Screen 0: minimum 1 x 1, current 2 x 2, maximum 3 x 3\nA connected\n   1x1  x\n   2x2  60.00?\nB what\n   9x9  60.00\nC disconnected\n";
        let parsed = parse::<Xrandr>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 3), "{parsed:?}");
        assert!(!parsed.records[1].contains("9x9"));
        assert_unrecognised::<Xrandr>(["hello\n", "Can't open display \n", "Screen 0: hello\n", "   1x1  60.00\n"]);
    }
}
