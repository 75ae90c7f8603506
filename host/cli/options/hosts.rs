//! On which machines the command is run.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::running::duration;
use outparse::error::Error;
use outparse_hosts::Client;

#[derive(Args, Debug)]
#[command(next_help_heading = "Many machines")]
pub(crate) struct Hosting {
    /// Run the command on these machines, through ssh: web1,admin@db1,web[1-9]; @FILE, @FILE:GROUP; 'web*' for those of ssh_config
    ///
    /// A file has a name a line, or is an Ansible inventory (INI or YAML). Records have the machine in the field `host`. Each machine
    /// has one outcome: `--outcomes` keeps them, and the exit status is 123 unless all are `ok`.
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    pub(crate) hosts: Option<String>,
    /// Ask this many machines at once. Those that do not answer are not among them
    #[arg(long, value_name = "N", default_value = "32", value_parser = clap::value_parser!(u32).range(1..=10_000), requires = "hosts")]
    pub(crate) jobs: u32,
    /// How long a machine may take to answer: 10s, 500ms. To let us in, it has three times that
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, requires = "hosts")]
    pub(crate) connect_timeout: Duration,
    /// How often a machine is tried again that dropped the connection before anything ran
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(..=10), requires = "hosts")]
    pub(crate) retries: u32,
    /// The ssh client and its options: 'ssh -F config -o User=admin'. It is OpenSSH's, and never asks for anything
    #[arg(long, value_name = "COMMAND", requires = "hosts")]
    pub(crate) ssh: Option<String>,
    /// Run the command with `sudo -n` there, which fails where it would ask
    #[arg(long, requires = "hosts")]
    pub(crate) sudo: bool,
    /// Write what came of each machine to this file; its name says the format: .json, .jsonl, .csv, .tsv, .yaml, .md, .arrow, .parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) outcomes: Option<PathBuf>,
}

impl Hosting {
    /// Checks that options for many machines come with machines to run on.
    pub(crate) fn check(&self, runs: bool, tagged: bool) -> Result<(), Error> {
        let wrong = |message: &str| Err(Error::Usage(message.to_owned()));
        match (&self.hosts, &self.outcomes) {
            (Some(_), _) if !runs => wrong("`--hosts` runs a command on machines: there is none to run here"),
            (None, Some(_)) if !tagged => {
                wrong("`--outcomes` says what came of many machines: it needs `--hosts`, or `parse --tagged`")
            }
            _ => Ok(()),
        }
    }

    /// The client that was asked for.
    pub(crate) fn client(&self) -> Result<Client, Error> {
        let mut client = self.ssh.as_deref().map_or_else(|| Ok(Client::default()), Client::new)?;
        client.connect_timeout = self.connect_timeout;
        Ok(client)
    }
}
