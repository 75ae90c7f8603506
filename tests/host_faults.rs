//! Machines that are unwell in the uglier ways: what hangs, lies, is killed or left behind on either side of a connection. `hosts.rs` has
//! the plainer ones, `faults.rs` two hundred at once.
//!
//! Where OpenSSH is not installed each test says so and ends; with `OUTPARSE_TEST_ALL=1` it fails instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

#[path = "hosts/asked.rs"]
mod asked;
mod common;
#[path = "hosts/daemons.rs"]
mod daemons;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use asked::{message, read_outcomes, run, verdict, with_programs};
use common::{ONE_ROW, ROW_B, Ran, Sandbox, send, until};
use daemons::{CUT, Daemons};
use nix::sys::signal::Signal;

#[test]
fn a_machine_that_hangs_before_the_command_is_given_up_and_nothing_is_left_there() {
    let Some(mut daemons) = Daemons::alone() else { return };
    let mark = daemons.path("hangs");
    let hangs = format!("echo $$ >{}; exec sleep 60", mark.display());
    with_programs(&mut daemons, "hangs", &[("df", ONE_ROW), ("uname", &hangs)]);
    with_programs(&mut daemons, "up", &[("df", ONE_ROW)]);
    let begun = Instant::now();
    let (ran, outcomes) = run(&daemons, "hangs,up", &["-f", "json", "--connect-timeout", "4s", "df"]);
    // Three times the time for connecting, for a machine that has let us in.
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    assert_eq!((ran.code, ran.column("host")), (123, vec!["up".to_owned()]), "{ran:?}");
    assert_eq!(verdict(&outcomes, "hangs"), "timeout");
    assert!(message(&outcomes, "hangs").contains("did not say within 12 s what it is"), "{outcomes:?}");
    let there: i32 = fs::read_to_string(&mark).unwrap().trim().parse().unwrap();
    until("it has ended there too", || common::state(there).is_none_or(|state| state == 'Z').then_some(()));
}

#[test]
fn what_a_command_leaves_running_is_not_waited_for() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "leaves", &[("df", &format!("{ONE_ROW}; sleep 60 & exit 0"))]);
    with_programs(
        &mut daemons,
        "no-end",
        &[("df", "printf 'Filesystem 1K-blocks Used Available Use%% Mounted on\\n/dev/a 100 60 40 60%% /a'")],
    );
    let begun = Instant::now();
    let (ran, outcomes) = run(&daemons, "leaves,no-end", &["-f", "json", "--sort", "host", "df"]);
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    assert_eq!((ran.code, ran.column("mounted_on")), (0, vec!["/a".to_owned(), "/a".to_owned()]), "{ran:?} {outcomes:?}");
}

#[test]
fn a_machine_that_fails_is_still_told_to_be_the_same_as_another() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "one", &[("df", &format!("{ONE_ROW}; echo 'df: /x: Permission denied' >&2; exit 1"))]);
    let address = daemons.first_address();
    daemons.name("alias", &address, "user");
    let (ran, outcomes) = run(&daemons, "one,alias", &["-f", "json", "--jobs", "1", "df"]);
    assert_eq!(ran.records().len(), 2, "{ran:?}");
    assert_eq!(message(&outcomes, "alias"), "exit status 1: df: /x: Permission denied; the same machine as one");
}

#[test]
fn a_wrong_key_is_not_let_in() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "right", &[("df", ONE_ROW)]);
    let address = daemons.first_address();
    daemons.name("wrong", &address, "other");
    let (ran, outcomes) = run(&daemons, "right,wrong", &["-f", "json", "df"]);
    assert_eq!((ran.code, ran.column("host")), (123, vec!["right".to_owned()]), "{ran:?}");
    assert_eq!(verdict(&outcomes, "wrong"), "auth");
    assert!(message(&outcomes, "wrong").contains("Permission denied"), "{outcomes:?}");
}

#[test]
fn what_runs_there_cannot_pass_for_a_connection_that_failed() {
    let Some(mut daemons) = Daemons::new() else { return };
    // The client ends with 255, as it does without a connection.
    let lies = daemons.script(
        "lies",
        "#!/bin/sh\necho 'Host key verification failed.' >&2\necho 'x: Permission denied (publickey).'\nexit 255\n",
    );
    daemons.start("lies", &format!("ForceCommand {lies}"));
    with_programs(&mut daemons, "shell", &[("df", &format!("{ONE_ROW}; {ROW_B}; printf '/dev/c 1'; kill -9 $PPID; sleep 60"))]);
    with_programs(&mut daemons, "cut", &[("df", &format!("{ONE_ROW}; {ROW_B}; sleep 1; {CUT}"))]);
    let (ran, outcomes) = run(&daemons, "lies,shell,cut", &["-f", "json", "--sort", "host,mounted_on", "df"]);
    assert_eq!((ran.code, ran.column("mounted_on")), (123, ["/a", "/b", "/a", "/b"].map(str::to_owned).to_vec()), "{ran:?}");
    assert_eq!(verdict(&outcomes, "lies"), "failed", "{outcomes:?}");
    assert!(
        message(&outcomes, "lies").contains("something else than the command ran there, with exit status 255"),
        "{outcomes:?}"
    );
    assert_eq!((verdict(&outcomes, "shell"), verdict(&outcomes, "cut")), ("partial", "partial"));
    assert!(message(&outcomes, "shell").starts_with("the shell that ran the command "), "{outcomes:?}");
    assert!(message(&outcomes, "cut").contains("onnection"), "{outcomes:?}");
}

