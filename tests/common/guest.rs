//! Plugins that a test makes up: the honest guest of `tests/sandbox/guest.wat`, which gives one record, with another name.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::fmt::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

#[path = "../sandbox/guest.rs"]
mod text;

/// A `df` that prints one row, all at once: the guest gives a record for each piece that it is fed.
pub const DF: &str = "printf '%s\\n' 'Filesystem 1K-blocks Used Available Use% Mounted on' '/dev/a 100 60 40 60% /a'";

/// A plugin that reads `df`.
#[derive(Clone)]
pub struct Guest {
    name: String,
    version: String,
    platforms: Vec<String>,
    refuses: bool,
    /// Forms that take the place of the guest's.
    other: String,
}

impl Guest {
    pub fn new(name: &str) -> Guest {
        Guest { name: name.to_owned(), version: "1.0.0".to_owned(), platforms: Vec::new(), refuses: false, other: String::new() }
    }

    pub fn version(self, version: &str) -> Guest {
        Guest { version: version.to_owned(), ..self }
    }

    pub fn platforms(self, platforms: &[&str]) -> Guest {
        Guest { platforms: platforms.iter().map(|&platform| platform.to_owned()).collect(), ..self }
    }

    /// With another form, in the place of the guest's of that name.
    pub fn with(self, form: &str) -> Guest {
        Guest { other: format!("{}{form}\n", self.other), ..self }
    }

    /// It says of everything that it is not what it reads.
    pub fn refuses(self) -> Guest {
        Guest { refuses: true, ..self }
    }

    /// Its bytes.
    pub fn component(&self) -> Vec<u8> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox");
        let case = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(case.path(), self.forms()).unwrap();
        text::Guest::read(case.path()).and_then(|guest| guest.bytes(&folder)).unwrap()
    }

    /// The forms that differ from the guest's; what is where is said in `guest.wat`.
    fn forms(&self) -> String {
        let Guest { name, version, platforms, refuses, other } = self;
        let mut forms = String::from(
            ";;; make: encoded\n(data $command (i32.const 4416) \"df\")\n(data $commands (i32.const 512) (i32 4416 2))\n",
        );
        let _ = writeln!(
            forms,
            "(data $description (i32.const 256) (i32 4096 {0} 4160 {1} 4224 20 0 0 0 768 1))\n\
             (data $parser (i32.const 768) (i32 4096 {0} 4224 20 512 1 0 0 0 0 4352 4 576 {2} 0))",
            name.len(),
            version.len(),
            platforms.len()
        );
        let _ = writeln!(forms, "(data $name (i32.const 4096) \"{name}\")\n(data $version (i32.const 4160) \"{version}\")");
        let mut addresses = String::new();
        for (index, platform) in platforms.iter().enumerate() {
            let address = 5120 + 64 * index;
            let _ = write!(addresses, " {address} {}", platform.len());
            let _ = writeln!(forms, "(data $platform{index} (i32.const {address}) \"{platform}\")");
        }
        let _ = writeln!(forms, "(data $platforms (i32.const 576) (i32{addresses}))");
        if *refuses {
            forms.push_str(
                "(data $reason (i32.const 4608) \"not mine\")\n(data $answer (i32.const 2048) (i32 0 0  0 0  0 0  0 0))\n\
                 (data $last_answer (i32.const 2176) (i32 1 0  0 0  1 0  2 0  0 4608 8  0))\n",
            );
        }
        forms.push_str(other);
        forms
    }
}

/// The SHA-256 of bytes, as text.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
