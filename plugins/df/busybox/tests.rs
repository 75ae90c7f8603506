use std::fs;
use std::path::{Path, PathBuf};

use outparse_sdk::testing::{Parsed, parse, parse_pieces};

use super::Df;

const HEADER: &str = "Filesystem           1K-blocks      Used Available Use% Mounted on\n";

fn df(arguments: &[&str], capture: &str) -> Parsed {
    let command: Vec<&str> = [&["df"], arguments].concat();
    parse::<Df>(Some(&command), capture.as_bytes())
}

#[test]
fn a_long_device_stands_on_its_own_line() {
    let parsed = df(
        &[],
        &format!(
            "{HEADER}nfs.example.com:/a name/like 1 2 3 4% /this\n                         65536         0     65536   0% /mnt/a\n"
        ),
    );
    parsed.has(0, &["\"filesystem\":\"nfs.example.com:/a name/like 1 2 3 4% /this\"", "\"mounted_on\":\"/mnt/a\""]);
    assert_eq!((parsed.records.len(), parsed.problems), (1, vec![]));
}

#[test]
fn device_and_type_may_both_wrap() {
    let header = "Filesystem           Type       1K-blocks      Used Available Use% Mounted on\n";
    let rest = "                                 40978656  11546916  27318204  30% /mnt/ssh\n";
    for names in ["user@host:/srv/data/x\n                     fuse.sshfs-long\n", "user@host:/srv/data/x fuse.sshfs-long\n"] {
        let parsed = df(&["-T"], &format!("{header}{names}{rest}"));
        parsed.has(0, &["\"filesystem\":\"user@host:/srv/data/x\"", "\"type\":\"fuse.sshfs-long\""]);
        assert_eq!((parsed.records.len(), parsed.problems), (1, vec![]));
    }
}

#[test]
fn wide_numbers_push_the_row_to_the_right() {
    let parsed =
        df(&[], &format!("{HEADER}tmpfs                6442450944000000         0 6442450944000000   0% /mnt/1 2 3 4% /b\n"));
    parsed.has(0, &["\"size\":6597069766656000000,", "\"mounted_on\":\"/mnt/1 2 3 4% /b\""]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn with_p_the_titles_stand_off_their_columns() {
    let header = "Filesystem           1024-blocks    Used Available Capacity Mounted on\n";
    let parsed = df(&["-P"], &format!("{header}10 20 30 40% /x          65536         0     65536   0% /mnt/a\n"));
    parsed.has(0, &["\"filesystem\":\"10 20 30 40% /x\"", "\"size\":67108864,"]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn inodes_stand_under_the_words_of_space() {
    let header = "Filesystem              Inodes      Used Available Use% Mounted on\n";
    let parsed = df(&["-i"], &format!("{header}/dev/sda2              2600960        71   2600889   0% /\n"));
    parsed.has(0, &["\"inodes\":2600960,\"inodes_used\":71,\"inodes_free\":2600889,\"inodes_use_percent\":0"]);
}

#[test]
fn both_human_readable_flags_count_in_1024() {
    let capture = "Filesystem                Size      Used Available Use% Mounted on\n/dev/sda2                39.1G     11.0G     26.1G  30% /\n";
    for parsed in [df(&["-h"], capture), df(&["-H"], capture), parse::<Df>(None, capture.as_bytes())] {
        parsed.has(0, &["\"size\":41983305318,"]);
        assert_eq!(parsed.problems, [""; 0]);
    }
}

#[test]
fn the_arguments_settle_a_rounded_unit() {
    let capture = "Filesystem           2K-blocks      Used Available Use% Mounted on\n/dev/sda2                 1000         0      1000   0% /\n";
    df(&["-B", "1536"], capture).has(0, &["\"size\":1536000,"]);
    let unknown = parse::<Df>(None, capture.as_bytes());
    unknown.has(0, &["\"size\":2048000,"]);
    assert_eq!(unknown.problems.len(), 1);
}

#[test]
fn a_forged_row_is_reported() {
    let parsed = df(
        &[],
        &format!(
            "{HEADER}tmpfs                    65536         0     65536   0% /mnt/a\n/dev/fake          1000   500       500  50% /fake\n"
        ),
    );
    assert_eq!(
        parsed.problems,
        ["warning: line 3, the row does not stand under the titles: its names may be split at the wrong place"]
    );
}

/// Every case of every dialect: where, its command, its output.
fn fixtures() -> Vec<(PathBuf, Option<Vec<String>>, Vec<u8>)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.ends_with("output") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for dialect in ["gnu", "bsd", "busybox"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(dialect).join("fixtures"), &mut found);
    }
    let command = |path: &PathBuf| fs::read_to_string(path.with_file_name("command")).ok();
    let words = |path: &PathBuf| command(path).map(|text| text.lines().map(str::to_owned).collect());
    found.into_iter().map(|path| (path.clone(), words(&path), fs::read(path).unwrap())).collect()
}

#[test]
fn dialects_that_accept_the_same_text_agree() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 100);
    for (path, command, output) in fixtures {
        let words: Option<Vec<&str>> = command.as_ref().map(|words| words.iter().map(String::as_str).collect());
        let readings = [
            parse::<outparse_df_gnu::Df>(words.as_deref(), &output),
            parse::<outparse_df_bsd::Df>(words.as_deref(), &output),
            parse::<Df>(words.as_deref(), &output),
        ];
        let mut accepted = readings.iter().filter(|reading| reading.failure.is_none());
        let first = accepted.next().map(|reading| &reading.records);
        assert!(accepted.all(|reading| Some(&reading.records) == first), "{}", path.display());
    }
}

#[test]
fn pieces_of_whole_lines_give_the_same() {
    for (path, command, output) in fixtures() {
        let words: Option<Vec<&str>> = command.as_ref().map(|words| words.iter().map(String::as_str).collect());
        let lines = output.split_inclusive(|&byte| byte == b'\n');
        let (whole, pieces) = (parse::<Df>(words.as_deref(), &output), parse_pieces::<Df>(words.as_deref(), lines));
        assert_eq!(whole.records, pieces.records, "{}", path.display());
    }
}