#[test]
fn nothing_is_run_again_on_a_machine_that_has_let_us_in() {
    let Some(mut daemons) = Daemons::new() else { return };
    let count = daemons.path("count");
    let cuts = daemons.script("cuts", &format!("#!/bin/sh\necho ran >>{}\n{CUT}\n", count.display()));
    daemons.start("cuts", &format!("ForceCommand {cuts}"));
    let (ran, outcomes) = run(&daemons, "cuts", &["-f", "json", "--retries", "3", "df"]);
    assert_eq!((ran.code, verdict(&outcomes, "cuts")), (123, "unreachable"), "{outcomes:?}");
    assert_eq!((&outcomes["cuts"]["attempts"], fs::read_to_string(&count).unwrap().as_str()), (&1.into(), "ran\n"));
}

#[test]
fn outcomes_are_kept_when_nobody_reads_the_records_any_more() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "endless", &[("df", &format!("{ONE_ROW}; while :; do echo '/dev/x 1 1 0 100% /x'; done"))]);
    with_programs(&mut daemons, "slow", &[("df", &format!("{ONE_ROW}; sleep 60"))]);
    let sandbox = Sandbox::new(&[]);
    let arguments = ["--outcomes", "all.json", "-f", "jsonl", "--connect-timeout", "60s", "df"];
    let mut child =
        daemons.outparse(&sandbox, "endless,slow", &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.contains("answered")), (141, false), "{ran:?}");
    let outcomes = read_outcomes(&sandbox);
    assert_eq!((verdict(&outcomes, "endless"), verdict(&outcomes, "slow")), ("cancelled", "cancelled"));
}

#[test]
fn a_disk_that_is_full_says_for_which_file() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "a", &[("df", ONE_ROW)]);
    let sandbox = Sandbox::new(&[]);
    for option in ["--output", "--outcomes"] {
        let arguments = [option, "/dev/full", "-f", "jsonl", "--connect-timeout", "60s", "df"];
        let ran = Ran::from(daemons.outparse(&sandbox, "a", &arguments).output().unwrap());
        assert_eq!(ran.code, 125, "{ran:?}");
        ran.says("`/dev/full` cannot be written: No space left on device");
    }
}

#[test]
fn what_connects_for_the_client_ends_with_it() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "up", &[("df", ONE_ROW)]);
    let address = daemons.first_address();
    // It leaves something behind that its own end does not reach.
    daemons.more(&format!(
        "Host hangs\n  ProxyCommand sleep 60 & sleep 60\nHost works\n  HostName {address}\n  Port 7722\n  HostKeyAlias up\n"
    ));
    daemons
        .more(&format!("  IdentityFile {}\n  ProxyCommand sh -c 'sleep 60 & exec nc %h %p'\n", daemons.path("user").display()));
    let sandbox = Sandbox::new(&[]);
    let has_nc = ["/bin/nc", "/usr/bin/nc"].iter().any(|path| std::path::Path::new(path).exists());
    let hosts = if has_nc { "hangs,works" } else { "hangs,up" };
    let arguments = ["--outcomes", "all.json", "-f", "json", "--connect-timeout", "15s", "df"];
    let ran = Ran::from(daemons.outparse(&sandbox, hosts, &arguments).output().unwrap());
    assert_eq!((ran.code, ran.records().len(), verdict(&read_outcomes(&sandbox), "hangs")), (123, 1, "unreachable"), "{ran:?}");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn a_client_that_is_stopped_costs_the_time_that_its_machine_has() {
    let Some(mut daemons) = Daemons::new() else { return };
    let mark = daemons.path("started");
    with_programs(&mut daemons, "a", &[("df", &format!("{ONE_ROW}; {ROW_B}; echo >{}; sleep 60", mark.display()))]);
    let sandbox = Sandbox::new(&[]);
    let arguments = ["--outcomes", "all.json", "-f", "json", "--connect-timeout", "60s", "--timeout", "4s", "df"];
    let child = daemons.outparse(&sandbox, "a", &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until("the command runs", || mark.exists().then_some(()));
    let is_client = |pid: &i32| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "ssh");
    let clients: Vec<i32> = sandbox.processes().into_iter().filter(is_client).collect();
    clients.iter().for_each(|&pid| send(pid, Signal::SIGSTOP));
    let ran = Ran::from(child.wait_with_output().unwrap());
    let outcomes = read_outcomes(&sandbox);
    assert_eq!((clients.len(), verdict(&outcomes, "a")), (1, "timeout"), "{ran:?} {outcomes:?}");
    sandbox.wait_until_no_process_is_left();
}

#[test]
fn names_whose_lookup_hangs_do_not_wait_for_one_another() {
    // Two hundred clients at once would starve the others' daemons.
    let Some(_alone) = Daemons::alone() else { return };
    // As a client does that waits for a resolver: it has said what it is, and nothing more.
    let client = "while [ \"$1\" != -- ]; do [ \"$1\" = -E ] && log=$2; shift; done; echo 'OpenSSH_10.0p2, OpenSSL 3.5.0' >\"$log\"; exec sleep 60";
    let sandbox = Sandbox::new(&[("client", client)]);
    let begun = Instant::now();
    let ran = sandbox.run(&["--hosts", "h[1-200]", "--ssh", "client", "--connect-timeout", "4s", "-f", "json", "df"]);
    let took = begun.elapsed();
    assert_eq!(ran.code, 123, "{ran:?}");
    ran.says("0 of 200 answered; unreachable: h1, ");
    assert!(took < Duration::from_secs(18), "{took:?}");
}
