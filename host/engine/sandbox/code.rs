//! Bundled plugins run where they lie: their compiled code is part of the program's image, and is neither copied nor read
//! before it is used. All that has to be done is to make its pages executable.

use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

use nix::sys::mman::{ProtFlags, mprotect};
use wasmtime::{CustomCodeMemory, Result, bail};

/// Bytes of a page. Larger pages are multiples of it, and compiled code is aligned for the target's largest.
const PAGE: usize = 4096;

/// Makes compiled code executable, and never again writable.
pub(super) struct InPlace;

impl CustomCodeMemory for InPlace {
    fn required_alignment(&self) -> usize {
        PAGE
    }

    fn publish_executable(&self, code: *const u8, len: usize) -> Result<()> {
        let Some(code) = NonNull::new(code.cast_mut()) else { bail!("compiled code has an address") };
        // SAFETY: the range is the text of a module that is being loaded, in whole pages of its own; nothing writes to it from here on.
        #[allow(unsafe_code, reason = "see above")]
        let made = unsafe { mprotect(code.cast(), len, ProtFlags::PROT_READ | ProtFlags::PROT_EXEC) };
        Ok(made?)
    }

    fn unpublish_executable(&self, _code: *const u8, _len: usize) -> Result<()> {
        // Bundled code may be in use elsewhere in this process; any other is unmapped next.
        Ok(())
    }
}

/// Whether compiled code can be used where it lies. Only once per process, because engines tell modules apart by the address of
/// their code; whoever comes later uses a copy.
pub(super) fn is_free(compiled: &'static [u8]) -> bool {
    static TAKEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let place = compiled.as_ptr().addr();
    let free = !taken.contains(&place);
    if free {
        taken.push(place);
    }
    free
}
