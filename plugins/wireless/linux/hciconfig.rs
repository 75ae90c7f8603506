//! `hciconfig`: a block an adapter, whose first line names it; `-a` says more of it.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// A Bluetooth adapter.
#[derive(Clone, Debug, Default, Record)]
pub struct Adapter {
    /// Its name: `hci0`.
    #[field(key)]
    pub device: Vec<u8>,
    /// What sort it is: `Primary`, `AMP`.
    pub r#type: Vec<u8>,
    /// The bus that it is on: `USB`, `UART`, …
    pub bus: Vec<u8>,
    /// Its address.
    pub mac_address: Option<Vec<u8>>,
    /// Largest packet of data.
    #[field(unit = "bytes")]
    pub acl_mtu: Option<i64>,
    /// How many of them it can hold.
    pub acl_packets: Option<i64>,
    /// Largest packet of voice.
    #[field(unit = "bytes")]
    pub sco_mtu: Option<i64>,
    /// How many of them it can hold.
    pub sco_packets: Option<i64>,
    /// `UP`, `RUNNING`, `DOWN`, `PSCAN`, …
    pub flags: Vec<Vec<u8>>,
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Packets of data received.
    #[field(counter)]
    pub rx_acl: Option<i64>,
    /// Packets of voice received.
    #[field(counter)]
    pub rx_sco: Option<i64>,
    /// Events received.
    #[field(counter)]
    pub rx_events: Option<i64>,
    /// Errors in what was received.
    #[field(counter)]
    pub rx_errors: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Packets of data sent.
    #[field(counter)]
    pub tx_acl: Option<i64>,
    /// Packets of voice sent.
    #[field(counter)]
    pub tx_sco: Option<i64>,
    /// Commands sent.
    #[field(counter)]
    pub tx_commands: Option<i64>,
    /// Errors in what was sent.
    #[field(counter)]
    pub tx_errors: Option<i64>,
    /// Features, eight bits each, in hexadecimal (`-a`).
    pub features: Vec<Vec<u8>>,
    /// Packets that it sends (`-a`).
    pub packet_types: Vec<Vec<u8>>,
    /// What a connection may do (`-a`).
    pub link_policy: Vec<Vec<u8>>,
    /// Its part in a connection (`-a`).
    pub link_mode: Vec<Vec<u8>>,
    /// The name that it gives others (`-a`).
    pub name: Option<Vec<u8>>,
    /// Class, in hexadecimal (`-a`).
    pub class: Option<Vec<u8>>,
    /// Classes of services (`-a`).
    pub service_classes: Vec<Vec<u8>>,
    /// Class of the device (`-a`).
    pub device_class: Option<Vec<u8>>,
    /// Version of the host's interface (`-a`).
    pub hci_version: Option<Vec<u8>>,
    /// Its revision (`-a`).
    pub hci_revision: Option<Vec<u8>>,
    /// Version of the link manager's protocol (`-a`).
    pub lmp_version: Option<Vec<u8>>,
    /// Its revision (`-a`).
    pub lmp_subversion: Option<Vec<u8>>,
    /// Manufacturer, with its number (`-a`).
    pub manufacturer: Option<Vec<u8>>,
}

/// What is said with `-a` alone.
const DETAILS: [&str; 13] = [
    "features",
    "packet_types",
    "link_policy",
    "link_mode",
    "name",
    "class",
    "service_classes",
    "device_class",
    "hci_version",
    "hci_revision",
    "lmp_version",
    "lmp_subversion",
    "manufacturer",
];

/// Reads `hciconfig`.
pub struct Hciconfig {
    adapter: Block<Adapter>,
    /// Those before it: which fields they have is known at the end.
    adapters: Vec<Adapter>,
    detailed: bool,
}

const EXPECTED: &str = "`DEVICE: Type: TYPE  Bus: BUS`";

