//! Counts what a running plugin takes, and stops it at the limit.

use wasmtime::{ResourceLimiter, Result, bail};

use super::limits::Limits;

/// Tables are for function pointers; no toolchain makes more than a few.
pub(super) const TABLES: usize = 64;
pub(super) const MEMORIES: usize = 16;
/// A component is several core instances: adapters and shims besides the program itself.
pub(super) const INSTANCES: usize = 64;

/// The limits of one store, all its memories and tables together.
pub(super) struct Limiter {
    memory: usize,
    used: usize,
    /// Whether it asked for more.
    pub(super) exceeded: bool,
}

impl Limiter {
    pub(super) fn new(limits: &Limits) -> Limiter {
        Limiter { memory: limits.memory, used: 0, exceeded: false }
    }

    fn take(&mut self, bytes: usize) -> Result<bool> {
        let used = self.used.saturating_add(bytes);
        if used > self.memory {
            self.exceeded = true;
            bail!("needed more memory than is allowed");
        }
        self.used = used;
        Ok(true)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        self.take(desired.saturating_sub(current))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool> {
        self.take(desired.saturating_sub(current).saturating_mul(size_of::<usize>()))
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
