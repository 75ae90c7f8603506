//! `nmcli`: tables of connections and devices, in which two blanks or more part the columns; `show`, lines `NAME: VALUE`; with `-t`, cells
//! between colons, whose titles the arguments tell.

mod terse;

use outparse_sdk::grid::Characters;
use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};
use terse::Terse;

/// What `nmcli` prints.
#[derive(Debug, Record)]
pub enum Entry {
    /// A row of a table.
    Row(Row),
    /// Something and all that is known of it.
    Properties(Properties),
}

/// A row of a table.
#[derive(Clone, Debug, Default, Record)]
pub struct Row {
    /// Name of a connection.
    pub name: Option<Vec<u8>>,
    /// Network device.
    pub device: Option<Vec<u8>>,
    /// UUID of a connection.
    pub uuid: Option<Vec<u8>>,
    /// Type: `ethernet`, `wifi`, …
    pub r#type: Option<Vec<u8>>,
    /// State.
    pub state: Option<Vec<u8>>,
    /// Connection of a device.
    pub connection: Option<Vec<u8>>,
    /// Cells, by their titles; null where nothing is (`--`).
    pub cells: Map<Option<Vec<u8>>>,
}

/// Something and all that is known of it.
#[derive(Clone, Debug, Default, Record)]
pub struct Properties {
    /// Its name: of a device, or of a connection.
    #[field(key)]
    pub name: Option<Vec<u8>>,
    /// Properties, by their names; null where nothing is (`--`).
    pub properties: Map<Option<Vec<u8>>>,
    /// The parts of properties that have any, such as routes: `IP4.ROUTE[1].dst`.
    pub parts: Map<Vec<u8>>,
}

/// Reads `nmcli`.
pub struct Nmcli {
    /// Titles and where they begin, in characters.
    titles: Vec<(Vec<u8>, usize)>,
    terse: Option<Terse>,
    properties: Option<Properties>,
}

const EXPECTED: &str = "titles in capitals, or `NAME: VALUE`";