impl Parser for Hciconfig {
    const ABOUT: About = About {
        name: "hciconfig",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Bluetooth adapters, as hciconfig of BlueZ prints them",
        commands: &["hciconfig"],
        dialect: "bluez",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Adapter;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Hciconfig { adapter: Block::default(), adapters: Vec::new(), detailed: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if !line.bytes.starts_with(b" ") && !line.bytes.starts_with(b"\t") {
            self.adapters.extend(self.adapter.take());
            self.adapter.begin(Adapter::begin(line))?;
            rows.recognise();
            return Ok(());
        }
        let Some(adapter) = self.adapter.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        self.detailed |= whole.trim().bytes.starts_with(b"Features: ");
        adapter.read(whole.trim())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if !self.detailed {
            rows.without(DETAILS);
        }
        self.adapters.drain(..).chain(self.adapter.take()).for_each(|adapter| rows.push(adapter));
        Ok(())
    }
}

impl Adapter {
    fn begin(line: Line<'_>) -> Result<Adapter, Error> {
        let expected = || line.expected(EXPECTED);
        let (device, rest) = line.whole().split_once(":").ok_or_else(expected)?;
        let (kind, bus) = rest.trim().strip_prefix("Type: ").and_then(|rest| rest.split_once("Bus: ")).ok_or_else(expected)?;
        Ok(Adapter {
            device: device.bytes.to_vec(),
            r#type: kind.trim().bytes.to_vec(),
            bus: bus.trim().bytes.to_vec(),
            ..Adapter::default()
        })
    }

    fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
        let Some((name, value)) = text.split_once(":") else {
            if !text.fields().all(|word| word.bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())) {
                return Err(text.expected("flags such as `UP RUNNING`, or `NAME: VALUE`").into());
            }
            self.flags = words(text);
            return Ok(());
        };
        let value = value.trim();
        let some = Some(value.bytes.to_vec()).filter(|value| !value.is_empty());
        match name.bytes {
            b"BD Address" => {
                let expected = || text.expected("`BD Address: ADDRESS  ACL MTU: SIZE:PACKETS  SCO MTU: SIZE:PACKETS`");
                let (address, rest) = value.split_once("ACL MTU: ").ok_or_else(expected)?;
                let (acl, sco) = rest.split_once("SCO MTU: ").ok_or_else(expected)?;
                let (acl, sco) = (pair(acl.trim())?, pair(sco.trim())?);
                self.mac_address = Some(address.trim().bytes.to_vec());
                (self.acl_mtu, self.acl_packets) = (Some(acl.0), Some(acl.1));
                (self.sco_mtu, self.sco_packets) = (Some(sco.0), Some(sco.1));
            }
            b"RX bytes" | b"TX bytes" => {
                let [bytes, acl, sco, last, errors] = counts(text)?;
                if name.bytes[0] == b'R' {
                    (self.rx_bytes, self.rx_acl, self.rx_sco) = (Some(bytes), Some(acl), Some(sco));
                    (self.rx_events, self.rx_errors) = (Some(last), Some(errors));
                } else {
                    (self.tx_bytes, self.tx_acl, self.tx_sco) = (Some(bytes), Some(acl), Some(sco));
                    (self.tx_commands, self.tx_errors) = (Some(last), Some(errors));
                }
            }
            b"Features" => self.features.extend(words(value)),
            b"Packet type" => self.packet_types = words(value),
            b"Link policy" => self.link_policy = words(value),
            b"Link mode" => self.link_mode = words(value),
            b"Name" => {
                let quoted = value.strip_prefix("'").and_then(|value| value.strip_suffix("'"));
                self.name = Some(quoted.unwrap_or(value).bytes.to_vec());
            }
            b"Class" => self.class = some,
            b"Service Classes" => {
                self.service_classes =
                    value.split(", ").filter(|class| class.bytes != b"Unspecified").map(|class| class.bytes.to_vec()).collect();
            }
            // A minor class that is unknown leaves a comma.
            b"Device Class" => self.device_class = value.bytes.strip_suffix(b",").or(Some(value.bytes)).map(<[u8]>::to_vec),
            b"HCI Version" => (self.hci_version, self.hci_revision) = version(value, "Revision:"),
            b"LMP Version" => (self.lmp_version, self.lmp_subversion) = version(value, "Subversion:"),
            b"Manufacturer" => self.manufacturer = some,
            _ => return Err(text.expected("what hciconfig says of an adapter").into()),
        }
        Ok(())
    }
}

