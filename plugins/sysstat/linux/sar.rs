//! `sar`: a table an activity, again and again, each row as soon as it is there.

use outparse_sdk::{About, CellValue, Cells, Error, Field, Line, Parser, Place, Problem, Record, Rows, Source};

use crate::{clock, is_banner};

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

/// How a cell is read: `-h` and `--human` print letters, which count in 1,024.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Text,
    Integer,
    Float,
    /// Thousandths.
    Milli,
    /// Millions.
    Mega,
    /// Blocks of 512 bytes.
    Blocks,
    /// Numbers of 1,024 bytes, with decimals.
    Kibi,
    /// Whole numbers of 1,024 bytes.
    Kibibytes,
    /// Whole numbers of 1,048,576 bytes.
    Mebibytes,
}

const COLUMNS: [(&str, &str, Reading); 153] = [
    ("CPU", "cpu", Reading::Text),
    ("DEV", "device", Reading::Text),
    ("IFACE", "interface", Reading::Text),
    ("TTY", "tty", Reading::Text),
    ("INTR", "interrupt", Reading::Text),
    ("FILESYSTEM", "filesystem", Reading::Text),
    ("MOUNTPOINT", "mounted_on", Reading::Text),
    ("%user", "user_percent", Reading::Float),
    ("%usr", "user_percent", Reading::Float),
    ("%nice", "nice_percent", Reading::Float),
    ("%system", "system_percent", Reading::Float),
    ("%sys", "system_percent", Reading::Float),
    ("%iowait", "iowait_percent", Reading::Float),
    ("%steal", "steal_percent", Reading::Float),
    ("%irq", "irq_percent", Reading::Float),
    ("%soft", "softirq_percent", Reading::Float),
    ("%guest", "guest_percent", Reading::Float),
    ("%gnice", "guest_nice_percent", Reading::Float),
    ("%idle", "idle_percent", Reading::Float),
    ("MHz", "frequency", Reading::Mega),
    ("tps", "transfers_per_second", Reading::Float),
    ("rtps", "reads_per_second", Reading::Float),
    ("wtps", "writes_per_second", Reading::Float),
    ("dtps", "discards_per_second", Reading::Float),
    ("bread/s", "read_bytes_per_second", Reading::Blocks),
    ("rkB/s", "read_bytes_per_second", Reading::Kibi),
    ("bwrtn/s", "written_bytes_per_second", Reading::Blocks),
    ("wkB/s", "written_bytes_per_second", Reading::Kibi),
    ("bdscd/s", "discarded_bytes_per_second", Reading::Blocks),
    ("dkB/s", "discarded_bytes_per_second", Reading::Kibi),
    ("areq-sz", "average_request_size", Reading::Kibi),
    ("aqu-sz", "average_queue_size", Reading::Float),
    ("await", "wait", Reading::Milli),
    ("%util", "utilization_percent", Reading::Float),
    ("pgpgin/s", "paged_in_bytes_per_second", Reading::Kibi),
    ("pgpgout/s", "paged_out_bytes_per_second", Reading::Kibi),
    ("fault/s", "faults_per_second", Reading::Float),
    ("majflt/s", "major_faults_per_second", Reading::Float),
    ("pgfree/s", "freed_pages_per_second", Reading::Float),
    ("pgscank/s", "scanned_by_kswapd_per_second", Reading::Float),
    ("pgscand/s", "scanned_directly_per_second", Reading::Float),
    ("pgsteal/s", "reclaimed_pages_per_second", Reading::Float),
    ("%vmeff", "reclaim_percent", Reading::Float),
    ("pswpin/s", "swapped_in_pages_per_second", Reading::Float),
    ("pswpout/s", "swapped_out_pages_per_second", Reading::Float),
    ("runq-sz", "processes_runnable", Reading::Integer),
    ("plist-sz", "tasks", Reading::Integer),
    ("ldavg-1", "load_1m", Reading::Float),
    ("ldavg-5", "load_5m", Reading::Float),
    ("ldavg-15", "load_15m", Reading::Float),
    ("blocked", "processes_blocked", Reading::Integer),
    ("kbmemfree", "free", Reading::Kibibytes),
    ("kbavail", "available", Reading::Kibibytes),
    ("kbmemused", "used", Reading::Kibibytes),
    ("%memused", "memory_used_percent", Reading::Float),
    ("kbbuffers", "buffers", Reading::Kibibytes),
    ("kbcached", "cache", Reading::Kibibytes),
    ("kbcommit", "committed", Reading::Kibibytes),
    ("%commit", "committed_percent", Reading::Float),
    ("kbactive", "active", Reading::Kibibytes),
    ("kbinact", "inactive", Reading::Kibibytes),
    ("kbdirty", "dirty", Reading::Kibibytes),
    ("kbanonpg", "anonymous", Reading::Kibibytes),
    ("kbslab", "slab", Reading::Kibibytes),
    ("kbkstack", "kernel_stacks", Reading::Kibibytes),
    ("kbpgtbl", "page_tables", Reading::Kibibytes),
    ("kbvmused", "vmalloc_used", Reading::Kibibytes),
    ("kbswpfree", "swap_free", Reading::Kibibytes),
    ("kbswpused", "swap_used", Reading::Kibibytes),
    ("%swpused", "swap_used_percent", Reading::Float),
    ("kbswpcad", "swap_cached", Reading::Kibibytes),
    ("%swpcad", "swap_cached_percent", Reading::Float),
    ("kbhugfree", "huge_pages_free", Reading::Kibibytes),
    ("kbhugused", "huge_pages_used", Reading::Kibibytes),
    ("%hugused", "huge_pages_used_percent", Reading::Float),
    ("kbhugrsvd", "huge_pages_reserved", Reading::Kibibytes),
    ("kbhugsurp", "huge_pages_surplus", Reading::Kibibytes),
    ("proc/s", "processes_per_second", Reading::Float),
    ("cswch/s", "context_switches_per_second", Reading::Float),
    ("intr/s", "interrupts_per_second", Reading::Float),
    ("all", "interrupts_per_second", Reading::Float),
    ("dentunusd", "unused_dentries", Reading::Integer),
    ("file-nr", "files_open", Reading::Integer),
    ("inode-nr", "inodes_in_memory", Reading::Integer),
    ("pty-nr", "terminals", Reading::Integer),
    ("rxpck/s", "rx_packets_per_second", Reading::Float),
    ("txpck/s", "tx_packets_per_second", Reading::Float),
    ("rxkB/s", "rx_bytes_per_second", Reading::Kibi),
    ("txkB/s", "tx_bytes_per_second", Reading::Kibi),
    ("rxcmp/s", "rx_compressed_per_second", Reading::Float),
    ("txcmp/s", "tx_compressed_per_second", Reading::Float),
    ("rxmcst/s", "rx_multicast_per_second", Reading::Float),
    ("%ifutil", "interface_use_percent", Reading::Float),
    ("rxerr/s", "rx_errors_per_second", Reading::Float),
    ("txerr/s", "tx_errors_per_second", Reading::Float),
    ("coll/s", "collisions_per_second", Reading::Float),
    ("rxdrop/s", "rx_dropped_per_second", Reading::Float),
    ("txdrop/s", "tx_dropped_per_second", Reading::Float),
    ("txcarr/s", "tx_carrier_errors_per_second", Reading::Float),
    ("rxfram/s", "rx_frame_errors_per_second", Reading::Float),
    ("rxfifo/s", "rx_overruns_per_second", Reading::Float),
    ("txfifo/s", "tx_overruns_per_second", Reading::Float),
    ("totsck", "sockets", Reading::Integer),
    ("tcpsck", "tcp_sockets", Reading::Integer),
    ("udpsck", "udp_sockets", Reading::Integer),
    ("rawsck", "raw_sockets", Reading::Integer),
    ("ip-frag", "ip_fragments", Reading::Integer),
    ("tcp-tw", "tcp_time_wait", Reading::Integer),
    ("active/s", "tcp_active_opens_per_second", Reading::Float),
    ("passive/s", "tcp_passive_opens_per_second", Reading::Float),
    ("iseg/s", "tcp_segments_received_per_second", Reading::Float),
    ("oseg/s", "tcp_segments_sent_per_second", Reading::Float),
    ("idgm/s", "udp_received_per_second", Reading::Float),
    ("odgm/s", "udp_sent_per_second", Reading::Float),
    ("noport/s", "udp_no_port_per_second", Reading::Float),
    ("idgmerr/s", "udp_receive_errors_per_second", Reading::Float),
    ("irec/s", "ip_received_per_second", Reading::Float),
    ("fwddgm/s", "ip_forwarded_per_second", Reading::Float),
    ("idel/s", "ip_delivered_per_second", Reading::Float),
    ("orq/s", "ip_sent_per_second", Reading::Float),
    ("asmrq/s", "ip_pieces_per_second", Reading::Float),
    ("asmok/s", "ip_reassembled_per_second", Reading::Float),
    ("fragok/s", "ip_fragmented_per_second", Reading::Float),
    ("fragcrt/s", "ip_fragments_made_per_second", Reading::Float),
    ("rcvin/s", "serial_received_per_second", Reading::Float),
    ("xmtin/s", "serial_sent_per_second", Reading::Float),
    ("MBfsfree", "filesystem_free", Reading::Mebibytes),
    ("MBfsused", "filesystem_used", Reading::Mebibytes),
    ("%fsused", "filesystem_used_percent", Reading::Float),
    ("%ufsused", "filesystem_user_used_percent", Reading::Float),
    ("Ifree", "inodes_free", Reading::Integer),
    ("Iused", "inodes_used", Reading::Integer),
    ("%Iused", "inodes_use_percent", Reading::Float),
    ("%scpu-10", "cpu_pressure_some_10s_percent", Reading::Float),
    ("%scpu-60", "cpu_pressure_some_60s_percent", Reading::Float),
    ("%scpu-300", "cpu_pressure_some_300s_percent", Reading::Float),
    ("%scpu", "cpu_pressure_some_percent", Reading::Float),
    ("%sio-10", "io_pressure_some_10s_percent", Reading::Float),
    ("%sio-60", "io_pressure_some_60s_percent", Reading::Float),
    ("%sio-300", "io_pressure_some_300s_percent", Reading::Float),
    ("%sio", "io_pressure_some_percent", Reading::Float),
    ("%fio-10", "io_pressure_full_10s_percent", Reading::Float),
    ("%fio-60", "io_pressure_full_60s_percent", Reading::Float),
    ("%fio-300", "io_pressure_full_300s_percent", Reading::Float),
    ("%fio", "io_pressure_full_percent", Reading::Float),
    ("%smem-10", "memory_pressure_some_10s_percent", Reading::Float),
    ("%smem-60", "memory_pressure_some_60s_percent", Reading::Float),
    ("%smem-300", "memory_pressure_some_300s_percent", Reading::Float),
    ("%smem", "memory_pressure_some_percent", Reading::Float),
    ("%fmem-10", "memory_pressure_full_10s_percent", Reading::Float),
    ("%fmem-60", "memory_pressure_full_60s_percent", Reading::Float),
    ("%fmem-300", "memory_pressure_full_300s_percent", Reading::Float),
    ("%fmem", "memory_pressure_full_percent", Reading::Float),
];

