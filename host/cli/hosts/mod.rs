//! `--hosts`: one command on many machines, and one table of what they print.

mod merge;
mod outcomes;
pub(super) mod tagged;

use std::ffi::OsString;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::options::{self, Options};
use super::report::Report;
use super::{how, progress, say, stop};
use crate::command::Input;
use crate::error::Error;
use crate::hosts::{Hosts, Target, Told, visit_all, without_duplicates};
use crate::registry::{Capture, Config, Ranking};
use merge::Merge;
pub(super) use merge::with_host;
use outcomes::Outcomes;

/// Answers that wait for the writer.
const QUEUE: usize = 64;

/// How long the machines have to end once the user wants that, before we leave.
const LAST: Duration = Duration::from_secs(4);

/// The exit status when not all machines were `ok`, as `xargs` has it.
pub(super) const NOT_ALL: u8 = 123;

/// Platforms that a command may have a parser for, when this machine's has none.
const OTHERS: [&str; 4] = ["linux", "macos", "freebsd", "aix"];

/// Runs a command on the machines of a list. Returns the exit status.
pub(super) fn run(options: &Options, words: &[OsString], list: &str) -> Result<u8, Error> {
    refuse(options)?;
    let config = Config::read()?;
    let text = options::as_text(words);
    let ranking = ranking(options, &text, &config)?;
    how::check(options, &ranking, &Capture::of_command(&text), &config, Some(with_host))?;
    let client = options.hosts.client()?;
    let (targets, again) = without_duplicates(Target::list_with(list, &client.configurations())?);
    if !again.is_empty() {
        say(format_args!("asked once though named more often: {}", outcomes::names(&again)));
    }
    let total = targets.len();
    let orders = Hosts::new(targets)
        .client(client)
        .jobs(options.hosts.jobs as usize)
        .retries(options.hosts.retries)
        .timeout(options.running.timeout)
        .sudo(options.hosts.sudo)
        .locale(options.running.locale.clone())
        .platform(options.choose.platform.clone())
        .plugin(options.choose.plugin().map(str::to_owned))
        .captured_at(options.choose.captured_at)
        .config(config.clone())
        .orders(words.to_vec())?;

    let outcomes = Outcomes::new(options.hosts.outcomes.as_deref())?;
    let (mut report, file) = Report::new(options)?;
    let program = text.first().map_or("", String::as_str);
    report.wrap(options, (program, text.get(1..)), config.limits().component)?;
    let (stop, stopped) = watch::channel(false);
    let (sender, answers) = mpsc::channel(QUEUE);
    progress::allow_hosts(options, total);
    let merge = Merge::new(report, options, stop.clone(), outcomes);
    let writer = thread::Builder::new().name("writer".to_owned()).spawn(move || write(merge, answers));
    let writer = writer.context("starting the writer's thread")?;
    let signal = crate::runtime::new()?.block_on(async {
        let mut signals = stop::listen()?;
        let mut work = std::pin::pin!(progress::beside(visit_all(orders, sender, stopped)));
        let first = tokio::select! {
            () = &mut work => return anyhow::Ok(None),
            signal = stop::next_to_end(&mut signals) => signal,
        };
        stop.send_replace(true);
        let ended = tokio::select! {
            ended = timeout(LAST, work) => ended.is_ok(),
            _ = stop::next_to_end(&mut signals) => false,
        };
        Ok(Some((first, ended)))
    })?;
    if let Some((signal, false)) = signal {
        say("interrupted before all was written");
        return Ok(128 + signal as u8);
    }
    let merge = writer.join().map_err(|_| anyhow::anyhow!("the writer's thread panicked"))??;
    progress::end();
    let interrupted = signal.map(|(signal, _)| 128 + signal as u8);
    let code = merge.conclude(options, interrupted)?;
    match file {
        Some(_) if interrupted.is_some() => say("the output file was not written: the run was interrupted"),
        Some(file) => file.keep()?,
        None => {}
    }
    Ok(code)
}

/// Takes the answers until there are no more.
fn write(mut merge: Merge, mut answers: mpsc::Receiver<Told>) -> anyhow::Result<Merge> {
    crate::runtime::new()?.block_on(async {
        let mut shown = true;
        loop {
            let next = if shown { Ok(answers.recv().await) } else { timeout(crate::pipeline::IDLE, answers.recv()).await };
            shown = next.is_err();
            match next {
                Ok(Some(told)) => merge.take(told),
                Ok(None) => return Ok(merge),
                Err(_) => merge.idle(),
            }
        }
    })
}

/// What cannot be had from many machines.
fn refuse(options: &Options) -> Result<(), Error> {
    let running = &options.running;
    let refused = [
        (running.every.is_some(), "--every"),
        (running.exact, "--exact"),
        (running.input_text.is_some(), "--input-text"),
        (matches!(running.stdin, Input::File(_)), "--stdin"),
        (options.show.raw, "--raw"),
    ];
    match refused.into_iter().find(|(is_asked, _)| *is_asked) {
        Some((_, option)) => Err(Error::Usage(format!("`{option}` is for one machine, and not for `--hosts`"))),
        None => Ok(()),
    }
}

/// The parsers of the command, on whatever platform: that there are none must not cost a run.
fn ranking(options: &Options, text: &[String], config: &Config) -> Result<Ranking, Error> {
    let here = options.rank(text, None, config);
    if !matches!(here, Err(Error::NoParser { .. })) || options.choose.platform.is_some() {
        return here;
    }
    let others = OTHERS.into_iter().find_map(|platform| options.rank_for(text, platform, config).ok());
    others.map_or(here, Ok)
}
