//! What `sar -n` measures of NFS.

use outparse_sdk::Record;

/// Calls of NFS.
#[derive(Clone, Debug, Default, Record)]
pub struct Nfs {
    /// Calls made as a client of NFS.
    #[field(gauge)]
    pub nfs_calls_per_second: Option<f64>,
    /// Calls made once more.
    #[field(gauge)]
    pub nfs_retransmissions_per_second: Option<f64>,
    /// Calls to read.
    #[field(gauge)]
    pub nfs_reads_per_second: Option<f64>,
    /// Calls to write.
    #[field(gauge)]
    pub nfs_writes_per_second: Option<f64>,
    /// Calls to ask what is allowed.
    #[field(gauge)]
    pub nfs_access_checks_per_second: Option<f64>,
    /// Calls to read attributes.
    #[field(gauge)]
    pub nfs_attribute_reads_per_second: Option<f64>,
    /// Calls received as a server of NFS.
    #[field(gauge)]
    pub nfsd_calls_per_second: Option<f64>,
    /// Calls received that could not be answered.
    #[field(gauge)]
    pub nfsd_bad_calls_per_second: Option<f64>,
    /// Packets received as a server of NFS.
    #[field(gauge)]
    pub nfsd_packets_per_second: Option<f64>,
    /// Those over UDP.
    #[field(gauge)]
    pub nfsd_udp_packets_per_second: Option<f64>,
    /// Those over TCP.
    #[field(gauge)]
    pub nfsd_tcp_packets_per_second: Option<f64>,
    /// Calls whose answer was still known.
    #[field(gauge)]
    pub nfsd_cache_hits_per_second: Option<f64>,
    /// Calls whose answer was not.
    #[field(gauge)]
    pub nfsd_cache_misses_per_second: Option<f64>,
    /// Calls received to read.
    #[field(gauge)]
    pub nfsd_reads_per_second: Option<f64>,
    /// Calls received to write.
    #[field(gauge)]
    pub nfsd_writes_per_second: Option<f64>,
    /// Calls received to ask what is allowed.
    #[field(gauge)]
    pub nfsd_access_checks_per_second: Option<f64>,
    /// Calls received to read attributes.
    #[field(gauge)]
    pub nfsd_attribute_reads_per_second: Option<f64>,
}
