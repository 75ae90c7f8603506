//! Tables in what `kubectl describe` prints, those of events among them.

use outparse_sdk::grid::{Side, Span, checked_cells};
use outparse_sdk::{Field, Problem, time};

use crate::kubectl_describe::object::{Event, Object};

const UNITS: [(&str, i64); 5] = [("y", 365 * 86_400), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];

/// A table that is being read.
pub(crate) struct Table {
    pub(crate) indent: usize,
    pub(crate) titles: Vec<Vec<u8>>,
    pub(crate) spans: Vec<Span>,
}

impl Table {
    /// The titles begin where the signs below them do.
    pub(crate) fn under(titles: &[u8], signs: Field<'_>) -> Result<Table, Problem> {
        let titles = Field::from(titles);
        let spans: Vec<Span> =
            signs.fields().map(|sign| Span { start: sign.start(), end: sign.end(), side: Side::Left }).collect();
        let cells = checked_cells(&spans, titles)?;
        let title = |(cell, span): (&Option<Field<'_>>, &Span)| {
            cell.filter(|cell| cell.start() == span.start).map(|cell| cell.bytes.to_vec())
        };
        let names = cells.iter().zip(&spans).map(title).collect::<Option<Vec<_>>>();
        let names = names.ok_or_else(|| signs.expected("a title over each column"))?;
        Ok(Table { indent: signs.start(), titles: names, spans })
    }
}

/// `----  ------`: longer than what a program may be told, `--`.
pub(crate) fn is_rule(text: Field<'_>) -> bool {
    let is_long = |word: &Field<'_>| word.bytes.len() > 2 && word.bytes.iter().all(|byte| *byte == b'-');
    text.fields().count() > 1 && text.fields().all(|word| is_long(&word))
}

pub(crate) fn event(object: &Object, cells: &[(&[u8], Field<'_>)]) -> Result<Event, Problem> {
    let mut event = Event { name: object.name.clone(), namespace: object.namespace.clone(), ..Event::default() };
    for (title, cell) in cells {
        let text = || Some(cell.bytes.to_vec());
        match *title {
            b"Type" => event.r#type = text(),
            b"Reason" => event.reason = text(),
            // `5m1s (x5 over 32m)`
            b"Age" => {
                let (last, rest) = cell.split_once(" (x").map_or((*cell, None), |(last, rest)| (last, Some(rest)));
                event.last_seen = age(last)?;
                event.count = rest.is_none().then_some(1);
                if let Some(rest) = rest {
                    let (count, first) = rest
                        .strip_suffix(")")
                        .and_then(|rest| rest.split_once(" over "))
                        .ok_or_else(|| cell.expected("`AGE (xN over AGE)`"))?;
                    (event.count, event.first_seen) = (Some(count.integer()?), age(first)?);
                }
            }
            b"From" => event.from = text(),
            b"Message" => event.message = text(),
            _ => return Err(cell.expected("an event of a type, a reason, an age, a source and a message")),
        }
    }
    Ok(event)
}

/// `5m1s`; nothing where it is not known.
fn age(text: Field<'_>) -> Result<Option<i64>, Problem> {
    if matches!(text.bytes, b"<unknown>" | b"<invalid>") {
        return Ok(None);
    }
    time::spelt_duration(text, &UNITS).map(Some).ok_or_else(|| text.expected("an age, as `5m1s`"))
}
