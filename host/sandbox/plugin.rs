//! A loaded plugin, and a session with it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use wasmtime::component::{Component, Linker, ResourceAny};
use wasmtime::{Store, Trap};

use super::bindings::exports::outparse::plugin::parser as wit;
use super::bindings::{Plugin as Bindings, PluginPre};
use super::limiter::Limiter;
use super::{Sandbox, check, describe};
use crate::problem::{Problem, Severity};
use crate::schema::About;

/// The interface a plugin must export.
const INTERFACE: &str = "outparse:plugin/parser@0.1.0";

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

/// Why a plugin cannot be used, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plugin `{plugin}` {fault}")]
pub struct PluginError {
    /// Its name, or where it was read from while that is not known.
    pub plugin: String,
    /// What it did.
    pub fault: Fault,
}

/// What a plugin did wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no component of our world. A clause.
    NotAPlugin(String),
    /// It imports these.
    Imports(Vec<String>),
    /// It exports this version of our interface, and the host speaks another.
    Version(String),
    /// What it says about itself, or a batch, is not consistent. A clause.
    Inconsistent(String),
    /// A call did not come back. The call, and why, as a clause.
    Trapped(&'static str, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotAPlugin(why) => write!(f, "cannot be loaded: {why}"),
            Fault::Imports(names) => write!(f, "imports {}, and a plugin may import nothing", quoted_list(names)),
            Fault::Version(found) => write!(f, "exports `{found}`, and this program speaks `{INTERFACE}`"),
            Fault::Inconsistent(why) => write!(f, "broke the interface: {why}"),
            Fault::Trapped(call, why) => write!(f, "was stopped in `{call}`: {why}"),
        }
    }
}

fn quoted_list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

impl PluginError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        match &self.fault {
            Fault::Imports(names) if names.iter().any(|name| name.starts_with("wasi:")) => Some(
                "build it without WASI: Rust for `wasm32-unknown-unknown`, Python with `componentize-py --stub-wasi`, JavaScript with \
                 `jco componentize --backend quickjs --backend-qjs-stub-wasi`"
                    .to_owned(),
            ),
            Fault::Version(_) => Some("build it against the `wit/` folder of this version of outparse".to_owned()),
            _ => None,
        }
    }
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
            Code::Component { bytes, .. } => compile(sandbox, bytes),
            Code::Bundled(bundled) => {
                // SAFETY: these bytes were made by `Engine::precompile_component` in this program's own build, with the same version and
                // settings, and are part of its read-only image.
                #[allow(unsafe_code, reason = "the one place where compiled code is loaded; see above")]
                let component = unsafe { Component::deserialize(&sandbox.engine(), bundled.compiled) };
                component.map_err(|error| Fault::NotAPlugin(format!("{error:#}")))
            }
        };
        let component = component.map_err(fault)?;
        let instance = Linker::new(&sandbox.engine()).instantiate_pre(&component).and_then(PluginPre::new);
        let instance = instance.map_err(|error| fault(Fault::NotAPlugin(format!("it does not export `{INTERFACE}` as `wit/` says: {error:#}"))))?;

        let mut first = Running::start(sandbox, &instance).map_err(fault)?;
        let description = first.call(sandbox, "about", 0, |store, parser| parser.call_about(store)).map_err(fault)?;
        let about = describe::about(description, sandbox.limits()).map_err(|why| fault(Fault::Inconsistent(why)))?;
        Ok(Plugin { sandbox: sandbox.clone(), about: Arc::new(about), instance, first: Some(first) })
    }

    /// What the plugin is.
    pub fn about(&self) -> &Arc<About> {
        &self.about
    }

    /// Begins the parse of one capture, in an instance of its own.
    pub fn session(&mut self, source: &Source) -> Result<Session, PluginError> {
        let running = match self.first.take() {
            Some(first) => Ok(first),
            None => Running::start(&self.sandbox, &self.instance),
        };
        let fault = |fault| PluginError { plugin: self.about.name.clone(), fault };
        let mut running = running.map_err(fault)?;
        let source =
            wit::Source { program: source.program.clone(), arguments: source.arguments.clone(), platform: source.platform.clone() };
        let session = running.call(&self.sandbox, "session", 0, |store, parser| parser.session().call_constructor(store, &source));
        let session = session.map_err(fault)?;
        Ok(Session { sandbox: self.sandbox.clone(), about: Arc::clone(&self.about), running, session, ended: false })
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plugin").field("about", &self.about).finish_non_exhaustive()
    }
}

