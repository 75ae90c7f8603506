//! A table of many captures: read, parsed and joined by all cores, in the order of the files, whatever their number and size.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_schema::Schema as ArrowSchema;
use arrow_select::concat::concat_batches;

use super::archives::{self, Input, Members};
use super::bundles::{self, Bundle, Member};
use super::taken::{Failure, Fault, Taken};
use super::{Plan, Pool, Worker};
use outparse::error::Error;
use outparse::parse::Sink;
use outparse::problem::Problem;
use outparse::registry::{Capture, Config};
use outparse::runtime::receive;
use outparse::schema::{About, BadText, Shape, Texts};

/// Rows that are joined before they are passed on.
const ROWS: usize = 8192;

/// How much of one job may wait for its reader, and how many jobs may be under way for each thread.
const QUEUE: usize = 4;
const AHEAD: usize = 2;

/// The most files in one job, and how many jobs there are for each thread if files are few.
const MOST_FILES: usize = 64;
const JOBS: usize = 16;

/// Problems of one capture that are kept; of the others, only the number is.
const MOST_PROBLEMS: u64 = 1000;

/// Shapes that are remembered.
const MOST_SHAPES: usize = 256;

/// Bytes that a capture may have. One that has more is no capture, but something made to expand without end.
const MOST_BYTES: u64 = 16 << 30;

/// Many captures of one command.
#[derive(Clone, Debug)]
pub struct Scan {
    config: Config,
    inputs: Vec<String>,
    more: Vec<Input>,
    members: Vec<String>,
    capture: Capture,
    plugin: Option<String>,
    bundles: bool,
    threads: usize,
    most: u64,
}

/// What comes of a scan.
#[derive(Debug)]
pub enum Told {
    /// Records of this shape may follow.
    Shape(Arc<Shape>),
    /// Records, each with its capture before all other fields.
    Records(Arc<Shape>, RecordBatch),
    /// Something went wrong with a capture.
    Failure(Box<Failure>),
}

/// Captures, records and failures that have been told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Captures that were found.
    pub captures: u64,
    /// Those that were parsed to their ends.
    pub parsed: u64,
    /// Records in them.
    pub records: u64,
    /// Failures, including problems and warnings.
    pub failures: u64,
}

impl Scan {
    /// A scan of files, of all files below folders, and of all that match patterns (`captures/**/*.txt`): captures, compressed
    /// ones, and archives of them. What command they are of is for [`Scan::of`] to say.
    pub fn new(inputs: impl IntoIterator<Item = impl Into<String>>) -> Scan {
        Scan {
            config: Config::default(),
            inputs: inputs.into_iter().map(Into::into).collect(),
            more: Vec::new(),
            members: Vec::new(),
            capture: Capture::default(),
            plugin: None,
            bundles: false,
            threads: thread::available_parallelism().map_or(1, usize::from),
            most: MOST_BYTES,
        }
    }

    /// Also reads these, as they are: a file that is not there is a [`Failure`] of the scan, not an error.
    pub fn and(mut self, inputs: impl IntoIterator<Item = Input>) -> Scan {
        self.more.extend(inputs);
        self
    }

    /// The command or file that the captures are of.
    pub fn of(mut self, capture: Capture) -> Scan {
        self.capture = capture;
        self
    }

    /// Use this parser only.
    pub fn plugin(mut self, choice: Option<String>) -> Scan {
        self.plugin = choice;
        self
    }

    /// The files are bundles as `sos report` makes them. From each, the outputs of the command are taken, with the arguments, the
    /// machine and the time that the bundle states. For a command with arguments, they are those of runs with these arguments,
    /// and perhaps more.
    pub fn bundles(mut self) -> Scan {
        self.bundles = true;
        self
    }

    /// From archives, take only the members that match one of these patterns.
    pub fn members(mut self, patterns: Vec<String>) -> Scan {
        self.members = patterns;
        self
    }

    /// Choices of parsers, and limits of plugins.
    pub fn config(mut self, config: Config) -> Scan {
        self.config = config;
        self
    }

    /// Use this many threads; all cores, unless it is set.
    pub fn threads(mut self, threads: usize) -> Scan {
        self.threads = threads.max(1);
        self
    }

