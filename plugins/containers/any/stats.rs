//! `docker stats` and `podman stats`: a table that comes again and again.

use outparse_sdk::grid::Title;
use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source};

use crate::{Table, column, sizes};

/// What a container uses.
#[derive(Clone, Debug, Default, Record)]
pub struct Usage {
    /// The container's identifier.
    #[field(key)]
    pub id: Option<Vec<u8>>,
    /// Its name.
    #[field(key)]
    pub name: Option<Vec<u8>>,
    /// Processor time in percent of one processor; null where it does not run.
    #[field(unit = "percent", gauge)]
    pub cpu_percent: Option<f64>,
    /// Processor time in percent, on average.
    #[field(unit = "percent", gauge)]
    pub cpu_average_percent: Option<f64>,
    /// Processor time used.
    #[field(unit = "seconds", counter)]
    pub cpu_time: Option<f64>,
    /// Memory in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub memory_used: Option<i64>,
    /// The most that it may use.
    #[field(unit = "bytes", approximate)]
    pub memory_limit: Option<i64>,
    /// Memory in percent of that.
    #[field(unit = "percent", gauge)]
    pub memory_limit_percent: Option<f64>,
    /// Bytes received.
    #[field(unit = "bytes", approximate, counter)]
    pub rx_bytes: Option<i64>,
    /// Bytes sent.
    #[field(unit = "bytes", approximate, counter)]
    pub tx_bytes: Option<i64>,
    /// Bytes read from devices.
    #[field(unit = "bytes", approximate, counter)]
    pub read_bytes: Option<i64>,
    /// Bytes written to devices.
    #[field(unit = "bytes", approximate, counter)]
    pub written_bytes: Option<i64>,
    /// Number of its processes and threads.
    #[field(gauge)]
    pub processes: Option<i64>,
}

const TITLES: [Title; 14] = [
    column("CONTAINER ID"),
    column("CONTAINER"),
    column("ID"),
    column("NAME"),
    column("CPU %"),
    column("MEM USAGE / LIMIT"),
    column("MEM %"),
    column("NET I/O"),
    column("NET IO"),
    column("BLOCK I/O"),
    column("BLOCK IO"),
    column("PIDS"),
    column("CPU TIME"),
    column("AVG CPU %"),
];

/// Reads `docker stats`.
pub struct Stats {
    table: Table,
}

impl Parser for Stats {
    const ABOUT: About = About {
        name: "stats",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What containers use, as docker stats and podman stats print it",
        commands: &["docker stats", "docker container stats", "podman stats", "podman container stats"],
        dialect: "any",
        platforms: &["linux", "macos"],
        ..About::DEFAULT
    };
    type Record = Usage;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Stats { table: Table::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.table.heading(line, &TITLES)? {
            rows.shape(self.table.titles().flat_map(|title| match title {
                "CONTAINER ID" | "CONTAINER" | "ID" => &["id"][..],
                "NAME" => &["name"],
                "CPU %" => &["cpu_percent"],
                "MEM USAGE / LIMIT" => &["memory_used", "memory_limit"],
                "MEM %" => &["memory_limit_percent"],
                "NET I/O" | "NET IO" => &["rx_bytes", "tx_bytes"],
                "BLOCK I/O" | "BLOCK IO" => &["read_bytes", "written_bytes"],
                "PIDS" => &["processes"],
                "CPU TIME" => &["cpu_time"],
                _ => &["cpu_average_percent"],
            }));
            rows.recognise();
            return Ok(());
        }
        let mut usage = Usage::default();
        for (title, cell) in self.table.cells(line)?.into_iter().filter(|(_, cell)| cell.bytes != b"--") {
            usage.read(title, cell)?;
        }
        rows.push(usage);
        Ok(())
    }
}

