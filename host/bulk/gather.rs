//! What each thread of a scan does: it takes files, parses what is in them, and says what came of it, in the order of the files.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use arrow_array::RecordBatch;
use arrow_schema::Schema as ArrowSchema;
use arrow_select::concat::concat_batches;

use super::archives::{Input, Members};
use super::bundles::{self, Bundle, Member};
use super::taken::{Failure, Fault, Taken};
use super::{Plan, Pool, Worker};
use outparse::error::Error;
use outparse::parse::Sink;
use outparse::problem::Problem;
use outparse::registry::Capture;
use outparse::schema::{About, BadText, Shape, Texts};

/// Rows that are joined before they are passed on.
const ROWS: usize = 8192;

/// How much of one job may wait for its reader.
const QUEUE: usize = 4;

/// Problems of one capture that are kept; of the others, only the number is.
const MOST_PROBLEMS: u64 = 1000;

/// Shapes that are remembered.
pub(super) const MOST_SHAPES: usize = 256;

/// What a job says, each about one of the tables.
pub(super) enum Heard {
    Records(usize, Arc<Shape>, RecordBatch),
    Failure(usize, Box<Failure>),
    /// Captures that are done, and how many of them were parsed to their ends.
    Done {
        table: usize,
        captures: u64,
        parsed: u64,
    },
}

/// What all threads share.
pub(super) struct Shared {
    pub(super) feed: Mutex<Feed>,
    pub(super) members: Members,
    pub(super) pool: Pool,
    /// How captures are read, for each table. Only bundles have more than one.
    pub(super) plans: Vec<Plan>,
    pub(super) plugin: Option<String>,
    pub(super) bundles: bool,
    pub(super) most: u64,
}

