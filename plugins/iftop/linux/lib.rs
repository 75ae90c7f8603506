//! `iftop -t`: a table of connections, two lines each, between a heading and totals, again with each interval.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// What is told of an interval.
#[derive(Clone, Debug, Record)]
pub enum Traffic {
    /// Two hosts that talk to each other.
    Pair(Pair),
    /// All traffic of the interface.
    Total(Total),
}

/// Two hosts that talk to each other.
#[derive(Clone, Debug, Default, Record)]
pub struct Pair {
    /// The interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Its place in the table.
    pub rank: i64,
    /// The one side.
    #[field(key)]
    pub local_address: Vec<u8>,
    /// Its port (`-P`); null where it is printed by name, or not at all.
    pub local_port: Option<i64>,
    /// Its port by name.
    pub local_service: Option<Vec<u8>>,
    /// The other side.
    #[field(key)]
    pub remote_address: Vec<u8>,
    /// Its port.
    pub remote_port: Option<i64>,
    /// Its port by name.
    pub remote_service: Option<Vec<u8>>,
    /// What the one side sends to the other.
    pub sent: Rates,
    /// What it receives from it.
    pub received: Rates,
}

/// How much goes one way.
#[derive(Clone, Debug, Default, Record)]
pub struct Rates {
    /// Bits a second over the last 2 seconds.
    #[field(unit = "bits/s", approximate, gauge)]
    pub rate_2s: i64,
    /// Bits a second over the last 10 seconds.
    #[field(unit = "bits/s", approximate, gauge)]
    pub rate_10s: i64,
    /// Bits a second over the last 40 seconds.
    #[field(unit = "bits/s", approximate, gauge)]
    pub rate_40s: i64,
    /// Bytes in all; null of a total, where it stands in a line of its own.
    #[field(unit = "bytes", approximate, counter)]
    pub bytes: Option<i64>,
}

/// All traffic of the interface.
#[derive(Clone, Debug, Default, Record)]
pub struct Total {
    /// The interface.
    #[field(key)]
    pub interface: Option<Vec<u8>>,
    /// Its address.
    pub address: Option<Vec<u8>>,
    /// Its IPv6 address.
    pub ipv6_address: Option<Vec<u8>>,
    /// Its link-layer address.
    pub mac_address: Option<Vec<u8>>,
    /// What is sent.
    pub sent: Rates,
    /// What is received.
    pub received: Rates,
    /// Both.
    pub both: Rates,
    /// The most that was sent.
    #[field(unit = "bits/s", approximate, gauge)]
    pub sent_peak: Option<i64>,
    /// The most that was received.
    #[field(unit = "bits/s", approximate, gauge)]
    pub received_peak: Option<i64>,
    /// The most that both were.
    #[field(unit = "bits/s", approximate, gauge)]
    pub both_peak: Option<i64>,
}

/// Reads `iftop -t`.
pub struct Iftop {
    total: Total,
    /// Number of its three lines of rates that were read.
    rates: u8,
    /// The first line of a pair.
    pair: Option<Pair>,
    /// Whether the first line of a pair could not be read: the second has nobody to belong to.
    lost: bool,
}

const EXPECTED: &str = "`interface: NAME`, as `iftop -t` begins";

