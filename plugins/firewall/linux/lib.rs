//! `iptables -L`, `iptables -S` and `iptables-save`, `nft list`, `ufw status`, and `wg show`.

pub mod iptables;
pub mod nft;
mod nft_json;
pub mod save;
pub mod ufw;
pub mod wg;

pub use iptables::Iptables;
pub use nft::Nft;
pub use save::IptablesSave;
pub use ufw::Ufw;
pub use wg::Wg;

outparse_sdk::export!(
    "firewall-linux",
    env!("CARGO_PKG_VERSION"),
    "Rules of firewalls and tunnels, as iptables, nft, ufw and wg print them";
    Iptables, IptablesSave, Nft, Ufw, Wg
);
