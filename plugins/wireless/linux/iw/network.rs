//! A network that `iw` saw (`scan`), and what it announces of itself: lines of elements, and further in what each of them says.

use outparse_sdk::{Error, Field, Record, escape};

use super::values::{dbm, megahertz, named};

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

impl Network {
    /// A line that says something of the network itself, or begins an element.
    pub(super) fn read(&mut self, text: Field<'_>, element: &mut Option<Vec<u8>>) -> Result<(), Error> {
        let (name, value) = named(text);
        match name.bytes {
            b"TSF" => self.timer = Some(value.fields().next().unwrap_or(value).float_e(-6)?),
            b"freq" => self.frequency = Some(megahertz(value)?),
            b"beacon interval" => self.beacon_interval = Some(value.fields().next().unwrap_or(value).integer()?),
            b"capability" => {
                let with_bits = value.strip_suffix(")").and_then(|value| value.rsplit_once("("));
                let (words, bits) = with_bits.map_or((value, None), |(words, bits)| (words, Some(bits)));
                self.capabilities = words.fields().map(|word| word.bytes.to_vec()).collect();
                self.capability_bits = bits.map(|bits| bits.bytes.to_vec());
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
    pub(super) fn element_line(&mut self, element: &Option<Vec<u8>>, text: Field<'_>) -> Result<(), Error> {
        let text = text.strip_prefix("* ").unwrap_or(text).trim();
        let Some(element) = element else { return Err(text.expected("an element, such as `RSN:`").into()) };
        let (name, value) = named(text);
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
                    security.read(said, value);
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

impl Security {
    fn read(&mut self, name: &[u8], value: Field<'_>) {
        match name {
            b"Version" => self.version = Some(value.bytes.to_vec()),
            b"Group cipher" => self.group_cipher = Some(value.bytes.to_vec()),
            b"Pairwise ciphers" => self.pairwise_ciphers = value.fields().map(|word| word.bytes.to_vec()).collect(),
            b"Authentication suites" => self.authentication_suites = Some(value.bytes.to_vec()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use crate::Iw;

    const SCAN: &[u8] = b"BSS 00:19:a9:cd:c6:80(on wlan0) -- associated\n\tlast seen: 4206.107s [boottime]\n\tTSF: 2984923701 usec (0d, 00:49:44)\n\
        \tfreq: 2412.0\n\tbeacon interval: 100 TUs\n\tcapability: ESS Privacy (0x0411)\n\tsignal: -45.50 dBm\n\tlast seen: 429 ms ago\n\
        \tInformation elements from Probe Response frame:\n\tSSID: caf\\xc3\\xa9 \\x5cx41\n\tSupported rates: 1.0* 5.5 \n\
        \tExtended supported rates: 24.0 HT* \n\tHT operation:\n\t\t * primary channel: 1\n\t\t * STA channel width: 20 MHz\n\
        \tRSN:\t * Version: 1\n\t\t * Group cipher: TKIP\n\t\t * Pairwise ciphers: TKIP CCMP\n\t\t * Authentication suites: PSK SAE\n\
        \tBSS Load:\n\t\t * station count: 2\n\t\t * channel utilisation: 51/255\nBSS d0:d0:fd:69:ca:70(on wlan0)\n\tSSID: \n\tsignal: 35/100\n";

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
}
