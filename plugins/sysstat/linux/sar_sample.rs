//! What `sar` measures.

use outparse_sdk::Record;

/// What was measured. Which fields there are is up to the activity: each has a table of its own.
#[derive(Clone, Debug, Default, Record)]
pub struct Sample<'a> {
    /// Time of day at its end, as printed; `Average` over all intervals, and `Summary` of filesystems.
    pub timestamp: Option<&'a [u8]>,
    /// Processor; `all` is all together.
    #[field(key)]
    pub cpu: Option<&'a [u8]>,
    /// Device: `sda`, `dev8-0`.
    #[field(key)]
    pub device: Option<&'a [u8]>,
    /// Network interface.
    #[field(key)]
    pub interface: Option<&'a [u8]>,
    /// Serial line.
    #[field(key)]
    pub tty: Option<&'a [u8]>,
    /// Interrupt: its number, or `sum`.
    #[field(key)]
    pub interrupt: Option<&'a [u8]>,
    /// Filesystem.
    #[field(key)]
    pub filesystem: Option<&'a [u8]>,
    /// Where it is mounted (`-F MOUNT`).
    #[field(key)]
    pub mounted_on: Option<&'a [u8]>,
    /// In programs, guests among them.
    #[field(unit = "percent", gauge)]
    pub user_percent: Option<f64>,
    /// In programs with less priority.
    #[field(unit = "percent", gauge)]
    pub nice_percent: Option<f64>,
    /// In the kernel.
    #[field(unit = "percent", gauge)]
    pub system_percent: Option<f64>,
    /// Idle while input or output was awaited.
    #[field(unit = "percent", gauge)]
    pub iowait_percent: Option<f64>,
    /// Taken by the host of this virtual machine.
    #[field(unit = "percent", gauge)]
    pub steal_percent: Option<f64>,
    /// In interrupts.
    #[field(unit = "percent", gauge)]
    pub irq_percent: Option<f64>,
    /// In soft interrupts.
    #[field(unit = "percent", gauge)]
    pub softirq_percent: Option<f64>,
    /// In guests.
    #[field(unit = "percent", gauge)]
    pub guest_percent: Option<f64>,
    /// In guests with less priority.
    #[field(unit = "percent", gauge)]
    pub guest_nice_percent: Option<f64>,
    /// Idle.
    #[field(unit = "percent", gauge)]
    pub idle_percent: Option<f64>,
    /// Frequency of the processor.
    #[field(unit = "hertz", gauge)]
    pub frequency: Option<f64>,
    /// Transfers from and to devices.
    #[field(gauge)]
    pub transfers_per_second: Option<f64>,
    /// Reads from devices.
    #[field(gauge)]
    pub reads_per_second: Option<f64>,
    /// Writes to devices.
    #[field(gauge)]
    pub writes_per_second: Option<f64>,
    /// Discards.
    #[field(gauge)]
    pub discards_per_second: Option<f64>,
    /// Read from devices.
    #[field(unit = "bytes/s", gauge)]
    pub read_bytes_per_second: Option<f64>,
    /// Written to devices.
    #[field(unit = "bytes/s", gauge)]
    pub written_bytes_per_second: Option<f64>,
    /// Discarded.
    #[field(unit = "bytes/s", gauge)]
    pub discarded_bytes_per_second: Option<f64>,
    /// Average size of a request.
    #[field(unit = "bytes", gauge)]
    pub average_request_size: Option<f64>,
    /// Average number of requests that wait.
    #[field(gauge)]
    pub average_queue_size: Option<f64>,
    /// Average time that a request takes.
    #[field(unit = "seconds", gauge)]
    pub wait: Option<f64>,
    /// Average time of service, as old versions worked it out.
    #[field(unit = "seconds", gauge)]
    pub service_time: Option<f64>,
    /// Time with requests.
    #[field(unit = "percent", gauge)]
    pub utilization_percent: Option<f64>,
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
    /// Tasks that wait for a processor or run.
    #[field(gauge)]
    pub processes_runnable: Option<i64>,
    /// Tasks.
    #[field(gauge)]
    pub tasks: Option<i64>,
    /// Load average of one minute.
    #[field(gauge)]
    pub load_1m: Option<f64>,
    /// Load average of five minutes.
    #[field(gauge)]
    pub load_5m: Option<f64>,
    /// Load average of fifteen minutes.
    #[field(gauge)]
    pub load_15m: Option<f64>,
    /// Tasks that wait for input or output.
    #[field(gauge)]
    pub processes_blocked: Option<i64>,
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
    /// Processes that were made.
    #[field(gauge)]
    pub processes_per_second: Option<f64>,
    /// Context switches.
    #[field(gauge)]
    pub context_switches_per_second: Option<f64>,
    /// Interrupts.
    #[field(gauge)]
    pub interrupts_per_second: Option<f64>,
    /// Entries of directories in caches that nobody uses.
    #[field(gauge)]
    pub unused_dentries: Option<i64>,
    /// Files that are open.
    #[field(gauge)]
    pub files_open: Option<i64>,
    /// Inodes in memory.
    #[field(gauge)]
    pub inodes_in_memory: Option<i64>,
    /// Pseudo terminals.
    #[field(gauge)]
    pub terminals: Option<i64>,
    /// Packets received.
    #[field(gauge)]
    pub rx_packets_per_second: Option<f64>,
    /// Packets sent.
    #[field(gauge)]
    pub tx_packets_per_second: Option<f64>,
    /// Received.
    #[field(unit = "bytes/s", gauge)]
    pub rx_bytes_per_second: Option<f64>,
    /// Sent.
    #[field(unit = "bytes/s", gauge)]
    pub tx_bytes_per_second: Option<f64>,
    /// Compressed packets received.
    #[field(gauge)]
    pub rx_compressed_per_second: Option<f64>,
    /// Compressed packets sent.
    #[field(gauge)]
    pub tx_compressed_per_second: Option<f64>,
    /// Multicast packets received.
    #[field(gauge)]
    pub rx_multicast_per_second: Option<f64>,
    /// Use of the interface.
    #[field(unit = "percent", gauge)]
    pub interface_use_percent: Option<f64>,
    /// Packets received in error.
    #[field(gauge)]
    pub rx_errors_per_second: Option<f64>,
    /// Packets not sent for errors.
    #[field(gauge)]
    pub tx_errors_per_second: Option<f64>,
    /// Collisions.
    #[field(gauge)]
    pub collisions_per_second: Option<f64>,
    /// Packets received and dropped.
    #[field(gauge)]
    pub rx_dropped_per_second: Option<f64>,
    /// Packets dropped instead of sent.
    #[field(gauge)]
    pub tx_dropped_per_second: Option<f64>,
    /// Packets not sent for want of a carrier.
    #[field(gauge)]
    pub tx_carrier_errors_per_second: Option<f64>,
    /// Frames that were not aligned.
    #[field(gauge)]
    pub rx_frame_errors_per_second: Option<f64>,
    /// Packets received faster than they were read.
    #[field(gauge)]
    pub rx_overruns_per_second: Option<f64>,
    /// Packets that were not sent fast enough.
    #[field(gauge)]
    pub tx_overruns_per_second: Option<f64>,
    /// Sockets.
    #[field(gauge)]
    pub sockets: Option<i64>,
    /// Sockets of TCP.
    #[field(gauge)]
    pub tcp_sockets: Option<i64>,
    /// Sockets of UDP.
    #[field(gauge)]
    pub udp_sockets: Option<i64>,
    /// Raw sockets.
    #[field(gauge)]
    pub raw_sockets: Option<i64>,
    /// Pieces of packets in queues.
    #[field(gauge)]
    pub ip_fragments: Option<i64>,
    /// Connections that wait for their end.
    #[field(gauge)]
    pub tcp_time_wait: Option<i64>,
    /// Sockets of TCP over IPv6.
    #[field(gauge)]
    pub tcp6_sockets: Option<i64>,
    /// Sockets of UDP over IPv6.
    #[field(gauge)]
    pub udp6_sockets: Option<i64>,
    /// Raw sockets of IPv6.
    #[field(gauge)]
    pub raw6_sockets: Option<i64>,
    /// Pieces of packets of IPv6 in queues.
    #[field(gauge)]
    pub ip6_fragments: Option<i64>,
    /// Connections made from here.
    #[field(gauge)]
    pub tcp_active_opens_per_second: Option<f64>,
    /// Connections made to here.
    #[field(gauge)]
    pub tcp_passive_opens_per_second: Option<f64>,
    /// Segments received.
    #[field(gauge)]
    pub tcp_segments_received_per_second: Option<f64>,
    /// Segments sent.
    #[field(gauge)]
    pub tcp_segments_sent_per_second: Option<f64>,
    /// Connections that did not come about.
    #[field(gauge)]
    pub tcp_failed_opens_per_second: Option<f64>,
    /// Connections that were reset.
    #[field(gauge)]
    pub tcp_resets_per_second: Option<f64>,
    /// Segments sent once more.
    #[field(gauge)]
    pub tcp_retransmissions_per_second: Option<f64>,
    /// Segments received in error.
    #[field(gauge)]
    pub tcp_receive_errors_per_second: Option<f64>,
    /// Segments sent that reset a connection.
    #[field(gauge)]
    pub tcp_resets_sent_per_second: Option<f64>,
    /// Datagrams received.
    #[field(gauge)]
    pub udp_received_per_second: Option<f64>,
    /// Datagrams sent.
    #[field(gauge)]
    pub udp_sent_per_second: Option<f64>,
    /// Datagrams for a port that nobody had.
    #[field(gauge)]
    pub udp_no_port_per_second: Option<f64>,
    /// Datagrams that could not be delivered.
    #[field(gauge)]
    pub udp_receive_errors_per_second: Option<f64>,
    /// Packets of IP received.
    #[field(gauge)]
    pub ip_received_per_second: Option<f64>,
    /// Packets of IP passed on.
    #[field(gauge)]
    pub ip_forwarded_per_second: Option<f64>,
    /// Packets of IP delivered.
    #[field(gauge)]
    pub ip_delivered_per_second: Option<f64>,
    /// Packets of IP to be sent.
    #[field(gauge)]
    pub ip_sent_per_second: Option<f64>,
    /// Pieces of packets that were to be put together.
    #[field(gauge)]
    pub ip_pieces_per_second: Option<f64>,
    /// Packets put together.
    #[field(gauge)]
    pub ip_reassembled_per_second: Option<f64>,
    /// Packets that were cut.
    #[field(gauge)]
    pub ip_fragmented_per_second: Option<f64>,
    /// Pieces that this made.
    #[field(gauge)]
    pub ip_fragments_made_per_second: Option<f64>,
    /// Frames that a processor took from the network.
    #[field(gauge)]
    pub frames_processed_per_second: Option<f64>,
    /// Frames that were dropped for want of room.
    #[field(gauge)]
    pub frames_dropped_per_second: Option<f64>,
    /// How often a processor ended its turn with frames left.
    #[field(gauge)]
    pub frames_squeezed_per_second: Option<f64>,
    /// How often a processor was woken to take frames.
    #[field(gauge)]
    pub frames_steered_per_second: Option<f64>,
    /// How often the limit of a flow was reached.
    #[field(gauge)]
    pub frames_limited_per_second: Option<f64>,
    /// Frames that wait.
    #[field(gauge)]
    pub frames_waiting: Option<i64>,
    /// Characters received.
    #[field(gauge)]
    pub serial_received_per_second: Option<f64>,
    /// Characters sent.
    #[field(gauge)]
    pub serial_sent_per_second: Option<f64>,
    /// Space not in use.
    #[field(unit = "bytes", gauge)]
    pub filesystem_free: Option<i64>,
    /// Space in use.
    #[field(unit = "bytes", gauge)]
    pub filesystem_used: Option<i64>,
    /// Space in use, of what all may use.
    #[field(unit = "percent", gauge)]
    pub filesystem_used_percent: Option<f64>,
    /// Space in use, of what users may use.
    #[field(unit = "percent", gauge)]
    pub filesystem_user_used_percent: Option<f64>,
    /// Inodes not in use.
    #[field(gauge)]
    pub inodes_free: Option<i64>,
    /// Inodes in use.
    #[field(gauge)]
    pub inodes_used: Option<i64>,
    /// Inodes in use.
    #[field(unit = "percent", gauge)]
    pub inodes_use_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_10s_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_60s_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_300s_percent: Option<f64>,
    /// Time in which some tasks waited for processor time, in this interval.
    #[field(unit = "percent", gauge)]
    pub cpu_pressure_some_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_10s_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_60s_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_300s_percent: Option<f64>,
    /// Time in which some tasks waited for input and output, in this interval.
    #[field(unit = "percent", gauge)]
    pub io_pressure_some_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_10s_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_60s_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_300s_percent: Option<f64>,
    /// Time in which all tasks waited for input and output, in this interval.
    #[field(unit = "percent", gauge)]
    pub io_pressure_full_percent: Option<f64>,
    /// Time in which some tasks waited for memory, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_10s_percent: Option<f64>,
    /// Time in which some tasks waited for memory, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_60s_percent: Option<f64>,
    /// Time in which some tasks waited for memory, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_300s_percent: Option<f64>,
    /// Time in which some tasks waited for memory, in this interval.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_some_percent: Option<f64>,
    /// Time in which all tasks waited for memory, over 10 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_10s_percent: Option<f64>,
    /// Time in which all tasks waited for memory, over 60 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_60s_percent: Option<f64>,
    /// Time in which all tasks waited for memory, over 300 seconds.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_300s_percent: Option<f64>,
    /// Time in which all tasks waited for memory, in this interval.
    #[field(unit = "percent", gauge)]
    pub memory_pressure_full_percent: Option<f64>,
}
