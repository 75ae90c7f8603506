//! The static program on a system of BusyBox alone: what its commands print, held against the kernel, and every fixture against what the
//! program of this system makes of it.
//!
//! `tests/busybox.sh` makes the system and runs these tests with it; the ordinary run leaves them out.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::Sleeper;
use outparse_authoring::fixture::Fixture;
use serde_json::{Value, json};

/// Runs the program in the other system, in a folder that both have.
fn run(arguments: &[&str], folder: &Path) -> Output {
    let run = Command::new(common::outparse())
        .args(arguments)
        .current_dir(folder)
        .env("PATH", "/bin:/sbin:/usr/bin:/usr/sbin")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {run:?}");
    assert!(run.stderr.is_empty(), "{arguments:?}: {run:?}");
    run
}

fn records_in(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let run = run(&[&["--format", "json"], arguments].concat(), folder);
    serde_json::from_slice(&run.stdout).unwrap()
}

fn records(arguments: &[&str]) -> Vec<Value> {
    records_in(Path::new("/tmp"), arguments)
}

/// What a command of the other system prints, as it is.
fn raw(arguments: &[&str]) -> String {
    String::from_utf8(run(&[&["--raw"], arguments].concat(), Path::new("/tmp")).stdout).unwrap()
}

/// Some fields of a record.
fn some(record: &Value, fields: &[&str]) -> Vec<Value> {
    fields.iter().map(|&field| record.get(field).unwrap_or_else(|| panic!("no `{field}` in {record}")).clone()).collect()
}

