//! The summary: a line of counts and, when anything was received, one of round-trip times.

use outparse_sdk::{Line, Problem};

use crate::Event;
use crate::heading::find;

/// Reads `3 packets transmitted, 3 received, +1 duplicates, 0% packet loss, time 2003ms`. None when the line is another.
pub(crate) fn read(line: Line<'_>) -> Result<Option<Event>, Problem> {
    if find(line.bytes, b" packets transmitted, ").is_none() {
        return Ok(None);
    }
    let mut event = Event { kind: "summary".to_owned(), duplicates: Some(0), ..Event::default() };
    let mut fields = line.fields();
    while let Some(field) = fields.next() {
        // `time 2003ms` is the only part that begins with its word.
        if field.bytes == b"time" {
            let time = fields.next().unwrap_or(field);
            event.time_ms = Some(line.part(time.start(), time.end().saturating_sub(2)).float()?);
            continue;
        }
        if !field.bytes.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'+') {
            continue;
        }
        let words = line.part(field.end(), line.bytes.len());
        let words = words.bytes.split(|&byte| byte == b',').next().unwrap_or_default().trim_ascii();
        match words.strip_prefix(b"packets ").unwrap_or(words) {
            b"transmitted" => event.packets_transmitted = Some(field.integer()?),
            b"received" => event.packets_received = Some(field.integer()?),
            b"duplicates" => event.duplicates = Some(field.integer()?),
            b"corrupted" => event.corrupted = Some(field.integer()?),
            b"errors" => event.errors = Some(field.integer()?),
            b"packet loss" | b"loss" => {
                event.packet_loss_percent = Some(line.part(field.start(), field.end().saturating_sub(1)).float()?);
            }
            _ => {}
        }
    }
    if event.packets_received.is_none() {
        return Err(Problem::error(format!("expected the packets received, found {}", line.quoted())));
    }
    Ok(Some(event))
}

/// Reads `rtt min/avg/max/mdev = 0.041/0.048/0.081/0.009 ms` into the summary before it. False when the line is another.
pub(crate) fn read_times(line: Line<'_>, summary: Option<&mut Event>) -> Result<bool, Problem> {
    let Some(summary) = summary.filter(|event| event.kind == "summary") else { return Ok(false) };
    let starts = [&b"rtt min/avg/max"[..], b"round-trip min/avg/max"];
    if !starts.iter().any(|start| line.bytes.starts_with(start)) {
        return Ok(false);
    }
    let from = find(line.bytes, b" = ").map_or(0, |equals| equals + 3);
    let values = line.part(from, from + line.part(from, usize::MAX).bytes.iter().take_while(|&&byte| byte != b' ').count());
    let mut start = values.start();
    let mut times = [None; 4];
    for (time, digits) in times.iter_mut().zip(values.bytes.split(|&byte| byte == b'/')) {
        *time = Some(line.part(start, start + digits.len()).float()?);
        start += digits.len() + 1;
    }
    [summary.round_trip_ms_min, summary.round_trip_ms_avg, summary.round_trip_ms_max, summary.round_trip_ms_stddev] = times;
    Ok(true)
}
