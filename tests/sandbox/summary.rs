//! The numbers of `SECURITY.md` that this suite is the source of. `BLESS=1` writes them.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::run::Outcome;

const BEGIN: &str = "<!-- begin: written by tests/sandbox.rs -->\n";
const END: &str = "<!-- end -->";

/// What the attacks of one run came to.
pub(crate) struct Summary {
    tried: usize,
    /// Bytes of memory that an honest plugin's run takes.
    honest: usize,
    survived: AtomicUsize,
    /// Cases that failed after their first records.
    faults: AtomicUsize,
    highest: AtomicUsize,
    longest_millis: AtomicU64,
}

impl Summary {
    pub(crate) fn new(tried: usize, honest: usize) -> Summary {
        let zero = || AtomicUsize::new(0);
        Summary { tried, honest, survived: zero(), faults: zero(), highest: zero(), longest_millis: AtomicU64::new(0) }
    }

    pub(crate) fn survived(&self, outcome: &Outcome) {
        self.survived.fetch_add(1, Ordering::Relaxed);
        if outcome.status != 0 && !outcome.output.is_empty() {
            self.faults.fetch_add(1, Ordering::Relaxed);
        }
        self.highest.fetch_max(outcome.peak_memory, Ordering::Relaxed);
        self.longest_millis.fetch_max(outcome.time.as_millis() as u64, Ordering::Relaxed);
    }

    /// Writes the numbers where people read them, if asked to. Only when all cases passed: then every golden record was printed, and
    /// no other.
    pub(crate) fn write(&self) {
        let lines = format!(
            "| | |\n|---|---|\n| hostile plugins tried | {} |\n| survived | {} |\n| wrong records printed | 0 |\n\
             | faults injected after complete records | {} |\n| complete records lost | 0 |\n| longest run of one | {:.1} s |\n\
             | most memory of one | {} MiB (an honest plugin: {} MiB) |\n",
            self.tried,
            self.survived.load(Ordering::Relaxed),
            self.faults.load(Ordering::Relaxed),
            self.longest_millis.load(Ordering::Relaxed) as f64 / 1000.0,
            self.highest.load(Ordering::Relaxed) >> 20,
            self.honest >> 20,
        );
        print!("{lines}");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("SECURITY.md");
        let Some(text) = fs::read_to_string(&file).ok().filter(|_| std::env::var_os("BLESS").is_some()) else { return };
        let Some((before, rest)) = text.split_once(BEGIN) else { return };
        let Some((_, after)) = rest.split_once(END) else { return };
        fs::write(file, format!("{before}{BEGIN}{lines}{END}{after}")).unwrap();
    }
}
