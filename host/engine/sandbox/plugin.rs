//! A loaded plugin.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use wasmtime::component::{Component, Linker};

use super::bindings::PluginPre;
use super::bundled::Bundled;
use super::compile::compile;
use super::fault::{Fault, INTERFACE, PluginError};
use super::known::Known;
use super::limiter::Limiter;
use super::running::{Origin, Running};
use super::session::Session;
use super::source::Source;
use super::{Sandbox, code, describe, store};
use crate::schema::{About, Description};
use crate::trust::hexadecimal;

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
        Ok(Session::new(self.sandbox.clone(), known, running, session))
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
