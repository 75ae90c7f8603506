//! `ip` of iproute2 prints each of its objects in words of its own: five of them are read here, by a parser each, also in JSON (`-j`).

pub mod interface;
mod json;
pub mod multicast;
pub mod neighbour;
pub mod route;
pub mod rule;
mod words;

pub use interface::Interfaces;
pub use multicast::Listeners;
pub use neighbour::Neighbours;
pub use route::Routes;
pub use rule::Rules;

/// Options of `ip` before the object that take the next word.
const VALUE_OPTIONS: &[&str] =
    &["-f", "-family", "--family", "-n", "-netns", "--netns", "-b", "-batch", "--batch", "-rc", "-rcvbuf", "-l", "-loops"];

outparse_sdk::export!(
    "ip-linux",
    env!("CARGO_PKG_VERSION"),
    "Interfaces, addresses, routes, neighbours, rules and multicast addresses, as ip of iproute2 prints them";
    Interfaces, Routes, Neighbours, Rules, Listeners
);
