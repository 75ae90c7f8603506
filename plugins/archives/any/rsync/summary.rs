//! What `rsync` did in all: two lines at the end, and with `--stats` and `-vv` more of them before.

use outparse_sdk::{Base, Field, Map, Problem, Record};

use super::number::{amount, rate};

/// What was done in all.
#[derive(Clone, Debug, Default, Record)]
pub struct Summary {
    /// When it was written to the log, as it is printed: local time without an offset.
    pub timestamp: Option<Vec<u8>>,
    /// The process that wrote the log.
    pub pid: Option<i64>,
    /// Number of files that were looked at (`--stats`).
    pub files: Option<i64>,
    /// How many of them are of which type: `reg`, `dir`, `link`, …
    pub file_types: Map<i64>,
    /// Number of files that were made.
    pub created_files: Option<i64>,
    /// How many of them are of which type.
    pub created_types: Map<i64>,
    /// Number of files that were deleted.
    pub deleted_files: Option<i64>,
    /// How many of them are of which type.
    pub deleted_types: Map<i64>,
    /// Number of regular files that were transferred.
    pub transferred_files: Option<i64>,
    /// Size of all files.
    #[field(unit = "bytes", approximate)]
    pub total_size: Option<i64>,
    /// Size of the files that were transferred.
    #[field(unit = "bytes", approximate)]
    pub transferred_size: Option<i64>,
    /// Data that had to be sent.
    #[field(unit = "bytes", approximate)]
    pub literal_data: Option<i64>,
    /// Data that was there already.
    #[field(unit = "bytes", approximate)]
    pub matched_data: Option<i64>,
    /// Size of the list of files.
    #[field(unit = "bytes", approximate)]
    pub file_list_size: Option<i64>,
    /// Time that it took to make the list.
    #[field(unit = "seconds")]
    pub file_list_generation: Option<f64>,
    /// Time that it took to send the list.
    #[field(unit = "seconds")]
    pub file_list_transfer: Option<f64>,
    /// Bytes sent.
    #[field(unit = "bytes", approximate)]
    pub sent: Option<i64>,
    /// Bytes received.
    #[field(unit = "bytes", approximate)]
    pub received: Option<i64>,
    /// Bytes sent and received a second.
    #[field(unit = "bytes/s", approximate)]
    pub bytes_per_second: Option<f64>,
    /// How many times more the size of all files is.
    pub speedup: Option<f64>,
    /// Blocks that were found (`-vv`).
    pub matches: Option<i64>,
    /// Blocks that looked as if (`-vv`).
    pub hash_hits: Option<i64>,
    /// Blocks that only looked as if (`-vv`).
    pub false_alarms: Option<i64>,
    /// Bytes that were sent as they are (`-vv`).
    pub unmatched_data: Option<i64>,
    /// Whether nothing was done (`-n`).
    pub is_dry_run: bool,
}

/// What is said with `--stats` alone.
const STATISTICS: [&str; 13] = [
    "files",
    "file_types",
    "created_files",
    "created_types",
    "deleted_files",
    "deleted_types",
    "transferred_files",
    "transferred_size",
    "literal_data",
    "matched_data",
    "file_list_size",
    "file_list_generation",
    "file_list_transfer",
];

/// What is said with `-vv` alone.
const BLOCKS: [&str; 4] = ["matches", "hash_hits", "false_alarms", "unmatched_data"];

