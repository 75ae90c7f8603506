//! `iwconfig`: a block an interface, in which pieces of text stand two blanks apart.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// A wireless interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface {
    /// The interface.
    #[field(key)]
    pub interface: Vec<u8>,
    /// The standard that it keeps to: `IEEE 802.11`.
    pub standard: Option<Vec<u8>>,
    /// Name of the network; null where it is off or any.
    pub ssid: Option<Vec<u8>>,
    /// The name that it gives itself.
    pub nickname: Option<Vec<u8>>,
    /// Mode: `Managed`, `Ad-Hoc`, `Master`, `Monitor`, …
    pub operating_mode: Option<Vec<u8>>,
    /// Frequency.
    #[field(unit = "hertz", approximate)]
    pub frequency: Option<f64>,
    /// Channel, where that is said instead.
    pub channel: Option<i64>,
    /// Address of the access point, or of the cell in mode `Ad-Hoc`; null where there is none.
    pub access_point: Option<Vec<u8>>,
    /// Rate at which it sends.
    #[field(unit = "bits/s", gauge)]
    pub bit_rate: Option<f64>,
    /// Power with which it sends; null where it is off.
    #[field(unit = "dBm", gauge)]
    pub tx_power: Option<f64>,
    /// How often a short packet is sent again at most.
    pub retry_short_limit: Option<i64>,
    /// How often a long packet is sent again at most.
    pub retry_long_limit: Option<i64>,
    /// Size from which on permission to send is asked for; null where it is off.
    #[field(unit = "bytes")]
    pub rts_threshold: Option<i64>,
    /// Size from which on packets are sent in pieces; null where it is off.
    #[field(unit = "bytes")]
    pub fragment_threshold: Option<i64>,
    /// Whether there is a key: `off`, or the key as it is printed.
    pub encryption_key: Option<Vec<u8>>,
    /// Whether it saves power.
    pub power_management: Option<bool>,
    /// How good the link is, as the driver counts it.
    #[field(gauge)]
    pub link_quality: Option<i64>,
    /// How good it could be.
    pub link_quality_maximum: Option<i64>,
    /// How strong the signal is.
    #[field(unit = "dBm", gauge)]
    pub signal: Option<f64>,
    /// How strong the noise is.
    #[field(unit = "dBm", gauge)]
    pub noise: Option<f64>,
    /// Levels as they are printed, where they are not in dBm.
    pub levels: Vec<Vec<u8>>,
    /// Packets of other networks.
    #[field(counter)]
    pub rx_invalid_network: Option<i64>,
    /// Packets that could not be decrypted.
    #[field(counter)]
    pub rx_invalid_encryption: Option<i64>,
    /// Packets whose pieces did not fit together.
    #[field(counter)]
    pub rx_invalid_fragment: Option<i64>,
    /// Packets that were given up.
    #[field(counter)]
    pub tx_excessive_retries: Option<i64>,
    /// Packets lost for other reasons.
    #[field(counter)]
    pub invalid_other: Option<i64>,
    /// Beacons missed.
    #[field(counter)]
    pub missed_beacons: Option<i64>,
    /// What else is printed.
    pub others: Vec<Vec<u8>>,
}

/// Reads `iwconfig`.
pub struct Iwconfig {
    interface: Block<Interface>,
}

const EXPECTED: &str = "`INTERFACE  IEEE 802.11  ESSID:…` or `INTERFACE  no wireless extensions.`";

