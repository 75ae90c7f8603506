//! `dmidecode`: a structure a block, whose values may have a list below them; with `-s` a value a line.

mod table;

use outparse_sdk::{About, Argument, Base, Block, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source};

pub use table::Table;

/// What the firmware says.
#[derive(Clone, Debug, Record)]
pub enum Firmware {
    /// A structure of its table.
    Structure(Structure),
    /// A text that `-s` asked for.
    Text(Text),
    /// The table itself.
    Table(Table),
}

/// A structure of the firmware's table.
#[derive(Clone, Debug, Default, Record)]
pub struct Structure {
    /// Its handle, by which others name it (not with `-q`).
    #[field(key)]
    pub handle: Option<Vec<u8>>,
    /// Number of its type (not with `-q`).
    pub type_number: Option<i64>,
    /// What it is: `BIOS Information`, `Memory Device`, …; null with `-u`.
    pub r#type: Option<Vec<u8>>,
    /// How much of the table it takes, without its texts (not with `-q`).
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// What is said of it, by name.
    pub values: Map<Vec<u8>>,
    /// The lists that stand below a name.
    pub lists: Map<Vec<Vec<u8>>>,
    /// Values that are a size, in bytes, by name.
    #[field(unit = "bytes")]
    pub sizes: Map<i64>,
    /// Values that are a number, or one and another unit, without that, by name.
    pub amounts: Map<f64>,
    /// Lines without a name: `Inactive`, `<TRUNCATED>`.
    pub remarks: Vec<Vec<u8>>,
}

/// A text that was asked for.
#[derive(Clone, Debug, Default, Record)]
pub struct Text {
    /// What was asked for: `system-serial-number`.
    #[field(key)]
    pub name: Vec<u8>,
    /// The text. There is one for each processor or board.
    pub value: Vec<u8>,
}

/// Reads `dmidecode`.
pub struct Dmidecode {
    /// What `-s` asked for.
    keyword: Option<Vec<u8>>,
    /// What is said above the structures.
    table: Option<Table>,
    block: Block<Structure>,
    /// What was said last of it: a list may follow.
    name: Vec<u8>,
    has_list: bool,
    /// Whether the next line may say what the structure is.
    awaits_type: bool,
    /// Whether structures come with their handles.
    has_handles: Option<bool>,
    has_shape: bool,
    is_after_blank: bool,
    /// How many blanks stand for a tab, where the text was copied; 0 while that is not known.
    blanks: usize,
}

const EXPECTED: &str = "`# dmidecode VERSION`, or `Handle 0x0000, DMI type N, N bytes`";
const OPTIONS: &[&str] = &["s string=", "t type=", "d dev-mem=", "H handle=", "dump-bin=", "from-dump=", "oem-string="];

