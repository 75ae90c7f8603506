//! `systemctl status`: a block a unit, with its name, what is known of it, its processes as a tree, and the last lines of its log.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source, Time};

use crate::span::{point, seconds};

/// A unit and how it is.
#[derive(Clone, Debug, Default, Record)]
pub struct UnitStatus {
    /// Its name.
    #[field(key)]
    pub unit: Vec<u8>,
    /// Words for people.
    pub description: Option<Vec<u8>>,
    /// Whether its file was read: `loaded`, `not-found`, `masked`, …
    pub load_state: Option<Vec<u8>>,
    /// Its file.
    pub path: Option<Vec<u8>>,
    /// State of the file: `enabled`, `disabled`, `static`, …
    pub file_state: Option<Vec<u8>>,
    /// What the distribution would have it be.
    pub preset: Option<Vec<u8>>,
    /// Whether it is active: `active`, `inactive`, `failed`, …
    pub active_state: Option<Vec<u8>>,
    /// Its state in the terms of its type; of one that failed, how.
    pub sub_state: Option<Vec<u8>>,
    /// Since when it is in that state. Local, unless the zone is UTC.
    pub since: Option<Time<6>>,
    /// How long that is.
    #[field(unit = "seconds", approximate, gauge)]
    pub since_ago: Option<f64>,
    /// Its main process.
    pub pid: Option<i64>,
    /// Name of that process.
    pub command: Option<Vec<u8>>,
    /// How that process ended, where it has: `code=exited, status=0/SUCCESS`.
    pub exit: Option<Vec<u8>>,
    /// What the service says of itself.
    pub status: Option<Vec<u8>>,
    /// Number of its tasks.
    #[field(gauge)]
    pub tasks: Option<i64>,
    /// Most tasks that it may have.
    pub tasks_limit: Option<i64>,
    /// Memory in use.
    #[field(unit = "bytes", approximate, gauge)]
    pub memory: Option<i64>,
    /// Processor time used.
    #[field(unit = "seconds", approximate, counter)]
    pub cpu_time: Option<f64>,
    /// Control group.
    pub cgroup: Option<Vec<u8>>,
    /// Its processes.
    pub processes: Vec<Process>,
    /// Where it is documented.
    pub documentation: Vec<Vec<u8>>,
    /// The last lines of its log.
    pub log: Vec<Vec<u8>>,
    /// All else, by its title.
    pub details: Map<Vec<u8>>,
}

/// A process of a unit.
#[derive(Clone, Debug, Default, Record)]
pub struct Process {
    /// Its process ID.
    pub pid: i64,
    /// Its command line.
    pub command: Vec<u8>,
}

/// Reads `systemctl status`.
pub struct Status {
    unit: Option<UnitStatus>,
    /// The title whose value may go on.
    title: Vec<u8>,
    /// Whether the log has begun.
    in_log: bool,
}

const EXPECTED: &str = "a unit, `● NAME.service - DESCRIPTION`";
const MARKS: [&str; 6] = ["● ", "○ ", "× ", "↻ ", "* ", "x "];

