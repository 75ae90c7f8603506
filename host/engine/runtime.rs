//! Waiting: the event loop for processes, pipes, signals and the network, on the thread that asks for it; and waiting for another
//! thread.

use std::future::pending;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::task::Poll;
use std::time::Duration;

use anyhow::Context;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep_until};

/// Pairs of file descriptors that a runtime needs for itself, its signals included, and then some for a pipe or two.
const PAIRS: usize = 4;

/// A runtime for one thread.
pub fn new() -> anyhow::Result<Runtime> {
    // If no file descriptor is left for its signals, tokio panics; this is an error instead.
    let room: std::io::Result<Vec<_>> = (0..PAIRS).map(|_| UnixStream::pair()).collect();
    drop(room.context("opening the pipes that a run needs; `ulimit -n` says how many files may be open")?);
    Builder::new_current_thread().enable_all().build().context("starting the runtime")
}

/// What another thread sends next, none when nothing more will come. With a time limit, pending when nothing comes within it.
pub fn receive<T>(from: &Receiver<T>, within: Option<Duration>) -> Poll<Option<T>> {
    match within.map_or_else(|| from.recv().map_err(RecvTimeoutError::from), |time| from.recv_timeout(time)) {
        Ok(received) => Poll::Ready(Some(received)),
        Err(RecvTimeoutError::Timeout) => Poll::Pending,
        Err(RecvTimeoutError::Disconnected) => Poll::Ready(None),
    }
}

/// Waits until a time, or for ever.
pub async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}
