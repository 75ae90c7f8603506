//! What stands in the tables of sockets: addresses with ports, and processes.

use outparse_sdk::{Field, Problem};

/// An address, and a port by number or by name.
pub(crate) type Place<'a> = (&'a [u8], Option<i64>, Option<&'a [u8]>);

/// An address, perhaps in brackets, and behind the last of these a port, by number or by name.
pub(crate) fn endpoint<'a>(text: Field<'a>, separator: &str) -> Result<Place<'a>, Problem> {
    let (address, port) = text.rsplit_once(separator).ok_or_else(|| text.expected("an address and a port"))?;
    let address = match address.bytes {
        [b'[', inner @ .., b']'] => inner,
        all => all,
    };
    Ok(match port.as_integer() {
        Some(number) => (address, Some(number), None),
        None => (address, None, Some(port.bytes)),
    })
}

/// Bytes of a process that net-tools and BusyBox print.
const PROGRAM_WIDTH: usize = 20;

/// What is printed of a process, in a column of its own width, and what follows.
pub(crate) fn program(rest: Field<'_>) -> (Field<'_>, Field<'_>) {
    let (name, after) = rest.split_at(PROGRAM_WIDTH);
    // A name may have blanks, and is cut at the column's width.
    (name.trim_end(), after)
}

/// `12114/python3`, or `-` where it is not known.
pub(crate) fn process(text: Field<'_>) -> Result<(Option<i64>, Option<&[u8]>), Problem> {
    let Some(text) = text.known() else { return Ok((None, None)) };
    let (pid, name) = text.split_once("/").ok_or_else(|| text.expected("a process, `PID/NAME`"))?;
    Ok((Some(pid.integer()?), Some(name.bytes)))
}