impl Parser for Dmidecode {
    const ABOUT: About = About {
        name: "dmidecode",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What the firmware says of the hardware, as dmidecode prints it",
        commands: &["dmidecode"],
        dialect: "dmidecode",
        platforms: &["linux", "freebsd"],
        ..About::DEFAULT
    };
    type Record = Firmware;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let keyword = source.read_arguments(OPTIONS).unwrap_or_default().into_iter().find_map(|argument| match argument {
            Argument::Value("s" | "oem-string", keyword) => Some(keyword.as_bytes().to_vec()),
            _ => None,
        });
        Dmidecode {
            keyword,
            table: None,
            block: Block::default(),
            name: Vec::new(),
            has_list: false,
            awaits_type: false,
            has_handles: None,
            has_shape: false,
            is_after_blank: true,
            blanks: 0,
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim_end();
        let is_after_blank = std::mem::replace(&mut self.is_after_blank, whole.bytes.is_empty());
        if let Some(keyword) = &self.keyword {
            if is_newer(whole) {
                warn(whole, rows);
            } else if !whole.bytes.is_empty() && !whole.bytes.starts_with(b"#") {
                rows.push(Firmware::Text(Text { name: keyword.clone(), value: whole.bytes.to_vec() }));
            }
            return Ok(());
        }
        // With `-q` nothing stands before the first title: what is below it tells that it is one.
        if self.has_handles == Some(false) && !rows.recognised() {
            if !whole.bytes.starts_with(b"\t") && !whole.bytes.starts_with(b"  ") {
                return Err(line.expected(EXPECTED).into());
            }
            rows.recognise();
        }
        let (depth, text) = self.indented(whole);
        if whole.bytes.is_empty() {
            self.flush(rows);
        } else if depth > 1 {
            self.awaits_type = false;
            self.item(text)?;
        } else if depth == 1 {
            self.awaits_type = false;
            self.said(text)?;
        } else if std::mem::take(&mut self.awaits_type) {
            if let Some(structure) = self.block.current() {
                structure.r#type = Some(whole.bytes.to_vec());
            }
        } else if let Some(rest) = whole.strip_prefix("Handle 0x") {
            self.flush(rows);
            self.has_handles = Some(true);
            self.awaits_type = true;
            self.block.begin(head(whole, rest))?;
            rows.recognise();
        } else if Table::read(&mut self.table, whole)? {
            rows.recognise();
        } else if is_newer(whole) {
            warn(whole, rows);
        } else if !is_after_blank && self.has_handles.is_some() && (self.block.current().is_some() || self.block.is_lost()) {
            // One structure has several devices, each under a title of its own.
            let next = self.block.current().map(|before| Structure {
                handle: before.handle.clone(),
                type_number: before.type_number,
                r#type: Some(whole.bytes.to_vec()),
                size: before.size,
                ..Structure::default()
            });
            self.flush(rows);
            match next {
                Some(next) => self.block.begin(Ok(next))?,
                None => self.block.skip(),
            }
        } else if is_after_blank && self.has_handles != Some(true) && (rows.recognised() || is_title(whole)) {
            self.has_handles = Some(false);
            self.block.begin(Ok(Structure { r#type: Some(whole.bytes.to_vec()), ..Structure::default() }))?;
        } else {
            self.flush(rows);
            return Err(line.expected(EXPECTED).into());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.has_handles == Some(false) {
            rows.expect_recognised(EXPECTED)?;
        }
        self.flush(rows);
        self.flush_table(rows);
        Ok(())
    }
}

/// Tells what stands behind `# `, which is two lines of one sentence.
fn warn(line: Field<'_>, rows: &mut Rows<Firmware>) {
    rows.recognise();
    let said = line.strip_prefix("# ").unwrap_or(line);
    rows.problem(said.problem(String::from_utf8_lossy(said.bytes)).into_warning());
}

/// Whether a line may be what a structure is.
fn is_title(line: Field<'_>) -> bool {
    line.bytes[0].is_ascii_uppercase() && line.bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b" -/()".contains(byte))
}

impl Dmidecode {
    /// How far a line is indented, by tabs or what became of them where the text was copied, and what stands behind that.
    fn indented<'a>(&mut self, whole: Field<'a>) -> (usize, Field<'a>) {
        let tabs = whole.bytes.iter().take(2).take_while(|byte| **byte == b'\t').count();
        let blanks = whole.bytes.iter().take_while(|byte| **byte == b' ').count();
        if tabs > 0 || blanks < 2 {
            return (tabs, whole.split_at(tabs).1);
        }
        if self.blanks == 0 {
            self.blanks = blanks;
        }
        (blanks.div_ceil(self.blanks), whole.split_at(blanks).1)
    }

    fn flush(&mut self, rows: &mut Rows<Firmware>) {
        self.awaits_type = false;
        self.name.clear();
        let Some(structure) = self.block.take() else { return };
        self.flush_table(rows);
        if !std::mem::replace(&mut self.has_shape, true) && self.has_handles == Some(false) {
            rows.without_of(0, ["handle", "type_number", "size"]);
        }
        rows.push(Firmware::Structure(structure));
    }

    fn flush_table(&mut self, rows: &mut Rows<Firmware>) {
        self.table.take().into_iter().for_each(|table| rows.push(Firmware::Table(table)));
    }

    /// `Vendor: SeaBIOS`, or a line without a name.
    fn said(&mut self, said: Field<'_>) -> Result<(), Error> {
        let Some(structure) = self.block.more(|| said.expected(EXPECTED))? else { return Ok(()) };
        let Some((name, value)) = said.split_once(":").filter(|(name, _)| !name.is_blank()) else {
            structure.remarks.push(said.trim().bytes.to_vec());
            return Ok(());
        };
        let value = value.trim();
        (self.name, self.has_list) = (name.bytes.to_vec(), value.is_blank());
        if value.bytes.is_empty() {
            structure.lists.0.push((name.bytes.to_vec(), Vec::new()));
            return Ok(());
        }
        match amount(value) {
            Some(Amount::Bytes(bytes)) => structure.sizes.0.push((name.bytes.to_vec(), bytes)),
            Some(Amount::Other(number)) => structure.amounts.0.push((name.bytes.to_vec(), number)),
            Some(Amount::Plain(number)) if !is_text(name) => structure.amounts.0.push((name.bytes.to_vec(), number)),
            _ => {}
        }
        structure.values.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
        Ok(())
    }

    /// A line of the list below the name that was said last.
    fn item(&mut self, item: Field<'_>) -> Result<(), Error> {
        let Some(structure) = self.block.more(|| item.expected(EXPECTED))? else { return Ok(()) };
        if self.name.is_empty() {
            structure.remarks.push(item.trim().bytes.to_vec());
            return Ok(());
        }
        let lists = &mut structure.lists.0;
        // A name with a value of its own, such as how many follow, has its list as well.
        if !std::mem::replace(&mut self.has_list, true) {
            lists.push((self.name.clone(), Vec::new()));
        }
        lists.last_mut().into_iter().for_each(|(_, list)| list.push(item.trim().bytes.to_vec()));
        Ok(())
    }
}

/// `Handle 0x0011, DMI type 17, 40 bytes`
fn head(whole: Field<'_>, rest: Field<'_>) -> Result<Structure, Error> {
    let parts = rest.split_once(", DMI type ").and_then(|(handle, rest)| Some((handle, rest.split_once(", ")?)));
    let Some((handle, (number, size))) = parts else { return Err(whole.expected(EXPECTED).into()) };
    handle.hexadecimal()?;
    // Before version 2.10, a point stood at the end.
    let size = size.strip_suffix(".").unwrap_or(size);
    let size = size.strip_suffix(" bytes").ok_or_else(|| size.expected("`N bytes`"))?;
    Ok(Structure {
        handle: Some([b"0x", handle.bytes].concat()),
        type_number: Some(number.integer()?),
        size: Some(size.integer()?),
        ..Structure::default()
    })
}

/// What dmidecode says where the firmware is newer than itself.
fn is_newer(line: Field<'_>) -> bool {
    ["# SMBIOS implementations newer than version ", "# fully supported by this version of dmidecode"]
        .iter()
        .any(|beginning| line.bytes.starts_with(beginning.as_bytes()))
}

/// What a value counts.
enum Amount {
    /// Bytes.
    Bytes(i64),
    /// Another unit.
    Other(f64),
    /// A number without a unit.
    Plain(f64),
}

fn amount(value: Field<'_>) -> Option<Amount> {
    let mut words = value.fields();
    let (number, unit, more) = (words.next()?, words.next(), words.next());
    if number.bytes.len() > 1 && number.bytes.starts_with(b"0") && !number.bytes.starts_with(b"0.") {
        return None;
    }
    let plain = number.as_float()?;
    let Some(unit) = unit else { return Some(Amount::Plain(plain)) };
    if more.is_some() {
        return None;
    }
    let power = match unit.bytes {
        b"bytes" | b"byte" => 0,
        b"kB" | b"KB" => 1,
        b"MB" => 2,
        b"GB" => 3,
        b"TB" => 4,
        b"PB" => 5,
        b"EB" => 6,
        unit => return unit.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'/').then_some(Amount::Other(plain)),
    };
    // They count in 1024, whatever their letters say.
    let suffix = ["", "K", "M", "G", "T", "P", "E"][power];
    let text = [number.bytes, suffix.as_bytes()].concat();
    Field::from(text.as_slice()).size(Base::Binary).ok().map(Amount::Bytes)
}

/// Whether what stands under a name is words, even where these have only digits.
fn is_text(name: Field<'_>) -> bool {
    const TEXTS: [&str; 15] = [
        "Number",
        "Revision",
        "Version",
        "Tag",
        "Name",
        "Locator",
        "Location",
        "Designat",
        "String",
        "Option",
        "Manufacturer",
        "Vendor",
        "Family",
        "Model",
        "Description",
    ];
    !name.bytes.starts_with(b"Number Of ") && TEXTS.iter().any(|text| name.find(text).is_some())
}

#[cfg(test)]
mod tests;
