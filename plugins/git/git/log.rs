//! `git log` in the formats `medium`, `short`, `full`, `fuller`, `raw` and `oneline`, with `--stat`, `--shortstat`, `--numstat`, `--summary`,
//! `--name-only` and `--name-status`.

mod commit;
mod date;
mod files;
mod hash;
mod header;
mod heading;
mod oneline;
mod summary;

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Problem, Rows, Source};

pub use commit::{Commit, FileChange, FileSummary};
use files::LoneNames;
use heading::heading;
use oneline::{OnelineForm, oneline};

use crate::rename::Renames;

/// Reads `git log`.
pub struct Log {
    commit: Block<Commit>,
    oneline: bool,
    renames: Renames,
    lone_names: LoneNames,
    /// Whether a commit's children stand behind it, where the arguments are known.
    has_children: Option<bool>,
    /// Whether the message has begun, and what comes now may be of files.
    in_message: bool,
    /// Whether notes have begun.
    in_notes: bool,
    /// What the arguments make of a line without titles, where they are known.
    oneline_form: Option<OnelineForm>,
    /// Whether a blank line stood behind the files: only another commit can follow.
    is_complete: bool,
    seen: Vec<&'static str>,
}

const EXPECTED: &str = "`commit HASH`, or with `--oneline` `HASH SUBJECT`";