    /// Bytes that a capture may have once it is expanded.
    pub fn most_bytes(mut self, bytes: u64) -> Scan {
        self.most = bytes;
        self
    }

    /// Starts the scan.
    ///
    /// # Errors
    /// A file or folder is not there, a pattern matches nothing or is invalid, no parser reads the command, or the machine cannot
    /// run a sandbox. What goes wrong with a capture is no error: it is told as a [`Failure`].
    pub fn start(self) -> Result<Scanning, Error> {
        let files: VecDeque<_> = archives::files(&self.inputs)?.into_iter().map(Input::File).chain(self.more).collect();
        let members = Members::new(&self.members)?;
        let threads = self.threads.min(files.len()).max(1);
        let pool = Pool::new(self.config, threads + 1)?;
        if self.bundles && self.capture.path.is_some() {
            return Err(Error::Usage("a bundle has the outputs of commands: name one".to_owned()));
        }
        let plan = pool.plan(self.capture, self.plugin.as_deref())?;
        let about = about(&pool, &plan)?;
        let at_once = (files.len() / (threads * JOBS)).clamp(1, MOST_FILES);
        let (order, jobs) = sync_channel(threads * AHEAD);
        let feed = Feed { files, at_once, order: Some(order) };
        let (plugin, bundles, most) = (self.plugin, self.bundles, self.most);
        let shared = Arc::new(Shared { feed: Mutex::new(feed), members, pool, plan, plugin, bundles, most });
        let workers = (0..threads).map(|_| {
            let (shared, worker) = (Arc::clone(&shared), shared.pool.worker());
            let thread = thread::Builder::new().name("scan".to_owned());
            thread.spawn(move || shared.work(worker)).context("starting a thread")
        });
        let workers = workers.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Scanning {
            about,
            jobs: Some(jobs),
            current: None,
            workers,
            shapes: Vec::new(),
            ready: VecDeque::new(),
            counts: Counts::default(),
        })
    }
}

/// What the records of a plan are like: the fields of all parsers that may read them, the first one's first.
fn about(pool: &Pool, plan: &Plan) -> Result<Arc<About>, Error> {
    let mut all = (*pool.about(plan)?).clone();
    for candidate in plan.candidates.iter().skip(1) {
        if candidate.is_catalogue() {
            // It is asked last, is large, and says nothing about its fields.
            all.schema.open = true;
        } else {
            all.schema = all.schema.joined(&pool.loader.about(candidate, &plan.capture)?.schema);
        }
    }
    all.schema = Taken::lead(&all.schema);
    Ok(Arc::new(all))
}

/// A scan under way: what it tells, in the order of the files.
///
/// Memory stays flat: a slow reader slows the threads. Dropping it ends them.
pub struct Scanning {
    about: Arc<About>,
    /// The jobs that are under way or done, in their order.
    jobs: Option<Receiver<Receiver<Heard>>>,
    current: Option<Receiver<Heard>>,
    workers: Vec<JoinHandle<()>>,
    /// Shapes of the threads, each with the equal one that was told.
    shapes: Vec<(Arc<Shape>, Arc<Shape>)>,
    ready: VecDeque<Told>,
    counts: Counts,
}

/// What a job says.
enum Heard {
    Records(Arc<Shape>, RecordBatch),
    Failure(Box<Failure>),
    /// Captures that are done, and how many of them were parsed to their ends.
    Done {
        captures: u64,
        parsed: u64,
    },
}

impl Scanning {
    /// The parser that is asked first, with all fields that records may have: the capture's first.
    pub fn about(&self) -> &Arc<About> {
        &self.about
    }

