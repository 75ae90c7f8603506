//! The files of bundled plugins as they lie in the program: one plugin's as they are, the others' compressed against them.

use zstd_safe::{DCtx, WriteBuf, get_error_name};

/// A file that the build has put into the program.
#[cfg_attr(without_plugins, expect(dead_code, reason = "nothing is embedded"))]
pub(crate) enum Embedded {
    /// As it is.
    Plain(&'static [u8]),
    /// Compressed.
    Packed {
        /// A Zstandard frame.
        bytes: &'static [u8],
        /// How many bytes are in it.
        size: usize,
        /// The file that it refers back to.
        against: &'static [u8],
    },
}

impl Embedded {
    /// The file.
    pub(crate) fn read(&self) -> Vec<u8> {
        match *self {
            Embedded::Plain(bytes) => bytes.to_vec(),
            Embedded::Packed { bytes, size, against } => {
                let mut file = Vec::with_capacity(size);
                unpack(bytes, against, &mut file);
                file
            }
        }
    }
}

/// Unpacks what the build has packed into a place that has room for it.
///
/// # Panics
///
/// On anything else: the program's image is broken.
#[allow(clippy::panic, reason = "documented")]
pub(super) fn unpack(bytes: &[u8], against: &[u8], file: &mut (impl WriteBuf + ?Sized)) {
    let mut context = DCtx::create();
    let unpacked = context.ref_prefix(against).and_then(|_| context.decompress(file, bytes));
    if let Err(code) = unpacked {
        panic!("a plugin in this program cannot be unpacked: {}", get_error_name(code));
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use crate::registry::bundled;

    #[test]
    fn what_is_unpacked_is_what_the_build_has_packed() {
        for plugin in bundled() {
            let sha256: String = Sha256::digest(plugin.component()).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(sha256, plugin.sha256, "{}", plugin.name);
        }
    }
}