/// The number in kB that a line of `/proc/meminfo` has.
fn memory(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn there_is_nothing_but_busybox() {
    let files = raw(&["find", "/bin", "/sbin", "/usr", "/etc", "/root", "-type", "f"]);
    let mut files: Vec<_> = files.lines().collect();
    files.sort_unstable();
    let certificates = "/etc/ssl/certs/ca-certificates.crt";
    assert_eq!(files, ["/bin/busybox", "/etc/group", "/etc/hosts", "/etc/passwd", certificates, "/usr/bin/outparse"]);
    let missing = raw(&["sh", "-c", "ls -d /lib /lib64 2>&1 || true"]);
    assert_eq!(missing.matches("No such file").count(), 2, "{missing}");
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn df_is_what_the_filesystem_says_and_read_by_its_own_dialect() {
    let stat = raw(&["stat", "-f", "-c", "%S %b %f %a %c %d", "/dev/shm"]);
    let numbers: Vec<u64> = stat.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [block, blocks, free, available, inodes, inodes_free] = numbers[..] else { panic!("{stat}") };
    let (size, used) = (json!(blocks * block), json!((blocks - free) * block));
    for options in [&["-k"][..], &["-P"], &["-kT"], &["-aT"], &["-B", "1024"]] {
        let all = records(&[&["df"], options, &["/dev/shm"]].concat());
        let expected = [json!("/dev/shm"), size.clone(), used.clone(), json!(available * block)];
        assert_eq!(some(&all[0], &["mounted_on", "size", "used", "available"]), expected, "{options:?}");
        assert_eq!((all.len(), all[0].get("type").is_some()), (1, options[0].contains('T')), "{options:?}");
    }
    let listed = &records(&["df", "-i", "/dev/shm"])[0];
    assert_eq!(
        some(listed, &["inodes", "inodes_used", "inodes_free"]),
        [inodes, inodes - inodes_free, inodes_free].map(|n| json!(n))
    );
    // Rounded to a tenth of its unit.
    let rounded = records(&["df", "-h", "/dev/shm"])[0]["size"].as_f64().unwrap();
    assert!((rounded / (blocks * block) as f64 - 1.0).abs() < 0.06, "{rounded}");

    let whole = run(&["--envelope", "--format", "json", "df", "/dev/shm"], Path::new("/tmp"));
    let envelope: Value = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!(envelope["plugin"]["name"], "df-busybox", "{envelope:#}");
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn processes_are_what_the_kernel_says() {
    let sleeper = Sleeper::start(&["300", "0.0", "0"]);
    let pid = sleeper.id();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after: Vec<i64> =
        stat.rsplit_once(") ").unwrap().1.split_whitespace().skip(1).map(|word| word.parse().unwrap_or(-1)).collect();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let all = records(&["ps", "-o", "pid,ppid,pgid,nice,vsz,comm,args"]);
    let found: Vec<_> = all.iter().filter(|one| one["pid"] == pid).collect();
    assert_eq!(found.len(), 1, "{all:#?}");
    assert_eq!(some(found[0], &["ppid", "pgid", "nice"]), [after[0], after[1], after[15]].map(|n| json!(n)), "{}", found[0]);
    assert_eq!(some(found[0], &["name", "command"]), [json!("sleep"), json!("sleep 300 0.0 0")]);
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap().trim().trim_end_matches(" kB");
    assert_eq!(found[0]["vsz"], json!(size.parse::<u64>().unwrap() * 1024), "{}", found[0]);
    // What it prints unasked has no parent; the process is there.
    assert!(records(&["ps"]).iter().any(|one| one["pid"] == pid && one["command"] == "sleep 300 0.0 0"));
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn listed_files_are_as_the_system_has_them() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [("plain", 0), ("with two  spaces", 17), ("-dash", 1), ("größe", 70_000), ("'quoted'", 3), ("a -> b", 2)]
    {
        fs::write(folder.path().join(name), vec![b'x'; bytes]).unwrap();
    }
    symlink("with two  spaces", folder.path().join("link")).unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let mut listed = records_in(folder.path(), &["ls", "-lAin", "--full-time"]);
    listed.sort_by_key(|one| one["name"].as_str().unwrap().to_owned());
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(listed.len(), names.len(), "{listed:#?}");
    for (listed, name) in listed.iter().zip(&names) {
        let is = fs::symlink_metadata(folder.path().join(name)).unwrap();
        assert_eq!(
            some(listed, &["name", "size", "inode", "links"]),
            [json!(name), json!(is.len()), json!(is.ino()), json!(is.nlink())]
        );
        let modified = chrono::DateTime::parse_from_rfc3339(listed["modified"].as_str().unwrap()).unwrap();
        assert_eq!(modified.timestamp(), is.mtime(), "{listed}");
    }
    assert_eq!(listed.iter().find(|one| one["name"] == "link").unwrap()["target"], "with two  spaces");
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn mounted_filesystems_are_those_of_the_kernel() {
    let kernel = raw(&["cat", "/proc/self/mounts"]);
    let expected: Vec<Vec<Value>> = kernel
        .lines()
        .map(|line| {
            let words: Vec<_> = line.split(' ').collect();
            let options: Vec<_> = words[3].split(',').collect();
            vec![json!(words[0]), json!(words[1]), json!(words[2]), json!(options)]
        })
        .collect();
    let fields = ["filesystem", "mounted_on", "type", "options"];
    let ours: Vec<_> = records(&["mount"]).iter().map(|one| some(one, &fields)).collect();
    assert_eq!(ours, expected);
    let ours: Vec<_> = records(&["/proc/self/mounts"]).iter().map(|one| some(one, &fields)).collect();
    assert_eq!(ours, expected);
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn memory_time_and_the_user_are_those_of_the_system() {
    for options in [&["free", "-b"][..], &["free"], &["free", "-k"]] {
        let kinds = records(&[&["--kind", "all"], options].concat());
        let total = |kind: &str| kinds.iter().find(|one| one["kind"] == kind).unwrap()["total"].clone();
        assert_eq!([total("memory"), total("swap")], [json!(memory("MemTotal")), json!(memory("SwapTotal"))], "{options:?}");
    }
    let seconds = || fs::read_to_string("/proc/uptime").unwrap().split('.').next().unwrap().parse::<i64>().unwrap();
    let before = seconds();
    let uptime = records(&["uptime"])[0]["uptime"].as_i64().unwrap();
    // To the minute; and `sysinfo`, which BusyBox asks, counts a second that has begun.
    assert!((before - 60..=seconds() + 1).contains(&uptime), "{uptime} and {before}");
    assert_eq!(some(&records(&["id"])[0], &["uid", "user", "gid", "group"]), [json!(0), json!("root"), json!(0), json!("root")]);
    let uname = &records(&["uname", "-a"])[0];
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    assert_eq!(some(uname, &["kernel_name", "kernel_release"]), [json!("Linux"), json!(release.trim())]);
    let now = records(&["date"])[0]["time"]
        .as_str()
        .map(|time| chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp())
        .unwrap();
    assert!((now - chrono::Utc::now().timestamp()).abs() < 60);
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn files_that_are_counted_and_summed_are_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("text"), "one two\nthree\n").unwrap();
    let counted = &records_in(folder.path(), &["wc", "text"])[0];
    assert_eq!(some(counted, &["path", "lines", "words", "bytes"]), [json!("text"), json!(2), json!(3), json!(14)]);
    let sum = &records_in(folder.path(), &["sha256sum", "text"])[0];
    assert_eq!(sum["digest"], "6481b98de00b3b8c0eccd56b3877aa72d7cbb9c2b97142fa35f7177f9456926d");
    let is = fs::metadata(folder.path().join("text")).unwrap();
    let stat = &records_in(folder.path(), &["stat", "text"])[0];
    assert_eq!(
        some(stat, &["size", "inode", "links", "uid"]),
        [is.size(), is.ino(), is.nlink(), is.uid().into()].map(|n| json!(n))
    );
    let found: Vec<_> = records_in(folder.path(), &["find", "."]).iter().map(|one| one["path"].clone()).collect();
    assert_eq!(found, [json!("."), json!("./text")]);
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn the_network_is_what_the_kernel_says() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sockets = records(&["--kind", "network_socket", "netstat", "-tln"]);
    let ours: Vec<_> = sockets.iter().filter(|one| one["local_port"] == port).collect();
    assert_eq!(ours.len(), 1, "{sockets:#?}");
    assert_eq!(some(ours[0], &["local_address", "state"]), [json!("127.0.0.1"), json!("LISTEN")]);
    let number = |name: &str| fs::read_to_string(format!("/sys/class/net/lo/{name}")).unwrap().trim().parse::<u64>().unwrap();
    let links = records(&["ip", "link"]);
    let lo = links.iter().find(|one| one["interface"] == "lo").unwrap();
    assert_eq!(some(lo, &["mtu", "index"]), [json!(number("mtu")), json!(number("ifindex"))]);
    let with_addresses = records(&["ifconfig", "lo"]);
    assert_eq!(some(&with_addresses[0], &["interface", "mtu"]), [json!("lo"), json!(number("mtu"))]);
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn records_appear_while_the_command_runs() {
    let started = Instant::now();
    let mut child = Command::new(common::outparse())
        .args(["--format", "jsonl", "--kind", "reply", "ping", "-c", "3", "127.0.0.1"])
        .current_dir("/tmp")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let times: Vec<Duration> = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| {
            let reply: Value = serde_json::from_str(&line.unwrap()).unwrap();
            assert_eq!(reply["address"], "127.0.0.1");
            started.elapsed()
        })
        .collect();
    assert!(child.wait().unwrap().success());
    // A second between two of them.
    assert_eq!(times.len(), 3);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] > Duration::from_millis(500)), "{times:?}");
}

#[test]
#[ignore = "run by tests/busybox.sh"]
fn every_fixture_is_read_as_the_program_of_this_system_reads_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let mut read = 0;
    for plugin in outparse::registry::bundled() {
        let (command, dialect) = plugin.name.rsplit_once('-').unwrap();
        for fixture in Fixture::all(&root.join(command).join(dialect)).unwrap() {
            let Ok(words) = fs::read_to_string(fixture.folder.join("command")) else { continue };
            let words: Vec<_> = words.lines().collect();
            let run = |program: &Path| {
                let mut run = Command::new(program);
                run.args(["--format", "json", "--plugin", plugin.name, "--captured-at", "2026-03-01T12:00:00+01:00"])
                    .args(["parse", words[0], "--input", "output", "--"])
                    .args(&words[1..])
                    .current_dir(&fixture.folder);
                run.output().unwrap()
            };
            let (ours, theirs) = (run(Path::new(env!("CARGO_BIN_EXE_outparse"))), run(common::outparse()));
            assert_eq!(ours, theirs, "{}: {}", plugin.name, fixture.name);
            read += usize::from(ours.status.success());
        }
    }
    assert!(read > 500, "only {read} were read");
}
