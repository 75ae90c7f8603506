//! `/proc/<pid>/io`: what a process read and wrote.

use outparse_sdk::{About, Ending, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// What a process read and wrote.
#[derive(Clone, Debug, Default, Record)]
pub struct InputOutput {
    /// Read by calls, from anywhere.
    #[field(unit = "bytes", counter)]
    pub read_by_calls: Option<i64>,
    /// Written by calls, to anywhere.
    #[field(unit = "bytes", counter)]
    pub written_by_calls: Option<i64>,
    /// Calls that read.
    #[field(counter)]
    pub read_calls: Option<i64>,
    /// Calls that wrote.
    #[field(counter)]
    pub write_calls: Option<i64>,
    /// Read from devices.
    #[field(unit = "bytes", counter)]
    pub read_bytes: Option<i64>,
    /// Written to devices, or on the way there.
    #[field(unit = "bytes", counter)]
    pub written_bytes: Option<i64>,
    /// Written, and then not wanted any more.
    #[field(unit = "bytes", counter)]
    pub cancelled_write_bytes: Option<i64>,
}

/// Reads `/proc/<pid>/io`.
pub struct ProcessIo {
    io: InputOutput,
}

impl Parser for ProcessIo {
    const ABOUT: About = about!("pid-io", "What a process read and wrote, as /proc/<pid>/io has it", "/proc/*/io");
    type Record = InputOutput;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessIo { io: InputOutput::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(": ").ok_or_else(|| line.expected("`rchar: NUMBER`"))?;
        // Another process.
        if name.bytes == b"rchar" && self.io.read_by_calls.is_some() {
            rows.push(std::mem::take(&mut self.io));
        }
        let place = match name.bytes {
            b"rchar" => &mut self.io.read_by_calls,
            b"wchar" => &mut self.io.written_by_calls,
            b"syscr" => &mut self.io.read_calls,
            b"syscw" => &mut self.io.write_calls,
            b"read_bytes" => &mut self.io.read_bytes,
            b"write_bytes" => &mut self.io.written_bytes,
            b"cancelled_write_bytes" => &mut self.io.cancelled_write_bytes,
            _ => return Err(name.expected("one of the names of `/proc/<pid>/io`").into()),
        };
        *place = Some(value.integer()?);
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.io));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn what_was_read_and_written_is_read() {
        assert_eq!(parse::<ProcessIo>(None, b"rchar: 1\nwchar: 2\nrchar: 3\n").records.len(), 2);
        assert_eq!(
            parse::<ProcessIo>(None, b"rchar: 1\nwchar: 2\n").records,
            [
                r#"{"read_by_calls":1,"written_by_calls":2,"read_calls":null,"write_calls":null,"read_bytes":null,"written_bytes":null,"cancelled_write_bytes":null}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<ProcessIo>(["hello\n", "a: b\n"]);
    }
}
