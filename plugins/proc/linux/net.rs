//! Files below `/proc/net`, each in the module of its name.

mod arp;
mod dev;
mod ipv4;
mod route;
mod tcp;
mod unix;

pub use arp::{Arp, Neighbour};
pub use dev::{Interface, NetDev};
pub use route::{NetRoute, Route};
pub use tcp::{NetTcp, Socket};
pub use unix::{NetUnix, UnixSocket};
