//! `host`: a sentence a record.

use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// What is said of a name.
#[derive(Clone, Debug, Default, Record)]
pub struct Answer {
    /// The name that was asked for.
    pub name: Vec<u8>,
    /// Type of the record: `A`, `AAAA`, `MX`, `CNAME`, `PTR`, `SOA`, `NS`, `TXT`, …; null where no name was found.
    pub r#type: Option<Vec<u8>>,
    /// Its data, as text; null where there is no such record.
    pub data: Option<Vec<u8>>,
    /// Preference of a mail server: the smallest is tried first.
    pub preference: Option<i64>,
    /// Server that said it, where one was named or all were asked (`-C`).
    pub server: Option<Vec<u8>>,
    /// Outcome, where nothing was found: `NXDOMAIN`, `SERVFAIL`, …
    pub status: Option<Vec<u8>>,
}

/// Reads `host`.
pub struct Host {
    server: Option<Vec<u8>>,
}

const EXPECTED: &str = "a sentence of host, such as `NAME has address ADDRESS`";

impl Parser for Host {
    const ABOUT: About = About {
        name: "host",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Answers of the domain name system, as host prints them",
        commands: &["host"],
        dialect: "bind",
        ..About::DEFAULT
    };
    type Record = Answer;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Host { server: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if line.is_blank() {
            return Ok(());
        }
        if let Some(server) = whole.strip_prefix("Nameserver ").and_then(|rest| rest.trim_end().strip_suffix(":")) {
            self.server = Some(server.bytes.to_vec());
            rows.recognise();
            return Ok(());
        }
        // What `host NAME SERVER` says of the server: the name that it was given by, and an address.
        if let Some(server) = whole.strip_prefix("Name: ") {
            self.server = Some(server.trim().bytes.to_vec());
            rows.recognise();
            return Ok(());
        }
        if ["Using domain server:", "Address: ", "Aliases:"].iter().any(|start| line.bytes.starts_with(start.as_bytes())) {
            rows.recognise();
            return Ok(());
        }
        if line.bytes.starts_with(b";;") {
            rows.recognise();
            return Err(whole.problem(String::from_utf8_lossy(line.bytes).into_owned()).into());
        }
        // What could not be read may have named another server.
        let answer = read(whole.trim()).inspect_err(|_| self.server = None)?;
        rows.push(Answer { server: self.server.clone(), ..answer });
        Ok(())
    }
}

fn read(line: Field<'_>) -> Result<Answer, Problem> {
    const SENTENCES: [(&str, &str); 8] = [
        (" has address ", "A"),
        (" has IPv6 address ", "AAAA"),
        (" is an alias for ", "CNAME"),
        (" domain name pointer ", "PTR"),
        (" name server ", "NS"),
        (" descriptive text ", "TXT"),
        (" mail is handled by ", "MX"),
        (" has HTTP service bindings ", "HTTPS"),
    ];
    let owned = |field: Field<'_>| field.bytes.to_vec();
    for (words, kind) in SENTENCES {
        if let Some((name, data)) = line.split_once(words) {
            let mut answer = Answer {
                name: owned(name),
                r#type: Some(kind.as_bytes().to_vec()),
                data: Some(owned(data)),
                ..Answer::default()
            };
            if kind == "MX" {
                let [preference, server] = data.fields_and_rest()?;
                (answer.preference, answer.data) = (Some(preference.integer()?), Some(owned(server)));
            }
            return Ok(answer);
        }
    }
    // `a has SOA record …`, `a has no MX record`
    if let Some((name, rest)) = line.split_once(" has no ")
        && let Some(kind) = rest.strip_suffix(" record")
    {
        return Ok(Answer { name: owned(name), r#type: Some(owned(kind)), ..Answer::default() });
    }
    if let Some((name, rest)) = line.split_once(" has ")
        && let Some((kind, data)) = rest.split_once(" record ")
    {
        return Ok(Answer { name: owned(name), r#type: Some(owned(kind)), data: Some(owned(data)), ..Answer::default() });
    }
    // `Host a not found: 3(NXDOMAIN)`
    if let Some((name, code)) = line.strip_prefix("Host ").and_then(|rest| rest.split_once(" not found: ")) {
        let status = code.split_once("(").map_or(code, |(_, status)| status.strip_suffix(")").unwrap_or(status));
        return Ok(Answer { name: owned(name), status: Some(owned(status)), ..Answer::default() });
    }
    Err(line.expected(EXPECTED))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::Host;

    #[test]
    fn sentences_are_records() {
        let parsed = parse::<Host>(None, b"a.org mail is handled by 10 smtp.a.org.\nHost b.org not found: 3(NXDOMAIN)\nNameserver 192.0.2.1:\n\ta.org has SOA record ns. me. 7 1 2 3 4\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"name":"a.org","type":"MX","data":"smtp.a.org.","preference":10,"server":null,"status":null}"#,
                r#"{"name":"b.org","type":null,"data":null,"preference":null,"server":null,"status":"NXDOMAIN"}"#,
                r#"{"name":"a.org","type":"SOA","data":"ns. me. 7 1 2 3 4","preference":null,"server":"192.0.2.1","status":null}"#,
            ]
        );
        let broken = parse::<Host>(
            None,
            b"Nameserver 192.0.2.1:\n\ta.org has address 192.0.2.7\nx 192.0.2.2:\n\ta.org has address 192.0.2.8\n",
        );
        assert_eq!((broken.records.len(), broken.problems.len()), (2, 1), "{broken:?}");
        broken.has(1, &[r#""data":"192.0.2.8","preference":null,"server":null"#]);
        assert_unrecognised::<Host>(["hello\n", "a has b\n", "Host x\n"]);
    }
}
