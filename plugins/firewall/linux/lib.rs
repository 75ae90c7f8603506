//! `iptables -L`, `iptables -S` and `iptables-save`, `ufw status`, and `wg show`.

pub mod iptables;
pub mod save;
pub mod ufw;
pub mod wg;

pub use iptables::Iptables;
pub use save::IptablesSave;
pub use ufw::Ufw;
pub use wg::Wg;

outparse_sdk::export!(
    "firewall-linux",
    env!("CARGO_PKG_VERSION"),
    "Rules of firewalls and tunnels, as iptables, ufw and wg print them";
    Iptables, IptablesSave, Ufw, Wg
);
