//! One command on many machines, with real clients and real daemons on loopback addresses; and everything that can go wrong with them.
//!
//! Where OpenSSH is not installed each test says so and ends; with `OUTPARSE_TEST_ALL=1` it fails instead.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

#[path = "hosts/asked.rs"]
mod asked;
mod common;
#[path = "hosts/daemons.rs"]
mod daemons;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use asked::{message, read_outcomes, run, verdict, with_programs};
use common::terminal::Terminal;
use common::{HANG, ONE_ROW, ROW_B, Ran, Sandbox, send, until};
use daemons::Daemons;
use nix::sys::signal::Signal;
use outparse_hosts::{Answer, Client, Hosts, Target, Verdict};
use serde_json::Value;

/// Two rows of a `df`.
const TWO_ROWS: &str = "echo 'Filesystem 1K-blocks Used Available Use% Mounted on'
echo '/dev/a 100 60 40 60% /a'
echo '/dev/b 200 50 150 25% /b'";

#[test]
fn records_of_many_machines_stand_in_one_table() {
    let Some(mut daemons) = Daemons::new() else { return };
    for (name, rows) in [("web1", TWO_ROWS), ("web2", ONE_ROW), ("db1", TWO_ROWS)] {
        with_programs(&mut daemons, name, &[("df", rows)]);
    }
    let (ran, outcomes) = run(&daemons, "web1,web2,db1", &["-f", "json", "--sort", "host,-mounted_on", "df", "-k"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows: Vec<String> =
        ran.records().iter().map(|row| format!("{} {} {}", row["host"], row["mounted_on"], row["size"])).collect();
    assert_eq!(
        rows,
        [
            r#""db1" "/b" 204800"#,
            r#""db1" "/a" 102400"#,
            r#""web1" "/b" 204800"#,
            r#""web1" "/a" 102400"#,
            r#""web2" "/a" 102400"#
        ]
    );
    for host in ["web1", "web2", "db1"] {
        let outcome = &outcomes[host];
        assert_eq!(outcome["outcome"], "ok");
        assert_eq!(outcome["exit_status"], 0);
        assert_eq!(outcome["attempts"], 1);
        assert_eq!(outcome["platform"], "linux");
        assert!(outcome["plugin"].as_str().unwrap().starts_with("df-gnu "), "{outcome}");
        assert_eq!(outcome["digest"].as_str().unwrap().len(), 64);
        assert_eq!(outcome["records"], if host == "web2" { 1 } else { 2 });
        assert!(
            outcome["connect_ms"].is_u64() && outcome["run_ms"].is_u64() && outcome["bytes"].as_u64() > Some(50),
            "{outcome}"
        );
    }
    // All of selecting and every format goes over all of them.
    let (ran, _) = run(
        &daemons,
        "web[1-2],db1",
        &["-f", "csv", "--where", "host != web1", "--fields", "host,mounted_on", "--sort", "host,mounted_on", "df"],
    );
    assert_eq!(ran.stdout, "host,mounted_on\ndb1,/a\ndb1,/b\nweb2,/a\n");
    let (ran, _) = run(&daemons, "web*", &["-f", "table", "--sort", "host,mounted_on", "--fields", "host,mounted_on", "df"]);
    assert_eq!(ran.stdout, "host  mounted on\nweb1  /a\nweb1  /b\nweb2  /a\n");
    let (ran, _) = run(&daemons, "web1,web2", &["-f", "jsonl", "--limit", "1", "df"]);
    assert_eq!((ran.stdout.lines().count(), ran.code), (1, 0), "{ran:?}");
    let (ran, _) = run(&daemons, "web1,web2", &["--fields", "hots", "df"]);
    assert_eq!(ran.code, 2);
    ran.says("there is no field `hots`; the fields are host, ");
    let (ran, _) = run(&daemons, "web1,web2", &["-f", "json", "--envelope", "df"]);
    let envelope: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(envelope["records"].as_array().unwrap().len(), 3);
    assert_eq!(envelope["outcomes"][1]["host"], "web2");
    assert_eq!(envelope["outcomes"][1]["outcome"], "ok");
}

#[test]
fn the_live_system_s_records_are_those_of_a_local_run() {
    let Some(mut daemons) = Daemons::new() else { return };
    daemons.start("here", "");
    let sandbox = Sandbox::new(&[]);
    let local = sandbox.run(&["-f", "json", "--fields", "filesystem,size,mounted_on", "df", "-a"]);
    let (ran, _) = run(&daemons, "here", &["-f", "json", "--fields", "filesystem,size,mounted_on", "df", "-a"]);
    assert_eq!(ran.code, local.code, "{ran:?}");
    assert_eq!(ran.records(), local.records());
}

#[test]
fn words_arrive_as_they_are_whatever_shell_the_user_has() {
    let Some(mut daemons) = Daemons::new() else { return };
    let name = "it's \"a\" $HOME `id` !x *\\ \n%s é";
    let file = daemons.path(name);
    fs::write(&file, "four").unwrap();
    let mut hosts = Vec::new();
    for shell in ["sh", "bash", "dash", "fish", "csh", "zsh", "rbash", "busybox sh"] {
        let program = shell.split(' ').next().unwrap();
        if !["/bin", "/usr/bin"].iter().any(|folder| std::path::Path::new(folder).join(program).exists()) {
            assert!(!common::all_must_run(), "`{program}` is not installed, and `OUTPARSE_TEST_ALL=1` was given");
            continue;
        }
        let host = program.to_owned();
        daemons.start(&host, &format!("ForceCommand {shell} -c \"$SSH_ORIGINAL_COMMAND\""));
        hosts.push(host);
    }
    let path = file.display().to_string();
    let (ran, _) = run(&daemons, &hosts.join(","), &["-f", "json", "--sort", "host", "wc", "-c", &path]);
    assert_eq!(ran.code, 0, "{ran:?}");
    hosts.sort();
    assert_eq!(ran.column("host"), hosts);
    // GNU wc shows such a name as a shell would quote it; BusyBox is not asked here.
    assert!(ran.records().iter().all(|row| row["bytes"] == 4), "{ran:?}");
}

#[test]
fn the_dialect_is_that_of_the_machine() {
    let Some(mut daemons) = Daemons::new() else { return };
    let mac = "echo 'Filesystem     512-blocks      Used Available Capacity iused      ifree %iused  Mounted on'
echo '/dev/disk1            200       100       100    50%       1          2   33%   /Volumes/My Disk'";
    with_programs(&mut daemons, "mac", &[("df", mac), ("uname", "case $1 in -s) echo Darwin ;; *) echo mac ;; esac")]);
    with_programs(&mut daemons, "linux", &[("df", TWO_ROWS)]);
    let mut expected = vec![("mac", "df-bsd", "macos"), ("linux", "df-gnu", "linux")];
    for (program, plugin) in [("busybox", "df-busybox"), ("toybox", "df-gnu")] {
        if std::path::Path::new("/usr/bin").join(program).exists() {
            with_programs(&mut daemons, program, &[]);
            let link = daemons.path(&format!("bin-{program}/df"));
            std::os::unix::fs::symlink(format!("/usr/bin/{program}"), link).unwrap();
            expected.push((program, plugin, "linux"));
        } else {
            assert!(!common::all_must_run(), "`{program}` is not installed, and `OUTPARSE_TEST_ALL=1` was given");
        }
    }
    let hosts = expected.iter().map(|(host, ..)| *host).collect::<Vec<_>>().join(",");
    let (ran, outcomes) = run(&daemons, &hosts, &["-f", "json", "df"]);
    for (host, plugin, platform) in expected {
        let outcome = &outcomes[host];
        assert_eq!(outcome["platform"], platform, "{outcome}");
        assert!(outcome["plugin"].as_str().is_some_and(|used| used.starts_with(&format!("{plugin} "))), "{outcome}");
    }
    let disk = ran.records().into_iter().find(|row| row["host"] == "mac").unwrap();
    assert_eq!((&disk["mounted_on"], &disk["size"]), (&Value::from("/Volumes/My Disk"), &Value::from(102_400)));
    // A table has the columns of its first records, and says what has no place in it.
    let (ran, _) = run(&daemons, "linux,mac", &["-f", "csv", "--jobs", "1", "df"]);
    ran.says("`--fields` chooses columns");
    ran.says("inodes");
    // What one machine's records lack does not keep the others from being asked for it.
    let (ran, outcomes) = run(&daemons, "linux,mac", &["-f", "json", "--where", "inodes_used = 1", "df"]);
    assert_eq!(ran.column("host"), ["mac"]);
    assert_eq!(verdict(&outcomes, "linux"), "refused-by-parser");
    assert!(message(&outcomes, "linux").contains("there is no field `inodes_used`"), "{outcomes:?}");
    let (ran, outcomes) = run(
        &daemons,
        "linux,mac",
        &["-f", "jsonl", "--jq", "if .inodes_used then .host else .nosuch.x + .mounted_on.x end", "df"],
    );
    assert_eq!(ran.stdout.trim(), "mac");
    assert_eq!(verdict(&outcomes, "linux"), "refused-by-parser");
    assert!(message(&outcomes, "linux").starts_with("`--jq`: cannot index"), "{outcomes:?}");
}

#[test]
fn each_machine_runs_the_command_with_what_loses_nothing_there() {
    let Some(mut daemons) = Daemons::new() else { return };
    let gnu = "echo \"$*\" >>\"${0%/*}/asked\"
case $1 in
-B1) echo 'Filesystem 1B-blocks Used Available Use% Mounted on'; echo '/dev/a 102401 61441 40960 60% /a' ;;
*) echo 'Filesystem Size Used Avail Use% Mounted on'; echo '/dev/a 101K 61K 40K 60% /a' ;;
esac";
    with_programs(&mut daemons, "gnu1", &[("df", gnu)]);
    with_programs(&mut daemons, "gnu2", &[("df", gnu)]);
    with_programs(&mut daemons, "none", &[]);
    let folder = daemons.path("bin-none");
    daemons.start("nothing", &format!("SetEnv PATH={}", folder.display()));
    for program in ["sh", "uname", "date", "readlink", "env"] {
        std::os::unix::fs::symlink(format!("/bin/{program}"), folder.join(program)).unwrap();
    }
    let (ran, outcomes) = run(&daemons, "gnu1,gnu2,nothing", &["-f", "json", "--sort", "host", "--exact", "df", "-h", "/"]);
    assert_eq!(ran.column("host"), ["gnu1", "gnu2"], "{ran:?}");
    assert!(ran.records().iter().all(|row| row["size"] == 102_401), "{ran:?}");
    assert_eq!(fs::read_to_string(daemons.path("bin-gnu1/asked")).unwrap(), "-B1 /\n");
    assert_eq!((verdict(&outcomes, "gnu1"), verdict(&outcomes, "nothing")), ("ok", "no-command"), "{outcomes:?}");
    // A machine whose parser knows none runs it as it is, and that is told.
    if common::has(std::path::Path::new("/usr/bin/busybox").exists(), "`busybox`") {
        with_programs(&mut daemons, "small", &[]);
        std::os::unix::fs::symlink("/usr/bin/busybox", daemons.path("bin-small/df")).unwrap();
        let (ran, outcomes) = run(&daemons, "gnu1,small", &["-f", "json", "--exact", "df", "-k", "/"]);
        assert_eq!((ran.code, ran.records().len()), (0, 2), "{ran:?}");
        // One thing does not hide another.
        ran.says("the same machine as ");
        ran.says("`df` has no arguments that would lose less: it was run as it is");
        assert!(outcomes["small"]["plugin"].as_str().unwrap().starts_with("df-busybox "), "{outcomes:?}");
    }
    // The same with all else that a command may be given.
    let (ran, _) = run(&daemons, "gnu1", &["-f", "json", "--exact", "--input-text", "x", "--locale", "inherit", "df"]);
    assert_eq!((ran.code, &ran.records()[0]["size"]), (0, &Value::from(102_401)), "{ran:?}");
}

