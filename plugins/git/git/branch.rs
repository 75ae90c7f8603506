//! `git branch`, also with `-v`, `-vv`, `-a`, `-r`.

use outparse_sdk::{About, Argument, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A branch.
#[derive(Clone, Debug, Default, Record)]
pub struct Branch<'a> {
    /// Its name; of a detached head, the words in parentheses.
    #[field(key)]
    pub branch: &'a [u8],
    /// Whether it is checked out here.
    pub is_current: bool,
    /// Whether it is checked out in another work tree.
    pub is_in_worktree: bool,
    /// What a symbolic one leads to.
    pub target: Option<&'a [u8]>,
    /// Its last commit (`-v`), shortened.
    pub commit: Option<&'a [u8]>,
    /// Work tree that it is checked out in (`-vv`).
    pub worktree: Option<&'a [u8]>,
    /// The branch that it follows (`-vv`).
    pub upstream: Option<&'a [u8]>,
    /// Commits that the upstream lacks.
    pub ahead: Option<i64>,
    /// Commits that the upstream has more.
    pub behind: Option<i64>,
    /// Whether the upstream is gone.
    pub is_gone: Option<bool>,
    /// First line of the message of its last commit (`-v`).
    pub message: Option<&'a [u8]>,
}

/// Reads `git branch`.
pub struct Branches {
    verbose: Option<bool>,
    /// Whether upstreams are printed, which takes `-vv`, where the arguments are known.
    has_upstreams: Option<bool>,
}

impl Parser for Branches {
    const ABOUT: About = About {
        name: "branch",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Branches, as git branch prints them",
        commands: &["git branch"],
        value_options: crate::VALUE_OPTIONS,
        dialect: "git",
        ..About::DEFAULT
    };
    type Record = Branch<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&["v verbose", "a all", "r remotes", "q quiet"]);
        let count = |arguments: &[Argument<'_>]| arguments.iter().filter(|argument| **argument == Argument::Flag("v")).count();
        let verbose = arguments.map(|arguments| count(&arguments));
        Branches { verbose: verbose.map(|count| count > 0), has_upstreams: verbose.map(|count| count > 1) }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let whole = line.whole();
        let (mark, rest) = whole.split_at(2);
        if !matches!(mark.bytes, b"* " | b"  " | b"+ ") {
            return Err(line.expected("a branch, after `* `, `+ ` or two blanks").into());
        }
        let branch = read(mark, rest, self.verbose, self.has_upstreams)?;
        if self.has_upstreams != Some(false) && branch.upstream.is_none() && branch.message.is_some_and(has_tag) {
            rows.warn_once("tag", || {
                line.whole()
                    .problem(
                        "the word in brackets is read as part of the message: it could be a local branch that this one follows",
                    )
                    .into_warning()
            });
        }
        let verbose = *self.verbose.get_or_insert(branch.commit.is_some());
        if rows.made() == 0 {
            let more = ["commit", "worktree", "upstream", "ahead", "behind", "is_gone", "message"];
            rows.shape(
                ["branch", "is_current", "is_in_worktree", "target"].into_iter().chain(more.into_iter().filter(|_| verbose)),
            );
        }
        rows.push(branch);
        Ok(())
    }
}

/// `[FIX] message`: without `/` it is rather no upstream.
fn has_tag(message: &[u8]) -> bool {
    let inner = message.strip_prefix(b"[").and_then(|rest| rest.split(|&byte| byte == b']').next());
    inner.is_some_and(|inner| inner.len() + 1 < message.len() && !inner.contains(&b' ') && !inner.contains(&b'/'))
}

