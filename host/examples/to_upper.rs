//! Sends text through `tr`: written and read at once, so that neither side waits for the other, however much there is.
//!
//! `cargo run --release --example to_upper` translates a short message; `-- 1000000000` as many bytes, of which only the number is
//! printed.

#![allow(missing_docs, reason = "an example")]

use outparse::capture::command::{Command, Input, exit_code};
use outparse::error::Error;
use tokio::io::{AsyncRead, AsyncReadExt};

const MESSAGE: &str = "
This message will be converted
to all caps.
";

/// What `tr` makes of the input, piece by piece as it comes. Returns the exit status.
async fn to_upper(input: impl AsyncRead + Unpin, output: impl FnMut(&[u8])) -> Result<u8, Error> {
    println!("in to_upper");
    println!("launching process");
    let mut process = Command::new("tr").args(["[:lower:]", "[:upper:]"]).input(Input::Piped).spawn()?;
    println!("pid {}", process.pid());
    println!("communicating with process");
    let status = process.communicate(input, output).await?;
    println!("waiting for process to complete");
    let return_code = exit_code(status);
    println!("return code {return_code}");
    Ok(return_code)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    if let Some(length) = std::env::args().nth(1) {
        let length = length.parse().map_err(|_| Error::Usage(format!("`{length}` is not a number of bytes")))?;
        let mut changed = 0;
        to_upper(tokio::io::repeat(b'x').take(length), |bytes| changed += bytes.iter().filter(|&&byte| byte == b'X').count())
            .await?;
        println!("Changed : {changed} bytes");
        return Ok(());
    }
    let mut changed = Vec::new();
    match to_upper(MESSAGE.as_bytes(), |bytes| changed.extend_from_slice(bytes)).await? {
        0 => {
            println!("Original: {}", quoted(MESSAGE.as_bytes()));
            println!("Changed : {}", quoted(&changed));
        }
        return_code => println!("error exit {return_code}"),
    }
    Ok(())
}

/// A text in quotes, its line ends visible.
fn quoted(text: &[u8]) -> String {
    format!("'{}'", text.escape_ascii())
}
