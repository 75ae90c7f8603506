//! `ls` prints names, or with `-l` a line about each file; with several directories or `-R`, a heading before each.
//!
//! GNU, BSD, macOS, BusyBox and toybox differ in small things that show in the line itself, so one parser reads them all. This
//! module owns which line is what: heading, `total`, name, or part of a name that has line ends inside. [`long`] reads the
//! lines of `-l`, [`options`] what the arguments settle, [`name`] how names are written.

mod date;
mod entry;
mod long;
mod name;
mod options;
mod usual;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Rows, Source};

pub use entry::Entry;
use entry::Shape;
use options::Options;

/// The longest name: a path of 4096 bytes, and as much again for the target of a link.
const LONGEST: usize = 8192 + 256;

/// Reads what `ls` prints.
#[derive(Default)]
pub struct Ls {
    options: Options,
    layout: Option<Layout>,
    /// The directory whose heading came last.
    directory: Option<Vec<u8>>,
    /// Headings so far, and the line of the last one.
    headings: u64,
    heading_line: u64,
    /// A line of `-l`, whose name may go on in the next one. Line 0 when there is none.
    held: Vec<u8>,
    held_line: u64,
    /// Which of its words has the permissions.
    held_flags: usize,
    /// A line `total 8`, which is a file's name if names follow it.
    total: Option<Vec<u8>>,
    /// Blank lines since the last other one.
    blanks: usize,
    /// Whether a section begins here: at the first line, and after a heading.
    fresh: bool,
    /// Whether names have the size in blocks before them: there was a `total`.
    sized: bool,
    shape: Shape,
    /// The name before, where names are sorted by their bytes.
    sorted_after: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Names,
    Long,
}

impl Parser for Ls {
    const ABOUT: About = About {
        name: "ls-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Files, as the ls of Linux, BSD, macOS and BusyBox lists them",
        commands: &["ls", "gls", "busybox ls", "toybox ls", "dir", "vdir"],
        dialect: "posix",
        platforms: &["linux", "macos", "freebsd", "openbsd", "netbsd"],
        ..About::DEFAULT
    };
    type Record = Entry<'static>;

    fn new(source: &Source) -> Self {
        let options = Options::read(source);
        let layout = options.long.then_some(Layout::Long);
        Ls { options, layout, fresh: true, ..Ls::default() }
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        options::exact(words)
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(refusal) = &self.options.unreadable {
            return Err(Error::unrecognised(refusal.clone()));
        }
        if line.whole().find(b"\0").is_some() {
            return Err(Error::Unrecognised(line.expected("names of files")));
        }
        if is_complaint(line.bytes) {
            return Err(Problem::error(format!("ls says {}", line.quoted())).into());
        }
        if self.layout != Some(Layout::Names)
            && let Some(flags) = long::flags_of(line.whole())
        {
            self.layout = Some(Layout::Long);
            self.total = None;
            self.blanks_belong_to_the_name(0);
            self.release(rows);
            self.held.extend_from_slice(line.bytes);
            (self.held_line, self.held_flags, self.fresh) = (line.number, flags, false);
        } else if line.bytes.is_empty() {
            self.blanks += 1;
        } else if (self.blanks > 0 || self.fresh && self.headings == 0) && self.is_heading(line) {
            self.heading(line, rows);
        } else if self.fresh && (long::is_total(line) || !self.options.known && long::may_be_total(line)) {
            (self.total, self.fresh) = (Some(line.bytes.to_vec()), false);
        } else if self.layout == Some(Layout::Long) {
            return self.continuation(line, rows);
        } else {
            self.name(line, rows);
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.blanks_belong_to_the_name(0);
        self.release(rows);
        self.foreign_total(rows);
        if self.headings == 1 && self.heading_line == 1 && self.layout == Some(Layout::Names) && !self.options.known {
            let message =
                "read as the heading of a directory: a file's name could look the same; the arguments of ls would settle it";
            rows.problem(Problem::warning(message).on_line(1));
        }
        Ok(())
    }
}

impl Ls {
    fn is_heading(&self, line: Line<'_>) -> bool {
        let lists_one = self.options.known && !self.options.recursive && self.options.operands < 2;
        line.bytes.len() > 1 && line.bytes.ends_with(b":") && !lists_one
    }

    /// `path:` begins the files of a directory.
    fn heading(&mut self, line: Line<'_>, rows: &mut Rows<Entry<'static>>) {
        // One blank line is the space above the heading, more belong to a name.
        self.blanks_belong_to_the_name(1);
        self.release(rows);
        self.foreign_total(rows);
        self.directory = line.bytes.strip_suffix(b":").map(|path| name::plain(path, &self.options).into_owned());
        (self.total, self.fresh, self.sized) = (None, true, false);
        self.sorted_after.clear();
        (self.headings, self.heading_line) = (self.headings + 1, line.number);
    }

    /// A number behind a word is no sum in another language where nothing of `-l` follows it, but a name.
    fn foreign_total(&mut self, rows: &mut Rows<Entry<'static>>) {
        if let Some(total) = self.total.take().filter(|total| !total.starts_with(b"total ")) {
            let entry = Entry { name: &total, directory: self.directory.as_deref(), ..Entry::default() };
            self.shape.push(entry, &self.options, rows);
        }
    }