#[test]
fn what_the_command_is_to_read_goes_to_each_machine() {
    let Some(mut daemons) = Daemons::new() else { return };
    let mut hosts = vec!["gnu"];
    daemons.start("gnu", "");
    for program in ["busybox", "toybox"] {
        if common::has(std::path::Path::new("/usr/bin").join(program).exists(), program) {
            with_programs(&mut daemons, program, &[]);
            let folder = daemons.path(&format!("bin-{program}"));
            for name in ["sh", "wc", "md5sum"] {
                // The shell of toybox is not finished.
                let target = if name == "sh" { "/bin/sh".to_owned() } else { format!("/usr/bin/{program}") };
                std::os::unix::fs::symlink(target, folder.join(name)).unwrap();
            }
            hosts.push(program);
        }
    }
    hosts.sort_unstable();
    let list = hosts.join(",");
    let all: Vec<u8> = (0..3000).flat_map(|_| 0..=255).collect();
    let file = daemons.path("all");
    fs::write(&file, &all).unwrap();
    let ours = std::process::Command::new("md5sum").arg(&file).output().unwrap();
    let ours = String::from_utf8(ours.stdout).unwrap()[..32].to_owned();
    let path = file.display().to_string();
    let (ran, _) = run(&daemons, &list, &["-f", "json", "--sort", "host", "--stdin", &path, "md5sum"]);
    assert_eq!((ran.code, ran.column("host")), (0, hosts.iter().map(|&host| host.to_owned()).collect()), "{ran:?}");
    assert!(ran.records().iter().all(|row| row["digest"] == ours.as_str()), "{ours}: {ran:?}");
    let (ran, _) = run(&daemons, &list, &["-f", "json", "--input-text", "it's\n%s \\n é", "wc", "-c"]);
    assert!(ran.code == 0 && ran.records().iter().all(|row| row["bytes"] == 13), "{ran:?}");
    // One that does not want to read all of it is not told that nobody reads.
    let (ran, outcomes) = run(&daemons, "gnu", &["-f", "json", "--stdin", &path, "df", "/"]);
    assert_eq!((ran.code, verdict(&outcomes, "gnu"), ran.stderr.as_str()), (0, "ok", ""), "{ran:?}");
}

