//! Routes.

use outparse_sdk::{Field, Problem, Record};

use crate::words_for;

/// A route.
#[derive(Clone, Debug, Default, Record)]
pub struct Route<'a> {
    /// Address family, where a line over the table says it: `inet` or `inet6`.
    pub family: Option<&'static [u8]>,
    /// What it leads to. On macOS and the BSDs shortened: `127`, `169.254`, `link#10`.
    #[field(key)]
    pub destination: &'a [u8],
    /// Next hop.
    pub gateway: &'a [u8],
    /// Network mask.
    pub netmask: Option<&'a [u8]>,
    /// Flags by their letters: `UG` is up and by a gateway.
    pub route_flags: &'a [u8],
    /// The same by name: `UP`, `GATEWAY`, `HOST`, `REJECT`, …
    pub flags: Vec<&'static str>,
    /// Metric.
    pub metric: Option<i64>,
    /// Priority: of routes to one destination, the lowest is taken (OpenBSD).
    pub priority: Option<i64>,
    /// Index of the next hop in the kernel (FreeBSD, `-W`).
    pub next_hop_index: Option<i64>,
    /// Number of references.
    pub references: Option<i64>,
    /// How often it was used.
    #[field(counter)]
    pub use_count: Option<i64>,
    /// Interface.
    pub interface: Option<&'a [u8]>,
    /// Largest packet.
    #[field(unit = "bytes")]
    pub mtu: Option<i64>,
    /// Largest segment of TCP; 0 where it is the usual one.
    #[field(unit = "bytes")]
    pub mss: Option<i64>,
    /// Window of TCP; 0 where it is the usual one.
    #[field(unit = "bytes")]
    pub window: Option<i64>,
    /// First guess of the round-trip time; 0 where it is the usual one.
    pub initial_rtt: Option<i64>,
    /// Seconds until it goes away; `!` where it rejects.
    pub expire: Option<&'a [u8]>,
}

/// Titles over routes, as names of fields.
pub(crate) struct Titles {
    columns: Vec<&'static str>,
    last_may_lack: bool,
    letters: Letters,
}

/// Whose letters the flags are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    Linux,
    /// macOS, FreeBSD and NetBSD.
    Bsd,
    OpenBsd,
}

impl Titles {
    pub(crate) fn of(text: &str) -> Option<Titles> {
        let mut columns = Vec::new();
        let text = text.replace("Next Hop", "Gateway");
        for title in text.split(' ') {
            columns.push(match title {
                "Destination" => "destination",
                "Gateway" => "gateway",
                "Genmask" | "Mask" => "netmask",
                "Flags" | "Flag" => "route_flags",
                "Metric" | "Met" => "metric",
                "Ref" | "Refs" => "references",
                "Use" => "use_count",
                "Iface" | "If" | "Netif" | "Interface" => "interface",
                "Mtu" | "MTU" => "mtu",
                "MSS" => "mss",
                "Window" => "window",
                "irtt" => "initial_rtt",
                "Expire" => "expire",
                "Prio" => "priority",
                "Nhop#" => "next_hop_index",
                _ => return None,
            });
        }
        let sound = ["destination", "gateway", "route_flags", "interface"].iter().all(|name| columns.contains(name));
        let letters = if columns.contains(&"priority") {
            Letters::OpenBsd
        } else if text.contains(" Netif") || text.contains(" Refs ") {
            Letters::Bsd
        } else {
            Letters::Linux
        };
        sound.then(|| Titles { letters, last_may_lack: columns.last() == Some(&"expire"), columns })
    }

