//! `amixer`: a block a control, with a line for each of its channels.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// A control of the mixer.
#[derive(Clone, Debug, Default, Record)]
pub struct Control {
    /// Its name.
    #[field(key)]
    pub control: Vec<u8>,
    /// Which one of those with the same name.
    #[field(key)]
    pub index: i64,
    /// What it can do: `pvolume`, `cswitch`, `enum`, …
    pub capabilities: Vec<Vec<u8>>,
    /// Channels that are played.
    pub playback_channels: Vec<Vec<u8>>,
    /// Channels that are recorded.
    pub capture_channels: Vec<Vec<u8>>,
    /// Number of the exclusive group that it is in.
    pub capture_group: Option<i64>,
    /// Smallest value for what is played; that of both, where they have one.
    pub playback_minimum: Option<i64>,
    /// Largest value for what is played.
    pub playback_maximum: Option<i64>,
    /// Smallest value for what is recorded.
    pub capture_minimum: Option<i64>,
    /// Largest value for what is recorded.
    pub capture_maximum: Option<i64>,
    /// What can be chosen.
    pub items: Vec<Vec<u8>>,
    /// What is chosen.
    pub chosen: Vec<Vec<u8>>,
    /// Its channels, each way of them.
    pub channels: Vec<Channel>,
}

/// A channel of a control.
#[derive(Clone, Debug, Default, Record)]
pub struct Channel {
    /// The channel: `Mono`, `Front Left`, …
    pub channel: Vec<u8>,
    /// Which way: `playback`, `capture`; null where the control is for both.
    pub direction: Option<Vec<u8>>,
    /// Its value; null where there is only a switch.
    #[field(gauge)]
    pub volume: Option<i64>,
    /// The same between its limits.
    #[field(unit = "percent", gauge)]
    pub volume_percent: Option<i64>,
    /// The same in decibels.
    #[field(unit = "dB", gauge)]
    pub volume_decibels: Option<f64>,
    /// Whether it is on; null where it has no switch.
    pub is_on: Option<bool>,
}

/// Reads `amixer`.
pub struct Amixer {
    control: Block<Control>,
}

const EXPECTED: &str = "`Simple mixer control 'NAME',NUMBER`";

