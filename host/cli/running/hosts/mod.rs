//! `--hosts`: one command on many machines, and one table of what they print.

mod merge;
mod outcomes;
pub(crate) mod tagged;

use std::ffi::OsString;
use std::future::Future;
use std::pin::pin;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::Signal;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};

use crate::options::{self, Options};
use crate::printing::printer::Printer;
use crate::printing::progress;
use crate::printing::saying::{complain, say};
use crate::printing::{form, held_messages};
use crate::running::every::{Look, Page, is_final};
use crate::running::stop;
use merge::Merge;
pub(crate) use merge::with_host;
use outcomes::Outcomes;
use outparse::capture::command::Input;
use outparse::error::Error;
use outparse::registry::{Candidate, Capture, Config, Ranking};
use outparse_hosts::{Hosts, Target, Told, visit_all, without_duplicates};

/// Answers that wait for the writer.
const QUEUE: usize = 64;

/// How long the machines have to end once the user wants that, before we leave.
const LAST: Duration = Duration::from_secs(4);

/// Platforms that a command may have a parser for, when this machine's has none.
const OTHERS: [&str; 4] = ["linux", "macos", "freebsd", "aix"];

/// Runs a command on the machines of a list. Returns the exit status.
pub(crate) fn run(options: &Options, words: &[OsString], list: &str) -> Result<u8, Error> {
    refuse(options)?;
    let config = Config::read()?;
    let text = options::as_text(words);
    let ranking = ranking(options, &text, &config)?;
    form::check(options, &ranking, &Capture::of_command(&text), &config, Some(with_host))?;
    let client = options.hosts.client()?;
    let (targets, again) = without_duplicates(Target::list_with(list, &client.configurations())?);
    if !again.is_empty() {
        say(format_args!("asked once though named more often: {}", outcomes::names(&again)));
    }
    let total = targets.len();
    let hosts = Hosts::new(targets)
        .client(client)
        .jobs(options.hosts.jobs as usize)
        .retries(options.hosts.retries)
        .timeout(options.running.timeout)
        .sudo(options.hosts.sudo)
        .locale(options.running.locale.clone())
        .platform(options.choose.platform.clone())
        .plugin(options.choose.plugin().map(str::to_owned))
        .captured_at(options.choose.captured_at)
        .exact(options.running.exact)
        .guess_types(options.choose.guess_types)
        .input(input(options)?)
        .config(config.clone());
    let first = ranking.into_candidates().into_iter().next();
    let rounds = Rounds { options, hosts, total, words, text, config, first };
    let look = options.running.every.map(|every| Ok::<_, Error>((every, Look::of(options)?))).transpose()?;
    outparse::runtime::new()?.block_on(async {
        let mut signals = stop::listen()?;
        match look {
            Some((every, look)) => rounds.repeat(every, look, &mut signals).await,
            None => rounds.once(&mut signals, None).await.map(|round| round.code),
        }
    })
}

/// A command on many machines, once or again and again.
struct Rounds<'a> {
    options: &'a Options,
    hosts: Hosts,
    total: usize,
    words: &'a [OsString],
    text: Vec<String>,
    config: Config,
    /// The parser that is tried first here, for a document without records.
    first: Option<Candidate>,
}

/// What came of a round.
struct Round {
    code: u8,
    interrupted: bool,
}

