//! The network that an interface is connected to, as `link` prints it.

use outparse_sdk::{Error, Field, Map, Record, escape};

use super::values::{bit_rate, dbm, megahertz};

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

impl Link {
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Iw;

    #[test]
    fn links_are_read() {
        let parsed = parse::<Iw>(
            None,
            b"Connected to 00:11:22:33:44:55 (on wlan0)\n\tSSID: x\n\tfreq: 5180\n\tRX: 1234 bytes (12 packets)\n\tsignal: -52 dBm\n",
        );
        parsed.has(0, &[r#""rx_bytes":1234"#, r#""rx_packets":12"#, r#""frequency":5180000000"#]);
        assert_eq!(parse::<Iw>(None, b"Not connected.\n").sound(), [r#"{"kind":"link","properties":{}}"#]);
    }
}
