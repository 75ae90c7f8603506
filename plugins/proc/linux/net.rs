//! `/proc/net/dev`, `tcp`, `udp`, `unix`, `route` and `arp`.

use std::net::Ipv6Addr;

use outparse_sdk::{About, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::{TICKS_POWER, about};

/// An interface and what it counted.
#[derive(Clone, Debug, Default, Record)]
pub struct Interface<'a> {
    /// Its name.
    #[field(key)]
    pub interface: &'a [u8],
    /// Bytes received.
    #[field(unit = "bytes", counter)]
    pub rx_bytes: i64,
    /// Packets received.
    #[field(counter)]
    pub rx_packets: i64,
    /// Packets received in error.
    #[field(counter)]
    pub rx_errors: i64,
    /// Packets received and dropped.
    #[field(counter)]
    pub rx_dropped: i64,
    /// Errors of the receive buffer.
    #[field(counter)]
    pub rx_fifo_errors: i64,
    /// Packets received with a broken frame.
    #[field(counter)]
    pub rx_frame_errors: i64,
    /// Packets received compressed.
    #[field(counter)]
    pub rx_compressed: i64,
    /// Multicast packets received.
    #[field(counter)]
    pub rx_multicast: i64,
    /// Bytes sent.
    #[field(unit = "bytes", counter)]
    pub tx_bytes: i64,
    /// Packets sent.
    #[field(counter)]
    pub tx_packets: i64,
    /// Packets not sent for errors.
    #[field(counter)]
    pub tx_errors: i64,
    /// Packets dropped instead of sent.
    #[field(counter)]
    pub tx_dropped: i64,
    /// Errors of the send buffer.
    #[field(counter)]
    pub tx_fifo_errors: i64,
    /// Collisions.
    #[field(counter)]
    pub collisions: i64,
    /// Packets lost with the carrier.
    #[field(counter)]
    pub tx_carrier_errors: i64,
    /// Packets sent compressed.
    #[field(counter)]
    pub tx_compressed: i64,
}

/// Reads `/proc/net/dev`.
pub struct NetDev {
    titles: u32,
}

impl Parser for NetDev {
    const ABOUT: About =
        about!("net-dev", "Interfaces and what they counted, as /proc/net/dev has them", "/proc/net/dev", "/proc/*/net/dev");
    type Record = Interface<'static>;

    fn new(_: &Source) -> Self {
        NetDev { titles: 0 }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.titles < 2 {
            let start: &[u8] = if self.titles == 0 { b"Inter-|" } else { b" face |bytes" };
            if !line.bytes.starts_with(start) {
                return Err(Error::Unrecognised(line.expected("the titles `Inter-| Receive | Transmit`")));
            }
            self.titles += 1;
            rows.recognise();
            return Ok(());
        }
        let (interface, numbers) = line.whole().rsplit_once(":").ok_or_else(|| line.expected("`INTERFACE: NUMBER …`"))?;
        let numbers = numbers.fields().map(|number| number.integer()).collect::<Result<Vec<i64>, Problem>>()?;
        let [
            rx_bytes,
            rx_packets,
            rx_errors,
            rx_dropped,
            rx_fifo_errors,
            rx_frame_errors,
            rx_compressed,
            rx_multicast,
            tx_bytes,
            tx_packets,
            tx_errors,
            tx_dropped,
            tx_fifo_errors,
            collisions,
            tx_carrier_errors,
            tx_compressed,
        ] = numbers[..]
        else {
            return Err(Problem::error(format!("expected 16 numbers, found {}", numbers.len())).into());
        };
        rows.push(Interface {
            interface: interface.trim().bytes,
            rx_bytes,
            rx_packets,
            rx_errors,
            rx_dropped,
            rx_fifo_errors,
            rx_frame_errors,
            rx_compressed,
            rx_multicast,
            tx_bytes,
            tx_packets,
            tx_errors,
            tx_dropped,
            tx_fifo_errors,
            collisions,
            tx_carrier_errors,
            tx_compressed,
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `Inter-| Receive | Transmit`")
    }
}

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

/// A route.
#[derive(Clone, Debug, Default, Record)]
pub struct Route<'a> {
    /// Interface.
    pub interface: &'a [u8],
    /// What it leads to.
    #[field(key)]
    pub destination: String,
    /// Next hop; all zeros where there is none.
    pub gateway: String,
    /// Network mask.
    #[field(key)]
    pub netmask: String,
    /// Flags, in hexadecimal.
    pub route_flags: &'a [u8],
    /// Flags by name.
    pub flags: Vec<&'static str>,
    /// Number of references: always 0.
    pub references: i64,
    /// How often it was used: always 0.
    pub use_count: i64,
    /// Metric.
    pub metric: i64,
    /// Largest packet; 0 where it is the usual one.
    #[field(unit = "bytes")]
    pub mtu: i64,
    /// Window of TCP; 0 where it is the usual one.
    #[field(unit = "bytes")]
    pub window: i64,
    /// First guess of the round-trip time; 0 where it is the usual one.
    pub initial_rtt: i64,
}

/// Reads `/proc/net/route`.
pub struct NetRoute {
    began: bool,
}

impl Parser for NetRoute {
    const ABOUT: About =
        about!("net-route", "Routes of IPv4, as /proc/net/route has them", "/proc/net/route", "/proc/*/net/route");
    type Record = Route<'static>;