    /// What has been told so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What a job says next; with a time, pending when nothing comes within it.
    fn hear(&mut self, within: Option<Duration>) -> Poll<Option<Heard>> {
        loop {
            if let Some(current) = &self.current {
                match receive(current, within) {
                    Poll::Ready(None) => self.current = None,
                    heard => return heard,
                }
            }
            let Some(jobs) = &self.jobs else { return Poll::Ready(None) };
            match receive(jobs, within) {
                Poll::Ready(Some(job)) => self.current = Some(job),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// What is told next, if it comes within this time; none after the last.
    pub fn poll(&mut self, within: Duration) -> Poll<Option<Told>> {
        self.told(Some(within))
    }

    fn told(&mut self, within: Option<Duration>) -> Poll<Option<Told>> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Poll::Ready(Some(told));
            }
            let heard = match self.hear(within) {
                Poll::Ready(Some(heard)) => heard,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            };
            match heard {
                Heard::Done { captures, parsed } => {
                    self.counts.captures += captures;
                    self.counts.parsed += parsed;
                }
                Heard::Records(shape, batch) => {
                    let shape = self.shape(&shape);
                    self.counts.records += batch.num_rows() as u64;
                    self.ready.push_back(Told::Records(shape, batch));
                }
                Heard::Failure(failure) => {
                    self.counts.failures += 1;
                    return Poll::Ready(Some(Told::Failure(failure)));
                }
            }
        }
    }

    /// The shape that was told, for a thread's own equal one.
    fn shape(&mut self, own: &Arc<Shape>) -> Arc<Shape> {
        if let Some((_, told)) = self.shapes.iter().find(|(known, _)| Arc::ptr_eq(known, own)) {
            return Arc::clone(told);
        }
        let same = |told: &Arc<Shape>| told.kind == own.kind && told.schema.arrow() == own.schema.arrow();
        let told = self.shapes.iter().map(|(_, told)| told).find(|told| same(told)).cloned();
        let shape = told.unwrap_or_else(|| {
            self.ready.push_back(Told::Shape(Arc::clone(own)));
            Arc::clone(own)
        });
        if self.shapes.len() >= MOST_SHAPES {
            // Shapes without fields of their own will come again.
            self.shapes.clear();
        }
        self.shapes.push((Arc::clone(own), Arc::clone(&shape)));
        shape
    }
}

impl Iterator for Scanning {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        match self.told(None) {
            Poll::Ready(told) => told,
            // Does not happen: without a time limit, it waits.
            Poll::Pending => None,
        }
    }
}

impl Drop for Scanning {
    fn drop(&mut self) {
        // A thread that still has something to say finds that nobody listens, and ends.
        self.current = None;
        self.jobs = None;
        for worker in self.workers.drain(..) {
            let _ = worker.join();
        }
    }
}

/// What all threads share.
struct Shared {
    feed: Mutex<Feed>,
    members: Members,
    pool: Pool,
    plan: Plan,
    plugin: Option<String>,
    bundles: bool,
    most: u64,
}

/// The files that nobody reads yet.
struct Feed {
    files: VecDeque<Input>,
    at_once: usize,
    /// Where jobs are announced. If it is full, announcing waits until one of them has been read. None once nobody reads any
    /// more.
    order: Option<SyncSender<Receiver<Heard>>>,
}

impl Feed {
    fn next(&mut self) -> Option<(Vec<Input>, SyncSender<Heard>)> {
        let order = self.order.as_ref().filter(|_| !self.files.is_empty())?;
        let (sender, receiver) = sync_channel(QUEUE);
        if order.send(receiver).is_err() {
            self.order = None;
            return None;
        }
        let files = self.files.drain(..self.at_once.min(self.files.len())).collect();
        Some((files, sender))
    }
}

impl Shared {
    fn work(&self, mut worker: Worker) {
        let mut gather = Gather {
            plans: HashMap::new(),
            shapes: Vec::new(),
            buckets: Vec::new(),
            captures: 0,
            parsed: 0,
            speaker: Speaker::default(),
        };
        loop {
            let next = self.feed.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((files, sender)) = next else {
                // Otherwise the reader would wait for a job that will not come.
                self.feed.lock().unwrap_or_else(PoisonError::into_inner).order = None;
                return;
            };
            gather.speaker.sender = Some(sender);
            for input in files {
                if self.bundles {
                    gather.bundle(self, &mut worker, &input);
                } else {
                    gather.file(self, &mut worker, &input);
                }
                if gather.speaker.is_gone {
                    return;
                }
            }
            gather.flush();
            gather.speaker.sender = None;
        }
    }
}

/// Where a thread says what it has.
#[derive(Default)]
struct Speaker {
    sender: Option<SyncSender<Heard>>,
    /// Whether nobody listens any more.
    is_gone: bool,
}

