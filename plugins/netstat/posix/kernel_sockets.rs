//! What macOS prints of the kernel's own: modules and sockets of events and of control.

use outparse_sdk::{Field, Problem, Record};

use crate::words_for;

/// A kernel control module.
#[derive(Clone, Debug, Default, Record)]
pub struct Module<'a> {
    /// Its ID.
    #[field(key)]
    pub id: &'a [u8],
    /// Flags, in hexadecimal.
    pub module_flags: &'a [u8],
    /// Number of its sockets.
    pub sockets: i64,
    /// Bytes that may wait to be read.
    #[field(unit = "bytes")]
    pub receive_buffer: i64,
    /// Bytes that may wait to be sent.
    #[field(unit = "bytes")]
    pub send_buffer: i64,
    /// Its name.
    pub name: &'a [u8],
    /// Unit (`-A`).
    pub unit_number: Option<i64>,
    /// Address in the kernel (`-A`).
    pub kernel_address: Option<&'a [u8]>,
}

/// A kernel event or control socket.
#[derive(Clone, Debug, Default, Record)]
pub struct KernelSocket<'a> {
    /// `kevt` or `kctl`.
    pub protocol: &'a [u8],
    /// Bytes that wait to be read.
    #[field(gauge)]
    pub receive_queue: i64,
    /// Bytes that wait to be sent.
    #[field(gauge)]
    pub send_queue: i64,
    /// Vendor of the events.
    pub event_vendor: Option<i64>,
    /// Class of the events.
    pub event_class: Option<i64>,
    /// Subclass of the events.
    pub event_subclass: Option<i64>,
    /// Bytes received (macOS `-b`).
    #[field(unit = "bytes", counter)]
    pub rx_bytes: Option<i64>,
    /// Bytes sent (macOS `-b`).
    #[field(unit = "bytes", counter)]
    pub tx_bytes: Option<i64>,
    /// Unit of a control socket.
    pub unit_number: Option<i64>,
    /// ID of its module.
    pub id: Option<&'a [u8]>,
    /// Name of its module.
    pub name: Option<&'a [u8]>,
    /// Address in the kernel (`-A`).
    pub kernel_address: Option<&'a [u8]>,
}

pub(crate) fn module_fields(titles: &[String]) -> Vec<&'static str> {
    let mut fields = vec!["id", "module_flags", "sockets", "receive_buffer", "send_buffer", "name"];
    if titles.first().is_some_and(|title| title == "kctlref") {
        fields.extend(["unit_number", "kernel_address"]);
    }
    fields
}

pub(crate) fn module<'a>(titles: &[String], line: Field<'a>) -> Result<Module<'a>, Problem> {
    let words = words_for(titles.len(), titles.len(), line)?;
    let word = |title: &str| titles.iter().position(|known| known == title).and_then(|at| words.get(at).copied());
    let must = |title: &str| word(title).ok_or_else(|| Problem::error(format!("expected a column `{title}`")));
    Ok(Module {
        id: must("id")?.bytes,
        module_flags: must("flags")?.bytes,
        sockets: must("pcbcount")?.integer()?,
        receive_buffer: must("rcvbuf")?.integer()?,
        send_buffer: must("sndbuf")?.integer()?,
        name: must("name")?.bytes,
        unit_number: word("unit").map(|unit| unit.integer()).transpose()?,
        kernel_address: word("kctlref").map(|address| address.bytes),
    })
}

pub(crate) fn kernel_fields(titles: &[String]) -> Vec<&'static str> {
    let mut fields = vec!["protocol", "receive_queue", "send_queue"];
    if titles.iter().any(|title| title == "vendor") {
        fields.extend(["event_vendor", "event_class", "event_subclass"]);
    } else {
        fields.extend(["unit_number", "id", "name"]);
    }
    if titles.iter().any(|title| title == "rxbytes") {
        fields.extend(["rx_bytes", "tx_bytes"]);
    }
    if titles.first().is_some_and(|title| title == "pcb") {
        fields.push("kernel_address");
    }
    fields
}

pub(crate) fn kernel<'a>(titles: &[String], line: Field<'a>) -> Result<KernelSocket<'a>, Problem> {
    let words = words_for(titles.len(), titles.len(), line)?;
    let word = |title: &str| titles.iter().position(|known| known == title).and_then(|at| words.get(at).copied());
    let must = |title: &str| word(title).ok_or_else(|| Problem::error(format!("expected a column `{title}`")));
    let number = |title: &str| word(title).map(|word| word.integer()).transpose();
    Ok(KernelSocket {
        protocol: must("Proto")?.bytes,
        receive_queue: must("Recv-Q")?.integer()?,
        send_queue: must("Send-Q")?.integer()?,
        event_vendor: number("vendor")?,
        event_class: number("class")?,
        event_subclass: number("subcla")?,
        rx_bytes: number("rxbytes")?,
        tx_bytes: number("txbytes")?,
        unit_number: number("unit")?,
        id: word("id").map(|id| id.bytes),
        name: word("name").map(|name| name.bytes),
        kernel_address: word("pcb").map(|address| address.bytes),
    })
}
