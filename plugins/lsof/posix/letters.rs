//! What `-F` prints: a value a line, which a letter names. A process begins with `p`, a file of it with `f`, unless descriptors were not
//! asked for.

use outparse_sdk::{Error, Field, Rows};

use super::file::{OpenFile, offset, unescaped};

/// What is said so far.
#[derive(Default)]
pub(super) struct Letters {
    process: OpenFile,
    file: Option<OpenFile>,
    /// Whether a line `fFD` begins each file, and whether the process had one so far.
    has_descriptors: bool,
    has_files: bool,
    /// Whether the number of the process could not be read.
    is_lost: bool,
    /// Whether the descriptor of the file could not be read.
    is_file_lost: bool,
    /// The letters of the file's values so far.
    seen: Vec<u8>,
}

impl Letters {
    /// A line: one value, or with `-F0` those of a set, each ended by NUL.
    pub(super) fn line(&mut self, line: Field<'_>, rows: &mut Rows<OpenFile>) -> Result<(), Error> {
        line.split("\0").filter(|part| !part.bytes.is_empty()).try_for_each(|part| self.part(part, line, rows))
    }

    /// A value, and the letter that names it.
    fn part(&mut self, part: Field<'_>, line: Field<'_>, rows: &mut Rows<OpenFile>) -> Result<(), Error> {
        let (letter, value) = part.split_at(1);
        let letter = letter.bytes[0];
        let begins_file = letter == b'f' && !self.is_lost;
        if (self.is_lost || self.is_file_lost) && letter != b'p' && !begins_file {
            return Ok(());
        }
        self.is_file_lost = false;
        // What is said of a process stands before its files: the number of another one is broken.
        if self.file.is_some() && b"cgKLMRu".contains(&letter) {
            self.end_process(rows);
            self.is_lost = true;
            return Err(line.expected("`pNUMBER` before what is said of another process").into());
        }
        match letter {
            b'p' => return self.begin_process(value, rows),
            b'f' => {
                self.flush(rows);
                self.has_descriptors = true;
                let mut file = self.process.clone();
                file.set_descriptor(value);
                self.file = Some(file);
                return Ok(());
            }
            _ => {}
        }
        if b"altDdsoikPnT".contains(&letter) {
            self.begin_file(letter, rows);
        }
        if self.is_file_lost {
            self.flush(rows);
            return Err(line.expected("`fDESCRIPTOR` before what is said of another file").into());
        }
        put(self.file.as_mut().unwrap_or(&mut self.process), letter, value)
    }

    fn begin_process(&mut self, value: Field<'_>, rows: &mut Rows<OpenFile>) -> Result<(), Error> {
        self.end_process(rows);
        let pid = value.integer();
        // What follows is of no process before.
        self.is_lost = pid.is_err();
        let pid = pid.map_err(|problem| if rows.recognised() { problem.into() } else { Error::Unrecognised(problem) })?;
        self.process = OpenFile { pid: Some(pid), ..OpenFile::default() };
        if !rows.recognised() {
            rows.without(["device"]);
        }
        rows.recognise();
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<OpenFile>) {
        self.seen.clear();
        if let Some(file) = self.file.take() {
            self.has_files = true;
            rows.push(file);
        }
    }

    /// Ends a process; one of which no file was printed is a record by itself.
    pub(super) fn end_process(&mut self, rows: &mut Rows<OpenFile>) {
        self.flush(rows);
        let process = std::mem::take(&mut self.process);
        if !std::mem::take(&mut self.has_files) && process.pid.is_some() {
            rows.push(process);
        }
    }

    /// Makes place for a value of a file. Where no descriptors are printed (`-F n`), the value that comes again begins the next file.
    fn begin_file(&mut self, letter: u8, rows: &mut Rows<OpenFile>) {
        // State and queues of a socket are lines of the same letter.
        let comes_again = letter != b'T' && self.seen.contains(&letter);
        if self.has_descriptors {
            self.is_file_lost = comes_again;
            self.seen.push(letter);
            return;
        }
        if comes_again {
            self.flush(rows);
        }
        self.file.get_or_insert_with(|| self.process.clone());
        self.seen.push(letter);
    }
}