    fn new(_: &Source) -> Self {
        NetRoute { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.began {
            line.expect("Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        let [interface, destination, gateway, flags, references, uses, metric, mask, mtu, window, rtt] =
            line.fields_and_rest()?;
        let address = |field: Field<'_>| -> Result<String, Problem> {
            let word = u32::try_from(field.hexadecimal()?).map_err(|_| field.expected("an address in hexadecimal"))?;
            Ok(dotted(word.to_le_bytes()))
        };
        let bits = flags.hexadecimal()?;
        const NAMES: [(i64, &str); 7] =
            [(1, "UP"), (2, "GATEWAY"), (4, "HOST"), (8, "REINSTATE"), (16, "DYNAMIC"), (32, "MODIFIED"), (0x200, "REJECT")];
        rows.push(Route {
            interface: interface.bytes,
            destination: address(destination)?,
            gateway: address(gateway)?,
            netmask: address(mask)?,
            route_flags: flags.bytes,
            flags: NAMES.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect(),
            references: references.integer()?,
            use_count: uses.integer()?,
            metric: metric.integer()?,
            mtu: mtu.integer()?,
            window: window.integer()?,
            initial_rtt: rtt.trim().integer()?,
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `Iface Destination Gateway …`")
    }
}

/// An IPv4 address, without the detour over formatting: it is most of what these files say.
fn dotted(address: [u8; 4]) -> String {
    let mut text = String::with_capacity(15);
    for (place, byte) in address.into_iter().enumerate() {
        let digit = |digit: u8| char::from(b'0' + digit);
        if place > 0 {
            text.push('.');
        }
        if byte > 99 {
            text.push(digit(byte / 100));
        }
        if byte > 9 {
            text.push(digit(byte / 10 % 10));
        }
        text.push(digit(byte % 10));
    }
    text
}

/// An entry of the ARP cache.
#[derive(Clone, Debug, Default, Record)]
pub struct Neighbour<'a> {
    /// Its address.
    #[field(key)]
    pub address: &'a [u8],
    /// Type of the link layer, in hexadecimal: `0x1` is Ethernet.
    pub hardware_type: &'a [u8],
    /// Flags, in hexadecimal: `0x2` complete, `0x4` permanent, `0x8` published.
    pub arp_flags: &'a [u8],
    /// Its link-layer address; all zeros where it is not known.
    pub mac_address: &'a [u8],
    /// Mask: `*`.
    pub netmask: &'a [u8],
    /// Interface.
    #[field(key)]
    pub interface: &'a [u8],
}

/// Reads `/proc/net/arp`.
pub struct Arp {
    began: bool,
}

impl Parser for Arp {
    const ABOUT: About = about!("net-arp", "The ARP cache, as /proc/net/arp has it", "/proc/net/arp", "/proc/*/net/arp");
    type Record = Neighbour<'static>;

    fn new(_: &Source) -> Self {
        Arp { began: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if !self.began {
            line.expect("IP address HW type Flags HW address Mask Device")?;
            self.began = true;
            rows.recognise();
            return Ok(());
        }
        // Titles of another reading.
        if line.bytes.starts_with(b"IP address ") {
            return Ok(());
        }
        let [address, kind, flags, mac, mask, interface] = line.fields_and_rest()?;
        if interface.bytes.is_empty() {
            return Err(Problem::error("expected 6 fields, found fewer").into());
        }
        rows.push(Neighbour {
            address: address.bytes,
            hardware_type: kind.bytes,
            arp_flags: flags.bytes,
            mac_address: mac.bytes,
            netmask: mask.bytes,
            interface: interface.trim().bytes,
        });
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        rows.expect_recognised("the titles `IP address HW type Flags HW address Mask Device`")
    }
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

    #[test]
    fn the_other_tables_are_read() {
        let dev = parse::<NetDev>(
            None,
            b"Inter-|   Receive |  Transmit\n face |bytes    packets\neth0:1:  1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
        );
        assert!(dev.records[0].starts_with(r#"{"interface":"eth0:1","rx_bytes":1,"rx_packets":2"#), "{dev:?}");
        let unix = parse::<NetUnix>(None, b"Num       RefCount Protocol Flags    Type St Inode Path\nffff9b61ac49c400: 00000002 00000000 00010000 0001 01 42776 /a b\n");
        assert_eq!(
            unix.records,
            [
                r#"{"kernel_address":"ffff9b61ac49c400","references":2,"protocol_number":0,"socket_flags":"00010000","type":"STREAM","type_number":1,"state":"LISTENING","state_number":1,"inode":42776,"local_address":"/a b"}"#
            ]
        );
        let route = parse::<NetRoute>(None, b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assert!(route.records[0].contains(r#""destination":"0.0.0.0","gateway":"192.0.2.1","netmask":"0.0.0.0","route_flags":"0003","flags":["UP","GATEWAY"]"#), "{route:?}");
        let arp = parse::<Arp>(None, b"IP address       HW type     Flags       HW address            Mask     Device\n192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0\n");
        assert_eq!(arp.records.len(), 1, "{arp:?}");
        assert_unrecognised::<NetDev>(["hello\n", ""]);
        assert_unrecognised::<NetUnix>(["hello\n", ""]);
        assert_unrecognised::<NetRoute>(["hello\n", ""]);
        assert_unrecognised::<Arp>(["hello\n", ""]);
    }

    #[test]
    fn titles_that_come_again_are_no_neighbour() {
        let text = "IP address       HW type     Flags       HW address            Mask     Device\n10.0.0.1         0x1         0x2         00:11:22:33:44:55     *        eth0\n";
        assert_eq!(parse::<Arp>(None, text.repeat(2).as_bytes()).sound().len(), 2);
    }
}