impl Speaker {
    fn say(&mut self, heard: Heard) {
        let sent = self.sender.as_ref().is_some_and(|sender| sender.send(heard).is_ok());
        self.is_gone |= !sent;
    }

    fn fail(&mut self, failure: Failure) {
        self.say(Heard::Failure(Box::new(failure)));
    }
}

/// What a thread makes of its captures.
struct Gather {
    /// How captures with other arguments are read; only their bundles know these.
    plans: HashMap<Vec<String>, Plan>,
    /// The shapes of the parsers, and the same with the capture before all other fields.
    shapes: Vec<(Arc<Shape>, Arc<Shape>)>,
    /// Records that wait to be joined, for each shape.
    buckets: Vec<Bucket>,
    /// Captures that are done and not told, and how many of them were parsed to their ends. Telling each by itself would take
    /// longer than parsing it.
    captures: u64,
    parsed: u64,
    speaker: Speaker,
}

/// Records of one shape, and the captures that they are from.
struct Bucket {
    shape: Arc<Shape>,
    rows: usize,
    parts: Vec<(Arc<Taken>, RecordBatch)>,
}

impl Gather {
    fn file(&mut self, shared: &Shared, worker: &mut Worker, input: &Input) {
        let name = input.name();
        let mut found = false;
        let read = input.read(&shared.members, &mut |members, from| {
            found = true;
            let member = (!members.is_empty()).then(|| members.join("!"));
            self.capture(shared, worker, &shared.plan, Taken { path: name.clone(), member, ..shared.taken() }, from)
        });
        if let Err(error) = read {
            let taken = Arc::new(Taken { path: name, ..shared.taken() });
            self.fail(&taken, Fault::Unreadable, error.to_string());
            // A file that cannot be read is a capture that was not parsed. An archive that is broken has been counted by its members.
            if !found {
                self.captures += 1;
            }
        }
    }

    fn fail(&mut self, taken: &Arc<Taken>, fault: Fault, message: String) {
        self.speaker.fail(Failure::new(taken, fault, message));
    }

    /// Takes what is wanted out of a bundle.
    fn bundle(&mut self, shared: &Shared, worker: &mut Worker, input: &Input) {
        let name = input.name();
        let program = shared.plan.capture.words.first().map_or("", String::as_str);
        // An archive may have several bundles.
        let mut bundles: HashMap<String, Bundle> = HashMap::new();
        let mut work = |gather: &mut Gather, bundle: &mut Bundle, names: &[String], path: &str, from: &mut dyn Read| {
            let taken = Taken {
                path: name.clone(),
                member: Some(names.join("!")),
                host: bundle.host.clone(),
                captured: bundle.captured,
                ..shared.taken()
            };
            gather.bundled(shared, worker, (path, bundle.words(path)), taken, from)
        };
        let read = input.read(&Members::default(), &mut |names, from| {
            let Some(member) = names.last() else {
                return Err(io::Error::other("it is no archive, and so no bundle"));
            };
            let (folder, inner) = bundles::parted(member);
            let kind = Member::of(inner, program);
            if matches!(kind, Member::Other) {
                return Ok(());
            }
            let bundle = bundles.entry(names[..names.len() - 1].join("!") + "!" + folder).or_default();
            let mut bytes = Vec::new();
            match kind {
                Member::Command if bundle.has_manifest() => return work(self, bundle, names, inner, from),
                // One byte more than can be held shows that there are more.
                _ => from.take(bundles::MOST_HELD as u64 + 1).read_to_end(&mut bytes)?,
            };
            match kind {
                Member::Hostname => bundle.named(&bytes),
                Member::Manifest if bundle.read(&bytes) => {
                    for (names, path, bytes) in bundle.release() {
                        work(self, bundle, &names, &path, &mut bytes.as_slice())?;
                    }
                }
                Member::Command if !bundle.hold(names, inner, bytes) => {
                    return Err(io::Error::other("there is more before its manifest than can be held"));
                }
                _ => {}
            }
            Ok(())
        });
        // Without a manifest, a file's name is all that is known about it.
        let mut last = Ok(());
        for bundle in bundles.values_mut() {
            for (names, path, bytes) in bundle.release() {
                last = last.and(work(self, bundle, &names, &path, &mut bytes.as_slice()));
            }
        }
        let found = !bundles.is_empty();
        let why = match read.and(last) {
            Err(error) => error.to_string(),
            Ok(()) if !found => "it is no bundle: nothing in it is where `sos report` puts it".to_owned(),
            Ok(()) => return,
        };
        self.fail(&Arc::new(Taken { path: name, ..shared.taken() }), Fault::Unreadable, why);
    }

