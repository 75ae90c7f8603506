//! The names of limits and other values: the kernel's, and those that `sensors` has for them.

use outparse_sdk::{Field, Problem};

/// Names that the kernel has for values beside what is measured.
const NAMES: [&str; 28] = [
    "min",
    "max",
    "crit",
    "lcrit",
    "emergency",
    "min_hyst",
    "max_hyst",
    "crit_hyst",
    "lcrit_hyst",
    "emergency_hyst",
    "lowest",
    "highest",
    "average",
    "average_interval",
    "average_lowest",
    "average_highest",
    "input_lowest",
    "input_highest",
    "cap",
    "cap_hyst",
    "cap_max",
    "cap_min",
    "div",
    "pulses",
    "beep",
    "offset",
    "accuracy",
    "target",
];

/// A name that the kernel has.
pub(super) fn known(name: &[u8]) -> Option<&'static str> {
    NAMES.into_iter().find(|known| known.as_bytes() == name)
}

/// The kernel's name of what `sensors` calls otherwise. `hyst` is of the limit before it.
pub(super) fn limit_named(name: Field<'_>, before: &str) -> Result<&'static str, Problem> {
    let found = match (name.trim().bytes, before) {
        (b"high" | b"max", _) => Some("max"),
        (b"low" | b"min", _) => Some("min"),
        (b"crit" | b"crit max" | b"crit high", _) => Some("crit"),
        (b"crit low" | b"crit min" | b"lcrit", _) => Some("lcrit"),
        (b"emerg", _) => Some("emergency"),
        (b"avg", _) => Some("average"),
        (b"avg lowest", _) => Some("average_lowest"),
        (b"avg highest", _) => Some("average_highest"),
        (b"interval", _) => Some("average_interval"),
        (b"hyst", "max") => Some("max_hyst"),
        (b"hyst", "min") => Some("min_hyst"),
        (b"hyst", "crit") => Some("crit_hyst"),
        (b"hyst", "lcrit") => Some("lcrit_hyst"),
        (b"hyst", "emergency") => Some("emergency_hyst"),
        (b"hyst", "cap") => Some("cap_hyst"),
        (name, _) => known(name),
    };
    found.ok_or_else(|| name.expected("the name of a limit"))
}

/// The same of a limit that is passed.
pub(super) fn alarm_named(name: Field<'_>) -> Result<&'static str, Problem> {
    match name.bytes {
        b"LOW" | b"MIN" => Ok("min"),
        b"HIGH" | b"MAX" => Ok("max"),
        b"CRIT" | b"CRIT MAX" => Ok("crit"),
        b"LCRIT" | b"CRIT MIN" => Ok("lcrit"),
        b"EMERGENCY" => Ok("emergency"),
        b"CAP" => Ok("cap"),
        _ => Err(name.expected("the name of a limit that is passed")),
    }
}
