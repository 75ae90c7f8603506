//! A running command.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::time::{sleep, timeout};

use super::{Fd, exit_code, ignore_broken_pipe};
use crate::capture::lines::READ_SIZE;
use crate::error::Error;
use crate::sandbox::Ended;

/// How long to wait for more output once a command has ended, if something it started keeps the pipe open.
const LINGER: Duration = Duration::from_secs(1);

/// How often to check whether a process group is gone: the system does not notify us.
const POLL: Duration = Duration::from_millis(5);

/// A running command. If it is dropped before it has ended, it is killed together with all it has started.
pub struct Process {
    child: Child,
    group: Pid,
    /// Until it is closed.
    output: Option<ChildStdout>,
    errors: Option<ChildStderr>,
    input: Option<ChildStdin>,
    ended: bool,
}

impl Process {
    /// A child that was just started as the head of a group, with its output in a pipe.
    pub(super) fn new(mut child: Child) -> anyhow::Result<Process> {
        let pid = child.id().context("a new child has a process id")?;
        let output = Some(child.stdout.take().context("its output is piped")?);
        let (input, errors) = (child.stdin.take(), child.stderr.take());
        Ok(Process { child, group: Pid::from_raw(pid as i32), output, errors, input, ended: false })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.group.as_raw() as u32
    }

    /// Its process group, to be signalled as a whole.
    pub fn group(&self) -> Pid {
        self.group
    }

    /// Where to write what it reads, if [`Input::Piped`](super::Input::Piped) was asked for. Dropping it is the end of its input.
    pub fn take_input(&mut self) -> Option<ChildStdin> {
        self.input.take()
    }

    /// Its standard error, if [`Errors::Piped`](super::Errors::Piped) was asked for.
    pub fn take_errors(&mut self) -> Option<ChildStderr> {
        self.errors.take()
    }

    /// Waits until the command has printed something and appends it: up to [`READ_SIZE`] bytes, as many as can be had without
    /// waiting again. Returns their number, 0 at the end.
    pub async fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        match &mut self.output {
            Some(output) => read_available(output, buffer).await,
            None => Ok(0),
        }
    }

    /// Like [`Process::read`], but once the command has ended, it waits only a second for output from other processes that the
    /// command started. None when the output is still open after that.
    pub async fn read_while_it_runs(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let Some(output) = &mut self.output else { return Ok(Some(0)) };
        tokio::select! {
            // Output that is already there is read first.
            biased;
            read = read_available(output, buffer) => return read.map(Some),
            ended = self.child.wait() => ended.map(drop)?,
        }
        match timeout(LINGER, read_available(output, buffer)).await {
            Ok(read) => read.map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Stops reading: a command that goes on printing gets a broken pipe, as it would in a shell's pipeline.
    pub fn close_output(&mut self) {
        self.output = None;
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

    /// How it has ended, if it ends soon: a command may close its output and go on.
    pub async fn ended_soon(&mut self) -> io::Result<Ended> {
        const SOON: Duration = Duration::from_millis(200);
        match tokio::time::timeout(SOON, self.wait()).await {
            Ok(status) => Ok(Ended { complete: true, status: Some(status?) }),
            Err(_) => Ok(Ended { complete: true, status: None }),
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
    /// that neither side waits for the other, and no more than a buffer is held. The command needs [`Input::Piped`](super::Input::Piped).
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
        // If the group is already gone, there is nothing to do.
        let _ = killpg(self.group, signal);
    }

    /// Ends the command and all it has started: by request, and after `grace` by force.
    pub async fn terminate(&mut self, grace: Duration) -> io::Result<ExitStatus> {
        self.signal(Signal::SIGTERM);
        // A stopped command acts on the signal only when it goes on.
        self.signal(Signal::SIGCONT);
        let gone = async {
            let status = self.wait().await;
            group_gone(self.group).await;
            status
        };
        if let Ok(status) = timeout(grace, gone).await {
            return status;
        }
        self.signal(Signal::SIGKILL);
        self.wait().await
    }
}

/// Waits until no process is left in a group.
pub async fn group_gone(group: Pid) {
    while killpg(group, None).is_ok() {
        sleep(POLL).await;
    }
}

/// Waits for output and appends up to [`READ_SIZE`] bytes, as many as can be had without waiting again. Dropping the future loses
/// nothing.
async fn read_available(output: &mut ChildStdout, buffer: &mut Vec<u8>) -> io::Result<usize> {
    buffer.reserve(READ_SIZE);
    let mut read = output.read_buf(buffer).await?;
    let mut more = read;
    while more > 0 && read < READ_SIZE {
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

impl Drop for Process {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(Signal::SIGKILL);
        }
    }
}