/// The files that nobody reads yet.
pub(super) struct Feed {
    pub(super) files: VecDeque<Input>,
    pub(super) at_once: usize,
    /// Where jobs are announced. If it is full, announcing waits until one of them has been read. None once nobody reads any
    /// more.
    pub(super) order: Option<SyncSender<Receiver<Heard>>>,
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
    pub(super) fn work(&self, mut worker: Worker) {
        let mut gather = Gather {
            plans: HashMap::new(),
            shapes: Vec::new(),
            buckets: Vec::new(),
            table: 0,
            done: vec![(0, 0); self.plans.len()],
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

    fn fail(&mut self, table: usize, failure: Failure) {
        self.say(Heard::Failure(table, Box::new(failure)));
    }
}

/// What a thread makes of its captures.
struct Gather {
    /// How captures with other arguments are read; only their bundles know these.
    plans: HashMap<Vec<String>, Plan>,
    /// The shapes of the parsers, and the same with the capture before all other fields.
    shapes: Vec<(Arc<Shape>, Arc<Shape>)>,
    /// Records that wait to be joined, of each kind in each table: the last ones, of one shape. Those before them have been told, so
    /// that all of a kind come in the order of the captures.
    buckets: Vec<Bucket>,
    /// The table that the capture at hand is for.
    table: usize,
    /// For each table the captures that are done and not told, and how many of them were parsed to their ends. Telling each by
    /// itself would take longer than parsing it.
    done: Vec<(u64, u64)>,
    speaker: Speaker,
}

/// Records of one shape in one table, and the captures that they are from.
struct Bucket {
    table: usize,
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
            self.capture(shared, worker, &shared.plans[0], Taken { path: name.clone(), member, ..shared.taken(0) }, from)
        });
        if let Err(error) = read {
            let taken = Arc::new(Taken { path: name, ..shared.taken(0) });
            self.fail(&taken, Fault::Unreadable, error.to_string());
            // A file that cannot be read is a capture that was not parsed. An archive that is broken has been counted by its members.
            if !found {
                self.done[self.table].0 += 1;
            }
        }
    }

    fn fail(&mut self, taken: &Arc<Taken>, fault: Fault, message: String) {
        self.speaker.fail(self.table, Failure::new(taken, fault, message));
    }

    /// Takes what is wanted out of a bundle.
    fn bundle(&mut self, shared: &Shared, worker: &mut Worker, input: &Input) {
        let name = input.name();
        let programs = shared.plans.iter().filter_map(|plan| plan.capture.words.first());
        let programs: Vec<&str> = programs.map(String::as_str).collect();
        // An archive may have several bundles.
        let mut bundles: HashMap<String, Bundle> = HashMap::new();
        let mut work = |gather: &mut Gather, bundle: &mut Bundle, names: &[String], path: &str, from: &mut dyn Read| {
            let taken = Taken {
                path: name.clone(),
                member: Some(names.join("!")),
                host: bundle.host.clone(),
                captured: bundle.captured,
                ..Taken::default()
            };
            gather.bundled(shared, worker, (path, bundle.words(path)), taken, from)
        };
        let read = input.read(&Members::default(), &mut |names, from| {
            let Some(member) = names.last() else {
                return Err(io::Error::other("it is no archive, and so no bundle"));
            };
            let (folder, inner) = bundles::parted(member);
            let kind = Member::of(inner, &programs);
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
        for table in 0..shared.plans.len() {
            self.table = table;
            self.fail(&Arc::new(Taken { path: name.clone(), ..shared.taken(table) }), Fault::Unreadable, why.clone());
        }
    }

    /// Parses a capture of a bundle, for each table whose command it is of.
    fn bundled(
        &mut self,
        shared: &Shared,
        worker: &mut Worker,
        (path, words): (&str, Option<&Vec<String>>),
        taken: Taken,
        from: &mut dyn Read,
    ) -> io::Result<()> {
        let wants = |plan: &Plan| match words {
            Some(words) => words.starts_with(&plan.capture.words),
            None => bundles::may_be(path, &plan.capture.words),
        };
        let tables: Vec<usize> = (0..shared.plans.len()).filter(|&table| wants(&shared.plans[table])).collect();
        if let [table] = tables[..] {
            return self.bundled_for(shared, worker, table, words, taken, from);
        }
        // An archive is read once, so what several tables want is held.
        let mut bytes = Vec::new();
        if !tables.is_empty() {
            from.take(bundles::MOST_HELD as u64 + 1).read_to_end(&mut bytes)?;
        }
        for table in tables {
            if bytes.len() <= bundles::MOST_HELD {
                self.bundled_for(shared, worker, table, words, taken.clone(), &mut bytes.as_slice())?;
                continue;
            }
            let Taken { command, arguments, .. } = shared.taken(table);
            let message = "several tables want it, and it has more bytes than can be held for them".to_owned();
            self.table = table;
            self.fail(&Arc::new(Taken { command, arguments, ..taken.clone() }), Fault::Unreadable, message);
            self.done[table].0 += 1;
        }
        Ok(())
    }

    /// Parses a capture of a bundle for one table.
    fn bundled_for(
        &mut self,
        shared: &Shared,
        worker: &mut Worker,
        table: usize,
        words: Option<&Vec<String>>,
        taken: Taken,
        from: &mut dyn Read,
    ) -> io::Result<()> {
        self.table = table;
        let plan = &shared.plans[table];
        let Taken { command, arguments, .. } = shared.taken(table);
        let Some(words) = words else {
            let taken = Taken { command, arguments, ..taken };
            let warned = Arc::new(taken.clone());
            self.fail(&warned, Fault::Warning, "its bundle does not say with which arguments the command was run".to_owned());
            return self.capture(shared, worker, plan, taken, from);
        };
        let taken = Taken { command, arguments: Some(words[1..].to_vec()), ..taken };
        let plan = match self.plans.get(words) {
            Some(plan) => plan.clone(),
            None => {
                let capture = Capture { words: words.clone(), arguments_known: true, ..plan.capture.clone() };
                match shared.pool.plan(capture, shared.plugin.as_deref()) {
                    Ok(plan) => {
                        self.plans.insert(words.clone(), plan.clone());
                        plan
                    }
                    Err(error) => {
                        self.done[table].0 += 1;
                        self.speaker.fail(table, Failure::of_error(&Arc::new(taken), &error));
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
            (None, Err(error)) => self.speaker.fail(self.table, Failure::of_error(&taken, error)),
            (None, Ok(())) if from.limit() == 0 && from.get_mut().read(&mut [0])? > 0 => {
                whole = false;
                let message = format!("it has more than {} bytes, of which the first were parsed", shared.most);
                self.fail(&taken, Fault::Unreadable, message);
            }
            (None, Ok(())) => {}
        }
        self.done[self.table].0 += 1;
        self.done[self.table].1 += u64::from(whole);
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
        let is_of = |bucket: &Bucket| bucket.table == self.table && bucket.shape.kind == led.kind;
        let place = self.buckets.iter().position(is_of).unwrap_or(self.buckets.len());
        match self.buckets.get_mut(place) {
            None => self.buckets.push(Bucket { table: self.table, shape: led, rows: 0, parts: Vec::new() }),
            Some(bucket) if !Arc::ptr_eq(&bucket.shape, &led) => {
                bucket.tell(&mut self.speaker);
                bucket.shape = led;
            }
            Some(_) => {}
        }
        let bucket = &mut self.buckets[place];
        bucket.rows += batch.num_rows();
        bucket.parts.push((Arc::clone(taken), batch));
        if bucket.rows >= ROWS {
            bucket.tell(&mut self.speaker);
        }
        Ok(())
    }

    /// Passes on everything that waits: of several kinds, first the one that came first since the last time.
    fn flush(&mut self) {
        self.buckets.drain(..).for_each(|mut bucket| bucket.tell(&mut self.speaker));
        for (table, done) in self.done.iter_mut().enumerate() {
            let (captures, parsed) = std::mem::take(done);
            self.speaker.say(Heard::Done { table, captures, parsed });
        }
    }
}

impl Bucket {
    /// Passes on the records, if there are any.
    fn tell(&mut self, speaker: &mut Speaker) {
        let Some((last, _)) = self.parts.last() else { return };
        match self.join() {
            Ok(batch) => speaker.say(Heard::Records(self.table, Arc::clone(&self.shape), batch)),
            Err(error) => speaker.fail(self.table, Failure::of_error(last, &Error::Other(error))),
        }
        self.parts.clear();
        self.rows = 0;
    }

    /// All records in one batch, each with its capture.
    fn join(&self) -> anyhow::Result<RecordBatch> {
        let schema = self.parts.first().map(|(_, batch)| batch.schema()).context("a bucket that is joined has records")?;
        let batch = concat_batches(&schema, self.parts.iter().map(|(_, batch)| batch))?;
        let captures = Taken::column(self.parts.iter().map(|(taken, batch)| (&**taken, batch.num_rows())));
        let lead = Arc::clone(&self.shape.schema.arrow().fields()[0]);
        let fields: Vec<_> = std::iter::once(lead).chain(schema.fields().iter().cloned()).collect();
        let columns = std::iter::once(captures).chain(batch.columns().iter().cloned()).collect();
        Ok(RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), columns)?)
    }
}

impl Shared {
    /// What is known of every capture of a table.
    fn taken(&self, table: usize) -> Taken {
        let Capture { words, arguments_known, captured, .. } = &self.plans[table].capture;
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
            self.gather.speaker.fail(self.gather.table, Failure::of_problem(self.taken, problem, self.plugin.clone()));
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
