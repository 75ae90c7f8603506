use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};

use super::*;
use crate::output::Format;
use crate::output::testing::{field, print};
use outparse::schema::Levels;

const PIPE: Screen = Screen { terminal: false, width: None, color: false };

fn wide(width: u16) -> Screen {
    Screen { terminal: true, width: Some(width), color: false }
}

fn with_unit(name: &str, unit: &str) -> Field {
    let mut field = field(name, Kind::Integer);
    field.unit = Some(unit.to_owned());
    field
}

fn df_fields() -> Vec<Field> {
    let mut percent = with_unit("use_percent", "percent");
    percent.levels = Some(Levels { warning: 80.0, critical: 90.0 });
    vec![field("filesystem", Kind::Text), with_unit("size", "bytes"), percent, field("mounted_on", Kind::Text)]
}

fn texts<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<StringArray>())
}

fn numbers(values: impl IntoIterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.into_iter().collect::<Int64Array>())
}

/// Filesystems as `(filesystem, size, use_percent, mounted_on)`.
fn df(screen: Screen, rows: &[(&str, i64, Option<i64>, &str)]) -> String {
    let columns = vec![
        texts(rows.iter().map(|row| Some(row.0))),
        numbers(rows.iter().map(|row| Some(row.1))),
        numbers(rows.iter().map(|row| row.2)),
        texts(rows.iter().map(|row| Some(row.3))),
    ];
    print(Format::Table, screen, df_fields(), &[columns])
}

const MACHINE: [(&str, i64, Option<i64>, &str); 4] = [
    ("/dev/mapper/vg0-root", 250_181_844_992, Some(23), "/"),
    ("tmpfs", 0, None, "/dev/shm"),
    ("backup.example.org:/export/of/all/machines/2026", i64::MAX, Some(85), "/mnt/backup/machines/of/the/whole/company"),
    ("/dev/sdb1", -1024, Some(120), "/srv"),
];

#[test]
fn a_pipe_gets_plain_text_without_bars() {
    assert_eq!(
        df(PIPE, &MACHINE),
        "\
filesystem                                            size  use percent  mounted on
/dev/mapper/vg0-root                               233 GiB          23%  /
tmpfs                                                  0 B            -  /dev/shm
backup.example.org:/export/of/all/machines/2026   8.00 EiB          85%  /mnt/backup/machines/of/the/whole/company
/dev/sdb1                                        -1.00 KiB         120%  /srv
"
    );
}

#[test]
fn rows_fit_120_columns() {
    assert_eq!(
        df(wide(120), &MACHINE),
        "\
filesystem                                            size      use percent  mounted on
/dev/mapper/vg0-root                               233 GiB  ██▎·······  23%  /
tmpfs                                                  0 B                -  /dev/shm
backup.example.org:/export/of/all/machines/2026   8.00 EiB  ████████▌·  85%  /mnt/backup/machines/of/the/whole/company
/dev/sdb1                                        -1.00 KiB  ██████████ 120%  /srv
"
    );
}

#[test]
fn rows_fit_80_columns() {
    assert_eq!(
        df(wide(80), &MACHINE),
        "\
filesystem                      size      use percent  mounted on
/dev/mapper/vg0-root         233 GiB  ██▎·······  23%  /
tmpfs                            0 B                -  /dev/shm
backup.examp…achines/2026   8.00 EiB  ████████▌·  85%  /mnt/backup/…hole/company
/dev/sdb1                  -1.00 KiB  ██████████ 120%  /srv
"
    );
}

#[test]
fn rows_fit_40_columns() {
    assert_eq!(
        df(wide(40), &MACHINE).lines().collect::<Vec<_>>(),
        [
            "                           use  mounted",
            "filesystem       size  percent  on",
            "/dev/…root    233 GiB      23%  /",
            "tmpfs             0 B        -  /dev/shm",
            "backu…2026   8.00 EiB      85%  /mnt…any",
            "/dev/sdb1   -1.00 KiB     120%  /srv",
        ]
    );
}

