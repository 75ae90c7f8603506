//! Commands at a terminal: who may read from it, and what Ctrl-C and Ctrl-Z reach.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;

use common::terminal::Terminal;
use common::{HANG, ONE_ROW, ROW_B, Sandbox, WAIT, state, until};

fn df(script: String) -> Sandbox {
    Sandbox::new(&[("df", &script)])
}

#[test]
fn a_terminal_gets_a_table_and_a_pipe_gets_json() {
    let sandbox = Sandbox::new(&[("df", ONE_ROW)]);
    let shown = Terminal::start(&sandbox.outparse(&["--fields", "filesystem,used", "df"])).end();
    assert_eq!(shown.code, 0);
    assert!(shown.stdout.contains("KiB") && !shown.stdout.contains('{'), "{shown:?}");
    assert_eq!(sandbox.run(&["df"]).records().len(), 1);
}

#[test]
fn a_command_reads_from_the_terminal() {
    let sandbox = Sandbox::new(&[]);
    let mut terminal = Terminal::start(&sandbox.outparse(&["--format", "jsonl", "tr", "a-c", "A-C"]));
    terminal.type_in("abc\n\x04");
    let ran = terminal.end();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("\"ABC\""), "{ran:?}");
}

#[test]
fn the_terminal_stays_with_us_while_the_command_does_not_read() {
    let sandbox = df(format!("{ONE_ROW}; {ROW_B}; {WAIT}"));
    let terminal = Terminal::start(&sandbox.outparse(&["df"]));
    sandbox.started();
    terminal.wait_for("/dev/a");
    assert_eq!(terminal.foreground(), terminal.pid());
    sandbox.go();
    assert_eq!(terminal.end().code, 0);
}

#[test]
fn ctrl_c_ends_a_command_and_keeps_its_rows() {
    // Once in the background, once after it was lent the terminal.
    for script in [HANG.to_owned(), "read line; echo got > read; ".to_owned() + HANG] {
        let reads = script.starts_with("read");
        let sandbox = df(format!("{ONE_ROW}; {ROW_B}; {script}"));
        let mut terminal = Terminal::start(&sandbox.outparse(&["--format", "jsonl", "df"]));
        if reads {
            terminal.type_in("a line\n");
            sandbox.wait_for("read");
        }
        let pid = sandbox.started();
        assert_eq!(terminal.foreground(), if reads { pid } else { terminal.pid() });
        terminal.wait_for("/dev/a");
        terminal.type_in("\x03");
        let ran = terminal.end();
        assert_eq!(ran.code, 130, "{ran:?}");
        assert!(ran.stdout.matches("{\"filesystem\":").count() == 2, "{ran:?}");
        sandbox.wait_until_no_process_is_left();
    }
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_goes_on() {
    let sandbox = Sandbox::new(&[]);
    let mut shell = sandbox.program("sh");
    shell.args(["-i"]).env("PS1", "$ ").env("ENV", "").env("O", common::outparse());
    let mut terminal = Terminal::start(&shell);
    terminal.type_in("\"$O\" --format jsonl tr a-c A-C; echo status=$?\n");
    let tr = until("tr reads", || reader(&sandbox).filter(|&tr| terminal.foreground() == tr && state(tr) == Some('S')));
    terminal.type_in("\x1a");
    until("the command is stopped", || (state(tr) == Some('T')).then_some(()));
    until("the shell has the terminal", || the_shell_has(&terminal).then_some(()));
    terminal.type_in("echo the shell goes $((40+2))\n");
    terminal.wait_for("the shell goes 42");
    terminal.type_in("fg\n");
    until("the command has the terminal again", || (terminal.foreground() == tr).then_some(()));
    // What was typed before Ctrl-Z and not read yet, the terminal itself throws away.
    terminal.type_in("cab\n\x04");
    terminal.wait_for("\"CAB\"");
    until("the shell has the terminal", || the_shell_has(&terminal).then_some(()));
    terminal.type_in("exit 9\n");
    let ran = terminal.end();
    assert_eq!(ran.code, 9, "{ran:?}");
}

fn the_shell_has(terminal: &Terminal) -> bool {
    terminal.foreground() == terminal.pid()
}

/// The `tr` that was started.
fn reader(sandbox: &Sandbox) -> Option<i32> {
    sandbox.processes().into_iter().find(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "tr\n"))
}
