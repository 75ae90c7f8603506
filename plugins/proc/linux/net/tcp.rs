//! `/proc/net/tcp` and its like for UDP, UDP-Lite and raw sockets, of IPv4 and IPv6.

use std::net::Ipv6Addr;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use super::ipv4::dotted;
use crate::{TICKS_POWER, about};

/// A socket.
#[derive(Clone, Debug, Default, Record)]
pub struct Socket<'a> {
    /// Number of the line.
    pub slot: i64,
    /// Local address.
    #[field(key)]
    pub local_address: String,
    /// Local port.
    #[field(key)]
    pub local_port: i64,
    /// Address of the other side; all zeros where there is none.
    #[field(key)]
    pub remote_address: String,
    /// Port of the other side; 0 where there is none.
    #[field(key)]
    pub remote_port: i64,
    /// State: `LISTEN`, `ESTABLISHED`, …
    pub state: Option<&'static str>,
    /// The same as the hexadecimal number that is printed.
    pub state_code: &'a [u8],
    /// Bytes that are not acknowledged.
    #[field(gauge)]
    pub send_queue: i64,
    /// Bytes that wait to be read.
    #[field(gauge)]
    pub receive_queue: i64,
    /// Timer that runs: `off`, `on`, `keepalive`, `timewait`, `probe`.
    pub timer: Option<&'static str>,
    /// When it goes off.
    #[field(unit = "seconds", gauge)]
    pub timer_expires: f64,
    /// Number of retransmissions.
    pub retransmits: i64,
    /// User ID of the owner.
    pub uid: i64,
    /// Number of probes of a closed window that were not answered.
    pub probes: i64,
    /// Inode of the socket.
    pub inode: i64,
    /// Number of references.
    pub references: Option<i64>,
    /// Address in the kernel, in hexadecimal.
    pub kernel_address: Option<&'a [u8]>,
    /// What follows: retransmission timeout, delayed acknowledgement, congestion window, slow start threshold; of UDP, packets dropped.
    pub more: Vec<i64>,
}

/// Reads `/proc/net/tcp` and its like.
pub struct NetTcp {
    began: bool,
}

const SOCKET_TITLES: &str = "the titles `sl local_address rem_address st …`";

impl Parser for NetTcp {
    const ABOUT: About = about!(
        "net-tcp",
        "Sockets, as /proc/net/tcp, udp and raw have them, for IPv4 and IPv6",
        "/proc/net/tcp",
        "/proc/net/tcp6",
        "/proc/net/udp",
        "/proc/net/udp6",
        "/proc/net/raw",
        "/proc/net/raw6",
        "/proc/net/udplite",
        "/proc/net/udplite6"
    );
    type Record = Socket<'static>;

    fn new(_: &Source) -> Self {
        NetTcp { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.began {
            let text = line.whole().squeezed();
            if !text.starts_with(b"sl local_address rem") {
                return Err(Error::Unrecognised(line.expected(SOCKET_TITLES)));
            }
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        rows.push(socket(line.whole())?);
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised(SOCKET_TITLES)
    }
}

fn socket(line: Field<'_>) -> Result<Socket<'_>, Problem> {
    const STATES: [&str; 13] = [
        "",
        "ESTABLISHED",
        "SYN_SENT",
        "SYN_RECV",
        "FIN_WAIT1",
        "FIN_WAIT2",
        "TIME_WAIT",
        "CLOSE",
        "CLOSE_WAIT",
        "LAST_ACK",
        "LISTEN",
        "CLOSING",
        "NEW_SYN_RECV",
    ];
    const TIMERS: [&str; 5] = ["off", "on", "keepalive", "timewait", "probe"];
    let [slot, local, remote, state, queues, timer, retransmits, uid, probes, inode, rest] = line.fields_and_rest()?;
    let (local_address, local_port) = place(local)?;
    let (remote_address, remote_port) = place(remote)?;
    let (send, receive) = queues.split_once(":").ok_or_else(|| queues.expected("`SEND:RECEIVE`"))?;
    let (timer, expires) = timer.split_once(":").ok_or_else(|| timer.expected("`TIMER:WHEN`"))?;
    let mut words = rest.fields();
    let after = rest.fields().count();
    // Listening sockets and those of UDP have less.
    if !matches!(after, 0 | 2 | 3 | 7) {
        return Err(rest.problem(format!("expected 0, 2, 3 or 7 cells after the inode, found {after}")));
    }
    let (references, kernel_address) = (words.next(), words.next());
    Ok(Socket {
        slot: slot.strip_suffix(":").ok_or_else(|| slot.expected("`NUMBER:`"))?.integer()?,
        local_address,
        local_port,
        remote_address,
        remote_port,
        state: STATES.get(usize::try_from(state.hexadecimal()?).unwrap_or(0)).copied().filter(|name| !name.is_empty()),
        state_code: state.bytes,
        send_queue: send.hexadecimal()?,
        receive_queue: receive.hexadecimal()?,
        timer: TIMERS.get(usize::try_from(timer.hexadecimal()?).unwrap_or(99)).copied(),
        timer_expires: Field::from(expires.hexadecimal()?.to_string().as_str()).float_e(TICKS_POWER)?,
        retransmits: retransmits.hexadecimal()?,
        uid: uid.integer()?,
        probes: probes.integer()?,
        inode: inode.integer()?,
        references: references.map(|word| word.integer()).transpose()?,
        kernel_address: kernel_address.map(|word| word.bytes),
        more: words.map(|word| word.integer()).collect::<Result<_, _>>()?,
    })
}

/// `0100007F:1F90`: words of four bytes as the machine has them, which for all that run Linux today is the last byte first.
fn place(text: Field<'_>) -> Result<(String, i64), Problem> {
    let expected = || text.expected("an address and a port in hexadecimal");
    let (address, port) = text.split_once(":").ok_or_else(expected)?;
    let mut bytes = Vec::new();
    for word in address.bytes.chunks(8) {
        let word =
            std::str::from_utf8(word).ok().filter(|word| word.len() == 8).and_then(|word| u32::from_str_radix(word, 16).ok());
        bytes.extend(word.ok_or_else(expected)?.to_le_bytes());
    }
    let address = match <[u8; 4]>::try_from(bytes.as_slice()) {
        Ok(four) => dotted(four),
        Err(_) => Ipv6Addr::from(<[u8; 16]>::try_from(bytes.as_slice()).map_err(|_| expected())?).to_string(),
    };
    Ok((address, port.hexadecimal()?))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn addresses_are_written_as_people_do() {
        let titles = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
        let line = "   0: 0100007F:1F90 0302010A:0016 0A 00000000:0000001F 01:000003E8 00000002  1000        0 34000 1 0000000000000000 100 0 0 10 5\n";
        let parsed = parse::<NetTcp>(None, format!("{titles}{line}").as_bytes());
        assert_eq!(parsed.problems, [""; 0]);
        assert!(
            parsed.records[0].starts_with(r#"{"slot":0,"local_address":"127.0.0.1","local_port":8080,"remote_address":"10.1.2.3","remote_port":22,"state":"LISTEN","state_code":"0A","send_queue":0,"receive_queue":31,"timer":"on","timer_expires":10,"retransmits":2,"uid":1000"#),
            "{parsed:?}"
        );
        let six = "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n";
        let parsed = parse::<NetTcp>(None, format!("{titles}{six}").as_bytes());
        assert!(parsed.records[0].contains(r#""local_address":"::1","local_port":22,"remote_address":"::""#), "{parsed:?}");
        assert_unrecognised::<NetTcp>(["hello\n", line, ""]);
    }
}
