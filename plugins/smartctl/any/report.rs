//! What `smartctl` prints as text: parts, each of properties, of a table, or of lines for people.

use outparse_sdk::{Error, Field, Rows};

use crate::Smartctl;
use crate::records::{ATTRIBUTE, Remark, SELF_TEST, Smart};
use crate::rows::{Part, attribute, counter, heading, self_test};

impl Smartctl {
    /// What looked like the beginning of a name, and no name followed.
    pub(crate) fn unfinished(&mut self) {
        if let Some(text) = self.name.take() {
            self.remark(Field::from(text.as_slice()));
        }
    }

    pub(crate) fn read(&mut self, line: Field<'_>, rows: &mut Rows<Smart>) -> Result<(), Error> {
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
        self.goes_on = false;
        self.more.push(Smart::Remark(Remark { section: self.section.clone(), text: text.bytes.to_vec() }));
    }

    /// `NAME: VALUE`; the name may begin on the line before, and the value go on below it.
    fn property(&mut self, line: Field<'_>, rows: &mut Rows<Smart>) {
        let text = line.trim();
        // Tabs may have become blanks where the text was copied.
        let blanks = line.bytes.iter().take_while(|byte| **byte == b' ').count();
        if line.bytes.starts_with(b"\t") || blanks >= 24 {
            match self.disk.properties.0.last_mut().filter(|_| self.goes_on) {
                Some((_, value)) => {
                    value.push(b' ');
                    value.extend_from_slice(&text.squeezed());
                }
                None => {
                    self.unfinished();
                    self.remark(text);
                }
            }
            return;
        }
        self.goes_on = false;
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
        self.goes_on = true;
    }
}
