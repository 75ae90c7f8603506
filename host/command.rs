//! Runs a command: an argument list, never a shell line, in a process group of its own.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::future::{Future, poll_fn};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::error::Error;
use crate::lines::READ_SIZE;

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
    /// `LC_ALL=C`: the language that parsers read.
    #[default]
    C,
    /// As the user has it.
    Inherit,
    /// This one, in `LC_ALL`.
    Named(String),
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
    /// Which locale it speaks.
    pub locale: Locale,
}

impl Command {
    /// A command that reads what this program reads, in the C locale.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        Command { program: program.as_ref().to_owned(), arguments: Vec::new(), input: Input::default(), locale: Locale::default() }
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

    /// Starts it, its standard output in a pipe, its standard error ours.
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
        match &self.locale {
            Locale::C => command.env("LC_ALL", "C"),
            Locale::Inherit => &mut command,
            Locale::Named(locale) => command.env("LC_ALL", locale),
        };
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = tokio::process::Command::from(command).spawn().map_err(|error| self.start_error(error))?;
        let pid = child.id().context("a new child has a process id")?;
        let output = child.stdout.take().context("its output is piped")?;
        let input = child.stdin.take();
        tracing::info!("process started {pid}");
        Ok(Process { child, group: Pid::from_raw(pid as i32), output, input, ended: false })
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
        match error.kind() {
            io::ErrorKind::NotFound if !self.exists() => Error::NotFound { program },
            _ => Error::NotExecutable { program, source: error },
        }
    }

    /// Whether the program itself is there: a script without its interpreter reports "not found" as well.
    fn exists(&self) -> bool {
        let path = PathBuf::from(&self.program);
        path.components().count() > 1 && path.exists()
    }
}

/// Passes over the error that the other end of a pipe is gone.
pub(crate) fn ignore_broken_pipe(result: io::Result<()>) -> io::Result<()> {
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

/// A command that runs. Dropped before it has ended, it is killed with all it has started.
pub struct Process {
    child: Child,
    group: Pid,
    output: ChildStdout,
    input: Option<ChildStdin>,
    ended: bool,
}

impl Process {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.group.as_raw() as u32
    }

    /// Its process group, to be signalled as a whole.
    pub(crate) fn group(&self) -> Pid {
        self.group
    }

    /// Where to write what it reads, if [`Input::Piped`] was asked for. Dropping it is the end of its input.
    pub fn take_input(&mut self) -> Option<ChildStdin> {
        self.input.take()
    }

    /// Appends what the command has printed, once there is something: up to [`READ_SIZE`] bytes, all that can be had
    /// without waiting. Returns their number, 0 at the end.
    pub async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        buffer.reserve(READ_SIZE);
        let mut read = self.output.read_buf(buffer).await?;
        let mut more = read;
        while more > 0 && read < READ_SIZE {
            let output = &mut self.output;
            let ready = poll_fn(|context| {
                let next = pin!(output.read_buf(buffer)).poll(context);
                Poll::Ready(if let Poll::Ready(next) = next { Some(next) } else { None })
            });
            more = ready.await.transpose()?.unwrap_or(0);
            read += more;
        }
        if read > 0 {
            tracing::info!("read {read} bytes from {}", Fd::Stdout);
        }
        Ok(read)
    }

    /// Reads the next line, its end included; empty at the end of the output. `rest` keeps what was read beyond it, and must be the
    /// same at each call.
    pub async fn read_line(&mut self, rest: &mut Vec<u8>) -> io::Result<Vec<u8>> {
        let mut searched = 0;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &rest[searched..]) {
                let after = rest.split_off(searched + end + 1);
                return Ok(std::mem::replace(rest, after));
            }
            searched = rest.len();
            if self.read(rest).await? == 0 {
                return Ok(std::mem::take(rest));
            }
        }
    }

    /// Waits until it has ended. Its input is closed first.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.input = None;
        let status = self.child.wait().await?;
        if !self.ended {
            self.ended = true;
            tracing::info!("process exited");
            tracing::info!("return code {}", exit_code(status));
        }
        Ok(status)
    }

    /// Writes `input` to the command, passes on what it prints, and waits until it has ended. Writing and reading go on at once, so
    /// that neither side waits for the other, and no more than a buffer is held. The command needs [`Input::Piped`].
    pub async fn communicate(
        &mut self,
        mut input: impl AsyncRead + Unpin,
        mut output: impl FnMut(&[u8]),
    ) -> Result<ExitStatus, Error> {
        tracing::info!("communicating with process");
        let pipe = self.take_input();
        let write = async {
            let Some(mut pipe) = pipe else { return Ok(()) };
            // A command may stop reading when it has seen enough: that is its own business.
            ignore_broken_pipe(tokio::io::copy(&mut input, &mut pipe).await.map(drop)).context("writing to the command")
        };
        let read = async {
            let mut buffer = Vec::new();
            while self.read(&mut buffer).await.context("reading the command's output")? > 0 {
                output(&buffer);
                buffer.clear();
            }
            anyhow::Ok(())
        };
        let (written, read) = tokio::join!(write, read);
        written.and(read)?;
        tracing::info!("waiting for process to complete");
        Ok(self.wait().await.context("waiting for the command")?)
    }

    /// Sends a signal to the command and all it has started.
    pub fn signal(&self, signal: Signal) {
        // Gone already: then there is nothing to do.
        let _ = killpg(self.group, signal);
    }

    /// Ends the command and all it has started: kindly, and after `grace` for certain.
    pub async fn terminate(&mut self, grace: Duration) -> io::Result<ExitStatus> {
        self.signal(Signal::SIGTERM);
        // A stopped command acts on the signal only when it goes on.
        self.signal(Signal::SIGCONT);
        let status = match tokio::time::timeout(grace, self.wait()).await {
            Ok(status) => status?,
            Err(_) => {
                self.signal(Signal::SIGKILL);
                self.wait().await?
            }
        };
        // What it started may have outlived it.
        self.signal(Signal::SIGKILL);
        Ok(status)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(Signal::SIGKILL);
        }
    }
}

/// An exit status as a shell gives it: the command's own, or 128 and the signal that killed it.
pub fn exit_code(status: ExitStatus) -> u8 {
    match (status.code(), status.signal()) {
        (Some(code), _) => code as u8,
        (None, Some(signal)) => 128u8.saturating_add(signal as u8),
        (None, None) => crate::error::FAILED,
    }
}
