//! `--every`: a command that is run again and again, and how that ends.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use common::terminal::Terminal;
use common::{HANG, ONE_ROW, Ran, Sandbox, send};
use nix::sys::signal::Signal;
use serde_json::Value;

/// Counts its runs in a file.
const COUNT: &str = "n=$(cat n 2>/dev/null || echo 0); n=$((n + 1)); echo $n > n";

fn df(script: &str) -> Sandbox {
    Sandbox::new(&[("df", &format!("{COUNT}; {script}"))])
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {ran:?}"))).collect()
}

#[test]
fn each_run_s_records_begin_with_its_time() {
    let ran = df(&format!("{ONE_ROW}; {}", common::ROW_B)).run(&["--every", "100ms", "--times", "3", "df"]);
    let lines = lines(&ran);
    assert_eq!((ran.code, lines.len()), (0, 6), "{ran:?}");
    assert!(ran.stdout.lines().all(|line| line.starts_with("{\"timestamp\":\"2")), "{ran:?}");
    let times: Vec<_> = lines.iter().map(|line| line["timestamp"].as_str().unwrap()).collect();
    assert!(times[0] == times[1] && times[1] < times[2] && times[2] == times[3] && times[3] < times[4], "{times:?}");
    ran.says_nothing();
}

#[test]
fn fields_can_be_chosen_beside_the_time() {
    let ran = df(ONE_ROW).run(&["--every", "1ms", "--times", "1", "--fields", "used,filesystem", "df"]);
    assert!(ran.stdout.ends_with("Z\",\"used\":61440,\"filesystem\":\"/dev/a\"}\n"), "{ran:?}");
}

