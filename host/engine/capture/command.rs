//! Runs a command: an argument list, never a shell line, in a process group of its own, so that all it starts can be ended with it.

mod find;
mod process;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use anyhow::Context as _;
#[cfg(target_os = "linux")]
use nix::sys::signal::Signal;

use find::interpreter;
pub use find::{find, implementation};
pub use process::{Process, group_gone};

use crate::error::Error;

/// What a command reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// What this program reads.
    #[default]
    Inherit,
    /// Nothing.
    Null,
    /// A file.
    File(PathBuf),
    /// A pipe, to be written through [`Process::take_input`].
    Piped,
}

/// Which locale a command speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// C in every category but characters, which are UTF-8: the language that parsers read, and names as they are.
    #[default]
    C,
    /// As the user has it.
    Inherit,
    /// This one, in `LC_ALL`.
    Named(String),
}

/// Where a command's standard error goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Errors {
    /// Where this program's goes, untouched.
    #[default]
    Inherit,
    /// To a file, which is emptied.
    File(PathBuf),
    /// To a pipe, to be read through [`Process::take_errors`].
    Piped,
}

/// A program with its arguments, and how to run it.
#[derive(Clone, Debug)]
pub struct Command {
    /// The program: a name that is looked up in `PATH`, or a path.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What it reads.
    pub input: Input,
    /// Where its standard error goes.
    pub errors: Errors,
    /// Which locale it speaks.
    pub locale: Locale,
    /// Whether it is killed when the thread that started it ends, for whatever reason. If that is the program's main thread,
    /// nothing is left behind even when the program itself is killed. Only Linux can do this.
    #[cfg(target_os = "linux")]
    pub dies_with_us: bool,
    /// Whether it, and all that it starts, is without a terminal on which it could ask anything.
    pub asks_nothing: bool,
}

impl Locale {
    /// Its name, as far as it is known.
    pub fn name(&self) -> Option<String> {
        match self {
            Locale::C => Some(utf8_characters().unwrap_or("C").to_owned()),
            Locale::Inherit => None,
            Locale::Named(name) => Some(name.clone()),
        }
    }
}

/// What is removed beside the locale's categories: what overrides them, and what changes units and styles without a word in the output.
/// Whoever runs `du` with `POSIXLY_CORRECT` gets blocks of half the size, and no title that says so.
pub const UNSET: [&str; 10] = [
    "LC_ALL",
    "LANGUAGE",
    "POSIXLY_CORRECT",
    "BLOCK_SIZE",
    "BLOCKSIZE",
    "DF_BLOCK_SIZE",
    "DU_BLOCK_SIZE",
    "LS_BLOCK_SIZE",
    "TIME_STYLE",
    "QUOTING_STYLE",
];

/// The categories of a locale.
pub const CATEGORIES: [&str; 12] = [
    "LC_COLLATE",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_ADDRESS",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_NAME",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LANG",
];

/// A locale whose characters are UTF-8, where this system has one.
fn utf8_characters() -> Option<&'static str> {
    if cfg!(any(target_os = "macos", target_os = "freebsd", target_os = "openbsd", target_os = "netbsd")) {
        return Some(if cfg!(target_os = "macos") { "en_US.UTF-8" } else { "C.UTF-8" });
    }
    // C libraries other than glibc have no other characters; glibc has had the locale built in since 2.35, and may have it as a
    // folder.
    let glibc = Path::new("/usr/lib/locale");
    let named = ["C.utf8", "C.UTF-8"].iter().any(|name| glibc.join(name).exists());
    let other = ["en_US.utf8", "en_US.UTF-8"].iter().any(|name| glibc.join(name).exists());
    match (named, other) {
        (true, _) => Some("C.UTF-8"),
        (false, true) => Some("en_US.UTF-8"),
        (false, false) => Some("C.UTF-8"),
    }
}

