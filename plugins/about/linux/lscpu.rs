//! `lscpu`: `NAME: VALUE`; newer versions indent what belongs to the line above.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

/// The processors of a machine.
#[derive(Clone, Debug, Default, Record)]
pub struct Processors {
    /// Architecture.
    pub architecture: Option<Vec<u8>>,
    /// Number of processors, threads counted.
    pub processors: Option<i64>,
    /// Vendor.
    pub vendor: Option<Vec<u8>>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// Threads in a core.
    pub threads_per_core: Option<i64>,
    /// Cores in a socket.
    pub cores_per_socket: Option<i64>,
    /// Number of sockets.
    pub sockets: Option<i64>,
    /// Number of nodes of memory.
    pub numa_nodes: Option<i64>,
    /// Highest frequency.
    #[field(unit = "hertz")]
    pub frequency_maximum: Option<f64>,
    /// Lowest frequency.
    #[field(unit = "hertz")]
    pub frequency_minimum: Option<f64>,
    /// Who runs it as a virtual machine.
    pub hypervisor: Option<Vec<u8>>,
    /// What the processors can do.
    pub flags: Vec<Vec<u8>>,
    /// Vulnerabilities, and what is done about them.
    pub vulnerabilities: Map<Vec<u8>>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `lscpu`.
pub struct Lscpu(Processors);

impl Parser for Lscpu {
    const ABOUT: About = About {
        name: "lscpu",
        version: env!("CARGO_PKG_VERSION"),
        summary: "The processors of a machine, as lscpu prints them",
        commands: &["lscpu"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Processors;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Lscpu(Processors::default())
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`Architecture: …`"))?;
        let (name, value) = (name.trim(), value.trim());
        if !rows.recognised() && name.bytes != b"Architecture" {
            return Err(line.expected("`Architecture: …`").into());
        }
        rows.recognise();
        let some = Some(value.bytes.to_vec());
        let number = |value: Field<'_>| value.integer().map(Some);
        let all = &mut self.0;
        match name.bytes {
            b"Architecture" => all.architecture = some,
            b"CPU(s)" => all.processors = number(value)?,
            b"Vendor ID" => all.vendor = some,
            b"Model name" => all.model = some,
            b"Thread(s) per core" => all.threads_per_core = number(value)?,
            b"Core(s) per socket" | b"Core(s) per cluster" => all.cores_per_socket = value.as_integer(),
            b"Socket(s)" => all.sockets = value.as_integer(),
            b"NUMA node(s)" => all.numa_nodes = number(value)?,
            b"CPU max MHz" => all.frequency_maximum = Some(value.float_e(6)?),
            b"CPU min MHz" => all.frequency_minimum = Some(value.float_e(6)?),
            b"Hypervisor vendor" => all.hypervisor = some,
            b"Flags" => all.flags = value.fields().map(|flag| flag.bytes.to_vec()).collect(),
            text if text.starts_with(b"Vulnerability ") => {
                all.vulnerabilities.0.push((name.split_at(14).1.bytes.to_vec(), value.bytes.to_vec()))
            }
            // A title over lines that are indented has no value.
            _ if value.bytes.is_empty() => {}
            _ => all.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.0));
        }
        rows.expect_recognised("`Architecture: …`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Lscpu;

    #[test]
    fn lines_are_one_record() {
        let parsed = parse::<Lscpu>(None, b"Architecture:        x86_64\n  Byte Order:        Little Endian\nCPU(s):              2\nCPU max MHz:         2303.9980\nVulnerabilities:     \n  Vulnerability Mds: Not affected\nFlags:               a b\n");
        assert!(parsed.records[0].contains(r#""architecture":"x86_64","processors":2"#), "{parsed:?}");
        assert!(
            parsed.records[0].ends_with(
                r#""flags":["a","b"],"vulnerabilities":{"Mds":"Not affected"},"details":{"Byte Order":"Little Endian"}}"#
            ),
            "{parsed:?}"
        );
        assert_unrecognised::<Lscpu>(["hello\n", "a: b\n", ""]);
    }
}
