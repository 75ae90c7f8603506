//! A loaded plugin, and a session with it.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use sha2::{Digest, Sha256};
use wasmtime::Store;
use wasmtime::component::{Component, Linker, ResourceAny};

use super::bindings::exports::outparse::plugin::parser as wit;
use super::bindings::{Plugin as Bindings, PluginPre};
use super::compile::compile;
use super::embedded::Embedded;
use super::fault::{Fault, INTERFACE, PluginError};
use super::limiter::Limiter;
use super::limits::Limits;
use super::{Sandbox, check, code, describe, store};
use crate::problem::{Problem, Severity};
use crate::schema::{About, Description, Parser, Shape};
use crate::trust::hexadecimal;
use crate::words::plain;

/// Problems a single answer may hold; more than that would help nobody.
const MOST_PROBLEMS: usize = 10_000;

/// Shapes that a session may give, and fields that they may have together.
const MOST_SHAPES: usize = 10_000;
const MOST_SHAPE_FIELDS: usize = 100_000;

/// Shapes of earlier captures that are remembered.
const MOST_KNOWN_SHAPES: usize = 64;

/// A plugin's code.
#[derive(Clone, Copy)]
pub enum Code<'a> {
    /// A component, or a core module with our world embedded: checked, then compiled.
    Component {
        /// What to call it in errors: usually the file's name.
        origin: &'a str,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// What this program's own build compiled ahead of time.
    Bundled(&'static Bundled),
}

/// A plugin that ships with the program: all that it says about itself is known before it is loaded.
pub struct Bundled {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// A bit for each letter that one of its commands begins with.
    pub(crate) initials: u128,
    /// Its parsers.
    pub parsers: &'static [BundledParser],
    /// The component.
    pub(crate) component: Embedded,
    /// The component's SHA-256.
    pub sha256: &'static str,
    /// The component, compiled by this program's build.
    pub(crate) compiled: Embedded,
}

/// One parser of a plugin that ships with the program.
pub struct BundledParser {
    /// Name.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The commands it understands.
    pub commands: &'static [&'static str],
    /// Options that may stand before a command's later words and take the next word as their value.
    pub value_options: &'static [&'static str],
    /// The files it understands.
    pub files: &'static [&'static str],
    /// The family of programs whose output it reads.
    pub dialect: &'static str,
    /// The platforms on which it is the first choice.
    pub platforms: &'static [&'static str],
    /// Whether it reads nothing from any other platform.
    pub platform_bound: bool,
    /// Whether nothing may be taken out of what it reads.
    pub verbatim: bool,
}

/// Where a capture comes from, as parsers are told it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The words that name the command, without the program's directory: `df`, `git log`. Empty for a file.
    pub command: String,
    /// Its other words, where they are known.
    pub arguments: Option<Vec<String>>,
    /// The file's path, where the capture is a file.
    pub path: Option<String>,
    /// The platform it comes from, where that is known.
    pub platform: Option<String>,
    /// The locale that the command ran in, where that is known: `C.UTF-8`.
    pub locale: Option<String>,
    /// When it was taken, where that is known.
    pub captured: Option<Moment>,
}

impl Source {
    /// What to call it in messages: the command, or the file.
    pub fn name(&self) -> &str {
        self.path.as_deref().unwrap_or(&self.command)
    }

    fn to_wit(&self) -> wit::Source {
        let input = match &self.path {
            Some(path) => wit::Input::File(path.clone()),
            None => wit::Input::Command(wit::Invocation { command: self.command.clone(), arguments: self.arguments.clone() }),
        };
        wit::Source {
            input,
            platform: self.platform.clone(),
            locale: self.locale.clone(),
            captured: self.captured.map(|Moment { seconds, offset }| wit::Moment { seconds, offset }),
        }
    }
}

/// A point in time at the place of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds since the beginning of 1970, UTC.
    pub seconds: i64,
    /// Seconds by which local time there was ahead of UTC, where that is known.
    pub offset: Option<i32>,
}

/// How a capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Whether the output is complete, that is, was not cut off.
    pub complete: bool,
    /// How the command ended, where that is known.
    pub status: Option<std::process::ExitStatus>,
}

impl Ended {
    /// A complete capture of a command whose status is not known.
    pub const COMPLETE: Ended = Ended { complete: true, status: None };

    fn to_wit(self) -> wit::Ending {
        let status = self.status.and_then(|status| match (status.code(), status.signal()) {
            (Some(code), _) => Some(wit::Status::Exited(code)),
            (None, Some(signal)) => Some(wit::Status::Killed(signal)),
            (None, None) => None,
        });
        wit::Ending { complete: self.complete, status }
    }
}

