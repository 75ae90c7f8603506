//! An open file, and how its values are read that the table and `-F` have in common.

use outparse_sdk::{Field, Problem, Record, escape};

/// An open file, or what stands for a process without one.
#[derive(Clone, Debug, Default, Record)]
pub struct OpenFile {
    /// Name of the process, shortened to nine characters unless `+c` says otherwise.
    pub command: Option<Vec<u8>>,
    /// Its process ID.
    #[field(key)]
    pub pid: Option<i64>,
    /// Its thread, where threads are listed.
    pub tid: Option<i64>,
    /// Name of the thread.
    pub thread_command: Option<Vec<u8>>,
    /// Its process group (`-g`).
    pub pgid: Option<i64>,
    /// Its parent (`-R`).
    pub ppid: Option<i64>,
    /// User name or ID.
    pub user: Option<Vec<u8>>,
    /// What it is to the process: `cwd`, `txt`, `mem`, or a descriptor with its mode, `3u`.
    #[field(key)]
    pub fd: Option<Vec<u8>>,
    /// The descriptor's number.
    pub file_descriptor: Option<i64>,
    /// How it is open: `r`, `w` or `u`, which is both.
    pub access: Option<Vec<u8>>,
    /// Lock that the process has on it.
    pub lock: Option<Vec<u8>>,
    /// Type: `REG`, `DIR`, `IPv4`, `unix`, …
    pub r#type: Option<Vec<u8>>,
    /// Device, by numbers or address.
    pub device: Option<Vec<u8>>,
    /// Size.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Offset in it, where that is printed in place of the size.
    #[field(unit = "bytes")]
    pub offset: Option<i64>,
    /// Inode.
    pub inode: Option<i64>,
    /// What stands in place of the inode: a protocol, or a number of another kind.
    pub node: Option<Vec<u8>>,
    /// Number of links (`+L`).
    pub links: Option<i64>,
    /// Protocol of a socket.
    pub protocol: Option<Vec<u8>>,
    /// Local address of a socket.
    pub local_address: Option<Vec<u8>>,
    /// Local port.
    pub local_port: Option<i64>,
    /// Local port by name.
    pub local_service: Option<Vec<u8>>,
    /// Address of the other side.
    pub remote_address: Option<Vec<u8>>,
    /// Port of the other side.
    pub remote_port: Option<i64>,
    /// Port of the other side by name.
    pub remote_service: Option<Vec<u8>>,
    /// State of a socket: `LISTEN`, `ESTABLISHED`, …
    pub state: Option<Vec<u8>>,
    /// Name: path, addresses, or what could not be told.
    pub name: Option<Vec<u8>>,
}

impl OpenFile {
    /// `cwd`, `3u`, `12wW`.
    pub(super) fn set_descriptor(&mut self, word: Field<'_>) {
        self.fd = Some(word.bytes.to_vec());
        let digits = word.bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = word.split_at(digits);
        if digits > 0 {
            self.file_descriptor = number.as_integer();
            let letter = |at: usize| rest.bytes.get(at).filter(|byte| !matches!(byte, b' ' | b'-')).map(|byte| vec![*byte]);
            self.access = letter(0);
            self.lock = letter(1);
        }
    }

    /// The name; of a socket of the network, with its addresses taken apart.
    pub(super) fn set_name(&mut self, name: Field<'_>) {
        if name.bytes.is_empty() {
            return;
        }
        self.name = Some(unescaped(name.bytes));
        if !matches!(self.r#type.as_deref(), Some(b"IPv4" | b"IPv6" | b"inet" | b"sock")) {
            return;
        }
        if self.protocol.is_none() {
            self.protocol = self.node.clone();
        }
        let (addresses, state) = match name.split_once(" (") {
            Some((addresses, state)) => (addresses, state.strip_suffix(")")),
            None => (name, None),
        };
        // `-T` puts queues and windows behind the state: `(ESTABLISHED QR=0 QS=0)`.
        let state = state.and_then(|state| state.fields().next()).filter(|word| !word.bytes.contains(&b'='));
        self.state = self.state.take().or(state.map(|state| state.bytes.to_vec()));
        let (local, remote) = addresses.split_once("->").map_or((addresses, None), |(local, remote)| (local, Some(remote)));
        if let Some((address, port, service)) = endpoint(local) {
            (self.local_address, self.local_port, self.local_service) = (Some(address), port, service);
        }
        if let Some((address, port, service)) = remote.and_then(endpoint) {
            (self.remote_address, self.remote_port, self.remote_service) = (Some(address), port, service);
        }
    }
}

/// A text without lsof's escapes, which logs have, too: `\x20`, `\t`, and `\\` for a backslash.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    escape::log(text)
}

/// `0t12` in decimal, `0x1f` in hexadecimal.
pub(super) fn offset(word: Field<'_>) -> Result<i64, Problem> {
    match word.strip_prefix("0t") {
        Some(decimal) => decimal.integer(),
        None => word.hexadecimal(),
    }
}

/// One side of a socket: its address, and its port by number or by name.
type Endpoint = (Vec<u8>, Option<i64>, Option<Vec<u8>>);

/// `[::1]:8099`, `*:ssh`
fn endpoint(text: Field<'_>) -> Option<Endpoint> {
    let (address, port) = text.rsplit_once(":")?;
    let address = match address.bytes {
        [b'[', inner @ .., b']'] => inner,
        all => all,
    };
    let number = port.as_integer();
    Some((address.to_vec(), number, number.is_none().then(|| port.bytes.to_vec())))
}
