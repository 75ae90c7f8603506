//! `/proc/net/unix`: UNIX sockets.

use outparse_sdk::{About, Ending, Error, Line, Parser, Record, Rows, Source};

use crate::about;

/// A UNIX socket.
#[derive(Clone, Debug, Default, Record)]
pub struct UnixSocket<'a> {
    /// Address in the kernel, in hexadecimal.
    #[field(key)]
    pub kernel_address: &'a [u8],
    /// Number of its users.
    pub references: i64,
    /// Protocol: always 0.
    pub protocol_number: i64,
    /// Flags, in hexadecimal: `00010000` where it takes connections.
    pub socket_flags: &'a [u8],
    /// Type: `STREAM`, `DGRAM`, `SEQPACKET`.
    pub r#type: Option<&'static str>,
    /// The same as a number.
    pub type_number: i64,
    /// State: `UNCONNECTED`, `CONNECTING`, `CONNECTED`, `DISCONNECTING`; `LISTENING` where it takes connections.
    pub state: Option<&'static str>,
    /// The same as a number.
    pub state_number: i64,
    /// Inode of the socket.
    pub inode: i64,
    /// Path, or an abstract name after `@`.
    pub local_address: Option<&'a [u8]>,
}

/// Reads `/proc/net/unix`.
pub struct NetUnix {
    began: bool,
}

impl Parser for NetUnix {
    const ABOUT: About = about!("net-unix", "UNIX sockets, as /proc/net/unix has them", "/proc/net/unix", "/proc/*/net/unix");
    type Record = UnixSocket<'static>;

    fn new(_: &Source) -> Self {
        NetUnix { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if !self.began {
            line.expect("Num RefCount Protocol Flags Type St Inode Path")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        let [address, references, protocol, flags, kind, state, inode, path] = line.fields_and_rest()?;
        let address = address.strip_suffix(":").ok_or_else(|| address.expected("`ADDRESS:`"))?;
        let (type_number, state_number) = (kind.hexadecimal()?, state.hexadecimal()?);
        let listens = flags.hexadecimal()? & 0x10000 != 0;
        rows.push(UnixSocket {
            kernel_address: address.bytes,
            references: references.hexadecimal()?,
            protocol_number: protocol.hexadecimal()?,
            socket_flags: flags.bytes,
            r#type: match type_number {
                1 => Some("STREAM"),
                2 => Some("DGRAM"),
                5 => Some("SEQPACKET"),
                _ => None,
            },
            type_number,
            state: match state_number {
                1 if listens => Some("LISTENING"),
                1 => Some("UNCONNECTED"),
                2 => Some("CONNECTING"),
                3 => Some("CONNECTED"),
                4 => Some("DISCONNECTING"),
                _ => None,
            },
            state_number,
            inode: inode.integer()?,
            local_address: Some(path.bytes).filter(|path| !path.is_empty()),
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `Num RefCount Protocol Flags Type St Inode Path`")
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn sockets_are_read() {
        let unix = parse::<NetUnix>(None, b"Num       RefCount Protocol Flags    Type St Inode Path\nffff9b61ac49c400: 00000002 00000000 00010000 0001 01 42776 /a b\n");
        assert_eq!(
            unix.records,
            [
                r#"{"kernel_address":"ffff9b61ac49c400","references":2,"protocol_number":0,"socket_flags":"00010000","type":"STREAM","type_number":1,"state":"LISTENING","state_number":1,"inode":42776,"local_address":"/a b"}"#
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<NetUnix>(["hello\n", ""]);
    }
}
