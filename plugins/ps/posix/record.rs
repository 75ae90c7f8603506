//! The record: a field for every title that a `ps` known here can print. Which ones are there is up to the flags.
//!
//! Names are the titles in lower case, with `cpu_percent` and `mem_percent` for `%CPU` and `%MEM`; where programs title one
//! thing differently, the peer's name for it is kept (`cmd` and `command`, `tty` and `tt`, `start`, `started` and `stime`).

use outparse_sdk::{Base, Field, Problem, Record};

/// Reads a cell into its field.
pub(crate) type Setter = for<'a> fn(&mut Process<'a>, Field<'a>) -> Result<(), Problem>;

/// Makes the record, and the table from titles to its fields: `field: type = how to read it, "TITLE";`.
macro_rules! process {
    ($(#[$of:meta])* pub struct $name:ident<$a:lifetime> { $($(#[$meta:meta])* $field:ident: $type:ty = $read:ident, $($title:literal)|+;)* }) => {
        $(#[$of])*
        #[derive(Clone, Debug, Default, Record)]
        pub struct $name<$a> { $($(#[$meta])* pub $field: Option<$type>,)* }

        /// What reads the cells under a title. None for a title that is not known.
        pub(crate) fn column(title: &str) -> Option<Setter> {
            match title {
                $($($title)|+ => {
                    fn set<'a>(process: &mut $name<'a>, cell: Field<'a>) -> Result<(), Problem> {
                        process.$field = $read(cell)?;
                        Ok(())
                    }
                    Some(set)
                })*
                _ => None,
            }
        }
    };
}

process! {
    /// A process, or a thread of one.
    pub struct Process<'a> {
        /// User whose rights the process has: a name, or a number where it has no name or is too long.
        user: &'a [u8] = text, "USER";
        /// The same, from `ps -f` and `ps -l`.
        uid: &'a [u8] = text, "UID";
        /// Process ID. Null for a thread that is listed below its process.
        pid: i64 = integer, "PID";
        /// Process ID of the parent.
        ppid: i64 = integer, "PPID";
        /// Process group ID.
        pgid: i64 = integer, "PGID" | "PGRP";
        /// Session ID.
        sid: i64 = integer, "SID";
        /// Session: its ID (Linux) or its address (BSD, macOS).
        sess: &'a [u8] = text, "SESS";
        /// Thread ID.
        lwp: i64 = integer, "LWP";
        /// Thread ID, as `ps -T` titles it.
        spid: i64 = integer, "SPID";
        /// Thread ID, as `ps -o tid` titles it.
        tid: i64 = integer, "TID";
        /// Thread group ID, which is the process ID.
        tgid: i64 = integer, "TGID";
        /// Number of threads.
        nlwp: i64 = integer, "NLWP" | "THCNT" | "TCNT";
        /// Processor time in percent of the time the process has been running (Linux) or of the last minute (BSD, macOS).
        #[field(unit = "percent", approximate)]
        cpu_percent: f64 = float, "%CPU";
        /// Resident memory in percent of the machine's.
        #[field(unit = "percent", approximate)]
        mem_percent: f64 = float, "%MEM";
        /// Processor use as a whole number, from `ps -f` and `ps -l`.
        c: i64 = integer, "C";
        /// Scheduling: recent processor use (BSD, macOS), or the processor (BusyBox).
        cpu: i64 = integer, "CPU";
        /// Tenths of percent of processor time.
        cp: i64 = integer, "CP";
        /// Virtual memory. BusyBox rounds large values.
        #[field(unit = "kibibytes")]
        vsz: i64 = kibibytes, "VSZ";
        /// Resident memory: what is in RAM. BusyBox rounds large values.
        #[field(unit = "kibibytes")]
        rss: i64 = kibibytes, "RSS" | "RSZ";
        /// Share of resident memory when shared pages are divided among their users.
        #[field(unit = "kibibytes")]
        pss: i64 = integer, "PSS";
        /// Resident memory that no other process shares.
        #[field(unit = "kibibytes")]
        uss: i64 = integer, "USS";
        /// Virtual memory in pages (Linux) or kibibytes (BSD, macOS).
        sz: i64 = integer, "SZ";
        /// Swap space that writing out all pages would need.
        #[field(unit = "kibibytes")]
        size: i64 = integer, "SIZE";
        /// Resident code.
        #[field(unit = "kibibytes")]
        trs: i64 = integer, "TRS" | "TRSS";
        /// Resident memory other than code.
        #[field(unit = "kibibytes")]
        drs: i64 = integer, "DRS";
        /// Code size.
        #[field(unit = "kibibytes")]
        tsiz: i64 = integer, "TSIZ";
        /// Data size.
        #[field(unit = "kibibytes")]
        dsiz: i64 = integer, "DSIZ";
        /// Limit of resident memory.
        lim: &'a [u8] = text, "LIM";
        /// Page faults that had to read.
        majfl: i64 = integer, "MAJFL" | "MAJFLT";
        /// Page faults that did not.
        minfl: i64 = integer, "MINFL" | "MINFLT";
        /// Page faults that had to read (BSD, macOS).
        pagein: i64 = integer, "PAGEIN";
        /// Controlling terminal. Null when there is none.
        tty: &'a [u8] = terminal, "TTY";
        /// Controlling terminal, as BSD titles it. Null when there is none.
        tt: &'a [u8] = terminal, "TT";
        /// Process group in the foreground of the terminal; -1 when there is none.
        tpgid: i64 = integer, "TPGID";
        /// State: a letter (`R` running, `S` sleeping, `D` in uninterruptible wait, `T` stopped, `Z` zombie, …) and details.
        stat: &'a [u8] = text, "STAT";
        /// State as one letter.
        s: &'a [u8] = text, "S";
        /// When it began, as printed: a time of today, a day, or a full date.
        start: &'a [u8] = text, "START";
        /// The same under the title of BSD and of `ps -o start` and `-o lstart`.
        started: &'a [u8] = text, "STARTED";
        /// The same under the title of `ps -f`.
        stime: &'a [u8] = text, "STIME";
        /// Time since it began: `[[days-]hours:]minutes:seconds`, or seconds with `-o etimes`.
        elapsed: &'a [u8] = text, "ELAPSED";
        /// Processor time used: `[days-]hours:minutes:seconds` or `minutes:seconds`, with hundredths on BSD and macOS.
        time: &'a [u8] = text, "TIME" | "TIME+";
        /// Command with its arguments, or its name alone: that is up to the flags.
        command: &'a [u8] = text, "COMMAND" | "CMDLINE";
        /// The same under the title of `ps -f` and `ps -l`.
        cmd: &'a [u8] = text, "CMD";
        /// The same under the title of `-o args` on BSD and macOS.
        args: &'a [u8] = text, "ARGS";
        /// Name of the command, under its own title.
        comm: &'a [u8] = text, "COMM" | "NAME";
        /// Path of the program.
        exe: &'a [u8] = known, "EXE";
        /// Flags of the process, octal (Linux) or hexadecimal (BSD, macOS).
        f: &'a [u8] = text, "F";
        /// Priority as printed: programs count it from different zeros, in different directions.
        pri: i64 = integer, "PRI";
        /// Nice value, 19 the most yielding. Null where the scheduling class has none.
        ni: i64 = integer, "NI";
        /// Real-time priority.
        rtprio: &'a [u8] = known, "RTPRIO";
        /// Scheduling class.
        cls: &'a [u8] = known, "CLS" | "POL";
        /// Scheduling policy as a number.
        sch: i64 = integer, "SCH";
        /// Processor it runs on, or ran last.
        psr: i64 = integer, "PSR" | "P" | "CPUID";
        /// NUMA node of that processor.
        numa: i64 = integer, "NUMA";
        /// Address of the process.
        addr: &'a [u8] = known, "ADDR";
        /// What it sleeps in. Null when it runs or that is not known.
        wchan: &'a [u8] = known, "WCHAN";
        /// What it sleeps in (BSD).
        mwchan: &'a [u8] = known, "MWCHAN";
        /// Seconds asleep (BSD, macOS); 127 stands for more.
        #[field(unit = "seconds")]
        sl: i64 = integer, "SL";
        /// Seconds resident (BSD, macOS); 127 stands for more.
        #[field(unit = "seconds")]
        re: i64 = integer, "RE";
        /// Jobs that are controlled.
        jobc: i64 = integer, "JOBC";
        /// Jail (FreeBSD).
        jid: i64 = integer, "JID";
        /// Jail (FreeBSD).
        jail: &'a [u8] = known, "JAIL";
        /// Login class or login name (BSD).
        login: &'a [u8] = known, "LOGIN";
        /// Effective user, under a title that says so.
        euser: &'a [u8] = text, "EUSER";
        /// Effective user ID.
        euid: i64 = integer, "EUID";
        /// Real user: who started it.
        ruser: &'a [u8] = text, "RUSER";
        /// Real user ID.
        ruid: i64 = integer, "RUID";
        /// Saved user.
        suser: &'a [u8] = text, "SUSER" | "SVUSER";
        /// Saved user ID.
        suid: i64 = integer, "SUID" | "SVUID";
        /// User for file access.
        fuser: &'a [u8] = text, "FUSER" | "FSUSER";
        /// User ID for file access.
        fuid: i64 = integer, "FUID" | "FSUID";
        /// User ID at login. Null where there was none.
        luid: i64 = integer, "LUID";
        /// Effective group.
        group: &'a [u8] = text, "GROUP";
        /// Effective group ID.
        gid: i64 = integer, "GID";
        /// Effective group, under a title that says so.
        egroup: &'a [u8] = text, "EGROUP";
        /// Effective group ID, under a title that says so.
        egid: i64 = integer, "EGID";
        /// Real group.
        rgroup: &'a [u8] = text, "RGROUP";
        /// Real group ID.
        rgid: i64 = integer, "RGID";
        /// Saved group.
        sgroup: &'a [u8] = text, "SGROUP" | "SVGROUP";
        /// Saved group ID.
        sgid: i64 = integer, "SGID" | "SVGID";
        /// Group for file access.
        fgroup: &'a [u8] = text, "FGROUP" | "FSGROUP";
        /// Group ID for file access.
        fgid: i64 = integer, "FGID" | "FSGID";
        /// Supplementary groups, by number, separated by commas.
        supgid: &'a [u8] = known, "SUPGID";
        /// Supplementary groups, by name, separated by commas.
        supgrp: &'a [u8] = known, "SUPGRP";
        /// Pending signals: a mask in hexadecimal.
        pending: &'a [u8] = text, "PENDING" | "SIGNAL";
        /// Blocked signals: a mask in hexadecimal.
        blocked: &'a [u8] = text, "BLOCKED";
        /// Ignored signals: a mask in hexadecimal.
        ignored: &'a [u8] = text, "IGNORED";
        /// Caught signals: a mask in hexadecimal.
        caught: &'a [u8] = text, "CAUGHT" | "CATCHED";
        /// Security label.
        label: &'a [u8] = known, "LABEL" | "CONTEXT";
        /// Control groups.
        cgroup: &'a [u8] = known, "CGROUP" | "CGNAME";
        /// systemd unit.
        unit: &'a [u8] = known, "UNIT";
        /// systemd user unit.
        uunit: &'a [u8] = known, "UUNIT";
        /// systemd slice.
        slice: &'a [u8] = known, "SLICE";
        /// systemd login session.
        session: &'a [u8] = known, "SESSION";
        /// systemd seat.
        seat: &'a [u8] = known, "SEAT";
        /// Virtual machine or container that systemd knows.
        machine: &'a [u8] = known, "MACHINE";
        /// User who owns the systemd session.
        owner: &'a [u8] = known, "OWNER";
        /// LXC container.
        lxc: &'a [u8] = known, "LXC";
        /// Out-of-memory score: the highest is killed first.
        oom: i64 = integer, "OOM";
        /// Adjustment of that score.
        oomadj: i64 = integer, "OOMADJ";
        /// Address of the top of the stack.
        stackp: &'a [u8] = text, "STACKP";
        /// Stack pointer.
        esp: &'a [u8] = text, "ESP";
        /// Instruction pointer.
        eip: &'a [u8] = text, "EIP";
        /// Word size of the program: 32 or 64 (toybox).
        bit: i64 = integer, "BIT";
        /// Control group namespace.
        cgroupns: i64 = integer, "CGROUPNS";
        /// IPC namespace.
        ipcns: i64 = integer, "IPCNS";
        /// Mount namespace.
        mntns: i64 = integer, "MNTNS";
        /// Network namespace.
        netns: i64 = integer, "NETNS";
        /// Process ID namespace.
        pidns: i64 = integer, "PIDNS";
        /// Time namespace.
        timens: i64 = integer, "TIMENS";
        /// User namespace.
        userns: i64 = integer, "USERNS";
        /// Host name namespace.
        utsns: i64 = integer, "UTSNS";
    }
}

fn text(cell: Field<'_>) -> Result<Option<&[u8]>, Problem> {
    Ok(Some(cell.bytes))
}

fn known(cell: Field<'_>) -> Result<Option<&[u8]>, Problem> {
    Ok(cell.known().map(|cell| cell.bytes))
}

fn integer(cell: Field<'_>) -> Result<Option<i64>, Problem> {
    cell.known().map(|cell| cell.integer()).transpose()
}

fn float(cell: Field<'_>) -> Result<Option<f64>, Problem> {
    cell.known().map(|cell| cell.float()).transpose()
}

/// `?`, `??` and `-` stand for no terminal.
fn terminal(cell: Field<'_>) -> Result<Option<&[u8]>, Problem> {
    Ok(cell.known().map(|cell| cell.bytes).filter(|name| !matches!(*name, b"?" | b"??")))
}

/// A number of kibibytes; where it has many digits, BusyBox counts in `m`ebibytes or `g`ibibytes.
fn kibibytes(cell: Field<'_>) -> Result<Option<i64>, Problem> {
    match cell.bytes.last() {
        Some(b'0'..=b'9') | None => cell.integer().map(Some),
        Some(b'-') => integer(cell),
        _ => Ok(Some(cell.size(Base::Binary)? / 1024)),
    }
}
