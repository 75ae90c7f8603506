//! Reads a command's output line by line as it comes, and parses it at the end.
//!
//! `cargo run --release --example stream` runs `df -hl` here; `-- FILE` replays a capture taken on macOS, `-- COMMAND…` runs
//! another command.

#![allow(missing_docs, reason = "an example")]

use anyhow::Context;
use outparse::capture::command::{Command, exit_code};

#[path = "free_space.rs"]
mod free_space;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), outparse::error::Error> {
    println!("in run_df");
    let (command, capture) = free_space::command_line();
    println!("launching process");
    let mut process = Command::new(&command[0]).args(&command[1..]).spawn()?;
    println!("process started {}", process.pid());

    let mut captured = Vec::new();
    let mut rest = Vec::new();
    loop {
        let line = process.read_line(&mut rest).await.context("reading a line")?;
        println!("read b'{}'", line.escape_ascii());
        if line.is_empty() {
            println!("no more output from command");
            break;
        }
        captured.extend_from_slice(&line);
    }

    println!("waiting for process to complete");
    let return_code = exit_code(process.wait().await.context("waiting for the command")?);
    println!("return code {return_code}");
    free_space::report(return_code, &captured, capture)
}
