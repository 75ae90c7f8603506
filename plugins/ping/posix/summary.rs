//! The summary: a line of counts and, when anything was received, one of round-trip times.

use outparse_sdk::{Field, Line, Problem};

use crate::record::{Event, Summary};

/// Reads `3 packets transmitted, 3 received, +1 duplicates, 0% packet loss, time 2003ms`. None when the line is another.
pub(crate) fn read(line: Line<'_>) -> Result<Option<Summary>, Problem> {
    if line.whole().find(" packets transmitted, ").is_none() {
        return Ok(None);
    }
    let counts = |part: &Field<'_>| {
        let part = part.trim();
        part.bytes.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'+') && part.fields().nth(1).is_some()
            || part.bytes.starts_with(b"time ")
    };
    if let Some(part) = line.whole().split(",").find(|part| !counts(part)) {
        return Err(part.expected("a number and what it counts"));
    }
    let mut event = Summary { duplicates: Some(0), ..Summary::default() };
    let mut fields = line.fields();
    while let Some(field) = fields.next() {
        // `time 2003ms` is the only part that begins with its word.
        if field.bytes == b"time" {
            let time = fields.next().unwrap_or(field);
            let milliseconds = time.strip_suffix("ms").ok_or_else(|| time.expected("a number of milliseconds"))?;
            event.duration = Some(milliseconds.float_e(-3)?);
            continue;
        }
        if !field.bytes.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'+') {
            continue;
        }
        let (_, words) = line.whole().split_at(field.end());
        let words = words.split_once(",").map_or(words, |(words, _)| words).trim();
        match words.strip_prefix("packets ").unwrap_or(words).bytes {
            b"transmitted" => event.packets_transmitted = Some(field.integer()?),
            b"received" => event.packets_received = Some(field.integer()?),
            b"duplicates" => event.duplicates = Some(field.integer()?),
            b"corrupted" => event.corrupted = Some(field.integer()?),
            b"errors" => event.errors = Some(field.integer()?),
            b"packet loss" | b"loss" => {
                let percent = field.strip_suffix("%").ok_or_else(|| field.expected("a percentage"))?;
                event.packet_loss_percent = Some(percent.float()?);
            }
            b"out of wait time" => {}
            _ => return Err(words.expected("what the number counts")),
        }
    }
    if event.packets_received.is_none() {
        return Err(line.expected("the packets received"));
    }
    Ok(Some(event))
}

/// Reads `rtt min/avg/max/mdev = 0.041/0.048/0.081/0.009 ms` into the summary before it. Where nothing was timed, iputils prints
/// what stands behind that alone: `pipe 2, ipg/ewma 0.079/0.056 ms`. False when the line is another.
pub(crate) fn read_times(line: Line<'_>, summary: Option<&mut Event>) -> Result<bool, Problem> {
    let Some(Event::Summary(summary)) = summary else { return Ok(false) };
    if line.bytes.starts_with(b"pipe ") || line.bytes.starts_with(b"ipg/ewma ") {
        line.whole().split(", ").try_for_each(|part| read_pace(part, summary))?;
        return Ok(true);
    }
    let starts = [&b"rtt min/avg/max"[..], b"round-trip min/avg/max"];
    if !starts.iter().any(|start| line.bytes.starts_with(start)) {
        return Ok(false);
    }
    let (_, values) = line.whole().split_once(" = ").ok_or_else(|| line.expected("` = ` and times"))?;
    let mut parts = values.split(", ");
    let values = parts.next().unwrap_or(values);
    let values = values.trim_end().strip_suffix(" ms").ok_or_else(|| values.expected("times in ms"))?;
    let mut times = [None; 4];
    for (time, digits) in times.iter_mut().zip(values.split("/")) {
        // BSD computes a deviation of what was never timed.
        *time = if digits.bytes.ends_with(b"nan") { None } else { Some(digits.float_e(-3)?) };
    }
    [summary.rtt_min, summary.rtt_mean, summary.rtt_max, summary.rtt_deviation] = times;
    parts.try_for_each(|part| read_pace(part, summary))?;
    Ok(true)
}

/// `pipe 2`, `ipg/ewma 0.079/0.056 ms`
fn read_pace(part: Field<'_>, summary: &mut Summary) -> Result<(), Problem> {
    let part = part.trim();
    if let Some(pending) = part.strip_prefix("pipe ") {
        summary.most_pending = Some(pending.integer()?);
        return Ok(());
    }
    let times = part.strip_prefix("ipg/ewma ").and_then(|times| times.strip_suffix(" ms")?.split_once("/"));
    let (gap, mean) = times.ok_or_else(|| part.expected("`pipe N` or `ipg/ewma N/N ms`"))?;
    (summary.inter_packet_gap, summary.rtt_moving_mean) = (Some(gap.float_e(-3)?), Some(mean.float_e(-3)?));
    Ok(())
}
