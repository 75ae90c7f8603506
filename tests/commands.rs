//! Commands that misbehave, and users who break them off. Whatever happens, complete rows are kept, the output is a whole document,
//! memory stays flat, and no process is left behind.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{HANG, ONE_ROW, ROW_B, Ran, Sandbox, WAIT, peak_memory, send, state, until};
use nix::sys::signal::Signal;

/// More than the program needs with all its buffers full, and far less than what it is sent.
const MEMORY: u64 = 128 << 10;

fn df(script: &str) -> Sandbox {
    Sandbox::new(&[("df", script)])
}

fn hanging_df() -> Sandbox {
    df(&format!("{ONE_ROW}; {HANG}"))
}

fn end(child: Child) -> Ran {
    Ran::from(child.wait_with_output().unwrap())
}

#[track_caller]
fn only_the_first_row(ran: &Ran) {
    assert_eq!(ran.column("filesystem"), ["/dev/a"], "{ran:?}");
}

// What it prints.

#[test]
fn a_gigabyte_without_a_line_end_is_one_line_too_long() {
    let sandbox = df(&format!("{ONE_ROW}; head -c 1000000000 /dev/zero; echo; echo '/dev/b 200 50 150 25% /b'"));
    let child = sandbox.spawn(&["df"]);
    let pid = child.id() as i32;
    let watch = thread::spawn(move || {
        let mut peak = 0;
        while let Some(now) = peak_memory(pid) {
            peak = now;
            thread::sleep(Duration::from_millis(5));
        }
        peak
    });
    let ran = end(child);
    assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned(), "/dev/b".to_owned()]), "{ran:?}");
    ran.says("line 3: the line is longer than the limit and was left out");
    let peak = watch.join().unwrap();
    assert!((1..MEMORY).contains(&peak), "{peak} KiB");
}

