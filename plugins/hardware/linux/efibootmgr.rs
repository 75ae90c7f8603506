//! `efibootmgr`: what an EFI firmware starts, and in which order.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// The boot manager's settings, or one of its entries.
#[derive(Clone, Debug, Record)]
pub enum Boot {
    /// The settings: one record.
    Manager(Manager),
    /// Something that can be started.
    Entry(Entry),
}

/// Settings of the boot manager.
#[derive(Clone, Debug, Default, Record)]
pub struct Manager {
    /// Number of the entry that was started, in hexadecimal as everywhere.
    pub current: Option<Vec<u8>>,
    /// Number of the entry that is started next time, and then no more.
    pub next: Option<Vec<u8>>,
    /// How long the firmware waits.
    #[field(unit = "seconds")]
    pub timeout: Option<i64>,
    /// Numbers of the entries in the order in which they are tried.
    pub order: Vec<Vec<u8>>,
    /// How much of the memory above 4 GB is mirrored.
    #[field(unit = "percent")]
    pub mirrored_percent: Option<f64>,
    /// Whether the memory below that is.
    pub is_mirrored_below: Option<bool>,
}

/// Something that can be started.
#[derive(Clone, Debug, Default, Record)]
pub struct Entry {
    /// Its number, in hexadecimal: `0001`.
    #[field(key)]
    pub number: Vec<u8>,
    /// Whether it is tried.
    pub is_active: bool,
    /// Its place in the order, from 1; null where it has none.
    pub place: Option<i64>,
    /// What it is called.
    pub name: Vec<u8>,
    /// Where it is (`-v`, and new versions).
    pub device_path: Option<Vec<u8>>,
}

/// Reads `efibootmgr`.
pub struct Efibootmgr {
    manager: Manager,
    entries: Vec<Entry>,
}

const EXPECTED: &str = "`BootCurrent: NUMBER`, `BootOrder: …` or `BootNNNN* NAME`";

impl Parser for Efibootmgr {
    const ABOUT: About = About {
        name: "efibootmgr",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What an EFI firmware starts, as efibootmgr prints it",
        commands: &["efibootmgr"],
        dialect: "linux",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Boot;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Efibootmgr { manager: Manager::default(), entries: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            return Ok(());
        }
        if let Some(entry) = entry(whole) {
            self.entries.push(entry);
            rows.recognise();
            return Ok(());
        }
        let (name, value) = whole.split_once(":").ok_or_else(|| line.expected(EXPECTED))?;
        let value = value.trim();
        // Another machine.
        if name.bytes == b"BootCurrent" && self.manager.current.is_some() {
            self.flush(rows);
        }
        let manager = &mut self.manager;
        match name.bytes {
            b"BootCurrent" => manager.current = Some(number(value)?),
            b"BootNext" => manager.next = Some(number(value)?),
            b"Timeout" => {
                let seconds = value.strip_suffix(" seconds").or_else(|| value.strip_suffix(" second"));
                manager.timeout = Some(seconds.ok_or_else(|| value.expected("`NUMBER seconds`"))?.integer()?);
            }
            b"BootOrder" if value.is_blank() => {}
            b"BootOrder" => manager.order = value.split(",").map(number).collect::<Result<_, _>>()?,
            b"MirroredPercentageAbove4G" => manager.mirrored_percent = Some(value.float()?),
            b"MirrorMemoryBelow4GB" => {
                manager.is_mirrored_below = Some(match value.bytes {
                    b"true" => true,
                    b"false" => false,
                    _ => return Err(value.expected("`true` or `false`").into()),
                });
            }
            _ => return Err(line.expected(EXPECTED).into()),
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)?;
        self.flush(rows);
        Ok(())
    }
}

