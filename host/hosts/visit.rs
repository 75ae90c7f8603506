//! One machine: connects, runs the command, hands its output to a parser, and says what came of it.

use std::future::pending;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::ChildStdin;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, timeout};

use super::client::Connection;
use super::ending::{self, Over};
use super::frame::{Came, Frame, Machine};
use super::log::{Log, Stage};
use super::orders::Orders;
use super::outcome::{Outcome, Verdict};
use super::parsing::{Parsed, Parsing};
use super::script::{Marks, Way, order, question, script};
use super::standard_error::StandardError;
use super::target::Target;
use super::told::{Answer, Sender, Told};
use super::window::Place;
use outparse::capture::clock;
use outparse::capture::command::Locale;
use outparse::capture::lines::Ending;
use outparse::error::Error;
use outparse::registry::{Candidate, Capture, Query, rank};
use outparse::runtime::at;
use outparse::sandbox::Ended;

/// How long a machine keeps its place while it is only waited for. Little, once its client waits for an answer from the network; more,
/// while the client looks up the name, because that answers by itself where names are well; and most, until the client has said anything,
/// because then it is this computer that is slow, and one more client would make it slower.
const PATIENCE: Duration = Duration::from_millis(100);
const LOOKUP_PATIENCE: Duration = Duration::from_millis(500);
const START_PATIENCE: Duration = Duration::from_secs(2);

/// How long the client may take beyond the time that it was given to connect. It ends by itself, unless it hangs before it connects.
const SLACK: Duration = Duration::from_millis(500);

/// To let us in and begin the command, a machine that has answered has the time for connecting as often as this: where many are asked at
/// once, it may be this computer that is slow. One that has stopped is given up by the client itself.
const LOGIN: u32 = 3;

/// How long a client that is to end may take for that.
const GRACE: Duration = Duration::from_secs(1);

/// How long the client is awaited, once its output has ended.
const REST: Duration = Duration::from_secs(2);

/// How long the connection may stay open once the command has ended: what the command leaves behind there may keep it open for ever. A
/// command that is run here has as long.
const LINGER: Duration = Duration::from_secs(1);

