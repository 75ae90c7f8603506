//! How WebAssembly is compiled and run. The build script uses the same settings: code it compiles ahead of time loads only
//! into an engine that agrees with them.

use wasmtime::{Config, OptLevel};

/// Milliseconds between two steps of the clock that calls are timed with.
#[allow(dead_code, reason = "the build script times nothing")]
pub(crate) const TICK_MILLIS: u64 = 10;

/// The settings of every engine of this program.
pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Nothing a parser exports is asynchronous.
        .concurrency_support(false)
        .cranelift_opt_level(OptLevel::Speed)
        // Nobody is shown a plugin's backtrace, and without the tables for one, compiled code is smaller and loads faster.
        .generate_address_map(false)
        .native_unwind_info(false)
        .wasm_backtrace_max_frames(None)
        // A plugin runs once and its initial memory is small: copying it is faster than mapping a file made for it.
        .memory_init_cow(false)
        // Recursion ends here, well before the thread's own stack does.
        .max_wasm_stack(512 << 10);
    config
}
