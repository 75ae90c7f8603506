//! What a machine says on standard error: its lines, as they come, and the last of them, which often says why something failed.

use std::future::pending;

use tokio::io::AsyncReadExt;
use tokio::process::ChildStderr;

use outparse::capture::lines::READ_SIZE;
use outparse::words::plain;

/// Lines of a machine that are passed on, and characters of one.
const MOST_LINES: u64 = 20;
const LONGEST: usize = 500;

/// The standard error of one client.
#[derive(Default)]
pub(super) struct StandardError {
    pipe: Option<ChildStderr>,
    has_ended: bool,
    /// What has come and is no whole line yet.
    held: Vec<u8>,
    last: Option<String>,
    /// Lines that came while the command ran.
    count: u64,
}

impl StandardError {
    pub(crate) fn new(pipe: Option<ChildStderr>) -> StandardError {
        StandardError { pipe, ..StandardError::default() }
    }

    /// Reads some of it. 0 at its end; after that it waits for ever.
    pub(super) async fn read(&mut self) -> usize {
        let read = match &mut self.pipe {
            Some(pipe) => pipe.read_buf(&mut self.held).await.unwrap_or(0),
            None => pending().await,
        };
        if read == 0 {
            (self.pipe, self.has_ended) = (None, true);
        }
        read
    }

    /// The lines that have come and are to be passed on: none before the command runs, because until then they are banners, and no more
    /// than a few. With `all`, also one that has no end.
    pub(super) fn lines(&mut self, runs: bool, all: bool) -> Vec<String> {
        let all = all || self.has_ended;
        let mut lines = Vec::new();
        let mut rest = &self.held[..];
        while !rest.is_empty() {
            let end = match memchr::memchr(b'\n', rest) {
                Some(end) => end + 1,
                None if all || rest.len() > READ_SIZE => rest.len(),
                None => break,
            };
            let (line, behind) = rest.split_at(end);
            rest = behind;
            let line = plain(String::from_utf8_lossy(line).trim_end(), LONGEST);
            if line.is_empty() {
                continue;
            }
            if runs {
                self.count += 1;
                if self.count <= MOST_LINES {
                    lines.push(line.clone());
                }
            }
            self.last = Some(line);
        }
        let left = rest.len();
        self.held.drain(..self.held.len() - left);
        lines
    }

    /// How many lines were not passed on, said as one more.
    pub(super) fn left_out(&self) -> Option<String> {
        (self.count > MOST_LINES).then(|| format!("… and {} more lines", self.count - MOST_LINES))
    }

    /// A message, with the last line behind it.
    pub(super) fn after(&self, message: String) -> String {
        match &self.last {
            Some(last) => format!("{message}: {last}"),
            None => message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_passed_on_while_the_command_runs_and_only_a_few() {
        let mut errors = StandardError { held: b"a banner\n".to_vec(), ..StandardError::default() };
        assert!(errors.lines(false, false).is_empty());
        assert_eq!(errors.after("failed".to_owned()), "failed: a banner");
        errors.held.extend_from_slice("one\n\ntwo\n".repeat(20).as_bytes());
        assert_eq!(errors.lines(true, false).len(), 20);
        assert_eq!(errors.left_out().as_deref(), Some("… and 20 more lines"));
        assert_eq!(errors.after("failed".to_owned()), "failed: two");
    }

    #[test]
    fn a_line_without_an_end_is_one_when_nothing_follows_and_when_it_is_too_long() {
        let mut errors = StandardError { held: b"half".to_vec(), ..StandardError::default() };
        assert_eq!(errors.lines(true, true), ["half"]);
        errors.held = vec![b'x'; READ_SIZE + 1];
        assert_eq!(errors.lines(true, false)[0].chars().count(), LONGEST + 1);
        assert!(errors.held.is_empty());
    }
}
