//! `ntpq -p`: a table of peers.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// A time server.
#[derive(Clone, Debug, Default, Record)]
pub struct Peer<'a> {
    /// Its name or address, cut at 15 characters unless `-w` is given.
    #[field(key)]
    pub remote: &'a [u8],
    /// How it is used, by the sign before it: `*` the one that is followed, `+` a candidate, `-` an outlier, `x` false; null where it is none.
    pub tally: Option<&'a [u8]>,
    /// Where it has its time from.
    pub reference: &'a [u8],
    /// Distance to a clock; 16 where it has no time.
    pub stratum: i64,
    /// What it is, by a letter: `u` unicast, `p` pool, `l` local, …
    pub peer_type: &'a [u8],
    /// When it was last heard from; null where it was not.
    #[field(unit = "seconds", gauge)]
    pub last_heard: Option<i64>,
    /// How often it is asked.
    #[field(unit = "seconds")]
    pub poll: Option<i64>,
    /// Which of the last eight times it answered, as bits in octal.
    pub reach: Option<i64>,
    /// Time for a question and its answer.
    #[field(unit = "seconds", gauge)]
    pub delay: f64,
    /// By how much its clock is ahead.
    #[field(unit = "seconds", gauge)]
    pub offset: f64,
    /// By how much that changes.
    #[field(unit = "seconds", gauge)]
    pub jitter: f64,
}

/// Reads `ntpq -p`.
pub struct Ntpq {
    began: bool,
    /// A line with a long name alone, as `-w` prints it: its fields stand on the next line.
    name: Option<(u64, Vec<u8>)>,
}

/// Where names are cut.
const NAME_WIDTH: usize = 15;
const TITLES: &str = "remote refid st t when poll reach delay offset jitter";

impl Parser for Ntpq {
    const ABOUT: About = About {
        name: "ntpq",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Time servers, as ntpq -p prints them",
        commands: &["ntpq"],
        dialect: "ntp",
        ..About::DEFAULT
    };
    type Record = Peer<'static>;

