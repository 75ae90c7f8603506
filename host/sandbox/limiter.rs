//! Counts what a running plugin takes, and stops it at the limit.

use wasmtime::{ResourceLimiter, Result, bail};

use super::Limits;

/// Tables are for function pointers; no toolchain makes more than a few, of a few thousand entries.
const TABLES: usize = 64;
const TABLE_ELEMENTS: usize = 1 << 20;
const MEMORIES: usize = 16;
/// A component is several core instances: adapters and shims besides the program itself.
const INSTANCES: usize = 64;

/// The limits of one store, all its memories together.
pub(super) struct Limiter {
    memory: usize,
    used: usize,
    /// The limit that the plugin has run into, as a clause.
    pub(super) exceeded: Option<String>,
}

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Limiter {
        Limiter { memory: limits.memory, used: 0, exceeded: None }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.memory {
            let why = format!("needed more than {} MiB of memory", self.memory >> 20);
            self.exceeded = Some(why.clone());
            bail!(why);
        }
        self.used = used;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        if desired > TABLE_ELEMENTS {
            let why = format!("needed a table of more than {TABLE_ELEMENTS} elements");
            self.exceeded = Some(why.clone());
            bail!(why);
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES
    }

    fn tables(&self) -> usize {
        TABLES
    }

    fn memories(&self) -> usize {
        MEMORIES
    }
}
