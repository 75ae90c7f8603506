//! `git status`: in words, short (`-s`, `--porcelain`), and in porcelain version 2.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::path::unquoted;

/// What `git status` lists.
#[derive(Debug, Record)]
pub enum Entry {
    /// A file that is not as it was committed.
    File(File),
    /// The branch that is checked out.
    Branch(Branch),
}

/// A file.
#[derive(Clone, Debug, Default, Record)]
pub struct File {
    /// Its path.
    #[field(key)]
    pub path: Vec<u8>,
    /// The path before it was renamed or copied.
    pub original_path: Option<Vec<u8>>,
    /// How the index differs from the commit: `modified`, `added`, `deleted`, `renamed`, `copied`, `type changed`, `unmerged`; null where it
    /// does not.
    pub index: Option<&'static str>,
    /// How the work tree differs from the index, in the same words; `untracked`, `ignored`.
    pub worktree: Option<&'static str>,
    /// How likely it was renamed or copied (porcelain 2).
    #[field(unit = "percent")]
    pub similarity_percent: Option<i64>,
    /// State of a submodule, as printed (porcelain 2).
    pub submodule: Option<Vec<u8>>,
    /// Object in the commit (porcelain 2).
    pub head_object: Option<Vec<u8>>,
    /// Object in the index (porcelain 2).
    pub index_object: Option<Vec<u8>>,
}

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
}

/// Reads `git status`.
pub struct Status {
    branch: Option<Branch>,
    /// In words: whose files are listed.
    section: Section,
    in_words: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    Index,
    Worktree,
    Unmerged,
    Untracked,
    Ignored,
}

const EXPECTED: &str = "a line of `git status`: `On branch …`, `XY PATH`, or one of porcelain version 2";

