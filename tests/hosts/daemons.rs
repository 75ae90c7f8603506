//! Real `sshd`s on loopback addresses, started by the test and gone with it.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::common::{self, Sandbox};

/// Each test has a network of its own: 127.77.N.0/24.
static NETWORKS: AtomicU16 = AtomicU16::new(1);

const PORT: u16 = 7722;

/// What a program of a machine does to cut the connection that it runs on: it kills the daemon's process for it.
pub const CUT: &str = "p=$PPID; until case $(cat /proc/$p/comm) in sshd*) true ;; *) false ;; esac; do p=$(sed -n 's/^PPid:.//p' /proc/$p/status); done; \
                       kill -9 $p; sleep 60";

/// Held by all while they run: shared by most, and alone by those that would starve the others or measure time.
static MACHINE: RwLock<()> = RwLock::new(());

/// A test's hold on the machine.
pub enum Hold {
    Shared(#[expect(dead_code, reason = "held, not read")] RwLockReadGuard<'static, ()>),
    Alone(#[expect(dead_code, reason = "held, not read")] RwLockWriteGuard<'static, ()>),
}

/// A folder with keys, a client's configuration, and the daemons that were started.
pub struct Daemons {
    folder: TempDir,
    network: u16,
    next: u16,
    running: Vec<Child>,
    config: String,
    _hold: Hold,
}

/// Whether what the tests need is here.
fn are_possible() -> bool {
    let found = ["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/ssh-keygen"].iter().all(|program| Path::new(program).exists());
    if !found {
        assert!(!common::all_must_run(), "OpenSSH's server and client are not installed, and `OUTPARSE_TEST_ALL=1` was given");
        eprintln!("OpenSSH's server and client are not installed: nothing is tried");
    }
    found
}

impl Daemons {
    /// None yet. Nothing where OpenSSH is not installed, and that is no failure.
    pub fn new() -> Option<Daemons> {
        are_possible().then(|| Daemons::held(Hold::Shared(MACHINE.read().unwrap_or_else(PoisonError::into_inner))))
    }

    /// The same for a test that no other of this file runs beside.
    pub fn alone() -> Option<Daemons> {
        are_possible().then(|| Daemons::held(Hold::Alone(MACHINE.write().unwrap_or_else(PoisonError::into_inner))))
    }

    fn held(hold: Hold) -> Daemons {
        let folder = tempfile::Builder::new().prefix("hosts-").tempdir().unwrap();
        let network = NETWORKS.fetch_add(1, Ordering::Relaxed) + (std::process::id() % 50) as u16 * 5;
        let daemons =
            Daemons { folder, network: network % 256, next: 1, running: Vec::new(), config: String::new(), _hold: hold };
        daemons.key("user");
        daemons.key("other");
        daemons.key("host");
        fs::copy(daemons.path("user.pub"), daemons.path("authorized")).unwrap();
        fs::write(daemons.path("known"), format!("* {}", fs::read_to_string(daemons.path("host.pub")).unwrap())).unwrap();
        // Where the daemon gives up its rights, if it has any. It may be there.
        let _ = fs::create_dir("/run/sshd");
        daemons
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&self, name: &str) {
        let made =
            Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(self.path(name)).status().unwrap();
        assert!(made.success());
    }

    /// A daemon under this name, with more in its configuration.
    pub fn start(&mut self, name: &str, configuration: &str) -> &mut Daemons {
        self.start_keyed(name, configuration, "host")
    }

    /// The same with another key of its own.
    pub fn start_keyed(&mut self, name: &str, configuration: &str, key: &str) -> &mut Daemons {
        let address = self.address();
        let file = self.path(&format!("sshd-{name}"));
        let folder = self.folder.path().display();
        let text = format!(
            "{configuration}\nListenAddress {address}\nPort {PORT}\nHostKey {folder}/{key}\nPidFile none\nUsePAM no\nStrictModes no\n\
             AuthorizedKeysFile {folder}/authorized\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPrintMotd yes\n\
             MaxStartups 500\nLogLevel QUIET\nPermitRootLogin yes\nUseDNS no\n"
        );
        fs::write(&file, text).unwrap();
        let daemon = Command::new("/usr/sbin/sshd").arg("-D").arg("-f").arg(&file).stdin(Stdio::null()).spawn().unwrap();
        self.running.push(daemon);
        self.name(name, &address, "user");
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((address.as_str(), PORT)).is_err() {
            assert!(Instant::now() < end, "the daemon `{name}` has not started");
            sleep(Duration::from_millis(10));
        }
        self
    }

    /// An address of this test's that nobody has.
    pub fn address(&mut self) -> String {
        let address = format!("127.77.{}.{}", self.network, self.next);
        self.next += 1;
        address
    }

    /// The address of the first daemon.
    pub fn first_address(&self) -> String {
        format!("127.77.{}.1", self.network)
    }

    /// A machine of the client's configuration, which is reached with this key.
    pub fn name(&mut self, name: &str, address: &str, key: &str) -> &mut Daemons {
        let folder = self.folder.path().display();
        self.config.push_str(&format!(
            "Host {name}\n  HostName {address}\n  Port {PORT}\n  IdentityFile {folder}/{key}\n  HostKeyAlias {name}\n"
        ));
        self
    }

    /// More of the client's configuration.
    pub fn more(&mut self, configuration: &str) {
        self.config.push_str(configuration);
    }

    /// The client that knows these machines, as `--ssh` names it.
    pub fn ssh(&self) -> String {
        let folder = self.folder.path().display();
        let common = format!(
            "{}Host *\n  IdentitiesOnly yes\n  IdentityAgent none\n  UserKnownHostsFile {folder}/known\n  GlobalKnownHostsFile /dev/null\n",
            self.config
        );
        fs::write(self.path("config"), common).unwrap();
        format!("ssh -F {folder}/config")
    }

    /// `outparse` on these machines.
    pub fn outparse(&self, sandbox: &Sandbox, hosts: &str, arguments: &[&str]) -> Command {
        let ssh = self.ssh();
        let mut words = vec!["--hosts", hosts, "--ssh", &ssh];
        words.extend(arguments);
        sandbox.outparse(&words)
    }

    /// A program that a machine can be made to run instead of what it is asked.
    pub fn script(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    /// The process of a daemon.
    pub fn pid(&self, place: usize) -> i32 {
        self.running[place].id() as i32
    }
}

impl Drop for Daemons {
    fn drop(&mut self) {
        for daemon in &mut self.running {
            // It may have ended.
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}