impl Parser for Nmcli {
    const ABOUT: About = About {
        name: "nmcli-networkmanager",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Connections and devices, as nmcli prints them",
        commands: &["nmcli"],
        value_options: &[
            "-f",
            "--fields",
            "-g",
            "--get-values",
            "-m",
            "--mode",
            "-c",
            "--colors",
            "-e",
            "--escape",
            "-w",
            "--wait",
        ],
        dialect: "networkmanager",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Nmcli { titles: Vec::new(), terse: Terse::asked(source), properties: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if let Some(Terse::Cells { titles, escaped }) = &self.terse {
            let cells = terse::cells(whole, titles.len(), *escaped)?;
            if !rows.recognised() {
                rows.shape_of(0, fields(titles));
                rows.recognise();
            }
            let cells = cells.iter().map(|cell| known(Field::from(&cell[..])));
            rows.push(Entry::Row(row_of(titles.iter().zip(cells))));
            return Ok(());
        }
        if line.is_blank() {
            self.flush(rows);
            return Ok(());
        }
        let named = property(whole, self.terse.is_some());
        if let Some((name, value)) = named.filter(|_| self.titles.is_empty()) {
            rows.recognise();
            // A property comes again where the next block has begun, also where its first line is broken.
            let known_names = self.properties.as_ref().map_or(&[][..], |block| &block.properties.0);
            if known_names.iter().any(|(known, _)| known == name.bytes) {
                self.flush(rows);
            }
            let block = self.properties.get_or_insert_default();
            let value = known(value.trim());
            if matches!(name.bytes, b"GENERAL.DEVICE" | b"connection.id" | b"DEVICE" | b"NAME") {
                block.name = value.clone();
            }
            if let Some(value) = &value {
                parts(&mut block.parts, name, value);
            }
            block.properties.0.push((name.bytes.to_vec(), value));
            return Ok(());
        }
        let titles = titles(whole);
        if let Some(titles) = titles.filter(|titles| titles.len() > 1 || self.titles.is_empty()) {
            self.titles = titles;
            rows.shape_of(0, fields(self.titles.iter().map(|(title, _)| title)));
            rows.recognise();
            return Ok(());
        }
        if self.titles.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        rows.push(Entry::Row(self.row(whole)?));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

/// `GENERAL.DEVICE:    ens33`, with `-t` without the blanks.
fn property(line: Field<'_>, terse: bool) -> Option<(Field<'_>, Field<'_>)> {
    let (name, value) = line.split_once(":")?;
    let plain = !name.bytes.is_empty() && name.bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-[]_".contains(byte));
    // A section and a name, or with `-m multiline` a title in capitals.
    let plain = plain && (name.bytes.contains(&b'.') || !name.bytes.iter().any(u8::is_ascii_lowercase));
    (plain && (terse || value.bytes.is_empty() || value.bytes[0] == b' ')).then_some((name, value))
}

fn known(value: Field<'_>) -> Option<Vec<u8>> {
    Some(value.bytes.to_vec()).filter(|text| text != b"--" && !text.is_empty())
}

/// `dst = 0.0.0.0/0, nh = 10.0.0.1, mt = 100`, `dhcp_lease_time = 172800`, `100 (connected)`
fn parts(parts: &mut Map<Vec<u8>>, name: Field<'_>, value: &[u8]) {
    let value = Field::from(value);
    if let Some((first, rest)) = value.split_once(" (").filter(|(first, _)| first.as_integer().is_some()) {
        parts.0.push((name.bytes.to_vec(), first.bytes.to_vec()));
        if let Some(text) = rest.strip_suffix(")") {
            parts.0.push(([name.bytes, b".text"].concat(), text.bytes.to_vec()));
        }
        return;
    }
    let pairs: Vec<_> = value.split(", ").map(|part| part.split_once(" = ")).collect();
    if pairs.iter().all(Option::is_some) {
        for (key, value) in pairs.into_iter().flatten() {
            parts.0.push(([name.bytes, b".", key.bytes].concat(), value.bytes.to_vec()));
        }
    }
}

/// Titles in capitals, and where they begin.
fn titles(line: Field<'_>) -> Option<Vec<(Vec<u8>, usize)>> {
    let capital = |word: &Field<'_>| {
        word.bytes.iter().any(u8::is_ascii_uppercase)
            && word.bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-.*/".contains(byte))
    };
    line.fields().all(|word| capital(&word)).then(|| line.fields().map(|word| (word.bytes.to_vec(), word.start())).collect())
}

impl Nmcli {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(properties) = self.properties.take() {
            rows.push(Entry::Properties(properties));
        }
    }

    fn row(&self, line: Field<'_>) -> Result<Row, Problem> {
        let characters = Characters::of(line);
        let byte = |character: usize| characters.byte(character);
        let mut cells = Vec::with_capacity(self.titles.len());
        for (at, (title, start)) in self.titles.iter().enumerate() {
            let end = self.titles.get(at + 1).map_or(usize::MAX, |(_, next)| *next);
            if *start > 0 && line.bytes.get(byte(*start).wrapping_sub(1)).is_some_and(|byte| *byte != b' ') {
                return Err(Problem::error("a cell reaches into the next column").at_column(byte(*start) as u32));
            }
            cells.push((title, known(line.part(byte(*start), byte(end.max(*start))).trim())));
        }
        Ok(row_of(cells))
    }
}

/// The field that a title has, and its place in a row; none where only the cells have it.
fn field<'a>(row: &'a mut Row, title: &[u8]) -> Option<(&'static str, &'a mut Option<Vec<u8>>)> {
    match title {
        b"NAME" => Some(("name", &mut row.name)),
        b"DEVICE" => Some(("device", &mut row.device)),
        b"UUID" => Some(("uuid", &mut row.uuid)),
        b"TYPE" => Some(("type", &mut row.r#type)),
        b"STATE" => Some(("state", &mut row.state)),
        b"CONNECTION" => Some(("connection", &mut row.connection)),
        _ => None,
    }
}

/// The fields of a table with these titles.
fn fields<'a>(titles: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<&'static str> {
    let mut row = Row::default();
    let known = titles.into_iter().filter_map(|title| field(&mut row, title).map(|(name, _)| name));
    std::iter::once("cells").chain(known).collect()
}

fn row_of<'a>(cells: impl IntoIterator<Item = (&'a Vec<u8>, Option<Vec<u8>>)>) -> Row {
    let mut row = Row::default();
    for (title, cell) in cells {
        if let Some((_, place)) = field(&mut row, title) {
            place.clone_from(&cell);
        }
        row.cells.0.push((title.clone(), cell));
    }
    row
}