/// The answer to a call.
#[derive(Debug)]
pub enum Answer {
    /// The parser goes on.
    Records {
        /// Shapes that are new, in order.
        shapes: Vec<Arc<Shape>>,
        /// The records completed since the previous call, in order, each batch with its shape.
        batches: Vec<(Arc<Shape>, RecordBatch)>,
        /// What could not be understood.
        problems: Vec<Problem>,
    },
    /// The parser ended the session.
    Refusal(Refusal),
}

/// Why a parser does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This is not what it reads.
    Unrecognised(Problem),
    /// It is, but it is broken from this place on.
    Malformed(Problem),
}

/// A plugin that has been compiled and has said what it is.
pub struct Plugin {
    sandbox: Sandbox,
    origin: Origin,
    description: Arc<Description>,
    instance: PluginPre<Limiter>,
    /// The instance that has said what it is, kept for the first session.
    first: Option<Running>,
    /// The schemas that have been asked for.
    schemas: Vec<(usize, Arc<Known>)>,
}

/// Whose code a plugin is, which decides the engine that it runs in.
#[derive(Clone, Copy)]
enum Origin {
    Own,
    /// A component of this many bytes.
    Foreign(u64),
}

impl Origin {
    fn timed(self, sandbox: &Sandbox) -> Result<&super::Timed, Fault> {
        match self {
            Origin::Own => Ok(sandbox.own()),
            Origin::Foreign(bytes) => sandbox.foreign(bytes),
        }
    }
}

/// What is known about one parser: what it said, and what the host made of it.
struct Known {
    said: Arc<wit::Schema>,
    about: Arc<About>,
    /// Shapes of earlier captures: most captures of a command have the same one.
    shapes: Mutex<Vec<KnownShape>>,
}

/// A shape without fields of its own: as the parser gave it, and what the host made of it.
struct KnownShape {
    kind: u32,
    fields: Vec<u32>,
    offset_times: Vec<u32>,
    shape: Arc<Shape>,
}

impl Known {
    fn new(said: Arc<wit::Schema>, about: Arc<About>) -> Arc<Known> {
        Arc::new(Known { said, about, shapes: Mutex::default() })
    }

    fn another(&self) -> Arc<Known> {
        Known::new(Arc::clone(&self.said), Arc::clone(&self.about))
    }

    /// The shape that a session gives, checked. The error is a clause about the plugin's fault.
    fn shape(&self, said: &wit::Shape, limits: &Limits) -> Result<Arc<Shape>, String> {
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &KnownShape| {
            said.kind == known.kind && said.fields == known.fields && said.offset_times == known.offset_times
        };
        if let Some(known) = shapes.iter().find(|known| said.added.is_empty() && is_same(known)) {
            return Ok(Arc::clone(&known.shape));
        }
        let shape = Arc::new(describe::shape(said, &self.said, &self.about.schema, limits)?);
        if said.added.is_empty() && shapes.len() < MOST_KNOWN_SHAPES {
            let wit::Shape { kind, fields, offset_times, .. } = said.clone();
            shapes.push(KnownShape { kind, fields, offset_times, shape: Arc::clone(&shape) });
        }
        Ok(shape)
    }
}

/// An instance with its memory.
struct Running {
    store: Store<Limiter>,
    bindings: Bindings,
}

impl Plugin {
    pub(super) fn load(sandbox: &Sandbox, code: Code<'_>) -> Result<Plugin, PluginError> {
        match code {
            Code::Component { origin, bytes } => {
                let fault = fault_of(origin);
                let component = compile_once(sandbox, bytes).map_err(&fault)?;
                let origin = Origin::Foreign(bytes.len() as u64);
                let mut plugin = Plugin::link(sandbox, &component, origin, Description::default()).map_err(&fault)?;
                let mut first = plugin.running().map_err(&fault)?;
                let description = first.call(sandbox, "about", 0, |store, parser| parser.call_about(store)).map_err(&fault)?;
                let description = describe::description(description).map_err(|why| fault(Fault::Inconsistent(why)))?;
                plugin.description = Arc::new(description);
                plugin.keep(first);
                Ok(plugin)
            }
            Code::Bundled(bundled) => {
                let engine = &sandbox.own().engine;
                // SAFETY: these bytes were made by `Engine::precompile_component` in this program's own build, with the same
                // version and settings. They are aligned to a page, and nobody changes or removes them for as long as the
                // program runs.
                #[allow(unsafe_code, reason = "the one place where compiled code is loaded; see above")]
                let component = code::place(&bundled.compiled).and_then(|(code, is_free)| unsafe {
                    if is_free {
                        Component::deserialize_raw(engine, NonNull::from(code))
                    } else {
                        Component::deserialize(engine, code)
                    }
                });
                let component = component.map_err(|error| Fault::NotAPlugin(format!("{error:#}")));
                let linked =
                    component.and_then(|component| Plugin::link(sandbox, &component, Origin::Own, bundled.description()));
                linked.map_err(fault_of(bundled.name))
            }
        }
    }

