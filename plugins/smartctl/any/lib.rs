//! `smartctl -a` and its like: what a disk is and how it does, its attributes, error counters and self-tests.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

/// What is said of a disk.
#[derive(Clone, Debug, Record)]
pub enum Smart {
    /// The disk.
    Disk(Box<Disk>),
    /// An attribute of an ATA disk.
    Attribute(Attribute),
    /// Errors of a SCSI disk, counted.
    ErrorCounter(ErrorCounter),
    /// A self-test that was made.
    SelfTest(SelfTest),
    /// A disk that was found (`--scan`).
    Found(Found),
    /// A line that is not taken apart: of the log of errors, of power states, …
    Remark(Remark),
}

/// A disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Disk {
    /// Vendor.
    pub vendor: Option<Vec<u8>>,
    /// The models that it belongs to.
    pub model_family: Option<Vec<u8>>,
    /// Model.
    pub model: Option<Vec<u8>>,
    /// Serial number.
    #[field(key)]
    pub serial: Option<Vec<u8>>,
    /// Version of its firmware.
    pub firmware: Option<Vec<u8>>,
    /// How much it holds.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Size of its logical blocks.
    #[field(unit = "bytes")]
    pub block_size: Option<i64>,
    /// How fast it turns; null for one that does not.
    #[field(unit = "rpm")]
    pub rotation_rate: Option<i64>,
    /// Whether it can watch itself.
    pub smart_available: Option<bool>,
    /// Whether it does.
    pub smart_enabled: Option<bool>,
    /// How it judges itself: `PASSED`, `OK`, `FAILED!`.
    pub health: Option<Vec<u8>>,
    /// Temperature.
    #[field(unit = "celsius", gauge)]
    pub temperature: Option<i64>,
    /// How long it has been on.
    #[field(unit = "seconds", counter)]
    pub power_on_time: Option<i64>,
    /// How often it was turned on.
    #[field(counter)]
    pub power_cycles: Option<i64>,
    /// How many errors its log has counted.
    #[field(counter)]
    pub error_count: Option<i64>,
    /// How much of its life is used, by its own reckoning (NVMe).
    #[field(unit = "percent", gauge)]
    pub life_used_percent: Option<i64>,
    /// What has been read (NVMe).
    #[field(unit = "bytes", counter)]
    pub read: Option<i64>,
    /// What has been written (NVMe).
    #[field(unit = "bytes", counter)]
    pub written: Option<i64>,
    /// All that is said with a name, by that.
    pub properties: Map<Vec<u8>>,
}

/// An attribute of an ATA disk.
#[derive(Clone, Debug, Default, Record)]
pub struct Attribute {
    /// Number of the attribute.
    #[field(key)]
    pub number: i64,
    /// Its name.
    pub name: Vec<u8>,
    /// Its flags, as printed: in hexadecimal, or letters with `-f brief`.
    pub flag: Vec<u8>,
    /// Its value, the higher the better; null where there is none.
    #[field(gauge)]
    pub normalized: Option<i64>,
    /// The worst value so far; null where there is none.
    pub worst: Option<i64>,
    /// The value at and below which it has failed; null where there is none.
    pub threshold: Option<i64>,
    /// What it warns of: `pre-fail`, `old age` (not with `-f brief`).
    pub r#type: Option<&'static str>,
    /// When it is brought up to date: `always`, `offline` (not with `-f brief`).
    pub updated: Option<&'static str>,
    /// Whether it has failed: `now`, `past`; null where it never did.
    pub failed: Option<&'static str>,
    /// What the disk counts, in the vendor's own way.
    pub raw: Vec<u8>,
    /// The same as a number, where it is or begins with one.
    pub raw_value: Option<i64>,
}

/// Errors of a SCSI disk in one direction.
#[derive(Clone, Debug, Default, Record)]
pub struct ErrorCounter {
    /// What was done: `read`, `write`, `verify`.
    #[field(key)]
    pub operation: Vec<u8>,
    /// Errors that its code corrected at once.
    #[field(counter)]
    pub corrected_fast: i64,
    /// Errors that its code corrected with delay.
    #[field(counter)]
    pub corrected_delayed: i64,
    /// Errors that were corrected by doing it once more.
    #[field(counter)]
    pub corrected_by_repeating: i64,
    /// All errors that were corrected.
    #[field(counter)]
    pub corrected: i64,
    /// How often a correction was tried.
    #[field(counter)]
    pub corrections: i64,
    /// How much was read or written.
    #[field(unit = "bytes", counter, approximate)]
    pub processed: i64,
    /// Errors that were not corrected.
    #[field(counter)]
    pub uncorrected: i64,
}

