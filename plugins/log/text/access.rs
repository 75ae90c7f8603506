//! Logs of web servers: the common log format, the combined one, and with the virtual host before or more behind it.

use std::borrow::Cow;
use std::net::IpAddr;

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time, escape, time};

/// A request that a server answered.
#[derive(Clone, Debug, Record)]
pub struct Request<'a> {
    /// The virtual host, and perhaps its port (where the log has them first).
    pub virtual_host: Option<&'a [u8]>,
    /// Who asked: an address, or a name.
    pub client: &'a [u8],
    /// Who that is, by its own word (RFC 1413).
    pub ident: Option<&'a [u8]>,
    /// Who that is, as the server knows.
    pub user: Option<&'a [u8]>,
    /// When it was asked, or answered, as the server has it.
    pub time: Time,
    /// What was asked, whole: what is escaped in the log stands as it was sent.
    pub request: Option<Cow<'a, [u8]>>,
    /// Method; null where the request is none of HTTP.
    pub method: Option<Vec<u8>>,
    /// What is asked for; null where the request is none of HTTP.
    pub request_target: Option<Vec<u8>>,
    /// Version of HTTP; null for HTTP/0.9, and where the request is none of HTTP.
    pub http_version: Option<Vec<u8>>,
    /// Status of the answer.
    pub status_code: Option<i64>,
    /// Size of the answer, without its headers in most servers.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Where the client came from (combined).
    pub referrer: Option<Cow<'a, [u8]>>,
    /// What the client calls itself (combined).
    pub user_agent: Option<Cow<'a, [u8]>>,
    /// What else the log has, in its order.
    pub more: Vec<Cow<'a, [u8]>>,
}

/// Reads logs of web servers.
pub struct Access {
    has_virtual_host: bool,
    is_combined: bool,
    has_more: bool,
}

const EXPECTED: &str = "`CLIENT IDENT USER [DAY/MONTH/YEAR:TIME ZONE] \"REQUEST\" STATUS SIZE`";

impl Parser for Access {
    const ABOUT: About = About {
        name: "access-log",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Requests in logs of web servers, in the common or the combined format",
        files: &["*access.log", "*access.log.1", "*access_log", "*access_log.1"],
        dialect: "clf",
        ..About::DEFAULT
    };
    type Record = Request<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Access { has_virtual_host: false, is_combined: false, has_more: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        let (request, is_combined) = read(line.whole())?;
        let seen = (
            self.has_virtual_host || request.virtual_host.is_some(),
            self.is_combined || is_combined,
            self.has_more || !request.more.is_empty(),
        );
        if !rows.recognised() || seen != (self.has_virtual_host, self.is_combined, self.has_more) {
            (self.has_virtual_host, self.is_combined, self.has_more) = seen;
            let missing = [
                (self.has_virtual_host, &["virtual_host"][..]),
                (self.is_combined, &["referrer", "user_agent"]),
                (self.has_more, &["more"]),
            ];
            rows.without(missing.into_iter().filter(|(is_there, _)| !is_there).flat_map(|(_, fields)| fields));
        }
        rows.push(request);
        Ok(())
    }
}

/// Reads a line; and whether it is of the combined format.
fn read(line: Field<'_>) -> Result<(Request<'_>, bool), Problem> {
    let (head, rest) = line.split_once(" [").ok_or_else(|| line.expected(EXPECTED))?;
    let (virtual_host, client, ident, user) = parties(head)?;
    if user.is_blank() {
        return Err(line.expected(EXPECTED));
    }
    let (stamp, rest) = rest.split_once("] ").ok_or_else(|| rest.expected("a time in brackets"))?;
    let time = stamped(stamp).ok_or_else(|| stamp.expected("a time, as in `10/Oct/2000:13:55:36 -0700`"))?;
    let mut rest = rest;
    let request = next(&mut rest)?.ok_or_else(|| rest.expected("a request in quotes"))?;
    let mut number = |what: &str| -> Result<Option<i64>, Problem> {
        let word = next(&mut rest)?.ok_or_else(|| rest.expected(what))?;
        word.known().map(|word| word.integer()).transpose()
    };
    let (status_code, size) = (number("a status")?, number("a size")?);
    let mut more = Vec::new();
    // Both of them are in quotes, else it is another format.
    let is_combined = rest.trim_start().bytes.starts_with(b"\"");
    while let Some(value) = next(&mut rest)? {
        more.push(value);
    }
    let is_combined = is_combined && more.len() >= 2;
    let (referrer, user_agent) = if is_combined { (Some(more.remove(0)), Some(more.remove(0))) } else { (None, None) };
    let [method, request_target, http_version] = parts(Field::from(&*unescaped(request)));
    Ok((
        Request {
            virtual_host: virtual_host.map(|host| host.bytes),
            client: client.bytes,
            ident: ident.known().map(|ident| ident.bytes),
            user: user.known().map(|user| user.bytes),
            time,
            request: request.known().map(unescaped),
            method,
            request_target,
            http_version,
            status_code,
            size,
            referrer: referrer.and_then(Field::known).map(unescaped),
            user_agent: user_agent.and_then(Field::known).map(unescaped),
            more: more.into_iter().map(unescaped).collect(),
        },
        is_combined,
    ))
}

