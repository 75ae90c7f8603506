//! What follows the columns: processes, a timer, and what the kernel knows of the connection.

use outparse_sdk::{Base, Field, Problem};

use crate::{Memory, Process, Socket, Tcp, Timer};

/// Names whose value is the next word.
const PAIRS: [&[u8]; 4] = [b"send", b"pacing_rate", b"delivery_rate", b"peers:"];

/// Reads all that follows the columns.
pub(crate) fn read<'a>(rest: Field<'a>, socket: &mut Socket<'a>) -> Result<(), Problem> {
    let mut rest = rest.trim();
    if rest.bytes.is_empty() {
        return Ok(());
    }
    let mut tcp = Tcp::default();
    let mut has_tcp = false;
    while !rest.bytes.is_empty() {
        if let Some(list) = rest.strip_prefix("users:(") {
            rest = processes(list, socket)?.trim_start();
            continue;
        }
        let end = rest.bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.bytes.len());
        let (word, after) = rest.split_at(end);
        rest = after.trim_start();
        let (name, value) = if PAIRS.contains(&word.bytes) {
            let end = rest.bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.bytes.len());
            let (value, after) = rest.split_at(end);
            rest = after.trim_start();
            (word.strip_suffix(":").unwrap_or(word), value)
        } else if let Some((name, value)) = word.split_once(":").filter(|(name, _)| !name.bytes.is_empty()) {
            (name, value)
        } else {
            socket.flags.push(word.bytes);
            continue;
        };
        match name.bytes {
            b"timer" => socket.timer = Some(timer(value)?),
            b"uid" => socket.uid = Some(value.integer()?),
            b"ino" if socket.inode.is_some() => socket.file_inode = Some(value.integer()?),
            b"ino" => socket.inode = Some(value.integer()?).filter(|&inode| inode != 0),
            b"sk" => socket.cookie = Some(value.bytes),
            b"cgroup" => socket.cgroup = Some(value.bytes),
            b"skmem" => socket.memory = Some(memory(value)?),
            _ if put(&mut tcp, name.bytes, value)? => has_tcp = true,
            _ => socket.details.0.push((name.bytes.to_vec(), value.bytes)),
        }
    }
    if has_tcp {
        // The one word that is neither an option of TCP nor an arrow.
        const OTHERS: [&[u8]; 12] = [
            b"ts",
            b"sack",
            b"ecn",
            b"ecnseen",
            b"fastopen",
            b"app_limited",
            b"fallback",
            b"usec_ts",
            b"cwr",
            b"<->",
            b"-->",
            b"<--",
        ];
        if let Some(at) = socket.flags.iter().position(|flag| !OTHERS.contains(flag) && flag[0].is_ascii_lowercase()) {
            tcp.congestion_control = Some(socket.flags.remove(at));
        }
        socket.tcp = Some(tcp);
    }
    Ok(())
}

/// The name before `",pid=`, or, of iproute2 before 4, before `",1509,4)`; and what follows.
fn name(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    if let Some(parts) = text.split_once("\",pid=") {
        return Some(parts);
    }
    let is_end = |at: &usize| text.bytes[*at..].starts_with(b"\",") && text.bytes.get(at + 2).is_some_and(u8::is_ascii_digit);
    let end = (0..text.bytes.len()).find(is_end)?;
    Some((text.split_at(end).0, text.split_at(end + 2).1))
}

