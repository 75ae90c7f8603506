//! `lscpu`: `NAME: VALUE`; newer versions indent what belongs to the line above. With `-J` the same names and values are objects, and what is
//! indented are their children.

use outparse_sdk::document::{Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

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
pub struct Lscpu {
    processors: Processors,
    /// The names that were said.
    said: Vec<Vec<u8>>,
    /// What `-J` printed so far.
    document: Option<Document>,
}

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
        Lscpu { processors: Processors::default(), said: Vec::new(), document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || Document::take(&mut self.document, b'{', !rows.recognised(), line) {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`Architecture: …`"))?;
        let (name, value) = (name.trim(), value.trim());
        if !rows.recognised() && name.bytes != b"Architecture" {
            return Err(line.expected("`Architecture: …`").into());
        }
        rows.recognise();
        // Another report.
        if name.bytes == b"Architecture" && !self.said.is_empty() {
            self.said.clear();
            rows.push(std::mem::take(&mut self.processors));
        }
        Ok(self.put(name, value)?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            let whole = document.read().map_err(Error::Unrecognised)?;
            let listed =
                whole.get("lscpu").ok_or_else(|| Error::Unrecognised(whole.expected("an object with the list `lscpu`")))?;
            self.objects(listed, rows).map_err(Error::Unrecognised)?;
        }
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.processors));
        }
        rows.expect_recognised("`Architecture: …`")
    }
}

impl Lscpu {
    /// Takes what is said under this name. Of processors of several kinds, names come again for each: these are numbered among the details.
    fn put(&mut self, name: Field<'_>, value: Field<'_>) -> Result<(), Problem> {
        let times = self.said.iter().filter(|said| *said == name.bytes).count();
        self.said.push(name.bytes.to_vec());
        if times == 0 {
            return self.processors.put(name, value);
        }
        let numbered = [name.bytes, format!(" ({})", times + 1).as_bytes()].concat();
        self.processors.details.0.push((numbered, value.bytes.to_vec()));
        Ok(())
    }

    /// `[{"field": "CPU(s):", "data": "2", "children": […]}, …]`
    fn objects(&mut self, list: &Node<'_>, rows: &mut Rows<Processors>) -> Result<(), Problem> {
        for object in list.items()? {
            for (name, value) in object.members()? {
                if !matches!(&**name, b"field" | b"data" | b"children") {
                    return Err(value.problem(format!("expected `field`, `data` or `children`, found `{}`", name.escape_ascii())));
                }
            }
            let name = object.get("field").ok_or_else(|| object.expected("an object with a `field`"))?;
            let text = Field::from(name.text()?);
            let text = text.strip_suffix(":").unwrap_or(text);
            rows.recognise();
            if let Some(data) = object.get("data")
                && let Err(problem) = self.put(text, data.cell()?)
            {
                rows.problem(data.placed(problem));
            }
            if let Some(children) = object.get("children") {
                self.objects(children, rows)?;
            }
        }
        Ok(())
    }
}

impl Processors {
    /// Takes what is said under this name.
    fn put(&mut self, name: Field<'_>, value: Field<'_>) -> Result<(), Problem> {
        let some = Some(value.bytes.to_vec());
        let number = |value: Field<'_>| value.integer().map(Some);
        let all = self;
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

    #[test]
    fn processors_of_several_kinds_lose_none_of_their_names() {
        let parsed = parse::<Lscpu>(
            None,
            b"Architecture: aarch64\nCPU(s): 6\nModel name: Cortex-A53\nSocket(s): 1\nModel name: Cortex-A72\nSocket(s): 2\n",
        );
        assert!(parsed.only().contains(r#""model":"Cortex-A53""#) && parsed.only().contains(r#""sockets":1"#), "{parsed:?}");
        assert!(parsed.only().ends_with(r#""details":{"Model name (2)":"Cortex-A72","Socket(s) (2)":"2"}}"#), "{parsed:?}");
    }

    #[test]
    fn json_is_the_same_record() {
        let json = br#"{
   "lscpu": [
      {"field": "Architecture:", "data": "x86_64", "children": [{"field": "Byte Order:", "data": "Little Endian"}]},
      {"field": "CPU(s):", "data": "2"},
      {"field": "Vulnerabilities:", "data": null, "children": [{"field": "Vulnerability Mds:", "data": "Not affected"}]},
      {"field": "Flags:", "data": "a b"}
   ]
}
"#;
        let text = b"Architecture:        x86_64\n  Byte Order:        Little Endian\nCPU(s):              2\nVulnerabilities:     \n  Vulnerability Mds: Not affected\nFlags:               a b\n";
        assert_eq!(parse::<Lscpu>(None, json).only(), parse::<Lscpu>(None, text).only());
        let broken = parse::<Lscpu>(None, br#"{"lscpu":[{"field":"CPU(s):","data":"x"},{"field":"Architecture:","data":"y"}]}"#);
        assert_eq!(broken.problems, ["error: line 1, column 37: expected a whole number, found `x`"]);
        assert_unrecognised::<Lscpu>(["{}\n", "{\"lscpu\":[]}\n", "{\"lscpu\":[{\"name\":1}]}\n", "{\"lscpu\":[\n"]);
    }

    #[test]
    fn each_report_is_a_record() {
        let parsed = parse::<Lscpu>(None, b"Architecture: x86_64\nCPU(s): 4\nArchitecture: aarch64\nCPU(s): 8\n");
        parsed.has(0, &[r#""architecture":"x86_64","processors":4"#]);
        parsed.has(1, &[r#""architecture":"aarch64","processors":8"#]);
    }
}
