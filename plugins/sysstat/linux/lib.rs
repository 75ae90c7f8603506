//! `iostat`, `mpstat`, `pidstat` and `sar` of sysstat: tables under their titles, again and again, each row as soon as it is there.

pub mod iostat;
mod json;
pub mod mpstat;
pub mod pidstat;
pub mod sar;

pub use iostat::Iostat;
pub use mpstat::Mpstat;
pub use pidstat::Pidstat;
pub use sar::Sar;

use outparse_sdk::{Base, Field, Problem};

outparse_sdk::export!(
    "sysstat-linux",
    env!("CARGO_PKG_VERSION"),
    "Processors, devices and tasks over time, as iostat, mpstat, pidstat and sar print them";
    Iostat, Mpstat, Pidstat, Sar
);

/// `Linux 6.1.0 (host)  11/27/26  _x86_64_  (2 CPU)`
pub(crate) fn is_banner(line: &[u8]) -> bool {
    line.starts_with(b"Linux ") && (line.ends_with(b" CPU)") || line.ends_with(b"CPUs)")) && line.contains(&b'(')
}

/// A number, in units of this size; with `-h` it may have a sign of percent or a letter that counts in 1024.
pub(crate) fn amount(word: Field<'_>, unit: f64) -> Result<f64, Problem> {
    let plain = word.strip_suffix("%").unwrap_or(word);
    match plain.float() {
        // Divided by a whole number, 9.00 ms are 0.009 s; times 0.001 they are a little more.
        Ok(number) if unit < 1.0 => Ok(number / unit.recip()),
        Ok(number) => Ok(number * unit),
        // A letter says the unit by itself.
        Err(problem) => plain.size(Base::Binary).map(|size| size as f64).map_err(|_| problem),
    }
}

/// What stands before the titles or cells: `03:16:15 PM`, `19:35:48`, or `Average:`.
pub(crate) fn clock<'a>(words: &[Field<'a>]) -> Option<(usize, String)> {
    let first = words.first()?;
    if first.bytes == b"Average:" || first.bytes == b"Summary:" {
        return Some((1, String::from_utf8_lossy(first.bytes).trim_end_matches(':').to_owned()));
    }
    if !first.has_shape("00:00:00") {
        return None;
    }
    let text = String::from_utf8_lossy(first.bytes).into_owned();
    match words.get(1).map(|word| word.bytes) {
        Some(half @ (b"AM" | b"PM")) => Some((2, format!("{text} {}", String::from_utf8_lossy(half)))),
        _ => Some((1, text)),
    }
}
