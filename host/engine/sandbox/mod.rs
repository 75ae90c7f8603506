//! The sandbox: the only module that knows wasmtime. The rest of the host sees [`Sandbox`], [`Plugin`], [`Session`] and the
//! checked batches they answer with.
//!
//! A plugin is linked to nothing: it can compute, and that is all. What it may use is in [`Limits`].

mod bindings;
mod bundled;
mod check;
mod code;
mod compile;
mod describe;
mod embedded;
mod engine;
mod fault;
mod known;
mod limiter;
mod limits;
mod plugin;
mod pool;
mod running;
mod session;
mod source;
mod store;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context;
use wasmtime::{Config, Engine, EngineWeak, OptLevel};

pub use bundled::{Bundled, BundledParser};
pub use compile::as_component;
pub(crate) use embedded::Embedded;
pub use fault::{Fault, PluginError};
pub use limits::Limits;
pub use plugin::{Code, Plugin};
pub use session::{Answer, Refusal, Session};
pub use source::{Ended, Moment, Source};

use crate::schema::Description;

/// Compiles and runs plugins within limits. Clones are the same sandbox.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    /// The engine for what this program's own build compiled.
    own: Timed,
    /// The engines for foreign plugins, small and large ones, made when first needed.
    foreign: [OnceLock<Result<Timed, String>>; 2],
    limits: Limits,
    /// Where compiled code of foreign plugins is kept, if anywhere.
    store: Option<PathBuf>,
    /// How many sessions the pool has room for, if there is a pool.
    pool: Option<u32>,
}

/// An engine, and the clock that ends calls which take too long.
struct Timed {
    engine: Engine,
    /// Whether the clock runs; the error says why it does not.
    clock: OnceLock<Result<(), String>>,
}

impl Timed {
    fn new(config: &Config) -> wasmtime::Result<Timed> {
        Ok(Timed { engine: Engine::new(config)?, clock: OnceLock::new() })
    }
}

impl Sandbox {
    /// A sandbox with these limits, which compiles foreign plugins at each run. Fails where the machine cannot run one.
    pub fn new(limits: Limits) -> anyhow::Result<Sandbox> {
        Sandbox::with_store(limits, None)
    }

    /// A sandbox that keeps compiled code of foreign plugins in a folder, which is created if it is missing. A folder that others
    /// can write to is not used.
    pub fn with_store(limits: Limits, store: Option<PathBuf>) -> anyhow::Result<Sandbox> {
        Sandbox::make(limits, store, None)
    }

    /// A sandbox for many short sessions, `sessions` of them at a time. Memory for them is kept ready, which makes the first one
    /// slower and all others faster. If the system refuses the address space that this takes, it is an ordinary sandbox.
    pub fn pooled(limits: Limits, store: Option<PathBuf>, sessions: u32) -> anyhow::Result<Sandbox> {
        Sandbox::make(limits, store.clone(), Some(sessions)).or_else(|_| Sandbox::make(limits, store, None))
    }

    fn make(limits: Limits, store: Option<PathBuf>, pool: Option<u32>) -> anyhow::Result<Sandbox> {
        let mut config = engine::config();
        // Nothing is compiled for it any more: finding out what this processor can do would be in vain.
        config.with_custom_code_memory(Some(Arc::new(code::InPlace))).enable_compiler(false);
        if let Some(sessions) = pool {
            pool::prepare(&mut config, &limits, sessions);
        }
        let own = Timed::new(&config).map_err(anyhow::Error::from).context("this machine cannot run the sandbox")?;
        Ok(Sandbox(Arc::new(Inner { own, foreign: Default::default(), limits, store, pool })))
    }

    /// What plugins may use here.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    fn is_pooled(&self) -> bool {
        self.0.pool.is_some()
    }

    fn store(&self) -> Option<&Path> {
        self.0.store.as_deref()
    }

    /// The engine for what this program's own build compiled.
    fn own(&self) -> &Timed {
        &self.0.own
    }

    /// The engine for a foreign plugin of this many bytes.
    fn foreign(&self, bytes: u64) -> Result<&Timed, Fault> {
        // Larger ones are interpreters. The optimiser accounts for a quarter of their compile time, and they run as fast without
        // it.
        const LARGE: u64 = 8 << 20;
        let is_large = bytes > LARGE;
        let new = || {
            let mut config = engine::config();
            if is_large {
                config.cranelift_opt_level(OptLevel::None);
            }
            // An interpreter comes with tens of megabytes of initial memory, of which a run touches only a part.
            config.memory_init_cow(true).memory_guaranteed_dense_image_size(self.0.limits.memory as u64);
            if let Some(sessions) = self.0.pool {
                pool::prepare(&mut config, &self.0.limits, sessions);
            }
            Timed::new(&config).map_err(|error| format!("{error:#}"))
        };
        let made = self.0.foreign[usize::from(is_large)].get_or_init(new).as_ref();
        made.map_err(|error| Fault::NotAPlugin(format!("this machine cannot run it: {error}")))
    }

    /// Compiles a component, or a core module that has our world embedded, to be loaded with [`Code::Component`].
    pub fn load(&self, code: Code<'_>) -> Result<Plugin, PluginError> {
        Plugin::load(self, code)
    }

    /// Loads a component by its SHA-256 and size, if its compiled code is kept, with the description that was recorded when it
    /// was checked.
    pub(crate) fn load_kept(&self, sha256: &str, bytes: u64, description: Description) -> Option<Result<Plugin, PluginError>> {
        Plugin::load_kept(self, sha256, bytes, description)
    }

    /// Starts the clock that ends calls which take too long. It stops by itself when the engine is gone.
    fn start_clock(timed: &Timed) -> Result<(), String> {
        let start = || {
            let engine = timed.engine.weak();
            let clock = std::thread::Builder::new().name("clock".to_owned()).stack_size(64 << 10);
            clock.spawn(move || tick(&engine)).map(drop).map_err(|error: io::Error| error.to_string())
        };
        timed.clock.get_or_init(start).clone()
    }

    /// The deadline of a call, in steps of the clock.
    fn call_ticks(&self) -> u64 {
        // One more, because the step under way is already partly over.
        (self.0.limits.call.as_millis() as u64).div_ceil(engine::TICK_MILLIS) + 1
    }
}

/// Counts time for as long as the engine lives.
fn tick(engine: &EngineWeak) {
    while let Some(engine) = engine.upgrade() {
        engine.increment_epoch();
        drop(engine);
        std::thread::sleep(Duration::from_millis(engine::TICK_MILLIS));
    }
}
