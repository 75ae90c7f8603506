//! What a visit has come to, in a word and for people, by what was seen of it.

use std::time::Duration;

use nix::errno::Errno;

use super::log::{Log, Stage};
use super::outcome::Verdict;
use super::standard_error::StandardError;
use outparse::error::Error;
use outparse::words::plain;

/// How a visit is over, and why.
pub(super) type Over = (Verdict, Option<String>);

/// The exit status of a client without a connection.
const NO_CONNECTION: i32 = 255;

/// The exit status of a shell that does not find what it is to run.
const NOT_FOUND: i32 = 127;

/// The client cannot be started.
pub(super) fn not_started(error: &Error) -> Over {
    let mut causes = std::iter::successors(Some(error as &dyn std::error::Error), |&error| error.source());
    let code = causes.find_map(|cause| match cause.downcast_ref::<std::io::Error>() {
        Some(cause) => cause.raw_os_error(),
        None => cause.downcast_ref::<Errno>().map(|&errno| errno as i32),
    });
    let hint = match code.map(Errno::from_raw) {
        Some(Errno::EMFILE | Errno::ENFILE) => "; `ulimit -n` says how many files may be open",
        Some(Errno::EAGAIN) => "; `ulimit -u` says how many processes there may be",
        _ => "",
    };
    (Verdict::Unreachable, Some(format!("the client cannot be started: {}{hint}", error.in_one_line())))
}

/// The command has not ended in time.
pub(super) fn ran_too_long(limit: Duration) -> Over {
    (Verdict::Timeout, Some(format!("the command was ended after {}", seconds(limit))))
}

/// The command has not begun in time.
pub(super) fn never_came(log: &Log, has_begun: bool, limit: Duration) -> Over {
    let time = seconds(limit);
    if has_begun {
        return (Verdict::Timeout, Some(format!("it has let us in, and did not say within {time} what it is")));
    }
    let message = match log.stage() {
        Stage::Starting | Stage::Connecting => format!("no answer within {time}"),
        Stage::Connected => format!("it has answered, and did not let us in within {time}"),
        Stage::Authenticated => format!("it has let us in, and the command did not begin within {time}"),
    };
    (Verdict::Unreachable, Some(message))
}

/// The client has ended, and the script has not begun.
pub(super) fn never_begun(log: &Log, status: Option<i32>, noise: &[u8], errors: &StandardError) -> Over {
    let shown = plain(String::from_utf8_lossy(noise).trim(), 200);
    let printed = if shown.is_empty() { String::new() } else { format!("; it printed `{shown}`") };
    match status {
        None => (Verdict::Unreachable, Some("the client was killed".to_owned())),
        Some(_) if log.is_silent() => {
            let message =
                format!("the client kept no log: it has to be OpenSSH's, 6.3 or newer, and not told to be quiet{printed}");
            (Verdict::Unreachable, Some(errors.after(message)))
        }
        Some(NO_CONNECTION) if log.exit_status().is_none() => {
            let (verdict, why) = log.verdict();
            // What stands in the way may say more there than the client can know: a jump host does.
            (verdict, Some(if verdict == Verdict::Unreachable { errors.after(why) } else { why }))
        }
        Some(NOT_FOUND) => {
            (Verdict::NoCommand, Some(errors.after(format!("there is no `sh` that runs what it is asked{printed}"))))
        }
        Some(code) => {
            let message = format!("something else than the command ran there, with exit status {code}{printed}");
            (Verdict::Failed, Some(errors.after(message)))
        }
    }
}

/// The client has ended, and the command has begun and not ended.
pub(super) fn broke_off(log: &Log, status: Option<i32>) -> Over {
    let why = if status.is_none() { "the client was killed".to_owned() } else { log.why_it_broke_off() };
    (Verdict::Partial, Some(why))
}

/// The command has ended.
pub(super) fn came_to_its_end(code: u8, parsed: Option<&Result<(), Error>>, errors: &StandardError) -> Over {
    match (code, parsed) {
        (0, Some(Ok(()))) => (Verdict::Ok, None),
        (0, Some(Err(error))) => (Verdict::RefusedByParser, Some(error.in_one_line())),
        (0, None) => (Verdict::Failed, Some("it printed marks of an end before it had begun".to_owned())),
        (code, _) => (Verdict::Failed, Some(errors.after(format!("exit status {code}")))),
    }
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> Log {
        let mut log = Log::default();
        log.take(text.as_bytes());
        log
    }

    #[test]
    fn a_255_of_what_ran_there_is_no_connection_that_failed() {
        let errors = StandardError::default();
        let over = |text: &str| never_begun(&log(text), Some(255), b"", &errors).0;
        assert_eq!(over("debug1: Connecting to a\nssh: connect to host a port 22: Connection refused\n"), Verdict::Unreachable);
        assert_eq!(over("Authenticated to a ([::1]:22) using x\ndebug1: Exit status 255\n"), Verdict::Failed);
        assert_eq!(over("Authenticated to a ([::1]:22) using x\ndebug1: Exit status -1\n"), Verdict::Unreachable);
    }

    #[test]
    fn a_limit_of_this_computer_is_named() {
        let error = |code| {
            let source = std::io::Error::from_raw_os_error(code);
            not_started(&Error::NotExecutable { program: "ssh".to_owned(), source }).1.unwrap()
        };
        assert!(error(Errno::EMFILE as i32).ends_with("; `ulimit -n` says how many files may be open"));
        assert!(error(Errno::EAGAIN as i32).contains("ulimit -u"));
        assert!(!error(Errno::ENOENT as i32).contains("ulimit"));
        let pipe = anyhow::Error::from(Errno::EMFILE).context("making a pipe for the client's log");
        assert!(not_started(&Error::from(pipe)).1.unwrap().contains("ulimit -n"));
    }

    #[test]
    fn how_far_a_machine_came_is_said() {
        let said = |text: &str, has_begun| never_came(&log(text), has_begun, Duration::from_millis(1500));
        assert_eq!(said("", false), (Verdict::Unreachable, Some("no answer within 1.5 s".to_owned())));
        let let_in = "Authenticated to a ([::1]:22) using x\n";
        assert!(said(let_in, false).1.is_some_and(|why| why.contains("the command did not begin")));
        assert_eq!(said(let_in, true).0, Verdict::Timeout);
    }
}