    pub(super) fn load_kept(
        sandbox: &Sandbox,
        sha256: &str,
        bytes: u64,
        description: Description,
    ) -> Option<Result<Plugin, PluginError>> {
        let fault = fault_of(&description.name);
        let origin = Origin::Foreign(bytes);
        let engine = match origin.timed(sandbox) {
            Ok(timed) => &timed.engine,
            Err(why) => return Some(Err(fault(why))),
        };
        let component = store::Entry::of(sha256, engine, sandbox.store()?).load()?;
        Some(Plugin::link(sandbox, &component, origin, description).map_err(fault))
    }

    /// A plugin that has not been asked anything yet.
    fn link(sandbox: &Sandbox, component: &Component, origin: Origin, description: Description) -> Result<Plugin, Fault> {
        let engine = &origin.timed(sandbox)?.engine;
        let instance = Linker::new(engine).instantiate_pre(component).and_then(PluginPre::new);
        let instance =
            instance.map_err(|error| Fault::NotAPlugin(format!("it does not export `{INTERFACE}` as `wit/` says: {error:#}")))?;
        Ok(Plugin {
            sandbox: sandbox.clone(),
            origin,
            description: Arc::new(description),
            instance,
            first: None,
            schemas: Vec::new(),
        })
    }

    /// The same code, for another thread or another owner: nothing is loaded or compiled again, and nothing else is shared.
    pub fn another(&self) -> Plugin {
        Plugin {
            sandbox: self.sandbox.clone(),
            origin: self.origin,
            description: Arc::clone(&self.description),
            instance: self.instance.clone(),
            first: None,
            // Each owner has its own, so that owners do not wait for each other.
            schemas: self.schemas.iter().map(|(index, known)| (*index, known.another())).collect(),
        }
    }

    /// What the plugin is.
    pub fn description(&self) -> &Arc<Description> {
        &self.description
    }

    /// What one of its parsers is, and the records it makes.
    pub fn about(&mut self, parser: usize) -> Result<Arc<About>, PluginError> {
        self.known(parser).map(|known| Arc::clone(&known.about))
    }

    fn known(&mut self, parser: usize) -> Result<Arc<Known>, PluginError> {
        if let Some((_, known)) = self.schemas.iter().find(|(index, _)| *index == parser) {
            return Ok(Arc::clone(known));
        }
        let fault = fault_of(&self.description.name);
        let mut running = self.running().map_err(&fault)?;
        let index = parser as u32;
        let said = running.call(&self.sandbox, "schema-of", 0, |store, parser| parser.call_schema_of(store, index));
        let said = said.map_err(&fault)?;
        let schema = describe::schema(&said, self.sandbox.limits()).map_err(|why| fault(Fault::Inconsistent(why)))?;
        let about = About::new(&self.description, parser, schema)
            .ok_or_else(|| fault(Fault::Inconsistent(format!("it has no parser number {parser}"))))?;
        self.keep(running);
        let known = Known::new(Arc::new(said), Arc::new(about));
        self.schemas.push((parser, Arc::clone(&known)));
        Ok(known)
    }

    /// An instance: the one that is at hand, or a new one.
    fn running(&mut self) -> Result<Running, Fault> {
        match self.first.take() {
            Some(first) => Ok(first),
            None => Running::start(&self.sandbox, self.origin, &self.instance),
        }
    }

    /// Keeps an instance for the first session, unless there is a pool: it provides a new one as fast, and may need the slot for
    /// another plugin.
    fn keep(&mut self, running: Running) {
        self.first = (!self.sandbox.is_pooled()).then_some(running);
    }

    /// The names of its exports. It has no imports: with any, it would not have been loaded.
    pub fn exports(&self) -> Vec<String> {
        let component = self.instance.instance_pre().component();
        component.component_type().exports(component.engine()).map(|(name, _)| name.to_owned()).collect()
    }

