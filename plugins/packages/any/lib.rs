//! What package managers print of packages: dpkg and apt, rpm, pip, pacman, apk, and what has to be restarted after an update. Lists are a line a package; what is known of one is a block of
//! `Name: value` lines.

pub mod alternatives;
pub mod apk;
pub mod apt;
pub mod debconf;
pub mod dpkg;
pub mod needrestart;
pub mod pip;
pub mod rpm;
pub mod stanza;

pub use alternatives::Alternatives;
pub use apk::ApkIndex;
pub use apt::{AptList, Policy};
pub use debconf::DebconfShow;
pub use dpkg::DpkgList;
pub use needrestart::Needrestart;
pub use pip::PipList;
pub use rpm::RpmList;
pub use stanza::{Control, PacmanInfo, PipShow, RpmInfo};

outparse_sdk::export!(
    "packages-any",
    env!("CARGO_PKG_VERSION"),
    "Packages, as dpkg, apt, rpm, pip, pacman, apk and needrestart print them";
    DpkgList, Control, AptList, Policy, RpmInfo, RpmList, PipList, PipShow, PacmanInfo, Alternatives, DebconfShow, ApkIndex, Needrestart
);