/// The virtual host, if any, the client, and its two names. A user's name may have blanks in it.
fn parties(head: Field<'_>) -> Result<(Option<Field<'_>>, Field<'_>, Field<'_>, Field<'_>), Problem> {
    // Those that passed a request on are a list with commas, which is the client as a whole.
    let passed = head.fields().take_while(|word| word.bytes.ends_with(b",")).count();
    if let Some(last) = head.fields().nth(passed).filter(|_| passed > 0) {
        let (clients, rest) = head.split_at(last.end() - head.start());
        let [ident, user] = rest.fields_and_rest()?;
        return Ok((None, clients.trim_start(), ident, user));
    }
    let [first, second, third] = head.fields_and_rest()?;
    Ok(match third.fields_and_rest() {
        Ok([ident, user]) if !user.is_blank() && has_host_first(first, second) => (Some(first), second, ident, user),
        _ => (None, first, second, third),
    })
}

/// Whether a virtual host stands before the client: the word behind it is an address, or it has a port.
fn has_host_first(first: Field<'_>, second: Field<'_>) -> bool {
    let is_address = std::str::from_utf8(second.bytes).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
    let has_port = first.rsplit_once(":").is_some_and(|(host, port)| host.find(":").is_none() && port.as_integer().is_some());
    second.known().is_some() && (is_address || has_port)
}

/// `10/Oct/2000:13:55:36 -0700`
fn stamped(stamp: Field<'_>) -> Option<Time> {
    let (date, clock) = stamp.split_once(":")?;
    let (clock, zone) = clock.split_once(" ")?;
    let mut parts = date.split("/");
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !year.has_shape("0000") {
        return None;
    }
    let (seconds, _) = time::time_of_day(clock.bytes)?;
    let day = u32::try_from(day.as_integer()?).ok()?;
    let time = Time::local(year.as_integer()?, time::month(month.bytes)?, day, seconds)?;
    Some(time.with_offset(time::zone_offset(zone.bytes)?))
}

/// The next word, or what stands in quotes, without them.
fn next<'a>(rest: &mut Field<'a>) -> Result<Option<Field<'a>>, Problem> {
    let text = rest.trim();
    let Some(quoted) = text.strip_prefix("\"") else {
        let end = text.bytes.iter().position(|byte| *byte == b' ').unwrap_or(text.bytes.len());
        let (word, after) = text.split_at(end);
        *rest = after;
        return Ok(Some(word).filter(|word| !word.bytes.is_empty()));
    };
    let mut at = 0;
    loop {
        match quoted.bytes.get(at) {
            Some(b'\\') => at += 2,
            // A server that escapes nothing: quotes within end nothing, where no blank follows.
            Some(b'"') if matches!(quoted.bytes.get(at + 1), None | Some(b' ')) => break,
            Some(_) => at += 1,
            None => return Err(text.expected("quotes to end")),
        }
    }
    let (word, after) = quoted.split_at(at);
    *rest = after.split_at(1).1;
    Ok(Some(word))
}

