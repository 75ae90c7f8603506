//! Many machines at once: who is asked when, and what comes of it.

use std::ffi::{OsStr, OsString};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Context;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::client::{Client, Logs};
use super::digests::Digests;
use super::exact::Exacts;
use super::orders::{Known, Orders};
use super::outcome::{Outcome, Verdict};
use super::script::check;
use super::target::Target;
use super::told::{Answer, Sender, Told};
use super::visit::{stopped, visit};
use super::window::Window;
use outparse::capture::command::Locale;
use outparse::error::Error;
use outparse::registry::{Candidate, Config, Query, rank};
use outparse::sandbox::Moment;

/// How many answers may wait to be read. When there are as many, the machines wait too.
const QUEUE: usize = 64;

/// How many machines are asked at once, unless it is said.
const JOBS: usize = 32;

/// How many machines that do not answer may be waited for besides, as long as there are files for them.
const MOST_WAITING: usize = 2000;

/// How long it takes until twice as many machines are asked at once, whatever they answer: by then the first records of machines that log
/// in quickly are there.
const OPENING: Duration = Duration::from_millis(300);

/// Files that a visit holds open, and those that the program needs beside them.
const FILES_OF_A_VISIT: u64 = 8;
const OWN_FILES: u64 = 40;

/// Bytes that the command may be given to read: each machine gets them as a part of what its shell is to do.
const MOST_INPUT: usize = 1 << 20;

/// Platforms that have a shell.
const SYSTEMS: [&str; 12] =
    ["aix", "android", "cygwin", "dragonfly", "freebsd", "illumos", "linux", "macos", "netbsd", "openbsd", "solaris", "windows"];

/// Machines, and how they are asked. The client reads the user's files as it always does; of our own, nothing is read unless
/// [`Hosts::config`] brings it.
#[derive(Clone)]
pub struct Hosts {
    targets: Vec<Target>,
    client: Client,
    jobs: usize,
    retries: u32,
    timeout: Option<Duration>,
    sudo: bool,
    locale: Locale,
    platform: Option<String>,
    plugin: Option<String>,
    captured: Option<Moment>,
    exact: bool,
    guess_types: bool,
    input: Vec<u8>,
    config: Config,
}

impl Hosts {
    /// These machines, each asked once however often it is named.
    pub fn new(targets: Vec<Target>) -> Hosts {
        Hosts {
            targets: super::without_duplicates(targets).0,
            client: Client::default(),
            jobs: JOBS,
            retries: 1,
            timeout: None,
            sudo: false,
            locale: Locale::C,
            platform: None,
            plugin: None,
            captured: None,
            exact: false,
            guess_types: false,
            input: Vec::new(),
            config: Config::default(),
        }
    }

    /// The client that connects.
    pub fn client(mut self, client: Client) -> Hosts {
        self.client = client;
        self
    }

    /// As many machines at once, 32 unless it is said. Those that do not answer are not among them.
    pub fn jobs(mut self, jobs: usize) -> Hosts {
        self.jobs = jobs.max(1);
        self
    }

    /// How often a machine is tried again that dropped the connection before it let us in. Once, unless it is said.
    pub fn retries(mut self, retries: u32) -> Hosts {
        self.retries = retries;
        self
    }

    /// How long the command may take on one machine.
    pub fn timeout(mut self, timeout: Option<Duration>) -> Hosts {
        self.timeout = timeout;
        self
    }

    /// Whether the command runs with `sudo -n`, which asks nothing.
    pub fn sudo(mut self, sudo: bool) -> Hosts {
        self.sudo = sudo;
        self
    }

    /// Which locale the command speaks there.
    pub fn locale(mut self, locale: Locale) -> Hosts {
        self.locale = locale;
        self
    }

    /// The platform that all of them are taken for, whatever they say.
    pub fn platform(mut self, name: Option<String>) -> Hosts {
        self.platform = name;
        self
    }

    /// Use this parser only.
    pub fn plugin(mut self, choice: Option<String>) -> Hosts {
        self.plugin = choice;
        self
    }

    /// When the command is taken to have run, whatever the clocks there say.
    pub fn captured_at(mut self, moment: Option<Moment>) -> Hosts {
        self.captured = moment;
        self
    }

    /// Whether each machine runs it with arguments that lose nothing, where the parser for it knows some.
    pub fn exact(mut self, exact: bool) -> Hosts {
        self.exact = exact;
        self
    }

    /// What a catalogue has as text becomes a number where it is plainly one.
    pub fn guess_types(mut self, guess: bool) -> Hosts {
        self.guess_types = guess;
        self
    }

    /// What the command reads on each of them; nothing, unless it is said. A mebibyte at most.
    pub fn input(mut self, input: Vec<u8>) -> Hosts {
        self.input = input;
        self
    }

    /// Choices of parsers, and limits of plugins.
    pub fn config(mut self, config: Config) -> Hosts {
        self.config = config;
        self
    }

