//! Files about the system as a whole, each in the module of its name.

mod consoles;
mod devices;
mod filesystems;
mod loadavg;
mod locks;
mod modules;
mod uptime;
mod version;

pub use consoles::{Console, Consoles};
pub use devices::{Devices, Driver};
pub use filesystems::{Filesystem, Filesystems};
pub use loadavg::{Load, LoadAverage};
pub use locks::{Lock, Locks};
pub use modules::{Module, Modules};
pub use uptime::{Running, Uptime};
pub use version::{Kernel, Version};