/// Reads `sar`.
pub struct Sar {
    columns: Vec<(Reading, Place)>,
    timestamp: Option<Place>,
    /// Whether the columns of the table are not known: its rows are left out.
    unknown: bool,
}

const EXPECTED: &str = "`Linux … (HOST) …`, or `TIME` and the titles of an activity";

impl Parser for Sar {
    const ABOUT: About = About {
        name: "sar",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What a system did over time, as sar prints it",
        commands: &["sar"],
        dialect: "sysstat",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Cells<Sample<'static>>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Sar { columns: Vec::new(), timestamp: None, unknown: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole().trim();
        if whole.bytes.is_empty() {
            return Ok(());
        }
        if is_banner(whole.bytes) {
            rows.recognise();
            return Ok(());
        }
        let words = whole.words();
        let Some((skip, time)) = clock(&words) else { return Err(line.expected(EXPECTED).into()) };
        let cells = &words[skip..];
        if is_heading(cells) {
            return self.heading(cells, rows);
        }
        if self.unknown {
            return Ok(());
        }
        // After a restart of the system a line says so.
        if let [first, second, ..] = cells
            && first.bytes == b"LINUX"
            && second.bytes == b"RESTART"
        {
            rows.warn_once("restart", || line.whole().problem("the system was started anew here"));
            return Ok(());
        }
        if self.columns.is_empty() {
            return Err(line.expected(EXPECTED).into());
        }
        if cells.len() != self.columns.len() {
            return Err(Problem::error(format!("expected {} fields, found {}", self.columns.len(), cells.len())).into());
        }
        let mut values = Vec::with_capacity(cells.len());
        for ((reading, place), cell) in self.columns.iter().zip(cells) {
            if let Some(value) = value(*reading, *cell)? {
                values.push((*place, value));
            }
        }
        if let Some(place) = self.timestamp {
            rows.put(place, CellValue::Text(time.as_bytes()));
        }
        values.into_iter().for_each(|(place, value)| rows.put(place, value));
        rows.end_row();
        Ok(())
    }
}

