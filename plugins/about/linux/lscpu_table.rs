//! `lscpu -e` and `lscpu -p`: a table of the processors one by one, for people and for programs, and the first of them as JSON (`-e -J`).

use outparse_sdk::document::{Content, Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

/// A processor.
#[derive(Clone, Debug, Default, Record)]
pub struct Processor {
    /// Its number.
    #[field(key)]
    pub processor: Option<i64>,
    /// The node of memory that it is at.
    pub node: Option<i64>,
    /// The drawer that it is in.
    pub drawer: Option<i64>,
    /// The book that it is in.
    pub book: Option<i64>,
    /// The socket that it is in.
    pub socket: Option<i64>,
    /// The cluster that it is in.
    pub cluster: Option<i64>,
    /// The core that it is in.
    pub core: Option<i64>,
    /// Which cache of each sort it uses; those with the same number share it.
    pub caches: Map<i64>,
    /// Whether the system uses it.
    pub is_online: Option<bool>,
    /// Whether the hypervisor has given it to this machine.
    pub is_configured: Option<bool>,
    /// How the hypervisor shares it out.
    pub polarization: Option<Vec<u8>>,
    /// Its physical address.
    pub physical_address: Option<Vec<u8>>,
    /// Its frequency now.
    #[field(unit = "hertz", gauge)]
    pub frequency: Option<f64>,
    /// The same in percent of the highest.
    #[field(unit = "percent", gauge)]
    pub frequency_percent: Option<f64>,
    /// Highest frequency.
    #[field(unit = "hertz")]
    pub frequency_maximum: Option<f64>,
    /// Lowest frequency.
    #[field(unit = "hertz")]
    pub frequency_minimum: Option<f64>,
    /// How fast the kernel waits: says nothing of how fast it works.
    pub bogomips: Option<f64>,
}

/// Titles and their fields, but for those of caches.
const COLUMNS: [(&str, &str); 16] = [
    ("CPU", "processor"),
    ("NODE", "node"),
    ("DRAWER", "drawer"),
    ("BOOK", "book"),
    ("SOCKET", "socket"),
    ("CLUSTER", "cluster"),
    ("CORE", "core"),
    ("ONLINE", "is_online"),
    ("CONFIGURED", "is_configured"),
    ("POLARIZATION", "polarization"),
    ("ADDRESS", "physical_address"),
    ("MHZ", "frequency"),
    ("SCALMHZ%", "frequency_percent"),
    ("MAXMHZ", "frequency_maximum"),
    ("MINMHZ", "frequency_minimum"),
    ("BOGOMIPS", "bogomips"),
];

/// A column.
#[derive(Clone, Debug)]
enum Column {
    /// Of this field.
    Field(&'static str),
    /// Of caches, by their names: all in one cell, or one of them.
    Caches(Vec<Vec<u8>>),
    /// What parts the caches from the others (`-p`).
    Gap,
}

/// Reads `lscpu -e` and `-p`.
pub struct LscpuTable {
    columns: Vec<Column>,
    /// Whether cells stand between commas (`-p`).
    is_parsable: bool,
    /// The last line that is no row (`-p`): the one above the rows has the titles.
    comment: Vec<u8>,
    /// What `-J` printed so far.
    document: Option<Document>,
}

const EXPECTED: &str = "the titles `CPU …` of `lscpu -e`, or `# The following is the parsable format` of `-p`";

impl Parser for LscpuTable {
    const ABOUT: About = About {
        name: "lscpu-table",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Processors one by one, as lscpu -e and -p print them",
        commands: &["lscpu"],
        dialect: "util-linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Processor;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        LscpuTable { columns: Vec::new(), is_parsable: false, comment: Vec::new(), document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if Document::take(&mut self.document, b'{', !rows.recognised(), line) || line.is_blank() {
            return Ok(());
        }
        let whole = line.whole();
        if let Some(comment) = whole.strip_prefix("# ") {
            if !rows.recognised() && !comment.bytes.starts_with(b"The following is the parsable format") {
                return Err(line.expected(EXPECTED).into());
            }
            self.is_parsable = true;
            self.comment = comment.bytes.to_vec();
            rows.recognise();
            return Ok(());
        }
        if self.is_parsable {
            if !self.comment.is_empty() {
                let titles = std::mem::take(&mut self.comment);
                self.begin(Field::from(titles.as_slice()).split(","), rows)?;
            }
            let cells: Vec<Field<'_>> = whole.split(",").collect();
            return self.row(&cells, whole, rows);
        }
        if self.columns.is_empty() {
            self.begin(whole.fields(), rows).map_err(|_| line.expected(EXPECTED))?;
            rows.recognise();
            return Ok(());
        }
        self.row(&whole.words(), whole, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            let whole = document.read().map_err(Error::Unrecognised)?;
            let list = whole.get("cpus").ok_or_else(|| Error::Unrecognised(whole.expected("an object with the list `cpus`")))?;
            for object in list.items()? {
                self.object(object, rows)?;
            }
            rows.recognise();
        }
        rows.expect_recognised(EXPECTED)
    }
}

impl LscpuTable {
    fn begin<'a>(&mut self, titles: impl Iterator<Item = Field<'a>>, rows: &mut Rows<Processor>) -> Result<(), Problem> {
        self.columns = titles.map(column).collect::<Result<_, _>>()?;
        let fields = self.columns.iter().filter_map(|column| match column {
            Column::Field(field) => Some(*field),
            Column::Caches(_) => Some("caches"),
            Column::Gap => None,
        });
        rows.shape(fields);
        Ok(())
    }

    fn row(&self, cells: &[Field<'_>], line: Field<'_>, rows: &mut Rows<Processor>) -> Result<(), Error> {
        if cells.len() != self.columns.len() {
            return Err(line.expected(&format!("{} cells", self.columns.len())).into());
        }
        let mut processor = Processor::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            processor.put(column, *cell)?;
        }
        rows.push(processor);
        Ok(())
    }

    fn object(&mut self, object: &Node<'_>, rows: &mut Rows<Processor>) -> Result<(), Error> {
        let members = object.members()?;
        if self.columns.is_empty() {
            self.begin(members.iter().map(|(name, _)| Field::from(&**name)), rows)?;
        }
        let mut processor = Processor::default();
        for (name, value) in members {
            let text = match &value.content {
                Content::Null => continue,
                Content::Boolean(value) => if *value { "yes" } else { "no" }.as_bytes(),
                _ => value.text()?,
            };
            let read = column(Field::from(&**name)).and_then(|column| processor.put(&column, Field::from(text)));
            read.map_err(|problem| value.problem(problem.message))?;
        }
        rows.push(processor);
        Ok(())
    }
}

