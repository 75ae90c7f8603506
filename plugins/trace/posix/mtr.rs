//! `mtr --report`: a line a hop under titles that `-o` chooses.

use outparse_sdk::grid::{Reading, Title};
use outparse_sdk::{About, CellValue, Cells, Error, Field, Line, Parser, Place, Problem, Record, Rows, Source};

/// A hop and how its probes went. Which fields there are is up to the columns.
#[derive(Clone, Debug, Default, Record)]
pub struct Hop<'a> {
    /// Number of the hop.
    #[field(key)]
    pub hop: Option<i64>,
    /// Who answered, by name or address; null where nobody did.
    pub name: Option<&'a [u8]>,
    /// Their address (`-b`).
    pub address: Option<&'a [u8]>,
    /// Number of the autonomous system (`-z`).
    pub as_number: Option<i64>,
    /// Probes that were not answered.
    #[field(unit = "percent")]
    pub loss_percent: Option<f64>,
    /// Number of probes that were not answered.
    pub dropped: Option<i64>,
    /// Number of answers.
    pub received: Option<i64>,
    /// Number of probes.
    pub sent: Option<i64>,
    /// Round-trip time of the last probe.
    #[field(unit = "seconds")]
    pub last_rtt: Option<f64>,
    /// Average round-trip time.
    #[field(unit = "seconds")]
    pub average_rtt: Option<f64>,
    /// Smallest round-trip time.
    #[field(unit = "seconds")]
    pub best_rtt: Option<f64>,
    /// Greatest round-trip time.
    #[field(unit = "seconds")]
    pub worst_rtt: Option<f64>,
    /// Geometric mean of the round-trip times.
    #[field(unit = "seconds")]
    pub geometric_mean_rtt: Option<f64>,
    /// Standard deviation.
    #[field(unit = "seconds")]
    pub standard_deviation: Option<f64>,
    /// Jitter of the last probe.
    #[field(unit = "seconds")]
    pub jitter: Option<f64>,
    /// Average jitter.
    #[field(unit = "seconds")]
    pub average_jitter: Option<f64>,
    /// Greatest jitter.
    #[field(unit = "seconds")]
    pub worst_jitter: Option<f64>,
    /// Jitter between arrivals.
    #[field(unit = "seconds")]
    pub interarrival_jitter: Option<f64>,
}

use Reading::{Float, Integer, Percent};

/// Times are in milliseconds.
const TITLES: [Title; 14] = [
    Title::right("Loss%", "loss_percent", Percent),
    Title::right("Drop", "dropped", Integer),
    Title::right("Rcv", "received", Integer),
    Title::right("Snt", "sent", Integer),
    Title::right("Last", "last_rtt", Float),
    Title::right("Avg", "average_rtt", Float),
    Title::right("Best", "best_rtt", Float),
    Title::right("Wrst", "worst_rtt", Float),
    Title::right("Gmean", "geometric_mean_rtt", Float),
    Title::right("StDev", "standard_deviation", Float),
    Title::right("Jttr", "jitter", Float),
    Title::right("Javg", "average_jitter", Float),
    Title::right("Jmax", "worst_jitter", Float),
    Title::right("Jint", "interarrival_jitter", Float),
];

/// Reads `mtr --report`.
pub struct Mtr {
    columns: Vec<(Title, Place)>,
    places: Vec<Place>,
    /// The hop above, whose number further hosts lack.
    hop: Option<i64>,
}

const EXPECTED: &str = "the titles `HOST: NAME Loss% Snt …`";