    /// The arguments with which the command loses nothing, if the parser knows better ones than `words`. Both are all the words
    /// after the program.
    pub fn exact(&mut self, parser: usize, words: &[String]) -> Result<Option<Vec<String>>, PluginError> {
        let fault = fault_of(&self.description.name);
        let mut running = self.running().map_err(&fault)?;
        let index = parser as u32;
        let fed = words.iter().map(String::len).sum();
        let exact = running.call(&self.sandbox, "exact", fed, |store, parser| parser.call_exact(store, index, words));
        let exact = exact.map_err(&fault)?;
        self.keep(running);
        Ok(exact)
    }

    /// Begins the parse of one capture with one of the parsers, in an instance of its own.
    pub fn session(&mut self, parser: usize, source: &Source) -> Result<Session, PluginError> {
        let known = self.known(parser)?;
        let fault = fault_of(&self.description.name);
        let mut running = self.running().map_err(&fault)?;
        let (index, source) = (parser as u32, source.to_wit());
        let session =
            running.call(&self.sandbox, "session", 0, |store, parser| parser.session().call_constructor(store, index, &source));
        let session = session.map_err(fault_of(&known.about.name))?;
        Ok(Session { sandbox: self.sandbox.clone(), known, shapes: Vec::new(), fields: 0, running, session, ended: false })
    }
}

impl Bundled {
    /// The component. A run needs only its compiled code; this is for taking the plugin elsewhere.
    pub fn component(&self) -> Vec<u8> {
        self.component.read()
    }

    /// One of its parsers.
    pub fn parser(&self, index: usize) -> Parser {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let parser = &self.parsers[index];
        Parser {
            name: parser.name.to_owned(),
            summary: parser.summary.to_owned(),
            commands: owned(parser.commands),
            value_options: owned(parser.value_options),
            files: owned(parser.files),
            dialect: parser.dialect.to_owned(),
            platforms: owned(parser.platforms),
            platform_bound: parser.platform_bound,
            verbatim: parser.verbatim,
        }
    }

    fn description(&self) -> Description {
        Description {
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            summary: self.summary.to_owned(),
            catalogue: None,
            parsers: (0..self.parsers.len()).map(|parser| self.parser(parser)).collect(),
        }
    }
}

/// A function that makes an error of a fault of this plugin.
fn fault_of(plugin: &str) -> impl Fn(Fault) -> PluginError + use<> {
    let plugin = plugin.to_owned();
    move |fault| PluginError { plugin: plugin.clone(), fault }
}

/// The compiled code of a component: from the store, or compiled and put there.
fn compile_once(sandbox: &Sandbox, bytes: &[u8]) -> Result<Component, Fault> {
    let engine = &sandbox.foreign(bytes.len() as u64)?.engine;
    let compile = || compile(engine, sandbox.limits(), bytes);
    let Some(folder) = sandbox.store() else { return compile() };
    let sha256 = hexadecimal(&Sha256::digest(bytes));
    let entry = store::Entry::of(&sha256, engine, folder);
    if let Some(component) = entry.load() {
        return Ok(component);
    }
    compile().inspect(|component| entry.keep(component))
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("description", &self.description).finish_non_exhaustive()
    }
}

impl Running {
    fn start(sandbox: &Sandbox, origin: Origin, instance: &PluginPre<Limiter>) -> Result<Running, Fault> {
        let timed = origin.timed(sandbox)?;
        Sandbox::start_clock(timed).map_err(|error| Fault::Stopped("start", format!("calls cannot be timed: {error}")))?;
        let mut store = Store::new(&timed.engine, Limiter::new(sandbox.limits()));
        store.limiter(|limiter| limiter);
        store.set_epoch_deadline(sandbox.call_ticks());
        let bindings =
            instance.instantiate(&mut store).map_err(|error| Fault::of_call("start", &error, store.data(), sandbox.limits()))?;
        Ok(Running { store, bindings })
    }

    /// Calls the plugin within the limits. `fed` is the number of bytes it is given.
    fn call<T>(
        &mut self,
        sandbox: &Sandbox,
        name: &'static str,
        fed: usize,
        call: impl FnOnce(&mut Store<Limiter>, &wit::Guest) -> wasmtime::Result<T>,
    ) -> Result<T, Fault> {
        let Running { store, bindings } = self;
        store.set_epoch_deadline(sandbox.call_ticks());
        store.set_hostcall_fuel(sandbox.limits().answer(fed));
        call(store, bindings.outparse_plugin_parser())
            .map_err(|error| Fault::of_call(name, &error, self.store.data(), sandbox.limits()))
    }
}

