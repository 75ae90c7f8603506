//! UNIX sockets.

use outparse_sdk::{Field, Problem, Record};

use crate::socket_parts::{process, program};

/// A UNIX socket.
#[derive(Clone, Debug, Default, Record)]
pub struct UnixSocket<'a> {
    /// Protocol: `unix`.
    pub protocol: &'a [u8],
    /// Number of its users.
    pub references: i64,
    /// Flags: `ACC` where it takes connections, `W`, `N`.
    pub flags: Vec<&'a [u8]>,
    /// Type: `STREAM`, `DGRAM`, `SEQPACKET`, …
    pub r#type: &'a [u8],
    /// State: `LISTENING`, `CONNECTED`, …
    pub state: Option<&'a [u8]>,
    /// Inode of the socket (Linux).
    pub inode: Option<i64>,
    /// Process that has it (`-p`).
    pub pid: Option<i64>,
    /// Name of that process, as much of it as is printed.
    pub command: Option<&'a [u8]>,
    /// Path or abstract name.
    pub local_address: Option<&'a [u8]>,
    /// Bytes that wait to be read (BSD).
    #[field(gauge)]
    pub receive_queue: Option<i64>,
    /// Bytes that wait to be sent (BSD).
    #[field(gauge)]
    pub send_queue: Option<i64>,
    /// Address of the socket in the kernel (BSD).
    #[field(key)]
    pub kernel_address: Option<&'a [u8]>,
    /// Kernel address of the vnode of its file (BSD); `0` where there is none.
    pub vnode: Option<&'a [u8]>,
    /// Kernel address of the socket at the other end (BSD); `0` where there is none.
    pub connected_to: Option<&'a [u8]>,
    /// Kernel address of the first socket that refers to it (BSD).
    pub referred_by: Option<&'a [u8]>,
    /// Kernel address of the next in that list (BSD).
    pub next_reference: Option<&'a [u8]>,
}

/// Titles over UNIX sockets.
pub(crate) struct UnixTitles {
    bsd: bool,
    processes: bool,
}

impl UnixTitles {
    pub(crate) fn of(words: &[String]) -> Option<UnixTitles> {
        let bsd = words.first().is_some_and(|word| word == "Address");
        let at = words.iter().position(|word| word == "I-Node").map_or(words.len(), |at| at + 1);
        let processes = words.get(at).is_some_and(|word| word == "PID/Program");
        let after = words.get(at + 2 * usize::from(processes)..)?;
        (bsd || matches!(after, [path] if path == "Path")).then_some(UnixTitles { bsd, processes })
    }

    pub(crate) fn fields(&self) -> Vec<&'static str> {
        if self.bsd {
            return vec![
                "type",
                "local_address",
                "receive_queue",
                "send_queue",
                "kernel_address",
                "vnode",
                "connected_to",
                "referred_by",
                "next_reference",
            ];
        }
        let mut fields = vec!["protocol", "references", "flags", "type", "state", "inode", "local_address"];
        if self.processes {
            fields.extend(["pid", "command"]);
        }
        fields
    }

    fn read_bsd<'a>(&self, line: Field<'a>) -> Result<UnixSocket<'a>, Problem> {
        let [address, kind, receive, send, inode, connected, refs, next, path] = line.fields_and_rest()?;
        // With a cell missing, the path has moved into the last number's place.
        for number in [inode, connected, refs, next] {
            if !number.bytes.iter().all(u8::is_ascii_hexdigit) || number.bytes.is_empty() {
                return Err(number.expected("an address, or 0"));
            }
        }
        Ok(UnixSocket {
            kernel_address: Some(address.bytes),
            r#type: kind.bytes,
            receive_queue: Some(receive.integer()?),
            send_queue: Some(send.integer()?),
            vnode: Some(inode.bytes),
            connected_to: Some(connected.bytes),
            referred_by: Some(refs.bytes),
            next_reference: Some(next.bytes),
            local_address: Some(path.trim_end().bytes).filter(|path| !path.is_empty()),
            ..UnixSocket::default()
        })
    }

    pub(crate) fn read<'a>(&self, line: Field<'a>) -> Result<UnixSocket<'a>, Problem> {
        const STATES: [&[u8]; 6] = [b"FREE", b"LISTENING", b"CONNECTING", b"CONNECTED", b"DISCONNECTING", b"UNKNOWN"];
        if self.bsd {
            // Without a path, the last column is empty.
            return self.read_bsd(line);
        }
        let [protocol, references, rest] = line.fields_and_rest()?;
        let expected = || rest.expected("flags, `[ ACC ]`");
        let (flags, rest) = rest.strip_prefix("[").and_then(|rest| rest.split_once("]")).ok_or_else(expected)?;
        let [kind, word, after] = rest.fields_and_rest()?;
        if STATES.contains(&kind.bytes) || kind.bytes.is_empty() || kind.as_integer().is_some() {
            return Err(kind.expected("the socket's type, `STREAM`"));
        }
        let (state, inode, rest) = if STATES.contains(&word.bytes) {
            let [inode, rest] = after.fields_and_rest()?;
            (Some(word.bytes), inode, rest)
        } else {
            (None, word, after)
        };
        let (name, rest) = if self.processes { program(rest) } else { (rest.split_at(0).0, rest) };
        let (pid, command) = process(name)?;
        let path = rest.trim().bytes;
        Ok(UnixSocket {
            protocol: protocol.bytes,
            references: references.integer()?,
            flags: flags.fields().map(|flag| flag.bytes).collect(),
            r#type: kind.bytes,
            state,
            inode: Some(inode.integer()?),
            pid,
            command,
            local_address: Some(path).filter(|path| !path.is_empty()),
            ..UnixSocket::default()
        })
    }
}