impl Command {
    /// A command that reads what this program reads, in the C locale.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        Command {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            input: Input::default(),
            errors: Errors::default(),
            locale: Locale::default(),
            #[cfg(target_os = "linux")]
            dies_with_us: false,
            asks_nothing: false,
        }
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets what the command reads.
    pub fn input(mut self, input: Input) -> Command {
        self.input = input;
        self
    }

    /// Starts it, its standard output in a pipe.
    pub fn spawn(&self) -> Result<Process, Error> {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments).stdout(Stdio::piped()).stdin(match &self.input {
            Input::Inherit => Stdio::inherit(),
            Input::Null => Stdio::null(),
            Input::Piped => Stdio::piped(),
            Input::File(path) => {
                let file = File::open(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
                Stdio::from(file)
            }
        });
        match &self.errors {
            Errors::Inherit => {}
            Errors::Piped => drop(command.stderr(Stdio::piped())),
            Errors::File(path) => {
                let file = File::create(path).with_context(|| format!("`{}` cannot be written", path.display()))?;
                command.stderr(file);
            }
        }
        match &self.locale {
            Locale::C => {
                for variable in UNSET {
                    command.env_remove(variable);
                }
                for category in CATEGORIES {
                    command.env(category, "C");
                }
                command.env("LC_CTYPE", utf8_characters().unwrap_or("C"))
            }
            Locale::Inherit => &mut command,
            Locale::Named(locale) => command.env("LC_ALL", locale),
        };
        if self.asks_nothing {
            ask_nothing(&mut command);
        } else {
            command.process_group(0);
        }
        #[cfg(target_os = "linux")]
        if self.dies_with_us {
            die_with_us(&mut command);
        }
        let child = tokio::process::Command::from(command).spawn().map_err(|error| self.start_error(error))?;
        let process = Process::new(child)?;
        tracing::info!("process started {}", process.pid());
        Ok(process)
    }

    /// Drives a protocol with what happens to the command, until it has ended and its output is read.
    pub async fn drive(&self, protocol: &mut impl Protocol) -> Result<ExitStatus, Error> {
        tracing::info!("launching process");
        let mut process = self.spawn()?;
        protocol.started(process.pid());
        tracing::info!("waiting for process to complete");
        let mut buffer = Vec::new();
        while process.read(&mut buffer).await.context("reading the command's output")? > 0 {
            protocol.data_received(Fd::Stdout, &buffer);
            buffer.clear();
        }
        let status = process.wait().await.context("waiting for the command")?;
        protocol.exited(status);
        Ok(status)
    }

    fn start_error(&self, error: io::Error) -> Error {
        let program = self.program.to_string_lossy().into_owned();
        let source = match (error.kind(), find(&self.program)) {
            (io::ErrorKind::NotFound, None) => return Error::NotFound { program },
            // The program itself is there, but what should interpret or load it is not.
            (io::ErrorKind::NotFound, Some(file)) => io::Error::new(
                error.kind(),
                match interpreter(&file) {
                    Some(interpreter) => format!("its interpreter `{interpreter}` is not there"),
                    None => "what should load it is not there".to_owned(),
                },
            ),
            _ => error,
        };
        Error::NotExecutable { program, source }
    }
}

/// Has the kernel kill the command when we are gone. This can be requested only within the new process, before it becomes the
/// command.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "the standard library has no safe way to call anything between fork and exec")]
fn die_with_us(command: &mut std::process::Command) {
    let us = nix::unistd::getpid();
    let before_exec = move || {
        nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
        // We may have died before this was requested.
        if nix::unistd::getppid() == us { Ok(()) } else { Err(nix::errno::Errno::ESRCH.into()) }
    };
    // SAFETY: the closure makes two system calls that are safe between fork and exec, and neither allocates nor locks.
    unsafe { command.pre_exec(before_exec) };
}

/// Gives the command a session of its own, which has no terminal, and with it a process group of its own. No window is opened for
/// a question either.
#[allow(unsafe_code, reason = "the standard library has no safe way to call anything between fork and exec")]
fn ask_nothing(command: &mut std::process::Command) {
    command.env("SSH_ASKPASS_REQUIRE", "never").env_remove("SSH_ASKPASS");
    // SAFETY: the closure makes one system call that is safe between fork and exec, and neither allocates nor locks.
    unsafe { command.pre_exec(|| Ok(nix::unistd::setsid().map(drop)?)) };
}

/// Ignores the error that the other end of a pipe is gone.
pub fn ignore_broken_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// A file descriptor of a command, as seen from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fd {
    /// Its standard output. Its standard error is passed through untouched and not seen here.
    Stdout,
}

impl std::fmt::Display for Fd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Fd::Stdout => f.write_str("stdout"),
        }
    }
}

/// Told what happens to a command, as it happens.
pub trait Protocol {
    /// It runs, with this process id.
    fn started(&mut self, pid: u32);
    /// It has printed this.
    fn data_received(&mut self, fd: Fd, bytes: &[u8]);
    /// It has ended, and all it printed has been received.
    fn exited(&mut self, status: ExitStatus);
}

/// An exit status as a shell gives it: the command's own, or 128 plus the number of the signal that killed it.
pub fn exit_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => code as u8,
        (None, Some(signal)) => 128u8.saturating_add(signal as u8),
        (None, None) => crate::error::FAILED,
    }
}