    /// A line among those of `-l` that is none of them goes on with the name before it.
    fn continuation(&mut self, line: Line<'_>, rows: &mut Rows<Entry<'static>>) -> Result<(), Error> {
        let blanks = std::mem::take(&mut self.blanks);
        if self.held_line == 0 || self.held.len() + line.bytes.len() + blanks > LONGEST {
            self.release(rows);
            return Err(line.expected("a line of `ls -l`").into());
        }
        if blanks == 0 && long::is_detail(Field::from(&self.held[..]), line.whole()) {
            rows.warn_once("details", || {
                Problem::warning("extended attributes and access lists (`ls -@`, `ls -e`) are left out")
            });
            return Ok(());
        }
        self.name_goes_on(blanks + 1, line.bytes);
        rows.problem(Problem::warning(
            "read as a part of the file's name on the line before: names can have line ends; `ls -b` shows them",
        ));
        Ok(())
    }

    /// Blank lines after a line of `-l` are line ends in its name, all but so many.
    fn blanks_belong_to_the_name(&mut self, but: usize) {
        let blanks = std::mem::take(&mut self.blanks).saturating_sub(but);
        self.name_goes_on(blanks, b"");
    }

    fn name_goes_on(&mut self, line_ends: usize, bytes: &[u8]) {
        if self.held_line > 0 && self.held.len() + line_ends <= LONGEST {
            self.held.resize(self.held.len() + line_ends, b'\n');
            self.held.extend_from_slice(bytes);
        }
    }

    /// Makes a record of the line of `-l` that was held.
    fn release(&mut self, rows: &mut Rows<Entry<'static>>) {
        if self.held_line > 0 {
            let line = Line { number: self.held_line, bytes: &self.held, end: b"" };
            if let Err(problem) =
                long::read(line, self.held_flags, self.directory.as_deref(), &self.options, &mut self.shape, rows)
            {
                rows.problem(problem.on_line(self.held_line));
            }
        }
        self.held.clear();
        self.held_line = 0;
    }

    /// A line of a listing of names.
    fn name(&mut self, line: Line<'_>, rows: &mut Rows<Entry<'static>>) {
        let numbered = long::number_and_rest(line.whole()).is_some();
        if let Some(total) = self.total.take() {
            if (numbered || self.options.blocks) && total.starts_with(b"total ") {
                self.sized = true;
            } else {
                let entry = Entry { name: &total, directory: self.directory.as_deref(), ..Entry::default() };
                self.shape.push(entry, &self.options, rows);
            }
        }
        if self.blanks > 0 {
            rows.warn_once("newlines", || {
                Problem::warning("a blank line that no heading follows: a name may have line ends inside; `ls -b` shows them")
            });
        }
        if numbered && !self.options.known {
            let read = if self.sized { "as the blocks of `ls -s`" } else { "as a part of the name" };
            rows.warn_once("number", || {
                Problem::warning(format!(
                    "the number is read {read}, and could be the inode of `ls -i`; the arguments of ls would settle it"
                ))
            });
        }
        (self.layout, self.fresh, self.blanks) = (Some(Layout::Names), false, 0);
        let mut entry = Entry { directory: self.directory.as_deref(), ..Entry::default() };
        let mut rest = line.whole();
        let mut missing = false;
        if self.options.inode {
            match long::number_and_rest(rest) {
                Some((inode, after)) => (entry.inode, rest) = (inode.as_integer(), after),
                None => missing = true,
            }
        }
        if (self.options.blocks || self.sized && !self.options.known)
            && let Some((blocks, after)) = long::number_and_rest(rest)
        {
            long::set_blocks(&mut entry, blocks);
            rest = after;
        } else {
            missing |= self.options.blocks;
        }
        if missing {
            rows.problem(Problem::warning(
                "a number is missing before the name: the line may belong to the name before it, which can have line ends; `ls -b` shows them",
            ));
        }
        let (name, _) = name::read(rest.bytes, &self.options);
        entry.name = name::without_indicator(&name, &self.options);
        if self.options.sorted {
            if entry.name < &self.sorted_after[..] {
                rows.warn_once("order", || {
                    Problem::warning(
                        "the names are not in order here: one of them may have line ends inside and be read as several; `ls -b`, \
                         or `outparse --exact ls`, would show it",
                    )
                });
            }
            self.sorted_after.clear();
            self.sorted_after.extend_from_slice(entry.name);
        }
        self.shape.push(entry, &self.options, rows);
    }
}

/// What ls prints to the error stream, in captures of both streams.
fn is_complaint(line: &[u8]) -> bool {
    let ends: [&[u8]; 5] = [
        b": Permission denied",
        b": No such file or directory",
        b": Operation not permitted",
        b": Not a directory",
        b": Input/output error",
    ];
    let said = [&b"ls: "[..], b"gls: ", b"dir: ", b"vdir: "].iter().find_map(|program| line.strip_prefix(*program));
    said.is_some_and(|said| said.starts_with(b"cannot ") || ends.iter().any(|end| line.ends_with(end)))
}

outparse_sdk::export!(Ls);

#[cfg(test)]
mod tests;
