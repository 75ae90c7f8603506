//! `netstat` of Windows: sockets without queues, under `Active Connections`. With `-b`, the lines below a socket say which service and
//! which program has it.

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::socket_parts::endpoint;

/// A socket.
#[derive(Clone, Debug, Default, Record)]
pub struct WindowsSocket {
    /// Protocol: `tcp`, `udp`.
    #[field(key)]
    pub protocol: &'static str,
    /// `ipv4` or `ipv6`, as its local address says.
    pub network_protocol: &'static str,
    /// Local address; `*` where it is any.
    #[field(key)]
    pub local_address: Vec<u8>,
    /// Local port.
    #[field(key)]
    pub local_port: Option<i64>,
    /// Local port by name; `*` where it is any.
    pub local_service: Option<Vec<u8>>,
    /// Address of the other side.
    #[field(key)]
    pub remote_address: Vec<u8>,
    /// Port of the other side.
    #[field(key)]
    pub remote_port: Option<i64>,
    /// Port of the other side by name; `*` where it is any.
    pub remote_service: Option<Vec<u8>>,
    /// State: `LISTENING`, `ESTABLISHED`, …
    pub state: Option<Vec<u8>>,
    /// Process that has it (`-o`).
    pub pid: Option<i64>,
    /// Whether the adapter does the work: `InHost`, `Offloaded` (`-t`).
    pub offload_state: Option<Vec<u8>>,
    /// Program that has it (`-b`); null where it is not told.
    pub command: Option<Vec<u8>>,
    /// Service in that program (`-b`).
    pub service: Option<Vec<u8>>,
}

/// Reads `netstat` of Windows.
pub struct Windows {
    /// The titles after `State`.
    after: Option<Vec<&'static str>>,
    /// A socket that lines below may say more of.
    held: Option<WindowsSocket>,
    names_programs: bool,
}

const EXPECTED: &str = "the titles `Proto Local Address Foreign Address State`";

impl Parser for Windows {
    const ABOUT: About = About {
        name: "netstat-windows",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Sockets, as netstat of Windows prints them",
        commands: &["netstat"],
        dialect: "windows",
        platforms: &["windows"],
        ..About::DEFAULT
    };
    type Record = WindowsSocket;

