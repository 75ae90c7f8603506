//! `ping` prints one line for each answer as it arrives and a summary at the end: a record each, in that order, so that a
//! long run can be watched.
//!
//! iputils (Linux), BSD and macOS, BusyBox, toybox and GNU inetutils differ in the heading and in a few words; their lines
//! cannot be mistaken for each other, so one parser reads them all. This module owns the order of the lines and what is
//! carried from one to the next; [`heading`], [`reply`] and [`summary`] read the lines themselves.

mod heading;
mod record;
mod reply;
mod summary;

use std::collections::VecDeque;

use outparse_sdk::{About, Ending, Error, Line, Parser, Rows, Source};

use heading::Target;
pub use record::Event;

/// How many sequence numbers are remembered to find duplicates where ping does not mark them.
const REMEMBERED: usize = 1024;

/// Reads what `ping` prints.
#[derive(Default)]
pub struct Ping {
    /// What the heading said. None before it.
    target: Option<Target>,
    /// What fills the packets, printed before the heading.
    pattern: Option<Vec<u8>>,
    /// A record whose next line may say more.
    held: Option<Event>,
    /// Sequence numbers of the latest replies.
    seen: VecDeque<i64>,
    /// Whether the line before was the titles of a returned IP header.
    header_titles: bool,
    /// Which of the fields that not every run has were there so far: the pattern, the source, its device, the size of packets, the time,
    /// the identifier, and of a summary how many requests were under way, and the gap between them. None before a record.
    shape: Option<[bool; 8]>,
}

impl Parser for Ping {
    const ABOUT: About = About {
        name: "ping-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Replies as they arrive, then the summary, of the ping of Linux, BSD, macOS and BusyBox",
        commands: &["ping", "ping6", "busybox ping", "busybox ping6", "toybox ping"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Event;

    fn new(_: &Source) -> Self {
        Ping::default()
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let text = line.bytes.trim_ascii();
        if text.is_empty() || is_flood(text) {
            return Ok(());
        }
        if let Some(pattern) = text.strip_prefix(b"PATTERN: ") {
            self.pattern = Some(pattern.to_vec());
            return Ok(());
        }
        if text.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"ping")) && text.get(4) != Some(&b':') {
            return self.heading(line, rows);
        }
        if self.target.is_none() {
            // The last is what `-v` of iputils says of the address that it has found.
            const ANNOUNCEMENTS: [&[u8]; 4] = [b"WARNING: ", b"ping: ", b"ping6: ", b"ai->ai_family: "];
            let announces = ANNOUNCEMENTS.iter().any(|start| text.starts_with(start));
            return if announces { Ok(()) } else { Err(no_heading(line)) };
        }
        if self.header_titles || reply::is_header_titles(text) {
            return self.returned_header(line, rows);
        }
        if summary::read_times(line, self.held.as_mut())? {
            self.release(rows);
            return Ok(());
        }
        self.release(rows);
        if let Some(name) = end_of_a_run(text) {
            self.target.iter_mut().for_each(|target| target.named(name));
            return Ok(());
        }
        if let Some(summary) = summary::read(line)? {
            self.held = Some(Event::Summary(summary));
            return Ok(());
        }
        let event = reply::read(line, |problem| rows.problem(problem))?;
        self.event(event, rows);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.release(rows);
        Ok(())
    }
}

impl Ping {
    /// A heading begins a run: what is known of another one before it is over.
    fn heading(&mut self, line: Line<'_>, rows: &mut Rows<Event>) -> Result<(), Error> {
        match (heading::read(line), &self.target) {
            (Some(target), _) => {
                self.release(rows);
                self.seen.clear();
                self.target = Some(target);
                Ok(())
            }
            (None, None) => Err(no_heading(line)),
            (None, Some(_)) => Err(line.expected("a heading or a reply").into()),
        }
    }

    /// The header of the packet that an error is about follows it: a line of titles and one of values.
    fn returned_header(&mut self, line: Line<'_>, rows: &mut Rows<Event>) -> Result<(), Error> {
        self.header_titles = !self.header_titles;
        if self.header_titles {
            return Ok(());
        }
        let read = match &mut self.held {
            Some(Event::Error(error)) => reply::read_header(line).map(|header| error.returned_header = Some(header)),
            // The error was not understood, and is reported.
            _ => Ok(()),
        };
        self.release(rows);
        Ok(read?)
    }

    /// An answer, or the news that there was none.
    fn event(&mut self, mut event: Event, rows: &mut Rows<Event>) {
        if let Event::Reply(reply) = &mut event
            && let Some(number) = reply.sequence
        {
            if self.seen.contains(&number) {
                reply.duplicate = true;
            } else {
                self.seen.truncate(REMEMBERED - 1);
                self.seen.push_front(number);
            }
        }
        let complete = matches!(event, Event::Reply(_) | Event::Timeout(_));
        self.held = Some(event);
        if complete {
            self.release(rows);
        }
    }

    /// Makes a record of what was held.
    fn release(&mut self, rows: &mut Rows<Event>) {
        let (Some(mut event), Some(target)) = (self.held.take(), &self.target) else { return };
        event.complete(target, self.pattern.as_ref());
        let [_, _, _, _, timed, identified, _, _] = self.shape.unwrap_or_default();
        let summary = if let Event::Summary(summary) = &event { Some(summary) } else { None };
        let shape = [
            self.pattern.is_some(),
            target.source_address.is_some(),
            target.interface.is_some(),
            target.packet_bytes.is_some(),
            timed || event.time().is_some(),
            identified || matches!(&event, Event::Reply(reply) if reply.identifier.is_some()),
            summary.is_some_and(|summary| summary.most_pending.is_some()),
            summary.is_some_and(|summary| summary.inter_packet_gap.is_some()),
        ];
        if self.shape != Some(shape) {
            self.shape = Some(shape);
            // Those of replies, timeouts, errors and the summary.
            const OPTIONAL: [&[&[&str]]; 4] = [
                &[&["pattern"], &["source_address"], &["interface"], &["packet_bytes"], &["time"], &["identifier"]],
                &[&["pattern"], &["source_address"], &["interface"], &["packet_bytes"], &["time"]],
                &[&["pattern"], &["source_address"], &["interface"], &["packet_bytes"], &["time"]],
                &[
                    &["pattern"],
                    &["source_address"],
                    &["interface"],
                    &["packet_bytes"],
                    &[],
                    &[],
                    &["most_pending"],
                    &["inter_packet_gap", "rtt_moving_mean"],
                ],
            ];
            for (kind, optional) in (0..).zip(OPTIONAL) {
                let missing = optional.iter().zip(shape).filter(|(_, there)| !there);
                rows.without_of(kind, missing.flat_map(|(names, _)| *names).copied());
            }
        }
        rows.push(event);
    }
}

/// The name in `--- NAME ping statistics ---`, or in `----NAME PING Statistics----` of NetBSD.
fn end_of_a_run(text: &[u8]) -> Option<&[u8]> {
    if let Some(name) = text.strip_prefix(b"----") {
        return name.strip_suffix(b" PING Statistics----");
    }
    let name = text.strip_prefix(b"--- ")?.strip_suffix(b" statistics ---")?;
    Some(name.strip_suffix(b" ping").or(name.strip_suffix(b" ping6")).unwrap_or_default())
}

fn no_heading(line: Line<'_>) -> Error {
    Error::Unrecognised(line.expected("`PING host (address) …`"))
}

/// What `ping -f` draws: a point for each request, and a backspace for each reply.
fn is_flood(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b'.' | 8 | b' '))
}

outparse_sdk::export!(Ping);

#[cfg(test)]
mod tests;