impl Parser for Iwconfig {
    const ABOUT: About = About {
        name: "iwconfig",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Wireless interfaces, as iwconfig of wireless-tools prints them",
        commands: &["iwconfig"],
        dialect: "wireless-tools",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Interface;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Iwconfig { interface: Block::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if !line.bytes.starts_with(b" ") && !line.bytes.starts_with(b"\t") {
            self.flush(rows);
            let [name, rest] = whole.fields_and_rest()?;
            if rest.trim().bytes == b"no wireless extensions." {
                self.interface.skip();
                rows.recognise();
                return Ok(());
            }
            let is_known = pieces(rest).next().is_some_and(|first| first.bytes.starts_with(b"IEEE 802"))
                || rest.find("ESSID:").is_some()
                || rest.find("Mode:").is_some();
            let begun = Interface { interface: name.bytes.to_vec(), ..Interface::default() };
            self.interface.begin(if is_known { Ok(begun) } else { Err(line.expected(EXPECTED).into()) })?;
            rows.recognise();
            return self.read(line, rest, rows);
        }
        self.read(line, whole, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Iwconfig {
    fn flush(&mut self, rows: &mut Rows<Interface>) {
        self.interface.take().into_iter().for_each(|interface| rows.push(interface));
    }

    /// A piece that cannot be read costs itself.
    fn read(&mut self, line: Line<'_>, text: Field<'_>, rows: &mut Rows<Interface>) -> Result<(), Error> {
        let Some(interface) = self.interface.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        for piece in pieces(text) {
            if let Err(Error::Line(problem)) = interface.read(piece) {
                rows.problem(problem);
            }
        }
        Ok(())
    }
}

/// Between two blanks or more; what is quoted is not parted.
fn pieces(text: Field<'_>) -> impl Iterator<Item = Field<'_>> {
    let mut rest = text.trim();
    std::iter::from_fn(move || {
        if rest.bytes.is_empty() {
            return None;
        }
        let quote = rest.find("\"").filter(|at| rest.find("  ").is_none_or(|blanks| *at < blanks));
        // The name of a network may have quotes of its own: the last one before two blanks or the end is its end.
        let from = quote.map_or(0, |quote| {
            let inner = rest.split_at(quote + 1).1;
            inner.find("\"  ").or_else(|| inner.rfind("\"")).map_or(0, |end| quote + 1 + end)
        });
        let end = rest.split_at(from).1.find("  ").map_or(rest.bytes.len(), |at| from + at);
        let (piece, after) = rest.split_at(end);
        rest = after.trim();
        Some(piece)
    })
}

impl Interface {
    fn read(&mut self, piece: Field<'_>) -> Result<(), Error> {
        let at = piece.bytes.iter().position(|byte| *byte == b':' || *byte == b'=');
        let Some(at) = at else {
            match self.standard {
                None => self.standard = Some(piece.bytes.to_vec()),
                // `Retry  long limit:7` has two blanks.
                Some(_) if piece.bytes == b"Retry" => {}
                Some(_) => self.others.push(piece.bytes.to_vec()),
            }
            return Ok(());
        };
        let (name, value) = (piece.split_at(at).0.trim(), piece.split_at(at + 1).1.trim());
        let off = matches!(value.bytes, b"off" | b"off/any" | b"any");
        let number = |unless_off: bool| -> Result<Option<i64>, Error> {
            Ok(if unless_off && off { None } else { Some(value.fields().next().unwrap_or(value).integer()?) })
        };
        match name.bytes {
            b"ESSID" => self.ssid = quoted(value)?,
            b"Nickname" => self.nickname = quoted(value)?,
            b"Mode" => self.operating_mode = Some(value.bytes.to_vec()),
            b"Frequency" => self.frequency = Some(scaled(value, "Hz")?),
            b"Channel" => self.channel = number(false)?,
            b"Access Point" | b"Cell" => {
                self.access_point = Some(value.bytes.to_vec()).filter(|value| value != b"Not-Associated" && value != b"Invalid");
            }
            b"Bit Rate" => self.bit_rate = if off { None } else { Some(scaled(value, "b/s")?) },
            b"Tx-Power" => self.tx_power = if off { None } else { Some(dbm(value)?) },
            b"Retry short limit" | b"Retry  short limit" | b"Retry min limit" | b"Retry" | b"Retry limit" => {
                self.retry_short_limit = number(true)?;
            }
            b"long limit" | b"Retry long limit" | b"Retry max limit" => self.retry_long_limit = number(true)?,
            b"RTS thr" => self.rts_threshold = number(true)?,
            b"Fragment thr" => self.fragment_threshold = number(true)?,
            b"Encryption key" => self.encryption_key = Some(value.bytes.to_vec()),
            b"Power Management" => {
                self.power_management = match value.bytes {
                    b"on" => Some(true),
                    b"off" => Some(false),
                    _ => return Err(value.expected("`on` or `off`").into()),
                };
            }
            b"Link Quality" => {
                // Old drivers do not say out of how many.
                let (quality, maximum) = value.split_once("/").map_or((value, None), |(quality, of)| (quality, Some(of)));
                self.link_quality = Some(quality.integer()?);
                self.link_quality_maximum = maximum.map(|maximum| maximum.integer()).transpose()?;
            }
            b"Signal level" if value.bytes.ends_with(b"dBm") => self.signal = Some(dbm(value)?),
            b"Noise level" if value.bytes.ends_with(b"dBm") => self.noise = Some(dbm(value)?),
            b"Signal level" | b"Noise level" => self.levels.push(piece.bytes.to_vec()),
            b"Rx invalid nwid" => self.rx_invalid_network = number(false)?,
            b"Rx invalid crypt" => self.rx_invalid_encryption = number(false)?,
            b"Rx invalid frag" => self.rx_invalid_fragment = number(false)?,
            b"Tx excessive retries" => self.tx_excessive_retries = number(false)?,
            b"Invalid misc" => self.invalid_other = number(false)?,
            b"Missed beacon" => self.missed_beacons = number(false)?,
            _ => self.others.push(piece.bytes.to_vec()),
        }
        Ok(())
    }
}

/// `"the name"`; nothing for `off/any`.
fn quoted(value: Field<'_>) -> Result<Option<Vec<u8>>, Error> {
    if matches!(value.bytes, b"off/any" | b"any" | b"off") {
        return Ok(None);
    }
    let inner = value.strip_prefix("\"").and_then(|value| value.strip_suffix("\""));
    Ok(Some(inner.ok_or_else(|| value.expected("a name in quotes, or `off/any`"))?.bytes.to_vec()))
}

/// `5.18 GHz`, `72.2 Mb/s`
fn scaled(value: Field<'_>, unit: &str) -> Result<f64, Error> {
    let expected = || value.expected(&format!("a number of G{unit}, M{unit} or k{unit}"));
    let [number, said] = value.fields_and_rest()?;
    let power = match said.trim().bytes.strip_suffix(unit.as_bytes()).ok_or_else(expected)? {
        b"G" => 9,
        b"M" => 6,
        b"k" | b"K" => 3,
        b"" => 0,
        _ => return Err(expected().into()),
    };
    Ok(number.float_e(power)?)
}

/// `30 dBm`
fn dbm(value: Field<'_>) -> Result<f64, Error> {
    let number = value.strip_suffix("dBm").ok_or_else(|| value.expected("a number of dBm"))?;
    Ok(number.trim().float()?)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Iwconfig;

    #[test]
    fn interfaces_are_read() {
        let parsed = parse::<Iwconfig>(
            None,
            b"lo        no wireless extensions.\n\nwlan0     IEEE 802.11abg  ESSID:\"a \"b\":  =c\"  Nickname:\"me\"\n\
              \x20         Mode:Managed  Frequency:5.18 GHz  Access Point: E6:63:DA:16:50:BF   \n\
              \x20         Bit Rate=72.2 Mb/s   Tx-Power=30 dBm   \n          Retry short limit:7   RTS thr:off   Fragment thr=2346 B\n\
              \x20         Power Management:on\n          Link Quality=58/70  Signal level=-52 dBm  Noise level=-92 dBm\n\
              \x20         Rx invalid nwid:0  Invalid misc:1766   Missed beacon:3\n\nwlan1     IEEE 802.11  ESSID:off/any  \n\
              \x20         Mode:Monitor  Access Point: Not-Associated   Tx-Power=off\n          Link Quality:1/5  Signal level=35/100\n",
        );
        let records = parsed.sound();
        for part in [
            r#""ssid":"a \"b\":  =c","nickname":"me","operating_mode":"Managed","frequency":5180000000,"#,
            r#""bit_rate":72200000,"tx_power":30,"retry_short_limit":7,"fragment_threshold":2346,"power_management":true"#,
            r#""link_quality":58,"link_quality_maximum":70,"signal":-52,"noise":-92"#,
            r#""invalid_other":1766,"missed_beacons":3"#,
        ] {
            assert!(records[0].contains(part), "{part}: {}", records[0]);
        }
        assert!(records[1].contains(r#""operating_mode":"Monitor","link_quality":1"#), "{}", records[1]);
        assert!(records[1].contains(r#""levels":["Signal level=35/100"]"#), "{}", records[1]);
    }

    #[test]
    fn old_drivers_are_read() {
        let parsed = parse::<Iwconfig>(
            None,
            b"wlan0     IEEE 802.11bg  ESSID:\"\"  \n          Retry  long limit:7   RTS thr:off   Fragment thr:off\n          Link Quality:0  Signal level:0  Noise level:0\n",
        );
        parsed.has(0, &[r#""retry_long_limit":7"#, r#""link_quality":0,"link_quality_maximum":null"#, r#""others":[]"#]);
        assert!(parsed.problems.is_empty(), "{parsed:?}");
    }

    #[test]
    fn a_broken_piece_costs_itself() {
        let parsed =
            parse::<Iwconfig>(None, b"wlan0     IEEE 802.11  ESSID:\"x\"\n          Bit Rate=fast Mb/s   Tx-Power=3 dBm\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        parsed.has(0, &[r#""tx_power":3"#]);
        let parsed = parse::<Iwconfig>(None, b"wlan0     IEEE 802.11  ESSID:\"x\"\nwlan1 what\n          Mode:Master\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        assert_unrecognised::<Iwconfig>(["hello\n", "eth0: flags=4163<UP>  mtu 1500\n", "a: b\n"]);
    }
}
