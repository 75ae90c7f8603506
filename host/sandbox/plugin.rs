//! A loaded plugin, and a session with it.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_array::RecordBatch;
use wasmtime::Store;
use wasmtime::component::{Component, Linker, ResourceAny};

use super::bindings::exports::outparse::plugin::parser as wit;
use super::bindings::{Plugin as Bindings, PluginPre};
use super::compile::{INTERFACE, compile};
use super::fault::{Fault, PluginError};
use super::limiter::Limiter;
use super::words::plain;
use super::{Sandbox, check, code, describe, store};
use crate::problem::{Problem, Severity};
use crate::schema::About;

/// Problems a single answer may hold; more than that help nobody.
const MOST_PROBLEMS: usize = 10_000;

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

/// A plugin that ships with the program.
pub struct Bundled {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The commands it understands.
    pub commands: &'static [&'static str],
    /// The family of programs whose output it reads.
    pub dialect: &'static str,
    /// The platforms on which it is the first choice.
    pub platforms: &'static [&'static str],
    /// The component.
    pub component: &'static [u8],
    /// The same, compiled by this program's build.
    pub(crate) compiled: &'static [u8],
}

/// Where a capture comes from, as parsers are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The program, without its directory.
    pub program: String,
    /// Its arguments, where they are known.
    pub arguments: Option<Vec<String>>,
    /// The platform it ran on, where that is known.
    pub platform: Option<String>,
}

/// What a call answered.
#[derive(Debug)]
pub enum Answer {
    /// It went on.
    Records {
        /// The records completed since the call before, if any.
        batch: Option<RecordBatch>,
        /// What could not be understood.
        problems: Vec<Problem>,
    },
    /// It ended the session.
    Refusal(Refusal),
}

/// Why a parser does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This is not what it reads.
    Unrecognised(Problem),
    /// It is, and it is broken beyond this place.
    Malformed(Problem),
}

/// A plugin that has been compiled and has said what it is.
pub struct Plugin {
    sandbox: Sandbox,
    about: Arc<About>,
    instance: PluginPre<Limiter>,
    /// The instance that said so, for the first session.
    first: Option<Running>,
}

/// An instance with its memory.
struct Running {
    store: Store<Limiter>,
    bindings: Bindings,
}

impl Plugin {
    pub(super) fn load(sandbox: &Sandbox, code: Code<'_>) -> Result<Plugin, PluginError> {
        let origin = match code {
            Code::Component { origin, .. } => origin,
            Code::Bundled(bundled) => bundled.name,
        };
        let fault = |fault| PluginError { plugin: origin.to_owned(), fault };
        let component = match code {
            Code::Component { bytes, .. } => compile_once(sandbox, bytes),
            Code::Bundled(bundled) => {
                // SAFETY: these bytes were made by `Engine::precompile_component` in this program's own build, with the same version and
                // settings. They are part of its read-only image, aligned to a page, and stay there as long as the program.
                #[allow(unsafe_code, reason = "the one place where compiled code is loaded; see above")]
                let component = unsafe {
                    if code::is_free(bundled.compiled) {
                        Component::deserialize_raw(sandbox.engine(), NonNull::from(bundled.compiled))
                    } else {
                        Component::deserialize(sandbox.engine(), bundled.compiled)
                    }
                };
                component.map_err(|error| Fault::NotAPlugin(format!("{error:#}")))
            }
        };
        let component = component.map_err(fault)?;
        let instance = Linker::new(sandbox.engine()).instantiate_pre(&component).and_then(PluginPre::new);
        let instance = instance
            .map_err(|error| fault(Fault::NotAPlugin(format!("it does not export `{INTERFACE}` as `wit/` says: {error:#}"))))?;

        let mut first = Running::start(sandbox, &instance).map_err(fault)?;
        let description = first.call(sandbox, "about", 0, |store, parser| parser.call_about(store)).map_err(fault)?;
        let about = describe::about(description, sandbox.limits()).map_err(|why| fault(Fault::Inconsistent(why)))?;
        Ok(Plugin { sandbox: sandbox.clone(), about: Arc::new(about), instance, first: Some(first) })
    }

    /// What the plugin is.
    pub fn about(&self) -> &Arc<About> {
        &self.about
    }