impl Parser for Status {
    const ABOUT: About = About {
        name: "status",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Files that changed, and the branch, as git status prints them",
        commands: &["git status"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "git",
        ..About::DEFAULT
    };
    type Record = Entry;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Status { branch: None, section: Section::None, in_words: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if whole.find([0]).is_some() {
            return Err(line.expected("a line for each file: `-z` is not read").into());
        }
        // Before git 1.8.5, the words are comments.
        let words = whole.strip_prefix("#").map_or(whole, |words| words.strip_prefix(" ").unwrap_or(words));
        if self.in_words || is_words(words.bytes) {
            self.in_words = true;
            rows.recognise();
            return Ok(self.words(words, rows)?);
        }
        if let Some(rest) = whole.strip_prefix("## ") {
            rows.push(Entry::Branch(short_branch(rest)?));
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("# ") {
            rows.recognise();
            return Ok(header(self.branch.get_or_insert_default(), rest)?);
        }
        if let Some(file) = second(whole)? {
            self.flush(rows);
            rows.push(Entry::File(file));
            return Ok(());
        }
        rows.push(Entry::File(short(whole)?));
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl Status {
    fn flush(&mut self, rows: &mut Rows<Entry>) {
        if let Some(branch) = self.branch.take() {
            rows.push(Entry::Branch(branch));
        }
    }

    /// A line in words.
    fn words(&mut self, line: Field<'_>, rows: &mut Rows<Entry>) -> Result<(), Problem> {
        if let Some(entry) = line.strip_prefix("\t") {
            self.flush(rows);
            let file = self.listed(entry)?;
            if file.original_path.is_some() && old_and_new(entry).is_some_and(|(_, new)| old_and_new(new).is_some()) {
                rows.warn_once("arrows", || {
                    entry.problem("a path has an arrow in it: the first one is taken for what parts the two; `--porcelain` quotes such paths").into_warning()
                });
            }
            if matches!(self.section, Section::Untracked | Section::Ignored) && file.path.windows(3).any(|three| three == b"   ")
            {
                rows.warn_once("columns", || {
                    Problem::warning(
                        "a path has many blanks in it: with `--column` there are several on a line, and without it one",
                    )
                });
            }
            rows.push(Entry::File(file));
            return Ok(());
        }
        let owned = |field: Field<'_>| Some(field.bytes.to_vec());
        if let Some(name) = line.strip_prefix("On branch ") {
            self.branch = Some(Branch { branch: owned(name), ..Branch::default() });
            return Ok(());
        }
        if let Some(commit) = line.strip_prefix("HEAD detached at ").or_else(|| line.strip_prefix("HEAD detached from ")) {
            self.branch = Some(Branch { commit: owned(commit), ..Branch::default() });
            return Ok(());
        }
        self.section = match line.bytes {
            b"Changes to be committed:" => Section::Index,
            b"Changes not staged for commit:" | b"Changed but not updated:" => Section::Worktree,
            b"Unmerged paths:" => Section::Unmerged,
            b"Untracked files:" => Section::Untracked,
            b"Ignored files:" => Section::Ignored,
            // Hints stand below a heading. Files below another one are not of the one above, also where it is broken.
            hint if hint.is_empty() || hint.starts_with(b" ") => self.section,
            _ => Section::None,
        };
        let Some(branch) = &mut self.branch else { return Ok(()) };
        if line.bytes == b"No commits yet" || line.bytes == b"Initial commit" {
            branch.is_unborn = true;
        } else if let Some(rest) = line.strip_prefix("Your branch ") {
            branch.upstream = rest.split_once("'").and_then(|(_, rest)| rest.split_once("'")).and_then(|(name, _)| owned(name));
            let number =
                rest.split_once("' by ").and_then(|(_, rest)| rest.fields().next()).map(|word| word.integer()).transpose()?;
            if rest.bytes.starts_with(b"is ahead of") {
                (branch.ahead, branch.behind) = (number, Some(0));
            } else if rest.bytes.starts_with(b"is behind") {
                (branch.ahead, branch.behind) = (Some(0), number);
            } else if rest.bytes.starts_with(b"is up to date") || rest.bytes.starts_with(b"is up-to-date") {
                (branch.ahead, branch.behind) = (Some(0), Some(0));
            }
        } else if let Some(rest) = line.strip_prefix("and have ") {
            // `and have 1 and 2 different commits each, respectively.`
            let mut numbers = rest.fields().filter_map(|word| word.as_integer());
            (branch.ahead, branch.behind) = (numbers.next(), numbers.next());
        }
        Ok(())
    }

    /// `modified:   a`, `renamed:    a -> b`; only a path where files are not tracked.
    fn listed(&self, entry: Field<'_>) -> Result<File, Problem> {
        let plain = |worktree| File { path: unquoted(entry.bytes), worktree: Some(worktree), ..File::default() };
        match self.section {
            Section::Untracked => return Ok(plain("untracked")),
            Section::Ignored => return Ok(plain("ignored")),
            Section::None => return Err(entry.problem("a file before the line that says what became of it")),
            _ => {}
        }
        let (word, path) = entry.split_once(":").ok_or_else(|| entry.expected("`modified:   PATH`"))?;
        let path = path.trim();
        if self.section == Section::Unmerged {
            let (index, worktree) = unmerged(word.bytes).ok_or_else(|| word.expected("`both modified` or the like"))?;
            return Ok(File { path: unquoted(path.bytes), index: Some(index), worktree: Some(worktree), ..File::default() });
        }
        let change = match word.bytes {
            b"modified" => "modified",
            b"new file" => "added",
            b"deleted" => "deleted",
            b"renamed" => "renamed",
            b"copied" => "copied",
            b"typechange" => "type changed",
            _ => return Err(word.expected("`modified`, `new file`, `deleted`, `renamed`, `copied` or `typechange`")),
        };
        let (original, path) = match old_and_new(path).filter(|_| matches!(change, "renamed" | "copied")) {
            Some((old, new)) => (Some(unquoted(old.bytes)), new),
            None => (None, path),
        };
        // What is changed in a submodule is said behind its path.
        let (path, submodule) = match path.rsplit_once(" (") {
            Some((before, inner))
                if ["modified content", "new commits", "untracked content"]
                    .iter()
                    .any(|start| inner.bytes.starts_with(start.as_bytes())) =>
            {
                (before, inner.strip_suffix(")").map(|inner| inner.bytes.to_vec()))
            }
            _ => (path, None),
        };
        let mut file = File { path: unquoted(path.bytes), original_path: original, submodule, ..File::default() };
        match self.section {
            Section::Index => file.index = Some(change),
            _ => file.worktree = Some(change),
        }
        Ok(file)
    }
}

fn is_words(line: &[u8]) -> bool {
    line.starts_with(b"On branch ") || line.starts_with(b"HEAD detached ") || line == b"Not currently on any branch."
}

/// What became of a file on our side and on theirs, as the letters of the short forms have it: `deleted by us` is `DU`.
fn unmerged(words: &[u8]) -> Option<(&'static str, &'static str)> {
    Some(match words {
        b"both modified" => ("unmerged", "unmerged"),
        b"both added" => ("added", "added"),
        b"both deleted" => ("deleted", "deleted"),
        b"added by us" => ("added", "unmerged"),
        b"added by them" => ("unmerged", "added"),
        b"deleted by us" => ("deleted", "unmerged"),
        b"deleted by them" => ("unmerged", "deleted"),
        _ => return None,
    })
}

/// What a letter of the short forms says.
fn change(letter: u8) -> Option<Option<&'static str>> {
    Some(match letter {
        b' ' | b'.' => None,
        b'M' => Some("modified"),
        b'T' => Some("type changed"),
        b'A' => Some("added"),
        b'D' => Some("deleted"),
        b'R' => Some("renamed"),
        b'C' => Some("copied"),
        b'U' => Some("unmerged"),
        b'm' => Some("modified"),
        _ => return None,
    })
}

/// `OLD -> NEW`. A path in quotes may have an arrow in it.
fn old_and_new(paths: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    let mut end = 0;
    if paths.bytes.first() == Some(&b'"') {
        end = 1;
        while *paths.bytes.get(end)? != b'"' {
            end += if paths.bytes[end] == b'\\' { 2 } else { 1 };
        }
    }
    let (_, rest) = paths.split_at(end);
    let at = end + rest.find(" -> ")?;
    Some((paths.split_at(at).0, paths.split_at(at + 4).1))
}

/// `XY PATH`, `R  OLD -> NEW`, `?? PATH`, `!! PATH`
fn short(line: Field<'_>) -> Result<File, Problem> {
    let expected = || line.expected(EXPECTED);
    let (letters, path) = line.split_at(2);
    let path = path.strip_prefix(" ").filter(|path| !path.bytes.is_empty()).ok_or_else(expected)?;
    match letters.bytes {
        b"??" => return Ok(File { path: unquoted(path.bytes), worktree: Some("untracked"), ..File::default() }),
        b"!!" => return Ok(File { path: unquoted(path.bytes), worktree: Some("ignored"), ..File::default() }),
        _ => {}
    }
    let [first, second] = letters.bytes else { return Err(expected()) };
    let (index, worktree) = change(*first).zip(change(*second)).ok_or_else(expected)?;
    if index.is_none() && worktree.is_none() {
        return Err(expected());
    }
    let (original_path, path) = match old_and_new(path).filter(|_| matches!(index, Some("renamed" | "copied"))) {
        Some((old, new)) => (Some(unquoted(old.bytes)), new),
        None => (None, path),
    };
    Ok(File { path: unquoted(path.bytes), original_path, index, worktree, ..File::default() })
}

/// A line of porcelain version 2: `1 XY SUB MH MI MW HH HI PATH`, `2 … X100 PATH<tab>OLD`, `u …`, `? PATH`, `! PATH`.
fn second(line: Field<'_>) -> Result<Option<File>, Problem> {
    let (kind, rest) = line.split_at(2);
    match kind.bytes {
        b"? " => return Ok(Some(File { path: unquoted(rest.bytes), worktree: Some("untracked"), ..File::default() })),
        b"! " => return Ok(Some(File { path: unquoted(rest.bytes), worktree: Some("ignored"), ..File::default() })),
        b"1 " | b"2 " | b"u " => {}
        _ => return Ok(None),
    }
    let [letters, submodule, _, _, _, rest] = rest.fields_and_rest()?;
    let [first, second] = letters.bytes else { return Ok(None) };
    let Some((index, worktree)) = change(*first).zip(change(*second)) else { return Ok(None) };
    let rest = if kind.bytes == b"u " { rest.fields_and_rest::<2>()?[1] } else { rest };
    let [head, object, rest] = rest.fields_and_rest()?;
    let mut file = File { index, worktree, ..File::default() };
    file.submodule = Some(submodule.bytes.to_vec()).filter(|state| state != b"N...");
    (file.head_object, file.index_object) = (Some(head.bytes.to_vec()), Some(object.bytes.to_vec()));
    let path = match kind.bytes {
        b"2 " => {
            let [score, paths] = rest.fields_and_rest()?;
            file.similarity_percent = Some(score.split_at(1).1.integer()?);
            let (path, original) = paths.split_once("\t").ok_or_else(|| paths.expected("`PATH<tab>OLD`"))?;
            file.original_path = Some(unquoted(original.bytes));
            path
        }
        b"u " => rest.fields_and_rest::<2>()?[1],
        _ => rest,
    };
    file.path = unquoted(path.bytes);
    Ok(Some(file))
}

/// `branch.head main`, `branch.ab +1 -2`
fn header(branch: &mut Branch, rest: Field<'_>) -> Result<(), Problem> {
    let (name, value) = rest.split_once(" ").ok_or_else(|| rest.expected("`branch.head NAME`"))?;
    let owned = Some(value.bytes.to_vec());
    match name.bytes {
        b"branch.oid" if value.bytes == b"(initial)" => branch.is_unborn = true,
        b"branch.oid" => branch.commit = owned,
        b"branch.head" => branch.branch = owned.filter(|name| name != b"(detached)"),
        b"branch.upstream" => branch.upstream = owned,
        b"branch.ab" => {
            let [ahead, behind] = value.fields_and_rest()?;
            branch.ahead = Some(ahead.integer()?);
            branch.behind = Some(behind.strip_prefix("-").unwrap_or(behind).integer()?);
        }
        _ => {}
    }
    Ok(())
}

/// `main...origin/main [ahead 1, behind 2]`, `No commits yet on main`, `HEAD (no branch)`
fn short_branch(text: Field<'_>) -> Result<Branch, Problem> {
    let mut branch = Branch::default();
    let owned = |field: Field<'_>| Some(field.bytes.to_vec());
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

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Status;

    #[test]
    fn a_path_in_quotes_may_have_an_arrow_in_it() {
        let parsed = parse::<Status>(None, b"R  \"x -> \\\"y\" -> \"d/p -> q\"\nR  a -> \"b -> c\"\n");
        assert!(parsed.sound()[0].contains(r#""path":"d/p -> q","original_path":"x -> \"y""#), "{parsed:?}");
        assert!(parsed.sound()[1].contains(r#""path":"b -> c","original_path":"a""#), "{parsed:?}");
        let words =
            parse::<Status>(None, b"On branch a\nChanges to be committed:\n\trenamed:    x -> y -> z\n\trenamed:    a -> b\n");
        assert_eq!((words.records.len(), words.problems.len()), (3, 1), "{words:?}");
    }

    #[test]
    fn words_may_be_comments() {
        let capture = "# On branch master\n# Your branch is ahead of 'origin/master' by 2 commits.\n#\n# Changes to be committed:\n\
            #   (use \"git reset HEAD <file>...\" to unstage)\n#\n#\tmodified:   a file.txt\n#\n# Untracked files:\n#\n#\tnew.txt\n\
            no changes added to commit\n";
        let parsed = parse::<Status>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"kind":"branch","branch":"master","upstream":"origin/master","ahead":2,"behind":0,"is_unborn":false}"#,
                r#"{"kind":"file","path":"a file.txt","index":"modified"}"#,
                r#"{"kind":"file","path":"new.txt","worktree":"untracked"}"#,
            ]
        );
    }

    #[test]
    fn files_below_an_unknown_heading_are_problems_and_those_of_a_conflict_say_whose() {
        let capture = "On branch a\n\nUnmerged paths:\n\tboth added:      b\n\tdeleted by us:   c\n\nUntraked files:\n\td\n";
        let parsed = parse::<Status>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        assert!(parsed.records[1].contains(r#""index":"added","worktree":"added""#), "{parsed:?}");
        assert!(parsed.records[2].contains(r#""index":"deleted","worktree":"unmerged""#), "{parsed:?}");
        let broken = parse::<Status>(
            None,
            b"On branch a\n\nChanges to be committed:\n  (use x)\n\tmodified:   b\n\nx not staged for commit\n\tmodified:   c\n",
        );
        assert_eq!((broken.records.len(), broken.problems.len()), (2, 1), "{broken:?}");
    }

    #[test]
    fn paths_that_end_with_nul_are_refused() {
        assert_eq!(parse::<Status>(None, b"?? a\0?? b\0").records.len(), 0);
    }

    #[test]
    fn every_form_says_the_same() {
        let words = "On branch main\nYour branch is ahead of 'origin/main' by 1 commit.\n  (use \"git push\" to publish your local commits)\n\nChanges to be committed:\n  (use \"git restore --staged <file>...\" to unstage)\n\trenamed:    a b -> c\n\nChanges not staged for commit:\n\tmodified:   d\n\nUntracked files:\n\t\"e\\303\\251\"\n\n";
        let short = "## main...origin/main [ahead 1]\nR  a b -> c\n M d\n?? \"e\\303\\251\"\n";
        let parsed = parse::<Status>(None, words.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (4, &[][..]), "{parsed:?}");
        assert_eq!(parsed.records, parse::<Status>(None, short.as_bytes()).records);
        assert!(
            parsed.records[0].contains(r#""branch":"main","commit":null,"upstream":"origin/main","ahead":1,"behind":0"#),
            "{parsed:?}"
        );
        assert!(
            parsed.records[1].contains(r#""path":"c","original_path":"a b","index":"renamed","worktree":null"#),
            "{parsed:?}"
        );
        assert_any_split::<Status>(None, words.as_bytes());
    }

    #[test]
    fn porcelain_two_is_read() {
        let capture = "# branch.oid 0123\n# branch.head main\n# branch.ab +1 -2\n1 .M N... 100644 100644 100644 aa bb a b\n2 R. N... 100644 100644 100644 aa bb R100 new\told\nu UU N... 100644 100644 100644 100644 aa bb cc c d\n? x\n";
        let parsed = parse::<Status>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), &parsed.problems[..]), (5, &[][..]), "{parsed:?}");
        assert!(
            parsed.records[1].contains(r#""path":"a b","original_path":null,"index":null,"worktree":"modified""#),
            "{parsed:?}"
        );
        assert!(
            parsed.records[2]
                .contains(r#""path":"new","original_path":"old","index":"renamed","worktree":null,"similarity_percent":100"#),
            "{parsed:?}"
        );
        assert!(parsed.records[3].contains(r#""path":"c d""#), "{parsed:?}");
        assert_unrecognised::<Status>(["hello\n", "XX a\n", "M\n", "   a\n"]);
    }
}
