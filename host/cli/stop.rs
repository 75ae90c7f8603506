//! Ends a command when its time is up or the user says so, with all it has started.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};
use tokio::time::{Instant, sleep_until};

/// How long a command may take to end when it was asked to.
pub(super) const GRACE: Duration = Duration::from_secs(2);

/// What may end a command early.
pub(super) struct Stop {
    group: Pid,
    deadline: Option<Instant>,
    interrupt: Signals,
    terminate: Signals,
    hang_up: Signals,
    quit: Signals,
}

impl Stop {
    /// From now on, the signals that would end us are passed on to the command's process group.
    pub(super) fn new(group: Pid, timeout: Option<Duration>) -> anyhow::Result<Stop> {
        let listen = |kind| signal(kind).context("listening for signals");
        Ok(Stop {
            group,
            deadline: timeout.map(|timeout| Instant::now() + timeout),
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
            quit: listen(SignalKind::quit())?,
        })
    }

    /// Waits for the command to end. Returns whether its time was up before.
    pub(super) async fn watch<T>(&mut self, ended: impl Future<Output = T>) -> (T, bool) {
        let mut ended = pin!(ended);
        let mut timed_out = false;
        // When the command was asked to end, it is killed at this time.
        let mut kill_at: Option<Instant> = None;
        loop {
            let deadline = self.deadline.filter(|_| !timed_out);
            let asked = tokio::select! {
                outcome = &mut ended => return (outcome, timed_out),
                () = at(deadline) => {
                    timed_out = true;
                    Signal::SIGTERM
                }
                () = at(kill_at) => {
                    self.send(Signal::SIGKILL);
                    kill_at = None;
                    continue;
                }
                Some(()) = self.interrupt.recv() => Signal::SIGINT,
                Some(()) = self.terminate.recv() => Signal::SIGTERM,
                Some(()) = self.hang_up.recv() => Signal::SIGHUP,
                Some(()) = self.quit.recv() => Signal::SIGQUIT,
            };
            // Asked twice, it does not get more time.
            self.send(if kill_at.is_some() { Signal::SIGKILL } else { asked });
            // A stopped command acts on the signal only when it goes on.
            self.send(Signal::SIGCONT);
            kill_at = Some(Instant::now() + GRACE);
        }
    }

    fn send(&self, signal: Signal) {
        // Gone already: then there is nothing to do.
        let _ = killpg(self.group, signal);
    }
}

/// Waits until a time, or for ever.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