    /// Parses a capture of a bundle, if it is of the command that is wanted.
    fn bundled(
        &mut self,
        shared: &Shared,
        worker: &mut Worker,
        (path, words): (&str, Option<&Vec<String>>),
        taken: Taken,
        from: &mut dyn Read,
    ) -> io::Result<()> {
        let wanted = &shared.plan.capture;
        let Some(words) = words else {
            if !bundles::may_be(path, &wanted.words) {
                return Ok(());
            }
            let warned = Arc::new(taken.clone());
            self.fail(&warned, Fault::Warning, "its bundle does not say with which arguments the command was run".to_owned());
            return self.capture(shared, worker, &shared.plan, taken, from);
        };
        if !words.starts_with(&wanted.words) {
            return Ok(());
        }
        let taken = Taken { arguments: Some(words[1..].to_vec()), ..taken };
        let plan = match self.plans.get(words) {
            Some(plan) => plan.clone(),
            None => {
                let capture = Capture { words: words.clone(), arguments_known: true, ..wanted.clone() };
                match shared.pool.plan(capture, shared.plugin.as_deref()) {
                    Ok(plan) => {
                        self.plans.insert(words.clone(), plan.clone());
                        plan
                    }
                    Err(error) => {
                        self.captures += 1;
                        self.speaker.fail(Failure::of_error(&Arc::new(taken), &error));
                        return Ok(());
                    }
                }
            }
        };
        let plan = Plan { capture: Capture { captured: taken.captured, ..plan.capture }, ..plan };
        self.capture(shared, worker, &plan, taken, from)
    }

    /// Parses a capture. An error is a failure to read, after which nothing more can be read from an archive.
    fn capture(
        &mut self,
        shared: &Shared,
        worker: &mut Worker,
        plan: &Plan,
        taken: Taken,
        from: &mut dyn Read,
    ) -> io::Result<()> {
        let taken = Arc::new(taken);
        let mut from = Watched { from: from.take(shared.most), failure: None };
        let mut parse = Collected { gather: self, taken: &taken, plugin: None, problems: 0 };
        let parsed = worker.parse_into(plan, &mut from, &mut parse);
        let problems = parse.problems;
        let Watched { mut from, failure } = from;
        if let Some(message) =
            problems.checked_sub(MOST_PROBLEMS).filter(|&more| more > 0).map(|more| format!("… and {more} more problems"))
        {
            self.fail(&taken, Fault::Problem, message);
        }
        let mut whole = parsed.is_ok();
        match (&failure, &parsed) {
            // Whoever reads the archive, or the file, reports it.
            (Some(_), _) => whole = false,
            (None, Err(error)) => self.speaker.fail(Failure::of_error(&taken, error)),
            (None, Ok(())) if from.limit() == 0 && from.get_mut().read(&mut [0])? > 0 => {
                whole = false;
                let message = format!("it has more than {} bytes, of which the first were parsed", shared.most);
                self.fail(&taken, Fault::Unreadable, message);
            }
            (None, Ok(())) => {}
        }
        self.captures += 1;
        self.parsed += u64::from(whole);
        if self.speaker.is_gone {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        }
        failure.map_or(Ok(()), Err)
    }

    /// The shape with the capture before all other fields.
    fn led(&mut self, shape: &Arc<Shape>) -> Arc<Shape> {
        if let Some((_, led)) = self.shapes.iter().find(|(known, _)| Arc::ptr_eq(known, shape)) {
            return Arc::clone(led);
        }
        let led = Arc::new(Shape { kind: shape.kind, schema: Taken::lead(&shape.schema) });
        if self.shapes.len() >= MOST_SHAPES {
            self.shapes.clear();
        }
        self.shapes.push((Arc::clone(shape), Arc::clone(&led)));
        led
    }

