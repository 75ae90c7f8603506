//! What the `protocol` and `stream` examples share: which command to run, and the report on it.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use outparse::capture::lines::{Ending, LineCutter};
use outparse::error::Error;
use outparse::parse::{Parse, Sink};
use outparse::problem::Problem;
use outparse::registry::{Capture, Config, Query, rank};
use outparse::sandbox::{Ended, Sandbox};
use outparse::schema::{About, Shape};

/// The command to run, `df -hl` unless arguments say otherwise, and where its output comes from. A single argument is a capture
/// from macOS to be replayed.
pub(crate) fn command_line() -> (Vec<String>, Capture) {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let df = ["df", "-hl"].map(str::to_owned);
    let known = |platform: &str| Capture { platform: Some(platform.to_owned()), ..Capture::of_command(&df) };
    match words.as_slice() {
        [] => (df.to_vec(), known(std::env::consts::OS)),
        [capture] => (vec!["cat".to_owned(), capture.clone()], known("macos")),
        _ => (words, known(std::env::consts::OS)),
    }
}

/// Parses a capture and prints the free space on each filesystem; a command that failed has none.
pub(crate) fn report(return_code: u8, captured: &[u8], capture: Capture) -> Result<(), Error> {
    let mut free_space = FreeSpace::default();
    if return_code == 0 {
        println!("parsing results");
        parse(captured, capture, &mut free_space)?;
        println!("\nFree space:");
        for (mounted_on, available) in free_space.0 {
            println!("{mounted_on:25}: {available}");
        }
    } else {
        println!("error exit {return_code}");
    }
    Ok(())
}

fn parse(captured: &[u8], capture: Capture, sink: &mut FreeSpace) -> Result<(), Error> {
    let config = Config::default();
    let platform = capture.platform.clone().unwrap_or_default();
    let ranking = rank(&Query { command: &capture.words, platform: &platform, ..Query::default() }, &config)?;
    let candidates = ranking.into_candidates();
    let mut parse = Parse::new(Sandbox::new(config.limits())?, capture, candidates)?;
    let mut lines = LineCutter::new(config.limits().line);
    lines.buffer().extend_from_slice(captured);
    lines.finish(Ending::Closed).into_iter().try_for_each(|piece| parse.feed(piece, sink))?;
    parse.finish(Ended::COMPLETE, sink)
}

/// Each mount point with its free space in units.
#[derive(Default)]
struct FreeSpace(Vec<(String, String)>);

impl Sink for FreeSpace {
    fn start(&mut self, _: &Arc<About>) -> anyhow::Result<()> {
        Ok(())
    }

    fn records(&mut self, _: &Arc<Shape>, batch: RecordBatch) -> anyhow::Result<()> {
        let (Some(mounted_on), Some(available)) = (batch.column_by_name("mounted_on"), batch.column_by_name("available")) else {
            anyhow::bail!("records of df have these fields");
        };
        let available = available.as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let mounted_on = mounted_on.as_string_opt::<i32>().map_or("(not UTF-8)", |names| names.value(row));
            self.0.push((mounted_on.to_owned(), in_units(available.value(row))));
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> anyhow::Result<()> {
        eprintln!("{}: {problem}", problem.severity);
        Ok(())
    }
}

/// A size as `df -h` on macOS prints it: `233Gi`, `2.3Ti`.
fn in_units(bytes: i64) -> String {
    let mut value = bytes as f64;
    let mut unit = "Bi";
    for larger in ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] {
        if value.abs() < 999.5 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    let decimals = usize::from(value != 0.0 && value.abs() < 9.95);
    format!("{value:.decimals$}{unit}")
}