fn read<'a>(mark: Field<'a>, rest: Field<'a>, verbose: Option<bool>, has_upstreams: Option<bool>) -> Result<Branch<'a>, Problem> {
    let end = match rest.bytes.first() {
        Some(b'(') => rest.find(")").map_or(rest.bytes.len(), |at| at + 1),
        _ => rest.bytes.iter().position(|&byte| byte == b' ').unwrap_or(rest.bytes.len()),
    };
    let (name, after) = rest.split_at(end);
    let after = after.trim();
    if name.bytes.is_empty() {
        return Err(rest.expected("a branch"));
    }
    let mut branch = Branch {
        branch: name.bytes,
        is_current: mark.bytes[0] == b'*',
        is_in_worktree: mark.bytes[0] == b'+',
        ..Branch::default()
    };
    if let Some(target) = after.strip_prefix("-> ") {
        branch.target = Some(target.bytes);
        return Ok(branch);
    }
    if after.bytes.is_empty() {
        return Ok(branch);
    }
    let [commit, rest] = after.fields_and_rest()?;
    if verbose == Some(false) || commit.bytes.len() < 4 || !commit.bytes.iter().all(u8::is_ascii_hexdigit) {
        return Err(commit.expected("a commit"));
    }
    branch.commit = Some(commit.bytes);
    let mut message = rest;
    if let Some((path, after)) =
        message.strip_prefix("(").and_then(|rest| rest.split_once(") ")).filter(|_| branch.is_current || branch.is_in_worktree)
        && path.bytes.starts_with(b"/")
    {
        branch.worktree = Some(path.bytes);
        message = after.trim_start();
    }
    // `[origin/main: ahead 1, behind 2]`; a message may begin with a bracket, too.
    if let Some((inner, after)) = message.strip_prefix("[").and_then(|rest| rest.split_once("]")) {
        let (upstream, counts) = inner.split_once(": ").map_or((inner, None), |(upstream, counts)| (upstream, Some(counts)));
        let (mut ahead, mut behind, mut gone, mut sound) = (None, None, false, true);
        let plain = counts.is_none() && inner.bytes != b"gone" && inner.bytes.iter().all(|byte| !byte.is_ascii_whitespace());
        let names = plain || counts.is_some();
        if names && has_upstreams == Some(false) || plain && !inner.bytes.contains(&b'/') {
            sound = false;
        }
        // With one `-v` the upstream is left out: `[ahead 1]`, `[gone]`.
        let counts = counts.or(if plain { None } else { Some(inner) });
        for part in counts.iter().flat_map(|counts| counts.split(", ")) {
            match part.split_once(" ").map(|(word, number)| (word.bytes, number.integer())) {
                Some((b"ahead", Ok(number))) => ahead = Some(number),
                Some((b"behind", Ok(number))) => behind = Some(number),
                _ if part.bytes == b"gone" => gone = true,
                _ => sound = false,
            }
        }
        if sound {
            branch.upstream = names.then_some(upstream.bytes);
            (branch.ahead, branch.behind, branch.is_gone) = (ahead, behind, Some(gone));
            message = after.trim_start();
        }
    }
    branch.message = Some(message.bytes);
    Ok(branch)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Branches;

    #[test]
    fn a_tag_in_a_message_is_no_upstream() {
        let capture = b"* main 1234abc [FIX] something\n  b    1234abc [gone] c\n  d    1234abc [ahead 1] [FIX] y\n  e    1234abc [origin/e] z\n";
        let parsed = parse::<Branches>(Some(&["git", "branch", "-v"]), capture);
        let all = parsed.sound();
        assert!(all[0].ends_with(r#""message":"[FIX] something"}"#), "{parsed:?}");
        assert!(all[1].ends_with(r#""is_gone":true,"message":"c"}"#), "{parsed:?}");
        assert!(all[2].ends_with(r#""ahead":1,"is_gone":false,"message":"[FIX] y"}"#), "{parsed:?}");
        assert!(all[3].ends_with(r#""message":"[origin/e] z"}"#), "{parsed:?}");
        for arguments in [None, Some(&["git", "branch", "-vv"][..])] {
            let parsed = parse::<Branches>(arguments, capture);
            assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
            assert!(parsed.records[0].ends_with(r#""message":"[FIX] something"}"#), "{parsed:?}");
            assert!(parsed.records[3].contains(r#""upstream":"origin/e""#), "{parsed:?}");
        }
    }

    #[test]
    fn what_is_said_of_a_branch_is_taken_apart() {
        let parsed = parse::<Branches>(None, b"* main     abc1234 [origin/main: ahead 1, behind 2] A [b] c\n  old      abc1235 [origin/old: gone] x\n  plain    abc1236 [WIP thing] y\n  remotes/origin/HEAD -> origin/main\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"branch":"main","is_current":true,"is_in_worktree":false,"target":null,"commit":"abc1234","worktree":null,"upstream":"origin/main","ahead":1,"behind":2,"is_gone":false,"message":"A [b] c"}"#,
                r#"{"branch":"old","is_current":false,"is_in_worktree":false,"target":null,"commit":"abc1235","worktree":null,"upstream":"origin/old","ahead":null,"behind":null,"is_gone":true,"message":"x"}"#,
                r#"{"branch":"plain","is_current":false,"is_in_worktree":false,"target":null,"commit":"abc1236","worktree":null,"upstream":null,"ahead":null,"behind":null,"is_gone":null,"message":"[WIP thing] y"}"#,
                r#"{"branch":"remotes/origin/HEAD","is_current":false,"is_in_worktree":false,"target":"origin/main","commit":null,"worktree":null,"upstream":null,"ahead":null,"behind":null,"is_gone":null,"message":null}"#,
            ]
        );
        let detached = parse::<Branches>(None, b"* (HEAD detached at abc)\n  main\n");
        assert_eq!(
            detached.records[0],
            r#"{"branch":"(HEAD detached at abc)","is_current":true,"is_in_worktree":false,"target":null}"#
        );
        assert_unrecognised::<Branches>(["hello\n", "* \n", "  a b\n"]);
    }
}