/// A listener whose queue is full: what connects to it waits for ever, as on a machine that is gone.
fn black_hole(address: &str) -> (tokio::runtime::Runtime, Vec<TcpStream>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(format!("{address}:7722").parse().unwrap()).unwrap();
        socket.listen(0).unwrap()
    });
    let listener = listener.into_std().unwrap();
    let timeout = Duration::from_millis(300);
    let full: Vec<TcpStream> =
        (0..4).map_while(|_| TcpStream::connect_timeout(&format!("{address}:7722").parse().unwrap(), timeout).ok()).collect();
    assert!(full.len() < 4, "the queue is not full");
    // It is never asked for what waits in it.
    std::mem::forget(listener);
    (runtime, full)
}

#[test]
fn machines_that_do_not_answer_cost_one_wait_together() {
    let Some(mut daemons) = Daemons::alone() else { return };
    with_programs(&mut daemons, "up", &[("df", ONE_ROW)]);
    let mut hosts = Vec::new();
    let mut holes = Vec::new();
    for number in 0..40 {
        let (host, address) = (format!("hole{number}"), daemons.address());
        holes.push(black_hole(&address));
        daemons.name(&host, &address, "user");
        hosts.push(host);
    }
    let refused = daemons.address();
    daemons.name("refused", &refused, "user");
    hosts.extend(["refused", "nowhere.invalid", "up"].map(str::to_owned));
    let begun = Instant::now();
    let (ran, outcomes) = run(&daemons, &hosts.join(","), &["-f", "json", "--connect-timeout", "2s", "--jobs", "4", "df"]);
    let took = begun.elapsed();
    assert_eq!(ran.code, 123, "{ran:?}");
    // Four at a time would wait ten times.
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert_eq!(outcomes.len(), hosts.len());
    assert_eq!(ran.column("host"), ["up"]);
    ran.says("1 of 43 answered; unreachable: hole0, hole1, ");
    for host in &hosts[..42] {
        assert_eq!(verdict(&outcomes, host), "unreachable", "{:?}", outcomes[host]);
    }
    assert!(message(&outcomes, "refused").contains("Connection refused"));
    let (ran, _) = run(&daemons, "refused", &["-f", "json", "df"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (123, "[]\n"), "no records are a document, too");
    assert!(message(&outcomes, "nowhere.invalid").contains("resolve"));
}

#[test]
fn machines_that_do_not_let_us_in_are_told_apart_and_ask_nothing() {
    let Some(mut daemons) = Daemons::new() else { return };
    daemons.start("password", "PubkeyAuthentication no\nPasswordAuthentication yes");
    daemons.start_keyed("changed", "", "other");
    daemons.start("unknown", "");
    let unknown = format!("{} -o UserKnownHostsFile=/dev/null", daemons.ssh());
    let (ran, outcomes) = run(&daemons, "password,changed", &["-f", "json", "df"]);
    assert_eq!(ran.code, 123);
    assert_eq!(verdict(&outcomes, "password"), "auth", "{outcomes:?}");
    assert_eq!(verdict(&outcomes, "changed"), "host-key", "{outcomes:?}");
    assert!(message(&outcomes, "changed").contains("not the one that is known"));
    let sandbox = Sandbox::new(&[]);
    let ran =
        Ran::from(sandbox.outparse(&["--hosts", "unknown", "--ssh", &unknown, "--outcomes", "all.json", "df"]).output().unwrap());
    assert_eq!(verdict(&read_outcomes(&sandbox), "unknown"), "host-key", "{ran:?}");
}

#[test]
fn slow_stopped_and_endless_machines_hold_up_nobody() {
    let Some(mut daemons) = Daemons::alone() else { return };
    with_programs(&mut daemons, "slow", &[("df", &format!("{ONE_ROW}; sleep 60"))]);
    with_programs(&mut daemons, "endless", &[("df", &format!("{ONE_ROW}; while :; do echo '/dev/x 1 1 0 100% /x'; done"))]);
    with_programs(&mut daemons, "line", &[("df", &format!("{ONE_ROW}; tr '\\0' x </dev/zero"))]);
    with_programs(&mut daemons, "up", &[("df", TWO_ROWS)]);
    with_programs(&mut daemons, "stopped", &[("df", TWO_ROWS)]);
    send(daemons.pid(4), Signal::SIGSTOP);
    let sandbox = Sandbox::new(&[]);
    let arguments = ["--outcomes", "all.json", "-f", "jsonl", "--timeout", "8s", "--connect-timeout", "2s", "df"];
    let mut child = daemons
        .outparse(&sandbox, "slow,endless,line,stopped,up", &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let mut rows: BTreeMap<String, (usize, Duration)> = BTreeMap::new();
    for line in std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap())) {
        let row: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let entry = rows.entry(row["host"].as_str().unwrap().to_owned()).or_insert((0, begun.elapsed()));
        entry.0 += 1;
    }
    assert_eq!(child.wait().unwrap().code(), Some(123));
    send(daemons.pid(4), Signal::SIGCONT);
    // The slow machine would take a minute, and the others have no end.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(50), "{took:?}");
    assert_eq!(rows["up"].0, 2);
    assert!(rows["up"].1 + Duration::from_secs(1) < took, "before the others were given up: {rows:?}");
    assert_eq!(rows["slow"].0, 1);
    assert!(rows["endless"].0 > 100);
    let outcomes = read_outcomes(&sandbox);
    for host in ["slow", "endless", "line"] {
        assert_eq!(verdict(&outcomes, host), "timeout", "{:?}", outcomes[host]);
    }
    assert_eq!(verdict(&outcomes, "stopped"), "unreachable");
    assert_eq!(verdict(&outcomes, "up"), "ok");
}

