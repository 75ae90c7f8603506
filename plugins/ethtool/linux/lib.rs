//! `ethtool` prints what one flag asks for: settings, the driver (`-i`), features (`-k`), statistics (`-S`), rings (`-g`). All are lines
//! `NAME: VALUE` under a line that says whose they are.

mod module;

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

pub use module::Module;
use module::{property, put};

/// What `ethtool` prints of a network device.
#[derive(Debug, Record)]
pub enum Entry {
    /// Its settings.
    Settings(Box<Settings>),
    /// Its driver (`-i`).
    Driver(Driver),
    /// One of its features (`-k`).
    Feature(Feature),
    /// What it counted (`-S`).
    Statistics(Statistics),
    /// Sizes of its rings (`-g`).
    Rings(Rings),
    /// The module that is plugged into it (`-m`).
    Module(Module),
}

/// Settings of a network device.
#[derive(Clone, Debug, Default, Record)]
pub struct Settings {
    /// The device.
    #[field(key)]
    pub interface: Vec<u8>,
    /// Speed.
    #[field(unit = "bits/s")]
    pub speed: Option<i64>,
    /// The same as printed.
    pub speed_text: Option<Vec<u8>>,
    /// `Full`, `Half`, or `Unknown! (255)`.
    pub duplex: Option<Vec<u8>>,
    /// Whether it negotiates.
    pub auto_negotiation: Option<bool>,
    /// Whether it has a link.
    pub link_detected: Option<bool>,
    /// Port: `Twisted Pair`, `FIBRE`, …
    pub port: Option<Vec<u8>>,
    /// Ports that it has.
    pub supported_ports: Vec<Vec<u8>>,
    /// Modes that it can work in.
    pub supported_link_modes: Vec<Vec<u8>>,
    /// Modes that it offers.
    pub advertised_link_modes: Vec<Vec<u8>>,
    /// Modes that the other end offers.
    pub partner_link_modes: Vec<Vec<u8>>,
    /// All else, by its name. Further lines follow after a line end.
    pub details: Map<Vec<u8>>,
}

/// A driver.
#[derive(Clone, Debug, Default, Record)]
pub struct Driver {
    /// Its name.
    pub driver: Option<Vec<u8>>,
    /// Its version.
    pub version: Option<Vec<u8>>,
    /// Version of the firmware.
    pub firmware_version: Option<Vec<u8>>,
    /// Where it is on its bus.
    pub bus_info: Option<Vec<u8>>,
    /// What else it says and can do.
    pub details: Map<Vec<u8>>,
}

/// A feature.
#[derive(Clone, Debug, Default, Record)]
pub struct Feature {
    /// The device.
    #[field(key)]
    pub interface: Vec<u8>,
    /// Its name.
    #[field(key)]
    pub name: Vec<u8>,
    /// The feature that it is a part of.
    pub parent: Option<Vec<u8>>,
    /// Whether it is on.
    pub is_on: bool,
    /// Whether it cannot be changed.
    pub is_fixed: bool,
    /// Whether it was asked to be on, where it is otherwise.
    pub requested_on: Option<bool>,
}

/// What a device counted.
#[derive(Clone, Debug, Default, Record)]
pub struct Statistics {
    /// Numbers, by their names.
    pub statistics: Map<i64>,
}

/// Sizes of rings.
#[derive(Clone, Debug, Default, Record)]
pub struct Rings {
    /// The device.
    #[field(key)]
    pub interface: Vec<u8>,
    /// The most that can be set; null where it is not known.
    pub maximum: Map<Option<i64>>,
    /// What is set; null where it is not known.
    pub current: Map<Option<i64>>,
    /// What is set and is no number: `TX push` is `off`.
    pub settings: Map<Vec<u8>>,
}

/// Reads `ethtool`.
pub struct Ethtool {
    state: State,
}

enum State {
    Start,
    Settings(Box<Settings>, Vec<u8>),
    Driver(Driver),
    Features(Vec<u8>, Option<Vec<u8>>),
    Statistics(Statistics),
    Rings(Rings, bool),
    Module(Module),
}

const EXPECTED: &str =
    "`Settings for …:`, `driver: …`, `Features for …:`, `NIC statistics:`, `Ring parameters for …:` or `Identifier : …`";

