//! The output of one machine on its way to a parser, which works beside and tells what it finds.

use std::sync::Arc;

use anyhow::Context;
use tokio::sync::oneshot;

use super::count::{Count, Counted};
use super::orders::Orders;
use super::target::Target;
use super::told::{Sender, Told};
use outparse::capture::lines::{Ending, LineCutter, READ_SIZE};
use outparse::error::Error;
use outparse::parse::{Parse, pipeline};
use outparse::registry::{Candidate, Capture};
use outparse::sandbox::Ended;

/// A parse at work.
pub(super) struct Parsing {
    input: Option<pipeline::Input>,
    cutter: LineCutter,
    done: oneshot::Receiver<Parsed>,
}

/// What came of a parse.
pub(super) struct Parsed {
    pub(super) result: Result<(), Error>,
    pub(super) counted: Counted,
}

impl Parsing {
    /// Starts one for what this machine prints. What it finds goes to the sender.
    pub(super) fn start(
        orders: &Arc<Orders>,
        target: &Arc<Target>,
        sender: &Sender,
        capture: Capture,
        candidates: Vec<Candidate>,
    ) -> Result<Parsing, Error> {
        let sandbox = orders.sandbox.clone();
        let (longest, component) = (sandbox.limits().line, sandbox.limits().component);
        let (target, sender, orders) = (Arc::clone(target), sender.clone(), Arc::clone(orders));
        let tell = move |answer| sender.blocking_send(Told::new(&target, answer)).ok().context("the output has ended");
        let count = Count::new(Counted::default(), tell, move |candidate: &_| orders.digests.of(candidate, component));
        let (finished, done) = oneshot::channel();
        let input = pipeline::parse_beside(
            move || Parse::new(sandbox, capture, candidates),
            count,
            move |count, result| {
                // A visit that is over does not want to know.
                let _ = finished.send(Parsed { result, counted: count.counted() });
            },
        )?;
        Ok(Parsing { input: Some(input), cutter: LineCutter::new(longest), done })
    }

    /// Gives it some of the output. It is not waited for longer than its queue is full.
    pub(super) async fn feed(&mut self, mut bytes: &[u8]) {
        while let Some(pieces) = self.input.as_ref().filter(|_| !bytes.is_empty()) {
            let (now, later) = bytes.split_at(bytes.len().min(READ_SIZE));
            self.cutter.buffer().extend_from_slice(now);
            bytes = later;
            let mut refused = false;
            for piece in self.cutter.cut() {
                refused |= !pieces.send(piece).await;
            }
            if refused {
                self.input = None;
            }
        }
    }

    /// Whether it wants no more of the output.
    pub(super) fn has_refused(&self) -> bool {
        self.input.is_none()
    }

    /// Ends it with the last of the output.
    pub(super) async fn end(mut self, rest: &[u8], ending: Ending, ended: Ended) -> Option<Parsed> {
        self.feed(rest).await;
        if let Some(pieces) = self.input.take() {
            for piece in self.cutter.finish(ending) {
                pieces.send(piece).await;
            }
            pieces.end(ended).await;
        }
        self.done.await.ok()
    }

    /// Waits for what comes of it without any more of the output.
    pub(super) async fn given_up(self) -> Option<Parsed> {
        drop(self.input);
        self.done.await.ok()
    }
}
