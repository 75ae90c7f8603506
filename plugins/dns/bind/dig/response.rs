//! A message: what stands around its records.

use outparse_sdk::{Field, Map, Problem, Record, Time, time};

/// A message.
#[derive(Clone, Debug, Default, Record)]
pub struct Response {
    /// Its ID.
    pub message_id: Option<i64>,
    /// Kind of query: `QUERY`, …
    pub opcode: Option<Vec<u8>>,
    /// Outcome: `NOERROR`, `NXDOMAIN`, …
    pub status: Option<Vec<u8>>,
    /// Flags: `qr`, `rd`, `ra`, `aa`, …
    pub flags: Vec<Vec<u8>>,
    /// Number of questions.
    pub questions: Option<i64>,
    /// Number of answers.
    pub answers: Option<i64>,
    /// Number of records in the authority section.
    pub authorities: Option<i64>,
    /// Number of additional records, that of EDNS included.
    pub additionals: Option<i64>,
    /// Version of EDNS.
    pub edns_version: Option<i64>,
    /// Flags of EDNS.
    pub edns_flags: Vec<Vec<u8>>,
    /// Largest message that the server takes by UDP.
    #[field(unit = "bytes")]
    pub edns_udp_size: Option<i64>,
    /// Options of EDNS, such as `COOKIE`.
    pub edns_options: Map<Vec<u8>>,
    /// Time that the query took.
    #[field(unit = "seconds")]
    pub query_time: Option<f64>,
    /// Server that answered, as printed.
    pub server: Option<Vec<u8>>,
    /// Address of the server.
    pub server_address: Option<Vec<u8>>,
    /// Port of the server.
    pub server_port: Option<i64>,
    /// When it was answered: local, as zones are printed by name; with an offset where that is UTC.
    pub time: Option<Time>,
    /// The same as printed.
    pub when: Option<Vec<u8>>,
    /// Size of the message.
    #[field(unit = "bytes")]
    pub received: Option<i64>,
    /// What is said of a zone's transfer.
    pub transfer: Option<Vec<u8>>,
    /// Number of the message, from 1.
    pub response: i64,
}

impl Response {
    /// `opcode: QUERY, status: NOERROR, id: 7`
    pub(super) fn read_header(&mut self, header: Field<'_>) -> Result<(), Problem> {
        for part in header.split(", ") {
            let (name, value) = part.split_once(": ").ok_or_else(|| part.expected("`opcode:`, `status:` or `id:`"))?;
            match name.bytes {
                b"opcode" => self.opcode = Some(value.bytes.to_vec()),
                b"status" => self.status = Some(value.bytes.to_vec()),
                b"id" => self.message_id = Some(value.integer()?),
                _ => return Err(name.expected("`opcode`, `status` or `id`")),
            }
        }
        Ok(())
    }

    /// `qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1`
    pub(super) fn read_flags(&mut self, text: Field<'_>) -> Result<(), Problem> {
        let (flags, counts) = text.split_once(";").ok_or_else(|| text.expected("`;` after the flags"))?;
        self.flags = flags.fields().map(|flag| flag.bytes.to_vec()).collect();
        for part in counts.bytes.split(|byte| matches!(byte, b',' | b';')).map(|part| Field::from(part).trim()) {
            // A bit that must be zero, and is not: `MBZ: 0x4`
            if part.bytes.starts_with(b"MBZ: ") {
                self.flags.push(part.bytes.to_vec());
                continue;
            }
            let (name, value) = part.split_once(": ").ok_or_else(|| text.expected("numbers of records, such as `ANSWER: 1`"))?;
            let number = Some(value.as_integer().ok_or_else(|| text.expected("numbers of records, such as `ANSWER: 1`"))?);
            match name.bytes {
                b"QUERY" | b"ZONE" => self.questions = number,
                b"ANSWER" | b"PREREQ" => self.answers = number,
                b"AUTHORITY" | b"UPDATE" => self.authorities = number,
                b"ADDITIONAL" => self.additionals = number,
                _ => return Err(text.expected("numbers of questions, answers, authorities and additional records")),
            }
        }
        Ok(())
    }

