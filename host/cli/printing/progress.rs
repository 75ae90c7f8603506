//! One line about long work, on standard error: rows, bytes, rate. It is there only for somebody who sees nothing else: on a terminal
//! that the records do not go to, once the work has taken a second; and never while something of ours is said.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use nix::unistd::{getpgrp, tcgetpgrp};
use tokio::time::sleep;

/// Work that takes less is not worth a line.
const AFTER: Duration = Duration::from_secs(1);

/// How often the line changes.
const STEP: Duration = Duration::from_millis(200);

/// Whether there is room for a line. Whether there is a terminal is only checked when it is time for one.
static WANTED: AtomicBool = AtomicBool::new(false);
static ROWS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
/// Machines: all of them, those that are done, those of these that failed.
static HOSTS: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
/// The line, once there is one.
static LINE: OnceLock<Line> = OnceLock::new();

struct Line {
    bar: ProgressBar,
    /// Roughly when the work began.
    since: Instant,
}

/// Allows a line, if one is wanted. Nothing is checked yet.
pub(crate) fn allow(wanted: bool) {
    WANTED.store(wanted, Relaxed);
}

/// Allows a line about machines, also where the records go to the terminal: they may be long in coming.
pub(crate) fn allow_hosts(wanted: bool, total: usize) {
    HOSTS[0].store(total as u64, Relaxed);
    allow(wanted);
}

/// Counts a machine that is done.
pub(crate) fn host(ok: bool) {
    HOSTS[1].fetch_add(1, Relaxed);
    HOSTS[2].fetch_add(u64::from(!ok), Relaxed);
}

/// Counts bytes that were read.
pub(crate) fn read(bytes: usize) {
    BYTES.fetch_add(bytes as u64, Relaxed);
}

/// Counts rows that were printed.
pub(crate) fn rows(rows: usize) {
    ROWS.fetch_add(rows as u64, Relaxed);
}

/// Does some work, with the line beside it if it takes long.
pub(crate) async fn beside<T>(work: impl Future<Output = T>) -> T {
    if !WANTED.load(Relaxed) {
        return work.await;
    }
    let begin = Instant::now();
    let mut work = pin!(work);
    let mut wait = if LINE.get().is_some() { STEP } else { AFTER };
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = sleep(wait) => wait = STEP,
        }
        draw(begin);
    }
}

/// For work that reads and waits by itself: draws the line when it is time for it.
pub(crate) struct Beside {
    begin: Instant,
    next: Instant,
}

impl Beside {
    pub(crate) fn new() -> Beside {
        let begin = Instant::now();
        Beside { begin, next: begin + AFTER }
    }

    /// Called whenever some of the work is done.
    pub(crate) fn step(&mut self) {
        if WANTED.load(Relaxed) && Instant::now() >= self.next {
            self.next = Instant::now() + STEP;
            draw(self.begin);
        }
    }
}

fn draw(begin: Instant) {
    let Some(line) = line(begin) else {
        WANTED.store(false, Relaxed);
        return;
    };
    // In the background, the terminal is not ours to write to; and when a command reads from it, it is lent to that command.
    if tcgetpgrp(io::stderr()) != Ok(getpgrp()) {
        return;
    }
    let [total, done, failed] = HOSTS.each_ref().map(|count| count.load(Relaxed));
    if total > 0 {
        let waiting = total.saturating_sub(done);
        line.bar.set_message(format!("{} hosts done, {waiting} waiting, {failed} failed", done - failed));
        return;
    }
    let (rows, bytes) = (ROWS.load(Relaxed), BYTES.load(Relaxed));
    let seconds = line.since.elapsed().as_secs_f64().max(0.001);
    let rate = HumanBytes((bytes as f64 / seconds) as u64);
    // There are no rows when bytes are passed through.
    let rows = if rows > 0 { format!("{} rows, ", HumanCount(rows)) } else { String::new() };
    line.bar.set_message(format!("{rows}{}, {rate}/s, {seconds:.0} s", HumanBytes(bytes)));
}

/// The line; None where there is nobody to see it.
fn line(begin: Instant) -> Option<&'static Line> {
    if let Some(line) = LINE.get() {
        return Some(line);
    }
    // No colours, whatever `NO_COLOR` says: there is nothing to tell apart.
    let style = ProgressStyle::with_template("{msg}").ok()?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style);
    // Standard error is no terminal, or one that cannot move its cursor.
    if bar.is_hidden() {
        return None;
    }
    Some(LINE.get_or_init(|| Line { bar, since: begin }))
}

/// Ends the line: the work is done, or what follows goes to the terminal.
pub(crate) fn end() {
    WANTED.store(false, Relaxed);
    if let Some(line) = LINE.get() {
        line.bar.finish_and_clear();
    }
}

/// Says something while the line is away.
pub(crate) fn aside<T>(say: impl FnOnce() -> T) -> T {
    match LINE.get() {
        Some(line) if !line.bar.is_finished() => line.bar.suspend(say),
        _ => say(),
    }
}