    pub(crate) fn fields(&self) -> Vec<&'static str> {
        ["family", "flags"].into_iter().chain(self.columns.iter().copied()).collect()
    }

    fn cells<'a>(&self, words: &[Field<'a>]) -> Result<Route<'a>, Problem> {
        let mut route = Route::default();
        for (&column, word) in self.columns.iter().zip(words) {
            match column {
                "destination" => route.destination = bare(word.bytes),
                "gateway" => route.gateway = bare(word.bytes),
                "netmask" => route.netmask = Some(word.bytes),
                "route_flags" => {
                    let is_flag = |letter: &u8| letter.is_ascii_alphanumeric() || *letter == b'!';
                    if !word.bytes.iter().all(is_flag) || word.bytes.first().is_some_and(|first| first.is_ascii_digit()) {
                        return Err(word.expected("flags of a route, such as `UG`"));
                    }
                    route.route_flags = word.bytes;
                    route.flags = word.bytes.iter().filter_map(|letter| flag(*letter, self.letters)).collect();
                }
                "metric" => route.metric = Some(word.integer()?),
                // The route of BusyBox does not know them, and a route that rejects has none of these.
                "references" => route.references = word.known().map(|word| word.integer()).transpose()?,
                "use_count" => route.use_count = word.known().map(|word| word.integer()).transpose()?,
                // A route that rejects has none.
                "interface" => route.interface = word.known().map(|word| word.bytes),
                "priority" => route.priority = Some(word.integer()?),
                "next_hop_index" => route.next_hop_index = Some(word.integer()?),
                "mtu" => route.mtu = word.known().map(|word| word.integer()).transpose()?,
                "mss" => route.mss = word.known().map(|word| word.integer()).transpose()?,
                "window" => route.window = word.known().map(|word| word.integer()).transpose()?,
                "initial_rtt" => route.initial_rtt = word.known().map(|word| word.integer()).transpose()?,
                _ => route.expire = Some(word.bytes),
            }
        }
        Ok(route)
    }

    pub(crate) fn read<'a>(&self, line: Field<'a>, family: Option<&'static [u8]>) -> Result<Route<'a>, Problem> {
        let most = self.columns.len();
        let words = words_for(most, most - usize::from(self.last_may_lack), line)?;
        let route = self.cells(&words)?;
        // The last cell may be blank: where another one is, too, what is left has moved.
        let moved = route.interface.is_some_and(|name| !name.iter().any(u8::is_ascii_alphabetic));
        if self.last_may_lack && moved {
            return Err(line.expected("an interface in its column; only the last cell may be blank"));
        }
        Ok(Route { family, ..route })
    }
}

/// The address that is all zeros without the brackets of net-tools.
fn bare(address: &[u8]) -> &[u8] {
    match address {
        b"[::]" => b"::",
        b"[::]/0" => b"::/0",
        address => address,
    }
}

/// What a letter of the flags stands for. Letters that one of the systems alone knows have no name here, but for those of macOS.
fn flag(letter: u8, letters: Letters) -> Option<&'static str> {
    if letters == Letters::OpenBsd && matches!(letter, b'c' | b'W' | b'I' | b'i' | b'r' | b'g' | b'X' | b'Y') {
        return None;
    }
    let bsd = letters != Letters::Linux;
    Some(match (letter, bsd) {
        (b'U', _) => "UP",
        (b'G', _) => "GATEWAY",
        (b'H', _) => "HOST",
        (b'D', _) => "DYNAMIC",
        (b'M', _) => "MODIFIED",
        (b'!', _) | (b'R', true) => "REJECT",
        (b'R', false) => "REINSTATE",
        (b'A', false) => "ADDRCONF",
        (b'C', false) => "CACHE",
        (b'C', true) => "CLONING",
        (b'c', true) => "PRCLONING",
        (b'S', true) => "STATIC",
        (b'B', true) => "BLACKHOLE",
        (b'b', true) => "BROADCAST",
        (b'm', true) => "MULTICAST",
        (b'L', true) => "LLINFO",
        (b'W', true) => "WASCLONED",
        (b'I', true) => "IFSCOPE",
        (b'i', true) => "IFREF",
        (b'r', true) => "ROUTER",
        (b'g', true) => "GLOBAL",
        (b'X', true) => "XRESOLVE",
        (b'Y', true) => "PROXY",
        (b'1', true) => "PROTO1",
        (b'2', true) => "PROTO2",
        (b'3', true) => "PROTO3",
        _ => return None,
    })
}
