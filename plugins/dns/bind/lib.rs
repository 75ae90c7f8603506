//! The domain name system, as the tools of BIND ask it: `dig` and `host`.

pub mod dig;
pub mod host;

pub use dig::Dig;
pub use host::Host;

outparse_sdk::export!(
    "dns-bind",
    env!("CARGO_PKG_VERSION"),
    "Answers of the domain name system, as dig and host print them";
    Dig, Host
);
