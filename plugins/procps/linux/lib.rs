//! `vmstat`, `top -b` and `sysctl`, which procps has on Linux, and the `top` of BusyBox, FreeBSD and macOS.

pub mod sysctl;
pub mod top;
pub mod top_busybox;
pub mod top_freebsd;
pub mod top_macos;
pub mod top_record;
mod top_summary;
pub mod vmstat;
pub mod vmstat_record;

pub use sysctl::Sysctl;
pub use top::Top;
pub use top_busybox::TopBusybox;
pub use top_freebsd::TopFreebsd;
pub use top_macos::TopMacos;
pub use vmstat::Vmstat;

outparse_sdk::export!(
    "procps-linux",
    env!("CARGO_PKG_VERSION"),
    "The system over time, as vmstat, top and sysctl print it";
    Vmstat, Top, TopBusybox, TopFreebsd, TopMacos, Sysctl
);
