//! Time servers: `ntpq -p`, `chronyc sources` and `chronyc tracking`.

pub mod chronyc;
pub mod ntpq;

pub use chronyc::{Sources, Tracking};
pub use ntpq::Ntpq;

outparse_sdk::export!(
    "ntp-any",
    env!("CARGO_PKG_VERSION"),
    "Time servers, as ntpq and chronyc print them";
    Ntpq, Sources, Tracking
);