    fn take(&mut self, taken: &Arc<Taken>, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let batch = Texts::new(BadText::Escape).printable(batch)?;
        let led = self.led(shape);
        let place = match self.buckets.iter().position(|bucket| Arc::ptr_eq(&bucket.shape, &led)) {
            Some(place) => place,
            None => {
                if self.buckets.len() >= MOST_SHAPES {
                    self.flush();
                    self.buckets.clear();
                }
                self.buckets.push(Bucket { shape: led, rows: 0, parts: Vec::new() });
                self.buckets.len() - 1
            }
        };
        let bucket = &mut self.buckets[place];
        bucket.rows += batch.num_rows();
        bucket.parts.push((Arc::clone(taken), batch));
        if bucket.rows >= ROWS {
            let joined = bucket.join()?;
            self.speaker.say(joined);
        }
        Ok(())
    }

    /// Passes on everything that waits.
    fn flush(&mut self) {
        for bucket in self.buckets.iter_mut().filter(|bucket| bucket.rows > 0) {
            let taken = bucket.parts.first().map(|(taken, _)| Arc::clone(taken));
            match (bucket.join(), taken) {
                (Ok(joined), _) => self.speaker.say(joined),
                (Err(error), Some(taken)) => self.speaker.fail(Failure::of_error(&taken, &Error::Other(error))),
                (Err(_), None) => {}
            }
        }
        let (captures, parsed) = (std::mem::take(&mut self.captures), std::mem::take(&mut self.parsed));
        self.speaker.say(Heard::Done { captures, parsed });
    }
}

impl Bucket {
    /// All records in one batch, each with its capture.
    fn join(&mut self) -> anyhow::Result<Heard> {
        let parts = std::mem::take(&mut self.parts);
        self.rows = 0;
        let schema = parts.first().map(|(_, batch)| batch.schema()).context("a bucket that is joined has records")?;
        let batch = concat_batches(&schema, parts.iter().map(|(_, batch)| batch))?;
        let captures = Taken::column(parts.iter().map(|(taken, batch)| (&**taken, batch.num_rows())));
        let lead = Arc::clone(&self.shape.schema.arrow().fields()[0]);
        let fields: Vec<_> = std::iter::once(lead).chain(schema.fields().iter().cloned()).collect();
        let columns = std::iter::once(captures).chain(batch.columns().iter().cloned()).collect();
        let batch = RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), columns)?;
        Ok(Heard::Records(Arc::clone(&self.shape), batch))
    }
}

impl Shared {
    /// What is known of every capture.
    fn taken(&self) -> Taken {
        let Capture { words, arguments_known, captured, .. } = &self.plan.capture;
        let arguments = words.get(1..).filter(|arguments| *arguments_known || !arguments.is_empty());
        Taken {
            command: words.first().cloned(),
            arguments: arguments.map(<[String]>::to_vec),
            captured: *captured,
            ..Taken::default()
        }
    }
}

/// Takes what comes of one capture.
struct Collected<'a> {
    gather: &'a mut Gather,
    taken: &'a Arc<Taken>,
    plugin: Option<String>,
    problems: u64,
}

impl Sink for Collected<'_> {
    fn start(&mut self, about: &Arc<About>) -> anyhow::Result<()> {
        self.plugin = Some(format!("{} {}", about.name, about.version));
        Ok(())
    }

    fn records(&mut self, shape: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        self.gather.take(self.taken, shape, batch)
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        self.problems += 1;
        if self.problems <= MOST_PROBLEMS {
            self.gather.speaker.fail(Failure::of_problem(self.taken, problem, self.plugin.clone()));
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.gather.speaker.is_gone
    }
}

/// Reads, and keeps an error for whoever can say more about it.
struct Watched<R> {
    from: R,
    failure: Option<io::Error>,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.from.read(to).map_err(|error| {
            let again = io::Error::new(error.kind(), error.to_string());
            // The caller repeats an interrupted call.
            if error.kind() != io::ErrorKind::Interrupted {
                self.failure = Some(error);
            }
            again
        })
    }
}