/// Before another try.
const PAUSE: Duration = Duration::from_millis(250);

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
    // It fails only where nobody reads the answers any more.
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
    errors: StandardError,
    /// What is to be known of the machine, however it went.
    remarks: Vec<String>,
    /// Nothing can have run, and the reason may pass.
    may_try_again: bool,
    /// Takes what the machine is to run, where that depends on what it is.
    order: Option<(oneshot::Sender<Vec<u8>>, Marks)>,
}

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
            errors: StandardError::default(),
            remarks: Vec::new(),
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
            Err(error) => return ending::not_started(&error),
        };
        let input = connection.process.take_input().map(|input| tokio::spawn(write(input, script, ordered)));
        self.errors = StandardError::new(connection.process.take_errors());
        let over = self.talk(&mut connection, frame, place, stop).await;
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
        mut frame: Frame,
        place: &mut Place,
        mut stop: watch::Receiver<bool>,
    ) -> Over {
        let mut log = Log::default();
        let mut log_buffer = Vec::with_capacity(4096);
        let mut patience = Some(self.begin + START_PATIENCE);
        let over = loop {
            let deadline = self.deadline(&log);
            tokio::select! {
                biased;
                () = stopped(&mut stop) => break Some((Verdict::Cancelled, None)),
                // Before what comes: a machine may print without a pause.
                () = at(deadline) => break self.out_of_time(&log),
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
                _ = self.errors.read() => self.tell_errors(false).await,
                read = connection.log.read_buf(&mut log_buffer) => {
                    log.take(&log_buffer);
                    log_buffer.clear();
                    let no_later_than = |time| patience.map(|patience| patience.min(Instant::now() + time));
                    patience = match log.stage() {
                        Stage::Starting => no_later_than(LOOKUP_PATIENCE),
                        Stage::Connecting => no_later_than(PATIENCE),
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
            }
        };
        if let Some(over) = over {
            if connection.process.terminate(GRACE).await.is_err() {
                tracing::debug!("{}: the client has not ended", self.target.name);
            }
            self.end_parse(frame.finish(), Ending::CutOff, Ended { complete: false, status: None }).await;
            return over;
        }
        let status = self.client_s_end(connection).await;
        // What is there already is read; a client in the background may keep its log open.
        while let Ok(read @ 1..) = connection.log.try_read_buf(&mut log_buffer) {
            log.take(&log_buffer[..read]);
            log_buffer.clear();
        }
        let rest = async { while self.errors.read().await > 0 {} };
        let _ = timeout(Duration::from_millis(200), rest).await;
        self.tell_errors(true).await;
        self.ended(&log, status, frame).await
    }

    /// Waits for the client, whose output has ended, and ends what it has started: a command that was to connect for it may hang. A client
    /// that stays in the background for others to share its connection has left our process group. None when it was killed.
    async fn client_s_end(&self, connection: &mut Connection) -> Option<i32> {
        connection.process.close_output();
        let waits = if self.ended.is_some_and(|(_, ended)| ended.elapsed() >= LINGER) { Duration::ZERO } else { REST };
        let status = match timeout(waits, connection.process.wait()).await {
            Ok(Ok(status)) => {
                connection.process.signal(Signal::SIGTERM);
                Some(status)
            }
            _ => connection.process.terminate(GRACE).await.ok(),
        };
        status.and_then(|status| status.code())
    }

    /// Until when what is awaited next has to come.
    fn deadline(&self, log: &Log) -> Option<Instant> {
        match (self.running, self.ended) {
            (_, Some((_, ended))) => Some(ended + LINGER),
            (Some(running), None) => self.orders.timeout.map(|timeout| running + timeout),
            (None, None) => Some(self.begin + self.patience(log) + SLACK),
        }
    }

    /// How long the machine may take until it runs the command.
    fn patience(&self, log: &Log) -> Duration {
        let times = if log.stage() >= Stage::Connected { LOGIN } else { 1 };
        self.orders.client.connect_timeout * times
    }

    /// What has not come in time. None when that does not matter any more, because the command has ended.
    fn out_of_time(&self, log: &Log) -> Option<Over> {
        match (self.running, self.ended) {
            (_, Some(_)) => None,
            (Some(_), None) => Some(ending::ran_too_long(self.orders.timeout.unwrap_or_default())),
            (None, None) => Some(ending::never_came(log, self.begun.is_some(), self.patience(log))),
        }
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
                    if let Some(parsing) = &mut self.parsing {
                        parsing.feed(&bytes).await;
                    }
                }
                Came::Ended(status) => self.ended = Some((status, Instant::now())),
                Came::Nonsense(what) => return Some((Verdict::Failed, Some(what.to_owned()))),
            }
        }
        // A parser that wants no more has refused it: what the command still says can only explain that.
        if self.parsing.as_ref().is_some_and(Parsing::has_refused) && self.ended.is_none() {
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
        let words = self.settle(text, &candidates)?;
        let capture = Capture {
            words,
            arguments_known: true,
            path: None,
            platform: platform.clone(),
            locale: match &orders.locale {
                Locale::C => Some(machine.locale),
                other => other.name(),
            },
            captured: orders.captured.or(machine.now).or_else(|| Some(clock::now())),
            guess_types: orders.guess_types,
        };
        self.parsing = Some(Parsing::start(orders, self.target, self.sender, capture, candidates)?);
        Ok(())
    }

    /// Settles what the machine is to run, where it waits for that, and tells it.
    fn settle(&mut self, text: Vec<String>, candidates: &[Candidate]) -> Result<Vec<String>, Error> {
        let orders = self.orders;
        let Some((order_to, marks)) = self.order.take() else { return Ok(text) };
        let exact = orders.exacts.of(&text, candidates, &orders.sandbox)?;
        if exact.is_none() {
            self.remarks.push(format!("`{}` has no arguments that would lose less: it was run as it is", text[0]));
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
            self.remarks.push(format!("the same machine as {first}"));
        }
    }

    /// Ends the parse with what is left of the output.
    async fn end_parse(&mut self, rest: Option<Vec<u8>>, ending: Ending, ended: Ended) {
        if let Some(parsing) = self.parsing.take() {
            self.parsed = parsing.end(&rest.unwrap_or_default(), ending, ended).await;
        }
    }

    async fn wait_for_parser(&mut self) {
        if let Some(parsing) = self.parsing.take() {
            self.parsed = parsing.given_up().await;
        }
    }

    /// The client has ended.
    async fn ended(&mut self, log: &Log, status: Option<i32>, frame: Frame) -> Over {
        if self.begun.is_none() {
            self.may_try_again = status == Some(255) && log.was_dropped();
            return ending::never_begun(log, status, frame.noise(), &self.errors);
        }
        // A device says that it is done by ending the channel, and often nothing of how it went.
        if self.orders.device
            && let Some(code) = log.exit_status_of_device()
        {
            self.ended = Some((u8::try_from(code).unwrap_or(u8::MAX), Instant::now()));
        }
        let Some((code, _)) = self.ended else {
            if self.machine.as_ref().is_some_and(|machine| machine.program.is_none()) {
                return (Verdict::NoCommand, Some(format!("`{}`: command not found", self.orders.program())));
            }
            self.end_parse(frame.finish(), Ending::CutOff, Ended { complete: false, status: None }).await;
            return ending::broke_off(log, status);
        };
        // How a shell tells of a signal says nothing of a core file, nor of a status that only looks like one.
        let status = std::os::unix::process::ExitStatusExt::from_raw(i32::from(code) << 8);
        let rest = if self.orders.device { frame.finish() } else { None };
        self.end_parse(rest, Ending::Closed, Ended { complete: true, status: Some(status) }).await;
        ending::came_to_its_end(code, self.parsed.as_ref().map(|parsed| &parsed.result), &self.errors)
    }

    /// Passes on what the machine has said on standard error.
    async fn tell_errors(&mut self, all: bool) {
        for line in self.errors.lines(self.begun.is_some(), all) {
            let _ = self.sender.send(Told::new(self.target, Answer::Errors(line))).await;
        }
    }

    async fn outcome(mut self, attempts: u32, (verdict, message): Over) -> Outcome {
        self.wait_for_parser().await;
        if let Some(line) = self.errors.left_out() {
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
        let said: Vec<String> = message.into_iter().chain(self.remarks).collect();
        outcome.message = (!said.is_empty()).then(|| said.join("; "));
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

/// Waits until the run is to end.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|&stop| stop).await.is_err() {
        // Whoever could have ended it is gone.
        pending().await
    }
}
