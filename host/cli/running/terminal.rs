//! Lends the terminal to a command that reads from it, as a shell does for its jobs.
//!
//! The command is in a process group of its own, and a group in the background that reads from the terminal is stopped by the
//! kernel. Only then is it lent the terminal: a pager that reads our output needs it too. From then on Ctrl-C and Ctrl-Z reach
//! the command alone. What ends it ends our run; when it is stopped, we stop as well, so that the shell takes over, and it goes
//! on with us.

use std::io::{self, IsTerminal};

use anyhow::Context;
use nix::sys::signal::{SigSet, Signal, killpg, raise};
use nix::unistd::{Pid, getpgrp, getppid, getsid, tcgetpgrp, tcsetpgrp};
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};

use outparse::capture::command::Input;

/// The terminal that a command reads from. Dropping this makes the terminal ours again.
pub(crate) struct Terminal {
    terminal: io::Stdin,
    us: Pid,
    /// Children that have stopped or ended.
    changes: Signals,
    lent: bool,
}

impl Terminal {
    /// None when the command does not read from a terminal. Threads that are started from now on can write to it from the
    /// background too.
    pub(crate) fn of_command(input: &Input) -> anyhow::Result<Option<Terminal>> {
        let terminal = io::stdin();
        if *input != Input::Inherit || !terminal.is_terminal() {
            return Ok(None);
        }
        // In the background, taking the terminal back or writing to it would stop us.
        SigSet::from(Signal::SIGTTOU).thread_block().context("blocking a signal")?;
        let changes = signal(SignalKind::child()).context("listening for signals")?;
        Ok(Some(Terminal { terminal, us: getpgrp(), changes, lent: false }))
    }

    /// Waits until a child may have stopped.
    pub(crate) async fn changed(&mut self) {
        if self.changes.recv().await.is_none() {
            std::future::pending().await
        }
    }

    /// Does what a stopped command needs to go on.
    pub(crate) fn follow(&mut self, group: Pid) {
        while let Some(signal) = stopped_by(group) {
            let needs_it = matches!(signal, Signal::SIGTTIN | Signal::SIGTTOU);
            if !needs_it && !self.lent {
                // It was stopped by hand, and will be continued by hand.
                continue;
            }
            if !(needs_it && self.lend(group)) {
                let was_lent = self.lent;
                self.take_back();
                let stopped = can_be_continued() && killpg(self.us, Signal::SIGSTOP).is_ok();
                if !stopped && !was_lent {
                    // It waits for a terminal that it will never have.
                    let _ = killpg(group, Signal::SIGHUP);
                }
                self.lend(group);
            }
            // If the group is already gone, there is nothing to do.
            let _ = killpg(group, Signal::SIGCONT);
        }
    }

    /// Makes the command's group the foreground, if it is ours to give. Returns whether it is now.
    fn lend(&mut self, group: Pid) -> bool {
        if !self.lent && tcgetpgrp(&self.terminal) == Ok(self.us) {
            self.lent = tcsetpgrp(&self.terminal, group).is_ok();
        }
        self.lent
    }

    fn take_back(&mut self) {
        if self.lent {
            // Fails only when the terminal is gone.
            let _ = tcsetpgrp(&self.terminal, self.us);
            self.lent = false;
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Stops the command and us, until we are continued. Does nothing if nobody could continue us.
pub(crate) fn suspend(group: Option<Pid>) {
    if can_be_continued() {
        let send = |signal| group.map(|group| killpg(group, signal));
        send(Signal::SIGTSTP);
        let _ = raise(Signal::SIGSTOP);
        send(Signal::SIGCONT);
    }
}

/// Whether a shell watches us: a parent in our session.
fn can_be_continued() -> bool {
    getsid(Some(getppid())) == getsid(None)
}

/// The signal that has stopped a child since the last call.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
fn stopped_by(child: Pid) -> Option<Signal> {
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    match waitid(Id::Pid(child), WaitPidFlag::WSTOPPED | WaitPidFlag::WNOHANG) {
        Ok(WaitStatus::Stopped(_, signal)) => Some(signal),
        _ => None,
    }
}

/// Elsewhere there is no safe way to ask without taking the exit status too: a command that reads from the terminal stays stopped.
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
fn stopped_by(_: Pid) -> Option<Signal> {
    None
}
