//! `iw`: blocks whose first line says what they are about: a network that was seen (`scan`), an interface (`dev`, `info`), a station
//! (`station dump`), or the network that an interface is connected to (`link`).

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source, escape};

/// What a block is about.
#[derive(Clone, Debug, Record)]
pub enum Radio {
    /// A network that was seen (`scan`, `scan dump`).
    Network(Network),
    /// An interface (`dev`, `dev … info`).
    Interface(Interface),
    /// A station that an interface talks to (`station dump`, `station get`).
    Station(Station),
    /// The network that an interface is connected to (`link`).
    Link(Link),
}

/// A network that was seen.
#[derive(Clone, Debug, Default, Record)]
pub struct Network {
    /// Address of the access point.
    #[field(key)]
    pub bssid: Vec<u8>,
    /// The interface that saw it.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// What this machine has to do with it: `associated`, `joined`, `authenticated`.
    pub status: Option<Vec<u8>>,
    /// Its name; null where it is hidden.
    pub ssid: Option<Vec<u8>>,
    /// Frequency.
    #[field(unit = "hertz")]
    pub frequency: Option<f64>,
    /// Channel.
    pub channel: Option<i64>,
    /// Channel width, as it is announced: `20 MHz`, `any`, …
    pub channel_width: Option<Vec<u8>>,
    /// How strong its signal is.
    #[field(unit = "dBm", gauge)]
    pub signal: Option<f64>,
    /// How strong its signal is of a hundred, where the driver does not know it in dBm.
    #[field(gauge)]
    pub signal_of_100: Option<i64>,
    /// How long ago it was seen.
    #[field(unit = "seconds", gauge)]
    pub last_seen: Option<f64>,
    /// When it was seen, in seconds since this machine started.
    #[field(unit = "seconds")]
    pub last_seen_uptime: Option<f64>,
    /// Its clock.
    #[field(unit = "seconds")]
    pub timer: Option<f64>,
    /// Time between two beacons, in units of 1,024 millionths of a second.
    pub beacon_interval: Option<i64>,
    /// What it can do: `ESS`, `Privacy`, …
    pub capabilities: Vec<Vec<u8>>,
    /// The same in hexadecimal.
    pub capability_bits: Option<Vec<u8>>,
    /// Rates that a station must know.
    #[field(unit = "bits/s")]
    pub basic_rates: Vec<f64>,
    /// Rates that it knows, the basic ones among them.
    #[field(unit = "bits/s")]
    pub supported_rates: Vec<f64>,
    /// Country whose rules it keeps to.
    pub country: Option<Vec<u8>>,
    /// Number of stations that it serves.
    #[field(gauge)]
    pub stations: Option<i64>,
    /// How busy its channel is.
    #[field(unit = "percent", gauge)]
    pub channel_use_percent: Option<f64>,
    /// How it is protected: none in a network that anybody may join, and where only `Privacy` is among the capabilities, by WEP.
    pub security: Vec<Security>,
    /// All that it announces, line by line.
    pub elements: Vec<Element>,
}

/// Something that a network announces.
#[derive(Clone, Debug, Default, Record)]
pub struct Element {
    /// The information element: `HT capabilities`, `RSN`, …
    pub element: Vec<u8>,
    /// What of it: `primary channel`; null where it is the element itself.
    pub name: Option<Vec<u8>>,
    /// The value; null of what is only there.
    pub value: Option<Vec<u8>>,
}

/// A way in which a network is protected.
#[derive(Clone, Debug, Default, Record)]
pub struct Security {
    /// `WPA`, `RSN` (which is WPA2 and WPA3), `OSEN`.
    pub protocol: Vec<u8>,
    /// Its version.
    pub version: Option<Vec<u8>>,
    /// Cipher for what goes to many.
    pub group_cipher: Option<Vec<u8>>,
    /// Ciphers for what goes to one.
    pub pairwise_ciphers: Vec<Vec<u8>>,
    /// How a station shows that it may join: `PSK`, `SAE`, `IEEE 802.1X`, as printed.
    pub authentication_suites: Option<Vec<u8>>,
}

