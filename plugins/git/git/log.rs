//! `git log` in the formats `medium`, `short`, `full`, `fuller`, `raw` and `oneline`, with `--stat`, `--shortstat`, `--numstat`, `--name-only` and
//! `--name-status`.

use outparse_sdk::{About, Block, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time, time};

use crate::diff::numstat;
use crate::path::unquoted;
use crate::rename::Renames;

/// A commit.
#[derive(Clone, Debug, Default, Record)]
pub struct Commit {
    /// Its hash, as printed.
    #[field(key)]
    pub commit: Vec<u8>,
    /// Names that point to it: branches, tags, `HEAD`.
    pub references: Vec<Vec<u8>>,
    /// Its parents, where they are printed: of a merge, or with `--format=raw`.
    pub parents: Vec<Vec<u8>>,
    /// The commits that it is a parent of (`--children`).
    pub children: Vec<Vec<u8>>,
    /// The reference that it was found from (`--source`).
    pub source_reference: Option<Vec<u8>>,
    /// Its tree (`--format=raw`).
    pub tree: Option<Vec<u8>>,
    /// Who wrote it.
    pub author: Option<Vec<u8>>,
    /// Their address.
    pub author_email: Option<Vec<u8>>,
    /// When it was written; null where `--date` prints it in words.
    pub authored: Option<Time>,
    /// Who committed it.
    pub committer: Option<Vec<u8>>,
    /// Their address.
    pub committer_email: Option<Vec<u8>>,
    /// When it was committed.
    pub committed: Option<Time>,
    /// First line of its message.
    pub subject: Option<Vec<u8>>,
    /// The whole message.
    pub message: Option<Vec<u8>>,
    /// Notes that were added to it later, under their headings but for the usual one.
    pub notes: Option<Vec<u8>>,
    /// The parent that the files are compared with, of a merge that is shown for each (`-m`).
    pub compared_parent: Option<Vec<u8>>,
    /// The files that it changed.
    pub files: Vec<FileChange>,
    /// Number of files changed.
    pub files_changed: Option<i64>,
    /// Lines added.
    pub insertions: Option<i64>,
    /// Lines deleted.
    pub deletions: Option<i64>,
}

/// A file that a commit changed.
#[derive(Clone, Debug, Default, Record)]
pub struct FileChange {
    /// Its path; with `--stat` shortened where it is long.
    pub path: Vec<u8>,
    /// The path before it was renamed.
    pub original_path: Option<Vec<u8>>,
    /// What became of it, by a letter (`--name-status`): `M`, `A`, `D`, `R100`.
    pub status: Option<Vec<u8>>,
    /// Lines added (`--numstat`).
    pub insertions: Option<i64>,
    /// Lines deleted (`--numstat`).
    pub deletions: Option<i64>,
    /// Lines changed (`--stat`).
    pub changes: Option<i64>,
}

impl FileChange {
    fn is_name_alone(&self) -> bool {
        self.status.is_none() && self.insertions.is_none() && self.deletions.is_none() && self.changes.is_none()
    }
}

