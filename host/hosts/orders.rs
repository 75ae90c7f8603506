//! What is to be done on the machines, and what those who do it share.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::client::{Client, Logs, Remote};
use super::digests::Digests;
use super::exact::Exacts;
use super::target::Target;
use outparse::capture::command::Locale;
use outparse::registry::Config;
use outparse::sandbox::{Moment, Sandbox};

/// The machines that have said what they are, each by the first name it had.
pub(super) type Known = Mutex<HashMap<String, String>>;

/// What is to be done, and what those who do it share.
pub struct Orders {
    pub(crate) targets: Vec<Arc<Target>>,
    pub(super) client: Client,
    pub(super) jobs: usize,
    pub(super) retries: u32,
    pub(super) timeout: Option<Duration>,
    /// Whether the machines are devices without a shell, which run a command as it is written.
    pub(super) device: bool,
    pub(super) sudo: bool,
    pub(super) locale: Locale,
    pub(super) platform: Option<String>,
    pub(super) plugin: Option<String>,
    pub(super) captured: Option<Moment>,
    /// Whether a catalogue's texts may become numbers.
    pub(super) guess_types: bool,
    pub(super) config: Config,
    pub(super) words: Vec<OsString>,
    pub(super) sandbox: Sandbox,
    pub(super) logs: Logs,
    pub(super) known: Known,
    pub(super) digests: Digests,
    pub(super) exact: bool,
    pub(super) input: Vec<u8>,
    pub(super) exacts: Exacts,
    pub(super) visits: AtomicUsize,
}

impl Orders {
    /// What the client is told to run.
    pub(super) fn remote(&self) -> Remote {
        if self.device { Remote::Device(self.words.join(OsStr::new(" "))) } else { Remote::Shell }
    }

    /// A number that no other visit has.
    pub(super) fn number(&self) -> usize {
        self.visits.fetch_add(1, Ordering::Relaxed)
    }

    /// The command's name, for messages.
    pub(super) fn program(&self) -> String {
        let program = if self.sudo { Some(OsStr::new("sudo")) } else { self.words.first().map(OsString::as_os_str) };
        program.unwrap_or_default().to_string_lossy().into_owned()
    }
}