/// The parse of one capture.
pub struct Session {
    sandbox: Sandbox,
    known: Arc<Known>,
    shapes: Vec<Arc<Shape>>,
    /// The number of fields in all shapes together.
    fields: usize,
    running: Running,
    session: ResourceAny,
    /// Whether it trapped or refused. It is not called again then.
    ended: bool,
}

impl Session {
    /// What the parser is.
    pub fn about(&self) -> &Arc<About> {
        &self.known.about
    }

    /// Feeds whole lines; only the last line of a capture may lack its line end. `first_line` counts from 1.
    pub fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<Answer, PluginError> {
        self.answer("feed", lines.len(), |session, store, parser| parser.session().call_feed(store, session, lines, first_line))
    }

    /// Ends the capture.
    pub fn finish(&mut self, ended: Ended) -> Result<Answer, PluginError> {
        let ending = ended.to_wit();
        self.answer("finish", 0, |session, store, parser| parser.session().call_finish(store, session, ending))
    }

    fn answer(
        &mut self,
        name: &'static str,
        fed: usize,
        call: impl FnOnce(ResourceAny, &mut Store<Limiter>, &wit::Guest) -> wasmtime::Result<Result<wit::Answer, wit::Failure>>,
    ) -> Result<Answer, PluginError> {
        if self.ended {
            return Ok(Answer::Records { shapes: Vec::new(), batches: Vec::new(), problems: Vec::new() });
        }
        let session = self.session;
        let answer = self.running.call(&self.sandbox, name, fed, |store, parser| call(session, store, parser));
        let answer = answer.and_then(|answer| match answer {
            Ok(answer) => self.records(answer, fed).map_err(Fault::Inconsistent),
            Err(wit::Failure::Unrecognised(why)) => Ok(Answer::Refusal(Refusal::Unrecognised(problem(why)))),
            Err(wit::Failure::Malformed(why)) => Ok(Answer::Refusal(Refusal::Malformed(problem(why)))),
        });
        self.ended = !matches!(answer, Ok(Answer::Records { .. }));
        answer.map_err(|fault| PluginError { plugin: self.known.about.name.clone(), fault })
    }

    /// Checks an answer. The error is a clause about the plugin's fault.
    fn records(&mut self, answer: wit::Answer, fed: usize) -> Result<Answer, String> {
        let wit::Answer { shapes, batches, problems } = answer;
        let limits = self.sandbox.limits();
        let first_new = self.shapes.len();
        if first_new + shapes.len() > MOST_SHAPES {
            return Err(format!("it has given {} shapes, and {MOST_SHAPES} are allowed", first_new + shapes.len()));
        }
        for shape in &shapes {
            let checked = self.known.shape(shape, limits)?;
            self.fields += shape.fields.len();
            if self.fields > MOST_SHAPE_FIELDS {
                return Err(format!("its shapes have {} fields together, and {MOST_SHAPE_FIELDS} are allowed", self.fields));
            }
            self.shapes.push(checked);
        }
        let mut left = limits.answer(fed);
        let mut checked = Vec::with_capacity(batches.len());
        for wit::Batch { shape: index, rows, columns } in batches {
            let Some(shape) = self.shapes.get(index as usize) else {
                return Err(format!("its batch has shape {index}, and it has given {}", self.shapes.len()));
            };
            if let Some(batch) = check::record_batch(rows, columns, shape, &self.known.about.schema, &mut left)? {
                checked.push((Arc::clone(shape), batch));
            }
        }
        Ok(Answer::Records { shapes: self.shapes[first_new..].to_vec(), batches: checked, problems: shown(problems) })
    }
}

/// A plugin's problems, safe to print. If there are too many, one more says how many were left out.
fn shown(problems: Vec<wit::Problem>) -> Vec<Problem> {
    let count = problems.len();
    let mut shown: Vec<Problem> = problems.into_iter().take(MOST_PROBLEMS).map(problem).collect();
    if count > MOST_PROBLEMS {
        let message = format!("there are {count} problems, of which {} were left out", count - MOST_PROBLEMS);
        shown.insert(0, Problem { severity: Severity::Error, line: 0, column: 0, message, excerpt: None });
    }
    shown
}

fn problem(problem: wit::Problem) -> Problem {
    const LONGEST: usize = 400;
    let severity = match problem.severity {
        wit::Severity::Warning => Severity::Warning,
        wit::Severity::Error => Severity::Error,
    };
    Problem { severity, line: problem.line, column: problem.column, message: plain(&problem.message, LONGEST), excerpt: None }
}