/// Reads `git log`.
pub struct Log {
    commit: Block<Commit>,
    oneline: bool,
    renames: Renames,
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
            let Some(commit) = self.commit.current() else { return Ok(()) };
            // A blank line of the message may have lost its blanks; those at its end are taken off.
            let text = if self.in_notes { &mut commit.notes } else { &mut commit.message };
            text.iter_mut().filter(|_| self.in_message).for_each(|text| text.push(b'\n'));
            if line.bytes.is_empty() {
                self.in_message = true;
                self.is_complete = !self.oneline && !commit.files.is_empty();
            }
            return Ok(());
        }
        let graph = [b"* ", b"| ", b"|\\", b"|/"].iter().any(|start| line.bytes.starts_with(*start));
        if graph && self.commit.current().is_none() {
            return Err(Error::unrecognised("`--graph` draws lines before the commits; without it they are read"));
        }
        if let Some(rest) = whole.strip_prefix("commit ") {
            if whole.find([0]).is_some() {
                return Err(line.expected("line ends between commits: `-z` is not read").into());
            }
            let commit = heading(rest, self.has_children == Some(true)).ok_or_else(|| line.expected(EXPECTED));
            self.flush(rows);
            let commit = match commit {
                Ok(commit) => commit,
                Err(problem) => return self.commit.begin(Err(problem.into())),
            };
            if self.has_children.is_none() && !commit.parents.is_empty() {
                rows.warn_once("parents", || {
                    Problem::warning("hashes behind a commit's are read as its parents (`--parents`), and could be its children (`--children`): the arguments would settle it")
                });
            }
            rows.recognise();
            (self.in_message, self.in_notes, self.is_complete) = (false, false, false);
            return self.commit.begin(Ok(commit));
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
            // The heading of the next commit is broken, or a patch follows, whose lines may look like those of a message.
            if let Some(commit) = self.commit.current()
                && is_author(whole)
            {
                // The heading looked like a name of `--name-only`.
                commit.files.pop_if(|file| file.is_name_alone());
            }
            self.flush(rows);
            self.commit.skip();
            return Err(line.expected("`commit HASH`; a patch (`-p`) is not read").into());
        }
        let Some(commit) = self.commit.current() else { return Ok(()) };
        if !self.in_message && is_signature(whole.trim_start()) {
            return Ok(());
        }
        if !self.oneline && (whole.bytes == b"Notes:" || whole.bytes.starts_with(b"Notes (") && whole.bytes.ends_with(b"):")) {
            (self.in_message, self.in_notes) = (true, true);
            // Notes of another kind are told by its name.
            if let Some(heading) = whole.bytes.strip_suffix(b":").filter(|heading| *heading != b"Notes") {
                append(&mut commit.notes, heading);
            }
            return Ok(());
        }
        if let Some(text) = whole.strip_prefix("    ").filter(|_| self.in_notes) {
            append(&mut commit.notes, text.bytes);
            return Ok(());
        }
        if let Some(text) = whole.strip_prefix("    ").filter(|_| !self.oneline) {
            self.in_message = true;
            match &mut commit.message {
                Some(message) => message.extend([b"\n", text.bytes].concat()),
                None => {
                    commit.subject = Some(text.bytes.to_vec());
                    commit.message = Some(text.bytes.to_vec());
                }
            }
            return Ok(());
        }
        if !self.in_message && !self.oneline {
            // An empty line parts what is said of the commit from its files. With `--format=raw`, a signature or a tag takes several lines.
            let is_read = commit.tree.is_some() && whole.bytes[0] == b' ' || header(commit, whole, rows)?;
            return if is_read { Ok(()) } else { Err(line.expected("`Author: …`, `Date: …` or the like").into()) };
        }
        if file(commit, whole, self.renames, rows)? {
            return Ok(());
        }
        Err(line.expected("a line of a commit; a patch (`-p`) is not read").into())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Log {
    fn flush(&mut self, rows: &mut Rows<Commit>) {
        let Some(mut commit) = self.commit.take() else { return };
        if let Some(message) = &mut commit.message {
            message.truncate(message.trim_ascii_end().len());
        }
        if let Some(notes) = &mut commit.notes {
            notes.truncate(notes.trim_ascii_end().len());
        }
        let all = [
            ("commit", true),
            ("references", !commit.references.is_empty()),
            ("parents", !commit.parents.is_empty()),
            ("children", !commit.children.is_empty()),
            ("source_reference", commit.source_reference.is_some()),
            ("tree", commit.tree.is_some()),
            ("author", commit.author.is_some()),
            ("author_email", commit.author_email.is_some()),
            ("authored", commit.authored.is_some()),
            ("committer", commit.committer.is_some()),
            ("committer_email", commit.committer_email.is_some()),
            ("committed", commit.committed.is_some()),
            ("subject", true),
            ("message", commit.message.is_some()),
            ("notes", commit.notes.is_some()),
            ("compared_parent", commit.compared_parent.is_some()),
            ("files", !commit.files.is_empty()),
            ("files_changed", commit.files_changed.is_some()),
            ("insertions", commit.files_changed.is_some()),
            ("deletions", commit.files_changed.is_some()),
        ];
        let new: Vec<&'static str> =
            all.into_iter().filter(|(name, has)| *has && !self.seen.contains(name)).map(|(name, _)| name).collect();
        if !new.is_empty() {
            self.seen.extend(new);
            rows.shape(&self.seen);
        }
        rows.push(commit);
    }
}

