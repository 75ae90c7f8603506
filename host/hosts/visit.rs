//! One machine: connects, runs the command, hands its output to a parser, and says what came of it.

use std::future::pending;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStderr, ChildStdin};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

use super::client::Connection;
use super::count::{Count, Counted};
use super::frame::{Came, Frame, Machine};
use super::log::{Log, Stage};
use super::orders::Orders;
use super::outcome::{Outcome, Verdict};
use super::script::{Marks, Way, order, question, script};
use super::target::Target;
use super::told::{Answer, Sender, Told};
use super::window::Place;
use outparse::capture::lines::{Ending, LineCutter, READ_SIZE};
use outparse::error::Error;
use outparse::parse::{Parse, pipeline};
use outparse::registry::{Candidate, Capture, Query, rank};
use outparse::runtime::at;
use outparse::sandbox::Ended;
use outparse::words::plain;

/// How long a machine may be waited for before another one goes first: once the client waits for nothing but the network; and while it
/// looks the machine up, or only begins, because this machine is busy.
const PATIENCE: Duration = Duration::from_millis(100);
const LONG_PATIENCE: Duration = Duration::from_secs(2);

/// How long the client may take, beyond the time it was given itself.
const SLACK: Duration = Duration::from_millis(500);

/// How often a machine has the time of the connection, once it has answered, to let us in: where many are asked at once, this machine may
/// be what is slow. One that has stopped is given up by the client itself.
const LOGIN: u32 = 3;

/// How long a client that is to end may take for that.
const GRACE: Duration = Duration::from_secs(1);

/// How long the rest is awaited, once the client has ended or its output was refused.
const REST: Duration = Duration::from_secs(2);

/// Before another try.
const PAUSE: Duration = Duration::from_millis(250);

/// Lines of a machine's standard error that are passed on, and characters of one.
const MOST_LINES: u64 = 20;
const LONGEST: usize = 500;

/// Visits a machine. All that comes goes to the sender, its outcome last.
pub(super) async fn visit(
    orders: Arc<Orders>,
    target: Arc<Target>,
    mut place: Place,
    sender: Sender,
    stop: watch::Receiver<bool>,
) {
    let mut attempts = 0;
    let outcome = loop {
        attempts += 1;
        let number = orders.number();
        let mut visit = Visit::new(&orders, &target, &sender);
        let verdict = visit.run(&mut place, stop.clone(), number).await;
        let again = visit.may_try_again && attempts <= orders.retries && !*stop.borrow();
        let outcome = visit.outcome(attempts, verdict).await;
        if !again {
            break outcome;
        }
        sleep(PAUSE * attempts).await;
    };
    // Nobody wants to know, where this fails.
    let _ = sender.send(Told::new(&target, Answer::Outcome(outcome))).await;
}

/// What was seen so far.
struct Visit<'a> {
    orders: &'a Arc<Orders>,
    target: &'a Arc<Target>,
    sender: &'a Sender,
    begin: Instant,
    /// When the machine ran the script.
    begun: Option<Instant>,
    /// When it ran the command.
    running: Option<Instant>,
    ended: Option<(u8, Instant)>,
    machine: Option<Machine>,
    parsing: Option<Parsing>,
    parsed: Option<Parsed>,
    bytes: u64,
    /// The last line of standard error, and how many there were.
    said: Option<String>,
    lines: u64,
    /// A remark on an outcome that is none of failure.
    remark: Option<String>,
    /// Nothing can have run, and the reason may pass.
    may_try_again: bool,
    /// Takes what the machine is to run, where that depends on what it is.
    order: Option<(oneshot::Sender<Vec<u8>>, Marks)>,
}

/// A parse at work.
struct Parsing {
    input: Option<pipeline::Input>,
    cutter: LineCutter,
    done: oneshot::Receiver<Parsed>,
}

/// What came of a parse.
struct Parsed {
    result: Result<(), Error>,
    counted: Counted,
}

/// Why a visit is over.
type Over = (Verdict, Option<String>);

