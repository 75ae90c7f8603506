//! The plugins that ship with the program, as its build left them.

#[cfg_attr(without_plugins, expect(unused_imports, reason = "there is nothing to list"))]
use crate::sandbox::{Bundled, BundledParser};

/// Compiled code where the loader wants it: at the start of a page.
#[cfg_attr(without_plugins, expect(dead_code, reason = "there is nothing to align"))]
#[repr(C, align(4096))]
struct PageAligned<const N: usize>([u8; N]);

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// All of them, by name.
pub fn bundled() -> &'static [Bundled] {
    BUNDLED
}
