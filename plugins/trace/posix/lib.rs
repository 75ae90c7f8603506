//! The way to a machine, hop by hop: `traceroute`, `tracepath` and `mtr`.

pub mod mtr;
pub mod tracepath;
pub mod traceroute;

pub use mtr::Mtr;
pub use tracepath::Tracepath;
pub use traceroute::Traceroute;

outparse_sdk::export!(
    "trace-posix",
    env!("CARGO_PKG_VERSION"),
    "Ways through a network, as traceroute, tracepath and mtr print them";
    Traceroute, Tracepath, Mtr
);