impl Parser for Iftop {
    const ABOUT: About = About {
        name: "iftop-linux",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Traffic between hosts, as iftop -t prints it",
        commands: &["iftop"],
        dialect: "linux",
        platforms: &["linux", "freebsd", "macos"],
        ..About::DEFAULT
    };
    type Record = Traffic;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Iftop { total: Total::default(), rates: 0, pair: None, lost: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() || text.bytes.iter().all(|byte| matches!(byte, b'-' | b'=')) {
            return Ok(());
        }
        let some = |value: Field<'_>| Some(value.trim().bytes.to_vec());
        if let Some(interface) = text.strip_prefix("interface: ") {
            self.total.interface = some(interface);
            rows.recognise();
            return Ok(());
        }
        // A heading tells that a table follows: what stands before it may be missing.
        if text.bytes.starts_with(b"# Host name") {
            self.pair = None;
            rows.recognise();
            return Ok(());
        }
        if !rows.recognised() {
            return Err(line.expected(EXPECTED).into());
        }
        if let Some((name, value)) = text.split_once(" address is: ") {
            match name.bytes {
                b"IP" => self.total.address = some(value),
                b"IPv6" => self.total.ipv6_address = some(value),
                b"MAC" => self.total.mac_address = some(value),
                _ => return Err(name.expected("`IP`, `IPv6` or `MAC`").into()),
            }
            return Ok(());
        }
        if text.bytes.starts_with(b"Listening on ") {
            return Ok(());
        }
        if let Some((host, amounts)) = text.split_once(" => ") {
            self.lost = true;
            self.pair = None;
            let [rank, host] = host.fields_and_rest()?;
            let (address, port, service) = endpoint(host);
            self.pair = Some(Pair {
                interface: self.total.interface.clone(),
                rank: rank.integer()?,
                local_address: address,
                local_port: port,
                local_service: service,
                sent: rates_and_bytes(amounts)?,
                ..Pair::default()
            });
            self.lost = false;
            return Ok(());
        }
        if let Some((host, amounts)) = text.split_once(" <= ") {
            if std::mem::take(&mut self.lost) {
                return Ok(());
            }
            let pair = self.pair.take().ok_or_else(|| line.expected("a line with `=>` before one with `<=`"))?;
            let (remote_address, remote_port, remote_service) = endpoint(host);
            let received = rates_and_bytes(amounts)?;
            rows.push(Traffic::Pair(Pair { remote_address, remote_port, remote_service, received, ..pair }));
            return Ok(());
        }
        let (name, amounts) = text.split_once(":").ok_or_else(|| line.expected("a line of totals: `NAME: AMOUNTS`"))?;
        match name.bytes {
            b"Total send rate" => (self.total.sent, self.rates) = (rates(amounts)?, 1),
            b"Total receive rate" => (self.total.received, self.rates) = (rates(amounts)?, self.rates + 1),
            b"Total send and receive rate" => (self.total.both, self.rates) = (rates(amounts)?, self.rates + 1),
            b"Peak rate (sent/received/total)" => {
                let [sent, received, both] = three(amounts)?;
                self.total.sent_peak = Some(bits(sent)?);
                self.total.received_peak = Some(bits(received)?);
                self.total.both_peak = Some(bits(both)?);
            }
            b"Cumulative (sent/received/total)" => {
                let [sent, received, both] = three(amounts)?;
                let bytes = |field| amount(field).map(Some);
                let (sent, received, both) = (bytes(sent)?, bytes(received)?, bytes(both)?);
                let total = Total {
                    interface: self.total.interface.clone(),
                    address: self.total.address.clone(),
                    ipv6_address: self.total.ipv6_address.clone(),
                    mac_address: self.total.mac_address.clone(),
                    ..Total::default()
                };
                let mut complete = std::mem::replace(&mut self.total, total);
                // One that was not read is not 0.
                if std::mem::take(&mut self.rates) != 3 {
                    return Err(line.expected("three lines of rates above the totals").into());
                }
                (complete.sent.bytes, complete.received.bytes, complete.both.bytes) = (sent, received, both);
                rows.push(Traffic::Total(complete));
            }
            _ => return Err(name.expected("the name of a total").into()),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)
    }
}

/// A host, and its port with `-P`: `192.0.2.1:443`, `host:https`, `2001:db8::1`.
fn endpoint(text: Field<'_>) -> (Vec<u8>, Option<i64>, Option<Vec<u8>>) {
    let text = text.trim();
    // Without a port, an IPv6 address has colons of its own: a port is printed with them all.
    match text.rsplit_once(":").filter(|(host, _)| host.find(":").is_none() || host.bytes.contains(&b']')) {
        Some((host, port)) => match port.integer() {
            Ok(number) => (host.bytes.to_vec(), Some(number), None),
            Err(_) => (host.bytes.to_vec(), None, Some(port.bytes.to_vec())),
        },
        None => (text.bytes.to_vec(), None, None),
    }
}

/// Three rates, and what went in all.
fn rates_and_bytes(text: Field<'_>) -> Result<Rates, Error> {
    let (rates_of, bytes) = text.trim().rsplit_once(" ").ok_or_else(|| text.expected("three rates and an amount"))?;
    Ok(Rates { bytes: Some(amount(bytes)?), ..rates(rates_of)? })
}

/// Three rates.
fn rates(text: Field<'_>) -> Result<Rates, Error> {
    let [rate_2s, rate_10s, rate_40s] = three(text)?;
    Ok(Rates { rate_2s: bits(rate_2s)?, rate_10s: bits(rate_10s)?, rate_40s: bits(rate_40s)?, bytes: None })
}

