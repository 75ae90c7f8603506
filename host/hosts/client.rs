//! The client that carries a command to a machine: OpenSSH's, with all that the user has told it.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use nix::sys::stat::Mode;
use tempfile::TempDir;
use tokio::net::unix::pipe::Receiver;

use super::command_line::words;
use super::script::SHELL;
use super::target::Target;
use outparse::capture::command::{Command, Errors, Input, Locale, Process, find};
use outparse::error::Error;

/// The client, and the options it is given.
#[derive(Clone, Debug)]
pub struct Client {
    words: Vec<OsString>,
    /// How long a machine may take to answer.
    pub connect_timeout: Duration,
}

impl Default for Client {
    fn default() -> Client {
        Client { words: vec!["ssh".into()], connect_timeout: Duration::from_secs(10) }
    }
}

impl Client {
    /// A client by its command line: `ssh -F config -o Port=2222`. Words are parted by blanks; quotes keep them together.
    ///
    /// # Errors
    /// There is no word, or a quote without its end.
    pub fn new(line: &str) -> Result<Client, Error> {
        let words = words(line).ok_or_else(|| Error::Usage(format!("`{line}` has a quote without its end")))?;
        if words.is_empty() {
            return Err(Error::Usage("`--ssh` names no client".to_owned()));
        }
        Ok(Client { words: words.into_iter().map(OsString::from).collect(), ..Client::default() })
    }

    /// That it is there.
    pub(super) fn check(&self) -> Result<(), Error> {
        match find(&self.words[0]) {
            Some(_) => Ok(()),
            None => Err(Error::NotFound { program: self.words[0].to_string_lossy().into_owned() }),
        }
    }

    /// The files in which it looks for machines.
    pub fn configurations(&self) -> Vec<PathBuf> {
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            let word = word.to_string_lossy();
            match word.strip_prefix("-F") {
                Some("") => return words.next().map(PathBuf::from).into_iter().collect(),
                Some(path) => return vec![PathBuf::from(path)],
                None => {}
            }
        }
        let own = std::env::home_dir().map(|home| home.join(".ssh/config"));
        own.into_iter().chain([PathBuf::from("/etc/ssh/ssh_config")]).collect()
    }

    /// The command that connects, with a log of its own.
    fn command(&self, target: &Target, log: &Path, remote: &Remote) -> Command {
        let (program, own) =
            self.words.split_first().map_or((OsString::from("ssh"), &[][..]), |(program, own)| (program.clone(), own));
        let mut arguments: Vec<OsString> =
            vec!["-T".into(), "-x".into(), "-o".into(), remote.loud().into(), "-E".into(), log.into()];
        let seconds = self.connect_timeout.as_secs_f64().ceil().max(1.0);
        for option in [
            // Nothing may ask, and no machine may hold up the others.
            "BatchMode=yes".to_owned(),
            format!("ConnectTimeout={seconds}"),
            "ServerAliveInterval=15".to_owned(),
            "ServerAliveCountMax=3".to_owned(),
            "ClearAllForwardings=yes".to_owned(),
            "PermitLocalCommand=no".to_owned(),
        ] {
            arguments.extend(["-o".into(), option.into()]);
        }
        if let Some(port) = target.port {
            arguments.extend(["-p".into(), port.to_string().into()]);
        }
        arguments.extend(own.iter().cloned());
        // Of an option that comes twice the client keeps the first: the user's own go before those of a file.
        arguments.extend(target.options.iter().map(OsString::from));
        arguments.extend(["--".into(), target.destination().into(), remote.words()]);
        let mut command = Command::new(program).args(arguments).input(Input::Piped);
        command.locale = Locale::Inherit;
        command.errors = Errors::Piped;
        #[cfg(target_os = "linux")]
        {
            command.dies_with_us = true;
        }
        // What `BatchMode` says is not passed on to the client of a jump host.
        command.asks_nothing = true;
        command
    }
}

/// What the client is told to run.
pub(super) enum Remote {
    /// A shell, which is then told the rest.
    Shell,
    /// The command itself, of a device.
    Device(OsString),
}

impl Remote {
    fn words(&self) -> OsString {
        match self {
            Remote::Shell => SHELL.into(),
            Remote::Device(command) => command.clone(),
        }
    }

    /// How much the client says: of a device, also that it has closed the channel. A shell says itself that it is done. `-v` would be
    /// passed on to the client of a jump host, whose standard error is the machine's.
    fn loud(&self) -> &'static str {
        match self {
            Remote::Shell => "LogLevel=DEBUG1",
            Remote::Device(_) => "LogLevel=DEBUG2",
        }
    }
}

/// Where the clients of a run write their logs.
pub(super) struct Logs(TempDir);

/// One client at work.
pub(super) struct Connection {
    pub(super) process: Process,
    pub(super) log: Receiver,
    path: PathBuf,
}

impl Logs {
    pub(crate) fn new() -> anyhow::Result<Logs> {
        tempfile::Builder::new().prefix("outparse-").tempdir().map(Logs).context("making a folder for the client's logs")
    }

    /// Starts a client. Only what it says of the connection is in its log: its standard error is the machine's.
    pub(super) fn connect(&self, client: &Client, target: &Target, number: usize, remote: &Remote) -> Result<Connection, Error> {
        let path = self.0.path().join(number.to_string());
        nix::unistd::mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).context("making a pipe for the client's log")?;
        let opened = open(&path).context("opening the client's log");
        let connection = opened.map_err(Error::from).and_then(|log| {
            let process = client.command(target, &path, remote).spawn()?;
            Ok(Connection { process, log, path: path.clone() })
        });
        connection.inspect_err(|_| remove(&path))
    }
}

/// Opened for writing too, it does not end before the client has opened it.
fn open(path: &Path) -> std::io::Result<Receiver> {
    let file: File = OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NONBLOCK).open(path)?;
    Receiver::from_file(file)
}

fn remove(path: &Path) {
    // The folder goes at the end of the run anyway.
    let _ = std::fs::remove_file(path);
}

impl Drop for Connection {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_without_a_name_is_refused() {
        assert!(Client::new(" ").is_err());
        assert!(Client::new("ssh 'x").is_err());
    }

    #[test]
    fn the_file_of_f_is_where_machines_are_looked_for() {
        for line in ["ssh -F some/config", "ssh -Fsome/config -v"] {
            assert_eq!(Client::new(line).unwrap().configurations(), [PathBuf::from("some/config")]);
        }
        assert!(Client::default().configurations().contains(&PathBuf::from("/etc/ssh/ssh_config")));
    }

    #[test]
    fn the_machine_is_never_taken_for_an_option() {
        let target = Target { port: Some(2222), ..Target::new("me@web1") };
        let command = Client::new("ssh -4").unwrap().command(&target, Path::new("log"), &Remote::Shell);
        let words: Vec<String> = command.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        assert_eq!(words[words.len() - 6..], ["-p", "2222", "-4", "--", "me@web1", "sh"]);
        assert!(words.contains(&"BatchMode=yes".to_owned()));
    }
}