impl Efibootmgr {
    fn flush(&mut self, rows: &mut Rows<Boot>) {
        let manager = std::mem::take(&mut self.manager);
        let order = manager.order.clone();
        // Only what was printed.
        let printed = [
            ("current", manager.current.is_some()),
            ("next", manager.next.is_some()),
            ("timeout", manager.timeout.is_some()),
            ("order", true),
            ("mirrored_percent", manager.mirrored_percent.is_some()),
            ("is_mirrored_below", manager.is_mirrored_below.is_some()),
        ];
        rows.shape_of(0, printed.into_iter().filter(|(_, is_printed)| *is_printed).map(|(name, _)| name));
        if self.entries.iter().all(|entry| entry.device_path.is_none()) {
            rows.without_of(1, ["device_path"]);
        }
        rows.push(Boot::Manager(manager));
        for mut entry in self.entries.drain(..) {
            let place = order.iter().position(|number| *number == entry.number);
            entry.place = place.map(|place| place as i64 + 1);
            rows.push(Boot::Entry(entry));
        }
    }
}

/// A number of four hexadecimal digits.
fn number(field: Field<'_>) -> Result<Vec<u8>, Error> {
    if field.bytes.len() != 4 || !field.bytes.iter().all(u8::is_ascii_hexdigit) {
        return Err(field.expected("four hexadecimal digits").into());
    }
    Ok(field.bytes.to_vec())
}

/// `Boot0001* NAME`, perhaps with a tab and a path.
fn entry(whole: Field<'_>) -> Option<Entry> {
    let rest = whole.strip_prefix("Boot")?;
    let digits = rest.bytes.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    let is_active = match rest.bytes.get(4)? {
        b'*' => true,
        b' ' => false,
        _ => return None,
    };
    let rest = rest.part(5, rest.bytes.len());
    let rest = rest.strip_prefix(" ").unwrap_or(rest);
    let (name, path) = match rest.split_once("\t").or_else(|| copied(rest)) {
        Some((name, path)) => (name, Some(path.bytes.to_vec())),
        None => (rest, None),
    };
    Some(Entry { number: digits.to_vec(), is_active, place: None, name: name.bytes.to_vec(), device_path: path })
}

/// The name and the path of a device where blanks have taken the place of the tab: `debian        HD(1,GPT,…)`.
fn copied(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let (name, path) = text.split_once("  ")?;
    let path = path.trim_start();
    let letters = path.bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    (letters > 1 && path.bytes.get(letters) == Some(&b'(')).then_some((name, path))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Efibootmgr;

    #[test]
    fn entries_know_their_place_in_the_order() {
        let text =
            b"BootCurrent: 0002\nTimeout: 1 seconds\nBootOrder: 0002,000A\nBoot0001  old\nBoot0002* debian\tHD(1,GPT)/File(a)\n\
            Boot000A* PXE: a b\n";
        let parsed = parse::<Efibootmgr>(None, text);
        assert_eq!(parsed.problems, [""; 0]);
        assert!(parsed.records[0].starts_with(r#"{"kind":"manager","current":"0002","timeout":1,"order":["0002","000A"]"#));
        assert_eq!(
            parsed.records[1..],
            [
                r#"{"kind":"entry","number":"0001","is_active":false,"place":null,"name":"old","device_path":null}"#,
                r#"{"kind":"entry","number":"0002","is_active":true,"place":1,"name":"debian","device_path":"HD(1,GPT)/File(a)"}"#,
                r#"{"kind":"entry","number":"000A","is_active":true,"place":2,"name":"PXE: a b","device_path":null}"#,
            ]
        );
        assert_unrecognised::<Efibootmgr>(["hello\n", "EFI variables are not supported on this system.\n", "BootOrder: x\n"]);
    }

    #[test]
    fn each_machine_has_its_own_entries() {
        let parsed = parse::<Efibootmgr>(
            None,
            b"BootCurrent: 0001\nBootOrder: 0001\nBoot0001* a\nBootCurrent: 0002\nBootOrder: 0002\nBoot0002* b\n",
        );
        assert_eq!(parsed.records.len(), 4, "{parsed:?}");
        parsed.has(2, &[r#""kind":"manager""#, "0002"]);
    }

    #[test]
    fn a_tab_may_have_become_blanks() {
        let parsed =
            parse::<Efibootmgr>(None, b"BootCurrent: 0001\nBoot0001* debian        HD(1,GPT)/File(a)\nBoot0002* two  blanks\n");
        parsed.has(1, &[r#""name":"debian","device_path":"HD(1,GPT)/File(a)""#]);
        parsed.has(2, &[r#""name":"two  blanks","device_path":null"#]);
    }
}
