//! Runs a command once and keeps what it prints.

use std::ffi::OsString;
use std::process::ExitStatus;

use anyhow::Context;

use crate::options::Options;
use crate::running::attempt;
use crate::running::stop::{self, Stop};
use outparse::error::Error;

/// Bytes of output that are kept.
pub(crate) const MOST_BYTES: usize = 16 << 20;

/// What a command printed.
pub(crate) struct Captured {
    pub(crate) bytes: Vec<u8>,
    pub(crate) status: ExitStatus,
}

/// Runs a command to its end. If it is ended early, or prints very much, that is an error.
pub(crate) fn capture(options: &Options, words: &[OsString]) -> Result<Captured, Error> {
    let command = attempt::command(options, words)?;
    let program = words.first().map(|program| program.to_string_lossy().into_owned()).unwrap_or_default();
    let runtime = outparse::runtime::new()?;
    runtime.block_on(async {
        let mut stop = Stop::new(options.running.timeout, &command.input)?;
        let mut process = command.spawn()?;
        stop.started(process.group());
        let input = attempt::write_input(&mut process, options.running.input_text.clone());
        let read = async {
            let mut bytes = Vec::new();
            while process
                .read_while_it_runs(&mut bytes)
                .await
                .context("reading the command's output")?
                .is_some_and(|read| read > 0)
            {
                if bytes.len() > MOST_BYTES {
                    process.terminate(stop::GRACE).await.context("ending the command")?;
                    return Err(ended(format!("`{program}` printed more than {} MiB", MOST_BYTES >> 20)));
                }
            }
            process.close_output();
            let status = process.wait().await.context("waiting for the command")?;
            Ok(Captured { bytes, status })
        };
        let captured = stop.watch(async { tokio::join!(read, input).0 }).await;
        stop.ended().await;
        match (captured, stop.asked().get()) {
            (Some(captured), None) => captured,
            _ => Err(ended(format!("`{program}` was ended before it had printed everything"))),
        }
    })
}

fn ended(why: String) -> Error {
    Error::Declined { why, hint: None }
}
