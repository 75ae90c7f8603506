//! What a machine says of itself: `lscpu`, `timedatectl`, `hostnamectl` and `date`.

pub mod control;
pub mod date;
pub mod lscpu;
pub mod lscpu_table;
pub mod timedatectl_show;

pub use control::{Hostnamectl, Timedatectl};
pub use date::Date;
pub use lscpu::Lscpu;
pub use lscpu_table::LscpuTable;
pub use timedatectl_show::TimedatectlShow;

outparse_sdk::export!(
    "about-linux",
    env!("CARGO_PKG_VERSION"),
    "What a machine is, as lscpu, timedatectl, hostnamectl and date print it";
    Lscpu, LscpuTable, Timedatectl, TimedatectlShow, Hostnamectl, Date
);
