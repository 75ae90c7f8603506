//! Many captures: in one process, each in an instance of its own; in files, compressed files and archives; on all cores, in order.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;
#[path = "common/guest.rs"]
mod guest;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use arrow_array::RecordBatchReader;
use arrow_array::cast::AsArray;
use outparse::registry::{Capture, Config};
use outparse_bulk::{Fault, Pool, Scan, ScanTable, Told, Worker};

use common::{Ran, Sandbox};
use guest::Guest;

const HEADER: &str = "Filesystem 1K-blocks Used Available Use% Mounted on\n";

/// The df of one machine.
fn df(number: usize) -> String {
    format!("{HEADER}/dev/disk{number} 1000 {number} 500 1% /mnt/{number}\n")
}

fn of(words: &str) -> Capture {
    Capture::of_command(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())
}

/// A folder of so many captures of df.
fn folder(captures: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..captures {
        fs::write(folder.path().join(format!("{number:04}.txt")), df(number)).unwrap();
    }
    folder
}

fn path(folder: &Path) -> String {
    folder.to_str().unwrap().to_owned()
}

/// A plugin that counts what it is fed, in its memory.
const COUNTS: &str = "(func $feed (param $first_line i64) (result i32)
    (i64.store (i32.const 2560) (i64.add (i64.load (i32.const 2560)) (i64.const 1)))
    (i32.const 2048))";

/// One that never comes back from a capture of more than a thousand lines.
const STOPS: &str = "(func $feed (param $first_line i64) (result i32)
    (if (i64.gt_u (local.get $first_line) (i64.const 1000)) (then (loop $for_ever (br $for_ever))))
    (i32.const 2048))";

/// A component in a file, and the configuration with its limits.
fn plugin(folder: &Path, form: &str) -> (String, Config) {
    let file = folder.join("guest.wasm");
    fs::write(&file, Guest::new("guest").with(form).component()).unwrap();
    let config = folder.join("config.toml");
    fs::write(&config, "[limits]\ncall-millis = 300\n").unwrap();
    (path(&file), Config::from_file(&config).unwrap())
}

#[test]
fn nothing_is_left_of_one_capture_in_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (plugin, config) = plugin(folder.path(), COUNTS);
    let pool = Pool::new(config, 2).unwrap();
    let plan = pool.plan(of("df"), Some(&plugin)).unwrap();
    let mut workers: Vec<Worker> = (0..2).map(|_| pool.worker()).collect();
    for capture in 0..500 {
        let records = workers[capture % 2].parse(&plan, b"one line\n").unwrap();
        assert_eq!(records.rows().unwrap()[0]["number"], 8, "capture {capture}");
    }
}

