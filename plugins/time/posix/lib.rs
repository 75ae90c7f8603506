//! `time`, of shells and of its own program: each prints the same three times in its own way, and some print more.

use outparse_sdk::{About, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, time};

/// How long a command took, and what it used.
#[derive(Clone, Debug, Default, Record)]
pub struct Timing {
    /// The command, where it is printed.
    pub command: Option<Vec<u8>>,
    /// Time by the clock.
    #[field(unit = "seconds")]
    pub elapsed: Option<f64>,
    /// Processor time in programs.
    #[field(unit = "seconds")]
    pub user_time: Option<f64>,
    /// Processor time in the kernel.
    #[field(unit = "seconds")]
    pub system_time: Option<f64>,
    /// Processor time in percent of the time by the clock.
    #[field(unit = "percent")]
    pub cpu_percent: Option<f64>,
    /// The most resident memory that it had.
    #[field(unit = "bytes")]
    pub rss_peak: Option<i64>,
    /// Average size of its code.
    #[field(unit = "bytes")]
    pub average_text: Option<i64>,
    /// Average size of its data.
    #[field(unit = "bytes")]
    pub average_data: Option<i64>,
    /// Page faults that needed no input.
    pub minor_faults: Option<i64>,
    /// Page faults that needed input.
    pub major_faults: Option<i64>,
    /// How often it was swapped out.
    pub swaps: Option<i64>,
    /// Reads from devices.
    pub inputs: Option<i64>,
    /// Writes to devices.
    pub outputs: Option<i64>,
    /// Context switches that it asked for.
    pub voluntary_context_switches: Option<i64>,
    /// Context switches that it did not ask for.
    pub involuntary_context_switches: Option<i64>,
    /// Exit status of the command.
    pub exit_status: Option<i64>,
    /// All else, by its name.
    pub details: Map<Vec<u8>>,
}