/// Passes connections on to a daemon, and cuts each off so many bytes and some time after they began to come from it. A client that has no
/// time left for what has come throws it away.
fn cutting_proxy(address: &str, to: String, after: usize, linger: Duration) {
    let listener = TcpListener::bind(format!("{address}:7722")).unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(mut client), Ok(mut daemon)) = (client, TcpStream::connect(format!("{to}:7722"))) else { continue };
            let (mut from, mut into) = (client.try_clone().unwrap(), daemon.try_clone().unwrap());
            thread::spawn(move || drop(std::io::copy(&mut from, &mut into)));
            thread::spawn(move || {
                let mut buffer = [0; 512];
                let mut left = after;
                while let Ok(read @ 1..) = daemon.read(&mut buffer) {
                    let sent = read.min(left);
                    left -= sent;
                    if client.write_all(&buffer[..sent]).is_err() || left == 0 {
                        break;
                    }
                }
                thread::sleep(linger);
                let _ = client.shutdown(Shutdown::Both);
                let _ = daemon.shutdown(Shutdown::Both);
            });
        }
    });
}

#[test]
fn a_connection_that_breaks_loses_nothing_complete_and_invents_nothing() {
    let Some(mut daemons) = Daemons::new() else { return };
    let rows: String = (0..400).map(|row| format!("echo '/dev/disk{row} {row}00 60 40 60% /mnt/number-{row}'\n")).collect();
    let script = format!("echo 'Filesystem 1K-blocks Used Available Use% Mounted on'\n{rows}");
    with_programs(&mut daemons, "whole", &[("df", &script)]);
    let (ran, _) = run(&daemons, "whole", &["-f", "json", "--fields", "filesystem,size,mounted_on", "df"]);
    let all = ran.records();
    assert_eq!(all.len(), 400);
    let target = daemons.first_address();
    let mut hosts = Vec::new();
    for (number, after) in (2000..26_000).step_by(1_003).enumerate() {
        let (host, address) = (format!("cut{number}"), daemons.address());
        let linger = Duration::from_millis(if number % 4 == 0 { 0 } else { 500 });
        cutting_proxy(&address, target.clone(), after, linger);
        daemons.name(&host, &address, "user");
        hosts.push(host);
    }
    let (ran, outcomes) = run(&daemons, &hosts.join(","), &["-f", "json", "--retries", "0", "df"]);
    assert_eq!(ran.code, 123);
    assert_eq!(outcomes.len(), hosts.len());
    let mut partial = 0;
    for host in &hosts {
        let records: Vec<Value> = ran
            .records()
            .into_iter()
            .filter(|row| row["host"] == host.as_str())
            .map(|row| serde_json::json!({"filesystem": row["filesystem"], "size": row["size"], "mounted_on": row["mounted_on"]}))
            .collect();
        assert_eq!(records[..], all[..records.len()], "{host}");
        match verdict(&outcomes, host) {
            "ok" => assert_eq!(records.len(), all.len(), "{host}"),
            "partial" => {
                // All rows may have come, and not that they were all.
                partial += usize::from(!records.is_empty());
            }
            other => assert!(other == "unreachable" && records.is_empty(), "{host}: {other}"),
        }
    }
    assert!(partial >= 2, "{outcomes:?}");
}

