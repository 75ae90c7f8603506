//! Headers of HTTP: alone, as `curl -I` and `-D` print them, or marked with `>` and `<` among what `curl -v` says.

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Map, Parser, Problem, Record, Rows, Source};

/// A message of HTTP without its body.
#[derive(Clone, Debug, Default, Record)]
pub struct Message {
    /// `request` or `response`.
    pub direction: &'static str,
    /// Version of HTTP: `HTTP/1.1`.
    pub http_version: Vec<u8>,
    /// Method of a request.
    pub method: Option<Vec<u8>>,
    /// What a request asks for.
    pub request_target: Option<Vec<u8>>,
    /// Status of a response.
    pub status_code: Option<i64>,
    /// Reason of that status; null in HTTP/2, which has none.
    pub reason: Option<Vec<u8>>,
    /// Headers: names in lower case, and all values of each, in order.
    pub headers: Map<Vec<Vec<u8>>>,
}

/// Reads headers.
pub struct Headers {
    message: Option<Message>,
    /// Name of the header that stood above.
    last: Option<Vec<u8>>,
    /// Whether lines are marked, as with `-v`.
    marked: bool,
    /// Whether a body may follow the headers.
    body: bool,
    in_body: bool,
}

const EXPECTED: &str = "`HTTP/1.1 200 OK`, or with `-v` lines that begin with `*`, `>` or `<`";

impl Parser for Headers {
    const ABOUT: About = About {
        name: "curl-http",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Headers of HTTP, as curl -I and curl -v print them",
        commands: &["curl"],
        dialect: "http",
        ..About::DEFAULT
    };
    type Record = Message;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(&[
            "I head",
            "v verbose",
            "i include",
            "o output=",
            "H header=",
            "X request=",
            "d data=",
            "u user=",
            "A user-agent=",
            "D dump-header=",
        ]);
        let include = arguments.iter().flatten().any(|argument| *argument == Argument::Flag("i"));
        Headers { message: None, last: None, marked: false, body: include, in_body: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if self.in_body {
            return Ok(());
        }
        let mark = match line.bytes {
            [mark @ (b'*' | b'>' | b'<' | b'{' | b'}'), b' ', ..] | [mark @ (b'>' | b'<' | b'*')] => Some(*mark),
            _ => None,
        };
        if let Some(mark) = mark {
            self.marked = true;
            let text = whole.split_at(2).1.trim_end();
            rows.recognise();
            return match mark {
                b'>' | b'<' => self.header(text, mark == b'>', rows),
                _ => Ok(()),
            };
        }
        // Beside marked lines stand the headers once more, or the body.
        if self.marked {
            return Ok(());
        }
        self.header(whole.trim_end(), false, rows)?;
        rows.recognise();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl Headers {
    fn header(&mut self, text: Field<'_>, request: bool, rows: &mut Rows<Message>) -> Result<(), Error> {
        if text.bytes.is_empty() {
            self.in_body = self.body && self.message.is_some() && !self.marked;
            self.flush(rows);
            return Ok(());
        }
        // What goes the other way is of another message, also where no empty line parts them.
        if self.message.as_ref().is_some_and(|message| (message.direction == "request") != request) {
            self.flush(rows);
        }
        let Some(message) = &mut self.message else {
            self.last = None;
            self.message = Some(first(text, request)?);
            return Ok(());
        };
        let expected = || text.expected("`NAME: VALUE`");
        // A line that is indented goes on the header above, which may not be the last one of the list.
        if text.bytes[0].is_ascii_whitespace() {
            let above = self.last.as_ref().and_then(|last| message.headers.0.iter_mut().find(|(known, _)| known == last));
            let value = above.and_then(|(_, values)| values.last_mut()).ok_or_else(expected)?;
            value.extend([b" ", text.trim().bytes].concat());
            return Ok(());
        }
        self.last = None;
        let (name, value) = text.split_once(":").ok_or_else(expected)?;
        let (name, value) = (name.bytes.to_ascii_lowercase(), value.trim().bytes.to_vec());
        self.last = Some(name.clone());
        match message.headers.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => message.headers.0.push((name, vec![value])),
        }
        Ok(())
    }

    fn flush(&mut self, rows: &mut Rows<Message>) {
        if let Some(message) = self.message.take() {
            rows.push(message);
        }
    }
}

/// `HTTP/1.1 200 OK`, `GET / HTTP/1.1`
fn first(text: Field<'_>, request: bool) -> Result<Message, Problem> {
    if !request {
        let expected = || text.expected("`HTTP/1.1 200 OK`");
        let (version, rest) =
            text.split_once(" ").filter(|(version, _)| version.bytes.starts_with(b"HTTP/")).ok_or_else(expected)?;
        let (code, reason) = rest.split_once(" ").map_or((rest, None), |(code, reason)| (code, Some(reason.trim())));
        return Ok(Message {
            direction: "response",
            http_version: version.bytes.to_vec(),
            status_code: Some(code.integer()?),
            reason: reason.filter(|reason| !reason.bytes.is_empty()).map(|reason| reason.bytes.to_vec()),
            ..Message::default()
        });
    }
    let expected = || text.expected("`METHOD TARGET HTTP/1.1`");
    let (method, rest) = text.split_once(" ").ok_or_else(expected)?;
    let (target, version) =
        rest.rsplit_once(" ").filter(|(_, version)| version.bytes.starts_with(b"HTTP/")).ok_or_else(expected)?;
    Ok(Message {
        direction: "request",
        http_version: version.bytes.to_vec(),
        method: Some(method.bytes.to_vec()),
        request_target: Some(target.bytes.to_vec()),
        ..Message::default()
    })
}

outparse_sdk::export!(Headers);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Headers;