impl Parser for Log {
    const ABOUT: About = About {
        name: "log",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Commits, as git log prints them",
        commands: &["git log", "git show", "git reflog"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "git",
        ..About::DEFAULT
    };
    type Record = Commit;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let oneline_form = source.arguments.as_ref().map(|words| OnelineForm {
            is_reference: words.iter().any(|word| matches!(word.as_str(), "--format=reference" | "--pretty=reference")),
            has_others: words.iter().any(|word| matches!(word.as_str(), "--parents" | "--children")),
        });
        let has_children = source.arguments.as_ref().map(|words| words.iter().any(|word| word == "--children"));
        Log {
            commit: Block::default(),
            oneline: false,
            renames: Renames::new(source),
            lone_names: LoneNames::new(source),
            has_children,
            in_message: false,
            in_notes: false,
            oneline_form,
            is_complete: false,
            seen: Vec::new(),
        }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            self.blank(line);
            return Ok(());
        }
        let graph = [b"* ", b"| ", b"|\\", b"|/"].iter().any(|start| line.bytes.starts_with(*start));
        if graph && self.commit.current().is_none() {
            return Err(Error::unrecognised("`--graph` draws lines before the commits; without it they are read"));
        }
        if let Some(rest) = whole.strip_prefix("commit ") {
            return self.begin(line, rest, rows);
        }
        if self.commit.is_lost() {
            return Ok(());
        }
        if self.commit.current().is_none() || self.oneline {
            if let Some(commit) = oneline(whole, self.oneline_form, self.has_children == Some(true)) {
                self.flush(rows);
                rows.recognise();
                self.oneline = true;
                return self.commit.begin(Ok(commit));
            }
            if self.commit.current().is_none() {
                return Err(line.expected(EXPECTED).into());
            }
        }
        if self.is_complete || !self.oneline && is_patch(whole) || self.in_message && !self.oneline && is_author(whole) {
            return self.lose(line, rows);
        }
        self.go_on(line, rows)
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Log {
    /// A blank line parts what is said of the commit from its message, that from the files, and these from the next commit.
    fn blank(&mut self, line: Line<'_>) {
        let Some(commit) = self.commit.current() else { return };
        // A blank line of the message may have lost its blanks; those at its end are taken off.
        let text = if self.in_notes { &mut commit.notes } else { &mut commit.message };
        text.iter_mut().filter(|_| self.in_message).for_each(|text| text.push(b'\n'));
        if line.bytes.is_empty() {
            self.in_message = true;
            self.is_complete = !self.oneline && !commit.files.is_empty();
        }
    }

    /// `commit HASH`, of which the rest is given.
    fn begin(&mut self, line: Line<'_>, rest: Field<'_>, rows: &mut Rows<Commit>) -> Result<(), Error> {
        if line.whole().find([0]).is_some() {
            return Err(line.expected("line ends between commits: `-z` is not read").into());
        }
        let commit = heading(rest, self.has_children == Some(true));
        self.flush(rows);
        let Some(commit) = commit else { return self.commit.begin(Err(line.expected(EXPECTED).into())) };
        if self.has_children.is_none() && !commit.parents.is_empty() {
            rows.warn_once("parents", || {
                Problem::warning("hashes behind a commit's are read as its parents (`--parents`), and could be its children (`--children`): the arguments would settle it")
            });
        }
        rows.recognise();
        (self.in_message, self.in_notes, self.is_complete) = (false, false, false);
        self.commit.begin(Ok(commit))
    }

    /// Passes over what follows: the heading of the next commit is broken, or a patch follows, whose lines may look like those of a message.
    fn lose(&mut self, line: Line<'_>, rows: &mut Rows<Commit>) -> Result<(), Error> {
        if let Some(commit) = self.commit.current()
            && is_author(line.whole())
        {
            // The heading looked like a name of `--name-only`.
            commit.files.pop_if(|file| file.is_name_alone());
        }
        self.flush(rows);
        self.commit.skip();
        Err(line.expected("`commit HASH`; a patch (`-p`) is not read").into())
    }

    /// A line of the commit under way.
    fn go_on(&mut self, line: Line<'_>, rows: &mut Rows<Commit>) -> Result<(), Error> {
        let whole = line.whole();
        let Some(commit) = self.commit.current() else { return Ok(()) };
        if !self.in_message && is_signature(whole.trim_start()) {
            return Ok(());
        }
        if let Some(heading) = notes_heading(whole.bytes).filter(|_| !self.oneline) {
            (self.in_message, self.in_notes) = (true, true);
            // Notes of another kind are told by its name.
            if heading != b"Notes" {
                commit.add_to_notes(heading);
            }
            return Ok(());
        }
        if let Some(text) = whole.strip_prefix("    ").filter(|_| self.in_notes || !self.oneline) {
            if self.in_notes {
                commit.add_to_notes(text.bytes);
            } else {
                self.in_message = true;
                commit.add_to_message(text.bytes);
            }
            return Ok(());
        }
        if !self.in_message && !self.oneline {
            // An empty line parts what is said of the commit from its files. With `--format=raw`, a signature or a tag takes several lines.
            let is_read = commit.tree.is_some() && whole.bytes[0] == b' ' || header::read(commit, whole, rows)?;
            return if is_read { Ok(()) } else { Err(line.expected("`Author: …`, `Date: …` or the like").into()) };
        }
        let files = commit.files.len();
        if files::read(commit, whole, self.renames, self.lone_names, rows)? {
            // Nothing else parts the files from a line that is none here.
            let is_name_alone = commit.files.get(files).is_some_and(FileChange::is_name_alone);
            if self.oneline && self.lone_names == LoneNames::MayBe && is_name_alone {
                rows.warn_once("names", || {
                    whole
                        .problem(
                            "a line without a hash is read as the name of a file (`--name-only`): the arguments would settle it",
                        )
                        .into_warning()
                });
            }
            return Ok(());
        }
        Err(line.expected("a line of a commit; a patch (`-p`) is not read").into())
    }

    fn flush(&mut self, rows: &mut Rows<Commit>) {
        let Some(mut commit) = self.commit.take() else { return };
        commit.trim();
        let new: Vec<&'static str> = commit.fields().filter(|name| !self.seen.contains(name)).collect();
        if !new.is_empty() {
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(commit);
    }
}

/// `Notes:`, `Notes (review):`, without the colon.
fn notes_heading(line: &[u8]) -> Option<&[u8]> {
    let heading = line.strip_suffix(b":")?;
    (heading == b"Notes" || heading.starts_with(b"Notes (") && heading.ends_with(b")")).then_some(heading)
}

/// What `--show-signature` says of it, in sentences of another program.
fn is_signature(line: Field<'_>) -> bool {
    [
        &b"gpg: "[..],
        b"gpgsm: ",
        b"Primary key fingerprint: ",
        b"Subkey fingerprint: ",
        b"Good \"git\" signature",
        b"No signature",
        b"Could not verify signature",
        b"merged tag ",
    ]
    .iter()
    .any(|start| line.bytes.starts_with(start))
}

/// The first line of a patch.
fn is_patch(line: Field<'_>) -> bool {
    [&b"diff --git "[..], b"diff --cc ", b"diff --combined "].iter().any(|start| line.bytes.starts_with(start))
}

/// `Author: NAME <ADDRESS>`
fn is_author(line: Field<'_>) -> bool {
    line.bytes.starts_with(b"Author: ") && line.bytes.ends_with(b">")
}

#[cfg(test)]
mod tests;