impl Rounds<'_> {
    async fn once(&self, signals: &mut [stop::Listening], look: Option<Look>) -> Result<Round, Error> {
        let options = self.options;
        let orders = self.hosts.clone().orders(self.words.to_vec())?;
        let outcomes = Outcomes::new(options.hosts.outcomes.as_deref())?;
        let (mut printer, file) = Printer::new(options)?;
        let page = look.map(|look| Page::new(look, options, &mut printer));
        let component = self.config.limits().component;
        printer.wrap(options, (self.text.first().map_or("", String::as_str), self.text.get(1..)), component)?;
        let (stop, stopped) = watch::channel(false);
        let (sender, answers) = mpsc::channel(QUEUE);
        progress::allow_hosts(!options.trace, self.total);
        let merge = Merge::new(printer, options, stop.clone(), outcomes);
        let writer = thread::Builder::new().name("writer".to_owned()).spawn(move || write(merge, answers));
        let writer = writer.context("starting the writer's thread")?;
        let work = progress::beside(visit_all(orders, sender, stopped));
        let signal = match watched(work, &stop, signals).await {
            Watched::Ended(signal) => signal,
            Watched::Left(signal) => {
                say("interrupted before all was written");
                return Ok(Round { code: 128 + signal as u8, interrupted: true });
            }
        };
        let mut merge = writer.join().map_err(|_| anyhow::anyhow!("the writer's thread panicked"))??;
        progress::end();
        if merge.is_empty()
            && let Some(first) = &self.first
        {
            merge.begin(&*first.about(&self.config.sandbox()?, &Capture::of_command(&self.text))?);
        }
        let interrupted = signal.map(|signal| 128 + signal as u8);
        let code = merge.conclude(options, interrupted);
        if let Some(page) = page {
            page.show(&format!("{} hosts  {}", self.total, self.text.join(" ")), &held_messages::take())?;
        }
        match file {
            Some(_) if interrupted.is_some() => say("the output file was not written: the run was interrupted"),
            Some(file) if code.is_ok() => file.keep()?,
            _ => {}
        }
        Ok(Round { code: code?, interrupted: interrupted.is_some() })
    }

    /// Asks again and again, from start to start, until it is stopped, or as often as asked.
    async fn repeat(&self, every: Duration, look: Look, signals: &mut [stop::Listening]) -> Result<u8, Error> {
        let mut round = 1;
        loop {
            let next = Instant::now() + every;
            let code = match self.once(signals, Some(look)).await {
                Ok(Round { code, interrupted: true }) => return Ok(code),
                Ok(Round { code, .. }) => code,
                Err(error) if is_final(&error) => return Err(error),
                Err(error) => {
                    complain(&error);
                    error.exit_code()
                }
            };
            if self.options.running.times.is_some_and(|times| round >= times) {
                return Ok(code);
            }
            round += 1;
            if let Ok(signal) = timeout_at(next, stop::next_to_end(signals)).await {
                return Ok(128 + signal as u8);
            }
        }
    }
}

/// How work that may be interrupted ended.
enum Watched {
    /// By itself, or as the user wanted with this signal.
    Ended(Option<Signal>),
    /// The user would not wait for that.
    Left(Signal),
}

/// Does the work. The first signal stops it and leaves it a while to end; at the second, nobody waits any longer.
async fn watched(work: impl Future<Output = ()>, stop: &watch::Sender<bool>, signals: &mut [stop::Listening]) -> Watched {
    let mut work = pin!(work);
    let signal = tokio::select! {
        () = &mut work => return Watched::Ended(None),
        signal = stop::next_to_end(signals) => signal,
    };
    stop.send_replace(true);
    tokio::select! {
        ended = timeout(LAST, work) => if ended.is_ok() { Watched::Ended(Some(signal)) } else { Watched::Left(signal) },
        _ = stop::next_to_end(signals) => Watched::Left(signal),
    }
}

/// Takes the answers until there are no more.
fn write(mut merge: Merge, mut answers: mpsc::Receiver<Told>) -> anyhow::Result<Merge> {
    outparse::runtime::new()?.block_on(async {
        let mut shown = true;
        loop {
            let next =
                if shown { Ok(answers.recv().await) } else { timeout(outparse::parse::pipeline::IDLE, answers.recv()).await };
            shown = next.is_err();
            match next {
                Ok(Some(told)) => merge.take(told),
                Ok(None) => return Ok(merge),
                Err(_) => merge.idle(),
            }
        }
    })
}

/// Refuses options that do not apply to many machines. Their bytes would run into each other under `--raw`, and there are programs that put
/// the machine before each line.
fn refuse(options: &Options) -> Result<(), Error> {
    options::refuse(
        &[(options.show.raw, "--raw")],
        "is for one machine, and not for `--hosts`: `ssh` has one machine's bytes, and `clush` or `pdsh` have those of many, which `parse --tagged` reads",
    )
}

/// What the command is to read on each machine. None of them reads our own input.
fn input(options: &Options) -> Result<Vec<u8>, Error> {
    match (&options.running.input_text, &options.running.stdin) {
        (Some(text), _) => Ok(text.as_encoded_bytes().to_vec()),
        (None, Input::File(path)) => {
            Ok(std::fs::read(path)
                .with_context(|| format!("`{}`, which the command is to read, cannot be read", path.display()))?)
        }
        (None, _) => Ok(Vec::new()),
    }
}

/// The parsers of the command, on whatever platform: if there are none, that must be known before a run.
fn ranking(options: &Options, text: &[String], config: &Config) -> Result<Ranking, Error> {
    let here = options.rank(text, None, config);
    if !matches!(here, Err(Error::NoParser { .. })) || options.choose.platform.is_some() {
        return here;
    }
    let others = OTHERS.into_iter().find_map(|platform| options.rank_for(text, platform, config).ok());
    others.map_or(here, Ok)
}
