//! What is said to the user besides the records: messages and errors, and the texts that are asked for.

use outparse::error::Error;

use crate::printing::{held_messages, progress};

/// Prints an error with its causes and what to do about it.
pub(crate) fn complain(error: &Error) {
    let mut text = format!("error: {}", error.with_causes());
    let excerpt = error.excerpt();
    if !excerpt.is_empty() {
        text.push('\n');
        text.push_str(&excerpt);
    }
    say(text);
    if let Some(hint) = error.hint() {
        say(format_args!("hint: {hint}"));
    }
    if error.is_of_parsing() {
        say(
            "hint: `--raw` passes the output through as it is; `outparse report <command>` keeps what is needed to look at it elsewhere",
        );
    }
}

/// Says something to the user, on standard error. If nobody can hear it, that is no reason to stop.
pub(crate) fn say(text: impl std::fmt::Display) {
    use std::io::Write;
    let line = format!("outparse: {text}\n");
    if !held_messages::keep(&line) {
        progress::aside(|| {
            let _ = std::io::stderr().write_all(line.as_bytes());
        });
    }
}

/// Prints text that is complete. Our reader may be gone.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    use std::io::Write;
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(anyhow::Error::from)?;
    Ok(())
}