/// Adds a line.
fn append(text: &mut Option<Vec<u8>>, line: &[u8]) {
    let text = text.get_or_insert_default();
    text.extend(if text.is_empty() { &b""[..] } else { b"\n" });
    text.extend_from_slice(line);
}

fn is_hash(text: &[u8], shortest: usize) -> bool {
    text.len() >= shortest && text.iter().all(u8::is_ascii_hexdigit)
}

/// `HASH (HEAD -> main, tag: v1)`, with `--parents` or `--children` more hashes behind it, with `--source` a reference.
fn heading(rest: Field<'_>, has_children: bool) -> Option<Commit> {
    let (hashes, mut remarks) = rest.split_once(" (").map_or((rest, None), |(hashes, remarks)| (hashes, Some(remarks)));
    // `HASH (from PARENT) (HEAD -> main)` of `-m`
    let mut compared_parent = None;
    if let Some((parent, after)) = remarks.and_then(|remarks| remarks.strip_prefix("from ")).and_then(|from| from.split_once(")"))
        && is_hash(parent.bytes, 4)
    {
        compared_parent = Some(parent.bytes.to_vec());
        remarks = after.strip_prefix(" (");
    }
    let references = match remarks {
        Some(remarks) => remarks.strip_suffix(")")?.split(", ").map(|name| name.bytes.to_vec()).collect(),
        None => Vec::new(),
    };
    let mut words = hashes.fields();
    let hash = words.next().filter(|hash| is_hash(hash.bytes, 4))?;
    let mut commit = Commit { commit: hash.bytes.to_vec(), references, compared_parent, ..Commit::default() };
    for word in words {
        if commit.source_reference.is_none() && is_hash(word.bytes, hash.bytes.len()) && word.bytes.len() == hash.bytes.len() {
            let others = if has_children { &mut commit.children } else { &mut commit.parents };
            others.push(word.bytes.to_vec());
        } else if commit.source_reference.is_none() {
            commit.source_reference = Some(word.bytes.to_vec());
        } else {
            return None;
        }
    }
    Some(commit)
}

/// What the arguments say of a line without titles.
#[derive(Clone, Copy)]
struct OnelineForm {
    /// `HASH (SUBJECT, DATE)`
    is_reference: bool,
    /// Hashes of parents or children stand behind that of the commit.
    has_others: bool,
}

/// `(SUBJECT, DATE)`, which `--format=reference` prints behind a hash. Without the arguments, the usual date tells.
fn reference(rest: Field<'_>, form: Option<OnelineForm>) -> Option<(Field<'_>, Option<Time>)> {
    let inner = rest.strip_prefix("(")?.strip_suffix(")").filter(|_| form.is_none_or(|form| form.is_reference))?;
    let (mut subject, mut day) = inner.rsplit_once(", ")?;
    if form.is_none() && !day.has_shape("0000-00-00") {
        return None;
    }
    // There may be a comma in the date, too.
    if let Some((before, name)) = subject.rsplit_once(", ").filter(|(_, name)| name.is_weekday()) {
        (subject, day) = (before, inner.split_at(name.start() - inner.start()).1);
    }
    Some((subject, date(day)))
}

