//! What is fetched and published, on which terms, and the errors when it is not.

use std::time::Duration;

use outparse::error::Error;

/// Time to reach a server.
pub(super) const CONNECT: Duration = Duration::from_secs(10);

/// Time without a byte from a server.
pub(super) const SILENCE: Duration = Duration::from_secs(20);

/// Time for everything.
pub(super) const ALL: Duration = Duration::from_secs(300);

/// How servers are dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Bytes a component may have.
    pub(super) most: u64,
    /// Whether a server that is not this machine may be spoken to without encryption.
    pub(super) insecure: bool,
    /// Time without a byte.
    pub(super) silence: Duration,
    /// Time for everything.
    pub(super) all: Duration,
}

impl Terms {
    /// Components of no more than `most` bytes; with `insecure`, also from another machine without encryption.
    pub fn new(most: u64, insecure: bool) -> Terms {
        Terms { most, insecure, silence: SILENCE, all: ALL }
    }
}

/// A component that was fetched.
#[derive(Debug)]
pub struct Fetched {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it came from, in full.
    pub origin: String,
    /// From a registry: the digest of the manifest.
    pub manifest: Option<String>,
}

/// A component to be published.
pub struct Component<'a> {
    /// The plugin's name.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What it exports.
    pub exports: &'a [String],
    /// What else is said about it: names of annotations and their texts.
    pub annotations: Vec<(String, String)>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

pub(super) fn declined(why: String, hint: Option<&str>) -> Error {
    Error::Declined { why: outparse::words::plain(&why, 1000), hint: hint.map(str::to_owned) }
}

/// The error of a fetch that a limit ended.
pub(super) fn too_large(what: &str, most: u64) -> Error {
    declined(
        format!("`{what}` has more than {most} bytes"),
        Some("if you trust it, set `component` under `[limits]` in the configuration to more"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.com", "10.0.0.1", "localhost.example.com", "127.0.0.1.example.com", "0.0.0.0"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