impl Parser for Amixer {
    const ABOUT: About = About {
        name: "amixer",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Controls of the mixer, as amixer of ALSA prints them",
        commands: &["amixer"],
        dialect: "alsa",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Control;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Amixer { control: Block::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if !line.bytes.starts_with(b" ") {
            self.flush(rows);
            self.control.begin(Control::begin(line))?;
            rows.recognise();
            return Ok(());
        }
        let Some(control) = self.control.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        let (name, value) = whole.trim().split_once(":").ok_or_else(|| whole.trim().expected("`NAME: VALUE`"))?;
        control.read(name, value.trim())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Amixer {
    fn flush(&mut self, rows: &mut Rows<Control>) {
        self.control.take().into_iter().for_each(|control| rows.push(control));
    }
}

impl Control {
    fn begin(line: Line<'_>) -> Result<Control, Error> {
        let expected = || line.expected(EXPECTED);
        let rest = line.whole().strip_prefix("Simple mixer control '").ok_or_else(expected)?;
        let (name, index) = rest.rsplit_once("',").ok_or_else(expected)?;
        Ok(Control { control: name.bytes.to_vec(), index: index.trim().integer()?, ..Control::default() })
    }

    fn read(&mut self, name: Field<'_>, value: Field<'_>) -> Result<(), Error> {
        let channels = || value.split(" - ").map(|channel| channel.trim().bytes.to_vec()).collect();
        match name.bytes {
            b"Capabilities" => self.capabilities = value.fields().map(|word| word.bytes.to_vec()).collect(),
            b"Playback channels" => self.playback_channels = channels(),
            b"Capture channels" => self.capture_channels = channels(),
            b"Capture exclusive group" => self.capture_group = Some(value.integer()?),
            b"Limits" => self.limits(value)?,
            b"Items" => self.items = quoted(value)?,
            name if name.strip_prefix(b"Item").is_some_and(|number| number.iter().all(u8::is_ascii_digit)) => {
                self.chosen.extend(quoted(value)?);
            }
            // Of a control with several channels this is a title.
            b"Mono" if value.bytes.is_empty() => {}
            _ => self.channel(name, value)?,
        }
        Ok(())
    }

    /// `Playback 0 - 87 Capture 0 - 31`, `0 - 31`
    fn limits(&mut self, value: Field<'_>) -> Result<(), Error> {
        let mut words = value.fields().peekable();
        while words.peek().is_some() {
            let way = words.next_if(|word| matches!(word.bytes, b"Playback" | b"Capture"));
            let mut next = || words.next().ok_or_else(|| value.expected("`NUMBER - NUMBER`"));
            let (from, dash, to) = (next()?.integer()?, next()?, next()?.integer()?);
            if dash.bytes != b"-" {
                return Err(dash.expected("`-`").into());
            }
            if way.is_some_and(|way| way.bytes == b"Capture") {
                (self.capture_minimum, self.capture_maximum) = (Some(from), Some(to));
            } else {
                (self.playback_minimum, self.playback_maximum) = (Some(from), Some(to));
            }
        }
        Ok(())
    }

    /// `Playback 44 [69%] [-20.00dB] [on] Capture 63 [100%] [30.00dB] [on]`
    fn channel(&mut self, name: Field<'_>, value: Field<'_>) -> Result<(), Error> {
        let new = |direction: Option<Field<'_>>| Channel {
            channel: name.bytes.to_vec(),
            direction: direction.map(|direction| direction.bytes.to_ascii_lowercase()),
            ..Channel::default()
        };
        let mut found: Vec<Channel> = Vec::new();
        for word in value.fields() {
            if matches!(word.bytes, b"Playback" | b"Capture") {
                found.push(new(Some(word)));
                continue;
            }
            if found.is_empty() {
                found.push(new(None));
            }
            let Some(channel) = found.last_mut() else { continue };
            match word.strip_prefix("[").and_then(|word| word.strip_suffix("]")) {
                None => channel.volume = Some(word.integer()?),
                Some(inner) => match inner.bytes {
                    b"on" => channel.is_on = Some(true),
                    b"off" => channel.is_on = Some(false),
                    bytes if bytes.ends_with(b"%") => channel.volume_percent = Some(inner.percent()?),
                    _ => {
                        let number =
                            inner.strip_suffix("dB").ok_or_else(|| inner.expected("`NUMBER%`, `NUMBERdB`, `on` or `off`"))?;
                        // What is silent has no number.
                        channel.volume_decibels = if number.bytes == b"-99999.99" { None } else { Some(number.float()?) };
                    }
                },
            }
        }
        // A number by itself is no volume: something else that broke has one.
        let is_channel =
            |channel: &Channel| channel.volume_percent.is_some() || channel.is_on.is_some() || channel.direction.is_some();
        if !found.iter().any(is_channel) {
            return Err(name.expected("what amixer says of a control").into());
        }
        self.channels.append(&mut found);
        Ok(())
    }
}

/// `'Disabled' 'Enabled'`
fn quoted(value: Field<'_>) -> Result<Vec<Vec<u8>>, Error> {
    let inner = value.strip_prefix("'").and_then(|value| value.strip_suffix("'"));
    let inner = inner.ok_or_else(|| value.expected("names in quotes"))?;
    Ok(inner.split("' '").map(|item| item.bytes.to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Amixer;

    const TEXT: &[u8] = b"Simple mixer control 'Master',0\n  Capabilities: pvolume cvolume pswitch\n  Playback channels: Front Left - Front Right\n\
        \x20 Capture channels: Mono\n  Limits: Playback 0 - 87 Capture 0 - 31\n  Mono:\n  Front Left: Playback 44 [51%] [-20.50dB] [on] Capture 3 [10%]\n\
        \x20 Front Right: Playback [off]\nSimple mixer control 'Auto-Mute 'x' Mode',1\n  Capabilities: enum\n  Items: 'Disabled' 'Line Out+Speaker'\n  Item0: 'Disabled'\n";

    #[test]
    fn controls_are_read() {
        let parsed = parse::<Amixer>(None, TEXT);
        let records = parsed.sound();
        assert_eq!(records.len(), 2);
        for part in [
            r#""playback_channels":["Front Left","Front Right"],"capture_channels":["Mono"],"playback_minimum":0,"playback_maximum":87,"capture_minimum":0,"capture_maximum":31"#,
            r#"{"channel":"Front Left","direction":"playback","volume":44,"volume_percent":51,"volume_decibels":-20.5,"is_on":true},{"channel":"Front Left","direction":"capture","volume":3,"volume_percent":10}"#,
            r#"{"channel":"Front Right","direction":"playback","is_on":false}"#,
        ] {
            assert!(records[0].contains(part), "{part}: {}", records[0]);
        }
        assert!(records[1].contains(r#""control":"Auto-Mute 'x' Mode","index":1"#), "{}", records[1]);
        assert!(records[1].contains(r#""items":["Disabled","Line Out+Speaker"],"chosen":["Disabled"]"#), "{}", records[1]);
        assert_any_split::<Amixer>(None, TEXT);
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let text = b"Simple mixer control 'A',0\n  Limits: 0 to 3\n  Mono: 3 [x]\n  What:\n  x exclusive group: 0\n  Mono: 3 [10%]\nSimple mixer\n  Mono: 9 [9%]\n";
        let parsed = parse::<Amixer>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 5), "{parsed:?}");
        parsed
            .has(0, &[r#""channels":[{"channel":"Mono","direction":null,"volume":3,"volume_percent":10,"#, r#""is_on":null}]"#]);
        assert_unrecognised::<Amixer>(["hello\n", "  Mono: 3\n", "amixer: Mixer attach default error: No such file\n"]);
    }
}
