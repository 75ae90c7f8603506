//! Memory for sessions that is kept ready. A session for a small capture takes microseconds; mapping memory for it and giving it
//! back takes as long again, and threads wait for each other while the system does so. A pool gives the same memory to one
//! session after another, and resets what the previous one wrote.

use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::limiter::{INSTANCES, MEMORIES, TABLES};
use super::limits::Limits;

/// Bytes of a page of WebAssembly's memory.
const PAGE: usize = 64 << 10;

/// How many bytes of a session's memory are kept and reset by hand. The rest is given back to the system.
const KEPT: usize = 1 << 20;

/// Functions that a plugin may have in one table: interpreters have thousands.
const TABLE_ELEMENTS: usize = 100_000;

/// How many core instances, memories and tables the pool has room for, per session: plugins have one or two of each, and a plugin
/// that has more takes the room of others.
const EACH: u32 = 8;

/// Sets up the pool for this many sessions at a time.
pub(super) fn prepare(config: &mut Config, limits: &Limits, sessions: u32) {
    let mut pool = PoolingAllocationConfig::new();
    let parts = sessions.saturating_mul(EACH).max(INSTANCES as u32);
    pool.total_component_instances(sessions)
        .total_core_instances(parts)
        .total_memories(parts)
        .total_tables(parts)
        .max_core_instances_per_component(INSTANCES as u32)
        .max_memories_per_component(MEMORIES as u32)
        .max_tables_per_component(TABLES as u32)
        .max_tables_per_module(TABLES as u32)
        .max_memories_per_module(MEMORIES as u32)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(limits.memory.next_multiple_of(PAGE))
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(KEPT)
        .pagemap_scan(Enabled::Auto);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
}
