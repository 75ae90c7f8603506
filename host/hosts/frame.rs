//! What comes back from a machine, taken apart: whatever its shell prints at first, what the machine is, the output, the exit status.

use memchr::memmem;

use super::script::Marks;
use outparse::sandbox::Moment;
use outparse::words::plain;

/// Bytes that may come before the script begins: banners, and what start-up files print.
const MOST_NOISE: usize = 1 << 20;

/// Bytes that the description of a machine may have.
const MOST_HEADER: usize = 64 << 10;

/// Characters of what a machine says of itself.
const LONGEST: usize = 255;

/// The part of the noise that is kept to be shown.
const KEPT: usize = 400;

/// What is read.
pub(super) struct Frame {
    marks: Marks,
    state: State,
    /// What has come and cannot be told yet.
    held: Vec<u8>,
    /// The first of what came before the script.
    noise: Vec<u8>,
    skipped: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Noise,
    Header,
    Output,
    Status,
    Ended,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// The script runs.
    Begun,
    /// The machine is this.
    Machine(Machine),
    /// Some of the output.
    Output(Vec<u8>),
    /// The command has ended, with this exit status.
    Ended(u8),
    /// It cannot be what we asked for.
    Nonsense(&'static str),
}

/// What a machine says that it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Machine {
    /// As platforms are called here.
    pub(super) platform: Option<String>,
    /// What tells it from all others, where it knows that.
    pub(super) identity: Option<String>,
    /// Its clock.
    pub(super) now: Option<Moment>,
    pub(super) locale: String,
    /// What the command is there; None when there is none.
    pub(super) program: Option<String>,
    /// The program that this leads to, where it is another one.
    pub(super) implementation: Option<String>,
}

impl Frame {
    pub(crate) fn new(marks: Marks) -> Frame {
        Frame { marks, state: State::Noise, held: Vec::new(), noise: Vec::new(), skipped: 0 }
    }

    /// Of a device, which prints the output and nothing else.
    pub(super) fn of_device(marks: Marks) -> Frame {
        Frame { state: State::Output, ..Frame::new(marks) }
    }

    /// The first of what was printed before the script began, or instead of it.
    pub(super) fn noise(&self) -> &[u8] {
        if self.noise.is_empty() && self.state == State::Noise { &self.held[..self.held.len().min(KEPT)] } else { &self.noise }
    }

    /// Where bytes that were read are put.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.held
    }

    /// What has come by now.
    pub(super) fn take(&mut self) -> Vec<Came> {
        let mut came = Vec::new();
        loop {
            match self.state {
                State::Noise => {
                    let found = memmem::find(&self.held, &self.marks.begin);
                    let noise = found.unwrap_or_else(|| self.held.len() - begun(&self.held, &self.marks.begin));
                    let kept = KEPT.saturating_sub(self.noise.len()).min(noise);
                    self.noise.extend_from_slice(&self.held[..kept]);
                    self.skipped += noise;
                    match found {
                        Some(at) => self.held.drain(..at + self.marks.begin.len()),
                        None => self.held.drain(..noise),
                    };
                    if found.is_none() {
                        if self.skipped > MOST_NOISE {
                            self.state = State::Ended;
                            came.push(Came::Nonsense("it prints without end before the command"));
                        }
                        return came;
                    }
                    self.state = State::Header;
                    came.push(Came::Begun);
                }
                State::Header => {
                    let Some(at) = memmem::find(&self.held, &self.marks.output) else {
                        if self.held.len() > MOST_HEADER {
                            self.state = State::Ended;
                            came.push(Came::Nonsense("it says without end what it is"));
                        }
                        return came;
                    };
                    came.push(Came::Machine(Machine::read(&String::from_utf8_lossy(&self.held[..at]))));
                    self.held.drain(..at + self.marks.output.len());
                    self.state = State::Output;
                }
                State::Output => {
                    let found = memmem::find(&self.held, &self.marks.end);
                    let output = found.unwrap_or_else(|| self.held.len() - begun(&self.held, &self.marks.end));
                    let rest = self.held.split_off(output);
                    let output = std::mem::replace(&mut self.held, rest);
                    if !output.is_empty() {
                        came.push(Came::Output(output));
                    }
                    if found.is_none() {
                        return came;
                    }
                    self.held.drain(..self.marks.end.len());
                    self.state = State::Status;
                }
                State::Status => {
                    let Some(end) = memchr::memchr(b'\n', &self.held) else { return came };
                    let status = std::str::from_utf8(&self.held[..end]).ok().and_then(|status| status.parse().ok());
                    self.state = State::Ended;
                    came.push(status.map_or(Came::Nonsense("its exit status is none"), Came::Ended));
                }
                State::Ended => {
                    self.held.clear();
                    return came;
                }
            }
        }
    }

    /// Nothing more comes: what is left of the output.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        (self.state == State::Output && !self.held.is_empty()).then(|| std::mem::take(&mut self.held))
    }
}

/// How many bytes at the end may be the beginning of a mark.
fn begun(bytes: &[u8], mark: &[u8]) -> usize {
    (1..mark.len().min(bytes.len() + 1)).rev().find(|&length| bytes.ends_with(&mark[..length])).unwrap_or(0)
}

