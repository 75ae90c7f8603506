//! What the parser makes of each form of `id`.

use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use super::Id;

const FULL: &str = "uid=1000(alice) gid=1000(alice) groups=1000(alice),27(sudo)\n";

fn only(command: Option<&[&str]>, capture: &str) -> String {
    parse::<Id>(command, capture.as_bytes()).only().to_owned()
}

#[test]
fn users_and_groups_have_numbers_and_names() {
    assert_eq!(
        only(None, FULL),
        r#"{"uid":1000,"user":"alice","gid":1000,"group":"alice","groups":[{"gid":1000,"group":"alice"},{"gid":27,"group":"sudo"}]}"#
    );
}

#[test]
fn numbers_may_lack_a_name() {
    assert_eq!(only(None, "uid=7 gid=8 groups=8,9(x)"), r#"{"uid":7,"gid":8,"groups":[{"gid":8},{"gid":9,"group":"x"}]}"#);
}

#[test]
fn busybox_prints_no_groups_for_root() {
    assert_eq!(only(None, "uid=0(root) gid=0(root)\n"), r#"{"uid":0,"user":"root","gid":0,"group":"root"}"#);
}

#[test]
fn names_may_contain_blanks_commas_and_parentheses() {
    assert_eq!(
        only(None, "uid=5(CORP\\jo (x) doe) gid=6(domain users) groups=6(domain users),7(a, b),8(c),d)\n"),
        r#"{"uid":5,"user":"CORP\\jo (x) doe","gid":6,"group":"domain users","groups":[{"gid":6,"group":"domain users"},{"gid":7,"group":"a, b"},{"gid":8,"group":"c),d"}]}"#
    );
}

#[test]
fn effective_users_are_apart() {
    assert_eq!(
        only(None, "uid=1(a) gid=2(b) euid=0(root) egid=0(wheel) groups=2(b)\n"),
        r#"{"uid":1,"user":"a","gid":2,"group":"b","effective_uid":0,"effective_user":"root","effective_gid":0,"effective_group":"wheel","groups":[{"gid":2,"group":"b"}]}"#
    );
}

#[test]
fn selinux_contexts_are_split_and_others_kept() {
    let selinux = only(None, "uid=0(root) gid=0(root) groups=0(root) context=u:r:t:s0-s0:c0.c1023\n");
    assert!(
        selinux.ends_with(
            r#""context":"u:r:t:s0-s0:c0.c1023","context_user":"u","context_role":"r","context_type":"t","context_level":"s0-s0:c0.c1023"}"#
        ),
        "{selinux}"
    );
    let smack = only(None, "uid=0(root) gid=0(root) groups=0(root) context=_\n");
    assert!(smack.ends_with(r#""context":"_"}"#), "{smack}");
}

#[test]
fn several_users_are_several_records() {
    assert_eq!(parse::<Id>(None, format!("{FULL}{FULL}").as_bytes()).records.len(), 2);
}

#[test]
fn bare_values_are_read_when_the_arguments_are_known() {
    assert_eq!(only(Some(&["id", "-u"]), "0\n"), r#"{"uid":0}"#);
    assert_eq!(only(Some(&["id", "-un"]), "jo doe\n"), r#"{"user":"jo doe"}"#);
    assert_eq!(only(Some(&["id", "--group", "--name"]), "staff\n"), r#"{"group":"staff"}"#);
    assert_eq!(only(Some(&["id", "-G", "alice"]), "4 24\n"), r#"{"groups":[{"gid":4},{"gid":24}]}"#);
    assert_eq!(only(Some(&["id", "-Gn"]), "adm cdrom\n"), r#"{"groups":[{"group":"adm"},{"group":"cdrom"}]}"#);
    assert_eq!(only(Some(&["id", "-Gnz"]), "a b\0c\0"), r#"{"groups":[{"group":"a b"},{"group":"c"}]}"#);
    assert_eq!(only(Some(&["id", "-Z"]), "u:r:t:s0\n"), r#"{"context":"u:r:t:s0"}"#);
}

#[test]
fn several_users_with_nul_are_several_records() {
    assert_eq!(parse::<Id>(Some(&["id", "-uz", "a", "b"]), b"1\x002\0").records.len(), 2);
    assert_eq!(parse::<Id>(Some(&["id", "-Gz", "a", "b"]), b"1\x002\0\x003\0\0").records.len(), 2);
}

#[test]
fn a_bad_line_costs_that_line_only() {
    let parsed = parse::<Id>(None, format!("{FULL}uid=x gid=1\nuid=1(a) gid=1(b\nuid=1 cat=2\nuid=1(a)\n{FULL}").as_bytes());
    assert_eq!(parsed.records.len(), 2);
    assert_eq!(
        parsed.problems,
        [
            "error: line 2, column 5: expected the number of a user or group, found `x gid=1`",
            "error: line 3, column 16: expected a name and `)`, found `b`",
            "error: line 4, column 7: expected `uid`, `gid`, `euid`, `egid`, `groups` or `context`, found `cat`",
            "error: line 5, expected `uid=… gid=…`, found `uid=1(a)`"
        ]
    );
}

#[test]
fn any_split_into_whole_lines_gives_the_same_records() {
    let capture = format!("{FULL}\nbad\n{FULL}");
    assert_any_split::<Id>(None, capture.as_bytes());
}

#[test]
fn other_input_is_unrecognised() {
    let garbage: [&[u8]; 10] =
        [b"", b"\n", b"0\n", b"4 24\n", b"root\n", b"uid=\n", b"=\n", b"uid=0(\n", b"uid=1()x gid=1\n", b"\xff\0\n"];
    assert_unrecognised::<Id>(garbage);
    assert!(parse::<Id>(Some(&["id", "-u"]), b"hello\n").failure.is_some());
}

#[test]
fn groups_in_another_language_are_no_part_of_a_name() {
    let parsed = parse::<Id>(None, b"uid=0(root) gid=0(root) Gruppen=0(root)\n");
    assert_eq!(parsed.records.len(), 0, "{parsed:?}");
}