#[test]
fn whatever_a_machine_prints_beside_the_command_is_not_taken_for_it() {
    let Some(mut daemons) = Daemons::new() else { return };
    let banner = daemons.path("banner");
    fs::write(&banner, "Authorized uses only.\n/dev/fake 1 1 1 1% /fake\n").unwrap();
    daemons.start("banner", &format!("Banner {}", banner.display()));
    let noisy = daemons.script(
        "noisy",
        "#!/bin/sh\necho 'Welcome to'; echo 'Filesystem 1K-blocks Used Available Use% Mounted on'; echo '/dev/fake 1 1 1 1% /fake'\n\
         echo 'to the error' >&2\nsh -c \"$SSH_ORIGINAL_COMMAND\"\necho goodbye\n",
    );
    daemons.start("noisy", &format!("ForceCommand {noisy}"));
    let other = daemons.script("other-command", &format!("#!/bin/sh\n{TWO_ROWS}\n"));
    daemons.start("other-command", &format!("ForceCommand {other}"));
    let flood = daemons.script("flood", "#!/bin/sh\nyes\n");
    daemons.start("flood", &format!("ForceCommand {flood}"));
    let nologin = daemons.script("nologin", "#!/bin/sh\necho 'This account is not available.'\nexit 1\n");
    daemons.start("nologin", &format!("ForceCommand {nologin}"));
    daemons.start("no-shell", "SetEnv PATH=/nowhere");
    // It has read what it is asked, and prints all marks with it.
    let marks = daemons.script(
        "marks",
        "#!/bin/sh\nscript=$(dd bs=65536 count=1 2>/dev/null)\nprintf '%s\\n' \"$script\" | tr -d \"'\" | grep -o 'outparse [0-9a-f]* [a-z]*' | \
         while read -r mark; do printf '\\n%s 0\\n' \"$mark\"; printf '\\n%s\\n' \"$mark\"; done\nprintf 'system \\033[2Jmacos\\n'\n",
    );
    daemons.start("marks", &format!("ForceCommand {marks}"));
    with_programs(&mut daemons, "up", &[("df", TWO_ROWS)]);
    with_programs(&mut daemons, "none", &[]);
    let hosts = "banner,noisy,other-command,flood,nologin,no-shell,marks,up";
    let (ran, outcomes) = run(&daemons, hosts, &["-f", "json", "--timeout", "10s", "df"]);
    assert_eq!(ran.code, 123, "{ran:?}");
    assert!(!ran.stdout.contains("fake"), "{ran:?}");
    assert!(!ran.stderr.contains("Authorized") && !ran.stderr.contains('\u{1b}'), "{ran:?}");
    assert_eq!(ran.records().iter().filter(|row| row["host"] == "up").count(), 2);
    let found: Vec<(&str, &str)> = hosts.split(',').map(|host| (host, verdict(&outcomes, host))).collect();
    assert_eq!(
        found[..6],
        [
            ("banner", "ok"),
            ("noisy", "ok"),
            ("other-command", "failed"),
            ("flood", "failed"),
            ("nologin", "failed"),
            ("no-shell", "no-command")
        ],
        "{outcomes:?}"
    );
    assert!(["failed", "refused-by-parser", "partial", "no-command"].contains(&verdict(&outcomes, "marks")), "{outcomes:?}");
    assert!(message(&outcomes, "nologin").contains("This account is not available."));
    let (ran, outcomes) = run(&daemons, "none", &["-f", "json", "zpool", "list"]);
    assert_eq!(ran.code, 123);
    assert_eq!((verdict(&outcomes, "none"), message(&outcomes, "none")), ("no-command", "`zpool`: command not found"));
}

