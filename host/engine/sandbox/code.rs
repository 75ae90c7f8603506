//! Bundled plugins run where they lie: their compiled code is part of the program's image, or unpacked from it once, and is not copied
//! any more. All that has to be done is to make its pages executable.

use std::num::NonZero;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::{Mutex, PoisonError};

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, mprotect};
use wasmtime::{CustomCodeMemory, Result, bail};

use super::embedded::{Embedded, unpack};

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

/// Compiled code, and whether it can be used where it lies. That can be only once per process, because engines tell modules apart by the
/// address of their code; whoever comes later uses a copy.
pub(super) fn place(compiled: &'static Embedded) -> Result<(&'static [u8], bool)> {
    static TAKEN: Mutex<Vec<(usize, &'static [u8])>> = Mutex::new(Vec::new());
    let taken = || TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let key = ptr::from_ref(compiled).addr();
    let known = |taken: &[(usize, &'static [u8])]| taken.iter().find(|(taken, _)| *taken == key).map(|(_, code)| *code);
    let before = known(&taken());
    if let Some(code) = before {
        return Ok((code, false));
    }
    // Not with the list locked: a process that is forked meanwhile would find it so for ever.
    let code = match *compiled {
        Embedded::Plain(code) => code,
        Embedded::Packed { bytes, size, against } => unpacked(bytes, size, against)?,
    };
    let mut taken = taken();
    // Another thread may have been first.
    if let Some(code) = known(&taken) {
        return Ok((code, false));
    }
    taken.push((key, code));
    Ok((code, true))
}

/// Code in pages of its own, which stay for as long as the program runs, like those that are part of its image.
fn unpacked(bytes: &[u8], size: usize, against: &[u8]) -> Result<&'static [u8]> {
    let Some(length) = NonZero::new(size) else { bail!("compiled code has a length") };
    // SAFETY: new pages, which nobody else knows of, and nobody unmaps.
    #[allow(unsafe_code, reason = "see above")]
    let pages = unsafe {
        let pages = mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, MapFlags::MAP_PRIVATE)?;
        slice::from_raw_parts_mut(pages.cast::<u8>().as_ptr(), size)
    };
    unpack(bytes, against, pages);
    Ok(pages)
}