impl Usage {
    fn read(&mut self, title: &str, cell: Field<'_>) -> Result<(), Error> {
        let percent = || cell.strip_suffix("%").ok_or_else(|| cell.expected("a percentage"))?.float().map(Some);
        match title {
            "CONTAINER ID" | "CONTAINER" | "ID" => self.id = Some(cell.bytes.to_vec()),
            "NAME" => self.name = Some(cell.bytes.to_vec()),
            "CPU %" => self.cpu_percent = percent()?,
            "AVG CPU %" => self.cpu_average_percent = percent()?,
            "MEM %" => self.memory_limit_percent = percent()?,
            "MEM USAGE / LIMIT" => (self.memory_used, self.memory_limit) = sizes(cell)?,
            "NET I/O" | "NET IO" => (self.rx_bytes, self.tx_bytes) = sizes(cell)?,
            "BLOCK I/O" | "BLOCK IO" => (self.read_bytes, self.written_bytes) = sizes(cell)?,
            "PIDS" => self.processes = Some(cell.integer()?),
            _ => self.cpu_time = Some(duration(cell).ok_or_else(|| cell.expected("a duration such as `1m2.5s`"))?),
        }
        Ok(())
    }
}

/// `1h2m3.5s`, `44.1ms`
fn duration(text: Field<'_>) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.bytes.is_empty() {
        let digits = rest.bytes.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let (number, after) = rest.split_at(digits);
        let letters = after.bytes.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let (unit, after) = after.split_at(letters);
        seconds += match unit.bytes {
            b"h" => number.as_float()? * 3600.0,
            b"m" => number.as_float()? * 60.0,
            b"s" => number.as_float()?,
            b"ms" => number.float_e(-3).ok()?,
            b"\xc2\xb5s" | b"us" => number.float_e(-6).ok()?,
            b"ns" => number.float_e(-9).ok()?,
            _ => return None,
        };
        rest = after;
    }
    (!text.bytes.is_empty()).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Stats;

    #[test]
    fn usage_is_read_again_and_again() {
        let text = b"CONTAINER ID   NAME   CPU %     MEM USAGE / LIMIT     MEM %     NET I/O          BLOCK I/O         PIDS\n\
            b95a83497c91   a      0.28%     5.629MiB / 1.952GiB   0.28%     916B / 0B        147kB / 0B        9\n\
            CONTAINER ID   NAME   CPU %     MEM USAGE / LIMIT     MEM %     NET I/O          BLOCK I/O         PIDS\n\
            b95a83497c91   a      --        -- / --               --        1.2kB / 3MB      147kB / 0B        0\n";
        assert_eq!(
            parse::<Stats>(None, text).sound(),
            [
                r#"{"id":"b95a83497c91","name":"a","cpu_percent":0.28,"memory_used":5902434,"memory_limit":2095944040,"memory_limit_percent":0.28,"rx_bytes":916,"tx_bytes":0,"read_bytes":147000,"written_bytes":0,"processes":9}"#,
                r#"{"id":"b95a83497c91","name":"a","rx_bytes":1200,"tx_bytes":3000000,"read_bytes":147000,"written_bytes":0,"processes":0}"#,
            ]
        );
        let text = b"ID            NAME        CPU %       MEM USAGE / LIMIT  MEM %       NET IO      BLOCK IO    PIDS        CPU TIME    AVG CPU %\n\
            a             b           2.50%       1MB / 2MB          50.00%      -- / --     0B / 0B     2           1m2.5s      3.00%\n";
        assert_eq!(
            parse::<Stats>(None, text).only(),
            r#"{"id":"a","name":"b","cpu_percent":2.5,"cpu_average_percent":3,"cpu_time":62.5,"memory_used":1000000,"memory_limit":2000000,"memory_limit_percent":50,"read_bytes":0,"written_bytes":0,"processes":2}"#
        );
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        let parsed = parse::<Stats>(None, b"NAME   CPU %   PIDS\na      much    1\nb      1.00%   1\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        assert_unrecognised::<Stats>(["hello\n", "NAME\n", "NAME   CPU(cores)   MEMORY(bytes)\n"]);
    }
}