#[test]
fn a_command_that_fails_says_why() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "a", &[("df", &format!("{ONE_ROW}; echo 'df: /x: Permission denied' >&2; exit 1"))]);
    with_programs(&mut daemons, "b", &[("df", "echo 'something else'")]);
    with_programs(&mut daemons, "c", &[("df", ONE_ROW), ("sudo", "echo 'sudo: a password is required' >&2; exit 1")]);
    let (ran, outcomes) = run(&daemons, "a,b", &["-f", "json", "df"]);
    assert_eq!(ran.code, 123);
    assert_eq!(ran.records().len(), 1);
    ran.says("a: df: /x: Permission denied");
    assert_eq!((verdict(&outcomes, "a"), &outcomes["a"]["exit_status"]), ("failed", &Value::from(1)));
    assert!(message(&outcomes, "a").starts_with("exit status 1: df: /x: Permission denied"), "{outcomes:?}");
    assert_eq!(verdict(&outcomes, "b"), "refused-by-parser");
    let (_, outcomes) = run(&daemons, "c", &["-f", "json", "--sudo", "df"]);
    assert_eq!((verdict(&outcomes, "c"), message(&outcomes, "c")), ("failed", "exit status 1: sudo: a password is required"));
}

#[test]
fn machines_that_are_named_twice_are_told_of() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "one", &[("df", ONE_ROW)]);
    let address = daemons.first_address();
    daemons.name("alias", &address, "user");
    let (ran, outcomes) = run(&daemons, "one,one,alias", &["-f", "json", "--jobs", "1", "df"]);
    assert_eq!((ran.code, ran.records().len()), (0, 2), "{ran:?}");
    ran.says("asked once though named more often: one");
    ran.says("alias: the same machine as one");
    assert_eq!(message(&outcomes, "alias"), "the same machine as one");
}

#[test]
fn an_interrupt_ends_all_and_accounts_for_all() {
    let Some(mut daemons) = Daemons::alone() else { return };
    let mark = daemons.path("started");
    let hang = format!("{ONE_ROW}; {ROW_B}; echo $$ > {}; {HANG}", mark.display());
    with_programs(&mut daemons, "hangs", &[("df", &hang)]);
    with_programs(&mut daemons, "up", &[("df", ONE_ROW)]);
    let sandbox = Sandbox::new(&[]);
    let arguments = ["--outcomes", "all.json", "-f", "json", "--jobs", "1", "df"];
    let mut child =
        daemons.outparse(&sandbox, "hangs,up", &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let remote: i32 = until("the command runs", || fs::read_to_string(&mark).ok()?.trim().parse().ok());
    let mut output = child.stdout.take().unwrap();
    let mut printed = String::new();
    let mut buffer = [0; 4096];
    while !printed.contains("/a") {
        let read = output.read(&mut buffer).unwrap();
        assert!(read > 0, "{printed}");
        printed.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    send(child.id() as i32, Signal::SIGINT);
    output.read_to_string(&mut printed).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{printed}");
    let records: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let mounted: Vec<&str> = records.iter().filter_map(|record| record["mounted_on"].as_str()).collect();
    assert_eq!(mounted, ["/a", "/b"]);
    let outcomes = read_outcomes(&sandbox);
    assert_eq!((verdict(&outcomes, "hangs"), verdict(&outcomes, "up")), ("cancelled", "cancelled"));
    sandbox.wait_until_no_process_is_left();
    until("the command has ended there too", || common::state(remote).is_none_or(|state| state == 'Z').then_some(()));
}

#[test]
fn the_machines_are_asked_again_and_again() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "a", &[("df", ONE_ROW)]);
    with_programs(&mut daemons, "b", &[("df", TWO_ROWS)]);
    let gone = daemons.address();
    daemons.name("gone", &gone, "user");
    let (ran, outcomes) = run(&daemons, "a,b,gone", &["--every", "100ms", "--times", "2", "-f", "jsonl", "df"]);
    assert_eq!((ran.code, ran.stdout.lines().count(), outcomes.len()), (123, 6, 3), "{ran:?}");
    let times: std::collections::BTreeSet<&str> = ran.stdout.lines().filter_map(|line| line.split('"').nth(3)).collect();
    assert_eq!(times.len(), 2, "{ran:?}");
    let (ran, _) = run(&daemons, "a", &["--every", "100ms", "--times", "2", "-f", "table", "--fields", "host,mounted_on", "df"]);
    assert_eq!(ran.stdout.matches("1 hosts  df\n").count(), 2, "{ran:?}");
    let sandbox = Sandbox::new(&[]);
    let mut child =
        daemons.outparse(&sandbox, "a", &["--every", "50s", "-f", "jsonl", "df"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    thread::sleep(Duration::from_millis(200));
    send(child.id() as i32, Signal::SIGTERM);
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn progress_counts_machines_on_a_terminal() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "up", &[("df", ONE_ROW)]);
    with_programs(&mut daemons, "slow", &[("df", "sleep 60")]);
    let sandbox = Sandbox::new(&[]);
    let mut terminal = Terminal::start(&daemons.outparse(&sandbox, "up,slow", &["df"]));
    terminal.wait_for("1 hosts done, 1 waiting, 0 failed");
    terminal.type_in("\u{3}");
    terminal.wait_for("1 of 2 answered; cancelled: slow");
    assert_eq!(terminal.end().code, 130);
}

#[test]
fn the_library_gives_records_and_one_outcome_for_each() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "a", &[("df", TWO_ROWS)]);
    with_programs(&mut daemons, "endless", &[("df", &format!("{ONE_ROW}; {ROW_B}; sleep 60"))]);
    let client = Client::new(&daemons.ssh()).unwrap();
    let targets = Target::list("a,endless,nowhere.invalid").unwrap();
    let mut answers = Hosts::new(targets).client(client).run(["df", "-k"]).unwrap();
    let mut records = BTreeMap::new();
    let mut outcomes = BTreeMap::new();
    while let Some((target, answer)) = answers.next() {
        match answer {
            Answer::Records(_, batch) => *records.entry(target.name.clone()).or_insert(0) += batch.num_rows(),
            Answer::Outcome(outcome) => assert!(outcomes.insert(target.name.clone(), outcome.verdict).is_none()),
            _ => {}
        }
        // The row behind it may go on in the next line.
        if outcomes.len() == 2 && records.contains_key("endless") {
            answers.stop();
        }
    }
    assert_eq!(records, BTreeMap::from([("a".to_owned(), 2), ("endless".to_owned(), 2)]));
    let verdicts = [("a", Verdict::Ok), ("endless", Verdict::Cancelled), ("nowhere.invalid", Verdict::Unreachable)];
    assert_eq!(outcomes, verdicts.map(|(host, verdict)| (host.to_owned(), verdict)).into());
}