/// `("sshd",pid=1,fd=3),("sshd",pid=2,fd=3))`, after the first parenthesis. Names may contain anything.
fn processes<'a>(list: Field<'a>, socket: &mut Socket<'a>) -> Result<Field<'a>, Problem> {
    let mut rest = list;
    loop {
        let broken = || rest.expected("a process, `(\"NAME\",pid=…,fd=…)`");
        let (command, after) = rest.strip_prefix("(\"").and_then(name).ok_or_else(broken)?;
        let (numbers, after) = after.split_once(")").ok_or_else(broken)?;
        let mut process = Process { command: command.bytes, fd: -1, ..Process::default() };
        let mut parts = numbers.split(",");
        process.pid = parts.next().ok_or_else(broken)?.integer()?;
        for part in parts {
            match part.split_once("=") {
                None if process.fd < 0 => process.fd = part.integer()?,
                Some((name, value)) if name.bytes == b"fd" => process.fd = value.integer()?,
                Some((name, value)) if name.bytes == b"tid" => process.tid = Some(value.integer()?),
                Some((name, value)) => socket.details.0.push((name.bytes.to_vec(), value.bytes)),
                None => return Err(broken()),
            }
        }
        if process.fd < 0 {
            return Err(broken());
        }
        socket.pid = socket.pid.or(Some(process.pid));
        socket.processes.push(process);
        match (after.strip_prefix(",("), after.strip_prefix(")")) {
            (Some(_), _) => rest = after.split_at(1).1,
            (_, Some(after)) => return Ok(after),
            _ => return Err(broken()),
        }
    }
}