impl<'a> Visit<'a> {
    fn new(orders: &'a Arc<Orders>, target: &'a Arc<Target>, sender: &'a Sender) -> Visit<'a> {
        Visit {
            orders,
            target,
            sender,
            begin: Instant::now(),
            begun: None,
            running: None,
            ended: None,
            machine: None,
            parsing: None,
            parsed: None,
            bytes: 0,
            said: None,
            lines: 0,
            remark: None,
            may_try_again: false,
            order: None,
        }
    }

    async fn run(&mut self, place: &mut Place, stop: watch::Receiver<bool>, number: usize) -> Over {
        let marks = match Marks::drawn() {
            Ok(marks) => marks,
            Err(error) => return (Verdict::Failed, Some(format!("{error:#}"))),
        };
        let orders = self.orders;
        let (order, ordered) = oneshot::channel();
        let script = match (orders.device, orders.exact) {
            (true, _) => Vec::new(),
            (false, false) => script(&orders.words, self.way(), &marks),
            (false, true) => {
                self.order = Some((order, marks.clone()));
                question(&orders.words, self.way(), &marks)
            }
        };
        let frame = if orders.device { Frame::of_device(marks) } else { Frame::new(marks) };
        let mut connection = match orders.logs.connect(&orders.client, self.target, number, &orders.remote()) {
            Ok(connection) => connection,
            Err(error) => return (Verdict::Unreachable, Some(format!("the client cannot be started: {}", error.in_one_line()))),
        };
        let input = connection.process.take_input().map(|input| tokio::spawn(write(input, script, ordered)));
        let errors = connection.process.take_errors();
        let over = self.talk(&mut connection, errors, frame, place, stop).await;
        if let Some(input) = input {
            input.abort();
        }
        over
    }

    fn way(&self) -> Way<'a> {
        Way { locale: &self.orders.locale, sudo: self.orders.sudo, input: &self.orders.input }
    }