/// `HASH (HEAD -> main) SUBJECT`, with `--parents` and `--children` more hashes, with `--format=reference` `HASH (SUBJECT, DATE)`.
fn oneline(line: Field<'_>, form: Option<OnelineForm>, has_children: bool) -> Option<Commit> {
    let (hash, mut rest) = line.split_once(" ")?;
    // `HASH<tab>REFERENCE` with `--source`
    let (hash, source) = hash.split_once("\t").map_or((hash, None), |(hash, source)| (hash, Some(source.bytes.to_vec())));
    if !is_hash(hash.bytes, 4) {
        return None;
    }
    let mut commit = Commit { commit: hash.bytes.to_vec(), source_reference: source, ..Commit::default() };
    if let Some((subject, authored)) = reference(rest, form) {
        (commit.subject, commit.authored) = (Some(subject.bytes.to_vec()), authored);
        return Some(commit);
    }
    // A subject may begin with a word of these letters, but for one of forty.
    while form.map_or(hash.bytes.len() >= 40, |form| form.has_others)
        && let Some((other, after)) = rest.split_once(" ")
        && other.bytes.len() == hash.bytes.len()
        && is_hash(other.bytes, 4)
    {
        let others = if has_children { &mut commit.children } else { &mut commit.parents };
        others.push(other.bytes.to_vec());
        rest = after;
    }
    let mut references = Vec::new();
    if let Some((inner, after)) = rest.strip_prefix("(").and_then(|rest| rest.split_once(") "))
        && inner
            .split(", ")
            .all(|name| name.bytes.starts_with(b"HEAD -> ") || name.bytes.starts_with(b"tag: ") || !name.bytes.contains(&b' '))
    {
        references = inner.split(", ").map(|name| name.bytes.to_vec()).collect();
        rest = after;
    }
    (commit.references, commit.subject) = (references, Some(rest.bytes.to_vec()));
    Some(commit)
}

