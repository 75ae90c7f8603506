//! The plugins that ship with the program, as its build left them.

#[cfg_attr(without_plugins, expect(unused_imports, reason = "there is nothing to list"))]
use crate::sandbox::{Bundled, BundledParser, Embedded};

/// Compiled code where the loader wants it: at the start of a page. On aarch64 the kernel decides how large one is, up to these.
#[cfg_attr(without_plugins, expect(dead_code, reason = "there is nothing to align"))]
#[repr(C)]
#[cfg_attr(not(target_arch = "aarch64"), repr(align(4096)))]
#[cfg_attr(all(target_arch = "aarch64", target_vendor = "apple"), repr(align(16384)))]
#[cfg_attr(all(target_arch = "aarch64", not(target_vendor = "apple")), repr(align(65536)))]
struct PageAligned<const N: usize>([u8; N]);

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));

/// All of them, by name.
pub fn bundled() -> &'static [Bundled] {
    BUNDLED
}