    /// `EDNS: version: 0, flags: do; MBZ: 0x0005, udp: 4096`, `COOKIE: 1f (good)`
    pub(super) fn read_options(&mut self, text: Field<'_>) -> Result<(), Problem> {
        let (name, value) = text.split_once(": ").ok_or_else(|| text.expected("an option of EDNS and its value"))?;
        if name.bytes != b"EDNS" {
            self.edns_options.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
            return Ok(());
        }
        for part in value.bytes.split(|byte| matches!(byte, b',' | b';')).map(Field::from) {
            let part = part.trim();
            match part.split_once(":").map(|(name, value)| (name.bytes, value.trim())) {
                Some((b"version", version)) => self.edns_version = Some(version.integer()?),
                Some((b"flags", flags)) => self.edns_flags = flags.fields().map(|flag| flag.bytes.to_vec()).collect(),
                Some((b"udp", size)) => self.edns_udp_size = Some(size.integer()?),
                Some((name, value)) => self.edns_options.0.push((name.to_vec(), value.bytes.to_vec())),
                None => {}
            }
        }
        Ok(())
    }

    /// What stands after the sections, by name.
    pub(super) const TRAILERS: [&[u8]; 5] = [b"Query time", b"SERVER", b"WHEN", b"MSG SIZE  rcvd", b"XFR size"];

    /// A line after the sections: `Query time: 25 msec`
    pub(super) fn read_trailer(&mut self, name: &[u8], value: Field<'_>) -> Result<(), Problem> {
        match name {
            b"Query time" => {
                let (number, unit) = value.split_once(" ").ok_or_else(|| value.expected("a time such as `25 msec`"))?;
                let power = match unit.bytes {
                    b"msec" => -3,
                    b"usec" => -6,
                    _ => return Err(unit.expected("`msec` or `usec`")),
                };
                self.query_time = Some(number.float_e(power)?);
            }
            b"SERVER" => self.set_server(value),
            b"WHEN" => {
                self.when = Some(value.bytes.to_vec());
                self.time = when(value);
            }
            b"MSG SIZE  rcvd" => self.received = Some(value.integer()?),
            b"XFR size" => self.transfer = Some(value.bytes.to_vec()),
            _ => {}
        }
        Ok(())
    }
}

impl Response {
    /// What ends a message of a trace, after its first word: `239 bytes from 192.0.2.1#53(a.root-servers.net) in 4 ms`
    pub(super) fn read_received(&mut self, text: Field<'_>) -> Result<(), Problem> {
        let parts = text
            .split_once(" bytes from ")
            .and_then(|(size, rest)| Some((size, rest.trim_end().strip_suffix(" ms")?.rsplit_once(" in ")?)));
        let (size, (server, time)) = parts.ok_or_else(|| text.expected("`N bytes from SERVER in N ms`"))?;
        (self.received, self.query_time) = (Some(size.integer()?), Some(time.float_e(-3)?));
        self.set_server(server);
        Ok(())
    }

    /// `192.0.2.1#53(192.0.2.1) (UDP)`
    fn set_server(&mut self, text: Field<'_>) {
        self.server = Some(text.bytes.to_vec());
        if let Some((address, rest)) = text.split_once("#") {
            self.server_address = Some(address.bytes.to_vec());
            self.server_port = rest.split("(").next().and_then(|port| port.trim().as_integer());
        }
    }
}

/// `Wed Oct 30 05:13:22 PDT 2019`
fn when(text: Field<'_>) -> Option<Time> {
    let words = text.words();
    let (month, day, clock, zone, year) = match words[..] {
        [_, month, day, clock, zone, year] => (month, day, clock, Some(zone), year),
        [_, month, day, clock, year] => (month, day, clock, None, year),
        _ => return None,
    };
    let day = u32::try_from(day.as_integer()?).ok()?;
    let local: Time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, time::time_of_day(clock.bytes)?.0)?;
    Some(zone.and_then(|zone| time::zone_offset(zone.bytes)).map_or(local, |offset| local.with_offset(offset)))
}
