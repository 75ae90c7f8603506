//! Ends a command when its time is up or the user says so, with all it has started: by request, then by force.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::signal::unix::{Signal as Signals, SignalKind, signal};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::running::terminal::{Terminal, suspend};
use outparse::capture::command::{Input, group_gone};
use outparse::runtime::at;

/// How long a command may take to end when it was asked to.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// How long we wait for a reader of our output, once the user wants the end and the command has been killed.
const LAST: Duration = Duration::from_secs(1);

/// The signals that would end or stop us.
const SIGNALS: [Signal; 5] = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGTSTP];

/// Why a command was asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Its time was up.
    Timeout,
    /// We got this signal.
    Signal(Signal),
}

/// What may end a command early.
pub(crate) struct Stop {
    /// The command's process group, while there is one.
    group: Option<Pid>,
    timeout: Option<Duration>,
    signals: Vec<(Signal, Signals)>,
    terminal: Option<Terminal>,
    asked: Rc<Cell<Option<Asked>>>,
    /// The last signal that asked, even if it was not the first to ask.
    signal: Option<Signal>,
    deadline: Option<Instant>,
    /// When a command that was asked to end is killed.
    kill_at: Option<Instant>,
    /// When we leave, whatever is still to be done.
    leave_at: Option<Instant>,
}

impl Stop {
    /// From now on, the signals that would end us are caught.
    pub(crate) fn new(timeout: Option<Duration>, input: &Input) -> anyhow::Result<Stop> {
        Ok(Stop {
            group: None,
            timeout,
            signals: listen_to(&SIGNALS)?,
            terminal: Terminal::of_command(input)?,
            asked: Rc::default(),
            signal: None,
            deadline: None,
            kill_at: None,
            leave_at: None,
        })
    }

    /// From now on, signals go to the command, and its time runs.
    pub(crate) fn started(&mut self, group: Pid) {
        self.group = Some(group);
        self.deadline = self.timeout.map(|timeout| Instant::now() + timeout);
    }

    /// Why the command was asked to end; None when it was not.
    pub(crate) fn asked(&self) -> Rc<Cell<Option<Asked>>> {
        Rc::clone(&self.asked)
    }

    /// The signal that asks us to end, if one has come.
    pub(crate) fn signal(&self) -> Option<Signal> {
        self.signal
    }

    /// Waits for work on the command, while handling signals and the time limit. None when the user would not wait any longer.
    pub(crate) async fn watch<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                outcome = &mut work => return Some(outcome),
                () = at(self.deadline) => self.ask(Asked::Timeout),
                () = at(self.kill_at) => self.kill(),
                () = at(self.leave_at) => return None,
                signal = next(&mut self.signals) => match signal {
                    Signal::SIGTSTP => suspend(self.group),
                    signal => self.ask(Asked::Signal(signal)),
                },
                () = changed(&mut self.terminal) => {
                    if let (Some(terminal), Some(group)) = (&mut self.terminal, self.group) {
                        terminal.follow(group);
                    }
                }
            }
        }
    }

    /// Prepares for another command. Signals that have come in the meantime are not lost.
    pub(crate) fn again(&mut self, input: &Input) -> anyhow::Result<()> {
        self.asked.set(None);
        self.kill_at = None;
        self.leave_at = None;
        self.terminal = Terminal::of_command(input)?;
        Ok(())
    }

    /// Waits until a time while no command runs. A signal that asks us to end also ends the wait.
    pub(crate) async fn pause(&mut self, until: Instant) -> Option<Signal> {
        let asked = self.asked();
        let mut time = pin!(sleep_until(until));
        self.watch(poll_fn(|context| if asked.get().is_some() { Poll::Ready(()) } else { time.as_mut().poll(context) })).await;
        self.signal
    }

    /// To be called when the command has ended. What it started ends too, if the command was asked to.
    pub(crate) async fn ended(&mut self) {
        if let (Some(_), Some(group)) = (self.asked.get(), self.group) {
            let until = self.kill_at.unwrap_or_else(Instant::now);
            self.watch(timeout_at(until, group_gone(group))).await;
            self.kill();
        }
        self.group = None;
        self.terminal = None;
        self.deadline = None;
    }

    fn ask(&mut self, why: Asked) {
        self.deadline = None;
        if let Asked::Signal(signal) = why {
            self.signal = Some(signal);
        }
        if self.asked.get().is_some() {
            // Being asked twice gives it no more time.
            return self.kill();
        }
        self.asked.set(Some(why));
        self.send(match why {
            Asked::Timeout => Signal::SIGTERM,
            Asked::Signal(signal) => signal,
        });
        // A stopped command acts on the signal only when it goes on.
        self.send(Signal::SIGCONT);
        self.kill_at = Some(Instant::now() + GRACE);
    }

    fn kill(&mut self) {
        self.send(Signal::SIGKILL);
        self.kill_at = None;
        // After --timeout, the reader of our output has all the time it wants.
        if let Some(Asked::Signal(_)) = self.asked.get() {
            self.leave_at.get_or_insert_with(|| Instant::now() + LAST);
        }
    }

    fn send(&self, signal: Signal) {
        if let Some(group) = self.group {
            // If the group is already gone, there is nothing to do.
            let _ = killpg(group, signal);
        }
    }
}

/// A signal that is caught.
pub(crate) type Listening = (Signal, Signals);

/// From now on, the signals that would end us are caught.
pub(crate) fn listen() -> anyhow::Result<Vec<Listening>> {
    listen_to(&SIGNALS[..SIGNALS.len() - 1])
}

/// Waits for one that asks us to end.
pub(crate) async fn next_to_end(signals: &mut [Listening]) -> Signal {
    next(signals).await
}

fn listen_to(signals: &[Signal]) -> anyhow::Result<Vec<Listening>> {
    let ignored = ignored_signals();
    let signals = signals.iter().filter(|&&wanted| ignored & (1 << (wanted as u64 - 1)) == 0);
    let listen = |&wanted: &Signal| Ok((wanted, signal(SignalKind::from_raw(wanted as i32)).context("listening for signals")?));
    signals.map(listen).collect()
}

/// Waits for the next signal.
async fn next(signals: &mut [(Signal, Signals)]) -> Signal {
    poll_fn(|context| {
        let mut arrived =
            signals.iter_mut().filter_map(|(signal, signals)| signals.poll_recv(context).is_ready().then_some(*signal));
        arrived.next().map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

/// Waits until the command may have stopped at the terminal.
async fn changed(terminal: &mut Option<Terminal>) {
    match terminal {
        Some(terminal) => terminal.changed().await,
        None => pending().await,
    }
}

/// The signals that were ignored when we were started, one bit each: under `nohup`, say. They stay ignored, by us and by the
/// command.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
