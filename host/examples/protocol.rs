//! A protocol is told what happens to a command: it keeps the bytes, and parses them when the command has exited.
//!
//! `cargo run --release --example protocol` runs `df -hl` here; `-- FILE` replays a capture taken on macOS, `-- COMMAND…` runs
//! another command.

#![allow(missing_docs, reason = "an example")]

use std::process::ExitStatus;

use outparse::capture::command::{Command, Fd, Protocol, exit_code};

#[path = "free_space.rs"]
mod free_space;

/// Collects what a command prints, and says what happens on the way.
#[derive(Default)]
struct Df {
    captured: Vec<u8>,
    return_code: u8,
}

impl Protocol for Df {
    fn started(&mut self, pid: u32) {
        println!("process started {pid}");
        println!("waiting for process to complete");
    }

    fn data_received(&mut self, fd: Fd, bytes: &[u8]) {
        println!("read {} bytes from {fd}", bytes.len());
        self.captured.extend_from_slice(bytes);
    }

    fn exited(&mut self, status: ExitStatus) {
        self.return_code = exit_code(status);
        println!("process exited");
        println!("return code {}", self.return_code);
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), outparse::error::Error> {
    println!("in run_df");
    let (command, capture) = free_space::command_line();
    println!("launching process");
    let mut protocol = Df::default();
    Command::new(&command[0]).args(&command[1..]).drive(&mut protocol).await?;
    free_space::report(protocol.return_code, &protocol.captured, capture)
}
