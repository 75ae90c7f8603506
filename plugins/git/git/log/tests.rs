//! Whole logs.

use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use crate::log::Log;

#[test]
fn blanks_that_a_message_has_lost_at_the_ends_of_its_lines_part_it_still() {
    let parsed = parse::<Log>(None, b"commit aaaa1111\nAuthor: A <a@x>\n\n    First\n\n    Body\n\n a | 2 +-\n");
    assert!(parsed.sound()[0].contains(r#""message":"First\n\nBody","#), "{parsed:?}");
}

#[test]
fn notes_are_no_message() {
    let capture = "commit aaaa1111\nAuthor: A <a@x>\n\n    First\n\nNotes:\n    one\n    \n    two\n\nNotes (review):\n    three\n\n a | 2 +-\n\
        \ncommit bbbb2222\nAuthor: A <a@x>\n\nNotes:\n    of one without a message\n";
    let parsed = parse::<Log>(None, capture.as_bytes());
    assert!(parsed.sound()[0].contains(r#""message":"First","notes":"one\n\ntwo\n\nNotes (review)\nthree","#), "{parsed:?}");
    assert!(parsed.sound()[1].contains(r#""notes":"of one without a message""#), "{parsed:?}");
    assert!(!parsed.sound()[1].contains(r#""subject":"#), "{parsed:?}");
}

#[test]
fn a_line_a_commit_may_have_more_than_a_subject() {
    let parents = parse::<Log>(Some(&["git", "log", "--oneline", "--parents"]), b"aaaa111 bbbb222 cccc333 Merge it\n");
    assert!(parents.sound()[0].contains(r#""parents":["bbbb222","cccc333"],"subject":"Merge it""#), "{parents:?}");
    let source = parse::<Log>(None, b"aaaa111\trefs/heads/main Merge it\n");
    assert!(source.sound()[0].contains(r#""source_reference":"refs/heads/main","subject":"Merge it""#), "{source:?}");
    let word = parse::<Log>(Some(&["git", "log", "--oneline"]), b"aaaa111 effaced the file\n");
    assert!(word.sound()[0].contains(r#""subject":"effaced the file""#), "{word:?}");
    for arguments in [None, Some(&["git", "log", "--format=reference"][..])] {
        let reference = parse::<Log>(arguments, b"aaaa111 (A (b), c, 2026-11-29)\n");
        assert!(reference.sound()[0].contains(r#""subject":"A (b), c""#), "{reference:?}");
    }
    let dated = parse::<Log>(
        Some(&["git", "log", "--format=reference", "--date=rfc"]),
        b"aaaa111 (A, b, Sun, 29 Nov 2026 22:23:06 +0000)\n",
    );
    assert!(dated.sound()[0].contains(r#""authored":"2026-11-29T22:23:06Z","subject":"A, b""#), "{dated:?}");
    let merge = parse::<Log>(None, b"commit aaaa1111 (from bbbb2222) (HEAD -> main)\nAuthor: A <a@x>\n\n    M\n");
    assert!(merge.sound()[0].contains(r#""references":["HEAD -> main"]"#), "{merge:?}");
    assert!(merge.sound()[0].contains(r#""compared_parent":"bbbb2222""#), "{merge:?}");
}

#[test]
fn what_follows_a_broken_heading_is_not_of_the_commit_above() {
    for files in ["", "\nM\ta\n", "\na\nb c\n", "\n a | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n"] {
        let capture = format!(
            "commit aaaa1111\nAuthor: A <a@x>\nDate:   Mon Mar 2 10:00:00 2020 +0100\n\n    First\n{files}\ncommi bbbb2222\n\
            Author: B <b@x>\nDate:   Mon Mar 2 11:00:00 2020 +0100\n\n    Second\n{files}\n\
            commit cccc3333\nAuthor: C <c@x>\n\n    Third\n{files}"
        );
        let parsed = parse::<Log>(None, capture.as_bytes());
        assert_eq!(parsed.records.len(), 2, "{parsed:?}");
        assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
        assert!(parsed.records[0].contains(r#""message":"First""#) && !parsed.records[0].contains("bbbb"), "{parsed:?}");
    }
}

#[test]
fn lines_of_a_patch_are_no_message() {
    let capture = "commit aaaa1111\nAuthor: A <a@x>\n\n    First\n\ndiff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n\
        \x20    looks like a message\n-a\n+b\n\ncommit bbbb2222\nAuthor: B <b@x>\n\n    Second\n";
    let parsed = parse::<Log>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
    assert!(parsed.records[0].contains(r#""message":"First""#), "{parsed:?}");
}

#[test]
fn what_stands_behind_a_hash_is_told_by_the_arguments_and_its_length() {
    let one = |words: Option<&[&str]>, line: &str| parse::<Log>(words, line.as_bytes());
    let (hash, other) = ("1".repeat(40), "a".repeat(40));
    let children = one(Some(&["git", "log", "--children"]), &format!("commit {hash} {other}\n"));
    assert!(children.records[0].contains(&format!(r#""children":["{other}"]"#)), "{children:?}");
    let source = one(None, &format!("commit {hash}\trefs/heads/main\n"));
    assert!(source.records[0].contains(r#""source_reference":"refs/heads/main""#) && source.problems.is_empty(), "{source:?}");
    let parents = one(None, &format!("commit {hash} {other}\n"));
    assert_eq!((parents.records[0].contains(r#""parents":["aaa"#), parents.problems.len()), (true, 1));
}

#[test]
fn a_broken_line_above_a_message_is_no_file_and_a_signature_is_none() {
    let parsed = parse::<Log>(None, b"commit abcdef1\nx: 1234567 abcdef0\nAuthor: a <b>\n\n    one\n\nfile\n");
    assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    parsed.has(0, &[r#""files":[{"path":"file","#]);
    let raw = b"commit abcdef1\ntree abcdef2\nauthor a <b> 1583139600 +0100\ngpgsig -----BEGIN SSH SIGNATURE-----\n U1NI | 3\n \n -----END SSH SIGNATURE-----\n\n    one\n";
    assert!(!parse::<Log>(None, raw).only().contains("file"));
    let shown = b"commit abcdef1\ngpg: Signature made Mon Mar  2 10:00:00 2020 CET\nPrimary key fingerprint: 0A1B\n     Subkey fingerprint: 0A1C\nGood \"git\" signature for a with ED25519 key SHA256:x\nAuthor: a <b>\n\n    one\n";
    assert!(parse::<Log>(None, shown).only().contains(r#""subject":"one","message":"one""#));
}

#[test]
fn a_commit_is_one_record() {
    let capture = "commit 0123456789 (HEAD -> main, tag: v1)\nMerge: aa bb\nAuthor: A B <a@b>\nDate:   Mon Mar 2 10:00:00 2020 +0100\n\n    Subject\n    \n    body\n      more\n\n a/{b => c}/d | 3 ++-\n 1 file changed, 2 insertions(+), 1 deletion(-)\n\ncommit 0123456780\nAuthor: C <c@d>\nDate:   2020-03-02 10:00:00 +0100\n\n    Other\n\n1\t2\tx\n";
    let parsed = parse::<Log>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), &parsed.problems[..]), (2, &[][..]), "{parsed:?}");
    for part in [
        r#""commit":"0123456789","references":["HEAD -> main","tag: v1"],"parents":["aa","bb"],"author":"A B","author_email":"a@b","authored":"2020-03-02T10:00:00+01:00""#,
        r#""subject":"Subject","message":"Subject\n\nbody\n  more","files":[{"path":"a/c/d","original_path":"a/b/d""#,
        r#""files_changed":1,"insertions":2,"deletions":1"#,
    ] {
        assert!(parsed.records[0].contains(part), "{part}\n{parsed:?}");
    }
    assert!(parsed.records[1].contains(r#""insertions":1,"deletions":2"#), "{parsed:?}");
    assert_any_split::<Log>(None, capture.as_bytes());
}

#[test]
fn other_formats_are_read() {
    let oneline = parse::<Log>(None, b"0123abc (tag: v1) A subject\n0123abd (fix) is no name\n");
    assert_eq!(oneline.records[0], r#"{"commit":"0123abc","references":["tag: v1"],"subject":"A subject"}"#);
    let raw = parse::<Log>(None, b"commit 0123456789\ntree aa\nparent bb\nauthor A <a@b> 1583139600 +0100\ncommitter C <c@d> 1583139600 -0100\n\n    Subject\n");
    assert!(raw.records[0].contains(r#""authored":"2020-03-02T10:00:00+01:00","committer":"C","committer_email":"c@d","committed":"2020-03-02T08:00:00-01:00""#), "{raw:?}");
    assert_unrecognised::<Log>(["hello\n", "commit x\n", "* commit 0123\n", "fatal: not a git repository\n"]);
}

#[test]
fn who_wrote_a_commit_may_be_nobody() {
    let parsed = parse::<Log>(None, b"commit abcdef0\nAuthor: A <a@b>\n\n    zero\n\ncommit abcdef1\nAuthor:  <>\n\n    one\n\ncommit abcdef2\nAuthor: <a@b>\n\n    two\n");
    parsed.has(1, &[r#""author":null,"author_email":null"#]);
    parsed.has(2, &[r#""author":null,"author_email":"a@b""#]);
}

#[test]
fn a_line_that_is_no_name_by_the_arguments_is_no_file() {
    let capture = b"aaaa111 A\nstray\nbbbb222 B\n";
    let parsed = parse::<Log>(Some(&["git", "log", "--oneline"]), capture);
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
    assert!(!parsed.records[0].contains("stray"), "{parsed:?}");
    let asked = parse::<Log>(Some(&["git", "log", "--oneline", "--name-only"]), capture);
    assert!(asked.sound()[0].contains(r#""files":[{"path":"stray""#), "{asked:?}");
    let unknown = parse::<Log>(None, capture);
    assert_eq!((unknown.records.len(), unknown.problems.len()), (2, 1), "{unknown:?}");
    assert!(unknown.problems[0].starts_with("warning"), "{unknown:?}");
    let long = b"commit aaaa1111\nAuthor: A <a@x>\n\n    First\n\nstray\n";
    assert_eq!(parse::<Log>(Some(&["git", "log", "--stat"]), long).problems.len(), 1);
    let amid = parse::<Log>(None, b"aaaa111 A\n a | 2 +-\nstray\n 1 file changed, 1 insertion(+), 1 deletion(-)\n");
    assert_eq!((amid.records.len(), amid.problems.len()), (1, 1), "{amid:?}");
    let raw = parse::<Log>(None, b"aaaa111 A\n:100644 100644 aaaa bbbb M\ta\n");
    assert_eq!((raw.records.len(), raw.problems.len()), (1, 1), "{raw:?}");
}

#[test]
fn a_summary_says_what_became_of_files() {
    let capture = "aaaa111 A\n create mode 100644 a b\n delete mode 100755 \"c\\td\"\n mode change 100644 => 100755 e\n\
        \x20rename f/{g => h} (90%)\n mode change 100755 => 100644\n copy i => j (100%)\n rewrite k (70%)\n";
    let parsed = parse::<Log>(Some(&["git", "log", "--oneline", "--summary"]), capture.as_bytes());
    parsed.has(0, &[
        r#"{"change":"create","path":"a b","original_path":null,"file_mode":"100644","#,
        r#"{"change":"delete","path":"c\td","original_path":null,"file_mode":"100755","#,
        r#"{"change":"mode change","path":"e","original_path":null,"file_mode":"100755","original_file_mode":"100644","#,
        r#"{"change":"rename","path":"f/h","original_path":"f/g","file_mode":"100644","original_file_mode":"100755","similarity":90,"#,
        r#"{"change":"copy","path":"j","original_path":"i","file_mode":null,"original_file_mode":null,"similarity":100,"#,
        r#"{"change":"rewrite","path":"k","original_path":null,"file_mode":null,"original_file_mode":null,"similarity":null,"dissimilarity":70}"#,
    ]);
    assert!(parsed.problems.is_empty(), "{parsed:?}");
    let broken = parse::<Log>(None, b"aaaa111 A\n create mode 10064 a\n mode change 100644 => 100755\n rename a (90%)\n");
    assert_eq!((broken.records.len(), broken.problems.len()), (1, 3), "{broken:?}");
}

#[test]
fn the_entry_of_a_references_log_is_kept() {
    let parsed = parse::<Log>(
        None,
        b"commit aaaa1111\nReflog: HEAD@{0} (A <a@x>)\nReflog message: commit: First\nAuthor: A <a@x>\n\n    First\n",
    );
    parsed.has(0, &[r#""reflog":"HEAD@{0} (A <a@x>)","reflog_message":"commit: First""#]);
    assert!(parsed.problems.is_empty(), "{parsed:?}");
}
