//! A commit, and the files that it changed.

use outparse_sdk::{Record, Time};

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
    /// The entry of a reference's log that led to it, and whose that is (`-g`): `HEAD@{0} (NAME <ADDRESS>)`.
    pub reflog: Option<Vec<u8>>,
    /// What that entry says.
    pub reflog_message: Option<Vec<u8>>,
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
    /// What `--summary` says of files that came, went, or were more than edited.
    pub summary: Vec<FileSummary>,
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

/// What became of a file, other than that its lines were edited (`--summary`).
#[derive(Clone, Debug, Default, Record)]
pub struct FileSummary {
    /// What did: `create`, `delete`, `rename`, `copy`, `rewrite` or `mode change`.
    pub change: &'static str,
    /// Its path.
    pub path: Vec<u8>,
    /// The path before it was renamed, or that it was copied from.
    pub original_path: Option<Vec<u8>>,
    /// Its mode, as git has it in octal: `100644`; of a file that was deleted, the one it had.
    pub file_mode: Option<Vec<u8>>,
    /// The mode before.
    pub original_file_mode: Option<Vec<u8>>,
    /// How much of it is as it was in the file that it was renamed or copied from.
    #[field(unit = "percent")]
    pub similarity: Option<i64>,
    /// How much of it is not as it was, where it was rewritten.
    #[field(unit = "percent")]
    pub dissimilarity: Option<i64>,
}

impl Commit {
    /// The fields that every commit has, and those about which something is said.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'static str> {
        [
            ("commit", true),
            ("references", !self.references.is_empty()),
            ("parents", !self.parents.is_empty()),
            ("children", !self.children.is_empty()),
            ("source_reference", self.source_reference.is_some()),
            ("tree", self.tree.is_some()),
            ("author", self.author.is_some()),
            ("author_email", self.author_email.is_some()),
            ("authored", self.authored.is_some()),
            ("committer", self.committer.is_some()),
            ("committer_email", self.committer_email.is_some()),
            ("committed", self.committed.is_some()),
            ("reflog", self.reflog.is_some()),
            ("reflog_message", self.reflog_message.is_some()),
            ("subject", true),
            ("message", self.message.is_some()),
            ("notes", self.notes.is_some()),
            ("compared_parent", self.compared_parent.is_some()),
            ("files", !self.files.is_empty()),
            ("summary", !self.summary.is_empty()),
            ("files_changed", self.files_changed.is_some()),
            ("insertions", self.files_changed.is_some()),
            ("deletions", self.files_changed.is_some()),
        ]
        .into_iter()
        .filter(|(_, has)| *has)
        .map(|(name, _)| name)
    }

    /// Takes off blanks at the ends of its texts.
    pub(super) fn trim(&mut self) {
        for text in [&mut self.message, &mut self.notes].into_iter().flatten() {
            text.truncate(text.trim_ascii_end().len());
        }
    }

    /// A line of its message, of which the first is its subject.
    pub(super) fn add_to_message(&mut self, line: &[u8]) {
        match &mut self.message {
            Some(message) => message.extend([b"\n", line].concat()),
            None => {
                self.subject = Some(line.to_vec());
                self.message = Some(line.to_vec());
            }
        }
    }

    /// A line of its notes.
    pub(super) fn add_to_notes(&mut self, line: &[u8]) {
        let notes = self.notes.get_or_insert_default();
        notes.extend(if notes.is_empty() { &b""[..] } else { b"\n" });
        notes.extend_from_slice(line);
    }
}

impl FileChange {
    /// Whether nothing more is said of it, as with `--name-only`.
    pub(super) fn is_name_alone(&self) -> bool {
        self.status.is_none() && self.insertions.is_none() && self.deletions.is_none() && self.changes.is_none()
    }
}