impl Parser for Mtr {
    const ABOUT: About = About {
        name: "mtr",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Hops of a way through a network, as mtr --report prints them",
        commands: &["mtr"],
        dialect: "mtr",
        ..About::DEFAULT
    };
    type Record = Cells<Hop<'static>>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Mtr { columns: Vec::new(), places: Vec::new(), hop: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() || line.bytes.starts_with(b"Start: ") {
            return Ok(());
        }
        if line.bytes.starts_with(b"HOST: ") {
            rows.begin_table();
            self.columns.clear();
            self.hop = None;
            let name = whole.fields().nth(1).filter(|name| TITLES.iter().all(|title| title.title.as_bytes() != name.bytes));
            name.ok_or_else(|| line.expected(EXPECTED))?;
            for word in whole.fields().skip(2) {
                let title = TITLES
                    .iter()
                    .find(|title| title.title.as_bytes() == word.bytes)
                    .ok_or_else(|| word.expected("a title of mtr"))?;
                self.columns.push((*title, rows.column(title.field)));
            }
            self.places = ["hop", "name", "address", "as_number"].map(|field| rows.column(field)).to_vec();
            rows.end_heading();
            rows.recognise();
            return Ok(());
        }
        if self.columns.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        if whole.trim_start().bytes.starts_with(b"|   +-- [MPLS:") {
            rows.warn_once("mpls", || Problem::warning("labels of MPLS are left out"));
            return Ok(());
        }
        // Should this line be broken, further hosts are of no hop.
        let above = self.hop.take();
        let (number, rest) = whole
            .split_once(".|--")
            .or_else(|| whole.split_once("|--"))
            .or_else(|| with_system(whole))
            .ok_or_else(|| line.expected("a hop, `1.|-- NAME …`"))?;
        let number = number.trim();
        let number = number.strip_suffix(".").unwrap_or(number);
        let words = rest.words();
        // Further hosts of the same hop are drawn below it, without numbers: `     |  `|-- NAME`.
        let is_further = number.bytes.starts_with(b"|") && above.is_some();
        let counted = if is_further && words.len() <= 2 { 0 } else { self.columns.len() };
        let (names, numbers) = words.split_at(words.len().saturating_sub(counted));
        if names.is_empty() {
            return Err(Problem::error(format!(
                "expected a name and {} numbers, found {} words",
                self.columns.len(),
                words.len()
            ))
            .into());
        }
        let mut cells = Vec::new();
        let hop = match number.bytes {
            _ if is_further => above,
            // With `-z`, a line without a number may be of the hop above, or have lost it.
            b"" => None,
            _ => Some(number.integer()?),
        };
        cells.extend(hop.map(|hop| (self.places[0], CellValue::Integer(hop))));
        let is_name = |word: &&Field<'_>| system(word).is_none() && !word.bytes.starts_with(b"(");
        if let Some(second) = names.iter().filter(is_name).nth(1) {
            return Err(second.expected("one name and a number under each title").into());
        }
        for name in names {
            if let Some(number) = system(name) {
                if let Some(number) = number.as_integer() {
                    cells.push((self.places[3], CellValue::Integer(number)));
                }
            } else if let Some(address) = name.strip_prefix("(").and_then(|name| name.strip_suffix(")")) {
                cells.push((self.places[2], CellValue::Text(address.bytes)));
            } else if name.bytes != b"???" {
                cells.push((self.places[1], CellValue::Text(name.bytes)));
            }
        }
        for ((title, place), word) in self.columns.iter().zip(numbers) {
            let value = match title.reading {
                Float => CellValue::Float(word.float_e(-3)?),
                reading => outparse_sdk::grid::value(reading, *word)?,
            };
            cells.push((*place, value));
        }
        rows.put_row(&cells);
        self.hop = hop;
        Ok(())
    }
}

/// What stands behind `AS` of a number of an autonomous system, which may be unknown: `AS3356`, `AS???`. Names may begin so, too.
fn system<'a>(word: &Field<'a>) -> Option<Field<'a>> {
    word.strip_prefix("AS")
        .filter(|rest| rest.bytes == b"???" || (!rest.bytes.is_empty() && rest.bytes.iter().all(u8::is_ascii_digit)))
}

/// With `-z` no line leads to the number: `  1. AS3356   gw`; further hosts of the same hop have none.
fn with_system(line: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let words = line.words();
    let at = words.iter().take(2).position(|word| system(word).is_some())?;
    let is_number = |word: &Field<'_>| word.strip_suffix(".").is_some_and(|number| number.as_integer().is_some());
    (at == 0 || is_number(&words[0])).then(|| line.split_at(words[at].start() - line.start()))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Mtr;

    #[test]
    fn hops_are_read_under_the_titles() {
        let parsed = parse::<Mtr>(None, b"Start: 2026-01-01T00:00:00+0000\nHOST: me                Loss%   Snt   Last   Avg\n  1.|-- gw (10.0.0.1)     0.0%    10    0.3   0.25\n  2.|-- ???             100.0    10    0.0   0.0\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"hop":1,"name":"gw","address":"10.0.0.1","as_number":null,"loss_percent":0,"sent":10,"last_rtt":0.0003,"average_rtt":0.00025}"#,
                r#"{"hop":2,"name":null,"address":null,"as_number":null,"loss_percent":100,"sent":10,"last_rtt":0,"average_rtt":0}"#,
            ]
        );
        let parsed = parse::<Mtr>(None, b"HOST: me                Loss%   Snt\n  1. AS???    gw (10.0.0.1)     0.0%    10\n     AS7    h     0.0%    10\n 12. AS3356   ASUS     1.0%    10\n  3.|-- ASUS.lan   0.0% 1\n");
        assert_eq!(
            parsed.sound(),
            [
                r#"{"hop":1,"name":"gw","address":"10.0.0.1","loss_percent":0,"sent":10}"#,
                r#"{"name":"h","as_number":7,"loss_percent":0,"sent":10}"#,
                r#"{"hop":12,"name":"ASUS","as_number":3356,"loss_percent":1,"sent":10}"#,
                r#"{"hop":3,"name":"ASUS.lan","loss_percent":0,"sent":1}"#,
            ]
        );
        let several = b"HOST: me                Loss%   Snt\n  1.|-- gw (10.0.0.1)     0.0%    10\n     |  |-- a (10.0.0.2)\n     |  `|-- 10.0.0.3\n     |   +-- [MPLS: Lbl 24 Exp 0 S 1 TTL 1]\n     |  `|-- x y z\n     |  `|-- 10.0.0.4\n";
        let parsed = parse::<Mtr>(None, several);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 3), "{parsed:?}");
        parsed.has(1, &[r#"{"hop":1,"name":"a","address":"10.0.0.2","as_number":null,"loss_percent":null"#]);
        parsed.has(2, &[r#"{"hop":1,"name":"10.0.0.3","address":null"#]);
        assert_unrecognised::<Mtr>(["hello\n", "HOST: me What\n", "  1.|-- gw 0.0%\n"]);
    }
}
