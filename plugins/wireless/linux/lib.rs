//! Radio: `iw`, `iwconfig` and `hciconfig`.

pub mod hciconfig;
pub mod iw;
pub mod iwconfig;

pub use hciconfig::Hciconfig;
pub use iw::Iw;
pub use iwconfig::Iwconfig;

outparse_sdk::export!(
    "wireless-linux",
    env!("CARGO_PKG_VERSION"),
    "Wireless and Bluetooth devices, as iw, iwconfig and hciconfig print them";
    Iw, Iwconfig, Hciconfig
);