/// Checks and compiles a component.
fn compile(sandbox: &Sandbox, bytes: &[u8]) -> Result<Component, Fault> {
    let most = sandbox.limits().component;
    if bytes.len() as u64 > most {
        return Err(Fault::NotAPlugin(format!("it has {} bytes, and {most} are allowed", bytes.len())));
    }
    let component = Component::from_binary(&sandbox.engine(), &as_component(bytes)?);
    let component = component.map_err(|error| Fault::NotAPlugin(format!("it is not valid: {}", error.root_cause())))?;
    let types = component.component_type();
    let imports: Vec<String> = types.imports(&sandbox.engine()).map(|(name, _)| name.to_owned()).collect();
    if !imports.is_empty() {
        return Err(Fault::Imports(imports));
    }
    let exports: Vec<&str> = types.exports(&sandbox.engine()).map(|(name, _)| name).collect();
    if !exports.contains(&INTERFACE) {
        let other = exports.into_iter().find(|name| name.starts_with("outparse:plugin/parser@"));
        return Err(match other {
            Some(other) => Fault::Version(other.to_owned()),
            None => Fault::NotAPlugin(format!("it does not export `{INTERFACE}`")),
        });
    }
    Ok(component)
}

/// Makes a component of a core module with our world embedded; takes a component as it is.
fn as_component(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    // The preamble: magic number, version, and the layer that tells the two apart.
    let Some(preamble) = bytes.first_chunk::<8>() else {
        return Err(Fault::NotAPlugin(format!("it has {} bytes and is no WebAssembly", bytes.len())));
    };
    match preamble {
        b"\0asm\x0d\0\x01\0" => Ok(Cow::Borrowed(bytes)),
        b"\0asm\x01\0\0\0" => {
            let encoder = wit_component::ComponentEncoder::default().validate(true).module(bytes);
            let component = encoder.and_then(|encoder| { encoder }.encode());
            component.map(Cow::Owned).map_err(|error| {
                Fault::NotAPlugin(format!("it is a core module, and no component can be made of it: {}", error.root_cause()))
            })
        }
        [b'\0', b'a', b's', b'm', ..] => Err(Fault::NotAPlugin("it is of a version of WebAssembly that is not known here".to_owned())),
        _ => Err(Fault::NotAPlugin("it is no WebAssembly".to_owned())),
    }
}

impl Running {
    fn start(sandbox: &Sandbox, instance: &PluginPre<Limiter>) -> Result<Running, Fault> {
        sandbox.start_clock().map_err(|error| Fault::Trapped("start", format!("calls cannot be timed: {error}")))?;
        let mut store = Store::new(&sandbox.engine(), Limiter::new(sandbox.limits()));
        store.limiter(|limiter| limiter);
        store.set_epoch_deadline(sandbox.call_ticks());
        let bindings = instance.instantiate(&mut store).map_err(|error| trapped("start", &error, store.data(), sandbox))?;
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
        store.set_hostcall_fuel(sandbox.limits().batch_floor + fed.saturating_mul(sandbox.limits().batch_factor));
        call(store, bindings.outparse_plugin_parser()).map_err(|error| trapped(name, &error, self.store.data(), sandbox))
    }
}

/// Says why a call did not come back.
fn trapped(call: &'static str, error: &wasmtime::Error, limiter: &Limiter, sandbox: &Sandbox) -> Fault {
    let why = match (&limiter.exceeded, error.downcast_ref::<Trap>()) {
        (Some(limit), _) => format!("it {limit}"),
        (None, Some(Trap::Interrupt)) => format!("it took longer than {:?}", sandbox.limits().call),
        (None, Some(Trap::StackOverflow)) => "its calls were nested too deep".to_owned(),
        (None, Some(Trap::UnreachableCodeReached)) => "it panicked".to_owned(),
        (None, Some(trap)) => format!("it trapped: {trap}"),
        (None, None) => format!("its answer cannot be read: {}", error.root_cause()),
    };
    Fault::Trapped(call, why)
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
                let batch = check::record_batch(rows, columns, &self.about.schema).map_err(Fault::Inconsistent)?;
                let problems = problems.into_iter().take(MOST_PROBLEMS).map(problem).collect();
                Ok(Answer::Records { batch, problems })
            }
            Err(wit::Failure::Unrecognised(why)) => Ok(Answer::Refusal(Refusal::Unrecognised(problem(why)))),
            Err(wit::Failure::Malformed(why)) => Ok(Answer::Refusal(Refusal::Malformed(problem(why)))),
        });
        self.ended = !matches!(answer, Ok(Answer::Records { .. }));
        answer.map_err(|fault| PluginError { plugin: self.about.name.clone(), fault })
    }
}

/// A plugin's problem, safe to print: one line, without control characters, not too long.
fn problem(problem: wit::Problem) -> Problem {
    const LONGEST: usize = 400;
    let mut message = String::new();
    for c in problem.message.chars() {
        if message.len() >= LONGEST {
            message.push('…');
            break;
        }
        if c.is_control() { message.extend(c.escape_default()) } else { message.push(c) }
    }
    let severity = match problem.severity {
        wit::Severity::Warning => Severity::Warning,
        wit::Severity::Error => Severity::Error,
    };
    Problem { severity, line: problem.line, column: problem.column, message }
}