fn three(text: Field<'_>) -> Result<[Field<'_>; 3], Error> {
    let words = text.words();
    words.try_into().map_err(|_| text.trim().expected("three amounts").into())
}

/// `4.82Kb`, with `-B` `4.82KB`: bits in either case.
fn bits(text: Field<'_>) -> Result<i64, Error> {
    match text.strip_suffix("b") {
        Some(number) => Ok(number.size(Base::Binary)?),
        None => Ok(amount(text)?.saturating_mul(8)),
    }
}

/// `4.82KB`: the letters count in 1,024 whatever they look like.
fn amount(text: Field<'_>) -> Result<i64, Error> {
    let number = text.strip_suffix("B").ok_or_else(|| text.expected("a number of bytes: `NUMBERKB`"))?;
    Ok(number.size(Base::Binary)?)
}

outparse_sdk::export!(Iftop);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Iftop;

    const TEXT: &[u8] = b"interface: eth0\nIP address is: 192.0.2.1\nMAC address is: 02:00:00:00:00:01\nListening on eth0\n\
        \x20  # Host name (port/service if enabled)            last 2s   last 10s   last 40s cumulative\n\
        --------------------------------------------------------------------------------------------\n\
        \x20  1 box:https                                =>     1.50KB       512B         0B     2.00MB\n\
        \x20    198.51.100.7:51000                       <=     14.5KB     14.5KB     14.5KB     29.1KB\n\
        \x20  2 2001:db8::1                              =>         8b         0b         0b         0B\n\
        \x20    2001:db8::2                              <=     2.00Kb         0b         0b      100B\n\
        --------------------------------------------------------------------------------------------\n\
        Total send rate:                                     1.50KB       512B         0B\nTotal receive rate:                                  16.6KB     16.6KB     16.6KB\n\
        Total send and receive rate:                         21.4KB     21.4KB     21.4KB\n\
        --------------------------------------------------------------------------------------------\n\
        Peak rate (sent/received/total):                     4.82KB     16.6KB     21.4KB\nCumulative (sent/received/total):                    9.63KB     33.1KB     42.8KB\n\
        ============================================================================================\n";

    #[test]
    fn pairs_and_totals_are_read() {
        let parsed = parse::<Iftop>(None, TEXT);
        let records = parsed.sound();
        assert_eq!(records.len(), 3, "{records:?}");
        assert_eq!(
            records[0],
            r#"{"kind":"pair","interface":"eth0","rank":1,"local_address":"box","local_service":"https","remote_address":"198.51.100.7","remote_port":51000,"sent":{"rate_2s":12288,"rate_10s":4096,"rate_40s":0,"bytes":2097152},"received":{"rate_2s":118784,"rate_10s":118784,"rate_40s":118784,"bytes":29798}}"#
        );
        assert!(
            records[1].contains(r#""local_address":"2001:db8::1","remote_address":"2001:db8::2","sent":{"rate_2s":8,"#),
            "{}",
            records[1]
        );
        assert!(
            records[2].contains(
                r#""mac_address":"02:00:00:00:00:01","sent":{"rate_2s":12288,"rate_10s":4096,"rate_40s":0,"bytes":9861}"#
            ),
            "{}",
            records[2]
        );
        assert_any_split::<Iftop>(None, &TEXT.repeat(2));
    }

    #[test]
    fn a_line_that_is_broken_costs_its_pair() {
        let text = b"interface: eth0\n   1 a  => 1.50KB 512B what 2.00MB\n     b  <= 1KB 1KB 1KB 1KB\n   2 c  => 1KB 1KB 1KB 1KB\n     d  <= 1KB 1KB 1KB 1KB\n     e  <= 1KB 1KB 1KB 1KB\nTotal what: 1B\n";
        let parsed = parse::<Iftop>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        parsed.has(0, &[r#""remote_address":"d""#]);
        let without = String::from_utf8_lossy(TEXT).replace("Total send rate", "x");
        let parsed = parse::<Iftop>(None, without.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "a rate that was not read is not 0: {parsed:?}");
        assert_unrecognised::<Iftop>([
            "hello\n",
            "pcap_open_live(eth0): eth0: You don't have permission\n",
            "Total send rate: 1B 1B 1B\n",
        ]);
    }
}