/// A self-test that was made.
#[derive(Clone, Debug, Default, Record)]
pub struct SelfTest {
    /// Its number: the latest is the first.
    #[field(key)]
    pub number: i64,
    /// Which test.
    pub description: Vec<u8>,
    /// How it ended.
    pub status: Vec<u8>,
    /// How much of it was left to do (ATA).
    #[field(unit = "percent")]
    pub remaining_percent: Option<i64>,
    /// How long the disk had been on.
    #[field(unit = "seconds")]
    pub power_on_time: Option<i64>,
    /// The first block that failed; null where none did.
    pub first_error: Option<i64>,
    /// The part of the test that failed; null where none did.
    pub segment: Option<Vec<u8>>,
}

/// A disk that was found.
#[derive(Clone, Debug, Default, Record)]
pub struct Found {
    /// Its device.
    #[field(key)]
    pub device: Vec<u8>,
    /// How it is reached, for `-d`.
    pub r#type: Vec<u8>,
    /// What else is said of it.
    pub description: Option<Vec<u8>>,
}

/// A line that is not taken apart.
#[derive(Clone, Debug, Default, Record)]
pub struct Remark {
    /// What it stands under.
    pub section: Option<Vec<u8>>,
    /// The line.
    pub text: Vec<u8>,
}

/// What the next lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `NAME: VALUE`.
    Properties,
    /// Attributes; whether without type and updates.
    Attributes { is_brief: bool },
    /// Error counters of SCSI.
    Counters,
    /// Self-tests, the status of which begins here, before so many words.
    Tests { status: usize, after: usize },
    /// A log that has blank lines in it.
    Log,
    /// Whatever else.
    Remarks,
}

/// Reads `smartctl`.
pub struct Smartctl {
    disk: Disk,
    /// What comes behind the record of the disk.
    more: Vec<Smart>,
    part: Part,
    section: Option<Vec<u8>>,
    /// The beginning of a name that stands on two lines.
    name: Option<Vec<u8>>,
    has_properties: bool,
    /// Whether a part of the report has begun: what is said before is why there is none.
    has_begun: bool,
    /// The fields that the disks have.
    fields: Vec<&'static str>,
    is_scan: bool,
}

/// Places of kinds among those of the records.
const DISK: u32 = 0;
const ATTRIBUTE: u32 = 1;
const SELF_TEST: u32 = 3;

const EXPECTED: &str = "`smartctl VERSION`, or `DEVICE -d TYPE` as with `--scan`";