outparse_sdk::export!(Nmcli);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, parse};

    use super::Nmcli;

    fn terse(arguments: &[&str], capture: &str) -> Parsed {
        parse::<Nmcli>(Some(&[&["nmcli"], arguments].concat()), capture.as_bytes())
    }

    #[test]
    fn terse_cells_have_the_titles_of_the_arguments() {
        let capture = "home\\: 1\\\\2:aaaa:wifi:\nlab:bbbb:ethernet:eth0\n";
        let expected = [
            r#"{"kind":"row","name":"home: 1\\2","device":null,"uuid":"aaaa","type":"wifi","cells":{"NAME":"home: 1\\2","UUID":"aaaa","TYPE":"wifi","DEVICE":null}}"#,
            r#"{"kind":"row","name":"lab","device":"eth0","uuid":"bbbb","type":"ethernet","cells":{"NAME":"lab","UUID":"bbbb","TYPE":"ethernet","DEVICE":"eth0"}}"#,
        ];
        for arguments in [
            &["-t", "connection"][..],
            &["--terse", "c", "s", "--active"],
            &["-g", "name,uuid,type,device", "con", "show"],
            &["-t", "-f", "NAME,UUID,TYPE,DEVICE", "c"],
        ] {
            let parsed = terse(arguments, capture);
            assert_eq!((&parsed.records[..], &parsed.problems[..]), (&expected.map(str::to_owned)[..], &[][..]), "{arguments:?}");
        }
        assert_eq!(terse(&["-g", "DEVICE", "con"], "\neth0\n").records.len(), 2);
        assert_eq!(terse(&["-t", "-e", "no", "-f", "NAME,DEVICE", "c"], "a\\b:\n").records[0].matches(r"a\\b").count(), 2);
        let broken = terse(&["-t", "-e", "no", "-f", "NAME,DEVICE", "c"], "a:b\na: b:c\n");
        assert_eq!(
            (broken.records.len(), &broken.problems[..]),
            (1, &["error: line 2, expected 2 cells between colons, found 3".to_owned()][..])
        );
    }

    #[test]
    fn terse_properties_have_no_blanks() {
        for arguments in [&["-t", "device", "show"][..], &["-t", "-m", "multiline", "-f", "all", "device"]] {
            let parsed = terse(arguments, "GENERAL.DEVICE:eth0\nGENERAL.HWADDR:00:11:22:33:44:55\n\nGENERAL.DEVICE:lo\n");
            assert_eq!(parsed.records.len(), 2, "{parsed:?}");
            assert!(parsed.records[0].contains(r#""GENERAL.HWADDR":"00:11:22:33:44:55""#), "{parsed:?}");
        }
        // Values alone say nothing of what they are, and the columns of these are not said.
        for arguments in
            [&["-g", "IP4.ADDRESS", "device", "show", "eth0"][..], &["-t", "device", "wifi"], &["-t", "-f", "all", "con"]]
        {
            assert!(terse(arguments, "10.0.0.1/24:x\n").failure.is_some(), "{arguments:?}");
        }
    }

    #[test]
    fn tables_and_properties_are_read() {
        let table = parse::<Nmcli>(None, "DEVICE   TYPE      STATE      CONNECTION \nens33    ethernet  connected  Caf\u{e9} one  \nlo       loopback  unmanaged  --         \n".as_bytes());
        assert_eq!((table.records.len(), &table.problems[..]), (2, &[][..]), "{table:?}");
        assert!(
            table.records[0].contains(r#""device":"ens33","type":"ethernet","state":"connected","connection":"Café one""#),
            "{table:?}"
        );
        assert!(table.records[1].contains(r#""connection":null,"cells":{"DEVICE":"lo""#), "{table:?}");
        let capture = b"GENERAL.DEVICE:    ens33\nGENERAL.STATE:     100 (connected)\nIP4.ROUTE[1]:      dst = 0.0.0.0/0, nh = 10.0.0.1\nIP6.GATEWAY:       --\n\nGENERAL.DEVICE:    lo\n";
        let show = parse::<Nmcli>(None, capture);
        assert_eq!(show.records.len(), 2);
        assert_eq!(
            show.records[0],
            r#"{"kind":"properties","name":"ens33","properties":{"GENERAL.DEVICE":"ens33","GENERAL.STATE":"100 (connected)","IP4.ROUTE[1]":"dst = 0.0.0.0/0, nh = 10.0.0.1","IP6.GATEWAY":null},"parts":{"GENERAL.STATE":"100","GENERAL.STATE.text":"connected","IP4.ROUTE[1].dst":"0.0.0.0/0","IP4.ROUTE[1].nh":"10.0.0.1"}}"#
        );
        assert_any_split::<Nmcli>(None, capture);
        assert_unrecognised::<Nmcli>(["hello\n", "Error: NetworkManager is not running.\n", ""]);
    }
}