/// `Author: NAME <ADDRESS>`, `Date:   TIME` and what else stands before the message.
fn header(commit: &mut Commit, line: Field<'_>, rows: &mut Rows<Commit>) -> Result<bool, Problem> {
    let person = |text: Field<'_>| match text.rsplit_once(" <") {
        Some((name, email)) => (Some(name.trim().bytes.to_vec()), Some(email.strip_suffix(">").unwrap_or(email).bytes.to_vec())),
        None => (Some(text.trim().bytes.to_vec()), None),
    };
    let mut when = |text: Field<'_>| {
        let found = date(text.trim());
        if found.is_none() {
            rows.warn_once("date", || {
                Problem::warning(format!(
                    "a date in words says no point in time: {}; `--date=iso` prints one",
                    text.trim().quoted()
                ))
            });
        }
        found
    };
    if let Some((name, value)) = line.split_once(":").filter(|(name, _)| name.bytes.iter().all(u8::is_ascii_alphabetic)) {
        let value = value.trim();
        match name.bytes {
            b"Merge" => commit.parents = value.fields().map(|hash| hash.bytes.to_vec()).collect(),
            b"Author" => (commit.author, commit.author_email) = person(value),
            b"Commit" => (commit.committer, commit.committer_email) = person(value),
            b"Date" | b"AuthorDate" => commit.authored = when(value),
            b"CommitDate" => commit.committed = when(value),
            // `Reflog: HEAD@{0} (name <address>)` and the like.
            b"Reflog" => {}
            _ => return Ok(false),
        }
        return Ok(true);
    }
    // `--format=raw`
    let Some((name, value)) = line.split_once(" ") else { return Ok(false) };
    match name.bytes {
        b"tree" => commit.tree = Some(value.bytes.to_vec()),
        b"parent" => commit.parents.push(value.bytes.to_vec()),
        b"author" | b"committer" => {
            let (who, at) = value.rsplit_once("> ").ok_or_else(|| value.expected("`NAME <ADDRESS> SECONDS OFFSET`"))?;
            let (name_of, email) = who.rsplit_once(" <").map_or((who, None), |(name, email)| (name, Some(email.bytes.to_vec())));
            let (name_of, at) = (Some(name_of.bytes.to_vec()), when(at));
            if name.bytes == b"author" {
                (commit.author, commit.author_email, commit.authored) = (name_of, email, at);
            } else {
                (commit.committer, commit.committer_email, commit.committed) = (name_of, email, at);
            }
        }
        b"Reflog" | b"Notes" | b"gpgsig" | b"gpgsig-sha256" | b"mergetag" | b"encoding" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// `Mon Mar 2 10:00:00 2020 +0100`, `2020-03-02 10:00:00 +0100`, `2020-03-02T10:00:00+01:00`, `Mon, 2 Mar 2020 10:00:00 +0100`,
/// `1583139600 +0100`, `1583139600`.
fn date(text: Field<'_>) -> Option<Time> {
    if let Some(time) = Time::iso(text.bytes) {
        return Some(time);
    }
    let words = text.words();
    let (day, month, year, clock, zone) = match words[..] {
        [seconds] => return Time::epoch(seconds.bytes).filter(|time| time.wall_seconds > 9999),
        [seconds, zone] => {
            let offset = time::zone_offset(zone.bytes)?;
            let time: Time = Time::epoch(seconds.bytes)?;
            return Some(Time { wall_seconds: time.wall_seconds + i64::from(offset), ..time }.with_offset(offset));
        }
        // The day of the week first, and with `--date=local` no zone.
        [_, month, day, clock, year] if month.is_month() => (day, month, year, clock, None),
        [_, month, day, clock, year, zone] if month.is_month() => (day, month, year, clock, Some(zone)),
        [_, day, month, year, clock, zone] => (day, month, year, clock, Some(zone)),
        _ => return None,
    };
    let day = u32::try_from(day.as_integer()?).ok()?;
    let local: Time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, time::time_of_day(clock.bytes)?.0)?;
    match zone {
        Some(zone) => Some(local.with_offset(time::zone_offset(zone.bytes)?)),
        None => Some(local),
    }
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

/// A line about a file, or the sum of them. False where it is neither.
fn file(commit: &mut Commit, line: Field<'_>, renames: Renames, rows: &mut Rows<Commit>) -> Result<bool, Problem> {
    if let Some(change) = numstat(line, renames, rows)? {
        commit.files.push(FileChange {
            path: change.path,
            original_path: change.original_path,
            insertions: change.insertions,
            deletions: change.deletions,
            ..FileChange::default()
        });
        return Ok(true);
    }
    let text = line.trim();
    // ` 2 files changed, 3 insertions(+), 1 deletion(-)`
    if line.bytes.starts_with(b" ") && (text.find(" file changed").is_some() || text.find(" files changed").is_some()) {
        (commit.insertions, commit.deletions) = (Some(0), Some(0));
        for part in text.split(", ") {
            let (number, what) = part.split_once(" ").ok_or_else(|| part.expected("a number and what it counts"))?;
            let number = Some(number.integer()?);
            match what.bytes {
                what if what.starts_with(b"file") => commit.files_changed = number,
                what if what.starts_with(b"insertion") => commit.insertions = number,
                what if what.starts_with(b"deletion") => commit.deletions = number,
                _ => return Err(part.expected("files, insertions or deletions")),
            }
        }
        return Ok(true);
    }
    // ` path | 3 ++-`
    if line.bytes.starts_with(b" ")
        && let Some((path, changes)) = text.rsplit_once(" | ")
    {
        let path = path.trim_end();
        let changes = changes.fields().next().and_then(|number| number.as_integer());
        let (original_path, path) = renames.read(path, rows);
        commit.files.push(FileChange { path, original_path, changes, ..FileChange::default() });
        return Ok(true);
    }
    // `M<tab>path`, `R100<tab>old<tab>new`
    if let Some((status, paths)) = line.split_once("\t")
        && status.bytes.first().is_some_and(|letter| b"MADRCTU".contains(letter))
        && status.bytes[1..].iter().all(u8::is_ascii_digit)
    {
        let (original, path) = paths.split_once("\t").map_or((None, paths), |(old, new)| (Some(unquoted(old.bytes)), new));
        commit.files.push(FileChange {
            path: unquoted(path.bytes),
            original_path: original,
            status: Some(status.bytes.to_vec()),
            ..FileChange::default()
        });
        return Ok(true);
    }
    // ` rename a => b (100%)`, ` create mode 100644 a`: what `--summary` adds.
    if [" rename ", " create mode ", " delete mode ", " mode change ", " copy ", " rewrite "]
        .iter()
        .any(|start| line.bytes.starts_with(start.as_bytes()))
    {
        return Ok(true);
    }
    // A name alone, of `--name-only`.
    let patch =
        [&b"diff --"[..], b"index ", b"--- ", b"+++ ", b"@@ ", b"+", b"-"].iter().any(|start| line.bytes.starts_with(start));
    if !line.bytes[0].is_ascii_whitespace() && !patch {
        commit.files.push(FileChange { path: unquoted(line.bytes), ..FileChange::default() });
        return Ok(true);
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
