//! What blocks and lines of `stat` have in common: titles with a word behind them, quotes, and times in words.

use outparse_sdk::{Field, Time, time};

pub(super) fn owned(field: Field<'_>) -> Option<Vec<u8>> {
    Some(field.bytes.to_vec())
}

/// The word after a title in a line, unless it is the next title.
pub(super) fn after<'a>(line: Field<'a>, title: &str) -> Option<Field<'a>> {
    line.split_once(title)?.1.fields().next().filter(|word| !word.bytes.ends_with(b":"))
}

/// What stands in quotes of any sort.
pub(super) fn unquoted(text: Field<'_>) -> Option<&[u8]> {
    let pairs = [("‘", "’"), ("`", "'"), ("'", "'"), ("\"", "\"")];
    pairs.into_iter().find_map(|(start, end)| Some(text.strip_prefix(start)?.strip_suffix(end)?.bytes))
}

/// `Thu Aug 13 15:03:52 2021` and the same without the weekday.
pub(super) fn in_words(text: Field<'_>) -> Option<Time<9>> {
    let words: Vec<Field<'_>> = text.fields().filter(|word| !word.is_weekday()).collect();
    let [month, day, clock, year] = words[..] else { return None };
    let (seconds, nanos) = time::time_of_day(clock.bytes)?;
    let day = u32::try_from(day.as_integer()?).ok()?;
    let time: Time<9> = Time::local(year.as_integer()?, time::month(month.bytes)?, day, seconds)?;
    Some(Time { nanos, ..time })
}