/// Titles have a letter where numbers have none; a table of names alone has a title in capitals first.
fn is_heading(words: &[Field<'_>]) -> bool {
    let is_title = |word: &Field<'_>| COLUMNS.iter().any(|(title, ..)| title.as_bytes() == word.bytes);
    let is_rate = |word: &Field<'_>| word.bytes.ends_with(b"/s") || word.bytes.starts_with(b"%") || word.bytes.starts_with(b"kb");
    let known = words.iter().filter(|word| is_title(word) || is_rate(word)).count();
    let has_digits = words.iter().any(|word| word.bytes[0].is_ascii_digit());
    words.len() > 1 && (known == words.len() || known > words.len() / 2 && !has_digits)
}

impl Sar {
    fn heading(&mut self, titles: &[Field<'_>], rows: &mut Rows<Cells<Sample<'static>>>) -> Result<(), Error> {
        rows.recognise();
        let mut found = Vec::with_capacity(titles.len());
        for word in titles {
            match COLUMNS.iter().find(|(title, ..)| title.as_bytes() == word.bytes) {
                Some(column) => found.push(column),
                None => {
                    self.unknown = true;
                    self.columns.clear();
                    return Err(word.expected("a title of `sar`: the rows of this table are left out").into());
                }
            }
        }
        self.unknown = false;
        rows.begin_table();
        self.timestamp = Some(rows.column("timestamp"));
        self.columns = found.into_iter().map(|(_, field, reading)| (*reading, rows.column(field))).collect();
        rows.end_heading();
        Ok(())
    }
}

/// The value of a cell; nothing where there is none.
fn value(reading: Reading, cell: Field<'_>) -> Result<Option<CellValue<'_>>, Problem> {
    if matches!(cell.bytes, b"-" | b"nan" | b"-nan") {
        return Ok(None);
    }
    let whole = |unit: i64| -> Result<CellValue<'_>, Problem> {
        Ok(CellValue::Integer(match cell.integer() {
            Ok(number) => number.saturating_mul(unit),
            // An average has decimals.
            Err(problem) => match cell.float() {
                Ok(number) => (number * unit as f64) as i64,
                Err(_) => cell.size(outparse_sdk::Base::Binary).map_err(|_| problem)?,
            },
        }))
    };
    Ok(Some(match reading {
        Reading::Text => CellValue::Text(cell.bytes),
        Reading::Integer => whole(1)?,
        Reading::Kibibytes => whole(1 << 10)?,
        Reading::Mebibytes => whole(1 << 20)?,
        Reading::Milli => CellValue::Float(cell.float_e(-3)?),
        Reading::Mega => CellValue::Float(cell.float_e(6)?),
        Reading::Float => CellValue::Float(crate::amount(cell, 1.0)?),
        Reading::Blocks => CellValue::Float(crate::amount(cell, 512.0)?),
        Reading::Kibi => CellValue::Float(crate::amount(cell, 1024.0)?),
    }))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, parse};

    use super::Sar;

    const TEXT: &[u8] = b"Linux 6.1.0-18-amd64 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42 PM     CPU     %user     %idle\n02:21:43 PM     all      0.50     98.99\n\
        \n02:21:42 PM    kbmemfree  %memused\n02:21:43 PM     17475480      1.40\n\n02:21:42 PM        IFACE   rxpck/s    rxkB/s   %ifutil\n02:21:43 PM         eth0      2.00      1.50      0.00\n\
        \nAverage:        CPU     %user     %idle\nAverage:        all      0.25     99.00\n\nAverage:    kbmemfree  %memused\nAverage:     17475480      1.40\n\
        \nSummary:     MBfsfree  MBfsused FILESYSTEM\nSummary:       225733     32286 /dev/vda\n";

    #[test]
    fn each_activity_has_its_fields() {
        let parsed = parse::<Sar>(None, TEXT);
        assert_eq!(
            parsed.sound(),
            [
                r#"{"timestamp":"02:21:43 PM","cpu":"all","user_percent":0.5,"idle_percent":98.99}"#,
                r#"{"timestamp":"02:21:43 PM","free":17894891520,"memory_used_percent":1.4}"#,
                r#"{"timestamp":"02:21:43 PM","interface":"eth0","rx_packets_per_second":2,"rx_bytes_per_second":1536,"interface_use_percent":0}"#,
                r#"{"timestamp":"Average","cpu":"all","user_percent":0.25,"idle_percent":99}"#,
                r#"{"timestamp":"Average","free":17894891520,"memory_used_percent":1.4}"#,
                r#"{"timestamp":"Summary","filesystem":"/dev/vda","filesystem_free":236698206208,"filesystem_used":33854324736}"#,
            ]
        );
        assert_any_split::<Sar>(None, TEXT);
    }

    #[test]
    fn what_is_not_known_is_left_out_with_a_word() {
        let text = b"Linux 6.1.0 (box) \t11/29/26 \t_x86_64_\t(2 CPU)\n\n02:21:42   what/s   %new\n02:21:43   1.00   2.00\n\n02:21:42     CPU     %user\n02:21:43     all      x\n02:21:44     all      1.00\n02:21:45     all\n";
        let parsed = parse::<Sar>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 3), "{parsed:?}");
        let failure = |text: &[u8]| parse::<Sar>(None, text).failure.unwrap_or_default();
        for text in ["hello\n", "02:21:43     all      1.00\n", "Average: 1 2\n"] {
            assert!(failure(text.as_bytes()).starts_with("unrecognised"), "{text}");
        }
    }
}
