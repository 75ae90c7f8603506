//! The library in a few calls, as another program uses it.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::time::{Duration, Instant};

use arrow_array::cast::AsArray;
use outparse::capture::command::Input;
use outparse::{Error, Request};

/// A shell script whose output is read as df's.
fn df(script: &str) -> Request {
    Request::new(["sh", "-c", script]).plugin("df-gnu")
}

const HEADER: &str = "echo 'Filesystem 1K-blocks Used Available Use% Mounted on'";

#[test]
fn a_command_gives_records_of_the_caller_s_type() {
    #[derive(Debug, serde::Deserialize, PartialEq)]
    struct Filesystem {
        filesystem: String,
        size: i64,
        mounted_on: String,
    }
    let records = df(&format!("{HEADER}; echo '/dev/a 100 60 40 60% /a'; exit 3")).run().unwrap();
    let expected = Filesystem { filesystem: "/dev/a".to_owned(), size: 102_400, mounted_on: "/a".to_owned() };
    assert_eq!(records.to::<Filesystem>().unwrap(), [expected]);
    assert_eq!(records.status().unwrap().code(), Some(3));
    assert_eq!((records.about().name.as_str(), records.problems().len()), ("df-gnu", 0));
    assert_eq!(records.to_batch().unwrap().num_rows(), 1);
}

#[test]
fn a_type_that_does_not_fit_says_where() {
    #[derive(Debug, serde::Deserialize)]
    struct Wrong {
        #[allow(dead_code, reason = "only read by serde")]
        size: String,
    }
    let records = outparse::parse(["df"], b"Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/a 1 1 0 60% /a\n").unwrap();
    let error = format!("{:#}", records.to::<Wrong>().unwrap_err());
    assert!(error.starts_with("record 1: ") && error.contains("expected a string"), "{error}");
}

#[test]
fn text_that_is_not_utf8_is_shown_in_rows_and_kept_in_batches() {
    let records =
        outparse::parse(["df"], b"Filesystem 1K-blocks Used Available Use% Mounted on\ncaf\xe9 1 1 0 60% /a\n").unwrap();
    assert_eq!(records.rows().unwrap()[0]["filesystem"], "caf\\xe9");
    let exact = records.batches()[0].column_by_name("filesystem").unwrap();
    assert_eq!(arrow_array::cast::AsArray::as_binary::<i32>(exact).value(0), b"caf\xe9");
    assert_eq!(records.to_batch().unwrap().num_rows(), 1);
}

#[test]
fn problems_are_told() {
    let script = format!("{HEADER}; echo '/dev/a 100 sixty 40 60% /a'");
    let records = df(&script).run().unwrap();
    assert_eq!(records.problems().iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
    let mut stream = df(&script).stream().unwrap();
    stream.by_ref().for_each(|batch| drop(batch.unwrap()));
    assert_eq!((stream.take_problems().len(), stream.take_problems().len()), (1, 0));
    assert_eq!(stream.status().unwrap().code(), Some(0));
}

#[test]
fn a_stream_gives_records_while_the_command_runs_and_ends_it_when_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let script = format!("echo $$ > {}; {HEADER}; while echo '/dev/a 100 60 40 60% /a'; do sleep 0.02; done", pid.display());
    let mut stream = df(&script).stream().unwrap();
    assert!(stream.next().unwrap().unwrap().num_rows() > 0);
    assert_eq!(stream.about().unwrap().name, "df-gnu");
    drop(stream);
    let pid: i32 = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err(), "it still runs");
}

#[test]
fn a_stream_of_a_silent_command_can_be_dropped() {
    let start = Instant::now();
    drop(df("exec sleep 60").stream().unwrap());
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_goes_wrong_is_said_once() {
    let unknown = outparse::run(["no-such-command"]).unwrap_err();
    assert!(matches!(unknown, Error::NoParser { .. }), "{unknown}");
    let missing = Request::new(["/no/such/df"]).stream().err().unwrap();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
    let mut stream = df("echo nothing like df").stream().unwrap();
    let refused = stream.next().unwrap().unwrap_err();
    assert!(matches!(refused, Error::Unrecognised { .. }), "{refused}");
    assert!(stream.next().is_none() && stream.status().is_none());
    assert!(matches!(Request::new([""; 0]).run(), Err(Error::Usage(_))));
}

#[test]
fn a_command_reads_a_file_when_asked_to() {
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seed/df-macos.txt");
    let records = Request::new(["cat"]).plugin("df-bsd").platform("macos").input(Input::File(capture.into())).run().unwrap();
    assert_eq!(records.rows().unwrap().len(), 3);
}

#[test]
fn it_can_be_used_where_waiting_is_allowed_in_an_asynchronous_program() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let rows =
        runtime.block_on(async { tokio::task::spawn_blocking(|| outparse::run(["df"]).unwrap().rows().unwrap().len()).await });
    assert!(rows.unwrap() > 0);
}

#[test]
fn a_batch_of_several_shapes_has_the_fields_that_the_capture_added() {
    let capture = "NAME      READY   AGE\nweb       1/1     5d\n\nNAME      TYPE        AGE\nfront     ClusterIP   3d\n";
    let records = outparse::parse(["kubectl", "get", "all"], capture.as_bytes()).unwrap();
    assert_eq!(records.shapes().len(), 2);
    let batch = records.to_batch().unwrap();
    let texts = |name: &str| {
        let column = batch.column_by_name(name).unwrap_or_else(|| panic!("`{name}` is missing")).as_string::<i32>().clone();
        column.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(texts("type"), [None, Some("ClusterIP".to_owned())]);
    assert_eq!(texts("name"), [Some("web".to_owned()), Some("front".to_owned())]);
}