#[test]
fn what_fails_here_is_accounted_for() {
    let Some(mut daemons) = Daemons::new() else { return };
    with_programs(&mut daemons, "a", &[("df", TWO_ROWS)]);
    let mark = daemons.path("started");
    with_programs(&mut daemons, "b", &[("df", &format!("{ONE_ROW}; echo >{}; sleep 60", mark.display()))]);
    // The client is killed.
    let sandbox = Sandbox::new(&[]);
    let arguments = ["--outcomes", "all.json", "-f", "json", "df"];
    let child = daemons.outparse(&sandbox, "a,b", &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let client = until("the clients have ended but one", || {
        let clients: Vec<i32> = sandbox
            .processes()
            .into_iter()
            .filter(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "ssh"))
            .collect();
        let words = |pid: i32| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        clients.into_iter().find(|&pid| words(pid).contains("\0b\0"))
    });
    until("the command runs", || mark.exists().then_some(()));
    thread::sleep(Duration::from_millis(1500));
    send(client, Signal::SIGKILL);
    let ran = Ran::from(child.wait_with_output().unwrap());
    let outcomes = read_outcomes(&sandbox);
    assert_eq!((verdict(&outcomes, "a"), verdict(&outcomes, "b")), ("ok", "partial"), "{ran:?}");
    // All of these are one machine, of which the one that answers later says so.
    assert!(message(&outcomes, "b").starts_with("the client was killed"), "{outcomes:?}");
    assert_eq!(ran.records().len(), 3);
    // A disk that is full.
    let (ran, outcomes) = run(&daemons, "a", &["-f", "jsonl", "-o", "/dev/full", "df"]);
    assert_eq!(ran.code, 125);
    ran.says("No space left on device");
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    // Few files: fewer at once, and all of them.
    let many: Vec<String> = (0..12).map(|number| format!("many{number}")).collect();
    let address = daemons.first_address();
    for host in &many {
        daemons.name(host, &address, "user");
    }
    let ssh = daemons.ssh();
    let sandbox = Sandbox::new(&[]);
    let program = common::outparse().display();
    let line = format!("ulimit -n 60; exec {program} --hosts {} --ssh '{ssh}' --outcomes all.json -f json df", many.join(","));
    let ran = Ran::from(sandbox.program("sh").args(["-c", &line]).output().unwrap());
    assert_eq!((ran.code, ran.records().len()), (0, 24), "{ran:?}");
    // No client at all.
    let ran = sandbox.run(&["--hosts", "a", "--ssh", "no-such-client", "df"]);
    assert_eq!(ran.code, 127);
    ran.says("`no-such-client`: command not found");
}

#[test]
fn two_hundred_machines_with_faults_have_two_hundred_outcomes() {
    let Some(mut daemons) = Daemons::alone() else { return };
    let mut hosts = Vec::new();
    let mut holes = Vec::new();
    for number in 0..200 {
        let host = format!("h{number:03}");
        if number % 20 == 3 {
            let address = daemons.address();
            holes.push(black_hole(&address));
            daemons.name(&host, &address, "user");
        } else if number % 20 == 7 {
            let address = daemons.address();
            daemons.name(&host, &address, "user");
        } else {
            daemons.start(&host, "");
        }
        hosts.push(host);
    }
    let (ran, outcomes) = run(&daemons, &hosts.join(","), &["-f", "jsonl", "--connect-timeout", "40s", "df", "-k", "/"]);
    assert_eq!(ran.code, 123);
    assert_eq!(outcomes.len(), 200);
    let count = |wanted: &str| outcomes.keys().filter(|host| verdict(&outcomes, host) == wanted).count();
    assert_eq!((count("ok"), count("unreachable")), (180, 20), "{:?}", ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 180);
}

