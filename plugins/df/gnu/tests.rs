use outparse_sdk::testing::{Parsed, exact, parse, parse_pieces};

use super::Df;

const HEADER: &str = "Filesystem     1K-blocks     Used Available Use% Mounted on\n";

fn df(arguments: &[&str], capture: &str) -> Parsed {
    let command: Vec<&str> = [&["df"], arguments].concat();
    parse::<Df>(Some(&command), capture.as_bytes())
}

/// Device, size and mount point of each record.
fn names(parsed: &Parsed) -> Vec<(String, String, String)> {
    let field = |record: &String, name: &str| {
        let rest = record.split(&format!("\"{name}\":")).nth(1).unwrap();
        rest.split(",\"").next().unwrap().trim_matches(|c| c == '"' || c == '}').to_owned()
    };
    let one = |record| (field(record, "filesystem"), field(record, "size"), field(record, "mounted_on"));
    parsed.records.iter().map(one).collect()
}

fn row(device: &str, size: &str, mount: &str) -> (String, String, String) {
    (device.to_owned(), size.to_owned(), mount.to_owned())
}

#[test]
fn a_row_becomes_a_record_in_bytes() {
    let parsed = df(&[], &format!("{HEADER}/dev/sda2       40978656 11546916  27318204  30% /\n"));
    assert_eq!(
        parsed.records,
        ["{\"filesystem\":\"/dev/sda2\",\"size\":41962143744,\"used\":11824041984,\"available\":27973840896,\
          \"use_percent\":30,\"mounted_on\":\"/\"}"]
    );
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn names_that_look_like_numbers_are_told_by_their_place() {
    let header = "Filesystem      1K-blocks     Used Available Use% Mounted on\n";
    let parsed = df(&[], &format!("{header}10 20 30 40% /x     65536        0     65536   0% /mnt/1 2 3 4% /y \n"));
    assert_eq!(names(&parsed), [row("10 20 30 40% /x", "67108864", "/mnt/1 2 3 4% /y ")]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn a_row_with_two_readings_is_reported() {
    let parsed = df(&[], &format!("{HEADER}x 1 2 3 4% /y 5 6 7 8% /z\n"));
    assert_eq!(names(&parsed), [row("x", "1024", "/y 5 6 7 8% /z")]);
    assert_eq!(
        parsed.problems,
        ["warning: line 2, more than one reading of this row fits its columns: the names may be split at the wrong place"]
    );
}

#[test]
fn wide_characters_are_padded_by_bytes_or_by_cells() {
    let header = "Filesystem     1K-blocks  Used Available Use% Mounted on\n";
    for device in ["写真 1 2 3 4% /x", "写真 1 2 3 4% /x  "] {
        let parsed = df(&[], &format!("{header}写真             1000     0      1000   0% /a\n{device:24} 5 5 5 5% /b\n"));
        assert_eq!(names(&parsed)[0], row("写真", "1024000", "/a"));
    }
    let parsed = df(&[], &format!("{header}写真                1000     0      1000   0% /a\n"));
    assert_eq!((names(&parsed), parsed.problems.len()), (vec![row("写真", "1024000", "/a")], 0));
}

#[test]
fn the_last_flag_chooses_the_unit_that_the_header_rounds() {
    let capture =
        "Filesystem     1.6kB-blocks  Used Available Use% Mounted on\n/dev/sda2              1000     0      1000   0% /\n";
    for arguments in [&["-hB1536"][..], &["-k", "--block-size=1536"], &["-B", "1536"], &["--block", "1536"]] {
        let parsed = df(arguments, capture);
        assert_eq!((names(&parsed)[0].1.as_str(), parsed.problems.len()), ("1536000", 0), "{arguments:?}");
    }
    let parsed = parse::<Df>(None, capture.as_bytes());
    assert_eq!(names(&parsed)[0].1, "1600000");
    assert_eq!(
        parsed.problems,
        [
            "warning: line 1, `1.6kB-blocks` may be a rounded unit; it is taken as 1600 bytes; the argument `-B` of `df` would settle it"
        ]
    );
}

#[test]
fn human_readable_sizes_follow_the_last_flag() {
    let capture = "Filesystem      Size  Used Avail Use% Mounted on\ntmpfs            64M     0   64M   0% /run\n";
    for (arguments, size) in [
        (&["-h"][..], "67108864"),
        (&["-H"], "64000000"),
        (&["-hH"], "64000000"),
        (&["-aTH", "-h"], "67108864"),
        (&["--si"], "64000000"),
        (&["-Bsi"], "64000000"),
        (&["--human"], "67108864"),
    ] {
        let parsed = df(arguments, capture);
        assert_eq!((names(&parsed)[0].1.as_str(), parsed.problems.len()), (size, 0), "{arguments:?}");
    }
    let parsed = parse::<Df>(None, capture.as_bytes());
    assert_eq!(names(&parsed)[0].1, "67108864");
    assert_eq!(parsed.problems.len(), 1);
}

#[test]
fn a_small_k_shows_powers_of_1000() {
    let capture = "Filesystem      Size  Used Avail Use% Mounted on\na               1.5k     0   64M   0% /a\n";
    let parsed = parse::<Df>(None, capture.as_bytes());
    assert_eq!(names(&parsed)[0].1, "1500");
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn the_total_is_marked_and_a_device_of_that_name_is_not() {
    let parsed = df(
        &["--total"],
        &format!(
            "{HEADER}total               1000        0      1000   0% /mnt/-\ntotal               2000        0      1000   0% -\n"
        ),
    );
    parsed.has(0, &["\"filesystem\":\"total\",\"size\":1024000", "\"mounted_on\":\"/mnt/-\""]);
    assert_eq!(
        parsed.records[1],
        r#"{"filesystem":"total","size":2048000,"used":0,"available":1024000,"use_percent":0,"mounted_on":null,"is_total":true}"#
    );
}

#[test]
fn a_last_row_without_names_is_the_total_only_when_asked_for() {
    let capture = "1K-blocks Use%\n     1000   5%\n     2000   5%\n";
    let totals = |parsed: &Parsed| parsed.records.iter().filter(|record| record.ends_with("\"is_total\":true}")).count();
    assert_eq!(totals(&df(&["--output=size,pcent"], capture)), 0);
    let asked = df(&["--output=size,pcent", "--total"], capture);
    assert_eq!(totals(&asked), 1);
    assert!(asked.records[1].ends_with("\"is_total\":true}"));
    assert_eq!(parse::<Df>(None, capture.as_bytes()).problems.len(), 1);
}

#[test]
fn without_a_title_that_says_it_numbers_count_in_kibibytes() {
    let capture = "     Used   Avail Mounted on\n     1000    2000 /a b\n";
    let sizes = |parsed: &Parsed| parsed.records[0].contains("\"used\":1024000,\"available\":2048000");
    let known = df(&["--output=used,avail,target"], capture);
    assert!(sizes(&known) && known.problems.is_empty(), "{known:?}");
    let unknown = parse::<Df>(None, capture.as_bytes());
    assert!(sizes(&unknown) && unknown.problems[0].contains("which is a guess"), "{unknown:?}");
    assert!(df(&["-B1M", "--output=used,avail,target"], capture).records[0].contains("\"used\":1048576000"));
    let human = df(&["-h", "--output=used,target"], "Used Mounted on\n1.5K /a\n 512 /b\n");
    assert!(human.records[0].contains("\"used\":1536") && human.records[1].contains("\"used\":512"), "{human:?}");
}

#[test]
fn a_mount_point_on_the_next_line_belongs_to_the_row_above() {
    let parsed = parse::<Df>(
        None,
        b"Filesystem           1K-blocks      Used Available Use% Mounted on\n\
          /dev/sdb             412814512   1436340 390408396   1%\n/really/long/mount/point/name\n",
    );
    assert_eq!(names(&parsed), [row("/dev/sdb", "422722060288", "/really/long/mount/point/name")]);
}

#[test]
fn exact_arguments_round_nothing() {
    for (words, better) in [
        ("", Some("-B1")),
        ("-B1", None),
        ("-hT /", Some("-B1 -T /")),
        ("-B 1M -t ext4 -h", Some("-B1 -t ext4")),
        ("-Tm --human --total", Some("-B1 -T --total")),
        ("--block-size 1M --output=size", Some("-B1 --output=size")),
    ] {
        assert_eq!(exact::<Df>(words).as_deref(), better, "{words}");
    }
}

#[test]
fn listed_columns_come_in_any_order() {
    let capture = "Mounted on  1K-blocks Filesystem      Type\n/            40978656 /dev/sda2       ext4\n/mnt/a 5% b      1000 10 20 30 40% /x tmpfs\n";
    let parsed = df(&["--output=target,size,source,fstype"], capture);
    assert_eq!(names(&parsed)[1], row("10 20 30 40% /x", "1024000", "/mnt/a 5% b"));
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn numbers_past_64_bits_become_null_and_keep_their_row() {
    let parsed = df(
        &[],
        "Filesystem               1K-blocks  Used Available Use% Mounted on\nhuge           9223372036854775807     0         1   0% /\n",
    );
    assert_eq!(names(&parsed), [row("huge", "null", "/")]);
    assert_eq!(
        parsed.problems,
        ["error: line 2, column 16: `9223372036854775807` blocks of 1024 bytes do not fit into 64 bits of bytes"]
    );
}

#[test]
fn wrapped_rows_are_joined() {
    let header = "Filesystem           1K-blocks      Used Available Use% Mounted on\n";
    let wrapped = "//fileserver/share with a long name\n                      18156292   6821712  10397400  40% /mnt/my share\n";
    let parsed = df(&[], &format!("{header}{wrapped}"));
    assert_eq!(names(&parsed), [row("//fileserver/share with a long name", "18592043008", "/mnt/my share")]);
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn messages_are_reported_and_cost_nothing() {
    let parsed = df(
        &[],
        &format!(
            "df: /x: No such file or directory\n{HEADER}df: /y: Stale file handle\n/dev/sda2       40978656 11546916  27318204  30% /\n"
        ),
    );
    assert_eq!(parsed.records.len(), 1);
    assert_eq!(parsed.problems.len(), 2);
}

#[test]
fn a_cut_row_is_reported() {
    for cut in ["tmpfs", "tmpfs       402432     1300    401", "tmpfs       402432     1300    401132   1% "] {
        let parsed = df(&[], &format!("{HEADER}{cut}"));
        assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{cut}");
    }
}

#[test]
fn a_carriage_return_that_the_header_lacks_is_part_of_the_name() {
    let body = "/dev/sda2       40978656 11546916  27318204  30% /a\r\n";
    assert_eq!(names(&df(&[], &format!("{HEADER}{body}")))[0].2, "/a\\r");
    assert_eq!(names(&df(&[], &format!("{}\r\n{body}", HEADER.trim_end())))[0].2, "/a");
}

#[test]
fn other_output_is_unrecognised() {
    for other in [
        "Dateisystem    1K-Bl\u{f6}cke Benutzt Verf\u{fc}gbar Verw% Eingeh\u{e4}ngt auf\n",
        "total 12\ndrwxr-xr-x 2 root root 4096 Jan  1 12:00 bin\n",
        "Filesystem 512-blocks Used Avail Capacity  Mounted on\n",
        "Filesystem 512-blocks Used Available Capacity iused ifree %iused  Mounted on\n",
        "Filesystem                Size      Used Available Use% Mounted on\n",
        "Filesystem              Inodes      Used Available Use% Mounted on\n",
        "\u{0}\u{1}\n",
    ] {
        assert!(df(&[], other).failure.is_some_and(|failure| failure.starts_with("unrecognised: ")), "{other}");
    }
}

#[test]
fn nothing_and_a_header_alone_give_nothing() {
    for capture in ["", "\n", HEADER, HEADER.trim_end()] {
        let parsed = df(&[], capture);
        assert_eq!((parsed.records.len(), parsed.problems.len(), parsed.failure), (0, 0, None), "{capture:?}");
    }
}

#[test]
fn pieces_of_whole_lines_give_the_same() {
    let capture = format!(
        "{HEADER}long/device/name\n                40978656 11546916  27318204  30% /\nx\n{HEADER}tmpfs             402432     1300    401132   1% /run\n"
    );
    let whole = df(&[], &capture);
    let pieces = parse_pieces::<Df>(Some(&["df"]), capture.as_bytes().split_inclusive(|&byte| byte == b'\n'));
    assert_eq!(pieces, whole);
    assert_eq!(whole.records.len(), 2);
}

#[test]
fn listed_names_are_split_by_cells_in_a_utf8_locale() {
    let capture = "Mounted on     Filesystem\n/mnt/写真      写真\n/mnt/写真 写真 tmpfs\n";
    let parsed = df(&["--output=target,source"], capture);
    assert!(parsed.records[0].contains("\"filesystem\":\"写真\"") && parsed.records[0].contains("\"mounted_on\":\"/mnt/写真\""));
    assert!(
        parsed.records[1].contains("\"filesystem\":\"tmpfs\"") && parsed.records[1].contains("\"mounted_on\":\"/mnt/写真 写真\"")
    );
    assert_eq!(parsed.problems, [""; 0]);
}

#[test]
fn a_long_line_of_numbers_takes_no_long_time() {
    let parsed = df(&[], &format!("{HEADER}é {}\n", "1 1 1 1% ".repeat(100_000)));
    assert_eq!(parsed.problems.len(), 1);
}