impl Machine {
    fn read(text: &str) -> Machine {
        let mut machine = Machine { locale: "C".to_owned(), ..Machine::default() };
        for line in text.lines() {
            let Some((key, value)) = line.split_once(' ') else { continue };
            // It may say anything, and some of it is shown.
            let value = &plain(value, LONGEST);
            let some = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match key {
                "system" => machine.platform = some.as_deref().map(platform),
                // Without a number for the machine or for its boot there is only the name, which other machines may have, too.
                "machine" => machine.identity = Some(value.to_owned()).filter(|value| !value.starts_with("  ")),
                "time" => machine.now = moment(value),
                "locale" => machine.locale = some.unwrap_or_default(),
                "program" => machine.program = some,
                "file" => machine.implementation = some.and_then(|file| Some(file.rsplit('/').next()?.to_owned())),
                _ => {}
            }
        }
        let name = machine.program.as_deref().and_then(|program| program.rsplit('/').next());
        if machine.implementation.as_deref() == name {
            machine.implementation = None;
        }
        machine
    }
}

/// What a system that `uname -s` names is called here.
fn platform(system: &str) -> String {
    match system {
        "Darwin" => "macos".to_owned(),
        "SunOS" => "solaris".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// A clock, from seconds and an offset such as `+0130`.
fn moment(text: &str) -> Option<Moment> {
    let (seconds, offset) = text.split_once(' ').unwrap_or((text, ""));
    let seconds = seconds.parse().ok()?;
    let minutes = |digits: &str| Some((digits.get(..2)?.parse::<i32>().ok()? * 60 + digits.get(2..4)?.parse::<i32>().ok()?) * 60);
    let offset = match offset.split_at_checked(1) {
        Some(("+", digits)) => minutes(digits),
        Some(("-", digits)) => minutes(digits).map(|offset| -offset),
        _ => None,
    };
    Some(Moment { seconds, offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed() -> Vec<u8> {
        let marks = Marks::new(7);
        let header = "system Darwin\nmachine a b c\ntime 12 -0130\nlocale C.UTF-8\nprogram /bin/df\nfile /usr/bin/toybox\n";
        [
            b"Welcome!\n",
            &marks.begin[..],
            header.as_bytes(),
            &marks.output,
            b"one\n\noutparse 0\ntwo",
            &marks.end,
            b"3\n",
            b"bye\n",
        ]
        .concat()
    }

    /// What comes when it arrives in pieces of this size, the output joined.
    fn came(printed: &[u8], size: usize) -> (Vec<Came>, Vec<u8>) {
        let mut frame = Frame::new(Marks::new(7));
        let (mut all, mut output) = (Vec::new(), Vec::new());
        for piece in printed.chunks(size) {
            frame.buffer().extend_from_slice(piece);
            for came in frame.take() {
                match came {
                    Came::Output(bytes) => output.extend(bytes),
                    other => all.push(other),
                }
            }
        }
        output.extend(frame.finish().unwrap_or_default());
        (all, output)
    }

    #[test]
    fn it_is_taken_apart_wherever_it_is_cut() {
        let machine = Machine {
            platform: Some("macos".to_owned()),
            identity: Some("a b c".to_owned()),
            now: Some(Moment { seconds: 12, offset: Some(-5400) }),
            locale: "C.UTF-8".to_owned(),
            program: Some("/bin/df".to_owned()),
            implementation: Some("toybox".to_owned()),
        };
        let printed = printed();
        for size in 1..=printed.len() {
            let (all, output) = came(&printed, size);
            assert_eq!(all, [Came::Begun, Came::Machine(machine.clone()), Came::Ended(3)], "{size}");
            assert_eq!(output, b"one\n\noutparse 0\ntwo", "{size}");
        }
    }

    #[test]
    fn what_is_cut_off_is_never_more_than_was_there() {
        let printed = printed();
        for length in 0..printed.len() {
            let (all, output) = came(&printed[..length], 5);
            let whole = b"one\n\noutparse 0\ntwo";
            let ended = all.contains(&Came::Ended(3));
            // The beginning of a mark may be left, which is no whole line of the output.
            let shared = output.iter().zip(whole).take_while(|(one, other)| one == other).count();
            assert!(ended || !output[shared..].contains(&b'\n'), "{length}");
        }
    }

    #[test]
    fn lines_do_not_wait_for_what_follows() {
        let marks = Marks::new(7);
        let mut frame = Frame::new(marks.clone());
        frame.buffer().extend([&marks.begin[..], &marks.output, b"one\n"].concat());
        assert_eq!(frame.take().pop(), Some(Came::Output(b"one\n".to_vec())));
    }

    #[test]
    fn noise_has_an_end() {
        let (all, _) = came(&vec![b'x'; 2 << 20], 64 << 10);
        assert_eq!(all, [Came::Nonsense("it prints without end before the command")]);
        let header = [Marks::new(7).begin, vec![b'x'; 2 << 20]].concat();
        assert_eq!(came(&header, 64 << 10).0[1..], [Came::Nonsense("it says without end what it is")]);
    }

    #[test]
    fn what_a_machine_says_of_itself_steers_nothing() {
        let machine = Machine::read(&format!("system a\u{1b}[2J\u{202e}b\nprogram {}\n", "x".repeat(10_000)));
        assert_eq!(machine.platform.as_deref(), Some("a\\u{1b}[2j\\u{202e}b"));
        assert_eq!(machine.program.unwrap().chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_clock_that_says_too_little_is_not_known() {
        assert_eq!(moment("%s +0200"), None);
        assert_eq!(moment("5 CEST"), Some(Moment { seconds: 5, offset: None }));
        assert_eq!(moment("5 +0530"), Some(Moment { seconds: 5, offset: Some(19_800) }));
    }
}
