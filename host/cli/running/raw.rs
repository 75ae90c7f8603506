//! `--raw`: the bytes as they are, for whoever does not want records. Everything else is as in any run: locale, timeout, signals,
//! exit status.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::thread;

use anyhow::Context;
use tokio::sync::mpsc;

use crate::options::{self, Options};
use crate::printing::output::{Out, open};
use crate::printing::output_file::OutputFile;
use crate::printing::progress;
use crate::running::attempt::{beside_input, command, write_input};
use crate::running::ran::{Ran, left_early};
use crate::running::stop::{self, Stop};
use outparse::capture::command::{Command, Process};
use outparse::capture::lines::READ_SIZE;
use outparse::error::Error;

/// Chunks that wait for the writer.
const QUEUE: usize = 4;

/// How the writing went, once it has ended.
type Outcome = mpsc::Receiver<io::Result<()>>;

/// Runs a command and passes on what it prints. Returns the exit status: the command's own.
pub(crate) fn run(options: &Options, words: &[OsString]) -> Result<u8, Error> {
    let command = command(options, words)?;
    let (file, out) = open(options)?;
    let ran = match pass_on(options, &command, out)? {
        Passed::All(ran) => ran,
        Passed::LeftEarly(code) => return Ok(code),
    };
    ran.comment(options::as_text(words).first().map_or("", String::as_str));
    ran.keep(file)?;
    Ok(ran.exit_code())
}

/// Passes on a capture that is there.
pub(crate) fn copy(options: &Options, input: &mut File, name: &str) -> Result<u8, Error> {
    let (file, mut out) = open(options)?;
    let mut buffer = vec![0; READ_SIZE];
    loop {
        let read = match io::Read::read(input, &mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.with_context(|| format!("{name} cannot be read"))?,
        };
        if read == 0 {
            break;
        }
        out.write_all(&buffer[..read]).map_err(anyhow::Error::from)?;
    }
    file.map_or(Ok(()), OutputFile::keep)?;
    Ok(0)
}

/// What came of a run whose bytes were passed on.
pub(crate) enum Passed {
    /// The command has ended, and all it printed is written.
    All(Ran),
    /// The user would not wait for that; this is the exit status.
    LeftEarly(u8),
}

/// Runs a command, and writes what it prints to `out`.
pub(crate) fn pass_on(options: &Options, command: &Command, out: Out) -> Result<Passed, Error> {
    let runtime = outparse::runtime::new()?;
    let (ran, stop) = runtime.block_on(async {
        let mut stop = Stop::new(options.running.timeout, &command.input)?;
        tracing::info!("launching process");
        let mut process = command.spawn()?;
        stop.started(process.group());
        let writing = write_input(&mut process, options.running.input_text.clone());
        let (chunks, mut writer) = writer(out)?;
        let asked = stop.asked();
        let reading = async {
            let ran = read(&mut process, chunks).await?;
            Ok::<_, Error>(Ran { asked: asked.get(), ..ran })
        };
        let copying = beside_input(reading, writing);
        let ran = stop.watch(progress::beside(copying)).await;
        stop.ended().await;
        let written = match ran {
            Some(_) => stop.watch(writer.recv()).await,
            None => None,
        };
        Ok::<_, Error>((ran.zip(written), stop.asked().get()))
    })?;
    let Some((ran, written)) = ran else { return Ok(Passed::LeftEarly(left_early(stop))) };
    written.unwrap_or_else(|| Err(io::Error::other("the writer's thread panicked"))).map_err(anyhow::Error::from)?;
    ran.map(Passed::All)
}

/// Reads what the command prints until it has ended.
async fn read(process: &mut Process, chunks: mpsc::Sender<Vec<u8>>) -> Result<Ran, Error> {
    let mut bytes = 0;
    let mut left_open = false;
    let mut refused = false;
    loop {
        let mut buffer = Vec::new();
        let read = tokio::select! {
            biased;
            read = process.read_while_it_runs(&mut buffer) => read.context("reading the command's output")?,
            () = chunks.closed() => { refused = true; break }
        };
        let Some(read) = read else {
            left_open = true;
            break;
        };
        if read == 0 {
            break;
        }
        bytes += read as u64;
        progress::read(read);
        if chunks.send(buffer).await.is_err() {
            refused = true;
            break;
        }
    }
    drop(chunks);
    process.close_output();
    // When the output cannot be written, nobody wants the rest.
    let status = if refused { process.terminate(stop::GRACE).await } else { process.wait().await };
    Ok(Ran {
        status: status.context("waiting for the command")?,
        bytes,
        asked: None,
        left_open,
        broken_off: false,
        ended_by_limit: false,
    })
}

/// A thread that writes: a slow reader of our output must not keep us from signals. It says at its end how it went.
fn writer(mut out: Out) -> anyhow::Result<(mpsc::Sender<Vec<u8>>, Outcome)> {
    let (chunks, mut taken) = mpsc::channel::<Vec<u8>>(QUEUE);
    let (says, outcome) = mpsc::channel(1);
    let write = move || {
        let mut written = Ok(());
        while let Some(chunk) = taken.blocking_recv() {
            written = out.write_all(&chunk);
            if written.is_err() {
                break;
            }
        }
        drop(taken);
        // Nobody receives it if the user would not wait.
        let _ = says.blocking_send(written.and_then(|()| out.flush()));
    };
    thread::Builder::new().name("writer".to_owned()).spawn(write).context("starting the writer's thread")?;
    Ok((chunks, outcome))
}
