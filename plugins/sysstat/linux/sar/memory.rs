//! What `sar` measures of memory, swap and paging.

use outparse_sdk::Record;

/// Memory, swap and paging.
#[derive(Clone, Debug, Default, Record)]
pub struct Memory {
    /// Paged in from devices.
    #[field(unit = "bytes/s", gauge)]
    pub paged_in_bytes_per_second: Option<f64>,
    /// Paged out to devices.
    #[field(unit = "bytes/s", gauge)]
    pub paged_out_bytes_per_second: Option<f64>,
    /// Page faults.
    #[field(gauge)]
    pub faults_per_second: Option<f64>,
    /// Page faults that needed input.
    #[field(gauge)]
    pub major_faults_per_second: Option<f64>,
    /// Pages that were freed.
    #[field(gauge)]
    pub freed_pages_per_second: Option<f64>,
    /// Pages that `kswapd` looked through.
    #[field(gauge)]
    pub scanned_by_kswapd_per_second: Option<f64>,
    /// Pages that were looked through at once.
    #[field(gauge)]
    pub scanned_directly_per_second: Option<f64>,
    /// Pages that were taken from caches.
    #[field(gauge)]
    pub reclaimed_pages_per_second: Option<f64>,
    /// Pages taken of those looked through.
    #[field(unit = "percent", gauge)]
    pub reclaim_percent: Option<f64>,
    /// Pages moved to faster memory.
    #[field(gauge)]
    pub promoted_pages_per_second: Option<f64>,
    /// Pages moved to slower memory.
    #[field(gauge)]
    pub demoted_pages_per_second: Option<f64>,
    /// Free pages that came to be; negative where they were used up.
    #[field(gauge)]
    pub free_pages_per_second: Option<f64>,
    /// Pages more for buffers.
    #[field(gauge)]
    pub buffer_pages_per_second: Option<f64>,
    /// Pages more for caches of files.
    #[field(gauge)]
    pub cached_pages_per_second: Option<f64>,
    /// Pages swapped in.
    #[field(gauge)]
    pub swapped_in_pages_per_second: Option<f64>,
    /// Pages swapped out.
    #[field(gauge)]
    pub swapped_out_pages_per_second: Option<f64>,
    /// Memory not in use.
    #[field(unit = "bytes", gauge)]
    pub free: Option<i64>,
    /// Memory that can be used.
    #[field(unit = "bytes", gauge)]
    pub available: Option<i64>,
    /// Memory in use.
    #[field(unit = "bytes", gauge)]
    pub used: Option<i64>,
    /// Memory in use.
    #[field(unit = "percent", gauge)]
    pub memory_used_percent: Option<f64>,
    /// Buffers of the kernel.
    #[field(unit = "bytes", gauge)]
    pub buffers: Option<i64>,
    /// Caches of files.
    #[field(unit = "bytes", gauge)]
    pub cache: Option<i64>,
    /// Memory that was promised.
    #[field(unit = "bytes", gauge)]
    pub committed: Option<i64>,
    /// Memory that was promised, of memory and swap.
    #[field(unit = "percent", gauge)]
    pub committed_percent: Option<f64>,
    /// Memory that was in use lately.
    #[field(unit = "bytes", gauge)]
    pub active: Option<i64>,
    /// Memory that was not in use lately.
    #[field(unit = "bytes", gauge)]
    pub inactive: Option<i64>,
    /// Memory that waits to be written.
    #[field(unit = "bytes", gauge)]
    pub dirty: Option<i64>,
    /// Memory that no file stands for.
    #[field(unit = "bytes", gauge)]
    pub anonymous: Option<i64>,
    /// Caches of the kernel for its own.
    #[field(unit = "bytes", gauge)]
    pub slab: Option<i64>,
    /// Stacks of the kernel.
    #[field(unit = "bytes", gauge)]
    pub kernel_stacks: Option<i64>,
    /// Page tables.
    #[field(unit = "bytes", gauge)]
    pub page_tables: Option<i64>,
    /// Virtual memory of the kernel.
    #[field(unit = "bytes", gauge)]
    pub vmalloc_used: Option<i64>,
    /// Swap not in use.
    #[field(unit = "bytes", gauge)]
    pub swap_free: Option<i64>,
    /// Swap in use.
    #[field(unit = "bytes", gauge)]
    pub swap_used: Option<i64>,
    /// Swap in use.
    #[field(unit = "percent", gauge)]
    pub swap_used_percent: Option<f64>,
    /// Swap that is in memory as well.
    #[field(unit = "bytes", gauge)]
    pub swap_cached: Option<i64>,
    /// The same of swap in use.
    #[field(unit = "percent", gauge)]
    pub swap_cached_percent: Option<f64>,
    /// Huge pages not in use.
    #[field(unit = "bytes", gauge)]
    pub huge_pages_free: Option<i64>,
    /// Huge pages in use.
    #[field(unit = "bytes", gauge)]
    pub huge_pages_used: Option<i64>,
    /// Huge pages in use.
    #[field(unit = "percent", gauge)]
    pub huge_pages_used_percent: Option<f64>,
    /// Huge pages that are promised.
    #[field(unit = "bytes", gauge)]
    pub huge_pages_reserved: Option<i64>,
    /// Huge pages beyond their number.
    #[field(unit = "bytes", gauge)]
    pub huge_pages_surplus: Option<i64>,
}