/// An interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface {
    /// The interface; null where it has none in the kernel.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Number of the radio that it uses.
    pub radio: Option<i64>,
    /// Its number in the kernel.
    pub interface_index: Option<i64>,
    /// Its number among those of all radios, in hexadecimal.
    pub wireless_device: Option<Vec<u8>>,
    /// Its address.
    pub mac_address: Option<Vec<u8>>,
    /// The network that it is in.
    pub ssid: Option<Vec<u8>>,
    /// What it is: `managed`, `AP`, `monitor`, …
    pub r#type: Option<Vec<u8>>,
    /// Channel.
    pub channel: Option<i64>,
    /// Frequency.
    #[field(unit = "hertz")]
    pub frequency: Option<f64>,
    /// Channel width, as printed: `20 MHz`, `20 MHz (no HT)`.
    pub channel_width: Option<Vec<u8>>,
    /// Power with which it sends.
    #[field(unit = "dBm", gauge)]
    pub tx_power: Option<f64>,
    /// What else is printed of it.
    pub others: Vec<Vec<u8>>,
}

/// A station that an interface talks to.
#[derive(Clone, Debug, Default, Record)]
pub struct Station {
    /// Its address.
    #[field(key)]
    pub mac_address: Vec<u8>,
    /// The interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Time since something came from it.
    #[field(unit = "seconds", gauge)]
    pub idle: Option<f64>,
    /// Time since it came.
    #[field(unit = "seconds", gauge)]
    pub connected: Option<f64>,
    /// Bytes received from it.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Packets received from it.
    #[field(counter)]
    pub rx_packets: Option<i64>,
    /// Bytes sent to it.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Packets sent to it.
    #[field(counter)]
    pub tx_packets: Option<i64>,
    /// Packets sent to it again.
    #[field(counter)]
    pub tx_retries: Option<i64>,
    /// Packets that did not reach it.
    #[field(counter)]
    pub tx_failed: Option<i64>,
    /// How strong its last signal was.
    #[field(unit = "dBm", gauge)]
    pub signal: Option<f64>,
    /// How strong its signal is on average.
    #[field(unit = "dBm", gauge)]
    pub signal_average: Option<f64>,
    /// Rate at which it is sent to.
    #[field(unit = "bits/s", gauge)]
    pub tx_bit_rate: Option<f64>,
    /// Rate at which it sends.
    #[field(unit = "bits/s", gauge)]
    pub rx_bit_rate: Option<f64>,
    /// All that is printed of it, by its name.
    pub properties: Map<Vec<u8>>,
}

/// The network that an interface is connected to.
#[derive(Clone, Debug, Default, Record)]
pub struct Link {
    /// Address of the access point; null where the interface is not connected.
    pub bssid: Option<Vec<u8>>,
    /// The interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Name of the network.
    pub ssid: Option<Vec<u8>>,
    /// Frequency.
    #[field(unit = "hertz")]
    pub frequency: Option<f64>,
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Packets received.
    #[field(counter)]
    pub rx_packets: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Packets sent.
    #[field(counter)]
    pub tx_packets: Option<i64>,
    /// How strong the signal is.
    #[field(unit = "dBm", gauge)]
    pub signal: Option<f64>,
    /// Rate at which is received.
    #[field(unit = "bits/s", gauge)]
    pub rx_bit_rate: Option<f64>,
    /// Rate at which is sent.
    #[field(unit = "bits/s", gauge)]
    pub tx_bit_rate: Option<f64>,
    /// All that is printed of it, by its name.
    pub properties: Map<Vec<u8>>,
}

/// Reads `iw`.
pub struct Iw {
    block: Block<Radio>,
    /// The radio whose interfaces follow.
    radio: Option<i64>,
    /// How far the lines of the block are indented that say something of it: what is further in belongs to the line before.
    indent: Option<usize>,
    /// The element under way.
    element: Option<Vec<u8>>,
}

const EXPECTED: &str = "`BSS ADDRESS(on INTERFACE)`, `Interface NAME`, `phy#NUMBER`, `Station ADDRESS (on INTERFACE)`, `Connected to ADDRESS` or `Not connected.`";

