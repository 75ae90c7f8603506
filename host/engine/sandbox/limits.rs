//! What a plugin may use. Every limit is a promise to the user, with a default that no honest parser comes near.

use std::time::Duration;

/// The limits of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory a plugin may have.
    pub memory: usize,
    /// Time one call may take.
    pub call: Duration,
    /// Bytes a batch may have for each byte that was fed, on top of [`Limits::batch_floor`].
    pub batch_factor: usize,
    /// Bytes any batch may have.
    pub batch_floor: usize,
    /// Bytes a component may have.
    pub component: u64,
    /// Time that compiling it may take.
    pub compile: Duration,
    /// Fields a schema may have.
    pub fields: usize,
    /// Bytes of input that are kept for the next parser, in case this one refuses.
    pub replay: usize,
    /// Bytes a line may have.
    pub line: usize,
}

impl Limits {
    /// Bytes that the answer to a call may have when the call was given `fed` bytes.
    pub fn answer(&self, fed: usize) -> usize {
        self.batch_floor.saturating_add(fed.saturating_mul(self.batch_factor))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 256 << 20,
            call: Duration::from_secs(10),
            batch_factor: 256,
            batch_floor: 4 << 20,
            component: 64 << 20,
            compile: Duration::from_secs(60),
            fields: 1000,
            replay: 1 << 20,
            line: 1 << 20,
        }
    }
}