#[test]
fn a_session_after_the_other_takes_no_more_memory() {
    let pool = Pool::new(Config::default(), 1).unwrap();
    let plan = pool.plan(of("df -k"), None).unwrap();
    let mut worker = pool.worker();
    let mut resident = || {
        for number in 0..10_000 {
            assert_eq!(worker.parse(&plan, df(number % 100).as_bytes()).unwrap().batches().len(), 1);
        }
        let statm = fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    let first = resident();
    let second = resident();
    assert!(second < first + (4 << 20), "{first} bytes after ten thousand sessions, {second} after twenty thousand");
}

#[test]
fn a_poison_capture_costs_its_limit_and_nothing_else() {
    let folder = folder(40);
    let (plugin, config) = plugin(folder.path(), STOPS);
    let poison = folder.path().join("0020.txt");
    fs::write(&poison, "a line of some length, so that the capture is read in more than one piece\n".repeat(4000)).unwrap();
    let begin = Instant::now();
    let scan = Scan::new([format!("{}/*.txt", path(folder.path()))]).of(of("df")).plugin(Some(plugin)).config(config);
    let mut scanning = scan.threads(2).start().unwrap();
    let (mut rows, mut failures) = (0, Vec::new());
    for told in &mut scanning {
        match told {
            Told::Records(_, batch) => rows += batch.num_rows(),
            Told::Failure(failure) => failures.push(*failure),
            Told::Shape(_) => {}
        }
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    // Of each honest capture a record for its only piece; of the poison, those of the pieces before.
    assert!(rows >= 40, "{rows}");
    let [failure] = &failures[..] else { panic!("{failures:?}") };
    assert_eq!((failure.fault, failure.taken.path.as_str()), (Fault::Stopped, poison.to_str().unwrap()));
    assert!(failure.message.contains("it took longer than 300ms"), "{}", failure.message);
    assert_eq!((scanning.counts().captures, scanning.counts().parsed), (40, 39));
}

#[test]
fn the_order_is_that_of_the_files_whoever_reads_them() {
    let folder = folder(700);
    let scan = |threads: &str| {
        let sandbox = Sandbox::new(&[]);
        sandbox.run(&["scan", "--threads", threads, "-f", "csv", &path(folder.path()), "--", "df", "-k"])
    };
    let one = scan("1");
    assert_eq!((one.code, one.stdout.lines().count()), (0, 701), "{}", one.stderr);
    assert_eq!(one.stdout, scan("8").stdout);
}

#[test]
fn records_of_each_kind_come_in_the_order_of_the_files_whatever_shapes_they_have() {
    const FILES: usize = 1200;
    let folder = tempfile::tempdir().unwrap();
    let memory = ["total  used  free\nMem: 5 1 2\n", "total  used  free  shared\nMem: 5 1 2 0\n"];
    for file in 0..FILES {
        let swap = format!("Swap: {file} 0 0\n");
        let capture = format!("      {}{}", memory[file % 2], if file.is_multiple_of(3) { &swap } else { "" });
        fs::write(folder.path().join(format!("{file:04}.txt")), capture).unwrap();
    }
    let scan = |threads: &str| {
        let jq = r#".[] | "\(.kind) \(.capture.path | split("/") | last)""#;
        let folder = path(folder.path());
        let ran =
            Sandbox::new(&[]).run(&["scan", "--threads", threads, "--kind", "all", "--jq", jq, &folder, "--", "free", "-b"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        ran.stdout
    };
    let one = scan("1");
    for (kind, each) in [("memory", 1), ("swap", 3)] {
        let files: Vec<_> = one.lines().filter_map(|line| line.strip_prefix(kind)).collect();
        assert_eq!(files, (0..FILES).step_by(each).map(|file| format!(" {file:04}.txt")).collect::<Vec<_>>(), "{kind}");
    }
    assert_eq!(one, scan("2"));
    assert_eq!(one, scan("8"));
}

#[test]
fn compressed_files_and_archives_are_read_as_they_are() {
    let sandbox = Sandbox::new(&[]);
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bulk/");
    let expected = "captures,a/df.txt,/dev/sda1\ncaptures,b/df.txt,/dev/sdb1\n";
    for archive in ["captures.tar.gz", "captures.tar.xz", "captures.tar.zst", "captures.zip"] {
        let jq = r#"map("captures,\(.capture.member),\(.filesystem)")[]"#;
        let ran = sandbox.run(&["scan", "--member", "*/df.txt", "--jq", jq, &format!("{here}{archive}"), "--", "df"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, expected), "{archive}: {}", ran.stderr);
    }
    let jq = "map(.capture.member)[]";
    let ran = sandbox.run(&["scan", "--member", "*/df.txt", "--jq", jq, &format!("{here}nested.tar.xz"), "--", "df"]);
    let members = ["captures.tar.xz!a/df.txt", "captures.tar.xz!b/df.txt", "captures.zip!a/df.txt", "captures.zip!b/df.txt"];
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), members, "{}", ran.stderr);
}

#[test]
fn what_is_no_capture_is_told_of_and_the_others_are_there() {
    let sandbox = Sandbox::new(&[]);
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bulk/captures.tar.gz");
    let whole = fs::read(here).unwrap();
    fs::write(sandbox.path("broken.tar.gz"), &whole[..whole.len() - 40]).unwrap();
    fs::write(sandbox.path("line.txt"), format!("{HEADER}not a row\n/dev/sdc1 1 1 1 1% /c\n")).unwrap();
    let ran = sandbox.run(&[
        "scan",
        here,
        "broken.tar.gz",
        "line.txt",
        "--problems",
        "bad.jsonl",
        "-f",
        "jsonl",
        "--fields",
        "filesystem",
        "--",
        "df",
    ]);
    assert_eq!(ran.code, 123, "{}", ran.stderr);
    assert!(ran.stdout.ends_with("{\"filesystem\":\"/dev/sdc1\"}\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("b/notes: unrecognised"), "{}", ran.stderr);
    let bad = fs::read_to_string(sandbox.path("bad.jsonl")).unwrap();
    let bad: Vec<serde_json::Value> = bad.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&str, &str)> =
        bad.iter().map(|row| (row["capture"]["path"].as_str().unwrap(), row["fault"].as_str().unwrap())).collect();
    assert!(told.contains(&(here, "unrecognised")) && told.contains(&("broken.tar.gz", "unreadable")), "{told:?}");
    let line = bad.iter().find(|row| row["fault"] == "problem").unwrap();
    assert_eq!((&line["capture"]["path"], &line["line"]), (&"line.txt".into(), &2.into()));
}

#[test]
fn what_makes_no_sense_is_said_before_anything_is_read() {
    let sandbox = Sandbox::new(&[("out.json", "before")]);
    let folder = folder(1);
    let file = path(&folder.path().join("0000.txt"));
    let refused = |arguments: &[&str], said: &str| {
        let ran: Ran = sandbox.run(&[&["scan"], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    };
    refused(&["nowhere", "--", "df"], "`nowhere` cannot be read");
    refused(&["nothing-*", "--", "df"], "no file fits `nothing-*`");
    refused(&["--member", "[", &file, "--", "df"], "is no pattern of members");
    refused(&["--raw", &file, "--", "df"], "`--raw` is for one capture");
    refused(&["--where", "sise > 1", &file, "--", "df"], "`size`");
    refused(&["--problems", "x.doc", &file, "--", "df"], "no format is called `.doc`");
    let unknown = sandbox.run(&["scan", &file, "--", "no-such-command"]);
    assert_eq!(unknown.code, 125);
}

#[test]
fn a_list_of_paths_and_a_file_of_a_machine() {
    let sandbox = Sandbox::new(&[]);
    for host in ["web1", "db1"] {
        fs::create_dir_all(sandbox.path(host)).unwrap();
        fs::write(sandbox.path(host).join("passwd"), format!("{host}:x:1000:1000::/home/{host}:/bin/sh\n")).unwrap();
    }
    fs::write(sandbox.path("list"), "web1/passwd\ndb1/passwd\n").unwrap();
    let jq = r#"map("\(.capture.path) \(.name // .user)")[]"#;
    let ran = sandbox.run(&["scan", "--files-from", "list", "--jq", jq, "--", "/etc/passwd"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "web1/passwd web1\ndb1/passwd db1\n"), "{}", ran.stderr);
}

#[test]
fn fields_that_no_schema_names_are_in_a_column_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1"), "NAME  READY\npod1  1\n").unwrap();
    fs::write(folder.path().join("2"), "NAME  AGE\npod2  5\n").unwrap();
    let scan = Scan::new([path(folder.path())]).of(of("kubectl get pods")).plugin(Some("table-any".to_owned()));
    let mut table = ScanTable::new(scan.start().unwrap(), Box::new(|| Ok(()))).unwrap();
    let names: Vec<String> = table.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["capture", "columns", "other_fields"]);
    let mut others = String::new();
    for batch in &mut table {
        let batch = batch.unwrap();
        for value in batch.column(2).as_string::<i64>().iter() {
            let _ = writeln!(others, "{}", value.unwrap());
        }
    }
    assert_eq!(others, "{\"name\":\"pod1\",\"ready\":1}\n{\"name\":\"pod2\",\"age\":5}\n");
    assert!(table.failures().lock().unwrap().is_empty());
}

#[test]
fn a_scan_that_is_dropped_ends_its_threads() {
    let folder = folder(2000);
    let begin = Instant::now();
    let mut scanning = Scan::new([path(folder.path())]).of(of("df")).threads(4).start().unwrap();
    assert!(scanning.next().is_some());
    drop(scanning);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// A bundle as `sos report` lays it out, its manifest behind its files.
fn bundle(path: &Path, host: &str, manifest: bool) {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(fs::File::create(path).unwrap(), flate2::Compression::fast()));
    let mut add = |name: &str, text: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("sosreport-{host}-2026-11-28-abcdefg/{name}"), text.as_bytes()).unwrap();
    };
    add("etc/hostname", &format!("{host}\n"));
    add("sos_commands/filesys/df_-m", "Filesystem 1M-blocks Used Available Use% Mounted on\n/dev/sda1 100 60 40 60% /\n");
    add("sos_commands/filesys/df_-al_-x_autofs", &df(7));
    add("sos_commands/filesys/dfx", "something else\n");
    let entry = |words: &[&str], file: &str| serde_json::json!({"command": words[0], "parameters": words[1..], "filepath": file});
    let commands = [
        entry(&["df", "-m"], "sos_commands/filesys/df_-m"),
        entry(&["df", "-al", "-x", "autofs"], "sos_commands/filesys/df_-al_-x_autofs"),
    ];
    let plugins = serde_json::json!({"filesys": {"commands": commands}});
    let text =
        serde_json::json!({"start_time": "2026-11-28 22:57:36.5", "components": {"report": {"plugins": plugins}}}).to_string();
    if manifest {
        add("sos_reports/manifest.json", &text);
    }
    archive.into_inner().unwrap().finish().unwrap();
}

#[test]
fn a_bundle_says_what_its_files_are() {
    let sandbox = Sandbox::new(&[]);
    bundle(&sandbox.path("one.tar.gz"), "web1", true);
    bundle(&sandbox.path("two.tar.gz"), "db1", true);
    let jq = r#"map("\(.capture.host) \(.capture.arguments | join(" ")) \(.capture.time) \(.filesystem)")[]"#;
    let ran = sandbox.run(&["scan", "--sos", "one.tar.gz", "two.tar.gz", "--jq", jq, "--", "df"]);
    let time = "2026-11-28T22:57:36";
    let rows = |host: &str| format!("{host} -m {time} /dev/sda1\n{host} -al -x autofs {time} /dev/disk7\n");
    assert_eq!((ran.code, ran.stdout), (0, rows("web1") + &rows("db1")), "{}", ran.stderr);
    let chosen = sandbox.run(&["scan", "--sos", "one.tar.gz", "--jq", "map(.size)[]", "--", "df", "-m"]);
    assert_eq!((chosen.code, chosen.stdout.as_str()), (0, "104857600\n"), "{}", chosen.stderr);
}

#[test]
fn a_bundle_that_does_not_say_it_is_told_of() {
    let sandbox = Sandbox::new(&[]);
    bundle(&sandbox.path("old.tar.gz"), "web1", false);
    let ran = sandbox.run(&["scan", "--sos", "old.tar.gz", "--fields", "filesystem", "-f", "csv", "--", "df"]);
    assert!(ran.stdout.contains("/dev/disk7"), "{ran:?}");
    assert!(ran.stderr.contains("does not say with which arguments"), "{ran:?}");
    fs::write(sandbox.path("text"), "no archive\n").unwrap();
    let none =
        sandbox.run(&["scan", "--sos", "text", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bulk/captures.tar.gz"), "--", "df"]);
    assert_eq!(none.code, 123, "{none:?}");
    assert!(none.stderr.contains("no archive, and so no bundle") && none.stderr.contains("it is no bundle"), "{none:?}");
}

/// What a scan of one file told of it.
fn failures(scan: Scan) -> (u64, Vec<(Fault, String)>) {
    let mut scanning = scan.of(of("df -k")).start().unwrap();
    let told = scanning.by_ref().filter_map(|told| match told {
        Told::Failure(failure) => Some((failure.fault, failure.message)),
        _ => None,
    });
    let told = told.collect();
    (scanning.counts().records, told)
}

#[test]
fn each_limit_is_told_of_where_it_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).unwrap();
        Scan::new([path(&folder.path().join(name))])
    };
    let (rows, told) = failures(file("large", df(1).repeat(20).as_bytes()).most_bytes(100));
    assert!(
        rows <= 1 && told.contains(&(Fault::Unreadable, "it has more than 100 bytes, of which the first were parsed".to_owned())),
        "{told:?}"
    );

    let mut wrapped = df(1).into_bytes();
    for _ in 0..8 {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, &wrapped).unwrap();
        wrapped = gzip.finish().unwrap();
    }
    let (rows, told) = failures(file("deep", &wrapped));
    assert_eq!((rows, told), (0, vec![(Fault::Unreadable, "archives are within each other more than 6 times".to_owned())]));

    let (rows, told) = failures(file("broken", format!("{}{}", df(1), "no row\n".repeat(1200)).as_bytes()));
    let more = (Fault::Problem, "… and 200 more problems".to_owned());
    assert_eq!((rows, told.len(), told.last()), (1, 1001, Some(&more)));
}
