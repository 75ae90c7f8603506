//! The record: a field for everything that a `ps` known here can print, whatever title it stands under, and how each is read.
//!
//! Names are those of `plugins/VOCABULARY.md`. Which fields a capture has is up to the flags: see [`super::heading`].

use outparse_sdk::{Base, CellValue, Cells, Field, Place, Problem, Record, Rows, Time, time};

/// Where records are put together.
pub(crate) type Table = Rows<Cells<Process<'static>>>;

/// Reads what stands in a cell, and puts it into its place of the row; nothing where the command said that there is nothing.
pub(crate) type Reader = fn(Field<'_>, Place, &mut Table) -> Result<(), Problem>;

/// Makes the record, and the table from titles to its fields: `field: type = how to read it, "TITLE";`.
macro_rules! process {
    ($(#[$of:meta])* pub struct $name:ident<$a:lifetime> { $($(#[$meta:meta])* $field:ident: $type:ty = $read:ident, $($title:literal)|*;)* }) => {
        $(#[$of])*
        #[derive(Clone, Debug, Default, Record)]
        pub struct $name<$a> { $($(#[$meta])* pub $field: Option<$type>,)* }

        /// The field under a title, and what reads its cells. None for a title that is not known.
        pub(crate) fn field(title: &str) -> Option<(&'static str, Reader)> {
            match title {
                $($($title)|* => Some((stringify!($field), $read)),)*
                _ => None,
            }
        }
    };
}

process! {
    /// A process, or a thread of one.
    pub struct Process<'a> {
        /// User whose rights the process has: a name, or a number where it has no name or is too long.
        user: &'a [u8] = text, "USER" | "EUSER" | "UNAME" | "user";
        /// The same as a number.
        uid: i64 = integer, "UID" | "EUID";
        /// Process ID. Null for a thread that is listed below its process.
        #[field(key)]
        pid: i64 = integer, "PID" | "TGID";
        /// Process ID of the parent.
        ppid: i64 = integer, "PPID";
        /// Process group ID.
        pgid: i64 = integer, "PGID" | "PGRP";
        /// Session ID.
        sid: i64 = integer, "SID" | "SESS";
        /// Session, as the address that BSD and macOS print.
        session_address: &'a [u8] = known, "session";
        /// Thread ID.
        #[field(key)]
        tid: i64 = integer, "LWP" | "SPID" | "TID";
        /// Number of threads.
        #[field(gauge)]
        threads: i64 = integer, "NLWP" | "THCNT" | "TCNT";
        /// Processor time in percent of the time the process has been running (Linux) or of the last minute (BSD, macOS).
        #[field(unit = "percent", approximate, gauge)]
        cpu_percent: f64 = float, "%CPU";
        /// Resident memory in percent of the machine's.
        #[field(unit = "percent", approximate, gauge)]
        memory_percent: f64 = float, "%MEM";
        /// Processor use as a whole number, from `ps -f` and `ps -l`: percent on Linux, a measure of the scheduler's elsewhere.
        processor_use: i64 = integer, "C";
        /// Scheduling: recent processor use (BSD, macOS), or the processor (BusyBox).
        cpu: i64 = integer, "CPU";
        /// Processor time in tenths of a percent.
        cpu_permille: i64 = integer, "CP";
        /// Virtual memory. BusyBox rounds large values.
        #[field(unit = "bytes", gauge)]
        vsz: i64 = kibibytes, "VSZ";
        /// Resident memory: what is in RAM. BusyBox rounds large values.
        #[field(unit = "bytes", gauge)]
        rss: i64 = kibibytes, "RSS" | "RSZ";
        /// Share of resident memory when shared pages are divided among their users.
        #[field(unit = "bytes", gauge)]
        pss: i64 = kibibytes, "PSS";
        /// Resident memory that no other process shares.
        #[field(unit = "bytes", gauge)]
        uss: i64 = kibibytes, "USS";
        /// Virtual memory in pages, as Linux counts it under `SZ`: the output does not say how large a page is.
        #[field(gauge)]
        pages: i64 = integer, "SZ";
        /// Size of the image, as macOS has it under `SZ`.
        #[field(unit = "bytes", gauge)]
        image_size: i64 = kibibytes, "image";
        /// Swap space that writing out all pages would need.
        #[field(unit = "bytes", gauge)]
        size: i64 = kibibytes, "SIZE";
        /// Resident code.
        #[field(unit = "bytes", gauge)]
        text_rss: i64 = kibibytes, "TRS" | "TRSS";
        /// Resident memory other than code.
        #[field(unit = "bytes", gauge)]
        data_rss: i64 = kibibytes, "DRS";
        /// Code size.
        #[field(unit = "bytes")]
        text_size: i64 = kibibytes, "TSIZ";
        /// Data size.
        #[field(unit = "bytes")]
        data_size: i64 = kibibytes, "DSIZ";
        /// Limit of resident memory, as printed.
        memory_limit: &'a [u8] = known, "LIM";
        /// Page faults that had to read.
        #[field(counter)]
        major_faults: i64 = integer, "MAJFL" | "MAJFLT";
        /// Page faults that did not.
        #[field(counter)]
        minor_faults: i64 = integer, "MINFL" | "MINFLT";
        /// Page faults that had to read, as BSD and macOS count them.
        #[field(counter)]
        page_ins: i64 = integer, "PAGEIN";
        /// Controlling terminal. Null when there is none.
        tty: &'a [u8] = terminal, "TTY" | "TT";
        /// Process group in the foreground of the terminal; -1 when there is none.
        foreground_pgid: i64 = integer, "TPGID";
        /// State: a letter (`R` running, `S` sleeping, `D` in uninterruptible wait, `T` stopped, `Z` zombie, …) and perhaps details.
        state: &'a [u8] = text, "STAT" | "S";
        /// State as one letter, where a column beside it has the details.
        state_letter: &'a [u8] = text, "letter";
        /// When it began: to the second with `-o lstart`; else to the minute or the day, and what is finer is zero. Only there where
        /// the output says the day, or it is known when it was taken.
        #[field(approximate)]
        started: Time = moment, "lstart";
        /// When it began, as printed: a time of the day, a day, or a year.
        started_text: &'a [u8] = text, "START" | "STARTED" | "STIME";
        /// Time since it began.
        #[field(unit = "seconds", gauge)]
        elapsed: i64 = elapsed, "ELAPSED";
        /// Processor time used. Linux prints whole seconds, BSD and macOS hundredths.
        #[field(unit = "seconds", counter)]
        cpu_time: f64 = cpu_time, "TIME" | "TIME+";
        /// Command with its arguments, or its name alone: that is up to the flags.
        command: &'a [u8] = text, "COMMAND" | "CMD" | "ARGS" | "CMDLINE";
        /// Name of the command, where it stands beside the command line or under a title that says so.
        name: &'a [u8] = text, "COMM" | "NAME" | "UCOMM" | "UCMD";
        /// Path of the program.
        executable: &'a [u8] = known, "EXE";
        /// Flags of the process, octal (Linux) or hexadecimal (BSD, macOS).
        process_flags: &'a [u8] = text, "F";
        /// Priority as printed: programs count it from different zeros, in different directions.
        priority: i64 = integer, "PRI";
        /// Nice value, 19 the most yielding. Null where the scheduling class has none.
        nice: i64 = integer, "NI";
        /// Real-time priority.
        realtime_priority: &'a [u8] = known, "RTPRIO";
        /// Scheduling class.
        scheduling_class: &'a [u8] = known, "CLS" | "POL";
        /// Scheduling policy as a number.
        scheduling_policy: i64 = integer, "SCH";
        /// Processor it runs on, or ran last.
        processor: i64 = integer, "PSR" | "P" | "CPUID";
        /// NUMA node of that processor.
        numa_node: i64 = integer, "NUMA";
        /// Address of the process.
        kernel_address: &'a [u8] = known, "ADDR";
        /// What it sleeps in. Null when it runs or that is not known.
        wait_channel: &'a [u8] = known, "WCHAN" | "MWCHAN";
        /// Time asleep (BSD, macOS); 127 stands for more.
        #[field(unit = "seconds")]
        asleep: i64 = integer, "SL";
        /// Time resident (BSD, macOS); 127 stands for more.
        #[field(unit = "seconds")]
        resident: i64 = integer, "RE";
        /// Number of processes under job control.
        job_control: i64 = integer, "JOBC";
        /// Jail (FreeBSD), as a number.
        jail_id: i64 = integer, "JID";
        /// Jail (FreeBSD).
        jail: &'a [u8] = known, "JAIL";
        /// Login class or login name (BSD).
        login: &'a [u8] = known, "LOGIN";
        /// Real user: who started it.
        real_user: &'a [u8] = text, "RUSER";
        /// Real user ID.
        real_uid: i64 = integer, "RUID";
        /// Saved user.
        saved_user: &'a [u8] = text, "SUSER" | "SVUSER";
        /// Saved user ID.
        saved_uid: i64 = integer, "SUID" | "SVUID";
        /// User for file access.
        filesystem_user: &'a [u8] = text, "FUSER" | "FSUSER";
        /// User ID for file access.
        filesystem_uid: i64 = integer, "FUID" | "FSUID";
        /// User ID at login. Null where there was none.
        login_uid: i64 = integer, "LUID";
        /// Group whose rights the process has.
        group: &'a [u8] = text, "GROUP" | "EGROUP";
        /// The same as a number.
        gid: i64 = integer, "GID" | "EGID";
        /// Real group.
        real_group: &'a [u8] = text, "RGROUP";
        /// Real group ID.
        real_gid: i64 = integer, "RGID";
        /// Saved group.
        saved_group: &'a [u8] = text, "SGROUP" | "SVGROUP";
        /// Saved group ID.
        saved_gid: i64 = integer, "SGID" | "SVGID";
        /// Group for file access.
        filesystem_group: &'a [u8] = text, "FGROUP" | "FSGROUP";
        /// Group ID for file access.
        filesystem_gid: i64 = integer, "FGID" | "FSGID";
        /// Supplementary groups, by number.
        supplementary_gids: Vec<&'a [u8]> = list, "SUPGID";
        /// Supplementary groups, by name.
        supplementary_groups: Vec<&'a [u8]> = list, "SUPGRP";
        /// Pending signals: a mask in hexadecimal.
        signals_pending: &'a [u8] = text, "PENDING" | "SIGNAL";
        /// Blocked signals: a mask in hexadecimal.
        signals_blocked: &'a [u8] = text, "BLOCKED";
        /// Ignored signals: a mask in hexadecimal.
        signals_ignored: &'a [u8] = text, "IGNORED";
        /// Caught signals: a mask in hexadecimal.
        signals_caught: &'a [u8] = text, "CAUGHT" | "CATCHED";
        /// Security label.
        context: &'a [u8] = known, "LABEL" | "CONTEXT";
        /// Control groups.
        cgroup: &'a [u8] = known, "CGROUP" | "CGNAME";
        /// systemd unit.
        unit: &'a [u8] = known, "UNIT";
        /// systemd user unit.
        user_unit: &'a [u8] = known, "UUNIT";
        /// systemd slice.
        slice: &'a [u8] = known, "SLICE";
        /// systemd login session.
        session: &'a [u8] = known, "SESSION";
        /// systemd seat.
        seat: &'a [u8] = known, "SEAT";
        /// Virtual machine or container that systemd knows.
        machine: &'a [u8] = known, "MACHINE";
        /// User who owns the systemd session.
        session_owner: &'a [u8] = known, "OWNER";
        /// LXC container.
        container: &'a [u8] = known, "LXC";
        /// Out-of-memory score: the highest is killed first.
        #[field(gauge)]
        oom_score: i64 = integer, "OOM";
        /// Adjustment of that score.
        oom_adjustment: i64 = integer, "OOMADJ";
        /// Address of the top of the stack.
        stack_address: &'a [u8] = text, "STACKP";
        /// Stack pointer.
        stack_pointer: &'a [u8] = text, "ESP";
        /// Instruction pointer.
        instruction_pointer: &'a [u8] = text, "EIP";
        /// Word size of the program: 32 or 64 (toybox).
        word_bits: i64 = integer, "BIT";
        /// Control group namespace.
        cgroup_namespace: i64 = integer, "CGROUPNS";
        /// IPC namespace.
        ipc_namespace: i64 = integer, "IPCNS";
        /// Mount namespace.
        mount_namespace: i64 = integer, "MNTNS";
        /// Network namespace.
        network_namespace: i64 = integer, "NETNS";
        /// Process ID namespace.
        pid_namespace: i64 = integer, "PIDNS";
        /// Time namespace.
        time_namespace: i64 = integer, "TIMENS";
        /// User namespace.
        user_namespace: i64 = integer, "USERNS";
        /// Host name namespace.
        uts_namespace: i64 = integer, "UTSNS";
    }
}

fn text(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    rows.put(place, CellValue::Text(cell.bytes));
    Ok(())
}

fn known(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    cell.known().map_or(Ok(()), |cell| text(cell, place, rows))
}

fn integer(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    if let Some(cell) = cell.known() {
        rows.put(place, CellValue::Integer(cell.integer()?));
    }
    Ok(())
}

fn float(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    if let Some(cell) = cell.known() {
        rows.put(place, CellValue::Float(cell.float()?));
    }
    Ok(())
}

/// `?`, `??` and `-` stand for no terminal.
fn terminal(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    let name = cell.known().map(|cell| cell.bytes).filter(|name| !matches!(*name, b"?" | b"??"));
    if let Some(name) = name {
        rows.put(place, CellValue::Text(name.strip_prefix(b"/dev/").unwrap_or(name)));
    }
    Ok(())
}

/// A number of kibibytes; where it has many digits, BusyBox counts in `m`ebibytes or `g`ibibytes.
fn kibibytes(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    let Some(cell) = cell.known() else { return Ok(()) };
    let bytes = match cell.bytes.last() {
        Some(b'0'..=b'9') | None => cell.integer()?.checked_mul(1024).ok_or_else(|| cell.expected("a number of kibibytes"))?,
        _ => cell.size(Base::Binary)?,
    };
    rows.put(place, CellValue::Integer(bytes));
    Ok(())
}

fn list(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    if let Some(cell) = cell.known() {
        rows.put(place, CellValue::Texts(cell.split(",").map(|item| item.bytes).collect()));
    }
    Ok(())
}

/// `[[days-]hours:]minutes:seconds`, or seconds alone with `-o etimes`.
fn elapsed(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    let Some(cell) = cell.known() else { return Ok(()) };
    let seconds = match time::clock_duration(cell) {
        Some(seconds) => seconds as i64,
        None => cell.integer().map_err(|_| cell.expected("a duration"))?,
    };
    rows.put(place, CellValue::Integer(seconds));
    Ok(())
}

/// `[[days-]hours:]minutes:seconds`, with hundredths on BSD; seconds alone with `-o cputimes`; `3h12` and `5d03` in BusyBox.
fn cpu_time(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    let Some(cell) = cell.known() else { return Ok(()) };
    let large = |letter: &str, first: i64, second: i64| {
        let (large, small) = cell.split_once(letter)?;
        Some((large.as_integer()? * first + small.as_integer()? * second) as f64)
    };
    let seconds = time::clock_duration(cell)
        .or_else(|| large("h", 3600, 60))
        .or_else(|| large("d", 86_400, 3600))
        .or_else(|| cell.as_integer().map(|seconds| seconds as f64))
        .ok_or_else(|| cell.expected("a duration"))?;
    rows.put(place, CellValue::Float(seconds));
    Ok(())
}

/// `Mon Nov 23 23:37:58 2026`
fn moment(cell: Field<'_>, place: Place, rows: &mut Table) -> Result<(), Problem> {
    // `-` stands for none.
    if cell.bytes == b"-" {
        return Ok(());
    }
    let mut words = cell.fields();
    let time = match [(); 6].map(|()| words.next()) {
        // FreeBSD may print the day before the month.
        [Some(_), Some(one), Some(other), Some(clock), Some(year), None] => {
            date(year, &one, &other, &clock).or_else(|| date(year, &other, &one, &clock))
        }
        _ => None,
    };
    rows.put(place, CellValue::Time(time.ok_or_else(|| cell.expected("a date and a time"))?));
    Ok(())
}

fn date(year: Field<'_>, month: &Field<'_>, day: &Field<'_>, clock: &Field<'_>) -> Option<Time<9>> {
    let (seconds, _) = time::time_of_day(clock.bytes)?;
    Time::local(year.as_integer()?, time::month(month.bytes)?, u32::try_from(day.as_integer()?).ok()?, seconds)
}