#[test]
fn nothing_but_a_line_without_end_is_no_record_and_said_to_be_too_long() {
    let sandbox = df("head -c 100000000 /dev/zero");
    let ran = sandbox.run(&["df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "[]\n"), "{ran:?}");
    assert_eq!(sandbox.run(&["--strict", "df"]).code, 125);
    ran.says("the line is longer than the limit");
}

#[test]
fn a_slow_reader_slows_the_command() {
    let sandbox = df(&format!("{ONE_ROW}; echo $$ > started; exec yes '/dev/b 200 50 150 25% /b'"));
    let mut child = sandbox.spawn(&["--format", "jsonl", "df"]);
    let pid = sandbox.started();
    let written = || {
        let io = fs::read_to_string(format!("/proc/{pid}/io")).unwrap();
        io.lines().find_map(|line| line.strip_prefix("wchar: ")?.parse::<u64>().ok()).unwrap()
    };
    let mut reader = child.stdout.take().unwrap();
    let mut buffer = vec![0; 256 << 10];
    for _ in 0..10 {
        reader.read_exact(&mut buffer).unwrap();
        // It prints until all queues are full, and then waits.
        let waits = || {
            let before = written();
            thread::sleep(Duration::from_millis(30));
            written() == before && state(pid) == Some('S')
        };
        until("the command waits", || waits().then_some(()));
    }
    assert!(written() < 64 << 20, "{} bytes for 2.5 MiB that were read", written());
    let peak = peak_memory(child.id() as i32).unwrap();
    assert!(peak < MEMORY, "{peak} KiB");
    drop(reader);
    let ran = end(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (141, ""));
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_reader_that_goes_away_ends_an_endless_command_quietly() {
    for script in ["yes '/dev/b 200 50 150 25% /b'", "trap '' PIPE TERM; yes '/dev/b 200 50 150 25% /b' 2>/dev/null; sleep 60"] {
        let sandbox = df(&format!("{ONE_ROW}; {script}"));
        let ran = Ran::from(
            sandbox
                .program("sh")
                .args(["-c", "{ \"$0\" --format jsonl df; echo $? >status; } | head -1"])
                .arg(common::outparse())
                .output()
                .unwrap(),
        );
        assert!(ran.stdout.starts_with("{\"filesystem\":\"/dev/a\"") && ran.stdout.lines().count() == 1, "{ran:?}");
        ran.says_nothing();
        assert_eq!(sandbox.wait_for("status"), "141\n");
        sandbox.wait_until_no_process_is_left();
    }
}

#[test]
fn a_reader_that_goes_away_ends_a_command_that_then_falls_silent() {
    // More than one row after the reader has gone: while another test starts a process, that one has our end of the pipe for a moment.
    let rows = format!("for row in 1 2 3 4 5 6 7 8 9 10; do {ROW_B}; sleep 0.1; done");
    let sandbox = df(&format!("{ONE_ROW}; {ROW_B}; {WAIT}; {rows}; sleep 60"));
    let mut child = sandbox.spawn(&["--format", "jsonl", "df"]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("/dev/a"), "{line}");
    let gone = Instant::now();
    sandbox.go();
    let ran = end(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (141, ""));
    assert!(gone.elapsed() < Duration::from_secs(30));
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn rows_appear_at_once_when_a_command_closes_its_output_and_runs_on() {
    let sandbox = df(&format!("{ONE_ROW}; exec >&-; {WAIT}; exit 5"));
    let mut child = sandbox.spawn(&["df"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The end of the document, while the command is still there.
    until("the document is whole", || (lines.next().unwrap().unwrap() == "]").then_some(()));
    assert!(child.try_wait().unwrap().is_none());
    sandbox.go();
    let ran = end(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (5, "outparse: `df` failed with exit status 5\n"));
}

#[test]
fn a_flood_on_standard_error_passes_through() {
    let sandbox = df(&format!("{ONE_ROW}; yes | head -c 20000000 >&2; echo '/dev/b 200 50 150 25% /b'"));
    let ran = sandbox.run(&["df"]);
    assert_eq!((ran.code, ran.records().len(), ran.stderr.len()), (0, 2, 20_000_000));
}

#[test]
fn output_that_changes_in_the_middle_of_a_row_loses_that_row_alone() {
    let sandbox = df(&format!("{ONE_ROW}; echo '/dev/b 200 50 /etc/motd: Welcome!'; echo; echo '/dev/c 200 50 150 25% /c'"));
    let ran = sandbox.run(&["df"]);
    assert_eq!((ran.code, ran.column("filesystem")), (0, vec!["/dev/a".to_owned(), "/dev/c".to_owned()]), "{ran:?}");
    ran.says("line 3");
}

#[test]
fn nul_bytes_are_text_like_any_other() {
    let sandbox = df(&format!("{ONE_ROW}; printf '/dev/b 200 50 150 25%% /nul\\000here\\n'; head -c 1000 /dev/zero"));
    let ran = sandbox.run(&["df"]);
    assert_eq!((ran.code, ran.column("mounted_on")), (0, vec!["/a".to_owned(), "/nul\0here".to_owned()]), "{ran:?}");
    ran.says("line 4");
}

// How it ends.

#[test]
fn a_command_that_is_killed_keeps_its_complete_rows() {
    for signal in
        [Signal::SIGHUP, Signal::SIGINT, Signal::SIGABRT, Signal::SIGKILL, Signal::SIGSEGV, Signal::SIGPIPE, Signal::SIGTERM]
    {
        let number = signal as i32;
        let ran = df(&format!("ulimit -c 0; {ONE_ROW}; printf '/dev/b 200 50 150 25%% /b'; kill -{number} $$")).run(&["df"]);
        assert_eq!(ran.code, 128 + number, "{ran:?}");
        only_the_first_row(&ran);
        ran.says(&format!("`df` was killed by signal {number} ({signal})"));
        ran.says("line 3: the command was stopped within this line, which was left out");
    }
}

#[test]
fn a_command_that_ends_without_a_line_end_is_believed() {
    let ran = df(&format!("{ONE_ROW}; printf '/dev/b 200 50 150 25%% /b'")).run(&["df"]);
    assert_eq!((ran.code, ran.records().len(), ran.stderr.as_str()), (0, 2, ""));
}

#[test]
fn what_a_command_leaves_behind_is_not_waited_for() {
    let sandbox = df(&format!("{ONE_ROW}; printf '/dev/b 200'; sleep 60 2>/dev/null & exit 3"));
    let start = Instant::now();
    let ran = sandbox.run(&["df"]);
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(ran.code, 3);
    only_the_first_row(&ran);
    ran.says("`df` has ended, but something it started keeps its output open");
    ran.says("line 3: ");
}

#[test]
fn what_comes_soon_after_a_command_has_ended_is_read() {
    let ran = df(&format!("{ONE_ROW}; (sleep 0.1; echo '/dev/b 200 50 150 25% /b') & exit 0")).run(&["df"]);
    assert_eq!((ran.code, ran.records().len(), ran.stderr.as_str()), (0, 2, ""));
}

#[test]
fn a_command_that_is_stopped_and_continued_loses_nothing() {
    let sandbox = df(&format!("{ONE_ROW}; {WAIT}; echo '/dev/b 200 50 150 25% /b'"));
    let child = sandbox.spawn(&["df"]);
    let pid = sandbox.started();
    send(pid, Signal::SIGSTOP);
    until("the command is stopped", || (state(pid) == Some('T')).then_some(()));
    sandbox.go();
    thread::sleep(Duration::from_millis(100));
    assert_eq!(state(pid), Some('T'));
    send(pid, Signal::SIGCONT);
    let ran = end(child);
    assert_eq!((ran.code, ran.records().len(), ran.stderr.as_str()), (0, 2, ""));
}

#[test]
fn a_command_need_not_read_its_input() {
    // As much as one argument may have, and more than a pipe holds.
    let text = "x".repeat(130_000);
    for script in [ONE_ROW.to_owned(), format!("{ONE_ROW}; exec <&-; sleep 0.1"), format!("exec 3<&0; sleep 60 >&2 & {ONE_ROW}")]
    {
        let sandbox = df(&script);
        let child = sandbox.outparse(&["--input-text", &text, "df"]).stdout(Stdio::piped()).spawn().unwrap();
        let ran = end(child);
        assert_eq!(ran.code, 0, "{script}");
        only_the_first_row(&ran);
    }
}

// When its time is up.

#[test]
fn the_time_of_a_command_can_be_limited() {
    let sandbox = hanging_df();
    let ran = sandbox.run(&["--timeout", "300ms", "df"]);
    assert_eq!(ran.code, 124);
    only_the_first_row(&ran);
    ran.says("`df` was ended after the time of --timeout");
    ran.says("line 3: the command was stopped within this line, which was left out");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_command_that_ignores_being_asked_is_killed() {
    let sandbox = df(&format!("trap '' TERM; {ONE_ROW}; {HANG}"));
    let ran = sandbox.run(&["--timeout", "100ms", "df"]);
    assert_eq!(ran.code, 124);
    only_the_first_row(&ran);
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_command_that_is_stopped_ends_in_time_too() {
    let sandbox = df(&format!("{ONE_ROW}; kill -STOP $$"));
    let ran = sandbox.run(&["--timeout", "200ms", "df"]);
    assert_eq!(ran.code, 124);
    only_the_first_row(&ran);
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn descendants_end_with_the_command() {
    // One is kind and says goodbye, one hears nothing, and one has closed the pipe.
    let sandbox = df(&format!(
        "{ONE_ROW}
        sh -c 'trap \"echo bye > goodbye; exit\" TERM; while :; do sleep 0.05; done' &
        sh -c 'trap \"\" TERM; sh -c \"while :; do sleep 0.05; done\"' &
        sh -c 'trap \"\" TERM; while :; do sleep 0.05; done' >/dev/null 2>&1 &
        {HANG}"
    ));
    let ran = sandbox.run(&["--timeout", "500ms", "df"]);
    assert_eq!(ran.code, 124);
    only_the_first_row(&ran);
    assert_eq!(sandbox.wait_for("goodbye"), "bye\n");
    sandbox.wait_until_no_process_is_left();
}

// When the user breaks it off.

#[test]
fn signals_to_us_end_the_command_and_keep_its_rows() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let sandbox = hanging_df();
        let child = sandbox.spawn(&["df"]);
        sandbox.started();
        send(child.id() as i32, signal);
        let ran = end(child);
        assert_eq!(ran.code, 128 + signal as i32);
        only_the_first_row(&ran);
        ran.says(&format!("`df` was killed by signal {}", signal as i32));
        sandbox.wait_until_no_process_is_left();
    }
}

#[test]
fn a_command_that_ends_well_when_asked_to_has_its_own_status() {
    let sandbox = df(&format!("trap 'echo /dev/b 200 50 150 25% /b; exit 0' INT; {ONE_ROW}; {WAIT}"));
    let child = sandbox.spawn(&["df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGINT);
    let ran = end(child);
    assert_eq!((ran.code, ran.records().len(), ran.stderr.as_str()), (0, 2, ""));
}

#[test]
fn whoever_is_asked_twice_is_killed_at_once() {
    let sandbox = df(&format!("trap 'echo got > asked' INT; {ONE_ROW}; {HANG}"));
    let child = sandbox.spawn(&["df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGINT);
    sandbox.wait_for("asked");
    send(child.id() as i32, Signal::SIGINT);
    let ran = end(child);
    assert_eq!(ran.code, 137);
    only_the_first_row(&ran);
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn we_end_even_if_our_reader_never_reads() {
    let sandbox = df(&format!("{ONE_ROW}; echo $$ > started; trap '' TERM; yes '/dev/b 200 50 150 25% /b'"));
    let mut child = sandbox.spawn(&["df"]);
    let pid = sandbox.started();
    until("the command waits", || (state(pid) == Some('S')).then_some(()));
    send(child.id() as i32, Signal::SIGTERM);
    let status = until("we have ended", || child.try_wait().unwrap());
    assert_eq!(status.code(), Some(143));
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_command_does_not_outlive_our_violent_death() {
    let sandbox = hanging_df();
    let mut child = sandbox.spawn(&["df"]);
    let pid = sandbox.started();
    child.kill().unwrap();
    child.wait().unwrap();
    until("the command is gone", || matches!(state(pid), None | Some('Z')).then_some(()));
}

#[test]
fn signals_that_were_ignored_stay_ignored() {
    let sandbox = df(&format!("{ONE_ROW}; {WAIT}"));
    let script = "trap '' HUP; exec \"$0\" df";
    let child = sandbox
        .program("sh")
        .args(["-c", script])
        .arg(common::outparse())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = sandbox.started();
    send(child.id() as i32, Signal::SIGHUP);
    send(pid, Signal::SIGHUP);
    sandbox.go();
    let ran = end(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    only_the_first_row(&ran);
}

#[test]
fn an_interrupted_run_leaves_no_file() {
    let sandbox = hanging_df();
    fs::write(sandbox.path("out.json"), "before").unwrap();
    let child = sandbox.spawn(&["--output", "out.json", "df"]);
    sandbox.started();
    send(child.id() as i32, Signal::SIGINT);
    let ran = end(child);
    assert_eq!((ran.code, ran.stdout.as_str()), (130, ""));
    ran.says("the output file was not written");
    assert_eq!(fs::read_to_string(sandbox.path("out.json")).unwrap(), "before");
    assert_eq!(sandbox.files(), ["df", "out.json", "started"]);
}

#[test]
fn an_interrupted_parse_leaves_no_file() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let sandbox = Sandbox::new(&[]);
        let mut parse = sandbox.outparse(&["parse", "df", "--output", "out.json"]);
        let mut child = parse.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _open = child.stdin.take();
        until("the file is begun", || (!sandbox.files().is_empty()).then_some(()));
        // It is there a moment before the signal is waited for.
        until("it waits", || (thread_count(child.id()) > 1).then_some(()));
        send(child.id() as i32, signal);
        let ran = end(child);
        assert_eq!((ran.code, ran.stdout.as_str()), (128 + signal as i32, ""));
        assert!(sandbox.files().is_empty());
    }
}

fn thread_count(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)
}

#[test]
fn a_file_is_written_when_only_the_time_is_up() {
    let sandbox = hanging_df();
    let ran = sandbox.run(&["--output", "out.json", "--timeout", "300ms", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (124, ""));
    let stdout = fs::read_to_string(sandbox.path("out.json")).unwrap();
    only_the_first_row(&Ran { stdout, ..ran });
}
