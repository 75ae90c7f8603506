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

/// The table of a `df` on a terminal of so many columns, or in a pipe with none.
fn table(sandbox: &Sandbox, columns: u16, options: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = sandbox.outparse(&[options, &["--format", "table", "df"]].concat());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "COLORTERM"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color").envs(environment.iter().copied());
    let shown = if columns == 0 {
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    } else {
        Terminal::wide(&command, columns).end().stdout
    };
    assert!(shown.contains("/dev/a"), "{shown:?}");
    shown
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let sandbox = Sandbox::new(&[("df", ONE_ROW)]);
    let coloured = |columns, options: &[&str], environment: &[(&str, &str)]| {
        let shown = table(&sandbox, columns, options, environment);
        assert_eq!(shown.contains("\u{1b}[32m"), shown.contains('\u{1b}'), "{shown:?}");
        shown.contains('\u{1b}')
    };
    assert!(coloured(80, &[], &[]));
    for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        assert!(!coloured(80, &[], &[(name, value)]), "{name}={value}");
        assert!(coloured(80, &["--color", "always"], &[(name, value)]), "{name}={value}");
    }
    assert!(coloured(80, &[], &[("CLICOLOR", "1")]));
    assert!(!coloured(80, &["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(0, &[], &[]));
    assert!(!coloured(0, &["--color", "auto"], &[("CLICOLOR", "1")]));
    assert!(coloured(0, &[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(0, &[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(0, &["--color", "always"], &[]));
}

#[test]
fn a_pipe_gets_a_plain_table() {
    let sandbox = Sandbox::new(&[("df", ONE_ROW)]);
    let plain = "\
filesystem     size      used  available  use percent  mounted on
/dev/a      100 KiB  60.0 KiB   40.0 KiB          60%  /a
";
    assert_eq!(table(&sandbox, 0, &[], &[]), plain);
}

#[test]
fn bars_are_shown_without_colours_too() {
    let sandbox = Sandbox::new(&[("df", ONE_ROW)]);
    let shown = table(&sandbox, 80, &[], &[("NO_COLOR", "1")]);
    assert!(shown.contains("██████···· 60%"), "{shown:?}");
}

#[test]
fn a_table_fits_its_terminal() {
    let long = "/a/very/long/path/".repeat(30);
    let sandbox = df(format!("{ONE_ROW}; echo '/dev/b 200 50 150 25% {long}end'"));
    for columns in [40, 80, 120] {
        let shown = table(&sandbox, columns, &["--color", "never"], &[]);
        let widths: Vec<usize> =
            shown.lines().filter(|line| !line.starts_with("no room")).map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|&width| width <= columns.into()), "{shown}");
        // With 40 columns a title takes two lines.
        assert_eq!(widths.len(), if columns == 40 { 4 } else { 3 }, "{shown}");
        assert!(shown.contains('…') && shown.lines().any(|line| line.starts_with("/dev/b") && line.ends_with("end")), "{shown}");
    }
}

#[test]
fn what_a_command_prints_cannot_steer_the_terminal() {
    // `env` is read as it is; from what other commands print, escape sequences are taken out.
    let sandbox = Sandbox::new(&[("env", "printf 'A=\\033]0;title\\007\\302\\233\\342\\200\\256x\\n'"), ("df", ONE_ROW)]);
    let shown = Terminal::wide(&sandbox.outparse(&["--color", "never", "env"]), 120).end().stdout;
    assert!(shown.contains("\\u{1b}]0;title\\u{7}\\u{9b}\\u{202e}x"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
    let sandbox = df(format!("{ONE_ROW}; printf '/dev/b 200 50 150 25%% /\\033]0;title\\007\\302\\233\\342\\200\\256x\\n'"));
    let shown = table(&sandbox, 120, &["--color", "never"], &[]);
    assert!(shown.contains("/\\u{9b}\\u{202e}x") && shown.contains("escape sequences"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{shown:?}");
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