    fn new(_: &Source) -> Self {
        Windows { after: None, held: None, names_programs: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        // Another run may follow.
        if *line.whole().squeezed() == b"Active Connections"[..] {
            self.release(rows);
            self.after = None;
            return Ok(());
        }
        let Some(after) = &self.after else {
            let unknown =
                || if rows.recognised() { line.expected(EXPECTED).into() } else { Error::Unrecognised(line.expected(EXPECTED)) };
            let after = titles(line.whole()).ok_or_else(unknown)?;
            rows.shape(fields(&after, false));
            rows.recognise();
            self.after = Some(after);
            return Ok(());
        };
        // Sockets stand two blanks deep, and what is said of one does, too: but no service is called so.
        let is_socket = line.fields().next().is_some_and(|word| matches!(word.bytes, b"TCP" | b"UDP"));
        if is_socket {
            let socket = socket(line.whole(), after);
            // What stands below a socket that could not be read is not of the one above.
            self.release(rows);
            self.held = Some(socket?);
            return Ok(());
        }
        let Some(held) = &mut self.held else { return Err(line.expected("a socket").into()) };
        if !self.names_programs {
            self.names_programs = true;
            rows.shape(fields(after, true));
        }
        let text = line.whole().trim();
        if let Some(program) = text.strip_prefix("[").and_then(|inner| inner.strip_suffix("]")) {
            held.command = Some(program.bytes.to_vec());
        } else if is_service(text) && held.service.is_none() && held.command.is_none() {
            held.service = Some(text.bytes.to_vec());
        } else if text.bytes != b"Can not obtain ownership information" {
            // It may have been a socket, and the program that stands below it its.
            self.release(rows);
            return Err(text.expected("`[PROGRAM]`, or a service").into());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.release(rows);
        rows.expect_recognised(EXPECTED)
    }
}

impl Windows {
    fn release(&mut self, rows: &mut Rows<WindowsSocket>) {
        if let Some(socket) = self.held.take() {
            rows.push(socket);
        }
    }
}

fn titles(line: Field<'_>) -> Option<Vec<&'static str>> {
    let text = line.squeezed();
    let text = Field::from(&*text);
    let mut rest = text.trim().strip_prefix("Proto Local Address Foreign Address State")?;
    let mut after = Vec::new();
    for (title, field) in [(" PID", "pid"), (" Offload State", "offload_state")] {
        if let Some(behind) = rest.strip_prefix(title) {
            after.push(field);
            rest = behind;
        }
    }
    rest.is_blank().then_some(after)
}

fn fields(after: &[&'static str], names_programs: bool) -> Vec<&'static str> {
    let mut fields = vec![
        "protocol",
        "network_protocol",
        "local_address",
        "local_port",
        "local_service",
        "remote_address",
        "remote_port",
        "remote_service",
        "state",
    ];
    fields.extend(after);
    if names_programs {
        fields.extend(["command", "service"]);
    }
    fields
}

fn socket(line: Field<'_>, after: &[&str]) -> Result<WindowsSocket, Problem> {
    let words = line.words();
    let [protocol, local, remote, rest @ ..] = &words[..] else {
        return Err(line.expected("a protocol and two addresses"));
    };
    let is_tcp = protocol.bytes == b"TCP";
    let (local_address, local_port, local_service) = address(*local)?;
    let (remote_address, remote_port, remote_service) = address(*remote)?;
    let mut socket = WindowsSocket {
        protocol: if is_tcp { "tcp" } else { "udp" },
        network_protocol: if local.bytes.starts_with(b"[") { "ipv6" } else { "ipv4" },
        local_address,
        local_port,
        local_service,
        remote_address,
        remote_port,
        remote_service,
        ..WindowsSocket::default()
    };
    // UDP has no states, and its column is blank.
    let rest = match rest {
        [state, rest @ ..] if is_tcp && state.bytes.first().is_some_and(u8::is_ascii_uppercase) => {
            socket.state = Some(state.bytes.to_vec());
            rest
        }
        rest if is_tcp => return Err(rest.first().unwrap_or(&line).expected("the state of a connection")),
        rest => rest,
    };
    if rest.len() > after.len() {
        return Err(rest[after.len()].expected("the end of the line"));
    }
    for (at, title) in after.iter().enumerate() {
        match (*title, rest.get(at)) {
            ("pid", Some(word)) => socket.pid = Some(word.integer()?),
            ("pid", None) => return Err(line.expected("the number of a process at its end")),
            (_, word) => socket.offload_state = word.map(|word| word.bytes.to_vec()),
        }
    }
    Ok(socket)
}

/// A service has a name of one word.
fn is_service(text: Field<'_>) -> bool {
    text.words().len() == 1 && !text.bytes.contains(&b'[') && !text.bytes.contains(&b']')
}

/// An address, and a port by number or by name.
type Place = (Vec<u8>, Option<i64>, Option<Vec<u8>>);

/// `192.0.2.1:443`, `[fe80::1%5]:1900`, `host:https`, `*:*`
fn address(text: Field<'_>) -> Result<Place, Problem> {
    let (address, port, service) = endpoint(text, ":")?;
    if address.is_empty() || service.is_some_and(<[u8]>::is_empty) {
        return Err(text.expected("an address and a port"));
    }
    Ok((address.to_vec(), port, service.map(<[u8]>::to_vec)))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Windows;

    #[test]
    fn sockets_have_their_process_and_udp_has_no_state() {
        let capture = "\r\nActive Connections\r\n\r\n  Proto  Local Address          Foreign Address        State           PID\r\n  \
            TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1016\r\n  \
            TCP    [fe80::1%5]:49669      host:https             FIN_WAIT_2      2596\r\n  \
            UDP    [::1]:1900             *:*                                    4212\r\n";
        let parsed = parse::<Windows>(None, capture.as_bytes());
        assert_eq!(
            parsed.sound(),
            [
                r#"{"protocol":"tcp","network_protocol":"ipv4","local_address":"0.0.0.0","local_port":135,"remote_address":"0.0.0.0","remote_port":0,"state":"LISTENING","pid":1016}"#,
                r#"{"protocol":"tcp","network_protocol":"ipv6","local_address":"fe80::1%5","local_port":49669,"remote_address":"host","remote_service":"https","state":"FIN_WAIT_2","pid":2596}"#,
                r#"{"protocol":"udp","network_protocol":"ipv6","local_address":"::1","local_port":1900,"remote_address":"*","remote_service":"*","pid":4212}"#,
            ]
        );
        assert_any_split::<Windows>(None, capture.as_bytes());
    }

    #[test]
    fn lines_below_a_socket_say_whose_it_is() {
        let capture = "Active Connections\n\n  Proto  Local Address          Foreign Address        State\n  \
            TCP    0.0.0.0:135            a:0                    LISTENING\n  RpcSs\n [svchost.exe]\n  \
            TCP    0.0.0.0:445            a:0                    LISTENING\n Can not obtain ownership information\n  \
            UDP    0.0.0.0:500            *:*\n [a b.exe]\n";
        let parsed = parse::<Windows>(None, capture.as_bytes());
        let [first, second, third] = parsed.sound() else { panic!("{parsed:?}") };
        assert!(first.ends_with(r#""state":"LISTENING","command":"svchost.exe","service":"RpcSs"}"#), "{first}");
        assert!(second.ends_with(r#""state":"LISTENING"}"#), "{second}");
        assert!(third.ends_with(r#""command":"a b.exe"}"#), "{third}");
    }

    #[test]
    fn what_stands_below_a_broken_row_is_of_no_socket() {
        let capture = "  Proto  Local Address  Foreign Address  State\n  TCP    0.0.0.0:1      a:0     LISTENING\n [a.exe]\n  \
            TCP    0.0.0.0        a:0     LISTENING\n [b.exe]\n";
        let parsed = parse::<Windows>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert!(parsed.records[0].contains("a.exe"), "{parsed:?}");
        let no_row =
            parse::<Windows>(None, capture.replace("TCP    0.0.0.0  ", "x    0.0.0.0:2").replace(" [a.exe]\n", "").as_bytes());
        assert_eq!((no_row.records.len(), no_row.problems.len()), (1, 2), "{no_row:?}");
        assert!(no_row.records[0].contains(r#""command":null"#), "{no_row:?}");
    }

    #[test]
    fn a_row_that_lacks_a_cell_is_a_problem() {
        let capture = "  Proto  Local Address          Foreign Address        State           PID\n  \
            TCP    0.0.0.0:135            0.0.0.0:0              1016\n  TCP    0.0.0.0:135            LISTENING       1016\n  \
            UDP    0.0.0.0:500            *:*\n";
        let parsed = parse::<Windows>(None, capture.as_bytes());
        assert_eq!((parsed.records.len(), parsed.problems.len()), (0, 3), "{parsed:?}");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Windows>([
            "hello\n",
            "Active Connections\n",
            "Proto Recv-Q Send-Q Local Address Foreign Address State\n",
            "",
        ]);
    }
}
