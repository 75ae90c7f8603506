//! Logs, a line an entry: what `journalctl` prints, what syslog writes into files (RFC 3164 and RFC 5424), `dmesg`, and what web
//! servers write. Each entry is a record as soon as its line is there.

pub mod access;
pub mod dmesg;
mod entry;
pub mod journal;
mod journal_json;
pub mod syslog;

pub use access::Access;
pub use dmesg::Dmesg;
pub use journal::Journal;
pub use syslog::Syslog;

outparse_sdk::export!(
    "log-text",
    env!("CARGO_PKG_VERSION"),
    "Entries of logs, as journalctl, syslog, dmesg and web servers print them";
    Journal, Syslog, Dmesg, Access
);