    /// The names of what it exports. Its imports are none: it would not have been loaded.
    pub fn exports(&self) -> Vec<String> {
        let engine = self.sandbox.engine();
        let component = self.instance.instance_pre().component().component_type();
        component.exports(engine).map(|(name, _)| name.to_owned()).collect()
    }

    /// Begins the parse of one capture, in an instance of its own.
    pub fn session(&mut self, source: &Source) -> Result<Session, PluginError> {
        let running = match self.first.take() {
            Some(first) => Ok(first),
            None => Running::start(&self.sandbox, &self.instance),
        };
        let fault = |fault| PluginError { plugin: self.about.name.clone(), fault };
        let mut running = running.map_err(fault)?;
        let source = wit::Source {
            program: source.program.clone(),
            arguments: source.arguments.clone(),
            platform: source.platform.clone(),
        };
        let session =
            running.call(&self.sandbox, "session", 0, |store, parser| parser.session().call_constructor(store, &source));
        let session = session.map_err(fault)?;
        Ok(Session { sandbox: self.sandbox.clone(), about: Arc::clone(&self.about), running, session, ended: false })
    }
}

/// The compiled code of a component: from the store, or compiled and put there.
fn compile_once(sandbox: &Sandbox, bytes: &[u8]) -> Result<Component, Fault> {
    let compile = || compile(sandbox.engine(), sandbox.limits(), bytes);
    let Some(folder) = sandbox.store() else { return compile() };
    let entry = store::Entry::of(bytes, sandbox.engine(), folder);
    if let Some(component) = entry.load() {
        return Ok(component);
    }
    compile().inspect(|component| entry.keep(component))
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("about", &self.about).finish_non_exhaustive()
    }
}

impl Running {
    fn start(sandbox: &Sandbox, instance: &PluginPre<Limiter>) -> Result<Running, Fault> {
        sandbox.start_clock().map_err(|error| Fault::Stopped("start", format!("calls cannot be timed: {error}")))?;
        let mut store = Store::new(sandbox.engine(), Limiter::new(sandbox.limits()));
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
    about: Arc<About>,
    running: Running,
    session: ResourceAny,
    /// It trapped or refused, and is not called again.
    ended: bool,
}

impl Session {
    /// What the plugin is.
    pub fn about(&self) -> &Arc<About> {
        &self.about
    }

    /// Feeds whole lines; only the last ones of a capture may lack their line end. `first_line` counts from 1.
    pub fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<Answer, PluginError> {
        self.answer("feed", lines.len(), |session, store, parser| parser.session().call_feed(store, session, lines, first_line))
    }

    /// Ends the capture.
    pub fn finish(&mut self) -> Result<Answer, PluginError> {
        self.answer("finish", 0, |session, store, parser| parser.session().call_finish(store, session))
    }

    fn answer(
        &mut self,
        name: &'static str,
        fed: usize,
        call: impl FnOnce(ResourceAny, &mut Store<Limiter>, &wit::Guest) -> wasmtime::Result<Result<wit::Batch, wit::Failure>>,
    ) -> Result<Answer, PluginError> {
        if self.ended {
            return Ok(Answer::Records { batch: None, problems: Vec::new() });
        }
        let session = self.session;
        let answer = self.running.call(&self.sandbox, name, fed, |store, parser| call(session, store, parser));
        let answer = answer.and_then(|answer| match answer {
            Ok(wit::Batch { rows, columns, problems }) => {
                let most = self.sandbox.limits().answer(fed);
                let batch = check::record_batch(rows, columns, &self.about.schema, most).map_err(Fault::Inconsistent)?;
                Ok(Answer::Records { batch, problems: shown(problems) })
            }
            Err(wit::Failure::Unrecognised(why)) => Ok(Answer::Refusal(Refusal::Unrecognised(problem(why)))),
            Err(wit::Failure::Malformed(why)) => Ok(Answer::Refusal(Refusal::Malformed(problem(why)))),
        });
        self.ended = !matches!(answer, Ok(Answer::Records { .. }));
        answer.map_err(|fault| PluginError { plugin: self.about.name.clone(), fault })
    }
}

/// A plugin's problems, safe to print. Of too many, the number of those that are left out is one.
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
