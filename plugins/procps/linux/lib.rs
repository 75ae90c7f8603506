//! `vmstat`, `top -b` and `sysctl`, which procps has on Linux.

pub mod sysctl;
pub mod top;
pub mod vmstat;

pub use sysctl::Sysctl;
pub use top::Top;
pub use vmstat::Vmstat;

outparse_sdk::export!(
    "procps-linux",
    env!("CARGO_PKG_VERSION"),
    "The system over time, as vmstat, top and sysctl print it";
    Vmstat, Top, Sysctl
);
