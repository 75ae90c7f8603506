//! The plugins that ship with the program, as its build left them.

use crate::sandbox::{Bundled, BundledParser};

/// Compiled code where the loader wants it: at the start of a page.
#[repr(C, align(4096))]
struct PageAligned<const N: usize>([u8; N]);

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// All of them, by name.
pub fn bundled() -> &'static [Bundled] {
    BUNDLED
}
