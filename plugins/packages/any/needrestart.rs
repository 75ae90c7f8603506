//! `needrestart -b`: what has to be restarted after an update.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Record, Rows, Source};

/// What has to be restarted.
#[derive(Clone, Debug, Default, Record)]
pub struct Restart {
    /// Version of needrestart.
    pub version: Option<Vec<u8>>,
    /// The kernel that runs.
    pub running_kernel: Option<Vec<u8>>,
    /// The kernel that would run after a restart.
    pub expected_kernel: Option<Vec<u8>>,
    /// How the two compare: `unknown`, `current`, `abi compatible upgrade`, `version upgrade`.
    pub kernel_status: Option<&'static str>,
    /// The microcode that the processor has.
    pub running_microcode: Option<Vec<u8>>,
    /// The microcode that it would have after a restart.
    pub expected_microcode: Option<Vec<u8>>,
    /// How the two compare: `unknown`, `current`, `obsolete`.
    pub microcode_status: Option<&'static str>,
    /// Services that use files which were replaced.
    pub services: Vec<Vec<u8>>,
    /// Containers that do.
    pub containers: Vec<Vec<u8>>,
    /// Sessions of users that do.
    pub sessions: Vec<Vec<u8>>,
    /// Processes that do, and belong to none of these.
    pub pids: Vec<i64>,
    /// Virtual machines whose emulator does.
    pub machines: Vec<Vec<u8>>,
}

/// Reads `needrestart -b`.
pub struct Needrestart {
    found: Restart,
    said: Vec<&'static str>,
}

impl Parser for Needrestart {
    const ABOUT: About = About {
        name: "needrestart",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What has to be restarted after an update, as needrestart -b prints it",
        commands: &["needrestart"],
        dialect: "any",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Restart;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Needrestart { found: Restart::default(), said: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let expected = || line.expected("`NEEDRESTART-NAME: VALUE`, as `needrestart -b` prints it");
        let (name, value) =
            line.whole().strip_prefix("NEEDRESTART-").and_then(|rest| rest.split_once(":")).ok_or_else(expected)?;
        let value = value.trim();
        let found = &mut self.found;
        let field = match name.bytes {
            b"VER" => text(&mut found.version, value, "version"),
            b"KCUR" => text(&mut found.running_kernel, value, "running_kernel"),
            b"KEXP" => text(&mut found.expected_kernel, value, "expected_kernel"),
            b"UCCUR" => text(&mut found.running_microcode, value, "running_microcode"),
            b"UCEXP" => text(&mut found.expected_microcode, value, "expected_microcode"),
            b"KSTA" => {
                found.kernel_status = Some(status(value, &["unknown", "current", "abi compatible upgrade", "version upgrade"])?);
                "kernel_status"
            }
            b"UCSTA" => {
                found.microcode_status = Some(status(value, &["unknown", "current", "obsolete"])?);
                "microcode_status"
            }
            b"SVC" => one(&mut found.services, value, "services"),
            b"CONT" => one(&mut found.containers, value, "containers"),
            b"SESS" => one(&mut found.sessions, value, "sessions"),
            b"VM" | b"QEMU" => one(&mut found.machines, value, "machines"),
            b"PID" => {
                let pid = value.split_once("=").map_or(value, |(_, pid)| pid);
                found.pids.push(pid.integer()?);
                "pids"
            }
            _ => return Err(expected().into()),
        };
        self.said.push(field);
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if rows.recognised() {
            // What has a list is there when nothing is on it.
            rows.shape(self.said.iter().chain(&["services", "containers", "sessions", "pids"]));
            rows.push(std::mem::take(&mut self.found));
        }
        Ok(())
    }
}

/// Takes a text, which may be empty, and gives the field that it is of.
fn text(place: &mut Option<Vec<u8>>, value: Field<'_>, field: &'static str) -> &'static str {
    *place = Some(value.bytes.to_vec()).filter(|text| !text.is_empty());
    field
}

/// Takes one of a list, and gives the field that it is of.
fn one(list: &mut Vec<Vec<u8>>, value: Field<'_>, field: &'static str) -> &'static str {
    list.push(value.bytes.to_vec());
    field
}

/// A number, in words.
fn status(value: Field<'_>, words: &[&'static str]) -> Result<&'static str, Error> {
    let number = value.integer()?;
    let word = usize::try_from(number).ok().and_then(|place| words.get(place));
    word.copied().ok_or_else(|| value.expected("a status that needrestart has").into())
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Needrestart;

    #[test]
    fn a_run_is_one_record() {
        let capture = "NEEDRESTART-VER: 3.6\nNEEDRESTART-KCUR: 3.19.3-tl1+\nNEEDRESTART-KEXP: 3.19.3-tl1+\nNEEDRESTART-KSTA: 1\nNEEDRESTART-UCSTA: 2\nNEEDRESTART-UCEXP: \nNEEDRESTART-SVC: systemd-journald.service\nNEEDRESTART-SVC: a b.service\nNEEDRESTART-CONT: LXC web1\nNEEDRESTART-SESS: metabase @ user manager service\n";
        let parsed = parse::<Needrestart>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"version":"3.6","running_kernel":"3.19.3-tl1+","expected_kernel":"3.19.3-tl1+","kernel_status":"current","expected_microcode":null,"microcode_status":"obsolete","services":["systemd-journald.service","a b.service"],"containers":["LXC web1"],"sessions":["metabase @ user manager service"],"pids":[]}"#
            ]
        );
        assert_any_split::<Needrestart>(None, capture.as_bytes());
        let broken = parse::<Needrestart>(None, b"NEEDRESTART-VER: 3.6\nNEEDRESTART-KSTA: 9\nNEEDRESTART-X: 1\n");
        assert_eq!((broken.records.len(), broken.problems.len()), (1, 2), "{broken:?}");
        assert_unrecognised::<Needrestart>(["hello\n", "Scanning processes...\n", "NEEDRESTART-KSTA: x\n"]);
    }
}
