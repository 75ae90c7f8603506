//! `airport -I` and `airport -s` of macOS: the network that the machine is in, and those around it.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

/// A network.
#[derive(Clone, Debug, Record)]
pub enum Wireless {
    /// The network that the machine is in (`-I`).
    Joined(Joined),
    /// A network that was seen (`-s`).
    Network(Network),
}

/// The network that the machine is in.
#[derive(Clone, Debug, Default, Record)]
pub struct Joined {
    /// Name of the network.
    pub ssid: Option<Vec<u8>>,
    /// Its station's address.
    pub bssid: Option<Vec<u8>>,
    /// State: `running`, `init`, …
    pub state: Option<Vec<u8>>,
    /// What the machine is in it: `station`, …
    pub operating_mode: Option<Vec<u8>>,
    /// Strength of the signal.
    #[field(unit = "dBm", gauge)]
    pub signal: Option<i64>,
    /// Strength of the noise.
    #[field(unit = "dBm", gauge)]
    pub noise: Option<i64>,
    /// Rate that was sent at last.
    #[field(unit = "bits/s", gauge)]
    pub tx_rate: Option<i64>,
    /// The highest rate.
    #[field(unit = "bits/s")]
    pub maximum_rate: Option<i64>,
    /// How the machine was let in.
    pub authentication: Option<Vec<u8>>,
    /// How the link is protected: `wpa2-psk`, …
    pub link_authentication: Option<Vec<u8>>,
    /// Index of how it is sent.
    pub mcs: Option<i64>,
    /// Channel.
    pub channel: Option<i64>,
    /// What stands behind the channel: its width in MHz, or on which side the second one is.
    pub channel_width: Option<Vec<u8>>,
    /// All that is said, by its name.
    pub properties: Map<Vec<u8>>,
}

/// A network that was seen.
#[derive(Clone, Debug, Default, Record)]
pub struct Network {
    /// Name of the network; null where it is hidden.
    pub ssid: Option<Vec<u8>>,
    /// Its station's address; null where the system does not tell.
    #[field(key)]
    pub bssid: Option<Vec<u8>>,
    /// Strength of the signal.
    #[field(unit = "dBm", gauge)]
    pub signal: i64,
    /// Channel.
    pub channel: i64,
    /// On which side the second channel is: `+1`, `-1`; or its width.
    pub channel_width: Option<Vec<u8>>,
    /// Whether it has high throughput (802.11n).
    pub has_high_throughput: bool,
    /// Country; null where it does not say.
    pub country: Option<Vec<u8>>,
    /// How it is protected, each way with what is in its brackets: `WPA2(PSK/AES/AES)`.
    pub security: Vec<Vec<u8>>,
}

/// Reads `airport`.
pub struct Airport {
    joined: Joined,
    /// Where the names of networks end, of a table.
    names: Option<usize>,
}

/// What is said of the network, and the fields that it is.
const TITLES: [(&str, &str); 14] = [
    ("SSID", "ssid"),
    ("BSSID", "bssid"),
    ("state", "state"),
    ("AirPort", "state"),
    ("op mode", "operating_mode"),
    ("agrCtlRSSI", "signal"),
    ("agrCtlNoise", "noise"),
    ("lastTxRate", "tx_rate"),
    ("maxRate", "maximum_rate"),
    ("802.11 auth", "authentication"),
    ("link auth", "link_authentication"),
    ("MCS", "mcs"),
    ("channel", "channel"),
    ("channel", "channel_width"),
];

const EXPECTED: &str = "`agrCtlRSSI: -66`, or the titles `SSID BSSID RSSI CHANNEL HT CC SECURITY`";

impl Parser for Airport {
    const ABOUT: About = About {
        name: "airport-macos",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Wireless networks, as airport -I and airport -s print them",
        commands: &["airport"],
        dialect: "macos",
        platforms: &["macos"],
        ..About::DEFAULT
    };
    type Record = Wireless;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Airport { joined: Joined::default(), names: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let text = whole.trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        let titles: Vec<Field<'_>> = text.fields().take(7).collect();
        if let [ssid, bssid, rssi, ..] = titles[..]
            && (ssid.bytes, bssid.bytes, rssi.bytes) == (b"SSID", b"BSSID", b"RSSI")
        {
            self.names = Some(ssid.end());
            rows.recognise();
            return Ok(());
        }
        if let Some(end) = self.names {
            rows.push(Wireless::Network(network(whole, end)?));
            return Ok(());
        }
        let (name, value) = text.split_once(":").ok_or_else(|| text.expected(EXPECTED))?;
        let value = value.trim();
        if !rows.recognised() && !matches!(name.bytes, b"agrCtlRSSI" | b"AirPort") {
            return Err(text.expected(EXPECTED).into());
        }
        rows.recognise();
        // Another report begins as the one before did.
        if self.joined.properties.0.first().is_some_and(|(first, _)| first == name.bytes) {
            self.flush(rows);
        }
        self.joined.said(name, value)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() && self.names.is_none() {
            self.flush(rows);
        }
        Ok(())
    }
}

impl Airport {
    fn flush(&mut self, rows: &mut Rows<Wireless>) {
        let names = &self.joined.properties.0;
        let is_said = |title: &str| names.iter().any(|(name, _)| name == title.as_bytes());
        let said = TITLES.iter().filter(|(title, _)| is_said(title)).map(|(_, field)| *field);
        rows.shape_of(0, said.chain(["properties"]));
        rows.push(Wireless::Joined(std::mem::take(&mut self.joined)));
    }
}

