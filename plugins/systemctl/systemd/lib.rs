//! `systemctl` prints tables of units, unit files, timers, sockets and jobs, each with its titles, and a count after an empty line;
//! `status` prints a block a unit, `show` its properties. `loginctl` has tables of the same kind.

mod bare;
mod legend;
pub mod show;
mod span;
pub mod status;
pub mod tables;
pub mod timers;

pub use show::Show;
pub use status::Status;
pub use tables::{Jobs, Seats, Sessions, Sockets, UnitFiles, Units, Users};
pub use timers::Timers;

outparse_sdk::export!(
    "systemctl-systemd",
    env!("CARGO_PKG_VERSION"),
    "Units, unit files, timers, sockets, jobs and sessions, as systemctl and loginctl print them";
    Units, UnitFiles, Timers, Sockets, Jobs, Status, Show, Sessions, Users, Seats
);
