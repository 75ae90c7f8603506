//! An instance of a plugin, and the calls into it.

use wasmtime::Store;

use super::bindings::exports::outparse::plugin::parser as wit;
use super::bindings::{Plugin as Bindings, PluginPre};
use super::fault::Fault;
use super::limiter::Limiter;
use super::{Sandbox, Timed};

/// Whose code a plugin is, which decides the engine that it runs in.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    Own,
    /// A component of this many bytes.
    Foreign(u64),
}

impl Origin {
    pub(super) fn timed(self, sandbox: &Sandbox) -> Result<&Timed, Fault> {
        match self {
            Origin::Own => Ok(sandbox.own()),
            Origin::Foreign(bytes) => sandbox.foreign(bytes),
        }
    }
}

/// An instance with its memory.
pub(super) struct Running {
    store: Store<Limiter>,
    bindings: Bindings,
}

impl Running {
    pub(super) fn start(sandbox: &Sandbox, origin: Origin, instance: &PluginPre<Limiter>) -> Result<Running, Fault> {
        let timed = origin.timed(sandbox)?;
        Sandbox::start_clock(timed).map_err(|error| Fault::Stopped("start", format!("calls cannot be timed: {error}")))?;
        let mut store = Store::new(&timed.engine, Limiter::new(sandbox.limits()));
        store.limiter(|limiter| limiter);
        store.set_epoch_deadline(sandbox.call_ticks());
        let bindings =
            instance.instantiate(&mut store).map_err(|error| Fault::of_call("start", &error, store.data(), sandbox.limits()))?;
        Ok(Running { store, bindings })
    }

    /// Calls the plugin within the limits. `fed` is the number of bytes it is given.
    pub(super) fn call<T>(
        &mut self,
        sandbox: &Sandbox,
        name: &'static str,
        fed: usize,
        call: impl FnOnce(&mut Store<Limiter>, &wit::Guest) -> wasmtime::Result<T>,
    ) -> Result<T, Fault> {
        let Running { store, bindings } = self;
        store.set_epoch_deadline(sandbox.call_ticks());
        store.set_hostcall_fuel(sandbox.limits().answer(fed));
        call(store, bindings.outparse_plugin_parser())
            .map_err(|error| Fault::of_call(name, &error, self.store.data(), sandbox.limits()))
    }
}