impl Parser for Smartctl {
    const ABOUT: About = About {
        name: "smartctl-any",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What disks say of themselves, as smartctl prints it",
        commands: &["smartctl"],
        dialect: "smartmontools",
        ..About::DEFAULT
    };
    type Record = Smart;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Smartctl {
            disk: Disk::default(),
            more: Vec::new(),
            part: Part::Remarks,
            section: None,
            name: None,
            has_properties: false,
            has_begun: false,
            fields: Vec::new(),
            is_scan: false,
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.bytes.starts_with(b"smartctl ") && whole.find(" [").is_some() {
            self.flush(rows);
            rows.recognise();
            return Ok(());
        }
        // A disk that could not be opened (`--scan-open`).
        if whole.bytes.starts_with(b"# /") && whole.find(" -d ").is_some() {
            rows.push(Smart::Remark(Remark { section: None, text: whole.trim_end().bytes.to_vec() }));
            self.is_scan = true;
            return Ok(());
        }
        if self.is_scan && !whole.is_blank() || !rows.recognised() && whole.find(" -d ").is_some() {
            rows.push(Smart::Found(found(whole)?));
            self.is_scan = true;
            return Ok(());
        }
        if !rows.recognised() && !whole.is_blank() {
            return Err(line.expected(EXPECTED).into());
        }
        self.read(whole, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Smartctl {
    /// What looked like the beginning of a name, and no name followed.
    fn unfinished(&mut self) {
        if let Some(text) = self.name.take() {
            self.remark(Field::from(text.as_slice()));
        }
    }

    fn flush(&mut self, rows: &mut Rows<Smart>) {
        self.unfinished();
        let disk = std::mem::take(&mut self.disk);
        if std::mem::take(&mut self.has_properties) {
            // What one sort of disks says, others do not.
            let new = disk.fields().into_iter().filter(|field| !self.fields.contains(field)).collect::<Vec<_>>();
            if !new.is_empty() {
                self.fields.extend(new);
                rows.shape_of(DISK, self.fields.iter().chain(&["properties"]));
            }
            rows.push(Smart::Disk(Box::new(disk)));
        }
        self.more.drain(..).for_each(|record| rows.push(record));
        (self.part, self.section, self.has_begun) = (Part::Remarks, None, false);
    }

    fn read(&mut self, line: Field<'_>, rows: &mut Rows<Smart>) -> Result<(), Error> {
        let text = line.trim();
        if text.bytes.is_empty() {
            if self.part != Part::Log {
                (self.part, self.section) = (Part::Properties, None);
            }
            self.unfinished();
            return Ok(());
        }
        if text.bytes.starts_with(b"Copyright (C) ") && self.section.is_none() {
            return Ok(());
        }
        if let Some(section) = text.strip_prefix("=== START OF ").and_then(|section| section.strip_suffix(" ===")) {
            (self.part, self.section, self.has_begun) = (Part::Properties, Some(section.bytes.to_vec()), true);
            return Ok(());
        }
        if let Some(part) = heading(line) {
            self.part = part;
            match part {
                Part::Attributes { is_brief: true } => rows.without_of(ATTRIBUTE, ["type", "updated"]),
                Part::Attributes { .. } => rows.without_of(ATTRIBUTE, [""; 0]),
                Part::Tests { after: 3, .. } => rows.without_of(SELF_TEST, ["segment"]),
                Part::Tests { .. } => rows.without_of(SELF_TEST, ["remaining_percent"]),
                _ => {}
            }
            return Ok(());
        }
        match self.part {
            Part::Attributes { is_brief } if text.bytes[0].is_ascii_digit() => {
                let attribute = attribute(text, is_brief)?;
                self.disk.take(&attribute);
                self.more.push(Smart::Attribute(attribute));
            }
            // The legend of the flags.
            Part::Attributes { is_brief: true } if text.bytes.starts_with(b"|") => {}
            Part::Attributes { .. } => return Err(text.expected("the number of an attribute").into()),
            Part::Counters if text.find(":").is_some() => self.more.push(Smart::ErrorCounter(counter(text)?)),
            // The rest of the heading.
            Part::Counters => {}
            Part::Tests { status, after } if text.bytes[0] == b'#' || text.bytes[0].is_ascii_digit() => {
                self.more.push(Smart::SelfTest(self_test(line, status, after)?));
            }
            // The rest of the heading.
            Part::Tests { .. } if text.bytes.starts_with(b"Description ") => {}
            _ if text.bytes.starts_with(b"# ") && text.fields().nth(1).is_some_and(|word| word.as_integer().is_some()) => {
                return Err(text.expected("the titles of self-tests above them").into());
            }
            Part::Log if !text.bytes.starts_with(b"SMART ") => {
                let count = text.strip_prefix("ATA Error Count: ").or_else(|| text.strip_prefix("Device Error Count: "));
                if let Some(count) = count.and_then(|count| count.fields().next()) {
                    self.disk.error_count = Some(count.integer()?);
                } else if text.bytes == b"No Errors Logged" {
                    self.disk.error_count = Some(0);
                }
                self.remark(text);
            }
            Part::Log => {
                (self.part, self.section) = (Part::Properties, None);
                self.property(line, rows);
            }
            Part::Properties => self.property(line, rows),
            _ => self.remark(text),
        }
        Ok(())
    }

    fn remark(&mut self, text: Field<'_>) {
        self.more.push(Smart::Remark(Remark { section: self.section.clone(), text: text.bytes.to_vec() }));
    }

    /// `NAME: VALUE`; the name may begin on the line before, and the value go on below it.
    fn property(&mut self, line: Field<'_>, rows: &mut Rows<Smart>) {
        let text = line.trim();
        if line.bytes.starts_with(b"\t")
            && let Some((_, value)) = self.disk.properties.0.last_mut()
        {
            value.push(b' ');
            value.extend_from_slice(&text.squeezed());
            return;
        }
        // What could not be done is no property, and neither is where more can be read.
        let begins = |beginning: &str| text.bytes.starts_with(beginning.as_bytes());
        let is_said = self.has_begun && !["/", "Smartctl ", "A mandatory SMART command failed", "http"].into_iter().any(begins);
        let is_name = |name: Field<'_>| {
            is_said && !name.is_blank() && !name.bytes.iter().any(|byte| b"=[".contains(byte)) && !name.bytes[0].is_ascii_digit()
        };
        let Some((name, value)) = text.split_once(":").filter(|(name, _)| is_name(*name)) else {
            let begins_name = is_said && self.section.as_deref() == Some(b"General SMART Values");
            self.unfinished();
            if begins_name {
                self.name = Some(text.bytes.to_vec());
            } else {
                self.remark(text);
            }
            return;
        };
        let name = match self.name.take() {
            Some(before) => [&before, &b" "[..], name.bytes].concat(),
            None => name.bytes.to_vec(),
        };
        let is_log = name.starts_with(b"SMART Error Log") || name.starts_with(b"SMART Extended Comprehensive Error Log");
        self.part = if is_log { Part::Log } else { Part::Properties };
        if value.is_blank() || self.section.is_none() {
            self.section = Some(name.clone());
        }
        if value.is_blank() {
            return;
        }
        self.has_properties = true;
        let value = value.trim();
        if let Err(problem) = self.disk.said(&name, value) {
            rows.problem(problem);
        }
        let value = value.squeezed();
        match self.disk.properties.0.iter_mut().find(|(known, _)| *known == name) {
            // `SMART support is:` stands twice.
            Some((_, before)) => *before = [&before[..], b"; ", &value].concat(),
            None => self.disk.properties.0.push((name, value.into_owned())),
        }
    }
}

/// The part of the report that a heading begins.
fn heading(line: Field<'_>) -> Option<Part> {
    let text = line.trim();
    if text.bytes.starts_with(b"ID# ATTRIBUTE_NAME") {
        return Some(Part::Attributes { is_brief: text.find(" UPDATED ").is_none() });
    }
    if text.bytes == b"Error counter log:" {
        return Some(Part::Counters);
    }
    if text.bytes.starts_with(b"Num  Test") {
        let after = if text.find("Remaining").is_some() { 3 } else { 6 };
        return Some(Part::Tests { status: line.find("Status")?, after });
    }
    None
}

/// `194 Temperature_Celsius 0x0022 035 045 000 Old_age Always - 35 (Min/Max 20/45)`
fn attribute(text: Field<'_>, is_brief: bool) -> Result<Attribute, Error> {
    let [number, name, flag, normalized, worst, threshold, rest] = text.fields_and_rest()?;
    let level = |word: Field<'_>| if word.bytes == b"---" { Ok(None) } else { either(word).map(Some) };
    let (mut kind, mut updated, mut rest) = (None, None, rest);
    if !is_brief {
        let [kind_word, updated_word, after] = rest.fields_and_rest()?;
        kind = Some(match kind_word.bytes {
            b"Pre-fail" => "pre-fail",
            b"Old_age" => "old age",
            _ => return Err(kind_word.expected("`Pre-fail` or `Old_age`").into()),
        });
        updated = Some(match updated_word.bytes {
            b"Always" => "always",
            b"Offline" => "offline",
            _ => return Err(updated_word.expected("`Always` or `Offline`").into()),
        });
        rest = after;
    }
    let [failed, raw] = rest.fields_and_rest()?;
    if raw.is_blank() {
        return Err(text.expected("a raw value at the end").into());
    }
    let failed = match failed.bytes {
        b"-" => None,
        b"In_the_past" | b"Past" => Some("past"),
        b"FAILING_NOW" | b"NOW" => Some("now"),
        _ => return Err(failed.expected("`-`, or when it failed").into()),
    };
    Ok(Attribute {
        number: number.integer()?,
        name: name.bytes.to_vec(),
        flag: flag.bytes.to_vec(),
        normalized: level(normalized)?,
        worst: level(worst)?,
        threshold: level(threshold)?,
        r#type: kind,
        updated,
        failed,
        raw: raw.trim_end().bytes.to_vec(),
        raw_value: raw.fields().next().and_then(|word| word.as_integer()),
    })
}

/// A number in hexadecimal digits after `0x`, or in decimal ones.
fn either(word: Field<'_>) -> Result<i64, Problem> {
    if word.bytes.starts_with(b"0x") { word.hexadecimal() } else { word.integer() }
}

/// `read:   3376498        0         0   3376498          0      18406.586           0`
fn counter(text: Field<'_>) -> Result<ErrorCounter, Error> {
    let (operation, numbers) = text.split_once(":").ok_or_else(|| text.expected("`OPERATION: NUMBERS`"))?;
    let [fast, delayed, repeating, corrected, corrections, processed, uncorrected] = numbers.fields_and_rest()?;
    Ok(ErrorCounter {
        operation: operation.bytes.to_vec(),
        corrected_fast: fast.integer()?,
        corrected_delayed: delayed.integer()?,
        corrected_by_repeating: repeating.integer()?,
        corrected: corrected.integer()?,
        corrections: corrections.integer()?,
        // In units of a billion bytes.
        processed: processed.float_e(9)? as i64,
        uncorrected: uncorrected.trim().integer()?,
    })
}

/// `# 1  Short offline       Completed without error       00%     12345         -`
fn self_test(line: Field<'_>, status: usize, after: usize) -> Result<SelfTest, Error> {
    let (head, tail) = line.split_at(status);
    let head = head.trim();
    let [number, description] = head.strip_prefix("#").unwrap_or(head).fields_and_rest()?;
    // What follows the status is counted from behind: the status has blanks.
    let words = tail.words();
    let behind = words.len().checked_sub(after).filter(|left| *left > 0);
    let behind = behind.ok_or_else(|| tail.expected("how the test ended, and when"))?;
    let ended = tail.part(0, words[behind].start() - tail.start());
    // Only the status of an ATA disk may fill its column: elsewhere, one of the words behind it is missing.
    if after != 3 && !ended.bytes.ends_with(b"  ") {
        return Err(tail.expected("how the test ended, and when").into());
    }
    let ended = ended.trim();
    let hours = |word: Field<'_>| match word.known() {
        // A test that goes on.
        Some(word) if word.bytes == b"NOW" => Ok(None),
        Some(word) => word.integer().map(|hours| Some(hours.saturating_mul(3600))),
        None => Ok(None),
    };
    let block = |word: Field<'_>| word.known().map(either).transpose();
    let text = |word: Field<'_>| word.known().map(|word| word.bytes.to_vec());
    let mut test = SelfTest {
        number: number.integer()?,
        description: description.trim().bytes.to_vec(),
        status: ended.bytes.to_vec(),
        ..SelfTest::default()
    };
    match words[behind..] {
        [remaining, time, first] => {
            test.remaining_percent = Some(remaining.percent()?);
            (test.power_on_time, test.first_error) = (hours(time)?, block(first)?);
        }
        [segment, time, first, open, _, _] if open.bytes.starts_with(b"[") => {
            (test.segment, test.power_on_time, test.first_error) = (text(segment), hours(time)?, block(first)?);
        }
        [time, first, _, segment, _, _] => {
            (test.power_on_time, test.first_error, test.segment) = (hours(time)?, block(first)?, text(segment));
        }
        _ => return Err(tail.expected("how the test ended, and when").into()),
    }
    Ok(test)
}

/// `/dev/sda -d sat # /dev/sda [SAT], ATA device`
fn found(line: Field<'_>) -> Result<Found, Problem> {
    let (device, rest) = line.split_once(" -d ").ok_or_else(|| line.expected(EXPECTED))?;
    let (kind, description) = match rest.split_once(" # ") {
        Some((kind, description)) => (kind, Some(description.trim().bytes.to_vec())),
        None => (rest, None),
    };
    if device.bytes.first() != Some(&b'/') || kind.trim().bytes.iter().any(u8::is_ascii_whitespace) {
        return Err(line.expected(EXPECTED));
    }
    Ok(Found { device: device.bytes.to_vec(), r#type: kind.trim().bytes.to_vec(), description })
}

impl Disk {
    /// Takes what a property says, where it is one that all disks have.
    fn said(&mut self, name: &[u8], value: Field<'_>) -> Result<(), Problem> {
        let text = || Some(value.bytes.to_vec());
        let first = || value.fields().next().unwrap_or(value);
        match name {
            b"Vendor" => self.vendor = text(),
            b"Model Family" => self.model_family = text(),
            b"Device Model" | b"Model Number" | b"Product" => self.model = text(),
            b"Serial Number" | b"Serial number" => self.serial = text(),
            b"Firmware Version" | b"Revision" => self.firmware = text(),
            b"User Capacity" | b"Total NVM Capacity" => self.size = Some(grouped(value)?),
            b"Namespace 1 Size/Capacity" if self.size.is_none() => self.size = Some(grouped(value)?),
            b"Sector Size" | b"Sector Sizes" | b"Logical block size" | b"Namespace 1 Formatted LBA Size" => {
                self.block_size = Some(first().integer()?);
            }
            b"Rotation Rate" => {
                let rpm = value.strip_suffix(" rpm").map(|rpm| rpm.integer()).transpose()?;
                self.rotation_rate = rpm;
            }
            b"SMART support is" => match first().bytes {
                b"Available" => self.smart_available = Some(true),
                b"Unavailable" => self.smart_available = Some(false),
                b"Enabled" => self.smart_enabled = Some(true),
                b"Disabled" => self.smart_enabled = Some(false),
                _ => {}
            },
            b"SMART overall-health self-assessment test result" | b"SMART Health Status" => self.health = text(),
            b"Temperature" | b"Current Drive Temperature" | b"Current Temperature" => {
                let [degrees, unit] = value.fields_and_rest()?;
                if !matches!(unit.bytes, b"C" | b"Celsius") {
                    return Err(unit.expected("`Celsius`"));
                }
                // `?`, where it does not know.
                self.temperature = degrees.as_integer();
            }
            b"Power On Hours" => self.power_on_time = Some(grouped(value)?.saturating_mul(3600)),
            // The name goes on: `hours:minutes 12345:10`.
            b"Accumulated power on time, hours" => {
                let clock = value.strip_prefix("minutes").map(|clock| clock.trim()).unwrap_or(value);
                let parts = clock.fields().next().and_then(|clock| clock.split_once(":"));
                let (hours, minutes) = parts.ok_or_else(|| clock.expected("`HOURS:MINUTES`"))?;
                self.power_on_time = Some(hours.integer()?.saturating_mul(3600).saturating_add(minutes.integer()? * 60));
            }
            b"Power Cycles" => self.power_cycles = Some(grouped(value)?),
            b"Error Information Log Entries" => self.error_count = Some(grouped(value)?),
            b"Percentage Used" => self.life_used_percent = Some(value.percent()?),
            // In thousands of blocks of 512 bytes.
            b"Data Units Read" => self.read = Some(grouped(value)?.saturating_mul(512_000)),
            b"Data Units Written" => self.written = Some(grouped(value)?.saturating_mul(512_000)),
            _ => {}
        }
        Ok(())
    }

    /// The fields of which something was said.
    fn fields(&self) -> Vec<&'static str> {
        let has = |names: &[&str]| self.properties.0.iter().any(|(known, _)| names.iter().any(|name| name.as_bytes() == known));
        let said = [
            ("vendor", self.vendor.is_some()),
            ("model_family", self.model_family.is_some()),
            ("model", self.model.is_some()),
            ("serial", self.serial.is_some()),
            ("firmware", self.firmware.is_some()),
            ("size", has(&["User Capacity", "Total NVM Capacity", "Namespace 1 Size/Capacity"])),
            ("block_size", has(&["Sector Size", "Sector Sizes", "Logical block size", "Namespace 1 Formatted LBA Size"])),
            ("rotation_rate", has(&["Rotation Rate"])),
            ("smart_available", self.smart_available.is_some()),
            ("smart_enabled", self.smart_enabled.is_some()),
            ("health", self.health.is_some()),
            ("temperature", self.temperature.is_some() || has(&["Temperature", "Current Drive Temperature"])),
            ("power_on_time", self.power_on_time.is_some() || has(&["Power On Hours", "Accumulated power on time, hours"])),
            ("power_cycles", self.power_cycles.is_some() || has(&["Power Cycles"])),
            ("error_count", self.error_count.is_some()),
            ("life_used_percent", has(&["Percentage Used"])),
            ("read", has(&["Data Units Read"])),
            ("written", has(&["Data Units Written"])),
        ];
        said.into_iter().filter(|(_, is_said)| *is_said).map(|(field, _)| field).collect()
    }

    /// Takes what an attribute says of all disks' properties.
    fn take(&mut self, attribute: &Attribute) {
        match &attribute.name[..] {
            // Whatever the disk counts in, a number with letters is spelt out: `1038h+11m`.
            b"Power_On_Hours" | b"Power_On_Minutes" | b"Power_On_Seconds" | b"Power_On_Half_Minutes" => {
                let unit = if attribute.name == b"Power_On_Hours" { Some(3600) } else { None };
                let whole = attribute.raw_value.zip(unit).map(|(hours, unit)| hours.saturating_mul(unit));
                self.power_on_time = whole.or_else(|| spelt(&attribute.raw));
            }
            b"Power_Cycle_Count" => self.power_cycles = attribute.raw_value,
            // Others of that name are the vendor's: life that is left, for one.
            b"Temperature_Celsius" if attribute.number == 194 => self.temperature = attribute.raw_value,
            b"Airflow_Temperature_Cel" | b"Temperature_Celsius" if self.temperature.is_none() && attribute.number == 190 => {
                self.temperature = attribute.raw_value;
            }
            _ => {}
        }
    }
}

/// Seconds of `1038h+11m` and `12h+30m+01.500s`.
fn spelt(raw: &[u8]) -> Option<i64> {
    let parts = raw.split(|byte| *byte == b'+').map(|part| match part.split_last()? {
        (b'h', number) => Some(Field::from(number).as_integer()?.saturating_mul(3600)),
        (b'm', number) => Some(Field::from(number).as_integer()?.saturating_mul(60)),
        (b's', number) => Some(Field::from(number).as_float()? as i64),
        _ => None,
    });
    parts.sum()
}

/// A number whose digits are grouped as the locale has it, before a unit: `1,000,204,886,016 bytes [1.00 TB]`.
fn grouped(value: Field<'_>) -> Result<i64, Problem> {
    let (number, _) = value.split_once(" [").unwrap_or((value, value));
    let number = number.strip_suffix(" bytes").unwrap_or(number).trim();
    let groups: Vec<&[u8]> = number.bytes.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let is_grouped = groups.len() == 1 || groups.iter().skip(1).all(|group| group.len() == 3);
    let digits = groups.concat();
    if !is_grouped || digits.is_empty() || !number.bytes[0].is_ascii_digit() {
        return Err(number.expected("a number"));
    }
    Field::from(digits.as_slice()).integer().map_err(|problem| problem.at_column(number.column))
}

outparse_sdk::export!(Smartctl);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Smartctl;

    const HEAD: &str = "smartctl 7.3 2022-02-28 r5338 [x86_64-linux-6.1.0] (local build)\nCopyright (C) 2002-22, B, www.smartmontools.org\n\n=== START OF INFORMATION SECTION ===\n";

    #[test]
    fn an_ata_disk_has_attributes_and_self_tests() {
        let capture = [
            HEAD,
            "Device Model:     A B\nUser Capacity:    1,000,204,886,016 bytes [1.00 TB]\nSector Sizes:     512 bytes logical, 4096 bytes physical\nRotation Rate:    7200 rpm\nSMART support is: Available - device has SMART capability.\nSMART support is: Enabled\n\n",
            "=== START OF READ SMART DATA SECTION ===\nSMART overall-health self-assessment test result: PASSED\n\nGeneral SMART Values:\nOffline data collection status:  (0x00)\tOffline data collection activity\n\t\t\t\t\twas never started.\nTotal time to complete Offline \ndata collection: \t\t(    7) seconds.\n\n",
            "SMART Attributes Data Structure revision number: 16\nVendor Specific SMART Attributes with Thresholds:\nID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE\n  9 Power_On_Hours          0x0032   099   099   000    Old_age   Always       -       12h+30m+01.5s\n194 Temperature_Celsius     0x0022   035   045   ---    Old_age   Always   In_the_past 35 (Min/Max 20/45)\n\n",
            "SMART Error Log Version: 1\nATA Error Count: 1\n\tCR = Command Register [HEX]\n\nError 1 occurred at disk power-on lifetime: 1 hours\n\n",
            "SMART Self-test log structure revision number 1\nNum  Test_Description    Status                  Remaining  LifeTime(hours)  LBA_of_first_error\n# 1  Short offline       Completed: read failure       90%      1000         12345\n",
        ]
        .concat();
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        assert!(parsed.problems.is_empty(), "{parsed:?}");
        parsed.has(
            0,
            &[
                r#""model":"A B""#,
                r#""size":1000204886016,"block_size":512,"rotation_rate":7200,"smart_available":true,"smart_enabled":true,"health":"PASSED","temperature":35,"power_on_time":43200"#,
                r#""Offline data collection status":"(0x00) Offline data collection activity was never started.","Total time to complete Offline data collection":"( 7) seconds.""#,
                r#""SMART support is":"Available - device has SMART capability.; Enabled""#,
            ],
        );
        assert_eq!(
            parsed.records[2],
            r#"{"kind":"attribute","number":194,"name":"Temperature_Celsius","flag":"0x0022","normalized":35,"worst":45,"threshold":null,"type":"old age","updated":"always","failed":"past","raw":"35 (Min/Max 20/45)","raw_value":35}"#
        );
        let rest: Vec<&str> = parsed.records[3..].iter().map(String::as_str).collect();
        assert_eq!(
            rest,
            [
                r#"{"kind":"remark","section":"SMART Error Log Version","text":"ATA Error Count: 1"}"#,
                r#"{"kind":"remark","section":"SMART Error Log Version","text":"CR = Command Register [HEX]"}"#,
                r#"{"kind":"remark","section":"SMART Error Log Version","text":"Error 1 occurred at disk power-on lifetime: 1 hours"}"#,
                r#"{"kind":"remark","section":null,"text":"SMART Self-test log structure revision number 1"}"#,
                r#"{"kind":"self_test","number":1,"description":"Short offline","status":"Completed: read failure","remaining_percent":90,"power_on_time":3600000,"first_error":12345}"#,
            ]
        );
        assert_any_split::<Smartctl>(None, capture.as_bytes());
    }

    #[test]
    fn a_scsi_disk_has_error_counters() {
        let capture = [
            HEAD,
            "Vendor:               S\nProduct:              X\nRevision:             0003\nUser Capacity:        600.127.266.816 bytes [600 GB]\n\n=== START OF READ SMART DATA SECTION ===\nSMART Health Status: OK\n\nCurrent Drive Temperature:     29 C\nAccumulated power on time, hours:minutes 12345:10\n\n",
            "Error counter log:\n           Errors Corrected by           Total   Correction     Gigabytes    Total\n               ECC          rereads/    errors   algorithm      processed    uncorrected\n           fast | delayed   rewrites  corrected  invocations   [10^9 bytes]  errors\nread:   3376498        1         2   3376501          3      18406.586           4\n\nNon-medium error count:        5\n\n",
            "SMART Self-test log\nNum  Test              Status                 segment  LifeTime  LBA_first_err [SK ASC ASQ]\n     Description                              number   (hours)\n# 1  Background long   Completed                   -      54                 - [-   -    -]\n",
        ]
        .concat();
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        assert!(parsed.problems.is_empty(), "{parsed:?}");
        parsed.has(
            0,
            &[
                r#""firmware":"0003","size":600127266816"#,
                r#""health":"OK","temperature":29,"power_on_time":44442600"#,
                r#""Non-medium error count":"5""#,
            ],
        );
        parsed.has(1, &[r#""operation":"read","corrected_fast":3376498,"corrected_delayed":1,"corrected_by_repeating":2,"corrected":3376501,"corrections":3,"processed":18406586000000,"uncorrected":4"#]);
        parsed.has(
            parsed.records.len() - 1,
            &[r#""description":"Background long","status":"Completed","power_on_time":194400,"first_error":null,"segment":null"#],
        );
    }

    #[test]
    fn an_nvme_disk_counts_in_thousands_of_blocks() {
        let capture = [HEAD, "Model Number:                       A\nTotal NVM Capacity:                 2,000 [2.00 KB]\n\n=== START OF SMART DATA SECTION ===\nSMART/Health Information (NVMe Log 0x02)\nTemperature:                        30 Celsius\nPercentage Used:                    3%\nData Units Read:                    19,683,018 [10.0 TB]\nPower On Hours:                     6,726\n"].concat();
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        parsed.has(
            0,
            &[r#""size":2000"#, r#""temperature":30,"power_on_time":24213600"#, r#""life_used_percent":3,"read":10077705216000"#],
        );
        let broken = parse::<Smartctl>(None, [HEAD, "Power On Hours: 6,72\n"].concat().as_bytes());
        broken.has(0, &[r#""power_on_time":null"#]);
        assert_eq!(broken.problems, ["error: line 5, column 17: expected a number, found `6,72`"]);
    }

    #[test]
    fn disks_that_were_found_are_named() {
        let parsed = parse::<Smartctl>(None, b"/dev/sda -d sat # /dev/sda [SAT], ATA device\n/dev/bus/0 -d megaraid,8\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"kind":"found","device":"/dev/sda","type":"sat","description":"/dev/sda [SAT], ATA device"}"#,
                r#"{"kind":"found","device":"/dev/bus/0","type":"megaraid,8","description":null}"#,
            ]
        );
        let closed = parse::<Smartctl>(None, b"# /dev/sdb -d scsi # /dev/sdb, SCSI device open failed: No such device\n/dev/sda -d sat # /dev/sda, ATA device\n");
        closed.has(0, &[r##""text":"# /dev/sdb -d scsi # /dev/sdb, SCSI device open failed: No such device""##]);
        closed.has(1, &[r#""device":"/dev/sda""#]);
        assert_unrecognised::<Smartctl>(["hello\n", "smartctl\n", "rm -d x\n"]);
        let unopened = parse::<Smartctl>(None, [HEAD, "/dev/vda: Unable to detect device type\n"].concat().as_bytes());
        assert_eq!(unopened.records.len(), 1, "{unopened:?}");
        unopened.has(0, &[r#"{"kind":"remark""#, "Unable to detect"]);
    }

    #[test]
    fn of_the_attributes_those_that_all_disks_have_count() {
        let titles = "ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE\n";
        let rows = "  9 Power_On_Minutes        0x0032   095   095   000    Old_age   Always       -       1038h+11m\n190 Airflow_Temperature_Cel 0x0022   065   055   045    Old_age   Always       -       35\n194 Temperature_Celsius     0x0022   113   101   000    Old_age   Always       -       34\n231 Temperature_Celsius     0x0013   100   100   010    Pre-fail  Always       -       0\n\n";
        let log = "SMART Extended Comprehensive Error Log Version: 1 (1 sectors)\nDevice Error Count: 3\n";
        let parsed = parse::<Smartctl>(None, [HEAD, "Device Model: A\n\n", titles, rows, log].concat().as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""temperature":34,"power_on_time":3737460,"#, r#""error_count":3"#]);
    }

    #[test]
    fn what_failed_is_no_property() {
        let capture = "smartctl 7.1 2019-12-30 r5022 [x86_64-linux-5.4.0] (local build)\n\nRead Device Identity failed: scsi error unsupported field\n\nA mandatory SMART command failed: exiting.\n";
        let parsed = parse::<Smartctl>(None, capture.as_bytes());
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        parsed.has(0, &[r#""kind":"remark""#, "Read Device Identity failed: scsi error"]);
        let warned = [HEAD, "Device Model: A\n\n==> WARNING: An update may be there,\nsee\nhttp://example.org/x\n\nNo self-tests have been logged.  [To run self-tests, use: smartctl -t]\n"].concat();
        let warned = parse::<Smartctl>(None, warned.as_bytes());
        warned.has(0, &[r#""properties":{"Device Model":"A"}"#]);
        assert_eq!(warned.records.len(), 5, "{warned:?}");
    }
}
