//! What hardware there is: `lspci`, `lsusb`, `dmidecode`, `sensors`, `udevadm info`, `upower`, `acpi` and
//! `efibootmgr`.

pub mod acpi;
pub mod dmidecode;
pub mod efibootmgr;
pub mod lspci;
pub mod lsusb;
pub mod sensors;
pub mod udevadm;
pub mod upower;

pub use acpi::Acpi;
pub use dmidecode::Dmidecode;
pub use efibootmgr::Efibootmgr;
pub use lspci::Lspci;
pub use lsusb::{Lsusb, LsusbTree};
pub use sensors::Sensors;
pub use udevadm::Udevadm;
pub use upower::Upower;

outparse_sdk::export!(
    "hardware-linux",
    env!("CARGO_PKG_VERSION"),
    "Hardware, as lspci, lsusb, dmidecode, sensors, udevadm, upower, acpi and efibootmgr print it";
    Lspci, Lsusb, LsusbTree, Dmidecode, Sensors, Udevadm, Upower, Acpi, Efibootmgr
);

/// The identifier in brackets at the end of a name: `Host bridge [0600]`.
pub(crate) fn bracketed(text: outparse_sdk::Field<'_>) -> (Vec<u8>, Option<Vec<u8>>) {
    let is_id = |id: &[u8]| id.len() >= 4 && id.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b':');
    match text.strip_suffix("]").and_then(|text| text.rsplit_once(" [")).filter(|(_, id)| is_id(id.bytes)) {
        Some((name, id)) => (name.trim_end().bytes.to_vec(), Some(id.bytes.to_vec())),
        None => (text.bytes.to_vec(), None),
    }
}
