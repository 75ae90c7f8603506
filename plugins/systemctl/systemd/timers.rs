//! `systemctl list-timers`. In JSON (`-o json`) times are microseconds since the beginning of 1970, and how far they are is not said.

use outparse_sdk::document::{Content, Document, Node};
use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time};

use crate::bare;
use crate::legend::is_legend;
use crate::span::{point, seconds};

/// A timer.
#[derive(Clone, Debug, Default, Record)]
pub struct Timer<'a> {
    /// The timer's unit.
    #[field(key)]
    pub unit: &'a [u8],
    /// The unit that it starts.
    pub activates: Option<&'a [u8]>,
    /// When it goes off next. Local, unless the zone is UTC.
    pub next: Option<Time<6>>,
    /// How long that is from now on; systemd leaves small units out.
    #[field(unit = "seconds", approximate, gauge)]
    pub left: Option<f64>,
    /// When it went off last.
    pub last: Option<Time<6>>,
    /// How long ago that was.
    #[field(unit = "seconds", approximate, gauge)]
    pub passed: Option<f64>,
    /// Zone of the times, as printed.
    pub zone: Option<&'a [u8]>,
}

/// Reads `systemctl list-timers`.
pub struct Timers {
    began: bool,
    /// What JSON was printed so far.
    document: Option<Document>,
}

const TITLES: &str = "NEXT LEFT LAST PASSED UNIT ACTIVATES";

impl Parser for Timers {
    const ABOUT: About = About {
        name: "timers",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Timers, as systemctl list-timers prints them",
        commands: &["systemctl list-timers", "systemctl"],
        dialect: "systemd",
        platforms: &["linux"],
        ..About::DEFAULT
    };
    type Record = Timer<'static>;