#[test]
fn the_interval_counts_from_start_to_start() {
    let ran = df(&format!("{ONE_ROW}; sleep 0.8")).run(&["-f", "jsonl", "--every", "1s", "--times", "4", "df"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let times: Vec<DateTime<Utc>> = lines(&ran).iter().map(|line| line["timestamp"].as_str().unwrap().parse().unwrap()).collect();
    let gaps: Vec<_> = times.windows(2).map(|pair| (pair[1] - pair[0]).num_milliseconds()).collect();
    // From end to start it would be 1,800 each time; a busy machine may make one of them longer.
    assert!(gaps.iter().all(|gap| *gap >= 500) && gaps.iter().any(|gap| *gap < 1700), "{gaps:?}");
}

#[test]
fn tables_follow_each_other_where_nothing_can_be_redrawn() {
    let ran = df(ONE_ROW).run(&["--every", "10ms", "--times", "2", "--format", "table", "--fields", "filesystem", "df", "-k"]);
    assert_eq!((ran.code, ran.stdout.matches("  df -k\nfilesystem\n/dev/a\n\n").count()), (0, 2), "{ran:?}");
    assert!(!ran.stdout.contains('\x1b'));
}

#[test]
fn a_table_is_redrawn_on_a_terminal_with_what_was_said() {
    let sandbox = df(&format!("{ONE_ROW}; printf 'oops\\033[2J\\n' >&2; exit 3"));
    let mut command = sandbox.outparse(&["--every", "50ms", "--times", "2", "df"]);
    command.env("TERM", "xterm");
    let ran = Terminal::start(&command).end();
    assert_eq!((ran.code, ran.stdout.matches("\x1b[?7l\x1b[H").count()), (3, 2), "{ran:?}");
    for line in ["/dev/a", "oops\\u{1b}[2J\x1b[K", "outparse: `df` failed with exit status 3\x1b[K"] {
        assert_eq!(ran.stdout.matches(line).count(), 2, "{line}: {ran:?}");
    }
    // Between two frames nothing is written, and nothing is cleared at once.
    assert!(ran.stdout.contains("\x1b[J\x1b[?7h\x1b[?7l\x1b[H") && !ran.stdout.contains("\x1b[2J"), "{ran:?}");
    let dumb = Terminal::start(sandbox.outparse(&["--every", "50ms", "--times", "2", "df"]).env("TERM", "dumb")).end();
    assert!(!dumb.stdout.contains("\x1b[H"), "{dumb:?}");
}

#[test]
fn a_run_that_fails_is_told_of_and_the_next_one_tried() {
    let sandbox = df(&format!("case $n in 1) {ONE_ROW}; exit 3;; 2) echo nonsense;; *) {ONE_ROW};; esac"));
    let ran = sandbox.run(&["--every", "10ms", "--times", "3", "df"]);
    assert_eq!((ran.code, lines(&ran).len()), (0, 2), "{ran:?}");
    ran.says("`df` failed with exit status 3");
    ran.says("this is not the output of `df` that any parser knows");
}

#[test]
fn the_exit_status_is_the_last_run_s() {
    assert_eq!(df(&format!("{ONE_ROW}; exit $n")).run(&["--every", "1ms", "--times", "2", "df"]).code, 2);
    assert_eq!(df("echo nonsense").run(&["--every", "1ms", "--times", "2", "df"]).code, 125);
    assert_eq!(df(HANG).run(&["--every", "1ms", "--times", "1", "--timeout", "100ms", "df"]).code, 124);
}

#[test]
fn a_timeout_ends_one_run_and_not_the_next() {
    let sandbox = df(&format!("{ONE_ROW}; [ $n = 2 ] || sleep 60"));
    let ran = sandbox.run(&["--every", "10ms", "--times", "2", "--timeout", "300ms", "df"]);
    assert_eq!((ran.code, lines(&ran).len()), (0, 2), "{ran:?}");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_signal_after_a_timeout_ends_the_runs() {
    let sandbox = df(&format!("trap 'echo > asked' TERM; {HANG}"));
    let child = sandbox.spawn(&["--every", "1ms", "--timeout", "200ms", "df"]);
    sandbox.wait_for("asked");
    send(child.id() as i32, Signal::SIGINT);
    assert_eq!(Ran::from(child.wait_with_output().unwrap()).code, 130);
    assert_eq!(fs::read_to_string(sandbox.path("n")).unwrap(), "1\n");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn what_is_wrong_for_good_is_not_tried_again() {
    let sandbox = df(ONE_ROW);
    for (arguments, code) in [
        (&["--every", "1ms", "--fields", "nope", "df"][..], 2),
        (&["--every", "1ms", "no-such-command"], 125),
        (&["--every", "1ms", "--format", "csv", "df"], 2),
        (&["--every", "1ms", "--envelope", "df"], 2),
        (&["--every", "1ms", "--raw", "df"], 2),
        (&["--times", "2", "df"], 2),
        (&["--every", "1ms", "--times", "0", "df"], 2),
        (&["--every", "1ms", "parse", "df"], 2),
    ] {
        let ran = sandbox.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?}: {ran:?}");
    }
    let gone = sandbox.outparse(&["--every", "1ms", "df"]).env("PATH", "/nowhere").output().unwrap();
    assert_eq!(gone.status.code(), Some(127));
}

#[test]
fn between_runs_a_signal_ends_us_at_once() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let sandbox = df(ONE_ROW);
        let mut child = sandbox.spawn(&["--every", "1h", "df"]);
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        // The run may not have ended yet: then the signal comes within it, and ends us as well.
        std::thread::sleep(Duration::from_millis(300));
        let sent = Instant::now();
        send(child.id() as i32, signal);
        assert_eq!(Ran::from(child.wait_with_output().unwrap()).code, code);
        assert!(sent.elapsed() < Duration::from_secs(20), "{:?}", sent.elapsed());
        assert_eq!(fs::read_to_string(sandbox.path("n")).unwrap(), "1\n");
    }
}

#[test]
fn a_signal_within_a_run_reaches_the_command_and_ends_the_runs() {
    let sandbox = df(&format!("{ONE_ROW}; {HANG}"));
    let child = sandbox.spawn(&["--every", "1ms", "df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGINT);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, lines(&ran).len()), (130, 1), "{ran:?}");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn ctrl_c_ends_the_runs_on_a_terminal() {
    let sandbox = df(ONE_ROW);
    let mut command = sandbox.outparse(&["--every", "1h", "df"]);
    command.env("TERM", "xterm");
    let mut terminal = Terminal::start(&command);
    terminal.wait_for("/dev/a");
    terminal.wait_for("\x1b[?7h");
    terminal.type_in("\x03");
    assert_eq!(terminal.end().code, 130);
}

#[test]
fn the_runs_end_with_their_reader() {
    let sandbox = df(ONE_ROW);
    let outparse = common::outparse().display();
    let script = format!(
        "({outparse} --every 10ms df; echo $? > code) | head -n 2 | wc -l; while ! [ -s code ]; do sleep 0.01; done; cat code"
    );
    let output = sandbox.program("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2\n141\n");
}

#[test]
fn a_file_holds_the_last_run_and_is_whole_at_all_times() {
    let sandbox = df(&format!("{ONE_ROW}; [ $n != 3 ] || echo garbage; [ $n != 4 ] || exec echo garbage"));
    let arguments = ["--every", "150ms", "--times", "4", "--format", "prometheus", "--output", "df.prom", "df"];
    let mut child = sandbox.spawn(&arguments);
    let mut seen = 0;
    while child.try_wait().unwrap().is_none() {
        if let Ok(text) = fs::read_to_string(sandbox.path("df.prom")) {
            assert!(text.ends_with('\n') && text.contains("df_size_bytes{"), "{text}");
            seen += 1;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(seen > 10, "{seen}");
    let hidden = fs::read_dir(sandbox.path("")).unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert_eq!(hidden.filter(|name| name.contains(".part")).count(), 0);
    assert_eq!(sandbox.wait_for("n").trim(), "4");
}

#[test]
fn a_database_gets_the_rows_of_every_run() {
    let sandbox = df(ONE_ROW);
    let ran = sandbox.run(&["--every", "10ms", "--times", "3", "--format", "sqlite", "--output", "inventory.db", "df"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    if let Some(counted) = common::sqlite3(&sandbox.path("inventory.db"), "select count(*) from df") {
        assert_eq!(counted, "3\n");
    }
}
