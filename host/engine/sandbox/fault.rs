//! What plugins do wrong, in words for the user.

use std::fmt;
use std::time::Duration;

use wasmtime::Trap;

use super::limiter::Limiter;
use super::limits::Limits;
use crate::words::plain;

/// The interface a plugin must export.
pub(super) const INTERFACE: &str = "outparse:plugin/parser@0.2.0";

/// Why a plugin cannot be used, or cannot be used any longer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plugin `{}` {}", plain(plugin, 400), plain(&fault.to_string(), 1000))]
pub struct PluginError {
    /// Its name, or where it was read from if the name is not known yet.
    pub plugin: String,
    /// What it did.
    pub fault: Fault,
}

/// What a plugin did wrong. Displayed, it is a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no component of our world. A clause.
    NotAPlugin(String),
    /// It is machine code, which could be anyone's.
    Compiled,
    /// Its file is not the one that was installed.
    Changed {
        /// The SHA-256 that was recorded.
        recorded: String,
        /// What the file has now.
        found: String,
    },
    /// It imports these.
    Imports(Vec<String>),
    /// It exports this version of our interface, and the host speaks another.
    Version(String),
    /// What it says about itself, or a batch, is not consistent. A clause.
    Inconsistent(String),
    /// A call did not come back. The call, and why, as a clause.
    Stopped(&'static str, String),
    /// The system has no room for its sandbox.
    NoRoom,
    /// It has more bytes than are allowed.
    TooLarge {
        /// What it has.
        bytes: u64,
        /// What it may have.
        most: u64,
    },
    /// Compiling it took longer than this.
    SlowToCompile(Duration),
    /// A call took longer than this.
    TooSlow(&'static str, Duration),
    /// A call needed more bytes of memory than this.
    TooMuchMemory(&'static str, usize),
    /// A call answered with more bytes than are allowed.
    TooMuchAnswered(&'static str),
}

impl Fault {
    /// Why a call did not come back.
    pub(super) fn of_call(call: &'static str, error: &wasmtime::Error, limiter: &Limiter, limits: &Limits) -> Fault {
        if limiter.exceeded {
            return Fault::TooMuchMemory(call, limits.memory);
        }
        let why = match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => return Fault::TooSlow(call, limits.call),
            Some(Trap::StackOverflow) => "its calls were nested too deep".to_owned(),
            Some(Trap::UnreachableCodeReached) => "it panicked".to_owned(),
            Some(trap) => format!("it trapped: {trap}"),
            None => match error.root_cause().to_string() {
                // The type of this error is the engine's own; `tests/sandbox/batch_too_large.wat` notices when its text changes.
                cause if cause.contains("fuel allocated for hostcalls") => return Fault::TooMuchAnswered(call),
                cause if call == "start" && cause.contains("os error 12") => return Fault::NoRoom,
                cause if call == "start" => format!("it asks for more than a plugin may have: {cause}"),
                cause => format!("its answer cannot be read: {cause}"),
            },
        };
        Fault::Stopped(call, why)
    }

    /// The entry of the configuration that says how much is allowed.
    fn limit(&self) -> Option<&'static str> {
        Some(match self {
            Fault::TooLarge { .. } => "component",
            Fault::SlowToCompile(_) => "compile-millis",
            Fault::TooSlow(..) => "call-millis",
            Fault::TooMuchMemory(..) => "memory",
            Fault::TooMuchAnswered(_) => "batch",
            _ => return None,
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotAPlugin(why) => write!(f, "cannot be loaded: {why}"),
            Fault::Compiled => write!(f, "cannot be loaded: it is machine code, which is never loaded from a file"),
            Fault::Changed { recorded, found } => {
                write!(f, "cannot be loaded: its file has changed since it was added: its SHA-256 is {found}, and was {recorded}")
            }
            Fault::Imports(names) => write!(f, "imports {}, and a plugin may import nothing", quoted_list(names)),
            Fault::Version(found) => write!(f, "exports `{found}`, and this program speaks `{INTERFACE}`"),
            Fault::Inconsistent(why) => write!(f, "broke the interface: {why}"),
            Fault::Stopped(call, why) => write!(f, "was stopped in `{call}`: {why}"),
            Fault::NoRoom => write!(
                f,
                "cannot be started, which is no fault of its own: a sandbox reserves 4 GiB of addresses, and the system refuses them; \
                 `ulimit -v` says how many this process may have"
            ),
            Fault::TooLarge { bytes, most } => write!(f, "cannot be loaded: it has {bytes} bytes, and {most} are allowed"),
            Fault::SlowToCompile(most) => write!(f, "cannot be loaded: compiling it takes longer than {most:?}"),
            Fault::TooSlow(call, most) => write!(f, "was stopped in `{call}`: it took longer than {most:?}"),
            Fault::TooMuchMemory(call, most) => {
                write!(f, "was stopped in `{call}`: it needed more than {} MiB of memory", most >> 20)
            }
            Fault::TooMuchAnswered(call) => write!(f, "was stopped in `{call}`: it answered with more than is allowed"),
        }
    }
}

fn quoted_list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| format!("`{}`", plain(name, 100))).collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

impl PluginError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        match &self.fault {
            Fault::Imports(names) if names.iter().any(|name| name.starts_with("wasi:")) => Some(
                "build it without WASI: Rust for `wasm32-unknown-unknown`, Python with `componentize-py --stub-wasi`, JavaScript with \
                 `jco componentize --backend quickjs --backend-qjs-stub-wasi`"
                    .to_owned(),
            ),
            Fault::Imports(_) => Some("a plugin gets all it needs as arguments: build it without these".to_owned()),
            Fault::Version(_) => Some("build it anew, against the `wit/` folder of this version of outparse".to_owned()),
            Fault::Changed { .. } => Some(
                "to go back, `outparse plugin remove` it and `outparse plugin add` it from where it came; `plugin list` says where"
                    .to_owned(),
            ),
            Fault::Compiled => Some("give the component it was made of: a `.wasm` file".to_owned()),
            fault => {
                fault.limit().map(|entry| format!("if you trust it, set `{entry}` under `[limits]` in the configuration to more"))
            }
        }
    }
}