/// `\x16`, `\"`, `\n` as the bytes that they stand for.
fn unescaped(text: Field<'_>) -> Cow<'_, [u8]> {
    if text.find("\\").is_some() { escape::log(text.bytes).into() } else { text.bytes.into() }
}

/// Method, target and version of a request; none of what is no request of HTTP.
fn parts(request: Field<'_>) -> [Option<Vec<u8>>; 3] {
    let none = [None, None, None];
    let Some((method, rest)) = request.split_once(" ") else { return none };
    // A target may have blanks that it should not have: the version is the last word, if any.
    let (target, version) = match rest.rsplit_once(" ") {
        Some((target, version)) if version.bytes.starts_with(b"HTTP/") => (target, Some(version)),
        _ => (rest, None),
    };
    let is_method = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
    if method.bytes.is_empty() || !method.bytes.iter().all(is_method) || target.bytes.is_empty() {
        return none;
    }
    [Some(method), Some(target), version].map(|part| part.map(|part| part.bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Access;

    #[test]
    fn both_formats_are_read() {
        let capture = concat!(
            "127.0.0.1 - frank b [10/Oct/2000:13:55:36 -0700] \"GET /a.gif?q=x y HTTP/1.0\" 200 2326\n",
            "::1 - - [10/Oct/2000:13:55:36 +0000] \"-\" 408 -\n",
            "ex.org:443 10.0.0.1 - - [10/Oct/2000:13:55:36 +0200] \"GET /\\\"a\\\\ HTTP/2.0\" 304 0 \"-\" \"A \\\"b\\\" (c)\" 0.25 \"x, y\"\n",
            "h - - [10/Oct/2000:13:55:36 +0000] \"\\x16\\x03 \\n\" 400 226 \"http://a/b\" \"-\"\n",
        );
        let parsed = parse::<Access>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"client":"127.0.0.1","ident":null,"user":"frank b","time":"2000-10-10T13:55:36-07:00","request":"GET /a.gif?q=x y HTTP/1.0","method":"GET","request_target":"/a.gif?q=x y","http_version":"HTTP/1.0","status_code":200,"size":2326}"#,
                r#"{"client":"::1","ident":null,"user":null,"time":"2000-10-10T13:55:36Z","request":null,"method":null,"request_target":null,"http_version":null,"status_code":408,"size":null}"#,
                r#"{"virtual_host":"ex.org:443","client":"10.0.0.1","ident":null,"user":null,"time":"2000-10-10T13:55:36+02:00","request":"GET /\"a\\ HTTP/2.0","method":"GET","request_target":"/\"a\\","http_version":"HTTP/2.0","status_code":304,"size":0,"referrer":null,"user_agent":"A \"b\" (c)","more":["0.25","x, y"]}"#,
                r#"{"virtual_host":null,"client":"h","ident":null,"user":null,"time":"2000-10-10T13:55:36Z","request":"\u0016\u0003 \n","method":null,"request_target":null,"http_version":null,"status_code":400,"size":226,"referrer":"http://a/b","user_agent":null,"more":[]}"#,
            ]
        );
        assert_any_split::<Access>(None, capture.as_bytes());
    }

    #[test]
    fn what_is_broken_is_told() {
        let good = "h - - [10/Oct/2000:13:55:36 +0000] \"GET /\" 200 1\n";
        for broken in [
            "h - [10/Oct/2000:13:55:36 +0000] \"GET /\" 200 1\n",
            "h - - [30/Feb/2000:13:55:36 +0000] \"GET /\" 200 1\n",
            "h - - [10/Oct/2000:13:55:36 +0000] \"GET / 200 1\n",
            "h - - [10/Oct/2000:13:55:36 +0000] \"GET /\" x 1\n",
            "h - - [10/Oct/2000:13:55:36 +0000] \"GET /\" 200\n",
        ] {
            let parsed = parse::<Access>(None, [good, broken].concat().as_bytes());
            assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{broken} {parsed:?}");
            assert_unrecognised::<Access>([broken]);
        }
        assert_unrecognised::<Access>(["hello\n", "a b c [x] y\n"]);
    }

    #[test]
    fn a_list_of_clients_is_no_virtual_host() {
        let parsed = parse::<Access>(
            None,
            b"1.2.3.4, 5.6.7.8, unknown - a b [28/Nov/2026:10:00:01 +0000] \"GET / HTTP/1.1\" 499 0 \"-\" \"-\"\n",
        );
        parsed.has(0, &[r#""client":"1.2.3.4, 5.6.7.8, unknown","ident":null,"user":"a b""#]);
    }
}
