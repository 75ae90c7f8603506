//! The lines between heading and summary: replies, timeouts, and errors from hosts on the way.

use outparse_sdk::{Field, Line, Problem};

use crate::Event;

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
    let text = timestamp(line.whole().trim_end(), &mut event)?;
    if let Some(late) = text.strip_prefix("no answer yet for icmp_seq=").or(text.strip_prefix("Request timeout for icmp_seq ")) {
        event.kind = "timeout".to_owned();
        event.icmp_seq = Some(late.integer()?);
        return Ok(event);
    }
    let from = if let Some(from) = text.strip_prefix("From ") {
        from
    } else if let Some((bytes, from)) = text.split_once(" bytes from ") {
        event.bytes = Some(bytes.integer()?);
        from
    } else {
        return Err(text.expected("a reply"));
    };
    let details = sender(from, &mut event)?;
    read_details(line, details, &mut event, &mut warn)?;
    Ok(event)
}

/// Takes `[1594978465.914536]`, which `-D` puts before a line.
fn timestamp<'a>(text: Field<'a>, event: &mut Event) -> Result<Field<'a>, Problem> {
    match text.strip_prefix("[").and_then(|text| text.split_once("] ")) {
        Some((timestamp, text)) => {
            event.timestamp = Some(timestamp.float()?);
            Ok(text)
        }
        None => Ok(text),
    }
}

/// Takes `host (address):`, `address:` or, before the request's number, an address alone. Returns what follows.
fn sender<'a>(text: Field<'a>, event: &mut Event) -> Result<Field<'a>, Problem> {
    let ends = [": ", ", icmp_seq=", " icmp_seq="];
    let end = ends.iter().filter_map(|end| text.find(end)).min().ok_or_else(|| text.expected("a sender and `:`"))?;
    let name = text.split_at(end).0.trim();
    let (host, address) = match name.strip_suffix(")").and_then(|name| name.rsplit_once("(")) {
        Some((host, address)) => (host.trim().bytes, address.bytes),
        None => (&b""[..], name.bytes),
    };
    if address.is_empty() || address.contains(&b' ') {
        return Err(text.expected("the address of a sender"));
    }
    event.response_ip = Some(address.to_vec());
    event.response_host = (!host.is_empty()).then(|| host.to_vec());
    Ok(text.split_at(end + 1).1)
}

/// Takes `icmp_seq=1 ttl=64 time=0.041 ms (DUP!)` or `icmp_seq=1 Destination Host Unreachable`.
fn read_details(line: Line<'_>, text: Field<'_>, event: &mut Event, warn: &mut impl FnMut(Problem)) -> Result<(), Problem> {
    for field in text.fields() {
        let all_from_here = || line.part(field.start(), text.end());
        match (field.bytes, field.split_once("=")) {
            (_, Some((Field { bytes: b"icmp_seq" | b"seq", .. }, number))) => event.icmp_seq = Some(number.integer()?),
            (_, Some((Field { bytes: b"ttl" | b"hlim", .. }, hops))) => event.ttl = Some(hops.integer()?),
            (_, Some((Field { bytes: b"time", .. }, time))) => event.time_ms = Some(time.float()?),
            (_, Some((Field { bytes: b"ident" | b"tos", .. }, _))) => {}
            (b"ms", _) if event.time_ms.is_some() => {}
            (b"(DUP!)" | b"DUP!", _) => event.duplicate = Some(true),
            (b"(truncated)", _) => warn(field.problem("the reply was truncated").into_warning()),
            _ if event.time_ms.is_some() || event.ttl.is_some() => {
                warn(all_from_here().expected("the end of the reply").into_warning());
                break;
            }
            _ => {
                event.kind = error_kind(all_from_here())?;
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
    let numbers = [vr, hl, tos, len, id, flg, off, ttl, pro, cks].map(|field| field.hexadecimal());
    let [vr, hl, tos, len, id, flg, off, ttl, pro, cks] = numbers;
    (event.vr, event.hl, event.tos, event.len, event.id) = (Some(vr?), Some(hl?), Some(tos?), Some(len?), Some(id?));
    (event.flg, event.off, event.ttl, event.pro, event.cks) = (Some(flg?), Some(off?), Some(ttl?), Some(pro?), Some(cks?));
    (event.src, event.dst) = (Some(src.bytes.to_vec()), Some(dst.trim_end().bytes.to_vec()));
    Ok(())
}
