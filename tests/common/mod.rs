//! What the tests of the whole program share: commands that are made for a test, the processes they leave, and a terminal.

#![allow(dead_code, unreachable_pub, reason = "each test is a crate of its own and uses a part of it")]

mod program;
pub mod terminal;

pub use program::outparse;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Long enough for the slowest machine: only a failure takes it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A `df` that prints one row.
pub const ONE_ROW: &str = "echo 'Filesystem 1K-blocks Used Available Use% Mounted on'; echo '/dev/a 100 60 40 60% /a'";

/// Another row, with which the one before it appears.
pub const ROW_B: &str = "echo '/dev/b 200 50 150 25% /b'";

/// Runs on until it is killed. The row that has begun never ends.
pub const HANG: &str = "printf '/dev/b 200 5'; echo $$ > started; while :; do sleep 0.05; done";

/// Runs on until the test makes a file.
pub const WAIT: &str = "echo $$ > started; while ! [ -e go ]; do sleep 0.02; done";

/// The environment variable that marks every process of a test.
const MARK: &str = "OUTPARSE_TEST";

/// A folder with commands of its own, first in `PATH`.
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// Commands as names and the shell scripts they are.
    pub fn new(commands: &[(&str, &str)]) -> Sandbox {
        let sandbox = Sandbox { folder: tempfile::tempdir().unwrap() };
        for (name, script) in commands {
            sandbox.install(name, &format!("#!/bin/sh\n{script}\n"), "755");
        }
        sandbox
    }

    /// Puts a file there. Another process writes it: a file that this one had open could not be executed while a thread spawns.
    pub fn install(&self, name: &str, contents: &str, mode: &str) -> PathBuf {
        let path = self.path(name);
        let mut install =
            Command::new("install").args(["-m", mode, "/dev/stdin"]).arg(&path).stdin(Stdio::piped()).spawn().unwrap();
        install.stdin.take().unwrap().write_all(contents.as_bytes()).unwrap();
        assert!(install.wait().unwrap().success());
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of the files there.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Any program, with the folder as its place and the mark upon it. It minds signals, also where whoever runs the tests does
    /// not: a shell lets its background jobs ignore some.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("/usr/bin/env");
        command
            .arg("--default-signal=HUP,INT,QUIT,TERM")
            .arg(program)
            .env("PATH", format!("{}:{}", self.folder.path().display(), std::env::var("PATH").unwrap()))
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_DATA_HOME", self.path("data"))
            .env("DOCKER_CONFIG", self.path("docker"))
            .env(MARK, self.folder.path())
            .env_remove("OUTPARSE_CONFIG")
            .env_remove("LC_ALL")
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// `outparse` with arguments.
    pub fn outparse(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(outparse());
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.outparse(arguments).output().unwrap())
    }

    /// Starts it with its output and its messages in pipes.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.outparse(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The processes that this test has started and that are still there.
    pub fn processes(&self) -> Vec<i32> {
        let mark = format!("{MARK}={}", self.folder.path().display());
        let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        pids.filter(|pid: &i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|&byte| byte == 0).any(|variable| variable == mark.as_bytes())
        })
        .collect()
    }

    /// Waits for a file that a script makes.
    pub fn wait_for(&self, name: &str) -> String {
        until(&format!("`{name}` is there"), || fs::read_to_string(self.path(name)).ok().filter(|text| text.ends_with('\n')))
    }

    /// Waits until the command runs, and gives its process id.
    pub fn started(&self) -> i32 {
        self.wait_for("started").trim().parse().unwrap()
    }

    /// Lets a command that waits go on.
    pub fn go(&self) {
        fs::write(self.path("go"), "").unwrap();
    }

    pub fn wait_until_no_process_is_left(&self) {
        until("no process is left", || self.processes().is_empty().then_some(()));
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for pid in self.processes() {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Whether a trial fails where its tool is not installed, instead of being left out.
pub fn all_must_run() -> bool {
    std::env::var_os("OUTPARSE_TEST_ALL").is_some_and(|value| value == "1")
}

/// Says what is not installed; with `OUTPARSE_TEST_ALL=1` that is a failure.
pub fn has(found: bool, what: &str) -> bool {
    if !found {
        assert!(!all_must_run(), "{what} is not installed, and `OUTPARSE_TEST_ALL=1` was given");
        eprintln!("{what} is not installed: nothing is compared");
    }
    found
}

/// Whether the interpreter of the tests has a module.
pub fn has_module(module: &str) -> bool {
    let status = Command::new("python3").args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    has(status.is_ok_and(|status| status.success()), &format!("the Python module `{module}`"))
}

/// What Debian's own `sqlite3` finds in a database, where it is installed.
pub fn sqlite3(database: &Path, question: &str) -> Option<String> {
    let asked = Command::new("sqlite3").arg(database).arg(question).output();
    let Ok(asked) = asked else {
        has(false, "`sqlite3`");
        return None;
    };
    assert!(asked.status.success(), "{asked:?}");
    Some(String::from_utf8(asked.stdout).unwrap())
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// As a shell gives it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap()),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// The records, which must be one JSON document.
    pub fn records(&self) -> Vec<serde_json::Value> {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// One field of all records.
    #[track_caller]
    pub fn column(&self, field: &str) -> Vec<String> {
        self.records()
            .iter()
            .map(|record| record[field].as_str().map_or_else(|| record[field].to_string(), str::to_owned))
            .collect()
    }

    #[track_caller]
    pub fn says(&self, text: &str) {
        assert!(self.stderr.contains(text), "`{text}` is not said: {self:?}");
    }

    #[track_caller]
    pub fn says_nothing(&self) {
        assert_eq!(self.stderr, "", "{self:?}");
    }
}

/// Waits for something, with patience.
#[track_caller]
pub fn until<T>(what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a signal.
pub fn send(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).unwrap();
}

/// The state of a process, a letter: `T` when it is stopped.
pub fn state(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

/// A `sleep` that runs until it is dropped.
pub struct Sleeper(Child);

impl Sleeper {
    /// Started, and asleep: before that, the kernel may still be building its memory, and says other sizes than a moment later.
    pub fn start(arguments: &[&str]) -> Sleeper {
        let sleeper = Sleeper(Command::new("sleep").args(arguments).spawn().unwrap());
        let pid = sleeper.id();
        until("it sleeps", || {
            let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
            (words.starts_with(b"sleep\0") && state(pid.cast_signed()) == Some('S')).then_some(())
        });
        sleeper
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        // It may have ended by itself, and a panic here would hide the one that unwinds.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The most memory that a process has had so far, in KiB.
pub fn peak_memory(pid: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}