#[test]
fn what_has_no_room_is_named_at_the_end() {
    let fields = (0..20).map(|field| with_unit(&format!("counter_{field}"), "")).collect();
    let columns = (0..20).map(|_| numbers([Some(123_456_789)])).collect();
    let shown = print(Format::Table, wide(40), fields, &[columns]);
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines[0], "counter 0  counter 1  counter 2");
    assert!(lines[2].starts_with("no room for counter_3, counter_4, ") && lines[2].ends_with("counter_19; --fields shows them"));
}

#[test]
fn every_row_is_a_line_that_fits() {
    let long = "日本語のとても長い名前e\u{301}👩\u{200d}🔧\u{1b}]0;title\u{7}\n\t".repeat(20);
    for width in 1..150 {
        let shown = df(wide(width), &[(&long, 1, Some(5), &long), ("a", 2, None, "b")]);
        let rows: Vec<_> = shown.lines().filter(|line| !line.starts_with("no room for")).collect();
        // A title has two words at most.
        assert!((3..=4).contains(&rows.len()), "{width}: {shown}");
        // The first column alone may be too wide for its title.
        assert!(rows.iter().all(|row| row.width() <= usize::from(width)), "{width}: {shown}");
        assert!(!shown.contains('\u{1b}'));
    }
}

#[test]
fn colours_show_how_full_it_is() {
    let shown = df(
        Screen { terminal: true, width: Some(80), color: true },
        &[("/dev/a", 1, Some(10), "/a"), ("/dev/b", 1, Some(85), "/b"), ("/dev/c", 1, Some(90), "/c"), ("/dev/d", 1, None, "/d")],
    );
    let lines: Vec<_> = shown.lines().collect();
    assert!(lines[0].starts_with("\u{1b}[1mfilesystem\u{1b}[0m"), "{shown:?}");
    for (line, code) in
        lines[1..].iter().zip(["\u{1b}[32m█\u{1b}[0m\u{1b}[2m····", "\u{1b}[33m████████▌", "\u{1b}[31m█████████", "\u{1b}[2m-"])
    {
        assert!(line.contains(code), "{line:?}");
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let colored = df(Screen { terminal: true, width: Some(100), color: true }, &MACHINE);
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), df(wide(100), &MACHINE));
}

#[test]
fn numbers_with_levels_are_coloured_too_and_percentages_without_are_neutral() {
    let mut load = field("load", Kind::Float);
    load.levels = Some(Levels { warning: 4.0, critical: 8.0 });
    let fields = vec![load, with_unit("cpu_percent", "percent")];
    let columns: Vec<ArrayRef> = vec![Arc::new(Float64Array::from(vec![0.5, 9.25])), numbers([Some(50), Some(0)])];
    let shown = print(Format::Table, Screen { terminal: false, width: None, color: true }, fields, &[columns]);
    assert!(shown.contains("\u{1b}[32m0.5\u{1b}[0m") && shown.contains("\u{1b}[31m9.25\u{1b}[0m"), "{shown:?}");
    assert!(shown.contains("\u{1b}[36m█████\u{1b}[0m\u{1b}[2m·····\u{1b}[0m"), "{shown:?}");
}

#[test]
fn text_can_steer_neither_the_terminal_nor_the_colours() {
    let evil = "\u{1b}[2J\u{9b}31m\u{e0065}red\u{e007f}\u{202e}\r\n\u{85}";
    for screen in [PIPE, wide(80), Screen { terminal: true, width: Some(80), color: true }] {
        let shown = print(
            Format::Table,
            screen,
            vec![field("a", Kind::Text), field("b", Kind::Text)],
            &[vec![texts([Some(evil)]), texts([Some("x")])]],
        );
        let plain = anstream::adapter::strip_str(&shown).to_string();
        assert_eq!(plain.lines().count(), 2, "{shown:?}");
        let cell = "\\u{1b}[2J\\u{9b}31m\\u{e0065}red\\u{e007f}\\u{202e}\\r\\n\\u{85}";
        assert_eq!(plain.lines().nth(1).unwrap(), format!("{cell}  x"));
        assert!(!shown.contains("\u{1b}[31m"), "{shown:?}");
    }
}

