//! `vmstat`, `top -b` and `sysctl`, which procps has on Linux, and the `top` of BusyBox, FreeBSD and macOS.

pub mod sysctl;
pub mod top;
pub mod vmstat;

pub use sysctl::Sysctl;
pub use top::Top;
pub use top::busybox::TopBusybox;
pub use top::freebsd::TopFreebsd;
pub use top::macos::TopMacos;
pub use vmstat::Vmstat;

outparse_sdk::export!(
    "procps-linux",
    env!("CARGO_PKG_VERSION"),
    "The system over time, as vmstat, top and sysctl print it";
    Vmstat, Top, TopBusybox, TopFreebsd, TopMacos, Sysctl
);
