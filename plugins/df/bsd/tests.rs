use outparse_sdk::testing::{Parsed, parse};

use super::Df;

const HEADER: &str = "Filesystem  512-blocks    Used    Avail Capacity  Mounted on\n";

fn df(arguments: &[&str], capture: &str) -> Parsed {
    let command: Vec<&str> = [&["df"], arguments].concat();
    parse::<Df>(Some(&command), capture.as_bytes())
}

#[test]
fn percentages_stand_off_their_titles() {
    let header = "Filesystem   512-blocks     Used Available Capacity iused      ifree %iused  Mounted on\n";
    let row = "/dev/disk1s5  489620264 21910520 212340712     9%  488433 4881766847    0%   /Volumes/My  Book \n";
    let parsed = df(&[], &format!("{header}{row}"));
    parsed.has(
        0,
        &["\"size\":250685575168", "\"use_percent\":9,", "\"inodes_used\":488433,", "\"mounted_on\":\"/Volumes/My  Book \""],
    );
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn names_that_look_like_numbers_are_told_by_their_place() {
    let header = "Filesystem      512-blocks    Used    Avail Capacity  Mounted on\n";
    let parsed = df(&[], &format!("{header}10 20 30 40% /x   20308400 5612304 13071424    30%    /mnt/10 20 30 40%    /x\n"));
    parsed.has(0, &["\"filesystem\":\"10 20 30 40% /x\"", "\"mounted_on\":\"/mnt/10 20 30 40%    /x\""]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn negative_space_is_kept() {
    let parsed = df(&[], &format!("{HEADER}/dev/ada1p1    1015324  999104   -65004   107%    /var/spool\n"));
    parsed.has(0, &["\"available\":-33282048,", "\"use_percent\":107,"]);
}

#[test]
fn letters_with_an_i_count_in_1024_whatever_the_flags() {
    let header = "Filesystem     Size   Used  Avail Capacity  Mounted on\n";
    let capture = format!("{header}/dev/disk1s5  233Gi   10Gi  101Gi     9%    /\n");
    for parsed in [df(&["-h"], &capture), parse::<Df>(None, capture.as_bytes())] {
        parsed.has(0, &["\"size\":250181844992,"]);
        assert_eq!(parsed.problems, [""; 0]);
    }
}

#[test]
fn bare_letters_follow_the_flags() {
    let header = "Filesystem     Size    Used   Avail Capacity  Mounted on\n";
    let capture = format!("{header}/dev/ada0p2     19G    4.0G     14G    23%    /\n");
    df(&["-h"], &capture).has(0, &["\"size\":20401094656,"]);
    df(&["-hH"], &capture).has(0, &["\"size\":19000000000,"]);
    df(&["-TH"], &capture).has(0, &["\"size\":19000000000,"]);
    assert_eq!(parse::<Df>(None, capture.as_bytes()).problems.len(), 1);
}

#[test]
fn inodes_count_in_1000_even_beside_sizes_in_1024() {
    let header = "Filesystem        Size    Used   Avail Capacity iused ifree %iused  Mounted on\n";
    let parsed = df(&["-h"], &format!("{header}/dev/disk3s1s1   463Gi    10Gi   149Gi     6%    404k  1.6G    0%   /\n"));
    parsed.has(0, &["\"inodes_used\":404000,", "\"inodes_free\":1600000000,"]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn the_total_is_the_last_row_without_a_mount_point() {
    let row = "total          2030840  561230  1307142    30%  \n";
    let device = df(&[], &format!("{HEADER}{row}"));
    device.has(0, &["\"filesystem\":\"total\""]);
    assert!(!device.records[0].contains("is_total"));
    let asked = df(&["-c"], &format!("{HEADER}{row}{row}"));
    asked.has(0, &["\"filesystem\":\"total\"", "\"is_total\":false"]);
    asked.has(1, &["\"is_total\":true"]);
    let unknown = parse::<Df>(None, format!("{HEADER}{row}").as_bytes());
    unknown.has(0, &["\"is_total\":true"]);
    assert_eq!(unknown.problems.len(), 1);
}

#[test]
fn a_pasted_table_that_is_not_aligned_is_read_by_its_words() {
    let header = "Filesystem      Size   Used  Avail Capacity  iused ifree %iused  Mounted on\n";
    let parsed = df(&["-h"], &format!("{header}/dev/disk1    465Gi  307Gi  157Gi    67%  80514922 41281172   66%  /Volumes/a\n"));
    parsed.has(0, &["\"inodes_free\":41281172,", "\"mounted_on\":\"/Volumes/a\""]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn numbers_past_64_bits_become_null() {
    let header = "Filesystem 512-blocks Used Available Capacity iused                ifree %iused  Mounted on\n";
    let parsed =
        df(&[], &format!("{header}/dev/disk1        200    0       200     0%       1 18446744073709551615    0%   /\n"));
    parsed.has(0, &["\"inodes_free\":null", "\"mounted_on\":\"/\""]);
    assert_eq!(parsed.problems, ["error: line 2, column 53: `18446744073709551615` does not fit into 64 bits"]);
}

#[test]
fn gnu_output_is_unrecognised() {
    for other in [
        "Filesystem     1K-blocks     Used Available Use% Mounted on\n",
        "Filesystem     512-blocks     Used Available Capacity Mounted on\n",
        "Filesystem      Size  Used Avail Use% Mounted on\n",
    ] {
        assert!(df(&[], other).failure.is_some_and(|failure| failure.starts_with("unrecognised: ")), "{other}");
    }
}
