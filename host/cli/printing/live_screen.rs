//! The screen of `--every`: drawn over what was there, line by line, so that nothing flickers.

use outparse::words::{escaped, is_plain};

/// Whether the screen can be redrawn. If not, pictures follow each other.
pub(crate) fn can_redraw() -> bool {
    std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// What is on the screen.
pub(crate) struct Frame<'a> {
    pub(crate) heading: &'a str,
    /// As it is printed on a terminal.
    pub(crate) table: &'a [u8],
    /// What was said, also by the command, so it may hold anything.
    pub(crate) notes: &'a str,
}

impl Frame<'_> {
    /// The bytes that make the terminal show it.
    pub(crate) fn draw(&self) -> String {
        let height = terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0));
        self.draw_within(height)
    }

    /// Moves to the top; draws each line and erases what was beyond its end; then erases whatever was below. Lines that are too
    /// long are cut by the terminal.
    fn draw_within(&self, height: usize) -> String {
        let table = String::from_utf8_lossy(self.table);
        let plain_heading = escaped(self.heading, is_plain).into_owned();
        let notes: Vec<String> = self.notes.lines().map(|line| escaped(line, is_plain).into_owned()).collect();
        // The last line of the screen stays free: a line end there would scroll it.
        let room = height.saturating_sub(1).max(3);
        let notes_from = notes.len().saturating_sub(room / 2);
        let notes = &notes[notes_from..];
        let rows: Vec<&str> = table.lines().collect();
        let room = room - 1 - notes.len().min(room - 1);
        let mut shown: Vec<String> = vec![plain_heading];
        if rows.len() > room {
            let kept = room.saturating_sub(1);
            shown.extend(rows[..kept].iter().map(|&row| row.to_owned()));
            shown.push(format!("… {} more lines", rows.len() - kept));
        } else {
            shown.extend(rows.iter().map(|&row| row.to_owned()));
        }
        shown.extend_from_slice(notes);
        let mut drawn = String::from("\x1b[?7l\x1b[H");
        for line in shown {
            drawn.push_str(&line);
            drawn.push_str("\x1b[K\n");
        }
        drawn.push_str("\x1b[J\x1b[?7h");
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(frame: &Frame<'_>, height: usize) -> Vec<String> {
        let drawn = frame.draw_within(height);
        let body = drawn.strip_prefix("\x1b[?7l\x1b[H").unwrap().strip_suffix("\x1b[J\x1b[?7h").unwrap();
        body.split_terminator("\x1b[K\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_frame_is_drawn_over_what_was_there() {
        let frame = Frame { heading: "now  df", table: b"a\nb\n", notes: "said\n" };
        assert_eq!(lines(&frame, 24), ["now  df", "a", "b", "said"]);
    }

    #[test]
    fn a_frame_never_scrolls_the_screen() {
        let table: String = (0..100).map(|row| format!("{row}\n")).collect();
        let notes = "note\n".repeat(100);
        for (table, notes) in [(table.as_str(), ""), (&table, "one\n"), (&table, &notes), ("", &notes)] {
            let frame = Frame { heading: "now", table: table.as_bytes(), notes };
            for height in [4, 5, 10, 24] {
                assert!(lines(&frame, height).len() < height, "{height}: {:?}", lines(&frame, height));
            }
        }
        let frame = Frame { heading: "now", table: table.as_bytes(), notes: "" };
        assert_eq!(lines(&frame, 5), ["now", "0", "1", "… 98 more lines"]);
    }

    #[test]
    fn what_the_command_says_cannot_steer_the_terminal() {
        let frame = Frame { heading: "df \x1b[2J", table: b"", notes: "\x1b]0;x\x07\n" };
        assert_eq!(lines(&frame, 24), ["df \\u{1b}[2J", "\\u{1b}]0;x\\u{7}"]);
    }
}
