//! Which parser is used, and how strict it is.

use clap::Args;

use outparse::capture::clock;
use outparse::sandbox::Moment;
use outparse::schema::time;

#[derive(Args, Debug)]
#[command(next_help_heading = "Parsing")]
pub(crate) struct Choosing {
    /// The platform the output is from: linux, macos, freebsd, … [default: this one]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) platform: Option<String>,
    /// Use this parser only: a dialect, a plugin's name, or a component's file
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub(crate) plugin: Option<String>,
    /// Read any table by what stands under what: titles over columns, `key: value`, `key=value`, or CSV
    #[arg(long, global = true, conflicts_with = "plugin")]
    pub(crate) table: bool,
    /// When a capture was taken, for times that were printed without year or day: 2026-01-31T12:00:00+01:00, or `now`. The offset is the one there
    #[arg(long, global = true, value_name = "TIME", value_parser = moment)]
    pub(crate) captured_at: Option<Moment>,
    /// Make numbers of what a catalogue has as text, where all texts of a field are numbers; `007` and `1.10` stay
    #[arg(long, global = true)]
    pub(crate) guess_types: bool,
    /// Fail when anything could not be understood
    #[arg(long, global = true)]
    pub(crate) strict: bool,
}

/// The parser of any table.
const TABLE: &str = "table-any";

impl Choosing {
    /// The parser that is asked for.
    pub(crate) fn plugin(&self) -> Option<&str> {
        if self.table { Some(TABLE) } else { self.plugin.as_deref() }
    }
}

/// A point in time with its offset; without one, the offset there is unknown, and the time is taken as UTC.
fn moment(text: &str) -> Result<Moment, String> {
    if text == "now" {
        return Ok(clock::now());
    }
    let (seconds, _, offset) = time::read(text).ok_or_else(|| format!("`{text}` is no time; write 2026-01-31T12:00:00+01:00"))?;
    Ok(Moment { seconds, offset })
}
