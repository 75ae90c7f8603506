//! Runs the program with a hostile plugin, and measures it.

use std::fmt;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use wait4::Wait4;

use super::guest::Guest;
use super::program;

/// A run that takes longer hangs: every attack's own limit ends it far sooner, on a busy machine too.
const HANGS_AFTER: Duration = Duration::from_secs(20);

/// Lines of output that are kept: an attack may print many of the same.
const SHOWN: usize = 12;

/// What came of a run.
pub(crate) struct Outcome {
    pub(crate) status: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
    /// Bytes of memory the program had at its peak.
    pub(crate) peak_memory: usize,
    pub(crate) time: Duration,
    /// How it ended where it did not end by itself, as a clause.
    pub(crate) crash: Option<String>,
}

/// Names the case whose plugin this process makes, in place of the tests.
pub(crate) const MAKE: &str = "OUTPARSE_TEST_MAKE";

/// Runs the program with the plugin of a case.
pub(crate) fn run(case: &Path, guest: &Guest) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("./{}.wasm", case.file_stem().unwrap().to_str().unwrap());
    // In a process of its own: what this one has ever taken is counted for the processes it starts.
    let bytes = File::create(folder.path().join(&file)).unwrap();
    let made = Command::new(std::env::current_exe().unwrap()).env(MAKE, case).stdout(bytes).status().unwrap();
    assert!(made.success(), "the plugin cannot be made");
    let limits: String = guest.limits.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
    fs::write(folder.path().join("config.toml"), format!("[limits]\n{limits}")).unwrap();
    let input: String = (1..=guest.lines).map(|line| format!("line {line}\n")).collect();
    fs::write(folder.path().join("input"), input).unwrap();

    let mut arguments = vec!["--plugin".to_owned(), file];
    arguments.extend(guest.arguments.iter().cloned());
    let given = |word: &str| guest.arguments.iter().any(|argument| argument == word);
    if !given("--format") {
        arguments.extend(["--format", "jsonl"].map(str::to_owned));
    }
    if !given("schema") {
        arguments.push("parse".to_owned());
    }
    arguments.push("hostile".to_owned());
    measure(folder.path(), &arguments)
}

fn measure(folder: &Path, arguments: &[String]) -> Outcome {
    // Into files: whoever waits for a pipe to end waits for a plugin that fills it, too.
    let file = |name: &str| File::create(folder.join(name)).unwrap();
    let started = Instant::now();
    let mut child = Command::new(program::outparse())
        .args(arguments)
        .current_dir(folder)
        .env("OUTPARSE_CONFIG", "config.toml")
        // What is compiled may be kept: here, not in the user's own folder.
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .env_remove("RUST_BACKTRACE")
        .stdin(File::open(folder.join("input")).unwrap())
        .stdout(Stdio::from(file("output")))
        .stderr(Stdio::from(file("errors")))
        .spawn()
        .unwrap();
    let id = Pid::from_raw(child.id() as i32);
    let (ended, has_ended) = channel::<()>();
    let watchdog = thread::spawn(move || {
        let hangs = has_ended.recv_timeout(HANGS_AFTER) == Err(RecvTimeoutError::Timeout);
        if hangs {
            kill(id, Signal::SIGKILL).unwrap();
        }
        hangs
    });
    let used = child.wait4().unwrap();
    drop(ended);
    let time = started.elapsed();
    let crash = match (watchdog.join().unwrap(), used.status.signal()) {
        (true, _) => Some(format!("hung for {HANGS_AFTER:?}")),
        (false, Some(signal)) => Some(format!("died of signal {signal}")),
        (false, None) => None,
    };
    let read = |name: &str| String::from_utf8(fs::read(folder.join(name)).unwrap()).unwrap();
    Outcome {
        status: used.status.code().unwrap_or(-1),
        output: read("output"),
        errors: read("errors"),
        peak_memory: used.rusage.maxrss as usize,
        time,
        crash,
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit status {}\n--- output\n{}--- errors\n{}", self.status, short(&self.output), short(&self.errors))
    }
}

/// The first lines, without what depends on the tools the test is built with.
fn short(text: &str) -> String {
    let mut short: String = text.lines().take(SHOWN).map(|line| without_offset(line) + "\n").collect();
    if let Some(more) = text.lines().count().checked_sub(SHOWN).filter(|&more| more > 0) {
        short.push_str(&format!("… and {more} more lines\n"));
    }
    short
}

/// A line without the place in the component, `(at offset 0x1f)`.
fn without_offset(line: &str) -> String {
    match line.split_once(" (at offset 0x") {
        Some((before, after)) => format!("{before}{}", after.split_once(')').map_or("", |(_, after)| after)),
        None => line.to_owned(),
    }
}