fn words(text: Field<'_>) -> Vec<Vec<u8>> {
    text.fields().map(|word| word.bytes.to_vec()).collect()
}

/// `310:10`
fn pair(text: Field<'_>) -> Result<(i64, i64), Error> {
    let (size, packets) = text.split_once(":").ok_or_else(|| text.expected("`SIZE:PACKETS`"))?;
    Ok((size.integer()?, packets.integer()?))
}

/// `RX bytes:503 acl:0 sco:0 events:22 errors:0`
fn counts(text: Field<'_>) -> Result<[i64; 5], Error> {
    let names: [&[u8]; 5] = [b"bytes", b"acl", b"sco", if text.bytes[0] == b'R' { b"events" } else { b"commands" }, b"errors"];
    let mut words = text.fields().skip(1);
    let mut found = [0; 5];
    for (place, name) in found.iter_mut().zip(names) {
        let word = words.next().unwrap_or(text);
        let expected = || word.expected(&format!("`{}:NUMBER`", String::from_utf8_lossy(name)));
        let (_, number) = word.split_once(":").filter(|(said, _)| said.bytes == name).ok_or_else(expected)?;
        *place = number.integer()?;
    }
    match words.next() {
        Some(more) => Err(more.expected("the end of the line").into()),
        None => Ok(found),
    }
}

/// `4.0 (0x6)  Revision: 0x22bb`
fn version(value: Field<'_>, second: &str) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    match value.split_once(second) {
        Some((version, revision)) => (Some(version.trim().bytes.to_vec()), Some(revision.trim().bytes.to_vec())),
        None => (Some(value.bytes.to_vec()), None),
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Hciconfig;

    const TWO: &[u8] = b"hci0:\tType: Primary  Bus: USB\n\tBD Address: 00:1A:7D:DA:71:13  ACL MTU: 310:10  SCO MTU: 64:8\n\tUP RUNNING \n\
        \tRX bytes:5 acl:1 sco:2 events:3 errors:4\n\tTX bytes:6 acl:0 sco:0 commands:7 errors:0\n\
        \tFeatures: 0xff 0xff\n\tName: 'it's'\n\tHCI Version: 4.0 (0x6)  Revision: 0x22bb\n\nhci1:\tType: AMP  Bus: UART\n\tDOWN\n";

    #[test]
    fn adapters_are_read() {
        let parsed = parse::<Hciconfig>(None, TWO);
        let records = parsed.sound();
        assert_eq!(records.len(), 2);
        assert!(
            records[0].contains(r#""flags":["UP","RUNNING"],"rx_bytes":5,"rx_acl":1,"rx_sco":2,"rx_events":3,"rx_errors":4"#)
        );
        assert!(records[0].contains(r#""name":"it's""#) && records[0].contains(r#""hci_revision":"0x22bb""#), "{}", records[0]);
        assert!(records[1].starts_with(r#"{"device":"hci1","type":"AMP","bus":"UART","flags":["DOWN"]"#), "{}", records[1]);
        assert_any_split::<Hciconfig>(None, TWO);
    }

    #[test]
    fn what_is_broken_costs_its_line() {
        let parsed =
            parse::<Hciconfig>(None, b"hci0:\tType: Primary  Bus: USB\n\tRX bytes:5 acl:1 events:3\n\tTX bytes:x\n\tWhat: 1\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        let parsed = parse::<Hciconfig>(None, b"hci0:\tType: Primary  Bus: USB\n\tDOWN\nhci1\n\tUP\n");
        parsed.has(0, &[r#""flags":["DOWN"]"#]);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        assert_unrecognised::<Hciconfig>(["hello\n", "eth0: flags=4163<UP>  mtu 1500\n", "\tUP\n"]);
    }
}
