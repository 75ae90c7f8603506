//! Runs a parser natively, batch by batch, as the host runs it in the sandbox: for measuring one against the other, and for
//! fuzzing.

use crate::bindings::exports::outparse::plugin::parser as wit;
use crate::component;
use crate::session::Driver;
use crate::{Ending, Parser, Source};

/// A parser at work on one capture, without a sandbox.
pub struct Native<P: Parser>(Driver<P>);

impl<P: Parser> Native<P> {
    /// Begins a capture.
    pub fn new(source: &Source) -> Self {
        Native(Driver::new(source))
    }

    /// The names of the fields of the schema, in order.
    pub fn fields() -> Vec<String> {
        component::schema::<P>().fields.into_iter().map(|field| field.name).collect()
    }

    /// Takes whole lines, the first of which has this number.
    pub fn feed(&mut self, lines: &[u8], first_line: u64) -> Result<wit::Answer, wit::Failure> {
        self.0.feed(lines, first_line)
    }

    /// Ends the capture.
    pub fn finish(&mut self) -> Result<wit::Answer, wit::Failure> {
        self.0.finish(&Ending::COMPLETE)
    }
}
