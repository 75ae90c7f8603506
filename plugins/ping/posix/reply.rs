//! The lines between heading and summary: replies, timeouts, and errors from hosts on the way.

use outparse_sdk::{Field, Line, Problem, Severity};

use crate::Event;
use crate::heading::find;

/// How the errors begin that hosts send back, by the words of iputils, BSD and BusyBox. Longer ones first.
const ERRORS: &[&str] = &[
    "Destination Host Unreachable",
    "Destination Host Unknown",
    "Destination Host Prohibited",
    "Destination Net Unreachable",
    "Destination Net Unknown",
    "Destination Net Prohibited",
    "Destination Protocol Unreachable",
    "Destination Port Unreachable",
    "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service",
    "Destination unreachable",
    "Dest Unreachable",
    "Communication prohibited",
    "Communication Prohibited by Filtering",
    "Packet filtered",
    "Source host isolated",
    "Source Host Isolated",
    "Precedence Violation",
    "Precedence Cutoff",
    "frag needed and DF set",
    "Frag needed and DF set",
    "Source Route Failed",
    "Source Quench",
    "Packet too big",
    "Redirect Network",
    "Redirect Host",
    "Redirect Type of Service and Network",
    "Redirect Type of Service and Host",
    "Redirect",
    "Time to live exceeded",
    "Time exceeded",
    "Frag reassembly time exceeded",
    "Parameter problem",
    "Address unreachable",
    "No route",
    "Port unreachable",
    "Beyond scope of source address",
    "Hop limit exceeded",
];

/// Reads an answer. `warn` takes what is odd about it and did not cost it.
pub(crate) fn read(line: Line<'_>, mut warn: impl FnMut(Problem)) -> Result<Event, Problem> {
    let mut event = Event { duplicate: Some(false), ..Event::default() };
    let text = timestamp(line, &mut event)?;
    for late in ["no answer yet for icmp_seq=", "Request timeout for icmp_seq "] {
        if text.bytes.starts_with(late.as_bytes()) {
            event.kind = "timeout".to_owned();
            event.icmp_seq = Some(line.part(text.start() + late.len(), text.end()).integer()?);
            return Ok(event);
        }
    }
    let from = if text.bytes.starts_with(b"From ") {
        line.part(text.start() + 5, text.end())
    } else if let Some(words) = find(text.bytes, b" bytes from ") {
        event.bytes = Some(line.part(text.start(), text.start() + words).integer()?);
        line.part(text.start() + words + " bytes from ".len(), text.end())
    } else {
        return Err(text.expected("a reply"));
    };
    let details = sender(line, from, &mut event)?;
    read_details(line, details, &mut event, &mut warn)?;
    Ok(event)
}

/// Takes `[1594978465.914536]`, which `-D` puts before a line.
fn timestamp<'a>(line: Line<'a>, event: &mut Event) -> Result<Field<'a>, Problem> {
    let text = line.part(0, line.bytes.trim_ascii_end().len());
    match (text.bytes.first(), find(text.bytes, b"] ")) {
        (Some(b'['), Some(close)) => {
            event.timestamp = Some(line.part(1, close).float()?);
            Ok(line.part(close + 2, text.end()))
        }
        _ => Ok(text),
    }
}

/// Takes `host (address):`, `address:` or, before the request's number, an address alone. Returns what follows.
fn sender<'a>(line: Line<'a>, text: Field<'a>, event: &mut Event) -> Result<Field<'a>, Problem> {
    let ends = [&b": "[..], b", icmp_seq=", b" icmp_seq="];
    let end = ends.iter().filter_map(|end| find(text.bytes, end)).min().ok_or_else(|| text.expected("a sender and `:`"))?;
    let name = text.bytes.get(..end).unwrap_or_default().trim_ascii();
    match (name.strip_suffix(b")"), name.iter().rposition(|&byte| byte == b'(')) {
        (Some(named), Some(open)) => {
            event.response_ip = named.get(open + 1..).map(<[u8]>::to_vec);
            event.response_host = name.get(..open).map(|host| host.trim_ascii().to_vec()).filter(|host| !host.is_empty());
        }
        _ => event.response_ip = Some(name.to_vec()),
    }
    if event.response_ip.as_ref().is_none_or(|address| address.is_empty() || address.contains(&b' ')) {
        return Err(text.expected("the address of a sender"));
    }
    Ok(line.part(text.start() + end + 1, text.end()))
}