    #[test]
    fn headers_of_the_other_direction_are_of_another_message() {
        let parsed = parse::<Headers>(None, b"> HEAD / HTTP/1.1\n> Host: a\n< HTTP/1.1 200 OK\n< Date: x\n< \n");
        let [request, response] = parsed.sound() else { panic!("{parsed:?}") };
        assert!(request.contains(r#""headers":{"host":["a"]}"#), "{request}");
        assert!(response.contains(r#""headers":{"date":["x"]}"#), "{response}");
    }

    #[test]
    fn a_line_goes_on_the_header_above_it_and_on_no_other() {
        let folded = parse::<Headers>(None, b"HTTP/1.1 200 OK\nA: 1\nB: 2\nA: 3\n 4\n");
        assert!(folded.only().contains(r#""headers":{"a":["1","3 4"],"b":["2"]}"#), "{folded:?}");
        let broken = parse::<Headers>(None, b"HTTP/1.1 200 OK\nA: 1\nx\n 4\n");
        assert!(broken.records[0].contains(r#""headers":{"a":["1"]}"#), "{broken:?}");
        assert_eq!(broken.problems.len(), 2, "{broken:?}");
    }

    #[test]
    fn messages_are_read_marked_and_alone() {
        let capture = "* Connected\n> HEAD / HTTP/1.1\r\n> Host: a.org\r\n> \r\n< HTTP/2 301 \r\n< Set-Cookie: a=1\r\n< set-cookie: b: 2\r\n< \r\nHTTP/2 301\n* done\n";
        let parsed = parse::<Headers>(None, capture.as_bytes());
        assert_eq!(
            parsed.records,
            [
                r#"{"direction":"request","http_version":"HTTP/1.1","method":"HEAD","request_target":"/","status_code":null,"reason":null,"headers":{"host":["a.org"]}}"#,
                r#"{"direction":"response","http_version":"HTTP/2","method":null,"request_target":null,"status_code":301,"reason":null,"headers":{"set-cookie":["a=1","b: 2"]}}"#,
            ],
            "{parsed:?}"
        );
        assert_any_split::<Headers>(None, capture.as_bytes());
        let alone = parse::<Headers>(Some(&["curl", "-i", "x"]), b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n<html>: x\n");
        assert_eq!(alone.records.len(), 1, "{alone:?}");
        assert_unrecognised::<Headers>(["hello\n", "<html>\n", "{\"a\": 1}\n", ""]);
    }
}
