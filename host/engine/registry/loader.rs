//! Loads the plugins of candidates: for one capture, or once for many.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Candidate, Capture};
use crate::sandbox::{Plugin, PluginError, Sandbox, Session};
use crate::schema::About;

/// Where a parse gets its plugins.
pub struct Loader {
    sandbox: Sandbox,
    kept: Option<Kept>,
}

/// Plugins that were loaded, for the captures to come.
struct Kept {
    /// Those of this loader.
    own: Mutex<Vec<Loaded>>,
    /// Those of all loaders made from the same one. This list is asked only once per plugin, so that threads do not wait for each
    /// other.
    all: Arc<Mutex<Vec<Loaded>>>,
}

struct Loaded {
    candidate: Candidate,
    plugin: Plugin,
}

impl Loader {
    /// Loads a plugin whenever one is wanted: for a single capture, and for plugins that may change meanwhile.
    pub fn new(sandbox: Sandbox) -> Loader {
        Loader { sandbox, kept: None }
    }

    /// Loads each plugin once.
    pub fn keeping(sandbox: Sandbox) -> Loader {
        Loader { sandbox, kept: Some(Kept { own: Mutex::default(), all: Arc::default() }) }
    }

    /// A loader for another thread, which shares what was loaded.
    pub fn another(&self) -> Loader {
        let kept = self.kept.as_ref().map(|kept| Kept { own: Mutex::default(), all: Arc::clone(&kept.all) });
        Loader { sandbox: self.sandbox.clone(), kept }
    }

    /// The sandbox that plugins run in.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Begins the parse of a capture. Also returns the candidates that this one stands for: the first is at work, and the others
    /// are to be asked next.
    pub fn open(&self, candidate: &Candidate, capture: &Capture) -> Result<(Session, Vec<Candidate>), PluginError> {
        self.with(candidate, |plugin| {
            let each = candidate.each(plugin, capture);
            Ok((each.first().unwrap_or(candidate).session(plugin, capture)?, each))
        })
    }

    /// What a parser is.
    pub fn about(&self, candidate: &Candidate, capture: &Capture) -> Result<Arc<About>, PluginError> {
        self.with(candidate, |plugin| plugin.about(candidate.parser(plugin, capture)))
    }

    /// Asks something of a candidate's plugin.
    fn with<T>(&self, candidate: &Candidate, ask: impl FnOnce(&mut Plugin) -> Result<T, PluginError>) -> Result<T, PluginError> {
        let Some(Kept { own, all }) = &self.kept else { return ask(&mut candidate.load(&self.sandbox)?) };
        let mut own = lock(own);
        let place = match own.iter().position(|loaded| loaded.candidate.is_plugin_of(candidate)) {
            Some(place) => place,
            None => {
                own.push(Loaded { candidate: candidate.clone(), plugin: self.share(all, candidate)? });
                own.len() - 1
            }
        };
        ask(&mut own[place].plugin)
    }

    /// The plugin, shared with the other loaders if one of them has loaded it, or else loaded for all.
    fn share(&self, all: &Mutex<Vec<Loaded>>, candidate: &Candidate) -> Result<Plugin, PluginError> {
        let mut all = lock(all);
        if let Some(loaded) = all.iter().find(|loaded| loaded.candidate.is_plugin_of(candidate)) {
            return Ok(loaded.plugin.another());
        }
        let plugin = candidate.load(&self.sandbox)?;
        let another = plugin.another();
        all.push(Loaded { candidate: candidate.clone(), plugin });
        Ok(another)
    }
}

fn lock(loaded: &Mutex<Vec<Loaded>>) -> MutexGuard<'_, Vec<Loaded>> {
    // The list is consistent at all times, even after a panic.
    loaded.lock().unwrap_or_else(PoisonError::into_inner)
}
