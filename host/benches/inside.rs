//! What parsing costs inside the process: the same capture through the same parser, native and sandboxed, in chunks as the
//! pipeline makes them. `cargo bench --bench inside`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark")]

use std::fmt::Write;

use divan::counter::BytesCount;
use outparse::capture::lines::READ_SIZE;
use outparse::registry::{Capture, Config, bundled};
use outparse::sandbox::{Answer, Code, Limits, Sandbox, Source};
use outparse_bulk::Pool;
use outparse_df_gnu::Df;
use outparse_sdk::Native;
use outparse_sdk::bindings::exports::outparse::plugin::parser as wit;

fn main() {
    divan::main();
}

/// A df of many filesystems, in chunks of whole lines with the number of their first line.
fn chunks() -> (Vec<(Vec<u8>, u64)>, usize) {
    let mut text = format!("{:<18} {:>10} {:>8} {:>9} Use% Mounted on\n", "Filesystem", "1K-blocks", "Used", "Available");
    for row in 0..100_000u64 {
        let (size, used) = (1_000_000 + row * 7919 % 999_000_000, 1000 + row * 104_729 % 9_999_000);
        let _ = writeln!(text, "/dev/disk{row:<9} {size:>10} {used:>8} {:>9} {:>3}% /mnt/volume/{row}", size - used, row % 101);
    }
    let bytes = text.len();
    let mut chunks: Vec<(Vec<u8>, u64)> = Vec::new();
    let mut chunk = Vec::new();
    let mut first_line = 1;
    for (line, number) in text.as_bytes().split_inclusive(|&byte| byte == b'\n').zip(1..) {
        if chunk.len() + line.len() > READ_SIZE {
            chunks.push((std::mem::take(&mut chunk), first_line));
            first_line = number;
        }
        chunk.extend_from_slice(line);
    }
    chunks.push((chunk, first_line));
    (chunks, bytes)
}

fn rows(answer: &wit::Answer) -> u32 {
    answer.batches.iter().map(|batch| batch.rows).sum()
}

#[divan::bench]
fn native(bencher: divan::Bencher<'_, '_>) {
    let (chunks, bytes) = chunks();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let mut parser = Native::<Df>::new(&outparse_sdk::Source { command: "df".to_owned(), ..Default::default() });
        chunks.iter().map(|(lines, first_line)| rows(&parser.feed(lines, *first_line).unwrap())).sum::<u32>()
    });
}

#[divan::bench]
fn sandboxed(bencher: divan::Bencher<'_, '_>) {
    let (chunks, bytes) = chunks();
    let sandbox = Sandbox::new(Limits::default()).unwrap();
    let df = bundled().iter().find(|bundled| bundled.name == "df-gnu").unwrap();
    let mut plugin = sandbox.load(Code::Bundled(df)).unwrap();
    let source = Source { command: "df".to_owned(), ..Source::default() };
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut session = plugin.session(0, &source).unwrap();
        let mut rows = 0;
        for (lines, first_line) in &chunks {
            match session.feed(lines, *first_line).unwrap() {
                Answer::Records { batches, .. } => rows += batches.iter().map(|(_, batch)| batch.num_rows()).sum::<usize>(),
                Answer::Refusal(refusal) => panic!("{refusal:?}"),
            }
        }
        rows
    });
}

/// A df of this many filesystems.
fn small(rows: usize) -> Vec<u8> {
    let mut text = format!("{:<18} {:>10} {:>8} {:>9} Use% Mounted on\n", "Filesystem", "1K-blocks", "Used", "Available");
    for row in 0..rows {
        let _ = writeln!(text, "/dev/disk{row:<9} {:>10} {:>8} {:>9} {:>3}% /mnt/volume/{row}", 1_000_000, 1000, 999_000, row);
    }
    text.into_bytes()
}

/// A capture of 25 rows after the other, each in an instance of its own.
#[divan::bench]
fn bulk(bencher: divan::Bencher<'_, '_>) {
    let capture = small(25);
    let pool = Pool::new(Config::default(), 1).unwrap();
    let df = pool.plan(Capture::of_command(&["df".to_owned()]), None).unwrap();
    let mut worker = pool.worker();
    bencher.bench_local(|| worker.parse(&df, &capture).unwrap().batches().len());
}

/// Loading a bundled plugin and asking it what it is: what each run pays before its first byte.
#[divan::bench]
fn load(bencher: divan::Bencher<'_, '_>) {
    let df = bundled().iter().find(|bundled| bundled.name == "df-gnu").unwrap();
    bencher.bench_local(|| {
        let sandbox = Sandbox::new(Limits::default()).unwrap();
        sandbox.load(Code::Bundled(df)).unwrap().description().name.len()
    });
}