    fn new(source: &Source) -> Self {
        let words = source.arguments.as_deref().unwrap_or_default();
        Timers { began: bare::is_asked_for(words), document: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if Document::take(&mut self.document, b'[', !rows.recognised(), line) {
            return Ok(());
        }
        if *line.whole().squeezed() == *TITLES.as_bytes() {
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        if is_legend(line.whole()) {
            rows.recognise();
            return Ok(());
        }
        if !self.began {
            return Err(Error::Unrecognised(line.expected(&format!("the titles `{TITLES}`"))));
        }
        let timer = read(line.whole());
        rows.push(if rows.recognised() { timer? } else { timer.map_err(Error::Unrecognised)? });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if let Some(document) = self.document.take() {
            let whole = document.read().map_err(Error::Unrecognised)?;
            let timers = whole.items().and_then(|timers| timers.iter().map(object).collect::<Result<Vec<_>, _>>());
            let timers = timers.map_err(Error::Unrecognised)?;
            rows.recognise();
            rows.shape(["unit", "activates", "next", "last"]);
            timers.into_iter().for_each(|timer| rows.push(timer));
        }
        rows.expect_recognised(&format!("the titles `{TITLES}`"))
    }
}

/// `{"next":1700000000000000,"left":…,"last":null,"passed":…,"unit":"a.timer","activates":"a.service"}`. What `left` and `passed` are changed
/// between versions: the time once more, or one by another clock.
fn object<'a>(object: &'a Node<'_>) -> Result<Timer<'a>, Problem> {
    let mut timer =
        Timer { unit: object.get("unit").ok_or_else(|| object.expected("a timer with a `unit`"))?.text()?, ..Timer::default() };
    for (name, value) in object.members()? {
        match &**name {
            b"unit" | b"left" | b"passed" => {}
            _ if value.content == Content::Null => {}
            b"activates" => timer.activates = Some(value.text()?),
            b"next" => timer.next = microseconds(value)?,
            b"last" => timer.last = microseconds(value)?,
            _ => return Err(value.problem(format!("expected the name of a column of timers, found `{}`", name.escape_ascii()))),
        }
    }
    Ok(timer)
}

/// A point in time; 0 is none.
fn microseconds(value: &Node<'_>) -> Result<Option<Time<6>>, Problem> {
    let number = value.integer()?;
    let time = Time::utc(number.div_euclid(1_000_000), number.rem_euclid(1_000_000) as u32 * 1000);
    Ok((number != 0).then_some(time))
}

/// `Sat 2020-02-29 00:00:00 UTC 3h 5min left Fri 2020-02-28 00:00:00 UTC 20h ago a.timer a.service`, with `n/a` or `-` for what is not.
fn read(line: Field<'_>) -> Result<Timer<'_>, Problem> {
    let words = line.words();
    let unit = words.iter().rposition(|word| word.bytes.ends_with(b".timer")).ok_or_else(|| line.expected("a timer"))?;
    let mut timer = Timer { unit: words[unit].bytes, activates: words.get(unit + 1).map(|word| word.bytes), ..Timer::default() };
    let mut at = 0;
    let none = |word: &Field<'_>| matches!(word.bytes, b"n/a" | b"-");
    for side in 0..2 {
        let Some(first) = words.get(at).filter(|_| at < unit) else {
            return Err(line.expected("two times and how far they are"));
        };
        if none(first) {
            // Neither the time nor the distance is known.
            at += 1 + usize::from(words.get(at + 1).is_some_and(none) && at + 1 < unit);
            continue;
        }
        let time = words
            .get(at..at + 4)
            .filter(|_| at + 4 <= unit)
            .ok_or_else(|| first.expected("a time such as `Sat 2020-02-29 00:00:00 UTC`"))?;
        let text = line.part(time[0].start() - line.start(), time[3].end() - line.start());
        let when = point(text).ok_or_else(|| text.expected("a time such as `Sat 2020-02-29 00:00:00 UTC`"))?;
        if !time[3].bytes[0].is_ascii_alphabetic() && !b"+-".contains(&time[3].bytes[0]) {
            return Err(time[3].expected("a time zone such as `UTC`"));
        }
        timer.zone = Some(time[3].bytes);
        at += 4;
        let from = at;
        while at < unit && !words[at].is_weekday() && !(none(&words[at]) && at > from) {
            at += 1;
        }
        let mut distance = &words[from..at];
        // A timer whose time has passed has run late, or has not run yet.
        let is_against = distance.iter().any(|word| word.bytes == if side == 0 { &b"ago"[..] } else { b"left" });
        while let [rest @ .., last] = distance
            && matches!(last.bytes, b"left" | b"ago" | b"n/a" | b"-")
        {
            distance = rest;
        }
        let far = match distance {
            [] => None,
            [first, ..] => {
                let last = distance[distance.len() - 1];
                let text = line.part(first.start() - line.start(), last.end() - line.start());
                let far = seconds(text).ok_or_else(|| text.expected("a duration such as `3h 5min`"))?;
                Some(if is_against { -far } else { far })
            }
        };
        if side == 0 {
            (timer.next, timer.left) = (Some(when), far);
        } else {
            (timer.last, timer.passed) = (Some(when), far);
        }
    }
    Ok(timer)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Timers;

    #[test]
    fn both_times_and_their_distances_are_read_and_may_be_missing() {
        let capture = "NEXT                        LEFT          LAST                        PASSED  UNIT    ACTIVATES\n\
            Sat 2020-02-29 00:00:00 UTC 3h 5min left  Fri 2020-02-28 00:00:00 UTC 20h ago a.timer a.service\n\
            n/a                         n/a           Fri 2020-02-28 00:00:00 UTC 1 day 2h ago b.timer b.service\n\
            Sat 2020-02-29 00:00:00 UTC 30s left -  - c.timer c.service\n\
            -  - - - d.timer d.service\n\n4 timers listed.\n";
        let parsed = parse::<Timers>(None, capture.as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        assert_eq!(
            parsed.records,
            [
                r#"{"unit":"a.timer","activates":"a.service","next":"2020-02-29T00:00:00Z","left":11100,"last":"2020-02-28T00:00:00Z","passed":72000,"zone":"UTC"}"#,
                r#"{"unit":"b.timer","activates":"b.service","next":null,"left":null,"last":"2020-02-28T00:00:00Z","passed":93600,"zone":"UTC"}"#,
                r#"{"unit":"c.timer","activates":"c.service","next":"2020-02-29T00:00:00Z","left":30,"last":null,"passed":null,"zone":"UTC"}"#,
                r#"{"unit":"d.timer","activates":"d.service","next":null,"left":null,"last":null,"passed":null,"zone":null}"#,
            ]
        );
    }

    #[test]
    fn what_stands_below_a_blank_line_is_read_or_told() {
        let table = "NEXT LEFT LAST PASSED UNIT ACTIVATES\n-  - - - a.timer a.service\n";
        let capture = format!("{table}\n1 timers listed.\nPass --all to see loaded but inactive timers, too.\n\n{table}\nx: y\n");
        let parsed = parse::<Timers>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
    }

    #[test]
    fn a_time_that_has_passed_is_left_below_zero() {
        let arguments = Some(&["systemctl", "list-timers", "--no-legend"][..]);
        let capture = b"Sat 2020-02-29 00:00:00 UTC 5min ago Fri 2020-02-28 00:00:00 UTC 1 day ago a.timer a.service\n";
        assert!(parse::<Timers>(arguments, capture).only().contains(r#""left":-300,"#));
        assert_unrecognised::<Timers>([capture]);
    }

    #[test]
    fn json_has_the_times_and_not_how_far_they_are() {
        let parsed = parse::<Timers>(
            None,
            br#"[{"next":1582934400000000,"left":1582934400000000,"last":1582848000500000,"passed":77,"unit":"a.timer","activates":"a.service"},
{"next":null,"left":null,"last":0,"passed":0,"unit":"b.timer","activates":null}]"#,
        );
        assert_eq!(
            parsed.sound(),
            [
                r#"{"unit":"a.timer","activates":"a.service","next":"2020-02-29T00:00:00Z","last":"2020-02-28T00:00:00.500Z"}"#,
                r#"{"unit":"b.timer"}"#,
            ]
        );
        assert_eq!(parse::<Timers>(None, b"[]\n").sound(), [""; 0]);
        assert_unrecognised::<Timers>(["[{\"next\":1}]\n", "[{\"unit\":\"a\",\"when\":1}]\n", "[\n"]);
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Timers>(["hello\n", "NEXT LEFT\n", ""]);
    }
}