/// The column of a title, whatever its case.
fn column(title: Field<'_>) -> Result<Column, Problem> {
    let title = title.trim();
    if title.bytes.is_empty() {
        return Ok(Column::Gap);
    }
    if let Some((_, field)) = COLUMNS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(title.bytes)) {
        return Ok(Column::Field(field));
    }
    // `L1d:L1i:L2:L3`
    let named = |name: &[u8]| matches!(name, [b'L' | b'l', level, ..] if level.is_ascii_digit());
    let names: Vec<Vec<u8>> = title.split(":").map(|name| [b"L", name.bytes.get(1..).unwrap_or_default()].concat()).collect();
    if title.split(":").all(|name| named(name.bytes)) {
        return Ok(Column::Caches(names));
    }
    Err(title.expected("a title of lscpu"))
}

impl Processor {
    fn put(&mut self, column: &Column, cell: Field<'_>) -> Result<(), Problem> {
        let Some(cell) = cell.trim().known().filter(|cell| !cell.bytes.is_empty()) else { return Ok(()) };
        let integer = || cell.integer().map(Some);
        let hertz = || cell.float_e(6).map(Some);
        let is = || match cell.bytes {
            b"yes" | b"Y" => Ok(Some(true)),
            b"no" | b"N" => Ok(Some(false)),
            _ => Err(cell.expected("yes or no")),
        };
        match column {
            Column::Gap => return Err(cell.expected("nothing before the caches")),
            Column::Caches(names) => {
                let numbers: Vec<Field<'_>> = cell.split(":").collect();
                if numbers.len() != names.len() {
                    return Err(cell.expected(&format!("{} caches", names.len())));
                }
                for (name, number) in names.iter().zip(numbers).filter(|(_, number)| !number.bytes.is_empty()) {
                    self.caches.0.push((name.clone(), number.integer()?));
                }
            }
            Column::Field(field) => match *field {
                "processor" => self.processor = integer()?,
                "node" => self.node = integer()?,
                "drawer" => self.drawer = integer()?,
                "book" => self.book = integer()?,
                "socket" => self.socket = integer()?,
                "cluster" => self.cluster = integer()?,
                "core" => self.core = integer()?,
                "is_online" => self.is_online = is()?,
                "is_configured" => self.is_configured = is()?,
                "polarization" => self.polarization = Some(cell.bytes.to_vec()),
                "physical_address" => self.physical_address = Some(cell.bytes.to_vec()),
                "frequency" => self.frequency = hertz()?,
                "frequency_percent" => self.frequency_percent = Some(cell.strip_suffix("%").unwrap_or(cell).float()?),
                "frequency_maximum" => self.frequency_maximum = hertz()?,
                "frequency_minimum" => self.frequency_minimum = hertz()?,
                _ => self.bogomips = Some(cell.float()?),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::LscpuTable;

    #[test]
    fn each_form_has_the_same_processors() {
        let first = r#"{"processor":0,"node":0,"socket":0,"core":0,"caches":{"L1d":0,"L1i":0,"L2":0,"L3":0}"#;
        let extended = b"CPU NODE SOCKET CORE L1d:L1i:L2:L3 ONLINE MAXMHZ    MINMHZ\n0   0    0      0    0:0:0:0       yes    3500.0000 400.0000\n1   -    -      -    :::           no     -         -\n";
        let parsed = parse::<LscpuTable>(None, extended);
        assert_eq!(
            parsed.sound(),
            [
                &format!(r#"{first},"is_online":true,"frequency_maximum":3500000000,"frequency_minimum":400000000}}"#),
                r#"{"processor":1,"caches":{},"is_online":false}"#,
            ]
        );
        assert_any_split::<LscpuTable>(None, extended);
        let parsable = b"# The following is the parsable format, which can be fed to other\n# starting from zero.\n# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n0,0,0,0,,0,0,0,0\n1,0,0,,,0,0,0,0\n";
        let parsed = parse::<LscpuTable>(None, parsable);
        assert_eq!(
            parsed.sound(),
            [&format!("{first}}}"), r#"{"processor":1,"socket":0,"core":0,"caches":{"L1d":0,"L1i":0,"L2":0,"L3":0}}"#]
        );
        let chosen =
            parse::<LscpuTable>(None, b"# The following is the parsable format\n# CPU,Maxmhz,Online,L1d:L2\n0,3500.0000,Y,0:1\n");
        chosen.has(0, &[r#""processor":0,"caches":{"L1d":0,"L2":1},"is_online":true,"frequency_maximum":3500000000"#]);
        let json = br#"{"cpus": [{"cpu": 0, "node": 0, "socket": 0, "core": 0, "l1d:l1i:l2:l3": "0:0:0:0", "online": true}, {"cpu": 1, "node": null, "socket": null, "core": null, "l1d:l1i:l2:l3": "-", "online": false}]}"#;
        let parsed = parse::<LscpuTable>(None, json);
        assert_eq!(
            parsed.sound(),
            [&format!(r#"{first},"is_online":true}}"#), r#"{"processor":1,"caches":{},"is_online":false}"#]
        );
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let parsed = parse::<LscpuTable>(None, b"CPU NODE\n0 0\n1\n2 x\n3 0\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        assert_unrecognised::<LscpuTable>(["hello\n", "Architecture: x86_64\n", "CPU WHAT\n", "{}\n", "# hello\n"]);
    }
}