impl Summary {
    /// The fields that nothing was said of, since that takes an option.
    pub(super) fn unsaid(&self) -> Vec<&'static str> {
        let mut unsaid = Vec::new();
        if self.files.is_none() {
            unsaid.extend(STATISTICS);
        }
        if self.matches.is_none() {
            unsaid.extend(BLOCKS);
        }
        unsaid
    }

    /// A line of the summary. False where it is none.
    pub(super) fn read(&mut self, text: Field<'_>, base: Base) -> Result<bool, Problem> {
        if let Some(rest) = text.strip_prefix("sent ").filter(|rest| rest.find(" bytes  received ").is_some()) {
            self.traffic(text, rest, base)?;
        } else if let Some(rest) = text.strip_prefix("total size is ") {
            self.total(text, rest, base)?;
        } else if let Some(rest) = text.strip_prefix("total: matches=") {
            self.blocks(rest)?;
        } else {
            return self.statistic(text, base);
        }
        Ok(true)
    }

    /// `sent 1,708 bytes  received 569 bytes  4,554.00 bytes/sec`
    fn traffic(&mut self, line: Field<'_>, rest: Field<'_>, base: Base) -> Result<(), Problem> {
        let expected = || line.expected("`sent NUMBER bytes  received NUMBER bytes  NUMBER bytes/sec`");
        let (sent, rest) = rest.split_once(" bytes  received ").ok_or_else(expected)?;
        let (received, rest) = rest.split_once(" bytes  ").ok_or_else(expected)?;
        (self.sent, self.received) = (Some(amount(sent, base)?), Some(amount(received, base)?));
        // In a log there is a size instead of the rate.
        match rest.strip_prefix("total size ") {
            Some(size) => self.total_size = Some(amount(size.trim(), base)?),
            None => self.bytes_per_second = Some(rate(rest.trim().strip_suffix(" bytes/sec").ok_or_else(expected)?, base)?),
        }
        Ok(())
    }

    /// `total size is 235  speedup is 0.10 (DRY RUN)`
    fn total(&mut self, line: Field<'_>, rest: Field<'_>, base: Base) -> Result<(), Problem> {
        let expected = || line.expected("`total size is NUMBER  speedup is NUMBER`");
        let (size, speedup) = rest.split_once("  speedup is ").ok_or_else(expected)?;
        let [speedup, remark] = speedup.fields_and_rest()?;
        self.total_size = Some(amount(size, base)?);
        self.speedup = Some(rate(speedup, base)?);
        self.is_dry_run = remark.bytes.starts_with(b"(DRY RUN)");
        Ok(())
    }

    /// `total: matches=1  hash_hits=2  false_alarms=0 data=3`
    fn blocks(&mut self, rest: Field<'_>) -> Result<(), Problem> {
        let mut words = rest.fields();
        self.matches = Some(words.next().unwrap_or(rest).integer()?);
        for word in words {
            let expected = || word.expected("`hash_hits=NUMBER`, `false_alarms=NUMBER` or `data=NUMBER`");
            let (name, number) = word.split_once("=").ok_or_else(expected)?;
            match name.bytes {
                b"hash_hits" => self.hash_hits = Some(number.integer()?),
                b"false_alarms" => self.false_alarms = Some(number.integer()?),
                b"data" => self.unmatched_data = Some(number.integer()?),
                _ => return Err(expected()),
            }
        }
        Ok(())
    }

    /// `Total file size: 8 bytes`, as `--stats` prints it. False where it is another line.
    fn statistic(&mut self, text: Field<'_>, base: Base) -> Result<bool, Problem> {
        let Some((name, value)) = text.split_once(": ") else { return Ok(false) };
        let bytes = || amount(value.trim().strip_suffix(" bytes").unwrap_or(value.trim()), base);
        let seconds = || value.trim().strip_suffix(" seconds").ok_or_else(|| value.expected("`NUMBER seconds`"))?.float();
        match name.bytes {
            b"Number of files" => (self.files, self.file_types) = counts(value, base)?,
            b"Number of created files" => (self.created_files, self.created_types) = counts(value, base)?,
            b"Number of deleted files" => (self.deleted_files, self.deleted_types) = counts(value, base)?,
            b"Number of regular files transferred" | b"Number of files transferred" => {
                self.transferred_files = Some(amount(value.trim(), base)?)
            }
            b"Total file size" => self.total_size = Some(bytes()?),
            b"Total transferred file size" => self.transferred_size = Some(bytes()?),
            b"Literal data" => self.literal_data = Some(bytes()?),
            b"Matched data" => self.matched_data = Some(bytes()?),
            b"File list size" => self.file_list_size = Some(bytes()?),
            b"File list generation time" => self.file_list_generation = Some(seconds()?),
            b"File list transfer time" => self.file_list_transfer = Some(seconds()?),
            b"Total bytes sent" => self.sent = Some(bytes()?),
            b"Total bytes received" => self.received = Some(bytes()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// `7 (reg: 3, dir: 2, link: 1, special: 1)`
fn counts(value: Field<'_>, base: Base) -> Result<(Option<i64>, Map<i64>), Problem> {
    let value = value.trim();
    let Some((all, types)) = value.strip_suffix(")").and_then(|value| value.split_once(" (")) else {
        return Ok((Some(amount(value, base)?), Map::default()));
    };
    let mut found = Map::default();
    for part in types.split(", ") {
        let (name, number) = part.split_once(": ").ok_or_else(|| part.expected("`TYPE: NUMBER`"))?;
        found.0.push((name.bytes.to_vec(), amount(number, base)?));
    }
    Ok((Some(amount(all, base)?), found))
}
