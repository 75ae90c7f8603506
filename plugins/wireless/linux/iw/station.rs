//! A station that an interface talks to, as `station dump` and `station get` print it.

use outparse_sdk::{Error, Field, Map, Record};

use super::values::{bit_rate, dbm};

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

impl Station {
    pub(super) fn read(&mut self, text: Field<'_>) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Iw;

    #[test]
    fn stations_are_read() {
        let parsed = parse::<Iw>(
            None,
            b"Station 00:11:22:33:44:55 (on wlan0)\n\tinactive time:\t1304 ms\n\trx bytes:\t123\n\tsignal:  \t-52 [-55, -56] dBm\n\
              \ttx bitrate:\t390.0 MBit/s VHT-MCS 4\n\trx bitrate:\t(unknown)\n\tconnected time:\t14 seconds\n",
        );
        parsed.has(0, &[r#""idle":1.304"#, r#""connected":14"#, r#""signal":-52"#, r#""tx_bit_rate":390000000"#]);
    }
}
