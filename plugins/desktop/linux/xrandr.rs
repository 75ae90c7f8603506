//! `xrandr`: screens, and below each its outputs with their modes; with `--verbose` and `--props` much more of each.

mod mode;
mod monitor;
mod output;
mod screen;

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Record, Rows, Source};

pub use mode::Mode;
pub use monitor::Monitor;
pub use output::Output;
use output::UnderWay;
pub use screen::Screen;

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

/// Reads `xrandr`.
pub struct Xrandr {
    screen: Option<i64>,
    output: Block<Output>,
    /// A mode of which all that is known is said: of the output, or of none.
    mode: Block<Mode>,
    /// The property of the output.
    property: Option<UnderWay>,
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
            return self.heading(text, rows);
        }
        if self.output.is_lost() {
            return Ok(());
        }
        if text.bytes.starts_with(b"h: ") || text.bytes.starts_with(b"v: ") {
            return match self.mode.more(|| text.expected("a mode above its timing"))? {
                Some(mode) => Ok(mode.timing(text)?),
                None => Ok(()),
            };
        }
        if line.bytes.starts_with(b"\t") {
            let Some(output) = self.output.more(|| line.expected(EXPECTED))? else { return Ok(()) };
            self.verbose |= text.bytes.starts_with(b"Identifier:");
            return Ok(output.property(text, indent, &mut self.property)?);
        }
        // ` 0: +*eDP-1 1920/309x1080/173+0+0  eDP-1`
        if let Some((number, rest)) = text.split_once(": ")
            && let Some(number) = number.as_integer()
        {
            rows.push(Display::Monitor(Monitor::read(number, rest)?));
            return Ok(());
        }
        self.mode(text, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Xrandr {
    /// A line at the margin: a screen, an output, or what monitors follow.
    fn heading(&mut self, text: Field<'_>, rows: &mut Rows<Display>) -> Result<(), Error> {
        self.flush(rows);
        if let Some(rest) = text.strip_prefix("Screen ") {
            // Where the line is broken, what follows is of no screen.
            self.screen = None;
            let screen = Screen::read(rest)?;
            self.screen = Some(screen.screen);
            rows.push(Display::Screen(screen));
        } else if text.strip_prefix("Monitors: ").is_some_and(|count| count.as_integer().is_some()) {
            rows.recognise();
        } else {
            let output = Output::read(text, self.screen).and_then(|output| output.ok_or_else(|| text.expected(EXPECTED)));
            self.output.begin(output.map_err(Error::from))?;
            rows.recognise();
        }
        Ok(())
    }

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
            return self.mode.begin(new.detailed(id, rest).map_err(Error::from));
        }
        let Some(output) = self.output.more(|| text.expected(EXPECTED))? else { return Ok(()) };
        output.modes.extend(new.with_rates(rest)?);
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
    fn a_broken_property_is_no_part_of_the_one_above() {
        let text = b"A connected\n\tEDID: \n\t\t00ff\n\tnon-desktop 0\n\t\tsupported: 0, 1\n\tCRTC: 0\n";
        let parsed = parse::<Xrandr>(None, text);
        parsed.has(0, &[r#""properties":{"EDID":"00ff","CRTC":"0"}"#]);
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
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
