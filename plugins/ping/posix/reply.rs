//! The lines between heading and summary: replies, timeouts, and errors from hosts on the way.

use outparse_sdk::{Field, Line, Problem, Time};

use crate::record::{Event, Failure, Header, Reply, Timeout};

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
    "Destination Administratively Unreachable",
    "Destination Unreachable Beyond Scope",
    "No Route to Destination",
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
    let (time, text) = timestamp(line.whole().trim_end())?;
    // The `ping6` of macOS has a sign where its `ping` has a blank.
    let late = ["no answer yet for icmp_seq=", "Request timeout for icmp_seq ", "Request timeout for icmp_seq="];
    if let Some(late) = late.iter().find_map(|start| text.strip_prefix(start)) {
        return Ok(Event::Timeout(Timeout { time, sequence: Some(late.integer()?), ..Timeout::default() }));
    }
    let mut reply = Reply { time, ..Reply::default() };
    let from = if let Some(from) = text.strip_prefix("From ") {
        from
    } else if let Some((bytes, from)) = text.split_once(" bytes from ") {
        reply.bytes = Some(bytes.integer()?);
        from
    } else {
        return Err(text.expected("a reply"));
    };
    let details = sender(from, &mut reply)?;
    read_details(line, details, reply, &mut warn)
}

/// Takes `[1594978465.914536]`, which `-D` puts before a line.
fn timestamp(text: Field<'_>) -> Result<(Option<Time<6>>, Field<'_>), Problem> {
    match text.strip_prefix("[").and_then(|text| text.split_once("] ")) {
        Some((timestamp, text)) => {
            let time = Time::epoch(timestamp.bytes).ok_or_else(|| timestamp.expected("a time in seconds"))?;
            Ok((Some(time), text))
        }
        None => Ok((None, text)),
    }
}

/// Takes `host (address):`, `address:` or, before the request's number, an address alone. Returns what follows.
fn sender<'a>(text: Field<'a>, reply: &mut Reply) -> Result<Field<'a>, Problem> {
    let ends = [": ", ", icmp_seq=", " icmp_seq=", " icmp_req="];
    let end = ends.iter().filter_map(|end| text.find(end)).min().ok_or_else(|| text.expected("a sender and `:`"))?;
    let name = text.split_at(end).0.trim();
    let (host, address) = match name.strip_suffix(")").and_then(|name| name.rsplit_once("(")) {
        Some((host, address)) => (host.trim().bytes, address.bytes),
        None if is_address(name.bytes) => (&b""[..], name.bytes),
        None => (name.bytes, &b""[..]),
    };
    if address.contains(&b' ') || host.is_empty() && address.is_empty() {
        return Err(text.expected("the address of a sender"));
    }
    reply.address = (!address.is_empty()).then(|| address.to_vec());
    reply.hostname = (!host.is_empty()).then(|| host.to_vec());
    Ok(text.split_at(end + 1).1)
}

/// Whether this is an address of IPv4 or IPv6, and no name.
fn is_address(text: &[u8]) -> bool {
    let address = text.split(|&byte| byte == b'%').next().unwrap_or_default();
    let digits = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let six = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    address.iter().all(digits) || address.contains(&b':') && address.iter().all(six)
}

/// Takes `icmp_seq=1 ttl=64 time=0.041 ms (DUP!)` or `icmp_seq=1 Destination Host Unreachable`.
fn read_details(line: Line<'_>, text: Field<'_>, mut reply: Reply, warn: &mut impl FnMut(Problem)) -> Result<Event, Problem> {
    for field in text.fields() {
        let all_from_here = || line.part(field.start(), text.end());
        match (field.bytes, field.split_once("=")) {
            (_, Some((Field { bytes: b"icmp_seq" | b"icmp_req" | b"seq", .. }, number))) => {
                reply.sequence = Some(number.integer()?)
            }
            (_, Some((Field { bytes: b"ttl" | b"hlim", .. }, hops))) => reply.ttl = Some(hops.integer()?),
            (_, Some((Field { bytes: b"time", .. }, time))) => reply.rtt = Some(time.float_e(-3)?),
            (_, Some((Field { bytes: b"ident", .. }, number))) => reply.identifier = Some(number.integer()?),
            (_, Some((Field { bytes: b"tos", .. }, _))) => {}
            (b"ms", _) if reply.rtt.is_some() => {}
            // The `ping6` of the BSDs puts no blank before it.
            (b"(DUP!)" | b"DUP!" | b"ms(DUP!)", _) => reply.duplicate = true,
            (b"(truncated)", _) => warn(field.problem("the reply was truncated").into_warning()),
            _ if reply.rtt.is_some() || reply.ttl.is_some() => {
                warn(all_from_here().expected("the end of the reply").into_warning());
                break;
            }
            _ => {
                let (error, detail) = error_kind(all_from_here())?;
                let Reply { time, bytes, hostname, address, sequence, .. } = reply;
                let failure = Failure { time, error, detail, bytes, hostname, address, sequence, ..Failure::default() };
                return Ok(Event::Error(failure));
            }
        }
    }
    if reply.sequence.is_none() {
        return Err(text.expected("`icmp_seq=` or an error that ping knows"));
    }
    // ping prints no time when the request has no room for the moment it was sent.
    Ok(Event::Reply(reply))
}

/// `Destination Host Unreachable` is `destination_host_unreachable`; what follows the known words is the detail.
fn error_kind(text: Field<'_>) -> Result<(String, Option<Vec<u8>>), Problem> {
    let ends = |rest: &[u8]| !rest.first().is_some_and(u8::is_ascii_alphanumeric);
    let known =
        ERRORS.iter().filter(|error| text.bytes.strip_prefix(error.as_bytes()).is_some_and(ends)).max_by_key(|error| error.len());
    let known = known.ok_or_else(|| text.expected("a reply or an error that ping knows"))?;
    let after = text.split_at(known.len()).1;
    let after = after.strip_prefix(":").unwrap_or(after).trim();
    let detail = match after.strip_prefix("(") {
        Some(inner) => inner.strip_suffix(")").ok_or_else(|| after.expected("a bracket that is closed"))?,
        None => after,
    };
    Ok((known.to_ascii_lowercase().replace(' ', "_"), (!detail.bytes.is_empty()).then(|| detail.bytes.to_vec())))
}

/// Whether the line is the titles above a returned IP header.
pub(crate) fn is_header_titles(text: &[u8]) -> bool {
    text.starts_with(b"Vr HL TOS")
}

/// Reads the values of a returned IP header, hexadecimal but for the addresses.
pub(crate) fn read_header(line: Line<'_>) -> Result<Header, Problem> {
    let [vr, hl, tos, len, id, flg, off, ttl, pro, cks, src, dst] = line.fields_and_rest()?;
    if dst.is_blank() {
        return Err(line.expected("the values of an IP header"));
    }
    Ok(Header {
        ip_version: vr.hexadecimal()?,
        header_length: hl.hexadecimal()?,
        tos: tos.hexadecimal()?,
        total_length: len.hexadecimal()?,
        identification: id.hexadecimal()?,
        fragment_flags: flg.hexadecimal()?,
        fragment_offset: off.hexadecimal()?,
        ttl: ttl.hexadecimal()?,
        protocol_number: pro.hexadecimal()?,
        checksum: cks.hexadecimal()?,
        source: src.bytes.to_vec(),
        destination: dst.trim_end().bytes.to_vec(),
    })
}
