//! What a desktop is made of: `xrandr` and `amixer`.

pub mod amixer;
pub mod edid;
pub mod xrandr;

pub use amixer::Amixer;
pub use xrandr::Xrandr;

outparse_sdk::export!(
    "desktop-linux",
    env!("CARGO_PKG_VERSION"),
    "Screens and sound, as xrandr and amixer print them";
    Xrandr, Amixer
);