impl Joined {
    fn said(&mut self, name: Field<'_>, value: Field<'_>) -> Result<(), Error> {
        let said = || Some(value.bytes.to_vec()).filter(|text| !text.is_empty());
        self.properties.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        let rate = || value.integer().map(|rate| Some(rate.saturating_mul(1_000_000)));
        match name.bytes {
            b"SSID" => self.ssid = said(),
            b"BSSID" => self.bssid = said(),
            b"state" | b"AirPort" => self.state = said(),
            b"op mode" => self.operating_mode = said(),
            b"agrCtlRSSI" => self.signal = Some(value.integer()?),
            b"agrCtlNoise" => self.noise = Some(value.integer()?),
            b"lastTxRate" => self.tx_rate = rate()?,
            b"maxRate" => self.maximum_rate = rate()?,
            b"802.11 auth" => self.authentication = said(),
            b"link auth" => self.link_authentication = said(),
            b"MCS" => self.mcs = Some(value.integer()?),
            b"channel" => (self.channel, self.channel_width) = channel(value).map(|(channel, width)| (Some(channel), width))?,
            _ => {}
        }
        Ok(())
    }
}

/// `48,80`, `6,+1`, `11`
fn channel(text: Field<'_>) -> Result<(i64, Option<Vec<u8>>), Error> {
    let (channel, width) = match text.split_once(",") {
        Some((channel, width)) => (channel, Some(width.bytes.to_vec())),
        None => (text, None),
    };
    Ok((channel.integer()?, width))
}

/// A line of the table, in which names end here.
fn network(line: Field<'_>, end: usize) -> Result<Network, Error> {
    let (ssid, rest) = line.split_at(end);
    let first = rest.fields().next().unwrap_or(rest);
    let is_address = first.bytes.len() == 17 && first.bytes.iter().filter(|byte| **byte == b':').count() == 5;
    let rest = if is_address { rest.split_at(first.end() - rest.start()).1 } else { rest };
    let [rssi, channels, throughput, country, security] = rest.fields_and_rest()?;
    let (channel, channel_width) = channel(channels)?;
    Ok(Network {
        ssid: Some(ssid.trim().bytes.to_vec()).filter(|name| !name.is_empty()),
        bssid: is_address.then(|| first.bytes.to_vec()),
        signal: rssi.integer()?,
        channel,
        channel_width,
        has_high_throughput: match throughput.bytes {
            b"Y" => true,
            b"N" => false,
            _ => return Err(throughput.expected("`Y` or `N`").into()),
        },
        country: Some(country.bytes.to_vec()).filter(|country| country != b"--"),
        security: security.fields().map(|way| way.bytes.to_vec()).collect(),
    })
}

outparse_sdk::export!(Airport);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Airport;

    #[test]
    fn the_network_that_the_machine_is_in_is_read() {
        let capture = "     agrCtlRSSI: -66\n    agrCtlNoise: -90\n          state: running\n        op mode: station \n     lastTxRate: 195\n      link auth: wpa2-psk\n          BSSID: 3c:37:86:15:ad:f9\n           SSID: A: b\n        channel: 48,80\n";
        let parsed = parse::<Airport>(None, capture.as_bytes());
        parsed.has(0, &[r#""ssid":"A: b","bssid":"3c:37:86:15:ad:f9","state":"running","operating_mode":"station","signal":-66,"noise":-90,"tx_rate":195000000"#, r#""channel":48,"channel_width":"80""#]);
        assert_any_split::<Airport>(None, capture.as_bytes());
        assert_unrecognised::<Airport>(["hello\n", "state: running\n"]);
    }

    #[test]
    fn networks_are_read() {
        let capture = "                            SSID BSSID             RSSI CHANNEL HT CC SECURITY (auth/unicast/group)\n       DIRECT-4A-HP OfficeJet 38 fa:da:0c:91:7d:cb -67  6       Y  -- WPA2(PSK/AES/AES) \n                                 b0:7f:b9:3c:d6:f4 -40  8,-1    N  US WPA(PSK/AES,TKIP/TKIP) WPA2(PSK/AES,TKIP/TKIP)\n                             abc                   -71  153,80  Y  US NONE\n";
        let parsed = parse::<Airport>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"network","ssid":"DIRECT-4A-HP OfficeJet 38","bssid":"fa:da:0c:91:7d:cb","signal":-67,"channel":6,"channel_width":null,"has_high_throughput":true,"country":null,"security":["WPA2(PSK/AES/AES)"]}"#,
                r#"{"kind":"network","ssid":null,"bssid":"b0:7f:b9:3c:d6:f4","signal":-40,"channel":8,"channel_width":"-1","has_high_throughput":false,"country":"US","security":["WPA(PSK/AES,TKIP/TKIP)","WPA2(PSK/AES,TKIP/TKIP)"]}"#,
                r#"{"kind":"network","ssid":"abc","bssid":null,"signal":-71,"channel":153,"channel_width":"80","has_high_throughput":true,"country":"US","security":["NONE"]}"#,
            ]
        );
        assert_any_split::<Airport>(None, capture.as_bytes());
    }

    #[test]
    fn each_report_is_a_record() {
        let parsed =
            parse::<Airport>(None, b"     agrCtlRSSI: -61\n           SSID: a\n     agrCtlRSSI: -62\n           SSID: b\n");
        parsed.has(0, &[r#""ssid":"a""#, r#""signal":-61"#]);
        parsed.has(1, &[r#""ssid":"b""#, r#""signal":-62"#]);
    }
}