#[test]
fn a_slow_reader_is_waited_for() {
    let Some(mut daemons) = Daemons::alone() else { return };
    let rows = format!("{ONE_ROW}; i=0; while [ $i -lt 20000 ]; do echo '/dev/x 1 1 0 100% /x'; i=$((i+1)); done");
    with_programs(&mut daemons, "a", &[("df", &rows)]);
    with_programs(&mut daemons, "b", &[("df", &rows)]);
    let sandbox = Sandbox::new(&[]);
    let mut child =
        daemons.outparse(&sandbox, "a,b", &["-f", "jsonl", "df"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    thread::sleep(Duration::from_secs(2));
    let memory = common::peak_memory(child.id() as i32);
    let mut text = String::new();
    output.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(text.lines().count(), 40_002);
    assert!(memory.is_none_or(|kib| kib < 96 << 10), "{memory:?} KiB");
}

#[test]
fn what_cannot_be_done_on_many_machines_is_refused() {
    let sandbox = Sandbox::new(&[("ssh", "exit 255")]);
    sandbox.install("large", &"x".repeat((1 << 20) + 1), "644");
    for (arguments, said) in [(&["--raw"][..], "`--raw` is for one machine"), (&["--stdin", "large"], "1 MiB is the most")] {
        let ran = sandbox.run(&[&["--hosts", "a"], arguments, &["df"]].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
        ran.says(said);
    }
    let ran = sandbox.run(&["--hosts", "a", "--stdin", "no-such-file", "df"]);
    ran.says("`no-such-file`, which the command is to read, cannot be read");
    assert_ne!(ran.code, 0);
    for (list, said) in [
        ("-oProxyCommand=x", "is not the name of a machine"),
        ("@no-such-file", "the list of machines `no-such-file` cannot be read"),
        ("", "names no machine"),
        ("web*", "no `Host` of ssh_config fits `web*`"),
    ] {
        let ran = sandbox.run(&["--hosts", list, "df"]);
        ran.says(said);
        assert_ne!(ran.code, 0);
    }
    let ran = sandbox.run(&["--hosts", "a", "no-such-command"]);
    ran.says("no parser for `no-such-command`");
    let ran = sandbox.run(&["--jobs", "3", "df"]);
    assert_eq!(ran.code, 2);
    let ran = sandbox.run(&["--hosts", "a", "which", "df"]);
    ran.says("`--hosts` runs a command on machines");
    let ran = sandbox.run(&["--outcomes", "all.json", "df"]);
    ran.says("`--outcomes` says what came of many machines");
}

#[test]
fn tagged_captures_are_one_a_machine() {
    let sandbox = Sandbox::new(&[]);
    let stream = "\
web1: Filesystem 1K-blocks Used Available Use% Mounted on
db1: Filesystem     512-blocks      Used Available Capacity iused      ifree %iused  Mounted on
web1: /dev/a 100 60 40 60% /a
db1: /dev/disk1            200       100       100    50%       1          2   33%   /Volumes/My Disk
web2\tFilesystem 1K-blocks Used Available Use% Mounted on
web2\t/dev/c 100 60 40 60% /c: d
no tag here
bad: nonsense
web1: /dev/b 100 60 40 60% /b
";
    sandbox.install("stream", stream, "644");
    let ran = sandbox.run(&[
        "-f",
        "json",
        "--outcomes",
        "all.json",
        "--sort",
        "host,mounted_on",
        "parse",
        "df",
        "--tagged",
        "--input",
        "stream",
        "--",
        "-k",
    ]);
    assert_eq!(ran.code, 123, "{ran:?}");
    let rows: Vec<String> = ran.records().iter().map(|row| format!("{} {}", row["host"], row["mounted_on"])).collect();
    assert_eq!(rows, [r#""db1" "/Volumes/My Disk""#, r#""web1" "/a""#, r#""web1" "/b""#, r#""web2" "/c: d""#]);
    ran.says("line 7 begins with no machine's name");
    let outcomes = read_outcomes(&sandbox);
    assert_eq!(verdict(&outcomes, "bad"), "refused-by-parser");
    assert_eq!((verdict(&outcomes, "web1"), &outcomes["web1"]["records"]), ("ok", &Value::from(2)));
}

#[test]
fn a_long_tagged_line_is_its_own_machine_s_to_the_end() {
    let sandbox = Sandbox::new(&[]);
    let header = "Filesystem 1K-blocks Used Available Use% Mounted on\n";
    // Where the line is cut, it goes on like a line of another machine.
    let long = format!("liar: {}", "x".repeat((1 << 20) + 4090));
    let fake = "web1: /dev/fake 100 60 40 60% /fake\n";
    let stream =
        format!("web1: {header}liar: {header}{long}{fake}liar: /dev/a 100 60 40 60% /a\nweb1: /dev/b 100 60 40 60% /b\n");
    sandbox.install("stream", &stream, "644");
    let ran = sandbox.run(&["-f", "json", "--sort", "host", "parse", "df", "--tagged", "--input", "stream", "--", "-k"]);
    let rows: Vec<String> = ran.records().iter().map(|row| format!("{} {}", row["host"], row["mounted_on"])).collect();
    assert_eq!(rows, [r#""liar" "/a""#, r#""web1" "/b""#], "{ran:?}");
    ran.says("longer than the limit");
}
