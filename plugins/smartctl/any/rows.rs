//! The rows of the tables of a report, and the headings that begin them.

use outparse_sdk::{Error, Field, Problem};

use crate::records::{Attribute, ErrorCounter, Found, SelfTest};

/// What a capture begins with.
pub(crate) const EXPECTED: &str = "`smartctl VERSION`, or `DEVICE -d TYPE` as with `--scan`";

/// What the next lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
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

/// The part of the report that a heading begins.
pub(crate) fn heading(line: Field<'_>) -> Option<Part> {
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
pub(crate) fn attribute(text: Field<'_>, is_brief: bool) -> Result<Attribute, Error> {
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
pub(crate) fn counter(text: Field<'_>) -> Result<ErrorCounter, Error> {
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
pub(crate) fn self_test(line: Field<'_>, status: usize, after: usize) -> Result<SelfTest, Error> {
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
pub(crate) fn found(line: Field<'_>) -> Result<Found, Problem> {
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