    /// Reads until the visit is over.
    async fn talk(
        &mut self,
        connection: &mut Connection,
        mut errors: Option<ChildStderr>,
        mut frame: Frame,
        place: &mut Place,
        mut stop: watch::Receiver<bool>,
    ) -> Over {
        let mut log = Log::default();
        let (mut log_buffer, mut lines) = (Vec::with_capacity(4096), Vec::new());
        let mut patience = Some(self.begin + LONG_PATIENCE);
        let over = loop {
            // Until the machine runs what it is asked, that is what there is to wait for; then its command.
            let deadline = match (self.running, self.orders.timeout) {
                _ if self.begun.is_none() => Some(self.begin + self.patience(&log) + SLACK),
                (Some(running), Some(timeout)) => Some(running + timeout),
                _ => None,
            };
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break Some((Verdict::Cancelled, None)),
                read = connection.process.read(frame.buffer()) => match read {
                    Ok(0) => break None,
                    Ok(_) => {
                        if let Some(over) = self.device_runs(place) {
                            break Some(over);
                        }
                        if let Some(over) = self.take(&mut frame, place).await {
                            break Some(over);
                        }
                    }
                    Err(error) => break Some((Verdict::Partial, Some(format!("its output cannot be read: {error}")))),
                },
                read = read_errors(&mut errors, &mut lines) => {
                    if read == 0 {
                        errors = None;
                    }
                    self.take_errors(&mut lines, read == 0).await;
                }
                read = connection.log.read_buf(&mut log_buffer) => {
                    log.take(&log_buffer);
                    log_buffer.clear();
                    patience = match log.stage() {
                        Stage::Connecting => patience.map(|patience| patience.min(Instant::now() + PATIENCE)),
                        Stage::Starting => patience,
                        Stage::Connected | Stage::Authenticated => None,
                    };
                    if read.is_err() {
                        break None;
                    }
                    if log.stage() == Stage::Authenticated && let Some(over) = self.device_runs(place) {
                        break Some(over);
                    }
                }
                () = at(patience) => {
                    patience = None;
                    place.waits();
                }
                () = at(deadline) => break Some(self.out_of_time(&log)),
            }
        };
        if let Some(over) = over {
            if connection.process.terminate(GRACE).await.is_err() {
                tracing::debug!("{}: the client has not ended", self.target.name);
            }
            self.end_parse(frame.finish(), Ending::CutOff, Ended { complete: false, status: None }).await;
            return over;
        }
        connection.process.close_output();
        let status = match timeout(REST, connection.process.wait()).await {
            Ok(Ok(status)) => Some(status),
            _ => connection.process.terminate(GRACE).await.ok(),
        };
        // What is there already is read; a client in the background may keep its log open.
        while let Ok(read @ 1..) = connection.log.try_read_buf(&mut log_buffer) {
            log.take(&log_buffer[..read]);
            log_buffer.clear();
        }
        let rest = async { while read_errors(&mut errors, &mut lines).await > 0 {} };
        let _ = timeout(Duration::from_millis(200), rest).await;
        self.take_errors(&mut lines, true).await;
        self.ended(&log, status.and_then(|status| status.code()), frame).await
    }

    /// How long the machine may take until it runs what it is asked.
    fn patience(&self, log: &Log) -> Duration {
        let times = if log.stage() >= Stage::Connected { LOGIN } else { 1 };
        self.orders.client.connect_timeout * times
    }

    fn out_of_time(&self, log: &Log) -> Over {
        let after = |time: Duration| format!("{} s", time.as_secs_f64());
        if self.begun.is_some() {
            return (
                Verdict::Timeout,
                Some(format!("the command was ended after {}", after(self.orders.timeout.unwrap_or_default()))),
            );
        }
        let time = after(self.patience(log));
        let message = match log.stage() {
            Stage::Starting | Stage::Connecting => format!("no answer within {time}"),
            Stage::Connected => format!("it has answered, and did not let us in within {time}"),
            Stage::Authenticated => format!("it has let us in, and the command did not begin within {time}"),
        };
        (Verdict::Unreachable, Some(message))
    }

    /// A device that has let us in runs the command; it says nothing of itself. Some when there is nothing more to wait for.
    fn device_runs(&mut self, place: &mut Place) -> Option<Over> {
        if !self.orders.device || self.begun.is_some() {
            return None;
        }
        (self.begun, self.running) = (Some(Instant::now()), Some(Instant::now()));
        place.answered();
        self.machine = Some(Machine {
            platform: self.orders.platform.clone(),
            locale: "C".to_owned(),
            program: Some(self.orders.program()),
            ..Machine::default()
        });
        self.start().err().map(|error| (Verdict::RefusedByParser, Some(error.in_one_line())))
    }

    /// Takes what has been read. Some when there is nothing more to wait for.
    async fn take(&mut self, frame: &mut Frame, place: &mut Place) -> Option<Over> {
        for came in frame.take() {
            match came {
                Came::Begun => {
                    self.begun = Some(Instant::now());
                    place.answered();
                }
                Came::Machine(machine) => {
                    self.running = Some(Instant::now());
                    self.machine = Some(machine);
                    if let Err(error) = self.start() {
                        return Some((Verdict::RefusedByParser, Some(error.in_one_line())));
                    }
                }
                Came::Output(bytes) => {
                    self.bytes += bytes.len() as u64;
                    self.feed(&bytes).await;
                }
                Came::Ended(status) => self.ended = Some((status, Instant::now())),
                Came::Nonsense(what) => return Some((Verdict::Failed, Some(what.to_owned()))),
            }
        }
        // A parser that wants no more has refused it: what the command still says can only explain that.
        if self.parsing.as_ref().is_some_and(|parsing| parsing.input.is_none()) && self.ended.is_none() {
            self.wait_for_parser().await;
            return match &self.parsed {
                Some(Parsed { result: Err(error), .. }) => Some((Verdict::RefusedByParser, Some(error.in_one_line()))),
                _ => Some((Verdict::Cancelled, None)),
            };
        }
        None
    }

    /// Chooses the parser by what the machine is, and starts it.
    fn start(&mut self) -> Result<(), Error> {
        let Some(machine) = self.machine.clone().filter(|machine| machine.program.is_some()) else { return Ok(()) };
        self.note_identity(&machine);
        let orders = self.orders;
        let platform = orders.platform.clone().or(machine.platform);
        let text: Vec<String> = orders.words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let query = Query {
            command: &text,
            path: None,
            platform: platform.as_deref().unwrap_or_default(),
            implementation: machine.implementation.as_deref(),
            plugin: orders.plugin.as_deref(),
        };
        let candidates = rank(&query, &orders.config)?.into_candidates();
        let text = self.settle(text, &candidates)?;
        let capture = Capture {
            words: text,
            arguments_known: true,
            path: None,
            platform: platform.clone(),
            locale: match &orders.locale {
                outparse::capture::command::Locale::C => Some(machine.locale),
                other => other.name(),
            },
            captured: orders.captured.or(machine.now).or_else(|| Some(outparse::capture::clock::now())),
        };
        let sandbox = orders.sandbox.clone();
        let (longest, component) = (sandbox.limits().line, sandbox.limits().component);
        let (target, sender) = (Arc::clone(self.target), self.sender.clone());
        let tell = move |answer| sender.blocking_send(Told::new(&target, answer)).ok().context("the output has ended");
        let knows = Arc::clone(orders);
        let count = Count::new(Counted::default(), tell, move |candidate: &_| knows.digests.of(candidate, component));
        let (finished, done) = oneshot::channel();
        let input = pipeline::parse_beside(
            move || Parse::new(sandbox, capture, candidates),
            count,
            move |count, result| {
                // A visit that is over does not want to know.
                let _ = finished.send(Parsed { result, counted: count.counted() });
            },
        )?;
        self.parsing = Some(Parsing { input: Some(input), cutter: LineCutter::new(longest), done });
        Ok(())
    }

    /// Settles what the machine is to run, where it waits for that, and tells it.
    fn settle(&mut self, text: Vec<String>, candidates: &[Candidate]) -> Result<Vec<String>, Error> {
        let orders = self.orders;
        let Some((order_to, marks)) = self.order.take() else { return Ok(text) };
        let exact = orders.exacts.of(&text, candidates, &orders.sandbox)?;
        if exact.is_none() {
            let plain = format!("`{}` has no arguments that would lose less: it was run as it is", text[0]);
            self.remark = Some(self.remark.take().map_or(plain.clone(), |remark| format!("{remark}; {plain}")));
        }
        let words = exact.as_ref().unwrap_or(&orders.words);
        let _ = order_to.send(order(words, self.way(), &marks));
        Ok(exact.map_or(text, |words| words.iter().map(|word| word.to_string_lossy().into_owned()).collect()))
    }

    /// A machine that was visited by another name is told of, and not twice in silence.
    fn note_identity(&mut self, machine: &Machine) {
        let Some(identity) = machine.identity.clone() else { return };
        let mut known = self.orders.known.lock().unwrap_or_else(PoisonError::into_inner);
        let first = known.entry(identity).or_insert_with(|| self.target.name.clone());
        if *first != self.target.name {
            self.remark = Some(format!("the same machine as {first}"));
        }
    }

    async fn feed(&mut self, mut bytes: &[u8]) {
        let Some(Parsing { input, cutter, .. }) = &mut self.parsing else { return };
        while let Some(pieces) = input.as_ref().filter(|_| !bytes.is_empty()) {
            let (now, later) = bytes.split_at(bytes.len().min(READ_SIZE));
            cutter.buffer().extend_from_slice(now);
            bytes = later;
            let mut refused = false;
            for piece in cutter.cut() {
                refused |= !pieces.send(piece).await;
            }
            if refused {
                *input = None;
            }
        }
    }

    /// Ends the parse with what is left of the output.
    async fn end_parse(&mut self, rest: Option<Vec<u8>>, ending: Ending, ended: Ended) {
        self.feed(&rest.unwrap_or_default()).await;
        if let Some(Parsing { input, cutter, .. }) = &mut self.parsing
            && let Some(pieces) = input.take()
        {
            for piece in cutter.finish(ending) {
                pieces.send(piece).await;
            }
            pieces.end(ended).await;
        }
        self.wait_for_parser().await;
    }

    async fn wait_for_parser(&mut self) {
        if let Some(parsing) = self.parsing.take() {
            drop(parsing.input);
            self.parsed = parsing.done.await.ok();
        }
    }

    /// The client has ended.
    async fn ended(&mut self, log: &Log, status: Option<i32>, frame: Frame) -> Over {
        let Some(_) = self.begun else { return self.never_begun(log, status, &frame) };
        // A device says that it is done by ending the channel, and often nothing of how it went.
        if self.orders.device
            && let Some(code) = log.exit_status_of_device()
        {
            self.ended = Some((u8::try_from(code).unwrap_or(u8::MAX), Instant::now()));
        }
        let Some((code, _)) = self.ended else {
            let (_, why) = log.verdict();
            if self.machine.as_ref().is_some_and(|machine| machine.program.is_none()) {
                return (Verdict::NoCommand, Some(format!("`{}`: command not found", self.orders.program())));
            }
            self.end_parse(frame.finish(), Ending::CutOff, Ended { complete: false, status: None }).await;
            let why = if status.is_none() { "the client was killed".to_owned() } else { why };
            return (Verdict::Partial, Some(why.replace("before the command began", "while the command ran")));
        };
        // How a shell tells of a signal says nothing of a core file, nor of a status that only looks like one.
        let status = std::os::unix::process::ExitStatusExt::from_raw(i32::from(code) << 8);
        let rest = if self.orders.device { frame.finish() } else { None };
        self.end_parse(rest, Ending::Closed, Ended { complete: true, status: Some(status) }).await;
        match (code, &self.parsed) {
            (0, Some(Parsed { result: Ok(()), .. })) => (Verdict::Ok, None),
            (0, Some(Parsed { result: Err(error), .. })) => (Verdict::RefusedByParser, Some(error.in_one_line())),
            (0, None) => (Verdict::Failed, Some("it printed marks of an end before it had begun".to_owned())),
            (code, _) => (Verdict::Failed, Some(self.with_said(format!("exit status {code}")))),
        }
    }

    fn never_begun(&mut self, log: &Log, status: Option<i32>, frame: &Frame) -> Over {
        let shown = plain(String::from_utf8_lossy(frame.noise()).trim(), 200);
        let printed = if shown.is_empty() { String::new() } else { format!("; it printed `{shown}`") };
        match status {
            None => (Verdict::Unreachable, Some("the client was killed".to_owned())),
            Some(_) if log.is_silent() => {
                let message =
                    format!("the client kept no log: it has to be OpenSSH's, 6.3 or newer, and not told to be quiet{printed}");
                (Verdict::Unreachable, Some(self.with_said(message)))
            }
            Some(255) => {
                self.may_try_again = log.was_dropped();
                let (verdict, why) = log.verdict();
                // What stands in the way may say more there than the client can know: a jump host does.
                (verdict, Some(if verdict == Verdict::Unreachable { self.with_said(why) } else { why }))
            }
            Some(127) => {
                (Verdict::NoCommand, Some(self.with_said(format!("there is no `sh` that runs what it is asked{printed}"))))
            }
            Some(code) => {
                let message = format!("something else than the command ran there, with exit status {code}{printed}");
                (Verdict::Failed, Some(self.with_said(message)))
            }
        }
    }

    /// With the last that the machine said on standard error.
    fn with_said(&self, message: String) -> String {
        match &self.said {
            Some(said) => format!("{message}: {said}"),
            None => message,
        }
    }

    /// Passes on what a machine says on standard error, once the command runs: before that come banners.
    async fn take_errors(&mut self, lines: &mut Vec<u8>, all: bool) {
        while let Some(end) =
            memchr::memchr(b'\n', lines).or_else(|| (all || lines.len() > READ_SIZE).then(|| lines.len().checked_sub(1))?)
        {
            let line: Vec<u8> = lines.drain(..=end).collect();
            let line = plain(String::from_utf8_lossy(&line).trim_end(), LONGEST);
            if line.is_empty() {
                continue;
            }
            self.said = Some(line.clone());
            if self.begun.is_some() {
                self.lines += 1;
                if self.lines <= MOST_LINES {
                    let _ = self.sender.send(Told::new(self.target, Answer::Errors(line))).await;
                }
            }
        }
    }

    async fn outcome(mut self, attempts: u32, (verdict, message): Over) -> Outcome {
        self.wait_for_parser().await;
        if self.lines > MOST_LINES {
            let line = format!("… and {} more lines", self.lines - MOST_LINES);
            let _ = self.sender.send(Told::new(self.target, Answer::Errors(line))).await;
        }
        let millis = |from: Instant, to: Instant| to.duration_since(from).as_millis() as u64;
        let mut outcome = Outcome::new(&self.target.name, verdict);
        outcome.exit_status = self.ended.map(|(status, _)| status);
        outcome.attempts = attempts;
        outcome.connect_ms = self.begun.map(|begun| millis(self.begin, begun));
        outcome.run_ms = self.running.zip(self.ended).map(|(running, (_, ended))| millis(running, ended));
        outcome.bytes = self.bytes;
        outcome.platform = self.machine.and_then(|machine| machine.platform);
        if let Some(parsed) = self.parsed {
            parsed.counted.into_outcome(&mut outcome);
        }
        outcome.message = message.or(self.remark);
        outcome
    }
}

/// Writes the script, and the rest of it once that is known, and keeps the input open: its end would end the command.
async fn write(mut input: ChildStdin, script: Vec<u8>, rest: oneshot::Receiver<Vec<u8>>) -> ChildStdin {
    let mut written = input.write_all(&script).await;
    if let Ok(rest) = rest.await {
        written = written.and(input.write_all(&rest).await);
    }
    if written.is_ok() {
        pending::<()>().await;
    }
    input
}

/// Reads from standard error. 0 at its end.
async fn read_errors(errors: &mut Option<ChildStderr>, lines: &mut Vec<u8>) -> usize {
    match errors {
        Some(errors) => errors.read_buf(lines).await.unwrap_or(0),
        None => pending().await,
    }
}

/// Waits until the run is to end.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|&stop| stop).await.is_err() {
        // Nobody is left who could end it.
        pending().await
    }
}