/// Puts a value where its letter says.
fn put(file: &mut OpenFile, letter: u8, value: Field<'_>) -> Result<(), Error> {
    let owned = Some(value.bytes.to_vec());
    match letter {
        b'c' => file.command = Some(unescaped(value.bytes)),
        b'u' | b'L' => file.user = owned,
        b'g' => file.pgid = Some(value.integer()?),
        b'R' => file.ppid = Some(value.integer()?),
        b'K' => file.tid = Some(value.integer()?),
        b'M' => file.thread_command = Some(unescaped(value.bytes)),
        b'a' => file.access = owned.filter(|mode| mode != b" " && !mode.is_empty()),
        b'l' => file.lock = owned.filter(|lock| lock != b" " && !lock.is_empty()),
        b't' => file.r#type = owned,
        b'D' | b'd' => file.device = owned,
        b's' => file.size = Some(value.integer()?),
        b'o' => file.offset = Some(offset(value)?),
        b'i' => file.inode = Some(value.integer()?),
        b'k' => file.links = Some(value.integer()?),
        b'P' => file.protocol = owned,
        b'n' => file.set_name(value),
        b'T' => {
            if let Some(state) = value.strip_prefix("ST=") {
                file.state = Some(state.bytes.to_vec());
            }
        }
        // Those of which no field knows: addresses in the kernel, flags, zones and the like.
        b'C' | b'F' | b'G' | b'N' | b'r' | b'S' | b'Z' | b'z' | b'm' | b'E' => {}
        _ => return Err(value.problem(format!("expected a letter of `lsof -F`, found `{}`", letter.escape_ascii())).into()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::parse;

    use crate::Lsof;

    #[test]
    fn escapes_are_what_they_stand_for() {
        let parsed = parse::<Lsof>(Some(&["lsof", "-F", "pcfn"]), b"p1\nca\\tb c\nfcwd\nn/a\\tb\\\\x20\n");
        parsed.has(0, &[r#""command":"a\tb c""#, r#""name":"/a\tb\\x20""#]);
    }

    #[test]
    fn files_of_a_process_without_its_number_are_of_no_other() {
        // A letter that lsof does not have is told, too.
        for (broken, problems) in [("pX", 1), ("x", 2), ("", 1)] {
            let capture = format!("p1\nca\nf0\nn/a\n{broken}\ncb\nf1\nn/b\np3\ncc\nf2\nn/c\n");
            let parsed = parse::<Lsof>(Some(&["lsof", "-F", "pcfn"]), capture.as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (2, problems), "{broken} {parsed:?}");
            assert!(
                parsed.records[0].contains(r#""command":"a","pid":1"#) && parsed.records[1].contains(r#""pid":3"#),
                "{parsed:?}"
            );
        }
    }

    #[test]
    fn what_is_said_of_a_file_without_its_descriptor_is_of_no_other() {
        let capture = "p1\nca\nf0\ntREG\nn/a\nx\ntDIR\nn/b\nf2\ntREG\nn/c\n";
        let parsed = parse::<Lsof>(Some(&["lsof", "-F", "pcftn"]), capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        parsed.has(0, &[r#""fd":"0""#, r#""type":"REG""#]);
        parsed.has(1, &[r#""fd":"2""#]);
    }

    #[test]
    fn files_without_descriptors_are_told_apart_by_what_repeats() {
        assert_eq!(parse::<Lsof>(None, b"p12\0cgit\0\nfcwd\0n/\0\n").records.len(), 1);
        let parsed = parse::<Lsof>(None, b"p12\nn/\nn/bin/sh\np13\np14\ntREG\nn/a\ntIPv4\nPTCP\nn*:80\nTST=LISTEN\nTQR=0\n");
        let names: Vec<bool> =
            parsed.records.iter().zip(["/", "/bin/sh", "", "/a", "*:80"]).map(|(record, name)| record.contains(name)).collect();
        assert_eq!((parsed.records.len(), names), (5, vec![true; 5]), "{parsed:?}");
        assert!(parsed.records[2].starts_with(r#"{"command":null,"pid":13,"#), "{parsed:?}");
        assert!(parsed.records[4].contains(r#""state":"LISTEN","name":"*:80""#), "{parsed:?}");
    }
}
