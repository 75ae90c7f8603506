//! A terminal, with a program in its foreground.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::pty::{Winsize, openpty};
use nix::unistd::tcgetpgrp;

use super::{Ran, until};

pub struct Terminal {
    keyboard: File,
    screen: Arc<Mutex<Vec<u8>>>,
    /// Ends when nobody has the terminal open any more.
    watcher: JoinHandle<()>,
    child: Child,
}

impl Terminal {
    /// Starts a program in a session of its own, on a new terminal.
    pub fn start(command: &Command) -> Terminal {
        Terminal::wide(command, 0)
    }

    /// The same with so many columns; 0 where a terminal does not know.
    pub fn wide(command: &Command, columns: u16) -> Terminal {
        let size = Winsize { ws_row: if columns > 0 { 24 } else { 0 }, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).unwrap();
        for end in [&pty.master, &pty.slave] {
            fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).unwrap();
        }
        let slave = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut session = Command::new("setsid");
        session.arg("--ctty").arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => session.env(name, value),
                None => session.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            session.current_dir(folder);
        }
        let child = session.stdin(slave()).stdout(slave()).stderr(slave()).spawn().unwrap();
        let screen = Arc::default();
        let watcher = watch(pty.master.try_clone().unwrap(), Arc::clone(&screen));
        Terminal { keyboard: File::from(pty.master), screen, watcher, child }
    }

    /// Types something.
    pub fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// What has been shown so far, with plain line ends.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).replace('\r', "")
    }

    /// Waits until this is on the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        until(&format!("`{text}` is on the screen"), || self.screen().contains(text).then_some(()));
    }

    /// The process that was started, which leads the session.
    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// The process group that may read.
    pub fn foreground(&self) -> i32 {
        tcgetpgrp(&self.keyboard).unwrap().as_raw()
    }

    /// Waits until the program has ended.
    #[track_caller]
    pub fn end(mut self) -> Ran {
        let status = until("the program on the terminal has ended", || self.child.try_wait().unwrap());
        until("nobody uses the terminal any more", || self.watcher.is_finished().then_some(()));
        let output = std::process::Output { status, stdout: Vec::new(), stderr: Vec::new() };
        Ran { stdout: self.screen(), ..Ran::from(output) }
    }
}

/// Keeps all that is shown on the terminal.
fn watch(master: OwnedFd, screen: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut master = File::from(master);
        let mut buffer = [0; 4096];
        // It is an error when the last program has closed the terminal.
        while let Ok(read @ 1..) = master.read(&mut buffer) {
            screen.lock().unwrap().extend_from_slice(&buffer[..read]);
        }
    })
}