impl Parser for Status {
    const ABOUT: About = About {
        name: "status",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Units and how they are, as systemctl status prints it",
        commands: &["systemctl status"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = UnitStatus;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Status { unit: None, title: Vec::new(), in_log: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            self.in_log = self.unit.is_some();
            return Ok(());
        }
        if let Some(unit) = heading(whole) {
            self.flush(rows);
            self.unit = Some(unit);
            rows.recognise();
            return Ok(());
        }
        let Some(unit) = &mut self.unit else { return Err(line.expected(EXPECTED).into()) };
        if self.in_log {
            unit.log.push(line.bytes.to_vec());
            return Ok(());
        }
        Ok(below(unit, &mut self.title, whole)?)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Status {
    fn flush(&mut self, rows: &mut Rows<UnitStatus>) {
        self.in_log = false;
        self.title.clear();
        if let Some(unit) = self.unit.take() {
            rows.push(unit);
        }
    }
}

/// `● ssh.service - OpenBSD Secure Shell server`
fn heading(line: Field<'_>) -> Option<UnitStatus> {
    let rest = MARKS.iter().find_map(|mark| line.strip_prefix(mark))?;
    let (unit, description) =
        rest.split_once(" - ").map_or((rest.trim_end(), None), |(unit, text)| (unit, Some(text.trim_end().bytes.to_vec())));
    let is_unit =
        unit.bytes.contains(&b'.') && !unit.bytes.contains(&b' ') || description.is_none() && !unit.bytes.contains(&b' ');
    is_unit.then(|| UnitStatus { unit: unit.bytes.to_vec(), description, ..UnitStatus::default() })
}

fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// A line under the name: `TITLE: value`, or more of the value above.
fn below(unit: &mut UnitStatus, title: &mut Vec<u8>, line: Field<'_>) -> Result<(), Problem> {
    // Titles are set to the right, before one colon.
    let text = line.trim();
    let is_tree = ["├─", "└─", "│", "|-", "`-"].iter().any(|part| text.bytes.starts_with(part.as_bytes()));
    let titled = text.split_once(": ").or_else(|| text.strip_suffix(":").map(|name| (name, name.split_at(usize::MAX).1)));
    let titled =
        titled.filter(|(name, _)| !is_tree && name.bytes.first().is_some_and(u8::is_ascii_uppercase) && name.bytes.len() < 20);
    let Some((name, value)) = titled else {
        match title.as_slice() {
            b"CGroup" => {
                let from = text.bytes.iter().position(u8::is_ascii_digit).unwrap_or(0);
                let [pid, command] = text.split_at(from).1.fields_and_rest()?;
                if let Some(pid) = pid.as_integer() {
                    unit.processes.push(Process { pid, command: command.bytes.to_vec() });
                }
            }
            b"Docs" => unit.documentation.push(text.bytes.to_vec()),
            other => match unit.details.0.iter_mut().find(|(known, _)| known == other) {
                Some((_, value)) => value.extend([b"\n", text.bytes].concat()),
                None => unit.details.0.push((other.to_vec(), text.bytes.to_vec())),
            },
        }
        return Ok(());
    };
    *title = name.bytes.to_vec();
    let value = value.trim();
    match name.bytes {
        b"Loaded" => loaded(unit, value),
        b"Active" => active(unit, value)?,
        b"Docs" => unit.documentation.push(value.bytes.to_vec()),
        b"Main PID" => {
            let (pid, rest) = value.split_once(" ").unwrap_or((value, value.split_at(usize::MAX).1));
            unit.pid = Some(pid.integer()?);
            let inner = rest.strip_prefix("(").and_then(|inner| inner.strip_suffix(")")).unwrap_or(rest);
            if inner.bytes.starts_with(b"code=") {
                unit.exit = owned(inner);
            } else if !inner.bytes.is_empty() {
                unit.command = owned(inner);
            }
        }
        b"Status" => unit.status = owned(value.strip_prefix("\"").and_then(|text| text.strip_suffix("\"")).unwrap_or(value)),
        b"Tasks" => {
            let (number, rest) = value.split_once(" ").unwrap_or((value, value.split_at(usize::MAX).1));
            unit.tasks = Some(number.integer()?);
            unit.tasks_limit =
                rest.strip_prefix("(limit: ").and_then(|rest| rest.strip_suffix(")")).map(|limit| limit.integer()).transpose()?;
        }
        b"Memory" => {
            let (size, rest) = value.split_once(" ").unwrap_or((value, value.split_at(usize::MAX).1));
            unit.memory = Some(size.size(Base::Binary)?);
            if !rest.bytes.is_empty() {
                unit.details.0.push((b"Memory".to_vec(), rest.bytes.to_vec()));
            }
        }
        b"CPU" => unit.cpu_time = Some(seconds(value).ok_or_else(|| value.expected("a duration such as `1.204s`"))?),
        b"CGroup" => unit.cgroup = owned(value),
        _ => unit.details.0.push((name.bytes.to_vec(), value.bytes.to_vec())),
    }
    Ok(())
}

/// `loaded (/lib/systemd/system/ssh.service; enabled; vendor preset: enabled)`
fn loaded(unit: &mut UnitStatus, value: Field<'_>) {
    let (state, rest) = value.split_once(" (").unwrap_or((value, value.split_at(usize::MAX).1));
    unit.load_state = owned(state);
    // `not-found (Reason: Unit a.service not found.)`
    if let Some(reason) = rest.strip_prefix("Reason: ") {
        let reason = reason.strip_suffix(")").unwrap_or(reason);
        unit.details.0.push((b"Reason".to_vec(), reason.bytes.to_vec()));
        return;
    }
    for part in rest.strip_suffix(")").unwrap_or(rest).split(";") {
        let part = part.trim();
        if part.bytes.starts_with(b"/") {
            unit.path = owned(part);
        } else if let Some(preset) = part.strip_prefix("vendor preset: ").or_else(|| part.strip_prefix("preset: ")) {
            unit.preset = owned(preset);
        } else if unit.file_state.is_none() && !part.bytes.is_empty() {
            unit.file_state = owned(part);
        }
    }
}

/// `active (running) since Mon 2020-03-02 10:00:00 UTC; 1h 3min ago`, `failed (Result: exit-code) since …`,
/// `activating (auto-restart) (Result: exit-code) since …`
fn active(unit: &mut UnitStatus, value: Field<'_>) -> Result<(), Problem> {
    let (state, since) = value.split_once(" since ").map_or((value, None), |(state, since)| (state, Some(since)));
    let (state, remarks) = state.split_once(" (").map_or((state, None), |(state, remarks)| (state, remarks.strip_suffix(")")));
    unit.active_state = owned(state);
    for remark in remarks.iter().flat_map(|remarks| remarks.split(") (")) {
        match remark.strip_prefix("Result: ") {
            Some(result) => unit.details.0.push((b"Result".to_vec(), result.bytes.to_vec())),
            None => unit.sub_state = owned(remark),
        }
    }
    if let Some(since) = since {
        let (when, ago) = since.split_once("; ").map_or((since, None), |(when, ago)| (when, Some(ago)));
        unit.since = Some(point(when).ok_or_else(|| when.expected("a time such as `Mon 2020-03-02 10:00:00 UTC`"))?);
        unit.since_ago = ago.and_then(|ago| ago.strip_suffix(" ago")).and_then(seconds);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Status;

    #[test]
    fn why_a_unit_failed_is_no_state() {
        let capture = "● a.service\n     Loaded: not-found (Reason: Unit a.service not found.)\n     Active: inactive (dead)\n\n\
            × b.service - B\n     Loaded: loaded (/b.service; static)\n     Active: failed (Result: exit-code) since Mon 2024-01-01 00:00:00 UTC; 5s ago\n\n\
            ● c.service - C\n     Loaded: loaded (/c.service; static)\n     \
            Active: activating (auto-restart) (Result: timeout) since Mon 2024-01-01 00:00:00 UTC; 5s ago\n";
        let parsed = parse::<Status>(None, capture.as_bytes());
        let [missing, failed, restarting] = parsed.sound() else { panic!("{parsed:?}") };
        assert!(missing.contains(r#""Reason":"Unit a.service not found.""#) && !missing.contains("file_state"), "{missing}");
        assert!(failed.contains(r#""Result":"exit-code""#) && !failed.contains("sub_state"), "{failed}");
        assert!(
            restarting.contains(r#""sub_state":"auto-restart""#) && restarting.contains(r#""Result":"timeout""#),
            "{restarting}"
        );
    }

    #[test]
    fn a_block_is_one_record() {
        let capture = "● ssh.service - OpenBSD Secure Shell server\n     Loaded: loaded (/lib/systemd/system/ssh.service; enabled; vendor preset: enabled)\n     \
            Active: active (running) since Mon 2020-03-02 10:00:00 UTC; 1h 3min ago\n       Docs: man:sshd(8)\n             man:sshd_config(5)\n   \
            Main PID: 747 (sshd)\n      Tasks: 2 (limit: 4915)\n     Memory: 1.5M\n        CPU: 1.204s\n     CGroup: /system.slice/ssh.service\n             \
            ├─747 /usr/sbin/sshd -D\n             └─900 sshd: a [priv]\n\nMar 02 10:00:00 host sshd[747]: Server listening: here.\n";
        let parsed = parse::<Status>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
        for part in [
            r#""unit":"ssh.service","description":"OpenBSD Secure Shell server","load_state":"loaded","path":"/lib/systemd/system/ssh.service","file_state":"enabled","preset":"enabled""#,
            r#""active_state":"active","sub_state":"running","since":"2020-03-02T10:00:00Z","since_ago":3780,"pid":747,"command":"sshd""#,
            r#""tasks":2,"tasks_limit":4915,"memory":1572864,"cpu_time":1.204,"cgroup":"/system.slice/ssh.service""#,
            r#"{"pid":900,"command":"sshd: a [priv]"}]"#,
            r#""documentation":["man:sshd(8)","man:sshd_config(5)"],"log":["Mar 02 10:00:00 host sshd[747]: Server listening: here."]"#,
        ] {
            assert!(parsed.records[0].contains(part), "{part}\n{}", parsed.records[0]);
        }
        assert_any_split::<Status>(None, capture.as_bytes());
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Status>(["hello\n", "Loaded: x\n", "Unit a.service could not be found.\n"]);
    }
}