    /// Runs a command on all of them.
    ///
    /// # Errors
    /// There is no such client, no command, or the machine cannot run the sandbox. What goes wrong with a machine is in its outcome.
    pub fn run(self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Answers, Error> {
        let words = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        let orders = self.orders(words)?;
        let (sender, answers) = mpsc::channel(QUEUE);
        let (stop, stopped) = watch::channel(false);
        let work = move || -> anyhow::Result<()> {
            outparse::runtime::new()?.block_on(visit_all(orders, sender, stopped));
            Ok(())
        };
        let worker =
            thread::Builder::new().name("hosts".to_owned()).spawn(work).context("starting the thread for the machines")?;
        Ok(Answers { answers, stop, worker: Some(worker) })
    }

    /// Whether the machines are said to be devices that have commands of their own, and no shell that could run a script: of a platform
    /// that is none of the systems with one, and whose commands only its own parsers read.
    fn is_device(&self, words: &[OsString]) -> Result<bool, Error> {
        let Some(platform) = self.platform.as_deref().filter(|platform| !SYSTEMS.contains(platform)) else { return Ok(false) };
        let text: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let query = Query { command: &text, platform, plugin: self.plugin.as_deref(), ..Query::default() };
        let candidates = rank(&query, &self.config)?.into_candidates();
        Ok(candidates.first().is_some_and(Candidate::is_platform_bound))
    }

    /// The same as those who visit need it.
    pub fn orders(self, words: Vec<OsString>) -> Result<Orders, Error> {
        check(&words)?;
        self.client.check()?;
        let device = self.is_device(&words)?;
        if device && self.sudo {
            return Err(Error::Usage("`--sudo` is for machines with a shell, and this platform's have none".to_owned()));
        }
        if device && (self.exact || !self.input.is_empty()) {
            let message = "what a command reads, and arguments that lose nothing, are for machines with a shell, and this platform's have none";
            return Err(Error::Usage(message.to_owned()));
        }
        if self.input.len() > MOST_INPUT {
            return Err(Error::Usage(format!(
                "the command is to read {} bytes on each machine: 1 MiB is the most",
                self.input.len()
            )));
        }
        let sandbox = self.config.sandbox()?;
        Ok(Orders {
            device,
            exact: self.exact,
            input: self.input,
            targets: self.targets.into_iter().map(Arc::new).collect(),
            client: self.client,
            jobs: self.jobs,
            retries: self.retries,
            timeout: self.timeout,
            sudo: self.sudo,
            locale: self.locale,
            platform: self.platform,
            plugin: self.plugin,
            captured: self.captured,
            guess_types: self.guess_types,
            config: self.config,
            words,
            sandbox,
            logs: Logs::new()?,
            known: Known::default(),
            digests: Digests::default(),
            exacts: Exacts::default(),
            visits: AtomicUsize::new(0),
        })
    }
}

/// Visits all machines. Each has its outcome told, whatever happens; when it is stopped, those that were not done yet too.
pub async fn visit_all(orders: Orders, sender: Sender, mut stop: watch::Receiver<bool>) {
    let orders = Arc::new(orders);
    let visits = files() / FILES_OF_A_VISIT;
    let most = usize::try_from(visits).unwrap_or(usize::MAX);
    // Making a connection is mostly arithmetic: more at once than there are processors would only delay the first records.
    let first = thread::available_parallelism().map_or(2, NonZero::get);
    let window = Window::new(first, orders.jobs.min(most.max(1)), most.saturating_sub(orders.jobs).min(MOST_WAITING), OPENING);
    let mut running = JoinSet::new();
    let mut left = orders.targets.iter();
    while let Some(target) = left.as_slice().first() {
        let place = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            place = window.place() => place,
            Some(_) = running.join_next() => continue,
        };
        left.next();
        running.spawn(visit(Arc::clone(&orders), Arc::clone(target), place, sender.clone(), stop.clone()));
    }
    for target in left {
        let _ = sender.send(Told::new(target, Answer::Outcome(Outcome::new(&target.name, Verdict::Cancelled)))).await;
    }
    while running.join_next().await.is_some() {}
}

/// How many files may be open beside our own. The limit is raised as far as that is allowed, because a user's shell often sets less.
fn files() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 256 };
    let raised = setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    #[allow(clippy::useless_conversion, reason = "FreeBSD counts them in signed numbers")]
    let files = u64::try_from(if raised { hard } else { soft }).unwrap_or(u64::MAX);
    files.saturating_sub(OWN_FILES)
}

/// What comes from many machines: an iterator that waits for each answer. Dropped before its end, it ends what still runs.
pub struct Answers {
    answers: mpsc::Receiver<Told>,
    stop: watch::Sender<bool>,
    worker: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Answers {
    /// Ends what still runs. The outcomes of all machines still come.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl Iterator for Answers {
    type Item = (Arc<Target>, Answer);

    fn next(&mut self) -> Option<(Arc<Target>, Answer)> {
        self.answers.blocking_recv().map(|Told { target, answer }| (target, answer))
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.stop();
        self.answers.close();
        while self.answers.blocking_recv().is_some() {}
        if let Some(worker) = self.worker.take() {
            // It has nothing to say any more. But it must have ended, because clients would outlive us otherwise.
            let _ = worker.join();
        }
    }
}