    fn new(_: &Source) -> Self {
        Ntpq { began: false, name: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() || self.began && line.bytes.starts_with(b"===") {
            return Ok(());
        }
        if !self.began {
            line.expect(TITLES)?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        let whole = line.whole();
        if let Some((number, name)) = self.name.take() {
            if is_continued(whole) {
                let joined = [&name[..], b" ", whole.trim_start().bytes].concat();
                let joined = Field::from(&joined[..]);
                rows.push(read(joined)?);
                return Ok(());
            }
            rows.problem(alone(&name).on_line(number));
        }
        if is_name(whole) {
            self.name = Some((line.number, whole.trim_end().bytes.to_vec()));
            return Ok(());
        }
        rows.push(read(whole)?);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some((number, name)) = self.name.take() {
            rows.problem(alone(&name).on_line(number));
        }
        rows.expect_recognised(&format!("the titles `{TITLES}`"))
    }
}

/// Whether nothing stands on the line but a name that is too long for its column.
fn is_name(line: Field<'_>) -> bool {
    line.words().len() == 1 && line.bytes.get(1).is_some_and(|byte| *byte != b' ') && line.trim_end().bytes.len() > NAME_WIDTH + 1
}

/// Whether the line has all that stands behind a name, and begins where its column has ended.
fn is_continued(line: Field<'_>) -> bool {
    line.bytes.starts_with(&[b' '; NAME_WIDTH + 1]) && line.words().len() == 9
}

/// A name without the fields behind it.
fn alone(name: &[u8]) -> Problem {
    Problem::error(format!("expected 10 fields after the sign, found `{}` alone", String::from_utf8_lossy(name)))
}

/// Seconds, or with a letter minutes, hours or days: `66`, `12m`, `3h`, `2d`; `-` is none.
fn since(word: Field<'_>) -> Result<Option<i64>, Problem> {
    let Some(word) = word.known() else { return Ok(None) };
    for (letter, factor) in [("m", 60), ("h", 3600), ("d", 86_400), ("y", 31_557_600)] {
        if let Some(number) = word.strip_suffix(letter) {
            return Ok(Some(number.integer()? * factor));
        }
    }
    word.integer().map(Some)
}

fn read(line: Field<'_>) -> Result<Peer<'_>, Problem> {
    let (tally, rest) = line.split_at(1);
    let words = rest.words();
    let Some((remote, others)) = words.split_last_chunk::<9>().filter(|(remote, _)| !remote.is_empty()) else {
        return Err(Problem::error(format!("expected 10 fields after the sign, found {}", words.len())));
    };
    let [reference, stratum, kind, when, poll, reach, delay, offset, jitter] = *others;
    // A name may have blanks (`192.0.2.1 (time.example.org`), and is cut where its column ends.
    let name = rest.split_at(reference.start() - rest.start()).0.trim();
    if remote.len() > 1 && name.bytes.len() > NAME_WIDTH {
        return Err(name.expected(&format!("a name of no more than {NAME_WIDTH} characters before nine fields")));
    }
    Ok(Peer {
        remote: name.bytes,
        tally: Some(tally.bytes).filter(|sign| *sign != b" "),
        reference: reference.bytes,
        stratum: stratum.integer()?,
        peer_type: kind.bytes,
        last_heard: since(when)?,
        poll: since(poll)?,
        reach: Some(reach.integer()?),
        delay: delay.float_e(-3)?,
        offset: offset.float_e(-3)?,
        jitter: jitter.float_e(-3)?,
    })
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Ntpq;

    #[test]
    fn a_name_with_a_blank_is_one_name_and_a_row_with_a_field_too_many_none() {
        let titles = "     remote           refid      st t when poll reach   delay   offset  jitter\n======\n";
        let row = |name: &str| format!("{titles}+{name} 203.0.113.5  2 u   11   64    7   68.172    4.404   4.878\n");
        let parsed = parse::<Ntpq>(None, row("192.0.2.36 (tim").as_bytes());
        assert!(parsed.records[0].contains(r#""remote":"192.0.2.36 (tim","tally":"+","reference":"203.0.113.5""#), "{parsed:?}");
        let parsed = parse::<Ntpq>(None, row("time.example.org 192.0.2.36").as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 1), "{parsed:?}");
    }

    #[test]
    fn a_long_name_stands_on_a_line_of_its_own() {
        let text = b"     remote           refid      st t when poll reach   delay   offset  jitter\n======\n\
            *very-long-name.example.org\n                 .GPS.            1 u   12   64  377    0.500   -0.002   0.001\n\
            +another-long-name.example.org\n 10.0.0.1         .GPS.            1 u   12   64  377    0.500   -0.002   0.001\n";
        let parsed = parse::<Ntpq>(Some(&["ntpq", "-pw"]), text);
        parsed.has(0, &[r#""remote":"very-long-name.example.org","tally":"*","reference":".GPS.","stratum":1"#]);
        parsed.has(1, &[r#""remote":"10.0.0.1","tally":null"#]);
        assert_eq!(
            parsed.problems,
            ["error: line 5, expected 10 fields after the sign, found `+another-long-name.example.org` alone"]
        );
        assert_any_split::<Ntpq>(None, text);
    }

    #[test]
    fn milliseconds_are_seconds() {
        let parsed = parse::<Ntpq>(None, b"     remote           refid      st t when poll reach   delay   offset  jitter\n======\n+44.190.6.254    127.67.113.92    2 u   2m   64  377   22.690   -0.392   2.085\n 0.pool. .POOL.          16 p    -   64    0    0.000    0.000   0.000\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"remote":"44.190.6.254","tally":"+","reference":"127.67.113.92","stratum":2,"peer_type":"u","last_heard":120,"poll":64,"reach":377,"delay":0.02269,"offset":-0.000392,"jitter":0.002085}"#,
                r#"{"remote":"0.pool.","tally":null,"reference":".POOL.","stratum":16,"peer_type":"p","last_heard":null,"poll":64,"reach":0,"delay":0,"offset":0,"jitter":0}"#,
            ]
        );
        assert_unrecognised::<Ntpq>(["hello\n", "remote\n", ""]);
    }
}
