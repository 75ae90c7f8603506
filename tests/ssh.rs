//! The client as its user has set it up, and what else may be at either end of a connection: jump hosts, connections that are shared, a
//! server that is not OpenSSH's, and clients that are none.
//!
//! Where OpenSSH is not installed each test says so and ends; with `OUTPARSE_TEST_ALL=1` it fails instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

#[path = "hosts/asked.rs"]
mod asked;
mod common;
#[path = "hosts/daemons.rs"]
mod daemons;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use asked::{message, read_outcomes, run, verdict, with_programs};
use common::terminal::Terminal;
use common::{ONE_ROW, Sandbox, has, send, until};
use daemons::Daemons;
use nix::sys::signal::Signal;

/// What it says on standard error, too.
const SAYS: &str = "echo 'df: only this' >&2";

#[test]
fn the_jump_host_of_ssh_config_is_gone_through() {
    let Some(mut daemons) = Daemons::alone() else { return };
    daemons.start("jump", "");
    with_programs(&mut daemons, "inner", &[("df", &format!("{ONE_ROW}; {SAYS}"))]);
    daemons.more("Host inner\n  ProxyJump jump\n");
    let (ran, outcomes) = run(&daemons, "inner", &["-f", "json", "df", "-k"]);
    assert_eq!((ran.code, ran.column("mounted_on")), (0, vec!["/a".to_owned()]), "{ran:?}");
    assert_eq!(verdict(&outcomes, "inner"), "ok");
    // What the two clients say to each other is no output of the machine's.
    assert_eq!(ran.stderr, "outparse: inner: df: only this\n");
    // Without the jump host there is no way.
    send(daemons.pid(0), Signal::SIGKILL);
    let begun = Instant::now();
    let (ran, outcomes) = run(&daemons, "inner", &["-f", "json", "--connect-timeout", "20s", "df"]);
    assert_eq!((ran.code, verdict(&outcomes, "inner")), (123, "unreachable"), "{ran:?}");
    assert!(message(&outcomes, "inner").contains("Connection refused"), "{outcomes:?}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[test]
fn a_jump_host_that_wants_a_password_asks_nobody() {
    let Some(mut daemons) = Daemons::alone() else { return };
    daemons.start("jump", "PubkeyAuthentication no\nPasswordAuthentication yes");
    with_programs(&mut daemons, "inner", &[("df", ONE_ROW)]);
    daemons.more("Host inner\n  ProxyJump jump\n");
    let sandbox = Sandbox::new(&[]);
    let arguments = ["--outcomes", "all.json", "--connect-timeout", "20s", "df"];
    // On a terminal, where it could ask.
    let terminal = Terminal::start(&daemons.outparse(&sandbox, "inner", &arguments));
    terminal.wait_for("0 of 1 answered; unreachable: inner");
    let ran = terminal.end();
    assert_eq!(ran.code, 123);
    let outcomes = read_outcomes(&sandbox);
    assert!(message(&outcomes, "inner").contains("Permission denied"), "{outcomes:?}");
}

#[test]
fn connections_that_are_shared_are_used_and_left_as_they_are() {
    let Some(mut daemons) = Daemons::alone() else { return };
    with_programs(&mut daemons, "web", &[("df", &format!("{ONE_ROW}; {SAYS}"))]);
    with_programs(&mut daemons, "fails", &[("df", &format!("{ONE_ROW}; exit 3"))]);
    let socket = daemons.path("mux-%n");
    daemons.more(&format!("Host web fails\n  ControlMaster auto\n  ControlPath {}\n  ControlPersist 60\n", socket.display()));
    let ssh = daemons.ssh();
    let control = |host: &str, what: &str| {
        let mut words = ssh.split(' ');
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(["-O", what, host]).stderr(Stdio::null()).status().unwrap().success()
    };
    assert!(!control("web", "check"));
    for _ in 0..3 {
        let begun = Instant::now();
        let (ran, outcomes) = run(&daemons, "web,fails", &["-f", "json", "--sort", "host", "df"]);
        // The one that stays in the background holds nothing up.
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        assert_eq!((ran.code, ran.column("host")), (123, vec!["fails".to_owned(), "web".to_owned()]), "{ran:?}");
        assert_eq!((verdict(&outcomes, "web"), verdict(&outcomes, "fails")), ("ok", "failed"), "{outcomes:?}");
        assert_eq!(outcomes["fails"]["exit_status"], 3);
        assert_eq!(ran.stderr.matches("df: only this").count(), 1, "{ran:?}");
        assert!(control("web", "check"), "the shared connection is gone");
    }
    // It is the user's, and still there to be ended.
    assert!(control("web", "exit") && control("fails", "exit"));
    until("the socket is gone", || (!daemons.path("mux-web").exists()).then_some(()));
}

#[test]
fn a_client_that_is_not_openssh_s_is_told_of() {
    let old = "echo 'unknown option -- E' >&2; echo 'usage: ssh [-1246AaCfgKkMNnqsTtVvXxYy] [user@]hostname' >&2; exit 255";
    let other = "echo \"Warning: failed creating .ssh\" >&2; echo 'Unknown argument -E' >&2; exit 1";
    let sandbox = Sandbox::new(&[("old-ssh", old), ("dbclient", other), ("gone", "exit 127")]);
    for (client, said) in [("old-ssh", "usage: ssh"), ("dbclient", "Unknown argument -E"), ("gone", "6.3 or newer")] {
        let ran = sandbox.run(&["--hosts", "web1", "--ssh", client, "--outcomes", "all.json", "df"]);
        let outcomes = read_outcomes(&sandbox);
        assert_eq!((ran.code, verdict(&outcomes, "web1")), (123, "unreachable"), "{client}: {ran:?}");
        let message = message(&outcomes, "web1");
        assert!(message.contains("it has to be OpenSSH's, 6.3 or newer") && message.contains(said), "{client}: {message}");
    }
}

/// A process that ends with the test.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_machine_with_another_server_is_a_machine() {
    let Some(mut daemons) = Daemons::new() else { return };
    let program = ["/usr/sbin/dropbear", "/usr/bin/dropbear"].into_iter().find(|path| Path::new(path).exists());
    if !has(program.is_some(), "`dropbear`") || !nix::unistd::geteuid().is_root() {
        return;
    }
    let folder = daemons.path("dropbear");
    fs::create_dir(&folder).unwrap();
    let (key, home) = (folder.join("key"), std::env::home_dir().unwrap().join(".ssh"));
    let made = Command::new("dropbearkey").args(["-t", "ed25519", "-f"]).arg(&key).output().unwrap();
    let public = String::from_utf8(made.stdout).unwrap().lines().find(|line| line.starts_with("ssh-")).unwrap().to_owned();
    let address = daemons.address();
    daemons.name("router", &address, "user");
    let known = daemons.path("known");
    fs::write(&known, format!("{}router,stranger {public}\n", fs::read_to_string(&known).unwrap())).unwrap();
    // It reads who may come in from the user's home and nowhere else: in a view of the files of its own, that is the test's.
    let _ = fs::create_dir(&home);
    let line = format!(
        "mount -t tmpfs none {home} && cp {keys} {home}/authorized_keys && chmod 700 {home} && chmod 600 {home}/authorized_keys && \
         exec {program} -F -E -s -r {key} -p {address}:7722 -P {pid}",
        home = home.display(),
        keys = daemons.path("user.pub").display(),
        program = program.unwrap(),
        key = key.display(),
        pid = folder.join("pid").display()
    );
    let daemon = Command::new("unshare").args(["--mount", "sh", "-c", &line]).stderr(Stdio::null()).spawn().unwrap();
    let _daemon = Daemon(daemon);
    until("it listens", || std::net::TcpStream::connect((address.as_str(), 7722)).ok());
    let (ran, outcomes) = run(&daemons, "router", &["-f", "json", "wc", "-c", "/etc/passwd"]);
    assert_eq!((ran.code, verdict(&outcomes, "router")), (0, "ok"), "{ran:?} {outcomes:?}");
    assert_eq!(ran.records()[0]["bytes"], fs::metadata("/etc/passwd").unwrap().len());
    let (_, outcomes) = run(&daemons, "router", &["-f", "json", "ls", "/nowhere"]);
    assert_eq!((verdict(&outcomes, "router"), &outcomes["router"]["exit_status"]), ("failed", &2.into()), "{outcomes:?}");
    daemons.name("stranger", &address, "other");
    let (_, outcomes) = run(&daemons, "stranger", &["-f", "json", "df"]);
    assert_eq!(verdict(&outcomes, "stranger"), "auth", "{outcomes:?}");
}
