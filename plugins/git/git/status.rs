//! `git status`: in words, short (`-s`, `--porcelain`), and in porcelain version 2.

mod branch;
mod file;
mod porcelain_v2;
mod short;
mod words;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

pub use branch::Branch;
pub use file::File;
use words::{Section, is_words};

/// What `git status` lists.
#[derive(Debug, Record)]
pub enum Entry {
    /// A file that is not as it was committed.
    File(File),
    /// The branch that is checked out.
    Branch(Branch),
}

/// Reads `git status`.
pub struct Status {
    branch: Option<Branch>,
    /// In words: whose files are listed.
    section: Section,
    in_words: bool,
}

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
            rows.push(Entry::Branch(Branch::short(rest)?));
            return Ok(());
        }
        if let Some(rest) = whole.strip_prefix("# ") {
            rows.recognise();
            return Ok(self.branch.get_or_insert_default().read_header(rest)?);
        }
        if let Some(file) = porcelain_v2::file(whole)? {
            self.flush(rows);
            rows.push(Entry::File(file));
            return Ok(());
        }
        rows.push(Entry::File(short::file(whole)?));
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
            let file = self.section.file(entry)?;
            self.section.warn(entry, &file, rows);
            rows.push(Entry::File(file));
            return Ok(());
        }
        if let Some(branch) = Branch::in_words(line) {
            self.branch = Some(branch);
            return Ok(());
        }
        self.section = self.section.after(line.bytes);
        self.branch.as_mut().map_or(Ok(()), |branch| branch.read_words(line))
    }
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
    fn what_is_under_way_is_said() {
        let rebase = parse::<Status>(
            None,
            b"interactive rebase in progress; onto c495636\nYou are currently rebasing branch 'a' on 'c495636'.\n\nUnmerged paths:\n\tboth modified:   b\n",
        );
        assert!(
            rebase.sound()[0].contains(
                r#""in_progress":["interactive rebase in progress; onto c495636","You are currently rebasing branch 'a' on 'c495636'."]"#
            ),
            "{rebase:?}"
        );
        let merge = parse::<Status>(None, b"On branch a\nAll conflicts fixed but you are still merging.\n");
        assert!(merge.sound()[0].contains(r#""branch":"a""#), "{merge:?}");
        assert!(merge.sound()[0].contains(r#""in_progress":["All conflicts fixed but you are still merging."]"#), "{merge:?}");
    }

    #[test]
    fn what_is_stashed_is_counted() {
        let two = parse::<Status>(None, b"# branch.oid 0a1b\n# branch.head main\n# stash 3\n? a\n");
        assert!(two.sound()[0].contains(r#""stashes":3"#), "{two:?}");
        let alone = parse::<Status>(None, b"# stash 1\n");
        assert!(alone.sound()[0].contains(r#""stashes":1"#), "{alone:?}");
        let words =
            parse::<Status>(None, b"On branch main\nnothing to commit, working tree clean\nYour stash currently has 2 entries\n");
        assert!(words.sound()[0].contains(r#""stashes":2"#), "{words:?}");
        let unknown = parse::<Status>(None, b"# branch.head main\n# branch.new x\n");
        assert_eq!((unknown.records.len(), unknown.problems.len()), (1, 1), "{unknown:?}");
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
                r#"{"kind":"branch","branch":"master","upstream":"origin/master","ahead":2,"behind":0,"is_unborn":false,"in_progress":[]}"#,
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