impl Parser for Iw {
    const ABOUT: About = About {
        name: "iw",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Wireless networks, interfaces and stations, as iw prints them",
        commands: &["iw"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Radio;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Iw { block: Block::default(), radio: None, indent: None, element: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        let text = whole.trim();
        let indent = text.start();
        if let Some(begun) = begin(text, indent, self.radio).transpose() {
            self.flush(rows);
            self.indent = None;
            self.block.begin(begun)?;
            rows.recognise();
            return Ok(());
        }
        if let Some(number) = text.strip_prefix("phy#").filter(|_| indent == 0) {
            self.flush(rows);
            self.radio = None;
            self.radio = Some(number.integer()?);
            rows.recognise();
            return Ok(());
        }
        if indent == 0 {
            self.flush(rows);
            // It may have been a radio.
            self.radio = None;
            return self.block.begin(Err(line.expected(EXPECTED).into()));
        }
        // What stands further out than all that is said of the block is not said of it.
        if self.indent.is_some_and(|first| indent < first) {
            self.flush(rows);
            self.indent = None;
            return self.block.begin(Err(text.expected(EXPECTED).into()));
        }
        let Some(block) = self.block.more(|| line.expected(EXPECTED))? else { return Ok(()) };
        let first = *self.indent.get_or_insert(indent);
        match block {
            Radio::Network(network) if indent > first => network.element_line(&self.element, text),
            Radio::Network(network) => {
                self.element = None;
                network.read(text, &mut self.element)
            }
            Radio::Interface(interface) if indent > first => {
                interface.others.push(text.bytes.to_vec());
                Ok(())
            }
            Radio::Interface(interface) => interface.read(text),
            Radio::Station(station) => station.read(text),
            Radio::Link(link) => link.read(text),
        }
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Iw {
    fn flush(&mut self, rows: &mut Rows<Radio>) {
        self.element = None;
        self.block.take().into_iter().for_each(|block| rows.push(block));
    }
}

/// The block that a line begins.
fn begin(text: Field<'_>, indent: usize, radio: Option<i64>) -> Result<Option<Radio>, Error> {
    if let Some(name) = text.strip_prefix("Interface ") {
        let interface = Some(name.trim().bytes.to_vec());
        return Ok(Some(Radio::Interface(Interface { interface, radio, ..Interface::default() })));
    }
    if text.bytes == b"Interface" {
        return Err(text.expected("`Interface NAME`").into());
    }
    if text.bytes == b"Unnamed/non-netdev interface" {
        return Ok(Some(Radio::Interface(Interface { radio, ..Interface::default() })));
    }
    if indent > 0 {
        return Ok(None);
    }
    if text.bytes == b"Not connected." {
        return Ok(Some(Radio::Link(Link::default())));
    }
    let Some((what, rest)) = ["BSS ", "Station ", "Connected to ", "Joined IBSS "]
        .iter()
        .find_map(|beginning| Some((*beginning, text.strip_prefix(beginning)?)))
    else {
        return Ok(None);
    };
    let address = rest.split_at(17).0;
    let is_address = address.bytes.len() == 17
        && address
            .bytes
            .chunks(3)
            .all(|part| part[..2].iter().all(u8::is_ascii_alphanumeric) && part.get(2).is_none_or(|colon| *colon == b':'));
    if !is_address {
        return Err(rest.expected("the address of a station, such as `00:11:22:aa:bb:cc`").into());
    }
    let rest = rest.split_at(17).1.trim();
    let (interface, status) = match rest.strip_prefix("(on ").and_then(|rest| rest.split_once(")")) {
        Some((interface, status)) => {
            let status = status.trim().strip_prefix("-- ").map(|status| status.bytes.to_vec());
            (Some(interface.bytes.to_vec()), status)
        }
        None => (None, None),
    };
    let address = address.bytes.to_vec();
    Ok(Some(match what {
        "BSS " => Radio::Network(Network { bssid: address, interface, status, ..Network::default() }),
        "Station " => Radio::Station(Station { mac_address: address, interface, ..Station::default() }),
        _ => Radio::Link(Link { bssid: Some(address), interface, ..Link::default() }),
    }))
}

impl Network {
    /// A line that says something of the network itself, or begins an element.
    fn read(&mut self, text: Field<'_>, element: &mut Option<Vec<u8>>) -> Result<(), Error> {
        let (name, value) = text.split_once(":").unwrap_or((text, text.split_at(usize::MAX).1));
        let value = value.trim();
        match name.bytes {
            b"TSF" => self.timer = Some(value.fields().next().unwrap_or(value).float_e(-6)?),
            b"freq" => self.frequency = Some(megahertz(value)?),
            b"beacon interval" => self.beacon_interval = Some(value.fields().next().unwrap_or(value).integer()?),
            b"capability" => {
                let (words, bits) = match value.strip_suffix(")").and_then(|value| value.rsplit_once("(")) {
                    Some((words, bits)) => (words, Some(bits.bytes.to_vec())),
                    None => (value, None),
                };
                self.capabilities = words.fields().map(|word| word.bytes.to_vec()).collect();
                self.capability_bits = bits;
            }
            b"signal" => match value.strip_suffix("/100") {
                Some(share) => self.signal_of_100 = Some(share.integer()?),
                None => self.signal = Some(dbm(value)?),
            },
            b"last seen" => match value.strip_suffix("s [boottime]") {
                Some(seconds) => self.last_seen_uptime = Some(seconds.float()?),
                None => {
                    let number = value.strip_suffix(" ms ago").ok_or_else(|| value.expected("`NUMBER ms ago`"))?;
                    self.last_seen = Some(number.float_e(-3)?);
                }
            },
            b"Information elements from Probe Response frame" | b"Information elements from Beacon frame" => {}
            // Bytes that are no letters are printed as `\x00`, a backslash among them.
            b"SSID" => self.ssid = Some(escape::hexadecimal(value.bytes)).filter(|name| !name.iter().all(|byte| *byte == 0)),
            _ => {
                *element = Some(name.bytes.to_vec());
                if matches!(name.bytes, b"WPA" | b"RSN" | b"OSEN") {
                    self.security.push(Security { protocol: name.bytes.to_vec(), ..Security::default() });
                }
                if value.bytes.starts_with(b"* ") {
                    self.element_line(element, value)?;
                } else {
                    let own = Some(value.bytes.to_vec()).filter(|value| !value.is_empty());
                    self.elements.push(Element { element: name.bytes.to_vec(), name: None, value: own });
                    self.element_value(name, value)?;
                }
            }
        }
        Ok(())
    }

    /// What stands behind the name of an element.
    fn element_value(&mut self, element: Field<'_>, value: Field<'_>) -> Result<(), Error> {
        match element.bytes {
            b"Supported rates" | b"Extended supported rates" => self.rates(value)?,
            b"DS Parameter set" => {
                let number = value.strip_prefix("channel ").ok_or_else(|| value.expected("`channel NUMBER`"))?;
                self.channel = Some(number.integer()?);
            }
            b"Country" => self.country = value.fields().next().map(|country| country.bytes.to_vec()),
            _ => {}
        }
        Ok(())
    }

    /// A line of an element.
    fn element_line(&mut self, element: &Option<Vec<u8>>, text: Field<'_>) -> Result<(), Error> {
        let text = text.strip_prefix("* ").unwrap_or(text).trim();
        let Some(element) = element else { return Err(text.expected("an element, such as `RSN:`").into()) };
        let (name, value) = text.split_once(":").unwrap_or((text, text.split_at(usize::MAX).1));
        let value = value.trim();
        let some = |field: Field<'_>| Some(field.bytes.to_vec()).filter(|text| !text.is_empty());
        self.elements.push(Element { element: element.clone(), name: some(name), value: some(value) });
        match (&element[..], name.bytes) {
            (b"HT operation", b"primary channel") if self.channel.is_none() => self.channel = Some(value.integer()?),
            (b"HT operation", b"STA channel width") => self.channel_width = Some(value.bytes.to_vec()),
            (b"BSS Load", b"station count") => self.stations = Some(value.integer()?),
            (b"BSS Load", b"channel utilisation" | b"channel utilization") => {
                let (busy, all) = value.split_once("/").ok_or_else(|| value.expected("`NUMBER/255`"))?;
                let percent = busy.float()? * 100.0 / all.float()?;
                self.channel_use_percent = Some((percent * 100.0).round() / 100.0).filter(|percent| percent.is_finite());
            }
            (b"WPA" | b"RSN" | b"OSEN", said) => {
                if let Some(security) = self.security.last_mut() {
                    match said {
                        b"Version" => security.version = Some(value.bytes.to_vec()),
                        b"Group cipher" => security.group_cipher = Some(value.bytes.to_vec()),
                        b"Pairwise ciphers" => {
                            security.pairwise_ciphers = value.fields().map(|word| word.bytes.to_vec()).collect()
                        }
                        b"Authentication suites" => security.authentication_suites = Some(value.bytes.to_vec()),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `1.0* 2.0* 5.5 …`; a word is a requirement and no rate.
    fn rates(&mut self, text: Field<'_>) -> Result<(), Error> {
        for word in text.fields().filter(|word| word.bytes[0].is_ascii_digit()) {
            let basic = word.strip_suffix("*");
            let rate = basic.unwrap_or(word).float_e(6)?;
            self.supported_rates.push(rate);
            if basic.is_some() {
                self.basic_rates.push(rate);
            }
        }
        Ok(())
    }
}

impl Interface {
    fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
        let [name, value] = text.fields_and_rest()?;
        match name.bytes {
            b"ifindex" => self.interface_index = Some(value.integer()?),
            b"wdev" => self.wireless_device = Some(value.bytes.to_vec()),
            b"addr" => self.mac_address = Some(value.bytes.to_vec()),
            b"ssid" => self.ssid = Some(escape::hexadecimal(value.bytes)),
            b"type" => self.r#type = Some(value.bytes.to_vec()),
            b"wiphy" => self.radio = Some(value.integer()?),
            b"txpower" => self.tx_power = Some(dbm(value)?),
            // `channel 1 (2412 MHz), width: 20 MHz, center1: 2412 MHz`
            b"channel" => {
                let [number, rest] = value.fields_and_rest()?;
                let frequency = rest.strip_prefix("(").and_then(|rest| rest.split_once(" MHz)"));
                let (frequency, rest) = frequency.ok_or_else(|| rest.expected("`(FREQUENCY MHz)`"))?;
                self.channel = Some(number.integer()?);
                self.frequency = Some(megahertz(frequency)?);
                for part in rest.split(", ").map(|part| part.trim()).filter(|part| !part.bytes.is_empty()) {
                    match part.strip_prefix("width: ") {
                        Some(width) => self.channel_width = Some(width.bytes.to_vec()),
                        None => self.others.push(part.bytes.to_vec()),
                    }
                }
            }
            _ => self.others.push(text.bytes.to_vec()),
        }
        Ok(())
    }
}

impl Station {
    fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
        let (name, value) = text.split_once(":").ok_or_else(|| text.expected("`NAME: VALUE`"))?;
        let value = value.trim();
        self.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        match name.bytes {
            b"inactive time" => {
                let number = value.strip_suffix(" ms").ok_or_else(|| value.expected("`NUMBER ms`"))?;
                self.idle = Some(number.float_e(-3)?);
            }
            b"connected time" => {
                let number = value.strip_suffix(" seconds").ok_or_else(|| value.expected("`NUMBER seconds`"))?;
                self.connected = Some(number.float()?);
            }
            b"rx bytes" => self.rx_bytes = Some(value.integer()?),
            b"rx packets" => self.rx_packets = Some(value.integer()?),
            b"tx bytes" => self.tx_bytes = Some(value.integer()?),
            b"tx packets" => self.tx_packets = Some(value.integer()?),
            b"tx retries" => self.tx_retries = Some(value.integer()?),
            b"tx failed" => self.tx_failed = Some(value.integer()?),
            b"signal" => self.signal = Some(dbm(value)?),
            b"signal avg" => self.signal_average = Some(dbm(value)?),
            b"tx bitrate" => self.tx_bit_rate = bit_rate(value)?,
            b"rx bitrate" => self.rx_bit_rate = bit_rate(value)?,
            _ => {}
        }
        Ok(())
    }
}

impl Link {
    fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
        let (name, value) = text.split_once(":").ok_or_else(|| text.expected("`NAME: VALUE`"))?;
        let value = value.trim();
        self.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        let traffic = || -> Result<(i64, i64), Error> {
            let expected = || value.expected("`NUMBER bytes (NUMBER packets)`");
            let (bytes, packets) =
                value.strip_suffix(" packets)").and_then(|value| value.split_once(" bytes (")).ok_or_else(expected)?;
            Ok((bytes.integer()?, packets.integer()?))
        };
        match name.bytes {
            b"SSID" => self.ssid = Some(escape::hexadecimal(value.bytes)),
            b"freq" => self.frequency = Some(megahertz(value)?),
            b"RX" => {
                let (bytes, packets) = traffic()?;
                (self.rx_bytes, self.rx_packets) = (Some(bytes), Some(packets));
            }
            b"TX" => {
                let (bytes, packets) = traffic()?;
                (self.tx_bytes, self.tx_packets) = (Some(bytes), Some(packets));
            }
            b"signal" => self.signal = Some(dbm(value)?),
            b"rx bitrate" => self.rx_bit_rate = bit_rate(value)?,
            b"tx bitrate" => self.tx_bit_rate = bit_rate(value)?,
            _ => {}
        }
        Ok(())
    }
}

/// `2412`, with a fraction in newer versions: `2412.0`.
fn megahertz(value: Field<'_>) -> Result<f64, Error> {
    Ok(value.float_e(6)?)
}

/// `-52 dBm`, `-45.00 dBm`, `-52 [-55, -56] dBm` with each antenna's.
fn dbm(value: Field<'_>) -> Result<f64, Error> {
    let number = value.strip_suffix("dBm").ok_or_else(|| value.expected("a number of dBm"))?;
    Ok(number.fields().next().unwrap_or(number).float()?)
}

/// `390.0 MBit/s VHT-MCS 4 80MHz`; nothing where it is not known.
fn bit_rate(value: Field<'_>) -> Result<Option<f64>, Error> {
    if value.bytes == b"(unknown)" {
        return Ok(None);
    }
    let (number, _) = value.split_once(" MBit/s").ok_or_else(|| value.expected("`NUMBER MBit/s`"))?;
    Ok(Some(number.float_e(6)?))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Iw;

    const SCAN: &[u8] = b"BSS 00:19:a9:cd:c6:80(on wlan0) -- associated\n\tlast seen: 4206.107s [boottime]\n\tTSF: 2984923701 usec (0d, 00:49:44)\n\
        \tfreq: 2412.0\n\tbeacon interval: 100 TUs\n\tcapability: ESS Privacy (0x0411)\n\tsignal: -45.50 dBm\n\tlast seen: 429 ms ago\n\
        \tInformation elements from Probe Response frame:\n\tSSID: caf\\xc3\\xa9 \\x5cx41\n\tSupported rates: 1.0* 5.5 \n\
        \tExtended supported rates: 24.0 HT* \n\tHT operation:\n\t\t * primary channel: 1\n\t\t * STA channel width: 20 MHz\n\
        \tRSN:\t * Version: 1\n\t\t * Group cipher: TKIP\n\t\t * Pairwise ciphers: TKIP CCMP\n\t\t * Authentication suites: PSK SAE\n\
        \tBSS Load:\n\t\t * station count: 2\n\t\t * channel utilisation: 51/255\nBSS d0:d0:fd:69:ca:70(on wlan0)\n\tSSID: \n\tsignal: 35/100\n";

    #[test]
    fn interfaces_below_a_broken_radio_are_not_of_the_one_before() {
        let parsed = parse::<Iw>(None, b"phy#0\n\tInterface a\n\t\tifindex 3\nphy#x\n\tInterface b\n\t\tifindex 4\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        parsed.has(0, &[r#""interface":"a""#, r#""radio":0"#]);
        assert!(!parsed.without_nulls()[1].contains("radio"), "{parsed:?}");
    }

    #[test]
    fn lines_below_a_broken_heading_are_not_of_the_interface_before() {
        let parsed = parse::<Iw>(
            None,
            b"phy#0\n\tInterface a\n\t\tifindex 3\n\tx b\n\t\tifindex 4\n\tInterface c\n\t\tifindex 5\nx\n\tInterface d\n\t\tifindex 6\n",
        );
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 2), "{parsed:?}");
        parsed.has(0, &[r#""interface":"a","radio":0,"interface_index":3"#]);
        parsed.has(1, &[r#""interface":"c","radio":0,"interface_index":5"#]);
        assert!(!parsed.without_nulls()[2].contains("radio"), "{parsed:?}");
    }

    #[test]
    fn a_scan_is_read() {
        let parsed = parse::<Iw>(None, SCAN);
        let records = parsed.sound();
        assert_eq!(records.len(), 2);
        for part in [
            r#""interface":"wlan0","status":"associated","ssid":"café \\x41","frequency":2412000000,"channel":1,"channel_width":"20 MHz""#,
            r#""signal":-45.5,"last_seen":0.429,"last_seen_uptime":4206.107,"timer":2984.923701,"beacon_interval":100"#,
            r#""capabilities":["ESS","Privacy"],"capability_bits":"0x0411","basic_rates":[1000000],"supported_rates":[1000000,5500000,24000000]"#,
            r#""stations":2,"channel_use_percent":20,"security":[{"protocol":"RSN","version":"1","group_cipher":"TKIP","pairwise_ciphers":["TKIP","CCMP"]"#,
        ] {
            assert!(records[0].contains(part), "{part}: {}", records[0]);
        }
        assert!(records[1].contains(r#""bssid":"d0:d0:fd:69:ca:70","interface":"wlan0","signal_of_100":35"#), "{}", records[1]);
        assert_any_split::<Iw>(None, SCAN);
    }

    #[test]
    fn interfaces_stations_and_links_are_read() {
        let parsed = parse::<Iw>(
            None,
            b"phy#1\n\tUnnamed/non-netdev interface\n\t\twdev 0x2\n\t\ttype P2P-device\n\tInterface wlan0\n\t\tifindex 3\n\t\taddr 00:11:22:33:44:55\n\
              \t\tssid a b\n\t\ttype managed\n\t\tchannel 36 (5180 MHz), width: 80 MHz, center1: 5210 MHz\n\t\ttxpower 22.00 dBm\n\
              \t\tmulticast TXQ:\n\t\t\tqsz-byt\tqsz-pkt\n",
        );
        let records = parsed.sound();
        assert_eq!(records.len(), 2);
        assert!(records[1].contains(r#""interface":"wlan0","radio":1,"interface_index":3"#), "{}", records[1]);
        assert!(
            records[1].contains(r#""channel":36,"frequency":5180000000,"channel_width":"80 MHz","tx_power":22"#),
            "{}",
            records[1]
        );

        let parsed = parse::<Iw>(
            None,
            b"Station 00:11:22:33:44:55 (on wlan0)\n\tinactive time:\t1304 ms\n\trx bytes:\t123\n\tsignal:  \t-52 [-55, -56] dBm\n\
              \ttx bitrate:\t390.0 MBit/s VHT-MCS 4\n\trx bitrate:\t(unknown)\n\tconnected time:\t14 seconds\n",
        );
        parsed.has(0, &[r#""idle":1.304"#, r#""connected":14"#, r#""signal":-52"#, r#""tx_bit_rate":390000000"#]);

        let parsed = parse::<Iw>(
            None,
            b"Connected to 00:11:22:33:44:55 (on wlan0)\n\tSSID: x\n\tfreq: 5180\n\tRX: 1234 bytes (12 packets)\n\tsignal: -52 dBm\n",
        );
        parsed.has(0, &[r#""rx_bytes":1234"#, r#""rx_packets":12"#, r#""frequency":5180000000"#]);
        assert_eq!(parse::<Iw>(None, b"Not connected.\n").sound(), [r#"{"kind":"link","properties":{}}"#]);
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let parsed =
            parse::<Iw>(None, b"BSS 00:19:a9:cd:c6:80(on wlan0)\n\tfreq: x\n\tsignal: 5 bananas\nBSS 00:19\n\tSSID: y\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        assert!(!parsed.records[0].contains("\"y\""), "the lines of a block that is lost are nobody's: {parsed:?}");
        assert_unrecognised::<Iw>(["hello\n", "command failed: No such device (-19)\n", "BSS x\n", "\tSSID: y\n"]);
    }
}