/// `(keepalive,119min,0)`
fn timer(value: Field<'_>) -> Result<Timer<'_>, Problem> {
    let broken = || value.expected("a timer, `(NAME,TIME,RETRANSMISSIONS)`");
    let inner = value.strip_prefix("(").and_then(|inner| inner.strip_suffix(")")).ok_or_else(broken)?;
    let parts: Vec<Field<'_>> = inner.split(",").collect();
    let [name, time, retransmits] = parts[..] else { return Err(broken()) };
    let expires = if time.bytes.is_empty() {
        None
    } else {
        Some(timer_seconds(time).ok_or_else(|| time.expected("a time such as `1min5sec`"))?)
    };
    Ok(Timer { name: name.bytes, expires, retransmits: retransmits.integer()? })
}

/// `119min`, `4min29sec`, `27sec`, `8.088ms` and `088ms`. The last but one is eight seconds and 88 milliseconds: before the point
/// stand seconds.
fn timer_seconds(time: Field<'_>) -> Option<f64> {
    let mut rest = time;
    let mut total = 0.0;
    if let Some((minutes, after)) = rest.split_once("min") {
        total += minutes.as_integer()? as f64 * 60.0;
        rest = after;
    }
    if let Some(seconds) = rest.strip_suffix("sec") {
        return Some(total + seconds.as_integer()? as f64);
    }
    if let Some(millis) = rest.strip_suffix("ms") {
        let (seconds, millis) = millis.split_once(".").map_or((None, millis), |(seconds, millis)| (Some(seconds), millis));
        total += seconds.map_or(Some(0), |seconds| seconds.as_integer())? as f64;
        return Some(total + millis.float_e(-3).ok()?);
    }
    rest.bytes.is_empty().then_some(total)
}

/// `(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0)`
fn memory(value: Field<'_>) -> Result<Memory, Problem> {
    let broken = || value.expected("memory, `(r0,rb131072,…)`");
    let inner = value.strip_prefix("(").and_then(|inner| inner.strip_suffix(")")).ok_or_else(broken)?;
    let mut memory = Memory::default();
    for part in inner.split(",") {
        let digits = part.bytes.iter().position(u8::is_ascii_digit).ok_or_else(broken)?;
        let (letters, number) = part.split_at(digits);
        let place = match letters.bytes {
            b"r" => &mut memory.receive,
            b"rb" => &mut memory.receive_limit,
            b"t" => &mut memory.transmit,
            b"tb" => &mut memory.transmit_limit,
            b"f" => &mut memory.forward,
            b"w" => &mut memory.write_queue,
            b"o" => &mut memory.option_memory,
            b"bl" => &mut memory.backlog,
            b"d" => &mut memory.dropped,
            _ => return Err(part.expected("one of the letters of `skmem`")),
        };
        *place = Some(number.integer()?);
    }
    Ok(memory)
}

/// Puts a value where it belongs. False where it is none of these.
fn put(tcp: &mut Tcp<'_>, name: &[u8], value: Field<'_>) -> Result<bool, Problem> {
    match name {
        b"rtt" => {
            let (rtt, variation) = value.split_once("/").ok_or_else(|| value.expected("`RTT/VARIATION`"))?;
            tcp.rtt = Some(rtt.float_e(-3)?);
            tcp.rtt_variation = Some(variation.float_e(-3)?);
        }
        b"minrtt" => tcp.min_rtt = Some(value.float_e(-3)?),
        b"rto" => tcp.rto = Some(value.float_e(-3)?),
        b"mss" => tcp.mss = Some(value.integer()?),
        b"pmtu" => tcp.path_mtu = Some(value.integer()?),
        b"cwnd" => tcp.congestion_window = Some(value.integer()?),
        b"ssthresh" => tcp.slow_start_threshold = Some(value.integer()?),
        b"bytes_sent" => tcp.bytes_sent = Some(value.integer()?),
        b"bytes_retrans" => tcp.bytes_retransmitted = Some(value.integer()?),
        b"bytes_acked" => tcp.bytes_acknowledged = Some(value.integer()?),
        b"bytes_received" => tcp.bytes_received = Some(value.integer()?),
        b"segs_out" => tcp.segments_sent = Some(value.integer()?),
        b"segs_in" => tcp.segments_received = Some(value.integer()?),
        b"lastsnd" => tcp.last_sent = Some(value.float_e(-3)?),
        b"lastrcv" => tcp.last_received = Some(value.float_e(-3)?),
        b"send" => tcp.send_rate = Some(rate(value)?),
        // With a limit, the limit follows.
        b"pacing_rate" => tcp.pacing_rate = Some(rate(value.split_once("/").map_or(value, |(rate, _)| rate))?),
        b"delivery_rate" => tcp.delivery_rate = Some(rate(value)?),
        _ => return Ok(false),
    }
    Ok(true)
}

/// `23.6Gbps`, in thousands.
fn rate(value: Field<'_>) -> Result<f64, Problem> {
    let number = value.strip_suffix("bps").ok_or_else(|| value.expected("a rate such as `23.6Gbps`"))?;
    Ok(number.size(Base::Decimal)? as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_timers_are_seconds_before_the_point() {
        let read = |text: &str| timer_seconds(Field::from(text));
        assert_eq!(
            ["119min", "4min29sec", "27sec", "8.088ms", "088ms", "1min2.5ms"].map(read),
            [Some(7140.0), Some(269.0), Some(27.0), Some(8.088), Some(0.088), Some(62.005),]
        );
        assert_eq!(["x", "1h", "min"].map(read), [None, None, None]);
    }

    #[test]
    fn processes_of_old_versions_have_numbers_alone() {
        let mut socket = Socket::default();
        read(Field::from(r#"users:(("sshd",1509,4),("b c",7,2)) uid:5"#), &mut socket).unwrap();
        let names: Vec<_> = socket.processes.iter().map(|process| (process.command, process.pid, process.fd)).collect();
        assert_eq!(names, [(&b"sshd"[..], 1509, 4), (b"b c", 7, 2)]);
        for broken in [r#"users:(("sshd",1509))"#, r#"users:(("sshd",x,4))"#, r#"users:(("sshd",1509,4,5))"#] {
            assert!(read(Field::from(broken), &mut Socket::default()).is_err(), "{broken}");
        }
    }

    #[test]
    fn names_of_processes_may_contain_what_separates_them() {
        let mut socket = Socket::default();
        read(Field::from(r#"users:(("a",pid=1,fd=2),("b) ("c",pid=3,tid=4,fd=5)) <->"#), &mut socket).unwrap();
        let names: Vec<_> = socket.processes.iter().map(|process| (process.command, process.pid, process.fd)).collect();
        assert_eq!(names, [(&b"a"[..], 1, 2), (&b"b) (\"c"[..], 3, 5)]);
        assert_eq!((socket.pid, socket.flags), (Some(1), vec![&b"<->"[..]]));
    }
}