/// Takes `icmp_seq=1 ttl=64 time=0.041 ms (DUP!)` or `icmp_seq=1 Destination Host Unreachable`.
fn read_details(line: Line<'_>, text: Field<'_>, event: &mut Event, warn: &mut impl FnMut(Problem)) -> Result<(), Problem> {
    for field in line.fields().filter(|field| field.start() >= text.start()) {
        let value = |name: &str| line.part(field.start() + name.len(), field.end());
        match field.bytes {
            word if word.starts_with(b"icmp_seq=") => event.icmp_seq = Some(value("icmp_seq=").integer()?),
            word if word.starts_with(b"seq=") => event.icmp_seq = Some(value("seq=").integer()?),
            word if word.starts_with(b"ttl=") => event.ttl = Some(value("ttl=").integer()?),
            word if word.starts_with(b"hlim=") => event.ttl = Some(value("hlim=").integer()?),
            word if word.starts_with(b"time=") => event.time_ms = Some(value("time=").float()?),
            word if word.starts_with(b"ident=") || word.starts_with(b"tos=") => {}
            b"ms" if event.time_ms.is_some() => {}
            b"(DUP!)" | b"DUP!" => event.duplicate = Some(true),
            b"(truncated)" => warn(warning(field.problem("the reply was truncated"))),
            _ if event.time_ms.is_some() || event.ttl.is_some() => {
                warn(warning(line.part(field.start(), text.end()).expected("the end of the reply")));
                break;
            }
            _ => {
                event.kind = error_kind(line.part(field.start(), text.end()))?;
                return Ok(());
            }
        }
    }
    if event.icmp_seq.is_none() {
        return Err(text.expected("`icmp_seq=` or an error that ping knows"));
    }
    // ping prints no time when the request has no room for the moment it was sent.
    event.kind = "reply".to_owned();
    Ok(())
}

/// The record is there all the same.
fn warning(problem: Problem) -> Problem {
    Problem { severity: Severity::Warning, ..problem }
}

/// `Destination Host Unreachable` is `destination_host_unreachable`.
fn error_kind(text: Field<'_>) -> Result<String, Problem> {
    let ends = |rest: &[u8]| !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    let known =
        ERRORS.iter().filter(|error| text.bytes.strip_prefix(error.as_bytes()).is_some_and(ends)).max_by_key(|error| error.len());
    let known = known.ok_or_else(|| text.expected("a reply or an error that ping knows"))?;
    Ok(known.to_ascii_lowercase().replace(' ', "_"))
}

/// Whether the line is the titles above a returned IP header.
pub(crate) fn is_header_titles(text: &[u8]) -> bool {
    text.starts_with(b"Vr HL TOS")
}

/// Reads the values of a returned IP header, hexadecimal but for the addresses.
pub(crate) fn read_header(line: Line<'_>, event: &mut Event) -> Result<(), Problem> {
    let [vr, hl, tos, len, id, flg, off, ttl, pro, cks, src, dst] = line.fields_and_rest()?;
    let numbers = [vr, hl, tos, len, id, flg, off, ttl, pro, cks].map(hexadecimal);
    let [vr, hl, tos, len, id, flg, off, ttl, pro, cks] = numbers;
    (event.vr, event.hl, event.tos, event.len, event.id) = (Some(vr?), Some(hl?), Some(tos?), Some(len?), Some(id?));
    (event.flg, event.off, event.ttl, event.pro, event.cks) = (Some(flg?), Some(off?), Some(ttl?), Some(pro?), Some(cks?));
    (event.src, event.dst) = (Some(src.bytes.to_vec()), Some(dst.bytes.trim_ascii_end().to_vec()));
    Ok(())
}

fn hexadecimal(field: Field<'_>) -> Result<i64, Problem> {
    let digits = std::str::from_utf8(field.bytes).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    digits.and_then(|digits| i64::from_str_radix(digits, 16).ok()).ok_or_else(|| field.expected("a hexadecimal number"))
}