impl Parser for Ethtool {
    const ABOUT: About = About {
        name: "ethtool-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Network devices, as ethtool prints them",
        commands: &["ethtool"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;

    fn new(_: &Source) -> Self {
        Ethtool { state: State::Start }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        let name_in =
            |start: &str| text.strip_prefix(start).and_then(|rest| rest.strip_suffix(":")).map(|name| name.bytes.to_vec());
        let next = if let Some(interface) = name_in("Settings for ") {
            Some(State::Settings(Box::new(Settings { interface, ..Settings::default() }), Vec::new()))
        } else if let Some(interface) = name_in("Features for ") {
            Some(State::Features(interface, None))
        } else if let Some(interface) = name_in("Ring parameters for ") {
            Some(State::Rings(Rings { interface, ..Rings::default() }, true))
        } else if text.bytes == b"NIC statistics:" {
            Some(State::Statistics(Statistics::default()))
        } else if text.bytes.starts_with(b"driver: ") {
            Some(State::Driver(Driver::default()))
        } else if property(text).is_some_and(|(name, _)| name.bytes == b"Identifier") {
            Some(State::Module(Module::default()))
        } else {
            None
        };
        let begins_with_its_first = matches!(next, Some(State::Driver(_) | State::Module(_)));
        if let Some(next) = next {
            self.flush(rows);
            self.state = next;
            rows.recognise();
            if !begins_with_its_first {
                return Ok(());
            }
        }
        match &mut self.state {
            State::Start if rows.recognised() => Err(line.expected(EXPECTED).into()),
            State::Start => Err(Error::Unrecognised(line.expected(EXPECTED))),
            State::Settings(..) if !whole.bytes[0].is_ascii_whitespace() && !is_complaint(text) => {
                // What stands below a heading that is broken is not of the device above.
                self.flush(rows);
                Err(line.expected(EXPECTED).into())
            }
            State::Settings(settings, last) => Ok(setting(settings, last, text)?),
            State::Driver(driver) => {
                let (name, value) = text.split_once(":").ok_or_else(|| text.expected("`NAME: VALUE`"))?;
                let value = Some(value.trim().bytes.to_vec()).filter(|value| !value.is_empty() && value != b"N/A");
                match name.bytes {
                    b"driver" => driver.driver = value,
                    b"version" => driver.version = value,
                    b"firmware-version" => driver.firmware_version = value,
                    b"bus-info" => driver.bus_info = value,
                    _ => driver.details.0.extend(value.map(|value| (name.bytes.to_vec(), value))),
                }
                Ok(())
            }
            State::Features(interface, parent) => {
                let below = whole.bytes[0].is_ascii_whitespace();
                // Should this line be broken, those below it are not of the feature above.
                let above = if below { parent.clone() } else { parent.take() };
                let (name, value) = text.split_once(": ").ok_or_else(|| text.expected("`FEATURE: on` or `off`"))?;
                let mut words = value.fields();
                let is_on = match words.next().map(|word| word.bytes) {
                    Some(b"on") => true,
                    Some(b"off") => false,
                    _ => return Err(value.expected("`on` or `off`").into()),
                };
                let remark = value.split_once("[").and_then(|(_, remark)| remark.strip_suffix("]"));
                rows.push(Entry::Feature(Feature {
                    interface: interface.clone(),
                    name: name.bytes.to_vec(),
                    parent: above.filter(|_| below),
                    is_on,
                    is_fixed: remark.is_some_and(|remark| remark.find("fixed").is_some()),
                    requested_on: remark.and_then(|remark| remark.strip_prefix("requested ")).map(|asked| asked.bytes == b"on"),
                }));
                if !below {
                    *parent = Some(name.bytes.to_vec());
                }
                Ok(())
            }
            State::Statistics(statistics) => {
                let (name, value) = text.rsplit_once(": ").ok_or_else(|| text.expected("`NAME: NUMBER`"))?;
                statistics.statistics.0.push((name.bytes.to_vec(), value.trim().integer()?));
                Ok(())
            }
            State::Module(module) => Ok(put(module, text)?),
            State::Rings(rings, maximum) => {
                if text.bytes == b"Pre-set maximums:" || text.bytes == b"Current hardware settings:" {
                    *maximum = text.bytes[0] == b'P';
                    return Ok(());
                }
                let (name, value) = text.split_once(":").ok_or_else(|| text.expected("`NAME: NUMBER`"))?;
                let value = value.trim();
                // Newer versions have words among them: `off`, and nothing where the driver does not say.
                let number = value.as_integer();
                if number.is_none() && !matches!(value.bytes, b"" | b"n/a") {
                    rings.settings.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
                    return Ok(());
                }
                let place = if *maximum { &mut rings.maximum } else { &mut rings.current };
                place.0.push((name.bytes.to_vec(), number));
                Ok(())
            }
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl Ethtool {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        match std::mem::replace(&mut self.state, State::Start) {
            State::Start | State::Features(..) => {}
            State::Settings(settings, _) => rows.push(Entry::Settings(settings)),
            State::Driver(driver) => rows.push(Entry::Driver(driver)),
            State::Statistics(statistics) => rows.push(Entry::Statistics(statistics)),
            State::Rings(rings, _) => rows.push(Entry::Rings(rings)),
            State::Module(module) => rows.push(Entry::Module(module)),
        }
    }
}

/// What ethtool says of a setting that it could not read.
fn is_complaint(text: Field<'_>) -> bool {
    [&b"Cannot "[..], b"No data available", b"netlink error"].iter().any(|start| text.bytes.starts_with(start))
}

/// `NAME: VALUE`, or more of the value above.
fn setting(settings: &mut Settings, last: &mut Vec<u8>, text: Field<'_>) -> Result<(), Problem> {
    let words = |text: Field<'_>| {
        text.fields().map(|word| word.bytes.to_vec()).filter(|word| word != b"[" && word != b"]").collect::<Vec<_>>()
    };
    // Further lines have words only, and no name with a colon.
    let titled = text.split_once(": ").or_else(|| text.strip_suffix(":").map(|name| (name, text.split_at(text.bytes.len()).1)));
    let (name, value, more) = match titled {
        Some((name, value)) => (name.bytes.to_vec(), value.trim(), false),
        None => (last.clone(), text, true),
    };
    *last = name.clone();
    let list = match name.as_slice() {
        b"Supported ports" => Some(&mut settings.supported_ports),
        b"Supported link modes" => Some(&mut settings.supported_link_modes),
        b"Advertised link modes" => Some(&mut settings.advertised_link_modes),
        b"Link partner advertised link modes" => Some(&mut settings.partner_link_modes),
        _ => None,
    };
    if let Some(list) = list {
        if value.bytes != b"Not reported" {
            list.extend(words(value));
        }
        return Ok(());
    }
    let yes = |value: Field<'_>| match value.bytes {
        b"yes" | b"on" => Some(true),
        b"no" | b"off" => Some(false),
        _ => None,
    };
    match name.as_slice() {
        b"Speed" => {
            settings.speed_text = Some(value.bytes.to_vec());
            settings.speed = value
                .strip_suffix("Mb/s")
                .map(|number| number.integer())
                .transpose()?
                .map(|megabits| megabits.saturating_mul(1_000_000));
        }
        b"Duplex" if !value.bytes.starts_with(b"Unknown!") => settings.duplex = Some(value.bytes.to_vec()),
        b"Port" => settings.port = Some(value.bytes.to_vec()),
        b"Auto-negotiation" => settings.auto_negotiation = yes(value),
        b"Link detected" => {
            // `no (No cable)`
            let (answer, reason) = value.split_once(" ").map_or((value, None), |(answer, reason)| (answer, Some(reason)));
            settings.link_detected = yes(answer);
            settings.details.0.extend(reason.map(|_| (name, value.bytes.to_vec())));
        }
        _ => match settings.details.0.iter_mut().find(|(known, _)| *known == name && more) {
            Some((_, known)) => known.extend([b"\n", value.bytes].concat()),
            None => settings.details.0.push((name, value.bytes.to_vec())),
        },
    }
    Ok(())
}

outparse_sdk::export!(Ethtool);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Ethtool;

    #[test]
    fn a_setting_may_begin_with_a_small_letter() {
        let capture = "Settings for a:\n\tAuto-negotiation: on\n\tmaster-slave cfg: preferred slave\n\tLink detected: yes\n\tSQI: 5/7\nnetlink error: Operation not permitted\n";
        let parsed = parse::<Ethtool>(None, capture.as_bytes());
        let record = parsed.only();
        assert!(record.contains(r#""auto_negotiation":true"#), "{record}");
        assert!(
            record.contains(
                r#""details":{"master-slave cfg":"preferred slave","SQI":"5/7","netlink error":"Operation not permitted"}"#
            ),
            "{record}"
        );
    }

    #[test]
    fn what_stands_below_a_broken_heading_is_of_no_device() {
        let capture = "Settings for a:\n\tSpeed: 100Mb/s\n\tDuplex: Unknown! (255)\nCannot get wake-on-lan settings: Operation not permitted\n\t\
            Link detected: no (No cable)\nSettngs for b:\n\tSpeed: 10Mb/s\nSettings for c:\n\tSpeed: 1000Mb/s\n";
        let parsed = parse::<Ethtool>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        for part in [r#""speed":100000000,"#, r#""duplex":null"#, r#""Link detected":"no (No cable)""#] {
            assert!(parsed.records[0].contains(part), "{part} in {parsed:?}");
        }
    }

    #[test]
    fn each_flag_has_its_kind() {
        let settings = "Settings for eth0:\n\tSupported ports: [ TP MII ]\n\tSupported link modes:   10baseT/Half 10baseT/Full \n\t                        100baseT/Half \n\tSpeed: 100Mb/s\n\tDuplex: Full\n\tCurrent message level: 0x7 (7)\n\t\t\t       drv probe\n\tLink detected: yes\n";
        let parsed = parse::<Ethtool>(None, settings.as_bytes());
        assert_eq!(
            parsed.records,
            [
                "{\"kind\":\"settings\",\"interface\":\"eth0\",\"speed\":100000000,\"speed_text\":\"100Mb/s\",\"duplex\":\"Full\",\"auto_negotiation\":null,\"link_detected\":true,\"port\":null,\"supported_ports\":[\"TP\",\"MII\"],\"supported_link_modes\":[\"10baseT/Half\",\"10baseT/Full\",\"100baseT/Half\"],\"advertised_link_modes\":[],\"partner_link_modes\":[],\"details\":{\"Current message level\":\"0x7 (7)\\ndrv probe\"}}"
            ]
        );
        assert_any_split::<Ethtool>(None, settings.as_bytes());
        let features = parse::<Ethtool>(
            None,
            b"Features for eth0:\nrx-checksumming: on [fixed]\ntx-checksumming: off\n\ttx-checksum-ipv4: off [requested on]\n",
        );
        assert_eq!(
            features.records[2],
            r#"{"kind":"feature","interface":"eth0","name":"tx-checksum-ipv4","parent":"tx-checksumming","is_on":false,"is_fixed":false,"requested_on":true}"#
        );
        let statistics = parse::<Ethtool>(None, b"NIC statistics:\n     rx_queue_0: a: 7\n");
        assert_eq!(statistics.records, [r#"{"kind":"statistics","statistics":{"rx_queue_0: a":7}}"#]);
        let rings = parse::<Ethtool>(
            None,
            b"Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t256\nRX Mini:\tn/a\nCurrent hardware settings:\nRX:\t\t128\nTX Push:\toff\n",
        );
        assert_eq!(
            rings.records,
            [
                r#"{"kind":"rings","interface":"eth0","maximum":{"RX":256,"RX Mini":null},"current":{"RX":128},"settings":{"TX Push":"off"}}"#
            ]
        );
        let driver =
            parse::<Ethtool>(None, b"driver: virtio_net\nversion: 1.0.0\nfirmware-version: \nsupports-eeprom-access: no\n");
        assert_eq!(
            driver.records,
            [
                r#"{"kind":"driver","driver":"virtio_net","version":"1.0.0","firmware_version":null,"bus_info":null,"details":{"supports-eeprom-access":"no"}}"#
            ]
        );
        assert_unrecognised::<Ethtool>(["hello\n", "Settings\n", ""]);
    }
}
