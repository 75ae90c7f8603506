//! `/proc/<pid>/status`: a process in words, a line each value.

use outparse_sdk::{About, Ending, Error, Line, Map, Parser, Problem, Record, Rows, Source};

use crate::about;

/// A process or thread.
#[derive(Clone, Debug, Default, Record)]
pub struct Status {
    /// Its process ID; of a thread, its thread ID.
    #[field(key)]
    pub pid: Option<i64>,
    /// Name of its program, cut at 15 bytes.
    pub command: Option<Vec<u8>>,
    /// State, by a letter and in words: `S (sleeping)`.
    pub state: Option<Vec<u8>>,
    /// Process ID of the group of threads.
    pub thread_group: Option<i64>,
    /// Process ID of its parent.
    pub ppid: Option<i64>,
    /// Process that traces it; 0 where none does.
    pub tracer_pid: Option<i64>,
    /// User IDs: real, effective, saved, filesystem.
    pub uids: Vec<i64>,
    /// Group IDs: real, effective, saved, filesystem.
    pub gids: Vec<i64>,
    /// Further groups.
    pub groups: Vec<i64>,
    /// Number of its threads.
    pub threads: Option<i64>,
    /// Virtual memory.
    #[field(unit = "bytes", gauge)]
    pub vsz: Option<i64>,
    /// The most virtual memory that it had.
    #[field(unit = "bytes")]
    pub vsz_peak: Option<i64>,
    /// Resident memory.
    #[field(unit = "bytes", gauge)]
    pub rss: Option<i64>,
    /// The most resident memory that it had.
    #[field(unit = "bytes")]
    pub rss_peak: Option<i64>,
    /// Memory in swap.
    #[field(unit = "bytes", gauge)]
    pub swapped: Option<i64>,
    /// Context switches that it asked for.
    #[field(counter)]
    pub voluntary_context_switches: Option<i64>,
    /// Context switches that it did not ask for.
    #[field(counter)]
    pub involuntary_context_switches: Option<i64>,
    /// All else: amounts of memory, by their names.
    pub memory: Map<i64>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `/proc/<pid>/status`.
pub struct ProcessStatus {
    status: Status,
}

impl Parser for ProcessStatus {
    const ABOUT: About = about!("pid-status", "A process, as /proc/<pid>/status has it", "/proc/*/status");
    type Record = Status;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ProcessStatus { status: Status::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (name, value) = line.whole().split_once(":").ok_or_else(|| line.expected("`Name:<tab>VALUE`"))?;
        if name.bytes == b"Name" {
            // Several may follow each other.
            if rows.recognised() {
                rows.push(std::mem::take(&mut self.status));
            }
            rows.recognise();
        } else if !rows.recognised() {
            return Err(line.expected("`Name:<tab>VALUE`").into());
        }
        let value = value.trim();
        let status = &mut self.status;
        let numbers = || value.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>();
        match name.bytes {
            b"Name" => status.command = Some(value.bytes.to_vec()),
            b"State" => status.state = Some(value.bytes.to_vec()),
            b"Tgid" => status.thread_group = Some(value.integer()?),
            b"Pid" => status.pid = Some(value.integer()?),
            b"PPid" => status.ppid = Some(value.integer()?),
            b"TracerPid" => status.tracer_pid = Some(value.integer()?),
            b"Uid" => status.uids = numbers()?,
            b"Gid" => status.gids = numbers()?,
            b"Groups" => status.groups = numbers()?,
            b"Threads" => status.threads = Some(value.integer()?),
            b"voluntary_ctxt_switches" => status.voluntary_context_switches = Some(value.integer()?),
            b"nonvoluntary_ctxt_switches" => status.involuntary_context_switches = Some(value.integer()?),
            other => match value.strip_suffix(" kB") {
                Some(kilobytes) => status.put_memory(other, kilobytes.trim().integer()?.saturating_mul(1024)),
                None => status.details.0.push((other.to_vec(), value.bytes.to_vec())),
            },
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            rows.push(std::mem::take(&mut self.status));
        }
        Ok(())
    }
}

impl Status {
    /// An amount of memory, in bytes.
    fn put_memory(&mut self, name: &[u8], size: i64) {
        match name {
            b"VmSize" => self.vsz = Some(size),
            b"VmPeak" => self.vsz_peak = Some(size),
            b"VmRSS" => self.rss = Some(size),
            b"VmHWM" => self.rss_peak = Some(size),
            b"VmSwap" => self.swapped = Some(size),
            _ => self.memory.0.push((name.to_vec(), size)),
        }
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn a_process_is_read() {
        let status = parse::<ProcessStatus>(
            None,
            b"Name:\ta b\nState:\tS (sleeping)\nPid:\t7\nUid:\t0\t1\t0\t0\nVmRSS:\t     4 kB\nRssAnon:\t 2 kB\nSigQ:\t0/9\n",
        );
        assert!(status.records[0].contains(r#""pid":7,"command":"a b","state":"S (sleeping)""#), "{status:?}");
        assert!(
            status.records[0].contains(r#""rss":4096"#)
                && status.records[0].contains(r#""memory":{"RssAnon":2048},"details":{"SigQ":"0/9"}"#),
            "{status:?}"
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<ProcessStatus>(["hello\n", "a: b\n"]);
    }
}