#[test]
fn wide_and_combining_characters_are_aligned() {
    let columns = vec![texts([Some("日本"), Some("e\u{301}"), Some("👩\u{200d}🔧")]), numbers([Some(1), Some(2), Some(3)])];
    let shown = print(Format::Table, wide(80), vec![field("name", Kind::Text), field("n", Kind::Integer)], &[columns]);
    assert_eq!(shown, "name  n\n日本  1\ne\u{301}     2\n👩\u{200d}🔧    3\n");
}

#[test]
fn columns_that_say_nothing_are_left_out() {
    let fields = vec![field("a", Kind::Text), field("b", Kind::Integer), field("c", Kind::Boolean), field("d", Kind::Boolean)];
    let no: ArrayRef = Arc::new(BooleanArray::from(vec![Some(false), None]));
    let yes: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), Some(false)]));
    let columns = vec![texts([Some("x"), None]), numbers([None, None]), no, yes];
    assert_eq!(print(Format::Table, PIPE, fields.clone(), &[columns]), "a  d\nx  yes\n-  no\n");
    assert_eq!(print(Format::Table, PIPE, fields, &[]), "a  b  c  d\n");
}

#[test]
fn rows_that_come_later_keep_the_widths_and_a_new_column_gets_a_header() {
    let fields = || vec![field("name", Kind::Text), field("n", Kind::Integer), field("more", Kind::Text)];
    let block = |name: &'static str, n, more: Option<&'static str>| vec![texts([Some(name)]), numbers([Some(n)]), texts([more])];
    let shown = "name      n\nabcdefgh  1\nb         2\n\nname  n  more\nc     3  new\nd     4  -\n";
    for screen in [PIPE, wide(80)] {
        let blocks = [block("abcdefgh", 1, None), block("b", 2, None), block("c", 3, Some("new")), block("d", 4, None)];
        assert_eq!(print(Format::Table, screen, fields(), &blocks), shown);
    }
}

#[test]
fn text_gives_way_to_numbers_that_grow_later() {
    let fields = vec![field("name", Kind::Text), field("n", Kind::Integer)];
    let long = "x".repeat(60);
    let block = |n| vec![texts([Some(long.as_str())]), numbers([Some(n)])];
    let shown = print(Format::Table, wide(40), fields, &[block(1), block(i64::MIN), block(2)]);
    assert_eq!(shown.lines().map(UnicodeWidthStr::width).collect::<Vec<_>>(), [40; 4], "{shown}");
    assert!(shown.contains(&i64::MIN.to_string()), "{shown}");
}

#[test]
fn many_rows_are_drawn_in_blocks_with_one_header() {
    let columns = vec![texts((0..2500).map(|_| Some("x"))), numbers((0..2500).map(Some))];
    let shown = print(Format::Table, PIPE, vec![field("a", Kind::Text), field("n", Kind::Integer)], &[columns]);
    assert_eq!(shown.lines().count(), 2501);
    assert_eq!(shown.lines().nth(1000), Some("x  999"));
}

#[test]
fn one_endless_cell_does_not_make_every_row_as_wide() {
    let endless = "x".repeat(1_000_000);
    let columns = vec![texts([Some(endless.as_str()), Some("y")]), numbers([Some(1), Some(2)])];
    let shown = print(Format::Table, PIPE, vec![field("a", Kind::Text), field("n", Kind::Integer)], &[columns]);
    assert_eq!(shown.lines().count(), 3);
    assert!(shown.lines().all(|line| line.width() == WIDEST + 3));
}
