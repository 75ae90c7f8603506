//! The branch, in each of the forms.

use outparse_sdk::{Field, Problem, Record};

/// The branch.
#[derive(Clone, Debug, Default, Record)]
pub struct Branch {
    /// Its name; null where the head is detached.
    pub branch: Option<Vec<u8>>,
    /// The commit (porcelain 2, or where the head is detached).
    pub commit: Option<Vec<u8>>,
    /// The branch that it follows.
    pub upstream: Option<Vec<u8>>,
    /// Commits that the upstream lacks.
    pub ahead: Option<i64>,
    /// Commits that the upstream has more.
    pub behind: Option<i64>,
    /// Whether there are no commits yet.
    pub is_unborn: bool,
    /// Number of changes that are stashed; null where that is not printed (`--show-stash`), which is also where there are none.
    pub stashes: Option<i64>,
    /// What is under way, in git's words: a merge, a rebase, a bisection and the like (the long form alone).
    pub in_progress: Vec<Vec<u8>>,
}

impl Branch {
    /// `On branch main`, `HEAD detached at 0123`, `interactive rebase in progress; onto 0123`
    pub(super) fn in_words(line: Field<'_>) -> Option<Branch> {
        if let Some(name) = line.strip_prefix("On branch ") {
            return Some(Branch { branch: owned(name), ..Branch::default() });
        }
        if is_rebase(line.bytes) {
            return Some(Branch { in_progress: vec![line.bytes.to_vec()], ..Branch::default() });
        }
        let commit = line.strip_prefix("HEAD detached at ").or_else(|| line.strip_prefix("HEAD detached from "))?;
        Some(Branch { commit: owned(commit), ..Branch::default() })
    }

    /// What is said of it in words, below its name.
    pub(super) fn read_words(&mut self, line: Field<'_>) -> Result<(), Problem> {
        if line.bytes == b"No commits yet" || line.bytes == b"Initial commit" {
            self.is_unborn = true;
        } else if let Some(rest) = line.strip_prefix("Your branch ") {
            self.compare(rest)?;
        } else if let Some(rest) = line.strip_prefix("Your stash currently has ") {
            // `Your stash currently has 2 entries`
            self.stashes = Some(rest.fields().next().unwrap_or(rest).integer()?);
        } else if is_in_progress(line.bytes) {
            self.in_progress.push(line.bytes.to_vec());
        } else if let Some(rest) = line.strip_prefix("and have ") {
            // `and have 1 and 2 different commits each, respectively.`
            let mut numbers = rest.fields().filter_map(|word| word.as_integer());
            (self.ahead, self.behind) = (numbers.next(), numbers.next());
        }
        Ok(())
    }

    /// `is ahead of 'origin/main' by 1 commit.`
    fn compare(&mut self, text: Field<'_>) -> Result<(), Problem> {
        self.upstream = text.split_once("'").and_then(|(_, rest)| rest.split_once("'")).and_then(|(name, _)| owned(name));
        let number = text.split_once("' by ").and_then(|(_, rest)| rest.fields().next());
        let number = number.map(|word| word.integer()).transpose()?;
        if text.bytes.starts_with(b"is ahead of") {
            (self.ahead, self.behind) = (number, Some(0));
        } else if text.bytes.starts_with(b"is behind") {
            (self.ahead, self.behind) = (Some(0), number);
        } else if text.bytes.starts_with(b"is up to date") || text.bytes.starts_with(b"is up-to-date") {
            (self.ahead, self.behind) = (Some(0), Some(0));
        }
        Ok(())
    }

    /// A header of porcelain version 2: `branch.head main`, `branch.ab +1 -2`
    pub(super) fn read_header(&mut self, rest: Field<'_>) -> Result<(), Problem> {
        let (name, value) = rest.split_once(" ").ok_or_else(|| rest.expected("`branch.head NAME`"))?;
        let text = Some(value.bytes.to_vec());
        match name.bytes {
            b"branch.oid" if value.bytes == b"(initial)" => self.is_unborn = true,
            b"branch.oid" => self.commit = text,
            b"branch.head" => self.branch = text.filter(|name| name != b"(detached)"),
            b"branch.upstream" => self.upstream = text,
            b"branch.ab" => {
                let [ahead, behind] = value.fields_and_rest()?;
                self.ahead = Some(ahead.integer()?);
                self.behind = Some(behind.strip_prefix("-").unwrap_or(behind).integer()?);
            }
            b"stash" => self.stashes = Some(value.integer()?),
            _ => return Err(name.expected("`branch.oid`, `branch.head`, `branch.upstream`, `branch.ab` or `stash`")),
        }
        Ok(())
    }

    /// `main...origin/main [ahead 1, behind 2]`, `No commits yet on main`, `HEAD (no branch)`
    pub(super) fn short(text: Field<'_>) -> Result<Branch, Problem> {
        let mut branch = Branch::default();
        let (unborn, text) = match text.strip_prefix("No commits yet on ").or_else(|| text.strip_prefix("Initial commit on ")) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        branch.is_unborn = unborn;
        if text.bytes == b"HEAD (no branch)" {
            return Ok(branch);
        }
        let (names, counts) = text.split_once(" [").map_or((text, None), |(names, counts)| (names, counts.strip_suffix("]")));
        let (name, upstream) = names.split_once("...").map_or((names, None), |(name, upstream)| (name, Some(upstream)));
        (branch.branch, branch.upstream) = (owned(name), upstream.and_then(owned));
        if branch.upstream.is_some() && counts.is_none_or(|counts| counts.bytes != b"gone") {
            (branch.ahead, branch.behind) = (Some(0), Some(0));
        }
        for part in counts.iter().flat_map(|counts| counts.split(", ")) {
            if let Some(number) = part.strip_prefix("ahead ") {
                branch.ahead = Some(number.integer()?);
            } else if let Some(number) = part.strip_prefix("behind ") {
                branch.behind = Some(number.integer()?);
            }
        }
        Ok(branch)
    }
}

/// The first line of all where a branch is put onto another commit: the head is detached then.
pub(super) fn is_rebase(line: &[u8]) -> bool {
    line.starts_with(b"rebase in progress; onto ") || line.starts_with(b"interactive rebase in progress; onto ")
}

/// Whether a line says what is under way.
fn is_in_progress(line: &[u8]) -> bool {
    [
        &b"You are currently "[..],
        b"You are in the middle of ",
        b"You are in a sparse checkout",
        b"You have unmerged paths.",
        b"All conflicts fixed but you are still merging.",
        b"Cherry-pick currently in progress.",
        b"Revert currently in progress.",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}