/// Reads `time`.
pub struct TimeOf {
    timing: Timing,
    seen: Vec<&'static str>,
    /// Those that another one followed, with what was seen of them.
    done: Vec<(Timing, Vec<&'static str>)>,
    /// Whether memory is in bytes: on macOS.
    bytes: bool,
    /// Whether that is a guess.
    is_guess: bool,
}

const EXPECTED: &str = "`real 0.00`, `0.00 real`, `0.00user …`, `… 0.00s user …` or `Command being timed: …`";

impl Parser for TimeOf {
    const ABOUT: About = About {
        name: "time-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "How long a command took, as time of bash, zsh, POSIX, GNU and the BSDs prints it",
        commands: &["time", "gtime", "busybox time"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Timing;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let bytes = matches!(source.platform.as_deref(), None | Some("macos"));
        TimeOf { timing: Timing::default(), seen: Vec::new(), done: Vec::new(), bytes, is_guess: source.platform.is_none() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.whole().trim();
        if text.bytes.is_empty() {
            return Ok(());
        }
        let read = self.read(text);
        self.push(rows);
        read?;
        if self.is_guess && text.bytes.ends_with(b"  maximum resident set size") {
            rows.warn_once("unit", || {
                Problem::warning("`time -l` does not print the unit of memory: bytes were taken, as of macOS; those of the BSDs are kibibytes, as `--platform` would say")
            });
        }
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(EXPECTED)?;
        self.next();
        self.push(rows);
        Ok(())
    }
}

impl TimeOf {
    fn push(&mut self, rows: &mut Rows<Timing>) {
        for (timing, seen) in self.done.drain(..) {
            rows.shape(seen);
            rows.push(timing);
        }
    }

    /// What follows is of another command.
    fn next(&mut self) {
        if !self.seen.is_empty() {
            self.done.push((std::mem::take(&mut self.timing), std::mem::take(&mut self.seen)));
        }
    }

    fn see(&mut self, fields: &[&'static str]) {
        for field in fields {
            if !self.seen.contains(field) {
                self.seen.push(field);
            }
        }
    }

    fn read(&mut self, line: Field<'_>) -> Result<(), Problem> {
        let words = line.words();
        // `real 0.00`, `real<tab>0m0.003s`
        if let [name, value] = words[..]
            && let Some(place) = self.place(name.bytes)
        {
            let seconds = seconds(value).ok_or_else(|| value.expected("a time"))?;
            self.put(place, seconds);
            return Ok(());
        }
        // `real<tab>0m 1.00s`, as BusyBox has it.
        if let [name, parts @ ..] = &words[..]
            && matches!(parts.len(), 2 | 3)
            && let Some(place) = self.place(name.bytes)
        {
            let joined = parts.iter().map(|part| part.bytes).collect::<Vec<_>>().concat();
            let seconds = seconds(Field { bytes: &joined, ..parts[0] }).ok_or_else(|| parts[0].expected("a time"))?;
            self.put(place, seconds);
            return Ok(());
        }
        // How it ended stands above the times of GNU time, unless all was well.
        if let Some(status) = line.strip_prefix("Command exited with non-zero status ") {
            self.next();
            self.see(&["exit_status"]);
            self.timing.exit_status = Some(status.integer()?);
            return Ok(());
        }
        if let Some(signal) = line.strip_prefix("Command terminated by signal ") {
            self.next();
            self.see(&["details"]);
            self.timing.details.0.push((b"signal".to_vec(), signal.bytes.to_vec()));
            return Ok(());
        }
        // `0.00 real  0.00 user  0.00 sys`
        if words.len() == 6 && words[1].bytes == b"real" {
            for pair in words.chunks(2) {
                if let [value, name] = pair
                    && let Some(place) = self.place(name.bytes)
                {
                    let seconds = value.float()?;
                    self.put(place, seconds);
                }
            }
            return Ok(());
        }
        // `0.00user 0.00system 0:00.00elapsed 100%CPU (0avgtext+0avgdata 2064maxresident)k`
        if words.first().is_some_and(|word| word.bytes.ends_with(b"user")) {
            return self.gnu(&words);
        }
        if words.first().is_some_and(|word| word.bytes.ends_with(b"outputs") && word.bytes.contains(&b'+')) {
            return self.gnu_second(&words);
        }
        // `sleep 1  0.00s user 0.00s system 50% cpu 1.003 total`
        if let Some((before, rest)) = line.split_once("s user ") {
            return self.zsh(before, rest);
        }
        // `Maximum resident set size (kbytes): 2064`
        if let Some((name, value)) =
            line.rsplit_once(": ").filter(|(name, _)| name.bytes.first().is_some_and(u8::is_ascii_uppercase))
        {
            return self.verbose(name, value);
        }
        // `688128  maximum resident set size`
        if let [number, ..] = words[..]
            && let Some(count) = number.as_integer()
            && words.len() > 1
            && !self.seen.is_empty()
        {
            let name = line.split_at(words[1].start() - line.start()).1;
            self.bsd(count, number, name);
            return Ok(());
        }
        Err(line.expected(EXPECTED))
    }

    fn place(&self, name: &[u8]) -> Option<&'static str> {
        match name {
            b"real" => Some("elapsed"),
            b"user" => Some("user_time"),
            b"sys" => Some("system_time"),
            _ => None,
        }
    }

    fn put(&mut self, place: &'static str, seconds: f64) {
        if self.seen.contains(&place) {
            self.next();
        }
        self.see(&[place]);
        match place {
            "elapsed" => self.timing.elapsed = Some(seconds),
            "user_time" => self.timing.user_time = Some(seconds),
            _ => self.timing.system_time = Some(seconds),
        }
    }

    fn gnu(&mut self, words: &[Field<'_>]) -> Result<(), Problem> {
        for word in words {
            if let Some(number) = word.strip_suffix("user") {
                self.put("user_time", number.float()?);
            } else if let Some(number) = word.strip_suffix("system") {
                self.put("system_time", number.float()?);
            } else if let Some(clock) = word.strip_suffix("elapsed") {
                self.put("elapsed", seconds(clock).ok_or_else(|| clock.expected("a time such as `0:00.00`"))?);
            } else if let Some(percent) = word.strip_suffix("%CPU") {
                self.see(&["cpu_percent"]);
                // `?%CPU` where no time passed.
                self.timing.cpu_percent = percent.as_float();
            } else if let Some((text, data)) = word.strip_prefix("(").and_then(|word| word.split_once("avgtext+")) {
                self.see(&["average_text", "average_data"]);
                self.timing.average_text = Some(text.integer()?.saturating_mul(1024));
                self.timing.average_data =
                    data.strip_suffix("avgdata").map(|data| data.integer()).transpose()?.map(|data| data.saturating_mul(1024));
            } else if let Some(memory) = word.strip_suffix("maxresident)k") {
                self.see(&["rss_peak"]);
                self.timing.rss_peak = Some(memory.integer()?.saturating_mul(1024));
            } else {
                return Err(word.expected("one of the numbers of GNU time"));
            }
        }
        Ok(())
    }

    /// `0inputs+0outputs (0major+71minor)pagefaults 0swaps`
    fn gnu_second(&mut self, words: &[Field<'_>]) -> Result<(), Problem> {
        self.see(&["inputs", "outputs", "major_faults", "minor_faults", "swaps"]);
        for word in words {
            if let Some((inputs, outputs)) = word.split_once("inputs+") {
                self.timing.inputs = Some(inputs.integer()?);
                self.timing.outputs = outputs.strip_suffix("outputs").map(|outputs| outputs.integer()).transpose()?;
            } else if let Some((major, minor)) = word.strip_prefix("(").and_then(|word| word.split_once("major+")) {
                self.timing.major_faults = Some(major.integer()?);
                self.timing.minor_faults = minor.strip_suffix("minor)pagefaults").map(|minor| minor.integer()).transpose()?;
            } else if let Some(swaps) = word.strip_suffix("swaps") {
                self.timing.swaps = Some(swaps.integer()?);
            } else {
                return Err(word.expected("one of the numbers of GNU time"));
            }
        }
        Ok(())
    }

    fn zsh(&mut self, before: Field<'_>, rest: Field<'_>) -> Result<(), Problem> {
        let (command, user) = before.rsplit_once(" ").unwrap_or((before.split_at(0).0, before));
        let words = rest.words();
        let [system, _, percent, _, total, _] = words[..] else {
            return Err(rest.expected("`0.00s system 50% cpu 1.003 total`"));
        };
        self.put("user_time", user.float()?);
        let system = system.strip_suffix("s").unwrap_or(system);
        self.put("system_time", system.float()?);
        self.put("elapsed", seconds(total).ok_or_else(|| total.expected("a time"))?);
        self.see(&["cpu_percent", "command"]);
        self.timing.cpu_percent = percent.strip_suffix("%").map(|percent| percent.float()).transpose()?;
        self.timing.command = Some(command.trim().bytes.to_vec()).filter(|command| !command.is_empty());
        Ok(())
    }

    fn verbose(&mut self, name: Field<'_>, value: Field<'_>) -> Result<(), Problem> {
        let number = || value.integer().map(Some);
        let kibibytes = || value.integer().map(|size| Some(size.saturating_mul(1024)));
        let field = match name.bytes {
            b"Command being timed" => {
                self.next();
                self.timing.command =
                    Some(value.strip_prefix("\"").and_then(|value| value.strip_suffix("\"")).unwrap_or(value).bytes.to_vec());
                "command"
            }
            b"User time (seconds)" => {
                self.timing.user_time = Some(value.float()?);
                "user_time"
            }
            b"System time (seconds)" => {
                self.timing.system_time = Some(value.float()?);
                "system_time"
            }
            b"Percent of CPU this job got" => {
                self.timing.cpu_percent = value.strip_suffix("%").and_then(|percent| percent.as_float());
                "cpu_percent"
            }
            b"Elapsed (wall clock) time (h:mm:ss or m:ss)" => {
                self.timing.elapsed = seconds(value);
                "elapsed"
            }
            b"Maximum resident set size (kbytes)" => {
                self.timing.rss_peak = kibibytes()?;
                "rss_peak"
            }
            b"Average shared text size (kbytes)" => {
                self.timing.average_text = kibibytes()?;
                "average_text"
            }
            b"Average unshared data size (kbytes)" => {
                self.timing.average_data = kibibytes()?;
                "average_data"
            }
            b"Major (requiring I/O) page faults" => {
                self.timing.major_faults = number()?;
                "major_faults"
            }
            b"Minor (reclaiming a frame) page faults" => {
                self.timing.minor_faults = number()?;
                "minor_faults"
            }
            b"Voluntary context switches" => {
                self.timing.voluntary_context_switches = number()?;
                "voluntary_context_switches"
            }
            b"Involuntary context switches" => {
                self.timing.involuntary_context_switches = number()?;
                "involuntary_context_switches"
            }
            b"Swaps" => {
                self.timing.swaps = number()?;
                "swaps"
            }
            b"File system inputs" => {
                self.timing.inputs = number()?;
                "inputs"
            }
            b"File system outputs" => {
                self.timing.outputs = number()?;
                "outputs"
            }
            b"Exit status" => {
                self.timing.exit_status = number()?;
                "exit_status"
            }
            _ => {
                self.timing.details.0.push((name.bytes.to_vec(), value.bytes.to_vec()));
                "details"
            }
        };
        self.see(&[field]);
        Ok(())
    }

    fn bsd(&mut self, count: i64, number: Field<'_>, name: Field<'_>) {
        let unit = if self.bytes { 1 } else { 1024 };
        let (place, value, field) = match name.bytes {
            b"maximum resident set size" => (&mut self.timing.rss_peak, count.saturating_mul(unit), "rss_peak"),
            b"page reclaims" => (&mut self.timing.minor_faults, count, "minor_faults"),
            b"page faults" => (&mut self.timing.major_faults, count, "major_faults"),
            b"swaps" => (&mut self.timing.swaps, count, "swaps"),
            b"block input operations" => (&mut self.timing.inputs, count, "inputs"),
            b"block output operations" => (&mut self.timing.outputs, count, "outputs"),
            b"voluntary context switches" => (&mut self.timing.voluntary_context_switches, count, "voluntary_context_switches"),
            b"involuntary context switches" => {
                (&mut self.timing.involuntary_context_switches, count, "involuntary_context_switches")
            }
            _ => {
                self.timing.details.0.push((name.bytes.to_vec(), number.bytes.to_vec()));
                self.see(&["details"]);
                return;
            }
        };
        *place = Some(value);
        self.see(&[field]);
    }
}

/// `0.00`, `0m0.003s`, `1h2m3.4s`, `0:00.00`, `1:02:03`.
fn seconds(value: Field<'_>) -> Option<f64> {
    if let Some(seconds) = value.as_float() {
        return Some(seconds);
    }
    if value.bytes.contains(&b':') {
        return time::clock_duration(value);
    }
    let mut rest = value.strip_suffix("s")?;
    let mut total = 0.0;
    for (letter, factor) in [("h", 3600.0), ("m", 60.0)] {
        if let Some((number, after)) = rest.split_once(letter) {
            total += number.as_float()? * factor;
            rest = after;
        }
    }
    Some(total + rest.as_float()?)
}

outparse_sdk::export!(TimeOf);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::TimeOf;

    #[test]
    fn every_program_says_the_same() {
        for capture in [
            "real 1.50\nuser 0.25\nsys 0.00\n",
            "\nreal\t0m1.500s\nuser\t0m0.250s\nsys\t0m0.000s\n",
            "        1.50 real         0.25 user         0.00 sys\n",
        ] {
            let parsed = parse::<TimeOf>(None, capture.as_bytes());
            assert_eq!(parsed.records, [r#"{"elapsed":1.5,"user_time":0.25,"system_time":0}"#], "{parsed:?}");
        }
        let gnu = parse::<TimeOf>(None, b"0.25user 0.00system 1:01.50elapsed 17%CPU (0avgtext+0avgdata 2064maxresident)k\n1inputs+2outputs (3major+71minor)pagefaults 0swaps\n");
        assert_eq!(
            gnu.records,
            [
                r#"{"elapsed":61.5,"user_time":0.25,"system_time":0,"cpu_percent":17,"rss_peak":2113536,"average_text":0,"average_data":0,"minor_faults":71,"major_faults":3,"swaps":0,"inputs":1,"outputs":2}"#
            ]
        );
        let zsh = parse::<TimeOf>(None, b"sleep 1  0.25s user 0.00s system 17% cpu 1.500 total\n");
        assert_eq!(zsh.records, [r#"{"command":"sleep 1","elapsed":1.5,"user_time":0.25,"system_time":0,"cpu_percent":17}"#]);
        let verbose = parse::<TimeOf>(
            None,
            b"\tCommand being timed: \"a: b\"\n\tUser time (seconds): 0.25\n\tExit status: 3\n\tSignals delivered: 0\n",
        );
        assert_eq!(verbose.records.len(), 1, "{verbose:?}");
        assert_unrecognised::<TimeOf>(["hello\n", "7 x\n", ""]);
    }

    #[test]
    fn each_command_is_a_record() {
        let parsed = parse::<TimeOf>(
            None,
            b"real\t0m 1.50s\nuser\t1h 0m 0.25s\nsys\t0m 0.00s\nreal\t0m2.000s\nuser\t0m0.000s\nsys\t0m0.000s\n",
        );
        assert_eq!(
            parsed.sound(),
            [r#"{"elapsed":1.5,"user_time":3600.25,"system_time":0}"#, r#"{"elapsed":2,"user_time":0,"system_time":0}"#]
        );
        let gnu = parse::<TimeOf>(None, b"0.25user 0.00system 0:01.50elapsed 17%CPU\nCommand exited with non-zero status 2\n0.50user 0.00system 0:01.50elapsed ?%CPU\nCommand terminated by signal 9\n0.75user 0.00system 0:01.50elapsed ?%CPU\n");
        gnu.has(0, &[r#""user_time":0.25"#]);
        gnu.has(1, &[r#""user_time":0.5"#, r#""exit_status":2"#]);
        gnu.has(2, &[r#""user_time":0.75"#, r#""details":{"signal":"9"}"#]);
    }
}
