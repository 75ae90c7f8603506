//! A wireless interface, as `iw dev` and `info` print it.

use outparse_sdk::{Error, Field, Record, escape};

use super::values::{dbm, megahertz};

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

impl Interface {
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Iw;

    #[test]
    fn interfaces_are_read() {
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
    }
}
